//! A real game, which plays its demo.

use crate::polling::{POLL, open};
use crate::support::desktop::{Desktop, PATIENCE};
use crate::support::doom::Doom;
use impasto::capture::{Captured, FrameSource as _};
use impasto::frame::Size;
use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::time::Instant;

/// Different pictures that the game must give.
const MANY: usize = 20;

#[test]
fn gives_many_different_pictures_and_is_listed_with_its_title() {
    let Some(desktop) = Desktop::start() else { return };
    let Some(game) = Doom::start(&desktop) else { return };
    let info = desktop.wait_for("the game in the list", || Doom::find(&desktop));
    let mut source = open(&desktop, game.window);
    let mut pictures = HashSet::new();
    let hasher = BuildHasherDefault::<DefaultHasher>::new();
    // The title picture stands for some seconds before the demo.
    let start = Instant::now();
    while pictures.len() <= MANY {
        assert!(start.elapsed() < 2 * PATIENCE, "only {} different pictures came", pictures.len());
        match source.poll(POLL) {
            Captured::Frame(frame) if frame.size == Size::new(640, 480) => {
                let lit = frame.pixels.chunks_exact(4).filter(|pixel| pixel[..3].iter().any(|&part| part > 32)).count();
                if lit > frame.size.area() / 10 {
                    pictures.insert(hasher.hash_one(&frame.pixels));
                }
            }
            Captured::Ended(reason) => panic!("the game ended: {reason:?}"),
            _ => {}
        }
    }
    assert_eq!(desktop.wait_for("the game in the list", || Doom::find(&desktop)), info);
}
