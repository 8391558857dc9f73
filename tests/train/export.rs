//! Exported styles paint in ONNX Runtime what the network paints.

use crate::tiny::{Tiny, picture};
use impasto::control::SizeRequest;
use impasto::frame::{Size, read_picture};
use impasto::network::{Tier, read_parameters, to_onnx};
use impasto::stylize::{BareSession, LoadOptions, Manifest, ProviderChoice, Style};
use impasto::train::{Limit, Planes, Provenance, paint, write_style};

#[test]
fn every_tier_paints_the_same_in_onnx_runtime_at_two_sizes() {
    let tiny = Tiny::new();
    for tier in Tier::ALL {
        let mut trainer = tiny.trainer(tier, 1);
        // Weights that moved, so that nothing is zero or the same by its start.
        trainer.step(Limit::Iterations(1)).unwrap();
        let model = tiny.path(&format!("{tier}.onnx"));
        let thumbnail = picture(Size::new(64, 48), 1);
        let provenance = Provenance { name: format!("{tier} glass"), ..Provenance::default() };
        write_style(&model, &to_onnx(trainer.network()), &trainer, &provenance, &thumbnail).unwrap();
        let style = Style { name: tier.to_string(), model, thumbnail: None, manifest: None };
        for size in [Size::new(96, 64), Size::new(100, 132)] {
            let frame = picture(size, 2);
            let options = LoadOptions {
                provider: ProviderChoice::Cpu,
                threads: 1,
                frame_size: size,
                size: SizeRequest::Exact(size),
            };
            let found = BareSession::load(&style, &options).unwrap().run_on(&frame).unwrap();
            let wanted = paint(trainer.network(), &Planes::from_frame(&frame)).values;
            assert_eq!(found.len(), wanted.len());
            let worst = found.iter().zip(&wanted).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(worst <= 1e-4, "{tier} at {size}: {worst}");
        }
    }
}

#[test]
fn a_written_style_has_a_manifest_a_thumbnail_and_weights_to_start_from() {
    let tiny = Tiny::new();
    let mut trainer = tiny.trainer(Tier::Fast, 4);
    trainer.step(Limit::Iterations(2)).unwrap();
    let out = tiny.path("stained-glass.onnx");
    let provenance = Provenance {
        name: "Stained glass".to_owned(),
        style_picture: "window.jpg".to_owned(),
        style_source: Some("drawn by hand".to_owned()),
        style_licence: Some("CC0-1.0".to_owned()),
        data: vec!["doom".to_owned()],
    };
    let thumbnail = picture(Size::new(64, 48), 1);
    write_style(&out, &to_onnx(trainer.network()), &trainer, &provenance, &thumbnail).unwrap();

    let manifest = Manifest::read_beside(&out).unwrap().unwrap();
    assert!(manifest.notices.is_empty(), "{:?}", manifest.notices);
    assert_eq!(manifest.name.as_deref(), Some("Stained glass"));
    assert_eq!((manifest.tier.as_deref(), manifest.input.multiple), (Some("fast"), Some(4)));
    let training = manifest.training.unwrap();
    assert_eq!(training["style_licence"].as_str(), Some("CC0-1.0"));
    assert_eq!((training["iterations"].as_integer(), training["pictures"].as_integer()), (Some(1), Some(8)));
    assert!(training["style_loss"].as_float().unwrap() > 0.0);
    assert_eq!(read_picture(&out.with_extension("png")).unwrap().pixels, thumbnail.pixels);

    let weights = read_parameters(&out).unwrap();
    assert!(weights == trainer.network().parameters(), "the file holds other weights");
}
