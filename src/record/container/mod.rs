//! Files that play however far they were written: fragmented MP4, and Matroska.
//!
//! Both are a head, then a fragment each second, and at the end an index with the length of the whole. A file without
//! that end plays too; [`repair`] writes the end later.

mod matroska;
mod matroska_repair;
mod mp4;
mod mp4_repair;
mod mp4_sound;
mod repair;

pub use repair::{RepairedFile, repair};

use super::sample::{Sample, TrackFormat};
use super::sound::SoundSample;
use std::path::Path;
use std::sync::Arc;

/// Where a fragment is in time and in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FragmentPlace {
    pub first_picture: u64,
    pub offset_bytes: u64,
}

/// What one fragment holds.
pub struct Fragment<'a> {
    /// Counts the fragments from 1.
    pub number: u32,
    pub first_picture: u64,
    /// Pictures that follow each other.
    pub samples: &'a [Arc<Sample>],
    /// Sound in its order; it may be of an earlier time than the pictures.
    pub sounds: &'a [Arc<SoundSample>],
    /// When the file's first picture is shown, on the clock of the sound samples.
    pub origin: u64,
}

/// What makes a file complete: bytes behind its last fragment, and bytes at places that were kept free.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Ending {
    pub behind: Vec<u8>,
    pub at: Vec<(u64, Vec<u8>)>,
}

/// The bytes of a file's parts.
pub enum Container {
    Mp4 { length_box_at: u64 },
    Matroska { places: matroska::Places, fps: f64 },
}

impl Container {
    /// Matroska for names that end in `.mkv`, else MP4; with the head of the file.
    pub fn begin(path: &Path, format: &TrackFormat, has_sound: bool) -> (Self, Vec<u8>) {
        if is_matroska(path) {
            let (bytes, places) = matroska::head(format, has_sound);
            (Self::Matroska { places, fps: format.fps }, bytes)
        } else {
            let head = mp4::head(format, has_sound);
            (Self::Mp4 { length_box_at: head.length_box_at }, head.bytes)
        }
    }

    /// The bytes of a fragment.
    pub fn fragment(&self, fragment: &Fragment) -> Vec<u8> {
        match self {
            Self::Mp4 { .. } => mp4::fragment(fragment),
            Self::Matroska { fps, .. } => matroska::cluster(*fps, fragment),
        }
    }

    /// What is missing at the end of a file of `file_bytes` with so many pictures.
    pub fn ending(&self, pictures: u64, fragments: &[FragmentPlace], file_bytes: u64) -> Ending {
        match self {
            Self::Mp4 { length_box_at } => {
                Ending { behind: mp4::index(fragments), at: vec![(*length_box_at, mp4::length_box(pictures))] }
            }
            Self::Matroska { places, fps } => matroska::ending(places, *fps, pictures, fragments, file_bytes),
        }
    }
}

/// Whether a file is written as Matroska.
pub fn is_matroska(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("mkv"))
}
