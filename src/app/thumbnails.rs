//! Small pictures of windows and styles for the panel, made on a thread of its own.

use super::app_event::{AppEvent, Mailer};
use crate::capture::{Captured, SourceRequest, list_windows, window_thumbnail};
use crate::frame::{Frame, Size, read_picture};
use crate::stylize::Style;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Height of the small pictures in pixels: enough for a tile on a screen of twice the usual density.
const HEIGHT_PX: u32 = 216;

/// Size of the picture of the built-in scene, and the seed whose scene it shows.
const SCENE_SIZE: Size = Size::new(346, HEIGHT_PX);
const SCENE_SEED: u64 = 1;

/// Time between two looks at the windows while the picker is visible.
const REFRESH: Duration = Duration::from_secs(2);

/// The thread `thumbnails`; dropping it stops and joins it.
pub struct Thumbnails {
    is_stopping: Arc<AtomicBool>,
    is_wanted: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Thumbnails {
    /// Starts the thread; it reads the styles' pictures at once, and looks at windows while they are wanted.
    /// Pictures are sent as events.
    ///
    /// # Errors
    /// The system gives no more threads.
    pub fn spawn(styles: Vec<Style>, mailer: Mailer) -> std::io::Result<Self> {
        let is_stopping = Arc::new(AtomicBool::new(false));
        let is_wanted = Arc::new(AtomicBool::new(false));
        let (stop, wanted) = (Arc::clone(&is_stopping), Arc::clone(&is_wanted));
        let thread = std::thread::Builder::new().name("thumbnails".to_owned()).spawn(move || {
            mailer.send(AppEvent::StylePictures(style_pictures(&styles)));
            if let Some(picture) = scene_picture() {
                mailer.send(AppEvent::ScenePicture(picture));
            }
            let mut last: Option<Instant> = None;
            while !stop.load(Ordering::Acquire) {
                let is_wanted = wanted.load(Ordering::Acquire);
                if !is_wanted {
                    last = None;
                } else if last.is_none_or(|last| last.elapsed() >= REFRESH) {
                    mailer.send(windows());
                    last = Some(Instant::now());
                }
                std::thread::park_timeout(if is_wanted { REFRESH } else { Duration::from_secs(60) });
            }
        })?;
        Ok(Self { is_stopping, is_wanted, thread: Some(thread) })
    }

    /// Says whether the picker is visible.
    pub fn set_wanted(&self, is_wanted: bool) {
        if self.is_wanted.swap(is_wanted, Ordering::AcqRel) != is_wanted {
            self.wake();
        }
    }

    fn wake(&self) {
        if let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
    }
}

impl Drop for Thumbnails {
    fn drop(&mut self) {
        self.is_stopping.store(true, Ordering::Release);
        self.wake();
        if let Some(thread) = self.thread.take() {
            // A panic inside has already been printed, and there is nothing left to save.
            let _ = thread.join();
        }
    }
}

fn windows() -> AppEvent {
    match list_windows() {
        Err(error) => AppEvent::WindowsFailed(error.to_string()),
        Ok(windows) => AppEvent::Windows(
            windows
                .into_iter()
                .map(|window| {
                    // A window that closes at this moment has no picture.
                    let picture = window_thumbnail(window.id, HEIGHT_PX).ok().flatten();
                    (window, picture)
                })
                .collect(),
        ),
    }
}

fn style_pictures(styles: &[Style]) -> Vec<(String, Frame)> {
    let picture = |style: &Style| {
        let path = style.thumbnail.as_ref()?;
        read_picture(path)
            .inspect_err(|error| tracing::warn!("no thumbnail for the style {}: {error}", style.name))
            .ok()
            .map(|picture| (style.name.clone(), picture))
    };
    styles.iter().filter_map(picture).collect()
}

fn scene_picture() -> Option<Arc<Frame>> {
    let open = SourceRequest::Scene { size: SCENE_SIZE, seed: SCENE_SEED }.opener();
    match open().ok()?.poll(REFRESH) {
        Captured::Frame(frame) => Some(frame),
        _ => None,
    }
}
