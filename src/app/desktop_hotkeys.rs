//! Hotkeys that the desktop grants, by the GlobalShortcuts portal: on Wayland no program can take keys for itself. The
//! desktop may ask the person, and its settings say which keys they are.

use super::app_event::{AppEvent, Mailer};
use super::hotkeys::trigger;
use crate::settings::{HotkeyAction, HotkeySettings};
use ashpd::desktop::ResponseError;
use ashpd::desktop::global_shortcuts::{GlobalShortcuts, NewShortcut, Shortcut};
use ashpd::zbus;
use futures_util::StreamExt;
use futures_util::future::{AbortHandle, abortable};
use futures_util::stream::select;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::JoinHandle;

/// What the program calls itself towards the desktop.
const APPLICATION: &str = "io.github.impasto.Impasto";

/// The conversation with the portal, on the thread `desktop hotkeys`; dropping it gives the keys back and joins the
/// thread.
pub struct DesktopHotkeys {
    abort: AbortHandle,
    thread: Option<JoinHandle<()>>,
}

impl DesktopHotkeys {
    /// Asks for keys. What is granted, or why nothing is, is sent as an event, and so are presses and releases.
    ///
    /// # Errors
    /// The system gives no more threads; the text is for people.
    pub fn ask(settings: &HotkeySettings, mailer: &Mailer) -> Result<Self, String> {
        let wishes: Vec<_> = HotkeyAction::all()
            .map(|action| {
                let trigger = settings.candidates(action).first().map(trigger);
                NewShortcut::new(id(action), action.meaning()).preferred_trigger(trigger.as_deref())
            })
            .collect();
        let (told, broken) = (mailer.clone(), mailer.clone());
        let (talk, abort) = abortable(async move {
            if let Err(error) = talk(&wishes, &told).await {
                told.send(AppEvent::HotkeysMissing(reason(&error)));
            }
        });
        let thread = std::thread::Builder::new()
            .name("desktop hotkeys".to_owned())
            .spawn(move || {
                // The bindings panic where a portal breaks its protocol.
                if catch_unwind(AssertUnwindSafe(|| pollster::block_on(talk))).is_err() {
                    broken.send(AppEvent::HotkeysMissing("the desktop's portal broke its protocol".to_owned()));
                }
            })
            .map_err(|error| format!("hotkeys are off: the system gives no more threads ({error})"))?;
        Ok(Self { abort, thread: Some(thread) })
    }
}

impl Drop for DesktopHotkeys {
    fn drop(&mut self) {
        self.abort.abort();
        if let Some(thread) = self.thread.take() {
            // Its panics are caught, and there is nothing left to save.
            let _ = thread.join();
        }
    }
}

/// What happens to a key.
enum News {
    Key { id: String, is_pressed: bool },
    Changed(Vec<Shortcut>),
}

/// Asks for the keys and tells what happens to them, until the desktop ends it.
async fn talk(wishes: &[NewShortcut], mailer: &Mailer) -> ashpd::Result<()> {
    // A connection of its own: when it is dropped, the keys are free again.
    let connection = zbus::Connection::session().await?;
    register(&connection).await;
    let shortcuts = GlobalShortcuts::with_connection(connection).await?;
    let session = shortcuts.create_session(Default::default()).await?;
    let pressed = shortcuts.receive_activated().await?;
    let released = shortcuts.receive_deactivated().await?;
    let changed = shortcuts.receive_shortcuts_changed().await?;
    let granted = shortcuts.bind_shortcuts(&session, wishes, None, Default::default()).await?.response()?;
    tell_granted(granted.shortcuts(), mailer);
    let key = |id: &str, is_pressed| News::Key { id: id.to_owned(), is_pressed };
    let keys = select(
        pressed.map(move |press| key(press.shortcut_id(), true)),
        released.map(move |release| key(release.shortcut_id(), false)),
    );
    let mut news = select(keys, changed.map(|change| News::Changed(change.shortcuts().to_vec())));
    while let Some(news) = news.next().await {
        match news {
            News::Key { id, is_pressed } => {
                if let Some(action) = action_of(&id) {
                    mailer.send(AppEvent::Hotkey { action, is_pressed });
                }
            }
            News::Changed(granted) => tell_granted(&granted, mailer),
        }
    }
    Ok(())
}

/// Says who we are, which some desktops want to know before they grant keys. Those that know no such question, or no
/// menu entry of ours, decide without it.
async fn register(connection: &zbus::Connection) {
    let Ok(name) = APPLICATION.parse() else { return };
    if let Err(error) = ashpd::register_host_app_with_connection(connection.clone(), name).await {
        tracing::debug!("the desktop does not know us: {error}");
    }
}

fn tell_granted(shortcuts: &[Shortcut], mailer: &Mailer) {
    let granted = shortcuts.iter().filter_map(|shortcut| {
        let keys = Some(shortcut.trigger_description().trim().to_owned()).filter(|keys| !keys.is_empty());
        Some((action_of(shortcut.id())?, keys))
    });
    mailer.send(AppEvent::HotkeysGranted(granted.collect()));
}

/// How the desktop knows an action.
fn id(action: HotkeyAction) -> String {
    action.name().to_owned()
}

fn action_of(id: &str) -> Option<HotkeyAction> {
    HotkeyAction::all().find(|action| action.name() == id)
}

/// Why there are no keys, in a few words.
fn reason(error: &ashpd::Error) -> String {
    match error {
        ashpd::Error::Response(ResponseError::Cancelled) => "you granted none in the desktop's dialog".to_owned(),
        ashpd::Error::Response(ResponseError::Other) => "the desktop refused them".to_owned(),
        ashpd::Error::PortalNotFound(_) => "this desktop's portal grants none".to_owned(),
        ashpd::Error::Zbus(zbus::Error::Address(_) | zbus::Error::InputOutput(_) | zbus::Error::Connection(..)) => {
            "there is no D-Bus session".to_owned()
        }
        ashpd::Error::Zbus(error) | ashpd::Error::Portal(ashpd::PortalError::ZBus(error)) => {
            match method_error(error) {
                Some("ServiceUnknown" | "NameHasNoOwner") => "this desktop has no portal".to_owned(),
                Some("UnknownInterface" | "UnknownMethod" | "UnknownProperty" | "UnknownObject") => {
                    "this desktop's portal grants none".to_owned()
                }
                _ => format!("the desktop's portal failed ({error})"),
            }
        }
        error => format!("the desktop's portal failed ({error})"),
    }
}

/// The last part of a D-Bus error's name.
fn method_error(error: &zbus::Error) -> Option<&str> {
    match error {
        zbus::Error::MethodError(name, ..) => name.rsplit('.').next(),
        zbus::Error::FDO(error) => match **error {
            zbus::fdo::Error::ServiceUnknown(_) => Some("ServiceUnknown"),
            zbus::fdo::Error::NameHasNoOwner(_) => Some("NameHasNoOwner"),
            zbus::fdo::Error::UnknownInterface(_) => Some("UnknownInterface"),
            zbus::fdo::Error::UnknownMethod(_) => Some("UnknownMethod"),
            zbus::fdo::Error::UnknownProperty(_) => Some("UnknownProperty"),
            zbus::fdo::Error::UnknownObject(_) => Some("UnknownObject"),
            _ => None,
        },
        _ => None,
    }
}
