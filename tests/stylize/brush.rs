//! The brush: at what size a network paints a frame.

use crate::networks::{Body, Network, picture};
use impasto::control::{Brush, SizeRequest};
use impasto::frame::{FramePool, Size};
use impasto::stylize::{LoadOptions, Painter, ProviderChoice, find_style, inspect};
use std::path::Path;

/// Adds a line before all others to the manifest of a model.
fn add_to_manifest(model: &Path, line: &str) {
    let path = model.with_extension("toml");
    let manifest = std::fs::read_to_string(&path).unwrap_or_default();
    std::fs::write(path, format!("{line}\n{manifest}")).unwrap();
}

#[test]
fn strokes_are_as_large_as_the_picture_asks_for() {
    for (shown, brush, painted) in [
        (Size::new(320, 240), 1.41, Size::new(226, 170)),
        (Size::new(640, 480), 2.0, Size::new(320, 240)),
        (Size::new(1280, 720), 2.45, Size::new(523, 294)),
        (Size::new(1920, 1080), 3.0, Size::new(640, 360)),
        // Standing on its side it is no larger.
        (Size::new(1080, 1920), 3.0, Size::new(360, 640)),
        (Size::new(2560, 1440), 4.0, Size::new(640, 360)),
        (Size::new(3840, 2160), 6.0, Size::new(640, 360)),
    ] {
        assert!((Brush::Automatic.factor(shown, 1.0) - brush).abs() < 0.005, "{shown}");
        assert_eq!(SizeRequest::AUTOMATIC.resolve(shown, 1.0), painted);
        // A brush that is named counts, whatever the style asks for.
        let named = SizeRequest::Brush(Brush::Factor(2.0));
        assert_eq!(named.resolve(shown, 1.5), Size::new(shown.width / 2, shown.height / 2));
    }
    assert_eq!(SizeRequest::Height(480).resolve(Size::new(1280, 720), 1.5), Size::new(853, 480));
}

#[test]
fn a_manifest_may_ask_for_larger_strokes() {
    let folder = tempfile::tempdir().unwrap();
    let model = Network { multiple: 4, ..Network::default() }.write(folder.path());
    let size = |request: SizeRequest| inspect(&model).unwrap().working_size(request, Size::new(640, 480));
    assert_eq!(size(SizeRequest::AUTOMATIC), Size::new(320, 240));
    add_to_manifest(&model, "brush = 1.5");
    assert_eq!(size(SizeRequest::AUTOMATIC), Size::new(212, 160), "three times as large, in multiples of 4");
    assert_eq!(size(SizeRequest::Brush(Brush::Factor(2.0))), Size::new(320, 240));
    assert_eq!(size(SizeRequest::Exact(Size::new(64, 48))), Size::new(64, 48));
    assert!(inspect(&model).unwrap().to_string().contains("1.5 times the automatic one"));
}

#[test]
fn other_networks_are_painted_with_the_brush_and_those_of_one_size_keep_it() {
    let folder = tempfile::tempdir().unwrap();
    let painted = |network: Network, brush: f32| {
        let model = network.write_bare(folder.path());
        let frame = picture(Size::new(160, 120));
        let size = SizeRequest::Brush(Brush::Factor(brush));
        let options = LoadOptions { provider: ProviderChoice::Cpu, threads: 1, frame_size: frame.size, size };
        let mut painter = Painter::load(&find_style(model.to_str().unwrap()).unwrap(), &options).unwrap();
        painter.paint(&frame, size, &mut FramePool::new()).unwrap().input_size
    };
    assert_eq!(painted(Network { file: "free", ..Network::default() }, 2.5), Size::new(64, 48));
    let stepped = Network { file: "stepped", body: Body::Skip4, ..Network::default() };
    assert_eq!(painted(stepped, 1.5), Size::new(108, 80), "in multiples of 4");
    let fixed = Network { file: "fixed", sides: ["64", "96"], ..Network::default() };
    assert_eq!(painted(fixed, 2.5), Size::new(96, 64));
}

#[test]
fn the_brush_changes_from_one_frame_to_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let style = find_style(Network::default().write(folder.path()).to_str().unwrap()).unwrap();
    let frame = picture(Size::new(120, 90));
    let (provider, size) = (ProviderChoice::Cpu, SizeRequest::AUTOMATIC);
    let options = LoadOptions { provider, threads: 1, frame_size: frame.size, size };
    let mut painter = Painter::load(&style, &options).unwrap();
    let mut pool = FramePool::new();
    for (brush, height) in [(1.0, 90), (2.0, 45), (6.0, 16), (1.0, 90)] {
        let painted = painter.paint(&frame, SizeRequest::Brush(Brush::Factor(brush)), &mut pool).unwrap();
        assert_eq!((painted.input_size.height, painted.picture.size), (height, painted.input_size));
    }
}
