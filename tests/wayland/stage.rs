//! A whole desktop for one test, and a source that looks at it.

use crate::compositor::{Compositor, Memory};
use crate::picture::{Layout, difference};
use crate::pipewire_server::PipeWireServer;
use crate::portal::Portal;
use crate::support::bus::Bus;
use crate::support::desktop::PATIENCE;
use impasto::capture::{Captured, FrameSource, PortalRequest, PortalSource};
use impasto::control::{EndReason, IdleReason};
use impasto::frame::{Frame, Size};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long one poll waits.
pub const POLL: Duration = Duration::from_millis(50);

/// Bus, PipeWire, compositor and portal. They end in this order.
pub struct Stage {
    pub portal: Portal,
    pub compositor: Compositor,
    pub pipewire: PipeWireServer,
    pub bus: Bus,
}

impl Stage {
    /// `None` (loudly) where a tool is missing.
    pub fn start(layout: Layout) -> Option<Self> {
        Self::start_with(layout, Memory::Shared)
    }

    pub fn start_with(layout: Layout, memory: Memory) -> Option<Self> {
        let bus = Bus::start()?;
        let pipewire = PipeWireServer::start(&bus.address)?;
        let compositor = Compositor::start(pipewire.connect(), layout, memory);
        let portal = Portal::start(&bus.address, compositor.node, pipewire.socket());
        Some(Self { portal, compositor, pipewire, bus })
    }

    pub fn request(&self) -> PortalRequest {
        PortalRequest { bus: Some(self.bus.address.clone()), ..PortalRequest::default() }
    }

    pub fn open(&self) -> Watched {
        Watched::open(self.request())
    }
}

/// A source, and what it said beside pictures.
pub struct Watched {
    source: PortalSource,
    pub notices: Vec<String>,
}

impl Watched {
    pub fn open(request: PortalRequest) -> Self {
        Self { source: PortalSource::open(request).unwrap(), notices: Vec::new() }
    }

    /// Polls until `look` has found what it looks for. No poll may take much longer than it was allowed.
    pub fn until<T>(&mut self, what: &str, mut look: impl FnMut(&Captured) -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            let polled = Instant::now();
            let captured = self.source.poll(POLL);
            assert!(polled.elapsed() < POLL + Duration::from_millis(1500), "a poll took {:?}", polled.elapsed());
            if let Captured::Notice(text) = &captured {
                self.notices.push(text.clone());
            }
            if let Some(found) = look(&captured) {
                return found;
            }
            assert!(!matches!(captured, Captured::Ended(_)), "{captured:?} while waiting for {what}");
            assert!(start.elapsed() < PATIENCE, "waited in vain for {what}");
        }
    }

    /// Waits for the picture with this number, at this size.
    pub fn picture(&mut self, size: Size, seed: u8) -> Arc<Frame> {
        let mut last = String::new();
        self.until(&format!("the picture {seed} of {size}"), |captured| match captured {
            Captured::Frame(frame) => {
                let wrong = difference(frame, size, seed);
                last = wrong.clone().unwrap_or_default();
                wrong.is_none().then(|| Arc::clone(frame))
            }
            _ if !last.is_empty() => {
                eprintln!("the last frame was wrong: {}", std::mem::take(&mut last));
                None
            }
            _ => None,
        })
    }

    pub fn idle(&mut self, reason: IdleReason) {
        self.until("a pause", |captured| match captured {
            Captured::Idle(told) => {
                assert_eq!(*told, reason);
                Some(())
            }
            _ => None,
        });
    }

    pub fn end(&mut self) -> EndReason {
        self.until("the end", |captured| match captured {
            Captured::Ended(reason) => Some(reason.clone()),
            _ => None,
        })
    }

    /// The text with which the source fails.
    pub fn failure(&mut self) -> String {
        match self.end() {
            EndReason::Failed(text) => text,
            other => panic!("{other:?}"),
        }
    }

    /// Polls for a while and gives what came, but for `Unchanged`.
    pub fn listen(&mut self, time: Duration) -> Vec<Captured> {
        let start = Instant::now();
        let mut heard = Vec::new();
        while start.elapsed() < time {
            match self.source.poll(POLL) {
                Captured::Unchanged => {}
                other => heard.push(other),
            }
        }
        heard
    }
}
