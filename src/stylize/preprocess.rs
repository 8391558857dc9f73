//! Frame to tensor, in one pass: scale, channel order, value range and element type.

use super::convention::{ChannelMap, Convention, Layout};
use super::resample::Resampler;
use super::simd::with_avx2;
use crate::frame::{BYTES_PER_PIXEL, Frame, Size};
use crate::light::LevelsTable;
use half::f16;
use half::slice::HalfFloatSliceExt;

/// Writes frames into a network's input tensor. Keeps its taps and rows, so that it allocates only when a size changes.
#[derive(Debug)]
pub(super) struct Preprocessor {
    layout: Layout,
    maps: Vec<ChannelMap>,
    resampler: Option<Resampler>,
    /// One scaled row of four channels.
    row: Vec<f32>,
    /// One row of the tensor's channels, for element types other than float32: planes or pixels, as the layout says.
    staged: Vec<f32>,
}

/// The memory of a picture tensor.
pub(super) enum TensorMut<'t> {
    Float32(&'t mut [f32]),
    Float16(&'t mut [f16]),
    Uint8(&'t mut [u8]),
}

impl Preprocessor {
    /// A preprocessor for one convention.
    pub fn new(convention: &Convention) -> Self {
        Self {
            layout: convention.layout,
            maps: convention.maps_from_bytes(),
            resampler: None,
            row: Vec::new(),
            staged: Vec::new(),
        }
    }

    /// Fills `tensor`, which is `size` large, from `frame`. The tensor must hold `size.area() * channels` elements.
    pub fn run(&mut self, frame: &Frame, size: Size, tensor: TensorMut<'_>) {
        self.run_levelled(frame, size, tensor, None);
    }

    /// The same; `levels` are applied to the picture at the tensor's size.
    pub fn run_levelled(&mut self, frame: &Frame, size: Size, mut tensor: TensorMut<'_>, levels: Option<&LevelsTable>) {
        if frame.size == size {
            self.resampler = None;
        } else if !self.resampler.as_ref().is_some_and(|resampler| resampler.fits(frame.size, size)) {
            self.resampler = Some(Resampler::new(frame.size, size));
        }
        let width = size.width as usize;
        self.row.resize(width * BYTES_PER_PIXEL, 0.0);
        self.staged.resize(width * self.maps.len(), 0.0);
        for y in 0..size.height as usize {
            let source = if let Some(resampler) = &mut self.resampler {
                scale_row(resampler, frame, y, &mut self.row);
                if let Some(levels) = levels {
                    level_floats(levels, &mut self.row);
                }
                Row::Scaled(&self.row)
            } else {
                let stride = width * BYTES_PER_PIXEL;
                let bytes = &frame.pixels[y * stride..][..stride];
                if let Some(levels) = levels {
                    level_bytes(levels, bytes, &mut self.row);
                    Row::Scaled(&self.row)
                } else {
                    Row::Bytes(bytes)
                }
            };
            match (self.layout, &mut tensor) {
                (Layout::Nchw, TensorMut::Float32(values)) => {
                    for (plane, map) in values.chunks_exact_mut(size.area()).zip(&self.maps) {
                        source.plane(*map, &mut plane[y * width..][..width]);
                    }
                }
                (Layout::Nchw, other) => {
                    for (channel, map) in self.maps.iter().enumerate() {
                        source.plane(*map, &mut self.staged[..width]);
                        other.store(&self.staged[..width], channel * size.area() + y * width);
                    }
                }
                (Layout::Nhwc, TensorMut::Float32(values)) => {
                    let length = width * self.maps.len();
                    source.interleaved(&self.maps, &mut values[y * length..][..length]);
                }
                (Layout::Nhwc, other) => {
                    source.interleaved(&self.maps, &mut self.staged);
                    other.store(&self.staged, y * self.staged.len());
                }
            }
        }
    }
}

impl TensorMut<'_> {
    /// Stores values at an index, in the tensor's element type.
    fn store(&mut self, values: &[f32], at: usize) {
        match self {
            Self::Float32(tensor) => tensor[at..][..values.len()].copy_from_slice(values),
            Self::Float16(tensor) => tensor[at..][..values.len()].convert_from_f32_slice(values),
            Self::Uint8(tensor) => store_bytes(values, &mut tensor[at..][..values.len()]),
        }
    }
}

/// A row of the picture at the tensor's size: straight from the frame, or scaled.
enum Row<'r> {
    Bytes(&'r [u8]),
    Scaled(&'r [f32]),
}

impl Row<'_> {
    fn plane(&self, map: ChannelMap, plane: &mut [f32]) {
        match self {
            Self::Bytes(row) => plane_from_bytes(row, map, plane),
            Self::Scaled(row) => plane_from_floats(row, map, plane),
        }
    }

    fn interleaved(&self, maps: &[ChannelMap], pixels: &mut [f32]) {
        match self {
            Self::Bytes(row) => interleaved_from_bytes(row, maps, pixels),
            Self::Scaled(row) => interleaved_from_floats(row, maps, pixels),
        }
    }
}

with_avx2! {
    fn scale_row(resampler: &mut Resampler, frame: &Frame, y: usize, row: &mut [f32]) {
        resampler.row(frame, y, row);
    }
}

with_avx2! {
    fn level_bytes(levels: &LevelsTable, bytes: &[u8], row: &mut [f32]) {
        let (pixels, _) = bytes.as_chunks::<BYTES_PER_PIXEL>();
        let (targets, _) = row.as_chunks_mut::<BYTES_PER_PIXEL>();
        for (target, pixel) in targets.iter_mut().zip(pixels) {
            // Nothing reads the fourth value.
            *target = [levels.of_byte(pixel[0]), levels.of_byte(pixel[1]), levels.of_byte(pixel[2]), 255.0];
        }
    }
}

with_avx2! {
    fn level_floats(levels: &LevelsTable, row: &mut [f32]) {
        let (pixels, _) = row.as_chunks_mut::<BYTES_PER_PIXEL>();
        for pixel in pixels {
            for value in &mut pixel[..3] {
                *value = levels.of_value(*value);
            }
        }
    }
}

with_avx2! {
    fn plane_from_bytes(row: &[u8], map: ChannelMap, plane: &mut [f32]) {
        let (pixels, _) = row.as_chunks::<BYTES_PER_PIXEL>();
        let shift = 8 * map.byte as u32;
        for (value, pixel) in plane.iter_mut().zip(pixels) {
            let byte = (u32::from_le_bytes(*pixel) >> shift) & 0xff;
            *value = (byte as i32 as f32) * map.scale + map.bias;
        }
        if map.byte == 3 {
            // The fourth byte of a frame means nothing: a network is told that the picture is opaque.
            plane.fill(255.0 * map.scale + map.bias);
        }
    }
}

with_avx2! {
    fn plane_from_floats(row: &[f32], map: ChannelMap, plane: &mut [f32]) {
        let (pixels, _) = row.as_chunks::<BYTES_PER_PIXEL>();
        match map.byte {
            0 => plane.iter_mut().zip(pixels).for_each(|(value, pixel)| *value = pixel[0] * map.scale + map.bias),
            1 => plane.iter_mut().zip(pixels).for_each(|(value, pixel)| *value = pixel[1] * map.scale + map.bias),
            2 => plane.iter_mut().zip(pixels).for_each(|(value, pixel)| *value = pixel[2] * map.scale + map.bias),
            _ => plane.fill(255.0 * map.scale + map.bias),
        }
    }
}

with_avx2! {
    fn interleaved_from_bytes(row: &[u8], maps: &[ChannelMap], values: &mut [f32]) {
        let (pixels, _) = row.as_chunks::<BYTES_PER_PIXEL>();
        match maps {
            [a, b, c] => {
                let (targets, _) = values.as_chunks_mut::<3>();
                for (target, pixel) in targets.iter_mut().zip(pixels) {
                    *target = [a, b, c].map(|map| f32::from(pixel[map.byte & 3]) * map.scale + map.bias);
                }
            }
            _ => {
                for (target, pixel) in values.chunks_exact_mut(maps.len()).zip(pixels) {
                    let opaque = [pixel[0], pixel[1], pixel[2], 255];
                    for (value, map) in target.iter_mut().zip(maps) {
                        *value = f32::from(opaque[map.byte & 3]) * map.scale + map.bias;
                    }
                }
            }
        }
    }
}

with_avx2! {
    fn interleaved_from_floats(row: &[f32], maps: &[ChannelMap], values: &mut [f32]) {
        let (pixels, _) = row.as_chunks::<BYTES_PER_PIXEL>();
        for (target, pixel) in values.chunks_exact_mut(maps.len()).zip(pixels) {
            let opaque = [pixel[0], pixel[1], pixel[2], 255.0];
            for (value, map) in target.iter_mut().zip(maps) {
                *value = opaque[map.byte & 3] * map.scale + map.bias;
            }
        }
    }
}

with_avx2! {
    fn store_bytes(values: &[f32], bytes: &mut [u8]) {
        for (byte, value) in bytes.iter_mut().zip(values) {
            *byte = (value.clamp(0.0, 255.0) + 0.5) as i32 as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::convention::{Channels, Element, ValueRange};
    use super::*;
    use crate::light::Levels;

    fn frame(width: u32, height: u32) -> Frame {
        let mut frame = Frame::new(Size::new(width, height));
        for (index, byte) in frame.pixels.iter_mut().enumerate() {
            *byte = (index * 37 % 251) as u8;
        }
        frame
    }

    #[test]
    fn writes_planes_in_the_networks_channel_order_and_range() {
        let frame = frame(3, 2);
        let channels = Channels::Rgb;
        let convention =
            Convention { layout: Layout::Nchw, element: Element::Float32, channels, range: ValueRange::MinusOneToOne };
        let mut tensor = vec![0.0; 18];
        Preprocessor::new(&convention).run(&frame, frame.size, TensorMut::Float32(&mut tensor));
        for pixel in 0..6 {
            for (channel, byte) in [2, 1, 0].into_iter().enumerate() {
                let expected = f32::from(frame.pixels[pixel * 4 + byte]) / 127.5 - 1.0;
                assert!((tensor[channel * 6 + pixel] - expected).abs() < 1e-5);
            }
        }
    }

    #[test]
    fn says_opaque_in_the_fourth_channel_of_every_layout() {
        let frame = frame(5, 2);
        for layout in [Layout::Nchw, Layout::Nhwc] {
            for size in [frame.size, Size::new(3, 2)] {
                let (element, channels, range) = (Element::Uint8, Channels::Bgra, ValueRange::ZeroTo255);
                let convention = Convention { layout, element, channels, range };
                let mut tensor = vec![0; size.area() * 4];
                Preprocessor::new(&convention).run(&frame, size, TensorMut::Uint8(&mut tensor));
                let opaque = match layout {
                    Layout::Nchw => tensor[size.area() * 3..].iter().all(|&value| value == 255),
                    Layout::Nhwc => tensor.chunks_exact(4).all(|pixel| pixel[3] == 255),
                };
                assert!(opaque, "{layout} {size}");
            }
        }
    }

    #[test]
    fn levels_at_every_size_and_in_every_type() {
        let frame = frame(40, 30);
        let levels = Levels::from_quantiles(0.1, 0.25, 0.6);
        for size in [frame.size, Size::new(20, 16)] {
            let mut expected = Frame::new(size);
            crate::frame::resize_bilinear(&frame, &mut expected);
            levels.apply(&mut expected);
            for layout in [Layout::Nchw, Layout::Nhwc] {
                let (element, channels, range) = (Element::Uint8, Channels::Bgr, ValueRange::ZeroTo255);
                let convention = Convention { layout, element, channels, range };
                let mut bytes = vec![0; size.area() * 3];
                let mut preprocessor = Preprocessor::new(&convention);
                preprocessor.run_levelled(&frame, size, TensorMut::Uint8(&mut bytes), Some(&levels.table()));
                for (index, pixel) in expected.pixels.chunks_exact(4).enumerate() {
                    for (channel, &expected) in pixel[..3].iter().enumerate() {
                        let at =
                            if layout == Layout::Nchw { channel * size.area() + index } else { index * 3 + channel };
                        // Where a byte was rounded before it was levelled, the curve makes more of that.
                        let tolerance = if size == frame.size { 0 } else { 4 };
                        assert!(bytes[at].abs_diff(expected) <= tolerance, "{size} {layout}");
                    }
                }
            }
        }
    }

    #[test]
    fn scales_like_the_frame_rooms_resize() {
        let frame = frame(64, 48);
        for size in [Size::new(31, 20), Size::new(100, 70), Size::new(64, 7)] {
            let mut expected = Frame::new(size);
            crate::frame::resize_bilinear(&frame, &mut expected);
            let (element, channels, range) = (Element::Uint8, Channels::Bgr, ValueRange::ZeroTo255);
            let convention = Convention { layout: Layout::Nhwc, element, channels, range };
            let mut tensor = vec![0; size.area() * 3];
            Preprocessor::new(&convention).run(&frame, size, TensorMut::Uint8(&mut tensor));
            for (value, pixel) in tensor.chunks_exact(3).zip(expected.pixels.chunks_exact(4)) {
                for channel in 0..3 {
                    assert!(value[channel].abs_diff(pixel[channel]) <= 1, "{size}: {value:?} {pixel:?}");
                }
            }
        }
    }
}
