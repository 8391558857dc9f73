//! `--source portal` and `--source scap`: what the person chooses in the dialog of the desktop.

use crate::capture::{
    CaptureError, PortalRequest, PortalTarget, ScapRequest, ScapTarget, SourceRequest, has_portal_support,
    has_scap_support,
};
use crate::settings::portal_token_file;

/// The source that `--source` names, if it names the desktop's portal or scap; `asks_again` asks even where the last
/// choice is known, which scap does always.
///
/// # Errors
/// This program was built without it.
pub fn desktop_source(name: &str, asks_again: bool) -> Result<Option<SourceRequest>, CaptureError> {
    let Some(source) = named(name, asks_again) else { return Ok(None) };
    match source {
        SourceRequest::Portal(_) if !has_portal_support() => Err(CaptureError::NoPortalSupport),
        SourceRequest::Scap(_) if !has_scap_support() => Err(CaptureError::NoScapSupport),
        source => Ok(Some(source)),
    }
}

fn named(name: &str, asks_again: bool) -> Option<SourceRequest> {
    let portal = |target| {
        SourceRequest::Portal(PortalRequest { target, token_file: portal_token_file(), asks_again, bus: None })
    };
    let scap = |target| SourceRequest::Scap(ScapRequest { target, program: None });
    Some(match name {
        "portal" => portal(PortalTarget::Any),
        "portal:window" => portal(PortalTarget::Window),
        "portal:screen" => portal(PortalTarget::Screen),
        "scap" => scap(ScapTarget::Any),
        "scap:window" => scap(ScapTarget::Window),
        "scap:screen" => scap(ScapTarget::Screen),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_names_and_leaves_files_alone() {
        let target = |name| match named(name, true) {
            Some(SourceRequest::Portal(request)) => Some((request.target, request.asks_again)),
            _ => None,
        };
        assert_eq!(target("portal"), Some((PortalTarget::Any, true)));
        assert_eq!(target("portal:window"), Some((PortalTarget::Window, true)));
        assert_eq!(target("portal:screen"), Some((PortalTarget::Screen, true)));
        let target = |name| match named(name, false) {
            Some(SourceRequest::Scap(request)) => Some(request.target),
            _ => None,
        };
        assert_eq!(target("scap"), Some(ScapTarget::Any));
        assert_eq!(target("scap:window"), Some(ScapTarget::Window));
        assert_eq!(target("scap:screen"), Some(ScapTarget::Screen));
        assert_eq!(named("portal.png", false), None);
        assert_eq!(named("scap.mp4", false), None);
    }

    #[test]
    fn what_was_not_built_is_said() {
        if !has_scap_support() {
            let error = desktop_source("scap", false).unwrap_err().to_string();
            assert!(error.contains("scripts/run --scap"), "{error}");
        }
    }
}
