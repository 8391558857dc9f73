//! The curve of automatic levels.

use crate::frame::{BYTES_PER_PIXEL, Frame};

/// Where the darkest and the brightest two hundredths of a picture come to lie, and its median, `0..=1`.
const DARK: f32 = 0.05;
const BRIGHT: f32 = 0.95;
const MIDDLE: f32 = 0.45;

/// The bounds of the gamma.
const GAMMAS: [f32; 2] = [0.5, 1.5];

/// A smaller range of luma is not stretched further: its noise would become the picture.
const LEAST_RANGE: f32 = 0.15;

/// The median within the range, before the gamma is computed from it: beyond these the logarithm runs away.
const MEDIANS: [f32; 2] = [0.08, 0.92];

/// A curve for all channels: `low` becomes 0.05, `high` becomes 0.95, and a gamma bends what lies between them.
///
/// Values are sRGB as the frame has them, `0..=1`. The curve never falls, and stays within 0.05 and 0.95.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Levels {
    low: f32,
    high: f32,
    gamma: f32,
}

impl Levels {
    /// The curve that changes nothing but the range, for pictures that say nothing of the game's light.
    pub const NEUTRAL: Self = Self { low: 0.0, high: 1.0, gamma: 1.0 };

    /// The curve of a picture whose luma (BT.601, `0..=1`) has these quantiles: 0.02, 0.5, and 0.98.
    pub fn from_quantiles(low: f32, median: f32, high: f32) -> Self {
        let high = high.max(low + LEAST_RANGE);
        let middle = ((median - low) / (high - low)).clamp(MEDIANS[0], MEDIANS[1]);
        let gamma = (MIDDLE.ln() / middle.ln()).clamp(GAMMAS[0], GAMMAS[1]);
        Self { low, high, gamma }
    }

    /// The value `0.05..=0.95` that a value `0..=1` becomes.
    pub fn at(self, value: f32) -> f32 {
        let within = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        within.powf(self.gamma) * (BRIGHT - DARK) + DARK
    }

    /// The curve that lies `share` (`0..=1`) of the way to another one.
    pub fn toward(self, other: Self, share: f32) -> Self {
        let between = |from: f32, to: f32| from + (to - from) * share;
        Self {
            low: between(self.low, other.low),
            high: between(self.high, other.high),
            gamma: between(self.gamma, other.gamma),
        }
    }

    /// Low and high as luma `0..=1`, and gamma.
    pub fn parts(self) -> [f32; 3] {
        [self.low, self.high, self.gamma]
    }

    /// The curve for all bytes.
    pub fn table(self) -> LevelsTable {
        LevelsTable { values: std::array::from_fn(|byte| self.at(byte as f32 / 255.0) * 255.0) }
    }

    /// Levels a picture in place, to the nearest byte.
    pub fn apply(self, picture: &mut Frame) {
        let bytes = self.table().values.map(|value| (value + 0.5) as u8);
        for pixel in picture.pixels.chunks_exact_mut(BYTES_PER_PIXEL) {
            for byte in &mut pixel[..3] {
                *byte = bytes[usize::from(*byte)];
            }
        }
    }
}

/// A curve as numbers: what each byte becomes.
#[derive(Debug, Clone, PartialEq)]
pub struct LevelsTable {
    /// `12.75..=242.25`, never falling.
    pub values: [f32; 256],
}

impl LevelsTable {
    /// The levelled value of a byte.
    #[inline(always)]
    pub fn of_byte(&self, byte: u8) -> f32 {
        self.values[usize::from(byte)]
    }

    /// The levelled value of a number `0.0..=255.0`, such as the mean of some bytes: on the line between its
    /// neighbours.
    #[inline(always)]
    pub fn of_value(&self, value: f32) -> f32 {
        let below = (value as usize).min(254);
        let [from, to] = [self.values[below], self.values[below + 1]];
        from + (to - from) * (value - below as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn is_bounded_and_never_falls(mut quantiles in proptest::array::uniform3(0.0f32..=1.0)) {
            quantiles.sort_by(f32::total_cmp);
            let [low, median, high] = quantiles;
            let table = Levels::from_quantiles(low, median, high).table();
            prop_assert!(table.values.iter().all(|value| (12.7..=242.3).contains(value)), "{:?}", table);
            prop_assert!(table.values.windows(2).all(|pair| pair[0] <= pair[1]), "{:?}", table);
        }

        #[test]
        fn lies_between_two_curves(a in 0.0f32..0.5, b in 0.0f32..0.5, share in 0.0f32..=1.0, value in 0.0f32..255.0) {
            let (a, b) = (Levels::from_quantiles(a, a, 1.0), Levels::from_quantiles(b, b + 0.3, 0.9));
            let between = a.toward(b, share);
            prop_assert!(between.parts().iter().all(|part| part.is_finite()));
            let table = between.table();
            let (below, above) = (table.of_byte(value as u8), table.of_byte((value as u8).saturating_add(1)));
            prop_assert!((below..=above).contains(&table.of_value(value)));
        }
    }

    #[test]
    fn brings_the_quantiles_where_they_belong() {
        let levels = Levels::from_quantiles(0.1, 0.3, 0.7);
        for (value, wanted) in [(0.0, 0.05), (0.1, 0.05), (0.3, 0.45 * 0.9 + 0.05), (0.7, 0.95), (1.0, 0.95)] {
            assert!((levels.at(value) - wanted).abs() < 1e-5, "{value}: {}", levels.at(value));
        }
        let table = levels.table();
        assert_eq!((table.of_value(255.0), table.of_value(0.0)), (table.of_byte(255), table.of_byte(0)));
    }
}
