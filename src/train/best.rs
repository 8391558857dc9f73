//! The best weights so far, by frames that nothing is learnt from.

use serde::{Deserialize, Serialize};

/// A score must fall by this share to count as better: less is chance.
const LEAST_GAIN: f32 = 0.005;

/// What is remembered of the best weights.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BestScore {
    /// The weighted sum of the losses on held-out frames, with steadiness: smaller is better.
    pub score: f32,
    /// The iteration after which the weights were these.
    pub steps: u64,
}

/// Says when to give up: when so many looks in succession brought nothing better.
#[derive(Debug, Clone)]
pub struct Patience {
    looks: u32,
    missed: u32,
    best: f32,
}

impl Patience {
    /// Gives up after `looks` looks without a gain.
    pub fn new(looks: u32) -> Self {
        Self { looks, missed: 0, best: f32::INFINITY }
    }

    /// Takes note of a score; true when it is time to give up.
    pub fn is_over(&mut self, score: f32) -> bool {
        if score < self.best * (1.0 - LEAST_GAIN) {
            (self.best, self.missed) = (score, 0);
        } else {
            self.missed += 1;
        }
        self.missed >= self.looks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(scores: &[f32]) -> Option<usize> {
        let mut patience = Patience::new(3);
        scores.iter().position(|&score| patience.is_over(score))
    }

    #[test]
    fn gives_up_when_nothing_gets_better() {
        assert_eq!(looks(&[5.0, 4.0, 4.5, 4.2, 4.1, 3.0]), Some(4));
        assert_eq!(looks(&[5.0, 4.0, 3.0, 2.0, 1.0, 0.5]), None);
        assert_eq!(looks(&[5.0, 4.0, 4.5, 4.2, 3.0, 3.5, 3.5]), None, "a gain starts the count anew");
        assert_eq!(looks(&[4.0, 3.999, 3.998, 3.997]), Some(3), "crumbs are no gain");
        assert_eq!(looks(&[4.0, f32::NAN, f32::NAN, f32::NAN]), Some(3));
    }
}
