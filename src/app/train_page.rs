//! Starts and follows trainings for the panel's Train page.

use super::shell::Shell;
use super::training::{Stage, Training, TrainingOrder};

impl Shell {
    /// Starts the program's own trainer.
    pub(super) fn start_training(&mut self, order: TrainingOrder) {
        if self.training.as_ref().is_some_and(|training| !training.has_ended()) {
            return;
        }
        let started = std::env::current_exe()
            .map_err(|error| format!("this program's own file cannot be found: {error}"))
            .and_then(|program| Training::start(&program, order));
        match started {
            Ok(training) => self.training = Some(training),
            Err(text) => self.notices.add(text),
        }
    }

    /// Tells the training that runs to stop.
    pub(super) fn stop_training(&mut self) {
        if let Some(training) = &mut self.training {
            training.stop();
        }
    }

    /// Looks how far the training is.
    pub(super) fn watch_training(&mut self) {
        let Some(training) = self.training.as_mut().filter(|training| !training.has_ended()) else { return };
        if !training.poll() {
            return;
        }
        let name = &training.order.name;
        match training.stage() {
            Stage::Finished => self.notices.tell(format!("the style {name} has been trained")),
            Stage::Failed(_) => self.notices.add(format!("the training of {name} failed: see the Train page")),
            _ => {}
        }
        self.redraw_panel();
    }
}
