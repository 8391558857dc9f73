//! Encodes pictures with whichever encoder works: where one breaks, the next goes on, and no picture is lost.

use super::encoder::{
    EncoderChoice, EncoderKind, EncoderSettings, PATIENCE, VideoEncoder, automatic_encoder, open_encoder,
};
use super::error::RecordError;
use super::letterbox::Letterbox;
use super::sample::Sample;
use super::yuv::Planes;
use crate::control::RecordQuality;
use crate::frame::{Frame, Size};
use std::collections::VecDeque;
use std::sync::Arc;

/// Pictures of any size go in, samples of one size come out. Lives on one thread.
pub struct Encoding {
    letterbox: Letterbox,
    chain: EncoderChain,
}

/// An encoder with those that stand behind it.
struct EncoderChain {
    settings: EncoderSettings,
    choice: EncoderChoice,
    running: Option<(EncoderKind, Box<dyn VideoEncoder>)>,
    /// Encoders that broke, with why, in order.
    broken: Vec<(EncoderKind, String)>,
}

impl Encoding {
    /// Prepares to encode pictures of the size `native`, whose odd sides lose their last pixel; the encoder is started
    /// with the first picture.
    ///
    /// # Errors
    /// Size or rate is beyond the limits of encoders.
    pub fn new(native: Size, fps: f64, quality: RecordQuality, choice: EncoderChoice) -> Result<Self, RecordError> {
        let size = Size::new(native.width & !1, native.height & !1);
        let settings = EncoderSettings { size, fps, quality };
        settings.check()?;
        let chain = EncoderChain { settings, choice, running: None, broken: Vec::new() };
        Ok(Self { letterbox: Letterbox::new(native), chain })
    }

    /// Encodes a picture, letterboxed where it has another size, and appends the samples that are ready.
    ///
    /// # Errors
    /// Every encoder broke.
    pub fn encode(&mut self, picture: &Frame, samples: &mut Vec<Sample>) -> Result<(), RecordError> {
        self.chain.encode(self.letterbox.fit(picture), samples)
    }

    /// Waits for the samples of all pictures.
    ///
    /// # Errors
    /// Every encoder broke.
    pub fn finish(&mut self, samples: &mut Vec<Sample>) -> Result<(), RecordError> {
        self.chain.finish(samples)
    }

    /// The encoder that runs, once there was a picture.
    pub fn running(&self) -> Option<EncoderKind> {
        self.chain.running.as_ref().map(|(kind, _)| *kind)
    }

    /// Encoders that broke so far, with why, in order.
    pub fn broken(&self) -> &[(EncoderKind, String)] {
        &self.chain.broken
    }
}

impl EncoderChain {
    fn finish(&mut self, samples: &mut Vec<Sample>) -> Result<(), RecordError> {
        while let Some((kind, mut encoder)) = self.running.take() {
            let Err(reason) = encoder.finish(samples) else { return Ok(()) };
            self.replace(kind, reason, encoder, samples)?;
        }
        Ok(())
    }

    fn encode(&mut self, picture: &Planes, samples: &mut Vec<Sample>) -> Result<(), RecordError> {
        if self.running.is_none() {
            self.start_next()?;
        }
        let Some((kind, mut encoder)) = self.running.take() else { return Ok(()) };
        match encoder.encode(picture, samples) {
            Ok(()) => {
                self.running = Some((kind, encoder));
                Ok(())
            }
            Err(reason) => self.replace(kind, reason, encoder, samples),
        }
    }

    /// Starts the next encoder that can be started.
    fn start_next(&mut self) -> Result<(), RecordError> {
        let kind = self.next_kind()?;
        match open_encoder(kind, &self.settings, PATIENCE) {
            Ok(encoder) => {
                tracing::debug!("recording with {kind}");
                self.running = Some((kind, encoder));
                Ok(())
            }
            Err(reason) => {
                self.broken.push((kind, reason));
                self.start_next()
            }
        }
    }

    /// Lets the next encoder take over, with the pictures that the broken one did not finish.
    fn replace(
        &mut self,
        kind: EncoderKind,
        reason: String,
        mut encoder: Box<dyn VideoEncoder>,
        samples: &mut Vec<Sample>,
    ) -> Result<(), RecordError> {
        let mut left: VecDeque<Arc<Planes>> = encoder.take_unfinished().into();
        drop(encoder);
        self.broken.push((kind, reason));
        self.start_next()?;
        while let Some(picture) = left.pop_front() {
            let Some((kind, mut encoder)) = self.running.take() else { break };
            match encoder.encode(&picture, samples) {
                Ok(()) => self.running = Some((kind, encoder)),
                Err(reason) => {
                    // What it did not finish comes before what it was not given.
                    for unfinished in encoder.take_unfinished().into_iter().rev() {
                        left.push_front(unfinished);
                    }
                    self.broken.push((kind, reason));
                    self.start_next()?;
                }
            }
        }
        Ok(())
    }

    fn next_kind(&self) -> Result<EncoderKind, RecordError> {
        let broken: Vec<_> = self.broken.iter().map(|(kind, _)| *kind).collect();
        match self.choice {
            EncoderChoice::Only(kind) if !broken.contains(&kind) => return Ok(kind),
            EncoderChoice::Only(_) | EncoderChoice::Auto => {}
        }
        let next = automatic_encoder(&broken);
        match self.broken.iter().find(|(kind, _)| *kind == next) {
            None => Ok(next),
            Some((_, reason)) => Err(RecordError::Encoder(reason.clone())),
        }
    }
}
