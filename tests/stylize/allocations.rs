//! Painting allocates nothing on our side once sizes have settled.

use crate::allocation_counter::count;
use crate::networks::{Network, load, picture};
use impasto::control::{LevelsChoice, SizeRequest};
use impasto::frame::{FramePool, Size};
use std::time::Duration;

#[test]
fn painting_allocates_nothing_in_the_steady_state() {
    let folder = tempfile::tempdir().unwrap();
    let networks = [
        Network { file: "f32", ..Network::default() },
        Network { file: "f16", element: "float16", layout: "nhwc", ..Network::default() },
        Network { file: "u8", element: "uint8", range: "zero_to_255", ..Network::default() },
    ];
    for (network, levels) in
        networks.iter().flat_map(|network| [(network, LevelsChoice::Off), (network, LevelsChoice::On)])
    {
        let mut painter = load(&network.write(folder.path()), Size::new(64, 48));
        painter.set_levels(levels);
        for mut frame in [picture(Size::new(64, 48)), picture(Size::new(200, 150))] {
            let mut pool = FramePool::new();
            let size = SizeRequest::Height(48);
            for _ in 0..3 {
                painter.paint(&frame, size, &mut pool).unwrap();
            }
            let allocations = count(|| {
                for _ in 0..20 {
                    frame.timestamp += Duration::from_millis(16);
                    painter.paint(&frame, size, &mut pool).unwrap();
                }
            });
            assert_eq!(allocations, 0, "{} from {}", network.file, frame.size);
        }
    }
    assert!(count(|| drop(std::hint::black_box(Box::new(1u8)))) > 0, "the counter does not count");
}
