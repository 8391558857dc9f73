//! `impasto bench --capture`: what grabbing pictures costs, by every backend that can grab this window here.
//!
//! All are open at the same time and take turns in short rounds; what the machine does besides weighs on all alike.

mod backends;
mod cpu;
mod lane;
mod report;

use crate::capture::find_window;
use crate::commands::progress::{bar, spinner};
use anyhow::bail;
use backends::{Backend, backends};
use lane::Lane;
use report::{BackendReport, CaptureReport};
use std::time::Duration;

/// About how long one backend is measured in a round: enough frames of a game for a rate.
const SLICE: Duration = Duration::from_millis(1000);
/// At least so many rounds, for the medians.
const FEWEST_ROUNDS: u32 = 3;

/// What is grabbed, and how long.
pub struct CaptureRequest<'a> {
    /// A window's id, or a part of its title or application.
    pub window: Option<&'a str>,
    /// Sources that ask in the desktop's dialog.
    pub sources: &'a [String],
    /// About how long to measure.
    pub duration: Duration,
    pub is_json: bool,
}

/// Measures and prints.
///
/// # Errors
/// There is no such window, no backend can grab it, or it is closed meanwhile.
pub fn run(request: &CaptureRequest) -> anyhow::Result<()> {
    let window = request.window.map(find_window).transpose()?;
    let mut lanes = Vec::new();
    let mut reports = Vec::new();
    for Backend { name, opener } in backends(window.as_ref().map(|window| window.id), request.sources) {
        let opening = spinner("opening");
        let opened = opener.and_then(|open| Lane::open(name, open).map_err(|error| format!("{error:#}")));
        opening.finish_and_clear();
        match opened {
            Ok(lane) => lanes.push(lane),
            Err(reason) => reports.push(BackendReport::unavailable(name, reason)),
        }
    }
    if lanes.is_empty() {
        let reasons: Vec<String> = reports.iter().map(ToString::to_string).collect();
        bail!("nothing can be grabbed here:\n{}", reasons.concat().trim_end());
    }
    let count = lanes.len() as u32;
    let rounds = ((request.duration.as_secs_f64() / (SLICE * count).as_secs_f64()) as u32).max(FEWEST_ROUNDS);
    let slice = request.duration / (rounds * count);
    let progress = bar(Some(u64::from(rounds)), "grabbing");
    for _ in 0..rounds {
        for lane in &mut lanes {
            lane.measure(slice)?;
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    let measured = lanes.iter().map(Lane::report).collect();
    let report = CaptureReport::new(window, rounds, measured, reports);
    if request.is_json {
        return crate::commands::print_json(&report);
    }
    out!("{}", report.to_string().trim_end());
    Ok(())
}
