//! Takes frames from scap as fast as they come, and hands over the newest whenever Impasto asks.

use crate::end;
use crate::pixels::{pack, size};
use crate::protocol::{HEARTBEAT, Message, NEXT_PICTURE, PictureHead};
use crate::speaker::Speaker;
use scap::Target;
use scap::capturer::{Capturer, Options, Resolution};
use scap::frame::{Frame, FrameType};
use std::io::Read;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Frames per second that scap is asked for, as Impasto's own sources ask.
const USUAL_FPS: u32 = 60;

/// The newest frame, between scap and whoever writes: one slot, for scap's own queue has no bound.
static NEWEST: Slot = Slot { state: Mutex::new(State { frame: None, is_asked: false }), changed: Condvar::new() };

struct Slot {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    frame: Option<(Frame, Instant)>,
    is_asked: bool,
}

impl Slot {
    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The newest frame once there is one and it is asked for; `None` after the time between two signs of life.
    fn next(&self) -> Option<(Frame, Instant)> {
        let is_quiet = |state: &mut State| !state.is_asked || state.frame.is_none();
        let waited = self.changed.wait_timeout_while(self.locked(), HEARTBEAT, is_quiet);
        let (mut state, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        if timeout.timed_out() {
            return None;
        }
        state.is_asked = false;
        state.frame.take()
    }
}

/// Captures until scap gives no more; gives the last message. Ends the program where Impasto goes.
pub fn run(speaker: &Speaker, window: Option<u32>) -> Message {
    speaker.say(&Message::Asking);
    let started = start("orders", hear_orders).and_then(|()| {
        let speaker = speaker.clone();
        start("pictures", move || answer(&speaker))
    });
    if let Err(error) = started {
        return Message::Failed(format!("the system gives no more threads ({error})"));
    }
    let mut capturer = match open(window) {
        Ok(capturer) => capturer,
        Err(reason) => return Message::Failed(reason),
    };
    capturer.start_capture();
    speaker.say(&Message::Opened);
    while let Ok(frame) = capturer.get_next_frame() {
        if size(&frame).is_some() {
            NEWEST.locked().frame = Some((frame, Instant::now()));
            NEWEST.changed.notify_one();
        }
    }
    Message::Stopped
}

/// The threads end with the program.
fn start(name: &str, work: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    std::thread::Builder::new().name(name.to_owned()).spawn(work).map(drop)
}

/// Hears what Impasto asks for; when it has gone, however that came, so does this program.
fn hear_orders() {
    let mut stream = std::io::stdin().lock();
    let mut order = [0];
    while stream.read_exact(&mut order).is_ok() {
        if order == [NEXT_PICTURE] {
            NEWEST.locked().is_asked = true;
            NEWEST.changed.notify_one();
        }
    }
    end::at_once(0);
}

/// Hands pictures over, and says in between that the program lives.
fn answer(speaker: &Speaker) {
    let mut packed = Vec::new();
    loop {
        let Some((frame, arrived)) = NEWEST.next() else {
            speaker.say(&Message::Alive);
            continue;
        };
        match size(&frame) {
            Some((width_px, height_px)) if pack(&frame, &mut packed) => {
                let age = arrived.elapsed().min(Duration::from_secs(60));
                speaker.show(PictureHead { width_px, height_px, age }, &packed);
            }
            // A frame from the middle of a change of size: the next one does instead.
            _ => NEWEST.locked().is_asked = true,
        }
    }
}

/// Opens scap; on Linux the desktop's dialog is open meanwhile.
fn open(window: Option<u32>) -> Result<Capturer, String> {
    if !scap::has_permission() && !scap::request_permission() {
        return Err("the system does not allow screen recording: allow it for Impasto in the settings, Privacy & Security, Screen \
                    Recording, and start again"
            .to_owned());
    }
    let target = match window {
        None => None,
        Some(id) => Some(find(id).ok_or_else(|| format!("there is no window {id} any more: choose another one"))?),
    };
    let options = Options {
        fps: USUAL_FPS,
        show_cursor: false,
        show_highlight: false,
        target,
        crop_area: None,
        output_type: FrameType::BGRAFrame,
        output_resolution: Resolution::Captured,
        excluded_targets: None,
    };
    Capturer::build(options).map_err(|error| format!("scap cannot capture here: {error}"))
}

fn find(id: u32) -> Option<Target> {
    scap::get_all_targets().into_iter().find(|target| matches!(target, Target::Window(window) if window.id == id))
}

/// Ids and titles of the windows that can be captured; none on Linux, where the desktop lets the person choose.
pub fn windows() -> impl Iterator<Item = (u32, String)> {
    scap::get_all_targets().into_iter().filter_map(|target| match target {
        Target::Window(window) => Some((window.id, window.title)),
        Target::Display(_) => None,
    })
}
