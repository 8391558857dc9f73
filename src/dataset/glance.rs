//! A quick look at a frame: how bright it is where, and a hash of what it shows.

use crate::frame::{BYTES_PER_PIXEL, Frame};

/// Cells of a look, across and down. The cells are gathered by fours into the 9 by 8 areas that the hash compares.
const COLUMNS: usize = 36;
const ROWS: usize = 32;
const CELLS_PER_AREA: usize = 4;
const AREAS_ACROSS: usize = COLUMNS / CELLS_PER_AREA;
const AREAS_DOWN: usize = ROWS / CELLS_PER_AREA;

/// At most so many pixels across and down are read of each cell.
const SAMPLES_PER_SIDE: usize = 8;

/// A cell this dark is black, `0..=255`.
const BLACK_LUMA: f32 = 12.0;
/// Cells this far from the usual brightness stand out.
const OUTSTANDING_LUMA: f32 = 5.0;
/// A picture with fewer cells that are not black, or that stand out, shows nothing: a black screen may have a few words
/// on it, and a loading screen a logo or a bar.
const FEWEST_CELLS: usize = COLUMNS * ROWS / 25;
const FEWEST_OUTSTANDING_CELLS: usize = COLUMNS * ROWS / 10;

/// Mean brightness of a frame's cells, `0..=255`.
#[derive(Debug, Clone, PartialEq)]
pub struct Glance {
    cells: [f32; COLUMNS * ROWS],
}

/// Why a picture shows nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blank {
    Black,
    Flat,
}

impl Glance {
    /// Looks at a frame of any size; one without pixels is black.
    pub fn at(frame: &Frame) -> Self {
        let (width, height) = (frame.size.width as usize, frame.size.height as usize);
        let mut cells = [0.0; COLUMNS * ROWS];
        if width == 0 || height == 0 {
            return Self { cells };
        }
        let stride = width * BYTES_PER_PIXEL;
        for (index, cell) in cells.iter_mut().enumerate() {
            let (left, right) = span(index % COLUMNS, COLUMNS, width);
            let (top, bottom) = span(index / COLUMNS, ROWS, height);
            let step = |length: usize| length.div_ceil(SAMPLES_PER_SIDE).max(1);
            let (mut sum, mut count) = (0u32, 0u32);
            for y in (top..bottom).step_by(step(bottom - top)) {
                for x in (left..right).step_by(step(right - left)) {
                    let at = y * stride + x * BYTES_PER_PIXEL;
                    sum += luma(&frame.pixels[at..at + 3]);
                    count += 1;
                }
            }
            *cell = sum as f32 / (256 * count) as f32;
        }
        Self { cells }
    }

    /// Whether the picture shows nothing worth keeping.
    pub fn blank(&self) -> Option<Blank> {
        let lit = self.cells.iter().filter(|&&cell| cell > BLACK_LUMA).count();
        if lit < FEWEST_CELLS {
            return Some(Blank::Black);
        }
        let mut sorted = self.cells;
        sorted.sort_unstable_by(f32::total_cmp);
        let usual = sorted[sorted.len() / 2];
        let outstanding = self.cells.iter().filter(|&&cell| (cell - usual).abs() > OUTSTANDING_LUMA).count();
        (outstanding < FEWEST_OUTSTANDING_CELLS).then_some(Blank::Flat)
    }

    /// Mean absolute difference of the cells of two pictures, `0..=255`.
    pub fn difference(&self, other: &Self) -> f32 {
        let sum: f32 = self.cells.iter().zip(&other.cells).map(|(a, b)| (a - b).abs()).sum();
        sum / self.cells.len() as f32
    }

    /// The difference hash (dHash): one bit for each of 8 by 8 pairs of neighbours, set where the left one is brighter.
    /// Pictures of the same view differ in few bits, whatever their brightness; pictures of different views in about
    /// half of them.
    pub fn hash(&self) -> u64 {
        let mut areas = [0.0f32; AREAS_ACROSS * AREAS_DOWN];
        for (index, cell) in self.cells.iter().enumerate() {
            let (column, row) = (index % COLUMNS / CELLS_PER_AREA, index / COLUMNS / CELLS_PER_AREA);
            areas[row * AREAS_ACROSS + column] += cell;
        }
        areas
            .chunks_exact(AREAS_ACROSS)
            .flat_map(|row| row.windows(2))
            .fold(0, |bits, pair| bits << 1 | u64::from(pair[0] > pair[1]))
    }
}

/// Bits in which two hashes differ.
pub fn distance_bits(a: u64, b: u64) -> u32 {
    (a ^ b).count_ones()
}

/// The pixels of one of `parts` parts of a side; never none.
fn span(part: usize, parts: usize, side: usize) -> (usize, usize) {
    let start = part * side / parts;
    (start, ((part + 1) * side / parts).max(start + 1))
}

/// Rec. 709 luma of blue, green, red, times 256.
fn luma(pixel: &[u8]) -> u32 {
    u32::from(pixel[0]) * 18 + u32::from(pixel[1]) * 184 + u32::from(pixel[2]) * 54
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Size;

    /// A picture whose brightness at each pixel is a function of its place, both from 0 to 1.
    fn picture(size: Size, brightness: impl Fn(f32, f32) -> u8) -> Glance {
        let mut frame = Frame::new(size);
        for (index, pixel) in frame.pixels.chunks_exact_mut(4).enumerate() {
            let (x, y) = (index % size.width as usize, index / size.width as usize);
            let value = brightness(x as f32 / size.width as f32, y as f32 / size.height as f32);
            pixel[..3].fill(value);
        }
        Glance::at(&frame)
    }

    fn waves(shift: f32) -> impl Fn(f32, f32) -> u8 {
        move |x, y| (128.0 + 90.0 * ((x + shift) * 9.0).sin() * (y * 7.0 + 1.0).cos()) as u8
    }

    const SIZE: Size = Size::new(320, 200);

    #[test]
    fn the_same_view_at_another_size_and_brightness_has_nearly_the_same_hash() {
        let view = picture(SIZE, waves(0.0)).hash();
        let larger = picture(Size::new(1283, 711), |x, y| waves(0.0)(x, y) / 2 + 20).hash();
        let other = picture(SIZE, waves(0.35)).hash();
        assert!(distance_bits(view, larger) <= 4, "{}", distance_bits(view, larger));
        assert!(distance_bits(view, other) >= 20, "{}", distance_bits(view, other));
    }

    #[test]
    fn black_and_nearly_flat_pictures_show_nothing() {
        assert_eq!(picture(SIZE, |_, _| 3).blank(), Some(Blank::Black));
        // A word in the middle of a black screen, and a bar on a grey one.
        let word = |x: f32, y: f32| if (0.4..0.6).contains(&x) && (0.48..0.52).contains(&y) { 200 } else { 0 };
        assert_eq!(picture(SIZE, word).blank(), Some(Blank::Black));
        let bar = |x: f32, y: f32| if x < 0.7 && (0.8..0.84).contains(&y) { 250 } else { 90 };
        assert_eq!(picture(SIZE, bar).blank(), Some(Blank::Flat));
        assert_eq!(picture(SIZE, waves(0.0)).blank(), None);
        let dark_cave = |x: f32, y: f32| if (x - 0.5).hypot(y - 0.5) < 0.3 { (x * 90.0) as u8 } else { 2 };
        assert_eq!(picture(SIZE, dark_cave).blank(), None);
    }

    #[test]
    fn pictures_smaller_than_the_cells_and_without_pixels_are_looked_at_too() {
        assert_eq!(picture(Size::new(1, 1), |_, _| 200).blank(), Some(Blank::Flat));
        assert_eq!(picture(Size::new(3, 2), waves(0.0)).blank(), None);
        assert_eq!(picture(Size::new(0, 0), |_, _| 200).blank(), Some(Blank::Black));
    }

    #[test]
    fn the_difference_is_in_levels_of_brightness() {
        let difference = picture(SIZE, |_, _| 100).difference(&picture(SIZE, |_, _| 104));
        assert!((difference - 4.0).abs() < 0.01, "{difference}");
    }
}
