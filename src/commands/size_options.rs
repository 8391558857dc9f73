//! How large to paint, as options of commands.

use crate::control::{Brush, SizeRequest};
use crate::frame::Size;
use clap::Args;

/// `--brush` and `--size`.
#[derive(Debug, Args)]
pub struct SizeOptions {
    /// How large strokes are: the network runs at the shown size divided by this, 1 to 6; auto keeps strokes the same
    /// size relative to the picture [default: auto].
    #[arg(long, value_name = "N|auto", conflicts_with = "size")]
    brush: Option<Brush>,
    /// The resolution at which the network runs, instead of a brush: a height, or WIDTHxHEIGHT.
    #[arg(long, value_name = "HEIGHT|WxH", value_parser = SizeRequest::read_size)]
    size: Option<SizeRequest>,
}

impl SizeOptions {
    /// What was asked for, if anything.
    pub fn asked(&self) -> Option<SizeRequest> {
        self.size.or(self.brush.map(SizeRequest::Brush))
    }

    /// What was asked for, else the automatic brush.
    pub fn request(&self) -> SizeRequest {
        self.asked().unwrap_or(SizeRequest::AUTOMATIC)
    }
}

/// `--shown`, for commands that measure.
#[derive(Debug, Args)]
pub struct ShownOption {
    /// The size of the frames and of what is shown: a height, or WIDTHxHEIGHT [default: --size where it is given, else
    /// 480].
    #[arg(long, value_name = "HEIGHT|WxH", value_parser = SizeRequest::read_size)]
    shown: Option<SizeRequest>,
}

/// The height of shown frames where nothing is asked for.
const USUAL_SHOWN: SizeRequest = SizeRequest::Height(480);

impl ShownOption {
    /// What was asked for, else the size that is painted at, where one is named: then nothing is scaled.
    pub fn request(&self, painted: &SizeOptions) -> SizeRequest {
        let named = painted.asked().filter(|size| size.names_size());
        self.shown.or(named).unwrap_or(USUAL_SHOWN)
    }

    /// The size of the frames of a source of this size.
    pub fn size(&self, painted: &SizeOptions, source: Size) -> Size {
        self.request(painted).resolve(source, 1.0)
    }
}
