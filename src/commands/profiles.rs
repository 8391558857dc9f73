//! `impasto profiles`: what is remembered for each game.

use super::print_json;
use crate::settings::{Profile, Profiles, Remembered, open_profiles, read_profiles, write_profiles};
use anyhow::bail;
use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct ProfilesArgs {
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Write profiles into one file.
    Export {
        #[arg(value_name = "FILE.toml")]
        file: PathBuf,
        /// Only these; all where none is named.
        #[arg(value_name = "NAME")]
        names: Vec<String>,
    },
    /// Take over the profiles of a file.
    Import {
        #[arg(value_name = "FILE.toml")]
        file: PathBuf,
        /// Also those of a name that is taken.
        #[arg(long)]
        replace: bool,
    },
    /// Paint a game by itself when it starts, or do not.
    Attach {
        #[arg(value_name = "NAME")]
        name: String,
        #[arg(value_name = "on|off", value_parser = on_or_off, action = clap::ArgAction::Set)]
        attach: bool,
    },
    /// Forget a profile.
    Remove {
        #[arg(value_name = "NAME")]
        name: String,
    },
}

pub fn run(args: &ProfilesArgs) -> anyhow::Result<()> {
    let (mut profiles, notices) = open_profiles();
    notices.iter().for_each(|notice| err!("note: {notice}"));
    match &args.action {
        None if args.json => print_json(&profiles.value.profile),
        None => {
            list(&profiles.value);
            Ok(())
        }
        Some(Action::Export { file, names }) => export(&profiles.value, file, names),
        Some(Action::Import { file, replace }) => import(&mut profiles, file, *replace),
        Some(Action::Attach { name, attach }) => {
            let (name, _) = profiles.value.named(name).map_err(anyhow::Error::msg)?;
            let name = name.to_owned();
            if let Some(profile) = profiles.value.profile.get_mut(&name) {
                profile.attach = *attach;
            }
            Ok(profiles.save()?)
        }
        Some(Action::Remove { name }) => {
            let (name, _) = profiles.value.named(name).map_err(anyhow::Error::msg)?;
            let name = name.to_owned();
            profiles.value.profile.remove(&name);
            Ok(profiles.save()?)
        }
    }
}

fn list(profiles: &Profiles) {
    if profiles.profile.is_empty() {
        out!("no profile yet: paint a game and change something, and it gets one");
    }
    for (name, Profile { application, attach, paint, .. }) in &profiles.profile {
        let style = if paint.style.is_empty() { "the first style" } else { &paint.style };
        let attaches = if *attach { ", painted by itself when it starts" } else { "" };
        out!(
            "{name}  (windows of {application}): {style} at {:.0} %, size {}, cap {}, pace {}{attaches}",
            paint.strength * 100.0,
            paint.size,
            paint.fps_cap,
            paint.pace
        );
    }
}

fn export(profiles: &Profiles, file: &std::path::Path, names: &[String]) -> anyhow::Result<()> {
    let mut chosen = Profiles::default();
    for name in names {
        let (name, profile) = profiles.named(name).map_err(anyhow::Error::msg)?;
        chosen.profile.insert(name.to_owned(), profile.clone());
    }
    let chosen = if names.is_empty() { profiles } else { &chosen };
    if chosen.profile.is_empty() {
        bail!("there is no profile to export: paint a game and change something, and it gets one");
    }
    write_profiles(file, chosen)?;
    out!("{} profiles are in {}", chosen.profile.len(), file.display());
    Ok(())
}

fn import(profiles: &mut Remembered<Profiles>, file: &std::path::Path, replace: bool) -> anyhow::Result<()> {
    let (found, notices) = read_profiles(file)?;
    notices.iter().for_each(|notice| err!("note: {notice}"));
    let count = found.profile.len();
    let left_out = profiles.value.take_over(found, replace);
    profiles.save()?;
    out!("took over {} profiles", count - left_out.len());
    if !left_out.is_empty() {
        out!("left out, for there are profiles of these names: {} (--replace takes them)", left_out.join(", "));
    }
    Ok(())
}

fn on_or_off(text: &str) -> Result<bool, String> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(format!("\"{text}\" is neither on nor off")),
    }
}
