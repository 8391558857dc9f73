//! What the tray shows of the program.

use crate::app::icon::icon_with_dot;

/// Side of the tray's icon in pixels.
pub const ICON_PX: u32 = 32;

/// What the menu shows of the program.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TrayView {
    pub styles: Vec<String>,
    pub style: Option<String>,
    pub is_recording: bool,
    pub is_painting: bool,
    /// The last seconds can be saved.
    pub keeps_replay: bool,
    /// The game itself is shown.
    pub is_bypassed: bool,
    pub is_click_through: bool,
    /// How much of the painting is seen, in percent.
    pub strength_percent: u32,
    /// Something went wrong a moment ago: what, for people.
    pub trouble: Option<String>,
    /// The window that is painted, if it is one.
    pub window: Option<u32>,
    /// The desktop's portal can ask which window or screen is to be painted.
    pub has_portal: bool,
    /// What is painted was chosen there.
    pub is_portal: bool,
}

/// What the icon tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TrayState {
    Idle,
    Painting,
    Recording,
    Trouble,
}

impl TrayState {
    /// The colour of the icon's dot.
    fn dot(self) -> Option<[u8; 3]> {
        match self {
            Self::Idle => None,
            Self::Painting => Some([104, 200, 120]),
            Self::Recording => Some([232, 60, 50]),
            Self::Trouble => Some([250, 200, 60]),
        }
    }

    fn meaning(self) -> &'static str {
        match self {
            Self::Idle => "Nothing is painted",
            Self::Painting => "Painting",
            Self::Recording => "Recording",
            Self::Trouble => "Something went wrong: see the panel",
        }
    }
}

impl TrayView {
    fn state(&self) -> TrayState {
        match (&self.trouble, self.is_recording, self.is_painting) {
            (_, true, _) => TrayState::Recording,
            (Some(_), ..) => TrayState::Trouble,
            (None, _, true) => TrayState::Painting,
            _ => TrayState::Idle,
        }
    }

    /// The icon as rows of red, green, blue and alpha bytes, [`ICON_PX`] pixels wide and high.
    pub fn icon_rgba(&self) -> Vec<u8> {
        icon_with_dot(ICON_PX, self.state().dot())
    }

    /// What is said when the pointer rests on the icon.
    pub fn description(&self) -> String {
        match &self.trouble {
            Some(trouble) => trouble.clone(),
            None => self.state().meaning().to_owned(),
        }
    }
}
