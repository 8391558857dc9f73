//! `--source portal`: what the person chooses in the dialog of the desktop's portal.

use crate::capture::{PortalRequest, PortalTarget, SourceRequest};
use crate::settings::portal_token_file;

/// The source that `--source` names, if it names the portal; `asks_again` asks even where the last choice is known.
pub fn portal_source(name: &str, asks_again: bool) -> Option<SourceRequest> {
    let target = match name {
        "portal" => PortalTarget::Any,
        "portal:window" => PortalTarget::Window,
        "portal:screen" => PortalTarget::Screen,
        _ => return None,
    };
    Some(SourceRequest::Portal(PortalRequest { target, token_file: portal_token_file(), asks_again, bus: None }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_three_names_and_leaves_files_alone() {
        let target = |name| match portal_source(name, true) {
            Some(SourceRequest::Portal(request)) => Some((request.target, request.asks_again)),
            _ => None,
        };
        assert_eq!(target("portal"), Some((PortalTarget::Any, true)));
        assert_eq!(target("portal:window"), Some((PortalTarget::Window, true)));
        assert_eq!(target("portal:screen"), Some((PortalTarget::Screen, true)));
        assert_eq!(target("portal.png"), None);
    }
}
