//! Times things in turns: what else the machine does weighs on all alike.

use crate::control::Percentiles;
use std::time::Duration;

/// Passes over all that is timed; medians over them are told.
const PASSES: u32 = 9;

/// About how long one thing is timed in a pass, and how often at most.
const SLICE: Duration = Duration::from_millis(100);
const MOST_RUNS: u32 = 20;

/// What takes longer than this is timed in every third pass only.
const SLOW: Duration = Duration::from_millis(250);
const SLOW_EVERY: u32 = 3;

/// No pass is begun after so much time.
const PATIENCE: Duration = Duration::from_secs(45);

/// Something that can be run again and again.
pub trait Runner {
    /// Runs once, and gives the time that it took.
    ///
    /// # Errors
    /// It cannot run.
    fn run(&mut self) -> anyhow::Result<Duration>;
}

/// The times of one runner in all passes, one list each.
#[derive(Debug, Default)]
pub struct Times(Vec<Vec<Duration>>);

impl Times {
    /// The median of the medians of the passes, so that one bad pass counts once; and the 95th percentile of all times.
    /// `None` where nothing was timed.
    pub fn percentiles_ms(&self) -> Option<Percentiles> {
        let medians: Vec<Duration> = self.0.iter().filter_map(|pass| rank(pass, 0.5)).collect();
        let all: Vec<Duration> = self.0.iter().flatten().copied().collect();
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        Some(Percentiles { p50: ms(rank(&medians, 0.5)?), p95: ms(rank(&all, 0.95)?) })
    }
}

/// The nearest-rank percentile; `None` where there are no times.
fn rank(times: &[Duration], fraction: f64) -> Option<Duration> {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let rank = (fraction * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied()
}

/// Runs all in turns, several times over; `firsts` are times seen before, which decide how often each is run.
/// `after_pass` is called after each pass with the share of the work that is done, and may end it with an error.
///
/// # Errors
/// A runner fails, or `after_pass` ends the work.
pub fn take_turns<R: Runner>(
    runners: &mut [R],
    firsts: &[Duration],
    mut after_pass: impl FnMut(f64) -> anyhow::Result<()>,
) -> anyhow::Result<Vec<Times>> {
    let mut times: Vec<Times> = runners.iter().map(|_| Times::default()).collect();
    let mut spent = Duration::ZERO;
    for pass in 0..PASSES {
        if spent > PATIENCE {
            break;
        }
        for ((runner, &first), times) in runners.iter_mut().zip(firsts).zip(&mut times) {
            let is_slow = first > SLOW;
            if is_slow && pass % SLOW_EVERY != 0 {
                continue;
            }
            if !is_slow {
                // The others have taken the processor's caches: this run brings them back.
                spent += runner.run()?;
            }
            let runs = (SLICE.as_secs_f64() / first.as_secs_f64().max(1e-9)) as u32;
            let measured = (0..runs.clamp(1, MOST_RUNS)).map(|_| runner.run()).collect::<anyhow::Result<Vec<_>>>()?;
            spent += measured.iter().sum::<Duration>();
            times.0.push(measured);
        }
        after_pass(f64::from(pass + 1) / f64::from(PASSES))?;
    }
    Ok(times)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes the times of a script, over and over.
    struct Scripted {
        script: Vec<u64>,
        runs: usize,
    }

    impl Runner for Scripted {
        fn run(&mut self) -> anyhow::Result<Duration> {
            self.runs += 1;
            Ok(Duration::from_millis(self.script[(self.runs - 1) % self.script.len()]))
        }
    }

    fn scripted(script: &[u64]) -> Scripted {
        Scripted { script: script.to_vec(), runs: 0 }
    }

    fn ms(times: &[u64]) -> Vec<Duration> {
        times.iter().copied().map(Duration::from_millis).collect()
    }

    #[test]
    fn one_bad_pass_does_not_move_the_median() {
        let times = Times(vec![ms(&[10, 11, 12]), ms(&[90, 90, 90, 90, 90]), ms(&[12, 11, 13])]);
        assert_eq!(times.percentiles_ms(), Some(Percentiles { p50: 12.0, p95: 90.0 }));
        assert_eq!(Times::default().percentiles_ms(), None);
    }

    #[test]
    fn fast_ones_run_often_and_slow_ones_rarely() {
        let mut runners = [scripted(&[20]), scripted(&[1]), scripted(&[1000])];
        let mut shares = Vec::new();
        let note = |share| {
            shares.push(share);
            Ok(())
        };
        let times = take_turns(&mut runners, &ms(&[20, 1, 1000]), note).unwrap();
        let runs: Vec<usize> = times.iter().map(|times| times.0.iter().map(Vec::len).sum()).collect();
        assert_eq!(runs, [45, 180, 3], "five, twenty, and every third pass one");
        assert_eq!((shares.len(), shares.last()), (9, Some(&1.0)));
    }

    #[test]
    fn the_whole_ends_in_time_and_when_it_is_asked_to() {
        let mut runners = [scripted(&[20_000])];
        let times = take_turns(&mut runners, &ms(&[20]), |_| Ok(())).unwrap();
        assert_eq!(times[0].0.len(), 1, "much slower than it was thought, it gets one pass");
        let stopped = take_turns(&mut [scripted(&[1])], &ms(&[1]), |_| anyhow::bail!("stopped"));
        assert_eq!(stopped.unwrap_err().to_string(), "stopped");
    }
}
