//! `impasto fit`.

use crate::program::{Program, assert_keys};
use serde_json::{Value, json};

fn fit(more: &[&str]) -> Value {
    Program::new().run(&[&["fit", "--provider", "cpu", "--json"], more].concat()).json()
}

#[test]
fn json_tells_of_every_network_and_which_holds() {
    // So slow that even a busy machine paints faster.
    let found = fit(&["--fps", "0.5", "--shown", "128x96", "--brush", "2"]);
    assert_keys(&found, "fps shown_size painted_size brush provider threads headroom limit_ms networks holds instead");
    assert_eq!((&found["painted_size"], &found["instead"]), (&json!({"width": 64, "height": 48}), &Value::Null));
    assert_eq!((&found["shown_size"], &found["brush"]), (&json!({"width": 128, "height": 96}), &json!(2.0)));
    assert_eq!(found["provider"]["running"], "cpu");
    assert_eq!((found["headroom"].as_f64(), found["limit_ms"].as_f64()), (Some(0.8), Some(1600.0)));
    let networks = found["networks"].as_array().unwrap();
    for network in networks {
        assert_keys(
            network,
            "network tier parameters multiply_adds_per_pixel gmac p50_ms p95_ms fps times_classic provider holds skipped",
        );
        let (p50, p95) = (network["p50_ms"].as_f64().unwrap(), network["p95_ms"].as_f64().unwrap());
        assert!(p50 > 0.0 && p95 > 0.0, "{network}");
        assert_eq!((&network["holds"], &network["skipped"]), (&json!(true), &Value::Null), "{network}");
    }
    let tiers: Vec<&str> = networks.iter().filter_map(|network| network["tier"].as_str()).collect();
    assert_eq!(tiers, ["fast", "balanced", "quality", "classic"]);
    let balanced = networks.iter().find(|network| network["tier"] == "balanced").unwrap();
    assert_eq!((&balanced["parameters"], &balanced["multiply_adds_per_pixel"]), (&json!(305_820), &json!(19_890.0)));
    assert!((balanced["gmac"].as_f64().unwrap() - 0.061).abs() < 0.001, "{balanced}");
    // The largest of the ladder, and not classic, which is there to be compared with.
    assert_eq!(found["holds"], networks[networks.len() - 2]["network"]);
    assert_eq!(networks[networks.len() - 1]["times_classic"], 1.0);
}

#[test]
fn says_what_would_hold_where_nothing_does() {
    // Far from what any machine paints at the size, and within reach of the smallest size that is tried.
    let found = fit(&["--fps", "1000000", "--size", "64x48"]);
    assert_eq!((&found["holds"], &found["instead"]), (&Value::Null, &Value::Null));
    let unnamed = found["networks"].as_array().unwrap().iter().filter(|network| network["tier"].is_null());
    assert!(unnamed.skip(1).all(|network| network["skipped"].as_str().is_some()), "{found}");

    let outcome = Program::new().run(&["fit", "--provider", "cpu", "--fps", "1000000", "--size", "64x48"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    for part in
        ["No network holds 1000000 fps at 64x48", "fewer frames per second", "not measured: smaller ones are far"]
    {
        assert!(outcome.stdout.contains(part), "{part}: {outcome:?}");
    }
}

#[test]
fn a_smaller_size_that_holds_is_found_by_measuring() {
    let slow = fit(&["--fps", "0.5", "--size", "96x72"]);
    let smallest_ms = slow["networks"][0]["p50_ms"].as_f64().unwrap();
    // A fifth of the time that the smallest network takes at this size: about a fifth of the area.
    let fps = (0.8 * 1e3 / (smallest_ms / 5.0)).to_string();
    let found = fit(&["--fps", &fps, "--size", "96x72"]);
    assert_eq!(found["holds"], Value::Null, "{found}");
    // What else the machine does can spoil the proof; what is told must be smaller, and must hold.
    if let Some(instead) = found["instead"].as_object() {
        assert!(instead["painted_size"]["width"].as_u64().unwrap() < 96, "{found}");
        assert!(instead["p50_ms"].as_f64().unwrap() <= found["limit_ms"].as_f64().unwrap() + 0.001, "{found}");
        assert_eq!(instead["network"], found["networks"][0]["network"]);
    }
}

#[test]
fn people_get_a_table_and_a_verdict() {
    let outcome = Program::new().run(&["fit", "--fps", "0.5", "--size", "48", "--provider", "cpu"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    for part in
        ["0.5 fps at 64x48 on cpu", "MAC/px", "fast", "classic", "> ", "is the largest network that holds 0.5 fps"]
    {
        assert!(outcome.stdout.contains(part), "{part}: {outcome:?}");
    }
    assert!(outcome.stdout.contains("train --fps 0.5 --size 64x48"), "{outcome:?}");
    let outcome =
        Program::new().run(&["fit", "--fps", "0.5", "--shown", "96x72", "--brush", "1.5", "--provider", "cpu"]);
    for part in ["0.5 fps at 96x72 shown, 64x48 painted (brush 1.5)", "train --fps 0.5 --shown 96x72 --brush 1.5"] {
        assert!(outcome.stdout.contains(part), "{part}: {outcome:?}");
    }
}

#[test]
fn a_wrong_command_line_is_refused() {
    let program = Program::new();
    for (arguments, words) in [
        (&["fit"][..], "--fps <N>"),
        (&["fit", "--fps", "0"], "\"0\" is not a number above 0"),
        (&["fit", "--fps", "30", "--size", "big"], "WIDTHxHEIGHT"),
        (&["fit", "--fps", "30", "--size", "8x8"], "16 to 8192"),
        (&["fit", "--fps", "30", "--brush", "7"], "from 1 to 6, or auto"),
        (&["fit", "--fps", "30", "--shown", "auto"], "WIDTHxHEIGHT"),
        (&["fit", "--fps", "30", "--provider", "abacus"], "possible values"),
    ] {
        let outcome = program.run(arguments);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(2), ""), "{outcome:?}");
        assert!(outcome.stderr.contains(words), "{words}: {outcome:?}");
    }
}
