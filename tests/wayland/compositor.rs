//! A stream in PipeWire that stands for the compositor's: it gives a picture whenever it is told to, as one does that sends
//! only what has changed.

use crate::picture::{Layout, draw};
use crate::support::desktop::PATIENCE;
use pipewire as pw;
use pw::properties::properties;
use pw::spa;
use pw::stream::{Stream, StreamFlags, StreamRc, StreamState};
use spa::param::ParamType;
use spa::param::format::{FormatProperties, MediaSubtype, MediaType};
use spa::pod::serialize::PodSerializer;
use spa::pod::{ChoiceValue, Object, Pod, Property, Value, object, property};
use spa::utils::{Choice, ChoiceEnum, ChoiceFlags, Fraction, Rectangle, SpaTypes};
use std::cell::RefCell;
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Time between two looks whether there is something to send.
const BEAT: Duration = Duration::from_millis(10);

/// A compositor draws its first picture for a stream with the next refresh of the screen.
const REFRESH: Duration = Duration::from_millis(34);

/// Time between two pictures of a game that moves.
const STEP: Duration = Duration::from_millis(30);

enum Order {
    Show(u8),
    /// Show these two in turn.
    Play([u8; 2]),
    /// Another size or format.
    Become(Layout),
    Pause(bool),
    End,
}

/// What the pictures are handed over in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memory {
    Shared,
    /// Only the graphics card's: the compositor insists on a modifier.
    Graphics,
}

/// The compositor's thread; it ends when dropped.
pub struct Compositor {
    orders: pw::channel::Sender<Order>,
    /// The stream's number in PipeWire.
    pub node: u32,
    thread: Option<JoinHandle<()>>,
}

struct State {
    layout: Layout,
    seed: u8,
    streaming_since: Option<Instant>,
    is_due: bool,
    /// The two pictures of a game that moves, and when the next is due.
    play: Option<([u8; 2], Instant)>,
}

impl State {
    /// Goes on to the next picture of a game that moves, when its time has come.
    fn play_on(&mut self) {
        let now = Instant::now();
        if let Some((pictures, next)) = self.play.as_mut().filter(|(_, next)| *next <= now) {
            self.seed = if self.seed == pictures[0] { pictures[1] } else { pictures[0] };
            self.is_due = true;
            *next = now + STEP;
        }
    }
}

impl Compositor {
    /// Offers a stream of pictures over this connection.
    pub fn start(connection: UnixStream, layout: Layout, memory: Memory) -> Self {
        let (orders, receiver) = pw::channel::channel();
        let (told, heard) = mpsc::sync_channel(1);
        let thread = std::thread::Builder::new()
            .name("compositor".to_owned())
            .spawn(move || run(connection, layout, memory, receiver, &told))
            .unwrap();
        let node = heard.recv_timeout(PATIENCE).expect("PipeWire takes the compositor's stream");
        Self { orders, node, thread: Some(thread) }
    }

    /// Shows the picture with this number from now on; it is sent once.
    pub fn show(&self, seed: u8) {
        self.order(Order::Show(seed));
    }

    /// Shows these two pictures in turn from now on, as a game that moves.
    pub fn play(&self, pictures: [u8; 2]) {
        self.order(Order::Play(pictures));
    }

    /// The window has another size, or the pictures another format.
    pub fn become_like(&self, layout: Layout) {
        self.order(Order::Become(layout));
    }

    /// The window is minimized or closed, or comes back.
    pub fn pause(&self, is_paused: bool) {
        self.order(Order::Pause(is_paused));
    }

    /// The compositor ends the stream.
    pub fn end(&mut self) {
        self.order(Order::End);
        self.thread.take().unwrap().join().unwrap();
    }

    fn order(&self, order: Order) {
        // Fails only where PipeWire was killed.
        let _ = self.orders.send(order);
    }
}

impl Drop for Compositor {
    fn drop(&mut self) {
        if self.thread.is_some() {
            self.end();
        }
    }
}

fn run(
    connection: UnixStream,
    layout: Layout,
    memory: Memory,
    orders: pw::channel::Receiver<Order>,
    told: &mpsc::SyncSender<u32>,
) {
    pw::init();
    let main_loop = pw::main_loop::MainLoopRc::new(None).unwrap();
    let context = pw::context::ContextRc::new(&main_loop, None).unwrap();
    let core = context.connect_fd_rc(connection.into(), None).unwrap();
    let state = Rc::new(RefCell::new(State { layout, seed: 0, streaming_since: None, is_due: true, play: None }));
    let stream = StreamRc::new(
        core.clone(),
        "a window",
        properties! { *pw::keys::MEDIA_CLASS => "Video/Source", *pw::keys::NODE_NAME => "compositor" },
    )
    .unwrap();
    let (known, told) = (Rc::clone(&state), told.clone());
    let of_pictures = Rc::clone(&state);
    let of_format = Rc::clone(&state);
    let _listener = stream
        .add_local_listener::<()>()
        .state_changed(move |stream, _, _, now| {
            if now == StreamState::Paused {
                // Only the first time somebody listens.
                let _ = told.try_send(stream.node_id());
            }
            let mut state = known.borrow_mut();
            state.streaming_since = (now == StreamState::Streaming).then(Instant::now);
            // Who begins to look gets the picture as it is.
            state.is_due |= state.streaming_since.is_some();
        })
        .param_changed(move |stream, _, id, param| {
            if id == ParamType::Format.as_raw() && param.is_some() {
                let layout = of_format.borrow().layout;
                let wishes = [buffers(layout), crop_meta()];
                let mut wishes = wishes.each_ref().map(|wish| Pod::from_bytes(wish).unwrap());
                stream.update_params(&mut wishes).unwrap();
            }
        })
        .process(move |stream, _| fill(stream, &of_pictures.borrow()))
        .register()
        .unwrap();
    let offer = formats(layout, memory);
    let flags = StreamFlags::DRIVER | StreamFlags::MAP_BUFFERS;
    stream.connect(spa::utils::Direction::Output, None, flags, &mut [Pod::from_bytes(&offer).unwrap()]).unwrap();

    let (obeyed, obeying, ender) = (Rc::clone(&state), stream.clone(), main_loop.clone());
    let _orders = orders.attach(main_loop.loop_(), move |order| match order {
        Order::Show(seed) => {
            let mut state = obeyed.borrow_mut();
            (state.seed, state.is_due, state.play) = (seed, true, None);
        }
        Order::Play(pictures) => obeyed.borrow_mut().play = Some((pictures, Instant::now())),
        Order::Become(layout) => {
            obeyed.borrow_mut().layout = layout;
            let offer = formats(layout, memory);
            obeying.update_params(&mut [Pod::from_bytes(&offer).unwrap()]).unwrap();
            obeyed.borrow_mut().is_due = true;
        }
        Order::Pause(is_paused) => obeying.set_active(!is_paused).unwrap(),
        Order::End => ender.quit(),
    });
    let (beating, beaten) = (Rc::clone(&state), stream.clone());
    let timer = main_loop.loop_().add_timer(move |_| {
        beating.borrow_mut().play_on();
        let is_running = beating.borrow().streaming_since.is_some_and(|since| since.elapsed() >= REFRESH);
        if is_running && beating.borrow().is_due {
            beating.borrow_mut().is_due = false;
            // SAFETY: the stream lives as long as this closure, which holds it.
            unsafe { pw::sys::pw_stream_trigger_process(beaten.as_raw_ptr()) };
        }
    });
    let _ = timer.update_timer(Some(BEAT), Some(BEAT)).into_result();
    main_loop.run();
    let _ = stream.disconnect();
}

/// Draws the picture into the next free buffer.
fn fill(stream: &Stream, state: &State) {
    let Some(mut buffer) = stream.dequeue_buffer() else { return };
    let (layout, whole) = (state.layout, state.layout.whole());
    if layout.margin > 0 {
        let crop = buffer.find_meta::<spa::buffer::meta::MetaVideoCrop>().expect("a crop was asked for");
        let crop = std::ptr::from_ref(crop).cast::<spa::sys::spa_meta_region>().cast_mut();
        // SAFETY: the buffer's memory is ours until it is queued, and holds a region at this place.
        let region = unsafe { &mut (*crop).region };
        region.position = spa::sys::spa_point { x: layout.margin as i32, y: layout.margin as i32 };
        region.size = spa::sys::spa_rectangle { width: layout.size.width, height: layout.size.height };
    }
    assert!(whole.width >= layout.size.width);
    let data = &mut buffer.datas_mut()[0];
    let Some(memory) = data.data().filter(|memory| memory.len() >= layout.bytes()) else { return };
    draw(memory, layout, state.seed);
    let chunk = data.chunk_mut();
    *chunk.offset_mut() = 0;
    *chunk.stride_mut() = layout.stride() as i32;
    *chunk.size_mut() = layout.bytes() as u32;
}

fn bytes(object: Object) -> Vec<u8> {
    let cursor = std::io::Cursor::new(Vec::new());
    PodSerializer::serialize(cursor, &Value::Object(object)).unwrap().0.into_inner()
}

fn formats(layout: Layout, memory: Memory) -> Vec<u8> {
    let size = layout.whole();
    let mut object = object!(
        SpaTypes::ObjectParamFormat,
        ParamType::EnumFormat,
        property!(FormatProperties::MediaType, Id, MediaType::Video),
        property!(FormatProperties::MediaSubtype, Id, MediaSubtype::Raw),
        property!(FormatProperties::VideoFormat, Id, layout.format),
        property!(FormatProperties::VideoSize, Rectangle, Rectangle { width: size.width, height: size.height }),
        property!(FormatProperties::VideoFramerate, Fraction, Fraction { num: 0, denom: 1 }),
    );
    if memory == Memory::Graphics {
        let mut modifier = Property::new(FormatProperties::VideoModifier.as_raw(), Value::Long(0));
        modifier.flags = spa::pod::PropertyFlags::MANDATORY;
        object.properties.push(modifier);
    }
    bytes(object)
}

fn buffers(layout: Layout) -> Vec<u8> {
    use spa::sys::{
        SPA_PARAM_BUFFERS_blocks, SPA_PARAM_BUFFERS_buffers, SPA_PARAM_BUFFERS_size, SPA_PARAM_BUFFERS_stride,
    };
    let count = Choice(ChoiceFlags::empty(), ChoiceEnum::Range { default: 4, min: 2, max: 8 });
    bytes(Object {
        type_: SpaTypes::ObjectParamBuffers.as_raw(),
        id: ParamType::Buffers.as_raw(),
        properties: vec![
            Property::new(SPA_PARAM_BUFFERS_buffers, Value::Choice(ChoiceValue::Int(count))),
            Property::new(SPA_PARAM_BUFFERS_blocks, Value::Int(1)),
            Property::new(SPA_PARAM_BUFFERS_size, Value::Int(layout.bytes() as i32)),
            Property::new(SPA_PARAM_BUFFERS_stride, Value::Int(layout.stride() as i32)),
        ],
    })
}

fn crop_meta() -> Vec<u8> {
    use spa::sys::{SPA_META_VideoCrop, SPA_PARAM_META_size, SPA_PARAM_META_type};
    bytes(Object {
        type_: SpaTypes::ObjectParamMeta.as_raw(),
        id: ParamType::Meta.as_raw(),
        properties: vec![
            Property::new(SPA_PARAM_META_type, Value::Id(spa::utils::Id(SPA_META_VideoCrop))),
            Property::new(SPA_PARAM_META_size, Value::Int(size_of::<spa::sys::spa_meta_region>() as i32)),
        ],
    })
}
