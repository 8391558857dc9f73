//! The way to the first instance through a socket in the file system, which only this person's programs can reach.

use std::io::Result;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

/// A connection with another instance.
pub type Stream = UnixStream;

/// Where the first instance hears of others; the socket's file goes when this is dropped.
pub struct Listener {
    listener: UnixListener,
    path: PathBuf,
}

impl Listener {
    /// Listens at a place; whatever a killed program left there is taken away.
    ///
    /// # Errors
    /// The folder cannot be written, or its path is too long for a socket.
    pub fn bind(place: &Path) -> Result<Self> {
        let path = socket(place);
        let _ = std::fs::remove_file(&path);
        Ok(Self { listener: UnixListener::bind(&path)?, path })
    }

    /// Another one for the thread that accepts.
    pub fn acceptor(&self) -> Result<impl Fn() -> Result<Stream> + Send + 'static> {
        let listener = self.listener.try_clone()?;
        Ok(move || listener.accept().map(|(stream, _)| stream))
    }

    /// Wakes the thread that accepts; whether that was possible.
    pub fn wake(&self) -> bool {
        UnixStream::connect(&self.path).is_ok()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Reaches the first instance.
///
/// # Errors
/// Nobody listens.
pub fn connect(place: &Path) -> Result<Stream> {
    UnixStream::connect(socket(place))
}

fn socket(place: &Path) -> PathBuf {
    place.with_extension("socket")
}
