//! The program as Impasto starts it, where scap fails and where it blocks.
#![cfg(target_os = "linux")]

#[path = "../../../src/capture/scap/protocol.rs"]
#[allow(dead_code, reason = "writing is the program's part")]
mod protocol;

use protocol::{Message, read_greeting, read_message};
use std::os::unix::net::UnixListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Nothing here takes this long on a working machine, however loaded.
const PATIENCE: Duration = Duration::from_secs(60);

/// The program, with a D-Bus session at this address.
fn start(arguments: &[&str], bus: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_impasto-scap"))
        .args(arguments)
        .env("DBUS_SESSION_BUS_ADDRESS", bus)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn wait(child: &mut Child) -> Option<i32> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        if started.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("it does not end");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_panic_of_scaps_becomes_words() {
    let mut child = start(&["capture"], "unix:path=/nowhere/bus");
    let mut words = child.stdout.take().unwrap();
    read_greeting(&mut words).unwrap();
    assert_eq!(read_message(&mut words).unwrap(), Message::Asking);
    let reason = loop {
        match read_message(&mut words).unwrap() {
            Message::Failed(reason) => break reason,
            // On a busy machine.
            Message::Alive => {}
            other => panic!("{other:?}"),
        }
    };
    assert!(reason.contains("no D-Bus session"), "{reason}");
    assert_eq!(wait(&mut child), Some(101));
}

#[test]
fn where_scap_blocks_it_lives_on_and_ends_with_whoever_started_it() {
    // A bus that takes the connection and never answers.
    let folder = std::env::temp_dir().join(format!("impasto-scap-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let socket = folder.join("bus");
    let _silent = UnixListener::bind(&socket).unwrap();
    let mut child = start(&["capture"], &format!("unix:path={}", socket.display()));
    let mut words = child.stdout.take().unwrap();
    read_greeting(&mut words).unwrap();
    assert_eq!(read_message(&mut words).unwrap(), Message::Asking);
    for _ in 0..3 {
        assert_eq!(read_message(&mut words).unwrap(), Message::Alive);
    }
    drop(child.stdin.take());
    assert_eq!(wait(&mut child), Some(0));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn where_nobody_reads_it_ends() {
    let folder = std::env::temp_dir().join(format!("impasto-scap-unread-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let socket = folder.join("bus");
    let _silent = UnixListener::bind(&socket).unwrap();
    let mut child = start(&["capture"], &format!("unix:path={}", socket.display()));
    drop(child.stdout.take());
    wait(&mut child);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn lists_no_windows_on_linux_and_refuses_other_words() {
    let mut child = start(&["list"], "unix:path=/nowhere/bus");
    let mut words = child.stdout.take().unwrap();
    read_greeting(&mut words).unwrap();
    assert!(matches!(read_message(&mut words), Err(protocol::ProtocolError::Ended)));
    assert_eq!(wait(&mut child), Some(0));
    for arguments in [&[][..], &["capture", "doom"], &["record"]] {
        assert_eq!(wait(&mut start(arguments, "")), Some(2), "{arguments:?}");
    }
}
