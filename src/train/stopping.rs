//! When a training should end before its limit.

use super::Evaluation;
use std::fmt;

/// Training is never stopped before this share of it: until then steadiness counts little, and the learning rate is
/// still high.
const EARLIEST_SHARE: f32 = 0.9;

/// A score is better only where it is lower by this share: less is chance.
const LEAST_GAIN: f32 = 0.002;

/// So many evaluations without a better score end a training: a quarter of all there are, see [`super::Limit`].
const PATIENCE: usize = 10;

/// So many evaluations in a row with more flicker and no better style end a training...
const FLICKER_PATIENCE: usize = 4;

/// ... when they flicker by this share more than the best one.
const MORE_FLICKER: f32 = 0.25;

/// Why a training should end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum StopReason {
    /// The held-out score has not fallen for so many evaluations.
    NoBetter { evaluations: usize },
    /// The flicker has grown by at least this share since the best evaluation, while the style loss no longer fell.
    Flickers { share: f32 },
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoBetter { evaluations } => {
                write!(f, "the held-out score has not fallen for {evaluations} evaluations")
            }
            Self::Flickers { share } => {
                let percent = share * 100.0;
                write!(f, "paintings flicker {percent:.0} % more than the best, and their style comes no closer")
            }
        }
    }
}

/// The evaluation with the lowest score; of equal ones the first.
pub fn best(evaluations: &[Evaluation]) -> Option<usize> {
    (0..evaluations.len()).min_by(|&a, &b| evaluations[a].score.total_cmp(&evaluations[b].score))
}

/// Whether training should end, after its evaluations so far; `done` is the share of the training that is done, 0..=1.
pub fn stop_reason(evaluations: &[Evaluation], done: f32) -> Option<StopReason> {
    if done < EARLIEST_SHARE {
        return None;
    }
    let without_gain = evaluations.len() - (last_gain(evaluations)? + 1);
    if without_gain >= PATIENCE {
        return Some(StopReason::NoBetter { evaluations: without_gain });
    }
    let best = best(evaluations)?;
    let (before, since) = (&evaluations[best], &evaluations[best + 1..]);
    let recent = since.get(since.len().checked_sub(FLICKER_PATIENCE)?..)?;
    let is_worse = |evaluation: &Evaluation| {
        evaluation.flicker.overall() > before.flicker.overall() * (1.0 + MORE_FLICKER)
            && evaluation.losses.style >= before.losses.style
    };
    recent.iter().all(is_worse).then(|| {
        let least = recent.iter().map(|evaluation| evaluation.flicker.overall()).fold(f32::INFINITY, f32::min);
        StopReason::Flickers { share: least / before.flicker.overall() - 1.0 }
    })
}

/// The last evaluation that was better than all before it by more than chance.
fn last_gain(evaluations: &[Evaluation]) -> Option<usize> {
    let mut gain = None;
    let mut lowest = f32::INFINITY;
    for (index, evaluation) in evaluations.iter().enumerate() {
        if evaluation.score < lowest * (1.0 - LEAST_GAIN) {
            (gain, lowest) = (Some(index), evaluation.score);
        }
    }
    gain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::{Flicker, Losses};

    /// Evaluations with these scores, flicker and style losses.
    fn scripted(script: &[(f32, f32, f32)]) -> Vec<Evaluation> {
        let evaluation = |&(score, flicker, style): &(f32, f32, f32)| Evaluation {
            score,
            flicker: Flicker { noise: flicker, shift: flicker, warp: None },
            losses: Losses { style: Some(style), ..Losses::default() },
            ..Evaluation::default()
        };
        script.iter().map(evaluation).collect()
    }

    fn with_scores(scores: impl IntoIterator<Item = f32>) -> Vec<Evaluation> {
        scripted(&scores.into_iter().map(|score| (score, 0.01, score)).collect::<Vec<_>>())
    }

    #[test]
    fn goes_on_while_the_score_falls() {
        let falling = with_scores((0..40).map(|index| 1.0 / (1.0 + index as f32)));
        for count in 0..falling.len() {
            assert_eq!(stop_reason(&falling[..count], 1.0), None, "{count}");
        }
        assert_eq!(best(&falling), Some(39));
        assert_eq!((best(&[]), stop_reason(&[], 1.0)), (None, None));
    }

    #[test]
    fn ends_when_the_score_has_not_fallen_for_long() {
        let scores: Vec<f32> =
            [3.0, 2.0, 1.0].into_iter().chain((0..10).map(|index| 1.1 + 0.01 * index as f32)).collect();
        let evaluations = with_scores(scores);
        assert_eq!(stop_reason(&evaluations[..12], 0.92), None, "nine are not enough");
        assert_eq!(stop_reason(&evaluations, 0.92), Some(StopReason::NoBetter { evaluations: 10 }));
        assert_eq!(stop_reason(&evaluations, 0.8), None, "the learning rate is still high");
        assert_eq!(best(&evaluations), Some(2), "the best is kept, not the last");
    }

    #[test]
    fn gains_by_chance_are_no_gains_but_many_of_them_are() {
        let wobbling = with_scores((0..12).map(|index| 1.0 - 1e-4 * index as f32));
        assert_eq!(stop_reason(&wobbling, 0.95), Some(StopReason::NoBetter { evaluations: 11 }));
        assert_eq!(best(&wobbling), Some(11));
        let creeping = with_scores((0..30).map(|index| 1.0 - 1e-3 * index as f32));
        assert_eq!(stop_reason(&creeping, 0.95), None);
    }

    #[test]
    fn ends_when_flicker_rises_and_style_comes_no_closer() {
        let start = [(1.0, 0.010, 0.5), (0.8, 0.012, 0.4)];
        let then = |flicker: f32, style: f32| {
            let rest = [(0.85, flicker, style); 4];
            scripted(&start.into_iter().chain(rest).collect::<Vec<_>>())
        };
        match stop_reason(&then(0.018, 0.4), 0.92) {
            Some(StopReason::Flickers { share }) => assert!((share - 0.5).abs() < 1e-3, "{share}"),
            other => panic!("{other:?}"),
        }
        assert_eq!(stop_reason(&then(0.018, 0.39), 0.92), None, "the style still comes closer");
        assert_eq!(stop_reason(&then(0.014, 0.4), 0.92), None, "a sixth more flicker is little");
        assert_eq!(stop_reason(&then(0.018, 0.4)[..5], 0.92), None, "three in a row may be chance");
    }
}
