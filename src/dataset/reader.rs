//! Reads a dataset, or a plain folder of pictures as if it were one.

use super::counts::Counts;
use super::error::DatasetError;
use super::index::{Index, Session};
use super::layout::{BURSTS, CONTACT_SHEET, FRAMES, entries, number_of};
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
        let mut pictures = if folder.is_dir() { pictures_in(&folder)? } else { Vec::new() };
        // Where a picture is missing, what comes after it did not follow.
        let followed = (0..).zip(&pictures).take_while(|(index, path)| number_of(path) == Some(*index)).count();
        pictures.truncate(followed);
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

#[cfg(test)]
mod tests {
    use super::super::layout::{burst_path, burst_picture, frame_path};
    use super::*;
    use crate::frame::write_picture;
    use std::fs;

    fn picture(size: Size) -> Frame {
        Frame::new(size)
    }

    /// A folder with two bursts of three pictures and one single picture.
    fn dataset() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(FRAMES)).unwrap();
        write_picture(&frame_path(folder.path(), 1), &picture(Size::new(8, 6))).unwrap();
        for number in [1, 2] {
            let burst = burst_path(folder.path(), number);
            fs::create_dir_all(&burst).unwrap();
            for index in 0..3 {
                write_picture(&burst.join(burst_picture(index)), &picture(Size::new(4, 3))).unwrap();
            }
        }
        folder
    }

    #[test]
    fn gives_single_pictures_and_bursts_also_without_a_list() {
        let folder = dataset();
        let dataset = open(folder.path()).unwrap();
        assert_eq!((dataset.frames.len(), dataset.bursts.len(), dataset.picture_count()), (1, 2, 7));
        assert_eq!(dataset.bursts[0].read().unwrap().len(), 3);
        assert_eq!(dataset.read_picture(0).unwrap().size, Size::new(8, 6));
        assert_eq!(dataset.read_picture(6).unwrap().size, Size::new(4, 3));
        assert!(dataset.read_picture(7).is_err());
        let inventory = dataset.inventory();
        assert_eq!(inventory.sizes[0], SizeCount { size: Size::new(4, 3), pictures: 6 });
        assert_eq!((inventory.burst_pictures, inventory.damaged.len()), (6, 0));
    }

    #[test]
    fn what_is_damaged_is_told_and_spoils_nothing_else() {
        let folder = dataset();
        fs::write(frame_path(folder.path(), 2), "").unwrap();
        fs::write(folder.path().join(FRAMES).join("notes.txt"), "no picture").unwrap();
        fs::write(folder.path().join(FRAMES).join(".impasto-new-000003.png"), "half").unwrap();
        // The head of a picture, and nothing after it.
        let torn = burst_path(folder.path(), 1).join(burst_picture(1));
        let bytes = fs::read(&torn).unwrap();
        fs::write(&torn, &bytes[..40]).unwrap();
        write_picture(&burst_path(folder.path(), 2).join(burst_picture(2)), &picture(Size::new(5, 3))).unwrap();
        fs::create_dir(burst_path(folder.path(), 3)).unwrap();
        fs::write(burst_path(folder.path(), 4), "no folder").unwrap();
        let dataset = open(folder.path()).unwrap();
        assert_eq!((dataset.frames.len(), dataset.bursts.len()), (2, 2));
        assert_eq!(dataset.inventory().damaged, [frame_path(folder.path(), 2), torn]);
        assert!(dataset.read_picture(0).is_ok());
        assert!(dataset.read_picture(1).unwrap_err().to_string().contains("000002.png"));
        assert!(dataset.bursts[0].read().unwrap_err().to_string().contains("01.png"));
        assert!(dataset.bursts[1].read().unwrap_err().to_string().contains("5x3, the first one is 4x3"));
    }

    #[test]
    fn a_burst_that_misses_a_picture_ends_before_the_gap() {
        let folder = dataset();
        fs::remove_file(burst_path(folder.path(), 1).join(burst_picture(2))).unwrap();
        fs::remove_file(burst_path(folder.path(), 2).join(burst_picture(1))).unwrap();
        let dataset = open(folder.path()).unwrap();
        assert_eq!(dataset.bursts.len(), 1);
        assert_eq!(dataset.bursts[0].pictures.len(), 2);
    }
}
