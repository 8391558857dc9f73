//! What the desktop's portal is asked for.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A question to the desktop's portal: it lets the person choose in a dialog of its own, for Wayland tells no program
/// which windows there are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortalRequest {
    pub target: PortalTarget,
    /// Where the tokens are kept by which the portal gives the last choice again without asking; `None` keeps none.
    pub token_file: Option<PathBuf>,
    /// Ask even where the last choice is known.
    pub asks_again: bool,
    /// The D-Bus address of the desktop's session; `None` is the one that `DBUS_SESSION_BUS_ADDRESS` names.
    pub bus: Option<String>,
}

/// What the person may choose.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PortalTarget {
    /// A window where the desktop offers windows, else a screen.
    #[default]
    Any,
    Window,
    Screen,
}

impl PortalTarget {
    /// The name by which a choice is remembered.
    #[cfg_attr(not(feature = "wayland"), allow(dead_code, reason = "without the portal nothing is remembered"))]
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Window => "window",
            Self::Screen => "screen",
        }
    }
}
