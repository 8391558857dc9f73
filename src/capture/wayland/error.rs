//! Why the portal gives no pictures.

use ashpd::desktop::ResponseError;
use ashpd::zbus;

/// The desktop's portal gave no pictures; the text says why, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortalError {
    #[error("nothing was chosen in the desktop's dialog: choose the game's window there to paint it")]
    Cancelled,
    #[error(
        "the desktop refused to share a window or screen: see whether it allows screen sharing, and whether the portal of \
         your desktop runs (systemctl --user status xdg-desktop-portal)"
    )]
    Refused,
    #[error(
        "there is no D-Bus session, by which the desktop's portal is asked ({reason}): start Impasto from within the desktop"
    )]
    NoSession { reason: String },
    #[error(
        "this desktop has no portal: install xdg-desktop-portal and the one of your desktop (xdg-desktop-portal-gnome, -kde, \
         -wlr, or -hyprland), and log in again"
    )]
    NoPortal,
    #[error(
        "this desktop's portal cannot share windows or screens: install the portal of your desktop \
         (xdg-desktop-portal-gnome, -kde, -wlr, or -hyprland), and log in again"
    )]
    NoScreenCast,
    #[error(
        "this desktop's portal offers no single windows: use --source portal:screen, and fill the screen with the game"
    )]
    NoWindows,
    #[error("this desktop's portal offers no whole screens: use --source portal:window")]
    NoScreens,
    #[error(
        "the desktop's portal does not answer: log in again, or restart it (systemctl --user restart xdg-desktop-portal)"
    )]
    Silent,
    #[error(
        "the desktop's portal failed: {reason}; try again, or restart it (systemctl --user restart xdg-desktop-portal)"
    )]
    Failed { reason: String },
}

impl From<ashpd::Error> for PortalError {
    fn from(error: ashpd::Error) -> Self {
        match error {
            ashpd::Error::Response(ResponseError::Cancelled) => Self::Cancelled,
            ashpd::Error::Response(ResponseError::Other) => Self::Refused,
            ashpd::Error::PortalNotFound(_) => Self::NoScreenCast,
            ashpd::Error::Portal(ashpd::PortalError::Cancelled(_)) => Self::Cancelled,
            ashpd::Error::Portal(ashpd::PortalError::NotAllowed(_)) => Self::Refused,
            ashpd::Error::Portal(ashpd::PortalError::ZBus(error)) | ashpd::Error::Zbus(error) => error.into(),
            error => Self::Failed { reason: error.to_string() },
        }
    }
}

impl From<zbus::Error> for PortalError {
    fn from(error: zbus::Error) -> Self {
        let name = match &error {
            zbus::Error::MethodError(name, _, _) => name.to_string(),
            zbus::Error::FDO(error) => zbus::DBusError::name(&**error).to_string(),
            _ => String::new(),
        };
        match name.strip_prefix("org.freedesktop.DBus.Error.").unwrap_or_default() {
            "ServiceUnknown" | "NameHasNoOwner" => Self::NoPortal,
            start if start.starts_with("Spawn.") => Self::NoPortal,
            "UnknownInterface" | "UnknownMethod" | "UnknownProperty" | "UnknownObject" => Self::NoScreenCast,
            "NoReply" | "Timeout" | "TimedOut" => Self::Silent,
            _ => Self::Failed { reason: error.to_string() },
        }
    }
}
