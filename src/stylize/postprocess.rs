//! Tensor to frame, in one pass: value range, channel order, rounding; and whether the network computed numbers at all.

use super::convention::{ChannelMap, Layout};
use super::manifest::Fit;
use super::simd::with_avx2;
use crate::frame::{BYTES_PER_PIXEL, Frame, Size};
use half::f16;
use half::slice::HalfFloatSliceExt;

/// The memory of a picture tensor.
#[derive(Clone, Copy)]
pub(super) enum TensorRef<'t> {
    Float32(&'t [f32]),
    Float16(&'t [f16]),
    Uint8(&'t [u8]),
}

/// Reads a network's output tensor into frames. Allocates only when a size changes.
#[derive(Debug)]
pub(super) struct Postprocessor {
    layout: Layout,
    /// Red, green and blue: where in the tensor they are and how to read them.
    maps: Vec<ChannelMap>,
    fit: Fit,
    /// One row of three or four channels, for element types other than float32.
    staged: Vec<f32>,
}

/// Where a painting lies in the finished frame, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Placement {
    /// First column and row of the tensor that are used.
    from: (usize, usize),
    /// First column and row of the frame that are painted.
    to: (usize, usize),
    /// Number of columns and rows.
    count: (usize, usize),
}

impl Postprocessor {
    /// A postprocessor for one layout; `maps` are those of [`super::convention::Convention::maps_to_bytes`].
    pub fn new(layout: Layout, maps: Vec<ChannelMap>, fit: Fit) -> Self {
        Self { layout, maps, fit, staged: Vec::new() }
    }

    /// The size of the painting for an input and an output tensor of these sizes.
    pub fn painting_size(&self, input: Size, output: Size) -> Size {
        match self.fit {
            Fit::Stretch => output,
            Fit::Border | Fit::Corner => input,
        }
    }

    /// Fills `frame`, which has [`Self::painting_size`], from a tensor of `output` size. Returns whether all values
    /// that were read are numbers.
    pub fn run(&mut self, tensor: TensorRef<'_>, output: Size, frame: &mut Frame) -> bool {
        let place = placement(self.fit, frame.size, output);
        let (width, channels) = (output.width as usize, self.maps.len());
        self.staged.resize(width * channels, 0.0);
        let stride = frame.size.width as usize * BYTES_PER_PIXEL;
        let mut are_numbers = true;
        for row in 0..place.count.1 {
            let (y, target_y) = (place.from.1 + row, place.to.1 + row);
            let line = &mut frame.pixels[target_y * stride..][..stride];
            let target = &mut line[place.to.0 * BYTES_PER_PIXEL..][..place.count.0 * BYTES_PER_PIXEL];
            match self.layout {
                Layout::Nchw => {
                    let mut planes: [&[f32]; 3] = [&[]; 3];
                    let mut maps = [self.maps[0]; 3];
                    if let TensorRef::Float32(values) = tensor {
                        for (channel, map) in self.maps.iter().enumerate().filter(|(_, map)| map.byte < 3) {
                            planes[map.byte] = &values[channel * output.area() + y * width + place.from.0..];
                            maps[map.byte] = *map;
                        }
                    } else {
                        for channel in 0..channels {
                            let at = channel * output.area() + y * width;
                            tensor.load(at, &mut self.staged[channel * width..][..width]);
                        }
                        for (channel, map) in self.maps.iter().enumerate().filter(|(_, map)| map.byte < 3) {
                            planes[map.byte] = &self.staged[channel * width + place.from.0..];
                            maps[map.byte] = *map;
                        }
                    }
                    are_numbers &= row_from_planes(planes, maps, target);
                }
                Layout::Nhwc => {
                    let at = (y * width + place.from.0) * channels;
                    let length = place.count.0 * channels;
                    if let TensorRef::Float32(values) = tensor {
                        are_numbers &= row_from_pixels(&values[at..][..length], &self.maps, target);
                    } else {
                        tensor.load(at, &mut self.staged[..length]);
                        are_numbers &= row_from_pixels(&self.staged[..length], &self.maps, target);
                    }
                }
            }
            extend_sideways(line, place.to.0, place.count.0);
        }
        extend_up_and_down(&mut frame.pixels, stride, place.to.1, place.count.1);
        are_numbers
    }
}

/// How a painting of `output` size lies in a frame of `frame` size.
fn placement(fit: Fit, frame: Size, output: Size) -> Placement {
    let axis = |frame: u32, output: u32| {
        let (frame, output) = (frame as usize, output as usize);
        let (from, to) = match fit {
            Fit::Border => (output.saturating_sub(frame) / 2, frame.saturating_sub(output) / 2),
            Fit::Stretch | Fit::Corner => (0, 0),
        };
        (from, to, frame.min(output))
    };
    let (x, y) = (axis(frame.width, output.width), axis(frame.height, output.height));
    Placement { from: (x.0, y.0), to: (x.1, y.1), count: (x.2, y.2) }
}

/// Repeats the outermost painted pixels of a row into the border that the network left out.
fn extend_sideways(line: &mut [u8], first: usize, count: usize) {
    let (pixels, _) = line.as_chunks_mut::<BYTES_PER_PIXEL>();
    if count == 0 || count == pixels.len() {
        return;
    }
    let (left, right) = (pixels[first], pixels[first + count - 1]);
    pixels[..first].fill(left);
    pixels[first + count..].fill(right);
}

/// Repeats the outermost painted rows into the border that the network left out.
fn extend_up_and_down(pixels: &mut [u8], stride: usize, first: usize, count: usize) {
    let rows = pixels.len() / stride;
    if count == 0 || count == rows {
        return;
    }
    for row in 0..first {
        pixels.copy_within(first * stride..(first + 1) * stride, row * stride);
    }
    for row in first + count..rows {
        let last = first + count - 1;
        pixels.copy_within(last * stride..(last + 1) * stride, row * stride);
    }
}

impl TensorRef<'_> {
    /// A copy of all values.
    pub fn to_floats(self) -> Vec<f32> {
        let length = match self {
            Self::Float32(tensor) => tensor.len(),
            Self::Float16(tensor) => tensor.len(),
            Self::Uint8(tensor) => tensor.len(),
        };
        let mut values = vec![0.0; length];
        self.load(0, &mut values);
        values
    }

    /// Loads values from an index on.
    fn load(&self, at: usize, values: &mut [f32]) {
        match self {
            Self::Float32(tensor) => values.copy_from_slice(&tensor[at..][..values.len()]),
            Self::Float16(tensor) => tensor[at..][..values.len()].convert_to_f32_slice(values),
            Self::Uint8(tensor) => {
                for (value, &byte) in values.iter_mut().zip(&tensor[at..]) {
                    *value = f32::from(byte);
                }
            }
        }
    }
}

/// Adding 1.5 * 2^23 to a number `0.0..=255.0` rounds it to the nearest integer, which is then the lowest byte.
const ROUNDING: f32 = 12_582_912.0;

/// The bit pattern of infinity: anything above it, without its sign, is no number.
const INFINITY_BITS: u32 = 0x7f80_0000;

/// The byte of a value, and a bit that is set when the value is no number.
#[inline(always)]
#[expect(clippy::manual_clamp, reason = "clamp keeps NaN, and does not become two machine instructions")]
fn byte_of(value: f32, map: ChannelMap) -> (u32, u32) {
    let is_nan = u32::from((value.to_bits() & 0x7fff_ffff) > INFINITY_BITS);
    let clamped = (value * map.scale + map.bias).max(0.0).min(255.0);
    ((clamped + ROUNDING).to_bits() & 0xff, is_nan)
}

with_avx2! {
    fn row_from_planes(planes: [&[f32]; 3], maps: [ChannelMap; 3], row: &mut [u8]) -> bool {
        let (pixels, _) = row.as_chunks_mut::<BYTES_PER_PIXEL>();
        let [blues, greens, reds] = planes;
        let mut bad = 0;
        for (((pixel, &blue), &green), &red) in pixels.iter_mut().zip(blues).zip(greens).zip(reds) {
            let (blue, bad_blue) = byte_of(blue, maps[0]);
            let (green, bad_green) = byte_of(green, maps[1]);
            let (red, bad_red) = byte_of(red, maps[2]);
            *pixel = (blue | green << 8 | red << 16 | 0xff00_0000).to_le_bytes();
            bad |= bad_blue | bad_green | bad_red;
        }
        bad == 0
    }
}

with_avx2! {
    fn row_from_pixels(values: &[f32], maps: &[ChannelMap], row: &mut [u8]) -> bool {
        let (pixels, _) = row.as_chunks_mut::<BYTES_PER_PIXEL>();
        let mut bad = 0;
        for (pixel, value) in pixels.iter_mut().zip(values.chunks_exact(maps.len())) {
            for (&value, map) in value.iter().zip(maps) {
                let (byte, is_nan) = byte_of(value, *map);
                pixel[map.byte & 3] = byte as u8;
                bad |= is_nan;
            }
            pixel[3] = 255;
        }
        bad == 0
    }
}

#[cfg(test)]
mod tests {
    use super::super::convention::{Channels, Convention, Element, ValueRange};
    use super::*;

    fn postprocessor(layout: Layout, channels: Channels, fit: Fit) -> Postprocessor {
        let convention = Convention { layout, element: Element::Float32, channels, range: ValueRange::ZeroToOne };
        Postprocessor::new(layout, convention.maps_to_bytes(1.0, 0.0), fit)
    }

    #[test]
    fn rounds_to_nearest_and_clamps() {
        let values = [-0.5, 0.0, 0.499 / 255.0, 0.501 / 255.0, 254.4 / 255.0, 7.0];
        let mut tensor: Vec<f32> = Vec::new();
        for _ in 0..3 {
            tensor.extend(values);
        }
        let mut frame = Frame::new(Size::new(6, 1));
        let mut post = postprocessor(Layout::Nchw, Channels::Rgb, Fit::Stretch);
        assert!(post.run(TensorRef::Float32(&tensor), frame.size, &mut frame));
        let reds: Vec<u8> = frame.pixels.chunks_exact(4).map(|pixel| pixel[2]).collect();
        assert_eq!(reds, [0, 0, 0, 1, 254, 255]);
    }

    #[test]
    fn reads_channel_orders_of_both_layouts() {
        for (channels, expected) in [(Channels::Rgb, [255, 0, 0]), (Channels::Bgr, [0, 0, 255])] {
            for layout in [Layout::Nchw, Layout::Nhwc] {
                let mut frame = Frame::new(Size::new(1, 1));
                let mut post = postprocessor(layout, channels, Fit::Stretch);
                post.run(TensorRef::Float32(&[0.0, 0.0, 1.0]), frame.size, &mut frame);
                assert_eq!(frame.pixels[..3], expected, "{channels} {layout}");
            }
        }
    }

    #[test]
    fn finds_a_single_value_that_is_no_number_and_takes_infinity_for_white() {
        let size = Size::new(5, 3);
        for (bad, verdict) in [(f32::NAN, false), (-f32::NAN, false), (f32::INFINITY, true)] {
            for index in [0, 17, 44] {
                let mut tensor = vec![0.5; 45];
                tensor[index] = bad;
                for layout in [Layout::Nchw, Layout::Nhwc] {
                    let mut post = postprocessor(layout, Channels::Rgb, Fit::Stretch);
                    let mut frame = Frame::new(size);
                    assert_eq!(post.run(TensorRef::Float32(&tensor), size, &mut frame), verdict, "{index}");
                }
            }
        }
    }

    #[test]
    fn puts_a_painting_without_border_in_the_middle_and_extends_its_edge() {
        let mut frame = Frame::new(Size::new(4, 4));
        let (dark, light) = (0.0, 1.0);
        let tensor: Vec<f32> = [dark, light, dark, light].repeat(3);
        let mut post = postprocessor(Layout::Nchw, Channels::Rgb, Fit::Border);
        assert_eq!(post.painting_size(frame.size, Size::new(2, 2)), frame.size);
        post.run(TensorRef::Float32(&tensor), Size::new(2, 2), &mut frame);
        let reds: Vec<u8> = frame.pixels.chunks_exact(4).map(|pixel| pixel[2]).collect();
        assert_eq!(reds, [0, 0, 255, 255].repeat(4));
    }
}
