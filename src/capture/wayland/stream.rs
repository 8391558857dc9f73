//! The stream of pictures from PipeWire. Everything runs on the thread that polls, within [`PictureStream::wait`]:
//! PipeWire calls back from a thread of its own unless the loop stays entered.

use super::offers::{self, LONGEST_SIDE_PX};
use super::pixels::{Part, PixelLayout, copy_part, layout_of};
use crate::frame::{Frame, FramePool, Size};
use pipewire as pw;
use pw::context::ContextRc;
use pw::core::CoreRc;
use pw::main_loop::MainLoopRc;
use pw::properties::properties;
use pw::spa;
use pw::stream::{Stream, StreamFlags, StreamRc, StreamState};
use spa::buffer::ChunkFlags;
use spa::buffer::meta::{MetaHeader, MetaHeaderFlags, MetaVideoCrop};
use spa::param::ParamType;
use spa::param::video::VideoInfoRaw;
use spa::pod::Pod;
use std::cell::RefCell;
use std::os::fd::OwnedFd;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The largest number of pixels of a picture.
const MOST_PIXELS: usize = 1 << 26;

/// A stream that ended before a format was agreed on is tried again after this time, for PipeWire's session manager may
/// not know yet what the portal has just shared.
const RETRY_PAUSE: Duration = Duration::from_millis(250);
const MOST_TRIES: u32 = 3;

/// How long it may take until a format is agreed on.
const FORMAT_PATIENCE: Duration = Duration::from_secs(10);

/// A stream that has given no picture of its format is paused and resumed after this time: the only picture of a game
/// that stands still may have been sent before our end was ready, and compositors send one whenever a stream begins to
/// run.
const NUDGE_PAUSE: Duration = Duration::from_millis(700);
const MOST_NUDGES: u32 = 8;

const NO_FORMAT: &str = "the desktop and Impasto agreed on no kind of picture: it seems to hand pictures over only in the \
                         graphics card's memory (DMA-BUF), which Impasto does not take; update the desktop's portal, or \
                         play on X11";

const NO_STREAM: &str = "no picture has come from the desktop: see that PipeWire's session manager runs (systemctl --user \
                         restart wireplumber), and choose again; a desktop that hands pictures over only in the graphics \
                         card's memory (DMA-BUF) cannot be captured: play on X11 there";

/// The object of PipeWire that stands for the connection itself.
const CORE_ID: u32 = 0;

/// How the stream is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamHealth {
    /// The stream is being set up, or has been paused since the instant.
    Waiting { since: Instant },
    /// Pictures come whenever something changes.
    Streaming,
    /// The compositor has ended the stream.
    Ended,
    /// PipeWire itself is gone.
    PipeWireGone,
    /// The stream cannot work; the text says why.
    Failed(String),
}

/// What the callbacks fill.
struct Shared {
    health: StreamHealth,
    format: Option<(Size, PixelLayout)>,
    pool: FramePool,
    newest: Option<Arc<Frame>>,
    /// A picture of the format has come.
    has_picture: bool,
    opened_at: Instant,
    sequence: u64,
}

/// A stream of pictures; dropping it disconnects.
pub struct PictureStream {
    joined: Option<Joined>,
    node: u32,
    tries: u32,
    retry_at: Option<Instant>,
    /// When the stream began to run with this format, or was paused last for the sake of a picture, and how often.
    nudged_at: Option<Instant>,
    nudges: u32,
    _core_listener: pw::core::Listener,
    core: CoreRc,
    _context: ContextRc,
    main_loop: EnteredLoop,
    shared: Rc<RefCell<Shared>>,
}

/// A loop that belongs to this thread until it is dropped. Without that, whatever comes between two waits would be
/// handled by PipeWire's data thread, beside ours.
struct EnteredLoop(MainLoopRc);

impl EnteredLoop {
    fn new() -> Result<Self, pw::Error> {
        let main_loop = MainLoopRc::new(None)?;
        // SAFETY: it is left exactly once, when `self` is dropped; neither can change its thread, for it is not `Send`.
        unsafe { main_loop.loop_().enter() };
        Ok(Self(main_loop))
    }

    /// Handles what has come, after waiting up to `timeout` for something.
    fn wait(&self, timeout: Duration) {
        // SAFETY: the loop is entered as long as `self` lives.
        unsafe { self.0.loop_().iterate_unguarded(pw::loop_::Timeout::Finite(timeout)) };
    }
}

impl Drop for EnteredLoop {
    fn drop(&mut self) {
        // SAFETY: it was entered when `self` was made.
        unsafe { self.0.loop_().leave() };
    }
}

/// Our end of the stream. The listener comes first, so that it goes first.
struct Joined {
    _listener: pw::stream::StreamListener<()>,
    stream: StreamRc,
}

impl PictureStream {
    /// Connects to the node, over a connection that the portal has opened.
    ///
    /// # Errors
    /// PipeWire refuses the connection or the stream.
    pub fn connect(remote: OwnedFd, node: u32) -> Result<Self, pw::Error> {
        pw::init();
        let main_loop = EnteredLoop::new()?;
        let context = ContextRc::new(&main_loop.0, None)?;
        let core = context.connect_fd_rc(remote, None)?;
        let now = Instant::now();
        let shared = Rc::new(RefCell::new(Shared {
            health: StreamHealth::Waiting { since: now },
            format: None,
            pool: FramePool::new(),
            newest: None,
            has_picture: false,
            opened_at: now,
            sequence: 0,
        }));
        let known = Rc::clone(&shared);
        let core_listener = core
            .add_listener_local()
            .error(move |id, _, result, message| {
                tracing::debug!("PipeWire's object {id}: {message} ({result})");
                if id == CORE_ID && result == -libc::EPIPE {
                    known.borrow_mut().health = StreamHealth::PipeWireGone;
                }
            })
            .register();
        let mut stream = Self {
            joined: None,
            node,
            tries: 0,
            retry_at: None,
            nudged_at: None,
            nudges: 0,
            _core_listener: core_listener,
            core,
            _context: context,
            main_loop,
            shared,
        };
        stream.join()?;
        Ok(stream)
    }

    /// Makes our end of the stream, in place of one that has ended.
    fn join(&mut self) -> Result<(), pw::Error> {
        self.joined = None;
        self.tries += 1;
        self.retry_at = None;
        let stream = StreamRc::new(
            self.core.clone(),
            "impasto",
            properties! {
                *pw::keys::MEDIA_TYPE => "Video",
                *pw::keys::MEDIA_CATEGORY => "Capture",
                *pw::keys::MEDIA_ROLE => "Screen",
                // Another source, such as a camera, is no substitute for the game.
                *pw::keys::NODE_DONT_RECONNECT => "true",
            },
        )?;
        let listener = listen(&stream, &self.shared)?;
        let formats = offers::formats();
        let formats = Pod::from_bytes(&formats).expect("we wrote it ourselves");
        let flags = StreamFlags::AUTOCONNECT | StreamFlags::MAP_BUFFERS;
        stream.connect(spa::utils::Direction::Input, Some(self.node), flags, &mut [formats])?;
        self.joined = Some(Joined { _listener: listener, stream });
        Ok(())
    }

    /// Handles what has come, after waiting up to `timeout` for something.
    pub fn wait(&mut self, timeout: Duration) {
        self.main_loop.wait(timeout);
        let (has_format, has_picture) = (self.shared.borrow().format.is_some(), self.shared.borrow().has_picture);
        if !has_format {
            self.look_after_start();
        } else if has_picture {
            (self.nudged_at, self.nudges) = (None, 0);
        } else {
            self.look_after_first_picture();
        }
    }

    /// Makes the compositor send its picture again where none has come.
    fn look_after_first_picture(&mut self) {
        if self.health() != StreamHealth::Streaming || self.nudges == MOST_NUDGES {
            return;
        }
        let now = Instant::now();
        let Some(joined) = self.joined.as_ref().filter(|_| now >= *self.nudged_at.get_or_insert(now) + NUDGE_PAUSE)
        else {
            return;
        };
        (self.nudged_at, self.nudges) = (Some(now), self.nudges + 1);
        tracing::debug!("no picture has come yet: the stream is paused and resumed");
        if let Err(error) = joined.stream.set_active(false).and_then(|()| joined.stream.set_active(true)) {
            tracing::debug!("the stream cannot be paused: {error}");
        }
    }

    /// Tries again where the stream has ended before it began, and gives up after a while.
    fn look_after_start(&mut self) {
        let now = Instant::now();
        let health = self.health();
        let failure = match health {
            StreamHealth::Ended if self.tries < MOST_TRIES => {
                let retry_at = *self.retry_at.get_or_insert(now + RETRY_PAUSE);
                self.shared.borrow_mut().health = StreamHealth::Waiting { since: now };
                tracing::debug!("the stream ended before it began: another try in {:?}", retry_at - now);
                return;
            }
            StreamHealth::Ended => NO_FORMAT.to_owned(),
            StreamHealth::Waiting { .. } if self.retry_at.is_some_and(|at| at <= now) => match self.join() {
                Ok(()) => return,
                Err(error) => format!("PipeWire refuses a stream: {error}"),
            },
            StreamHealth::Waiting { .. } if self.shared.borrow().opened_at.elapsed() > FORMAT_PATIENCE => {
                NO_STREAM.to_owned()
            }
            _ => return,
        };
        self.shared.borrow_mut().health = StreamHealth::Failed(failure);
    }

    /// The newest picture that nobody took yet.
    pub fn take(&self) -> Option<Arc<Frame>> {
        self.shared.borrow_mut().newest.take()
    }

    pub fn health(&self) -> StreamHealth {
        self.shared.borrow().health.clone()
    }
}

fn listen(stream: &Stream, shared: &Rc<RefCell<Shared>>) -> Result<pw::stream::StreamListener<()>, pw::Error> {
    let (of_state, of_format, of_pictures) = (Rc::clone(shared), Rc::clone(shared), Rc::clone(shared));
    stream
        .add_local_listener::<()>()
        .state_changed(move |_, _, before, now| {
            tracing::debug!("the stream was {before:?} and is {now:?}");
            of_state.borrow_mut().note_state(&now);
        })
        .param_changed(move |stream, _, id, param| {
            let Some(param) = param.filter(|_| id == ParamType::Format.as_raw()) else { return };
            let noted = of_format.borrow_mut().note_format(param);
            // What PipeWire answers may call back at once: nothing is borrowed then.
            if let Err(reason) = noted.and_then(|()| ask_for_buffers(stream)) {
                of_format.borrow_mut().health = StreamHealth::Failed(reason);
            }
        })
        .process(move |stream, _| of_pictures.borrow_mut().take_newest(stream))
        .register()
}

/// Says which buffers we want for the format that was agreed on, and what is to come with a picture.
fn ask_for_buffers(stream: &Stream) -> Result<(), String> {
    let wishes = [
        offers::buffers(),
        offers::meta(spa::sys::SPA_META_Header, size_of::<spa::sys::spa_meta_header>()),
        offers::meta(spa::sys::SPA_META_VideoCrop, size_of::<spa::sys::spa_meta_region>()),
    ];
    let mut wishes = wishes.each_ref().map(|wish| Pod::from_bytes(wish).expect("we wrote it ourselves"));
    stream.update_params(&mut wishes).map_err(|error| format!("PipeWire refuses our buffers: {error}"))
}

impl Shared {
    fn note_state(&mut self, state: &StreamState) {
        if matches!(self.health, StreamHealth::PipeWireGone | StreamHealth::Failed(_)) {
            return;
        }
        self.health = match state {
            StreamState::Streaming => StreamHealth::Streaming,
            StreamState::Connecting | StreamState::Paused => match self.health {
                StreamHealth::Waiting { since } => StreamHealth::Waiting { since },
                _ => StreamHealth::Waiting { since: Instant::now() },
            },
            StreamState::Unconnected => StreamHealth::Ended,
            StreamState::Error(text) if text.contains("no more input formats") => {
                StreamHealth::Failed(NO_FORMAT.to_owned())
            }
            StreamState::Error(text) if ["target", "node"].iter().any(|word| text.contains(word)) => {
                StreamHealth::Ended
            }
            StreamState::Error(text) => StreamHealth::Failed(format!(
                "the stream of pictures broke: {text}; choose again, and if it stays so, log in again"
            )),
        };
    }

    /// Takes up a format, at the start and whenever the game's size changes.
    fn note_format(&mut self, param: &Pod) -> Result<(), String> {
        let mut info = VideoInfoRaw::new();
        let unknown = || "the desktop sends pictures in a format that is not understood".to_owned();
        info.parse(param).map_err(|_| unknown())?;
        let size = Size::new(info.size().width, info.size().height);
        let layout = layout_of(info.format()).ok_or_else(unknown)?;
        if size.area() == 0 || size.width.max(size.height) > LONGEST_SIDE_PX || size.area() > MOST_PIXELS {
            return Err(format!("pictures of {size} cannot be captured: make the window smaller"));
        }
        tracing::debug!("pictures of {size}, {:?}", info.format());
        self.format = Some((size, layout));
        self.has_picture = false;
        Ok(())
    }

    /// Copies the newest picture that waits, and gives all buffers back.
    fn take_newest(&mut self, stream: &Stream) {
        let mut newest = stream.dequeue_buffer();
        while let Some(newer) = stream.dequeue_buffer() {
            newest = Some(newer);
        }
        let Some(mut buffer) = newest else { return };
        // A picture that is broken in the middle of a change is no failure; the next one comes.
        match self.copy(&mut buffer) {
            Ok(Some(frame)) => self.newest = Some(frame),
            Ok(None) => {}
            Err(reason) => tracing::debug!("a picture was left out: {reason}"),
        }
    }

    fn copy(&mut self, buffer: &mut pw::buffer::Buffer<'_>) -> Result<Option<Arc<Frame>>, &'static str> {
        let Some((size, layout)) = self.format else { return Err("it came before its format") };
        if buffer.find_meta::<MetaHeader>().is_some_and(|header| header.flags().contains(MetaHeaderFlags::CORRUPTED)) {
            return Err("its header says that it is broken");
        }
        let crop = buffer.find_meta::<MetaVideoCrop>().map(|crop| *crop.meta_region().region());
        let part = crop.and_then(|crop| part_of(crop, size)).unwrap_or(Part { left: 0, top: 0, size });
        let Some(data) = buffer.datas_mut().first_mut() else { return Err("it has no memory") };
        let chunk = data.chunk();
        let (offset, length, stride) = (chunk.offset() as usize, chunk.size(), chunk.stride());
        if chunk.flags().contains(ChunkFlags::CORRUPTED) {
            return Err("its memory is said to be broken");
        }
        if length == 0 {
            // Only the cursor has moved, or nothing at all.
            return Ok(None);
        }
        let row_bytes = size.width as usize * layout.pixel_bytes();
        let stride = match usize::try_from(stride) {
            Ok(0) => row_bytes,
            Ok(stride) if stride >= row_bytes => stride,
            _ => return Err("its rows are shorter than the picture"),
        };
        let memory = data.data().ok_or("its memory is not mapped")?;
        let memory = memory.get(offset..).ok_or("its memory ends before it begins")?;
        // Before the copy, as everywhere: PipeWire has handed it over.
        let (sequence, opened_at, captured_at) = (self.sequence, self.opened_at, Instant::now());
        let filled = self.pool.fill(part.size, |frame| {
            copy_part(memory, stride, layout, part, frame)?;
            frame.sequence = sequence;
            frame.captured_at = captured_at;
            frame.timestamp = captured_at.duration_since(opened_at);
            Ok(())
        });
        let frame = filled.map_err(|_: super::pixels::TooShort| "its memory is shorter than the picture")?;
        self.sequence += 1;
        self.has_picture = true;
        Ok(Some(frame))
    }
}

/// The part of a picture that the compositor means; `None` where it means no part, or one that is not in the picture.
fn part_of(crop: spa::utils::Region, picture: Size) -> Option<Part> {
    let left = u32::try_from(crop.position.x).ok()?;
    let top = u32::try_from(crop.position.y).ok()?;
    let size = Size::new(crop.size.width, crop.size.height);
    let fits = left.checked_add(size.width)? <= picture.width && top.checked_add(size.height)? <= picture.height;
    (size.area() > 0 && fits).then_some(Part { left, top, size })
}
