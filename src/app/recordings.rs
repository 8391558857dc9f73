//! Starts and ends recordings and replays, and tells how they went.

use super::app_event::{AppEvent, RecorderId};
use super::recording::{AskedRecorder, Ending, RecorderChoices, Recording, can_be_made, recordings_folder};
use super::shell::Shell;
use crate::control::{Command, SoundOptions};
use crate::frame::Size;
use crate::record::{
    PaintedWith, RecordError, RecorderEvent, RecordingReport, marker_folder, recording_path, repair_unfinished,
    replay_path, try_encoders_in_background,
};
use crate::settings::RecordingSettings;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use winit::event_loop::ActiveEventLoop;

/// A replay takes the game's new size when that has held for this long.
const SIZE_PATIENCE: Duration = Duration::from_secs(2);

impl Shell {
    /// What is done once, at the program's start, on threads of its own: look for the encoder, and repair recordings
    /// that were cut off.
    pub(super) fn prepare_recordings(&self) {
        try_encoders_in_background();
        let Some(markers) = marker_folder().filter(|folder| folder.is_dir()) else { return };
        let mailer = self.mailer.clone();
        let repair = move || {
            for repaired in repair_unfinished(&markers) {
                mailer.send(AppEvent::Notice(repaired.to_string()));
            }
        };
        if let Err(error) = std::thread::Builder::new().name("repair recordings".to_owned()).spawn(repair) {
            tracing::warn!("unfinished recordings are not repaired this time: {error}");
        }
    }

    /// The folder for recordings and screenshots of what is painted: that of the game's profile, else that of the
    /// settings, else a folder of ours among the person's videos.
    pub(super) fn recording_folder(&self) -> PathBuf {
        let application = self.painting.as_ref().and_then(|painting| painting.application.as_deref());
        let of_profile = self.memory.profile(application).map(|(_, profile)| &profile.recording_folder);
        let chosen = [of_profile, Some(&self.memory.settings().recording.folder)];
        let chosen = chosen.into_iter().flatten().find(|folder| !folder.as_os_str().is_empty());
        chosen.filter(|folder| can_be_made(folder)).cloned().unwrap_or_else(recordings_folder)
    }

    /// Opens the file of a recording that was asked for, and keeps the replay's recorder, now that the size of pictures
    /// is known.
    pub(super) fn start_pending_recording(&mut self, event_loop: &ActiveEventLoop) {
        if self.pending_recording.is_none() && self.state.replay.is_none() {
            return;
        }
        let Some(painting) = &self.painting else { return };
        let Some(size) = painting.picture_size() else { return };
        if self.state.replay.is_some() && self.pending_recording.is_none() {
            self.keep_replay(size);
            return;
        }
        let Some(asked) = self.pending_recording.take() else { return };
        let title = painting.title.clone();
        let path = asked.clone().unwrap_or_else(|| recording_path(&self.recording_folder(), &title));
        let started = self.recorder_of_size(size).and_then(|()| match &mut self.recording {
            Some(recording) => recording.record_to(&path, &title, self.state.records_source, &self.mailer),
            None => Ok(()),
        });
        match started {
            Ok(()) => self.notices.tell(format!("recording to {}", path.display())),
            Err(error) => {
                self.state.is_recording = false;
                if self.state.replay.is_none() {
                    // A recorder without a file is of no use.
                    self.end_recorder();
                }
                if asked.is_some() && asked == self.options.record {
                    // The command line asked for this file: nothing else would tell that there is none.
                    self.fail(event_loop, anyhow::anyhow!(error.to_string()));
                } else {
                    self.notices.add(error.to_string());
                }
            }
        }
        self.redraw_panel();
        self.update_tray();
    }

    /// Keeps a recorder for the replay, of the game's size; one that also records a file stays as it is.
    fn keep_replay(&mut self, size: Size) {
        let now = Instant::now();
        match &self.recording {
            Some(recording) if recording.path().is_some() || recording.size() == size => {
                self.other_size_since = None;
                return;
            }
            Some(_) if now.duration_since(*self.other_size_since.get_or_insert(now)) < SIZE_PATIENCE => return,
            _ => {}
        }
        self.other_size_since = None;
        if let Err(error) = self.recorder_of_size(size) {
            self.state.replay = None;
            self.notices.add(format!("no replay is kept: {error}"));
            self.redraw_panel();
        }
    }

    /// Makes sure that a recorder of this size and of the chosen quality runs.
    fn recorder_of_size(&mut self, size: Size) -> Result<(), RecordError> {
        let quality = self.state.record_quality;
        let sound = self.state.sound;
        let fits = |recording: &Recording| {
            recording.size() == size && recording.has_quality(quality) && recording.has_sound(sound)
        };
        if self.recording.as_ref().is_some_and(fits) {
            return Ok(());
        }
        self.end_recorder();
        self.last_recorder += 1;
        let choices = RecorderChoices { quality, sound, replay: self.state.replay, ..self.recorder };
        let game = self.painting.as_ref().and_then(|painting| painting.pid);
        let recording = Recording::start(self.last_recorder, size, self.state.fps_cap, choices, game, &self.mailer)?;
        self.recording = Some(recording);
        Ok(())
    }

    /// Tells the recording what pictures are painted with.
    pub(super) fn note_painted(&mut self) {
        let (Some(recording), Some(painting)) = (&mut self.recording, &self.painting) else { return };
        let style = painting.live_style.clone().unwrap_or_default();
        let known = self.state.styles.iter().find(|known| known.name == style);
        recording.note_painted(PaintedWith {
            model: known.map(|style| style.model.clone()),
            levels: known.is_some_and(|style| style.levels_apply(self.state.levels)),
            style,
            look: self.state.look,
            parameters: self.state.parameters.clone(),
            size: Some(self.state.size),
        });
    }

    /// Ends the file in the background; the event loop hears how it went.
    pub(super) fn finish_recording(&mut self) {
        self.pending_recording = None;
        if self.state.replay.is_none() {
            self.end_recorder();
        } else if let Some(ending) = self.recording.as_mut().and_then(Recording::stop_file) {
            self.keep_ending(ending);
        }
    }

    fn end_recorder(&mut self) {
        if let Some(ending) = self.take_recording() {
            self.keep_ending(ending);
        }
    }

    pub(super) fn keep_ending(&mut self, ending: Ending) {
        self.endings.retain(|ending| !ending.is_finished());
        self.endings.push(ending);
    }

    /// Ends the recorder on a thread of its own.
    pub(super) fn take_recording(&mut self) -> Option<Ending> {
        let recording = self.recording.take()?;
        recording
            .finish(&self.mailer)
            .inspect_err(|error| self.notices.add(format!("the recording was cut off: {error}")))
            .ok()
    }

    /// Records as a second start of the program asks, from now on; that is not remembered.
    pub(super) fn ask_recorder(&mut self, event_loop: &ActiveEventLoop, asked: AskedRecorder) {
        self.recorder.encoder = asked.encoder.unwrap_or(self.recorder.encoder);
        let commands = [
            asked.quality.map(Command::SetRecordQuality),
            asked.replay.map(|length| Command::SetReplay(Some(length))),
            asked.records_source.then_some(Command::SetRecordSource(true)),
            (asked.sound.is_some() || asked.sound_level.is_some()).then_some(Command::SetSound(SoundOptions {
                choice: asked.sound.unwrap_or(self.state.sound.choice),
                level: asked.sound_level.unwrap_or(self.state.sound.level),
                ..self.state.sound
            })),
        ];
        for command in commands.into_iter().flatten() {
            for effect in self.state.apply(command) {
                self.perform(event_loop, effect);
            }
        }
    }

    /// Remembers what a command changed of how recordings are made.
    pub(super) fn remember_recording(&mut self, before: &RecordingSettings) {
        let after = self.state.recording_settings();
        if *before == after {
            return;
        }
        // The rest may come from the command line.
        self.memory.change_settings(|settings| settings.recording.take_changes(before, &after));
    }

    /// Keeps the last seconds from now on, or no longer.
    pub(super) fn set_replay(&mut self, length: Option<Duration>) {
        match (&self.recording, length) {
            (Some(recording), Some(_)) => recording.set_replay(length),
            (Some(recording), None) if recording.path().is_some() => recording.set_replay(None),
            (Some(_), None) => self.end_recorder(),
            // It starts with the next picture.
            (None, _) => self.redraw_painting(),
        }
        self.update_tray();
    }

    pub(super) fn save_replay(&mut self) {
        match (&self.recording, &self.painting) {
            (Some(recording), Some(painting)) => {
                recording.save_replay(replay_path(&self.recording_folder(), &painting.title));
            }
            _ => self.notices.add("there is nothing to save yet: the replay has just begun"),
        }
    }

    pub(super) fn on_recorder_event(&mut self, id: RecorderId, event: RecorderEvent) {
        let is_current = self.recording.as_ref().is_some_and(|recording| recording.id == id);
        match event {
            RecorderEvent::Failed(error) => {
                self.tell_stopped(&error, is_current);
                if is_current {
                    // The failure was reported: the end of the file has nothing to add.
                    self.end_recorder();
                    self.state.is_recording = false;
                    self.state.replay = None;
                }
            }
            RecorderEvent::FileFailed(error) => {
                self.tell_stopped(&error, is_current);
                if is_current {
                    self.state.is_recording = false;
                    if let Some(ending) = self.recording.as_mut().and_then(Recording::forget_file) {
                        self.keep_ending(ending);
                    }
                }
            }
            RecorderEvent::Finished(report) => {
                if let (Some(recording), Some(painting)) = (&self.recording, &self.painting) {
                    painting.pipeline.note_recorded(report.recorded, recording.skipped());
                }
                self.tell_saved("a recording", &report);
            }
            RecorderEvent::ReplaySaved(Ok(report)) => self.tell_saved("the last seconds, a replay", &report),
            RecorderEvent::ReplaySaved(Err(error)) => self.notices.add(format!("the replay was not saved: {error}")),
            RecorderEvent::Notice(text) | RecorderEvent::Sound(text) => self.notices.add(text),
            RecorderEvent::Encoder(kind) => {
                self.encoder = Some(kind);
                if let Some(painting) = &self.painting {
                    painting.pipeline.note_encoder(kind.name());
                }
            }
        }
        self.redraw_panel();
        self.update_tray();
    }

    fn tell_stopped(&mut self, error: &RecordError, is_current: bool) {
        let path = self.recording.as_ref().filter(|_| is_current).and_then(Recording::path);
        let kept = path.map(|path| format!("; what was written plays: {}", path.display())).unwrap_or_default();
        self.notices.add(format!("the recording stopped ({error}){kept}"));
    }

    /// Says that a film is there.
    pub(super) fn tell_saved(&mut self, what: &str, report: &RecordingReport) {
        let seconds = report.duration.as_secs_f32();
        let by = report.encoder.map(|kind| format!(" by {kind}")).unwrap_or_default();
        let paths: Vec<_> = report.paths.iter().map(|path| path.display().to_string()).collect();
        self.notices.tell(format!("saved {what} of {seconds:.1} s, encoded{by}: {}", paths.join(", ")));
    }
}
