//! Square textures with mip levels, sampled in fixed point.

/// One whole texture in the fixed-point coordinates of [`Texture::sample`].
pub const WHOLE: i32 = 1 << 16;

/// A colour of the procedural textures: red, green, blue, each about 0..=1.
pub type Rgb = [f32; 3];

/// A square texture whose side is a power of two. Texels are `0xAARRGGBB`, colours multiplied by alpha.
pub struct Texture {
    levels: Vec<Level>,
}

struct Level {
    side_log2: u32,
    texels: Box<[u32]>,
}

impl Texture {
    /// Fills a texture of `1 << side_log2` texels a side (at most 256); `paint` gets x and y in `0.0..1.0`, top to
    /// bottom, and returns a colour and its opacity.
    pub fn paint(side_log2: u32, paint: impl Fn(f32, f32) -> (Rgb, f32)) -> Self {
        let side = 1u32 << side_log2;
        let texels = (0..side * side)
            .map(|index| {
                let middle = |step: u32| (step as f32 + 0.5) / side as f32;
                let (colour, alpha) = paint(middle(index % side), middle(index / side));
                pack(colour, alpha.clamp(0.0, 1.0))
            })
            .collect();
        let mut levels = vec![Level { side_log2, texels }];
        while let Some(smaller) = levels.last().and_then(Level::halved) {
            levels.push(smaller);
        }
        Self { levels }
    }

    /// Number of the level that shows about one texel per pixel, for a texture that spans `pixels` on the screen.
    pub fn level_for(&self, pixels: f32) -> usize {
        let excess = (1 << self.levels[0].side_log2) as f32 / pixels.max(1.0);
        // Rounds the logarithm: a level is used from 0.7 to 1.4 texels per pixel.
        let level = (excess * std::f32::consts::SQRT_2).log2().max(0.0) as usize;
        level.min(self.levels.len() - 1)
    }

    /// The bilinear sample at `u`, `v`, where [`WHOLE`] is one texture; repeats beyond.
    #[inline]
    pub fn sample(&self, level: usize, u: i32, v: i32) -> u32 {
        let level = &self.levels[level];
        let mask = (1u32 << level.side_log2) - 1;
        let texels = |coordinate: i32| ((((coordinate & (WHOLE - 1)) << level.side_log2) >> 8) - 128) as u32;
        let (x, y) = (texels(u), texels(v));
        let (left, right) = ((x >> 8) & mask, ((x >> 8) + 1) & mask);
        let (top, bottom) = (((y >> 8) & mask) << level.side_log2, (((y >> 8) + 1) & mask) << level.side_log2);
        let at = |row: u32, column: u32| level.texels[(row | column) as usize];
        let upper = mix_packed(at(top, left), at(top, right), x & 255);
        let lower = mix_packed(at(bottom, left), at(bottom, right), x & 255);
        mix_packed(upper, lower, y & 255)
    }

    /// Half a texel of the level in the coordinates of [`Self::sample`]: the margin that keeps opposite edges apart.
    pub fn half_texel(&self, level: usize) -> i32 {
        (WHOLE >> self.levels[level].side_log2) / 2
    }
}

impl Level {
    /// The box-filtered level of half the side; `None` below one texel.
    fn halved(&self) -> Option<Self> {
        let side_log2 = self.side_log2.checked_sub(1)?;
        let (side, from) = (1usize << side_log2, 1usize << self.side_log2);
        let texels = (0..side * side)
            .map(|index| {
                let corner = (index / side) * 2 * from + (index % side) * 2;
                let four = [corner, corner + 1, corner + from, corner + from + 1].map(|at| self.texels[at]);
                let mean =
                    |shift: u32| ((four.iter().map(|texel| (texel >> shift) & 255).sum::<u32>() + 2) / 4) << shift;
                mean(0) | mean(8) | mean(16) | mean(24)
            })
            .collect();
        Some(Self { side_log2, texels })
    }
}

/// Mixes two packed colours channel by channel; `share_of_b` in 0..=256.
#[inline]
pub fn mix_packed(a: u32, b: u32, share_of_b: u32) -> u32 {
    const EVEN: u32 = 0x00FF_00FF;
    let share_of_a = 256 - share_of_b;
    let even = ((a & EVEN) * share_of_a + (b & EVEN) * share_of_b) >> 8;
    let odd = ((a >> 8) & EVEN) * share_of_a + ((b >> 8) & EVEN) * share_of_b;
    (even & EVEN) | (odd & !EVEN)
}

/// Packs a colour, multiplied by its opacity.
pub fn pack(colour: Rgb, alpha: f32) -> u32 {
    let byte = |channel: f32| (channel.clamp(0.0, 1.0) * alpha * 255.0 + 0.5) as u32;
    let [red, green, blue] = colour;
    (byte(1.0) << 24) | (byte(red) << 16) | (byte(green) << 8) | byte(blue)
}

/// Mixes two colours.
pub fn blend(a: Rgb, b: Rgb, share_of_b: f32) -> Rgb {
    std::array::from_fn(|channel| a[channel] + (b[channel] - a[channel]) * share_of_b.clamp(0.0, 1.0))
}

/// A colour made brighter or darker.
pub fn lit(colour: Rgb, factor: f32) -> Rgb {
    colour.map(|channel| channel * factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_a_flat_colour_at_every_level_and_place() {
        let texture = Texture::paint(4, |_, _| ([0.2, 0.6, 1.0], 1.0));
        for level in 0..=4 {
            for place in [0, 77, 30_000, WHOLE - 1, 3 * WHOLE + 5, -40] {
                let texel = texture.sample(level, place, place / 2);
                // Fixed point may lose one step per mix.
                for (shift, exact) in [(16, 51i32), (8, 153), (0, 255)] {
                    assert!((((texel >> shift) & 255) as i32 - exact).abs() <= 2, "level {level}, place {place}");
                }
            }
        }
    }

    #[test]
    fn takes_small_levels_for_far_things() {
        let texture = Texture::paint(8, |_, _| ([0.0; 3], 1.0));
        assert_eq!([1000.0, 256.0, 128.0, 2.0, 0.0].map(|pixels| texture.level_for(pixels)), [0, 0, 1, 7, 8]);
    }
}
