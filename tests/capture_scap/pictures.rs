//! Pictures that come, and what is said in between.

use crate::fake::{Fake, LONG, next_frame, poll_until, wait_until_gone};
use crate::protocol::Message;
use impasto::capture::{Captured, FrameSource as _, ScapPatience, ScapRequest, ScapSource, ScapTarget, SourceRequest};
use impasto::control::{EndReason, IdleReason};
use impasto::frame::Size;
use std::time::Duration;

#[test]
fn pictures_come_when_they_are_asked_for_and_change_their_size() {
    let fake = Fake::opened().shows(6, 4, 10).shows(6, 4, 20).shows(3, 9, 30).says(&Message::Stopped);
    let mut source = fake.open(ScapPatience::default());
    for (number, (size, value)) in [((6, 4), 10), ((6, 4), 20), ((3, 9), 30)].into_iter().enumerate() {
        let frame = next_frame(&mut source);
        assert_eq!((frame.size, frame.sequence), (Size::new(size.0, size.1), number as u64));
        assert_eq!(frame.pixels.len(), frame.size.area() * 4);
        assert!(frame.pixels.iter().all(|byte| *byte == value), "{value}: {:?}", frame.pixels);
    }
    let end = poll_until(&mut source, "the end", |captured| match captured {
        Captured::Ended(reason) => Some(reason.clone()),
        _ => None,
    });
    assert_eq!(end, EndReason::SharingEnded);
}

#[test]
fn a_picture_that_nobody_asks_for_is_not_sent() {
    // It would be the second one that is asked for, before the first was taken.
    let fake = Fake::opened().shows(2, 2, 1).does("head -c 1 >/dev/null && touch asked-again").hangs();
    let mut source = fake.open(ScapPatience::default());
    let pid = fake.pid();
    std::thread::sleep(Duration::from_millis(300));
    assert!(!fake.path("asked-again").exists());
    next_frame(&mut source);
    std::thread::sleep(Duration::from_millis(300));
    assert!(!fake.path("asked-again").exists(), "nobody has polled since");
    source.poll(Duration::from_millis(10));
    poll_until(&mut source, "the question", |_| fake.path("asked-again").exists().then_some(()));
    drop(source);
    wait_until_gone(pid);
}

#[test]
fn whoever_takes_long_to_choose_is_waited_for() {
    let fake =
        Fake::new().greets().says(&Message::Asking).does("sleep 1.5").says(&Message::Opened).shows(2, 2, 7).hangs();
    let mut source = fake.open(LONG);
    poll_until(&mut source, "the dialog", |captured| {
        matches!(captured, Captured::Idle(IdleReason::Choosing)).then_some(())
    });
    assert_eq!(next_frame(&mut source).pixels[0], 7);
}

#[test]
fn a_game_that_stands_still_for_long_may_be_gone_and_goes_on() {
    let patience = ScapPatience { stillness: Duration::from_secs(1), ..LONG };
    let fake = Fake::opened().shows(2, 2, 1).does("sleep 4").shows(2, 2, 2).hangs();
    let mut source = fake.open(patience);
    next_frame(&mut source);
    let mut stillness = 0;
    poll_until(&mut source, "the pause", |captured| {
        stillness += usize::from(matches!(captured, Captured::Unchanged));
        matches!(captured, Captured::Idle(IdleReason::Paused)).then_some(())
    });
    assert!(stillness > 0, "at first it only stands still");
    assert_eq!(next_frame(&mut source).pixels[0], 2);
    assert!(matches!(source.poll(Duration::ZERO), Captured::Unchanged));
}

#[test]
fn signs_of_life_are_no_pictures() {
    let fake = Fake::opened()
        .shows(2, 2, 1)
        .does("for i in 1 2 3 4 5 6 7 8; do cat alive; sleep 0.3; done")
        .says(&Message::Stopped);
    std::fs::write(fake.path("alive"), [3, 0, 0, 0, 0]).unwrap();
    // Shorter than all the signs together take, and longer than any pause between two.
    let mut source = fake.open(ScapPatience { life: Duration::from_millis(1500), ..LONG });
    next_frame(&mut source);
    poll_until(&mut source, "the end", |captured| match captured {
        Captured::Ended(reason) => {
            assert_eq!(*reason, EndReason::SharingEnded);
            Some(())
        }
        other => {
            assert!(matches!(other, Captured::Unchanged), "{other:?}");
            None
        }
    });
}

#[test]
#[cfg(target_os = "linux")]
fn a_wish_that_scap_cannot_pass_on_is_said() {
    let fake = Fake::opened().shows(2, 2, 1).hangs();
    let request = ScapRequest { target: ScapTarget::Window, ..fake.request() };
    let mut source = ScapSource::open(&request).unwrap();
    let notice = poll_until(&mut source, "the notice", |captured| match captured {
        Captured::Notice(text) => Some(text.clone()),
        _ => None,
    });
    assert!(notice.contains("its dialog"), "{notice}");
    let by_id = ScapRequest { target: ScapTarget::WindowId(7), ..fake.request() };
    let error = ScapSource::open(&by_id).err().unwrap().to_string();
    assert!(error.contains("--window"), "{error}");
}

#[test]
fn it_is_opened_as_every_source_is() {
    let fake = Fake::opened().shows(5, 3, 9).hangs();
    let mut source = SourceRequest::Scap(fake.request()).opener()().unwrap();
    let size = loop {
        if let Captured::Frame(frame) = source.poll(Duration::from_millis(50)) {
            break frame.size;
        }
    };
    assert_eq!(size, Size::new(5, 3));
}
