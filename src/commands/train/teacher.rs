//! A style that another network learns to paint like.

use crate::control::{LevelsChoice, SizeRequest};
use crate::frame::{FramePool, Size};
use crate::stylize::{LoadOptions, Painter, ProviderChoice, Style, StylizeError};
use crate::train::Teacher;

/// The size that a teacher is warmed up at; it paints crops of another one.
const WARM_UP_SIZE: Size = Size::new(240, 240);

/// Loads a style of any network, to be run by ONNX Runtime on the CPU, for the same weights from run to run.
///
/// # Errors
/// The style cannot be used.
pub fn load(style: &Style) -> Result<Teacher, StylizeError> {
    let size = SizeRequest::Exact(WARM_UP_SIZE);
    let options = LoadOptions { provider: ProviderChoice::Cpu, threads: 0, frame_size: WARM_UP_SIZE, size };
    let mut painter = Painter::load(style, &options)?;
    // The crops that it paints are of pictures that have been levelled already.
    painter.set_levels(LevelsChoice::Off);
    let mut pool = FramePool::new();
    Ok(Box::new(move |frame| {
        let painted = painter.paint(frame, SizeRequest::Exact(frame.size), &mut pool);
        painted.map(|painted| (*painted.picture).clone()).map_err(|error| error.to_string())
    }))
}
