//! How a network wants its pictures: layout, element type, channel order and value range.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Order of the dimensions of a picture tensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// `[1, channels, height, width]`.
    Nchw,
    /// `[1, height, width, channels]`.
    Nhwc,
}

/// Element type of a picture tensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Element {
    Float32,
    Float16,
    Uint8,
}

/// Channels of a picture tensor, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channels {
    Rgb,
    Bgr,
    Rgba,
    Bgra,
}

/// What black and white are in a picture tensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueRange {
    #[serde(rename = "zero_to_255")]
    ZeroTo255,
    ZeroToOne,
    MinusOneToOne,
    /// `(value / 255 - mean) / deviation` per channel, with ImageNet's statistics.
    Imagenet,
}

/// ImageNet's mean and standard deviation of red, green and blue in `0..=1`, as torchvision documents them.
const IMAGENET_MEAN: [f32; 3] = [0.485, 0.456, 0.406];
const IMAGENET_DEVIATION: [f32; 3] = [0.229, 0.224, 0.225];

/// All that must be known to write or read a picture tensor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Convention {
    pub layout: Layout,
    pub element: Element,
    pub channels: Channels,
    pub range: ValueRange,
}

/// The linear map of one channel, and which byte of a BGRA pixel it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ChannelMap {
    /// Index into the four bytes of a pixel: blue 0, green 1, red 2, fourth 3.
    pub byte: usize,
    /// `result = value * scale + bias`.
    pub scale: f32,
    pub bias: f32,
}

impl Channels {
    /// Number of channels, 3 or 4.
    pub fn count(self) -> usize {
        match self {
            Self::Rgb | Self::Bgr => 3,
            Self::Rgba | Self::Bgra => 4,
        }
    }

    /// For each channel, the byte of a BGRA pixel that it holds.
    fn bytes(self) -> &'static [usize] {
        match self {
            Self::Rgb => &[2, 1, 0],
            Self::Bgr => &[0, 1, 2],
            Self::Rgba => &[2, 1, 0, 3],
            Self::Bgra => &[0, 1, 2, 3],
        }
    }
}

impl ValueRange {
    /// Scale and bias that turn a byte `0..=255` of the given BGRA index into a value of this range. The fourth channel
    /// (opacity) has no statistics of its own: in ImageNet's range it goes from 0 to 1.
    fn scale_and_bias(self, byte: usize) -> (f32, f32) {
        match (self, byte) {
            (Self::ZeroTo255, _) => (1.0, 0.0),
            (Self::ZeroToOne, _) | (Self::Imagenet, 3..) => (1.0 / 255.0, 0.0),
            (Self::MinusOneToOne, _) => (2.0 / 255.0, -1.0),
            (Self::Imagenet, _) => {
                let (mean, deviation) = (IMAGENET_MEAN[2 - byte], IMAGENET_DEVIATION[2 - byte]);
                (1.0 / (255.0 * deviation), -mean / deviation)
            }
        }
    }
}

impl Convention {
    /// The maps from bytes to this convention's values, one per channel.
    pub(super) fn maps_from_bytes(&self) -> Vec<ChannelMap> {
        let map = |&byte: &usize| {
            let (scale, bias) = self.range.scale_and_bias(byte);
            ChannelMap { byte, scale, bias }
        };
        self.channels.bytes().iter().map(map).collect()
    }

    /// The maps from this convention's values back to bytes, one per channel, with `scale` and `offset` of the manifest
    /// (1 and 0 where it has none) applied to the values first.
    pub(super) fn maps_to_bytes(&self, scale: f32, offset: f32) -> Vec<ChannelMap> {
        let invert = |map: ChannelMap| ChannelMap {
            byte: map.byte,
            scale: scale / map.scale,
            bias: (offset - map.bias) / map.scale,
        };
        self.maps_from_bytes().into_iter().map(invert).collect()
    }
}

/// Writes each value as the manifest spells it.
macro_rules! display_as_spelled {
    ($($kind:ty { $($value:ident => $text:literal),+ $(,)? })+) => {
        $(impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(match self { $(Self::$value => $text),+ })
            }
        })+
    };
}

display_as_spelled! {
    Layout { Nchw => "nchw", Nhwc => "nhwc" }
    Element { Float32 => "float32", Float16 => "float16", Uint8 => "uint8" }
    Channels { Rgb => "rgb", Bgr => "bgr", Rgba => "rgba", Bgra => "bgra" }
    ValueRange {
        ZeroTo255 => "zero_to_255",
        ZeroToOne => "zero_to_one",
        MinusOneToOne => "minus_one_to_one",
        Imagenet => "imagenet",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imagenet_uses_the_statistics_of_the_right_channel_in_either_order() {
        for (channels, red) in [(Channels::Rgb, 0), (Channels::Bgr, 2)] {
            let range = ValueRange::Imagenet;
            let convention = Convention { layout: Layout::Nchw, element: Element::Float32, channels, range };
            let map = convention.maps_from_bytes()[red];
            assert!((255.0 * map.scale + map.bias - (1.0 - 0.485) / 0.229).abs() < 1e-5);
        }
    }

    #[test]
    fn maps_to_bytes_undo_maps_from_bytes() {
        for range in [ValueRange::ZeroTo255, ValueRange::ZeroToOne, ValueRange::MinusOneToOne, ValueRange::Imagenet] {
            let (layout, element, channels) = (Layout::Nchw, Element::Float32, Channels::Rgba);
            let convention = Convention { layout, element, channels, range };
            for (to, back) in convention.maps_from_bytes().iter().zip(convention.maps_to_bytes(1.0, 0.0)) {
                let value = 200.0 * to.scale + to.bias;
                assert!((value * back.scale + back.bias - 200.0).abs() < 1e-3, "{range}");
            }
        }
    }
}
