//! A number of pictures per second, or none.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::str::FromStr;

/// The word for no rate.
const OFF: &str = "off";

/// The highest rate that makes sense, in pictures per second.
const HIGHEST_FPS: f32 = 1000.0;

/// A rate of 1 to 1000 pictures per second, or `off`. Written as a number, or as the word.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate(Option<f32>);

impl Rate {
    pub const OFF: Self = Self(None);

    /// A rate; one that is out of range is [`Self::OFF`].
    pub fn of(fps: f32) -> Self {
        Self(Some(fps).filter(|fps| (1.0..=HIGHEST_FPS).contains(fps)))
    }

    /// Pictures per second, if any.
    pub fn fps(self) -> Option<f32> {
        self.0
    }
}

impl From<Option<f32>> for Rate {
    fn from(fps: Option<f32>) -> Self {
        fps.map_or(Self::OFF, Self::of)
    }
}

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if text.eq_ignore_ascii_case(OFF) {
            return Ok(Self::OFF);
        }
        let rate = text.parse().map_or(Self::OFF, Self::of);
        if rate == Self::OFF {
            Err(format!("\"{text}\" is no rate: write a number from 1 to {HIGHEST_FPS}, or {OFF}"))
        } else {
            Ok(rate)
        }
    }
}

impl std::fmt::Display for Rate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(fps) => write!(f, "{fps}"),
            None => f.write_str(OFF),
        }
    }
}

impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(fps) => serializer.serialize_f64(f64::from(fps)),
            None => serializer.serialize_str(OFF),
        }
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "it must be a number of frames per second, or \"off\"")]
        enum Written {
            Number(f64),
            Word(String),
        }
        let text = match Written::deserialize(deserializer)? {
            Written::Number(fps) => fps.to_string(),
            Written::Word(word) => word,
        };
        text.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numbers_and_the_word_and_refuses_the_rest() {
        assert_eq!("30".parse(), Ok(Rate::of(30.0)));
        assert_eq!(" Off ".parse(), Ok(Rate::OFF));
        for text in ["0", "0.5", "NaN", "inf", "fast", ""] {
            assert!(text.parse::<Rate>().unwrap_err().contains("or off"), "{text}");
        }
        assert_eq!(Rate::of(f32::NAN), Rate::OFF);
        assert_eq!(Rate::of(24.0).to_string(), "24");
    }
}
