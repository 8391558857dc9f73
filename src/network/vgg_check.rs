//! The numeric self-check of VGG-16's weights: a file may have its shape and other weights.

use super::NetworkError;
use std::path::Path;

/// Mean of relu1_2, relu2_2, relu3_3 and relu4_3 of [`check_picture`], from the file that `scripts/fetch-features`
/// brings.
const CHECK_MEANS: [f32; 4] = [256.9957, 504.2841, 700.506, 85.16877];

/// How far a mean may be off, as a share: other conversions of the same weights differ by rounding only.
const CHECK_TOLERANCE: f32 = 0.01;

/// Side of [`check_picture`] in pixels.
pub const CHECK_SIDE_PX: u32 = 32;

/// A picture with an edge, a ramp and a pattern, the same everywhere: `[1, 3, CHECK_SIDE_PX, CHECK_SIDE_PX]`, RGB
/// 0..=1.
pub fn check_picture() -> Vec<f32> {
    let side = CHECK_SIDE_PX;
    let value = |channel: u32, x: u32, y: u32| match channel {
        0 => x as f32 / (side - 1) as f32,
        1 => f32::from(u8::from(x + y < side)),
        _ => ((x * 7 + y * 13) % 32) as f32 / 31.0,
    };
    (0..3 * side * side).map(|index| value(index / (side * side), index % side, index / side % side)).collect()
}

/// Compares the means of what each block sees in [`check_picture`] with those of VGG-16; `path` is the weights' file.
///
/// # Errors
/// They differ: the file has the shape of VGG-16 but not its weights.
pub fn check_vgg16(path: &Path, means: &[f32]) -> Result<(), NetworkError> {
    let is_right = |(mean, wanted): (&f32, &f32)| (mean - wanted).abs() <= CHECK_TOLERANCE * wanted;
    if means.len() == CHECK_MEANS.len() && means.iter().zip(&CHECK_MEANS).all(is_right) {
        return Ok(());
    }
    let problem = format!(
        "the file has the shape of VGG-16 but not its weights: a test picture gives {means:.3?} and not {CHECK_MEANS:.3?}"
    );
    Err(NetworkError::Features { path: path.to_owned(), problem })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_means_of_vgg16_pass() {
        check_vgg16(Path::new("a.onnx"), &CHECK_MEANS.map(|mean| mean * 1.005)).unwrap();
        let [first, .., last] = CHECK_MEANS;
        for wrong in [&[f32::NAN; 4][..], &[first, 1.0, 1.0, last], &CHECK_MEANS[..3]] {
            let error = check_vgg16(Path::new("a.onnx"), wrong).unwrap_err().to_string();
            assert!(error.contains("not its weights") && error.contains("a.onnx"), "{error}");
        }
    }
}
