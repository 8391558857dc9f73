//! What a frame shows apart from how bright it is, to tell a flash from a cut.

/// Cells of a look, across and down.
pub const COLUMNS: usize = 32;
pub const ROWS: usize = 24;

/// Cells of a region, across and down: 4 by 4 regions make the whole.
const REGION_COLUMNS: usize = COLUMNS / 4;
const REGION_ROWS: usize = ROWS / 4;

/// A region whose luma deviates by less has no structure that could be recognized.
const LEAST_DEVIATION: f32 = 0.008;

/// A region without structure that is brighter has been blinded by a light: what it shows is not known.
const BLINDED: f32 = 0.85;

/// Regions that correlate by more show the same.
const SAME_CORRELATION: f32 = 0.5;

/// The view may have turned by this many cells in between, across and down.
const REACH: [isize; 2] = [2, 1];

/// Mean luma of the cells of a frame, `0..=1`.
#[derive(Debug, Clone, PartialEq)]
pub struct Structure {
    pub(super) cells: [f32; COLUMNS * ROWS],
}

impl Structure {
    /// The share of this picture that shows the same in a later one, however bright it is there: of the regions with
    /// structure, those that correlate. `None` where there are none.
    ///
    /// Correlation with the mean taken out knows neither offset nor gain, and by regions a light that covers only a
    /// part leaves the rest recognizable.
    pub fn same_share(&self, later: &Self) -> Option<f32> {
        let reach = |axis: usize| -REACH[axis]..=REACH[axis];
        let shifts = reach(1).flat_map(|down| reach(0).map(move |across| [across, down]));
        shifts.filter_map(|shift| self.same_share_shifted(later, shift)).max_by(f32::total_cmp)
    }

    fn same_share_shifted(&self, later: &Self, shift: [isize; 2]) -> Option<f32> {
        let (mut same, mut known) = (0, 0);
        for top in (0..ROWS).step_by(REGION_ROWS) {
            for left in (0..COLUMNS).step_by(REGION_COLUMNS) {
                let correlation = self.region_correlation(later, [left, top], shift);
                known += usize::from(correlation.is_some());
                same += usize::from(correlation.is_some_and(|correlation| correlation > SAME_CORRELATION));
            }
        }
        (known > 0).then(|| same as f32 / known as f32)
    }

    /// How a region correlates with a shifted one of a later picture, `-1..=1`: 0 where its structure is gone, `None`
    /// where it had none, or where it has been blinded.
    fn region_correlation(&self, later: &Self, [left, top]: [usize; 2], shift: [isize; 2]) -> Option<f32> {
        let (mut count, mut sums, mut squares, mut products) = (0.0f32, [0.0f32; 2], [0.0f32; 2], 0.0f32);
        for y in top..top + REGION_ROWS {
            let Some(later_y) = y.checked_add_signed(shift[1]).filter(|&y| y < ROWS) else { continue };
            for x in left..left + REGION_COLUMNS {
                let Some(later_x) = x.checked_add_signed(shift[0]).filter(|&x| x < COLUMNS) else { continue };
                let pair = [self.cells[y * COLUMNS + x], later.cells[later_y * COLUMNS + later_x]];
                count += 1.0;
                for (index, value) in pair.into_iter().enumerate() {
                    sums[index] += value;
                    squares[index] += value * value;
                }
                products += pair[0] * pair[1];
            }
        }
        let means = sums.map(|sum| sum / count);
        let deviation = |index: usize| (squares[index] / count - means[index] * means[index]).max(0.0).sqrt();
        let [before, after] = [deviation(0), deviation(1)];
        if before < LEAST_DEVIATION || (after < LEAST_DEVIATION && means[1] > BLINDED) {
            None
        } else if after < LEAST_DEVIATION {
            Some(0.0)
        } else {
            Some((products / count - means[0] * means[1]) / (before * after))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn structure(cell: impl Fn(usize, usize) -> f32) -> Structure {
        Structure { cells: std::array::from_fn(|index| cell(index % COLUMNS, index / COLUMNS)) }
    }

    /// Uneven stripes that no other seed has.
    fn scene(seed: usize) -> Structure {
        structure(|x, y| ((x * x * 7 + y * (13 + seed) + (x * y * seed) % 11) % 17) as f32 / 40.0)
    }

    #[test]
    fn recognizes_a_scene_in_other_light_and_a_little_further() {
        let brighter = structure(|x, y| 0.3 + 0.5 * scene(1).cells[y * COLUMNS + x]);
        assert_eq!(scene(1).same_share(&brighter), Some(1.0));
        let turned = structure(|x, y| scene(1).cells[y * COLUMNS + (x + COLUMNS - 2) % COLUMNS]);
        assert!(scene(1).same_share(&turned).unwrap() >= 0.9);
    }

    #[test]
    fn knows_another_scene_and_a_light_on_a_part() {
        assert!(scene(1).same_share(&scene(2)).unwrap() < 0.2);
        let half_lit = structure(|x, y| if x < 16 { 1.0 } else { scene(1).cells[y * COLUMNS + x] });
        assert!(scene(1).same_share(&half_lit).unwrap() > 0.9, "the half that is not blinded shows the same");
        let [white, grey] = [1.0, 0.5].map(|luma| structure(|_, _| luma));
        assert_eq!((grey.same_share(&scene(1)), scene(1).same_share(&white)), (None, None));
        assert_eq!(scene(1).same_share(&grey), Some(0.0));
    }
}
