//! Training learns, repeats itself, goes on exactly, and keeps what it has when something goes wrong.

use crate::tiny::{Tiny, features};
use impasto::network::Tier;
use impasto::train::{Limit, TrainError, Trainer};

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
    for (tier, count, share) in [(Tier::Fast, 60, 0.8), (Tier::Classic, 12, 0.97)] {
        let losses = steps(&mut tiny.trainer(tier, 1), count, count);
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
    let tiny = Tiny::new();
    let mut whole = tiny.trainer(Tier::Fast, 1);
    steps(&mut whole, 6, 6);

    let checkpoint = tiny.path("style.checkpoint");
    let mut first = tiny.trainer(Tier::Fast, 1);
    steps(&mut first, 3, 6);
    first.save(&checkpoint).unwrap();
    let settings = tiny.settings(Tier::Fast, 1);
    let mut second = Trainer::resume(&checkpoint, &settings, &tiny.style(), tiny.crops(), features(1.0)).unwrap();
    assert_eq!((second.steps(), second.means(), second.spent()), (3, first.means(), first.spent()));
    steps(&mut second, 3, 6);
    assert!(second.network().parameters() == whole.network().parameters(), "the weights differ");
    assert_eq!(second.means(), whole.means());
    assert_eq!(second.done(Limit::Iterations(6)), 1.0);
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
    assert!(resume(1).contains("no checkpoint"), "{}", resume(1));
}

#[test]
fn a_loss_that_is_no_number_stops_before_the_weights_are_touched() {
    let tiny = Tiny::new();
    let settings = tiny.settings(Tier::Fast, 1);
    // So strong that their squares overflow.
    let overflowing = features(1e12);
    let mut trainer = Trainer::new(settings, &tiny.style(), tiny.crops(), overflowing, None).unwrap();
    let before = trainer.network().parameters().to_vec();
    let error = trainer.step(Limit::Iterations(5)).unwrap_err();
    assert!(matches!(error, TrainError::NotANumber { step: 0 }), "{error}");
    assert!(trainer.network().parameters() == before);
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
