//! The part of a desktop that lists tray icons and shows their menus, on a private D-Bus.

use super::bus::Bus;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use zbus::blocking::{Connection, Proxy, connection};
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Structure, Value};

/// Connects a desktop that lists tray icons to a bus; gives the owners of those that have come.
pub fn host(bus: &Bus) -> (Connection, Arc<Mutex<Vec<String>>>) {
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
pub struct Icon<'a> {
    item: Proxy<'a>,
    menu: Proxy<'a>,
}

impl<'a> Icon<'a> {
    pub fn of(connection: &'a Connection, owner: &str) -> Self {
        let item =
            Proxy::new(connection, owner.to_owned(), "/StatusNotifierItem", "org.kde.StatusNotifierItem").unwrap();
        assert_eq!(item.get_property::<String>("Id").unwrap(), "impasto");
        let path: OwnedObjectPath = item.get_property("Menu").unwrap();
        let menu = Proxy::new(connection, owner.to_owned(), path, "com.canonical.dbusmenu").unwrap();
        Self { item, menu }
    }

    /// The pixels of the icon, asked for anew.
    pub fn pixels(&self) -> Vec<u8> {
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
    pub fn entries(&self) -> HashMap<String, i32> {
        let _: bool = self.menu.call("AboutToShow", &(0i32,)).unwrap();
        let (_, root): (u32, (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>)) =
            self.menu.call("GetLayout", &(0i32, -1i32, Vec::<String>::new())).unwrap();
        let mut entries = HashMap::new();
        root.2.iter().for_each(|child| gather(child, &mut entries));
        entries
    }

    pub fn click(&self, label: &str) {
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
