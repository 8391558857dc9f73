//! One remembered file: read once, written when something has changed.

use super::SettingsError;
use super::document::{self, KeyPath};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::Write;
use std::path::{Path, PathBuf};
use toml::{Table, Value};
use toml_edit::{DocumentMut, Item};

/// A value of type `T` and the file that it is remembered in.
#[derive(Debug)]
pub struct Remembered<T> {
    /// What counts now; it may differ from the file until [`Self::save`].
    pub value: T,
    saved: T,
    path: Option<PathBuf>,
}

impl<T: Serialize + DeserializeOwned + Default + Clone + PartialEq> Remembered<T> {
    /// Reads the file, or takes the defaults where there is none. What is wrong in it is told by the sentences; a file
    /// that is no TOML at all is set aside when the first change is saved. Without a path nothing is remembered.
    pub fn open(path: Option<PathBuf>) -> (Self, Vec<String>) {
        let (value, notices) = match path.as_deref().map(std::fs::read_to_string) {
            None => (T::default(), Vec::new()),
            Some(Err(error)) if error.kind() == std::io::ErrorKind::NotFound => (T::default(), Vec::new()),
            Some(Err(error)) => (T::default(), vec![error.to_string()]),
            Some(Ok(text)) => match text.parse::<Table>() {
                Ok(document) => document::read(&document),
                Err(error) => {
                    (T::default(), vec![format!("the defaults count, for it is no TOML: {}", error.message())])
                }
            },
        };
        let name = path.as_deref().map(|path| path.display().to_string()).unwrap_or_default();
        let notices = notices.into_iter().map(|text| format!("{text} (in {name})")).collect();
        (Self { saved: value.clone(), value, path }, notices)
    }

    /// Whether there is something to save.
    pub fn is_changed(&self) -> bool {
        self.value != self.saved
    }

    /// Writes what has changed since the file was read or written last, whole or not at all. Everything else in the
    /// file stays: comments, unknown keys, and what another program wrote meanwhile.
    ///
    /// # Errors
    /// The folder or the file cannot be written. The change is then not tried again until the next one.
    pub fn save(&mut self) -> Result<(), SettingsError> {
        let before = std::mem::replace(&mut self.saved, self.value.clone());
        let Some(path) = self.path.as_deref().filter(|_| before != self.value) else { return Ok(()) };
        let fail = |reason: String| SettingsError::Write { path: path.to_owned(), reason };
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let mut document = text.parse::<DocumentMut>().unwrap_or_else(|_| {
            set_aside(path);
            DocumentMut::new()
        });
        let table = |value: &T| Table::try_from(value).map_err(|error| fail(error.to_string()));
        update(&mut document, &table(&before)?, &table(&self.value)?);
        write_whole(path, &document.to_string()).map_err(|error| fail(error.to_string()))
    }
}

/// Writes a text file whole or not at all: to a temporary file beside it, which is then renamed. Its folder is made
/// where it is missing.
pub fn write_whole(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Keeps a file that cannot be understood, under another name.
fn set_aside(path: &Path) {
    if let Err(error) = std::fs::rename(path, path.with_extension("toml.broken")) {
        tracing::warn!("cannot set {} aside: {error}", path.display());
    }
}

/// Brings the values that differ between `before` and `after` into the document.
fn update(document: &mut DocumentMut, before: &Table, after: &Table) {
    let (old, new) = (document::leaves(before), document::leaves(after));
    for (path, _) in old.iter().filter(|(path, _)| !new.iter().any(|(kept, _)| kept == path)) {
        remove(document, path);
    }
    for (path, value) in new.iter().filter(|leaf| !old.contains(leaf)) {
        insert(document, path, value);
    }
}

fn insert(document: &mut DocumentMut, path: &KeyPath, value: &Value) {
    let Some((last, above)) = path.split_last() else { return };
    let mut table = document.as_table_mut();
    for key in above {
        let inner = table.entry(key).or_insert_with(|| {
            let mut made = toml_edit::Table::new();
            made.set_implicit(true);
            Item::Table(made)
        });
        // What is no table could not be read as one either: it makes room.
        if inner.as_table().is_none() {
            *inner =
                Item::Table(inner.as_inline_table().cloned().map(|inline| inline.into_table()).unwrap_or_default());
        }
        let Some(inner) = inner.as_table_mut() else { return };
        table = inner;
    }
    let Ok(mut value) = value.to_string().parse::<toml_edit::Value>() else { return };
    // A comment behind the value stays there.
    if let Some(old) = table.get(last).and_then(Item::as_value) {
        *value.decor_mut() = old.decor().clone();
    }
    match table.get_mut(last) {
        Some(item) => *item = Item::Value(value),
        None => {
            table.insert(last, Item::Value(value));
        }
    }
}

/// Takes a value out, and the tables above it that are then empty.
fn remove(document: &mut DocumentMut, path: &KeyPath) {
    fn take(table: &mut dyn toml_edit::TableLike, path: &[String]) {
        let Some((key, deeper)) = path.split_first() else { return };
        if !deeper.is_empty() {
            let Some(inner) = table.get_mut(key).and_then(Item::as_table_like_mut) else { return };
            take(inner, deeper);
            if !inner.is_empty() {
                return;
            }
        }
        table.remove(key);
    }
    take(document.as_table_mut(), path);
}
