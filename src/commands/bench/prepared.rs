//! Pictures of the built-in scene that were rendered beforehand, so that rendering costs nothing while it is measured.

use crate::capture::scene::Scene;
use crate::capture::{Captured, FrameSource};
use crate::commands::run::SCENE_SEED;
use crate::control::EndReason;
use crate::frame::{BYTES_PER_PIXEL, Frame, FramePool, Size};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// At most so many pictures, and so much memory, in bytes.
const MOST_PICTURES: usize = 60;
const MOST_BYTES: usize = 128 << 20;
/// Time of the scene between two pictures.
const STEP: Duration = Duration::from_nanos(1_000_000_000 / 60);
/// A picture is handed out at the pace of a game, and whenever one is asked for.
const PACE: Duration = STEP;

/// Renders pictures of this size.
pub fn prepare(size: Size) -> Vec<Frame> {
    let scene = Scene::new(SCENE_SEED);
    let count = (MOST_BYTES / (size.area() * BYTES_PER_PIXEL)).clamp(2, MOST_PICTURES);
    let render = |step| {
        let mut frame = Frame::new(size);
        scene.render(STEP * step, &mut frame);
        frame
    };
    (0..count as u32).map(render).collect()
}

/// How the owner of a source asks for pictures, and closes and opens it.
pub struct Tap {
    ask: Sender<()>,
    state: Arc<Mutex<TapState>>,
}

#[derive(Default)]
struct TapState {
    is_open: bool,
    /// Number of pictures handed out.
    handed_out: u64,
}

impl Tap {
    /// Asks for a picture at once.
    pub fn ask(&self) {
        // One that is asked for already is enough.
        let _ = self.ask.try_send(());
    }

    /// Opens or closes the source. Closed, it hands nothing out, from the return of this call on.
    pub fn set_open(&self, is_open: bool) {
        locked(&self.state).is_open = is_open;
        if is_open {
            self.ask();
        }
    }

    /// Sequence number of the last picture that was handed out; `None` before the first.
    pub fn last_sequence(&self) -> Option<u64> {
        locked(&self.state).handed_out.checked_sub(1)
    }
}

/// The pictures as a source.
pub struct PreparedSource {
    pictures: Arc<Vec<Frame>>,
    asked: Receiver<()>,
    state: Arc<Mutex<TapState>>,
    pool: FramePool,
    due: Instant,
}

/// A closed source of these pictures, and its tap.
pub fn prepared_source(pictures: Arc<Vec<Frame>>) -> (PreparedSource, Tap) {
    let (ask, asked) = bounded(1);
    let state = Arc::new(Mutex::new(TapState::default()));
    let tap = Tap { ask, state: Arc::clone(&state) };
    (PreparedSource { pictures, asked, state, pool: FramePool::new(), due: Instant::now() }, tap)
}

impl FrameSource for PreparedSource {
    fn poll(&mut self, timeout: Duration) -> Captured {
        // Closed, it sleeps as long as it may, so that what is measured meanwhile has the machine for itself.
        let is_open = locked(&self.state).is_open;
        let wait = if is_open { self.due.saturating_duration_since(Instant::now()).min(timeout) } else { timeout };
        match self.asked.recv_timeout(wait) {
            Err(RecvTimeoutError::Disconnected) => return Captured::Ended(EndReason::EndOfFile),
            Err(RecvTimeoutError::Timeout) if Instant::now() < self.due => return Captured::Unchanged,
            Ok(()) | Err(RecvTimeoutError::Timeout) => {}
        }
        let mut state = locked(&self.state);
        if !state.is_open {
            return Captured::Unchanged;
        }
        let sequence = state.handed_out;
        let picture = &self.pictures[sequence as usize % self.pictures.len()];
        let captured_at = Instant::now();
        let filled = self.pool.fill(picture.size, |frame| {
            frame.pixels.copy_from_slice(&picture.pixels);
            (frame.captured_at, frame.sequence, frame.timestamp) = (captured_at, sequence, STEP * sequence as u32);
            Ok::<_, Infallible>(())
        });
        state.handed_out += 1;
        self.due = captured_at + PACE;
        match filled {
            Ok(frame) => Captured::Frame(frame),
        }
    }
}

fn locked(state: &Mutex<TapState>) -> MutexGuard<'_, TapState> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(30);

    fn sequence(source: &mut PreparedSource) -> u64 {
        loop {
            match source.poll(LONG) {
                Captured::Frame(frame) => return frame.sequence,
                Captured::Unchanged => {}
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn hands_pictures_out_only_while_open_and_counts_them() {
        let pictures = Arc::new(vec![Frame::new(Size::new(2, 2)); 2]);
        let (mut source, tap) = prepared_source(pictures);
        tap.ask();
        assert!(matches!(source.poll(LONG), Captured::Unchanged), "it is closed");
        assert_eq!(tap.last_sequence(), None);
        tap.set_open(true);
        assert_eq!((sequence(&mut source), sequence(&mut source), sequence(&mut source)), (0, 1, 2));
        assert_eq!(tap.last_sequence(), Some(2));
        drop(tap);
        assert!(matches!(source.poll(LONG), Captured::Ended(EndReason::EndOfFile)));
    }

    #[test]
    fn prepares_different_pictures_within_the_memory_allowed() {
        let pictures = prepare(Size::new(64, 48));
        assert_eq!(pictures.len(), MOST_PICTURES);
        assert_ne!(pictures[0].pixels, pictures[MOST_PICTURES - 1].pixels);
    }
}
