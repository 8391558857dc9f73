//! The overlay on Wayland desktops that have the layer shell (sway, Hyprland, KDE Plasma and others; not GNOME): a
//! surface above everything on one screen, with an empty input region. No program is told where a window is, so it
//! covers the whole screen: it lies exactly over a game that fills it.

use super::super::surface::Canvas;
use anyhow::{Context, bail};
use std::os::fd::AsRawFd;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use wayland_backend::client::Backend;
use wayland_client::globals::{GlobalListContents, registry_queue_init};
use wayland_client::protocol::wl_compositor::WlCompositor;
use wayland_client::protocol::wl_region::WlRegion;
use wayland_client::protocol::wl_registry::WlRegistry;
use wayland_client::protocol::wl_surface::WlSurface;
use wayland_client::{Connection, Dispatch, EventQueue, Proxy, QueueHandle, delegate_noop};
use wayland_protocols::wp::fractional_scale::v1::client::wp_fractional_scale_manager_v1::WpFractionalScaleManagerV1;
use wayland_protocols::wp::fractional_scale::v1::client::wp_fractional_scale_v1::{self, WpFractionalScaleV1};
use wayland_protocols::wp::viewporter::client::wp_viewport::WpViewport;
use wayland_protocols::wp::viewporter::client::wp_viewporter::WpViewporter;
use wayland_protocols_wlr::layer_shell::v1::client::zwlr_layer_shell_v1::{Layer, ZwlrLayerShellV1};
use wayland_protocols_wlr::layer_shell::v1::client::zwlr_layer_surface_v1::{
    self, Anchor, KeyboardInteractivity, ZwlrLayerSurfaceV1,
};
use winit::event_loop::{ActiveEventLoop, OwnedDisplayHandle};
use winit::raw_window_handle::{
    DisplayHandle, HandleError, HasDisplayHandle, HasWindowHandle, RawDisplayHandle, RawWindowHandle,
    WaylandDisplayHandle, WaylandWindowHandle, WindowHandle,
};

/// What the protocol calls a scale of 1.
const SCALE_ONE: u32 = 120;

/// Covers panels and bars of the desktop, too.
const WHOLE_SCREEN: i32 = -1;

/// Time between two looks whether the thread should stop, in milliseconds.
const STOP_CHECK_MS: libc::c_int = 50;

/// What the compositor has said last.
#[derive(Default)]
struct Told {
    /// Width and height in the desktop's units; zeros until it has said them.
    size: Mutex<(u32, u32)>,
    /// Pixels of the screen for each of the desktop's units, times 120.
    scale: AtomicU32,
    is_closed: AtomicBool,
    is_stopping: AtomicBool,
}

/// The surface, with a queue of events and a thread `layer surface` of its own. Dropping it takes the surface away.
pub struct LayerSurface {
    connection: Connection,
    queue: QueueHandle<Listener>,
    compositor: WlCompositor,
    surface: WlSurface,
    layer: ZwlrLayerSurfaceV1,
    viewport: Option<WpViewport>,
    told: Arc<Told>,
    thread: Option<JoinHandle<()>>,
    /// Keeps the connection, which is winit's, from being closed.
    _display: OwnedDisplayHandle,
}

/// Takes the compositor's events in.
struct Listener {
    told: Arc<Told>,
    viewport: Option<WpViewport>,
}

impl LayerSurface {
    /// Lays a surface over the screen that the desktop chooses, which is the one that is being used. It is seen once
    /// something is presented to it.
    ///
    /// # Errors
    /// The desktop has no layer shell, or refuses.
    pub fn open(event_loop: &ActiveEventLoop, is_click_through: bool) -> anyhow::Result<Self> {
        let display = event_loop.owned_display_handle();
        let Ok(RawDisplayHandle::Wayland(handle)) = display.display_handle().map(|handle| handle.as_raw()) else {
            bail!("only Wayland has surfaces that lie over the screen: the painting gets a window of its own");
        };
        // The graphics adapter draws only to surfaces of the connection that it was opened for, which is winit's.
        // SAFETY: the display lives as long as `display`, which is kept beside the connection.
        let backend = unsafe { Backend::from_foreign_display(handle.display.as_ptr().cast()) };
        let connection = Connection::from_backend(backend);
        let (globals, mut events) =
            registry_queue_init::<Listener>(&connection).context("the Wayland display does not answer")?;
        let queue = events.handle();
        let Ok(shell) = globals.bind::<ZwlrLayerShellV1, _, _>(&queue, 1..=4, ()) else {
            bail!(
                "this desktop lets no program lie over others (it has no layer shell): the painting gets a window of its own"
            );
        };
        let compositor: WlCompositor = globals.bind(&queue, 1..=4, ()).context("the desktop has no compositor")?;
        let told = Arc::new(Told { scale: AtomicU32::new(SCALE_ONE), ..Told::default() });
        let surface = compositor.create_surface(&queue, ());
        let fractions = globals.bind::<WpFractionalScaleManagerV1, _, _>(&queue, 1..=1, ()).ok();
        let viewporter = globals.bind::<WpViewporter, _, _>(&queue, 1..=1, ()).ok();
        // Without both of them the desktop enlarges what we draw.
        let viewport = fractions.zip(viewporter).map(|(fractions, viewporter)| {
            fractions.get_fractional_scale(&surface, &queue, ());
            viewporter.get_viewport(&surface, &queue, ())
        });
        let layer = shell.get_layer_surface(&surface, None, Layer::Overlay, "impasto".to_owned(), &queue, ());
        layer.set_anchor(Anchor::all());
        layer.set_exclusive_zone(WHOLE_SCREEN);
        layer.set_keyboard_interactivity(KeyboardInteractivity::None);
        let mut opened = Self {
            connection,
            queue,
            compositor,
            surface,
            layer,
            viewport: viewport.clone(),
            told: Arc::clone(&told),
            thread: None,
            _display: display,
        };
        opened.set_click_through(is_click_through);
        let mut listener = Listener { told: Arc::clone(&told), viewport };
        // Nothing may be drawn before the compositor has said how large the surface is.
        events.roundtrip(&mut listener).context("the Wayland display was lost")?;
        if opened.size_px() == (0, 0) {
            events.roundtrip(&mut listener).context("the Wayland display was lost")?;
        }
        if opened.size_px() == (0, 0) || opened.is_closed() {
            bail!("the desktop gives no screen to lie over: the painting gets a window of its own");
        }
        let connection = opened.connection.clone();
        let thread = std::thread::Builder::new()
            .name("layer surface".to_owned())
            .spawn(move || listen(&connection, events, listener))
            .context("the system gives no more threads")?;
        opened.thread = Some(thread);
        Ok(opened)
    }

    /// Whether the desktop has taken the surface away, as when its screen was unplugged.
    pub fn is_closed(&self) -> bool {
        self.told.is_closed.load(Ordering::Acquire)
    }

    /// Lets clicks through to what lies below, or takes them.
    pub fn set_click_through(&self, is_click_through: bool) {
        if is_click_through {
            let nothing = self.compositor.create_region(&self.queue, ());
            self.surface.set_input_region(Some(&nothing));
            nothing.destroy();
        } else {
            self.surface.set_input_region(None);
        }
        self.surface.commit();
        self.flush();
    }

    fn flush(&self) {
        if let Err(error) = self.connection.flush() {
            tracing::debug!("the Wayland display does not take more: {error}");
        }
    }
}

impl Canvas for LayerSurface {
    fn size_px(&self) -> (u32, u32) {
        let (width, height) = *self.told.size.lock().unwrap_or_else(PoisonError::into_inner);
        let scale = self.told.scale.load(Ordering::Acquire);
        let side = |side: u32| (side * scale + SCALE_ONE / 2) / SCALE_ONE;
        (side(width), side(height))
    }
}

impl HasDisplayHandle for LayerSurface {
    fn display_handle(&self) -> Result<DisplayHandle<'_>, HandleError> {
        let display = NonNull::new(self.connection.backend().display_ptr().cast()).ok_or(HandleError::Unavailable)?;
        // SAFETY: the connection lives as long as `self` does.
        Ok(unsafe { DisplayHandle::borrow_raw(RawDisplayHandle::Wayland(WaylandDisplayHandle::new(display))) })
    }
}

impl HasWindowHandle for LayerSurface {
    fn window_handle(&self) -> Result<WindowHandle<'_>, HandleError> {
        let surface = NonNull::new(self.surface.id().as_ptr().cast()).ok_or(HandleError::Unavailable)?;
        // SAFETY: the surface lives as long as `self` does.
        Ok(unsafe { WindowHandle::borrow_raw(RawWindowHandle::Wayland(WaylandWindowHandle::new(surface))) })
    }
}

impl Drop for LayerSurface {
    fn drop(&mut self) {
        self.told.is_stopping.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            // A panic inside has already been printed, and there is nothing left to save.
            let _ = thread.join();
        }
        if let Some(viewport) = &self.viewport {
            viewport.destroy();
        }
        self.layer.destroy();
        self.surface.destroy();
        self.flush();
    }
}

/// Handles events until the surface goes, or the display is lost.
fn listen(connection: &Connection, mut events: EventQueue<Listener>, mut listener: Listener) {
    while !listener.told.is_stopping.load(Ordering::Acquire) {
        if events.dispatch_pending(&mut listener).is_err() || connection.flush().is_err() {
            return;
        }
        let Some(guard) = connection.prepare_read() else { continue };
        let mut watched = libc::pollfd { fd: guard.connection_fd().as_raw_fd(), events: libc::POLLIN, revents: 0 };
        // SAFETY: `watched` is one valid pollfd for the whole call, and the guard keeps the descriptor open.
        let ready = unsafe { libc::poll(&raw mut watched, 1, STOP_CHECK_MS) };
        if ready > 0
            && let Err(error) = guard.read()
        {
            tracing::debug!("the Wayland display was lost: {error}");
            listener.told.is_closed.store(true, Ordering::Release);
            return;
        }
    }
}

impl Dispatch<ZwlrLayerSurfaceV1, ()> for Listener {
    fn event(
        listener: &mut Self,
        layer: &ZwlrLayerSurfaceV1,
        event: zwlr_layer_surface_v1::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        match event {
            zwlr_layer_surface_v1::Event::Configure { serial, width, height } => {
                layer.ack_configure(serial);
                if let Some(viewport) = listener.viewport.as_ref().filter(|_| width > 0 && height > 0) {
                    viewport.set_destination(width as i32, height as i32);
                }
                *listener.told.size.lock().unwrap_or_else(PoisonError::into_inner) = (width, height);
            }
            zwlr_layer_surface_v1::Event::Closed => listener.told.is_closed.store(true, Ordering::Release),
            _ => {}
        }
    }
}

impl Dispatch<WpFractionalScaleV1, ()> for Listener {
    fn event(
        listener: &mut Self,
        _: &WpFractionalScaleV1,
        event: wp_fractional_scale_v1::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        if let wp_fractional_scale_v1::Event::PreferredScale { scale } = event {
            listener.told.scale.store(scale.max(1), Ordering::Release);
        }
    }
}

impl Dispatch<WlRegistry, GlobalListContents> for Listener {
    fn event(
        _: &mut Self,
        _: &WlRegistry,
        _: <WlRegistry as Proxy>::Event,
        _: &GlobalListContents,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        // Screens that come and go are the compositor's business: it closes the surface.
    }
}

delegate_noop!(Listener: ZwlrLayerShellV1);
delegate_noop!(Listener: WlCompositor);
delegate_noop!(Listener: WlRegion);
delegate_noop!(Listener: WpFractionalScaleManagerV1);
delegate_noop!(Listener: WpViewporter);
delegate_noop!(Listener: WpViewport);
delegate_noop!(Listener: ignore WlSurface);
