//! Planes of numbers at the painting's size, and means over boxes of them.
//!
//! Small boxes are summed row by row ([`RowMeans`]): first columns over a few rows, then neighbours of these, so that
//! what is read again is still near. Large boxes go over blocks of 4x4 ([`Surroundings`]).

use super::guide::luma;
use crate::frame::{BYTES_PER_PIXEL, Frame, Size};

/// About as many values tell a deviation.
const SAMPLES: usize = 8192;
/// Side of the blocks that large boxes are made of.
const BLOCK: usize = 4;

/// One number for each pixel, row by row from the top.
#[derive(Debug, Clone)]
pub(super) struct Plane {
    pub size: Size,
    pub values: Vec<f32>,
}

impl Default for Plane {
    fn default() -> Self {
        Self { size: Size::new(1, 1), values: vec![0.0] }
    }
}

impl Plane {
    /// Takes the luma, 0..=1, of a picture.
    pub fn set_luma(&mut self, picture: &Frame) {
        self.size = picture.size;
        self.values.clear();
        self.values.extend(picture.pixels.chunks_exact(BYTES_PER_PIXEL).map(luma));
    }

    /// Gives the plane another size. The values are undefined afterwards.
    pub fn reshape(&mut self, size: Size) {
        self.size = size;
        self.values.resize(size.area(), 0.0);
    }

    /// The standard deviation, by some thousand of the values.
    pub fn deviation(&self) -> f32 {
        let values = || self.values.iter().step_by((self.values.len() / SAMPLES).max(1));
        let count = values().count() as f32;
        let mean = values().sum::<f32>() / count;
        (values().map(|value| (value - mean).powi(2)).sum::<f32>() / count).sqrt()
    }

    /// A row; beyond the edge, the outermost one.
    pub fn row(&self, y: i64) -> &[f32] {
        let width = self.size.width as usize;
        let y = y.clamp(0, i64::from(self.size.height) - 1) as usize;
        &self.values[y * width..(y + 1) * width]
    }

    pub fn row_mut(&mut self, y: usize) -> &mut [f32] {
        let width = self.size.width as usize;
        &mut self.values[y * width..(y + 1) * width]
    }

    /// The `SIDE` rows around row `y`.
    pub fn rows<const SIDE: usize>(&self, y: usize) -> [&[f32]; SIDE] {
        std::array::from_fn(|step| self.row(y as i64 + step as i64 - (SIDE / 2) as i64))
    }
}

/// Means over the boxes of 3x3 or 5x5 places around the places of a row; keeps its memory.
#[derive(Debug, Default)]
pub(super) struct RowMeans {
    columns: Vec<f32>,
    means: Vec<f32>,
}

impl RowMeans {
    /// Takes a row from the rows around it.
    pub fn set<const SIDE: usize>(&mut self, rows: [&[f32]; SIDE]) {
        let width = rows[0].len();
        let rows = rows.map(|row| &row[..width]);
        sum_columns(&mut self.columns, width, SIDE, |columns| {
            for (x, column) in columns.iter_mut().enumerate().take(width) {
                *column = rows.iter().map(|row| row[x]).sum();
            }
        });
        self.sum_neighbours::<SIDE>();
    }

    /// Takes a row of the product of two planes from the rows around it.
    pub fn set_product<const SIDE: usize>(&mut self, a: [&[f32]; SIDE], b: [&[f32]; SIDE]) {
        let width = a[0].len();
        let (a, b) = (a.map(|row| &row[..width]), b.map(|row| &row[..width]));
        sum_columns(&mut self.columns, width, SIDE, |columns| {
            for (x, column) in columns.iter_mut().enumerate().take(width) {
                *column = a.iter().zip(&b).map(|(a, b)| a[x] * b[x]).sum();
            }
        });
        self.sum_neighbours::<SIDE>();
    }

    /// The means.
    pub fn row(&self) -> &[f32] {
        &self.means
    }

    fn sum_neighbours<const SIDE: usize>(&mut self) {
        let width = self.columns.len() - (SIDE - 1);
        let shifted: [&[f32]; SIDE] = std::array::from_fn(|step| &self.columns[step..step + width]);
        self.means.resize(width, 0.0);
        for (x, mean) in self.means.iter_mut().enumerate().take(width) {
            *mean = shifted.iter().map(|columns| columns[x]).sum::<f32>() * (1.0 / (SIDE * SIDE) as f32);
        }
    }
}

/// Lets `add` sum columns, and puts copies of the outermost sums at both ends, for boxes of `side` places.
fn sum_columns(columns: &mut Vec<f32>, width: usize, side: usize, add: impl FnOnce(&mut [f32])) {
    let reach = side / 2;
    columns.clear();
    columns.resize(width + 2 * reach, 0.0);
    add(&mut columns[reach..reach + width]);
    let (first, last) = (columns[reach], columns[reach + width - 1]);
    columns[..reach].fill(first);
    columns[reach + width..].fill(last);
}

/// Means over large boxes, linear between the centres of blocks; keeps its memory.
#[derive(Debug, Default)]
pub(super) struct Surroundings {
    blocks: Plane,
    means: Plane,
    columns: Vec<f32>,
    /// Means between two rows of blocks.
    between: Vec<f32>,
}

impl Surroundings {
    /// Looks at a plane; boxes reach over at least a block, and over the given share of the height, to each side.
    pub fn set(&mut self, plane: &Plane, height_share: f32) {
        let (width, height) = (plane.size.width as usize, plane.size.height as usize);
        let size = Size::new(width.div_ceil(BLOCK) as u32, height.div_ceil(BLOCK) as u32);
        self.blocks.reshape(size);
        for y in 0..size.height as usize {
            sum_columns(&mut self.columns, width, 1, |columns| {
                for step in 0..BLOCK {
                    let row = plane.row((y * BLOCK + step) as i64);
                    columns.iter_mut().zip(row).for_each(|(column, value)| *column += value);
                }
            });
            for (block, columns) in self.blocks.row_mut(y).iter_mut().zip(self.columns.chunks(BLOCK)) {
                *block = columns.iter().sum::<f32>() / (columns.len() * BLOCK) as f32;
            }
        }
        let radius = ((size.height as f32 * height_share) as usize).max(1);
        let side = 2 * radius + 1;
        self.means.reshape(size);
        for y in 0..size.height as usize {
            sum_columns(&mut self.columns, size.width as usize, side, |columns| {
                for row in 0..side {
                    let row = self.blocks.row((y + row) as i64 - radius as i64);
                    columns.iter_mut().zip(row).for_each(|(column, value)| *column += value);
                }
            });
            for (x, mean) in self.means.row_mut(y).iter_mut().enumerate() {
                *mean = self.columns[x..x + side].iter().sum::<f32>() / (side * side) as f32;
            }
        }
    }

    /// The means around row `y` of the plane.
    pub fn read(&mut self, y: usize, row: &mut Vec<f32>, width: usize) {
        let at = (y as f32 + 0.5) / BLOCK as f32 - 0.5;
        let (first, share) = (at.floor() as i64, at - at.floor());
        let (upper, lower) = (self.means.row(first), self.means.row(first + 1));
        self.between.clear();
        // A copy at both ends: places beyond the centres of the outermost blocks have their means.
        let outermost = upper.len() - 1;
        let columns = std::iter::once(0).chain(0..=outermost).chain(std::iter::once(outermost));
        self.between.extend(columns.map(|x| upper[x] + (lower[x] - upper[x]) * share));
        row.clear();
        row.resize((outermost + 2) * BLOCK, 0.0);
        for (places, pair) in row.chunks_exact_mut(BLOCK).zip(self.between.windows(2)) {
            for (step, place) in places.iter_mut().enumerate() {
                *place = pair[0] + (pair[1] - pair[0]) * ((step as f32 + 0.5) / BLOCK as f32);
            }
        }
        // The first place between a copy and the first centre lies half a block before the plane.
        row.copy_within(BLOCK / 2..BLOCK / 2 + width, 0);
        row.truncate(width);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plane(width: u32, height: u32, value: impl Fn(usize, usize) -> f32) -> Plane {
        let size = Size::new(width, height);
        let wide = width as usize;
        Plane { size, values: (0..size.area()).map(|index| value(index % wide, index / wide)).collect() }
    }

    #[test]
    fn means_are_those_of_boxes_with_their_edges_repeated() {
        let plane = plane(9, 6, |x, y| ((x * 37 + y * 11) % 23) as f32 / 23.0);
        let (mut three, mut five, mut squares) = (RowMeans::default(), RowMeans::default(), RowMeans::default());
        for y in 0..6 {
            three.set(plane.rows::<3>(y));
            five.set(plane.rows::<5>(y));
            squares.set_product(plane.rows::<3>(y), plane.rows::<3>(y));
            for x in 0..9 {
                let mean = |reach: i64, value: fn(f32) -> f32| {
                    let columns = || (x as i64 - reach..=x as i64 + reach).map(|x| x.clamp(0, 8) as usize);
                    let rows = y as i64 - reach..=y as i64 + reach;
                    let sum: f32 = rows.map(|y| columns().map(|x| value(plane.row(y)[x])).sum::<f32>()).sum();
                    sum / ((2 * reach + 1) * (2 * reach + 1)) as f32
                };
                assert!((three.row()[x] - mean(1, |value| value)).abs() < 1e-5, "at {x}, {y}");
                assert!((five.row()[x] - mean(2, |value| value)).abs() < 1e-5, "at {x}, {y}");
                assert!((squares.row()[x] - mean(1, |value| value * value)).abs() < 1e-5, "at {x}, {y}");
            }
        }
    }

    #[test]
    fn surroundings_of_a_slope_are_the_slope_and_of_an_edge_a_soft_one() {
        let mut surroundings = Surroundings::default();
        let mut row = Vec::new();
        surroundings.set(&plane(80, 40, |x, y| 0.01 * x as f32 + 0.005 * y as f32), 0.1);
        surroundings.read(20, &mut row, 80);
        assert_eq!(row.len(), 80);
        for (x, mean) in row.iter().enumerate().take(70).skip(10) {
            assert!((mean - (0.01 * x as f32 + 0.1)).abs() < 1e-3, "{mean} at {x}");
        }
        surroundings.set(&plane(83, 41, |x, _| if x < 40 { 0.0 } else { 1.0 }), 0.1);
        surroundings.read(7, &mut row, 83);
        assert!(row.windows(2).all(|pair| pair[1] >= pair[0] && pair[1] - pair[0] < 0.15), "{row:?}");
        assert!(row[0] < 0.01 && row[82] > 0.99 && (row[40] - 0.5).abs() < 0.15, "{row:?}");
    }

    #[test]
    fn one_pixel_has_itself_around() {
        let mut surroundings = Surroundings::default();
        let mut row = Vec::new();
        surroundings.set(&plane(1, 1, |_, _| 0.25), 0.05);
        surroundings.read(0, &mut row, 1);
        assert_eq!(row, [0.25]);
    }
}
