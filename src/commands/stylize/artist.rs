//! Paints frames one by one, each with its own painting.

use super::script::style_of;
use crate::commands::finisher::Finisher;
use crate::commands::paint_options::PaintOptions;
use crate::compose::{ComposeError, Layers, Painting};
use crate::control::{LevelsChoice, Look, ParameterValue, SizeRequest};
use crate::frame::{Frame, FramePool, Size};
use crate::record::PaintedWith;
use crate::stylize::{LoadOptions, Painter, Parameter, Style, StylizeError};
use std::sync::Arc;

/// How large pictures of a recording were painted; `frame` is their size.
pub fn recorded_size(painted: &PaintedWith, frame: Size) -> SizeRequest {
    // Recordings that do not say it were made before there were brushes, and are painted at their full size.
    painted.size.unwrap_or(SizeRequest::Height(frame.height))
}

/// A network and a compositor. Lives on one thread.
pub struct Artist {
    painter: Painter,
    options: LoadOptions,
    /// The style that the painter has, and painters of other styles.
    style: Style,
    others: Vec<(Style, Painter)>,
    finisher: Finisher,
    pool: FramePool,
    size: SizeRequest,
    /// The size follows a recording, where it paints as one was painted: the command line names none.
    follows_size: bool,
    levels: LevelsChoice,
    look: Look,
}

impl Artist {
    /// Loads a style for frames of about `frame_size`; blocks for up to seconds.
    ///
    /// # Errors
    /// The style cannot be used, lacks a parameter that was given, or no graphics device can be opened.
    pub fn load(style: &Style, paint: &PaintOptions, size: SizeRequest, frame_size: Size) -> anyhow::Result<Self> {
        let look = paint.look();
        let options = LoadOptions { provider: paint.provider, threads: 0, frame_size, size };
        let mut painter = Painter::load(style, &options)?;
        for value in &paint.parameters {
            painter.set_parameter(value)?;
        }
        Ok(Self {
            painter,
            options,
            style: style.clone(),
            others: Vec::new(),
            finisher: Finisher::open()?,
            pool: FramePool::new(),
            size,
            follows_size: paint.size.asked().is_none(),
            levels: paint.levels.unwrap_or_default(),
            look,
        })
    }

    /// Paints as pictures of a recording were painted, from now on. Blocks for up to seconds where a style is new.
    ///
    /// # Errors
    /// The style is not there, or cannot be used.
    pub fn follow(&mut self, painted: &PaintedWith) -> anyhow::Result<()> {
        self.look = painted.look;
        if self.follows_size {
            self.size = recorded_size(painted, self.options.frame_size);
            self.options.size = self.size;
        }
        self.levels = if painted.levels { LevelsChoice::On } else { LevelsChoice::Off };
        if painted.style.is_empty() {
            // Nothing was painted yet.
            self.look.bypass = true;
            return Ok(());
        }
        if painted.style != self.style.name {
            let known = self.others.iter().position(|(style, _)| style.name == painted.style);
            let (style, painter) = match known {
                Some(index) => self.others.swap_remove(index),
                None => {
                    // The recording's name for it is what is compared.
                    let style = Style { name: painted.style.clone(), ..style_of(painted)? };
                    let painter = Painter::load(&style, &self.options)?;
                    (style, painter)
                }
            };
            let before = std::mem::replace(&mut self.painter, painter);
            self.others.push((std::mem::replace(&mut self.style, style), before));
        }
        for value in &painted.parameters {
            // The recorder notes parameters of every style that was used, and this one may lack some.
            if let Err(error) = self.painter.set_parameter(value) {
                tracing::debug!("{error}");
            }
        }
        Ok(())
    }

    /// The finished picture of a frame.
    ///
    /// # Errors
    /// The network cannot paint this frame, or the graphics device failed.
    pub fn make(&mut self, frame: &Arc<Frame>) -> anyhow::Result<Arc<Frame>> {
        if self.look.bypass {
            let layers = Layers { frame: Arc::clone(frame), painting: None };
            return Ok(self.finisher.finish(&layers, &self.look, frame.size)?);
        }
        let painting = self.paint(frame)?;
        Ok(self.finish(painting)?)
    }

    /// Paints a frame. Where the execution provider fails (a graphics card was lost), another one takes over, and the
    /// frame is painted again.
    ///
    /// # Errors
    /// The network cannot paint this frame.
    pub fn paint(&mut self, frame: &Arc<Frame>) -> Result<Painting, StylizeError> {
        let painted = loop {
            self.painter.set_levels(self.levels);
            match self.painter.paint(frame, self.size, &mut self.pool) {
                Err(error) if self.painter.is_replaceable() => self.replace_provider(&error)?,
                painted => break painted?,
            }
        };
        Ok(Painting { picture: painted.picture, source: Arc::clone(frame) })
    }

    /// Loads the style again, with the same parameters, because its provider failed.
    fn replace_provider(&mut self, error: &StylizeError) -> Result<(), StylizeError> {
        let failed = &self.painter.provider().running;
        err!("note: {failed} stopped painting, so another provider is tried: {error}");
        self.painter.note_failure(error);
        let mut painter = Painter::load(&self.style, &self.options)?;
        for Parameter { name, values, .. } in self.painter.parameters() {
            painter.set_parameter(&ParameterValue { name: name.clone(), values: values.clone() })?;
        }
        err!("note: {} paints from here on", painter.provider().running);
        self.painter = painter;
        Ok(())
    }

    /// Joins a painting with its frame into the finished picture, at the frame's size or the largest that the graphics
    /// device holds.
    ///
    /// # Errors
    /// The graphics device failed.
    pub fn finish(&mut self, painting: Painting) -> Result<Arc<Frame>, ComposeError> {
        let layers = Layers { frame: Arc::clone(&painting.source), painting: Some(painting) };
        let output = layers.frame.size;
        self.finisher.finish(&layers, &self.look, output)
    }
}
