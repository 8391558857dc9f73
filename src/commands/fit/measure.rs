//! Times the ladder, and chooses.

use super::choice::{HOPELESS, largest, limit_ms, smaller};
use super::report::{Measured, Report, Row, Smaller};
use super::rung::Rung;
use super::turns::take_turns;
use crate::commands::progress::{bar, spinner};
use crate::commands::run::SCENE_SIZE;
use crate::commands::size_options::{ShownOption, SizeOptions};
use crate::control::SizeRequest;
use crate::frame::Size;
use crate::network::{Architecture, ladder};
use crate::stylize::ProviderChoice;
use anyhow::{Context, ensure};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Networks that are not loaded after so much time are left out, and so are those of which a frame would take so long.
const LOAD_FOR: Duration = Duration::from_secs(60);
const LONGEST_FRAME_MS: f64 = 10_000.0;

/// How many sizes are tried where no network holds the rate at the size that was asked for.
const SMALLER_SIZES: usize = 3;

/// What is to be held.
#[derive(Debug, Clone, Copy)]
pub struct Goal {
    pub fps: f32,
    /// The size of the game's picture.
    pub shown: Size,
    /// How large it is painted.
    pub size: SizeRequest,
    pub provider: ProviderChoice,
}

impl Goal {
    pub fn new(fps: f32, size: &SizeOptions, shown: &ShownOption, provider: ProviderChoice) -> Self {
        Self { fps, shown: shown.size(size, SCENE_SIZE), size: size.request(), provider }
    }
}

/// The networks that were loaded, and why others were not.
struct Loaded {
    /// For each architecture the place in `rungs`, or why it is not there.
    places: Vec<(Architecture, Result<usize, String>)>,
    rungs: Vec<Rung>,
}

/// Times the ladder, and the classic network too where `with_classic`; blocks for up to two minutes.
///
/// # Errors
/// ONNX Runtime is missing, or does not even run the smallest network; or `stop` was set.
pub fn measure(goal: &Goal, with_classic: bool, stop: &AtomicBool) -> anyhow::Result<Report> {
    let limit_ms = limit_ms(f64::from(goal.fps));
    let mut architectures = ladder();
    if with_classic {
        architectures.push(Architecture::Classic);
    }
    let Loaded { places, mut rungs } = load(architectures, goal, limit_ms, stop)?;
    let progress = bar(Some(100), "measuring");
    let firsts: Vec<Duration> = rungs.iter().map(|rung| rung.first).collect();
    let times = take_turns(&mut rungs, &firsts, |share| {
        progress.set_position((share * 100.0) as u64);
        go_on(stop)
    })?;
    progress.finish_and_clear();
    let row = |(architecture, place): (Architecture, Result<usize, String>)| {
        let measured = place.and_then(|place| {
            let times = times[place].percentiles_ms().ok_or("there was no time to measure it")?;
            Ok(Measured { times, provider: rungs[place].session.provider().running.clone() })
        });
        Row { architecture, measured }
    };
    let rows: Vec<Row> = places.into_iter().map(row).collect();
    let smallest = rungs.first().context("the ladder has a smallest network")?;
    let session = &smallest.session;
    let (size, provider, threads) = (session.input_size(), session.provider().clone(), session.threads());
    // The classic network is there to be compared with: nobody would paint with it by choice.
    let of_the_ladder = |row: &Row| {
        let ms = row.measured.as_ref().ok().map(|measured| measured.times.p50);
        (row.architecture.multiply_adds_per_pixel(), ms.filter(|_| row.architecture != Architecture::Classic))
    };
    let holds = largest(rows.iter().map(of_the_ladder), limit_ms);
    let instead = match (holds, rows.first()) {
        (None, Some(Row { architecture, measured: Ok(measured) })) => {
            smaller_size(architecture, goal.provider, size, measured.times.p50, limit_ms, stop)?
        }
        _ => None,
    };
    Ok(Report { goal: *goal, limit_ms, size, provider, threads, rows, holds, instead })
}

fn go_on(stop: &AtomicBool) -> anyhow::Result<()> {
    ensure!(!stop.load(Ordering::SeqCst), "stopped before all was measured");
    Ok(())
}

/// Loads the networks, from small to large.
fn load(architectures: Vec<Architecture>, goal: &Goal, limit_ms: f64, stop: &AtomicBool) -> anyhow::Result<Loaded> {
    let size = goal.size.resolve(goal.shown, 1.0);
    let progress = spinner("loading networks");
    let started = Instant::now();
    let mut loaded = Loaded { places: Vec::new(), rungs: Vec::new() };
    // The time of the last network, in milliseconds for each multiply-add of a pixel.
    let mut pace_ms = 0.0;
    let mut is_hopeless = false;
    for architecture in architectures {
        go_on(stop)?;
        let cost = architecture.multiply_adds_per_pixel();
        let place = if is_hopeless && architecture.tier().is_none() {
            Err(format!("smaller ones are far too slow for {} fps", goal.fps))
        } else if started.elapsed() > LOAD_FOR {
            Err("there was no time to load it".to_owned())
        } else if pace_ms * cost > LONGEST_FRAME_MS {
            Err(format!("a frame would take some {:.0} s", pace_ms * cost / 1e3))
        } else {
            match Rung::load(&architecture, goal.provider, size) {
                Ok(rung) => {
                    let ms = rung.first.as_secs_f64() * 1e3;
                    pace_ms = ms / cost;
                    is_hopeless |= ms > HOPELESS * limit_ms;
                    loaded.rungs.push(rung);
                    Ok(loaded.rungs.len() - 1)
                }
                Err(error) if loaded.rungs.is_empty() => return Err(error),
                Err(error) => Err(format!("{error:#}")),
            }
        };
        loaded.places.push((architecture, place));
    }
    progress.finish_and_clear();
    Ok(loaded)
}

/// Finds, and proves by measuring, a size at which a network holds the rate.
fn smaller_size(
    architecture: &Architecture,
    provider: ProviderChoice,
    mut size: Size,
    mut ms: f64,
    limit_ms: f64,
    stop: &AtomicBool,
) -> anyhow::Result<Option<Smaller>> {
    for _ in 0..SMALLER_SIZES {
        let Some(wanted) = smaller(size, ms, limit_ms) else { break };
        let rung = Rung::load(architecture, provider, wanted)?;
        let (first, found) = (rung.first, rung.session.input_size());
        let times = take_turns(&mut [rung], &[first], |_| go_on(stop))?;
        let Some(times) = times[0].percentiles_ms() else { break };
        if times.p50 <= limit_ms {
            return Ok(Some(Smaller { architecture: architecture.clone(), size: found, p50_ms: times.p50 }));
        }
        (size, ms) = (found, times.p50);
    }
    Ok(None)
}

/// The largest network of the ladder that holds a rate on this machine, with words for people on standard error.
///
/// # Errors
/// As [`measure`]; or none holds it: the text says what would.
#[cfg(feature = "train")]
pub fn largest_that_holds(goal: &Goal, stop: &AtomicBool) -> anyhow::Result<Architecture> {
    let report = measure(goal, false, stop)?;
    match report.holding() {
        Some(row) => {
            err!("note: {}", report.verdict());
            Ok(row.architecture.clone())
        }
        None => anyhow::bail!(report.verdict()),
    }
}
