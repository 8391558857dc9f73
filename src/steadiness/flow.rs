//! Where the points of a picture were in an earlier one.

use crate::frame::Size;

/// Where each pixel of a picture was in an earlier one. Rows from top to bottom.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// Size of both pictures.
    pub size: Size,
    /// Per pixel of the later picture, in pixels: its place in the earlier picture minus its place in this one, x and
    /// y. Meaningless where `is_occluded`.
    pub vectors: Vec<[f32; 2]>,
    /// Whether the pixel's point was not to be seen in the earlier picture: hidden, outside, not there yet, or cut.
    pub is_occluded: Vec<bool>,
}

impl Flow {
    /// The flow between pictures that have nothing in common.
    pub fn cut(size: Size) -> Self {
        Self { size, vectors: vec![[0.0; 2]; size.area()], is_occluded: vec![true; size.area()] }
    }

    /// The share of pixels whose point was not to be seen earlier, `0..=1`.
    pub fn occluded_share(&self) -> f64 {
        let occluded = self.is_occluded.iter().filter(|&&is_occluded| is_occluded).count();
        occluded as f64 / self.is_occluded.len().max(1) as f64
    }

    /// The endpoint errors of this flow against the `exact` one, in pixels: the lengths of the differences of the
    /// vectors (Baker et al. 2011, "A database and evaluation methodology for optical flow"), where neither of the two
    /// is occluded: those are the pixels that a warping error would be taken from. In no useful order.
    pub fn endpoint_errors_px(&self, exact: &Flow) -> Vec<f32> {
        let vectors = self.vectors.iter().zip(&exact.vectors);
        let occluded = self.is_occluded.iter().zip(&exact.is_occluded);
        vectors
            .zip(occluded)
            .filter(|(_, (here, there))| !**here && !**there)
            .map(|((a, b), _)| (a[0] - b[0]).hypot(a[1] - b[1]))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoint_errors_are_lengths_where_both_see() {
        let size = Size::new(3, 1);
        let exact = Flow { size, vectors: vec![[1.0, 0.0]; 3], is_occluded: vec![false, false, true] };
        let vectors = vec![[4.0, 4.0], [1.0, 0.0], [9.0, 9.0]];
        let estimated = Flow { size, vectors, is_occluded: vec![false; 3] };
        assert_eq!(estimated.endpoint_errors_px(&exact), [5.0, 0.0]);
        assert_eq!((exact.occluded_share(), estimated.occluded_share()), (1.0 / 3.0, 0.0));
    }
}
