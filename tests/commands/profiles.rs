//! `impasto profiles`.

use crate::program::Program;
use serde_json::Value;

const TWO: &str =
    "[profile.Doom]\napplication = 'doom'\n[profile.Doom.paint]\nstrength = 0.5\n[profile.Quake]\napplication = 'q'\n";

fn json(program: &Program) -> Value {
    serde_json::from_str(&program.run(&["profiles", "--json"]).stdout).unwrap()
}

#[test]
fn lists_exports_imports_and_forgets() {
    let program = Program::new();
    assert_eq!(json(&program), serde_json::json!({}));
    assert!(program.run(&["profiles"]).stdout.contains("no profile yet"));
    assert_eq!(program.run(&["profiles", "export", "out.toml"]).code, Some(1));

    std::fs::write(program.path("two.toml"), TWO).unwrap();
    assert_eq!(program.run(&["profiles", "import", "two.toml"]).code, Some(0));
    assert_eq!(json(&program)["Doom"]["paint"]["strength"], 0.5);
    let listed = program.run(&["profiles"]).stdout;
    assert!(listed.contains("Doom") && listed.contains("50 %"), "{listed}");

    assert_eq!(program.run(&["profiles", "attach", "doom", "on"]).code, Some(0));
    assert_eq!(json(&program)["Doom"]["attach"], true);
    let again = program.run(&["profiles", "import", "two.toml"]).stdout;
    assert!(again.contains("left out") && again.contains("Doom, Quake"), "{again}");
    assert_eq!(json(&program)["Doom"]["attach"], true);

    assert_eq!(program.run(&["profiles", "export", "out.toml", "doom"]).code, Some(0));
    assert_eq!(program.run(&["profiles", "remove", "DOOM"]).code, Some(0));
    assert_eq!(json(&program).as_object().unwrap().len(), 1);
    assert_eq!(program.run(&["profiles", "import", "out.toml"]).code, Some(0));
    assert_eq!(json(&program)["Doom"]["attach"], true);

    let refused = program.run(&["profiles", "remove", "nobody"]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains("there are Doom, Quake"), "{}", refused.stderr);
    assert_eq!(program.run(&["profiles", "import", "missing.toml"]).code, Some(1));
}
