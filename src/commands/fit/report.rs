//! What `fit` found, as JSON and as a table.

use super::choice::HEADROOM;
use super::measure::Goal;
use crate::control::{Brush, Percentiles, ProviderReport, SizeRequest};
use crate::frame::Size;
use crate::network::{Architecture, Tier};
use serde_json::{Value, json};
use std::fmt;

/// All that was measured.
#[derive(Debug)]
pub struct Report {
    pub goal: Goal,
    /// Milliseconds that a network may take.
    pub limit_ms: f64,
    /// The size that networks were run at.
    pub size: Size,
    pub provider: ProviderReport,
    pub threads: usize,
    pub rows: Vec<Row>,
    /// Place of the largest network that holds the rate.
    pub holds: Option<usize>,
    /// Where none does: what would.
    pub instead: Option<Smaller>,
}

/// One network, and what was measured, or why not.
#[derive(Debug)]
pub struct Row {
    pub architecture: Architecture,
    pub measured: Result<Measured, String>,
}

#[derive(Debug)]
pub struct Measured {
    /// Milliseconds.
    pub times: Percentiles,
    /// The provider that ran it.
    pub provider: String,
}

/// A network at a smaller size.
#[derive(Debug)]
pub struct Smaller {
    pub architecture: Architecture,
    pub size: Size,
    pub p50_ms: f64,
}

impl Row {
    fn ms(&self) -> Option<f64> {
        self.measured.as_ref().ok().map(|measured| measured.times.p50)
    }
}

impl Report {
    /// The largest network that holds the rate.
    pub fn holding(&self) -> Option<&Row> {
        self.holds.and_then(|place| self.rows.get(place))
    }

    /// Whether a network holds the rate.
    fn is_holding(&self, row: &Row) -> bool {
        row.ms().is_some_and(|ms| ms <= self.limit_ms)
    }

    /// How many times as fast as the classic network; `None` where either was not measured.
    fn times_classic(&self, row: &Row) -> Option<f64> {
        let classic = self.rows.iter().find(|row| row.architecture == Architecture::Classic)?;
        Some(classic.ms()? / row.ms()?)
    }

    /// What is shown and what is painted, where that is another size.
    fn sizes(&self, painted: Size) -> String {
        let shown = self.goal.shown;
        if painted == shown {
            return painted.to_string();
        }
        format!("{shown} shown, {painted} painted (brush {})", Brush::between(shown, painted))
    }

    /// The options that ask for this painted size.
    fn options_for(&self, painted: Size) -> String {
        let shown = self.goal.shown;
        match self.goal.size {
            SizeRequest::Brush(brush) if painted == self.size => format!("--shown {shown} --brush {brush}"),
            SizeRequest::Brush(_) if Brush::FACTORS.contains(&(Brush::between(shown, painted) as f32)) => {
                format!("--shown {shown} --brush {}", Brush::between(shown, painted))
            }
            _ => format!("--size {painted}"),
        }
    }

    /// Billions of multiply-adds for a frame.
    fn gmac(&self, row: &Row) -> f64 {
        row.architecture.multiply_adds_per_pixel() * self.size.area() as f64 / 1e9
    }

    pub fn json(&self) -> Value {
        let row = |row: &Row| {
            let times = row.measured.as_ref().ok().map(|measured| measured.times);
            json!({
                "network": row.architecture.to_string(),
                "tier": row.architecture.tier().map(Tier::name),
                "parameters": row.architecture.parameter_count(),
                "multiply_adds_per_pixel": row.architecture.multiply_adds_per_pixel(),
                "gmac": rounded(self.gmac(row)),
                "p50_ms": times.map(|times| rounded(times.p50)),
                "p95_ms": times.map(|times| rounded(times.p95)),
                "fps": times.map(|times| rounded(1e3 / times.p50)),
                "times_classic": self.times_classic(row).map(rounded),
                "provider": row.measured.as_ref().ok().map(|measured| &measured.provider),
                "holds": self.is_holding(row),
                "skipped": row.measured.as_ref().err(),
            })
        };
        let instead = |smaller: &Smaller| {
            json!({
                "network": smaller.architecture.to_string(),
                "painted_size": smaller.size,
                "brush": Brush::between(self.goal.shown, smaller.size),
                "p50_ms": rounded(smaller.p50_ms),
            })
        };
        json!({
            "fps": self.goal.fps,
            "shown_size": self.goal.shown,
            "painted_size": self.size,
            "brush": Brush::between(self.goal.shown, self.size),
            "provider": self.provider,
            "threads": self.threads,
            "headroom": HEADROOM,
            "limit_ms": rounded(self.limit_ms),
            "networks": self.rows.iter().map(row).collect::<Vec<_>>(),
            "holds": self.holding().map(|row| row.architecture.to_string()),
            "instead": self.instead.as_ref().map(instead),
        })
    }

    /// What it comes to, in a sentence or two.
    pub fn verdict(&self) -> String {
        let (fps, limit) = (self.goal.fps, self.limit_ms);
        let size = self.sizes(self.size);
        match (self.holding(), &self.instead) {
            (Some(row), _) => format!(
                "{} is the largest network that holds {fps} fps at {size}: {:.1} ms of {limit:.1}",
                row.architecture,
                row.ms().unwrap_or_default()
            ),
            (None, Some(Smaller { architecture, size: smaller, p50_ms })) => format!(
                "no network holds {fps} fps at {size}; the smallest, {architecture}, does at {}: \
                 {p50_ms:.1} ms of {limit:.1}. Ask for {}, or for fewer frames per second",
                self.sizes(*smaller),
                self.options_for(*smaller)
            ),
            (None, None) => format!(
                "no network holds {fps} fps at {size}, nor at a smaller size worth painting: \
                 ask for fewer frames per second"
            ),
        }
    }
}

/// To three decimal places.
fn rounded(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { goal: Goal { fps, .. }, limit_ms, threads, .. } = self;
        let size = self.sizes(self.size);
        let provider = &self.provider.running;
        writeln!(f, "{fps} fps at {size} on {provider}, {threads} threads: a network may take {limit_ms:.1} ms,")?;
        writeln!(f, "{HEADROOM} of a frame's time, for the game and the compositor need the rest\n")?;
        let [network, parameters, macs, gmac] = ["network", "parameters", "MAC/px", "GMAC"];
        let [p50, p95, rate, classic] = ["p50 ms", "p95 ms", "fps", "x classic"];
        writeln!(f, "  {network:<24}{parameters:>11}{macs:>9}{gmac:>9}{p50:>9}{p95:>9}{rate:>8}{classic:>11}")?;
        for (place, row) in self.rows.iter().enumerate() {
            let mark = if self.holds == Some(place) { '>' } else { ' ' };
            let architecture = &row.architecture;
            let (count, macs) = (architecture.parameter_count(), architecture.multiply_adds_per_pixel());
            write!(f, "{mark} {architecture:<24}{count:>11}{macs:>9.0}{:>9.2}", self.gmac(row))?;
            match &row.measured {
                Ok(Measured { times, provider: ran }) => {
                    write!(f, "{:>9.2}{:>9.2}{:>8.1}", times.p50, times.p95, 1e3 / times.p50)?;
                    let ratio = self.times_classic(row).map_or_else(String::new, |ratio| format!("{ratio:.1}"));
                    write!(f, "{ratio:>11}{}", if self.is_holding(row) { "  holds" } else { "" })?;
                    // One network may run where another cannot.
                    writeln!(f, "{}", if ran == provider { String::new() } else { format!("  (on {ran})") })?;
                }
                Err(reason) => writeln!(f, "  not measured: {reason}")?,
            }
        }
        if !self.provider.reason.is_empty() {
            writeln!(f, "\n{}", self.provider.reason)?;
        }
        let verdict = self.verdict();
        let mut letters = verdict.chars();
        let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
        // Names of networks keep their letters.
        let verdict = if self.holds.is_some() { verdict } else { format!("{first}{}", letters.as_str()) };
        writeln!(f, "\n{verdict}.")?;
        if self.holds.is_some() {
            writeln!(f, "\"impasto train --fps {fps} {} ...\" trains it.", self.options_for(self.size))?;
        }
        Ok(())
    }
}
