//! The program's windows on a Wayland desktop: sway without a screen, with the tests' own portal.

use crate::picture::{Layout, color};
use crate::pointer::Pointer;
use crate::portal::Person;
use crate::stage::Stage;
use crate::support::desktop::PATIENCE;
use crate::support::style::{NAME, write_style};
use crate::sway::{BACKGROUND, OUTPUT, Sway};
use impasto::frame::Size;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub const SIZE: Size = Size::new(320, 240);

/// A pixel of the picture that is looked at; its surroundings are nearly alike.
const SPOT: (u32, u32) = (200, 100);

/// The program on the desktop, killed when dropped.
pub struct Program(Child);

impl Program {
    fn start(stage: &Stage, sway: &Sway, arguments: &[&str]) -> Self {
        Self::launch(command(stage, sway, arguments))
    }

    pub fn launch(mut command: Command) -> Self {
        Self(command.stderr(Stdio::inherit()).spawn().unwrap())
    }

    fn interrupt_and_wait(self) -> Option<i32> {
        // SAFETY: the call takes no pointers, and the process is our child that was not waited for.
        assert_eq!(unsafe { libc::kill(self.0.id() as libc::pid_t, libc::SIGINT) }, 0);
        self.wait()
    }

    /// Waits for the end; gives the exit code.
    pub fn wait(mut self) -> Option<i32> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status.code();
            }
            assert!(start.elapsed() < PATIENCE, "the program does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub fn command(stage: &Stage, sway: &Sway, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_impasto"));
    command
        .args(arguments)
        .env("HOME", sway.folder())
        .env("XDG_RUNTIME_DIR", sway.folder())
        .env("WAYLAND_DISPLAY", sway.display())
        .env("DBUS_SESSION_BUS_ADDRESS", &stage.bus.address)
        .env("IMPASTO_SETTINGS", sway.folder().join("settings"))
        .env("IMPASTO_STYLES", write_style(sway.folder()))
        .env_remove("DISPLAY")
        .env_remove("PULSE_SERVER")
        .current_dir(sway.folder());
    command
}

/// Does in the program that runs what a hotkey does.
fn press(stage: &Stage, sway: &Sway, action: &str) {
    let output = command(stage, sway, &["press", action]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{action}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Clicks until something has happened; a second click may undo the first, so each is given its time.
fn click_until<T>(sway: &Sway, pointer: &mut Pointer, (x, y): (i64, i64), mut ask: impl FnMut() -> Option<T>) -> T {
    let mut clicked: Option<Instant> = None;
    sway.wait_for("what a click does", || {
        if clicked.is_none_or(|at| at.elapsed() > Duration::from_secs(8)) {
            pointer.click(x, y);
            clicked = Some(Instant::now());
        }
        ask()
    })
}

/// Whether the picture's spot has this colour in an area of the screen that shows the whole picture.
pub fn shows(sway: &Sway, (x, y, width, height): (i64, i64, i64, i64), wanted: [u8; 3]) -> Option<()> {
    let place = |start: i64, side: i64, at: u32, of: u32| (start + (i64::from(at) * side) / i64::from(of)) as u32;
    let seen = sway.pixel(place(x, width, SPOT.0, SIZE.width), place(y, height, SPOT.1, SIZE.height));
    seen.iter().zip(wanted).all(|(seen, wanted)| seen.abs_diff(wanted) < 24).then_some(())
}

pub fn negative(color: [u8; 3]) -> [u8; 3] {
    color.map(|channel| 255 - channel)
}

/// The colour of the spot in the picture with number 0.
pub fn spot_color() -> [u8; 3] {
    color(0, SPOT.0, SPOT.1)
}

#[test]
fn paints_into_a_window_and_obeys_the_desktops_hotkeys() {
    let (Some(stage), Some(sway)) = (Stage::start(Layout::plain(SIZE)), Sway::start()) else { return };
    stage.portal.grant_shortcuts();
    let program = Program::start(&stage, &sway, &["run", "--source", "portal", "--style", NAME]);
    let window = sway.wait_for("the painting's window", || sway.windows().into_iter().next());
    assert!(window.title.contains("Impasto") && !window.is_full_screen, "{window:?}");
    let painting = || sway.windows().into_iter().find(|window| window.title.contains("shared"));
    let looks = |what: &str, wanted| {
        sway.wait_for(what, || {
            let area = painting()?.area;
            (area.2 == i64::from(SIZE.width)).then(|| shows(&sway, area, wanted))?
        });
    };
    looks("the painting", negative(spot_color()));
    // The desktop was asked for the usual keys, and presses some.
    let wishes = sway.wait_for("the wish for keys", || stage.portal.wished_shortcuts());
    assert!(wishes.contains(&("panel".to_owned(), "CTRL+ALT+p".to_owned())), "{wishes:?}");
    assert!(wishes.contains(&("next-style".to_owned(), "CTRL+ALT+Right".to_owned())), "{wishes:?}");
    stage.portal.press("original", true);
    looks("the original", spot_color());
    stage.portal.press("original", true);
    looks("the painting again", negative(spot_color()));
    stage.portal.press("hold-original", true);
    looks("the original while it is held", spot_color());
    stage.portal.press("hold-original", false);
    looks("the painting after that", negative(spot_color()));
    stage.portal.press("panel", true);
    sway.wait_for("the panel", || sway.windows().into_iter().find(|window| window.title == "Impasto"));
    stage.portal.press("panel", true);
    sway.wait_for("the panel to go", || (sway.windows().len() == 1).then_some(()));
    assert_eq!(program.interrupt_and_wait(), Some(0));
}

#[test]
fn fills_the_screen_and_obeys_commands_where_the_desktop_grants_no_keys() {
    let (Some(stage), Some(sway)) = (Stage::start(Layout::plain(SIZE)), Sway::start()) else { return };
    let press = |action: &str| press(&stage, &sway, action);
    let alone = command(&stage, &sway, &["press", "original"]).output().unwrap();
    assert_eq!(alone.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&alone.stderr).contains("does not run"));

    // Panel and painting are one program's; that with the full screen is one of its own.
    let first = Program::start(&stage, &sway, &["run", "--source", "portal", "--style", NAME, "--panel"]);
    sway.wait_for("both windows", || (sway.windows().len() == 2).then_some(()));
    sway.tell("[title=\"^Impasto$\"] move position 0 0");
    let painting = || {
        sway.tell("[title=\"shared\"] move position 800 100");
        sway.window("What you shared").filter(|window| window.area.2 == i64::from(SIZE.width))
    };
    let painting = sway.wait_for("the painting at its size", painting);
    sway.wait_for("the painting", || shows(&sway, painting.area, negative(spot_color())));
    press("panel");
    sway.wait_for("the panel to go", || (sway.windows().len() == 1).then_some(()));
    press("original");
    sway.wait_for("the original", || shows(&sway, painting.area, spot_color()));
    assert_eq!(first.interrupt_and_wait(), Some(0));

    let second = Program::start(&stage, &sway, &["run", "--source", "portal", "--style", NAME, "--fullscreen"]);
    sway.wait_for("the full screen", || sway.windows().into_iter().find(|window| window.is_full_screen));
    // The picture keeps its shape, with black bars at its sides.
    let (width, height) = (i64::from(OUTPUT.0), i64::from(OUTPUT.1));
    let shown = height * i64::from(SIZE.width) / i64::from(SIZE.height);
    let area = ((width - shown) / 2, 0, shown, height);
    sway.wait_for("the painting on the full screen", || shows(&sway, area, negative(spot_color())));
    assert_eq!(sway.pixel(2, OUTPUT.1 / 2), [0, 0, 0]);
    assert_eq!(second.interrupt_and_wait(), Some(0));
    sway.wait_for("the desktop", || (sway.pixel(2, OUTPUT.1 / 2) == BACKGROUND).then_some(()));
}

#[test]
fn lies_over_the_whole_screen_and_makes_room_for_the_panel_and_a_game_that_is_away() {
    let (Some(stage), Some(sway)) = (Stage::start(Layout::plain(SIZE)), Sway::start()) else { return };
    let press = |action: &str| press(&stage, &sway, action);
    let program = Program::start(&stage, &sway, &["run", "--source", "portal", "--style", NAME, "--overlay"]);
    let (width, height) = (i64::from(OUTPUT.0), i64::from(OUTPUT.1));
    let shown = height * i64::from(SIZE.width) / i64::from(SIZE.height);
    let area = ((width - shown) / 2, 0, shown, height);
    let is_painted = || shows(&sway, area, negative(spot_color()));
    sway.wait_for("the painting over the screen", is_painted);
    assert_eq!(sway.windows(), [], "it is no window of the desktop");
    let corner = || (sway.pixel(2, 2) == BACKGROUND).then_some(());
    press("panel");
    sway.wait_for("the panel alone", || corner().filter(|()| sway.windows().len() == 1));
    press("panel");
    sway.wait_for("the painting again", is_painted);
    press("original");
    sway.wait_for("the original", || shows(&sway, area, spot_color()));
    stage.compositor.pause(true);
    sway.wait_for("the desktop while the game is away", corner);
    stage.compositor.pause(false);
    sway.wait_for("the original again", || shows(&sway, area, spot_color()));
    assert_eq!(program.interrupt_and_wait(), Some(0));
    sway.wait_for("the desktop", corner);
}

#[test]
fn clicks_go_through_a_painting_over_the_screen_until_they_are_kept() {
    let (Some(stage), Some(sway)) = (Stage::start(Layout::plain(SIZE)), Sway::start()) else { return };
    // Two windows below, of a program that is measured and so one of its own.
    let scene = ["run", "--source", "scene", "--style", NAME, "--clone", "--duration", "300"];
    let windows =
        || sway.windows().into_iter().filter(|window| window.title.starts_with("Built-in")).collect::<Vec<_>>();
    let _below: Vec<_> = (1..=2)
        .map(|count| {
            let program = Program::start(&stage, &sway, &scene);
            sway.wait_for("a window below", || (windows().len() == count).then_some(()));
            // The one that was opened last has the focus.
            sway.tell(if count == 1 { "move position 0 0" } else { "move position 700 200" });
            program
        })
        .collect();
    let _over = Program::start(&stage, &sway, &["run", "--source", "portal", "--style", NAME, "--overlay"]);
    let (width, height) = (i64::from(OUTPUT.0), i64::from(OUTPUT.1));
    let shown = height * i64::from(SIZE.width) / i64::from(SIZE.height);
    let area = ((width - shown) / 2, 0, shown, height);
    sway.wait_for("the painting over the screen", || shows(&sway, area, negative(spot_color())));
    let mut pointer = Pointer::open(&sway);
    let focused = |left: bool| windows().iter().any(|window| window.is_focused && (window.area.0 < 100) == left);
    for left in [true, false, true] {
        sway.wait_for("the window below to be clicked", || {
            pointer.click(if left { 100 } else { 1000 }, 400);
            focused(left).then_some(())
        });
    }
    press(&stage, &sway, "click-through");
    for _ in 0..5 {
        pointer.click(1000, 400);
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(focused(true), "the painting kept the clicks: {:?}", windows());
}

#[test]
fn the_panel_offers_the_desktops_dialog_and_the_whole_screen() {
    let (Some(stage), Some(sway)) = (Stage::start(Layout::plain(SIZE)), Sway::start()) else { return };
    let settings = sway.folder().join("settings");
    std::fs::create_dir_all(&settings).unwrap();
    std::fs::write(settings.join("settings.toml"), format!("is_welcomed = true\n[paint]\nstyle = '{NAME}'\n")).unwrap();
    let program = Program::start(&stage, &sway, &[]);
    sway.wait_for("the panel", || sway.window("Impasto"));
    sway.tell("[title=\"^Impasto$\"] move position 0 0");
    let mut pointer = Pointer::open(&sway);
    // The first tile.
    let painting = click_until(&sway, &mut pointer, (100, 200), || sway.window("What you shared"));
    assert_eq!(stage.portal.with(|script| script.dialogs), 1);
    assert!(!painting.is_full_screen);
    sway.tell("[title=\"shared\"] move position 800 100");
    // The switch below the picture's size.
    let is_gone = || sway.window("What you shared").is_none().then_some(());
    click_until(&sway, &mut pointer, (348, 206), is_gone);
    press(&stage, &sway, "panel");
    let (width, height) = (i64::from(OUTPUT.0), i64::from(OUTPUT.1));
    let shown = height * i64::from(SIZE.width) / i64::from(SIZE.height);
    let area = ((width - shown) / 2, 0, shown, height);
    sway.wait_for("the painting over the screen", || shows(&sway, area, negative(spot_color())));
    assert_eq!(program.interrupt_and_wait(), Some(0));
    let kept = std::fs::read_to_string(settings.join("settings.toml")).unwrap();
    assert!(kept.contains("covers_screen = true"), "{kept}");
}

#[test]
fn a_cancelled_dialog_leads_back_to_the_panel() {
    let (Some(stage), Some(sway)) = (Stage::start(Layout::plain(SIZE)), Sway::start()) else { return };
    stage.portal.with(|script| script.person = Person::Cancels);
    let program = Program::start(&stage, &sway, &["run", "--source", "portal", "--style", NAME]);
    sway.wait_for("the panel alone", || {
        let windows = sway.windows();
        (windows.len() == 1 && windows[0].title == "Impasto").then_some(())
    });
    assert_eq!(program.interrupt_and_wait(), Some(0));
}
