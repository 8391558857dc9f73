//! Pictures, folders of pictures and videos as sources: live and paced by [`open_live`], or frame by frame by
//! [`open_clip`].

mod clip;
mod error;
mod live;
mod natural_order;
mod pictures;
mod probe;
mod video;

pub use clip::{Clip, open_clip};
pub use error::FileError;
pub use live::open_live;
