//! Providers that break: before they paint, and in the middle of it. Faults are injected by an environment variable, so each
//! test runs itself again as a child with it set.

use crate::networks::{Network, paint, picture, try_load};
use crate::openvino_support::is_usable;
use crate::providers::{SIZE, load_on};
use impasto::control::SizeRequest;
use impasto::frame::{Frame, FramePool};
use impasto::stylize::{Painter, ProviderChoice, StylizeError};
use std::process::Command;

const FAULT: &str = "IMPASTO_PROVIDER_FAULT";

/// Runs the test `name` again with this fault. `true` in the child, which is to do the work.
fn is_child_with(name: &str, fault: &str) -> bool {
    if std::env::var_os(FAULT).is_some() {
        return true;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .env(FAULT, fault)
        .output()
        .unwrap();
    let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{told}");
    assert!(told.contains("1 passed"), "the child ran no test: {told}");
    false
}

/// A broken provider leaves nothing in the CPU's picture; roundings differ by a step after OpenVINO has run in the process.
fn assert_same(painted: &Frame, plain: &Frame) {
    let worst = plain.pixels.iter().zip(&painted.pixels).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
    assert!(worst <= 1, "differs by {worst}/255");
}

/// Paints until the provider fails.
fn failure_of(painter: &mut Painter) -> StylizeError {
    let mut pool = FramePool::new();
    (0..100)
        .find_map(|_| painter.paint(&picture(SIZE), SizeRequest::Exact(SIZE), &mut pool).err())
        .expect("the provider fails")
}

#[test]
fn a_provider_that_paints_another_picture_is_not_used() {
    if !is_usable() {
        return;
    }
    let name = "lost_provider::a_provider_that_paints_another_picture_is_not_used";
    if !is_child_with(name, "wrong") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let model = Network::default().write(folder.path());
    let mut painter = load_on(ProviderChoice::OpenVino, &model);
    assert_eq!(painter.provider().running, "cpu", "{:?}", painter.provider());
    assert!(
        painter.provider().reason.contains("openvino: it paints another picture than the CPU"),
        "{:?}",
        painter.provider()
    );
    let plain = paint(&mut try_load(&model, SIZE).unwrap(), &picture(SIZE));
    assert_same(&paint(&mut painter, &picture(SIZE)), &plain);
}

#[test]
fn a_device_that_is_listed_but_cannot_be_used_is_replaced_by_the_cpu_and_said() {
    if !is_usable() {
        return;
    }
    let name = "lost_provider::a_device_that_is_listed_but_cannot_be_used_is_replaced_by_the_cpu_and_said";
    if !is_child_with(name, "lost@0") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let painter = load_on(ProviderChoice::OpenVino, &Network::default().write(folder.path()));
    assert_eq!(painter.provider().running, "cpu");
    assert!(painter.provider().reason.contains("openvino: the device was lost"), "{:?}", painter.provider());
}

#[test]
fn a_provider_that_is_lost_while_it_paints_gives_way_to_the_cpu() {
    if !is_usable() {
        return;
    }
    let name = "lost_provider::a_provider_that_is_lost_while_it_paints_gives_way_to_the_cpu";
    if !is_child_with(name, "lost@20") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let model = Network::default().write(folder.path());
    let mut painter = load_on(ProviderChoice::OpenVino, &model);
    assert_eq!(painter.provider().running, "openvino", "{:?}", painter.provider());
    assert!(painter.is_replaceable());
    let error = failure_of(&mut painter);
    assert!(error.to_string().contains("the device was lost"), "{error}");
    painter.note_failure(&error);
    drop(painter);
    let mut painter = load_on(ProviderChoice::OpenVino, &model);
    assert_eq!(painter.provider().running, "cpu");
    assert!(!painter.is_replaceable());
    let plain = paint(&mut try_load(&model, SIZE).unwrap(), &picture(SIZE));
    assert_same(&paint(&mut painter, &picture(SIZE)), &plain);
    // After a second failure it is not even tried.
    painter.note_failure(&error);
    let reason = |provider| load_on(provider, &model).provider().reason.clone();
    assert!(reason(ProviderChoice::OpenVino).contains("openvino: "));
}
