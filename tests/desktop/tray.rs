//! The tray menu, seen by a tray host of our own on a private D-Bus.

use super::desktop::Desktop;
use super::game::{COLOR, Game};
use crate::support::bus::Bus;
use crate::support::client::{Client, Look};
use crate::support::style::PAINTED;
use crate::support::tray::{Icon, host};
use std::time::{Duration, Instant};

#[test]
fn offers_windows_and_styles_and_carries_out_what_is_clicked() {
    let (Some(desktop), Some(bus)) = (Desktop::start(), Bus::start()) else { return };
    let (host, items) = host(&bus);
    let game = Game::open(&desktop, "The Game", (100, 120, 400, 300));
    let program = desktop.run_on_bus(&bus.address, &[]);
    let owner = desktop.wait_for("the tray icon", || items.lock().unwrap().first().cloned());
    let icon = Icon::of(&host, &owner);
    let idle = icon.pixels();

    let entries = desktop.wait_for("the game in the menu", || {
        Some(icon.entries()).filter(|entries| entries.keys().any(|label| label.contains("The Game")))
    });
    for label in ["Window", "Style", "a negative", "Record", "Screenshot", "Side by side", "Panel", "Quit"] {
        assert!(entries.contains_key(label), "{label} is missing in {entries:?}");
    }
    let label = entries.keys().find(|label| label.contains("The Game")).unwrap();
    icon.click(label);
    desktop.wait_for("the overlay over the game", || {
        let overlay = desktop.overlay()?;
        (desktop.area(overlay) == desktop.area(game.window)).then_some(())
    });
    desktop.wait_for("the way out of the painting", || icon.entries().get("Stop painting").copied());
    desktop.wait_for("an icon that tells of it", || (icon.pixels() != idle).then_some(()));

    let color = || {
        let (x, y, width, height) = desktop.area(game.window).unwrap();
        desktop.pixel(x + width as i16 / 2, y + height as i16 / 2)
    };
    let is_like = |wanted: [u8; 3]| color().iter().zip(wanted).all(|(seen, wanted)| seen.abs_diff(wanted) < 24);
    desktop.wait_for("the painting", || is_like(PAINTED).then_some(()));
    icon.click("Show the original");
    desktop.wait_for("the game itself", || is_like(COLOR).then_some(()));
    icon.click("Show the original");
    desktop.wait_for("the painting again", || is_like(PAINTED).then_some(()));
    icon.click("50 %");
    let half = [0, 1, 2].map(|channel| PAINTED[channel].midpoint(COLOR[channel]));
    desktop.wait_for("half of both", || is_like(half).then_some(()));
    icon.click("Quit");
    let (code, errors) = program.wait();
    assert_eq!(code, Some(0), "{errors}");
}

/// How long a tray host waits for an icon.
const HOST_PATIENCE: Duration = Duration::from_secs(10);

#[test]
fn comes_with_a_desktops_panel_that_starts_later_or_again() {
    let (Some(desktop), Some(bus)) = (Desktop::start(), Bus::start()) else { return };
    let program = desktop.run_on_bus(&bus.address, &[]);
    desktop.wait_for("the panel", || desktop.ordinary_windows().first().copied());
    for time in ["the tray icon", "the tray icon again"] {
        // A host that comes just when the program looks for one may be missed: then another comes.
        let (host, owner) = desktop.wait_for(time, || {
            let (host, items) = host(&bus);
            let come = Instant::now();
            while items.lock().unwrap().is_empty() && come.elapsed() < HOST_PATIENCE {
                std::thread::sleep(Duration::from_millis(20));
            }
            let owner = items.lock().unwrap().first().cloned()?;
            Some((host, owner))
        });
        assert!(Icon::of(&host, &owner).entries().contains_key("Quit"));
        if time.ends_with("again") {
            Icon::of(&host, &owner).click("Quit");
        }
    }
    assert_eq!(program.wait().0, Some(0));
}

#[test]
fn a_window_that_is_only_picked_gets_no_profile_from_the_one_before() {
    let (Some(desktop), Some(bus)) = (Desktop::start(), Bus::start()) else { return };
    let (host, items) = host(&bus);
    desktop.write_settings(
        "profiles.toml",
        "[profile.Game]\napplication = 'Game'\n[profile.Game.paint]\nstrength = 0.5\n",
    );
    let _game = Game::open(&desktop, "The Game", (100, 120, 400, 300));
    let other = Client::open(
        &desktop,
        &Look { title: Some("Another"), class: Some(("x", "Other")), area: (560, 200, 300, 200), ..Look::default() },
    );
    let program = desktop.run_on_bus(&bus.address, &["run", "--window", "The Game"]);
    desktop.wait_for("the overlay", || desktop.overlay());
    let owner = desktop.wait_for("the tray icon", || items.lock().unwrap().first().cloned());
    let icon = Icon::of(&host, &owner);
    let label = desktop
        .wait_for("the other in the menu", || icon.entries().into_keys().find(|label| label.contains("Another")));
    icon.click(&label);
    desktop.wait_for("the other to be marked", || {
        let overlay = desktop.overlay()?;
        (desktop.area(overlay) == desktop.area(other.window)).then_some(())
    });
    icon.click("Quit");
    assert_eq!(program.wait().0, Some(0));
    let kept = std::fs::read_to_string(desktop.settings().join("profiles.toml")).unwrap();
    assert!(kept.contains("Game") && !kept.contains("Other"), "{kept}");
}
