//! A graphics card trains only after its self-test, and the processor wherever that goes wrong.

use crate::command::program;
use crate::program::Program;
use serde_json::Value;

/// What `train` would think of a device, with a fault of its driver or without one.
fn judged(fault: Option<&str>, arguments: &[&str]) -> Value {
    let program = Program::new();
    let usual = ["train-self-test", "--judge", "--made-up-features", "--device"];
    let mut command = program.command(&[&usual, arguments].concat());
    if let Some(fault) = fault {
        command.env("IMPASTO_SELF_TEST_FAULT", fault);
    }
    program.start(command).wait().json()
}

#[test]
fn the_processor_passes_its_own_test() {
    for arguments in [&["cpu"][..], &["cpu", "--keyframes"], &["cpu", "--network", r#""classic""#]] {
        let judged = judged(None, arguments);
        let differences = serde_json::json!({ "losses": 0.0, "gradients": 0.0 });
        assert_eq!((&judged["is_passed"], &judged["worst_difference"]), (&true.into(), &differences), "{judged}");
        assert_eq!((&judged["device"], judged["steps"].as_array().unwrap().len()), (&"processor".into(), 3));
    }
}

#[test]
fn faults_of_a_driver_are_survived_and_told() {
    for (fault, arguments, words) in [
        ("crash", &["gl"][..], "crashed"),
        ("crash", &["vulkan", "--keyframes"], "crashed"),
        ("abort", &["gl"], "crashed"),
        ("hang", &["gl", "--seconds", "2"], "did not end within 2 s"),
        ("losses", &["gl"], "as on the processor"),
        ("gradients", &["gl"], "gradient"),
        ("nan", &["metal"], "no number"),
        ("software", &["vulkan", "--no-software"], "slower than training without it"),
    ] {
        let judged = judged(Some(fault), arguments);
        let reason = judged["reason"].as_str().unwrap_or_default();
        assert!(judged["is_passed"] == false && reason.contains(words), "{fault}: {judged}");
        assert_eq!(judged["device"], "an injected fault", "what was tried is known");
    }
    let software = judged(Some("software"), &["gl"]);
    assert_eq!(software["is_passed"], true, "who asks for a program on the processor gets it: {software}");
}

#[test]
fn the_self_test_is_no_command_for_people() {
    let help = Program::new().run(&["--help"]);
    assert!(!help.stdout.contains("self-test"), "{help:?}");
}

#[cfg(not(feature = "train-gpu"))]
#[test]
fn a_build_without_graphics_says_how_to_get_one_that_has_them() {
    let program = program();
    let train = ["train", "--style-image", "glass.png", "--data", "data", "--out", "a.onnx", "--device", "vulkan"];
    if crate::features::brought().is_some() {
        program.run(&train).assert_failed(&["scripts/run --gpu-training", "train-gpu"]);
    }
    let judged = judged(None, &["vulkan"]);
    assert!(judged["reason"].as_str().unwrap().contains("built without"), "{judged}");
}

/// With the feature, on whatever draws here: a software driver will do.
#[cfg(feature = "train-gpu")]
mod with_graphics {
    use super::*;
    use crate::features::brought;
    use crate::tiny::Tiny;
    use crate::tools::skip;
    use impasto::network::Tier;
    use impasto::train::{Backend, Limit, TrainDevice, Trainer, made_up_features};

    /// Trains for an iteration, with a fault of the driver.
    fn train(program: &Program, fault: &str, device: &str) -> Option<String> {
        let features = brought()?;
        let mut command = program.command(&[
            "train",
            "--style-image",
            "glass.png",
            "--data",
            "data",
            "--out",
            "glass.onnx",
            "--tier",
            "fast",
            "--iterations",
            "1",
            "--stroke-scale",
            "0.3",
            "--features",
            features.to_str().unwrap(),
            "--device",
            device,
        ]);
        command.env("IMPASTO_SELF_TEST_FAULT", fault);
        let outcome = program.start(command).wait();
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        assert!(program.path("glass.onnx").exists());
        Some(outcome.stderr)
    }

    #[test]
    fn a_driver_that_crashes_leaves_a_training_on_the_processor_that_says_so() {
        let program = program();
        let Some(said) = train(&program, "crash", "gl") else { return };
        let words = "warning: training on the processor instead (gl, an injected fault: the driver crashed";
        assert!(said.contains(words), "{said}");
        let read = |ending: &str| std::fs::read_to_string(program.path("glass").with_extension(ending)).unwrap();
        let progress: Value = serde_json::from_str(&read("progress.json")).unwrap();
        assert_eq!(progress["device"], "processor");
        assert!(progress["device_note"].as_str().unwrap().contains("crashed"), "{progress}");
        assert!(read("report.html").contains("<dd>processor (gl, an injected fault: the driver crashed"));
        assert!(read("toml").contains("device = \"processor\""), "{}", read("toml"));
    }

    #[test]
    fn a_program_that_stands_for_a_card_is_not_chosen_unasked() {
        let program = program();
        let Some(said) = train(&program, "software", "auto") else { return };
        assert!(said.contains("note: training on the processor instead (") && said.contains("slower"), "{said}");
    }

    #[test]
    fn the_gl_backend_computes_the_processors_losses_and_gradients() {
        for arguments in [&["gl"][..], &["gl", "--keyframes"]] {
            let judged = judged(None, arguments);
            let reason = judged["reason"].as_str().unwrap_or_default();
            if reason.contains("No adapter") && !skip("no OpenGL driver is to be had here") {
                return;
            }
            assert_eq!(judged["is_passed"], true, "{judged}");
            let worst = &judged["worst_difference"];
            let [losses, gradients] = ["losses", "gradients"].map(|kind| worst[kind].as_f64().unwrap());
            assert!(losses > 0.0 && gradients > 0.0, "it was not the processor: {judged}");
            assert!(losses < 1e-4 && gradients < 1e-2, "{judged}");
        }
    }

    #[test]
    fn goes_on_upon_another_device() {
        let gl = match TrainDevice::open(Backend::Gl) {
            Ok(device) => device,
            Err(error) => {
                skip(&error.to_string());
                return;
            }
        };
        let tiny = Tiny::with_bursts();
        let (settings, limit) = (tiny.settings(Tier::Fast, 1), Limit::Iterations(4));
        let checkpoint = tiny.path("style.checkpoint");
        let start = |device: &TrainDevice| {
            Trainer::new(settings.clone(), &tiny.style(), tiny.crops(), made_up_features(device), None).unwrap()
        };
        let resume = |device: &TrainDevice| {
            Trainer::resume(&checkpoint, &settings, &tiny.style(), tiny.crops(), made_up_features(device)).unwrap()
        };
        let [mut here, mut there] = [start(&TrainDevice::processor()), start(&gl)];
        for _ in 0..2 {
            let [wanted, found] = [&mut here, &mut there].map(|trainer| trainer.step(limit).unwrap().total);
            assert!((found - wanted).abs() < 1e-3 * wanted, "{found}, not {wanted}");
        }
        // What is measured on held-out frames is the same, too.
        let [wanted, found] = [&mut here, &mut there].map(|trainer| trainer.evaluate().unwrap());
        let near = |found: f32, wanted: f32| (found - wanted).abs() < 2e-2 * wanted;
        assert!(near(found.score, wanted.score), "{found:?}, not {wanted:?}");
        assert!(near(found.flicker.overall(), wanted.flicker.overall()), "{found:?}, not {wanted:?}");
        there.save(&checkpoint).unwrap();
        let mut back = resume(&TrainDevice::processor());
        assert!(back.network().parameters() == there.network().parameters(), "the weights are not those of the file");
        assert_eq!(back.devices(), [gl.to_string(), "processor".to_owned()]);
        back.step(limit).unwrap();
        back.save(&checkpoint).unwrap();
        let mut again = resume(&gl);
        again.step(limit).unwrap();
        assert_eq!((again.steps(), again.devices().len()), (4, 3));
    }
}
