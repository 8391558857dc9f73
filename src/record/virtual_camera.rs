//! A virtual camera: finished pictures for programs that show a camera (calls, streams, OBS), through the kernel module
//! v4l2loopback. An `ffmpeg` child writes to the device, so that one that hangs costs nothing but the camera.

use super::RecordError;
use super::letterbox::Letterbox;
use crate::child::RunningChild;
use crate::frame::{Frame, Size};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Pictures a second that the camera gives, whatever comes in: programs take one that pauses for broken.
const FPS: u32 = 30;

/// A thread that was held up for longer does not hurry to catch up.
const LONGEST_DELAY: Duration = Duration::from_secs(1);

/// How long the child may take to end, and to say why.
const END_PATIENCE: Duration = Duration::from_secs(2);

/// A running camera, on the thread `virtual camera`; dropping it ends both.
pub struct VirtualCamera {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    device: PathBuf,
    is_stopping: AtomicBool,
    /// The picture that is shown from now on.
    newest: Mutex<Option<Arc<Frame>>>,
    child: Mutex<RunningChild>,
}

impl VirtualCamera {
    /// Whether this can be a virtual camera: a device that may be written. Whether it takes pictures is seen when it
    /// starts.
    ///
    /// # Errors
    /// There is no such device, it is none, or may not be written; the text says what to do.
    #[cfg(target_os = "linux")]
    pub fn check(device: &Path) -> Result<(), RecordError> {
        use std::os::unix::fs::FileTypeExt;
        let Ok(about) = std::fs::metadata(device) else { return Err(RecordError::NoCamera(device.to_owned())) };
        if !about.file_type().is_char_device() {
            return Err(RecordError::NotACamera(device.to_owned()));
        }
        match std::fs::OpenOptions::new().write(true).open(device) {
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                Err(RecordError::CameraPermission(device.to_owned()))
            }
            Err(error) => Err(RecordError::Camera { device: device.to_owned(), reason: error.to_string() }),
            Ok(_) => Ok(()),
        }
    }

    /// There are none on this system.
    ///
    /// # Errors
    /// Always.
    #[cfg(not(target_os = "linux"))]
    pub fn check(_device: &Path) -> Result<(), RecordError> {
        Err(RecordError::NoCameraHere)
    }

    /// Starts to give pictures of this size: black until the first is offered, then the newest, with black bars where
    /// it has another shape. `on_failure` is called once, on the camera's thread, where it ends by itself.
    ///
    /// # Errors
    /// As [`Self::check`]; ffmpeg is missing, or the system gives no more threads.
    pub fn start(
        device: &Path,
        size: Size,
        on_failure: impl FnOnce(RecordError) + Send + 'static,
    ) -> Result<Self, RecordError> {
        Self::check(device)?;
        let failed = |reason: String| RecordError::Camera { device: device.to_owned(), reason };
        let letterbox = Letterbox::new(Size::new(size.width.max(2), size.height.max(2)));
        let mut child = RunningChild::start(command(device, letterbox.size()), "ffmpeg").map_err(failed)?;
        let input = child.child.stdin.take().ok_or_else(|| failed("it has no input".to_owned()))?;
        let shared = Arc::new(Shared {
            device: device.to_owned(),
            is_stopping: AtomicBool::new(false),
            newest: Mutex::default(),
            child: Mutex::new(child),
        });
        let of_thread = Arc::clone(&shared);
        let run = move || {
            if let Err(error) = of_thread.run(letterbox, input) {
                on_failure(error);
            }
        };
        let thread = std::thread::Builder::new().name("virtual camera".to_owned()).spawn(run);
        Ok(Self { shared, thread: Some(thread.map_err(|error| RecordError::Thread(error.to_string()))?) })
    }

    /// Shows this picture from now on. Never waits.
    pub fn offer(&self, picture: &Arc<Frame>) {
        *locked(&self.shared.newest) = Some(Arc::clone(picture));
    }
}

impl Drop for VirtualCamera {
    fn drop(&mut self) {
        self.shared.is_stopping.store(true, Ordering::Release);
        // Lets go of a thread that waits for a device which takes nothing. It fails only where the child has ended.
        let _ = locked(&self.shared.child).child.kill();
        if let Some(thread) = self.thread.take() {
            // A panic inside has already been printed.
            let _ = thread.join();
        }
    }
}

impl Shared {
    /// Feeds the child until the camera is dropped.
    fn run(&self, mut letterbox: Letterbox, mut input: ChildStdin) -> Result<(), RecordError> {
        let interval = Duration::from_secs(1) / FPS;
        let mut next = Instant::now();
        while !self.is_stopping.load(Ordering::Acquire) {
            let newest = locked(&self.newest).take();
            let planes = match newest {
                Some(picture) => letterbox.fit(&picture),
                None => letterbox.last(),
            };
            if input.write_all(planes.bytes()).is_err() {
                return if self.is_stopping.load(Ordering::Acquire) { Ok(()) } else { Err(self.complaint()) };
            }
            next += interval;
            let now = Instant::now();
            if now > next + LONGEST_DELAY {
                next = now;
            }
            std::thread::sleep(next.saturating_duration_since(now));
        }
        Ok(())
    }

    /// Why the child has ended.
    fn complaint(&self) -> RecordError {
        let mut child = locked(&self.child);
        child.wait(END_PATIENCE);
        let reason = match child.complaint() {
            silent if silent.is_empty() => "ffmpeg ended without a word".to_owned(),
            reason => reason,
        };
        RecordError::Camera { device: self.device.clone(), reason }
    }
}

/// ffmpeg as the program that writes to the device. Cameras give BT.601, whatever their size.
fn command(device: &Path, size: Size) -> Command {
    let mut command = Command::new("ffmpeg");
    command
        .args(["-hide_banner", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "yuv420p"])
        .args(["-video_size", &format!("{}x{}", size.width, size.height), "-framerate", &FPS.to_string()])
        .args(["-i", "pipe:0", "-vf", "scale=in_color_matrix=bt709:out_color_matrix=bt601"])
        .args(["-f", "v4l2", "-pix_fmt", "yuv420p"])
        .arg(device)
        .stdin(Stdio::piped())
        .stdout(Stdio::null());
    command
}

/// Locks, also after a panic elsewhere: what these mutexes guard is valid after every single assignment.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
