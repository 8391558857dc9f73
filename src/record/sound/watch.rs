//! Looks each second for what is to be captured, for games start their sound late, and start it again.

use super::SoundSettings;
use super::target::{Target, find};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TrySendError, bounded};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Time between two looks.
const INTERVAL: Duration = Duration::from_secs(1);

/// The thread, named `sound watch`; dropped, it ends.
pub struct Watch {
    found: Receiver<Result<Target, String>>,
    /// Closed to end it.
    running: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Starts looking; the settings may change meanwhile.
    ///
    /// # Errors
    /// The system gives no more threads.
    pub fn start(settings: Arc<Mutex<SoundSettings>>) -> std::io::Result<Self> {
        // What was found and not read yet is as good a second later.
        let (sender, found) = bounded(1);
        let (running, ended) = bounded::<()>(0);
        let look = move || {
            loop {
                let wanted = settings.lock().unwrap_or_else(PoisonError::into_inner).clone();
                if let Err(TrySendError::Disconnected(_)) = sender.try_send(find(&wanted)) {
                    return;
                }
                if let Err(RecvTimeoutError::Disconnected) = ended.recv_timeout(INTERVAL) {
                    return;
                }
            }
        };
        let thread = std::thread::Builder::new().name("sound watch".to_owned()).spawn(look)?;
        Ok(Self { found, running: Some(running), thread: Some(thread) })
    }

    /// What was found, each second.
    pub fn found(&self) -> &Receiver<Result<Target, String>> {
        &self.found
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.running = None;
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has nothing to say any more.
            let _ = thread.join();
        }
    }
}
