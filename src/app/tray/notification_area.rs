//! The tray of Windows: an icon in the notification area. Lives on the main thread, whose event loop hears for it.
//!
//! Under wine the icon and its states were seen; its menu was not, for wine cannot tell where an icon is.

use super::TrayView;
use super::menu::{Entry, menu};
use super::view::ICON_PX;
use crate::app::app_event::{AppEvent, Mailer};
use crate::capture::list_windows;
use crate::control::Command;
use std::sync::{Arc, Mutex, PoisonError};
use tray_icon::menu::{CheckMenuItem, IsMenuItem, Menu, MenuEvent, MenuItem, PredefinedMenuItem, Submenu};
use tray_icon::{Icon, MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};

/// The orders of the menu's entries: an entry's name is its number here.
type Orders = Arc<Mutex<Vec<Command>>>;

/// The icon; dropping it takes it away.
pub struct Tray {
    icon: TrayIcon,
    shown: TrayView,
    orders: Orders,
    /// Counts menus: an entry of a menu that is gone has no order.
    menu_number: u64,
}

impl Tray {
    /// Shows the icon.
    ///
    /// # Errors
    /// The system has no notification area.
    pub fn open(mailer: Mailer) -> Result<Self, String> {
        let orders = Orders::default();
        let (known, menu_mailer) = (Arc::clone(&orders), mailer.clone());
        MenuEvent::set_event_handler(Some(move |event: MenuEvent| {
            let orders = known.lock().unwrap_or_else(PoisonError::into_inner);
            let number = event.id().0.split('-').next_back().and_then(|number| number.parse::<usize>().ok());
            if let Some(command) = number.and_then(|number| orders.get(number)) {
                menu_mailer.send(AppEvent::Command(command.clone()));
            }
        }));
        TrayIconEvent::set_event_handler(Some(move |event| match event {
            TrayIconEvent::Click { button: MouseButton::Left, button_state: MouseButtonState::Up, .. } => {
                mailer.send(AppEvent::Command(Command::TogglePanel));
            }
            // The menu may be opened next: it is to list the windows of now.
            TrayIconEvent::Enter { .. } => mailer.send(AppEvent::TrayReached),
            _ => {}
        }));
        let shown = TrayView::default();
        let icon = TrayIconBuilder::new()
            .with_menu_on_left_click(false)
            .with_tooltip(tool_tip(&shown))
            .with_icon(icon_of(&shown)?)
            .build()
            .map_err(|error| error.to_string())?;
        let mut tray = Self { icon, shown, orders, menu_number: 0 };
        tray.refresh();
        Ok(tray)
    }

    /// Shows this from now on.
    pub fn update(&mut self, view: TrayView) {
        if view == self.shown {
            return;
        }
        let shown = icon_of(&view).and_then(|icon| self.icon.set_icon(Some(icon)).map_err(|error| error.to_string()));
        let told = self.icon.set_tooltip(Some(tool_tip(&view))).map_err(|error| error.to_string());
        if let Err(error) = shown.and(told) {
            tracing::debug!("the tray's icon is not up to date: {error}");
        }
        self.shown = view;
        self.refresh();
    }

    /// Makes the menu anew, with the windows of now.
    pub fn refresh(&mut self) {
        self.menu_number += 1;
        let entries = menu(&self.shown, &list_windows().unwrap_or_default());
        let mut builder = Builder { prefix: self.menu_number, orders: Vec::new() };
        let made = Menu::new();
        let appended = builder.items(&entries).and_then(|items| {
            let items: Vec<&dyn IsMenuItem> = items.iter().map(|item| &**item).collect();
            made.append_items(&items)
        });
        if let Err(error) = appended {
            tracing::debug!("the tray's menu is not up to date: {error}");
            return;
        }
        *self.orders.lock().unwrap_or_else(PoisonError::into_inner) = builder.orders;
        self.icon.set_menu(Some(Box::new(made)));
    }
}

/// Makes a menu and numbers the orders of its entries.
struct Builder {
    prefix: u64,
    orders: Vec<Command>,
}

impl Builder {
    fn items(&mut self, entries: &[Entry]) -> tray_icon::menu::Result<Vec<Box<dyn IsMenuItem>>> {
        entries.iter().map(|entry| self.item(entry)).collect()
    }

    fn item(&mut self, entry: &Entry) -> tray_icon::menu::Result<Box<dyn IsMenuItem>> {
        Ok(match entry {
            Entry::Action { label, command } => {
                Box::new(MenuItem::with_id(self.name(command), escaped(label), true, None))
            }
            Entry::Switch { label, is_on, command } | Entry::Choice { label, is_chosen: is_on, command } => {
                Box::new(CheckMenuItem::with_id(self.name(command), escaped(label), true, *is_on, None))
            }
            Entry::Menu { label, entries } => {
                let submenu = Submenu::new(escaped(label), true);
                let items = self.items(entries)?;
                let items: Vec<&dyn IsMenuItem> = items.iter().map(|item| &**item).collect();
                submenu.append_items(&items)?;
                Box::new(submenu)
            }
            Entry::Separator => Box::new(PredefinedMenuItem::separator()),
            Entry::Words(label) => Box::new(MenuItem::new(escaped(label), false, None)),
        })
    }

    /// The name of the next entry, which gives this order.
    fn name(&mut self, command: &Command) -> String {
        self.orders.push(command.clone());
        format!("{}-{}", self.prefix, self.orders.len() - 1)
    }
}

fn icon_of(view: &TrayView) -> Result<Icon, String> {
    Icon::from_rgba(view.icon_rgba(), ICON_PX, ICON_PX).map_err(|error| error.to_string())
}

fn tool_tip(view: &TrayView) -> String {
    format!("Impasto: {}", view.description())
}

/// An ampersand marks a mnemonic in these menus, two stand for one.
fn escaped(text: &str) -> String {
    text.replace('&', "&&")
}
