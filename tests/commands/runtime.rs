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

#[cfg(target_os = "linux")]
#[test]
fn the_library_with_cuda_in_it_counts_before_the_plain_one() {
    let known = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(".runtime/onnxruntime");
    let Some(library) = std::fs::read_dir(known).into_iter().flatten().flatten().map(|entry| entry.path()).next()
    else {
        skip("run scripts/test, which brings ONNX Runtime");
        return;
    };
    let program = Program::new();
    let bin = program.path("target/release");
    std::fs::create_dir_all(&bin).unwrap();
    std::fs::copy(env!("CARGO_BIN_EXE_impasto"), bin.join("impasto")).unwrap();
    for name in ["onnxruntime", "onnxruntime-cuda"] {
        let folder = program.path(".runtime").join(name);
        std::fs::create_dir_all(&folder).unwrap();
        std::os::unix::fs::symlink(&library, folder.join(library.file_name().unwrap())).unwrap();
        let mut command = Command::new(bin.join("impasto"));
        command
            .args(["doctor", "--json"])
            .env_remove("ORT_DYLIB_PATH")
            .env("IMPASTO_SETTINGS", program.path("settings"));
        let found = program.start(command).wait().json();
        let used = found["library"].as_str().unwrap();
        assert!(used.starts_with(folder.canonicalize().unwrap().to_str().unwrap()), "{used}");
    }
}

/// The plugin of TensorRT is there, and a part of NVIDIA's driver is not.
#[cfg(target_os = "linux")]
#[test]
fn a_part_of_the_driver_that_is_missing_is_named_with_what_to_install() {
    let program = Program::new();
    let (source, driver) = (program.path("part.c"), program.path("libnvidia-none.so.9"));
    let plugin = program.path("libonnxruntime_providers_nv_tensorrt_rtx.so");
    std::fs::write(&source, "int part(void) { return 1; }\n").unwrap();
    let build = |arguments: &[&std::ffi::OsStr]| {
        Command::new("cc").args(["-shared", "-fPIC"]).args(arguments).status().is_ok_and(|status| status.success())
    };
    let soname = std::ffi::OsStr::new("-Wl,-soname,libnvidia-none.so.9");
    let output = std::ffi::OsStr::new("-o");
    let keeps = std::ffi::OsStr::new("-Wl,--no-as-needed");
    if !build(&[soname, output, driver.as_os_str(), source.as_os_str()]) {
        skip("there is no C compiler to build a plugin with");
        return;
    }
    assert!(build(&[keeps, output, plugin.as_os_str(), source.as_os_str(), driver.as_os_str()]));
    std::fs::remove_file(&driver).unwrap();
    let mut command = program.command(&["doctor", "--json"]);
    command.env("IMPASTO_TENSORRT_EP", &plugin);
    let found = program.start(command).wait().json();
    let probe = found["providers"].as_array().unwrap().iter().find(|probe| probe["choice"] == "tensorrt").unwrap();
    let reason = probe["reason"].as_str().unwrap();
    assert!(reason.starts_with("libnvidia-none.so.9 was not found: it comes with NVIDIA's driver"), "{reason}");
}
