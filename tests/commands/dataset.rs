//! `impasto record-dataset` and `impasto dataset`.

use crate::networks::picture;
use crate::program::{Outcome, Program, assert_keys, limit_files};
use crate::tools::{have_ffmpeg, plain};
use impasto::dataset::open;
use impasto::frame::{Size, read_picture, write_picture};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const REPORT_KEYS: &str = "path source seconds seen kept in_bursts skipped";
const REASONS: &str = "black flat still similar broken_burst busy";

fn number(value: &Value, key: &str) -> u64 {
    value[key].as_u64().unwrap_or_else(|| panic!("{key} in {value}"))
}

/// Checks that every frame seen was kept or left out for a reason.
fn assert_adds_up(counts: &Value) {
    assert_keys(&counts["skipped"], REASONS);
    let skipped: u64 = REASONS.split(' ').map(|reason| number(&counts["skipped"], reason)).sum();
    assert_eq!(number(counts, "seen"), number(counts, "kept") + number(counts, "in_bursts") + skipped, "{counts}");
}

/// Checks that a dataset holds what was counted, complete, at this height.
fn assert_holds(folder: &Path, counts: &Value, height: u32) {
    let dataset = open(folder).unwrap();
    assert_eq!(dataset.frames.len() as u64, number(counts, "kept"));
    assert_eq!(8 * dataset.bursts.len() as u64, number(counts, "in_bursts"));
    for burst in &dataset.bursts {
        assert_eq!(burst.read().unwrap().len(), 8);
    }
    for index in 0..dataset.picture_count() {
        assert_eq!(dataset.read_picture(index).unwrap().size.height, height);
    }
    let visible = |folder: &Path| {
        let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| !name.to_string_lossy().starts_with(".impasto-lock")).count()
    };
    assert_eq!(visible(&folder.join("frames")), dataset.frames.len(), "nothing else is left");
    assert_eq!(visible(&folder.join("bursts")), dataset.bursts.len(), "nothing else is left");
}

fn record(program: &Program, source: &str, more: &[&str]) -> Outcome {
    program.run(&[&["record-dataset", "--source", source, "--out", "data"], more].concat())
}

#[test]
fn the_scene_gives_as_many_pictures_as_asked_for_and_they_are_told() {
    let program = Program::new();
    let report = record(&program, "scene", &["--max-frames", "20", "--height", "120", "--json"]).json();
    assert_keys(&report, REPORT_KEYS);
    assert_adds_up(&report);
    assert_eq!(number(&report, "kept") + number(&report, "in_bursts"), 20);
    assert!(number(&report, "in_bursts") >= 8, "{report}");
    assert_holds(&program.path("data"), &report, 120);

    let told = program.run(&["dataset", "data", "--json"]).json();
    assert_keys(&told, "path frames bursts burst_pictures bytes sizes damaged seconds counts sessions sheet");
    assert_eq!(told["frames"], report["kept"]);
    assert_eq!(told["burst_pictures"], report["in_bursts"]);
    assert_eq!(told["sizes"], json!([{"size": {"width": 160, "height": 120}, "pictures": 20}]));
    assert_eq!(told["counts"]["seen"], report["seen"]);
    assert_eq!(told["sessions"][0]["source"], "the built-in scene");
    assert_eq!((&told["sheet"], &told["damaged"]), (&json!("data/contact-sheet.png"), &json!([])));
    let sheet = read_picture(&program.path("data/contact-sheet.png")).unwrap();
    assert!(sheet.size.width > 8 * 160 && sheet.size.height > 200, "{}", sheet.size);

    let outcome = program.run(&["dataset", "data", "--sheet", "elsewhere.png"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(outcome.stdout.contains("160x120 (20)") && outcome.stdout.contains("elsewhere.png"), "{outcome:?}");
    assert_eq!(read_picture(&program.path("elsewhere.png")).unwrap().pixels, sheet.pixels, "the sheet is no data");
}

/// Black, a loading screen, something that moves, and a pause, of one second each.
fn make_film(program: &Program) {
    let parts = "color=black:size=320x200:rate=20:duration=1[a];\
                 color=0x606060:size=320x200:rate=20:duration=1[b];\
                 mandelbrot=size=320x200:rate=20:start_scale=0.3:end_scale=0.001,trim=duration=1,setpts=PTS-STARTPTS[c];\
                 [c]split[d][e];[e]trim=start_frame=19:end_frame=20,setpts=PTS-STARTPTS,loop=19:1,setpts=N/20/TB[f];\
                 [a]setsar=1[a1];[b]setsar=1[b1];[d]setsar=1[d1];[f]setsar=1[f1];\
                 [a1][b1][d1][f1]concat=n=4[out]";
    let made = Command::new("ffmpeg")
        .args(["-nostdin", "-y", "-v", "error", "-filter_complex", parts, "-map", "[out]", "-r", "20"])
        .args(["-c:v", "ffv1", "-pix_fmt", "yuv444p"])
        .arg(program.path("film.mkv"))
        .status();
    assert!(made.unwrap().success());
}

#[test]
fn of_a_video_every_frame_is_looked_at_and_left_out_for_its_reason() {
    if !have_ffmpeg() {
        return;
    }
    let program = Program::new();
    make_film(&program);
    let report = record(&program, "film.mkv", &["--json"]).json();
    assert_adds_up(&report);
    assert_eq!(number(&report, "seen"), 80);
    let skipped = &report["skipped"];
    assert_eq!((number(skipped, "black"), number(skipped, "flat"), number(skipped, "busy")), (20, 20, 0), "{report}");
    assert!((19..=21).contains(&number(skipped, "still")), "{report}");
    assert_eq!(number(&report, "in_bursts"), 8, "{report}");
    assert_holds(&program.path("data"), &report, 200);

    // Also where what was seen before is not written down any more.
    std::fs::remove_file(program.path("data/hashes.txt")).unwrap();
    // The same film again: nothing of it is new, and nothing of what was kept is lost.
    let again = record(&program, "film.mkv", &["--json"]).json();
    assert_adds_up(&again);
    assert_eq!((number(&again, "seen"), number(&again, "in_bursts")), (80, 0), "{again}");
    assert!(number(&again, "kept") <= number(&report, "kept") / 2, "{again}");
    let told = program.run(&["dataset", "data", "--json"]).json();
    assert_eq!(told["sessions"].as_array().unwrap().len(), 2);
    assert_eq!(number(&told["counts"], "seen"), 160);
    assert_eq!(number(&told, "frames"), number(&report, "kept") + number(&again, "kept"));

    // Half the rate, and the first three seconds only.
    let half = program.run(&[
        "record-dataset",
        "--source",
        "film.mkv",
        "--out",
        "half",
        "--json",
        "--fps-cap",
        "10",
        "--minutes",
        "0.0499",
    ]);
    assert_eq!(number(&half.json(), "seen"), 30);
}

#[test]
fn a_folder_of_pictures_gives_its_different_ones_with_their_aspect() {
    let program = Program::new();
    std::fs::create_dir(program.path("in")).unwrap();
    for (name, size) in [("a.png", Size::new(600, 200)), ("b.png", Size::new(600, 200))] {
        write_picture(&program.path("in").join(name), &picture(size)).unwrap();
    }
    write_picture(&program.path("in/c.png"), &plain(Size::new(50, 50), [0, 0, 0])).unwrap();
    std::fs::write(program.path("in/d.png"), "Dear picture").unwrap();
    let report = record(&program, "in", &["--height", "100", "--json"]).json();
    assert_eq!((number(&report, "seen"), number(&report, "kept")), (3, 1), "{report}");
    assert_eq!(read_picture(&program.path("data/frames/000001.png")).unwrap().size, Size::new(300, 100));

    // The folder itself is data, too.
    let told = program.run(&["dataset", "in", "--json", "--sheet", "sheet.png"]).json();
    assert_eq!((number(&told, "frames"), number(&told, "bursts")), (4, 0));
    assert_eq!((&told["damaged"], &told["sessions"]), (&json!(["in/d.png"]), &json!([])));
    assert!(program.path("sheet.png").is_file());
}

#[test]
fn a_film_of_nothing_keeps_nothing_and_says_so() {
    let program = Program::new();
    write_picture(&program.path("black.png"), &plain(Size::new(64, 48), [0, 0, 0])).unwrap();
    let outcome = record(&program, "black.png", &[]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(outcome.stderr.contains("no picture was kept of 1 frames"), "{outcome:?}");
    assert!(outcome.stdout.contains("left out: 1 black"), "{outcome:?}");
    program.run(&["dataset", "data"]).assert_failed(&["no pictures to train on", "data"]);
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_the_recording_in_order() {
    let program = Program::new();
    let arguments = ["record-dataset", "--source", "scene", "--out", "data", "--height", "96", "--json"];
    let mut running = program.start(program.command(&arguments));
    running.wait_for_file(&program.path("data/bursts/0001/07.png"), 1);
    running.interrupt(false);
    let report = running.wait().json();
    assert_adds_up(&report);
    assert_holds(&program.path("data"), &report, 96);
    let told = program.run(&["dataset", "data", "--json"]).json();
    assert_eq!(told["counts"]["skipped"], report["skipped"], "the list is complete");
}

#[test]
fn what_a_killed_recorder_kept_is_read_and_gone_on_with() {
    let program = Program::new();
    let arguments = ["record-dataset", "--source", "scene", "--out", "data", "--height", "96"];
    let mut running = program.start(program.command(&arguments));
    running.wait_for_file(&program.path("data/bursts/0001/07.png"), 1);
    // A second recorder is kept out.
    let second = program.run(&["record-dataset", "--source", "scene", "--out", "data", "--minutes", "0.01"]);
    second.assert_failed(&["another Impasto is recording", "data"]);
    running.child.kill().unwrap();
    running.child.wait().unwrap();
    let dataset = open(&program.path("data")).unwrap();
    assert!(!dataset.bursts.is_empty());
    (0..dataset.picture_count()).for_each(|index| assert!(dataset.read_picture(index).is_ok()));
    // What was broken off is cleared away, and numbers go on.
    std::fs::write(program.path("data/frames/.impasto-new-000099.png"), "half").unwrap();
    std::fs::create_dir(program.path("data/bursts/.impasto-new-0099")).unwrap();
    let more = program.run(&[&arguments[..], &["--max-frames", "1", "--json"]].concat()).json();
    assert_eq!(number(&more, "kept") + number(&more, "in_bursts"), 1, "{more}");
    let after = open(&program.path("data")).unwrap();
    assert_eq!((after.picture_count(), after.sessions.len()), (dataset.picture_count() + 1, 2));
    assert!(!program.path("data/frames/.impasto-new-000099.png").exists());
    assert!(!program.path("data/bursts/.impasto-new-0099").exists());
}

#[cfg(unix)]
#[test]
fn a_file_size_limit_stops_the_recording_and_keeps_what_fitted() {
    let program = Program::new();
    std::fs::create_dir(program.path("in")).unwrap();
    write_picture(&program.path("in/a.png"), &picture(Size::new(96, 72))).unwrap();
    write_picture(&program.path("in/b.png"), &noise(Size::new(400, 300))).unwrap();
    let mut command = program.command(&["record-dataset", "--source", "in", "--out", "data"]);
    limit_files(&mut command, 100_000);
    let outcome = program.start(command).wait();
    outcome.assert_failed(&["stopped (pictures kept: 1)", "data/frames/000002.png"]);
    let report = json!({"seen": 1, "kept": 1, "in_bursts": 0});
    assert_holds(&program.path("data"), &report, 72);
    assert_eq!(program.run(&["dataset", "data", "--json"]).json()["counts"]["kept"], 1, "the list is complete");
}

/// A picture that no format makes small.
fn noise(size: Size) -> impasto::frame::Frame {
    let mut frame = impasto::frame::Frame::new(size);
    let mut state = 1u32;
    for byte in &mut frame.pixels {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *byte = (state >> 24) as u8;
    }
    frame.pixels.chunks_exact_mut(4 * size.width as usize).take(size.height as usize / 2).for_each(|row| {
        row.iter_mut().for_each(|byte| *byte /= 2);
    });
    frame
}

#[test]
fn what_cannot_be_recorded_or_read_is_said() {
    let program = Program::new();
    write_picture(&program.path("in.png"), &picture(Size::new(64, 48))).unwrap();
    record(&program, "none.mp4", &[]).assert_failed(&["no such file or folder: none.mp4"]);
    assert!(!program.path("data").exists(), "a source that is missing leaves no dataset");
    std::fs::create_dir(program.path("other")).unwrap();
    std::fs::write(program.path("other/letter.txt"), "Dear folder").unwrap();
    let into = |folder: &str| program.run(&["record-dataset", "--source", "in.png", "--out", folder]);
    into("other").assert_failed(&["holds other files", "other"]);
    into("in.png").assert_failed(&["this is a file", "in.png"]);
    into("in.png/deeper").assert_failed(&["cannot be written", "in.png/deeper"]);

    assert_eq!(into("data").code, Some(0));
    let list = program.path("data/dataset.toml");
    std::fs::write(&list, "format = 1\nsessions = 7\n").unwrap();
    for outcome in [into("data"), program.run(&["dataset", "data"])] {
        outcome.assert_failed(&["damaged (line 2", "data/dataset.toml"]);
    }
    assert_eq!(std::fs::read_to_string(&list).unwrap(), "format = 1\nsessions = 7\n", "it is left as it is");
    std::fs::write(&list, "format = 2\n").unwrap();
    program.run(&["dataset", "data"]).assert_failed(&["newer Impasto (format 2)"]);
    std::fs::remove_file(&list).unwrap();
    assert_eq!(program.run(&["dataset", "data", "--json"]).json()["frames"], 1, "the folder is the truth");

    program.run(&["dataset", "none"]).assert_failed(&["no such folder: none"]);
    program.run(&["dataset", "in.png"]).assert_failed(&["record-dataset", "in.png"]);
    std::fs::create_dir(program.path("empty")).unwrap();
    program.run(&["dataset", "empty"]).assert_failed(&["no pictures to train on: empty"]);
    program.run(&["dataset", "data", "--sheet", "none/sheet.png"]).assert_failed(&["none/sheet.png"]);
    let wrong: [&[&str]; 4] = [
        &[],
        &["--source", "scene", "--window", "x"],
        &["--source", "scene", "--height", "2"],
        &["--source", "scene", "--max-frames", "0"],
    ];
    for arguments in wrong {
        let outcome = program.run(&[&["record-dataset", "--out", "data"], arguments].concat());
        assert_eq!(outcome.code, Some(2), "{outcome:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_stops_the_recording_and_keeps_what_fitted() {
    let program = Program::new();
    let disk = program.path("disk");
    std::fs::create_dir(&disk).unwrap();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=400k", "impasto-test"])
        .arg(&disk)
        .status()
        .is_ok_and(|status| status.success());
    if !mounted {
        // The file size limit above holds the same promise.
        crate::tools::skip("this user may not mount a small disk to fill");
        return;
    }
    let checked = std::panic::catch_unwind(|| {
        let outcome = program.run(&["record-dataset", "--source", "scene", "--out", "disk/data", "--height", "120"]);
        outcome.assert_failed(&["stopped (pictures kept: ", "the disk is full", "disk/data/"]);
        let dataset = open(&disk.join("data")).unwrap();
        assert!(dataset.picture_count() >= 3, "{dataset:?}");
        (0..dataset.picture_count()).for_each(|index| assert!(dataset.read_picture(index).is_ok()));
        let counts = dataset.sessions[0].counts;
        assert!((1..=dataset.picture_count() as u64).contains(&counts.pictures()), "{counts:?}");
    });
    let deadline = Instant::now() + Duration::from_secs(20);
    let unmount = || Command::new("umount").arg(&disk).status().is_ok_and(|status| status.success());
    let mut is_unmounted = unmount();
    while !is_unmounted && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(200));
        is_unmounted = unmount();
    }
    checked.unwrap();
    assert!(is_unmounted);
}
