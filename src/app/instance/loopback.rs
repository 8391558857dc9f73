//! The way to the first instance through a port of this machine alone, where the system has no sockets in its file
//! system.
//!
//! Every program of the machine can reach the port. So the first instance writes its number, and a secret, into a file
//! of the person's own folder for settings, which others cannot read, and hears only who knows the secret.

use std::io::{BufRead, BufReader, Error, ErrorKind, Read, Result, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A connection with another instance.
pub type Stream = TcpStream;

/// Nobody on this machine takes so long to connect, or to tell the secret.
const PATIENCE: Duration = Duration::from_secs(2);

/// Letters of the secret, in hexadecimal.
const SECRET_LENGTH: usize = 32;

/// Where the first instance hears of others; the file goes when this is dropped.
pub struct Listener {
    listener: TcpListener,
    secret: String,
    path: PathBuf,
}

impl Listener {
    /// Listens on a free port, and writes down where; whatever a killed program left is written over.
    ///
    /// # Errors
    /// The folder cannot be written, or the system gives no port.
    pub fn bind(place: &Path) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let secret = secret();
        let path = note(place);
        let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
        writeln!(file, "{} {secret}", listener.local_addr()?.port())?;
        file.persist(&path).map_err(|error| error.error)?;
        Ok(Self { listener, secret, path })
    }

    /// Another one for the thread that accepts. Who does not know the secret is an error of kind `PermissionDenied`.
    pub fn acceptor(&self) -> Result<impl Fn() -> Result<Stream> + Send + 'static> {
        let (listener, secret) = (self.listener.try_clone()?, self.secret.clone());
        Ok(move || {
            let (stream, _) = listener.accept()?;
            stream.set_read_timeout(Some(PATIENCE))?;
            let mut told = [0; SECRET_LENGTH + 1];
            (&stream).read_exact(&mut told)?;
            if told != format!("{secret}\n").as_bytes() {
                return Err(Error::new(ErrorKind::PermissionDenied, "it does not know the secret"));
            }
            Ok(stream)
        })
    }

    /// Wakes the thread that accepts; whether that was possible.
    pub fn wake(&self) -> bool {
        let parent = self.path.with_extension("");
        connect(&parent).is_ok()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Reaches the first instance, and lets it take the foreground, which a window cannot do by itself.
///
/// # Errors
/// Nobody listens.
pub fn connect(place: &Path) -> Result<Stream> {
    let file = std::fs::File::open(note(place))?;
    let mut line = String::new();
    BufReader::new(file.take(64)).read_line(&mut line)?;
    let known = line.trim().split_once(' ').and_then(|(port, secret)| Some((port.parse().ok()?, secret)));
    let (port, secret) = known.ok_or_else(|| Error::new(ErrorKind::InvalidData, "the note holds no port"))?;
    let mut stream = TcpStream::connect_timeout(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)), PATIENCE)?;
    writeln!(stream, "{secret}")?;
    allow_foreground();
    Ok(stream)
}

#[cfg(windows)]
fn allow_foreground() {
    use windows::Win32::UI::WindowsAndMessaging::{ASFW_ANY, AllowSetForegroundWindow};
    // SAFETY: the call takes a number.
    if let Err(error) = unsafe { AllowSetForegroundWindow(ASFW_ANY) } {
        tracing::debug!("the program that runs may not come to the front: {error}");
    }
}

#[cfg(not(windows))]
fn allow_foreground() {}

/// Random letters. The standard library seeds its hashers from the system's source of random numbers.
fn secret() -> String {
    use std::hash::{BuildHasher, RandomState};
    let part = || format!("{:016x}", RandomState::new().hash_one(std::process::id()));
    format!("{}{}", part(), part())
}

fn note(place: &Path) -> PathBuf {
    place.with_extension("port")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_knows_the_secret_is_heard_and_others_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("impasto-1");
        assert!(connect(&place).is_err(), "nobody listens yet");
        let listener = Listener::bind(&place).unwrap();
        let accept = listener.acceptor().unwrap();
        let heard = std::thread::Builder::new()
            .spawn(move || {
                let stranger = accept().map(|_| ());
                let mut line = String::new();
                BufReader::new(accept().unwrap()).read_line(&mut line).unwrap();
                (stranger.unwrap_err().kind(), line)
            })
            .unwrap();
        let port = listener.listener.local_addr().unwrap();
        writeln!(TcpStream::connect(port).unwrap(), "{}", "0".repeat(SECRET_LENGTH)).unwrap();
        writeln!(connect(&place).unwrap(), "paint").unwrap();
        assert_eq!(heard.join().unwrap(), (ErrorKind::PermissionDenied, "paint\n".to_owned()));
        assert!(listener.wake());
        drop(listener);
        assert!(!note(&place).exists());
        assert!(connect(&place).is_err(), "nobody listens any more");
    }

    #[test]
    fn secrets_differ_and_are_of_the_known_length() {
        let (one, other) = (secret(), secret());
        assert_ne!(one, other);
        assert_eq!((one.len(), other.len()), (SECRET_LENGTH, SECRET_LENGTH));
    }
}
