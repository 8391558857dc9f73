//! The panel's Train page, in a program without the trainer: the training that it starts ends at once and says why.

use super::desktop::Desktop;
use crate::support::desktop::find_tool;
use impasto::frame::{Frame, Size, write_picture};

/// Colours of the panel: the background of the chosen tab, and the accent of the button that starts.
const CHOSEN_TAB: [u8; 3] = [0x4A, 0x35, 0x22];
const ACCENT: [u8; 3] = [0xF2, 0xA6, 0x5A];

/// Where things are in the panel's window, in pixels: left edge of the tab, middle of the style picture and of the field
/// for its path, and the edge of the button that starts, above the lower edge.
const TAB: (i16, i16) = (214, 72);
const PICTURE: (i16, i16) = (200, 210);
const FIELD: (i16, i16) = (150, 300);
const START: (i16, i16) = (40, 94);

#[test]
fn a_training_is_described_and_started_with_the_programs_own_command_line() {
    let (Some(desktop), Some(xdotool)) = (Desktop::start(), find_tool("xdotool")) else { return };
    // Without a folder for videos, recordings are in the folder where the program was started.
    std::fs::create_dir_all(desktop.folder().join("Videos/Impasto/datasets/The-Game")).unwrap();
    let picture = desktop.folder().join("red.png");
    let mut frame = Frame::new(Size::new(64, 64));
    frame.pixels.chunks_exact_mut(4).for_each(|pixel| pixel.copy_from_slice(&[0, 0, 255, 255]));
    write_picture(&picture, &frame).unwrap();

    let _program = desktop.run(&[]);
    let window = desktop.wait_for("the panel", || desktop.ordinary_windows().first().copied());
    let (x, y, _, height) = desktop.area(window).unwrap();
    let act = |arguments: &[&str]| {
        assert!(desktop.command(&xdotool).args(arguments).status().unwrap().success(), "{arguments:?}");
    };
    let go_to = |at: (i16, i16)| act(&["mousemove", &(x + at.0).to_string(), &(y + at.1).to_string()]);
    let wait_for_color = |what: &str, at: (i16, i16), color: [u8; 3]| {
        desktop.wait_for(what, || {
            let seen = desktop.pixel(x + at.0, y + at.1);
            seen.iter().zip(color).all(|(seen, color)| seen.abs_diff(color) < 12).then_some(())
        });
    };
    let start = (START.0, height as i16 - START.1);

    desktop.wait_for("the panel's first picture", || (desktop.pixel(x + TAB.0, y + TAB.1) != [0; 3]).then_some(()));
    go_to(TAB);
    act(&["click", "1"]);
    wait_for_color("the Train page", TAB, CHOSEN_TAB);
    go_to(FIELD);
    act(&["click", "1"]);
    act(&["type", "--delay", "10", picture.to_str().unwrap()]);
    wait_for_color("the style picture", PICTURE, [255, 0, 0]);
    act(&["click", "--repeat", "40", "--delay", "10", "5"]);
    wait_for_color("the button", start, ACCENT);
    go_to(start);
    act(&["click", "1"]);

    let log = desktop.folder().join(".local/share/impasto/styles/red.log");
    let said = desktop.wait_for("the trainer's words", || {
        std::fs::read_to_string(&log).ok().filter(|text| text.contains("built without the trainer"))
    });
    for part in [picture.to_str().unwrap(), "datasets/The-Game", "styles/red.onnx", "--tier balanced", "--minutes 30"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    // The page that says so has no such button any more.
    desktop.wait_for("the explanation", || {
        let seen = desktop.pixel(x + start.0, y + start.1);
        seen.iter().zip(ACCENT).any(|(seen, color)| seen.abs_diff(color) > 60).then_some(())
    });
}
