//! Patches of key frames, drawn at random places.

use super::KeyframeSettings;
use super::pairs::{KeyframePairs, Pair};
use crate::frame::Size;
use crate::network::MARGIN_PX;
use crate::network::{MULTIPLE_PX, Random};
use burn_tensor::{Device, Tensor, TensorData, s};

/// What the network sees has noise of at most this deviation (of 0..=1), so that it does not answer to the noise of a
/// picture: the published remedy against flicker.
const NOISE_DEVIATION: f32 = 0.03;

/// Patches of an iteration.
///
/// The network sees more than what is judged: its answer depends on what is around a pixel, and only at the border of a
/// whole frame is there nothing. So the judged window may be anywhere in a frame, and what is seen is the window with
/// its margin, moved inside the frame where it would stick out; there the window lies off its middle.
pub(super) struct Patches {
    /// What the network sees: `[patches, 3, height, width]`.
    pub seen: Tensor<4>,
    /// What the judged windows shall look like: `[patches, 3, height, width]`, smaller.
    pub wanted: Tensor<4>,
    /// How much each pixel of them is judged, `[patches, 1, height, width]`; `None` where all are.
    weights: Option<Tensor<4>>,
    /// Left and top of the judged window within what is seen, in pixels.
    windows: Vec<[usize; 2]>,
}

/// Part of a picture, in pixels.
#[derive(Debug, Clone, Copy)]
struct Area {
    left: usize,
    top: usize,
    size: Size,
}

/// Sizes of what is seen and of what is judged; smaller than asked for where a key frame is small.
fn sizes(pairs: &KeyframePairs, patch_px: u32) -> [Size; 2] {
    let smallest = |side: fn(Size) -> u32| {
        pairs.all().iter().map(|pair| side(pair.input.size) / MULTIPLE_PX * MULTIPLE_PX).min().unwrap_or(MULTIPLE_PX)
    };
    let (width, height) = (smallest(|size| size.width), smallest(|size| size.height));
    [patch_px + 2 * MARGIN_PX as u32, patch_px].map(|side| Size::new(side.min(width), side.min(height)))
}

impl Patches {
    /// Draws the patches of an iteration; each key frame counts the same.
    pub fn draw(pairs: &KeyframePairs, settings: &KeyframeSettings, random: &mut Random, device: &Device) -> Self {
        let [seen_size, judged_size] = sizes(pairs, settings.patch_px);
        let count = settings.patches as usize;
        let (mut seen, mut wanted, mut weights, mut windows) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut all_judged = true;
        for _ in 0..count {
            let pair = &pairs.all()[random.whole(0, pairs.len() as u32 - 1) as usize];
            let judged = window(pair, judged_size, settings.paint_mask_only, random);
            let around = surroundings(judged, seen_size, pair.input.size);
            let deviation = random.between(0.0, NOISE_DEVIATION);
            cut(&pair.input.values, pair.input.size, around, &mut seen);
            let patch = seen.len() - 3 * seen_size.area();
            for value in &mut seen[patch..] {
                *value = (*value + random.normal() * deviation).clamp(0.0, 1.0);
            }
            cut(&pair.wanted.values, pair.input.size, judged, &mut wanted);
            match &pair.judged {
                Some(mask) => {
                    cut(mask, pair.input.size, judged, &mut weights);
                    all_judged = false;
                }
                None => weights.resize(weights.len() + judged_size.area(), 1.0),
            }
            windows.push([judged.left - around.left, judged.top - around.top]);
        }
        let tensor = |values, channels, size: Size| {
            let shape = [count, channels, size.height as usize, size.width as usize];
            Tensor::from_data(TensorData::new(values, shape), device)
        };
        let weights = (!all_judged).then(|| tensor(weights, 1, judged_size));
        Self { seen: tensor(seen, 3, seen_size), wanted: tensor(wanted, 3, judged_size), weights, windows }
    }

    /// Patches of a test, which are judged as a whole, and of which nothing is seen.
    #[cfg(test)]
    pub fn whole(wanted: Tensor<4>) -> Self {
        let windows = vec![[0, 0]; wanted.dims()[0]];
        Self { seen: wanted.clone(), wanted, weights: None, windows }
    }

    /// The judged windows of the paintings of what is seen; what a mask leaves out is already as wanted.
    pub fn judged(&self, paintings: &Tensor<4>) -> Tensor<4> {
        let [_, _, height, width] = self.wanted.dims();
        let windows = self.windows.iter().enumerate().map(|(index, &[left, top])| {
            paintings.clone().slice(s![index..index + 1, .., top..top + height, left..left + width])
        });
        let windows = Tensor::cat(windows.collect(), 0);
        match &self.weights {
            Some(weights) => self.wanted.clone() + (windows - self.wanted.clone()) * weights.clone(),
            None => windows,
        }
    }
}

/// A window to judge around a random pixel, of the whole frame or where its mask is white. Windows that would stick out
/// are moved inside, so that the border of a frame is judged as often as its middle.
fn window(pair: &Pair, size: Size, beside_mask_too: bool, random: &mut Random) -> Area {
    let frame = pair.input.size;
    let [x, y] = match &pair.drawn {
        Some(pixels) if !beside_mask_too || random.coin() => {
            let pixel = pixels[random.whole(0, pixels.len() as u32 - 1) as usize];
            [pixel % frame.width, pixel / frame.width]
        }
        _ => [random.whole(0, frame.width - 1), random.whole(0, frame.height - 1)],
    };
    let mut start = |at: u32, side: u32, frame: u32| at.saturating_sub(random.whole(0, side - 1)).min(frame - side);
    let left = start(x, size.width, frame.width) as usize;
    Area { left, top: start(y, size.height, frame.height) as usize, size }
}

/// What is seen around a judged window: as much on both sides, but within the frame.
fn surroundings(judged: Area, size: Size, frame: Size) -> Area {
    let start = |at: usize, judged: u32, seen: u32, frame: u32| {
        at.saturating_sub((seen - judged) as usize / 2).min((frame - seen) as usize)
    };
    let left = start(judged.left, judged.size.width, size.width, frame.width);
    let top = start(judged.top, judged.size.height, size.height, frame.height);
    Area { left, top, size }
}

/// Appends an area of each plane of a picture.
fn cut(planes: &[f32], picture: Size, area: Area, to: &mut Vec<f32>) {
    for plane in planes.chunks_exact(picture.area()) {
        let rows = plane.chunks_exact(picture.width as usize).skip(area.top).take(area.size.height as usize);
        rows.for_each(|row| to.extend_from_slice(&row[area.left..area.left + area.size.width as usize]));
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::planes::{Planes, values_of};
    use super::*;

    /// A pair of this size whose red says the column, and green the row; wanted is the same.
    fn pair(size: Size, drawn: Option<Vec<u32>>) -> Pair {
        let area = size.area() as u32;
        let value = |index: u32| match index / area {
            0 => (index % size.width) as f32 / 255.0,
            1 => (index % area / size.width) as f32 / 255.0,
            _ => 0.0,
        };
        let input = Planes { size, values: (0..3 * area).map(value).collect() };
        let judged = drawn
            .as_ref()
            .map(|drawn: &Vec<u32>| (0..area).map(|at| f32::from(u8::from(drawn.contains(&at)))).collect());
        Pair { wanted: input.clone(), input, judged, drawn }
    }

    fn settings() -> KeyframeSettings {
        KeyframeSettings { patch_px: 16, patches: 40, ..KeyframeSettings::default() }
    }

    #[test]
    fn a_painter_that_changes_nothing_but_noise_gives_what_is_wanted_at_every_place() {
        let pairs = KeyframePairs::of(vec![pair(Size::new(150, 97), None), pair(Size::new(120, 84), None)]);
        let patches = Patches::draw(&pairs, &settings(), &mut Random::new(1), &Device::flex());
        assert_eq!(patches.seen.dims(), [40, 3, 80, 80]);
        let judged = patches.judged(&patches.seen);
        assert_eq!(judged.dims(), [40, 3, 16, 16]);
        let difference = (judged - patches.wanted.clone()).abs().mean().into_scalar::<f32>();
        assert!(difference < 0.02, "{difference}");
        let wanted = values_of(patches.wanted);
        assert!(wanted.contains(&0.0) && wanted.contains(&(149.0 / 255.0)), "borders of the frame are judged too");
    }

    #[test]
    fn small_frames_are_seen_whole() {
        let pairs = KeyframePairs::of(vec![pair(Size::new(50, 35), None)]);
        let patches = Patches::draw(&pairs, &settings(), &mut Random::new(1), &Device::flex());
        assert_eq!((patches.seen.dims(), patches.wanted.dims()), ([40, 3, 32, 48], [40, 3, 16, 16]));
    }

    #[test]
    fn patches_are_drawn_and_judged_where_the_mask_is_white() {
        let size = Size::new(150, 97);
        let white = 90 * size.width + 149;
        let pairs = KeyframePairs::of(vec![pair(size, Some(vec![white]))]);
        let patches = Patches::draw(&pairs, &settings(), &mut Random::new(1), &Device::flex());
        let wrong = patches.judged(&(patches.seen.clone() * 0.0 + 1.0));
        let off = values_of((wrong - patches.wanted.clone()).abs());
        let blue = off.chunks_exact(256).skip(2).step_by(3);
        assert!(blue.map(|plane| plane.iter().sum::<f32>()).all(|sum| sum == 1.0), "one pixel of each patch");
        let anywhere = KeyframeSettings { paint_mask_only: true, ..settings() };
        let patches = Patches::draw(&pairs, &anywhere, &mut Random::new(1), &Device::flex());
        let tops =
            values_of(patches.wanted).chunks_exact(256).skip(1).step_by(3).map(|plane| plane[0]).fold(1.0, f32::min);
        assert!(tops < 40.0 / 255.0, "others are drawn anywhere");
    }
}
