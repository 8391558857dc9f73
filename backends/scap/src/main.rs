//! `impasto-scap`: captures with scap, and hands the pictures to Impasto, which has started it.
//!
//! ```text
//! impasto-scap capture [ID]   captures what the desktop's dialog gives (Linux); the window with this id, else the screen (macOS)
//! impasto-scap list           lists the windows that can be captured (macOS)
//! ```
//!
//! It says what `protocol` describes. Whatever scap does wrong - panic, block, end in silence - stays in this process.

#![cfg_attr(not(test), warn(clippy::unwrap_used))]

mod capture;
mod end;
mod pixels;
#[path = "../../../src/capture/scap/protocol.rs"]
#[allow(dead_code, reason = "reading is Impasto's part")]
mod protocol;
mod speaker;

use protocol::Message;
use speaker::Speaker;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let window = match words[..] {
        ["list"] | ["capture"] => None,
        ["capture", id] if id.parse::<u32>().is_ok() => id.parse().ok(),
        _ => {
            eprintln!("error: impasto starts this program itself: impasto-scap capture [ID] | list");
            return ExitCode::from(2);
        }
    };
    let speaker = match Speaker::take_standard_output() {
        Ok(speaker) => speaker,
        Err(error) => {
            eprintln!("error: nobody listens: {error}");
            return ExitCode::FAILURE;
        }
    };
    end::tell_panics(&speaker);
    if words == ["list"] {
        capture::windows().for_each(|(id, title)| speaker.say(&Message::Window { id, title }));
        return ExitCode::SUCCESS;
    }
    let failure = capture::run(&speaker, window);
    speaker.say(&failure);
    end::at_once(0)
}
