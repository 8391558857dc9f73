//! What is remembered of this session: settings, and what belongs to each game.

use crate::settings::{Choices, Profile, Profiles, Remembered, Settings, open_profiles, open_settings};
use std::time::{Duration, Instant};

/// Changes are written after this time without a further one: a slider that is dragged is one change.
const SAVING_DELAY: Duration = Duration::from_millis(700);

/// Settings and profiles, and when they are to be written. Lives on the main thread.
pub struct Memory {
    settings: Remembered<Settings>,
    profiles: Remembered<Profiles>,
    save_at: Option<Instant>,
}

impl Memory {
    /// Reads both files; the sentences tell what is wrong in them.
    pub fn open() -> (Self, Vec<String>) {
        let (settings, mut notices) = open_settings();
        let (profiles, more) = open_profiles();
        notices.extend(more);
        (Self { settings, profiles, save_at: None }, notices)
    }

    pub fn settings(&self) -> &Settings {
        &self.settings.value
    }

    pub fn profiles(&self) -> &Profiles {
        &self.profiles.value
    }

    /// How to paint this application's windows, or what belongs to no application.
    pub fn choices(&self, application: Option<&str>) -> &Choices {
        self.profile(application).map_or(&self.settings().paint, |(_, profile)| &profile.paint)
    }

    /// Name and profile of an application.
    pub fn profile(&self, application: Option<&str>) -> Option<(&str, &Profile)> {
        self.profiles().of_application(application?)
    }

    /// Changes the settings.
    pub fn change_settings(&mut self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.settings.value);
        self.save_soon();
    }

    /// Changes an application's profile, which is made where there is none.
    pub fn change_profile(&mut self, application: &str, change: impl FnOnce(&mut Profile)) {
        change(self.profiles.value.for_application(application, &self.settings.value.paint));
        self.save_soon();
    }

    /// Forgets an application's profile.
    pub fn forget_profile(&mut self, application: &str) {
        let name = self.profiles().of_application(application).map(|(name, _)| name.to_owned());
        if let Some(name) = name {
            self.profiles.value.profile.remove(&name);
            self.save_soon();
        }
    }

    /// The person has changed `before` into `after` while this application was painted, or none.
    pub fn note_choices(&mut self, application: Option<&str>, before: &Choices, after: &Choices) {
        if before == after {
            return;
        }
        match application {
            Some(application) => self.change_profile(application, |profile| profile.paint.take_changes(before, after)),
            None => self.change_settings(|settings| settings.paint.take_changes(before, after)),
        }
    }

    /// Writes what has changed, once no further change came for a while; the sentences tell what could not be written.
    pub fn save_if_due(&mut self, now: Instant) -> Vec<String> {
        if self.save_at.is_some_and(|at| at <= now) { self.save() } else { Vec::new() }
    }

    /// Writes what has changed.
    pub fn save(&mut self) -> Vec<String> {
        self.save_at = None;
        let saved = [self.settings.save(), self.profiles.save()];
        saved.into_iter().filter_map(Result::err).map(|error| error.to_string()).collect()
    }

    fn save_soon(&mut self) {
        if self.settings.is_changed() || self.profiles.is_changed() {
            self.save_at = Some(Instant::now() + SAVING_DELAY);
        }
    }
}
