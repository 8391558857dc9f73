//! Pictures to train styles on: chosen from play, kept in a folder, and read back.
//!
//! ```text
//! DIR/dataset.toml        who recorded what, when, and how many pictures were left out, and why
//! DIR/frames/000001.png   single pictures that differ from each other
//! DIR/bursts/0001/00.png  pictures that followed each other while something moved, for steadiness over time
//! DIR/hashes.txt          what the pictures show, for the next recording; may be removed
//! ```
//!
//! Pictures are PNG: training measures how a style answers to the noise of a picture, and what JPEG adds differs from
//! picture to picture of a burst. The folder itself is the truth about what is there. Every file appears under its name
//! complete or not at all, so that a recorder that was killed, or a full disk, costs the last picture and no other.

mod chooser;
mod contact_sheet;
mod counts;
mod error;
mod glance;
mod hashes;
mod index;
mod layout;
mod reader;
mod recorder;
mod variety;
mod whole_file;
mod writer;

pub use contact_sheet::write_contact_sheet;
pub use counts::{Counts, Skip, Skipped};
pub use error::DatasetError;
pub use index::Session;
pub use reader::{Burst, Dataset, Inventory, SizeCount, open};
pub use recorder::{FrameRecorder, FrameReport, FrameRequest, Offered};
pub use variety::{Impression, most_different};

/// Pictures of a burst.
pub const BURST_LENGTH: usize = 8;
