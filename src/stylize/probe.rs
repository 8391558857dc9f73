//! Finds out by running a network what neither its graph nor its manifest says: which sizes it takes, how its output
//! lies on the frame, and which value range it wants and gives.

use super::StylizeError;
use super::convention::{Element, Layout, ValueRange};
use super::facts::{Confidence, Known, ModelFacts};
use super::manifest::Fit;
use super::preprocess::Preprocessor;
use super::session::Network;
use crate::frame::{Frame, Size};

/// The multiples that are tried, in order.
const MULTIPLES: [u32; 7] = [1, 2, 4, 8, 16, 32, 64];

/// Sides that are tried are at least this long, so that no network runs out of pixels.
const SHORTEST_SIDE_PX: u32 = 72;

/// The ranges that are tried; of equally good ones the first counts.
const RANGES: [ValueRange; 4] =
    [ValueRange::ZeroToOne, ValueRange::ZeroTo255, ValueRange::MinusOneToOne, ValueRange::Imagenet];

/// Two ranges whose scores differ by less are not told apart.
const CLEAR_MARGIN: f32 = 0.12;

/// A range that the network gives as it takes it is preferred by this much: networks are mostly made so.
const SAME_RANGE_BONUS: f32 = 0.06;

/// Fills in the facts that are guesses so far. `network` runs on the CPU.
///
/// # Errors
/// The network runs at none of the sizes tried, or gives no numbers for any range.
pub(super) fn probe(facts: &mut ModelFacts, network: &mut Network) -> Result<(), StylizeError> {
    if facts.input.fixed_size.is_none() && facts.multiple.confidence != Confidence::Certain {
        facts.multiple = find_multiple(network)?;
    }
    if facts.fit.confidence != Confidence::Certain {
        facts.fit = find_fit(facts, network)?;
    }
    let is_known = |known: &Known<ValueRange>| known.confidence == Confidence::Certain;
    if !is_known(&facts.input.range) || !is_known(&facts.output.range) {
        find_ranges(facts, network)?;
    }
    Ok(())
}

/// Two sizes that are multiples of `multiple`, but of nothing larger.
fn odd_multiples(multiple: u32) -> [Size; 2] {
    let odd = (SHORTEST_SIDE_PX / multiple) | 1;
    [Size::new(multiple * (odd + 2), multiple * odd), Size::new(multiple * (odd + 4), multiple * (odd + 2))]
}

/// The smallest multiple at which the network runs and answers in proportion.
fn find_multiple(network: &mut Network) -> Result<Known<u32>, StylizeError> {
    let mut first_error = None;
    let mut first_that_runs = None;
    for multiple in MULTIPLES {
        match run_two(network, multiple) {
            Ok(pairs) if relation(pairs).is_some() => {
                let reason = match multiple {
                    1 => "it ran at odd sizes".to_owned(),
                    _ => format!("smaller steps failed or gave another size, {multiple} ran"),
                };
                return Ok(Known::new(multiple, Confidence::Likely, reason));
            }
            Ok(_) => first_that_runs = first_that_runs.or(Some(multiple)),
            Err(error) => first_error = first_error.or(Some(error)),
        }
    }
    match (first_that_runs, first_error) {
        (Some(multiple), _) => Ok(Known::new(multiple, Confidence::Guess, "it ran, but its output has an odd size")),
        (None, Some(error)) => Err(error),
        (None, None) => Ok(Known::new(1, Confidence::Guess, "nothing tells")),
    }
}

/// Input and output size of two runs.
fn run_two(network: &mut Network, multiple: u32) -> Result<[(Size, Size); 2], StylizeError> {
    let [first, second] = odd_multiples(multiple);
    let mut run = |size: Size| -> Result<(Size, Size), StylizeError> {
        network.bind(size)?;
        Ok((size, network.output_size().unwrap_or(size)))
    };
    Ok([run(first)?, run(second)?])
}

/// How outputs relate to inputs: by a constant factor, or by a constant border.
fn relation(pairs: [(Size, Size); 2]) -> Option<Fit> {
    let axis = |side: fn(Size) -> u32| pairs.map(|(input, output)| (i64::from(side(input)), i64::from(side(output))));
    let axes = [axis(|size| size.width), axis(|size| size.height)];
    if axes.iter().flatten().all(|(input, output)| input == output) {
        return Some(Fit::Stretch);
    }
    // Exact proportion, in whole numbers: output 1 / input 1 = output 2 / input 2.
    if axes.iter().all(|[(in_1, out_1), (in_2, out_2)]| out_1 * in_2 == out_2 * in_1) {
        return Some(Fit::Stretch);
    }
    if axes.iter().all(|[(in_1, out_1), (in_2, out_2)]| out_1 - in_1 == out_2 - in_2) {
        return Some(Fit::Border);
    }
    None
}

fn find_fit(facts: &ModelFacts, network: &mut Network) -> Result<Known<Fit>, StylizeError> {
    if let Some(size) = facts.input.fixed_size {
        network.bind(size)?;
        let output = network.output_size().unwrap_or(size);
        return Ok(if output == size {
            Known::certain(Fit::Stretch, "input and output have the same size")
        } else {
            Known::new(Fit::Stretch, Confidence::Guess, format!("its output is always {output}"))
        });
    }
    let pairs = run_two(network, facts.multiple.value)?;
    let (input, output) = pairs[0];
    Ok(match relation(pairs) {
        Some(Fit::Stretch) if input == output => Known::certain(Fit::Stretch, "its output has the input's size"),
        Some(Fit::Border) => {
            Known::new(Fit::Border, Confidence::Likely, format!("{input} gave {output}, and so on for other sizes"))
        }
        Some(_) => Known::new(Fit::Stretch, Confidence::Likely, format!("{input} gave {output}, in proportion")),
        None => Known::new(Fit::Corner, Confidence::Guess, format!("{input} gave {output}, in no plain relation")),
    })
}

/// How well a range suits.
struct Trial {
    input: ValueRange,
    output: ValueRange,
    score: f32,
    text: String,
}

fn find_ranges(facts: &mut ModelFacts, network: &mut Network) -> Result<(), StylizeError> {
    let candidates: Vec<ValueRange> = match facts.input.range.confidence {
        Confidence::Certain => vec![facts.input.range.value],
        _ => RANGES.to_vec(),
    };
    let size = facts.input.fixed_size.unwrap_or(odd_multiples(facts.multiple.value)[0]);
    network.bind(size)?;
    let picture = test_picture(size);
    let mut trials: Vec<Trial> = Vec::new();
    for range in candidates {
        if let Some(trial) = try_range(facts, network, &picture, range)? {
            trials.push(trial);
        }
    }
    // A stable sort keeps the order of the candidates among equals.
    trials.sort_by(|a, b| b.score.total_cmp(&a.score));
    let Some(best) = trials.first() else { return Err(StylizeError::NotANumber) };
    let margin = trials.get(1).map_or(f32::INFINITY, |second| best.score - second.score);
    let confidence = if margin >= CLEAR_MARGIN { Confidence::Likely } else { Confidence::Guess };
    let reason = match trials.get(1) {
        Some(second) if confidence == Confidence::Guess => format!("{}; {} is as good", best.text, second.input),
        _ => best.text.clone(),
    };
    if facts.input.range.confidence != Confidence::Certain {
        facts.input.range = Known::new(best.input, confidence, reason.clone());
    }
    if facts.output.range.confidence != Confidence::Certain {
        facts.output.range = Known::new(best.output, confidence, reason);
    }
    Ok(())
}

/// Runs the network on the test picture in one range; `None` where it gives no numbers.
fn try_range(
    facts: &ModelFacts,
    network: &mut Network,
    picture: &Frame,
    range: ValueRange,
) -> Result<Option<Trial>, StylizeError> {
    let mut convention = facts.input.convention();
    convention.range = range;
    Preprocessor::new(&convention).run(picture, picture.size, network.input()?);
    network.run()?;
    let (tensor, output_size) = network.output()?;
    let values = tensor.to_floats();
    if values.iter().any(|value| value.is_nan()) {
        return Ok(None);
    }
    let count = facts.output.channels.value.count();
    let lightness = lightness(&values, output_size, count, facts.output.layout.value);
    let (low, high) = percentiles(&lightness);
    let output = match (facts.output.range.confidence, facts.output.element) {
        (Confidence::Certain, _) => facts.output.range.value,
        (_, Element::Uint8) => ValueRange::ZeroTo255,
        _ => output_range(low, high),
    };
    let (black, white) = match output {
        ValueRange::ZeroTo255 => (0.0, 255.0),
        ValueRange::ZeroToOne => (0.0, 1.0),
        ValueRange::MinusOneToOne => (-1.0, 1.0),
        ValueRange::Imagenet => (-2.04, 2.44),
    };
    let margin = 0.02 * (white - black);
    let is_outside = |value: &&f32| **value < black - margin || **value > white + margin;
    let outside = lightness.iter().filter(is_outside).count() as f32 / lightness.len() as f32;
    let wanted = source_lightness(picture, output_size);
    let (_, wanted_spread) = mean_and_spread(&wanted);
    let (_, spread) = mean_and_spread(&lightness);
    let contrast = (spread / (white - black)) / (wanted_spread / 255.0).max(1e-6);
    let likeness = correlation(&wanted, &lightness);
    let bonus = if output == range { SAME_RANGE_BONUS } else { 0.0 };
    let score = likeness * (contrast / 0.5).min(1.0) - outside + bonus;
    let text = format!(
        "fed {range} it gave {low:.2} to {high:.2}, {:.0} % like the picture, {:.0} % out of range",
        likeness * 100.0,
        outside * 100.0
    );
    Ok(Some(Trial { input: range, output, score, text }))
}

/// The usual range that values from `low` to `high` fit.
fn output_range(low: f32, high: f32) -> ValueRange {
    if high > 8.0 || low < -8.0 {
        ValueRange::ZeroTo255
    } else if (-1.05..-0.15).contains(&low) && high <= 1.05 {
        ValueRange::MinusOneToOne
    } else if low < -0.15 && high > 1.05 {
        ValueRange::Imagenet
    } else {
        ValueRange::ZeroToOne
    }
}

/// Mean of the first three channels of every pixel.
fn lightness(values: &[f32], size: Size, count: usize, layout: Layout) -> Vec<f32> {
    let at = |pixel: usize, channel: usize| match layout {
        Layout::Nchw => values[channel * size.area() + pixel],
        Layout::Nhwc => values[pixel * count + channel],
    };
    (0..size.area()).map(|pixel| (at(pixel, 0) + at(pixel, 1) + at(pixel, 2)) / 3.0).collect()
}

/// Lightness `0..=255` of the picture, at another size, by nearest pixel.
fn source_lightness(picture: &Frame, size: Size) -> Vec<f32> {
    let (width, height) = (picture.size.width as usize, picture.size.height as usize);
    let (to_width, to_height) = (size.width as usize, size.height as usize);
    let pixel = |index: usize| {
        let (x, y) = (index % to_width * width / to_width, index / to_width * height / to_height);
        let at = (y * width + x) * 4;
        picture.pixels[at..at + 3].iter().map(|&byte| f32::from(byte)).sum::<f32>() / 3.0
    };
    (0..size.area()).map(pixel).collect()
}

/// The values that 1 % lie below and above.
fn percentiles(values: &[f32]) -> (f32, f32) {
    let mut sorted = values.to_vec();
    sorted.sort_by(f32::total_cmp);
    let cut = sorted.len() / 100;
    (sorted[cut], sorted[sorted.len() - 1 - cut])
}

fn mean_and_spread(values: &[f32]) -> (f32, f32) {
    let count = values.len().max(1) as f64;
    let mean = values.iter().map(|&value| f64::from(value)).sum::<f64>() / count;
    let variance = values.iter().map(|&value| (f64::from(value) - mean).powi(2)).sum::<f64>() / count;
    (mean as f32, variance.sqrt() as f32)
}

/// Pearson's correlation, 0 where one of the two is flat.
fn correlation(a: &[f32], b: &[f32]) -> f32 {
    let ((mean_a, spread_a), (mean_b, spread_b)) = (mean_and_spread(a), mean_and_spread(b));
    let product = f64::from(spread_a) * f64::from(spread_b);
    if !product.is_finite() || product < 1e-12 {
        return 0.0;
    }
    let joint = a.iter().zip(b).map(|(&a, &b)| f64::from(a - mean_a) * f64::from(b - mean_b)).sum::<f64>();
    (joint / a.len() as f64 / product) as f32
}

/// A picture with the statistics of a game's: a sky, a ground, shapes with edges, all tones from black to white.
pub(super) fn test_picture(size: Size) -> Frame {
    let mut frame = Frame::new(size);
    let (width, height) = (size.width as f32, size.height as f32);
    for (index, pixel) in frame.pixels.chunks_exact_mut(4).enumerate() {
        let x = (index % size.width as usize) as f32 / width;
        let y = (index / size.width as usize) as f32 / height;
        let waves = 18.0 * ((x * 31.0).sin() * (y * 23.0).cos());
        let mut color =
            if y < 0.45 { [235.0 - 160.0 * y, 190.0 - 90.0 * y, 120.0] } else { [40.0, 110.0, 90.0 + 90.0 * y] };
        if (x - 0.3).powi(2) + (y - 0.5).powi(2) < 0.03 {
            color = [20.0, 40.0, 230.0];
        }
        if (0.6..0.8).contains(&x) && (0.25..0.8).contains(&y) {
            color = [15.0 + 30.0 * y, 12.0, 10.0];
        }
        if (0.66..0.72).contains(&x) && (0.3..0.4).contains(&y) {
            color = [250.0, 255.0, 255.0];
        }
        for (byte, value) in pixel.iter_mut().zip(color) {
            *byte = (value + waves).clamp(0.0, 255.0) as u8;
        }
    }
    frame
}
