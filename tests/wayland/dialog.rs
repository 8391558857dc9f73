//! What a person does at the portal's dialog, and desktops without one.

use crate::picture::Layout;
use crate::portal::{Person, Portal, SCREENS, WINDOWS};
use crate::stage::{Stage, Watched};
use crate::support::bus::Bus;
use crate::support::desktop::PATIENCE;
use impasto::capture::{PortalError, PortalRequest, PortalTarget, portal_offer};
use impasto::control::IdleReason;
use impasto::frame::Size;
use std::time::{Duration, Instant};

const SIZE: Size = Size::new(96, 64);

fn stage() -> Option<Stage> {
    Stage::start(Layout::plain(SIZE))
}

#[test]
fn a_second_start_asks_nothing_unless_it_is_told_to() {
    let Some(stage) = stage() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings/portal.toml");
    let request = PortalRequest { token_file: Some(file.clone()), ..stage.request() };
    let shared = |request: &PortalRequest, token: &str, dialogs| {
        stage.portal.with(|script| script.token = Some(token.to_owned()));
        let mut source = Watched::open(request.clone());
        source.picture(SIZE, 0);
        assert_eq!(stage.portal.with(|script| script.dialogs), dialogs);
        assert_eq!(source.notices, Vec::<String>::new());
    };
    shared(&request, "one", 1);
    // Hidden cursor, one source, windows and screens, for good.
    assert_eq!(stage.portal.asked_number("cursor_mode"), Some(1));
    assert_eq!(stage.portal.asked_number("types"), Some(SCREENS | WINDOWS));
    assert_eq!(stage.portal.asked_number("persist_mode"), Some(2));
    assert_eq!(stage.portal.asked_text("restore_token"), None);
    shared(&request, "one", 1);
    assert_eq!(stage.portal.asked_text("restore_token").as_deref(), Some("one"));
    shared(&PortalRequest { asks_again: true, ..request.clone() }, "two", 2);
    assert!(std::fs::read_to_string(&file).unwrap().contains("two"));
    // Another kind of choice is another question.
    shared(&PortalRequest { target: PortalTarget::Window, ..request }, "three", 3);
    assert_eq!(stage.portal.asked_number("types"), Some(WINDOWS));
}

#[test]
fn a_slow_person_is_waited_for() {
    let Some(stage) = stage() else { return };
    stage.portal.with(|script| script.person = Person::ChoosesWindow(Duration::from_secs(2)));
    let mut source = stage.open();
    source.idle(IdleReason::Choosing);
    source.picture(SIZE, 0);
}

#[test]
fn leaving_while_the_dialog_is_open_closes_it_at_once() {
    let Some(stage) = stage() else { return };
    stage.portal.with(|script| script.person = Person::Wonders);
    let mut source = stage.open();
    source.idle(IdleReason::Choosing);
    assert!(stage.portal.has_clients());
    let start = Instant::now();
    drop(source);
    assert!(start.elapsed() < Duration::from_secs(2), "leaving took {:?}", start.elapsed());
    while stage.portal.has_clients() {
        assert!(start.elapsed() < PATIENCE, "the dialog stays open");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn cancel_and_a_desktop_that_forbids_are_said_apart() {
    let Some(stage) = stage() else { return };
    stage.portal.with(|script| script.person = Person::Cancels);
    assert_eq!(stage.open().failure(), PortalError::Cancelled.to_string());
    stage.portal.with(|script| script.person = Person::IsForbidden);
    assert_eq!(stage.open().failure(), PortalError::Refused.to_string());
}

#[test]
fn what_the_desktop_cannot_share_is_said() {
    let Some(stage) = stage() else { return };
    stage.portal.with(|script| (script.sources, script.cursors) = (SCREENS, 2));
    stage.portal.with(|script| script.person = Person::ChoosesScreen);
    let window = PortalRequest { target: PortalTarget::Window, ..stage.request() };
    assert_eq!(Watched::open(window).failure(), PortalError::NoWindows.to_string());
    let mut any = stage.open();
    any.picture(SIZE, 0);
    let _ = any.listen(Duration::from_millis(200));
    assert!(any.notices.iter().any(|text| text.contains("whole screen")), "{:?}", any.notices);
    assert!(any.notices.iter().any(|text| text.contains("cursor")), "{:?}", any.notices);
    let offer = portal_offer(Some(&stage.bus.address)).unwrap();
    assert!(offer.version == 5 && offer.has_screens && !offer.has_windows && !offer.hides_cursor, "{offer:?}");
}

#[test]
fn a_missing_portal_is_told_from_one_that_cannot_share_and_from_no_session() {
    let Some(bus) = Bus::start() else { return };
    let request = || PortalRequest { bus: Some(bus.address.clone()), ..PortalRequest::default() };
    assert_eq!(Watched::open(request()).failure(), PortalError::NoPortal.to_string());
    assert_eq!(portal_offer(Some(&bus.address)), Err(PortalError::NoPortal));
    let _poor = Portal::start_without_sharing(&bus.address);
    assert_eq!(Watched::open(request()).failure(), PortalError::NoScreenCast.to_string());
    let nowhere = PortalRequest { bus: Some("unix:path=/nowhere/bus".to_owned()), ..request() };
    let text = Watched::open(nowhere).failure();
    assert!(text.contains("no D-Bus session") && text.contains("from within the desktop"), "{text}");
}
