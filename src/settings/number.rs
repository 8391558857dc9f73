//! How numbers are written into settings, and which are taken.

use crate::control::SoundOptions;
use serde::{Deserialize, Deserializer, Serializer, de::Error};

/// Values are kept to a thousandth: `0.7` is written, not `0.699999988`.
const STEPS_PER_UNIT: f64 = 1000.0;

/// Writes a number with at most three decimals.
pub fn write<S: Serializer>(value: &f32, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64((f64::from(*value) * STEPS_PER_UNIT).round() / STEPS_PER_UNIT)
}

/// Reads a number from 0 to 1.
///
/// # Errors
/// It is none.
pub fn read_fraction<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f32, D::Error> {
    let value = f32::deserialize(deserializer)?;
    if (0.0..=1.0).contains(&value) { Ok(value) } else { Err(D::Error::custom("it must be a number from 0 to 1")) }
}

/// Reads the level of sound, a number from 0 to 2.
///
/// # Errors
/// It is none.
pub fn read_level<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f32, D::Error> {
    let value = f32::deserialize(deserializer)?;
    let is_level = (0.0..=SoundOptions::LOUDEST).contains(&value);
    if is_level { Ok(value) } else { Err(D::Error::custom("it must be a number from 0 to 2")) }
}
