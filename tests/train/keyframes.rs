//! Training from key frames learns what was painted, where it was painted, goes on exactly, and says what is wrong.

use crate::tiny::{features, picture, write_pictures};
use impasto::control::SizeRequest;
use impasto::frame::{Frame, Size, read_picture, write_picture};
use impasto::network::{Architecture, Tier, read_parameters};
use impasto::stylize::{BareSession, LoadOptions, Manifest, ProviderChoice, Style};
use impasto::train::{
    Crops, KeyframePairs, KeyframeProvenance, KeyframeSettings, KeyframeTrainer, Limit, Planes, TrainError, paint,
    write_keyframe_style,
};
use std::path::PathBuf;
use tempfile::TempDir;

const SIZE: Size = Size::new(128, 96);

/// A folder of key frames in `keys`, painted by exchanging colours, and frames to be steady on in `data`.
struct Keys {
    folder: TempDir,
}

/// The "style": red becomes blue, blue becomes green, green becomes red, and all is lighter.
fn painted(frame: &Frame) -> Frame {
    let mut painted = frame.clone();
    for pixel in painted.pixels.chunks_exact_mut(4) {
        let [blue, green, red] = [pixel[0], pixel[1], pixel[2]].map(|value| 80 + value / 3 * 2);
        pixel[..3].copy_from_slice(&[red, blue, green]);
    }
    painted
}

/// Mean absolute difference of 0..=1.
fn difference(a: &Frame, b: &Frame) -> f32 {
    let sum: u64 = a.pixels.iter().zip(&b.pixels).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f32 / (3 * a.size.area()) as f32 / 255.0
}

impl Keys {
    fn new() -> Self {
        let keys = Self { folder: tempfile::tempdir().unwrap() };
        write_pictures(&keys.path("data"), 9);
        for (name, seed) in [("hall", 20), ("yard", 21)] {
            let frame = picture(SIZE, seed);
            keys.write("input", name, &frame);
            keys.write("output", name, &painted(&frame));
        }
        keys
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, kind: &str, name: &str, frame: &Frame) {
        let folder = self.path("keys").join(kind);
        std::fs::create_dir_all(&folder).unwrap();
        write_picture(&folder.join(format!("{name}.png")), frame).unwrap();
    }

    fn settings(&self) -> KeyframeSettings {
        let architecture = Tier::Fast.into();
        KeyframeSettings { architecture, patch_px: 16, patches: 2, steadiness_px: 16, ..KeyframeSettings::default() }
    }

    fn pairs(&self) -> KeyframePairs {
        KeyframePairs::read(&self.path("keys"), false).unwrap()
    }

    fn crops(&self) -> Crops {
        Crops::open(&[self.path("data")]).unwrap()
    }

    fn trainer(&self, settings: KeyframeSettings) -> KeyframeTrainer {
        let pairs = KeyframePairs::read(&self.path("keys"), settings.paint_mask_only).unwrap();
        KeyframeTrainer::new(settings, pairs, self.crops(), features(1.0), None).unwrap()
    }

    fn refusal(&self) -> String {
        KeyframePairs::read(&self.path("keys"), false).err().unwrap().to_string()
    }
}

fn steps(trainer: &mut KeyframeTrainer, count: u64, limit: u64) {
    for _ in 0..count {
        trainer.step(Limit::Iterations(limit)).unwrap();
    }
}

/// White on the left half.
fn left_half() -> Frame {
    let mut mask = Frame::new(SIZE);
    for (index, pixel) in mask.pixels.chunks_exact_mut(4).enumerate() {
        pixel[..3].fill(if index as u32 % SIZE.width < SIZE.width / 2 { 255 } else { 0 });
    }
    mask
}

#[test]
fn a_change_of_colours_is_learnt_and_painted_on_other_frames() {
    let keys = Keys::new();
    let mut trainer = keys.trainer(keys.settings());
    let before = trainer.keyframe_difference();
    steps(&mut trainer, 150, 150);
    let after = trainer.keyframe_difference();
    assert!(after < 0.12 && after < 0.5 * before, "key frames: {before} to {after}");
    let means = trainer.means();
    assert!((0.0..0.5).contains(&means.discriminator) && means.adversarial > 0.0, "{means:?}");
    let preview = trainer.preview(&[picture(SIZE, 1)], 48);
    assert_eq!(preview.size, Size::new(128, 96), "a frame and a key frame, each beside its painting");

    let other = picture(SIZE, 33);
    let painting = paint(trainer.network(), &Planes::from_frame(&other)).to_frame();
    let (wanted, plain) = (difference(&painting, &painted(&other)), difference(&other, &painted(&other)));
    assert!(wanted < 0.7 * plain, "another frame: {wanted}, and {plain} without training");
}

#[test]
fn going_on_equals_never_having_stopped() {
    let keys = Keys::new();
    let mut whole = keys.trainer(keys.settings());
    steps(&mut whole, 6, 6);
    let checkpoint = keys.path("style.checkpoint");
    let mut first = keys.trainer(keys.settings());
    steps(&mut first, 3, 6);
    first.save(&checkpoint).unwrap();
    let resume = |settings| KeyframeTrainer::resume(&checkpoint, &settings, keys.pairs(), keys.crops(), features(1.0));
    let mut second = resume(keys.settings()).unwrap();
    assert_eq!((second.steps(), second.means(), second.spent()), (3, first.means(), first.spent()));
    steps(&mut second, 3, 6);
    assert!(second.network().parameters() == whole.network().parameters(), "the weights differ");
    assert_eq!(second.means(), whole.means());

    let error = resume(KeyframeSettings { seed: 2, ..keys.settings() }).err().unwrap().to_string();
    assert!(error.contains("other settings (seed 1, not 2)"), "{error}");
    let bytes = std::fs::read(&checkpoint).unwrap();
    std::fs::write(&checkpoint, &bytes[..bytes.len() - 3]).unwrap();
    let error = resume(keys.settings()).err().unwrap().to_string();
    assert!(error.contains("damaged"), "{error}");
}

#[test]
fn what_is_wrong_with_key_frames_is_said_with_their_names() {
    let keys = Keys::new();
    let said = |words: &[&str]| {
        let error = keys.refusal();
        assert!(words.iter().all(|word| error.contains(word)), "{words:?} are not all said: {error}");
    };
    keys.write("mask", "yard", &Frame::new(Size::new(64, 48)));
    said(&["mask", "\"yard\"", "64x48", "128x96"]);
    keys.write("mask", "yard", &Frame::new(SIZE));
    said(&["mask", "\"yard\"", "black"]);
    std::fs::remove_file(keys.path("keys/mask/yard.png")).unwrap();
    keys.write("output", "yard", &Frame::new(Size::new(128, 100)));
    said(&["painted version", "\"yard\"", "128x100", "128x96"]);
    let whole = std::fs::read(keys.path("keys/output/hall.png")).unwrap();
    std::fs::write(keys.path("keys/output/hall.png"), &whole[..whole.len() / 2]).unwrap();
    said(&["cannot read the picture", "hall.png"]);
    std::fs::remove_file(keys.path("keys/output/yard.png")).unwrap();
    said(&["\"yard\" has no painted version"]);
    keys.write("output", "attic", &Frame::new(SIZE));
    said(&["\"attic\" belongs to no key frame"]);
    std::fs::remove_dir_all(keys.path("keys/output")).unwrap();
    said(&["cannot read the folder", "output"]);
    std::fs::create_dir(keys.path("keys/output")).unwrap();
    for name in ["hall", "yard"] {
        std::fs::remove_file(keys.path("keys/input").join(name).with_extension("png")).unwrap();
    }
    said(&["no key frames", "impasto keyframes pick"]);
    keys.write("input", "dot", &Frame::new(Size::new(1, 1)));
    keys.write("output", "dot", &Frame::new(Size::new(1, 1)));
    said(&["\"dot\"", "1x1", "at least 32"]);
    let error = KeyframePairs::read(&keys.path("keys"), true).err().unwrap().to_string();
    assert!(error.contains("no masks"), "{error}");
}

#[test]
fn only_what_the_mask_shows_is_learnt_and_the_rest_is_left_when_asked() {
    let keys = Keys::new();
    // What is painted on the right is nonsense, which masks keep away.
    for (name, seed) in [("hall", 20), ("yard", 21)] {
        let frame = picture(SIZE, seed);
        let mut half = painted(&frame);
        for (index, pixel) in half.pixels.chunks_exact_mut(4).enumerate() {
            if index as u32 % SIZE.width >= SIZE.width / 2 {
                pixel[..3].fill(0);
            }
        }
        keys.write("output", name, &half);
        keys.write("mask", name, &left_half());
    }
    let mut trainer = keys.trainer(keys.settings());
    steps(&mut trainer, 100, 100);
    let frame = picture(SIZE, 20);
    let painting = paint(trainer.network(), &Planes::from_frame(&frame)).to_frame();
    let wanted = difference(&painting, &painted(&frame));
    assert!(wanted < 0.14, "the style is learnt from the left half, and painted everywhere: {wanted}");

    let only = KeyframeSettings { paint_mask_only: true, ..keys.settings() };
    let trainer = keys.trainer(only);
    let (_, wanted) = trainer.pairs().example(0).unwrap();
    let right = |frame: &Frame, index: usize| index as u32 % SIZE.width >= SIZE.width / 2 && frame.size == SIZE;
    for (index, (wanted, (plain, painted))) in wanted
        .pixels
        .chunks_exact(4)
        .zip(frame.pixels.chunks_exact(4).zip(painted(&frame).pixels.chunks_exact(4)))
        .enumerate()
    {
        assert_eq!(wanted, if right(&frame, index) { plain } else { painted }, "pixel {index}");
    }
}

#[test]
fn the_classic_network_is_refused_and_a_style_of_the_same_tier_is_a_start() {
    let keys = Keys::new();
    let start = |tier: Tier, from: Option<&KeyframeTrainer>| {
        let settings = KeyframeSettings { architecture: tier.into(), ..keys.settings() };
        let weights = from.map(|trainer| trainer.network().parameters());
        KeyframeTrainer::new(settings, keys.pairs(), keys.crops(), features(1.0), weights)
    };
    let error = start(Tier::Classic, None).err().unwrap().to_string();
    assert!(error.contains("instance norms"), "{error}");
    let mut base = start(Tier::Fast, None).unwrap();
    steps(&mut base, 20, 20);
    let heir = start(Tier::Fast, Some(&base)).unwrap();
    assert_eq!(heir.keyframe_difference(), base.keyframe_difference());
    assert!(start(Tier::Balanced, Some(&base)).err().unwrap().to_string().contains("same tier"));
}

#[test]
fn the_published_network_learns_and_is_exported_as_it_paints() {
    let keys = Keys::new();
    let settings = KeyframeSettings { architecture: Architecture::FewShot, ..keys.settings() };
    let mut trainer = keys.trainer(settings.clone());
    let running = |trainer: &KeyframeTrainer| {
        let parameters = trainer.network().parameters().iter();
        let running = parameters.filter(|parameter| parameter.name.contains("running"));
        running.flat_map(|parameter| parameter.values.clone()).collect::<Vec<f32>>()
    };
    let start = trainer.network().parameters().to_vec();
    assert!(running(&trainer).iter().all(|&value| value == 0.0 || value == 1.0));
    // It is slow: a few iterations show that everything moves.
    let losses: Vec<f32> = (0..3).map(|_| trainer.step(Limit::Iterations(300)).unwrap().pixels).collect();
    assert!(losses[2] < losses[0], "{losses:?}");
    assert!(start.iter().zip(trainer.network().parameters()).all(|(old, new)| old.values != new.values));
    assert!(running(&trainer).iter().filter(|&&value| value == 0.0 || value == 1.0).count() == 0);

    let checkpoint = keys.path("style.checkpoint");
    trainer.save(&checkpoint).unwrap();
    let resumed = KeyframeTrainer::resume(&checkpoint, &settings, keys.pairs(), keys.crops(), features(1.0)).unwrap();
    assert!(resumed.network().parameters() == trainer.network().parameters());

    let model = keys.path("few.onnx");
    let frame = picture(SIZE, 12);
    write_keyframe_style(&model, &trainer, &KeyframeProvenance::default(), &frame).unwrap();
    let style = Style { name: "few".to_owned(), model, thumbnail: None, manifest: None };
    let options =
        LoadOptions { provider: ProviderChoice::Cpu, threads: 1, frame_size: SIZE, size: SizeRequest::Exact(SIZE) };
    let found = BareSession::load(&style, &options).unwrap().run_on(&frame).unwrap();
    let wanted = paint(trainer.network(), &Planes::from_frame(&frame)).values;
    let worst = found.iter().zip(&wanted).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(worst <= 1e-4, "{worst}");
}

#[test]
fn a_loss_that_is_no_number_stops_before_the_weights_are_touched() {
    let keys = Keys::new();
    let overflowing = features(1e18);
    let mut trainer = KeyframeTrainer::new(keys.settings(), keys.pairs(), keys.crops(), overflowing, None).unwrap();
    let before = trainer.network().parameters().to_vec();
    let error = trainer.step(Limit::Iterations(5)).unwrap_err();
    assert!(matches!(error, TrainError::NotFinite { step: 0 }), "{error}");
    assert!(trainer.network().parameters() == before);
}

#[test]
fn a_written_style_tells_how_it_was_made() {
    let keys = Keys::new();
    let mut trainer = keys.trainer(keys.settings());
    steps(&mut trainer, 1, 2);
    let out = keys.path("hall.onnx");
    let provenance = KeyframeProvenance {
        name: "Hall".to_owned(),
        keyframes: "keys".to_owned(),
        style_licence: Some("CC0-1.0".to_owned()),
        data: vec!["doom".to_owned()],
        ..KeyframeProvenance::default()
    };
    write_keyframe_style(&out, &trainer, &provenance, &picture(Size::new(64, 48), 1)).unwrap();
    let manifest = Manifest::read_beside(&out).unwrap().unwrap();
    assert!(manifest.notices.is_empty(), "{:?}", manifest.notices);
    assert_eq!((manifest.name.as_deref(), manifest.tier.as_deref()), (Some("Hall"), Some("fast")));
    let training = manifest.training.unwrap();
    assert_eq!((training["method"].as_str(), training["keyframe_count"].as_integer()), (Some("key frames"), Some(2)));
    assert_eq!((training["iterations"].as_integer(), training["style_licence"].as_str()), (Some(1), Some("CC0-1.0")));
    assert!(training["pixel_loss"].as_float().unwrap() > 0.0);
    assert_eq!(read_picture(&out.with_extension("png")).unwrap().size, Size::new(64, 48));
    assert!(read_parameters(&out).unwrap() == trainer.network().parameters(), "the file holds other weights");
}
