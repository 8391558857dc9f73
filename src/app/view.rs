//! The window that shows the painting: an overlay over the game, or an ordinary window.

use super::icon::icon_rgba;
#[cfg(all(target_os = "linux", feature = "wayland"))]
use super::overlay::LayerSurface;
#[cfg(any(target_os = "linux", windows))]
use super::overlay::OverlayWindow;
use super::surface::{Fit, SwapChain};
use crate::capture::{Placement, Visibility};
use crate::frame::Size;
use anyhow::Context;
use std::sync::Arc;
use winit::dpi::PhysicalSize;
use winit::event_loop::ActiveEventLoop;
use winit::window::{Fullscreen, Icon, Window, WindowAttributes};

/// Size of the clone window until the first picture tells a better one.
const FIRST_SIZE: PhysicalSize<u32> = PhysicalSize::new(960, 540);

/// The window that shows the painting.
pub struct View {
    pub window: Arc<Window>,
    /// Missing until the first picture, and while the graphics device is being replaced.
    pub swap_chain: Option<SwapChain>,
    kind: Kind,
}

/// What a view's pictures are drawn to.
pub enum Target {
    Window(Arc<Window>),
    /// A surface of another kind; the window is never seen, and wakes the event loop for it.
    #[cfg(all(target_os = "linux", feature = "wayland"))]
    Layer {
        window: Arc<Window>,
        /// Missing while it is hidden.
        surface: Option<Arc<LayerSurface>>,
    },
}

enum Kind {
    /// A surface over the whole screen of a Wayland desktop; it exists while it is to be seen.
    #[cfg(all(target_os = "linux", feature = "wayland"))]
    Layer { surface: Option<Arc<LayerSurface>>, is_click_through: std::cell::Cell<bool> },
    Clone {
        /// The window took the picture's size once; from then on its size is the person's.
        is_sized: bool,
    },
    #[cfg(any(target_os = "linux", windows))]
    Overlay {
        place: OverlayWindow,
        placement: Option<Placement>,
        /// A picture was drawn: what is shown is never empty.
        has_picture: bool,
    },
}

impl View {
    /// An ordinary window that shows the picture with its aspect kept.
    ///
    /// # Errors
    /// The display refuses the window.
    pub fn clone_window(event_loop: &ActiveEventLoop, title: &str, is_full_screen: bool) -> anyhow::Result<Self> {
        let attributes = with_names(WindowAttributes::default().with_title(format!("{title} — Impasto")))
            .with_inner_size(FIRST_SIZE)
            .with_fullscreen(is_full_screen.then_some(Fullscreen::Borderless(None)))
            .with_window_icon(window_icon());
        let window = event_loop.create_window(attributes).context("the window for the painting cannot be opened")?;
        Ok(Self { window: Arc::new(window), swap_chain: None, kind: Kind::Clone { is_sized: is_full_screen } })
    }

    /// A surface over the whole screen of a Wayland desktop, which is opened when there is something to see.
    ///
    /// # Errors
    /// The display refuses even a window.
    #[cfg(all(target_os = "linux", feature = "wayland"))]
    pub fn layer(event_loop: &ActiveEventLoop, title: &str) -> anyhow::Result<Self> {
        let window = Self::clone_window(event_loop, title, false)?.window;
        let kind = Kind::Layer { surface: None, is_click_through: std::cell::Cell::new(true) };
        Ok(Self { window, swap_chain: None, kind })
    }

    /// What the pictures are drawn to now.
    pub fn target(&self) -> Target {
        match &self.kind {
            #[cfg(all(target_os = "linux", feature = "wayland"))]
            Kind::Layer { surface, .. } => Target::Layer { window: Arc::clone(&self.window), surface: surface.clone() },
            _ => Target::Window(Arc::clone(&self.window)),
        }
    }

    /// Whether the surface over the screen is there; `None` for a view of another kind.
    #[cfg(all(target_os = "linux", feature = "wayland"))]
    pub fn layer_is_shown(&self) -> Option<bool> {
        match &self.kind {
            Kind::Layer { surface, .. } => Some(surface.as_ref().is_some_and(|surface| !surface.is_closed())),
            _ => None,
        }
    }

    /// Opens the surface over the screen, which needs a swap chain then, or takes it away.
    ///
    /// # Errors
    /// The desktop has no layer shell, or refuses.
    #[cfg(all(target_os = "linux", feature = "wayland"))]
    pub fn show_layer(&mut self, event_loop: &ActiveEventLoop, is_shown: bool) -> anyhow::Result<()> {
        if let Kind::Layer { surface, is_click_through } = &mut self.kind {
            self.swap_chain = None;
            *surface = None;
            if is_shown {
                *surface = Some(Arc::new(LayerSurface::open(event_loop, is_click_through.get())?));
            }
        }
        Ok(())
    }

    /// A window over the game: it stays hidden until it has a picture and a place.
    ///
    /// # Errors
    /// The display refuses the window, or cannot let clicks through it.
    #[cfg(target_os = "linux")]
    pub fn overlay(event_loop: &ActiveEventLoop) -> anyhow::Result<Self> {
        use winit::platform::x11::WindowAttributesExtX11;
        use winit::raw_window_handle::{HasWindowHandle, RawWindowHandle};

        let attributes = with_names(WindowAttributes::default().with_title("Impasto overlay"))
            .with_override_redirect(true)
            .with_decorations(false)
            .with_active(false)
            .with_visible(false);
        let window = event_loop.create_window(attributes).context("the overlay window cannot be opened")?;
        let id = match window.window_handle().context("the overlay window has no id")?.as_raw() {
            RawWindowHandle::Xlib(handle) => u32::try_from(handle.window).context("the overlay window has no id")?,
            RawWindowHandle::Xcb(handle) => handle.window.get(),
            _ => anyhow::bail!("an overlay needs X11: use --clone"),
        };
        let kind = Kind::Overlay { place: OverlayWindow::new(id)?, placement: None, has_picture: false };
        Ok(Self { window: Arc::new(window), swap_chain: None, kind })
    }

    /// A window over the game: it stays hidden until it has a picture and a place.
    ///
    /// # Errors
    /// The system refuses the window.
    #[cfg(windows)]
    pub fn overlay(event_loop: &ActiveEventLoop) -> anyhow::Result<Self> {
        use winit::platform::windows::WindowAttributesExtWindows;
        use winit::raw_window_handle::{HasWindowHandle, RawWindowHandle};

        let attributes = WindowAttributes::default()
            .with_title("Impasto overlay")
            .with_skip_taskbar(true)
            .with_decorations(false)
            .with_active(false)
            .with_visible(false);
        let window = event_loop.create_window(attributes).context("the overlay window cannot be opened")?;
        let RawWindowHandle::Win32(handle) = window.window_handle().context("the overlay window has no id")?.as_raw()
        else {
            anyhow::bail!("an overlay needs a desktop: use --clone");
        };
        let place = OverlayWindow::new(handle.hwnd.get())?;
        let kind = Kind::Overlay { place, placement: None, has_picture: false };
        Ok(Self { window: Arc::new(window), swap_chain: None, kind })
    }

    /// Whether an ordinary window fills its screen.
    pub fn is_full_screen(&self) -> bool {
        matches!(self.kind, Kind::Clone { .. }) && self.window.fullscreen().is_some()
    }

    /// Lets an ordinary window fill the screen that it is on, or no longer; tells whether it is an ordinary one.
    pub fn toggle_full_screen(&self) -> bool {
        let is_clone = matches!(self.kind, Kind::Clone { .. });
        if is_clone {
            let wanted = self.window.fullscreen().is_none().then_some(Fullscreen::Borderless(None));
            self.window.set_fullscreen(wanted);
        }
        is_clone
    }

    /// How the picture fills the window.
    pub fn fit(&self) -> Fit {
        match self.kind {
            #[cfg(all(target_os = "linux", feature = "wayland"))]
            Kind::Layer { .. } => Fit::Letterbox,
            Kind::Clone { .. } => Fit::Letterbox,
            #[cfg(any(target_os = "linux", windows))]
            Kind::Overlay { .. } => Fit::Stretch,
        }
    }

    /// Whether the system asks for no redraws: Windows leaves out hidden windows, and an overlay is hidden until it was
    /// drawn.
    pub fn gets_no_redraws(&self) -> bool {
        match &self.kind {
            #[cfg(windows)]
            Kind::Overlay { has_picture, .. } => !has_picture,
            _ => false,
        }
    }

    /// Whether drawing now would be seen (or is what makes the window appear).
    pub fn can_be_seen(&self) -> bool {
        match &self.kind {
            #[cfg(all(target_os = "linux", feature = "wayland"))]
            Kind::Layer { surface, .. } => surface.is_some(),
            Kind::Clone { .. } => true,
            #[cfg(any(target_os = "linux", windows))]
            Kind::Overlay { placement, .. } => {
                placement.is_some_and(|placement| placement.visibility == Visibility::Visible)
            }
        }
    }

    /// Follows the game's window.
    ///
    /// # Errors
    /// The display was lost.
    pub fn follow(&mut self, new: Placement) -> anyhow::Result<()> {
        match &mut self.kind {
            #[cfg(all(target_os = "linux", feature = "wayland"))]
            Kind::Layer { .. } => Ok(()),
            Kind::Clone { .. } => Ok(()),
            #[cfg(any(target_os = "linux", windows))]
            Kind::Overlay { place, placement, has_picture } => {
                *placement = Some(new);
                if new.visibility == Visibility::Visible {
                    place.place(&new)?;
                    self.window.set_visible(*has_picture);
                } else {
                    // What was drawn before is old when the game comes back: wait for a new picture.
                    *has_picture = false;
                    self.window.set_visible(false);
                }
                Ok(())
            }
        }
    }

    /// Lets clicks on an overlay through to the game, or takes them.
    ///
    /// # Errors
    /// The display was lost.
    pub fn set_click_through(&self, is_click_through: bool) -> anyhow::Result<()> {
        match &self.kind {
            #[cfg(all(target_os = "linux", feature = "wayland"))]
            Kind::Layer { surface, is_click_through: kept } => {
                kept.set(is_click_through);
                if let Some(surface) = surface {
                    surface.set_click_through(is_click_through);
                }
                Ok(())
            }
            Kind::Clone { .. } => Ok(()),
            #[cfg(any(target_os = "linux", windows))]
            Kind::Overlay { place, .. } => place.set_click_through(is_click_through),
        }
    }

    /// Gets the window ready for a picture of this size.
    pub fn prepare(&mut self, picture: Size) {
        if let Kind::Clone { is_sized } = &mut self.kind
            && !*is_sized
        {
            *is_sized = true;
            let room = self.window.current_monitor().map_or(FIRST_SIZE, |monitor| monitor.size());
            // Three quarters of the screen at most, so that the window manager's frame and panels have room too.
            let limit = |side: u32| f64::from(side) * 0.75;
            let scale = (limit(room.width) / f64::from(picture.width))
                .min(limit(room.height) / f64::from(picture.height))
                .min(1.0);
            let side = |side: u32| ((f64::from(side) * scale).round() as u32).max(1);
            // The answer arrives as an ordinary resize.
            let _ = self.window.request_inner_size(PhysicalSize::new(side(picture.width), side(picture.height)));
        }
    }

    /// A picture was presented: an overlay may now be shown.
    ///
    /// # Errors
    /// The display was lost.
    pub fn note_presented(&mut self) -> anyhow::Result<()> {
        match &mut self.kind {
            #[cfg(all(target_os = "linux", feature = "wayland"))]
            Kind::Layer { .. } => Ok(()),
            Kind::Clone { .. } => Ok(()),
            #[cfg(any(target_os = "linux", windows))]
            Kind::Overlay { place, placement, has_picture } => {
                let Some(at) = placement.filter(|at| at.visibility == Visibility::Visible) else { return Ok(()) };
                if !std::mem::replace(has_picture, true) {
                    self.window.set_visible(true);
                    // Mapping raises a window.
                    place.place(&at)?;
                }
                Ok(())
            }
        }
    }

    /// The window became visible or was covered: put an overlay in its place again. winit raises a window when it maps
    /// it, and its request may arrive after ours.
    ///
    /// # Errors
    /// The display was lost.
    pub fn keep_place(&self) -> anyhow::Result<()> {
        match &self.kind {
            #[cfg(all(target_os = "linux", feature = "wayland"))]
            Kind::Layer { .. } => Ok(()),
            Kind::Clone { .. } => Ok(()),
            #[cfg(any(target_os = "linux", windows))]
            Kind::Overlay { place, placement, .. } => {
                placement.filter(|at| at.visibility == Visibility::Visible).map_or(Ok(()), |at| place.place(&at))
            }
        }
    }
}

/// Gives a window the class by which window managers, and our own list of windows, know us.
pub fn with_names(attributes: WindowAttributes) -> WindowAttributes {
    #[cfg(target_os = "linux")]
    {
        // Both platforms' extensions set the same pair of names.
        winit::platform::x11::WindowAttributesExtX11::with_name(attributes, "impasto", "impasto")
    }
    #[cfg(not(target_os = "linux"))]
    attributes
}

/// The icon of ordinary windows.
pub fn window_icon() -> Option<Icon> {
    const SIDE_PX: u32 = 64;
    Icon::from_rgba(icon_rgba(SIDE_PX), SIDE_PX, SIDE_PX).ok()
}
