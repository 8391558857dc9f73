//! Progress of long work, on standard error; hidden where that is no terminal.

use indicatif::{ProgressBar, ProgressStyle};
use std::time::Duration;

/// How often a spinner turns.
const TURN: Duration = Duration::from_millis(120);

/// A bar over `total` steps with the time that is left, or a count without an end where the total is not known.
pub fn bar(total: Option<u64>, what: &'static str) -> ProgressBar {
    let (bar, template) = match total {
        Some(total) => (ProgressBar::new(total), "{msg} {wide_bar} {pos}/{len}  {eta} left"),
        None => (ProgressBar::no_length(), "{spinner} {msg} {pos}  {per_sec}  {elapsed}"),
    };
    styled(bar, template).with_message(what)
}

/// A spinner for work of unknown length; it turns by itself.
pub fn spinner(what: &'static str) -> ProgressBar {
    let spinner = styled(ProgressBar::no_length(), "{spinner} {msg}").with_message(what);
    spinner.enable_steady_tick(TURN);
    spinner
}

/// A spinner with the time since the start, for work that tells its own counts in the message.
pub fn counter() -> ProgressBar {
    let counter = styled(ProgressBar::no_length(), "{spinner} {elapsed}  {msg}");
    counter.enable_steady_tick(TURN);
    counter
}

/// A bar that fills as a share of the work is done, of [`WHOLE`] parts; its message is beside it.
#[cfg(feature = "train")]
pub fn share_bar() -> ProgressBar {
    styled(ProgressBar::new(WHOLE), "{wide_bar} {percent}%  {msg}")
}

/// Parts of the whole of a [`share_bar`].
#[cfg(feature = "train")]
pub const WHOLE: u64 = 1000;

/// Prints a line on standard error above the progress.
pub fn note(progress: &ProgressBar, text: &str) {
    progress.suspend(|| err!("note: {text}"));
}

fn styled(bar: ProgressBar, template: &str) -> ProgressBar {
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
