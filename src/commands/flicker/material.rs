//! What the styles are measured on: frames, and the flow between them.

use crate::capture::files::{Clip, open_clip};
use crate::capture::scene::Scene;
use crate::commands::run::{SCENE_SEED, SCENE_SIZE};
use crate::control::SizeRequest;
use crate::dataset::{self, Burst};
use crate::frame::{Frame, FramePool, Size, resize_bilinear};
use crate::steadiness::{Flow, estimate_flow};
use anyhow::bail;
use serde::Serialize;
use std::path::Path;
use std::time::Duration;
use std::vec::IntoIter;

/// The scene is shown at this rate, as a game that a network can just keep up with.
const SCENE_FPS: u32 = 30;
/// Pictures of a dataset's bursts do not say when they were taken: as often as in the scene.
const BURST_FPS: u32 = SCENE_FPS;
/// Pairs of the scene's frames, by the time of the first, on which the estimated flow is tried: walking and turning, in
/// the hall, the courtyard and the corridor.
const TRIALS: [Duration; 4] = [
    Duration::from_millis(1_000),
    Duration::from_millis(5_500),
    Duration::from_millis(9_000),
    Duration::from_millis(21_000),
];

/// Successive frames of one size.
pub struct Material {
    /// What it is, for people.
    pub name: String,
    pub size: Size,
    pub fps: f64,
    /// Number of frames, where it is known.
    pub frame_count: Option<u64>,
    origin: Origin,
}

enum Origin {
    Scene {
        scene: Scene,
        next: u32,
    },
    Clip {
        clip: Clip,
        pool: FramePool,
    },
    /// `shown` counts the pictures of the current burst.
    Bursts {
        left: IntoIter<Burst>,
        current: IntoIter<Frame>,
        begins: bool,
        shown: u32,
    },
}

/// How far the estimated flow is from the exact one on the built-in scene, where neither is occluded; in pixels.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct EstimationError {
    pub mean_px: f64,
    pub median_px: f64,
    pub p95_px: f64,
    /// The share of pixels that were compared.
    pub compared: f64,
}

impl Material {
    /// The built-in scene, from its start.
    pub fn scene(size: SizeRequest) -> Self {
        Self {
            name: "scene".to_owned(),
            size: size.resolve(SCENE_SIZE, 1.0),
            fps: f64::from(SCENE_FPS),
            frame_count: None,
            origin: Origin::Scene { scene: Scene::new(SCENE_SEED), next: 0 },
        }
    }

    /// A video, a folder of pictures, or a dataset, whose bursts follow each other with cuts between them.
    ///
    /// # Errors
    /// It is missing or broken, ffmpeg is missing, or a dataset has no burst.
    pub fn open(path: &Path, size: SizeRequest) -> anyhow::Result<Self> {
        if path.is_dir() {
            let dataset = dataset::open(path)?;
            if !dataset.bursts.is_empty() {
                return Self::bursts(path, dataset.bursts, size);
            }
            if dataset.frames.iter().all(|frame| frame.parent() != Some(path)) {
                bail!("the dataset holds only single pictures, record it with more motion: {}", path.display());
            }
        }
        let clip = open_clip(path)?;
        Ok(Self {
            name: path.display().to_string(),
            size: size.resolve(clip.size, 1.0),
            fps: clip.fps,
            frame_count: clip.frame_count,
            origin: Origin::Clip { clip, pool: FramePool::new() },
        })
    }

    fn bursts(path: &Path, bursts: Vec<Burst>, size: SizeRequest) -> anyhow::Result<Self> {
        let first = bursts[0].read()?;
        let frame_count = bursts.iter().map(|burst| burst.pictures.len() as u64).sum();
        Ok(Self {
            name: path.display().to_string(),
            size: size.resolve(first[0].size, 1.0),
            fps: f64::from(BURST_FPS),
            frame_count: Some(frame_count),
            origin: Origin::Bursts {
                left: bursts.into_iter(),
                current: Vec::new().into_iter(),
                begins: false,
                shown: 0,
            },
        })
    }

    /// Number of frames in a time, at least two.
    pub fn frames_in(&self, time: Duration) -> u64 {
        ((time.as_secs_f64() * self.fps).round() as u64).max(2)
    }

    /// Whether the flow is estimated, and not known.
    pub fn is_estimated(&self) -> bool {
        !matches!(self.origin, Origin::Scene { .. })
    }

    /// The next frame; `None` at the end.
    ///
    /// # Errors
    /// The video breaks off, or a burst has a damaged picture.
    pub fn next_frame(&mut self) -> anyhow::Result<Option<Frame>> {
        let mut frame = Frame::new(self.size);
        match &mut self.origin {
            Origin::Scene { scene, next } => {
                scene.render(Duration::from_secs(1) * *next / SCENE_FPS, &mut frame);
                *next += 1;
            }
            Origin::Clip { clip, pool } => {
                let Some(read) = clip.next_frame(pool)? else { return Ok(None) };
                frame.stamp_like(&read);
                resize_bilinear(&read, &mut frame);
            }
            Origin::Bursts { left, current, begins, shown } => {
                *begins = current.len() == 0;
                if *begins {
                    *shown = 0;
                    let Some(burst) = left.next() else { return Ok(None) };
                    *current = burst.read()?.into_iter();
                }
                let Some(read) = current.next() else { return Ok(None) };
                resize_bilinear(&read, &mut frame);
                // Each burst begins anew, also for what follows its light.
                frame.timestamp = Duration::from_secs(1) * *shown / BURST_FPS;
                *shown += 1;
            }
        }
        Ok(Some(frame))
    }

    /// The flow from the frame that came last back to the one before it.
    pub fn flow(&self, before: &Frame, now: &Frame) -> Flow {
        match &self.origin {
            Origin::Scene { scene, .. } => scene.flow(before.timestamp, now.timestamp, self.size),
            Origin::Bursts { begins: true, .. } => Flow::cut(self.size),
            Origin::Clip { .. } | Origin::Bursts { .. } => estimate_flow(before, now),
        }
    }
}

/// Tries the estimated flow on frames of this size of the scene, which knows the exact one. Takes seconds.
pub fn estimation_error(size: Size) -> EstimationError {
    let scene = Scene::new(SCENE_SEED);
    let render = |time: Duration| {
        let mut frame = Frame::new(size);
        scene.render(time, &mut frame);
        frame
    };
    let mut errors = Vec::new();
    for from in TRIALS {
        let to = from + Duration::from_secs(1) / SCENE_FPS;
        errors.extend(estimate_flow(&render(from), &render(to)).endpoint_errors_px(&scene.flow(from, to, size)));
    }
    errors.sort_by(f32::total_cmp);
    let at = |share: f64| errors.get((share * errors.len() as f64) as usize).copied().map_or(0.0, f64::from);
    EstimationError {
        mean_px: errors.iter().copied().map(f64::from).sum::<f64>() / errors.len().max(1) as f64,
        median_px: at(0.5),
        p95_px: at(0.95),
        compared: errors.len() as f64 / (TRIALS.len() * size.area()) as f64,
    }
}
