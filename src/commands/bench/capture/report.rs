//! What `bench --capture` found, as JSON and as a table.

use crate::capture::WindowInfo;
use crate::control::Percentiles;
use crate::frame::Size;
use serde::Serialize;
use std::fmt;

/// The figures of one `bench --capture`.
#[derive(Debug, Serialize)]
pub struct CaptureReport {
    #[serde(skip_serializing_if = "Option::is_none")]
    window: Option<WindowInfo>,
    rounds: u32,
    /// Those that were measured first.
    backends: Vec<BackendReport>,
}

/// What was found of one backend.
#[derive(Debug, Serialize)]
pub struct BackendReport {
    backend: &'static str,
    /// Why it was not measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    unavailable: Option<String>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    figures: Option<Figures>,
}

/// The figures of one backend. Rates and percents are medians over the rounds.
#[derive(Debug, Serialize)]
pub struct Figures {
    pub size: Size,
    pub grabs: u64,
    /// No more than the game draws: a picture that stands still is not grabbed again.
    pub grabs_per_second: f64,
    /// From the moment the system had a picture for us until it was ours, in milliseconds.
    pub ms: Percentiles,
    pub cpu_percent: Option<CpuPercent>,
    pub cpu_ms_per_grab: Option<f64>,
}

/// Processor time in percent of one core; what display server and compositor do for us is not in it.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct CpuPercent {
    /// This program and the processes that the backend has started.
    pub total: f64,
    /// The thread that grabs.
    pub capture_thread: f64,
    /// Processes that the backend has started.
    pub children: f64,
}

impl BackendReport {
    pub fn measured(backend: &'static str, figures: Figures) -> Self {
        Self { backend, unavailable: None, figures: Some(figures) }
    }

    pub fn unavailable(backend: &'static str, reason: String) -> Self {
        Self { backend, unavailable: Some(reason), figures: None }
    }
}

impl CaptureReport {
    pub fn new(
        window: Option<WindowInfo>,
        rounds: u32,
        measured: Vec<BackendReport>,
        unavailable: Vec<BackendReport>,
    ) -> Self {
        Self { window, rounds, backends: measured.into_iter().chain(unavailable).collect() }
    }

    /// Whether some backend saw no picture change in most rounds.
    fn stands_still(&self) -> bool {
        self.backends
            .iter()
            .filter_map(|backend| backend.figures.as_ref())
            .any(|figures| figures.grabs_per_second == 0.0)
    }
}

impl fmt::Display for BackendReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "  {:<20}", self.backend)?;
        if let Some(reason) = &self.unavailable {
            return writeln!(f, "not measured: {reason}");
        }
        let Some(figures) = &self.figures else { return writeln!(f) };
        let Figures { grabs_per_second, ms, .. } = figures;
        write!(f, "{grabs_per_second:>8.1}{:>9.2}{:>8.2}", ms.p50, ms.p95)?;
        match figures.cpu_percent {
            Some(percent) => {
                write!(f, "{:>9.1}{:>9.1}{:>9.1}", percent.total, percent.capture_thread, percent.children)?;
            }
            None => write!(f, "{:>9}{:>9}{:>9}", "", "", "")?,
        }
        match figures.cpu_ms_per_grab {
            Some(per_grab) => write!(f, "{per_grab:>12.2}")?,
            None => write!(f, "{:>12}", "")?,
        }
        writeln!(f, "  {}", figures.size)
    }
}

impl fmt::Display for CaptureReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = self.window.as_ref().map_or_else(|| "what the desktop shares".to_owned(), ToString::to_string);
        writeln!(f, "{what}; {} rounds\n", self.rounds)?;
        writeln!(f, "  {:<20}{:>8}{:>17}{:>27}{:>12}", "", "grabs/s", "ms per grab", "percent of a core", "CPU ms")?;
        let heads = ("p50", "p95", "all", "thread", "children", "per grab");
        let (p50, p95, all, thread, children, per_grab) = heads;
        writeln!(f, "  {:<20}{:>8}{p50:>9}{p95:>8}{all:>9}{thread:>9}{children:>9}{per_grab:>12}", "", "")?;
        self.backends.iter().try_for_each(|backend| write!(f, "{backend}"))?;
        if self.stands_still() {
            writeln!(f, "\nThe picture stood still: play while it is measured.")?;
        }
        Ok(())
    }
}
