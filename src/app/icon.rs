//! The program's mark, drawn by code: three strokes of paint on a dark tile.

/// Strokes of the mark: from, to (in fractions of the side), thickness, and colour.
const STROKES: [([f32; 2], [f32; 2], f32, [u8; 3]); 3] = [
    ([0.24, 0.70], [0.62, 0.24], 0.19, [242, 166, 90]),
    ([0.42, 0.78], [0.74, 0.42], 0.14, [226, 92, 77]),
    ([0.64, 0.78], [0.80, 0.62], 0.10, [104, 178, 190]),
];

/// Colour of the tile behind the strokes.
const TILE: [u8; 3] = [32, 30, 34];

/// Corner radius of the tile, in fractions of the side.
const CORNER: f32 = 0.24;

/// Centre and radius of the dot that tells a state, in fractions of the side, and of the gap around it.
const DOT: ([f32; 2], f32, f32) = ([0.77, 0.77], 0.2, 0.27);

/// The mark with a dot of this colour in its lower right corner, where there is one, as [`icon_rgba`].
pub fn icon_with_dot(side_px: u32, dot: Option<[u8; 3]>) -> Vec<u8> {
    let mut pixels = icon_rgba(side_px);
    let Some(dot) = dot else { return pixels };
    let (center, radius, gap) = DOT;
    let side = side_px as f32;
    for (index, pixel) in pixels.chunks_exact_mut(4).enumerate() {
        let (x, y) = (index as u32 % side_px, index as u32 / side_px);
        let at = [(x as f32 + 0.5) / side, (y as f32 + 0.5) / side];
        let distance = (at[0] - center[0]).hypot(at[1] - center[1]);
        // The gap is transparent, so that the dot stands out on any background.
        let clear = coverage(distance - gap, side);
        let cover = coverage(distance - radius, side);
        for (channel, color) in pixel.iter_mut().zip(dot) {
            *channel = (f32::from(*channel) + (f32::from(color) - f32::from(*channel)) * clear).round() as u8;
        }
        pixel[3] = (f32::from(pixel[3]) * (1.0 - clear) + 255.0 * cover).round().min(255.0) as u8;
    }
    pixels
}

/// The mark as rows of red, green, blue and alpha bytes, `side_px` pixels wide and high.
pub fn icon_rgba(side_px: u32) -> Vec<u8> {
    let side = side_px as f32;
    let mut pixels = Vec::with_capacity((side_px * side_px * 4) as usize);
    for y in 0..side_px {
        for x in 0..side_px {
            let at = [(x as f32 + 0.5) / side, (y as f32 + 0.5) / side];
            let mut color = TILE.map(f32::from);
            for (from, to, thickness, paint) in STROKES {
                let cover = coverage(distance_to_segment(at, from, to) - thickness / 2.0, side);
                for (channel, paint) in color.iter_mut().zip(paint) {
                    *channel += (f32::from(paint) - *channel) * cover;
                }
            }
            let alpha = coverage(distance_to_tile(at), side);
            pixels.extend(color.map(|channel| channel.round() as u8));
            pixels.push((alpha * 255.0).round() as u8);
        }
    }
    pixels
}

/// How much of a pixel lies inside a shape whose edge is `distance` (in fractions of the side) away.
fn coverage(distance: f32, side: f32) -> f32 {
    (0.5 - distance * side).clamp(0.0, 1.0)
}

fn distance_to_segment(at: [f32; 2], from: [f32; 2], to: [f32; 2]) -> f32 {
    let along = [to[0] - from[0], to[1] - from[1]];
    let offset = [at[0] - from[0], at[1] - from[1]];
    let length_squared = along[0] * along[0] + along[1] * along[1];
    let t = ((offset[0] * along[0] + offset[1] * along[1]) / length_squared).clamp(0.0, 1.0);
    (offset[0] - along[0] * t).hypot(offset[1] - along[1] * t)
}

/// Signed distance to the rounded tile that fills the square.
fn distance_to_tile(at: [f32; 2]) -> f32 {
    let [x, y] = at.map(|side| (side - 0.5).abs() - 0.5 + CORNER);
    x.max(0.0).hypot(y.max(0.0)) + x.max(y).min(0.0) - CORNER
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_has_clear_corners_and_paint_in_the_middle() {
        let pixels = icon_rgba(32);
        assert_eq!(pixels.len(), 32 * 32 * 4);
        assert_eq!(pixels[3], 0, "the corner is transparent");
        let middle = &pixels[(16 * 32 + 13) * 4..][..4];
        assert_eq!(middle[3], 255);
        assert!(middle[0] > 200, "paint in the middle: {middle:?}");
    }
}
