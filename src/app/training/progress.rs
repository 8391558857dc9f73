//! How far a training is, as the trainer writes it beside the style: `NAME.progress.json`.

use serde::Deserialize;
use std::path::{Path, PathBuf};

/// What the trainer says; everything but the state may be missing.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct TrainingProgress {
    pub state: ReportedState,
    pub iteration: Option<u64>,
    /// Of the whole training, `0..=1`.
    pub share: Option<f32>,
    pub seconds_left: Option<f32>,
    pub iterations_per_second: Option<f32>,
    pub losses: Option<LossReport>,
    pub flicker: Option<FlickerReport>,
    /// The preview's file, if not `NAME.preview.png`; relative to the folder of the style.
    pub preview: Option<PathBuf>,
    /// For people: why it ended, say.
    pub message: Option<String>,
    /// What it is trained on, and how that was found: what became of the self-test of a graphics card, where there was
    /// one.
    pub device: Option<String>,
    pub device_note: Option<String>,
}

/// What the trainer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReportedState {
    Finished,
    /// It was told to stop; the style was kept.
    Stopped,
    Failed,
    /// `running`, or what a later trainer may say.
    #[serde(other)]
    Running,
}

/// The losses, as running means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
pub struct LossReport {
    pub style: Option<f32>,
    pub content: Option<f32>,
    pub steadiness: Option<f32>,
    pub border: Option<f32>,
    pub temporal: Option<f32>,
    pub total: Option<f32>,
}

/// Flicker on held-out frames.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
pub struct FlickerReport {
    pub noise: Option<f32>,
    pub shift: Option<f32>,
    pub warp: Option<f32>,
}

impl TrainingProgress {
    /// Reads the file; `None` while there is none, or none that can be understood.
    pub fn read(path: &Path) -> Option<Self> {
        let text = std::fs::read(path).ok()?;
        serde_json::from_slice(&text)
            .inspect_err(|error| tracing::warn!("{}: {error}", path.display()))
            .ok()
            .map(Self::within_bounds)
    }

    fn within_bounds(mut self) -> Self {
        self.share = self.share.map(|share| share.clamp(0.0, 1.0));
        self.seconds_left = self.seconds_left.filter(|&left| left.is_finite() && left >= 0.0);
        self
    }

    /// `iteration 1234 · 2.41/s · 12:30 left`, or as much of it as is known.
    pub fn pace(&self) -> String {
        let left = |seconds: f32| {
            let seconds = seconds as u64;
            let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
            if hours > 0 {
                format!("{hours}:{minutes:02}:{seconds:02} left")
            } else {
                format!("{minutes}:{seconds:02} left")
            }
        };
        let parts = [
            self.iteration.map(|iteration| format!("iteration {iteration}")),
            self.iterations_per_second.map(|speed| format!("{speed:.2}/s")),
            self.seconds_left.map(left),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }

    /// What it is trained on, where a graphics card was tried.
    pub fn tried_device(&self) -> Option<String> {
        let (device, note) = (self.device.as_ref()?, self.device_note.as_ref()?);
        Some(format!("Trained on: {device} ({note})"))
    }

    /// Name and value of the losses that are known.
    pub fn losses(&self) -> Vec<(&'static str, String)> {
        let losses = self.losses.unwrap_or_default();
        let known = |name, value: Option<f32>, digits: usize| value.map(|value| (name, format!("{value:.digits$}")));
        let named = [
            known("Style", losses.style, 3),
            known("Content", losses.content, 3),
            known("Steadiness", losses.steadiness, 5),
            known("Border", losses.border, 5),
            known("Temporal", losses.temporal, 5),
            known("Total", losses.total, 2),
        ];
        named.into_iter().flatten().collect()
    }

    /// Name and value of the measures of flicker that are known.
    pub fn flicker(&self) -> Vec<(&'static str, String)> {
        let flicker = self.flicker.unwrap_or_default();
        let known = |name, value: Option<f32>| value.map(|value| (name, format!("{value:.5}")));
        let named = [known("Noise", flicker.noise), known("Shift", flicker.shift), known("Warp", flicker.warp)];
        named.into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<TrainingProgress> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        TrainingProgress::read(file.path())
    }

    #[test]
    fn reads_all_of_it() {
        let progress = read(
            r#"{"state": "running", "iteration": 1234, "share": 0.25, "seconds_left": 750.9, "iterations_per_second": 2.414,
                "losses": {"style": 0.25, "content": 0.7041, "steadiness": 0.00123, "temporal": 0.5, "total": 3.456},
                "flicker": {"noise": 0.002, "shift": 0.03, "warp": 0.004}, "preview": "a.png", "message": "fine",
                "device": "processor", "device_note": "vulkan: the driver crashed"}"#,
        )
        .unwrap();
        assert_eq!(progress.pace(), "iteration 1234 · 2.41/s · 12:30 left");
        let losses = progress.losses();
        assert_eq!(losses[1], ("Content", "0.704".to_owned()));
        assert_eq!((losses.len(), losses[4].1.as_str()), (5, "3.46"));
        assert_eq!(progress.tried_device().unwrap(), "Trained on: processor (vulkan: the driver crashed)");
        assert_eq!(progress.flicker()[2], ("Warp", "0.00400".to_owned()));
    }

    #[test]
    fn takes_what_there_is() {
        let little =
            read(r#"{"state": "polishing", "share": 7, "losses": {"style": null}, "flicker": null, "new": [1]}"#);
        let little = little.unwrap();
        assert_eq!((little.state, little.share), (ReportedState::Running, Some(1.0)));
        assert_eq!(little.tried_device(), None);
        assert_eq!((little.pace(), little.losses(), little.flicker()), (String::new(), Vec::new(), Vec::new()));
        assert_eq!(read(r#"{"state": "stopped", "seconds_left": 7325}"#).unwrap().pace(), "2:02:05 left");
        for nonsense in ["", "{", "[]", r#"{"share": 0.5}"#] {
            assert_eq!(read(nonsense), None, "{nonsense}");
        }
    }
}
