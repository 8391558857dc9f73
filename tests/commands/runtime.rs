//! An ONNX Runtime library that is missing, broken or too old.

use crate::program::{Outcome, Program};
use crate::tools::skip;
use std::process::Command;

fn inspect_with(program: &Program, library: &str) -> Outcome {
    let mut command = program.command(&["inspect", "styles/plain.onnx"]);
    command.env("ORT_DYLIB_PATH", library);
    program.start(command).wait()
}

#[test]
fn a_missing_library_and_a_broken_one_are_told_apart() {
    let program = Program::new();
    let advice = "scripts/run";
    inspect_with(&program, "none.so").assert_failed(&["was not found", "ORT_DYLIB_PATH=", "none.so", advice]);
    std::fs::write(program.path("letter.so"), "Dear linker").unwrap();
    inspect_with(&program, "letter.so").assert_failed(&["cannot be loaded", "letter.so", advice]);
}

/// A library that says it is version 1.17.
#[cfg(unix)]
const OLD_LIBRARY: &str = r#"
static const void *api(unsigned version) { (void)version; return 0; }
static const char *version(void) { return "1.17.3"; }
static const struct { const void *(*api)(unsigned); const char *(*version)(void); } base = { api, version };
const void *OrtGetApiBase(void) { return &base; }
"#;

#[cfg(unix)]
#[test]
fn a_library_that_is_too_old_is_named_with_its_version() {
    let program = Program::new();
    let (source, library) = (program.path("old.c"), program.path("old.so"));
    std::fs::write(&source, OLD_LIBRARY).unwrap();
    let built = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&source).status();
    if !built.is_ok_and(|status| status.success()) {
        skip("there is no C compiler to build an old library with");
        return;
    }
    inspect_with(&program, "old.so").assert_failed(&["version 1.17.3", "1.24 or newer is needed", "old.so"]);
}
