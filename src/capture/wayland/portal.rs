//! The conversation with the desktop's portal, on a thread of its own: the person may take minutes to choose.

use super::error::PortalError;
use super::tokens::{keep_token, last_token};
use crate::capture::portal_request::{PortalRequest, PortalTarget};
use ashpd::desktop::PersistMode;
use ashpd::desktop::screencast::{CursorMode, Screencast, SelectSourcesOptions, SourceType};
use ashpd::enumflags2::BitFlags;
use ashpd::zbus;
use crossbeam_channel::{Receiver, Sender, bounded};
use futures_util::StreamExt;
use futures_util::future::{AbortHandle, abortable};
use std::os::fd::OwnedFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long the portal may take to say what it offers.
const OFFER_PATIENCE: Duration = Duration::from_secs(5);

/// News that may wait: asking, granted, ended.
const MOST_NEWS: usize = 4;

/// What the person has allowed.
pub struct Grant {
    /// A connection to PipeWire that sees what was chosen.
    pub remote: OwnedFd,
    /// The node in PipeWire that gives the pictures.
    pub node: u32,
    /// Whether a whole screen was chosen.
    pub is_screen: bool,
    /// The cursor could not be left out.
    pub has_cursor: bool,
}

/// What comes from the portal.
pub enum PortalNews {
    /// The desktop shows its dialog now, or gives the last choice again.
    Asked,
    Granted(Grant),
    /// The desktop has ended the sharing.
    Closed,
    Failed(PortalError),
}

/// A conversation that runs on the thread `portal`; dropping it closes the dialog, ends the sharing and joins the
/// thread.
pub struct Conversation {
    news: Receiver<PortalNews>,
    abort: AbortHandle,
    thread: Option<JoinHandle<()>>,
}

impl Conversation {
    /// Begins to ask.
    ///
    /// # Errors
    /// The system gives no more threads.
    pub fn start(request: PortalRequest) -> std::io::Result<Self> {
        let (sender, news) = bounded(MOST_NEWS);
        let teller = sender.clone();
        let (talk, abort) = abortable(async move {
            if let Err(error) = talk(&request, &teller).await {
                tell(&teller, PortalNews::Failed(error));
            }
        });
        let thread = std::thread::Builder::new().name("portal".to_owned()).spawn(move || {
            // The bindings panic where a portal breaks its protocol.
            if catch_unwind(AssertUnwindSafe(|| pollster::block_on(talk))).is_err() {
                let reason = "it broke its protocol".to_owned();
                tell(&sender, PortalNews::Failed(PortalError::Failed { reason }));
            }
        })?;
        Ok(Self { news, abort, thread: Some(thread) })
    }

    /// Waits up to `timeout` for news.
    pub fn next(&self, timeout: Duration) -> Option<PortalNews> {
        self.news.recv_timeout(timeout).ok()
    }
}

impl Drop for Conversation {
    fn drop(&mut self) {
        self.abort.abort();
        if let Some(thread) = self.thread.take() {
            // Its panics are caught, and there is nothing left to save.
            let _ = thread.join();
        }
    }
}

/// Tells news; with four places none is ever lost, and whoever listened may be gone.
fn tell(teller: &Sender<PortalNews>, news: PortalNews) {
    let _ = teller.try_send(news);
}

async fn connect(bus: Option<&str>) -> Result<zbus::Connection, PortalError> {
    let builder = match bus {
        Some(address) => zbus::connection::Builder::address(address),
        None => zbus::connection::Builder::session(),
    };
    let no_session = |error: zbus::Error| PortalError::NoSession { reason: error.to_string() };
    builder.map_err(no_session)?.build().await.map_err(no_session)
}

/// Asks, and then waits for the end of the sharing. The connection is its own: when it is dropped, the desktop closes
/// dialog and stream.
async fn talk(request: &PortalRequest, teller: &Sender<PortalNews>) -> Result<(), PortalError> {
    let connection = connect(request.bus.as_deref()).await?;
    let screencast = Screencast::with_connection(connection).await?;
    let targets = wanted_sources(request.target, screencast.available_source_types().await?)?;
    // Version 1 of the portal cannot say how it treats the cursor, and hides it.
    let cursors = screencast.available_cursor_modes().await.unwrap_or(CursorMode::Hidden.into());
    let cursor = [CursorMode::Hidden, CursorMode::Metadata].into_iter().find(|mode| cursors.contains(*mode));
    let session = screencast.create_session(Default::default()).await?;
    let mut closed = session.receive_closed().await?;
    let mut options = SelectSourcesOptions::default().set_multiple(false).set_sources(targets).set_cursor_mode(cursor);
    if screencast.version() >= 4 {
        let token = last_token(request);
        options = options.set_persist_mode(PersistMode::ExplicitlyRevoked).set_restore_token(token.as_deref());
    }
    screencast.select_sources(&session, options).await?.response()?;
    tell(teller, PortalNews::Asked);
    let streams = screencast.start(&session, None, Default::default()).await?.response()?;
    keep_token(request, streams.restore_token());
    let Some(stream) = streams.streams().first() else { return Err(PortalError::Cancelled) };
    let node = stream.pipe_wire_node_id();
    let is_screen = match stream.source_type() {
        Some(kind) => kind == SourceType::Monitor,
        None => !targets.contains(SourceType::Window),
    };
    let remote = screencast.open_pipe_wire_remote(&session, Default::default()).await?;
    tell(teller, PortalNews::Granted(Grant { remote, node, is_screen, has_cursor: cursor.is_none() }));
    if closed.next().await.is_some() {
        tell(teller, PortalNews::Closed);
    }
    Ok(())
}

/// What is asked for of what the desktop offers.
fn wanted_sources(target: PortalTarget, offered: BitFlags<SourceType>) -> Result<BitFlags<SourceType>, PortalError> {
    let wanted = match target {
        PortalTarget::Any => SourceType::Window | SourceType::Monitor,
        PortalTarget::Window => SourceType::Window.into(),
        PortalTarget::Screen => SourceType::Monitor.into(),
    };
    let possible = wanted & offered;
    match target {
        _ if !possible.is_empty() => Ok(possible),
        PortalTarget::Any => Err(PortalError::NoScreenCast),
        PortalTarget::Window => Err(PortalError::NoWindows),
        PortalTarget::Screen => Err(PortalError::NoScreens),
    }
}

/// What the desktop's portal can share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PortalOffer {
    /// Version of its ScreenCast interface.
    pub version: u32,
    pub has_windows: bool,
    pub has_screens: bool,
    /// The cursor can be left out.
    pub hides_cursor: bool,
}

/// Asks the portal what it can share; nothing is shown to the person. Takes some seconds at most.
///
/// # Errors
/// There is no portal, it cannot share screens, or it does not answer.
pub fn portal_offer(bus: Option<&str>) -> Result<PortalOffer, PortalError> {
    let bus = bus.map(ToOwned::to_owned);
    let (sender, answer) = bounded(1);
    let (ask, abort) = abortable(async move {
        let offer = async {
            let screencast = Screencast::with_connection(connect(bus.as_deref()).await?).await?;
            let sources = screencast.available_source_types().await?;
            let cursors = screencast.available_cursor_modes().await.unwrap_or(CursorMode::Hidden.into());
            Ok(PortalOffer {
                version: screencast.version(),
                has_windows: sources.contains(SourceType::Window),
                has_screens: sources.contains(SourceType::Monitor),
                hides_cursor: cursors.intersects(CursorMode::Hidden | CursorMode::Metadata),
            })
        };
        let _ = sender.try_send(offer.await);
    });
    let thread = std::thread::Builder::new()
        .name("portal offer".to_owned())
        .spawn(move || pollster::block_on(ask))
        .map_err(|error| PortalError::Failed { reason: error.to_string() })?;
    let answered = answer.recv_timeout(OFFER_PATIENCE);
    abort.abort();
    // It ends at once after that, and a panic inside leaves no answer.
    let _ = thread.join();
    answered.unwrap_or(Err(PortalError::Silent))
}
