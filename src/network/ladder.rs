//! Networks of the quarter-resolution family in growing sizes, to choose from by what a machine can run.

use super::{Architecture, Tier};

/// The rungs, cheapest first; each has 1.2 to 1.6 times the multiply-adds of the one before, of which the times show
/// somewhat less. All tiers but `classic` are among them.
///
/// ONNX Runtime computes channels in groups of 16 where the processor has AVX-512, and of 8 with AVX2. Blocks are
/// cheaper than channels at half resolution (`stem`, `head`), which small networks save first.
pub fn ladder() -> Vec<Architecture> {
    vec![
        Architecture::quarter(8, 16, 8, &[1]),
        Architecture::quarter(8, 16, 8, &[1, 2, 4]),
        Architecture::quarter(8, 16, 8, &[1, 2, 4, 2, 1]),
        Architecture::quarter(8, 32, 8, &[1, 4]),
        Architecture::quarter(8, 32, 8, &[1, 2, 4]),
        Tier::Fast.architecture(),
        Architecture::quarter(16, 32, 16, &[1, 2, 1, 4, 1]),
        Architecture::quarter(16, 48, 16, &[1, 2, 4]),
        Architecture::quarter(16, 48, 16, &[1, 2, 4, 1]),
        Tier::Balanced.architecture(),
        Architecture::quarter(24, 64, 24, &[1, 2, 4, 1]),
        Architecture::quarter(24, 64, 24, &[1, 2, 1, 4, 1]),
        Tier::Quality.architecture(),
        Architecture::quarter(24, 64, 32, &[1, 2, 1, 4, 1, 2, 1, 2]),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_in_small_steps_and_holds_the_tiers() {
        let rungs = ladder();
        for pair in rungs.windows(2) {
            let growth = pair[1].multiply_adds_per_pixel() / pair[0].multiply_adds_per_pixel();
            assert!((1.15..=1.6).contains(&growth), "{} to {}: {growth}", pair[0], pair[1]);
        }
        for tier in [Tier::Fast, Tier::Balanced, Tier::Quality] {
            assert!(rungs.contains(&tier.architecture()), "{tier}");
        }
    }

    #[test]
    fn rungs_have_names_of_their_own() {
        let mut names: Vec<String> = ladder().iter().map(Architecture::to_string).collect();
        assert_eq!(names[0], "8-16-8-d1");
        names.sort();
        names.dedup();
        assert_eq!(names.len(), ladder().len());
    }
}
