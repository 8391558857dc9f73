//! A sound server of our own, programs that play on it, and what is heard in a film.

use crate::tools::skip;
use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

pub const RATE_HZ: usize = 48_000;
/// What is written to a player at once.
const CHUNK_SAMPLES: usize = RATE_HZ / 100;
/// Length of a click.
const CLICK_SAMPLES: usize = RATE_HZ / 200;
/// A sample louder than this belongs to a click.
const LOUD: i16 = 6_000;

/// Names a sound server for the tests, such as PipeWire's, with a device named `speakers`; otherwise they start their own.
const GIVEN: &str = "IMPASTO_TEST_SOUND_SERVER";

/// PulseAudio with a device that nobody hears, killed when dropped.
pub struct SoundServer {
    /// `None` where the server was given.
    child: Option<Child>,
    /// Keeps the device from playing seconds ahead, as one without listeners does.
    listener: Option<Child>,
    pub address: String,
    _folder: tempfile::TempDir,
}

impl SoundServer {
    /// Starts it; `None`, said loudly, where it is not installed.
    pub fn start() -> Option<Self> {
        if let Ok(address) = std::env::var(GIVEN) {
            let _folder = tempfile::tempdir().unwrap();
            return Some(Self { child: None, listener: None, address, _folder }.listen());
        }
        Self::start_own()
    }

    /// As [`Self::start`], but never the server that was given: one that may be killed.
    pub fn start_own() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
        let socket = folder.path().join("native");
        let address = format!("unix:{}", socket.display());
        let child = Command::new("pulseaudio")
            .args(["-n", "--daemonize=no", "--exit-idle-time=-1", "--system=false", "--use-pid-file=false"])
            .args(["--disable-shm=yes", "--realtime=no", "--high-priority=no"])
            .arg("--load=module-null-sink sink_name=speakers")
            .arg(format!("--load=module-native-protocol-unix socket={} auth-anonymous=1", socket.display()))
            .env("HOME", folder.path())
            .env("XDG_RUNTIME_DIR", folder.path())
            .env_remove("DISPLAY")
            .stderr(Stdio::null())
            .spawn();
        let Ok(child) = child else {
            skip("pulseaudio is not installed");
            return None;
        };
        let server = Self { child: Some(child), listener: None, address, _folder: folder };
        let deadline = Instant::now() + Duration::from_secs(20);
        while !server.pactl(&["info"]) {
            assert!(Instant::now() < deadline, "the sound server does not come up");
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(server.listen())
    }

    fn listen(mut self) -> Self {
        let mut listener = Command::new("parec")
            .arg(format!("--server={}", self.address))
            .args(["--raw", "--latency-msec=20", "--device=speakers.monitor"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut pipe = listener.stdout.take().unwrap();
        pipe.read_exact(&mut [0]).unwrap();
        // It ends with the program that it reads from.
        spawn(move || drop(std::io::copy(&mut pipe, &mut std::io::sink())));
        self.listener = Some(listener);
        self
    }

    /// Whether pactl did it.
    pub fn pactl(&self, arguments: &[&str]) -> bool {
        let mut command = Command::new("pactl");
        command.arg(format!("--server={}", self.address)).args(arguments);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }

    /// Sends it a signal, such as SIGSTOP.
    pub fn send(&self, signal: libc::c_int) {
        let id = self.child.as_ref().unwrap().id() as libc::pid_t;
        // SAFETY: the call takes no pointers, and the process is our child that was not waited for.
        assert_eq!(unsafe { libc::kill(id, signal) }, 0);
    }

    pub fn kill(&mut self) {
        let child = self.child.as_mut().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

impl Drop for SoundServer {
    fn drop(&mut self) {
        for child in self.child.iter_mut().chain(&mut self.listener) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// What a player plays.
#[derive(Clone, Copy)]
pub enum Tune {
    /// A click at each half second past a whole one, on the clock that starts at this moment.
    Clicks(Instant),
    /// A steady tone.
    Tone,
}

/// A program that plays, as a game would: a little at a time, when it is due.
pub struct Player {
    child: Child,
    /// When its clicks are heard, as the sound server tells, since the start of its clock.
    clicks: Arc<Mutex<Vec<f64>>>,
    is_playing: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Player {
    pub fn start(server: &SoundServer, tune: Tune) -> Self {
        let mut child = Command::new("pacat")
            .arg(format!("--server={}", server.address))
            .args(["--raw", "--format=s16le", "--rate=48000", "--channels=2", "--latency-msec=40", "--verbose"])
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut pipe = child.stdin.take().unwrap();
        let mut reports = child.stderr.take().unwrap();
        let latency_us = Arc::new(AtomicI64::new(0));
        let latency = Arc::clone(&latency_us);
        spawn(move || {
            let (mut line, mut byte) = (String::new(), [0]);
            while reports.read_exact(&mut byte).is_ok() {
                if !matches!(byte[0], b'\r' | b'\n') {
                    line.push(byte[0] as char);
                    continue;
                }
                // "Time: 1.846 sec; Latency: 2928 usec."
                let told = line.split_once("Latency: ").and_then(|(_, rest)| rest.split(' ').next()?.parse().ok());
                told.into_iter().for_each(|told| latency_us.store(told, Ordering::Relaxed));
                line.clear();
            }
        });
        let clicks = Arc::new(Mutex::new(Vec::new()));
        let clicked = Arc::clone(&clicks);
        let is_playing = Arc::new(AtomicBool::new(true));
        let plays = Arc::clone(&is_playing);
        let thread = spawn(move || {
            let started = match tune {
                Tune::Clicks(started) => started,
                Tune::Tone => Instant::now(),
            };
            let mut at = (started.elapsed().as_secs_f64() * RATE_HZ as f64) as usize;
            while plays.load(Ordering::Relaxed) {
                let due = Duration::from_secs_f64(at as f64 / RATE_HZ as f64);
                std::thread::sleep(due.saturating_sub(started.elapsed()));
                let samples = (at..at + CHUNK_SAMPLES).flat_map(|at| [value(tune, at); 2]);
                let bytes: Vec<u8> = samples.flat_map(i16::to_le_bytes).collect();
                if let Some(click) = (at..at + CHUNK_SAMPLES).find(|at| at % RATE_HZ == RATE_HZ / 2) {
                    // What the player has not read yet, the player does not know of.
                    let ahead = (click - at) as f64 / RATE_HZ as f64
                        + waiting_bytes(&pipe) as f64 / (4 * RATE_HZ) as f64
                        + latency.load(Ordering::Relaxed) as f64 / 1e6;
                    clicked.lock().unwrap().push(started.elapsed().as_secs_f64() + ahead);
                }
                if pipe.write_all(&bytes).is_err() {
                    return;
                }
                at += CHUNK_SAMPLES;
            }
        });
        Self { child, clicks, is_playing, thread: Some(thread) }
    }

    /// Seconds on its clock at which its clicks are heard.
    pub fn clicks(&self) -> Vec<f64> {
        self.clicks.lock().unwrap().clone()
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.is_playing.store(false, Ordering::Relaxed);
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = self.thread.take().unwrap().join();
    }
}

fn spawn(work: impl FnOnce() + Send + 'static) -> JoinHandle<()> {
    std::thread::Builder::new().name("player".to_owned()).spawn(work).unwrap()
}

/// Bytes in a pipe that nobody has read.
fn waiting_bytes(pipe: &impl AsRawFd) -> i32 {
    let mut count = 0;
    // SAFETY: the call writes one number to where it is told, and the pipe is open.
    assert_eq!(unsafe { libc::ioctl(pipe.as_raw_fd(), libc::FIONREAD, &raw mut count) }, 0);
    count
}

fn value(tune: Tune, at: usize) -> i16 {
    match tune {
        Tune::Clicks(_) => {
            let since = (at + RATE_HZ / 2) % RATE_HZ;
            if since < CLICK_SAMPLES { if (since / 12).is_multiple_of(2) { 20_000 } else { -20_000 } } else { 0 }
        }
        Tune::Tone => ((at as f64 * 440.0 * std::f64::consts::TAU / RATE_HZ as f64).sin() * 3_000.0) as i16,
    }
}

/// The sound of a film from its first picture on, as a player hears it: one channel.
pub fn heard(path: &Path) -> Vec<i16> {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(path)
        .args(["-map", "0:a", "-af", "aresample=async=1:first_pts=0", "-ac", "1", "-f", "s16le", "-"])
        .output()
        .unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
}

/// Seconds at which clicks begin.
pub fn clicks(sound: &[i16]) -> Vec<f64> {
    let mut found: Vec<usize> = Vec::new();
    for (at, sample) in sound.iter().enumerate() {
        if sample.saturating_abs() > LOUD && found.last().is_none_or(|last| at - last > RATE_HZ / 4) {
            found.push(at);
        }
    }
    found.into_iter().map(|at| at as f64 / RATE_HZ as f64).collect()
}

/// How loud a piece of sound is: its root mean square.
pub fn loudness(sound: &[i16]) -> f64 {
    let sum: f64 = sound.iter().map(|&sample| f64::from(sample).powi(2)).sum();
    (sum / sound.len().max(1) as f64).sqrt()
}
