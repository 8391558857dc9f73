//! The pictures to train on.

mod pair;
mod picture;
mod source;
mod window;

pub use pair::PairCrop;
pub use source::SCENE;

use super::{Planes, TrainError};
use crate::frame::{Frame, Size, resize_bilinear};
use crate::network::Random;
use pair::Pair;
use picture::{Drawn, Picture};
use source::Source;
use std::path::PathBuf;
use window::Window;

/// Pictures with a shorter side are skipped: there is nothing to learn from them.
pub const MIN_SIDE_PX: u32 = 32;

/// Larger pictures are scaled to this longer side first, as a game's frame would be before it is painted.
const LONGEST_SIDE_PX: u32 = 640;

/// Decoded pictures that stay in memory (about 300 MB); what is beyond them is decoded each time.
const KEPT_PICTURES: usize = 250;

/// Of so many pictures of a source, one is held out.
const HELD_OUT_OF: usize = 8;

/// So many pictures are held out at most, about as many of each source; so many are shown where none are held out.
const HELD_OUT_LIMIT: usize = 3;

/// Of a source with so many pairs of successive frames, one is held out, and of all sources together at most so many.
const HELD_OUT_OF_PAIRS: usize = 4;
const HELD_OUT_PAIR_LIMIT: usize = 2;

/// Whole pictures that turn out to be broken one after the other before training gives up.
const TRIES: usize = 1000;

/// Pairs that turn out to be broken or cuts one after the other before an iteration does without.
const PAIR_TRIES: usize = 20;

/// Random crops of all pictures of some sources, at random scales, mirrored at random, and of pairs of successive
/// frames where the sources have such. Each source counts the same.
pub struct Crops {
    sources: Vec<Source>,
    held_out: Vec<Picture>,
    held_out_pairs: Vec<Pair>,
    skipped: usize,
    kept: usize,
    is_levelled: bool,
}

impl Crops {
    /// Looks at what each path names: a recorded dataset, a folder of pictures (folders below included), a picture, a
    /// video (which is read, and up to 96 pairs of its frames are kept), or, as [`SCENE`], the built-in scene. Of
    /// larger sets some are held out: no crop shows them.
    ///
    /// # Errors
    /// A source cannot be read, or holds no usable picture.
    pub fn open(paths: &[PathBuf]) -> Result<Self, TrainError> {
        let mut crops = Self {
            sources: Vec::new(),
            held_out: Vec::new(),
            held_out_pairs: Vec::new(),
            skipped: 0,
            kept: 0,
            is_levelled: false,
        };
        for path in paths {
            let (mut source, skipped) = source::open(path)?;
            crops.skipped += skipped;
            let share = HELD_OUT_LIMIT.div_ceil(paths.len()).min(HELD_OUT_LIMIT - crops.held_out.len());
            let spare = (source.pictures.len() / HELD_OUT_OF).min(share);
            for part in 1..=spare {
                let middle = source.pictures.len() * part / (spare + 1);
                crops.held_out.push(source.pictures.remove(middle));
            }
            if source.pairs.len() >= HELD_OUT_OF_PAIRS && crops.held_out_pairs.len() < HELD_OUT_PAIR_LIMIT {
                let middle = source.pairs.len() / 2;
                crops.held_out_pairs.push(source.pairs.remove(middle));
            }
            crops.sources.push(source);
        }
        Ok(crops)
    }

    /// The same pictures, each levelled as a whole before crops are taken of it: as they are painted where a manifest
    /// says `levels = true`.
    #[must_use]
    pub fn levelled(mut self) -> Self {
        self.is_levelled = true;
        let Self { sources, held_out, held_out_pairs, .. } = &mut self;
        let pictures = sources.iter_mut().flat_map(|source| &mut source.pictures).chain(held_out);
        pictures.for_each(Picture::level);
        let pairs = sources.iter_mut().flat_map(|source| &mut source.pairs).chain(held_out_pairs);
        pairs.for_each(Pair::level);
        self
    }

    /// Whether crops are taken of levelled pictures.
    pub fn is_levelled(&self) -> bool {
        self.is_levelled
    }

    /// Number of pictures that crops are taken of; a pair of successive frames counts as one.
    pub fn len(&self) -> usize {
        self.sources.iter().map(|source| source.pictures.len() + source.pairs.len()).sum()
    }

    /// Number of pairs of successive frames, without what is held out.
    pub fn pair_count(&self) -> usize {
        self.sources.iter().map(|source| source.pairs.len()).sum()
    }

    /// Whether there are no pictures; [`Self::open`] makes sure that there are.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of pictures left out so far, as broken or too small.
    pub fn skipped(&self) -> usize {
        self.skipped
    }

    /// At most three pictures that no crop shows, or where there are none to spare, some that crops show. Reads them;
    /// broken ones are left out.
    pub fn examples(&mut self) -> Vec<Frame> {
        // No room to keep what is only looked at here.
        let whole = |picture: &mut Picture| match picture.draw(&mut 0, 0) {
            Drawn::Once(frame) => Some(frame),
            Drawn::Kept(frame) => Some(frame.clone()),
            Drawn::Broken | Drawn::FoundBroken(_) => None,
        };
        let first = |pair: &mut Pair| pair.before().cloned();
        let held_out = self.held_out.iter_mut().filter_map(whole);
        let mut examples: Vec<Frame> = held_out.chain(self.held_out_pairs.iter_mut().filter_map(first)).collect();
        if examples.is_empty() {
            let pictures = self.sources.iter_mut().flat_map(|source| &mut source.pictures);
            examples.extend(pictures.filter_map(whole).take(HELD_OUT_LIMIT));
        }
        if examples.is_empty() {
            let pairs = self.sources.iter_mut().flat_map(|source| &mut source.pairs);
            examples.extend(pairs.filter_map(first).take(HELD_OUT_LIMIT));
        }
        examples.truncate(HELD_OUT_LIMIT);
        examples
    }

    /// A crop of each of [`Self::examples`].
    pub(super) fn example_crops(&mut self, side: u32, random: &mut Random) -> Vec<Planes> {
        self.examples().iter().map(|frame| crop(frame, side, random)).collect()
    }

    /// A crop of each pair of successive frames that is held out, at most two.
    pub(super) fn held_out_pairs(&mut self, side: u32, random: &mut Random) -> Vec<PairCrop> {
        self.held_out_pairs.iter_mut().filter_map(|pair| pair.crop(side, random)).collect()
    }

    /// A random crop, scaled to `side` pixels.
    ///
    /// # Errors
    /// Picture after picture turns out to be broken.
    pub fn next(&mut self, side: u32, random: &mut Random) -> Result<Planes, TrainError> {
        for _ in 0..TRIES {
            let source = random.whole(0, self.sources.len() as u32 - 1) as usize;
            let Source { pictures, pairs } = &mut self.sources[source];
            let index = random.whole(0, (pictures.len() + pairs.len()) as u32 - 1) as usize;
            let Some(picture) = pictures.get_mut(index) else {
                let pair = &mut pairs[index - pictures.len()];
                if let Some(frame) = pair.before() {
                    return Ok(crop(frame, side, random));
                }
                continue;
            };
            match picture.draw(&mut self.kept, KEPT_PICTURES) {
                Drawn::Kept(frame) => return Ok(crop(frame, side, random)),
                Drawn::Once(frame) => return Ok(crop(&frame, side, random)),
                Drawn::Broken => {}
                Drawn::FoundBroken(error) => {
                    tracing::warn!("left out: {error}");
                    self.skipped += 1;
                }
            }
        }
        Err(TrainError::Undecodable { tries: TRIES })
    }

    /// The same random crop of two successive frames, scaled to `side` pixels, with the flow between them; `None` where
    /// there are none, or only broken ones.
    pub fn next_pair(&mut self, side: u32, random: &mut Random) -> Option<PairCrop> {
        let mut sources: Vec<&mut Source> = self.sources.iter_mut().filter(|source| !source.pairs.is_empty()).collect();
        let last = sources.len().checked_sub(1)?;
        for _ in 0..PAIR_TRIES {
            let pairs = &mut sources[random.whole(0, last as u32) as usize].pairs;
            let index = random.whole(0, pairs.len() as u32 - 1) as usize;
            if let Some(crop) = pairs[index].crop(side, random) {
                return Some(crop);
            }
        }
        None
    }
}

/// A random square of a picture, scaled to `side` pixels, mirrored at random.
fn crop(picture: &Frame, side: u32, random: &mut Random) -> Planes {
    Window::draw(picture.size, random).crop(picture, side)
}

/// A picture as large as training needs it, at most.
fn shrunk(picture: Frame) -> Frame {
    let longest = picture.size.width.max(picture.size.height);
    if longest <= LONGEST_SIDE_PX {
        return picture;
    }
    let shrink = |side: u32| (u64::from(side) * u64::from(LONGEST_SIDE_PX) / u64::from(longest)).max(1) as u32;
    scaled(&picture, Size::new(shrink(picture.size.width), shrink(picture.size.height)))
}

/// A picture at another size.
pub(super) fn scaled(picture: &Frame, size: Size) -> Frame {
    let mut to = Frame::new(size);
    resize_bilinear(picture, &mut to);
    to
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{BYTES_PER_PIXEL, write_picture};
    use std::path::Path;

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
        let mut crops = open();
        assert_eq!((crops.len(), crops.examples().len()), (14, 2));
        let mut both = Crops::open(&[folder.path().to_owned(), folder.path().to_owned()]).unwrap();
        assert_eq!(both.examples().len(), 3, "two of the first folder, one of the second");
        let held_out = &crops.held_out[0].path;
        assert!(crops.sources.iter().flat_map(|source| &source.pictures).all(|picture| picture.path != *held_out));
        let draw = |seed| {
            let (mut crops, mut random) = (open(), Random::new(seed));
            (0..4).map(|_| crops.next(64, &mut random).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(draw(3), draw(3));
        assert_ne!(draw(3), draw(4));
    }
}
