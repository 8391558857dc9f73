//! Records what `impasto run --headless` finishes, and the plain game beside it where that is wanted.

use crate::app::RecorderChoices;
use crate::compose::Layers;
use crate::control::{Look, ParameterValue, SizeRequest};
use crate::frame::Frame;
use crate::pipeline::Pipeline;
use crate::record::{
    About, PaintedWith, RecordSettings, Recorder, RecorderEvent, RecordingReport, marker_folder, source_path,
};
use crate::stylize::Style;
use crossbeam_channel::{Receiver, bounded};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Frame rate of a recording.
const RECORDING_FPS: f64 = 30.0;
/// Changes of encoder that may wait to be read; there are never as many.
const CHANGES_LENGTH: usize = 16;

/// A recording that runs, from the first painting on.
pub struct HeadlessRecording {
    recorder: Recorder,
    source: Option<Recorder>,
    /// Names of encoders as they begin.
    encoders: Receiver<&'static str>,
}

/// How the pictures are painted, for the sidecar.
pub struct Painted<'a> {
    pub style: &'a Style,
    /// Frames are levelled first.
    pub levels: bool,
    pub look: Look,
    pub parameters: &'a [ParameterValue],
    pub size: SizeRequest,
}

impl HeadlessRecording {
    /// Opens the file.
    ///
    /// # Errors
    /// The file or its folder cannot be written, the disk has no room, or no encoder takes the size.
    pub fn start(
        path: &Path,
        picture: &Frame,
        choices: RecorderChoices,
        game_pid: Option<u32>,
        painted: &Painted,
    ) -> anyhow::Result<Self> {
        let settings = RecordSettings {
            quality: choices.quality,
            encoder: choices.encoder,
            sound: choices.sound_of(game_pid),
            markers: marker_folder(),
            ..RecordSettings::new(picture.size, RECORDING_FPS)
        };
        let (sender, encoders) = bounded(CHANGES_LENGTH);
        let on_event = move |event| match event {
            RecorderEvent::Failed(error) | RecorderEvent::FileFailed(error) => {
                err!("note: the recording stopped: {error}");
            }
            RecorderEvent::Notice(text) | RecorderEvent::Sound(text) => err!("note: {text}"),
            // Nobody reads any more where it is full.
            RecorderEvent::Encoder(kind) => drop(sender.try_send(kind.name())),
            RecorderEvent::Finished(_) | RecorderEvent::ReplaySaved(_) => {}
        };
        let mut recorder = Recorder::start(&settings, on_event)?;
        let source = choices.records_source.then(|| source_path(path));
        let about =
            About { title: painted.style.name.clone(), source: source.clone().map(|source| (source, Duration::ZERO)) };
        recorder.note_painted(
            Duration::ZERO,
            PaintedWith {
                style: painted.style.name.clone(),
                model: Some(painted.style.model.clone()),
                levels: painted.levels,
                look: painted.look,
                parameters: painted.parameters.to_vec(),
                size: Some(painted.size),
            },
        );
        recorder.record_to(path, Some(about))?;
        let source = source
            .map(|path| {
                let on_event = |event| {
                    if let RecorderEvent::Failed(error) = event {
                        err!("note: the plain game is no longer recorded: {error}");
                    }
                };
                let mut source = Recorder::start(&settings, on_event)?;
                source.record_to(&path, None).map(|()| source)
            })
            .transpose()?;
        Ok(Self { recorder, source, encoders })
    }

    /// Takes a finished picture and the frame that it shows.
    pub fn take(&mut self, picture: &Arc<Frame>, layers: &Layers, pipeline: &Pipeline) {
        let elapsed = self.recorder.started_at().elapsed();
        self.recorder.offer(picture, elapsed);
        if let Some(source) = &mut self.source {
            // It was started a moment later, and tells the same times.
            source.offer(&layers.frame, elapsed);
        }
        self.tell(pipeline);
        pipeline.note_recorded(self.recorder.progress().0, self.recorder.skipped());
    }

    fn tell(&self, pipeline: &Pipeline) {
        while let Ok(name) = self.encoders.try_recv() {
            pipeline.note_encoder(name);
        }
    }

    /// Ends the files.
    ///
    /// # Errors
    /// The recording had failed, or the end of a file cannot be written.
    pub fn finish(mut self, pipeline: &Pipeline) -> anyhow::Result<Vec<RecordingReport>> {
        let mut reports = Vec::new();
        let source = self.source.take().map(Recorder::finish);
        let saved = self.recorder.finish()?;
        if let Some(saved) = &saved {
            pipeline.note_recorded(saved.recorded, saved.skipped);
            pipeline.note_encoder(saved.encoder.map_or("", |kind| kind.name()));
        }
        reports.extend(saved);
        reports.extend(source.transpose()?.flatten());
        Ok(reports)
    }
}
