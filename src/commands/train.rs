//! `impasto train`.

mod size;

use super::features_file::{HOW_TO_FETCH, features_file};
use super::paint_options::positive;
use super::progress;
use super::signals::stop_on_interrupt;
use crate::control::SizeRequest;
use crate::frame::{Frame, read_picture, write_picture};
use crate::network::{read_parameters, to_onnx};
use crate::stylize::{BareSession, LoadOptions, ProviderChoice, Style, find_style};
use crate::train::{
    Crops, Features, Limit, LossWeights, MIN_SIDE_PX, Planes, Provenance, Settings, TrainError, Trainer, paint,
    write_style,
};
use anyhow::{Context, ensure};
use clap::Args;
use indicatif::ProgressBar;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long is trained where nothing is said.
const DEFAULT_MINUTES: f32 = 30.0;

/// Time between two checkpoints, and between two previews.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(30);
const PREVIEW_EVERY: Duration = Duration::from_secs(60);

/// Heights in pixels of a preview's pictures, and of the style's thumbnail.
const PREVIEW_HEIGHT_PX: u32 = 240;
const THUMBNAIL_HEIGHT_PX: u32 = 192;

/// Heights in pixels at which the exported file is compared with the network, and the difference that rounding may make.
const CHECK_HEIGHTS_PX: [u32; 2] = [64, 240];
const CHECK_TOLERANCE: f32 = 1e-4;

#[derive(Debug, Args)]
pub struct TrainArgs {
    /// The picture whose style is learnt.
    #[arg(long, value_name = "IMG")]
    style_image: PathBuf,
    /// A folder of pictures to learn on, best of the game itself; may repeat.
    #[arg(long, value_name = "DIR", required = true)]
    data: Vec<PathBuf>,
    /// The style's file; its manifest, thumbnail, checkpoint and preview are written beside it.
    #[arg(long, value_name = "NAME.onnx")]
    out: PathBuf,
    #[command(flatten)]
    network: size::NetworkSize,
    /// Train so long, all sittings together [default: 30].
    #[arg(long, value_name = "N", value_parser = positive)]
    minutes: Option<f32>,
    /// Train so many iterations, all sittings together.
    #[arg(long, value_name = "N", conflicts_with = "minutes")]
    iterations: Option<u64>,
    /// How much the style counts.
    #[arg(long, value_name = "X", value_parser = not_negative, default_value_t = Settings::default().weights.style)]
    style_weight: f32,
    /// How much what is seen in the frame counts.
    #[arg(long, value_name = "X", value_parser = not_negative, default_value_t = Settings::default().weights.content)]
    content_weight: f32,
    /// How much it counts that the painting does not flicker.
    #[arg(long, value_name = "X", value_parser = not_negative, default_value_t = Settings::default().weights.steadiness)]
    steadiness: f32,
    /// Size of the strokes: 1 is usual, 2 is twice as large.
    #[arg(long, value_name = "X", value_parser = stroke_scale, default_value_t = 1.0)]
    stroke_scale: f32,
    /// A style of the same tier to start from: it saves time.
    #[arg(long, value_name = "STYLE", conflicts_with = "resume")]
    from: Option<String>,
    /// Go on from the checkpoint beside the style's file.
    #[arg(long)]
    resume: bool,
    /// Decides all that is random.
    #[arg(long, value_name = "N", default_value_t = Settings::default().seed)]
    seed: u64,
    /// VGG-16 as ONNX with Keras names [default: what scripts/fetch-features brought].
    #[arg(long, value_name = "FILE")]
    features: Option<PathBuf>,
    /// Where the style picture comes from, for the manifest.
    #[arg(long, value_name = "TEXT")]
    style_source: Option<String>,
    /// The style picture's licence, for the manifest.
    #[arg(long, value_name = "TEXT")]
    style_licence: Option<String>,
}

/// Reads a number that is not below 0.
fn not_negative(text: &str) -> Result<f32, String> {
    let number = text.parse::<f32>().ok().filter(|value| *value >= 0.0 && value.is_finite());
    number.ok_or_else(|| format!("\"{text}\" is not a number of 0 or more"))
}

/// Reads a stroke scale: memory and time of the first look at the style picture grow with its square.
fn stroke_scale(text: &str) -> Result<f32, String> {
    positive(text)
        .ok()
        .filter(|scale| (0.1..=4.0).contains(scale))
        .ok_or_else(|| format!("\"{text}\" is not a number from 0.1 to 4"))
}

pub fn run(args: &TrainArgs) -> anyhow::Result<()> {
    let is_model = args.out.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("onnx"));
    ensure!(is_model, "the style's file must end in .onnx: {}", args.out.display());
    if let Some(folder) = args.out.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    let limit = args.limit();
    let stop = stop_on_interrupt();
    let mut trainer = args.trainer(&stop)?;
    let held_out = examples(trainer.crops())?;
    let checkpoint = args.out.with_extension("checkpoint");
    // What cannot be written should fail now, and not when half an hour is over.
    trainer.save(&checkpoint)?;
    train(&mut trainer, limit, &stop, &checkpoint, &args.out.with_extension("preview.png"), &held_out)?;
    args.finish(&trainer, &held_out)
}

impl TrainArgs {
    fn limit(&self) -> Limit {
        match self.iterations {
            Some(count) => Limit::Iterations(count),
            None => Limit::Time(Duration::from_secs_f32(self.minutes.unwrap_or(DEFAULT_MINUTES).min(1e6) * 60.0)),
        }
    }

    fn settings(&self, stop: &AtomicBool) -> anyhow::Result<Settings> {
        let checkpoint = self.resume.then(|| self.out.with_extension("checkpoint"));
        let architecture = self.network.architecture(checkpoint.as_deref(), stop)?;
        let usual = Settings::default();
        let weights = LossWeights {
            style: self.style_weight,
            content: self.content_weight,
            steadiness: self.steadiness,
            ..usual.weights
        };
        let style_px = (usual.style_px as f32 * self.stroke_scale).round() as u32;
        Ok(Settings { architecture, weights, style_px, seed: self.seed, ..usual })
    }

    fn trainer(&self, stop: &AtomicBool) -> anyhow::Result<Trainer> {
        let style = read_picture(&self.style_image)?;
        ensure!(
            style.size.width.min(style.size.height) >= MIN_SIDE_PX,
            "the style picture is {} pixels small, at least {MIN_SIDE_PX} on both sides are needed: {}",
            style.size,
            self.style_image.display()
        );
        let crops = Crops::open(&self.data)?;
        if crops.skipped() > 0 {
            eprintln!("note: {} pictures are skipped, as broken or too small", crops.skipped());
        }
        let spinner = progress::spinner("reading the features and looking at the style picture");
        let file = features_file(self.features.as_deref())
            .with_context(|| format!("the perceptual features are missing: {HOW_TO_FETCH}"))?;
        let features = Features::read(&file, &Trainer::device())?;
        let settings = spinner.suspend(|| self.settings(stop))?;
        let trainer = if self.resume {
            Trainer::resume(&self.out.with_extension("checkpoint"), &settings, &style, crops, features)?
        } else {
            let start =
                self.from.as_ref().map(|style| read_parameters(&find_style(style)?.model).map_err(anyhow::Error::from));
            Trainer::new(settings, &style, crops, features, start.transpose()?.as_deref())?
        };
        spinner.finish_and_clear();
        Ok(trainer)
    }

    /// Writes the style, after ONNX Runtime has shown that it runs the file as the network was trained.
    fn finish(&self, trainer: &Trainer, held_out: &[Frame]) -> anyhow::Result<()> {
        let model = to_onnx(trainer.network());
        let example = held_out.first().context("there is a picture to paint")?;
        let thumbnail = trainer.painting(example, THUMBNAIL_HEIGHT_PX);
        let provenance = self.provenance();
        let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
        let trial = folder.path().join("style.onnx");
        write_style(&trial, &model, trainer, &provenance, &thumbnail)?;
        check(&trial, trainer, example)?;
        write_style(&self.out, &model, trainer, &provenance, &thumbnail)?;
        let means = trainer.means();
        println!(
            "{}: {} iterations in {:.1} min, style loss {:.3}, content loss {:.3}, steadiness loss {:.5}",
            self.out.display(),
            trainer.steps(),
            trainer.spent().as_secs_f32() / 60.0,
            means.style,
            means.content,
            means.steadiness
        );
        Ok(())
    }

    fn provenance(&self) -> Provenance {
        let last_part =
            |path: &Path| path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let stem =
            self.out.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().replace(['-', '_'], " "));
        let mut letters = stem.chars();
        let name = letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect());
        Provenance {
            name,
            style_picture: last_part(&self.style_image),
            style_source: self.style_source.clone(),
            style_licence: self.style_licence.clone(),
            data: self.data.iter().map(|folder| last_part(folder)).collect(),
        }
    }
}

fn examples(crops: &Crops) -> anyhow::Result<Vec<Frame>> {
    // A header may promise a picture that the rest of the file does not hold.
    let examples: Vec<Frame> = crops.examples().into_iter().filter_map(|path| read_picture(path).ok()).collect();
    ensure!(!examples.is_empty(), "the pictures that training would be watched on are broken: see the data folders");
    Ok(examples)
}

/// Trains until the limit is reached or somebody asks for the end; both leave a checkpoint.
fn train(
    trainer: &mut Trainer,
    limit: Limit,
    stop: &AtomicBool,
    checkpoint: &Path,
    preview: &Path,
    held_out: &[Frame],
) -> anyhow::Result<()> {
    let bar = progress::share_bar();
    let (start, first_step) = (Instant::now(), trainer.steps());
    let (mut saved, mut shown) = (start, start);
    while trainer.done(limit) < 1.0 && !stop.load(Ordering::SeqCst) {
        trainer.step(limit)?;
        let speed = (trainer.steps() - first_step) as f32 / start.elapsed().as_secs_f32();
        bar.set_position((trainer.done(limit) * progress::WHOLE as f32) as u64);
        bar.set_message(words(trainer, limit, speed));
        if saved.elapsed() >= CHECKPOINT_EVERY {
            trainer.save(checkpoint)?;
            saved = Instant::now();
        }
        if shown.elapsed() >= PREVIEW_EVERY {
            show(trainer, preview, held_out, &bar)?;
            shown = Instant::now();
        }
    }
    trainer.save(checkpoint)?;
    show(trainer, preview, held_out, &bar)?;
    bar.finish_and_clear();
    if stop.load(Ordering::SeqCst) {
        eprintln!("note: stopped early, after {} iterations; --resume goes on from here", trainer.steps());
    }
    Ok(())
}

/// Writes the preview; where no bar is seen, says how far training is.
fn show(trainer: &Trainer, preview: &Path, held_out: &[Frame], bar: &ProgressBar) -> anyhow::Result<()> {
    write_picture(preview, &trainer.preview(held_out, PREVIEW_HEIGHT_PX)).map_err(TrainError::from)?;
    if bar.is_hidden() {
        progress::note(bar, &bar.message());
    }
    Ok(())
}

/// How far training is: iterations, their speed, the time that is left, the losses.
fn words(trainer: &Trainer, limit: Limit, steps_per_second: f32) -> String {
    let left = match limit {
        Limit::Time(time) => time.saturating_sub(trainer.spent()).as_secs_f32(),
        Limit::Iterations(count) => count.saturating_sub(trainer.steps()) as f32 / steps_per_second.max(1e-6),
    };
    let (left, means) = (left as u64, trainer.means());
    format!(
        "iteration {}, {steps_per_second:.2}/s, {}:{:02} left, style {:.3} content {:.3} steadiness {:.5}",
        trainer.steps(),
        left / 60,
        left % 60,
        means.style,
        means.content,
        means.steadiness
    )
}

/// Compares ONNX Runtime's output for a style's file with the network's, at two sizes.
fn check(file: &Path, trainer: &Trainer, example: &Frame) -> anyhow::Result<()> {
    let style = Style { name: "trial".to_owned(), model: file.to_owned(), thumbnail: None, manifest: None };
    for height in CHECK_HEIGHTS_PX {
        let frame = trainer.fitting(example, height);
        let size = SizeRequest::Exact(frame.size);
        let options = LoadOptions { provider: ProviderChoice::Cpu, threads: 0, frame_size: frame.size, size };
        let found = BareSession::load(&style, &options)?.run_on(&frame)?;
        let wanted = paint(trainer.network(), &Planes::from_frame(&frame)).values;
        let differences = wanted.iter().zip(&found).map(|(wanted, found)| (wanted - found).abs());
        let worst = differences.fold(0.0, f32::max);
        ensure!(
            wanted.len() == found.len() && worst <= CHECK_TOLERANCE,
            "ONNX Runtime paints the exported style differently (by up to {worst} at {}); the checkpoint is kept: please report this",
            frame.size
        );
    }
    Ok(())
}
