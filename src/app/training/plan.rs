//! What a person asks for on the Train page, and the command line that follows from it.

use super::defaults::default_data;
use crate::frame::picture_size;
use crate::network::Tier;
use crate::record::plain_name;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// How long is trained where nothing else is chosen, in minutes.
const DEFAULT_MINUTES: f32 = 30.0;

/// A training as the person describes it; it may still lack something.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainingPlan {
    /// The path of the style picture as it was typed or dropped.
    pub style_picture: String,
    /// Folders of pictures to learn on.
    pub data: Vec<PathBuf>,
    pub name: String,
    pub tier: Tier,
    pub minutes: f32,
    /// Start from the style that paints, where it is of the same tier.
    pub starts_from_style: bool,
    /// Go on from the checkpoint beside the style's file, where there is one.
    pub is_resumed: bool,
}

/// A training that can begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrainingOrder {
    /// The style's name, as it was given.
    pub name: String,
    /// The style's file; everything else that belongs to the training lies beside it.
    pub out: PathBuf,
    /// The program's command line, without the program.
    pub arguments: Vec<OsString>,
}

impl TrainingPlan {
    /// What is suggested: frames of the game that was recorded last, and the person's own pictures.
    pub fn suggested() -> Self {
        Self {
            style_picture: String::new(),
            data: default_data(),
            name: String::new(),
            tier: Tier::Balanced,
            minutes: DEFAULT_MINUTES,
            starts_from_style: true,
            is_resumed: true,
        }
    }

    /// Calls a style that has no name yet after its picture.
    pub fn suggest_name(&mut self, picture: &Path) {
        if let Some(stem) = picture.file_stem().filter(|_| self.name.is_empty()) {
            self.name = stem.to_string_lossy().replace(['-', '_'], " ");
        }
    }

    /// The style's file in a folder for styles.
    pub fn out(&self, folder: &Path) -> PathBuf {
        folder.join(format!("{}.onnx", plain_name(self.name.trim()).to_lowercase()))
    }

    /// The training that was stopped earlier and can be gone on with, if there is one.
    pub fn checkpoint(&self, folder: &Path) -> Option<PathBuf> {
        Some(self.out(folder).with_extension("checkpoint"))
            .filter(|path| path.is_file() && !self.name.trim().is_empty())
    }

    /// The training, if nothing is missing; the style goes into `folder`, and `from` is a style of the same tier to
    /// start from.
    ///
    /// # Errors
    /// Something is missing: the text says what to do.
    pub fn order(&self, folder: &Path, from: Option<&Path>) -> Result<TrainingOrder, String> {
        let picture = picture_at(&self.style_picture)?;
        if self.data.is_empty() {
            return Err("Add a folder of pictures to learn on.".to_owned());
        }
        if let Some(missing) = self.data.iter().find(|folder| !folder.is_dir()) {
            return Err(format!("This is no folder: {}", missing.display()));
        }
        if !self.name.chars().any(char::is_alphanumeric) {
            return Err("Give the style a name.".to_owned());
        }
        let out = self.out(folder);
        let mut arguments: Vec<OsString> = vec!["train".into(), "--style-image".into(), picture.into()];
        for data in &self.data {
            arguments.extend(["--data".into(), data.into()]);
        }
        arguments.extend(["--out".into(), out.clone().into()]);
        arguments.extend(["--tier".into(), self.tier.name().into()]);
        arguments.extend(["--minutes".into(), format!("{:.0}", self.minutes.max(1.0)).into()]);
        if self.is_resumed && self.checkpoint(folder).is_some() {
            arguments.push("--resume".into());
        } else if let Some(from) = from.filter(|_| self.starts_from_style) {
            arguments.extend(["--from".into(), from.into()]);
        }
        Ok(TrainingOrder { name: self.name.trim().to_owned(), out, arguments })
    }
}

impl TrainingOrder {
    /// The command line for a shell, with the script that builds the trainer where it is missing.
    pub fn shell_command(&self) -> String {
        let quoted = self.arguments.iter().map(|argument| shell_quoted(&argument.to_string_lossy()));
        std::iter::once("scripts/run".to_owned()).chain(quoted).collect::<Vec<_>>().join(" ")
    }
}

/// A path as people type it: spaces and quotes around it, and `~` for the person's own folder. Empty where nothing was
/// typed.
pub fn typed_path(typed: &str) -> PathBuf {
    let typed = typed.trim().trim_matches(['"', '\'']);
    match (typed.strip_prefix("~/"), directories::UserDirs::new()) {
        (Some(rest), Some(home)) => home.home_dir().join(rest),
        _ => std::path::absolute(typed).unwrap_or_else(|_| PathBuf::from(typed)),
    }
}

/// The picture at a path as people type it.
///
/// # Errors
/// There is none: the text says what to do.
pub fn picture_at(typed: &str) -> Result<PathBuf, String> {
    let path = typed_path(typed);
    if path.as_os_str().is_empty() {
        return Err("Choose a style picture.".to_owned());
    }
    if !path.is_file() {
        return Err("There is no such file.".to_owned());
    }
    match picture_size(&path) {
        Ok(_) => Ok(path),
        Err(_) => Err("This is no picture: a PNG, JPEG, WebP or BMP file is needed.".to_owned()),
    }
}

/// A word as POSIX shells read it.
fn shell_quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-=+,:@".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Frame, Size, write_picture};

    fn plan(folder: &Path) -> TrainingPlan {
        let picture = folder.join("oil on canvas.png");
        write_picture(&picture, &Frame::new(Size::new(40, 40))).unwrap();
        TrainingPlan {
            style_picture: picture.display().to_string(),
            data: vec![folder.to_owned()],
            name: "My Oil".to_owned(),
            tier: Tier::Fast,
            minutes: 5.0,
            starts_from_style: true,
            is_resumed: true,
        }
    }

    fn words(order: &TrainingOrder) -> Vec<String> {
        order.arguments.iter().map(|argument| argument.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn makes_the_command_line_that_people_would_type() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let order = plan(path).order(path, Some(Path::new("base.onnx"))).unwrap();
        let shown = |name: &str| path.join(name).display().to_string();
        let wanted = [
            "train",
            "--style-image",
            &shown("oil on canvas.png"),
            "--data",
            &path.display().to_string(),
            "--out",
            &shown("my-oil.onnx"),
            "--tier",
            "fast",
            "--minutes",
            "5",
            "--from",
            "base.onnx",
        ];
        assert_eq!(words(&order), wanted);
        assert!(order.shell_command().starts_with("scripts/run train --style-image '/"), "{}", order.shell_command());
        std::fs::write(path.join("my-oil.checkpoint"), b"").unwrap();
        let resumed = words(&plan(path).order(path, Some(Path::new("base.onnx"))).unwrap());
        assert!(resumed.contains(&"--resume".to_owned()) && !resumed.contains(&"--from".to_owned()), "{resumed:?}");
        let anew = TrainingPlan { is_resumed: false, starts_from_style: false, ..plan(path) };
        let anew = words(&anew.order(path, Some(Path::new("base.onnx"))).unwrap());
        assert!(!anew.contains(&"--resume".to_owned()) && !anew.contains(&"--from".to_owned()), "{anew:?}");
    }

    #[test]
    fn says_what_is_missing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        std::fs::write(path.join("text.png"), b"no picture").unwrap();
        let complete = plan(path);
        let text = path.join("text.png").display().to_string();
        for (plan, words) in [
            (TrainingPlan { style_picture: " ".to_owned(), ..complete.clone() }, "style picture"),
            (TrainingPlan { style_picture: "gone.png".to_owned(), ..complete.clone() }, "no such file"),
            (TrainingPlan { style_picture: text, ..complete.clone() }, "no picture"),
            (TrainingPlan { data: Vec::new(), ..complete.clone() }, "Add a folder"),
            (TrainingPlan { data: vec![path.join("gone")], ..complete.clone() }, "no folder"),
            (TrainingPlan { name: "..".to_owned(), ..complete.clone() }, "name"),
        ] {
            let problem = plan.order(path, None).unwrap_err();
            assert!(problem.contains(words), "{problem}");
        }
    }

    #[test]
    fn a_picture_names_the_style_once() {
        let mut plan = TrainingPlan { name: String::new(), ..plan(tempfile::tempdir().unwrap().path()) };
        plan.suggest_name(Path::new("/a/starry_night.jpg"));
        plan.suggest_name(Path::new("/a/other.jpg"));
        assert_eq!(plan.name, "starry night");
    }

    #[test]
    fn paths_are_read_as_people_type_them() {
        assert_eq!(typed_path("  '/a b/c.png' "), Path::new("/a b/c.png"));
        assert_eq!(typed_path("  "), Path::new(""));
        assert!(typed_path("a.png").is_absolute());
        assert!(!typed_path("~/a.png").to_string_lossy().contains('~'));
    }

    #[test]
    fn words_are_quoted_for_shells() {
        assert_eq!(shell_quoted("a/b-1.png"), "a/b-1.png");
        assert_eq!(shell_quoted("it's $HOME"), r"'it'\''s $HOME'");
        assert_eq!(shell_quoted(""), "''");
    }
}
