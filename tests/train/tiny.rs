//! A training that takes milliseconds: small crops, small features, few pictures.

use impasto::frame::{Frame, Size, write_picture};
use impasto::network::{FeatureConvolution, Random, Tier};
use impasto::train::{Crops, Features, Settings, TrainDevice, Trainer};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A picture with shapes in colours that `seed` decides.
pub fn picture(size: Size, seed: u64) -> Frame {
    let mut random = Random::new(seed);
    let colours: Vec<[u8; 3]> = (0..4).map(|_| [(); 3].map(|()| random.whole(0, 255) as u8)).collect();
    let period = random.whole(5, 12);
    let mut frame = Frame::new(size);
    for (index, pixel) in frame.pixels.chunks_exact_mut(4).enumerate() {
        let (x, y) = (index as u32 % size.width, index as u32 / size.width);
        let [blue, green, red] = colours[((x / period + y / period * 2 + x * y / 500) % 4) as usize];
        pixel.copy_from_slice(&[blue, green, red, 255]);
    }
    frame
}

/// Writes `count` pictures into a folder.
pub fn write_pictures(folder: &Path, count: u64) {
    std::fs::create_dir_all(folder).unwrap();
    for seed in 0..count {
        write_picture(&folder.join(format!("{seed}.png")), &picture(Size::new(120, 90), seed)).unwrap();
    }
}

/// Writes a dataset: single pictures, and bursts of pictures whose content moves by two pixels each time.
pub fn write_dataset(folder: &Path, bursts: u64) {
    write_pictures(&folder.join("frames"), 4);
    for burst in 0..bursts {
        let folder = folder.join(format!("bursts/{:04}", burst + 1));
        std::fs::create_dir_all(&folder).unwrap();
        let wide = picture(Size::new(140, 90), 40 + burst);
        for index in 0..3 {
            let mut frame = Frame::new(Size::new(120, 90));
            for (line, row) in frame.pixels.chunks_exact_mut(120 * 4).zip(wide.pixels.chunks_exact(140 * 4)) {
                line.copy_from_slice(&row[index * 8..][..120 * 4]);
            }
            write_picture(&folder.join(format!("{index:02}.png")), &frame).unwrap();
        }
    }
}

/// Four blocks of one convolution each, as strong as VGG's, whose weights are `factor` times random ones.
pub fn features(factor: f32) -> Features {
    Features::new(convolutions(factor), &TrainDevice::processor())
}

/// The convolutions of [`features`].
pub fn convolutions(factor: f32) -> Vec<Vec<FeatureConvolution>> {
    let mut random = Random::new(3);
    let mut convolution = |inputs: usize, outputs: usize| FeatureConvolution {
        inputs,
        outputs,
        weights: (0..outputs * inputs * 9)
            .map(|_| random.normal() * (2.0 / (inputs * 9) as f32).sqrt() * factor)
            .collect(),
        biases: vec![0.0; outputs],
    };
    [(3, 8), (8, 8), (8, 12), (12, 12)].map(|(inputs, outputs)| vec![convolution(inputs, outputs)]).into()
}

/// A folder of pictures, or a dataset with bursts, and trainings on it.
pub struct Tiny {
    folder: TempDir,
}

impl Tiny {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        write_pictures(&folder.path().join("data"), 9);
        Self { folder }
    }

    /// With frames that followed each other.
    pub fn with_bursts() -> Self {
        let folder = tempfile::tempdir().unwrap();
        write_dataset(&folder.path().join("data"), 5);
        Self { folder }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn settings(&self, tier: Tier, seed: u64) -> Settings {
        Settings { architecture: tier.into(), batch: 2, crop_px: 16, style_px: 32, seed, ..Settings::default() }
    }

    pub fn style(&self) -> Frame {
        picture(Size::new(40, 40), 100)
    }

    pub fn crops(&self) -> Crops {
        Crops::open(&[self.path("data")]).unwrap()
    }

    pub fn trainer(&self, tier: Tier, seed: u64) -> Trainer {
        Trainer::new(self.settings(tier, seed), &self.style(), self.crops(), features(1.0), None).unwrap()
    }
}
