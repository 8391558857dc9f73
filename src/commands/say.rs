//! Lines on standard output and standard error. `println!` panics where nobody reads any more (`impasto doctor | head
//! -1`); here what is left is not said, and the work goes on.

use std::fmt::Arguments;
use std::io::Write;

/// A line on standard output.
macro_rules! out {
    ($($text:tt)*) => {
        $crate::commands::say::line(std::io::stdout(), format_args!($($text)*))
    };
}

/// A line on standard error.
macro_rules! err {
    ($($text:tt)*) => {
        $crate::commands::say::line(std::io::stderr(), format_args!($($text)*))
    };
}

pub(super) fn line(mut to: impl Write, text: Arguments<'_>) {
    // Nobody is left to be told that nobody reads.
    let _ = writeln!(to, "{text}");
}
