//! A loaded, warm network that paints frames.

use super::facts::ModelFacts;
use super::failures;
use super::levels::levels_apply;
use super::manifest::brush_of;
use super::memory::refuse_above_limit;
use super::opened::{Opened, open};
use super::postprocess::Postprocessor;
use super::preprocess::Preprocessor;
use super::provider::reason_of;
use super::session::Network;
use super::{Parameter, ProviderChoice, Style, StylizeError};
use crate::control::{LevelsChoice, ParameterValue, ProviderReport, SizeRequest};
use crate::frame::{Frame, FramePool, Size};
use crate::light::{Leveller, Levels};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How a style is loaded.
#[derive(Debug, Clone)]
pub struct LoadOptions {
    pub provider: ProviderChoice,
    /// Threads of the CPU provider; 0 leaves it to Impasto (all but what the game needs).
    pub threads: usize,
    /// The size to warm up at: the frame's size, and how large to paint it.
    pub frame_size: Size,
    pub size: SizeRequest,
}

/// A painting and how long its stages took.
#[derive(Debug, Clone)]
pub struct Painted {
    /// The painting, at the network's output size, stamped like the frame it was painted from.
    pub picture: Arc<Frame>,
    pub input_size: Size,
    /// The curve that the frame was levelled with; `None` where it was painted as it was.
    pub levels: Option<Levels>,
    pub preprocess: Duration,
    pub inference: Duration,
    pub postprocess: Duration,
}

/// A loaded, warm style transfer network. Lives on one thread at a time (the `stylize` thread; built on `load style`).
#[derive(Debug)]
pub struct Painter {
    facts: ModelFacts,
    network: Network,
    preprocessor: Preprocessor,
    postprocessor: Postprocessor,
    levels: LevelsChoice,
    leveller: Leveller,
    provider: ProviderReport,
}

impl Painter {
    /// Loads and warms a style; blocks for up to seconds.
    ///
    /// # Errors
    /// The model is missing, broken, no image-to-image network, too large, or no provider runs it.
    pub fn load(style: &Style, options: &LoadOptions) -> Result<Self, StylizeError> {
        let Opened { facts, network, provider, .. } = open(style, options)?;
        let preprocessor = Preprocessor::new(&facts.input.convention());
        let maps = facts.output.convention().maps_to_bytes(facts.scale, facts.offset);
        let postprocessor = Postprocessor::new(facts.output.layout.value, maps, facts.fit.value);
        let (levels, leveller) = (LevelsChoice::default(), Leveller::default());
        Ok(Self { facts, network, preprocessor, postprocessor, levels, leveller, provider })
    }

    /// What was chosen by [`Self::set_levels`].
    pub fn levels(&self) -> LevelsChoice {
        self.levels
    }

    /// Chooses whether frames are levelled, from the next one on; at first the manifest decides.
    pub fn set_levels(&mut self, choice: LevelsChoice) {
        self.levels = choice;
    }

    /// Paints one frame at the requested size, rounded to what the network can do. Allocates nothing in the steady
    /// state.
    ///
    /// Where levels apply, successive frames are told by their timestamps, see [`Leveller::table`]: frames whose
    /// timestamps do not grow are each levelled on their own.
    ///
    /// # Errors
    /// Inference failed or gave no numbers (NaN).
    pub fn paint(&mut self, frame: &Frame, size: SizeRequest, pool: &mut FramePool) -> Result<Painted, StylizeError> {
        self.paint_again(frame, Duration::ZERO, size, pool)
    }

    /// The same for a frame that is still the newest one after `age`: the light has been followed so much further.
    ///
    /// # Errors
    /// As [`Self::paint`].
    pub fn paint_again(
        &mut self,
        frame: &Frame,
        age: Duration,
        size: SizeRequest,
        pool: &mut FramePool,
    ) -> Result<Painted, StylizeError> {
        let input_size = self.facts.working_size(size, frame.size);
        self.bind(input_size)?;
        let start = Instant::now();
        let is_levelled = levels_apply(self.facts.manifest.as_ref(), self.levels);
        let table = is_levelled.then(|| self.leveller.table(frame, frame.timestamp + age));
        self.preprocessor.run_levelled(frame, input_size, self.network.input()?, table.as_ref());
        let preprocessed = Instant::now();
        self.network.run()?;
        let inferred = Instant::now();
        let (tensor, output_size) = self.network.output()?;
        let painting_size = self.postprocessor.painting_size(input_size, output_size);
        let postprocessor = &mut self.postprocessor;
        let picture = pool.fill(painting_size, |picture| {
            picture.stamp_like(frame);
            let are_numbers = postprocessor.run(tensor, output_size, picture);
            if are_numbers { Ok(()) } else { Err(StylizeError::NotANumber) }
        })?;
        Ok(Painted {
            picture,
            input_size,
            levels: is_levelled.then(|| self.leveller.levels()),
            preprocess: preprocessed - start,
            inference: inferred - preprocessed,
            postprocess: inferred.elapsed(),
        })
    }

    /// Makes the tensors for another size, unless it would need absurd memory.
    fn bind(&mut self, size: Size) -> Result<(), StylizeError> {
        if self.network.input_size() != Some(size) {
            // Nearly all memory grows with the area; weights are counted as if they did, which errs to the safe side.
            let growth = size.area() as f64 / self.facts.probed_at.area() as f64;
            let needed = (self.facts.memory_bytes as f64 * growth.max(1.0)) as u64;
            refuse_above_limit(&self.facts.model, size, needed)?;
        }
        self.network.bind(size)
    }

    /// Whether the last frame would be painted in another light now, so that it should be painted again.
    pub fn is_settling(&self) -> bool {
        levels_apply(self.facts.manifest.as_ref(), self.levels) && self.leveller.is_settling()
    }

    /// What Impasto understood of the model.
    pub fn facts(&self) -> &ModelFacts {
        &self.facts
    }

    /// The further inputs of the network, with their current values.
    pub fn parameters(&self) -> &[Parameter] {
        &self.facts.parameters
    }

    /// Sets a further input; it counts from the next frame on.
    ///
    /// # Errors
    /// The network has no such input, or the number of values is wrong.
    pub fn set_parameter(&mut self, value: &ParameterValue) -> Result<(), StylizeError> {
        let parameters = &mut self.facts.parameters;
        let Some(index) = parameters.iter().position(|parameter| parameter.name == value.name) else {
            let names: Vec<&str> = parameters.iter().map(|parameter| parameter.name.as_str()).collect();
            let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            return Err(StylizeError::UnknownParameter { name: value.name.clone(), known });
        };
        let parameter = &mut parameters[index];
        if parameter.values.len() != value.values.len() {
            let (expected, given) = (parameter.values.len(), value.values.len());
            return Err(StylizeError::ParameterCount { name: value.name.clone(), expected, given });
        }
        self.network.set_parameter(index, &value.values)?;
        parameter.values.copy_from_slice(&value.values);
        Ok(())
    }

    /// Whether another provider may do what this one failed to do: the CPU is the last.
    pub fn is_replaceable(&self) -> bool {
        self.provider.running != ProviderChoice::Cpu.to_string()
    }

    /// Takes note that the provider failed with `error` while it painted (a graphics card was lost). Whoever lets go of
    /// this painter and loads the style again gets the provider only where it proves again that it works, and not after
    /// a second failure.
    pub fn note_failure(&self, error: &StylizeError) {
        failures::note(&self.provider.running, reason_of(error));
    }

    /// Which provider runs, and why.
    pub fn provider(&self) -> &ProviderReport {
        &self.provider
    }
}

impl ModelFacts {
    /// The input size at which this network paints frames of `frame` size when `request` is asked for.
    pub fn working_size(&self, request: SizeRequest, frame: Size) -> Size {
        let size = || request.resolve(frame, brush_of(self.manifest.as_ref())).rounded_to(self.multiple.value);
        self.input.fixed_size.unwrap_or_else(size)
    }
}
