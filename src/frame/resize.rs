//! Scaling a frame on the CPU, for pictures off the hot path (thumbnails, tests, odd sizes).

use super::{BYTES_PER_PIXEL, Frame, Size};

/// Scales `from` to the size of `to` by averaging over bilinear taps: bilinear when enlarging, an area average of the
/// covered pixels (box filter) when shrinking, so that thin lines do not vanish. Equal sizes are copied.
pub fn resize_bilinear(from: &Frame, to: &mut Frame) {
    if from.size == to.size {
        to.pixels.copy_from_slice(&from.pixels);
        return;
    }
    let (columns, rows) = (taps(from.size.width, to.size.width), taps(from.size.height, to.size.height));
    let stride = from.size.width as usize * BYTES_PER_PIXEL;
    let target_stride = to.size.width as usize * BYTES_PER_PIXEL;
    for (target_row, row) in to.pixels.chunks_exact_mut(target_stride).zip(&rows) {
        for (target, column) in target_row.chunks_exact_mut(BYTES_PER_PIXEL).zip(&columns) {
            let mut sums = [0.0f32; BYTES_PER_PIXEL];
            for (y, &row_weight) in row.weights.iter().enumerate() {
                let start = (row.first + y) * stride + column.first * BYTES_PER_PIXEL;
                let line = &from.pixels[start..start + column.weights.len() * BYTES_PER_PIXEL];
                for (pixel, &weight) in line.chunks_exact(BYTES_PER_PIXEL).zip(&column.weights) {
                    for (sum, &byte) in sums.iter_mut().zip(pixel) {
                        *sum += f32::from(byte) * weight * row_weight;
                    }
                }
            }
            for (byte, sum) in target.iter_mut().zip(sums) {
                *byte = (sum + 0.5) as u8;
            }
        }
    }
}

/// Scales `from` to the size of `to` by a Lanczos filter of three lobes: sharper than [`resize_bilinear`] when
/// shrinking, for still pictures whose strokes count. Equal sizes are copied.
pub fn resize_lanczos(from: &Frame, to: &mut Frame) {
    let Size { width, height } = from.size;
    let source = image::ImageBuffer::<image::Rgba<u8>, _>::from_raw(width, height, from.pixels.as_slice())
        .expect("a frame has four bytes for each pixel");
    let scaled = image::imageops::resize(&source, to.size.width, to.size.height, image::imageops::FilterType::Lanczos3);
    to.pixels.copy_from_slice(scaled.as_raw());
}

/// The source samples that one target sample is made of, with weights that add up to 1.
struct Taps {
    first: usize,
    weights: Vec<f32>,
}

fn taps(from: u32, to: u32) -> Vec<Taps> {
    let scale = f64::from(from) / f64::from(to);
    let radius = scale.max(1.0);
    (0..to)
        .map(|index| {
            let centre = (f64::from(index) + 0.5) * scale - 0.5;
            let first = (centre - radius).ceil().max(0.0) as usize;
            let last = ((centre + radius).floor() as usize).min(from as usize - 1);
            let mut weights: Vec<f32> =
                (first..=last).map(|sample| (1.0 - (sample as f64 - centre).abs() / radius).max(0.0) as f32).collect();
            let sum: f32 = weights.iter().sum();
            weights.iter_mut().for_each(|weight| *weight /= sum);
            Taps { first, weights }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_a_flat_colour_at_any_size() {
        let mut from = Frame::new(Size::new(7, 5));
        from.pixels.chunks_exact_mut(4).for_each(|pixel| pixel.copy_from_slice(&[10, 100, 200, 255]));
        for size in [Size::new(1, 1), Size::new(3, 9), Size::new(20, 2), Size::new(7, 5)] {
            let mut to = Frame::new(size);
            resize_bilinear(&from, &mut to);
            assert!(to.pixels.chunks_exact(4).all(|pixel| pixel == [10, 100, 200, 255]), "{size}");
            resize_lanczos(&from, &mut to);
            assert!(to.pixels.chunks_exact(4).all(|pixel| pixel == [10, 100, 200, 255]), "{size}");
        }
    }

    #[test]
    fn lanczos_keeps_more_of_fine_stripes() {
        let mut from = Frame::new(Size::new(120, 4));
        for (index, pixel) in from.pixels.chunks_exact_mut(4).enumerate() {
            pixel.fill(if index % 120 / 3 % 2 == 0 { 50 } else { 200 });
        }
        let contrast = |resize: fn(&Frame, &mut Frame)| {
            let mut to = Frame::new(Size::new(80, 4));
            resize(&from, &mut to);
            let values = || to.pixels[16..80 * 4 - 16].iter().copied();
            values().max().unwrap_or(0) - values().min().unwrap_or(0)
        };
        assert!(contrast(resize_lanczos) > contrast(resize_bilinear) + 20);
    }
}
