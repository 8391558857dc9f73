//! Two frames that followed each other, and the flow between them.

use super::window::Window;
use super::{MIN_SIDE_PX, shrunk};
use crate::capture::scene::Scene;
use crate::frame::{Frame, Size, read_picture};
use crate::light::level_alike;
use crate::network::Random;
use crate::steadiness::{Flow, estimate_flow};
use crate::train::Planes;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Size of the built-in scene's frames.
const SCENE_SIZE: Size = Size::new(640, 480);

/// Pairs of which less than this share is to be seen in both frames teach nothing: the video cuts there.
const LEAST_SEEN_SHARE: f64 = 0.2;

/// Two successive frames, read when they are first drawn, with a flow that is computed once.
pub(super) struct Pair {
    origin: Origin,
    is_levelled: bool,
    state: State,
}

enum Origin {
    Files([PathBuf; 2]),
    Frames,
    Scene { scene: Arc<Scene>, times: [Duration; 2] },
}

enum State {
    NotYet,
    Frames([Frame; 2]),
    Whole([Frame; 2], Flow),
    /// The frames show too little in common.
    Cut([Frame; 2]),
    Unreadable,
}

/// A crop of two successive frames, and the flow from the second back to the first.
#[derive(Debug, Clone, PartialEq)]
pub struct PairCrop {
    pub before: Planes,
    pub now: Planes,
    /// Of the crop: what comes from beyond it is occluded.
    pub flow: Flow,
}

impl Pair {
    pub fn of_files(before: PathBuf, now: PathBuf) -> Self {
        Self::new(Origin::Files([before, now]), State::NotYet)
    }

    /// Two frames of one size.
    pub fn of_frames(before: Frame, now: Frame) -> Self {
        Self::new(Origin::Frames, State::Frames([before, now]))
    }

    pub fn of_scene(scene: Arc<Scene>, times: [Duration; 2]) -> Self {
        Self::new(Origin::Scene { scene, times }, State::NotYet)
    }

    fn new(origin: Origin, state: State) -> Self {
        Self { origin, is_levelled: false, state }
    }

    /// Levels both frames with the curve of the first one: from frame to frame, the curve of a game hardly moves. Those
    /// that have not been read yet are levelled when they are.
    pub fn level(&mut self) {
        self.is_levelled = true;
        if let State::Frames(frames) = &mut self.state {
            level_alike(frames);
        }
    }

    /// The earlier frame; `None` where the pair cannot be read. Whether there is one does not depend on what was asked
    /// before, or a training that goes on would draw other pictures.
    pub fn before(&mut self) -> Option<&Frame> {
        if matches!(self.state, State::NotYet) {
            self.state = self.origin.read().map_or(State::Unreadable, State::Frames);
            if self.is_levelled {
                self.level();
            }
        }
        match &self.state {
            State::Frames([before, _]) | State::Whole([before, _], _) | State::Cut([before, _]) => Some(before),
            State::NotYet | State::Unreadable => None,
        }
    }

    /// Both frames and the flow from the later one back; `None` where the pair cannot be read, or is a cut. The first
    /// call takes up to a second.
    fn whole(&mut self) -> Option<(&[Frame; 2], &Flow)> {
        self.before()?;
        self.state = match std::mem::replace(&mut self.state, State::Unreadable) {
            State::Frames(frames) => {
                let flow = self.origin.flow(&frames);
                let is_cut = flow.occluded_share() > 1.0 - LEAST_SEEN_SHARE;
                if is_cut { State::Cut(frames) } else { State::Whole(frames, flow) }
            }
            known => known,
        };
        match &self.state {
            State::Whole(frames, flow) => Some((frames, flow)),
            _ => None,
        }
    }

    /// A random crop of both frames, scaled to `side` pixels; `None`, without a random number drawn, where the pair
    /// cannot be read or is a cut.
    pub fn crop(&mut self, side: u32, random: &mut Random) -> Option<PairCrop> {
        let (frames, flow) = self.whole()?;
        let window = Window::draw(frames[0].size, random);
        let [before, now] = frames.each_ref().map(|frame| window.crop(frame, side));
        Some(PairCrop { before, now, flow: window.flow(flow, side) })
    }
}

impl Origin {
    fn read(&self) -> Option<[Frame; 2]> {
        match self {
            Self::Files(paths) => {
                let read =
                    |path: &PathBuf| read_picture(path).inspect_err(|error| tracing::warn!("left out: {error}")).ok();
                let [before, now] = paths.each_ref().map(read);
                let (before, now) = (shrunk(before?), shrunk(now?));
                let is_usable = before.size == now.size && before.size.width.min(before.size.height) >= MIN_SIDE_PX;
                is_usable.then_some([before, now])
            }
            Self::Scene { scene, times } => Some(times.map(|time| {
                let mut frame = Frame::new(SCENE_SIZE);
                scene.render(time, &mut frame);
                frame
            })),
            Self::Frames => None,
        }
    }

    fn flow(&self, frames: &[Frame; 2]) -> Flow {
        match self {
            Self::Scene { scene, times: [from, to] } => scene.flow(*from, *to, SCENE_SIZE),
            Self::Files(_) | Self::Frames => estimate_flow(&frames[0], &frames[1]),
        }
    }
}
