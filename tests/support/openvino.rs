//! Whether OpenVINO can be tested here.

use std::path::Path;

/// Whether its plugin was brought and has a device here: it takes Intel's processors and graphics, and no others. Says so loudly
/// where it does not.
pub fn is_usable() -> bool {
    let is_brought = Path::new(env!("CARGO_MANIFEST_DIR")).join(".runtime/openvino").is_dir();
    let is_intel = std::fs::read_to_string("/proc/cpuinfo").is_ok_and(|facts| facts.contains("GenuineIntel"));
    if !is_brought {
        eprintln!("SKIPPED: OpenVINO: run scripts/test, which brings ONNX Runtime's OpenVINO plugin");
    } else if !is_intel {
        eprintln!("SKIPPED: OpenVINO: its plugin takes Intel's processors only, and this one is none");
    }
    is_brought && is_intel
}
