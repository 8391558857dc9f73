//! Asks for the events of a window, of the window manager's frames around it, and of the root.

use super::display::{Display, DisplayLost, answer};
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{ChangeWindowAttributesAux, ConnectionExt as _, EventMask};

/// How often the ancestors are looked up again when they change during the look-up.
const MOST_LOOKUPS: usize = 8;

/// What an event means for the watched window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum News {
    /// It does not concern the window.
    Nothing,
    /// A property of the window or of the screen changed.
    State,
    /// The order of the windows changed.
    Stacking,
    /// The window or a frame around it was moved, resized or restacked.
    Geometry,
    /// The window or a frame around it was mapped or unmapped.
    Mapping,
    /// The window or a frame around it has another parent.
    Ancestors,
    /// The window exists no more.
    Destroyed,
}

/// The watched window and its ancestors.
pub struct Watch {
    window: u32,
    /// From the window itself up to the child of the root.
    chain: Vec<u32>,
}

impl Watch {
    /// Selects the events; from the return on, no change goes unseen. `None` where the window does not exist.
    pub fn start(display: &Display, window: u32) -> Result<Option<Self>, DisplayLost> {
        let root_events = ChangeWindowAttributesAux::new().event_mask(EventMask::PROPERTY_CHANGE);
        display.connection.change_window_attributes(display.root, &root_events)?.ignore_error();
        let events =
            ChangeWindowAttributesAux::new().event_mask(EventMask::STRUCTURE_NOTIFY | EventMask::PROPERTY_CHANGE);
        let selected = display.connection.change_window_attributes(window, &events)?.check();
        if answer(selected)?.is_none() {
            return Ok(None);
        }
        let mut watch = Self { window, chain: vec![window] };
        watch.refresh(display)?;
        Ok(Some(watch))
    }

    /// The child of the root that holds the window.
    pub fn top_level(&self) -> u32 {
        self.chain.last().copied().unwrap_or(self.window)
    }

    /// Looks up the ancestors again after [`News::Ancestors`].
    pub fn refresh(&mut self, display: &Display) -> Result<(), DisplayLost> {
        for _ in 0..MOST_LOOKUPS {
            let chain = ancestors(display, self.window)?;
            if chain == self.chain {
                break;
            }
            let structure = ChangeWindowAttributesAux::new().event_mask(EventMask::STRUCTURE_NOTIFY);
            let nothing = ChangeWindowAttributesAux::new().event_mask(EventMask::NO_EVENT);
            for &old in self.chain.iter().filter(|old| !chain.contains(old)) {
                display.connection.change_window_attributes(old, &nothing)?.ignore_error();
            }
            for &new in chain.iter().filter(|new| !self.chain.contains(new)) {
                display.connection.change_window_attributes(new, &structure)?.ignore_error();
            }
            self.chain = chain;
            // Looked up once more: a change before the selection took effect sent no event.
        }
        Ok(())
    }

    /// What the event means.
    pub fn news(&self, display: &Display, event: &Event) -> News {
        let ours = |window: u32, news: News| if self.chain.contains(&window) { news } else { News::Nothing };
        let atoms = &display.atoms;
        match event {
            Event::DestroyNotify(event) if event.window == self.window => News::Destroyed,
            Event::ReparentNotify(event) if self.chain.contains(&event.window) => News::Ancestors,
            Event::ConfigureNotify(event) => ours(event.window, News::Geometry),
            Event::MapNotify(event) => ours(event.window, News::Mapping),
            Event::UnmapNotify(event) => ours(event.window, News::Mapping),
            Event::GravityNotify(event) => ours(event.window, News::Geometry),
            Event::PropertyNotify(event) if event.window == display.root => {
                if event.atom == atoms._NET_CLIENT_LIST_STACKING {
                    News::Stacking
                } else if [atoms._NET_ACTIVE_WINDOW, atoms._NET_CURRENT_DESKTOP].contains(&event.atom) {
                    News::State
                } else {
                    News::Nothing
                }
            }
            Event::PropertyNotify(event) if event.window == self.window => {
                let states = [atoms._NET_WM_STATE, atoms.WM_STATE, atoms._NET_WM_DESKTOP];
                if states.contains(&event.atom) { News::State } else { News::Nothing }
            }
            _ => News::Nothing,
        }
    }
}

/// The window, its parent and so on, up to the child of the root.
fn ancestors(display: &Display, window: u32) -> Result<Vec<u32>, DisplayLost> {
    let mut chain = vec![window];
    let mut current = window;
    while let Some(tree) = answer(display.connection.query_tree(current)?.reply())? {
        if tree.parent == display.root || tree.parent == x11rb::NONE {
            break;
        }
        chain.push(tree.parent);
        current = tree.parent;
    }
    Ok(chain)
}
