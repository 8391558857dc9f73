//! Finds out how far a Matroska file of ours was written.

use super::matroska::{
    CLUSTER, CUES, DEFAULT_DURATION, EBML, INFO, Places, SEEK_HEAD, SEGMENT, SIMPLE_BLOCK, TRACK_ENTRY, TRACKS,
    VIDEO_BLOCK, VOID,
};
use super::repair::{Unfinished, not_ours, read_at};
use super::{Container, FragmentPlace};
use std::fs::File;
use std::io;

/// Identifier and length of an element take at most this many bytes.
const LONGEST_HEADER_BYTES: u64 = 12;
/// No head of ours is as large.
const LARGEST_HEAD_BYTES: u64 = 1 << 20;
/// No cluster of ours is as large: it holds a second.
const LARGEST_CLUSTER_BYTES: u64 = 1 << 30;
/// Bytes of the place for the duration, at the end of the information.
const DURATION_BYTES: u64 = 11;

/// An element's header.
struct Header {
    id: u32,
    /// Bytes of the header itself.
    header_bytes: u64,
    /// `None` where it is not known.
    length: Option<u64>,
}

/// Reads a header from the start of `bytes`.
fn header(bytes: &[u8]) -> Option<Header> {
    let id_bytes = bytes.first()?.leading_zeros() as usize + 1;
    let id = bytes.get(..id_bytes).filter(|_| id_bytes <= 4)?;
    let id = id.iter().fold(0, |id, byte| id << 8 | u32::from(*byte));
    let first = *bytes.get(id_bytes)?;
    let length_bytes = first.leading_zeros() as usize + 1;
    let rest = bytes.get(id_bytes + 1..id_bytes + length_bytes).filter(|_| length_bytes <= 8)?;
    let marked = if length_bytes == 8 { 0 } else { u64::from(first) & (0x7F >> (length_bytes - 1)) };
    let length = rest.iter().fold(marked, |length, byte| length << 8 | u64::from(*byte));
    let unknown = (1 << (7 * length_bytes)) - 1;
    let header_bytes = (id_bytes + length_bytes) as u64;
    Some(Header { id, header_bytes, length: (length != unknown).then_some(length) })
}

/// The elements that lie in `bytes` one after the other.
fn elements(bytes: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let header = header(rest)?;
        let start = header.header_bytes as usize;
        let end = start.checked_add(usize::try_from(header.length?).ok()?)?;
        let contents = rest.get(start..end)?;
        rest = &rest[end..];
        Some((header.id, contents))
    })
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// What is there of the file; `None` where it has its end.
///
/// # Errors
/// The file cannot be read, or is none of ours.
pub fn look(file: &mut File) -> io::Result<Option<Unfinished>> {
    let length = file.metadata()?.len();
    let header_at = |file: &mut File, at: u64| -> io::Result<Option<Header>> {
        let bytes = read_at(file, at, LONGEST_HEADER_BYTES.min(length - at) as usize)?;
        Ok(header(&bytes))
    };
    let start = header_at(file, 0)?.filter(|header| header.id == EBML).ok_or_else(not_ours)?;
    let segment_start = start.header_bytes + start.length.ok_or_else(not_ours)?;
    let torn = Unfinished {
        container: Container::Matroska {
            places: Places { segment_length_at: 0, segment_at: 0, seek_head_at: 0, duration_at: 0 },
            fps: 1.0,
        },
        fps: 1.0,
        pictures: 0,
        fragments: Vec::new(),
        good_bytes: 0,
    };
    if segment_start >= length {
        return Ok(Some(torn));
    }
    let Some(segment) = header_at(file, segment_start)? else { return Ok(Some(torn)) };
    if segment.id != SEGMENT || segment.header_bytes != 12 {
        return Err(not_ours());
    }
    let segment_at = segment_start + segment.header_bytes;
    let (mut seek_head_at, mut duration_at, mut fps, mut good_bytes) = (None, None, None, 0);
    let (mut pictures, mut fragments) = (0, Vec::new());
    let mut at = segment_at;
    while at < length {
        let Some(found) = header_at(file, at)? else { break };
        let Some(end) = found.length.and_then(|inside| (at + found.header_bytes).checked_add(inside)) else { break };
        if end > length {
            break;
        }
        let contents_at = at + found.header_bytes;
        let contents = |file: &mut File, limit: u64| {
            let bytes = end - contents_at;
            if bytes > limit { Err(not_ours()) } else { read_at(file, contents_at, bytes as usize) }
        };
        match found.id {
            VOID | SEEK_HEAD if seek_head_at.is_none() => seek_head_at = Some(at),
            INFO => duration_at = end.checked_sub(DURATION_BYTES),
            TRACKS => {
                let tracks = contents(file, LARGEST_HEAD_BYTES)?;
                fps = frame_rate(&tracks);
                good_bytes = end;
            }
            CLUSTER => {
                let cluster = contents(file, LARGEST_CLUSTER_BYTES)?;
                let count = elements(&cluster)
                    .filter(|(id, block)| *id == SIMPLE_BLOCK && block.first() == Some(&VIDEO_BLOCK))
                    .count() as u64;
                fragments.push(FragmentPlace { first_picture: pictures, offset_bytes: at });
                pictures += count;
                good_bytes = end;
            }
            CUES => return Ok(None),
            _ => return Err(not_ours()),
        }
        at = end;
    }
    let (Some(seek_head_at), Some(duration_at), Some(fps)) = (seek_head_at, duration_at, fps) else {
        return Ok(Some(torn));
    };
    let places = Places { segment_length_at: segment_start + 4, segment_at, seek_head_at, duration_at };
    let container = Container::Matroska { places, fps };
    Ok(Some(Unfinished { container, fps, pictures, fragments, good_bytes }))
}

fn frame_rate(tracks: &[u8]) -> Option<f64> {
    let (_, entry) = elements(tracks).find(|(id, _)| *id == TRACK_ENTRY)?;
    let (_, duration) = elements(entry).find(|(id, _)| *id == DEFAULT_DURATION)?;
    let nanoseconds = number(duration);
    (nanoseconds > 0).then(|| 1e9 / nanoseconds as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = header(&bytes);
            let _ = elements(&bytes).count();
        }
    }

    #[test]
    fn reads_headers() {
        let cluster = header(&[0x1F, 0x43, 0xB6, 0x75, 0x01, 0, 0, 0, 0, 0, 1, 2]).unwrap();
        assert_eq!((cluster.id, cluster.header_bytes, cluster.length), (CLUSTER, 12, Some(258)));
        let unknown = header(&[0x18, 0x53, 0x80, 0x67, 0x01, 255, 255, 255, 255, 255, 255, 255]).unwrap();
        assert_eq!((unknown.id, unknown.length), (SEGMENT, None));
        let void = header(&[0xEC, 0x89]).unwrap();
        assert_eq!((void.id, void.header_bytes, void.length), (VOID, 2, Some(9)));
    }
}
