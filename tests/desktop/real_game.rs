//! A real game under the overlay, and what befalls it one after the other.

use super::desktop::{Desktop, Program, SCREEN};
use super::game::Game;
use crate::support::doom::Doom;
use crate::support::style::NAME;
use std::time::Duration;

/// Mean brightness above which a picture is Doom's negative: the game itself is dark.
const BRIGHT: f64 = 140.0;

/// A painted Doom.
struct Scene {
    game: Doom,
    program: Program,
    desktop: Desktop,
}

impl Scene {
    fn start() -> Option<Self> {
        let desktop = Desktop::start()?;
        let game = Doom::start(&desktop)?;
        let arguments = ["run", "--window", "doom", "--style", NAME, "--size", "240", "--provider", "cpu"];
        let program = desktop.run(&arguments);
        Some(Self { game, program, desktop })
    }

    /// The screen where the game is; `None` while a part of it is off the screen.
    fn picture(&self) -> Option<Vec<[u8; 3]>> {
        self.desktop.pixels(self.desktop.area(self.game.window)?)
    }

    /// Waits until the overlay lies exactly over the game and the game is seen as a negative there.
    fn wait_until_painted(&self, what: &str) {
        self.desktop.wait_for(what, || {
            let overlay = self.desktop.overlay()?;
            let is_over = self.desktop.area(overlay) == self.desktop.area(self.game.window);
            (is_over && brightness(&self.picture()?) > BRIGHT).then_some(())
        });
    }

    /// Waits until several different pictures were seen, none of them black.
    fn wait_until_moving(&self, what: &str) {
        for _ in 0..4 {
            let before = self.picture();
            let after = self.desktop.wait_for(what, || self.picture().filter(|now| Some(now) != before.as_ref()));
            assert!(brightness(&after) > 20.0, "a black picture");
        }
    }

    fn wait_until_hidden(&mut self) {
        self.desktop.wait_for("the overlay to hide", || self.desktop.overlay().is_none().then_some(()));
        assert!(self.program.is_running());
    }
}

fn brightness(picture: &[[u8; 3]]) -> f64 {
    let sum: u64 = picture.iter().flatten().map(|&part| u64::from(part)).sum();
    sum as f64 / (picture.len() * 3) as f64
}

#[test]
fn stays_painted_through_everything_until_it_is_killed() {
    let Some(mut scene) = Scene::start() else { return };
    scene.wait_until_painted("the painting over Doom");
    scene.wait_until_moving("the demo");

    scene.desktop.move_to(scene.game.window, 320, 200);
    scene.desktop.wait_for("the move", || scene.desktop.area(scene.game.window).filter(|area| area.0 >= 320));
    scene.wait_until_painted("the painting after the move");

    scene.desktop.minimize(scene.game.window);
    scene.wait_until_hidden();
    scene.desktop.activate(scene.game.window);
    scene.wait_until_painted("the painting to come back");
    scene.wait_until_moving("the demo after the dock");

    scene.desktop.set_workspace(scene.game.window, 1);
    scene.wait_until_hidden();
    scene.desktop.go_to_workspace(1);
    scene.wait_until_painted("the painting on the other workspace");

    for step in 0..20 {
        scene.desktop.resize(scene.game.window, 640 - 8 * step, 480 - 6 * step);
        std::thread::sleep(Duration::from_millis(10));
    }
    scene.wait_until_painted("the painting after a storm of resizes");

    scene.desktop.set_state(scene.game.window, "_NET_WM_STATE_FULLSCREEN", true);
    scene.desktop.wait_for("the game to fill the screen", || {
        scene.desktop.area(scene.game.window).filter(|area| *area == (0, 0, SCREEN.0, SCREEN.1))
    });
    scene.wait_until_painted("the painting over the whole screen");
    scene.desktop.set_state(scene.game.window, "_NET_WM_STATE_FULLSCREEN", false);
    scene.wait_until_painted("the painting in the window again");

    let cover = Game::open(&scene.desktop, "Another window", (0, 0, 1200, 900));
    cover.activate(&scene.desktop);
    scene.desktop.wait_for("the other window above the overlay", || {
        let order = |window| scene.desktop.stack().iter().position(|known| *known == window);
        (order(scene.desktop.top_level_of(cover.window)) > order(scene.desktop.overlay()?)).then_some(())
    });
    drop(cover);
    scene.wait_until_painted("the painting after it was covered");

    scene.game.send(libc::SIGSTOP);
    std::thread::sleep(Duration::from_secs(1));
    scene.wait_until_painted("the painting of a game that stands still");
    scene.game.send(libc::SIGCONT);
    scene.wait_until_moving("the demo to go on");

    scene.game.kill();
    scene.desktop.wait_for("the overlay to go", || scene.desktop.overlay().is_none().then_some(()));
    scene.desktop.wait_for("the picker", || scene.desktop.ordinary_windows().first().copied());
    scene.program.interrupt();
    let (code, errors) = scene.program.wait();
    assert_eq!(code, Some(0), "{errors}");
    assert!(!errors.contains("panicked"), "{errors}");
}
