//! What a style's paintings are to look like.

use super::critic::Critic;
use crate::frame::{Frame, read_picture, resize_lanczos};
use crate::likeness::{Palette, StyleStatistics, lattice};
use std::path::Path;

/// The measures of a style picture.
#[derive(Debug)]
pub struct StyleTarget {
    pub palette: Palette,
    /// `None` without features.
    pub style: Option<StyleStatistics>,
    /// The amplitude of its own lattice; `None` where it is too small.
    pub lattice: Option<f64>,
}

impl StyleTarget {
    /// Looks at the picture in a file, scaled to a short side of `short_side_px`.
    ///
    /// # Errors
    /// The file is no picture, or the features fail on it.
    pub fn read(path: &Path, short_side_px: u32, critic: Option<&mut Critic>) -> anyhow::Result<Self> {
        let picture = read_picture(path)?;
        let mut scaled = Frame::new(picture.size.with_short_side(short_side_px));
        resize_lanczos(&picture, &mut scaled);
        let style = critic.map(|critic| critic.look_at_all(&scaled)).transpose()?.map(|seen| seen.style);
        let own_lattice = lattice(&scaled, 0).map(|lattice| lattice.amplitude);
        Ok(Self { palette: Palette::of(&scaled), style, lattice: own_lattice })
    }
}
