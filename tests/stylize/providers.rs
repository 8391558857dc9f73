//! Which provider runs is always said, and proved.

use crate::networks::{Network, paint, picture, try_load};
use impasto::control::SizeRequest;
use impasto::frame::Size;
use impasto::stylize::{LoadOptions, Painter, ProviderChoice, find_style, probe_providers};

pub const SIZE: Size = Size::new(48, 32);

pub fn load_on(provider: ProviderChoice, model: &std::path::Path) -> Painter {
    let style = find_style(model.to_str().unwrap()).unwrap();
    let options = LoadOptions { provider, threads: 1, frame_size: SIZE, size: SizeRequest::Exact(SIZE) };
    Painter::load(&style, &options).unwrap()
}

#[test]
fn a_provider_that_does_not_work_is_replaced_by_the_cpu_and_said_loudly() {
    let folder = tempfile::tempdir().unwrap();
    let model = Network::default().write(folder.path());
    // No system has both DirectML and CoreML.
    let foreign = if cfg!(windows) { ProviderChoice::CoreMl } else { ProviderChoice::DirectMl };
    let mut painter = load_on(foreign, &model);
    let report = painter.provider().clone();
    assert_eq!((report.requested, report.running), (foreign.to_string(), "cpu".to_owned()));
    assert!(report.reason.contains("does not work"), "{}", report.reason);
    let plain = paint(&mut try_load(&model, SIZE).unwrap(), &picture(SIZE));
    assert_eq!(paint(&mut painter, &picture(SIZE)).pixels, plain.pixels);
}

#[test]
fn what_is_missing_is_named_with_what_brings_it() {
    for probe in probe_providers().into_iter().filter(|probe| !probe.is_working) {
        let says = |words: &str| assert!(probe.reason.contains(words), "{words}: {probe:?}");
        match probe.choice {
            // With the library that has CUDA in it, the first thing that is missing is named.
            ProviderChoice::Cuda if cfg!(target_os = "linux") && !probe.reason.contains("CUDA failure") => {
                let words = if probe.reason.contains(" was not found: ") { "it " } else { "scripts/run --gpu cuda" };
                says(words);
            }
            ProviderChoice::TensorRt if probe.reason.contains("built without") => says("scripts/run --gpu tensorrt"),
            ProviderChoice::DirectMl if !cfg!(windows) => says("it is part of Windows only"),
            ProviderChoice::CoreMl if !cfg!(target_os = "macos") => says("it is part of macOS only"),
            _ => {}
        }
    }
}

#[test]
fn automatic_choice_says_why_the_others_do_not_run() {
    let folder = tempfile::tempdir().unwrap();
    let painter = load_on(ProviderChoice::Auto, &Network::default().write(folder.path()));
    let report = painter.provider();
    for candidate in ProviderChoice::automatic() {
        let name = candidate.to_string();
        if name == report.running {
            break;
        }
        assert!(report.reason.contains(&format!("{name}: ")), "{name}: {report:?}");
    }
}

#[test]
fn every_provider_is_tried_by_running_and_the_cpu_works() {
    let probes = probe_providers();
    assert_eq!(probes.len(), 7);
    for probe in probes {
        let is_cpu = probe.choice == ProviderChoice::Cpu;
        assert!(probe.is_working || !is_cpu);
        assert_eq!(probe.ms.is_some(), probe.is_working, "{probe:?}");
        assert!(probe.is_working || !probe.reason.is_empty(), "{probe:?}");
    }
}
