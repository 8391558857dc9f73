//! What scap does wrong, and what a foreign program might: each ends with a reason for people, and nothing blocks.

use crate::fake::{Fake, LONG, PATIENCE, SHORT, failure, next_frame, wait_until_gone};
use crate::protocol::Message;
use impasto::capture::{CaptureError, ScapPatience, ScapRequest, ScapSource};
use std::time::{Duration, Instant};

fn assert_says(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "\"{word}\" is not in: {text}");
    }
}

#[test]
fn its_own_words_are_passed_on() {
    let fake = Fake::new()
        .greets()
        .says(&Message::Asking)
        .says(&Message::Failed("nothing was chosen".to_owned()))
        .does("exit 101");
    assert_eq!(failure(&mut fake.open(ScapPatience::default())), "nothing was chosen");
}

#[test]
fn a_program_that_dies_without_a_word() {
    let fake = Fake::opened().shows(2, 2, 1).does("echo 'thread panicked' >&2").does("kill -ABRT $$");
    let mut source = fake.open(ScapPatience::default());
    next_frame(&mut source);
    assert_says(&failure(&mut source), &["ended by itself", "thread panicked", "signal: 6"]);
}

#[test]
fn a_program_that_is_killed() {
    let fake = Fake::opened().shows(2, 2, 1).hangs();
    let mut source = fake.open(ScapPatience::default());
    next_frame(&mut source);
    // SAFETY: the call takes no pointers, and the program was not waited for.
    assert_eq!(unsafe { libc::kill(fake.pid(), libc::SIGKILL) }, 0);
    assert_says(&failure(&mut source), &["ended by itself", "signal: 9", "--source portal"]);
}

#[test]
fn a_program_that_dies_in_the_middle_of_a_picture() {
    let fake = Fake::opened()
        .does("head -c 1 >/dev/null")
        .writes(&[4, 28, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3]);
    assert_says(&failure(&mut fake.open(ScapPatience::default())), &["ended by itself", "exit status: 0"]);
}

#[test]
fn a_program_that_hangs_is_ended_with_the_source() {
    let opened = || Fake::new().greets().says(&Message::Asking);
    let lives = "while sleep 0.2; do cat alive; done";
    // Only what is tested is short: on a busy machine all else takes its time.
    let word = ScapPatience { start: SHORT.start, ..LONG };
    let life = ScapPatience { life: SHORT.life, ..LONG };
    let choice = ScapPatience { choice: SHORT.choice, ..LONG };
    let picture = ScapPatience { first_picture: SHORT.first_picture, ..LONG };
    for (fake, patience, what) in [
        (Fake::new().hangs(), word, "a word"),
        (Fake::new().greets().hangs(), word, "a word"),
        (opened().hangs(), life, "a sign of life"),
        (opened().does(lives), choice, "a choice"),
        (opened().says(&Message::Opened).does(lives), picture, "a picture"),
        (opened().says(&Message::Opened).hangs(), life, "a sign of life"),
    ] {
        std::fs::write(fake.path("alive"), [3, 0, 0, 0, 0]).unwrap();
        let mut source = fake.open(patience);
        let pid = fake.pid();
        assert_says(&failure(&mut source), &["silent", what]);
        drop(source);
        wait_until_gone(pid);
    }
}

#[test]
fn a_program_that_hangs_after_a_picture() {
    let fake = Fake::opened().shows(2, 2, 1).hangs();
    let mut source = fake.open(ScapPatience { life: Duration::from_secs(2), ..LONG });
    next_frame(&mut source);
    assert_says(&failure(&mut source), &["silent", "a sign of life"]);
}

#[test]
fn a_program_that_is_busy_with_others_goes_with_the_source() {
    let fake = Fake::opened().shows(2, 2, 1).does("sleep 1000");
    let mut source = fake.open(ScapPatience::default());
    next_frame(&mut source);
    let pid = fake.pid();
    let started = Instant::now();
    drop(source);
    assert!(started.elapsed() < Duration::from_secs(20), "what the program had started keeps us");
    wait_until_gone(pid);
}

#[test]
fn another_program_and_another_version() {
    let another = Fake::new().does("echo usage: something else entirely").hangs();
    assert_says(&failure(&mut another.open(ScapPatience::default())), &["does not speak", "scripts/run --scap"]);
    let older = Fake::new().writes(b"IMPSCAP\x00").hangs();
    assert_says(&failure(&mut older.open(ScapPatience::default())), &["another version", "scripts/run --scap"]);
    let nonsense = Fake::opened().does("head -c 1 >/dev/null").writes(&[200; 40]).hangs();
    assert_says(&failure(&mut nonsense.open(ScapPatience::default())), &["not understood"]);
}

#[test]
fn a_program_that_is_missing_or_no_program() {
    let folder = tempfile::tempdir().unwrap();
    let request = |name: &str| ScapRequest { program: Some(folder.path().join(name)), ..ScapRequest::default() };
    let missing = ScapSource::open(&request("none")).err().unwrap();
    assert!(matches!(missing, CaptureError::Scap(_)));
    assert_says(&missing.to_string(), &["scripts/run --scap", "IMPASTO_SCAP", "none"]);
    std::fs::write(folder.path().join("text"), "no program").unwrap();
    let refused = ScapSource::open(&request("text")).err().unwrap().to_string();
    assert_says(&refused, &["cannot be started"]);
}

#[test]
fn a_source_that_nobody_polls_ends_at_once() {
    let fake = Fake::new().greets().hangs();
    let source = fake.open(ScapPatience::default());
    let pid = fake.pid();
    let started = Instant::now();
    drop(source);
    assert!(started.elapsed() < PATIENCE / 2);
    wait_until_gone(pid);
}
