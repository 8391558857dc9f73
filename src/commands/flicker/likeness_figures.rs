//! The figures on the paintings of one style, as JSON.

use super::critic::Critic;
use super::judge::{Distances, Judge};
use super::subject::Subject;
use crate::frame::Size;
use serde::Serialize;

/// How good a style's paintings are; the measures are those of [`crate::likeness`]. Style and palette are shares of the
/// plain frames' own distance: 1 is no closer to the style picture than the game itself. `null` where the features, the
/// style picture or the pixels are missing that a figure needs.
#[derive(Debug, Serialize)]
pub struct LikenessFigures {
    pub style: Option<f64>,
    pub palette: Option<f64>,
    /// Mean content distance of the paintings from what their network was given.
    pub content: Option<f64>,
    /// Correlation of outlines, frames against paintings.
    pub legibility: Option<f64>,
    /// Root mean square, `0..=1`, of the strongest pattern of period 2, 4 or 8 px in paintings of smooth pictures.
    pub lattice: Option<f64>,
    /// Its period; `null` where there is no pattern.
    pub lattice_period_px: Option<usize>,
    /// The same amplitude in the style picture.
    pub style_picture_lattice: Option<f64>,
    /// The plain frames' own distances from the style picture.
    pub plain_style_distance: Option<f64>,
    pub plain_palette_distance: Option<f64>,
    /// Mean relative distance of the paintings' Gram matrices (Gatys et al. 2016) at full size.
    pub gram_style_loss: Option<f64>,
    /// The size at which the frames were painted and judged.
    pub painted_size: Option<Size>,
    /// What was looked at of each painting for style and content: its middle.
    pub judged_size: Option<Size>,
}

impl LikenessFigures {
    /// Those of a style, after all of its paintings have been judged.
    pub fn of(subject: &Subject, judge: &Judge) -> Self {
        let Distances { style, palette, plain_style, plain_palette, content, gram_loss, legibility } =
            judge.distances(&subject.judged, subject.target.as_deref());
        let share = |own: Option<f64>, plain: Option<f64>| Some(own? / plain.filter(|&plain| plain > 0.0)?);
        Self {
            style: share(style, plain_style),
            palette: share(palette, plain_palette),
            content,
            legibility,
            lattice: subject.lattice.map(|lattice| lattice.amplitude),
            lattice_period_px: subject
                .lattice
                .filter(|lattice| lattice.amplitude > 0.0)
                .map(|lattice| lattice.period_px),
            style_picture_lattice: subject.target.as_ref().and_then(|target| target.lattice),
            plain_style_distance: plain_style,
            plain_palette_distance: plain_palette,
            gram_style_loss: gram_loss,
            painted_size: subject.judged.size,
            judged_size: subject.judged.size.and_then(Critic::judged).filter(|_| judge.critic.is_some()),
        }
    }
}
