//! OpenVINO's plugin, here on the processor: the picture is the CPU's, and the automatic choice takes the faster one.

use crate::networks::{Network, paint, picture, try_load};
use crate::openvino_support::is_usable;
use crate::providers::{SIZE, load_on};
use impasto::control::SizeRequest;
use impasto::frame::{FramePool, Size};
use impasto::stylize::{BareSession, LoadOptions, Painter, ProviderChoice, find_style};

#[test]
fn gives_the_picture_of_the_cpu_and_nothing_falls_back() {
    if !is_usable() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let model = Network::default().write(folder.path());
    let mut painter = load_on(ProviderChoice::OpenVino, &model);
    assert_eq!(painter.provider().running, "openvino", "{:?}", painter.provider());
    assert_eq!(painter.provider().reason, "", "nothing may fall back to the CPU");
    let plain = paint(&mut try_load(&model, SIZE).unwrap(), &picture(SIZE));
    let painted = paint(&mut painter, &picture(SIZE));
    let worst = plain.pixels.iter().zip(&painted.pixels).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
    // Where the processor can, it computes in half precision.
    assert!(worst <= 6, "differs by {worst}/255");
}

#[test]
fn paints_at_other_sizes_without_being_loaded_anew() {
    if !is_usable() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut painter = load_on(ProviderChoice::OpenVino, &Network::default().write(folder.path()));
    for size in [SIZE, Size::new(96, 64), Size::new(64, 48), SIZE] {
        let painted = painter.paint(&picture(size), SizeRequest::Exact(size), &mut FramePool::new()).unwrap();
        assert_eq!(painted.picture.size, size);
    }
}

#[test]
fn a_shipped_style_looks_the_same() {
    if !is_usable() {
        return;
    }
    let size = Size::new(320, 240);
    let style = find_style("oil-swirls").unwrap();
    let load = |provider| {
        let options = LoadOptions { provider, threads: 1, frame_size: size, size: SizeRequest::Exact(size) };
        let mut painter = Painter::load(&style, &options).unwrap();
        (paint(&mut painter, &picture(size)), painter.provider().clone())
    };
    let (plain, _) = load(ProviderChoice::Cpu);
    let (painted, report) = load(ProviderChoice::OpenVino);
    assert_eq!(report.running, "openvino", "{report:?}");
    let differences = plain.pixels.iter().zip(&painted.pixels).map(|(a, b)| f64::from(a.abs_diff(*b)));
    let mean = differences.sum::<f64>() / plain.pixels.len() as f64;
    assert!(mean < 1.0, "differs by {mean}/255 on average");
    let (_, automatic) = load(ProviderChoice::Auto);
    assert!(["openvino", "cpu"].contains(&automatic.running.as_str()), "{automatic:?}");
    assert!(automatic.running == "openvino" || automatic.reason.contains("no faster"), "{automatic:?}");
}

#[test]
fn the_cpu_stays_the_cpu_once_the_plugin_is_there() {
    if !is_usable() {
        return;
    }
    let size = Size::new(96, 64);
    let style = find_style("oil-swirls").unwrap();
    let values = |provider| {
        let options = LoadOptions { provider, threads: 1, frame_size: size, size: SizeRequest::Exact(size) };
        BareSession::load(&style, &options).unwrap().run_on(&picture(size)).unwrap()
    };
    let before = values(ProviderChoice::Cpu);
    let other = values(ProviderChoice::OpenVino);
    assert!(before != other, "OpenVINO adds up in another order");
    assert!(values(ProviderChoice::Cpu) == before, "the CPU's own provider was asked for");
}
