//! The tray of Linux desktops (StatusNotifierItem over D-Bus, no GTK). Where no tray exists the program runs without.

use super::TrayView;
use super::menu::{Entry, menu};
use super::view::ICON_PX;
use crate::app::app_event::{AppEvent, Mailer};
use crate::capture::{WindowInfo, list_windows};
use crate::control::Command;
use crossbeam_channel::{Receiver, Sender, bounded};
use ksni::blocking::TrayMethods;
use ksni::menu::{CheckmarkItem, MenuItem, RadioGroup, RadioItem, StandardItem, SubMenu};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

/// The thread `tray`; dropping it takes the icon away.
pub struct Tray {
    shown: TrayView,
    newest: Arc<Mutex<TrayView>>,
    // One wake-up is enough: the thread then takes the newest view.
    wake: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Tray {
    /// Starts the thread; it reports where there is no tray.
    ///
    /// # Errors
    /// The system gives no more threads.
    pub fn open(mailer: Mailer) -> std::io::Result<Self> {
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

impl Drop for Tray {
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
    // The desktop's panel may come later than we, or be restarted.
    let handle = match tray.assume_sni_available(true).spawn() {
        Ok(handle) => handle,
        Err(error) => {
            tracing::debug!("no tray: {error}");
            mailer.send(AppEvent::TrayMissing(Some(error.to_string())));
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

impl ksni::Tray for ImpastoTray {
    fn id(&self) -> String {
        "impasto".to_owned()
    }

    fn title(&self) -> String {
        "Impasto".to_owned()
    }

    fn icon_pixmap(&self) -> Vec<ksni::Icon> {
        // The protocol wants alpha, red, green, blue.
        let rgba = self.view.icon_rgba();
        let data = rgba.chunks_exact(4).flat_map(|rgba| [rgba[3], rgba[0], rgba[1], rgba[2]]).collect();
        vec![ksni::Icon { width: ICON_PX as i32, height: ICON_PX as i32, data }]
    }

    fn tool_tip(&self) -> ksni::ToolTip {
        ksni::ToolTip { title: self.title(), description: self.view.description(), ..ksni::ToolTip::default() }
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        self.mailer.send(AppEvent::Command(Command::TogglePanel));
    }

    fn watcher_online(&self) {
        self.mailer.send(AppEvent::TrayMissing(None));
    }

    fn watcher_offline(&self, reason: ksni::OfflineReason) -> bool {
        let reason = match reason {
            ksni::OfflineReason::Error(error) => error.to_string(),
            _ => "the desktop's panel has ended".to_owned(),
        };
        tracing::debug!("no tray for now: {reason}");
        self.mailer.send(AppEvent::TrayMissing(Some(reason)));
        true
    }

    fn menu_about_to_show(&mut self) {
        self.windows = list_windows().unwrap_or_default();
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        items(menu(&self.view, &self.windows))
    }
}

/// The entries as this protocol has them: choices that follow one another are one group.
fn items(entries: Vec<Entry>) -> Vec<MenuItem<ImpastoTray>> {
    let mut items = Vec::new();
    let mut entries = entries.into_iter().peekable();
    while let Some(entry) = entries.next() {
        items.push(match entry {
            Entry::Action { label, command } => StandardItem {
                label: escaped(&label),
                activate: Box::new(move |tray: &mut ImpastoTray| tray.order(command.clone())),
                ..StandardItem::default()
            }
            .into(),
            Entry::Switch { label, is_on, command } => CheckmarkItem {
                label: escaped(&label),
                checked: is_on,
                activate: Box::new(move |tray: &mut ImpastoTray| tray.order(command.clone())),
                ..CheckmarkItem::default()
            }
            .into(),
            Entry::Choice { label, is_chosen, command } => {
                let mut group = vec![(label, is_chosen, command)];
                while let Some(Entry::Choice { label, is_chosen, command }) =
                    entries.next_if(|entry| matches!(entry, Entry::Choice { .. }))
                {
                    group.push((label, is_chosen, command));
                }
                radio_group(group).into()
            }
            Entry::Menu { label, entries } => {
                SubMenu { label: escaped(&label), submenu: self::items(entries), ..SubMenu::default() }.into()
            }
            Entry::Separator => MenuItem::Separator,
            Entry::Words(label) => {
                StandardItem { label: escaped(&label), enabled: false, ..StandardItem::default() }.into()
            }
        });
    }
    items
}

fn radio_group(choices: Vec<(String, bool, Command)>) -> RadioGroup<ImpastoTray> {
    // No entry is marked where the index is out of range.
    let selected = choices.iter().position(|(_, is_chosen, _)| *is_chosen).unwrap_or(usize::MAX);
    let options = choices.iter().map(|(label, ..)| RadioItem { label: escaped(label), ..RadioItem::default() });
    RadioGroup {
        selected,
        options: options.collect(),
        select: Box::new(move |tray: &mut ImpastoTray, index| {
            if let Some((_, _, command)) = choices.get(index) {
                tray.order(command.clone());
            }
        }),
    }
}

impl ImpastoTray {
    fn order(&self, command: Command) {
        self.mailer.send(AppEvent::Command(command));
    }
}

/// An underscore marks a mnemonic in these menus, two stand for one.
fn escaped(text: &str) -> String {
    text.replace('_', "__")
}
