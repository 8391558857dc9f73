//! A portal of the tests' own, and the person at its dialog.

use std::collections::HashMap;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use zbus::blocking::{Connection, connection};
use zbus::message::Header;
use zbus::zvariant::{self, ObjectPath, OwnedObjectPath, OwnedValue, Value};

const PATH: &str = "/org/freedesktop/portal/desktop";

pub const SCREENS: u32 = 1;
pub const WINDOWS: u32 = 2;

/// What the person does at the dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Person {
    /// Chooses a window after this time.
    ChoosesWindow(Duration),
    ChoosesScreen,
    Cancels,
    /// The desktop forbids it.
    IsForbidden,
    /// Looks at the dialog for ever.
    Wonders,
}

/// What the portal was asked for, and what it does.
pub struct Script {
    pub person: Person,
    /// What the desktop offers: bits.
    pub sources: u32,
    /// How the cursor can be treated: bits. 1 hides it.
    pub cursors: u32,
    /// The node that is shared.
    pub node: u32,
    /// PipeWire's socket.
    pub socket: PathBuf,
    /// The token that is given for the choice.
    pub token: Option<String>,
    /// Dialogs that were shown.
    pub dialogs: u32,
    /// What was asked for, the last time.
    pub asked: HashMap<String, OwnedValue>,
    pub session: Option<OwnedObjectPath>,
    /// Names on the bus of those that asked.
    pub clients: Vec<String>,
}

/// The portal on a bus; it goes when dropped.
pub struct Portal {
    pub connection: Connection,
    pub script: Arc<Mutex<Script>>,
    wishes: Wishes,
}

impl Portal {
    pub fn start(bus: &str, node: u32, socket: PathBuf) -> Self {
        let script = Arc::new(Mutex::new(Script {
            person: Person::ChoosesWindow(Duration::ZERO),
            sources: SCREENS | WINDOWS,
            cursors: 1 | 2,
            node,
            socket,
            token: None,
            dialogs: 0,
            asked: HashMap::new(),
            session: None,
            clients: Vec::new(),
        }));
        let connection = connection::Builder::address(bus)
            .unwrap()
            .name("org.freedesktop.portal.Desktop")
            .unwrap()
            .serve_at(PATH, ScreenCast { script: Arc::clone(&script) })
            .unwrap()
            .build()
            .unwrap();
        Self { connection, script, wishes: Wishes::default() }
    }

    /// A portal that shares nothing, as one without a backend.
    pub fn start_without_sharing(bus: &str) -> Connection {
        connection::Builder::address(bus)
            .unwrap()
            .name("org.freedesktop.portal.Desktop")
            .unwrap()
            .serve_at(PATH, Poor)
            .unwrap()
            .build()
            .unwrap()
    }

    pub fn with<T>(&self, look: impl FnOnce(&mut Script) -> T) -> T {
        look(&mut self.script.lock().unwrap())
    }

    /// A number that was asked for.
    pub fn asked_number(&self, key: &str) -> Option<u32> {
        self.with(|script| u32::try_from(script.asked.get(key)?.try_clone().unwrap()).ok())
    }

    /// A text that was asked for.
    pub fn asked_text(&self, key: &str) -> Option<String> {
        self.with(|script| String::try_from(script.asked.get(key)?.try_clone().unwrap()).ok())
    }

    /// From now on the desktop grants hotkeys.
    pub fn grant_shortcuts(&self) {
        self.connection.object_server().at(PATH, Shortcuts { wishes: Arc::clone(&self.wishes) }).unwrap();
    }

    /// The keys that were wished for, once they were: names and triggers.
    pub fn wished_shortcuts(&self) -> Option<Vec<(String, String)>> {
        self.wishes.lock().unwrap().clone()
    }

    /// A key that was granted goes down or up.
    pub fn press(&self, id: &str, is_pressed: bool) {
        let signal = if is_pressed { "Activated" } else { "Deactivated" };
        let session = ObjectPath::try_from(format!("{PATH}/session/some/one")).unwrap();
        let (nobody, details): (Option<&str>, Options) = (None, HashMap::new());
        let body = (session, id, 0u64, details);
        self.connection.emit_signal(nobody, PATH, "org.freedesktop.portal.GlobalShortcuts", signal, &body).unwrap();
    }

    /// The desktop ends the sharing.
    pub fn close_session(&self) {
        let session = self.with(|script| script.session.clone()).expect("something is shared");
        let details: HashMap<String, OwnedValue> = HashMap::new();
        let nobody: Option<&str> = None;
        self.connection.emit_signal(nobody, &session, "org.freedesktop.portal.Session", "Closed", &details).unwrap();
    }

    /// Whether somebody who asked is still on the bus: the dialog and the stream would go with it.
    pub fn has_clients(&self) -> bool {
        let clients = self.with(|script| script.clients.clone());
        clients.iter().any(|name| {
            let reply = self.connection.call_method(
                Some("org.freedesktop.DBus"),
                "/org/freedesktop/DBus",
                Some("org.freedesktop.DBus"),
                "NameHasOwner",
                &(name,),
            );
            reply.unwrap().body().deserialize::<bool>().unwrap()
        })
    }
}

/// Another interface of the portal, which every one has.
struct Poor;

#[zbus::interface(name = "org.freedesktop.portal.Settings")]
impl Poor {
    #[zbus(property, name = "version")]
    fn version(&self) -> u32 {
        2
    }
}

/// Keys that were wished for: names and triggers.
type Wishes = Arc<Mutex<Option<Vec<(String, String)>>>>;

struct Shortcuts {
    wishes: Wishes,
}

/// The path of the session that a program asks for.
fn session_path(header: &Header<'_>, options: &Options) -> String {
    let name = header.sender().unwrap().trim_start_matches(':').replace('.', "_");
    format!("{PATH}/session/{name}/{}", text(options, "session_handle_token"))
}

#[zbus::interface(name = "org.freedesktop.portal.GlobalShortcuts")]
impl Shortcuts {
    fn create_session(
        &self,
        options: Options,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &zbus::Connection,
    ) -> OwnedObjectPath {
        let session = session_path(&header, &options);
        let results = HashMap::from([("session_handle".to_owned(), owned(Value::from(session)))]);
        answer(connection, &header, &options, Duration::ZERO, Some((0, results)))
    }

    fn bind_shortcuts(
        &self,
        _session: OwnedObjectPath,
        shortcuts: Vec<(String, Options)>,
        _parent: &str,
        options: Options,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &zbus::Connection,
    ) -> OwnedObjectPath {
        let wishes = shortcuts.iter().map(|(id, wish)| (id.clone(), text(wish, "preferred_trigger"))).collect();
        *self.wishes.lock().unwrap() = Some(wishes);
        let granted: Vec<_> = shortcuts
            .iter()
            .map(|(id, wish)| {
                let details = HashMap::from([
                    ("description".to_owned(), Value::from(text(wish, "description"))),
                    ("trigger_description".to_owned(), Value::from("Press some keys")),
                ]);
                (id.clone(), details)
            })
            .collect();
        let results = HashMap::from([("shortcuts".to_owned(), owned(Value::from(granted)))]);
        answer(connection, &header, &options, Duration::ZERO, Some((0, results)))
    }

    #[zbus(property, name = "version")]
    fn version(&self) -> u32 {
        1
    }
}

struct ScreenCast {
    script: Arc<Mutex<Script>>,
}

type Options = HashMap<String, OwnedValue>;

fn text(options: &Options, key: &str) -> String {
    String::try_from(options[key].try_clone().unwrap()).unwrap()
}

fn owned(value: Value<'_>) -> OwnedValue {
    value.try_into().unwrap()
}

/// Answers a request later, from a thread of its own, as the portal does.
fn answer(
    connection: &zbus::Connection,
    header: &Header<'_>,
    options: &Options,
    after: Duration,
    answer: Option<(u32, Options)>,
) -> OwnedObjectPath {
    let sender = header.sender().unwrap().trim_start_matches(':').replace('.', "_");
    let path = format!("{PATH}/request/{sender}/{}", text(options, "handle_token"));
    let path: OwnedObjectPath = ObjectPath::try_from(path).unwrap().into();
    if let Some(answer) = answer {
        let (connection, path) = (Connection::from(connection.clone()), path.clone());
        let later = move || {
            std::thread::sleep(after);
            let nobody: Option<&str> = None;
            let _ = connection.emit_signal(nobody, &path, "org.freedesktop.portal.Request", "Response", &answer);
        };
        std::thread::Builder::new().name("answer".to_owned()).spawn(later).unwrap();
    }
    path
}

#[zbus::interface(name = "org.freedesktop.portal.ScreenCast")]
impl ScreenCast {
    fn create_session(
        &self,
        options: Options,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &zbus::Connection,
    ) -> OwnedObjectPath {
        let (sender, session) = (header.sender().unwrap(), session_path(&header, &options));
        let mut script = self.script.lock().unwrap();
        script.session = Some(ObjectPath::try_from(session.clone()).unwrap().into());
        script.clients.push(sender.to_string());
        let results = HashMap::from([("session_handle".to_owned(), owned(Value::from(session)))]);
        answer(connection, &header, &options, Duration::ZERO, Some((0, results)))
    }

    fn select_sources(
        &self,
        _session: OwnedObjectPath,
        options: Options,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &zbus::Connection,
    ) -> OwnedObjectPath {
        let path = answer(connection, &header, &options, Duration::ZERO, Some((0, Options::new())));
        self.script.lock().unwrap().asked = options;
        path
    }

    fn start(
        &self,
        _session: OwnedObjectPath,
        _parent: &str,
        options: Options,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &zbus::Connection,
    ) -> OwnedObjectPath {
        let mut script = self.script.lock().unwrap();
        let known =
            script.asked.get("restore_token").map(|token| String::try_from(token.try_clone().unwrap()).unwrap());
        let asks = known.is_none() || known != script.token;
        script.dialogs += u32::from(asks);
        let shared = |kind: u32| {
            let details = HashMap::from([("source_type".to_owned(), Value::from(kind))]);
            let mut results = HashMap::from([("streams".to_owned(), owned(Value::from(vec![(script.node, details)])))]);
            if let Some(token) = &script.token {
                results.insert("restore_token".to_owned(), owned(Value::from(token.as_str())));
            }
            (0, results)
        };
        let (after, result) = match script.person {
            Person::ChoosesWindow(after) => (if asks { after } else { Duration::ZERO }, Some(shared(WINDOWS))),
            Person::ChoosesScreen => (Duration::ZERO, Some(shared(SCREENS))),
            Person::Cancels => (Duration::from_millis(100), Some((1, Options::new()))),
            Person::IsForbidden => (Duration::ZERO, Some((2, Options::new()))),
            Person::Wonders => (Duration::ZERO, None),
        };
        answer(connection, &header, &options, after, result)
    }

    fn open_pipe_wire_remote(&self, _session: OwnedObjectPath, _options: Options) -> zvariant::OwnedFd {
        let socket = self.script.lock().unwrap().socket.clone();
        OwnedFd::from(UnixStream::connect(socket).unwrap()).into()
    }

    #[zbus(property, name = "version")]
    fn version(&self) -> u32 {
        5
    }

    #[zbus(property)]
    fn available_source_types(&self) -> u32 {
        self.script.lock().unwrap().sources
    }

    #[zbus(property)]
    fn available_cursor_modes(&self) -> u32 {
        self.script.lock().unwrap().cursors
    }
}
