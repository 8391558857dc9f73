//! The file of perceptual features, which training and measuring look through.

use crate::stylize::folders_above_executable;
use std::path::{Path, PathBuf};

/// Where `scripts/fetch-features` puts the features, below the program's folder.
const BROUGHT_FEATURES: &str = ".runtime/features/vgg16.onnx";

/// What to do where there are none; for people.
pub const HOW_TO_FETCH: &str = "fetch them with scripts/fetch-features, or name a file with --features";

/// The file that was named, or the one that `scripts/fetch-features` brought; `None` where it brought none.
pub fn features_file(named: Option<&Path>) -> Option<PathBuf> {
    let mut places = folders_above_executable().into_iter().map(|folder| folder.join(BROUGHT_FEATURES));
    named.map(Path::to_owned).or_else(|| places.find(|place| place.is_file()))
}
