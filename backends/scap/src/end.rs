//! How this program ends: when scap panics, and when Impasto has gone.

use crate::protocol::Message;
use crate::speaker::Speaker;
use std::panic::PanicHookInfo;

/// Exit code after a panic, as Rust has it.
const PANICKED: i32 = 101;

/// What panics of scap mean, for people: a part of the panic's text, and what is said instead.
const MEANINGS: [(&str, &str); 5] = [
    (
        "cancelled the interaction",
        "nothing was chosen in the desktop's dialog: choose the game's window there to paint it",
    ),
    (
        "Did not get response",
        "scap waits only a short time for a choice in the desktop's dialog, and it is over: choose sooner, or use --source portal",
    ),
    (
        "dbus connection",
        "there is no D-Bus session, by which the desktop's portal is asked: start Impasto from within the desktop",
    ),
    (
        "ServiceUnknown",
        "this desktop has no portal: install xdg-desktop-portal and the one of your desktop, and log in again",
    ),
    (
        "Unsupported frame format",
        "the desktop hands pictures over in a format that scap does not take: use --source portal",
    ),
];

/// Ends the program without waiting for scap's threads, some of which never end.
pub fn at_once(code: i32) -> ! {
    // SAFETY: it takes a number and does not return; nothing of ours is left to be written.
    unsafe { libc::_exit(code) }
}

/// Makes every panic the last message, and the end: a panic in a callback from C ends the process in any case.
pub fn tell_panics(speaker: &Speaker) {
    let speaker = speaker.clone();
    std::panic::set_hook(Box::new(move |panic| {
        eprintln!("{panic}");
        speaker.say(&Message::Failed(reason(panic)));
        at_once(PANICKED);
    }));
}

fn reason(panic: &PanicHookInfo<'_>) -> String {
    let text = panic.payload_as_str().unwrap_or("no reason was given");
    in_words(text)
}

fn in_words(text: &str) -> String {
    match MEANINGS.iter().find(|(part, _)| text.contains(part)) {
        Some((_, meaning)) => (*meaning).to_owned(),
        None => format!("scap, which captures here, failed: {text}; use --source portal where there is one"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scaps_own_panics_become_words_and_others_are_told() {
        let cancelled = "Failed to get screencast stream: LinCapError { msg: \"User cancelled the interaction\" }";
        assert!(in_words(cancelled).starts_with("nothing was chosen"));
        let late = "Failed to get screencast stream: LinCapError { msg: \"Did not get response\" }";
        assert!(in_words(late).contains("choose sooner"));
        assert!(in_words("index out of bounds").contains("failed: index out of bounds"));
    }
}
