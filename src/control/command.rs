//! What people can ask for while a game is painted.

use super::levels::LevelsChoice;
use super::recording::{RecordQuality, ScreenshotKind, SoundOptions};
use super::{Region, SizeRequest};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// An order from panel, tray, hotkey or command line. Every way of giving it leads to the same effect.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Paint with the style of this name or file.
    SetStyle(String),
    /// The style after the current one in the list of installed styles.
    NextStyle,
    /// The style before the current one.
    PreviousStyle,
    /// How much of the painting is seen, `0..=1`.
    SetStrength(f32),
    /// How much of the game's own colours is kept, `0..=1`.
    SetKeepColors(f32),
    /// How much of the game's large outlines is brought back, `0..=1`.
    SetClarity(f32),
    /// Whether frames are levelled before they are painted.
    SetLevels(LevelsChoice),
    /// How large to paint: by a brush, or at a size.
    SetInputSize(SizeRequest),
    /// At most this many frames per second are captured; `None` is no cap.
    SetFpsCap(Option<f32>),
    /// Hold this many paintings per second; `None` paints as often as it can, at the size asked for.
    SetPace(Option<f32>),
    /// A further input of the network (a style weight, say).
    SetParameter(ParameterValue),
    /// A/B split: left of this fraction of the width the game, right of it the painting. `None` is no split.
    SetSplit(Option<f32>),
    /// Paint only this part of the picture.
    SetRegion(Region),
    /// Whether clicks on the painting reach the game (an overlay only).
    SetClickThrough(bool),
    /// Show the game itself (also while the hold-to-see-original key is down).
    Bypass(bool),
    /// Record into this file, or into a new file of the recording folder.
    StartRecording(Option<PathBuf>),
    /// Finish the recording.
    StopRecording,
    /// Start a recording, or finish the one that runs.
    ToggleRecording,
    /// How much detail the next recording keeps.
    SetRecordQuality(RecordQuality),
    /// Whether the next recording gets a second file of the plain game.
    SetRecordSource(bool),
    /// What is heard in recordings, and how loud; also in the one that runs.
    SetSound(SoundOptions),
    /// Keep the last seconds, so that they can be saved afterwards; `None` keeps nothing.
    SetReplay(Option<Duration>),
    /// Save the last seconds into a new file of the recording folder.
    SaveReplay,
    /// Save one picture of what is seen, of the game, or of both, into the recording folder.
    Screenshot(ScreenshotKind),
    /// What the screenshot key takes from now on.
    SetScreenshotKind(ScreenshotKind),
    /// Begin to keep frames of the game to train styles on, or end it.
    ToggleFrameRecording,
    /// Show a painting in a window of its own on the whole screen, or in its window again.
    ToggleFullScreen,
    /// Show or hide the panel.
    TogglePanel,
    /// Paint another window.
    PickWindow(u32),
    /// Paint what the desktop's portal shares (Wayland): it asks in its own dialog, or gives the last choice again.
    PickOnDesktop,
    /// Back to the window picker.
    LeaveWindow,
    /// End the program.
    Quit,
}

/// The value of one further input of a network: one number for a scalar, several for a vector.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ParameterValue {
    pub name: String,
    pub values: Vec<f32>,
}

impl FromStr for ParameterValue {
    type Err = String;

    /// Reads `NAME=VALUE[,VALUE..]`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || format!("\"{text}\" is not a parameter: write NAME=VALUE or NAME=VALUE,VALUE");
        let (name, values) = text.split_once('=').ok_or_else(error)?;
        let values = values
            .split(',')
            .map(|value| value.trim().parse::<f32>().ok().filter(|value| value.is_finite()))
            .collect::<Option<Vec<f32>>>()
            .ok_or_else(error)?;
        if name.trim().is_empty() { Err(error()) } else { Ok(Self { name: name.trim().to_owned(), values }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_parameters_and_says_what_is_wrong() {
        let weights: ParameterValue = "style_weights=0.5,0,0.5".parse().unwrap();
        assert_eq!(weights.values, [0.5, 0.0, 0.5]);
        assert!("style_weights=a".parse::<ParameterValue>().is_err());
    }
}
