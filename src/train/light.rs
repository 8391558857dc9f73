//! The light of the style picture: how bright what is dark in the game has to be, so that the style can show it.

use super::{Crops, Planes, TrainError};
use crate::network::Random;

/// Steps of brightness that are told apart.
const STEPS: usize = 64;

/// So many crops tell how bright the data is.
const CROPS: usize = 48;

/// What is random here is the same in all trainings.
const SEED: u64 = 0x0011_6117;

/// Differences in brightness grow by this factor at most: more would show the noise of dark places.
const STEEPEST: f32 = 4.0;

/// A curve of brightness that gives the data's pictures the brightness of the style picture (histogram matching): content is what is to be
/// recognized, not how much light there is, which is the style's own.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Light {
    /// The brightness that belongs to each step, and to the end of the last one, 0..=1; it never falls.
    curve: [f32; STEPS + 1],
}

impl Light {
    /// The curve from the data's brightness to that of the style picture.
    ///
    /// # Errors
    /// No picture can be decoded.
    pub fn between(crops: &mut Crops, side: u32, style: &Planes) -> Result<Self, TrainError> {
        let mut random = Random::new(SEED);
        let mut data = [0.0; STEPS];
        for _ in 0..CROPS {
            count(&crops.next(side, &mut random)?, &mut data);
        }
        let mut wanted = [0.0; STEPS];
        count(style, &mut wanted);
        Ok(Self { curve: matching(&shares(&data), &shares(&wanted)) })
    }

    /// A picture in this light. Colours keep their distance from grey.
    pub fn on(&self, picture: &Planes) -> Planes {
        let area = picture.size.area();
        let mut lit = picture.clone();
        for at in 0..area {
            let before = brightness(picture, at);
            let more = self.at(before) - before;
            for channel in 0..3 {
                let value = &mut lit.values[channel * area + at];
                *value = (*value + more).clamp(0.0, 1.0);
            }
        }
        lit
    }

    fn at(&self, brightness: f32) -> f32 {
        let place = brightness.clamp(0.0, 1.0) * STEPS as f32;
        let step = (place as usize).min(STEPS - 1);
        let [from, to] = [self.curve[step], self.curve[step + 1]];
        from + (to - from) * (place - step as f32)
    }
}

/// Luma of a pixel after ITU-R BT.601, 0..=1.
fn brightness(picture: &Planes, at: usize) -> f32 {
    let area = picture.size.area();
    let [red, green, blue] = [0, 1, 2].map(|channel| picture.values[channel * area + at]);
    0.299 * red + 0.587 * green + 0.114 * blue
}

fn count(picture: &Planes, counts: &mut [f32; STEPS]) {
    for at in 0..picture.size.area() {
        counts[((brightness(picture, at) * STEPS as f32) as usize).min(STEPS - 1)] += 1.0;
    }
}

/// The share of pixels below the start of each step, and below the end of the last one.
fn shares(counts: &[f32; STEPS]) -> [f32; STEPS + 1] {
    let all = counts.iter().sum::<f32>().max(1.0);
    let mut below = [0.0; STEPS + 1];
    for step in 0..STEPS {
        below[step + 1] = below[step] + counts[step] / all;
    }
    below
}

/// The brightness of the same share in `wanted`, for each step of `data`; at most [`STEEPEST`].
fn matching(data: &[f32; STEPS + 1], wanted: &[f32; STEPS + 1]) -> [f32; STEPS + 1] {
    let of_share = |share: f32| {
        let above = wanted.iter().position(|below| *below >= share).unwrap_or(STEPS).max(1);
        let [from, to] = [wanted[above - 1], wanted[above]];
        let part = if to > from { (share - from) / (to - from) } else { 1.0 };
        (above as f32 - 1.0 + part.clamp(0.0, 1.0)) / STEPS as f32
    };
    let mut curve = data.map(of_share);
    for step in 1..=STEPS {
        curve[step] = curve[step].clamp(curve[step - 1], curve[step - 1] + STEEPEST / STEPS as f32);
    }
    curve
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Size;

    fn grey(values: &[f32]) -> Planes {
        let size = Size::new(values.len() as u32, 1);
        Planes { size, values: values.repeat(3) }
    }

    fn light(data: &Planes, style: &Planes) -> Light {
        let counted = |picture: &Planes| {
            let mut counts = [0.0; STEPS];
            count(picture, &mut counts);
            shares(&counts)
        };
        Light { curve: matching(&counted(data), &counted(style)) }
    }

    #[test]
    fn the_same_light_changes_nothing() {
        let ramp: Vec<f32> = (0..640).map(|index| index as f32 / 640.0).collect();
        let picture = grey(&ramp);
        let lit = light(&picture, &picture).on(&picture);
        assert!(lit.values.iter().zip(&picture.values).all(|(lit, value)| (lit - value).abs() < 0.02));
    }

    #[test]
    fn dark_pictures_get_the_brightness_of_the_style_in_the_same_order() {
        let dark: Vec<f32> = (0..640).map(|index| index as f32 / 640.0 * 0.4).collect();
        let bright: Vec<f32> = (0..640).map(|index| 0.2 + index as f32 / 640.0 * 0.8).collect();
        let light = light(&grey(&dark), &grey(&bright));
        let lit = light.on(&grey(&[0.1, 0.2, 0.3]));
        for (lit, wanted) in lit.values.iter().zip([0.4, 0.6, 0.8]) {
            assert!((lit - wanted).abs() < 0.05, "{lit}, not {wanted}");
        }
    }

    #[test]
    fn no_difference_is_made_larger_than_allowed() {
        let flat = grey(&[0.5; 64]);
        let ramp: Vec<f32> = (0..640).map(|index| index as f32 / 640.0).collect();
        let light = light(&flat, &grey(&ramp));
        assert!(light.curve.windows(2).all(|pair| pair[1] >= pair[0] && pair[1] - pair[0] <= STEEPEST / STEPS as f32));
    }
}
