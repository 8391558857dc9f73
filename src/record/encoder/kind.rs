//! The encoders by name.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A video encoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EncoderKind {
    /// NVIDIA's, through ffmpeg.
    Nvenc,
    /// Intel's Quick Sync, through ffmpeg.
    Qsv,
    /// AMD's Advanced Media Framework, through ffmpeg.
    Amf,
    /// Apple's, through ffmpeg.
    VideoToolbox,
    /// Any graphics card with a VA-API driver on Linux, through ffmpeg.
    Vaapi,
    /// x264 on the processor, through ffmpeg.
    X264,
    /// SVT-AV1 on the processor, through ffmpeg. Only by name: it wants more of the processor than a game can spare.
    SvtAv1,
    /// OpenH264 on the processor, in process: always there.
    OpenH264,
}

impl EncoderKind {
    /// All of them, in the order in which they are tried for `auto`, and AV1 behind them.
    ///
    /// Hardware comes first, because it leaves the processor to the game. The order of the two on the processor was
    /// measured; `docs/recording.md` has the figures.
    pub const ALL: [Self; 8] =
        [Self::Nvenc, Self::Qsv, Self::Amf, Self::VideoToolbox, Self::Vaapi, Self::X264, Self::OpenH264, Self::SvtAv1];

    /// The name on the command line, in statistics and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nvenc => "nvenc",
            Self::Qsv => "qsv",
            Self::Amf => "amf",
            Self::VideoToolbox => "videotoolbox",
            Self::Vaapi => "vaapi",
            Self::X264 => "x264",
            Self::SvtAv1 => "svt-av1",
            Self::OpenH264 => "openh264",
        }
    }

    /// Whether `auto` may take it.
    pub(super) fn is_automatic(self) -> bool {
        self != Self::SvtAv1
    }

    /// Whether this platform can have it at all.
    pub(super) fn is_of_this_platform(self) -> bool {
        match self {
            Self::Nvenc | Self::Qsv | Self::Amf => cfg!(any(target_os = "linux", windows)),
            Self::VideoToolbox => cfg!(target_os = "macos"),
            Self::Vaapi => cfg!(target_os = "linux"),
            Self::X264 | Self::SvtAv1 | Self::OpenH264 => true,
        }
    }
}

impl std::fmt::Display for EncoderKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Which encoder to record with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum EncoderChoice {
    /// The first of [`EncoderKind::ALL`] that really encodes here, AV1 left out.
    #[default]
    Auto,
    /// This one; where it breaks in the middle of a recording, another goes on.
    Only(EncoderKind),
}

impl FromStr for EncoderChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.eq_ignore_ascii_case("auto") {
            return Ok(Self::Auto);
        }
        let known = EncoderKind::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(text));
        known.map(Self::Only).ok_or_else(|| {
            let names: Vec<_> = EncoderKind::ALL.iter().map(|kind| kind.name()).collect();
            format!("\"{text}\" is no encoder: choose auto, {}", names.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names() {
        assert_eq!("AUTO".parse(), Ok(EncoderChoice::Auto));
        for kind in EncoderKind::ALL {
            assert_eq!(kind.name().parse(), Ok(EncoderChoice::Only(kind)));
        }
        assert!("divx".parse::<EncoderChoice>().unwrap_err().contains("openh264"));
    }
}
