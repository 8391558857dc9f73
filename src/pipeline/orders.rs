//! What has been asked of the pipeline and is read by its threads.

use crate::control::{LevelsChoice, ParameterValue, SizeRequest};
use crate::stylize::Style;

/// The current orders.
pub struct Orders {
    /// The style to be loaded next; the loading thread takes it.
    pub wanted_style: Option<Style>,
    pub size: SizeRequest,
    pub fps_cap: Option<f32>,
    /// The rate of paintings to hold; `None` paints all that was asked for, however slowly.
    pub pace_fps: Option<f32>,
    pub levels: LevelsChoice,
    /// Every parameter that was ever set, so that a style loaded later gets it too.
    pub parameters: Vec<ParameterValue>,
    /// Counts changes of `parameters`.
    pub parameters_revision: u64,
    pub is_painting: bool,
    /// The last frame is to be painted again although it has not changed.
    pub needs_repaint: bool,
}

impl Orders {
    pub fn new(
        style: Option<Style>,
        size: SizeRequest,
        fps_cap: Option<f32>,
        pace_fps: Option<f32>,
        levels: LevelsChoice,
        parameters: Vec<ParameterValue>,
    ) -> Self {
        Self {
            wanted_style: style,
            size,
            fps_cap,
            pace_fps,
            levels,
            parameters_revision: u64::from(!parameters.is_empty()),
            parameters,
            is_painting: true,
            needs_repaint: false,
        }
    }

    pub fn set_parameter(&mut self, value: ParameterValue) {
        match self.parameters.iter_mut().find(|known| known.name == value.name) {
            Some(known) => known.values = value.values,
            None => self.parameters.push(value),
        }
        self.parameters_revision += 1;
    }
}
