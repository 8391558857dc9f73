//! What our networks look like: a handful of numbers, and the layers that follow from them.

use super::Tier;
use super::layer::{Border, Convolution, Layer, Start};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A network without its weights.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Architecture {
    /// One of the family that works at a quarter of the resolution, without norms and reflected borders.
    Quarter(Quarter),
    /// `fast_neural_style` (Johnson et al. 2016, with the instance norms of Ulyanov et al. 2016).
    Classic,
    /// The generator of few-shot patch-based training (Texler et al. 2020), for key frames only.
    FewShot,
}

/// The numbers that describe a network of the quarter-resolution family.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quarter {
    /// Channels at half resolution.
    pub stem: usize,
    /// Channels at quarter resolution.
    pub width: usize,
    /// Channels after the first sub-pixel step, at half resolution again.
    pub head: usize,
    /// One residual block each; larger ones bring brush strokes into large flat areas.
    pub dilations: Vec<usize>,
}

impl Architecture {
    /// A network of the quarter-resolution family.
    pub fn quarter(stem: usize, width: usize, head: usize, dilations: &[usize]) -> Self {
        Self::Quarter(Quarter { stem, width, head, dilations: dilations.to_vec() })
    }

    /// The layers, in the order in which they run.
    pub fn layers(&self) -> Vec<Layer> {
        match self {
            Self::Quarter(quarter) => quarter.layers(),
            Self::Classic => classic_layers(),
            Self::FewShot => few_shot_layers(),
        }
    }

    /// The numbers behind the name of a tier, as in ` (24-48-24-d1.2.1.4.1.2)`; nothing where the name tells them
    /// already.
    pub(super) fn numbers(&self) -> String {
        match (self.tier(), self) {
            (Some(_), Self::Quarter(quarter)) => format!(" ({quarter})"),
            _ => String::new(),
        }
    }

    /// The tier of which this is the network, if it is of one.
    pub fn tier(&self) -> Option<Tier> {
        Tier::ALL.into_iter().find(|tier| tier.architecture() == *self)
    }
}

impl From<Tier> for Architecture {
    fn from(tier: Tier) -> Self {
        tier.architecture()
    }
}

/// The tier's name, or the numbers: stem, width, head, dilations.
impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.tier(), self) {
            (Some(tier), _) => tier.fmt(f),
            (None, Self::Quarter(quarter)) => f.pad(&quarter.to_string()),
            (None, Self::FewShot) => f.pad("few-shot"),
            (None, Self::Classic) => unreachable!("classic is a tier"),
        }
    }
}

/// The numbers, as in `24-48-24-d1.2.1.4.1.2`.
impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stem, width, head, dilations } = self;
        let dilations: Vec<String> = dilations.iter().map(usize::to_string).collect();
        f.pad(&format!("{stem}-{width}-{head}-d{}", dilations.join(".")))
    }
}

impl Quarter {
    fn layers(&self) -> Vec<Layer> {
        let zero = |name: &str, inputs, outputs, kernel| Convolution::new(name, inputs, outputs, kernel, Border::Zero);
        let mut layers = vec![
            Layer::Convolution(zero("stem", 3, self.stem, 5).with_stride(2)),
            Layer::Relu,
            Layer::Convolution(zero("down", self.stem, self.width, 3).with_stride(2)),
            Layer::Relu,
        ];
        for (index, &dilation) in self.dilations.iter().enumerate() {
            let convolution = |part: &str| zero(&format!("blocks.{index}.{part}"), self.width, self.width, 3);
            layers.push(Layer::Residual(vec![
                Layer::Convolution(convolution("first").with_dilation(dilation).starting(Start::Kaiming)),
                Layer::Relu,
                Layer::Convolution(convolution("second").starting(Start::Small)),
            ]));
        }
        let nearest = |gain| Start::NearestUpsampling { gain };
        layers.extend([
            Layer::Convolution(zero("up", self.width, 4 * self.head, 3).starting(nearest(1.0))),
            // A shuffle only moves values, so that activations may come before it, where ONNX Runtime can fuse them
            // into the convolution.
            Layer::Relu,
            Layer::Shuffle,
            Layer::Convolution(zero("head", self.head, 12, 3).starting(nearest(0.3))),
            Layer::Sigmoid,
            Layer::Shuffle,
        ]);
        layers
    }
}

/// The layers of `fast_neural_style`, named as in its published weights. It works on 0..255, we on 0..1.
fn classic_layers() -> Vec<Layer> {
    const BYTE_RANGE: f32 = 255.0;
    let reflected = |name: &str, inputs, outputs, kernel| {
        Layer::Convolution(Convolution::new(name, inputs, outputs, kernel, Border::Reflect))
    };
    let strided = |name: &str, inputs, outputs| {
        Layer::Convolution(Convolution::new(name, inputs, outputs, 3, Border::Reflect).with_stride(2))
    };
    let norm = |name: &str, channels| Layer::InstanceNorm { name: name.to_owned(), channels };
    let mut layers = vec![
        Layer::Scale(BYTE_RANGE),
        reflected("conv1.conv2d", 3, 32, 9),
        norm("in1", 32),
        Layer::Relu,
        strided("conv2.conv2d", 32, 64),
        norm("in2", 64),
        Layer::Relu,
        strided("conv3.conv2d", 64, 128),
        norm("in3", 128),
        Layer::Relu,
    ];
    for index in 1..=5 {
        layers.push(Layer::Residual(vec![
            reflected(&format!("res{index}.conv1.conv2d"), 128, 128, 3),
            norm(&format!("res{index}.in1"), 128),
            Layer::Relu,
            reflected(&format!("res{index}.conv2.conv2d"), 128, 128, 3),
            norm(&format!("res{index}.in2"), 128),
        ]));
    }
    layers.extend([
        Layer::Nearest,
        reflected("deconv1.conv2d", 128, 64, 3),
        norm("in4", 64),
        Layer::Relu,
        Layer::Nearest,
        reflected("deconv2.conv2d", 64, 32, 3),
        norm("in5", 32),
        Layer::Relu,
        reflected("deconv3.conv2d", 32, 3, 9),
        Layer::Scale(1.0 / BYTE_RANGE),
    ]);
    layers
}

/// The layers of the published generator of few-shot patch-based training: 32, 64 and 128 channels on the way down,
/// seven blocks, and each resolution's channels again on the way up, up to 163 in the last 7x7 convolution, which costs
/// half of all.
fn few_shot_layers() -> Vec<Layer> {
    const BLOCKS: usize = 7;
    let convolution =
        |name: &str, inputs, outputs, kernel| Convolution::new(name, inputs, outputs, kernel, Border::Zero);
    // A convolution, its norm, and what makes it not linear.
    let normed = |convolution: Convolution, activation| {
        let norm = Layer::BatchNorm { name: format!("{}_norm", convolution.name), channels: convolution.outputs };
        vec![Layer::Convolution(convolution), norm, activation]
    };
    let block = |index: usize| {
        let part = |part: &str| convolution(&format!("blocks.{index}.{part}"), 128, 128, 3);
        let mut layers = normed(part("first"), Layer::Relu);
        layers.extend(normed(part("second"), Layer::Relu).into_iter().take(2));
        Layer::Residual(layers)
    };
    let mut quarter = normed(convolution("down2", 64, 128, 3).with_stride(2), Layer::LeakyRelu);
    quarter.push(Layer::Concatenation((0..BLOCKS).map(block).collect()));
    quarter.push(Layer::Nearest);
    quarter.extend(normed(convolution("up2", 256, 128, 3), Layer::Relu));
    let mut half = normed(convolution("down1", 32, 64, 3).with_stride(2), Layer::LeakyRelu);
    half.push(Layer::Concatenation(quarter));
    half.push(Layer::Nearest);
    half.extend(normed(convolution("up1", 192, 128, 3), Layer::Relu));
    let mut whole = normed(convolution("stem", 3, 32, 7), Layer::LeakyRelu);
    whole.push(Layer::Concatenation(half));
    vec![
        Layer::Concatenation(whole),
        Layer::Convolution(convolution("head", 163, 64, 7)),
        Layer::LeakyRelu,
        Layer::Convolution(convolution("smooth", 64, 64, 3)),
        Layer::LeakyRelu,
        Layer::Convolution(convolution("colours", 64, 3, 1)),
        Layer::Sigmoid,
    ]
}
