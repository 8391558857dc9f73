//! One backend that is measured in rounds and rests between them.

use super::cpu::{CpuTime, children};
use super::report::{BackendReport, CpuPercent, Figures};
use crate::capture::{Captured, FrameSource, OpenSource};
use crate::commands::bench::report::{hundredths, median};
use crate::control::{EndReason, IdleReason, Percentiles};
use crate::frame::{Frame, Size};
use anyhow::{Context, anyhow, bail};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long one look may wait.
const POLL_TIMEOUT: Duration = Duration::from_millis(50);
/// A source that idles may answer at once: do not spin.
const IDLE_PAUSE: Duration = Duration::from_millis(5);
/// How long the first picture may take.
const FIRST_PATIENCE: Duration = Duration::from_secs(10);
/// How long a person may take to choose.
const CHOICE_PATIENCE: Duration = Duration::from_secs(300);

/// A source, and what was measured of it.
pub struct Lane {
    name: &'static str,
    source: Box<dyn FrameSource>,
    /// Processes that the source has started.
    children: Vec<u32>,
    size: Size,
    grabs: u64,
    /// From the moment the system had a picture for us until it was ours, in milliseconds.
    ms: Vec<f64>,
    /// Of each round: grabs per second, and percent of a core.
    rates: Vec<f64>,
    percents: Vec<CpuPercent>,
    used: Duration,
}

impl Lane {
    /// Opens a source and waits for its first picture.
    ///
    /// # Errors
    /// It cannot be opened, or gives none.
    pub fn open(name: &'static str, open: OpenSource) -> anyhow::Result<Self> {
        let others = children();
        let mut source = open()?;
        let first = first_picture(source.as_mut())?;
        let children = children().into_iter().filter(|child| !others.contains(child)).collect();
        let size = first.size;
        Ok(Self {
            name,
            source,
            children,
            size,
            grabs: 0,
            ms: Vec::new(),
            rates: Vec::new(),
            percents: Vec::new(),
            used: Duration::ZERO,
        })
    }

    /// Grabs whatever changes for about `slice`.
    ///
    /// # Errors
    /// There will be no more pictures.
    pub fn measure(&mut self, slice: Duration) -> anyhow::Result<()> {
        let (name, started) = (self.name, Instant::now());
        let used_before = CpuTime::now(&self.children);
        // The first picture may be from before the rest: it only starts the clock.
        let (mut first, mut last, mut count) = (None, started, 0u32);
        while started.elapsed() < slice {
            let Some(frame) = look(self.source.as_mut()).context(name)? else { continue };
            last = Instant::now();
            if first.is_none() {
                first = Some(last);
                continue;
            }
            count += 1;
            self.size = frame.size;
            self.ms.push((last - frame.captured_at).as_secs_f64() * 1e3);
        }
        let time = first.map_or(0.0, |first| (last - first).as_secs_f64());
        self.rates.push(if count == 0 { 0.0 } else { f64::from(count) / time });
        self.grabs += u64::from(count);
        if let Some(used) = CpuTime::now(&self.children).zip(used_before).map(|(now, before)| now.since(before)) {
            let wall = started.elapsed().as_secs_f64();
            let percent = |time: Duration| time.as_secs_f64() / wall * 100.0;
            self.percents.push(CpuPercent {
                total: percent(used.process + used.children),
                capture_thread: percent(used.thread),
                children: percent(used.children),
            });
            self.used += used.process + used.children;
        }
        Ok(())
    }

    /// The figures of all rounds.
    pub fn report(&self) -> BackendReport {
        let middle = |part: fn(&CpuPercent) -> f64| median(&self.percents.iter().map(part).collect::<Vec<_>>());
        let cpu_percent = (!self.percents.is_empty()).then(|| CpuPercent {
            total: middle(|percent| percent.total),
            capture_thread: middle(|percent| percent.capture_thread),
            children: middle(|percent| percent.children),
        });
        let per_grab = self.used.as_secs_f64() * 1e3 / self.grabs.max(1) as f64;
        let figures = Figures {
            size: self.size,
            grabs: self.grabs,
            grabs_per_second: median(&self.rates),
            ms: percentiles(&self.ms),
            cpu_percent,
            cpu_ms_per_grab: cpu_percent.filter(|_| self.grabs > 0).map(|_| hundredths(per_grab)),
        };
        BackendReport::measured(self.name, figures)
    }
}

/// Waits for the first picture; choosing in a dialog takes the time that it takes.
fn first_picture(source: &mut dyn FrameSource) -> anyhow::Result<Arc<Frame>> {
    let opened_at = Instant::now();
    let (mut since, mut idle) = (opened_at, None);
    loop {
        match source.poll(POLL_TIMEOUT) {
            Captured::Frame(frame) => return Ok(frame),
            Captured::Ended(reason) => return Err(end_error(reason)),
            Captured::Notice(text) => err!("note: {text}"),
            Captured::Idle(IdleReason::Choosing) => {
                if idle.replace(IdleReason::Choosing) != Some(IdleReason::Choosing) {
                    err!("note: {}", IdleReason::Choosing.explanation());
                }
                since = Instant::now();
                std::thread::sleep(IDLE_PAUSE);
            }
            Captured::Idle(reason) => {
                idle = Some(reason);
                std::thread::sleep(IDLE_PAUSE);
            }
            Captured::Unchanged => {}
        }
        if since.elapsed() > FIRST_PATIENCE || opened_at.elapsed() > CHOICE_PATIENCE {
            match idle {
                Some(reason) => bail!("no picture has come: {}", reason.explanation()),
                None => bail!("no picture has come for {} s", FIRST_PATIENCE.as_secs()),
            }
        }
    }
}

/// Looks once for a new picture.
fn look(source: &mut dyn FrameSource) -> anyhow::Result<Option<Arc<Frame>>> {
    match source.poll(POLL_TIMEOUT) {
        Captured::Frame(frame) => return Ok(Some(frame)),
        Captured::Ended(reason) => return Err(end_error(reason)),
        Captured::Notice(text) => err!("note: {text}"),
        Captured::Idle(_) => std::thread::sleep(IDLE_PAUSE),
        Captured::Unchanged => {}
    }
    Ok(None)
}

fn end_error(reason: EndReason) -> anyhow::Error {
    match reason {
        EndReason::WindowClosed => anyhow!("the window was closed while it was measured"),
        EndReason::SharingEnded => {
            anyhow!("the desktop has ended the sharing, or the game was closed, while it was measured")
        }
        EndReason::DisplayLost => anyhow!("the connection to the display was lost"),
        EndReason::EndOfFile => anyhow!("there are no more pictures"),
        EndReason::Failed(reason) => anyhow!(reason),
    }
}

/// Median and 95th percentile, to two decimal places.
fn percentiles(ms: &[f64]) -> Percentiles {
    let mut sorted = ms.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = |share: f64| {
        let index = ((sorted.len() as f64 * share).ceil() as usize).max(1) - 1;
        hundredths(sorted.get(index).copied().unwrap_or(0.0))
    };
    Percentiles { p50: rank(0.50), p95: rank(0.95) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_of_few_and_many() {
        assert_eq!(percentiles(&[]), Percentiles { p50: 0.0, p95: 0.0 });
        assert_eq!(percentiles(&[2.0]), Percentiles { p50: 2.0, p95: 2.0 });
        let many: Vec<f64> = (1..=100).map(f64::from).rev().collect();
        assert_eq!(percentiles(&many), Percentiles { p50: 50.0, p95: 95.0 });
    }
}
