//! Windows of an X11 display: listing, following and capturing them.
//!
//! Everything takes the name of a display, such as `:0`, or `None` for the one that `DISPLAY` names.

mod display;
mod facts;
mod grabber;
mod list;
mod picture;
mod properties;
mod shared_memory;
mod source;
mod tracker;
mod watch;

pub use list::{find_window_on, list_windows_on, window_thumbnail_on};
pub use source::X11WindowSource;
pub use tracker::WindowTracker;
