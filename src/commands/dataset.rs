//! `impasto dataset`: what a dataset holds.

use super::progress::spinner;
use crate::dataset::{Dataset, Inventory, open, write_contact_sheet};
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct DatasetArgs {
    /// A dataset that was recorded, or a folder of pictures.
    folder: PathBuf,
    /// Where to write the contact sheet, instead of into the folder.
    #[arg(long, value_name = "FILE.png")]
    sheet: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    #[serde(flatten)]
    inventory: Inventory,
    sheet: PathBuf,
}

pub fn run(args: &DatasetArgs) -> anyhow::Result<()> {
    let dataset: Dataset = open(&args.folder)?;
    let looking = spinner("looking at the pictures");
    let inventory = dataset.inventory();
    let sheet = write_contact_sheet(&dataset, args.sheet.as_deref());
    looking.finish_and_clear();
    let report = Report { inventory, sheet: sheet? };
    if args.json {
        return super::print_json(&report);
    }
    print_report(&report);
    Ok(())
}

fn print_report(report: &Report) {
    let Report { inventory, sheet } = report;
    out!(
        "{} frames and {} bursts of together {} pictures, {:.1} MB: {}",
        inventory.frames,
        inventory.bursts,
        inventory.burst_pictures,
        inventory.bytes as f64 / 1e6,
        inventory.path.display()
    );
    let sizes: Vec<String> = inventory.sizes.iter().map(|size| format!("{} ({})", size.size, size.pictures)).collect();
    if !sizes.is_empty() {
        out!("sizes: {}", sizes.join(", "));
    }
    for session in &inventory.sessions {
        out!(
            "recorded {} from {}: {:.0} s, {} frames seen, {} kept, {} in bursts",
            session.started,
            session.source,
            session.seconds,
            session.counts.seen,
            session.counts.kept,
            session.counts.in_bursts
        );
    }
    if !inventory.sessions.is_empty() {
        out!("left out: {}", super::record_dataset::reasons(&inventory.counts.skipped));
    }
    if !inventory.damaged.is_empty() {
        out!("{} pictures are damaged and will not be used:", inventory.damaged.len());
        inventory.damaged.iter().for_each(|path| out!("  {}", path.display()));
    }
    out!("contact sheet: {}", sheet.display());
}
