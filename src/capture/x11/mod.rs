//! Windows of an X11 display: listing, following and capturing them.

mod display;
mod facts;
mod tracker;
mod watch;

pub use tracker::WindowTracker;
