//! Processor time of this thread, this process, and children of it.

use std::time::Duration;

/// Processor time that was used so far.
#[derive(Debug, Clone, Copy, Default)]
pub struct CpuTime {
    pub thread: Duration,
    pub process: Duration,
    pub children: Duration,
}

impl CpuTime {
    /// The clocks now, with those of these children; `None` on a system whose clocks are not read.
    #[cfg(unix)]
    pub fn now(children: &[u32]) -> Option<Self> {
        Some(Self {
            thread: read(libc::CLOCK_THREAD_CPUTIME_ID)?,
            process: read(libc::CLOCK_PROCESS_CPUTIME_ID)?,
            children: children.iter().filter_map(|pid| of_process(*pid)).sum(),
        })
    }

    #[cfg(not(unix))]
    pub fn now(_: &[u32]) -> Option<Self> {
        None
    }

    /// What was used since `earlier`.
    pub fn since(self, earlier: Self) -> Self {
        Self {
            thread: self.thread.saturating_sub(earlier.thread),
            process: self.process.saturating_sub(earlier.process),
            children: self.children.saturating_sub(earlier.children),
        }
    }
}

#[cfg(unix)]
fn read(clock: libc::clockid_t) -> Option<Duration> {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a value of ours that outlives the call.
    let is_read = unsafe { libc::clock_gettime(clock, &raw mut time) } == 0;
    is_read.then(|| Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32))
}

#[cfg(target_os = "linux")]
fn of_process(pid: u32) -> Option<Duration> {
    let mut clock = 0;
    // SAFETY: the pointer is to a value of ours that outlives the call.
    let is_known = unsafe { libc::clock_getcpuclockid(pid as libc::pid_t, &raw mut clock) } == 0;
    read(clock).filter(|_| is_known)
}

#[cfg(all(unix, not(target_os = "linux")))]
fn of_process(_: u32) -> Option<Duration> {
    None
}

/// The processes that any thread of ours has started and that live; empty on systems that do not tell.
pub fn children() -> Vec<u32> {
    let Ok(tasks) = std::fs::read_dir("/proc/self/task") else { return Vec::new() };
    let of_task =
        |task: std::io::Result<std::fs::DirEntry>| std::fs::read_to_string(task.ok()?.path().join("children")).ok();
    let text: Vec<String> = tasks.filter_map(of_task).collect();
    text.concat().split_whitespace().filter_map(|pid| pid.parse().ok()).collect()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};
    use std::time::Instant;

    #[test]
    fn work_is_counted_where_it_is_done() {
        let before = children();
        let mut busy = Command::new("sh").args(["-c", "while :; do :; done"]).stdout(Stdio::null()).spawn().unwrap();
        assert!(children().contains(&busy.id()) && !before.contains(&busy.id()));
        let theirs = [busy.id()];
        let start = CpuTime::now(&theirs).unwrap();
        let began = Instant::now();
        while CpuTime::now(&theirs).unwrap().since(start).children < Duration::from_millis(50) {
            assert!(began.elapsed() < Duration::from_secs(60), "the child's work is not seen");
            std::thread::sleep(Duration::from_millis(5));
        }
        let before_ours = CpuTime::now(&[]).unwrap();
        let ours = loop {
            let used = CpuTime::now(&[]).unwrap().since(before_ours);
            if used.thread >= Duration::from_millis(20) {
                break used;
            }
        };
        busy.kill().unwrap();
        busy.wait().unwrap();
        // The two clocks are read one after the other.
        let of_process = ours.process + Duration::from_millis(1);
        assert!(of_process >= ours.thread && ours.children.is_zero(), "{ours:?}");
    }
}
