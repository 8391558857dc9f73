//! How much is painted of what was asked for.

/// The smallest share of the sides. A quarter less is hardly seen; beyond it, strokes visibly change their size.
pub const SMALLEST_SCALE: f32 = 0.75;

/// Shares of what was asked for; 1 is all of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effort {
    /// Of the number of paintings.
    pub often: f32,
    /// Of the sides of a painting.
    pub scale: f32,
}

impl Effort {
    /// Everything that was asked for.
    pub const FULL: Self = Self { often: 1.0, scale: 1.0 };

    pub const fn new(often: f32, scale: f32) -> Self {
        Self { often, scale }
    }

    /// The share of the work: the time of a painting is taken to grow with its area.
    pub fn load(self) -> f32 {
        self.often * self.scale * self.scale
    }

    /// The same where somebody else holds the sides to this share.
    pub fn held_to(self, scale: f32) -> Self {
        Self { scale: self.scale.min(scale), ..self }
    }
}
