//! Brings back what is remembered of a game, keeps what the person changes, and paints games by themselves when they
//! start.

use super::shell::Shell;
use crate::capture::{SourceRequest, WindowInfo, WindowState, list_windows};
use crate::settings::{Choices, Profile};
use std::time::{Duration, Instant};
use winit::event_loop::ActiveEventLoop;

/// Time between two looks for games that are to be painted by themselves.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

/// Games that are waited for.
pub struct Waiting {
    /// An application whose next window is painted, whatever its profile says.
    pub awaited: Option<String>,
    /// The window that the person has stopped painting: it is not taken up again by itself.
    pub declined: Option<u32>,
    next_look: Instant,
}

impl Waiting {
    pub fn new(awaited: Option<String>, now: Instant) -> Self {
        Self { awaited, declined: None, next_look: now }
    }

    fn wants(&self, window: &WindowInfo, profile: Option<&Profile>) -> bool {
        let is_awaited = self.awaited.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(&window.application));
        let is_free = self.declined != Some(window.id) && window.state == WindowState::Visible;
        is_free && (is_awaited || profile.is_some_and(|profile| profile.attach))
    }
}

impl Shell {
    /// Sets the choices for the windows of this application, or for what belongs to none. What the command line asked
    /// for counts once; what the person changed while nothing was painted counts, too.
    pub(super) fn recall(&mut self, application: Option<&str>) {
        let mut choices = self.asked.take().unwrap_or_default().over(self.memory.choices(application));
        let now = self.state.choices();
        choices.take_changes(&self.resting_choices, &now);
        self.memory.note_choices(application, &self.resting_choices.clone(), &now);
        // Nothing is painted yet: the pipeline starts with the choices.
        for effect in self.state.choose(&choices) {
            if let super::state::Effect::Notice(text) = effect {
                self.notices.add(text);
            }
        }
    }

    /// Remembers what a command changed, for the game that is painted or for all that has no profile.
    pub(super) fn remember(&mut self, before: &Choices) {
        let application = self.painting.as_ref().and_then(|painting| painting.application.clone());
        self.memory.note_choices(application.as_deref(), before, &self.state.choices());
    }

    /// Changes the profile of the game that is painted.
    pub(super) fn change_profile(&mut self, change: impl FnOnce(&mut Profile)) {
        if let Some(application) = self.painting.as_ref().and_then(|painting| painting.application.clone()) {
            self.memory.change_profile(&application, change);
        }
    }

    /// Forgets the profile of the game that is painted; what is painted goes on.
    pub(super) fn forget_profile(&mut self) {
        if let Some(application) = self.painting.as_ref().and_then(|painting| painting.application.clone()) {
            self.memory.forget_profile(&application);
        }
    }

    /// Takes up a game that is to be painted by itself; looks no more than once a second, and only while nothing is
    /// painted.
    pub(super) fn attach(&mut self, event_loop: &ActiveEventLoop, now: Instant) {
        let is_waiting = self.waiting.awaited.is_some() || self.memory.profiles().profile.values().any(|p| p.attach);
        if self.painting.is_some() || !is_waiting || now < self.waiting.next_look {
            return;
        }
        self.waiting.next_look = now + LOOK_INTERVAL;
        let Ok(windows) = list_windows() else { return };
        if self.waiting.declined.is_some_and(|id| windows.iter().all(|window| window.id != id)) {
            self.waiting.declined = None;
        }
        let profile = |window: &WindowInfo| self.memory.profile(Some(&window.application)).map(|(_, profile)| profile);
        let found = windows.iter().find(|window| self.waiting.wants(window, profile(window)));
        if let Some(window) = found {
            self.notices.tell(format!("{} has started: it is painted, as its profile says", window.application));
            self.waiting.awaited = None;
            self.paint_or_say(event_loop, SourceRequest::Window(window.id));
        }
    }
}
