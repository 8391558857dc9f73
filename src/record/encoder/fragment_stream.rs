//! Reads the stream of one-picture MP4 fragments (ISO/IEC 14496-12) that an ffmpeg child writes, and takes the pictures
//! out. Our own files are written by `container`, for every encoder alike.

use crate::record::sample::Codec;
use std::io::{self, ErrorKind, Read};

/// No box of an honest stream is as large: a picture has some kilobytes.
const LARGEST_BOX_BYTES: u64 = 256 << 20;
/// Track fragment header flags: which fields follow.
const BASE_DATA_OFFSET: u32 = 0x1;
const SAMPLE_DESCRIPTION: u32 = 0x2;
const DEFAULT_DURATION: u32 = 0x8;
const DEFAULT_SIZE: u32 = 0x10;
const DEFAULT_FLAGS: u32 = 0x20;
/// Track run flags: which fields follow, and which each picture has.
const DATA_OFFSET: u32 = 0x1;
const FIRST_FLAGS: u32 = 0x4;
const EACH_DURATION: u32 = 0x100;
const EACH_SIZE: u32 = 0x200;
const EACH_FLAGS: u32 = 0x400;
const EACH_OFFSET: u32 = 0x800;
/// Sample flag: decoding cannot start here.
const NOT_A_KEY: u32 = 0x1_0000;
/// Bytes of a sample entry before the boxes in it.
const SAMPLE_ENTRY_BYTES: usize = 78;

/// What the stream holds.
#[derive(Debug, PartialEq, Eq)]
pub enum Part {
    /// How the pictures behind are encoded, with the codec's configuration record.
    Format(Codec, Vec<u8>),
    Picture {
        bytes: Vec<u8>,
        is_key: bool,
    },
}

/// Reads to the stream's end; `take` gets the parts in order and says whether it wants more.
///
/// # Errors
/// The stream breaks off within a box, or is no such stream.
pub fn read_stream(stream: &mut impl Read, mut take: impl FnMut(Part) -> bool) -> io::Result<()> {
    let mut pictures: Vec<(usize, bool)> = Vec::new();
    while let Some((kind, length)) = read_header(stream)? {
        match &kind {
            b"moov" => {
                let (codec, config) = format_in(&read_box(stream, length)?).ok_or_else(|| broken("no known codec"))?;
                if !take(Part::Format(codec, config)) {
                    return Ok(());
                }
            }
            b"moof" => {
                pictures = pictures_in(&read_box(stream, length)?).ok_or_else(|| broken("a torn fragment"))?;
            }
            b"mdat" => {
                let data = read_box(stream, length)?;
                let mut rest = &data[..];
                for (size, is_key) in pictures.drain(..) {
                    let (picture, behind) = rest.split_at_checked(size).ok_or_else(|| broken("a torn picture"))?;
                    rest = behind;
                    if !take(Part::Picture { bytes: picture.to_vec(), is_key }) {
                        return Ok(());
                    }
                }
            }
            _ => {
                io::copy(&mut stream.take(length), &mut io::sink())?;
            }
        }
    }
    Ok(())
}

fn broken(what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, format!("ffmpeg's stream has {what}"))
}

/// Kind of the next box, and how many bytes are in it.
fn read_header(stream: &mut impl Read) -> io::Result<Option<([u8; 4], u64)>> {
    let mut header = [0; 8];
    let mut filled = 0;
    while filled < header.len() {
        match stream.read(&mut header[filled..]) {
            Ok(0) if filled == 0 => return Ok(None),
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(count) => filled += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let kind = [header[4], header[5], header[6], header[7]];
    let short = u64::from(u32::from_be_bytes([header[0], header[1], header[2], header[3]]));
    let inside = if short == 1 {
        let mut long = [0; 8];
        stream.read_exact(&mut long)?;
        u64::from_be_bytes(long).checked_sub(16)
    } else {
        short.checked_sub(8)
    };
    inside
        .filter(|&length| length <= LARGEST_BOX_BYTES)
        .map(|length| Some((kind, length)))
        .ok_or_else(|| broken("no box"))
}

fn read_box(stream: &mut impl Read, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    stream.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(ErrorKind::UnexpectedEof.into()) }
}

/// The boxes that lie in `bytes` one after the other; a torn one ends them.
pub fn boxes(bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let length = u32_at(rest, 0)? as usize;
        let whole = rest.get(..length).filter(|_| length >= 8)?;
        rest = &rest[length..];
        Some(([whole[4], whole[5], whole[6], whole[7]], &whole[8..]))
    })
}

/// What is in the first box of a kind.
pub fn inside<'a>(bytes: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    boxes(bytes).find(|(found, _)| found == kind).map(|(_, bytes)| bytes)
}

/// The 32-bit number at a place.
pub fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn format_in(movie: &[u8]) -> Option<(Codec, Vec<u8>)> {
    let path: [&[u8; 4]; 5] = [b"trak", b"mdia", b"minf", b"stbl", b"stsd"];
    let descriptions = path.iter().try_fold(movie, |bytes, kind| inside(bytes, kind))?;
    let (kind, entry) = boxes(descriptions.get(8..)?).next()?;
    let more = entry.get(SAMPLE_ENTRY_BYTES..)?;
    match &kind {
        b"avc1" | b"avc3" => Some((Codec::H264, inside(more, b"avcC")?.to_vec())),
        b"av01" => Some((Codec::Av1, inside(more, b"av1C")?.to_vec())),
        _ => None,
    }
}

/// Bytes of each picture of a fragment, and whether it is a key picture.
pub fn pictures_in(fragment: &[u8]) -> Option<Vec<(usize, bool)>> {
    let track = inside(fragment, b"traf")?;
    let header = inside(track, b"tfhd")?;
    let given = u32_at(header, 0)?;
    let mut at = 8;
    let mut skip = |flag: u32, bytes: usize| {
        let place = at;
        at += if given & flag == 0 { 0 } else { bytes };
        place
    };
    skip(BASE_DATA_OFFSET, 8);
    skip(SAMPLE_DESCRIPTION, 4);
    skip(DEFAULT_DURATION, 4);
    let (size_at, flags_at) = (skip(DEFAULT_SIZE, 4), skip(DEFAULT_FLAGS, 4));
    let default_size = if given & DEFAULT_SIZE == 0 { 0 } else { u32_at(header, size_at)? };
    let default_flags = if given & DEFAULT_FLAGS == 0 { 0 } else { u32_at(header, flags_at)? };
    let mut pictures = Vec::new();
    for (_, run) in boxes(track).filter(|(kind, _)| kind == b"trun") {
        pictures.extend(pictures_of_run(run, default_size, default_flags)?);
    }
    Some(pictures)
}

fn pictures_of_run(run: &[u8], default_size: u32, default_flags: u32) -> Option<Vec<(usize, bool)>> {
    let (given, count) = (u32_at(run, 0)?, u32_at(run, 4)? as usize);
    let mut at = 8 + if given & DATA_OFFSET == 0 { 0 } else { 4 };
    let mut first_flags = None;
    if given & FIRST_FLAGS != 0 {
        first_flags = Some(u32_at(run, at)?);
        at += 4;
    }
    let mut pictures = Vec::new();
    for index in 0..count {
        let (mut size, mut flags) = (default_size, default_flags);
        at += if given & EACH_DURATION == 0 { 0 } else { 4 };
        if given & EACH_SIZE != 0 {
            size = u32_at(run, at)?;
            at += 4;
        }
        if given & EACH_FLAGS != 0 {
            flags = u32_at(run, at)?;
            at += 4;
        } else if let (0, Some(first)) = (index, first_flags) {
            flags = first;
        }
        at += if given & EACH_OFFSET == 0 { 0 } else { 4 };
        if at > run.len() {
            return None;
        }
        pictures.push((size as usize, flags & NOT_A_KEY == 0));
    }
    Some(pictures)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = read_stream(&mut &bytes[..], |_| true);
            let _ = pictures_in(&bytes);
            let _ = format_in(&bytes);
        }

        #[test]
        fn boxes_with_any_contents_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            for kind in [b"moov", b"moof", b"mdat", b"free"] {
                let mut stream = (bytes.len() as u32 + 8).to_be_bytes().to_vec();
                stream.extend_from_slice(kind);
                stream.extend_from_slice(&bytes);
                let _ = read_stream(&mut &stream[..], |_| true);
            }
        }
    }

    #[test]
    fn a_stream_that_breaks_off_is_an_error() {
        assert!(read_stream(&mut &[][..], |_| true).is_ok());
        assert!(read_stream(&mut &b"\0\0\0\x10mda"[..], |_| true).is_err());
        assert!(read_stream(&mut &b"\0\0\0\x10mdat\0"[..], |_| true).is_err());
    }
}
