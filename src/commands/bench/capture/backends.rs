//! Every way in which this program can grab pictures on this system, and why some cannot be taken now.

use crate::capture::OpenSource;
#[cfg(any(windows, target_os = "macos"))]
use crate::capture::SourceRequest;
#[cfg(target_os = "linux")]
use crate::capture::{FrameSource, X11WindowSource};
use crate::commands::desktop_source::desktop_source;

/// One way, or why it is not taken.
pub struct Backend {
    pub name: &'static str,
    pub opener: Result<OpenSource, String>,
}

const NO_WINDOW: &str = "it grabs windows by name: add --window PATTERN";

/// All backends of this system: those that grab this window, and those of `sources`, which ask in the desktop's dialog.
pub fn backends(window: Option<u32>, sources: &[String]) -> Vec<Backend> {
    let mut backends = window_backends(window);
    if cfg!(target_os = "linux") {
        backends.push(shared("portal", sources));
    }
    if cfg!(any(target_os = "linux", target_os = "macos")) {
        backends.push(shared("scap", sources));
    }
    backends
}

#[cfg(target_os = "linux")]
fn window_backends(window: Option<u32>) -> Vec<Backend> {
    let by_id = |name, open: fn(Option<&str>, u32) -> Result<X11WindowSource, crate::capture::CaptureError>| {
        let opener = window
            .ok_or_else(|| NO_WINDOW.to_owned())
            .map(|id| Box::new(move || Ok(Box::new(open(None, id)?) as Box<dyn FrameSource>)) as OpenSource);
        Backend { name, opener }
    };
    vec![
        by_id("x11", X11WindowSource::open_on),
        by_id("x11, plain GetImage", X11WindowSource::open_without_shared_memory),
    ]
}

#[cfg(windows)]
fn window_backends(window: Option<u32>) -> Vec<Backend> {
    let opener = window.ok_or_else(|| NO_WINDOW.to_owned()).map(|id| SourceRequest::Window(id).opener());
    vec![Backend { name: "graphics capture", opener }]
}

#[cfg(target_os = "macos")]
fn window_backends(window: Option<u32>) -> Vec<Backend> {
    let opener = window.ok_or_else(|| NO_WINDOW.to_owned()).map(|id| SourceRequest::Window(id).opener());
    vec![Backend { name: "scap, one window", opener }]
}

#[cfg(not(any(target_os = "linux", windows, target_os = "macos")))]
fn window_backends(_: Option<u32>) -> Vec<Backend> {
    Vec::new()
}

/// A backend that asks in the desktop's dialog, where it was asked for.
fn shared(name: &'static str, sources: &[String]) -> Backend {
    let asked = sources.iter().find(|source| source.split(':').next() == Some(name));
    let opener = match asked {
        None => Err(format!("it asks in a dialog of the desktop: add --source {name}")),
        Some(source) => match desktop_source(source, false) {
            Ok(Some(request)) => Ok(request.opener()),
            Ok(None) => Err(format!("{source} is not one of its names")),
            Err(error) => Err(error.to_string()),
        },
    };
    Backend { name, opener }
}
