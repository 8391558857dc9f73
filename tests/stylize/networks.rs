//! Small networks of every convention, built with the crate's own ONNX writer, and the pictures to feed them.

use impasto::control::SizeRequest;
use impasto::frame::{Frame, FramePool, Size};
use impasto::onnx::{Attribute, DataType, GraphBuilder, Model, write_model};
use impasto::stylize::{LoadOptions, Painter, ProviderChoice, Style, find_style};
use std::path::{Path, PathBuf};

/// What a test network is to be like.
#[derive(Debug, Clone)]
pub struct Network {
    pub file: &'static str,
    pub layout: &'static str,
    pub element: &'static str,
    pub channels: &'static str,
    pub range: &'static str,
    /// Height and width of the input as the graph says them.
    pub sides: [&'static str; 2],
    pub multiple: u32,
    pub body: Body,
    pub input_name: &'static str,
    pub output_name: &'static str,
}

/// What a test network computes.
#[allow(dead_code, reason = "several test programs include this file, and each uses its own of these")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// A 3x3 convolution that mixes colours and blurs a little, padded to keep the size.
    Same,
    /// The same without padding: one pixel is missing on each side.
    Valid,
    /// Twice the size by a pixel shuffle.
    Double,
    /// Half the size by stride 2.
    Half,
    /// Down by 4 and up by 4: runs only at multiples of 4, because of a skip that must match.
    Skip4,
    /// The same as `Same`, times a scalar `gain`, plus a colour from a vector `tint`.
    Parameters,
    /// One minus the input: as far from one another as the frames themselves.
    Negative,
    /// The input itself.
    Identity,
    /// The input with a checkerboard on it, 0.02 lighter and darker: a network that shows its grid.
    Checkerboard,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            file: "plain",
            layout: "nchw",
            element: "float32",
            channels: "rgb",
            range: "zero_to_one",
            sides: ["height", "width"],
            multiple: 1,
            body: Body::Same,
            input_name: "input",
            output_name: "output",
        }
    }
}

impl Network {
    fn count(&self) -> usize {
        self.channels.len()
    }

    fn data_type(&self) -> DataType {
        match self.element {
            "float16" => DataType::Float16,
            "uint8" => DataType::Uint8,
            _ => DataType::Float,
        }
    }

    /// The model: casts and transposes around a float32 NCHW body.
    pub fn model(&self) -> Model {
        let count = self.count();
        let count_text = count.to_string();
        let mut graph = GraphBuilder::new(self.file);
        let shape = |sides: [&'static str; 2]| match self.layout {
            "nhwc" => vec!["1", sides[0], sides[1], count_text.as_str()],
            _ => vec!["1", count_text.as_str(), sides[0], sides[1]],
        };
        graph.input(self.input_name, self.data_type(), &shape(self.sides));
        graph.output(self.output_name, self.data_type(), &shape(["out_height", "out_width"]));
        let mut value = self.input_name.to_owned();
        if self.element != "float32" {
            graph.node("Cast", &[&value], "as_float", vec![Attribute::int("to", DataType::Float as i64)]);
            value = "as_float".to_owned();
        }
        if self.layout == "nhwc" {
            graph.node("Transpose", &[&value], "as_nchw", vec![Attribute::ints("perm", &[0, 3, 1, 2])]);
            value = "as_nchw".to_owned();
        }
        value = self.body(&mut graph, &value);
        if self.layout == "nhwc" {
            graph.node("Transpose", &[&value], "as_nhwc", vec![Attribute::ints("perm", &[0, 2, 3, 1])]);
            value = "as_nhwc".to_owned();
        }
        if self.element == "uint8" {
            graph.floats("half", &[], &[0.5]);
            graph.floats("black", &[], &[0.0]);
            graph.floats("white", &[], &[255.0]);
            graph.node("Clip", &[&value, "black", "white"], "clipped", Vec::new());
            graph.node("Add", &["clipped", "half"], "shifted", Vec::new());
            graph.node("Floor", &["shifted"], "whole", Vec::new());
            value = "whole".to_owned();
        }
        let to = self.data_type() as i64;
        graph.node("Cast", &[&value], self.output_name, vec![Attribute::int("to", to)]);
        graph.build()
    }

    fn body(&self, graph: &mut GraphBuilder, input: &str) -> String {
        let count = self.count();
        match self.body {
            Body::Same => convolve(graph, input, "painted", count, count, 1, 1),
            Body::Valid => convolve(graph, input, "painted", count, count, 1, 0),
            Body::Half => convolve(graph, input, "painted", count, count, 2, 1),
            Body::Double => {
                convolve(graph, input, "quads", count, 4 * count, 1, 1);
                let attributes = vec![Attribute::int("blocksize", 2), Attribute::text("mode", "CRD")];
                graph.node("DepthToSpace", &["quads"], "painted", attributes);
                "painted".to_owned()
            }
            Body::Skip4 => {
                graph.node("SpaceToDepth", &[input], "deep", vec![Attribute::int("blocksize", 4)]);
                graph.node("DepthToSpace", &["deep"], "again", vec![Attribute::int("blocksize", 4)]);
                convolve(graph, "again", "mixed", count, count, 1, 1);
                graph.floats("weak", &[], &[0.25]).floats("strong", &[], &[0.75]);
                graph.node("Mul", &["mixed", "strong"], "mostly", Vec::new());
                graph.node("Mul", &[input, "weak"], "partly", Vec::new());
                graph.node("Add", &["mostly", "partly"], "painted", Vec::new());
                "painted".to_owned()
            }
            Body::Negative => {
                graph.floats("one", &[], &[1.0]);
                graph.node("Sub", &["one", input], "painted", Vec::new());
                "painted".to_owned()
            }
            Body::Identity => input.to_owned(),
            Body::Checkerboard => {
                // Deep channels are places of a 2x2 cell, each with all colours.
                let signs = [0.02, -0.02, -0.02, 0.02].into_iter().flat_map(|sign| vec![sign; count]);
                graph.floats("board", &[1, 4 * count as i64, 1, 1], &signs.collect::<Vec<f32>>());
                graph.node("SpaceToDepth", &[input], "deep", vec![Attribute::int("blocksize", 2)]);
                graph.node("Add", &["deep", "board"], "deep_board", Vec::new());
                graph.node("DepthToSpace", &["deep_board"], "painted", vec![Attribute::int("blocksize", 2)]);
                "painted".to_owned()
            }
            Body::Parameters => {
                convolve(graph, input, "mixed", count, count, 1, 1);
                graph.input("gain", DataType::Float, &[]);
                graph.input("tint", DataType::Float, &["1", "3"]);
                graph.integers("tint_shape", &[1, 3, 1, 1]);
                graph.node("Reshape", &["tint", "tint_shape"], "tint_picture", Vec::new());
                graph.node("Mul", &["mixed", "gain"], "louder", Vec::new());
                graph.node("Add", &["louder", "tint_picture"], "painted", Vec::new());
                "painted".to_owned()
            }
        }
    }

    /// The manifest that says all of it.
    pub fn manifest(&self) -> String {
        let picture = format!(
            "layout = \"{}\"\nelement = \"{}\"\nchannels = \"{}\"\nrange = \"{}\"\n",
            self.layout, self.element, self.channels, self.range
        );
        let fit = if self.body == Body::Valid { "border" } else { "stretch" };
        let mut text = format!(
            "name = \"{}\"\n[input]\n{picture}multiple = {}\n[output]\n{picture}fit = \"{fit}\"\n",
            self.file, self.multiple
        );
        if self.body == Body::Parameters {
            text += "[[parameters]]\nname = \"gain\"\nlabels = [\"Gain\"]\nmax = 2.0\ndefault = [0.5]\n";
            text += "[[parameters]]\nname = \"tint\"\nlabels = [\"Red\", \"Green\", \"Blue\"]\nmin = -1.0\n";
            text += "default = [0.2, 0.0, 0.1]\n";
        }
        text
    }

    /// Writes model and manifest into a folder.
    pub fn write(&self, folder: &Path) -> PathBuf {
        let path = self.write_bare(folder);
        std::fs::write(path.with_extension("toml"), self.manifest()).unwrap();
        path
    }

    /// Writes the model alone.
    pub fn write_bare(&self, folder: &Path) -> PathBuf {
        let path = folder.join(format!("{}.onnx", self.file));
        write_model(&path, &self.model()).unwrap();
        path
    }
}

/// Adds a 3x3 convolution that mixes colours, with weights that add up to 1 per output channel.
fn convolve(
    graph: &mut GraphBuilder,
    input: &str,
    output: &str,
    from: usize,
    to: usize,
    stride: i64,
    pad: i64,
) -> String {
    let mut weights = vec![0.0f32; to * from * 9];
    for target in 0..to {
        for source in 0..from {
            for tap in 0..9 {
                let own = if source == target * from / to { 6.0 } else { 1.0 };
                let middle = if tap == 4 { 4.0 } else { 0.5 + 0.1 * (tap as f32) };
                weights[(target * from + source) * 9 + tap] = own * middle;
            }
        }
        let row = &mut weights[target * from * 9..(target + 1) * from * 9];
        let sum: f32 = row.iter().sum();
        row.iter_mut().for_each(|weight| *weight /= sum);
    }
    let weights_name = format!("{output}_weights");
    graph.floats(&weights_name, &[to as i64, from as i64, 3, 3], &weights);
    let attributes =
        vec![Attribute::ints("strides", &[stride, stride]), Attribute::ints("pads", &[pad, pad, pad, pad])];
    graph.node("Conv", &[input, &weights_name], output, attributes);
    output.to_owned()
}

/// A picture with smooth parts, edges and all colours; nothing in it is symmetric.
pub fn picture(size: Size) -> Frame {
    let mut frame = Frame::new(size);
    let (width, height) = (size.width as usize, size.height as usize);
    for (index, pixel) in frame.pixels.chunks_exact_mut(4).enumerate() {
        let (x, y) = (index % width, index / width);
        let square = if (x / 8 + y / 6) % 3 == 0 { 60 } else { 0 };
        pixel[0] = (40 + 180 * y / height + square / 2) as u8;
        pixel[1] = (30 + 120 * (x + y) / (width + height) + square) as u8;
        pixel[2] = (20 + 170 * x / width + square) as u8;
        pixel[3] = (index % 7) as u8;
    }
    frame
}

/// Loads a model for pictures of a size, painted at that size, on the CPU.
pub fn load(model: &Path, size: Size) -> Painter {
    try_load(model, size).unwrap()
}

/// As [`load`], with the error.
pub fn try_load(model: &Path, size: Size) -> Result<Painter, impasto::stylize::StylizeError> {
    let style: Style = find_style(model.to_str().unwrap())?;
    let size_request = SizeRequest::Exact(size);
    let options = LoadOptions { provider: ProviderChoice::Cpu, threads: 1, frame_size: size, size: size_request };
    Painter::load(&style, &options)
}

/// Paints one picture at its own size.
pub fn paint(painter: &mut Painter, frame: &Frame) -> Frame {
    let mut pool = FramePool::new();
    let painted = painter.paint(frame, SizeRequest::Exact(frame.size), &mut pool).unwrap();
    Frame::clone(&painted.picture)
}
