//! `impasto windows`.

use crate::capture::{is_wayland_session, list_windows};
use clap::Args;

#[derive(Debug, Args)]
pub struct WindowsArgs {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub fn run(args: &WindowsArgs) -> anyhow::Result<()> {
    let windows = list_windows()?;
    if args.json {
        return super::print_json(&windows);
    }
    if is_wayland_session() {
        err!(
            "note: on Wayland only windows of games that run through XWayland can be listed: --source portal lets the \
             desktop ask for any window"
        );
    }
    if windows.is_empty() {
        out!("No window can be captured: start a game and try again.");
    }
    for window in windows {
        let state = format!("{:?}", window.state).to_lowercase();
        out!(
            "{:#010x}  {:>9}  {state:<9}  {}  ({})",
            window.id,
            window.size.to_string(),
            window.title,
            window.application
        );
    }
    Ok(())
}
