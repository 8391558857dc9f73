//! The program with `--source scap`, with a program that stands for `impasto-scap`.

use crate::fake::{Fake, PATIENCE, wait_until_gone};
use std::process::{Command, Stdio};
use std::time::Instant;

fn record_dataset(fake: &Fake, program: &std::path::Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_impasto"));
    command
        .args(["record-dataset", "--source", "scap", "--out"])
        .arg(fake.path("frames"))
        .env("IMPASTO_SCAP", program)
        .env("IMPASTO_SETTINGS", fake.path("settings"))
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    command
}

#[test]
fn the_backend_goes_with_a_program_that_is_killed() {
    // As the real one, it ends with what it hears.
    let fake = Fake::opened().shows(64, 48, 90).does("exec cat >/dev/null");
    let program = fake.request().program.unwrap();
    let mut impasto = record_dataset(&fake, &program).spawn().unwrap();
    let pid = fake.pid();
    let started = Instant::now();
    while !fake.path("frames").exists() {
        assert!(started.elapsed() < PATIENCE);
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    impasto.kill().unwrap();
    impasto.wait().unwrap();
    wait_until_gone(pid);
}

#[test]
fn a_backend_that_is_missing_is_said() {
    let fake = Fake::new();
    let output = record_dataset(&fake, &fake.path("none")).output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("scripts/run --scap"), "{text}");
    assert!(!fake.path("frames").exists(), "an empty dataset is left");
}
