//! Paints frames one by one, each with its own painting.

use crate::commands::finisher::Finisher;
use crate::commands::paint_options::PaintOptions;
use crate::compose::{ComposeError, Layers, Painting};
use crate::control::{Look, SizeRequest};
use crate::frame::{Frame, FramePool, Size};
use crate::stylize::{LoadOptions, Painter, Style, StylizeError};
use std::sync::Arc;

/// A network and a compositor. Lives on one thread.
pub struct Artist {
    painter: Painter,
    finisher: Finisher,
    pool: FramePool,
    size: SizeRequest,
    look: Look,
}

impl Artist {
    /// Loads a style for frames of about `frame_size`; blocks for up to seconds.
    ///
    /// # Errors
    /// The style cannot be used, lacks a parameter that was given, or no graphics device can be opened.
    pub fn load(style: &Style, paint: &PaintOptions, frame_size: Size) -> anyhow::Result<Self> {
        let (size, look) = (paint.size(), paint.look());
        let options = LoadOptions { provider: paint.provider, threads: 0, frame_size, size };
        let mut painter = Painter::load(style, &options)?;
        for value in &paint.parameters {
            painter.set_parameter(value)?;
        }
        Ok(Self { painter, finisher: Finisher::open()?, pool: FramePool::new(), size, look })
    }

    /// Paints a frame.
    ///
    /// # Errors
    /// The network cannot paint this frame.
    pub fn paint(&mut self, frame: &Arc<Frame>) -> Result<Painting, StylizeError> {
        let painted = self.painter.paint(frame, self.size, &mut self.pool)?;
        Ok(Painting { picture: painted.picture, source: Arc::clone(frame) })
    }

    /// Joins a painting with its frame into the finished picture, at the frame's size or the largest that the graphics
    /// device holds.
    ///
    /// # Errors
    /// The graphics device failed.
    pub fn finish(&mut self, painting: Painting) -> Result<Arc<Frame>, ComposeError> {
        let layers = Layers { frame: Arc::clone(&painting.source), painting: Some(painting) };
        let output = layers.frame.size;
        self.finisher.finish(&layers, &self.look, output)
    }
}
