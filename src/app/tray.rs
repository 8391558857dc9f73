//! The tray menu (StatusNotifierItem over D-Bus, no GTK). Where no tray exists the program runs without.

use super::app_event::{AppEvent, Mailer};
use super::icon::icon_with_dot;
use crate::capture::{WindowInfo, list_windows};
use crate::control::{Command, ScreenshotKind};
use crossbeam_channel::{Receiver, Sender, bounded};
use ksni::blocking::TrayMethods;
use ksni::menu::{CheckmarkItem, MenuItem, RadioGroup, RadioItem, StandardItem, SubMenu};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

/// Side of the tray's icon in pixels.
const ICON_PX: u32 = 32;

/// A title longer than this many characters is cut in the menu.
const TITLE_LENGTH: usize = 48;

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
}

/// Strengths on offer in the menu, in percent.
const STRENGTHS_PERCENT: [u32; 4] = [25, 50, 75, 100];

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
}

/// The thread `tray`; dropping it takes the icon away.
pub struct TrayThread {
    shown: TrayView,
    newest: Arc<Mutex<TrayView>>,
    // One wake-up is enough: the thread then takes the newest view.
    wake: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl TrayThread {
    /// Starts the thread; it reports where there is no tray.
    ///
    /// # Errors
    /// The system gives no more threads.
    pub fn spawn(mailer: Mailer) -> std::io::Result<Self> {
        let newest = Arc::new(Mutex::new(TrayView::default()));
        let (wake, woken) = bounded(1);
        let view = Arc::clone(&newest);
        let thread = std::thread::Builder::new().name("tray".to_owned()).spawn(move || run(mailer, &view, &woken))?;
        Ok(Self { shown: TrayView::default(), newest, wake: Some(wake), thread: Some(thread) })
    }

    /// Shows this from now on.
    pub fn update(&mut self, view: TrayView) {
        if view == self.shown {
            return;
        }
        self.shown = view.clone();
        *self.newest.lock().unwrap_or_else(PoisonError::into_inner) = view;
        if let Some(wake) = &self.wake {
            // Full means that a wake-up is already on its way.
            let _ = wake.try_send(());
        }
    }
}

impl Drop for TrayThread {
    fn drop(&mut self) {
        self.wake = None;
        // A bus that does not answer must not hold the program's end: the thread ends with the process.
        if let Some(thread) = self.thread.take().filter(JoinHandle::is_finished) {
            let _ = thread.join();
        }
    }
}

fn run(mailer: Mailer, newest: &Mutex<TrayView>, woken: &Receiver<()>) {
    let tray = ImpastoTray { mailer: mailer.clone(), view: TrayView::default(), windows: Vec::new() };
    let handle = match tray.spawn() {
        Ok(handle) => handle,
        Err(error) => {
            tracing::debug!("no tray: {error}");
            mailer.send(AppEvent::TrayMissing(error.to_string()));
            return;
        }
    };
    while woken.recv().is_ok() {
        let view = newest.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if handle.update(|tray| tray.view = view).is_none() {
            return;
        }
    }
    handle.shutdown().wait();
}

struct ImpastoTray {
    mailer: Mailer,
    view: TrayView,
    windows: Vec<WindowInfo>,
}

impl ImpastoTray {
    fn item(label: &str, command: impl Fn() -> Command + Send + 'static) -> MenuItem<Self> {
        StandardItem {
            label: label.to_owned(),
            activate: Box::new(move |tray: &mut Self| tray.mailer.send(AppEvent::Command(command()))),
            ..StandardItem::default()
        }
        .into()
    }

    fn window_menu(&self) -> MenuItem<Self> {
        let entry = |window: &WindowInfo| {
            let id = window.id;
            CheckmarkItem {
                label: menu_label(window),
                checked: self.view.window == Some(id),
                activate: Box::new(move |tray: &mut Self| tray.mailer.send(AppEvent::Command(Command::PickWindow(id)))),
                ..CheckmarkItem::default()
            }
            .into()
        };
        let mut submenu: Vec<_> = self.windows.iter().map(entry).collect();
        if submenu.is_empty() {
            submenu.push(StandardItem { label: "No window".into(), enabled: false, ..StandardItem::default() }.into());
        }
        if self.view.is_painting {
            submenu.push(MenuItem::Separator);
            submenu.push(Self::item("Stop painting", || Command::LeaveWindow));
        }
        SubMenu { label: "Window".into(), submenu, ..SubMenu::default() }.into()
    }

    fn screenshot_menu() -> MenuItem<Self> {
        let entry = |kind: ScreenshotKind| Self::item(kind.title(), move || Command::Screenshot(kind));
        let submenu = ScreenshotKind::ALL.into_iter().map(entry).collect();
        SubMenu { label: "Screenshot".into(), submenu, ..SubMenu::default() }.into()
    }

    fn switch(&self, label: &str, is_on: bool, command: fn(bool) -> Command) -> MenuItem<Self> {
        CheckmarkItem {
            label: label.to_owned(),
            checked: is_on,
            activate: Box::new(move |tray: &mut Self| tray.mailer.send(AppEvent::Command(command(!is_on)))),
            ..CheckmarkItem::default()
        }
        .into()
    }

    fn strength_menu(&self) -> MenuItem<Self> {
        let choice = RadioGroup {
            selected: STRENGTHS_PERCENT
                .iter()
                .position(|percent| *percent == self.view.strength_percent)
                .unwrap_or(usize::MAX),
            select: Box::new(|tray: &mut Self, index| {
                if let Some(percent) = STRENGTHS_PERCENT.get(index) {
                    tray.mailer.send(AppEvent::Command(Command::SetStrength(*percent as f32 / 100.0)));
                }
            }),
            options: STRENGTHS_PERCENT
                .iter()
                .map(|percent| RadioItem { label: format!("{percent} %"), ..RadioItem::default() })
                .collect(),
        };
        SubMenu { label: "Strength".into(), submenu: vec![choice.into()], ..SubMenu::default() }.into()
    }

    fn style_menu(&self) -> MenuItem<Self> {
        let current = self.view.styles.iter().position(|style| Some(style) == self.view.style.as_ref());
        let options = self.view.styles.iter().map(|style| RadioItem { label: escaped(style), ..RadioItem::default() });
        let choice = RadioGroup {
            // No entry is marked where the index is out of range.
            selected: current.unwrap_or(usize::MAX),
            select: Box::new(|tray: &mut Self, index| {
                if let Some(style) = tray.view.styles.get(index) {
                    tray.mailer.send(AppEvent::Command(Command::SetStyle(style.clone())));
                }
            }),
            options: options.collect(),
        };
        SubMenu {
            label: "Style".into(),
            enabled: !self.view.styles.is_empty(),
            submenu: vec![choice.into()],
            ..SubMenu::default()
        }
        .into()
    }
}

impl ksni::Tray for ImpastoTray {
    fn id(&self) -> String {
        "impasto".to_owned()
    }

    fn title(&self) -> String {
        "Impasto".to_owned()
    }

    fn icon_pixmap(&self) -> Vec<ksni::Icon> {
        // The protocol wants alpha, red, green, blue.
        let rgba = icon_with_dot(ICON_PX, self.view.state().dot());
        let data = rgba.chunks_exact(4).flat_map(|rgba| [rgba[3], rgba[0], rgba[1], rgba[2]]).collect();
        vec![ksni::Icon { width: ICON_PX as i32, height: ICON_PX as i32, data }]
    }

    fn tool_tip(&self) -> ksni::ToolTip {
        let description = match &self.view.trouble {
            Some(trouble) => trouble.clone(),
            None => self.view.state().meaning().to_owned(),
        };
        ksni::ToolTip { title: self.title(), description, ..ksni::ToolTip::default() }
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        self.mailer.send(AppEvent::Command(Command::TogglePanel));
    }

    fn menu_about_to_show(&mut self) {
        self.windows = list_windows().unwrap_or_default();
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        let record = if self.view.is_recording { "Stop recording" } else { "Record" };
        let replay = self.view.keeps_replay.then(|| Self::item("Save replay", || Command::SaveReplay));
        let mut menu = vec![
            self.window_menu(),
            self.style_menu(),
            self.strength_menu(),
            self.switch("Show the original", self.view.is_bypassed, Command::Bypass),
            self.switch("Clicks reach the game", self.view.is_click_through, Command::SetClickThrough),
            MenuItem::Separator,
            Self::item(record, || Command::ToggleRecording),
        ];
        menu.extend(replay);
        menu.extend([
            Self::screenshot_menu(),
            Self::item("Panel", || Command::TogglePanel),
            MenuItem::Separator,
            Self::item("Quit", || Command::Quit),
        ]);
        menu
    }
}

/// What the menu says of a window.
fn menu_label(window: &WindowInfo) -> String {
    let name = if window.title.is_empty() { &window.application } else { &window.title };
    let name = if name.is_empty() { "(no title)" } else { name };
    let short: String = name.chars().take(TITLE_LENGTH).collect();
    let short = if short.len() < name.len() { format!("{short}…") } else { short };
    let is_named = window.application.is_empty() || window.application.eq_ignore_ascii_case(name);
    escaped(&if is_named { short } else { format!("{short} ({})", window.application) })
}

/// An underscore marks a mnemonic in these menus, two stand for one.
fn escaped(text: &str) -> String {
    text.replace('_', "__")
}
