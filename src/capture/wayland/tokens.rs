//! The tokens by which the portal gives the last choice again without asking.

use crate::capture::portal_request::{PortalRequest, PortalTarget};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

/// The token of the last choice, unless the person is to be asked anyway.
pub fn last_token(request: &PortalRequest) -> Option<String> {
    let path = request.token_file.as_ref().filter(|_| !request.asks_again)?;
    read(path).remove(request.target.key())
}

/// Keeps the token of this choice for the next start, or forgets that of the last. A token that cannot be kept costs
/// the next start a question, nothing else.
pub fn keep_token(request: &PortalRequest, token: Option<&str>) {
    let Some(path) = &request.token_file else { return };
    if let Err(error) = write(path, request.target, token) {
        tracing::warn!("the choice is not remembered: {} cannot be written: {error}", path.display());
    }
}

fn read(path: &Path) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    toml::from_str(&text).unwrap_or_default()
}

fn write(path: &Path, target: PortalTarget, token: Option<&str>) -> std::io::Result<()> {
    let mut tokens = read(path);
    let before = tokens.clone();
    match token {
        Some(token) => tokens.insert(target.key().to_owned(), token.to_owned()),
        None => tokens.remove(target.key()),
    };
    if tokens == before {
        return Ok(());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    // A temporary file is for its owner alone, as a token is.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    writeln!(
        file,
        "# By these the desktop shares again what was chosen last, without asking. Delete them to be asked."
    )?;
    file.write_all(toml::to_string(&tokens).map_err(std::io::Error::other)?.as_bytes())?;
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_one_token_for_each_kind_and_forgets_it() {
        let folder = tempfile::tempdir().unwrap();
        let request = |target, asks_again| PortalRequest {
            target,
            token_file: Some(folder.path().join("new/portal.toml")),
            asks_again,
            bus: None,
        };
        let window = request(PortalTarget::Window, false);
        assert_eq!(last_token(&window), None);
        keep_token(&window, Some("first"));
        keep_token(&request(PortalTarget::Screen, false), Some("second"));
        assert_eq!(last_token(&window).as_deref(), Some("first"));
        assert_eq!(last_token(&request(PortalTarget::Window, true)), None);
        keep_token(&window, None);
        assert_eq!(last_token(&window), None);
        assert_eq!(last_token(&request(PortalTarget::Screen, false)).as_deref(), Some("second"));
    }
}
