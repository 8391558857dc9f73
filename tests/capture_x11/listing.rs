//! Windows that can be picked: which, with what facts, and how one is named.

use crate::pattern;
use crate::support::client::{Client, Look};
use crate::support::desktop::Desktop;
use crate::support::game_process::{GameProcess, TITLE};
use impasto::capture::{WindowInfo, WindowState, find_window_on, list_windows_on, window_thumbnail_on};
use impasto::frame::Size;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ConnectionExt as _, CreateWindowAux, WindowClass};

fn ids(windows: &[WindowInfo]) -> Vec<u32> {
    windows.iter().map(|window| window.id).collect()
}

fn list(desktop: &Desktop) -> Vec<WindowInfo> {
    list_windows_on(Some(desktop.display())).unwrap()
}

#[test]
fn lists_windows_with_and_without_names_but_never_ours() {
    for desktop in [Desktop::start(), Desktop::start_bare(&[])] {
        let Some(desktop) = desktop else { return };
        assert_eq!(list(&desktop), []);
        let named = Client::open(&desktop, &Look { title: Some("Caf\u{e9} Quest"), ..Look::default() });
        let nameless =
            Client::open(&desktop, &Look { title: None, class: None, area: (5, 5, 64, 48), ..Look::default() });
        let ours = Look { class: Some(("impasto", "Impasto")), ..Look::default() };
        let _overlay = Client::open(&desktop, &ours);
        let own_process = Look { class: None, pid: Some(std::process::id()), ..Look::default() };
        let _own = Client::open(&desktop, &own_process);
        let windows = list(&desktop);
        assert_eq!(ids(&windows), [named.window, nameless.window]);
        assert_eq!(
            windows[0],
            WindowInfo {
                id: named.window,
                title: "Café Quest".to_owned(),
                application: "Game".to_owned(),
                pid: None,
                size: Size::new(400, 300),
                state: WindowState::Visible,
            }
        );
        assert_eq!((windows[1].title.as_str(), windows[1].application.as_str()), ("", ""));
        assert_eq!(windows[1].size, Size::new(64, 48));
    }
}

#[test]
fn names_the_program_of_a_window_without_class() {
    let Some(desktop) = Desktop::start() else { return };
    let pid = desktop.window_manager_id();
    let client = Client::open(&desktop, &Look { class: None, pid: Some(pid), ..Look::default() });
    let info = &list(&desktop)[0];
    assert_eq!((info.id, info.pid, info.application.as_str()), (client.window, Some(pid), "openbox"));
}

#[test]
fn tells_the_state_of_each() {
    let Some(desktop) = Desktop::start() else { return };
    let client = Client::open(&desktop, &Look::default());
    let wait_for_state = |state: WindowState| {
        desktop.wait_for("the state", || (list(&desktop).first()?.state == state).then_some(()));
    };
    wait_for_state(WindowState::Visible);
    desktop.minimize(client.window);
    wait_for_state(WindowState::Minimized);
    desktop.activate(client.window);
    wait_for_state(WindowState::Visible);
    desktop.set_state(client.window, "_NET_WM_STATE_SHADED", true);
    wait_for_state(WindowState::Hidden);
    desktop.set_state(client.window, "_NET_WM_STATE_SHADED", false);
    wait_for_state(WindowState::Visible);
    desktop.go_to_workspace(1);
    wait_for_state(WindowState::Hidden);
}

#[test]
fn finds_clients_in_frames_without_a_list_and_leaves_out_what_is_not_drawn() {
    let Some(desktop) = Desktop::start_bare(&[]) else { return };
    let (connection, root) = (&desktop.connection, desktop.root);
    let plain = |parent, width, class| {
        let window = connection.generate_id().unwrap();
        connection.create_window(0, window, parent, 0, 0, width, 40, 0, class, 0, &CreateWindowAux::new()).unwrap();
        window
    };
    // Nested twice, as some window managers that keep no list have it.
    let frame = plain(root, 500, WindowClass::INPUT_OUTPUT);
    let inner = plain(frame, 500, WindowClass::INPUT_OUTPUT);
    let framed = Client::open(&desktop, &Look::default());
    connection.reparent_window(framed.window, inner, 0, 20).unwrap();
    use x11rb::wrapper::ConnectionExt as _;
    let wm_state = desktop.atom("WM_STATE");
    let mode = x11rb::protocol::xproto::PropMode::REPLACE;
    connection.change_property32(mode, framed.window, wm_state, wm_state, &[1, 0]).unwrap();
    connection.map_window(inner).unwrap();
    connection.map_window(frame).unwrap();

    let alone = Client::open(&desktop, &Look { title: None, class: None, ..Look::default() });
    let _unmapped = Client::create(desktop.display(), &Look::default());
    let speck = plain(root, 1, WindowClass::INPUT_OUTPUT);
    let invisible = plain(root, 100, WindowClass::INPUT_ONLY);
    connection.map_window(speck).unwrap();
    connection.map_window(invisible).unwrap().check().unwrap();
    assert_eq!(ids(&list(&desktop)), [framed.window, alone.window]);
}

#[test]
fn finds_a_window_by_a_part_of_its_name_or_by_its_id() {
    let Some(desktop) = Desktop::start() else { return };
    let display = Some(desktop.display());
    let castle = Client::open(&desktop, &Look { title: Some("Castle Siege 2"), ..Look::default() });
    let race = Client::open(
        &desktop,
        &Look { title: Some("Moon Race"), class: Some(("race", "RaceGame")), ..Look::default() },
    );
    let number = Client::open(&desktop, &Look { title: Some("2048"), class: None, ..Look::default() });
    let find =
        |pattern: &str| find_window_on(display, pattern).map(|window| window.id).map_err(|error| error.to_string());
    assert_eq!(find("castle s"), Ok(castle.window));
    assert_eq!(find("RACEGAME"), Ok(race.window));
    assert_eq!(find(&race.window.to_string()), Ok(race.window));
    assert_eq!(find(&format!("0x{:x}", castle.window)), Ok(castle.window));
    assert_eq!(find("2048"), Ok(number.window), "a title may be a number");

    let several = find("game").unwrap_err();
    assert!(several.starts_with("several windows") && several.contains("\"game\""), "{several}");
    assert!(
        several.contains("Castle Siege 2") && several.contains("Moon Race") && !several.contains("2048"),
        "{several}"
    );
    assert!(several.contains(&format!("0x{:08x}", race.window)), "{several}");
    let none = find("no such title").unwrap_err();
    assert!(none.contains("no such title") && none.contains("Castle Siege 2") && none.contains("2048"), "{none}");
    let no_id = find("0x7fffff").unwrap_err();
    assert!(no_id.contains("0x007fffff") && no_id.contains("Moon Race"), "{no_id}");
}

#[test]
fn says_so_where_there_is_no_window() {
    let Some(desktop) = Desktop::start_bare(&[]) else { return };
    let error = find_window_on(Some(desktop.display()), "game").unwrap_err().to_string();
    assert!(error.contains("there is no window at all"), "{error}");
}

#[test]
fn lists_the_process_of_a_game() {
    let Some(desktop) = Desktop::start() else { return };
    let game = GameProcess::start(&desktop, (10, 10, 320, 200));
    let info = find_window_on(Some(desktop.display()), "game proc").unwrap();
    assert_eq!((info.id, info.title.as_str(), info.pid), (game.window, TITLE, Some(game.id())));
}

#[test]
fn thumbnails_are_small_pictures_of_the_window() {
    let Some(desktop) = Desktop::start() else { return };
    let display = Some(desktop.display());
    let client = Client::open(&desktop, &Look { color: [200, 100, 50], ..Look::default() });
    let thumbnail = window_thumbnail_on(display, client.window, 90).unwrap().expect("it has a picture");
    assert_eq!(thumbnail.size, Size::new(120, 90));
    assert!(thumbnail.pixels.chunks_exact(4).all(|pixel| pixel[..3] == [50, 100, 200]));
    // A window smaller than the thumbnail keeps its size.
    desktop.resize(client.window, 60, 40);
    desktop.wait_for("the resize", || desktop.area(client.window).filter(|area| area.2 == 60));
    pattern::paint(&client, 3);
    let thumbnail = window_thumbnail_on(display, client.window, 90).unwrap().unwrap();
    assert_eq!(thumbnail.size, Size::new(60, 40));
    pattern::assert_shows(&thumbnail, 3);
    desktop.minimize(client.window);
    desktop.wait_for("the window to go", || (list(&desktop)[0].state == WindowState::Minimized).then_some(()));
    assert!(window_thumbnail_on(display, client.window, 90).unwrap().is_none());
}
