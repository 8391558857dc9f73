//! The reader against streams as they should be, cut off, damaged, and made up.

use crate::protocol::{
    MAGIC, Message, PictureHead, ProtocolError, VERSION, read_greeting, read_message, write_greeting, write_message,
};
use proptest::prelude::*;
use std::time::Duration;

fn picture(width_px: u32, height_px: u32) -> Message {
    Message::Picture(PictureHead { width_px, height_px, age: Duration::from_micros(1234) })
}

fn written(message: &Message) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_message(&mut bytes, message).unwrap();
    bytes
}

fn any_message() -> impl Strategy<Value = Message> {
    prop_oneof![
        Just(Message::Asking),
        Just(Message::Opened),
        Just(Message::Alive),
        Just(Message::Stopped),
        (1..2000u32, 1..2000u32).prop_map(|(width, height)| picture(width, height)),
        "\\PC{0,60}".prop_map(Message::Failed),
        (any::<u32>(), "\\PC{0,60}").prop_map(|(id, title)| Message::Window { id, title }),
    ]
}

proptest! {
    #[test]
    fn what_is_written_is_read(message in any_message()) {
        let bytes = written(&message);
        let mut stream = bytes.as_slice();
        prop_assert_eq!(read_message(&mut stream).unwrap(), message);
        prop_assert!(stream.is_empty());
    }

    #[test]
    fn what_is_cut_off_has_ended(message in any_message(), part in 0.0..1.0f64) {
        let bytes = written(&message);
        let length = (bytes.len() as f64 * part) as usize;
        prop_assert!(matches!(read_message(&mut &bytes[..length]), Err(ProtocolError::Ended)));
    }

    #[test]
    fn nonsense_is_refused_or_read_and_never_more(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        let mut stream = bytes.as_slice();
        while let Ok(message) = read_message(&mut stream) {
            if let Message::Picture(head) = message {
                prop_assert!(head.byte_count() > 0 && head.byte_count() <= 1 << 28);
            }
        }
    }
}

#[test]
fn another_program_and_another_version_are_told_apart() {
    let mut greeting = Vec::new();
    write_greeting(&mut greeting).unwrap();
    read_greeting(&mut greeting.as_slice()).unwrap();
    let foreign = read_greeting(&mut &b"Usage: something else"[..]).unwrap_err();
    assert!(matches!(foreign, ProtocolError::Foreign), "{foreign}");
    let newer = [&MAGIC[..], &[VERSION + 1]].concat();
    assert!(matches!(read_greeting(&mut newer.as_slice()), Err(ProtocolError::OtherVersion(2))));
    assert!(matches!(read_greeting(&mut &MAGIC[..]), Err(ProtocolError::Ended)));
}

#[test]
fn impossible_pictures_and_lengths_are_refused_before_anything_is_taken() {
    for (width, height) in [(0, 4), (4, 0), (16_385, 1), (16_384, 16_384), (u32::MAX, u32::MAX)] {
        let mut bytes = vec![4];
        let length = (u64::from(width) * u64::from(height)).saturating_mul(4).saturating_add(12);
        bytes.extend(u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
        for number in [width, height, 0] {
            bytes.extend(number.to_le_bytes());
        }
        let error = read_message(&mut bytes.as_slice()).unwrap_err();
        let is_refused = matches!(error, ProtocolError::Impossible { .. } | ProtocolError::NotUnderstood { .. });
        assert!(is_refused, "{width}x{height}: {error}");
    }
    let mut wrong_length = written(&picture(2, 2));
    wrong_length[1] += 4;
    assert!(matches!(read_message(&mut wrong_length.as_slice()), Err(ProtocolError::Impossible { .. })));
    let long_text = [&[6][..], &u32::MAX.to_le_bytes()].concat();
    assert!(matches!(read_message(&mut long_text.as_slice()), Err(ProtocolError::NotUnderstood { kind: 6, .. })));
    let unknown = [&[99][..], &0u32.to_le_bytes()].concat();
    assert!(matches!(read_message(&mut unknown.as_slice()), Err(ProtocolError::NotUnderstood { kind: 99, .. })));
}

#[test]
fn a_text_that_is_too_long_is_cut() {
    let bytes = written(&Message::Failed("ä".repeat(5000)));
    let Message::Failed(text) = read_message(&mut bytes.as_slice()).unwrap() else { panic!("it is no failure") };
    assert!(text.starts_with("äää") && text.len() <= 4100, "{}", text.len());
}
