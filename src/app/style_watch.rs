//! Notices styles that come, go or change while the program runs.

use super::shell::Shell;
use super::thumbnails::Thumbnails;
use crate::stylize::{Style, installed_styles, style_folders};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// Time between two looks at the folders.
const INTERVAL: Duration = Duration::from_secs(1);

/// The model files in the style folders, and when each was written.
pub struct StyleWatch {
    seen: Vec<(PathBuf, SystemTime)>,
    next_look: Instant,
}

impl StyleWatch {
    /// Remembers the models that are there now.
    pub fn new(now: Instant) -> Self {
        Self { seen: models_in(&style_folders()), next_look: now + INTERVAL }
    }

    /// The models of the last look, where there is a change since; looks no more than once a second.
    fn look(&mut self, now: Instant) -> Option<Vec<(PathBuf, SystemTime)>> {
        if now < self.next_look {
            return None;
        }
        self.next_look = now + INTERVAL;
        let found = models_in(&style_folders());
        (found != self.seen).then(|| std::mem::replace(&mut self.seen, found))
    }

    /// When a model was written, if it is in one of the folders.
    fn time_of(models: &[(PathBuf, SystemTime)], model: &Path) -> Option<SystemTime> {
        models.iter().find(|(path, _)| path == model).map(|(_, time)| *time)
    }
}

fn models_in(folders: &[PathBuf]) -> Vec<(PathBuf, SystemTime)> {
    let is_model = |path: &Path| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("onnx"));
    let entries = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().filter_map(Result::ok);
    let mut models: Vec<_> = entries
        .filter(|entry| is_model(&entry.path()))
        .filter_map(|entry| Some((entry.path(), entry.metadata().ok()?.modified().ok()?)))
        .collect();
    models.sort();
    models
}

impl Shell {
    /// Takes new styles into the list, and those that are gone out of it; a style that paints and has been trained anew
    /// is loaded again.
    pub(super) fn watch_styles(&mut self, now: Instant) {
        let Some(before) = self.style_watch.look(now) else { return };
        let current = self.state.style.take();
        self.state.styles = merged(installed_styles(), &self.state.styles);
        // The same file may have another manifest or thumbnail now.
        let known = |style: &Style| self.state.styles.iter().find(|known| known.model == style.model).cloned();
        self.state.style = current.map(|style| known(&style).unwrap_or(style));
        if let (Some(style), Some(painting)) = (&self.state.style, &self.painting) {
            let [old, new] = [&before, &self.style_watch.seen].map(|models| StyleWatch::time_of(models, &style.model));
            if new.is_some() && old != new {
                painting.pipeline.set_style(style.clone());
            }
        }
        self.show_thumbnails();
        self.redraw_panel();
        self.update_tray();
    }

    /// Makes the small pictures of styles and windows anew.
    pub(super) fn show_thumbnails(&mut self) {
        if self.panel.is_none() {
            return;
        }
        match Thumbnails::spawn(self.state.styles.clone(), self.mailer.clone()) {
            Ok(thumbnails) => self.thumbnails = Some(thumbnails),
            Err(error) => self.notices.add(format!("windows have no thumbnails: {error}")),
        }
    }
}

/// The installed styles, and after them those that were loaded from a file elsewhere.
fn merged(mut installed: Vec<Style>, known: &[Style]) -> Vec<Style> {
    let folders = style_folders();
    let is_elsewhere = |style: &&Style| {
        style.model.is_file() && style.model.parent().is_none_or(|folder| !folders.iter().any(|known| known == folder))
    };
    let elsewhere: Vec<Style> = known.iter().filter(is_elsewhere).cloned().collect();
    installed.extend(elsewhere);
    installed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sees_models_come_change_and_go() {
        let folder = tempfile::tempdir().unwrap();
        let folders = [folder.path().join("gone"), folder.path().to_owned()];
        let look = || models_in(&folders);
        let model = folder.path().join("oil.onnx");
        std::fs::write(folder.path().join("oil.toml"), b"").unwrap();
        let before = look();
        assert!(before.is_empty());
        std::fs::write(&model, b"").unwrap();
        let with_model = look();
        assert_ne!(with_model, before);
        assert_eq!(look(), with_model);
        std::fs::File::open(&model).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
        assert_ne!(look(), with_model);
    }

    #[test]
    fn styles_from_elsewhere_stay_while_their_files_do() {
        let folder = tempfile::tempdir().unwrap();
        let style = |name: &str| Style {
            name: name.to_owned(),
            model: folder.path().join(name),
            thumbnail: None,
            manifest: None,
        };
        std::fs::write(folder.path().join("kept"), b"").unwrap();
        let found = merged(vec![style("new")], &[style("kept"), style("gone")]);
        assert_eq!(found, [style("new"), style("kept")]);
    }
}
