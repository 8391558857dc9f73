//! A picture as networks see it.

use crate::frame::{BYTES_PER_PIXEL, Frame, Size};
use burn_tensor::{Device, Tensor, TensorData};

/// A picture in planes: all red values, then all green, then all blue, each 0..=1, rows from top to bottom.
#[derive(Debug, Clone, PartialEq)]
pub struct Planes {
    pub size: Size,
    /// `3 * size.area()` values.
    pub values: Vec<f32>,
}

impl Planes {
    /// The planes of a frame.
    pub fn from_frame(frame: &Frame) -> Self {
        let plane = |channel: usize| {
            frame.pixels.chunks_exact(BYTES_PER_PIXEL).map(move |pixel| f32::from(pixel[channel]) / 255.0)
        };
        Self { size: frame.size, values: plane(2).chain(plane(1)).chain(plane(0)).collect() }
    }

    /// The picture in bytes; values beyond 0..=1 are clamped.
    pub fn to_frame(&self) -> Frame {
        let mut frame = Frame::new(self.size);
        let area = self.size.area();
        for (index, pixel) in frame.pixels.chunks_exact_mut(BYTES_PER_PIXEL).enumerate() {
            let byte = |channel: usize| (self.values[channel * area + index].clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
            pixel.copy_from_slice(&[byte(2), byte(1), byte(0), 255]);
        }
        frame
    }

    /// The picture as a tensor `[1, 3, height, width]`.
    pub(super) fn tensor(&self, device: &Device) -> Tensor<4> {
        let shape = [1, 3, self.size.height as usize, self.size.width as usize];
        Tensor::from_data(TensorData::new(self.values.clone(), shape), device)
    }

    /// The picture of a tensor `[1, 3, height, width]`.
    pub(super) fn from_tensor(tensor: Tensor<4>) -> Self {
        let [_, _, height, width] = tensor.dims();
        Self { size: Size::new(width as u32, height as u32), values: values_of(tensor) }
    }
}

/// Pictures of one size, one behind the other, each in planes as in [`Planes`].
#[derive(Debug, Clone, PartialEq)]
pub struct PictureBatch {
    pub count: usize,
    pub size: Size,
    /// `count * 3 * size.area()` values.
    pub values: Vec<f32>,
}

impl PictureBatch {
    /// Pictures of one size.
    ///
    /// # Panics
    /// There is none.
    pub(super) fn of(pictures: &[Planes]) -> Self {
        let values = pictures.iter().flat_map(|picture| picture.values.iter().copied()).collect();
        Self { count: pictures.len(), size: pictures[0].size, values }
    }

    /// The pictures as a tensor `[count, 3, height, width]`.
    pub(super) fn tensor(self, device: &Device) -> Tensor<4> {
        let shape = [self.count, 3, self.size.height as usize, self.size.width as usize];
        Tensor::from_data(TensorData::new(self.values, shape), device)
    }

    /// The pictures of a tensor `[count, 3, height, width]`.
    pub(super) fn from_tensor(tensor: Tensor<4>) -> Self {
        let [count, _, height, width] = tensor.dims();
        Self { count, size: Size::new(width as u32, height as u32), values: values_of(tensor) }
    }
}

/// The values of a tensor of floats.
pub(super) fn values_of<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_into_vec().expect("our tensors hold 32-bit floats")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_comes_back_from_its_planes_and_tensor() {
        let mut frame = Frame::new(Size::new(3, 2));
        for (index, pixel) in frame.pixels.chunks_exact_mut(BYTES_PER_PIXEL).enumerate() {
            pixel.copy_from_slice(&[index as u8, 100 + index as u8, 250 - index as u8, 255]);
        }
        let planes = Planes::from_frame(&frame);
        assert_eq!(planes.values[0], 250.0 / 255.0, "red comes first");
        let back = Planes::from_tensor(planes.tensor(&Device::flex()));
        assert_eq!(back, planes);
        assert_eq!(back.to_frame().pixels, frame.pixels);
    }
}
