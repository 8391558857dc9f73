//! What `impasto-scap` and we say to each other over its standard output and input. Both programs are built with this
//! one file, so that they cannot drift apart; whoever changes it counts [`VERSION`] up.
//!
//! The program's output begins with [`MAGIC`] and the version. Then come messages: a byte that tells the kind, the
//! length of what follows in bytes (`u32`), and that; numbers are little-endian.
//!
//! | kind | what follows | meaning |
//! | --- | --- | --- |
//! | 1 | nothing | it asks what to share, or begins |
//! | 2 | nothing | what is captured is known: pictures will come |
//! | 3 | nothing | it lives, and has nothing to say |
//! | 4 | width, height (`u32` each), age in microseconds (`u32`), the pixels | a picture: packed rows of BGRX |
//! | 5 | nothing | there will be no more pictures |
//! | 6 | text in UTF-8 | it failed: why, and what to do |
//! | 7 | id (`u32`), title in UTF-8 | a window that can be captured |
//!
//! We say one thing only: each byte [`NEXT_PICTURE`] asks for one picture, the newest that was not sent yet. The end of
//! what we say is the end of the program.

use std::io::{ErrorKind, Read, Write};
use std::time::Duration;

/// What the stream begins with, before the version.
pub const MAGIC: [u8; 7] = *b"IMPSCAP";
/// Version of what is said here.
pub const VERSION: u8 = 1;
/// Asks for one picture.
pub const NEXT_PICTURE: u8 = b'n';
/// The program says something at least this often, be it only that it lives.
pub const HEARTBEAT: Duration = Duration::from_millis(500);

/// The longest side and the largest number of pixels of a picture.
const LONGEST_SIDE_PX: u32 = 16_384;
const MOST_PIXELS: usize = 1 << 26;
const BYTES_PER_PIXEL: usize = 4;
/// The longest text, in bytes.
const LONGEST_TEXT_BYTES: usize = 4096;
/// Bytes of a picture's message before its pixels, and of a window's before its title.
const PICTURE_HEAD_BYTES: usize = 12;
const WINDOW_HEAD_BYTES: usize = 4;

/// One thing that the program says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// It asks what to share, or begins.
    Asking,
    /// What is captured is known.
    Opened,
    /// It lives.
    Alive,
    /// A picture, whose pixels are still in the stream.
    Picture(PictureHead),
    /// There will be no more pictures.
    Stopped,
    /// It failed: why, and what to do.
    Failed(String),
    /// A window that can be captured.
    Window { id: u32, title: String },
}

/// What is known of a picture before its pixels are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureHead {
    pub width_px: u32,
    pub height_px: u32,
    /// How long the program had the picture before it was asked for it.
    pub age: Duration,
}

impl PictureHead {
    /// Bytes of the pixels.
    pub fn byte_count(self) -> usize {
        self.width_px as usize * self.height_px as usize * BYTES_PER_PIXEL
    }

    fn is_possible(self) -> bool {
        let sides = 1..=LONGEST_SIDE_PX;
        sides.contains(&self.width_px)
            && sides.contains(&self.height_px)
            && self.byte_count() <= MOST_PIXELS * BYTES_PER_PIXEL
    }
}

/// The stream is not what it should be.
#[derive(Debug, thiserror::Error)]
pub enum ProtocolError {
    /// It ended, in the middle of a message or between two.
    #[error("its output ended")]
    Ended,
    #[error("its output cannot be read ({0})")]
    Unreadable(std::io::Error),
    #[error("it does not speak as impasto-scap does")]
    Foreign,
    #[error("it is of another version ({0} instead of {VERSION})")]
    OtherVersion(u8),
    #[error("it says what is not understood (kind {kind}, {length} bytes)")]
    NotUnderstood { kind: u8, length: u32 },
    #[error("it sends a picture of {width_px}x{height_px} pixels, which cannot be")]
    Impossible { width_px: u32, height_px: u32 },
}

impl From<std::io::Error> for ProtocolError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::UnexpectedEof => Self::Ended,
            _ => Self::Unreadable(error),
        }
    }
}

/// Reads what the stream begins with.
///
/// # Errors
/// It is another program's, or of another version.
pub fn read_greeting(stream: &mut impl Read) -> Result<(), ProtocolError> {
    let mut greeting = [0; MAGIC.len() + 1];
    stream.read_exact(&mut greeting)?;
    match greeting.split_last() {
        Some((&VERSION, magic)) if magic == MAGIC => Ok(()),
        Some((&version, magic)) if magic == MAGIC => Err(ProtocolError::OtherVersion(version)),
        _ => Err(ProtocolError::Foreign),
    }
}

/// Reads the next message; the pixels of a picture stay in the stream.
///
/// # Errors
/// The stream ends, or is damaged. Nothing large is taken before it is known to be possible.
pub fn read_message(stream: &mut impl Read) -> Result<Message, ProtocolError> {
    let [kind] = read_bytes(stream)?;
    let length = u32::from_le_bytes(read_bytes(stream)?);
    let rest = length as usize;
    Ok(match kind {
        1 if rest == 0 => Message::Asking,
        2 if rest == 0 => Message::Opened,
        3 if rest == 0 => Message::Alive,
        4 if rest > PICTURE_HEAD_BYTES => {
            let [width_px, height_px, age_us] = [(); 3].map(|()| read_bytes(stream).map(u32::from_le_bytes));
            let (width_px, height_px) = (width_px?, height_px?);
            let head = PictureHead { width_px, height_px, age: Duration::from_micros(age_us?.into()) };
            if !head.is_possible() || head.byte_count() != rest - PICTURE_HEAD_BYTES {
                return Err(ProtocolError::Impossible { width_px, height_px });
            }
            Message::Picture(head)
        }
        5 if rest == 0 => Message::Stopped,
        6 if rest <= LONGEST_TEXT_BYTES => Message::Failed(read_text(stream, rest)?),
        7 if (WINDOW_HEAD_BYTES..=WINDOW_HEAD_BYTES + LONGEST_TEXT_BYTES).contains(&rest) => {
            let id = u32::from_le_bytes(read_bytes(stream)?);
            Message::Window { id, title: read_text(stream, rest - WINDOW_HEAD_BYTES)? }
        }
        _ => return Err(ProtocolError::NotUnderstood { kind, length }),
    })
}

fn read_bytes<const COUNT: usize>(stream: &mut impl Read) -> Result<[u8; COUNT], ProtocolError> {
    let mut bytes = [0; COUNT];
    stream.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Reads a text; what is not UTF-8 in it is replaced.
fn read_text(stream: &mut impl Read, length: usize) -> Result<String, ProtocolError> {
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Writes what the stream begins with.
///
/// # Errors
/// Nobody reads any more.
pub fn write_greeting(stream: &mut impl Write) -> std::io::Result<()> {
    stream.write_all(&MAGIC)?;
    stream.write_all(&[VERSION])?;
    stream.flush()
}

/// Writes a message; the pixels of a picture, [`PictureHead::byte_count`] bytes, are to follow it.
///
/// # Errors
/// Nobody reads any more.
pub fn write_message(stream: &mut impl Write, message: &Message) -> std::io::Result<()> {
    let (kind, head, text) = match message {
        Message::Asking => (1, Vec::new(), ""),
        Message::Opened => (2, Vec::new(), ""),
        Message::Alive => (3, Vec::new(), ""),
        Message::Picture(head) => {
            let age_us = u32::try_from(head.age.as_micros()).unwrap_or(u32::MAX);
            (4, [head.width_px, head.height_px, age_us].map(u32::to_le_bytes).concat(), "")
        }
        Message::Stopped => (5, Vec::new(), ""),
        Message::Failed(text) => (6, Vec::new(), text.as_str()),
        Message::Window { id, title } => (7, id.to_le_bytes().to_vec(), title.as_str()),
    };
    let text = &text.as_bytes()[..text.len().min(LONGEST_TEXT_BYTES)];
    let pixels = if let Message::Picture(head) = message { head.byte_count() } else { 0 };
    let length = u32::try_from(head.len() + text.len() + pixels).map_err(std::io::Error::other)?;
    stream.write_all(&[&[kind], &length.to_le_bytes()[..], &head, text].concat())?;
    stream.flush()
}
