//! What is found out about a painting once, at its own size, for all pictures that show it.

use super::outlines::Outlines;
use super::planes::Plane;
use super::silhouettes::Silhouettes;
use crate::frame::Frame;

/// Compares paintings with their guides (their frames at the painting's size); keeps its memory.
#[derive(Debug, Default)]
pub(super) struct Study {
    game: Plane,
    own: Plane,
    silhouettes: Silhouettes,
    outlines: Outlines,
}

impl Study {
    /// Looks at a painting; the rest is about it. Both pictures have the same size.
    pub fn begin(&mut self, painting: &Frame, guide: &Frame) {
        self.game.set_luma(guide);
        self.own.set_luma(painting);
    }

    /// Marks in the guide's alpha where the painting has the frame's edges.
    pub fn mark_silhouettes(&mut self, guide: &mut Frame) {
        self.silhouettes.mark(&self.game, &self.own, guide);
    }

    /// Marks in the painting's alpha the outlines of the game that it lacks.
    pub fn mark_outlines(&mut self, painting: &mut Frame, contrast: f32) {
        self.outlines.mark(&self.game, &self.own, contrast, painting);
    }
}
