//! Finds out how far a fragmented MP4 file of ours was written.

use super::mp4::{LENGTH_BOX_BYTES, TICKS_PER_PICTURE};
use super::repair::{Unfinished, not_ours, read_at};
use super::{Container, FragmentPlace};
use crate::record::encoder::fragment_stream::{boxes, inside, pictures_in, u32_at};
use std::fs::File;
use std::io;

/// No head and no fragment header of ours is as large.
const LARGEST_HEADER_BYTES: u64 = 16 << 20;

/// What is there of the file; `None` where it has its end.
///
/// # Errors
/// The file cannot be read, or is none of ours.
pub fn look(file: &mut File) -> io::Result<Option<Unfinished>> {
    let length = file.metadata()?.len();
    let (mut at, mut head, mut good_bytes) = (0, None, 0);
    let (mut pictures, mut fragments): (u64, Vec<FragmentPlace>) = (0, Vec::new());
    // The fragment whose pictures come next: its place, its first picture, and their number.
    let mut open: Option<(u64, u64, u64)> = None;
    while at + 8 <= length {
        let header = read_at(file, at, 8)?;
        let size = u64::from(u32_at(&header, 0).unwrap_or_default());
        let kind = &header[4..8];
        if size < 8 || at + size > length {
            break;
        }
        match kind {
            b"ftyp" | b"free" => {}
            b"moov" if size <= LARGEST_HEADER_BYTES => {
                let bytes = read_at(file, at, size as usize)?;
                head = Some(head_of(at, &bytes).ok_or_else(not_ours)?);
                good_bytes = at + size;
            }
            b"moof" if size <= LARGEST_HEADER_BYTES => {
                let bytes = read_at(file, at, size as usize)?;
                let (first, count) = fragment_of(&bytes).ok_or_else(not_ours)?;
                open = Some((at, first, count));
            }
            b"mdat" => {
                let Some((offset_bytes, first_picture, count)) = open.take() else { return Err(not_ours()) };
                fragments.push(FragmentPlace { first_picture, offset_bytes });
                pictures = first_picture + count;
                good_bytes = at + size;
            }
            b"mfra" if open.is_none() => {
                return Ok(None);
            }
            _ => return Err(not_ours()),
        }
        at += size;
    }
    match head {
        Some((length_box_at, fps)) => {
            let container = Container::Mp4 { length_box_at };
            Ok(Some(Unfinished { container, fps, pictures, fragments, good_bytes }))
        }
        // Torn within its head: there is no picture in it.
        None if at == 0 || read_at(file, 4, 4)? != *b"ftyp" => Err(not_ours()),
        None => {
            let container = Container::Mp4 { length_box_at: 0 };
            Ok(Some(Unfinished { container, fps: 1.0, pictures: 0, fragments, good_bytes: 0 }))
        }
    }
}

/// Where the length of the whole belongs, and the frame rate, from the `moov` box at a place.
fn head_of(at: u64, bytes: &[u8]) -> Option<(u64, f64)> {
    let inner = bytes.get(8..)?;
    let timescale = u32_at(inside(inner, b"mvhd")?, 12)?;
    // Offsets of inner boxes, from their lengths.
    let mut offset = 8;
    for (kind, contents) in boxes(inner) {
        if &kind == b"mvex" {
            let (first, free) = boxes(contents).next()?;
            let is_place = matches!(&first, b"free" | b"mehd") && free.len() + 8 == LENGTH_BOX_BYTES;
            let fps = f64::from(timescale) / f64::from(TICKS_PER_PICTURE);
            return (is_place && fps > 0.0).then_some((at + offset as u64 + 8, fps));
        }
        offset += contents.len() + 8;
    }
    None
}

/// First picture and number of pictures of a `moof` box.
fn fragment_of(bytes: &[u8]) -> Option<(u64, u64)> {
    let inner = bytes.get(8..)?;
    let time = inside(inside(inner, b"traf")?, b"tfdt")?;
    let ticks = u64::from(u32_at(time, 4)?) << 32 | u64::from(u32_at(time, 8)?);
    let count = pictures_in(inner)?.len() as u64;
    Some((ticks / u64::from(TICKS_PER_PICTURE), count))
}
