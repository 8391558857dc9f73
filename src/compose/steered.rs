//! The painting brought to the shown size by itself: what its strokes are between the texels, in plain Rust.
//!
//! A kernel over the twelve texels around a place (4x4 without the corners) that is stretched along the strokes. It is
//! in the manner of AMD's FidelityFX Super Resolution 1.0 (EASU, as described in its documentation), with the structure
//! tensor of steering kernel regression (Takeda, Farsiu, Milanfar: Kernel Regression for Image Processing and
//! Reconstruction, IEEE TIP 2007) in place of a mean gradient, which the two sides of a thin stroke cancel.
//!
//! With *l* = R + 2 G of the painting *P* (three times its luma, nearly), at a place between the texels b1, b2, c1 and
//! c2,
//!
//! ```text
//!        a1  a2
//!    b0  b1  b2  b3        (dx, dy) = central differences of l at b1, b2, c1 and c2
//!    c0  c1  c2  c3        X, Y, Z  = Σ β dx²,  Σ β dy²,  Σ β dx dy        (β: bilinear weights of the place)
//!        d1  d2
//!
//! o = (X − Y, 2 Z) / (X + Y + 0.009)    twice the angle of the direction across the stroke; |o| is the coherence, 0..1
//! s = σ (1 − σ |o| / 2),  σ = ½         lengths along the stroke count 1 − σ |o| times, those across once:
//! r² = (1 − s (|o| − o.x)) x² + 2 s o.y x y + (1 − s (|o| + o.x)) y²
//! k = (1 − r²) (1 − r²/4)⁴              for r < 2: within 0.03 of Lanczos' kernel with two lobes
//! u = Σ k P / Σ k
//! m = Σ b P / Σ b                       b: the cubic B-spline, which is soft
//! picture = clip(u + crispness (u − m))
//! ```
//!
//! *crispness* is shown size over painted size less 1, from 0 to 2: large texels would make wide edges. A
//! slope has u = m and keeps its shade. Up to a crispness of ¼ the picture comes gradually from bilinear interpolation,
//! so that a painting of the shown size stays as it is. *clip* holds each channel within the four nearest texels;
//! others of the twelve count less the farther away they are (their values are moved inwards by twice the distance
//! beyond one texel, and are out of the range from half a texel on), so that there is neither a halo nor a seam between
//! cells.

/// Red, green and blue.
type Color = [f32; 3];

/// How much shorter lengths along a fully coherent stroke count.
pub(super) const STRETCH: f32 = 0.5;
/// Squared differences of brightness under about this much have no direction.
pub(super) const FLAT_ENERGY: f32 = 9e-3;
/// How fast texels leave the range of the result, per texel of distance beyond one. From 2 on, all have left it at
/// half a texel.
pub(super) const RANGE_SLOPE: f32 = 2.0;
/// The largest crispness.
pub(super) const MOST_CRISPNESS: f32 = 2.0;
/// The share of the steered kernel per crispness, at most 1; the rest is bilinear.
pub(super) const STEERING_GAIN: f32 = 4.0;

/// Columns and rows of the twelve texels relative to b1, row by row.
pub(super) const PLACES: [[i32; 2]; 12] =
    [[0, -1], [1, -1], [-1, 0], [0, 0], [1, 0], [2, 0], [-1, 1], [0, 1], [1, 1], [2, 1], [0, 2], [1, 2]];
/// Where b1, b2, c1 and c2 are among them.
pub(super) const NEAREST: [usize; 4] = [3, 4, 7, 8];
/// Pairs of the others: left and right, then above and below.
const FARTHER: [[[usize; 2]; 2]; 2] = [[[2, 6], [5, 9]], [[0, 1], [10, 11]]];
/// For each of [`NEAREST`]: where its neighbours to the left, right, above and below are.
const AROUND: [[usize; 4]; 4] = [[2, 4, 0, 7], [3, 5, 1, 8], [6, 8, 3, 10], [7, 9, 4, 11]];

/// The painting at `far` (0..=1 each) of the way from b1 to c2, by the twelve texels in the order of [`PLACES`].
pub(super) fn steered(texels: &[Color; 12], far: [f32; 2], crispness: f32) -> Color {
    let [x, y, xy] = metric(texels, far);
    let [across, down] = far.map(spline);
    let (mut sum, mut soft) = (Color::default(), Color::default());
    let (mut weight, mut soft_weight) = (0.0, 0.0);
    for (texel, place) in texels.iter().zip(PLACES) {
        let [dx, dy] = [0, 1].map(|axis| place[axis] as f32 - far[axis]);
        let squared = x * dx * dx + xy * dx * dy + y * dy * dy;
        let share = (1.0 - squared) * (1.0 - 0.25 * squared).max(0.0).powi(4);
        let soft_share = across[(place[0] + 1) as usize] * down[(place[1] + 1) as usize];
        for channel in 0..3 {
            sum[channel] += share * texel[channel];
            soft[channel] += soft_share * texel[channel];
        }
        weight += share;
        soft_weight += soft_share;
    }
    let nearest = bilinear_weights(far);
    let steering = (STEERING_GAIN * crispness).min(1.0);
    [0, 1, 2].map(|channel| {
        let (kernel, mean) = (sum[channel] / weight, soft[channel] / soft_weight);
        let crisp = kernel + crispness * (kernel - mean);
        let plain: f32 = (0..4).map(|index| nearest[index] * texels[NEAREST[index]][channel]).sum();
        let [least, most] = range(texels, far, channel);
        (plain * (1.0 - steering) + crisp * steering).clamp(least, most)
    })
}

/// Bilinear weights of b1, b2, c1 and c2.
pub(super) fn bilinear_weights(far: [f32; 2]) -> [f32; 4] {
    let near = far.map(|far| 1.0 - far);
    [near[0] * near[1], far[0] * near[1], near[0] * far[1], far[0] * far[1]]
}

/// The cubic B-spline's weights of four texels in a row, for a place between the second and the third.
pub(super) fn spline(far: f32) -> [f32; 4] {
    let near = 1.0 - far;
    let inner = |far: f32| (4.0 + far * far * (3.0 * far - 6.0)) / 6.0;
    [near * near * near / 6.0, inner(far), inner(near), far * far * far / 6.0]
}

/// The factors of x², y² and x y in the squared length.
fn metric(texels: &[Color; 12], far: [f32; 2]) -> [f32; 3] {
    let bright = texels.map(|[red, green, _]| red + 2.0 * green);
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (weight, [left, right, above, below]) in bilinear_weights(far).into_iter().zip(AROUND) {
        let (dx, dy) = (bright[right] - bright[left], bright[below] - bright[above]);
        xx += weight * dx * dx;
        yy += weight * dy * dy;
        xy += weight * dx * dy;
    }
    let energy = xx + yy + FLAT_ENERGY;
    let across = [(xx - yy) / energy, 2.0 * xy / energy];
    let coherence = across[0].hypot(across[1]);
    let share = STRETCH * (1.0 - 0.5 * STRETCH * coherence);
    [1.0 - share * (coherence - across[0]), 1.0 - share * (coherence + across[0]), 2.0 * share * across[1]]
}

/// The range of a channel that the result may have.
fn range(texels: &[Color; 12], far: [f32; 2], channel: usize) -> [f32; 2] {
    let values = NEAREST.map(|index| texels[index][channel]);
    let mut least = values.into_iter().fold(f32::INFINITY, f32::min);
    let mut most = values.into_iter().fold(f32::NEG_INFINITY, f32::max);
    for (pairs, far) in FARTHER.into_iter().zip(far) {
        let (pair, beyond) = if far > 0.5 { (pairs[1], 1.0 - far) } else { (pairs[0], far) };
        let [a, b] = pair.map(|index| texels[index][channel]);
        least = least.min(a.min(b) + RANGE_SLOPE * beyond);
        most = most.max(a.max(b) - RANGE_SLOPE * beyond);
    }
    [least, most]
}
