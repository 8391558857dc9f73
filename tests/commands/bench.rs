//! `impasto bench`.

use crate::networks::{Body, Network};
use crate::program::{Program, assert_keys, have_gpu};
use serde_json::json;

#[test]
fn json_holds_every_figure_of_the_contract() {
    if !have_gpu() {
        return;
    }
    let program = Program::new();
    let other = Network { file: "other", body: Body::Double, ..Network::default() }.write(&program.path(""));
    let other = other.to_str().unwrap();
    let arguments = ["bench", "--style", "plain", "--shown", "128x96", "--brush", "2", "--seconds", "1", "--json"];
    let more = ["--provider", "cpu", "--baseline", other, "--baseline-brush", "1"];
    let found = program.run(&[&arguments[..], &more].concat()).json();
    assert_keys(
        &found,
        "style model provider threads shown_size painted_size brush rounds onnxruntime_fps pipeline_fps \
         composed_fps pipeline_share compositor ms composed_ms latency_ms baseline ratio",
    );
    for rate in ["onnxruntime_fps", "pipeline_fps", "composed_fps", "ratio"] {
        assert!(found[rate].as_f64().unwrap() > 0.0, "{rate}: {found}");
    }
    let share = found["pipeline_fps"].as_f64().unwrap() / found["onnxruntime_fps"].as_f64().unwrap();
    assert!((found["pipeline_share"].as_f64().unwrap() - share).abs() < 0.001, "{found}");
    assert_eq!(found["shown_size"], json!({"width": 128, "height": 96}));
    assert_eq!((&found["painted_size"], &found["brush"]), (&json!({"width": 64, "height": 48}), &json!(2.0)));
    assert_eq!(found["baseline"]["painted_size"], found["shown_size"]);
    assert_eq!(found["provider"], json!({"requested": "cpu", "running": "cpu", "reason": ""}));
    assert!(found["threads"].as_u64().unwrap() >= 1 && found["rounds"].as_u64().unwrap() >= 3);
    assert!(!found["compositor"]["adapter"].as_str().unwrap().is_empty());
    assert!(found["compositor"]["is_software"].is_boolean());
    for times in ["ms", "composed_ms"] {
        assert_keys(&found[times], "capture preprocess inference postprocess compose");
        for (stage, time) in found[times].as_object().unwrap() {
            let (p50, p95) = (time["p50"].as_f64().unwrap(), time["p95"].as_f64().unwrap());
            // Compose is no part of the pipeline's own rounds, but its time is told with them.
            assert!(p95 > 0.0 && p95 >= p50, "{times} {stage}: {time}");
        }
    }
    let latency = &found["latency_ms"]["capture_to_present"];
    assert!(latency["p50"].as_f64().unwrap() >= found["composed_ms"]["compose"]["p50"].as_f64().unwrap() / 2.0);
    assert_keys(&found["baseline"], "model provider painted_size onnxruntime_fps");
    assert_eq!(found["baseline"]["model"], other);
}

#[test]
fn people_get_a_table() {
    if !have_gpu() {
        return;
    }
    let program = Program::new();
    let outcome = program.run(&["bench", "--style", "plain", "--size", "48", "--seconds", "0.5"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    let text = outcome.stdout;
    let sizes = "plain, shown at 64x48 and painted at 64x48 (brush 1)";
    for part in [sizes, "ONNX Runtime alone", "capture and paint", "compose", "capture to present"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("baseline"), "{text}");
    assert!(!outcome.stderr.contains("measuring"), "progress is for terminals: {}", outcome.stderr);
}

#[test]
fn a_baseline_that_is_missing_is_said() {
    let program = Program::new();
    program.run(&["bench", "--style", "plain", "--baseline", "none.onnx"]).assert_failed(&["none.onnx"]);
}
