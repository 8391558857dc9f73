//! The picture that a style was learnt from.

use crate::network::STYLE_PX;
use crate::stylize::{Style, folders_above_executable};
use std::path::PathBuf;
use toml::Value;

/// Where the pictures of the program's own styles lie, below its folder, and how they can end.
const OWN_PICTURES: &str = "assets/styles";
const ENDINGS: [&str; 2] = ["jpg", "png"];

/// The manifest's `training.style_picture`, beside the model or among the pictures of the program's own styles; where
/// it names none, a picture there of the model's name.
pub fn find_style_picture(style: &Style) -> Option<PathBuf> {
    let beside = style.model.parent()?;
    let own: Vec<PathBuf> = beside
        .parent()
        .map(PathBuf::from)
        .into_iter()
        .chain(folders_above_executable())
        .map(|folder| folder.join(OWN_PICTURES))
        .collect();
    let named = training(style, "style_picture").and_then(Value::as_str).filter(|name| !name.is_empty());
    let places: Vec<PathBuf> = match named {
        Some(name) => [beside.to_owned()].iter().chain(&own).map(|folder| folder.join(name)).collect(),
        None => {
            let stem = style.model.file_stem()?.to_string_lossy();
            own.iter().flat_map(|folder| ENDINGS.map(|ending| folder.join(format!("{stem}.{ending}")))).collect()
        }
    };
    places.into_iter().find(|place| place.is_file())
}

/// The short side to which the style picture was scaled in training, in pixels.
pub fn style_px(style: &Style) -> u32 {
    const SENSIBLE: std::ops::RangeInclusive<i64> = 16..=4096;
    let said = training(style, "style_px").and_then(Value::as_integer).filter(|side| SENSIBLE.contains(side));
    said.and_then(|side| u32::try_from(side).ok()).unwrap_or(STYLE_PX)
}

/// What the manifest says of training under a key.
fn training<'s>(style: &'s Style, key: &str) -> Option<&'s Value> {
    style.manifest.as_ref()?.training.as_ref()?.get(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stylize::Manifest;
    use std::path::Path;

    fn style(model: &Path, training: &str) -> Style {
        let manifest = Manifest::parse(&format!("[training]\n{training}"), &model.with_extension("toml")).unwrap();
        Style { name: "a".to_owned(), model: model.to_owned(), thumbnail: None, manifest: Some(manifest) }
    }

    #[test]
    fn finds_what_the_manifest_names_and_else_what_has_the_models_name() {
        let folder = tempfile::tempdir().unwrap();
        let (models, own) = (folder.path().join("models"), folder.path().join(OWN_PICTURES));
        for file in [&models.join("paint.jpg"), &own.join("oil.jpg"), &own.join("lake.png")] {
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, b"").unwrap();
        }
        let found = |training: &str| find_style_picture(&style(&models.join("oil.onnx"), training));
        assert_eq!(found("style_picture = 'paint.jpg'"), Some(models.join("paint.jpg")));
        assert_eq!(found("style_picture = 'lake.png'"), Some(own.join("lake.png")));
        assert_eq!(found("style_picture = 'gone.png'"), None, "another picture would give a wrong loss");
        assert_eq!(found(""), Some(own.join("oil.jpg")));
        assert_eq!(find_style_picture(&style(&models.join("no-such-style.onnx"), "")), None);
    }

    #[test]
    fn the_size_is_that_of_training() {
        let model = Path::new("a.onnx");
        assert_eq!(style_px(&style(model, "style_px = 300")), 300);
        assert_eq!((style_px(&style(model, "style_px = -1")), style_px(&style(model, ""))), (STYLE_PX, STYLE_PX));
    }
}
