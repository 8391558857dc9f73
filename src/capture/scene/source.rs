//! The scene as a frame source, in real time.

use super::Scene;
use crate::capture::{Captured, FrameSource};
use crate::frame::{FramePool, Size};
use std::convert::Infallible;
use std::time::{Duration, Instant};

/// Pace of the scene.
const FPS: u64 = 60;
const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// Plays the scene at 60 frames a second, by the clock: a slow machine sees fewer frames, not a slower walk.
pub struct SceneSource {
    scene: Scene,
    size: Size,
    started: Option<Instant>,
    pool: FramePool,
    /// Number of the 1/60 s step that is due next.
    next_step: u64,
    sequence: u64,
}

impl SceneSource {
    /// A source of pictures of this size (sides of 0 count as 1). The clock starts with the first poll.
    pub fn new(size: Size, seed: u64) -> Self {
        let size = Size::new(size.width.max(1), size.height.max(1));
        Self { scene: Scene::new(seed), size, started: None, pool: FramePool::new(), next_step: 0, sequence: 0 }
    }
}

impl FrameSource for SceneSource {
    fn poll(&mut self, timeout: Duration) -> Captured {
        let started = *self.started.get_or_insert_with(Instant::now);
        let wait = time_of(self.next_step).saturating_sub(started.elapsed());
        std::thread::sleep(wait.min(timeout));
        if wait > timeout {
            return Captured::Unchanged;
        }
        // A late poll shows the newest picture that is due and leaves out those before it.
        let step = self.next_step.max(step_at(started.elapsed()));
        self.next_step = step + 1;
        let filled = self.pool.fill(self.size, |frame| {
            self.scene.render(time_of(step), frame);
            frame.captured_at = Instant::now();
            frame.sequence = self.sequence;
            Ok::<_, Infallible>(())
        });
        self.sequence += 1;
        match filled {
            Ok(frame) => Captured::Frame(frame),
            Err(never) => match never {},
        }
    }
}

fn time_of(step: u64) -> Duration {
    Duration::from_nanos(step * NANOS_PER_SECOND / FPS)
}

fn step_at(elapsed: Duration) -> u64 {
    (elapsed.as_nanos() as u64).saturating_mul(FPS) / NANOS_PER_SECOND
}
