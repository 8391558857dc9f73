//! The pictures to train on.

use super::{Planes, TrainError};
use crate::frame::{BYTES_PER_PIXEL, Frame, Size, has_picture_ending, picture_size, read_picture, resize_bilinear};
use crate::network::Random;
use std::path::{Path, PathBuf};

/// Pictures with a shorter side are skipped: there is nothing to learn from them.
pub const MIN_SIDE_PX: u32 = 32;

/// Larger pictures are scaled to this longer side first, as a game's frame would be before it is painted.
const LONGEST_SIDE_PX: u32 = 640;

/// A crop covers at most this many times its side.
const LARGEST_SCALE: f32 = 1.8;

/// Decoded pictures that stay in memory (about 300 MB); what is beyond them is decoded each time.
const KEPT_PICTURES: usize = 250;

/// Of so many pictures of a folder, one is held out.
const HELD_OUT_OF: usize = 8;

/// So many pictures are held out at most, about as many of each folder; so many are shown where none are held out.
const HELD_OUT_LIMIT: usize = 3;

/// Whole pictures that turn out to be broken one after the other before training gives up.
const TRIES: usize = 1000;

/// Random crops of all pictures below some folders, at random scales, mirrored at random. Each folder counts the same.
pub struct Crops {
    folders: Vec<Vec<Entry>>,
    held_out: Vec<PathBuf>,
    skipped: usize,
    kept: usize,
}

struct Entry {
    path: PathBuf,
    picture: Decoded,
}

/// What is known of a picture's pixels.
enum Decoded {
    NotYet,
    Kept(Frame),
    Broken,
}

impl Crops {
    /// Looks at the pictures of folders and the folders below. Of larger sets some are held out: no crop shows them.
    ///
    /// # Errors
    /// A folder cannot be read, or holds no usable picture.
    pub fn open(folders: &[PathBuf]) -> Result<Self, TrainError> {
        let mut crops = Self { folders: Vec::new(), held_out: Vec::new(), skipped: 0, kept: 0 };
        for folder in folders {
            let mut paths = Vec::new();
            find_pictures(folder, &mut paths)?;
            paths.sort();
            let found = paths.len();
            paths.retain(|path| picture_size(path).is_ok_and(|size| size.width.min(size.height) >= MIN_SIDE_PX));
            crops.skipped += found - paths.len();
            if paths.is_empty() {
                return Err(TrainError::NoPictures { folder: folder.clone(), skipped: found });
            }
            let share = HELD_OUT_LIMIT.div_ceil(folders.len()).min(HELD_OUT_LIMIT - crops.held_out.len());
            let spare = (paths.len() / HELD_OUT_OF).min(share);
            for part in 1..=spare {
                let middle = paths.len() * part / (spare + 1);
                crops.held_out.push(paths.remove(middle));
            }
            let entry = |path| Entry { path, picture: Decoded::NotYet };
            crops.folders.push(paths.into_iter().map(entry).collect());
        }
        Ok(crops)
    }

    /// Number of pictures that crops are taken of.
    pub fn len(&self) -> usize {
        self.folders.iter().map(Vec::len).sum()
    }

    /// Whether there are no pictures; [`Self::open`] makes sure that there are.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of pictures left out so far, as broken or too small.
    pub fn skipped(&self) -> usize {
        self.skipped
    }

    /// Pictures that no crop shows, or where there are none to spare, some that crops show.
    pub fn examples(&self) -> Vec<&Path> {
        if !self.held_out.is_empty() {
            return self.held_out.iter().map(PathBuf::as_path).collect();
        }
        self.folders.iter().flatten().take(HELD_OUT_LIMIT).map(|entry| entry.path.as_path()).collect()
    }

    /// A random crop, scaled to `side` pixels.
    ///
    /// # Errors
    /// Picture after picture turns out to be broken.
    pub fn next(&mut self, side: u32, random: &mut Random) -> Result<Planes, TrainError> {
        for _ in 0..TRIES {
            let folder = random.whole(0, self.folders.len() as u32 - 1) as usize;
            let index = random.whole(0, self.folders[folder].len() as u32 - 1) as usize;
            let entry = &mut self.folders[folder][index];
            if matches!(entry.picture, Decoded::NotYet) {
                match load(&entry.path) {
                    Ok(picture) if self.kept < KEPT_PICTURES => {
                        self.kept += 1;
                        entry.picture = Decoded::Kept(picture);
                    }
                    Ok(picture) => return Ok(crop(&picture, side, random)),
                    Err(error) => {
                        tracing::warn!("left out: {error}");
                        self.skipped += 1;
                        entry.picture = Decoded::Broken;
                    }
                }
            }
            if let Decoded::Kept(picture) = &entry.picture {
                return Ok(crop(picture, side, random));
            }
        }
        Err(TrainError::Undecodable { tries: TRIES })
    }
}

fn find_pictures(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), TrainError> {
    let error = |reason| TrainError::Folder { folder: folder.to_owned(), reason };
    for entry in std::fs::read_dir(folder).map_err(error)? {
        let entry = entry.map_err(error)?;
        let path = entry.path();
        // A link to a folder is not followed: it might lead in circles.
        if entry.file_type().map_err(error)?.is_dir() {
            find_pictures(&path, found)?;
        } else if has_picture_ending(&path) {
            found.push(path);
        }
    }
    Ok(())
}

fn load(path: &Path) -> Result<Frame, TrainError> {
    let picture = read_picture(path)?;
    let longest = picture.size.width.max(picture.size.height);
    if longest <= LONGEST_SIDE_PX {
        return Ok(picture);
    }
    let shrink = |side: u32| (u64::from(side) * u64::from(LONGEST_SIDE_PX) / u64::from(longest)).max(1) as u32;
    Ok(scaled(&picture, Size::new(shrink(picture.size.width), shrink(picture.size.height))))
}

/// A picture at another size.
pub(super) fn scaled(picture: &Frame, size: Size) -> Frame {
    let mut to = Frame::new(size);
    resize_bilinear(picture, &mut to);
    to
}

/// A random square of a picture, scaled to `side` pixels, mirrored at random.
pub(super) fn crop(picture: &Frame, side: u32, random: &mut Random) -> Planes {
    let shortest = picture.size.width.min(picture.size.height);
    let covered = random.whole(side.min(shortest), shortest.min((side as f32 * LARGEST_SCALE) as u32));
    let left = random.whole(0, picture.size.width - covered);
    let top = random.whole(0, picture.size.height - covered);
    let mut square = Frame::new(Size::new(covered, covered));
    let stride = covered as usize * BYTES_PER_PIXEL;
    for (row, line) in square.pixels.chunks_exact_mut(stride).enumerate() {
        let start = ((top as usize + row) * picture.size.width as usize + left as usize) * BYTES_PER_PIXEL;
        line.copy_from_slice(&picture.pixels[start..start + stride]);
    }
    let mut crop = Planes::from_frame(&scaled(&square, Size::new(side, side)));
    if random.coin() {
        crop.values.chunks_exact_mut(side as usize).for_each(<[f32]>::reverse);
    }
    crop
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::write_picture;

    fn write(folder: &Path, name: &str, size: Size) {
        let mut frame = Frame::new(size);
        for (index, pixel) in frame.pixels.chunks_exact_mut(BYTES_PER_PIXEL).enumerate() {
            let (x, y) = (index as u32 % size.width, index as u32 / size.width);
            pixel.copy_from_slice(&[(x * 2) as u8, (y * 3) as u8, 90, 255]);
        }
        write_picture(&folder.join(name), &frame).unwrap();
    }

    #[test]
    fn skips_what_is_broken_or_tiny_and_counts_it() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "good.png", Size::new(80, 60));
        write(folder.path(), "dot.png", Size::new(1, 1));
        std::fs::write(folder.path().join("broken.jpg"), b"no picture").unwrap();
        std::fs::write(folder.path().join("notes.txt"), b"no picture either").unwrap();
        // A whole header, and then nothing: only decoding shows it.
        write(folder.path(), "cut.png", Size::new(80, 60));
        let whole = std::fs::read(folder.path().join("cut.png")).unwrap();
        std::fs::write(folder.path().join("cut.png"), &whole[..whole.len() / 2]).unwrap();

        let mut crops = Crops::open(&[folder.path().to_owned()]).unwrap();
        assert_eq!((crops.len(), crops.skipped()), (2, 2));
        let mut random = Random::new(1);
        for _ in 0..20 {
            let crop = crops.next(40, &mut random).unwrap();
            assert_eq!(crop.size, Size::new(40, 40));
            assert!(crop.values.iter().all(|value| (0.0..=1.0).contains(value)));
        }
        assert_eq!(crops.skipped(), 3, "the cut picture is found out once");
    }

    #[test]
    fn says_what_is_wrong_with_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "dot.png", Size::new(1, 1));
        let error = Crops::open(&[folder.path().to_owned()]).err().unwrap().to_string();
        assert!(error.contains("no picture") && error.contains("1 skipped"), "{error}");
        let error = Crops::open(&[folder.path().join("gone")]).err().unwrap().to_string();
        assert!(error.contains("cannot read the folder"), "{error}");
    }

    #[test]
    fn holds_pictures_out_and_repeats_itself_with_the_same_seed() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("below")).unwrap();
        for index in 0..16 {
            write(folder.path(), &format!("below/{index:02}.png"), Size::new(50 + index, 40));
        }
        let open = || Crops::open(&[folder.path().to_owned()]).unwrap();
        let crops = open();
        assert_eq!((crops.len(), crops.examples().len()), (14, 2));
        let both = Crops::open(&[folder.path().to_owned(), folder.path().to_owned()]).unwrap();
        assert_eq!(both.examples().len(), 3, "two of the first folder, one of the second");
        let held_out = crops.examples()[0];
        assert!(crops.folders.iter().flatten().all(|entry| entry.path != held_out));
        let draw = |seed| {
            let (mut crops, mut random) = (open(), Random::new(seed));
            (0..4).map(|_| crops.next(64, &mut random).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(draw(3), draw(3));
        assert_ne!(draw(3), draw(4));
    }
}
