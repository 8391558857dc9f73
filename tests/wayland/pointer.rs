//! A pointer of the tests' own on a wlroots desktop.

use crate::sway::{OUTPUT, Sway};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};
use wayland_client::globals::{GlobalListContents, registry_queue_init};
use wayland_client::protocol::wl_pointer::ButtonState;
use wayland_client::protocol::wl_registry::{self, WlRegistry};
use wayland_client::{Connection, Dispatch, EventQueue, QueueHandle, delegate_noop};
use wayland_protocols_wlr::virtual_pointer::v1::client::zwlr_virtual_pointer_manager_v1::ZwlrVirtualPointerManagerV1;
use wayland_protocols_wlr::virtual_pointer::v1::client::zwlr_virtual_pointer_v1::ZwlrVirtualPointerV1;

/// The left button, as the kernel numbers it.
const LEFT_BUTTON: u32 = 0x110;

/// What a person leaves between two movements of the hand.
const HAND_PAUSE: Duration = Duration::from_millis(60);

/// The pointer; it goes when dropped.
pub struct Pointer {
    pointer: ZwlrVirtualPointerV1,
    events: EventQueue<Nobody>,
    started: Instant,
}

struct Nobody;

impl Pointer {
    pub fn open(sway: &Sway) -> Self {
        let stream = UnixStream::connect(sway.folder().join(sway.display())).unwrap();
        let connection = Connection::from_socket(stream).unwrap();
        let (globals, mut events) = registry_queue_init::<Nobody>(&connection).unwrap();
        let queue = events.handle();
        let manager: ZwlrVirtualPointerManagerV1 = globals.bind(&queue, 1..=2, ()).unwrap();
        let pointer = manager.create_virtual_pointer(None, &queue, ());
        events.roundtrip(&mut Nobody).unwrap();
        Self { pointer, events, started: Instant::now() }
    }

    /// Clicks at a place of the output, in pixels.
    pub fn click(&mut self, x: i64, y: i64) {
        // There and a little beside, so that it is a movement wherever the pointer was.
        for (x, y) in [(x + 2, y + 2), (x, y)] {
            let time = self.time();
            self.pointer.motion_absolute(time, x as u32, y as u32, OUTPUT.0, OUTPUT.1);
            self.finish();
        }
        for state in [ButtonState::Pressed, ButtonState::Released] {
            let time = self.time();
            self.pointer.button(time, LEFT_BUTTON, state);
            self.finish();
        }
    }

    fn finish(&mut self) {
        self.pointer.frame();
        self.events.roundtrip(&mut Nobody).unwrap();
        std::thread::sleep(HAND_PAUSE);
    }

    /// Milliseconds, as the protocol counts.
    fn time(&self) -> u32 {
        self.started.elapsed().as_millis() as u32
    }
}

impl Dispatch<WlRegistry, GlobalListContents> for Nobody {
    fn event(
        _: &mut Self,
        _: &WlRegistry,
        _: wl_registry::Event,
        _: &GlobalListContents,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
    }
}

delegate_noop!(Nobody: ZwlrVirtualPointerManagerV1);
delegate_noop!(Nobody: ZwlrVirtualPointerV1);
