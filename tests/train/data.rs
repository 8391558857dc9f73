//! What may be given as data.

use crate::program::Program;
use crate::tiny::{write_dataset, write_pictures};
use crate::tools::skip;
use impasto::frame::{Frame, Size, write_picture};
use impasto::network::Random;
use impasto::steadiness::{Flow, warping_error};
use impasto::train::{Crops, PairCrop, Planes, SCENE};
use std::path::{Path, PathBuf};
use std::process::Command;

fn open(path: &Path) -> Crops {
    Crops::open(&[path.to_owned()]).unwrap()
}

/// That the flow of a pair says where things were, better than no motion does.
fn assert_flow_explains(pair: &PairCrop) {
    let (before, now) = (pair.before.to_frame(), pair.now.to_frame());
    let still = Flow { vectors: vec![[0.0; 2]; pair.flow.vectors.len()], ..pair.flow.clone() };
    let [moved, unmoved] = [&pair.flow, &still].map(|flow| warping_error(&before, &now, flow).unwrap());
    assert!(moved < 0.5 * unmoved, "{moved} along the flow, {unmoved} without");
}

#[test]
fn a_dataset_gives_its_bursts_as_pairs() {
    let folder = tempfile::tempdir().unwrap();
    write_dataset(folder.path(), 5);
    let mut crops = open(folder.path());
    assert_eq!((crops.len(), crops.pair_count()), (8, 4), "one of five bursts is held out");
    assert_eq!(crops.examples().len(), 1);
    let mut random = Random::new(1);
    for _ in 0..4 {
        let pair = crops.next_pair(80, &mut random).unwrap();
        assert_eq!((pair.before.size, pair.flow.size), (pair.now.size, pair.now.size));
        assert_flow_explains(&pair);
    }
    crops.next(80, &mut random).unwrap();
}

#[test]
fn levelled_data_show_the_whole_range() {
    let folder = tempfile::tempdir().unwrap();
    let mut dark = Frame::new(Size::new(120, 90));
    for (index, byte) in dark.pixels.iter_mut().enumerate() {
        *byte = (index / 4 % 120 / 4 + index / 4 / 120 / 3) as u8;
    }
    write_picture(&folder.path().join("0.png"), &dark).unwrap();
    let brightest = |crop: &Planes| crop.values.iter().copied().fold(0.0, f32::max);
    let mut random = Random::new(1);
    let mut plain = open(folder.path());
    let mut levelled = open(folder.path()).levelled();
    assert_eq!((plain.is_levelled(), levelled.is_levelled()), (false, true));
    for _ in 0..8 {
        assert!(brightest(&plain.next(80, &mut random).unwrap()) < 0.5);
        assert!(brightest(&levelled.next(80, &mut random).unwrap()) > 0.6);
    }
}

#[test]
fn a_folder_of_pictures_has_no_pairs_and_broken_bursts_spoil_nothing() {
    let folder = tempfile::tempdir().unwrap();
    write_pictures(folder.path(), 3);
    let mut random = Random::new(1);
    assert!(open(folder.path()).next_pair(40, &mut random).is_none());

    let folder = tempfile::tempdir().unwrap();
    write_dataset(folder.path(), 2);
    for burst in ["0001", "0002"] {
        let picture = folder.path().join(format!("bursts/{burst}/01.png"));
        let whole = std::fs::read(&picture).unwrap();
        std::fs::write(&picture, &whole[..whole.len() / 2]).unwrap();
    }
    let mut crops = open(folder.path());
    assert_eq!(crops.pair_count(), 2);
    assert!(crops.next_pair(40, &mut random).is_none());
    for _ in 0..20 {
        crops.next(40, &mut random).unwrap();
    }
    std::fs::write(folder.path().join("dataset.toml"), "no list [").unwrap();
    let error = Crops::open(&[folder.path().to_owned()]).err().unwrap().to_string();
    assert!(error.contains("list of a dataset is damaged"), "{error}");
}

#[test]
fn the_scene_gives_pairs_with_exact_flow() {
    let mut crops = Crops::open(&[PathBuf::from(SCENE)]).unwrap();
    assert!(crops.pair_count() > 40, "{}", crops.pair_count());
    let mut random = Random::new(2);
    let pair = crops.next_pair(120, &mut random).unwrap();
    assert!(pair.flow.occluded_share() < 0.9);
    let (before, now) = (pair.before.to_frame(), pair.now.to_frame());
    assert!(warping_error(&before, &now, &pair.flow).unwrap() < 0.004);
    assert_eq!(crops.next(64, &mut random).unwrap().values.len(), 3 * 64 * 64);
}

#[test]
fn a_video_gives_frames_and_pairs() {
    let program = Program::new();
    let video = program.path("play.mp4");
    let pattern = "testsrc2=size=160x120:rate=30:duration=2";
    let made = Command::new("ffmpeg").args(["-v", "error", "-f", "lavfi", "-i", pattern]).arg(&video).status();
    if !made.is_ok_and(|status| status.success()) {
        skip("ffmpeg is missing");
        return;
    }
    let mut crops = open(&video);
    assert_eq!((crops.len(), crops.pair_count()), (29, 29), "every second frame with the next one, without one pair");
    let pair = crops.next_pair(60, &mut Random::new(1)).unwrap();
    assert!(pair.before != pair.now);
    std::fs::write(&video, b"no video").unwrap();
    assert!(Crops::open(&[video]).is_err());
}
