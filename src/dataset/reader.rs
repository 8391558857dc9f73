//! Reads a dataset, or a plain folder of pictures as if it were one.

use super::counts::Counts;
use super::error::DatasetError;
use super::index::{Index, Session};
use super::layout::{BURSTS, CONTACT_SHEET, FRAMES, entries};
use crate::frame::{Frame, Size, has_picture_ending, read_picture};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Pictures to train on. Holds names only: pictures are read when they are asked for, from any thread, and may turn out
/// to be damaged then.
#[derive(Debug, Clone)]
pub struct Dataset {
    pub path: PathBuf,
    /// Single pictures, in the order of their names.
    pub frames: Vec<PathBuf>,
    /// Runs of pictures that followed each other, in order; a plain folder has none.
    pub bursts: Vec<Burst>,
    /// Recordings into the dataset, oldest first; a plain folder has none, nor has a dataset whose list is lost.
    pub sessions: Vec<Session>,
}

/// Pictures that followed each other in the source while something moved, without a cut between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Burst {
    /// The pictures in the order of time; at least two.
    pub pictures: Vec<PathBuf>,
}

impl Burst {
    /// Reads all pictures, which are of one size.
    ///
    /// # Errors
    /// A picture is damaged, or of another size than the first.
    pub fn read(&self) -> Result<Vec<Frame>, DatasetError> {
        let mut frames: Vec<Frame> = Vec::with_capacity(self.pictures.len());
        for path in &self.pictures {
            let frame = read(path)?;
            if frames.first().is_some_and(|first| first.size != frame.size) {
                let reason = format!("a picture of the burst is {}, the first one is {}", frame.size, frames[0].size);
                return Err(DatasetError::Unreadable { path: path.clone(), reason });
            }
            frames.push(frame);
        }
        Ok(frames)
    }
}

/// Opens a recorded dataset, or a folder of pictures. What a recorder has not finished is left out.
///
/// # Errors
/// The folder is missing, unreadable, holds no picture, or has a damaged list.
pub fn open(path: &Path) -> Result<Dataset, DatasetError> {
    if path.is_file() {
        return Err(DatasetError::NotAFolder(path.to_owned()));
    }
    let index = match std::fs::metadata(path) {
        Ok(_) => Index::read(path)?,
        Err(error) => return Err(DatasetError::reading(path, &error)),
    };
    let is_recorded = index.is_some() || path.join(FRAMES).is_dir() || path.join(BURSTS).is_dir();
    let frames = pictures_in(&if is_recorded { path.join(FRAMES) } else { path.to_owned() })?;
    let mut bursts = Vec::new();
    for folder in if is_recorded { entries(&path.join(BURSTS))? } else { Vec::new() } {
        let pictures = if folder.is_dir() { pictures_in(&folder)? } else { Vec::new() };
        if pictures.len() >= 2 {
            bursts.push(Burst { pictures });
        }
    }
    if frames.is_empty() && bursts.is_empty() {
        return Err(DatasetError::Empty(path.to_owned()));
    }
    let sessions = index.map(|index| index.sessions).unwrap_or_default();
    Ok(Dataset { path: path.to_owned(), frames, bursts, sessions })
}

impl Dataset {
    /// All pictures, those of bursts included.
    pub fn pictures(&self) -> impl Iterator<Item = &Path> {
        let in_bursts = self.bursts.iter().flat_map(|burst| &burst.pictures);
        self.frames.iter().chain(in_bursts).map(PathBuf::as_path)
    }

    /// Number of pictures, those of bursts included.
    pub fn picture_count(&self) -> usize {
        self.frames.len() + self.burst_picture_count()
    }

    fn burst_picture_count(&self) -> usize {
        self.bursts.iter().map(|burst| burst.pictures.len()).sum()
    }

    /// Reads a picture by its number in [`Self::pictures`]; for a trainer that draws at random.
    ///
    /// # Errors
    /// The picture is damaged or there is none of this number.
    pub fn read_picture(&self, number: usize) -> Result<Frame, DatasetError> {
        let path = match self.frames.get(number) {
            Some(frame) => Some(frame.as_path()),
            None => self.pictures().nth(number),
        };
        read(path.ok_or_else(|| DatasetError::Empty(self.path.clone()))?)
    }

    /// Looks at the head of every picture's file and sums up.
    pub fn inventory(&self) -> Inventory {
        let (mut sizes, mut damaged, mut bytes) = (BTreeMap::<(u32, u32), usize>::new(), Vec::new(), 0);
        for path in self.pictures() {
            bytes += std::fs::metadata(path).map_or(0, |file| file.len());
            match image::image_dimensions(path) {
                Ok((width, height)) if width > 0 && height > 0 => *sizes.entry((width, height)).or_default() += 1,
                _ => damaged.push(path.to_owned()),
            }
        }
        let mut sizes: Vec<SizeCount> = sizes
            .into_iter()
            .map(|((width, height), pictures)| SizeCount { size: Size::new(width, height), pictures })
            .collect();
        sizes.sort_by_key(|size| std::cmp::Reverse(size.pictures));
        let mut counts = Counts::default();
        self.sessions.iter().for_each(|session| counts.add(&session.counts));
        Inventory {
            path: self.path.clone(),
            frames: self.frames.len(),
            bursts: self.bursts.len(),
            burst_pictures: self.burst_picture_count(),
            bytes,
            sizes,
            damaged,
            seconds: self.sessions.iter().map(|session| session.seconds).sum(),
            counts,
            sessions: self.sessions.clone(),
        }
    }
}

/// What a dataset holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Inventory {
    pub path: PathBuf,
    /// Single pictures.
    pub frames: usize,
    pub bursts: usize,
    pub burst_pictures: usize,
    /// Size of all picture files.
    pub bytes: u64,
    /// The most frequent size first.
    pub sizes: Vec<SizeCount>,
    /// Files that are no pictures, or without pixels.
    pub damaged: Vec<PathBuf>,
    /// Length of all recordings.
    pub seconds: f64,
    /// Counts of all recordings. One that was killed may have kept a few more pictures than it told.
    pub counts: Counts,
    pub sessions: Vec<Session>,
}

/// How many pictures have a size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SizeCount {
    pub size: Size,
    pub pictures: usize,
}

fn pictures_in(folder: &Path) -> Result<Vec<PathBuf>, DatasetError> {
    let mut paths = entries(folder)?;
    paths.retain(|path| has_picture_ending(path) && path.is_file() && !path.ends_with(CONTACT_SHEET));
    Ok(paths)
}

/// Reads a picture; one without any pixel counts as damaged.
fn read(path: &Path) -> Result<Frame, DatasetError> {
    let frame = read_picture(path)?;
    if frame.size.area() == 0 {
        return Err(DatasetError::Unreadable { path: path.to_owned(), reason: "it has no pixels".to_owned() });
    }
    Ok(frame)
}
