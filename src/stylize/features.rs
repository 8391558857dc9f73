//! ONNX Runtime on a network that describes pictures.

use super::StylizeError;
use super::preprocess::{Preprocessor, TensorMut};
use super::provider::{session_options, thread_count};
use super::session::first_line;
use super::{Channels, Convention, Element, Layout, ValueRange};
use crate::frame::{Frame, Size};
use crate::onnx::{Model, encode_model};
use ort::session::Session;
use ort::value::TensorRef;

/// One output of a network for one picture.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureMap {
    pub channels: usize,
    /// Of each channel's plane.
    pub size: Size,
    /// `[channels, height, width]`
    pub values: Vec<f32>,
}

/// A network from one picture, `[1, 3, height, width]` of RGB 0..=1, to one or more outputs `[1, channels, height, width]`.
/// It runs on the CPU, at the size of each picture.
#[derive(Debug)]
pub struct FeatureSession {
    session: Session,
}

impl FeatureSession {
    /// Opens a model, which need not be in a file.
    ///
    /// # Errors
    /// The ONNX Runtime library is missing, or refuses the model.
    pub fn open(model: &Model) -> Result<Self, StylizeError> {
        let mut options = session_options(thread_count(0))?;
        let session = options.commit_from_memory(&encode_model(model)).map_err(|error| failed(&error))?;
        Ok(Self { session })
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
        let picture = TensorRef::from_array_view((shape, values)).map_err(|error| failed(&error))?;
        let outputs = self.session.run(ort::inputs![picture]).map_err(|error| failed(&error))?;
        outputs
            .iter()
            .map(|(name, output)| {
                let (shape, values) = output.try_extract_tensor::<f32>().map_err(|error| failed(&error))?;
                let sides: Option<Vec<u32>> = shape.iter().map(|&side| u32::try_from(side).ok()).collect();
                match sides.as_deref() {
                    Some(&[1, channels, height, width]) => {
                        let size = Size::new(width, height);
                        Ok(FeatureMap { channels: channels as usize, size, values: values.to_vec() })
                    }
                    _ => Err(StylizeError::Features(format!("the output {name} has the shape {shape:?}"))),
                }
            })
            .collect()
    }
}

fn failed<R>(error: &ort::Error<R>) -> StylizeError {
    StylizeError::Features(first_line(error.message()))
}
