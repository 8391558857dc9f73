//! The compositor: uploads what is new, plans the picture and draws it.

use super::carry::{Carry, CarryEstimator};
use super::fault;
use super::gpu::Gpu;
use super::guide::{Shrinker, contrast};
use super::palette::{self, Palette};
use super::pass::Pass;
use super::plan::{self, PaintingFacts, Plan};
use super::read_back::{ReadBack, Stamp};
use super::study::Study;
use super::texture::Picture;
use super::{ComposeError, Layers, Painting};
use crate::control::Look;
use crate::frame::{Frame, FramePool, Size};
use std::sync::Arc;

/// Makes finished pictures. Lives on the thread that presents.
///
/// In the steady state it makes no GPU objects: textures, bindings and buffers are kept until a size changes.
pub struct Compositor {
    pass: Pass,
    frame: Picture,
    painting: Picture,
    guide: Picture,
    output: Picture,
    /// Made anew when one of the three textures it names was.
    bindings: Option<wgpu::BindGroup>,
    /// What the textures hold. Holding the frames themselves keeps their memory from being used for others meanwhile,
    /// so that one pointer always means one picture.
    uploaded_frame: Option<Arc<Frame>>,
    uploaded_painting: Option<Painting>,
    /// Whether the guide was uploaded with the painting; a painting that is shown as it is needs none.
    has_guide: bool,
    /// Whether the painting was uploaded with its outlines, which clarity 0 does not need.
    has_outlines: bool,
    contrast: f32,
    palette: Palette,
    shrinker: Shrinker,
    small: Frame,
    study: Study,
    /// The painting with its outlines.
    marked: Frame,
    estimator: CarryEstimator,
    /// The carry of the uploaded painting onto this frame.
    carried: Option<(Arc<Frame>, Carry)>,
    drawn: Option<Drawn>,
    read_back: ReadBack,
}

/// What the output texture shows.
struct Drawn {
    frame: Arc<Frame>,
    plan: Plan,
    painting: Option<Arc<Frame>>,
}

impl Compositor {
    /// Builds the pipelines. The shader variants themselves are compiled when they are first used.
    pub fn new(gpu: &Gpu) -> Self {
        Self {
            pass: Pass::new(gpu),
            frame: Picture::placeholder(gpu),
            painting: Picture::placeholder(gpu),
            guide: Picture::placeholder(gpu),
            output: Picture::placeholder(gpu),
            bindings: None,
            uploaded_frame: None,
            uploaded_painting: None,
            has_guide: false,
            has_outlines: false,
            contrast: 1.0,
            palette: palette::PLAIN,
            shrinker: Shrinker::default(),
            small: Frame::new(Size::new(1, 1)),
            study: Study::default(),
            marked: Frame::new(Size::new(1, 1)),
            estimator: CarryEstimator::default(),
            carried: None,
            drawn: None,
            read_back: ReadBack::default(),
        }
    }

    /// Makes the finished picture at `output` size and gives the texture that holds it (format `Bgra8Unorm`, already
    /// sRGB-encoded bytes, usable as a texture binding and as a copy source). Frames already uploaded are not uploaded
    /// again, and a picture that would be the same is not drawn again.
    ///
    /// Sizes that the device cannot hold (mostly above 8192 or 16384 pixels a side) are brought down to what it can; a
    /// painting of such a size is not shown.
    /// An error of the device leaves the texture as it was and is reported by [`Gpu::take_error`].
    pub fn compose(&mut self, gpu: &Gpu, layers: &Layers, look: &Look, output: Size) -> &wgpu::Texture {
        let largest = gpu.device.limits().max_texture_dimension_2d;
        let output = Size::new(output.width.clamp(1, largest), output.height.clamp(1, largest));
        if layers.frame.size.area() == 0 {
            return &self.output.texture;
        }
        let shown = layers.painting.as_ref().filter(|_| plan::shows_painting(layers, look));
        let shown = shown.filter(|painting| {
            let fits = painting.picture.size.width <= largest && painting.picture.size.height <= largest;
            fits && painting.picture.size.area() > 0 && painting.source.size.area() > 0
        });
        let shown_layers = Layers { frame: Arc::clone(&layers.frame), painting: shown.cloned() };
        let facts = match &shown_layers.painting {
            Some(painting) => self.take_in(gpu, painting, &layers.frame, output, plan::clarity(look)),
            None => PaintingFacts { contrast: 1.0, palette: palette::PLAIN, carry: Carry::default() },
        };
        let held = held_size(layers.frame.size, largest);
        let plan = plan::plan(&shown_layers, look, output, facts).with_frame_held_at(held, output);
        let picture = shown_layers.painting.map(|painting| painting.picture);
        if self.drawn.as_ref().is_some_and(|drawn| drawn.shows(&layers.frame, picture.as_ref(), &plan)) {
            return &self.output.texture;
        }
        if plan.needs_frame() && !is_same(self.uploaded_frame.as_ref(), &layers.frame) {
            self.upload_frame(gpu, &layers.frame, largest);
        }
        if self.output.size != output || self.drawn.is_none() {
            let usage = wgpu::TextureUsages::RENDER_ATTACHMENT
                | wgpu::TextureUsages::TEXTURE_BINDING
                | wgpu::TextureUsages::COPY_SRC;
            self.output = Picture::new(gpu, "finished picture", output, usage);
        }
        let pictures = [&self.frame.view, &self.painting.view, &self.guide.view];
        let bindings = self.bindings.get_or_insert_with(|| self.pass.bind(gpu, pictures));
        self.pass.draw(gpu, &plan, bindings, &self.output.view);
        fault::while_drawing(&gpu.device);
        self.drawn = Some(Drawn { frame: Arc::clone(&layers.frame), plan, painting: picture });
        &self.output.texture
    }

    /// Copies the finished picture back, blocking until it is here (at most 10 s). It is stamped like its frame.
    ///
    /// # Errors
    /// Nothing was composed yet, or the device was lost or refused the copy.
    pub fn read_back(&mut self, gpu: &Gpu, pool: &mut FramePool) -> Result<Arc<Frame>, ComposeError> {
        let drawn = self.drawn.as_ref().ok_or(ComposeError::NothingComposed)?;
        self.read_back.blocking(gpu, &self.output, Stamp::of(&drawn.frame), pool)
    }

    /// Starts to copy the finished picture back without waiting; [`take_read_back`](Self::take_read_back) gives it
    /// later, usually one or two pictures later. Gives `false` where three copies are already under way (or nothing was
    /// composed yet): this picture is then left out, and the caller counts the loss.
    pub fn begin_read_back(&mut self, gpu: &Gpu) -> bool {
        let Some(drawn) = &self.drawn else { return false };
        self.read_back.begin(gpu, &self.output, Stamp::of(&drawn.frame))
    }

    /// The oldest copied picture that is here, in the order they were begun. Never waits. `None` also when the device
    /// was lost; [`Gpu::take_error`] then says so.
    pub fn take_read_back(&mut self, gpu: &Gpu, pool: &mut FramePool) -> Option<Arc<Frame>> {
        self.read_back.take(gpu, pool)
    }

    /// Uploads what is new of the painting, and finds how it gets to `frame`.
    fn take_in(
        &mut self,
        gpu: &Gpu,
        painting: &Painting,
        frame: &Arc<Frame>,
        output: Size,
        clarity: f32,
    ) -> PaintingFacts {
        let known = self.uploaded_painting.as_ref();
        let is_known = known.is_some_and(|known| {
            Arc::ptr_eq(&known.picture, &painting.picture) && Arc::ptr_eq(&known.source, &painting.source)
        });
        if !is_known {
            self.has_guide = false;
            self.has_outlines = false;
            self.carried = None;
        }
        let is_fresh = Arc::ptr_eq(&painting.source, frame);
        let wants_outlines = clarity > 0.0 && !self.has_outlines;
        if (wants_outlines || !is_fresh || painting.picture.size != output) && !self.has_guide {
            self.set_guide(gpu, painting);
        }
        if wants_outlines {
            self.marked.reshape(painting.picture.size);
            self.marked.pixels.copy_from_slice(&painting.picture.pixels);
            self.study.mark_outlines(&mut self.marked, self.contrast);
        }
        if wants_outlines || !is_known {
            let picture = if wants_outlines { &self.marked } else { &*painting.picture };
            if self.painting.upload(gpu, "painting", picture) {
                self.bindings = None;
            }
            self.has_outlines = wants_outlines;
            self.uploaded_painting = Some(painting.clone());
        }
        let carry = match &self.carried {
            _ if is_fresh => Carry::default(),
            Some((onto, carry)) if Arc::ptr_eq(onto, frame) => *carry,
            _ => {
                let carry = self.estimator.estimate(frame);
                self.carried = Some((Arc::clone(frame), carry));
                carry
            }
        };
        PaintingFacts { contrast: self.contrast, palette: self.palette, carry }
    }

    /// Shrinks the frame that was painted, compares the painting with it, and uploads it.
    fn set_guide(&mut self, gpu: &Gpu, painting: &Painting) {
        self.small.reshape(painting.picture.size);
        self.shrinker.shrink(&painting.source, &mut self.small);
        self.contrast = contrast(&painting.picture, &self.small);
        self.palette = palette::fit(&painting.picture, &self.small);
        self.estimator.set_painted(&self.small);
        self.study.begin(&painting.picture, &self.small);
        self.study.mark_silhouettes(&mut self.small);
        if self.guide.upload(gpu, "guide", &self.small) {
            self.bindings = None;
        }
        self.has_guide = true;
    }

    fn upload_frame(&mut self, gpu: &Gpu, frame: &Arc<Frame>, largest: u32) {
        let held = held_size(frame.size, largest);
        let is_replaced = if held == frame.size {
            self.frame.upload(gpu, "frame", frame)
        } else {
            let mut fitting = Frame::new(held);
            Shrinker::default().shrink(frame, &mut fitting);
            self.frame.upload(gpu, "frame", &fitting)
        };
        if is_replaced {
            self.bindings = None;
        }
        self.uploaded_frame = Some(Arc::clone(frame));
    }
}

impl Drawn {
    fn shows(&self, frame: &Arc<Frame>, painting: Option<&Arc<Frame>>, plan: &Plan) -> bool {
        let same_painting = match (&self.painting, painting) {
            (Some(drawn), Some(wanted)) => Arc::ptr_eq(drawn, wanted),
            (None, None) => true,
            _ => false,
        };
        Arc::ptr_eq(&self.frame, frame) && same_painting && self.plan == *plan
    }
}

/// The size at which a frame is held on a device with textures of at most `largest` pixels a side.
fn held_size(frame: Size, largest: u32) -> Size {
    Size::new(frame.width.min(largest), frame.height.min(largest))
}

fn is_same(uploaded: Option<&Arc<Frame>>, frame: &Arc<Frame>) -> bool {
    uploaded.is_some_and(|uploaded| Arc::ptr_eq(uploaded, frame))
}
