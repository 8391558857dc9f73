//! Repeatable noise: the only source of chance in the scene.

/// A well mixed 32-bit hash of three integers (the finalizer of MurmurHash3, by Austin Appleby, public domain).
pub fn hash(x: i32, y: i32, seed: u32) -> u32 {
    let mut value = (x as u32).wrapping_mul(0x9E37_79B1) ^ (y as u32).wrapping_mul(0x85EB_CA77) ^ seed;
    value ^= value >> 16;
    value = value.wrapping_mul(0x85EB_CA6B);
    value ^= value >> 13;
    value = value.wrapping_mul(0xC2B2_AE35);
    value ^ (value >> 16)
}

/// A hash as a number in `0.0..1.0`.
pub fn unit(x: i32, y: i32, seed: u32) -> f32 {
    (hash(x, y, seed) >> 8) as f32 / (1 << 24) as f32
}

/// Smooth value noise in `0.0..1.0` that repeats after `period` lattice steps in x and y.
pub fn value(x: f32, y: f32, period: i32, seed: u32) -> f32 {
    let (column, row) = (x.floor(), y.floor());
    let (right, down) = (smooth(x - column), smooth(y - row));
    let at =
        |dx: i32, dy: i32| unit((column as i32 + dx).rem_euclid(period), (row as i32 + dy).rem_euclid(period), seed);
    let top = mix(at(0, 0), at(1, 0), right);
    let bottom = mix(at(0, 1), at(1, 1), right);
    mix(top, bottom, down)
}

/// Five octaves of [`value`] in about `0.0..1.0`; `x` and `y` in textures (period 1), `period` lattice steps at first.
pub fn clouds(x: f32, y: f32, period: i32, seed: u32) -> f32 {
    let (mut sum, mut weight, mut cells) = (0.0, 0.5, period);
    for octave in 0..5 {
        sum += weight * value(x * cells as f32, y * cells as f32, cells, seed.wrapping_add(octave * 7919));
        weight *= 0.5;
        cells *= 2;
    }
    sum / 0.97
}

/// Distance to the nearest and second nearest of the scattered points (Worley noise), in lattice steps, with the
/// number of the nearest point.
pub fn worley(x: f32, y: f32, period: i32, seed: u32) -> (f32, f32, u32) {
    let (column, row) = (x.floor() as i32, y.floor() as i32);
    let (mut nearest, mut second, mut number) = (f32::MAX, f32::MAX, 0);
    for cell_y in row - 1..=row + 1 {
        for cell_x in column - 1..=column + 1 {
            let (wrapped_x, wrapped_y) = (cell_x.rem_euclid(period), cell_y.rem_euclid(period));
            let point_x = cell_x as f32 + unit(wrapped_x, wrapped_y, seed);
            let point_y = cell_y as f32 + unit(wrapped_x, wrapped_y, seed ^ 0x5bd1);
            let distance = (point_x - x).hypot(point_y - y);
            if distance < nearest {
                (second, nearest, number) = (nearest, distance, hash(wrapped_x, wrapped_y, seed ^ 0xa1));
            } else if distance < second {
                second = distance;
            }
        }
    }
    (nearest, second, number)
}

/// Linear mix of two numbers.
pub fn mix(a: f32, b: f32, share_of_b: f32) -> f32 {
    a + (b - a) * share_of_b
}

/// 0 below `from`, 1 above `to`, smooth between.
pub fn ramp(from: f32, to: f32, x: f32) -> f32 {
    smooth(((x - from) / (to - from)).clamp(0.0, 1.0))
}

fn smooth(x: f32) -> f32 {
    x * x * (3.0 - 2.0 * x)
}
