//! The graphics card's path, on a Vulkan driver that needs no graphics card.
//!
//! A driver is chosen by environment variables, so each test runs itself again as a child with them set.

use crate::networks::{Network, paint, picture, try_load};
use crate::providers::{SIZE, load_on};
use impasto::stylize::ProviderChoice;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Makes a test the child that it starts.
const CHILD: &str = "IMPASTO_TEST_WEBGPU";

/// The folder of the driver and the plugin that `scripts/test` brings; says so loudly where they are not to be had.
fn driver() -> Option<PathBuf> {
    let brought = Path::new(env!("CARGO_MANIFEST_DIR")).join(".runtime");
    let driver = brought.join("software-vulkan");
    if driver.join("lvp_icd.json").is_file() && brought.join("webgpu").is_dir() {
        return Some(driver);
    }
    eprintln!(
        "SKIPPED: WebGPU: run scripts/test, which brings ONNX Runtime's WebGPU plugin and a software Vulkan driver"
    );
    None
}

/// Runs the test `name` again with this Vulkan driver. `true` in the child, which is to do the work.
fn is_child_with(name: &str, manifest: &Path, driver: &Path) -> bool {
    if std::env::var_os(CHILD).is_some() {
        return true;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .env(CHILD, "1")
        .env("VK_ICD_FILENAMES", manifest)
        .env("VK_DRIVER_FILES", manifest)
        .env("VK_LOADER_LAYERS_DISABLE", "~implicit~")
        .env("ORT_WEBGPU_EP_ALLOW_SOFTWARE_ADAPTER", "1")
        .env("LP_NATIVE_VECTOR_WIDTH", "128")
        .env("MESA_SHADER_CACHE_DIR", driver.join("shader-cache"))
        .env("XDG_RUNTIME_DIR", driver)
        .output()
        .unwrap();
    let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{told}");
    assert!(told.contains("1 passed"), "the child ran no test: {told}");
    false
}

#[test]
fn gives_the_same_picture_as_the_cpu_and_nothing_falls_back() {
    let Some(driver) = driver() else { return };
    let name = "webgpu::gives_the_same_picture_as_the_cpu_and_nothing_falls_back";
    if !is_child_with(name, &driver.join("lvp_icd.json"), &driver) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let model = Network::default().write(folder.path());
    let mut painter = load_on(ProviderChoice::WebGpu, &model);
    assert_eq!(painter.provider().running, "webgpu", "{:?}", painter.provider());
    assert_eq!(painter.provider().reason, "", "nothing may fall back to the CPU");
    let plain = paint(&mut try_load(&model, SIZE).unwrap(), &picture(SIZE));
    let painted = paint(&mut painter, &picture(SIZE));
    let worst = plain.pixels.iter().zip(&painted.pixels).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
    assert!(worst <= 2, "differs by {worst}/255");
}

#[test]
fn a_graphics_card_that_cannot_be_used_is_replaced_by_the_cpu_and_said() {
    let Some(driver) = driver() else { return };
    let name = "webgpu::a_graphics_card_that_cannot_be_used_is_replaced_by_the_cpu_and_said";
    if !is_child_with(name, Path::new("/nonexistent"), &driver) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let model = Network::default().write(folder.path());
    let mut painter = load_on(ProviderChoice::WebGpu, &model);
    assert_eq!(painter.provider().running, "cpu");
    assert!(painter.provider().reason.contains("webgpu"), "{:?}", painter.provider());
    let plain = paint(&mut try_load(&model, SIZE).unwrap(), &picture(SIZE));
    assert_eq!(paint(&mut painter, &picture(SIZE)).pixels, plain.pixels);
}
