//! ONNX Runtime on a network that describes pictures.

use super::StylizeError;
use super::graph_session::{GraphInput, GraphOutput, GraphSession};
use super::preprocess::{Preprocessor, TensorMut};
use super::{Channels, Convention, Element, Layout, ValueRange};
use crate::frame::{Frame, Size};
use crate::onnx::Model;

/// One output of a network for one picture.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureMap {
    pub channels: usize,
    /// Of each channel's plane.
    pub size: Size,
    /// `[channels, height, width]`
    pub values: Vec<f32>,
}

/// A network from one picture, `[1, 3, height, width]` of RGB 0..=1, to one or more outputs `[1, channels, height,
/// width]`. It runs on the CPU, at the size of each picture.
#[derive(Debug)]
pub struct FeatureSession {
    session: GraphSession,
}

impl FeatureSession {
    /// Opens a model, which need not be in a file.
    ///
    /// # Errors
    /// The ONNX Runtime library is missing, or refuses the model.
    pub fn open(model: &Model) -> Result<Self, StylizeError> {
        Ok(Self { session: GraphSession::open(model)? })
    }

    /// What the network sees in a frame: its outputs, in the model's order.
    ///
    /// # Errors
    /// The network fails, as where the frame is too small for it.
    pub fn run(&mut self, frame: &Frame) -> Result<Vec<FeatureMap>, StylizeError> {
        let convention = Convention {
            layout: Layout::Nchw,
            element: Element::Float32,
            channels: Channels::Rgb,
            range: ValueRange::ZeroToOne,
        };
        let mut values = vec![0.0; 3 * frame.size.area()];
        Preprocessor::new(&convention).run(frame, frame.size, TensorMut::Float32(&mut values));
        self.run_on(frame.size, &values)
    }

    /// As [`Self::run`], for a picture in planes: all red values, then all green, then all blue, `3 * size.area()`.
    ///
    /// # Errors
    /// As [`Self::run`], or there are too few or too many values.
    pub fn run_on(&mut self, size: Size, values: &[f32]) -> Result<Vec<FeatureMap>, StylizeError> {
        let shape = [1, 3, i64::from(size.height), i64::from(size.width)];
        let map = |GraphOutput { name, shape, values }| {
            let sides: Option<Vec<u32>> = shape.iter().map(|&side| u32::try_from(side).ok()).collect();
            match sides.as_deref() {
                Some(&[1, channels, height, width]) => {
                    Ok(FeatureMap { channels: channels as usize, size: Size::new(width, height), values })
                }
                _ => Err(StylizeError::Features(format!("the output {name} has the shape {shape:?}"))),
            }
        };
        self.session.run(&[GraphInput { shape: &shape, values }])?.into_iter().map(map).collect()
    }
}
