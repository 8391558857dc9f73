//! One running program per desktop: a second start hands its order to the first.
//!
//! Who holds the lock is the first. It listens on a socket in the folder for run-time files (on Windows on a port, in
//! the folder for settings); both are named after the display and the settings folder, so that two desktops, or two
//! sets of settings, do not know of each other.

#[cfg(any(not(unix), test))]
mod loopback;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
use self::loopback::{Listener, Stream, connect};
#[cfg(unix)]
use self::unix::{Listener, Stream, connect};
use super::app_event::{AppEvent, Mailer};
use super::orders::{Delivery, Order};
use crate::settings::settings_folder;
use crossbeam_channel::bounded;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long a second start tries to reach the first: it may be about to end, or to begin.
const REACH_TIME: Duration = Duration::from_secs(4);

/// How long the first may take to carry out an order, and a second start waits for its word.
const ANSWER_TIME: Duration = Duration::from_secs(10);

/// Time between two tries.
const PAUSE: Duration = Duration::from_millis(50);

/// The word that an order was carried out.
const DONE: &str = "done";

/// What a start found.
pub enum Claim {
    /// Nobody else runs here. Orders of later starts arrive once it listens.
    First(FirstInstance),
    /// The program that runs has carried the order out.
    HandedOver,
}

/// Makes this the first instance, or hands `order` to the first. Takes up to some seconds where the first is ending.
///
/// # Errors
/// Another one runs but does not answer, or could not do what was asked; the text is for people.
pub fn claim(order: &Order) -> Result<Claim, String> {
    let Some(place) = meeting_place() else { return Ok(Claim::First(FirstInstance::alone())) };
    let start = Instant::now();
    loop {
        match FirstInstance::at(&place) {
            Ok(Some(first)) => return Ok(Claim::First(first)),
            Ok(None) => {}
            Err(error) => {
                // Without a place to meet every start is the first.
                tracing::debug!("no meeting place at {}: {error}", place.display());
                return Ok(Claim::First(FirstInstance::alone()));
            }
        }
        if let Ok(stream) = connect(&place) {
            return hand_over(stream, order).map(|()| Claim::HandedOver);
        }
        if start.elapsed() > REACH_TIME {
            return Err("Impasto runs already but does not answer: end it, then start it again".to_owned());
        }
        std::thread::sleep(PAUSE);
    }
}

fn hand_over(mut stream: Stream, order: &Order) -> Result<(), String> {
    let fail =
        |error: &dyn std::fmt::Display| format!("Impasto runs already, but the order did not reach it ({error})");
    let text = serde_json::to_string(order).map_err(|error| fail(&error))?;
    stream.set_read_timeout(Some(ANSWER_TIME)).map_err(|error| fail(&error))?;
    writeln!(stream, "{text}").map_err(|error| fail(&error))?;
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).map_err(|error| fail(&error))?;
    match answer.trim_end() {
        DONE => Ok(()),
        "" => Err(fail(&"it ended meanwhile")),
        error => Err(error.to_owned()),
    }
}

/// The lock that makes this the first, with the socket for orders. Both go when it is dropped.
pub struct FirstInstance {
    lock: Option<File>,
    listener: Option<Listener>,
    is_ending: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl FirstInstance {
    /// One that nobody can reach.
    fn alone() -> Self {
        Self::holding(None, None)
    }

    fn holding(lock: Option<File>, listener: Option<Listener>) -> Self {
        Self { lock, listener, is_ending: Arc::default(), thread: None }
    }

    /// Takes the lock and listens; `None` where another holds it.
    fn at(place: &Path) -> std::io::Result<Option<Self>> {
        if let Some(folder) = place.parent() {
            std::fs::create_dir_all(folder)?;
        }
        // Nothing is written: on Windows not even that may be done to a file that another has locked.
        let lock = File::options().create(true).truncate(false).write(true).open(place.with_extension("lock"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => return Ok(None),
            Err(std::fs::TryLockError::Error(error)) => return Err(error),
        }
        Ok(Some(Self::holding(Some(lock), Some(Listener::bind(place)?))))
    }

    /// Hands orders to the event loop from now on, on the thread `instance`.
    ///
    /// # Errors
    /// The system gives no more threads.
    pub fn listen(&mut self, mailer: Mailer) -> std::io::Result<()> {
        let Some(listener) = &self.listener else { return Ok(()) };
        let (accept, is_ending) = (listener.acceptor()?, Arc::clone(&self.is_ending));
        let thread = std::thread::Builder::new().name("instance".to_owned()).spawn(move || {
            loop {
                let stream = accept();
                if is_ending.load(Ordering::Acquire) {
                    return;
                }
                if let Err(error) = stream.and_then(|stream| take_order(stream, &mailer)) {
                    tracing::debug!("an order was lost: {error}");
                }
            }
        })?;
        self.thread = Some(thread);
        Ok(())
    }
}

impl Drop for FirstInstance {
    fn drop(&mut self) {
        self.is_ending.store(true, Ordering::Release);
        if let (Some(listener), Some(thread)) = (&self.listener, self.thread.take())
            && listener.wake()
        {
            // A panic inside has already been printed.
            let _ = thread.join();
        }
        // The lock goes last: who gets it finds no socket of ours.
        self.listener = None;
        self.lock = None;
    }
}

fn take_order(stream: Stream, mailer: &Mailer) -> std::io::Result<()> {
    stream.set_read_timeout(Some(ANSWER_TIME))?;
    let mut text = String::new();
    BufReader::new(stream.try_clone()?).read_line(&mut text)?;
    let result = match serde_json::from_str(&text) {
        Err(error) => Err(format!("the Impasto that runs is of another version ({error}): end it first")),
        Ok(order) => {
            let (answer, answered) = bounded(1);
            mailer.send(AppEvent::Order(Delivery { order, answer }));
            answered.recv_timeout(ANSWER_TIME).unwrap_or_else(|_| Err("the Impasto that runs is busy".to_owned()))
        }
    };
    let line = result.map_or_else(|error| error.replace('\n', " "), |()| DONE.to_owned());
    writeln!(&stream, "{line}")
}

/// The path of the lock and the socket, without their endings.
fn meeting_place() -> Option<PathBuf> {
    let settings = settings_folder();
    // The secret of a port must lie where others cannot read it, and only Unix promises that of this folder.
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").filter(|value| cfg!(unix) && !value.is_empty());
    let runtime = runtime.map(PathBuf::from);
    let mut hash = Sha256::new();
    for variable in ["WAYLAND_DISPLAY", "DISPLAY"] {
        hash.update(std::env::var(variable).unwrap_or_default());
        hash.update([0]);
    }
    hash.update(settings.as_deref().unwrap_or(Path::new("")).as_os_str().as_encoded_bytes());
    let name: String = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    Some(runtime.or(settings)?.join(format!("impasto-{name}")))
}
