//! What may be given as data: a dataset, a folder of pictures, a picture, a video, or the built-in scene.

use super::pair::Pair;
use super::picture::Picture;
use super::{MIN_SIDE_PX, shrunk};
use crate::capture::files::open_clip;
use crate::capture::scene::Scene;
use crate::dataset::{self, Burst, DatasetError};
use crate::frame::{Frame, FramePool, has_picture_ending, picture_size};
use crate::train::TrainError;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The word for the built-in scene; a folder of this name is `./scene`.
pub const SCENE: &str = "scene";

/// The scene that is trained on differs in its textures from the one that `flicker` measures.
const SCENE_SEED: u64 = 7;
/// Time between two successive frames of the scene.
const SCENE_STEP: Duration = Duration::from_nanos(1_000_000_000 / 30);

/// Pairs of one source at most. Each takes up to 5 MB with its flow, and up to a second for that.
const PAIRS: usize = 48;

/// No more frames of a video are looked at: as many as a game shows in five minutes and a half.
const LONGEST_VIDEO_FRAMES: u64 = 10_000;

/// What one source holds.
pub(super) struct Source {
    pub pictures: Vec<Picture>,
    pub pairs: Vec<Pair>,
}

/// Opens a source; gives also the number of pictures that are skipped, as broken or too small.
pub(super) fn open(path: &Path) -> Result<(Source, usize), TrainError> {
    if path == Path::new(SCENE) {
        return Ok((scene(), 0));
    }
    if path.is_file() {
        let source =
            if has_picture_ending(path) { pictures(path, vec![path.to_owned()]) } else { Ok((video(path)?, 0)) };
        return source;
    }
    match dataset::open(path) {
        // A dataset, and no folder of pictures: those lie in the folder itself.
        Ok(dataset) if dataset.frames.iter().all(|frame| frame.parent() != Some(path)) => {
            let pairs = pairs_of(&dataset.bursts);
            if dataset.frames.is_empty() {
                return Ok((Source { pictures: Vec::new(), pairs }, 0));
            }
            let (source, skipped) = pictures(path, dataset.frames)?;
            Ok((Source { pairs, ..source }, skipped))
        }
        Err(error @ (DatasetError::BrokenIndex { .. } | DatasetError::NewerFormat { .. })) => Err(error.into()),
        // What else is wrong with the folder shows itself here, too.
        _ => {
            let mut paths = Vec::new();
            find_pictures(path, &mut paths)?;
            paths.sort();
            pictures(path, paths)
        }
    }
}

/// The usable ones of some pictures.
fn pictures(source: &Path, mut paths: Vec<PathBuf>) -> Result<(Source, usize), TrainError> {
    let found = paths.len();
    paths.retain(|path| picture_size(path).is_ok_and(|size| size.width.min(size.height) >= MIN_SIDE_PX));
    let skipped = found - paths.len();
    if paths.is_empty() {
        return Err(TrainError::NoPictures { folder: source.to_owned(), skipped });
    }
    Ok((Source { pictures: paths.into_iter().map(Picture::new).collect(), pairs: Vec::new() }, skipped))
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

/// One pair of each burst, at another place of each, and evenly over the bursts where there are many.
fn pairs_of(bursts: &[Burst]) -> Vec<Pair> {
    let count = bursts.len().min(PAIRS);
    let pair = |number: usize| {
        let pictures = &bursts[number * bursts.len() / count].pictures;
        let first = number % (pictures.len() - 1);
        Pair::of_files(pictures[first].clone(), pictures[first + 1].clone())
    };
    (0..count).map(pair).collect()
}

/// Pairs at even distances over the camera's way, without the cut.
fn scene() -> Source {
    let scene = Arc::new(Scene::new(SCENE_SEED));
    let times = (0..PAIRS as u32).map(|number| {
        let from = Scene::LOOP * number / PAIRS as u32;
        [from, from + SCENE_STEP]
    });
    let pairs = times
        .filter(|[from, to]| !scene.cuts_between(*from, *to))
        .map(|times| Pair::of_scene(Arc::clone(&scene), times))
        .collect();
    Source { pictures: Vec::new(), pairs }
}

/// Pairs at even distances over a video. It is read once, from its start.
fn video(path: &Path) -> Result<Source, TrainError> {
    let mut clip = open_clip(path)?;
    let mut pool = FramePool::new();
    let mut spread = Spread::default();
    let mut before: Option<Frame> = None;
    for index in 0..LONGEST_VIDEO_FRAMES {
        let Some(frame) = clip.next_frame(&mut pool)? else { break };
        if frame.size.width.min(frame.size.height) < MIN_SIDE_PX {
            return Err(TrainError::NoPictures { folder: path.to_owned(), skipped: 1 });
        }
        if let Some(before) = before.take() {
            spread.keep(before, shrunk((*frame).clone()));
        }
        if spread.wants(index) {
            before = Some(shrunk((*frame).clone()));
        }
    }
    let pairs: Vec<Pair> = spread.kept.into_iter().map(|[before, now]| Pair::of_frames(before, now)).collect();
    if pairs.is_empty() {
        return Err(TrainError::NoPictures { folder: path.to_owned(), skipped: 0 });
    }
    Ok(Source { pictures: Vec::new(), pairs })
}

/// Keeps pairs at even distances of a video whose length nobody knows: when there are too many, every second one goes.
struct Spread {
    kept: Vec<[Frame; 2]>,
    distance: u64,
}

impl Default for Spread {
    fn default() -> Self {
        Self { kept: Vec::new(), distance: 2 }
    }
}

impl Spread {
    /// Whether a pair should begin with the frame of this number.
    fn wants(&self, index: u64) -> bool {
        index.is_multiple_of(self.distance)
    }

    fn keep(&mut self, before: Frame, now: Frame) {
        self.kept.push([before, now]);
        if self.kept.len() >= 2 * PAIRS {
            let mut number = 0;
            self.kept.retain(|_| {
                number += 1;
                number % 2 == 1
            });
            self.distance *= 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Size;

    #[test]
    fn pairs_of_a_long_video_are_spread_over_all_of_it() {
        let mut spread = Spread::default();
        for index in 0..1000 {
            if spread.wants(index) {
                let mut frame = Frame::new(Size::new(1, 1));
                frame.sequence = index;
                spread.keep(frame.clone(), frame);
            }
        }
        let kept: Vec<u64> = spread.kept.iter().map(|[before, _]| before.sequence).collect();
        assert!((PAIRS..2 * PAIRS).contains(&kept.len()), "{}", kept.len());
        let distance = kept[1] - kept[0];
        assert!(kept.windows(2).all(|pair| pair[1] - pair[0] == distance), "{kept:?}");
        assert!(kept[0] == 0 && kept[kept.len() - 1] + distance >= 1000, "{kept:?}");
    }
}
