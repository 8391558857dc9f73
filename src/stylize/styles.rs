//! The styles that are installed.

use super::manifest::Manifest;
use super::places::{executable_folder, folders_above_executable, user_data_folder};
use super::{Style, StylizeError};
use std::path::{Path, PathBuf};

/// The environment variable that names one more style folder; it is searched first.
const STYLES_VARIABLE: &str = "IMPASTO_STYLES";

/// The file name, without its ending, of the style that paints where none was chosen.
const DEFAULT_STYLE: &str = "starry-night";

/// The folders in which styles are looked for, in order; those that do not exist are left out.
pub fn style_folders() -> Vec<PathBuf> {
    let named = std::env::var_os(STYLES_VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from);
    let beside = executable_folder().into_iter().chain(folders_above_executable()).map(|folder| folder.join("models"));
    let mut folders: Vec<PathBuf> = Vec::new();
    for folder in named.into_iter().chain(beside).chain(own_styles_folder()) {
        if folder.is_dir() && !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    folders
}

/// The folder for the styles that a person makes or adds; it need not exist yet. `None` where the system has no folder
/// for a person's data.
pub fn own_styles_folder() -> Option<PathBuf> {
    user_data_folder().map(|folder| folder.join("styles"))
}

/// What a style is found by again: its name where it is installed, else its model's path.
pub fn style_key(style: &Style) -> String {
    let is_installed = style.model.parent().is_some_and(|folder| style_folders().iter().any(|known| known == folder));
    if is_installed { style.name.clone() } else { style.model.to_string_lossy().into_owned() }
}

/// The styles installed in the style folders (those of the program, then the user's), sorted by name. Of two styles
/// with the same name the one found first counts. A manifest that cannot be read is left out, with a warning in the
/// log.
pub fn installed_styles() -> Vec<Style> {
    styles_in(&style_folders())
}

/// The style to paint with where none was chosen: the first of the folder that `IMPASTO_STYLES` names, or else the one
/// of this program that shows best what it can do, or else the first.
pub fn default_style(styles: &[Style]) -> Option<&Style> {
    default_among(styles, std::env::var_os(STYLES_VARIABLE).map(PathBuf::from).as_deref())
}

fn default_among<'s>(styles: &'s [Style], named_folder: Option<&Path>) -> Option<&'s Style> {
    let is_named = |style: &&Style| named_folder.is_some() && style.model.parent() == named_folder;
    let stem = |style: &Style| style.model.file_stem().map(|stem| key(&stem.to_string_lossy()));
    let best = || styles.iter().find(|style| stem(style) == Some(key(DEFAULT_STYLE)));
    styles.iter().find(is_named).or_else(best).or(styles.first())
}

fn styles_in(folders: &[PathBuf]) -> Vec<Style> {
    let mut styles: Vec<Style> = Vec::new();
    for folder in folders {
        let mut models: Vec<PathBuf> = std::fs::read_dir(folder)
            .into_iter()
            .flatten()
            .filter_map(Result::ok)
            .map(|entry| entry.path())
            .filter(|path| path.is_file() && has_ending(path, "onnx"))
            .collect();
        models.sort();
        for model in models {
            let style = style_of(&model);
            if !styles.iter().any(|known| key(&known.name) == key(&style.name)) {
                styles.push(style);
            }
        }
    }
    styles.sort_by_key(|style| style.name.to_lowercase());
    styles
}

/// The style of this name (case-insensitive; `oil-swirls` and `Oil swirls` are the same), or the model file at this
/// path.
///
/// # Errors
/// Neither exists: the error lists the installed names.
pub fn find_style(name_or_path: &str) -> Result<Style, StylizeError> {
    find_among(&installed_styles(), name_or_path)
}

fn find_among(styles: &[Style], name_or_path: &str) -> Result<Style, StylizeError> {
    let path = Path::new(name_or_path);
    let wanted = key(name_or_path);
    if let Some(style) = styles.iter().find(|style| {
        key(&style.name) == wanted || style.model.file_stem().is_some_and(|stem| key(&stem.to_string_lossy()) == wanted)
    }) {
        return Ok(style.clone());
    }
    if path.is_file() {
        return Ok(style_of(path));
    }
    if has_ending(path, "onnx") {
        return Err(StylizeError::Missing(path.to_owned()));
    }
    let names: Vec<&str> = styles.iter().map(|style| style.name.as_str()).collect();
    let installed = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    Err(StylizeError::UnknownStyle { name: name_or_path.to_owned(), installed })
}

/// The style of a model file.
fn style_of(model: &Path) -> Style {
    let manifest = Manifest::read_beside(model).unwrap_or_else(|error| {
        tracing::warn!("{error}");
        None
    });
    let stem = || model.file_stem().unwrap_or(model.as_os_str()).to_string_lossy().into_owned();
    let thumbnail = Some(model.with_extension("png")).filter(|path| path.is_file());
    let name = manifest.as_ref().and_then(|manifest| manifest.name.clone()).unwrap_or_else(stem);
    Style { name, model: model.to_owned(), thumbnail, manifest }
}

fn has_ending(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|found| found.eq_ignore_ascii_case(ending))
}

/// A name as it is compared: lower case, and any run of spaces, dashes and underscores the same.
fn key(name: &str) -> String {
    let words = name.split([' ', '-', '_']).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paints_with_the_best_style_where_none_was_chosen() {
        let folder = tempfile::tempdir().unwrap();
        let other = tempfile::tempdir().unwrap();
        assert_eq!(default_among(&[], None), None);
        for file in [folder.path().join("mosaic.onnx"), folder.path().join("zebra.onnx"), other.path().join("own.onnx")]
        {
            std::fs::write(file, b"").unwrap();
        }
        let chosen = |named: Option<&Path>| {
            let styles = styles_in(&[folder.path().to_owned(), other.path().to_owned()]);
            default_among(&styles, named).map(|style| style.name.clone()).unwrap()
        };
        assert_eq!(chosen(None), "mosaic");
        std::fs::write(folder.path().join("starry-night.onnx"), b"").unwrap();
        assert_eq!(chosen(None), "starry-night");
        assert_eq!(chosen(Some(other.path())), "own");
    }

    #[test]
    fn lists_models_with_their_manifests_sorted_and_the_first_of_a_name() {
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (folder.path().join("a"), folder.path().join("b"));
        for (folder, file) in [(&first, "zebra.onnx"), (&first, "oil-swirls.onnx"), (&second, "zebra.onnx")] {
            std::fs::create_dir_all(folder).unwrap();
            std::fs::write(folder.join(file), b"").unwrap();
        }
        std::fs::write(first.join("oil-swirls.toml"), "name = 'Oil swirls'").unwrap();
        std::fs::write(first.join("oil-swirls.png"), b"").unwrap();
        let styles = styles_in(&[first.clone(), second]);
        assert_eq!(styles.iter().map(|style| style.name.as_str()).collect::<Vec<_>>(), ["Oil swirls", "zebra"]);
        assert_eq!(styles[0].thumbnail, Some(first.join("oil-swirls.png")));
        assert_eq!(styles[1].model, first.join("zebra.onnx"));
    }

    #[test]
    fn finds_by_name_stem_or_path_and_says_what_is_installed() {
        let folder = tempfile::tempdir().unwrap();
        let model = folder.path().join("oil-swirls.onnx");
        std::fs::write(&model, b"").unwrap();
        std::fs::write(model.with_extension("toml"), "name = 'Thick oil'").unwrap();
        let styles = styles_in(&[folder.path().to_owned()]);
        for name in ["thick_OIL", "oil swirls", model.to_str().unwrap()] {
            assert_eq!(find_among(&styles, name).unwrap().name, "Thick oil", "{name}");
        }
        let missing = find_among(&styles, "gone.onnx").unwrap_err();
        assert!(matches!(&missing, StylizeError::Missing(path) if path == Path::new("gone.onnx")));
        let unknown = find_among(&styles, "watercolour").unwrap_err().to_string();
        assert!(unknown.contains("\"watercolour\"") && unknown.contains("installed styles: Thick oil"), "{unknown}");
        let none = find_among(&[], "watercolour").unwrap_err().to_string();
        assert!(none.contains("installed styles: none"), "{none}");
    }

    #[test]
    fn names_are_compared_without_case_and_separators() {
        assert_eq!(key("Oil swirls"), key("oil-SWIRLS"));
        assert_eq!(key("oil__swirls"), key("oil swirls"));
        assert_ne!(key("oilswirls"), key("oil swirls"));
    }
}
