//! `impasto press`.

use crate::app::press;
use crate::settings::HotkeyAction;
use clap::Args;

#[derive(Debug, Args)]
pub struct PressArgs {
    /// What the hotkey does.
    #[arg(value_name = "ACTION", value_parser = action)]
    action: HotkeyAction,
}

/// The action of this name. One that works while a key is held cannot be pressed by a command.
fn action(name: &str) -> Result<HotkeyAction, String> {
    let pressable = || HotkeyAction::all().filter(|action| *action != HotkeyAction::HoldOriginal);
    pressable().find(|action| action.name() == name).ok_or_else(|| {
        let names: Vec<_> = pressable().map(HotkeyAction::name).collect();
        format!("write one of {}", names.join(", "))
    })
}

pub fn run(args: &PressArgs) -> anyhow::Result<()> {
    press(args.action).map_err(anyhow::Error::msg)
}
