//! What the person chose in the portal's dialog, as a frame source.

use super::PortalError;
use super::portal::{Conversation, Grant, PortalNews};
use super::stream::{PictureStream, StreamHealth};
use crate::capture::portal_request::PortalRequest;
use crate::capture::{CaptureError, Captured, FrameSource};
use crate::control::{EndReason, IdleReason};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How long the portal may take before it shows its dialog.
const PORTAL_PATIENCE: Duration = Duration::from_secs(30);

/// A choice that is given again comes within this time, and nobody is told of a dialog.
const SILENT_CHOICE: Duration = Duration::from_millis(400);

/// A change of size pauses the stream for some 20 ms: only a pause that lasts is one.
const LASTING_PAUSE: Duration = Duration::from_millis(500);

/// After the stream has ended, the word that PipeWire itself is gone may come this much later.
const LAST_WORD: Duration = Duration::from_millis(150);

const PIPEWIRE_GONE: &str = "PipeWire, which hands the pictures over, has ended: start it again (systemctl --user restart pipewire) and \
                             choose again";

const SCREEN_NOTICE: &str = "a whole screen is captured: keep the painting off that screen, or it is painted into itself; choose \
                             the game's window instead where the desktop offers windows";

const CURSOR_NOTICE: &str = "this desktop cannot leave the cursor out of the picture: it is painted, too";

/// Captures the window or screen that the person chooses.
pub struct PortalSource {
    conversation: Conversation,
    stage: Stage,
    notices: VecDeque<&'static str>,
    told_idle: Option<IdleReason>,
}

enum Stage {
    /// The portal has not answered yet.
    Connecting {
        since: Instant,
    },
    /// The dialog is open, or the portal gives the last choice again.
    Choosing {
        since: Instant,
    },
    Streaming(PictureStream),
}

impl PortalSource {
    /// Begins to ask the portal; the person's choice comes while the source is polled.
    ///
    /// # Errors
    /// The system gives no more threads.
    pub fn open(request: PortalRequest) -> Result<Self, CaptureError> {
        let conversation = Conversation::start(request)
            .map_err(|error| PortalError::Failed { reason: format!("the system gives no more threads ({error})") })?;
        let stage = Stage::Connecting { since: Instant::now() };
        Ok(Self { conversation, stage, notices: VecDeque::new(), told_idle: None })
    }

    /// Waits for news of the portal. A source that streams looks for them without waiting.
    fn hear(&mut self, timeout: Duration) -> Result<(), EndReason> {
        let Some(news) = self.conversation.next(timeout) else {
            return match self.stage {
                Stage::Connecting { since } if since.elapsed() > PORTAL_PATIENCE => Err(PortalError::Silent.into()),
                _ => Ok(()),
            };
        };
        match news {
            PortalNews::Asked => self.stage = Stage::Choosing { since: Instant::now() },
            PortalNews::Granted(grant) => self.stage = Stage::Streaming(self.connect(grant)?),
            PortalNews::Closed => return Err(EndReason::SharingEnded),
            PortalNews::Failed(error) => return Err(error.into()),
        }
        Ok(())
    }

    fn connect(&mut self, grant: Grant) -> Result<PictureStream, EndReason> {
        self.notices.extend(grant.is_screen.then_some(SCREEN_NOTICE));
        self.notices.extend(grant.has_cursor.then_some(CURSOR_NOTICE));
        PictureStream::connect(grant.remote, grant.node).map_err(|error| {
            EndReason::Failed(format!("PipeWire, which hands the pictures over, cannot be reached: {error}; start it (systemctl --user start pipewire) and choose again"))
        })
    }

    fn idle_reason(&self) -> Option<IdleReason> {
        match &self.stage {
            Stage::Connecting { .. } => None,
            Stage::Choosing { since } => (since.elapsed() >= SILENT_CHOICE).then_some(IdleReason::Choosing),
            Stage::Streaming(stream) => match stream.health() {
                StreamHealth::Waiting { since } if since.elapsed() >= LASTING_PAUSE => Some(IdleReason::Paused),
                _ => None,
            },
        }
    }

    /// What keeps the stream from going on; `None` while it goes on.
    fn end_reason(&mut self) -> Option<EndReason> {
        let Stage::Streaming(stream) = &mut self.stage else { return None };
        if stream.health() == StreamHealth::Ended {
            let deadline = Instant::now() + LAST_WORD;
            while Instant::now() < deadline && stream.health() != StreamHealth::PipeWireGone {
                stream.wait(Duration::from_millis(10));
            }
        }
        match stream.health() {
            StreamHealth::Ended => Some(EndReason::SharingEnded),
            StreamHealth::PipeWireGone => Some(EndReason::Failed(PIPEWIRE_GONE.to_owned())),
            StreamHealth::Failed(reason) => Some(EndReason::Failed(reason)),
            StreamHealth::Waiting { .. } | StreamHealth::Streaming => None,
        }
    }

    /// What there is to say without waiting.
    fn word(&mut self) -> Option<Captured> {
        if let Stage::Streaming(stream) = &self.stage
            && let Some(frame) = stream.take()
        {
            self.told_idle = None;
            return Some(Captured::Frame(frame));
        }
        if let Some(reason) = self.end_reason() {
            return Some(Captured::Ended(reason));
        }
        if let Some(notice) = self.notices.pop_front() {
            return Some(Captured::Notice(notice.to_owned()));
        }
        let idle = self.idle_reason();
        if idle == self.told_idle {
            return None;
        }
        self.told_idle = idle;
        idle.map(Captured::Idle)
    }
}

impl FrameSource for PortalSource {
    fn poll(&mut self, timeout: Duration) -> Captured {
        let deadline = Instant::now() + timeout;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let heard = match &mut self.stage {
                Stage::Streaming(stream) => {
                    stream.wait(left);
                    self.hear(Duration::ZERO)
                }
                _ => self.hear(left),
            };
            if let Err(reason) = heard {
                return Captured::Ended(reason);
            }
            if let Some(word) = self.word() {
                return word;
            }
            if left.is_zero() {
                return self.told_idle.map_or(Captured::Unchanged, Captured::Idle);
            }
        }
    }
}

impl From<PortalError> for EndReason {
    fn from(error: PortalError) -> Self {
        Self::Failed(error.to_string())
    }
}
