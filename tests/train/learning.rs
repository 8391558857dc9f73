//! Training learns, repeats itself, goes on exactly, and keeps what it has when something goes wrong.

use crate::tiny::{Tiny, features};
use impasto::frame::{Frame, Size, write_picture};
use impasto::network::Tier;
use impasto::train::{Limit, LossWeights, Settings, StopReason, TrainError, Trainer};

fn steps(trainer: &mut Trainer, count: u64, limit: u64) -> Vec<f32> {
    (0..count).map(|_| trainer.step(Limit::Iterations(limit)).unwrap().total).collect()
}

fn mean(losses: &[f32]) -> f32 {
    losses.iter().sum::<f32>() / losses.len() as f32
}

#[test]
fn the_loss_falls() {
    let tiny = Tiny::new();
    // Classic is slow, and starts from almost black: a few iterations only show that it is on its way.
    for (tier, count, share) in [(Tier::Fast, 60, 0.8), (Tier::Classic, 12, 0.98)] {
        // Long before steadiness counts more.
        let losses = steps(&mut tiny.trainer(tier, 1), count, 3 * count);
        let part = losses.len() / 4;
        let (first, last) = (mean(&losses[..part]), mean(&losses[losses.len() - part..]));
        assert!(last < share * first, "{tier}: {first} to {last}");
    }
}

#[test]
fn the_same_seed_gives_the_same_weights() {
    let tiny = Tiny::new();
    let train = |seed| {
        let mut trainer = tiny.trainer(Tier::Balanced, seed);
        steps(&mut trainer, 4, 4);
        trainer.network().parameters().to_vec()
    };
    let first = train(7);
    assert!(train(7) == first, "the weights differ from run to run");
    assert!(train(8) != first, "the seed has no effect");
}

#[test]
fn going_on_equals_never_having_stopped() {
    for tiny in [Tiny::new(), Tiny::with_bursts()] {
        let mut whole = tiny.trainer(Tier::Fast, 1);
        steps(&mut whole, 3, 6);
        whole.evaluate().unwrap();
        steps(&mut whole, 3, 6);

        let checkpoint = tiny.path("style.checkpoint");
        let mut first = tiny.trainer(Tier::Fast, 1);
        steps(&mut first, 3, 6);
        let evaluation = first.evaluate().unwrap();
        first.save(&checkpoint).unwrap();
        let settings = tiny.settings(Tier::Fast, 1);
        let mut second = Trainer::resume(&checkpoint, &settings, &tiny.style(), tiny.crops(), features(1.0)).unwrap();
        assert_eq!((second.steps(), second.means(), second.spent()), (3, first.means(), first.spent()));
        assert_eq!(second.evaluations(), [evaluation]);
        steps(&mut second, 3, 6);
        assert!(second.network().parameters() == whole.network().parameters(), "the weights differ");
        assert_eq!(second.means(), whole.means());
        assert_eq!(second.done(Limit::Iterations(6)), 1.0);
        assert_eq!(second.means().temporal.is_some(), tiny.crops().pair_count() > 0);
        // The best is in the checkpoint, too, and what is better later takes its place.
        let best = second.take_best().unwrap().iteration;
        assert_eq!(best, 3);
        assert!(second.network().parameters() == first.network().parameters(), "the best weights are lost");
    }
}

#[test]
fn judges_successive_frames_and_becomes_steadier_over_time() {
    let tiny = Tiny::with_bursts();
    let train = |temporal: f32| {
        let settings = tiny.settings(Tier::Fast, 1);
        let weights = LossWeights { temporal, ..settings.weights };
        let settings = Settings { weights, ..settings };
        let mut trainer = Trainer::new(settings, &tiny.style(), tiny.crops(), features(1.0), None).unwrap();
        steps(&mut trainer, 60, 60);
        (trainer.means().temporal, trainer.evaluate().unwrap())
    };
    let ((judged, with), (unjudged, without)) = (train(300.0), train(0.0));
    assert!(judged.is_some() && unjudged.is_none());
    let [with, without] = [with, without].map(|evaluation| evaluation.losses.temporal.unwrap());
    assert!(with < without, "{with} with the loss, {without} without");
}

#[test]
fn evaluations_repeat_themselves_and_change_nothing() {
    let tiny = Tiny::with_bursts();
    let train = |is_evaluated: bool| {
        let mut trainer = tiny.trainer(Tier::Fast, 3);
        for _ in 0..4 {
            steps(&mut trainer, 1, 4);
            if is_evaluated {
                trainer.evaluate().unwrap();
            }
        }
        trainer
    };
    let [evaluated, mut plain] = [train(true), train(false)];
    assert!(evaluated.network().parameters() == plain.network().parameters());
    let (seen, last) = (plain.evaluate().unwrap(), *evaluated.evaluations().last().unwrap());
    assert_eq!((seen.score, seen.losses, seen.flicker, seen.iteration), (last.score, last.losses, last.flicker, 4));
    assert!(seen.flicker.noise > 0.0 && seen.flicker.shift > 0.0 && seen.flicker.warp.unwrap() > 0.0, "{seen:?}");
    assert!(seen.score.is_finite() && seen.losses.temporal.unwrap() > 0.0);
}

#[test]
fn a_training_that_comes_no_further_ends_itself() {
    let tiny = Tiny::new();
    // Nothing counts, so that nothing gets better.
    let settings = Settings { weights: LossWeights::NONE, ..tiny.settings(Tier::Fast, 1) };
    let mut trainer = Trainer::new(settings, &tiny.style(), tiny.crops(), features(1.0), None).unwrap();
    let limit = Limit::Iterations(300);
    while trainer.done(limit) < 1.0 && trainer.stop_reason(limit).is_none() {
        trainer.step(limit).unwrap();
        if trainer.is_evaluation_due(limit) {
            trainer.evaluate().unwrap();
        }
    }
    assert_eq!(trainer.stop_reason(limit), Some(StopReason::NoBetter { evaluations: 12 }));
    assert_eq!(
        (trainer.steps(), trainer.evaluations().len()),
        (270, 13),
        "not before 90 %, with an evaluation every 20 iterations"
    );
    assert_eq!(trainer.take_best().unwrap().iteration, 20, "of equal ones the first");
}

#[test]
fn learns_from_a_teacher_without_looking_at_features() {
    let tiny = Tiny::new();
    let usual = tiny.settings(Tier::Fast, 1);
    let weights = LossWeights { style: 0.0, content: 0.0, palette: 0.0, teacher: 10.0, ..usual.weights };
    let settings = Settings { weights, teacher: Some("pale negative".to_owned()), ..usual };
    // Features so strong that a look at them would be no number.
    let trainer = Trainer::new(settings, &tiny.style(), tiny.crops(), features(1e12), None).unwrap();
    let mut trainer = trainer.with_teacher(Box::new(|frame: &Frame| {
        let mut painting = frame.clone();
        painting.pixels.iter_mut().for_each(|byte| *byte = 255 - *byte / 4);
        Ok(painting)
    }));
    let losses: Vec<f32> = (0..80).map(|_| trainer.step(Limit::Iterations(80)).unwrap().teacher.unwrap()).collect();
    let (first, last) = (mean(&losses[..10]), mean(&losses[70..]));
    assert!(last < 0.6 * first, "{first} to {last}");
    assert_eq!(trainer.means().style, None);
}

#[test]
fn a_teacher_that_fails_is_told() {
    let tiny = Tiny::new();
    let mut trainer = tiny.trainer(Tier::Fast, 1).with_teacher(Box::new(|_: &Frame| Err("out of memory".to_owned())));
    let error = trainer.step(Limit::Iterations(1)).unwrap_err().to_string();
    assert!(error.contains("out of memory") && error.contains("--teacher"), "{error}");
}

#[test]
fn a_checkpoint_of_other_settings_or_a_damaged_one_is_refused() {
    let tiny = Tiny::new();
    let checkpoint = tiny.path("style.checkpoint");
    tiny.trainer(Tier::Fast, 1).save(&checkpoint).unwrap();
    let resume = |seed| {
        let settings = tiny.settings(Tier::Fast, seed);
        Trainer::resume(&checkpoint, &settings, &tiny.style(), tiny.crops(), features(1.0)).err().unwrap().to_string()
    };
    assert!(resume(2).contains("other settings (seed 1, not 2)"), "{}", resume(2));

    let whole = std::fs::read(&checkpoint).unwrap();
    std::fs::write(&checkpoint, &whole[..whole.len() - 5]).unwrap();
    assert!(resume(1).contains("damaged"), "{}", resume(1));
    std::fs::write(&checkpoint, b"something else\n").unwrap();
    assert!(resume(1).contains("not a checkpoint"), "{}", resume(1));
    std::fs::write(&checkpoint, b"impasto checkpoint 4\n{}\n").unwrap();
    assert!(resume(1).contains("another version") && resume(1).contains("without --resume"), "{}", resume(1));
}

#[test]
fn losses_that_are_not_finite_stop_before_the_weights_are_touched() {
    let tiny = Tiny::new();
    let settings = tiny.settings(Tier::Fast, 1);
    // So strong that their squares overflow.
    let overflowing = features(1e12);
    let mut trainer = Trainer::new(settings, &tiny.style(), tiny.crops(), overflowing, None).unwrap();
    let before = trainer.network().parameters().to_vec();
    let error = trainer.step(Limit::Iterations(5)).unwrap_err();
    assert!(matches!(error, TrainError::NotFinite { step: 0 }), "{error}");
    assert!(trainer.network().parameters() == before);
}

#[test]
fn batches_whose_losses_are_not_finite_are_skipped_and_counted() {
    let tiny = Tiny::new();
    for name in 1..5 {
        write_picture(&tiny.path(&format!("data/{name}.png")), &Frame::new(Size::new(120, 90))).unwrap();
    }
    // Whatever is not black overflows.
    let mut start = tiny.trainer(Tier::Fast, 1).network().parameters().to_vec();
    for parameter in
        start.iter_mut().filter(|parameter| ["stem.weight", "down.weight"].contains(&parameter.name.as_str()))
    {
        parameter.values.fill(1e25);
    }
    let mut settings = Settings { batch: 1, ..tiny.settings(Tier::Fast, 1) };
    settings.weights = LossWeights { steadiness: 0.0, border: 0.0, lattice: 0.0, temporal: 0.0, ..settings.weights };
    let mut trainer = Trainer::new(settings, &tiny.style(), tiny.crops(), features(1.0), Some(&start)).unwrap();
    let losses = steps(&mut trainer, 8, 8);
    assert!(losses.iter().all(|loss| loss.is_finite()), "{losses:?}");
    assert!(trainer.skipped() > 0);
    assert!(
        trainer.network().parameters().iter().flat_map(|parameter| &parameter.values).all(|value| value.is_finite())
    );
}

#[test]
fn a_style_of_the_same_tier_is_a_start() {
    let tiny = Tiny::new();
    let mut base = tiny.trainer(Tier::Fast, 1);
    steps(&mut base, 20, 40);
    let start = |tier| {
        let settings = tiny.settings(tier, 2);
        Trainer::new(settings, &tiny.style(), tiny.crops(), features(1.0), Some(base.network().parameters()))
    };
    let warm = mean(&steps(&mut start(Tier::Fast).unwrap(), 5, 40));
    let cold = mean(&steps(&mut tiny.trainer(Tier::Fast, 2), 5, 40));
    assert!(warm < cold, "{warm} and {cold}");
    assert!(start(Tier::Balanced).err().unwrap().to_string().contains("same tier"));
}
