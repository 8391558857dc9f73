//! What can be asked of `impasto train`, and what follows from it.

use super::device::{ChosenDevice, DeviceChoice, TestedTraining, choose};
use super::feature_engine;
use super::keyframes::KeyframeArgs;
use super::size::NetworkSize;
use crate::commands::features_file::{HOW_TO_FETCH, features_file};
use crate::commands::paint_options::positive;
use crate::commands::progress;
use crate::frame::read_picture;
use crate::network::{Architecture, Parameter, read_parameters, read_vgg16};
use crate::stylize::find_style;
use crate::train::{
    Backend, Crops, Features, Limit, LossWeights, MIN_SIDE_PX, Provenance, Settings, Subject, TrainError, Trainer,
};
use anyhow::{Context, ensure};
use clap::Args;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// How long is trained where nothing is said.
const DEFAULT_MINUTES: f32 = 30.0;
const DEFAULT_MINUTES_FROM_KEYFRAMES: f32 = 10.0;

/// How much the teacher's painting counts.
const TEACHER_WEIGHT: f32 = 20.0;

#[derive(Debug, Args)]
pub struct TrainArgs {
    /// The picture whose style is learnt.
    #[arg(long, value_name = "IMG", required_unless_present = "keyframes")]
    style_image: Option<PathBuf>,
    #[command(flatten)]
    pub keyframe: KeyframeArgs,
    /// What to learn on, best of the game itself: a dataset, a folder of pictures, a video, or "scene", the built-in
    /// one; may repeat.
    #[arg(long, value_name = "DATASET|FOLDER|VIDEO|scene", required = true)]
    pub data: Vec<PathBuf>,
    /// The style's file; its manifest, thumbnail, checkpoint and preview are written beside it.
    #[arg(long, value_name = "NAME.onnx")]
    pub out: PathBuf,
    #[command(flatten)]
    network: NetworkSize,
    /// Train so long, all sittings together [default: 30, or 10 from key frames].
    #[arg(long, value_name = "N", value_parser = positive)]
    minutes: Option<f32>,
    /// Train so many iterations, all sittings together.
    #[arg(long, value_name = "N", conflicts_with = "minutes")]
    iterations: Option<u64>,
    /// What to train on. A graphics card is used only after it gave the processor's losses in a test; else the
    /// processor.
    #[arg(long, value_enum, value_name = "D", default_value_t = DeviceChoice::Auto)]
    device: DeviceChoice,
    /// How much the style counts [default: 6, or 0 with a teacher].
    #[arg(long, value_name = "X", value_parser = not_negative)]
    style_weight: Option<f32>,
    /// How much the shapes of the frame count [default: 1.5, or 0 with a teacher].
    #[arg(long, value_name = "X", value_parser = not_negative)]
    content_weight: Option<f32>,
    /// How much the colours of the style count, wherever they are [default: 10, or 0 with a teacher].
    #[arg(long, value_name = "X", value_parser = not_negative)]
    palette_weight: Option<f32>,
    /// How much it counts that the painting does not flicker; from a picture, at most 20 until 60 % of the training,
    /// and all of it from 90 % on [default: 100, or 15 from key frames].
    #[arg(long, value_name = "X", value_parser = not_negative)]
    pub steadiness: Option<f32>,
    /// How much it counts that the painting does not change along its border, where some styles would paint a band.
    #[arg(long, value_name = "X", value_parser = not_negative, default_value_t = Settings::default().weights.border)]
    border: f32,
    /// How much it counts that nothing periodic is painted where the frame shows nothing.
    #[arg(long, value_name = "X", value_parser = not_negative, default_value_t = Settings::default().weights.lattice)]
    lattice: f32,
    /// How much it counts that successive paintings change no more than their frames, where the data has such frames.
    #[arg(long, value_name = "X", value_parser = not_negative, default_value_t = Settings::default().weights.temporal)]
    temporal: f32,
    /// Crops of an iteration. Styles are compared over all of them together, so that not each needs every colour.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=64), conflicts_with = "keyframes", default_value_t = Settings::default().batch)]
    batch: u32,
    /// A style to learn to paint like, of any size of network: a small network learns from a large one, in cheap
    /// iterations.
    #[arg(long, value_name = "STYLE", conflicts_with = "keyframes")]
    teacher: Option<String>,
    /// Size of the strokes: 1 is usual, 2 is twice as large.
    #[arg(long, value_name = "X", value_parser = stroke_scale, default_value_t = 1.0)]
    stroke_scale: f32,
    /// A style of the same tier to start from: it saves time.
    #[arg(long, value_name = "STYLE", conflicts_with = "resume")]
    from: Option<String>,
    /// Go on from the checkpoint beside the style's file.
    #[arg(long)]
    pub resume: bool,
    /// The highest learning rate [default: 0.001]; 0.0005 refines a style that --from names and that is good already.
    #[arg(long, value_name = "X", value_parser = positive, conflicts_with = "keyframes")]
    learning_rate: Option<f32>,
    /// Decides all that is random.
    #[arg(long, value_name = "N", default_value_t = Settings::default().seed)]
    pub seed: u64,
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

impl TrainArgs {
    pub fn limit(&self) -> Limit {
        let usual = if self.keyframe.keyframes.is_some() { DEFAULT_MINUTES_FROM_KEYFRAMES } else { DEFAULT_MINUTES };
        match self.iterations {
            Some(count) => Limit::Iterations(count),
            None => Limit::Time(Duration::from_secs_f32(self.minutes.unwrap_or(usual).min(1e6) * 60.0)),
        }
    }

    fn settings(&self, stop: &AtomicBool) -> anyhow::Result<Settings> {
        let settled = |checkpoint: &Path| Ok(Trainer::settings_of(checkpoint)?.architecture);
        let architecture = self.architecture(settled, stop)?;
        let usual = Settings::default();
        let has_teacher = self.teacher.is_some();
        let without_teacher = |weight: f32| if has_teacher { 0.0 } else { weight };
        let weights = LossWeights {
            style: self.style_weight.unwrap_or(without_teacher(usual.weights.style)),
            content: self.content_weight.unwrap_or(without_teacher(usual.weights.content)),
            palette: self.palette_weight.unwrap_or(without_teacher(usual.weights.palette)),
            variation: usual.weights.variation,
            steadiness: self.steadiness.unwrap_or(usual.weights.steadiness),
            border: self.border,
            lattice: self.lattice,
            temporal: self.temporal,
            teacher: if has_teacher { TEACHER_WEIGHT } else { 0.0 },
        };
        let teacher = self.teacher.as_ref().map(|teacher| find_style(teacher)).transpose()?.map(|style| style.name);
        let style_px = (usual.style_px as f32 * self.stroke_scale).round() as u32;
        let learning_rate = self.learning_rate.unwrap_or(usual.learning_rate);
        let (batch, seed) = (self.batch, self.seed);
        Ok(Settings { architecture, weights, batch, style_px, learning_rate, seed, teacher, ..usual })
    }

    /// The training that was asked for, and what it runs on.
    pub fn trainer(&self, stop: &AtomicBool) -> anyhow::Result<(Trainer, ChosenDevice)> {
        let style_image =
            self.style_image.as_deref().context("a style picture is needed: name one with --style-image")?;
        let style = read_picture(style_image)?;
        ensure!(
            style.size.width.min(style.size.height) >= MIN_SIDE_PX,
            "the style picture is {} pixels small, at least {MIN_SIDE_PX} on both sides are needed: {}",
            style.size,
            style_image.display()
        );
        let crops = self.crops()?.levelled();
        let settings = self.settings(stop)?;
        let device = self.device(Subject::Picture, &settings.architecture, stop)?;
        let features = self.read_fast_features(&device)?;
        let trainer = if self.resume {
            Trainer::resume(&self.checkpoint(), &settings, &style, crops, features)?
        } else {
            Trainer::new(settings, &style, crops, features, self.start()?.as_deref())?
        };
        let trainer = match &self.teacher {
            Some(teacher) => trainer.with_teacher(super::teacher::load(&find_style(teacher)?)?),
            None => trainer,
        };
        Ok((trainer, device))
    }

    /// What to train on: a graphics card only after its self-test, which takes a while.
    pub fn device(
        &self,
        subject: Subject,
        architecture: &Architecture,
        stop: &AtomicBool,
    ) -> anyhow::Result<ChosenDevice> {
        let training =
            TestedTraining { subject, architecture: architecture.clone(), features: Some(self.features_file()?) };
        let device = choose(self.device, &training, stop)?;
        if self.resume && device.device.adapter().is_some() {
            err!("note: a graphics card does not repeat itself to the last bit: training goes on, but not exactly");
        }
        Ok(device)
    }

    fn features_file(&self) -> anyhow::Result<PathBuf> {
        features_file(self.features.as_deref())
            .with_context(|| format!("the perceptual features are missing: {HOW_TO_FETCH}"))
    }

    /// What a training is made of, for its report.
    pub fn settings_in_words(&self, trainer: &Trainer, device: &ChosenDevice) -> Vec<(&'static str, String)> {
        let settings = trainer.settings();
        let weights = settings.weights.named().into_iter().filter(|(_, weight)| *weight > 0.0);
        let weights: Vec<String> = weights.map(|(name, weight)| format!("{name} {weight}")).collect();
        vec![
            ("Style picture", self.style_image.as_deref().map_or_else(String::new, |path| path.display().to_string())),
            ("Network", settings.architecture.to_string()),
            ("Teacher", settings.teacher.clone().unwrap_or_else(|| "none".to_owned())),
            ("Frames", self.data_in_words(trainer.crops())),
            ("Weights of the losses", weights.join(", ")),
            ("Batch", format!("{} crops of {} pixels", settings.batch, settings.crop_px)),
            ("Strokes", self.stroke_scale.to_string()),
            ("Learning rate", settings.learning_rate.to_string()),
            ("Seed", settings.seed.to_string()),
            ("Device", device.in_words()),
        ]
    }

    /// What is learnt on, for reports.
    pub fn data_in_words(&self, crops: &Crops) -> String {
        let paths: Vec<String> = self.data.iter().map(|path| path.display().to_string()).collect();
        format!("{} of {}, {} with their successor", crops.len(), paths.join(", "), crops.pair_count())
    }

    /// The network to train: one that is to hold a frame rate is found by measuring, until `stop` is set; one that goes
    /// on is that of the checkpoint, which `settled` reads.
    pub fn architecture(
        &self,
        settled: impl FnOnce(&Path) -> Result<Architecture, TrainError>,
        stop: &AtomicBool,
    ) -> anyhow::Result<Architecture> {
        self.network.architecture(self.resume.then_some(|| settled(&self.checkpoint())), stop)
    }

    /// The file that training goes on from.
    pub fn checkpoint(&self) -> PathBuf {
        self.out.with_extension("checkpoint")
    }

    /// What to learn on. Reading a video takes a while.
    pub fn crops(&self) -> anyhow::Result<Crops> {
        let spinner = progress::spinner("looking at the data");
        let crops = Crops::open(&self.data)?;
        spinner.finish_and_clear();
        if crops.skipped() > 0 {
            err!("note: {} pictures are skipped, as broken or too small", crops.skipped());
        }
        Ok(crops)
    }

    /// The weights of the style to start from, if one is named.
    pub fn start(&self) -> anyhow::Result<Option<Vec<Parameter>>> {
        let read = |style: &String| Ok(read_parameters(&find_style(style)?.model)?);
        self.from.as_ref().map(read).transpose()
    }

    /// Reads the features, which takes seconds; `what` is said meanwhile.
    pub fn read_features(&self, what: &'static str, device: &ChosenDevice) -> anyhow::Result<Features> {
        let spinner = progress::spinner(what);
        let features = Features::read(&self.features_file()?, &device.device)?;
        spinner.finish_and_clear();
        Ok(features)
    }

    /// Features that look at whole paintings: on the processor through ONNX Runtime.
    fn read_fast_features(&self, device: &ChosenDevice) -> anyhow::Result<Features> {
        let features = self.read_features("reading the features and looking at the style picture", device)?;
        if device.device.backend() != Backend::Processor {
            return Ok(features);
        }
        Ok(features.with_engine(feature_engine::open(&read_vgg16(&self.features_file()?)?)?))
    }

    pub fn provenance(&self) -> Provenance {
        let stem =
            self.out.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().replace(['-', '_'], " "));
        let mut letters = stem.chars();
        let name = letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect());
        Provenance {
            name,
            style_picture: self.style_image.as_deref().map_or_else(String::new, last_part),
            style_source: self.style_source.clone(),
            style_licence: self.style_licence.clone(),
            data: self.data.iter().map(|folder| last_part(folder)).collect(),
        }
    }
}

/// The last part of a path, for manifests, which are no place for the paths of somebody's machine.
pub fn last_part(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}
