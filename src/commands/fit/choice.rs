//! Which network holds a frame rate, and which size would.

use crate::frame::Size;
use crate::network::MULTIPLE_PX;

/// The share of a frame's time that a network may take in the median. The rest is for what happens to every frame
/// beside it, on the same machine: the game, and the compositor, which alone took 12 % of the paintings per second at
/// 640x480 where the processor draws (docs/benchmarks.md); and half of all frames take longer than the median.
pub const HEADROOM: f64 = 0.8;

/// A network that takes longer than this many times what it may is not worth measuring well, nor are larger ones.
pub const HOPELESS: f64 = 3.0;

/// The shortest side, in pixels, that is worth painting at.
const SHORTEST_SIDE_PX: u32 = 16;

/// Milliseconds that a network may take to hold a frame rate.
pub fn limit_ms(fps: f64) -> f64 {
    HEADROOM * 1e3 / fps
}

/// The place of the largest network that holds, of (multiply-adds, milliseconds) in any order. Each is judged by its
/// own time: that a smaller one was slower, by chance or by its shape, does not count against a larger one.
pub fn largest(networks: impl IntoIterator<Item = (f64, Option<f64>)>, limit_ms: f64) -> Option<usize> {
    let holds = |&(_, (_, ms)): &(usize, (f64, Option<f64>))| ms.is_some_and(|ms| ms <= limit_ms);
    networks.into_iter().enumerate().filter(holds).max_by(|(_, a), (_, b)| a.0.total_cmp(&b.0)).map(|(place, _)| place)
}

/// The size, of the same shape, at which a network that took `ms` at `size` should take `limit_ms`: its time is about
/// proportional to the area. `None` where that is too small to paint at, or not smaller.
pub fn smaller(size: Size, ms: f64, limit_ms: f64) -> Option<Size> {
    let scale = (limit_ms / ms).sqrt();
    let side = |side: u32| (f64::from(side) * scale) as u32 / MULTIPLE_PX * MULTIPLE_PX;
    let found = Size::new(side(size.width), side(size.height));
    (found.width.min(found.height) >= SHORTEST_SIDE_PX && found.area() < size.area()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_a_fifth_of_the_frame_to_others() {
        assert_eq!(limit_ms(40.0), 20.0);
        let networks = [(1.0, Some(5.0)), (2.0, Some(20.0)), (3.0, Some(20.1)), (4.0, Some(25.0))];
        assert_eq!(largest(networks, limit_ms(40.0)), Some(1), "25 ms would be just 40 fps with nothing beside");
    }

    #[test]
    fn chooses_by_size_whatever_the_order_and_whatever_was_skipped() {
        let networks = [(3.0, Some(9.0)), (1.0, Some(12.0)), (2.0, Some(8.0)), (9.0, None)];
        assert_eq!(largest(networks, 10.0), Some(0), "a smaller one that is slower is no hindrance");
        assert_eq!(largest(networks, 7.9), None);
        assert_eq!(largest([], 10.0), None);
    }

    #[test]
    fn the_smaller_size_keeps_the_shape_and_rounds_down() {
        assert_eq!(smaller(Size::new(640, 480), 8.0, 2.0), Some(Size::new(320, 240)));
        assert_eq!(smaller(Size::new(640, 480), 3.0, 2.0), Some(Size::new(520, 388)));
        assert_eq!(smaller(Size::new(640, 480), 1.0, 2.0), None);
        assert_eq!(smaller(Size::new(64, 48), 80.0, 2.0), None, "8 pixels are no picture");
    }
}
