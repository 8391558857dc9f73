//! The tray menu, seen by a tray host of our own on a private D-Bus.

use super::desktop::Desktop;
use super::game::{COLOR, Game};
use crate::support::bus::Bus;
use crate::support::client::{Client, Look};
use crate::support::style::PAINTED;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use zbus::blocking::{Connection, Proxy, connection};
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Structure, Value};

/// Connects a desktop that lists tray icons to a bus; gives the owners of those that have come.
fn host(bus: &Bus) -> (Connection, Arc<Mutex<Vec<String>>>) {
    let items = Arc::new(Mutex::new(Vec::new()));
    let host = connection::Builder::address(bus.address.as_str())
        .unwrap()
        .name("org.kde.StatusNotifierWatcher")
        .unwrap()
        .serve_at("/StatusNotifierWatcher", Watcher { items: Arc::clone(&items) })
        .unwrap()
        .build()
        .unwrap();
    (host, items)
}

/// The part of a desktop that lists tray icons: it remembers who registered.
struct Watcher {
    items: Arc<Mutex<Vec<String>>>,
}

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, _service: &str, #[zbus(header)] header: zbus::message::Header<'_>) {
        self.items.lock().unwrap().push(header.sender().unwrap().to_string());
    }

    fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        self.items.lock().unwrap().clone()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

/// A tray icon and its menu.
struct Icon<'a> {
    item: Proxy<'a>,
    menu: Proxy<'a>,
}

impl<'a> Icon<'a> {
    fn of(connection: &'a Connection, owner: &str) -> Self {
        let item =
            Proxy::new(connection, owner.to_owned(), "/StatusNotifierItem", "org.kde.StatusNotifierItem").unwrap();
        assert_eq!(item.get_property::<String>("Id").unwrap(), "impasto");
        let path: OwnedObjectPath = item.get_property("Menu").unwrap();
        let menu = Proxy::new(connection, owner.to_owned(), path, "com.canonical.dbusmenu").unwrap();
        Self { item, menu }
    }

    /// The pixels of the icon, asked for anew.
    fn pixels(&self) -> Vec<u8> {
        let get = |name: &str| -> OwnedValue {
            let of_item = "org.kde.StatusNotifierItem";
            let properties = Proxy::new(
                self.item.connection(),
                self.item.destination().to_owned(),
                self.item.path().to_owned(),
                "org.freedesktop.DBus.Properties",
            )
            .unwrap();
            properties.call("Get", &(of_item, name)).unwrap()
        };
        let pictures: Vec<(i32, i32, Vec<u8>)> = get("IconPixmap").try_into().unwrap();
        pictures.into_iter().next().unwrap().2
    }

    /// The labels of the whole menu with their numbers, as a host shows them when it opens.
    fn entries(&self) -> HashMap<String, i32> {
        let _: bool = self.menu.call("AboutToShow", &(0i32,)).unwrap();
        let (_, root): (u32, (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>)) =
            self.menu.call("GetLayout", &(0i32, -1i32, Vec::<String>::new())).unwrap();
        let mut entries = HashMap::new();
        root.2.iter().for_each(|child| gather(child, &mut entries));
        entries
    }

    fn click(&self, label: &str) {
        let id = self.entries()[label];
        let _: () = self.menu.call("Event", &(id, "clicked", Value::from(0i32), 0u32)).unwrap();
    }
}

/// Adds an entry, which is (number, properties, children), and all below it.
fn gather(entry: &Value<'_>, entries: &mut HashMap<String, i32>) {
    let entry = match entry {
        Value::Value(inner) => inner,
        other => other,
    };
    let fields = Structure::try_from(entry.try_clone().unwrap()).unwrap();
    let [Value::I32(id), Value::Dict(properties), Value::Array(children)] = fields.fields() else {
        panic!("not a menu entry: {fields:?}");
    };
    if let Some(label) = properties.get::<&str, String>(&"label").unwrap() {
        entries.insert(label, *id);
    }
    children.iter().for_each(|child| gather(child, entries));
}

#[test]
fn offers_windows_and_styles_and_carries_out_what_is_clicked() {
    let (Some(desktop), Some(bus)) = (Desktop::start(), Bus::start()) else { return };
    let (host, items) = host(&bus);
    let game = Game::open(&desktop, "The Game", (100, 120, 400, 300));
    let program = desktop.run_on_bus(&bus.address, &[]);
    let owner = desktop.wait_for("the tray icon", || items.lock().unwrap().first().cloned());
    let icon = Icon::of(&host, &owner);
    let idle = icon.pixels();

    let entries = desktop.wait_for("the game in the menu", || {
        Some(icon.entries()).filter(|entries| entries.keys().any(|label| label.contains("The Game")))
    });
    for label in ["Window", "Style", "a negative", "Record", "Screenshot", "Side by side", "Panel", "Quit"] {
        assert!(entries.contains_key(label), "{label} is missing in {entries:?}");
    }
    let label = entries.keys().find(|label| label.contains("The Game")).unwrap();
    icon.click(label);
    desktop.wait_for("the overlay over the game", || {
        let overlay = desktop.overlay()?;
        (desktop.area(overlay) == desktop.area(game.window)).then_some(())
    });
    desktop.wait_for("the way out of the painting", || icon.entries().get("Stop painting").copied());
    desktop.wait_for("an icon that tells of it", || (icon.pixels() != idle).then_some(()));

    let color = || {
        let (x, y, width, height) = desktop.area(game.window).unwrap();
        desktop.pixel(x + width as i16 / 2, y + height as i16 / 2)
    };
    let is_like = |wanted: [u8; 3]| color().iter().zip(wanted).all(|(seen, wanted)| seen.abs_diff(wanted) < 24);
    desktop.wait_for("the painting", || is_like(PAINTED).then_some(()));
    icon.click("Show the original");
    desktop.wait_for("the game itself", || is_like(COLOR).then_some(()));
    icon.click("Show the original");
    desktop.wait_for("the painting again", || is_like(PAINTED).then_some(()));
    icon.click("50 %");
    let half = [0, 1, 2].map(|channel| PAINTED[channel].midpoint(COLOR[channel]));
    desktop.wait_for("half of both", || is_like(half).then_some(()));
    icon.click("Quit");
    let (code, errors) = program.wait();
    assert_eq!(code, Some(0), "{errors}");
}

#[test]
fn a_window_that_is_only_picked_gets_no_profile_from_the_one_before() {
    let (Some(desktop), Some(bus)) = (Desktop::start(), Bus::start()) else { return };
    let (host, items) = host(&bus);
    desktop.write_settings(
        "profiles.toml",
        "[profile.Game]\napplication = 'Game'\n[profile.Game.paint]\nstrength = 0.5\n",
    );
    let _game = Game::open(&desktop, "The Game", (100, 120, 400, 300));
    let other = Client::open(
        &desktop,
        &Look { title: Some("Another"), class: Some(("x", "Other")), area: (560, 200, 300, 200), ..Look::default() },
    );
    let program = desktop.run_on_bus(&bus.address, &["run", "--window", "The Game"]);
    desktop.wait_for("the overlay", || desktop.overlay());
    let owner = desktop.wait_for("the tray icon", || items.lock().unwrap().first().cloned());
    let icon = Icon::of(&host, &owner);
    let label = desktop
        .wait_for("the other in the menu", || icon.entries().into_keys().find(|label| label.contains("Another")));
    icon.click(&label);
    desktop.wait_for("the other to be marked", || {
        let overlay = desktop.overlay()?;
        (desktop.area(overlay) == desktop.area(other.window)).then_some(())
    });
    icon.click("Quit");
    assert_eq!(program.wait().0, Some(0));
    let kept = std::fs::read_to_string(desktop.settings().join("profiles.toml")).unwrap();
    assert!(kept.contains("Game") && !kept.contains("Other"), "{kept}");
}
