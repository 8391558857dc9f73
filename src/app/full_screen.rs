//! The whole screen: for a painting in a window of its own, and for one that lies over a Wayland desktop.

use super::shell::Shell;
use super::view::View;
use crate::control::Command;
use winit::event::{ElementState, KeyEvent};
use winit::event_loop::ActiveEventLoop;
use winit::keyboard::{Key, NamedKey};

impl Shell {
    /// A key went down in the painting's window.
    pub(super) fn on_painting_key(&mut self, event_loop: &ActiveEventLoop, key: &KeyEvent) {
        let is_full_screen = self.painting.as_ref().is_some_and(|painting| painting.view.is_full_screen());
        let is_meant = match key.logical_key {
            Key::Named(NamedKey::F11) => true,
            Key::Named(NamedKey::Escape) => is_full_screen,
            _ => false,
        };
        if is_meant && key.state == ElementState::Pressed && !key.repeat {
            self.command(event_loop, Command::ToggleFullScreen);
        }
    }

    /// Does nothing: only Wayland has such surfaces.
    #[cfg(not(all(target_os = "linux", feature = "wayland")))]
    pub(super) fn arrange_layer(&mut self, _event_loop: &ActiveEventLoop) {}

    /// Shows the painting over the whole screen of a Wayland desktop while there is a picture of the game; the panel,
    /// which would lie below it, and a game that is away hide it. Where the desktop cannot do that, a window takes its
    /// place.
    #[cfg(all(target_os = "linux", feature = "wayland"))]
    pub(super) fn arrange_layer(&mut self, event_loop: &ActiveEventLoop) {
        let is_panel_shown = self.state.is_panel_shown;
        let Some(painting) = &mut self.painting else { return };
        let is_wanted = !is_panel_shown && painting.idle.is_none() && painting.picture_size().is_some();
        if painting.view.layer_is_shown().is_none_or(|is_shown| is_shown == is_wanted) {
            return;
        }
        let shown = painting.view.show_layer(event_loop, is_wanted);
        let target = painting.view.target();
        let chain = shown.and_then(|()| self.swap_chain_for(event_loop, &target));
        match (chain, &mut self.painting) {
            (Ok(chain), Some(painting)) => {
                painting.view.swap_chain = chain;
                painting.is_behind = true;
            }
            (Ok(_), None) => {}
            (Err(error), _) => self.replace_layer(event_loop, &error),
        }
    }

    /// A window takes the place of a surface that the desktop refuses.
    #[cfg(all(target_os = "linux", feature = "wayland"))]
    fn replace_layer(&mut self, event_loop: &ActiveEventLoop, error: &anyhow::Error) {
        self.notices.add(format!("{error:#}"));
        self.options.is_overlay = false;
        self.memory.change_settings(|settings| settings.covers_screen = false);
        self.change_view(event_loop);
    }

    /// Whether what a Wayland desktop shares is painted over the whole screen.
    pub(super) fn covers_screen(&self) -> bool {
        !self.options.is_clone && (self.options.is_overlay || self.memory.settings().covers_screen)
    }

    /// Paints over the whole screen from now on, or into a window.
    pub(super) fn cover_screen(&mut self, event_loop: &ActiveEventLoop, covers: bool) {
        self.options.is_overlay = false;
        self.options.is_clone &= !covers;
        self.memory.change_settings(|settings| settings.covers_screen = covers);
        self.change_view(event_loop);
    }

    /// Opens the other kind of view for what is painted.
    fn change_view(&mut self, event_loop: &ActiveEventLoop) {
        let painting = self.painting.as_ref().filter(|painting| painting.is_portal);
        let Some(title) = painting.map(|painting| painting.title.clone()) else { return };
        let view = self.open_portal_view(event_loop, &title).and_then(|mut view| {
            view.set_click_through(self.state.is_click_through)?;
            view.swap_chain = self.swap_chain_for(event_loop, &view.target())?;
            Ok(view)
        });
        match (view, &mut self.painting) {
            (Ok(view), Some(painting)) => {
                painting.view = view;
                painting.is_behind = true;
            }
            (Ok(_), None) => {}
            (Err(error), _) => self.fail(event_loop, error),
        }
    }

    /// A view for what a Wayland desktop shares.
    ///
    /// # Errors
    /// The display refuses it.
    pub(super) fn open_portal_view(&self, event_loop: &ActiveEventLoop, title: &str) -> anyhow::Result<View> {
        #[cfg(all(target_os = "linux", feature = "wayland"))]
        if self.covers_screen() {
            return View::layer(event_loop, title);
        }
        View::clone_window(event_loop, title, self.options.is_full_screen)
    }

    /// Shows the painting on the whole screen, or in its window again.
    pub(super) fn toggle_full_screen(&mut self) {
        if let Some(painting) = &self.painting
            && !painting.view.toggle_full_screen()
        {
            self.toast.show("the painting lies over the game: it has the game's size");
        }
    }
}
