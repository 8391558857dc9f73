//! Reads key frames and their painted versions.

use super::super::data::scaled;
use super::super::{MIN_SIDE_PX, Planes, TrainError};
use super::KeyframeError;
use crate::frame::{Frame, Size, has_picture_ending, read_picture};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Folders of a folder of key frames.
const INPUT: &str = "input";
const OUTPUT: &str = "output";
const MASK: &str = "mask";

/// Higher key frames are scaled to this height, at which styles usually paint; strokes keep their size on the screen.
const HIGHEST_PX: u32 = 480;

/// A mask is white where it is brighter than this, 0..=1.
const WHITE: f32 = 0.5;

/// Key frames and their painted versions.
#[derive(Debug, Clone)]
pub struct KeyframePairs {
    pairs: Vec<Pair>,
}

/// A key frame, all pictures of one size.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    pub input: Planes,
    /// What its painting shall be.
    pub wanted: Planes,
    /// How much each pixel is judged, 0..=1; `None` where all are.
    pub judged: Option<Vec<f32>>,
    /// Indices of the pixels around which patches are drawn; `None` where around all.
    pub drawn: Option<Vec<u32>>,
}

impl KeyframePairs {
    /// Reads `folder/input`, `folder/output`, and where it exists `folder/mask`: pictures of the same names and sizes.
    /// Patches are drawn, and judged, where a mask is white. If `paint_mask_only`, what is black is learnt too: to be
    /// left as it was.
    ///
    /// # Errors
    /// There are no key frames, a picture is broken, has no partner or another size, or a mask is black.
    pub fn read(folder: &Path, paint_mask_only: bool) -> Result<Self, TrainError> {
        let (inputs, outputs) = (pictures(&folder.join(INPUT))?, pictures(&folder.join(OUTPUT))?);
        let mask_folder = folder.join(MASK);
        let masks = if mask_folder.is_dir() { pictures(&mask_folder)? } else { BTreeMap::new() };
        if inputs.is_empty() {
            return Err(KeyframeError::Empty { folder: folder.join(INPUT) }.into());
        }
        if paint_mask_only && masks.is_empty() {
            return Err(KeyframeError::NoMasks { folder: mask_folder }.into());
        }
        if let Some((name, path)) = outputs.iter().chain(&masks).find(|(name, _)| !inputs.contains_key(*name)) {
            return Err(KeyframeError::NoKeyframe { name: name.clone(), path: path.clone() }.into());
        }
        // All that is missing is found before pictures are read, which takes longer.
        if let Some(name) = inputs.keys().find(|name| !outputs.contains_key(*name)) {
            return Err(KeyframeError::NotPainted { name: name.clone(), folder: folder.join(OUTPUT) }.into());
        }
        let pair = |(name, input): (&String, &PathBuf)| {
            read_pair(name, input, &outputs[name], masks.get(name), paint_mask_only)
        };
        Ok(Self { pairs: inputs.iter().map(pair).collect::<Result<_, _>>()? })
    }

    /// Number of key frames; at least one.
    #[allow(clippy::len_without_is_empty, reason = "there is at least one")]
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// A key frame as it was read and scaled, and what its painting shall be.
    pub fn example(&self, index: usize) -> Option<(Frame, Frame)> {
        self.pairs.get(index).map(|pair| (pair.input.to_frame(), pair.wanted.to_frame()))
    }

    /// Frames, and their painted versions of the same sizes.
    pub(in crate::train) fn of_frames(pairs: &[[Frame; 2]]) -> Self {
        let pair = |[input, wanted]: &[Frame; 2]| {
            let [input, wanted] = [input, wanted].map(Planes::from_frame);
            Pair { input, wanted, judged: None, drawn: None }
        };
        Self { pairs: pairs.iter().map(pair).collect() }
    }

    /// Key frames of a test.
    #[cfg(test)]
    pub(super) fn of(pairs: Vec<Pair>) -> Self {
        Self { pairs }
    }

    pub(super) fn all(&self) -> &[Pair] {
        &self.pairs
    }
}

/// The pictures of a folder by their names without ending.
fn pictures(folder: &Path) -> Result<BTreeMap<String, PathBuf>, KeyframeError> {
    let error = |reason| KeyframeError::Folder { folder: folder.to_owned(), reason };
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).map_err(error)? {
        let path = entry.map_err(error)?.path();
        if !path.is_file() || !has_picture_ending(&path) {
            continue;
        }
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if let Some(other) = found.insert(name.clone(), path) {
            return Err(KeyframeError::SameName { name, path: other });
        }
    }
    Ok(found)
}

fn read_pair(
    name: &str,
    input: &Path,
    output: &Path,
    mask: Option<&PathBuf>,
    paint_mask_only: bool,
) -> Result<Pair, TrainError> {
    let input = read_picture(input)?;
    let size = input.size;
    if size.width.min(size.height) < MIN_SIDE_PX {
        return Err(KeyframeError::TooSmall { name: name.to_owned(), size }.into());
    }
    let partner = |what, path: &Path| -> Result<Planes, TrainError> {
        let picture = read_picture(path)?;
        if picture.size != size {
            let (name, path) = (name.to_owned(), path.to_owned());
            return Err(KeyframeError::OtherSize { what, name, found: picture.size, wanted: size, path }.into());
        }
        Ok(Planes::from_frame(&fitting(picture)))
    };
    let mut wanted = partner("painted version", output)?;
    let mask = match mask {
        Some(path) => Some(brightness(&partner("mask", path)?)),
        None => None,
    };
    let input = Planes::from_frame(&fitting(input));
    let drawn =
        mask.as_ref().map(|mask| (0..).zip(mask).filter(|(_, share)| **share > WHITE).map(|(at, _)| at).collect());
    if drawn.as_ref().is_some_and(Vec::is_empty) {
        let path = PathBuf::from(MASK).join(name);
        return Err(KeyframeError::BlackMask { name: name.to_owned(), path }.into());
    }
    let mut judged = mask;
    if paint_mask_only && let Some(mask) = judged.take() {
        let painted_and_plain = wanted.values.iter_mut().zip(&input.values);
        for ((painted, plain), share) in painted_and_plain.zip(mask.iter().cycle()) {
            *painted = *painted * share + *plain * (1.0 - share);
        }
    }
    Ok(Pair { input, wanted, judged, drawn })
}

/// A picture scaled to the height at which styles usually paint, if it is higher.
fn fitting(picture: Frame) -> Frame {
    if picture.size.height <= HIGHEST_PX {
        return picture;
    }
    let Size { width, height } = picture.size.with_height(HIGHEST_PX);
    scaled(&picture, Size::new(width.max(MIN_SIDE_PX), height))
}

/// Mean of red, green and blue of each pixel.
fn brightness(mask: &Planes) -> Vec<f32> {
    let area = mask.size.area();
    (0..area).map(|at| (mask.values[at] + mask.values[area + at] + mask.values[2 * area + at]) / 3.0).collect()
}
