//! What the pipeline reports.

/// Why there is no picture at the moment, although the source lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdleReason {
    /// The window is minimized or shaded.
    Minimized,
    /// The window is on another workspace or otherwise unmapped.
    Hidden,
    /// The desktop asks the person what may be captured.
    Choosing,
    /// The desktop hands over no pictures: what was chosen is minimized, hidden, or was closed.
    Paused,
}

impl IdleReason {
    /// One word for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Minimized => "Minimized",
            Self::Hidden => "Hidden",
            Self::Choosing => "Asking",
            Self::Paused => "Paused",
        }
    }

    /// What is waited for, and what may be done, for people.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Minimized => "the game is minimized",
            Self::Hidden => "the game is hidden",
            Self::Choosing => "the desktop asks what to share: choose the game's window in its dialog",
            Self::Paused => "the desktop hands over no pictures: the game is minimized or hidden, or was closed",
        }
    }
}

/// Why a source gives no more frames.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EndReason {
    /// The window was closed, or its program ended.
    WindowClosed,
    /// The desktop has ended the sharing: the window was closed, or somebody stopped it there.
    SharingEnded,
    /// The connection to the display server was lost.
    DisplayLost,
    /// The file or folder has been read to its end.
    EndOfFile,
    /// The source broke; the text says how, for people.
    Failed(String),
}

/// A report from a thread of the pipeline. Sent from that thread; handled on the receiver's.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A newer frame or painting can be fetched from the pipeline.
    PictureReady,
    /// The source has no picture for now.
    Idle(IdleReason),
    /// The source gives pictures again.
    Resumed,
    /// The source has ended.
    Ended(EndReason),
    /// The style of this name paints from now on. `provider` is the execution provider that runs it.
    StyleLive { style: String, provider: String },
    /// The style could not be loaded; the one before goes on.
    StyleFailed { style: String, reason: String },
    /// Something a person should know: what happened and what to do. Said once per cause.
    Notice(String),
}
