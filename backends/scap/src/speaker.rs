//! Standard output, kept for the protocol alone.

use crate::end;
use crate::protocol::{Message, PictureHead, write_greeting, write_message};
use std::fs::File;
use std::io::Write;
use std::os::fd::FromRawFd;
use std::sync::{Arc, Mutex, PoisonError};

/// Says things to Impasto, from any thread. Where nobody listens any more, the program ends.
#[derive(Clone)]
pub struct Speaker(Arc<Mutex<File>>);

impl Speaker {
    /// Takes standard output over: whatever else is printed goes to standard error from now on. Greets.
    ///
    /// # Errors
    /// There is no standard output, or nobody reads it.
    pub fn take_standard_output() -> std::io::Result<Self> {
        let or_error = |number: i32| if number < 0 { Err(std::io::Error::last_os_error()) } else { Ok(number) };
        // SAFETY: both take numbers of descriptors only, and say so where one is not open.
        let ours = or_error(unsafe { libc::dup(libc::STDOUT_FILENO) })?;
        // SAFETY: as above.
        or_error(unsafe { libc::dup2(libc::STDERR_FILENO, libc::STDOUT_FILENO) })?;
        // SAFETY: the descriptor was made above, and nobody else has it.
        let mut stream = unsafe { File::from_raw_fd(ours) };
        write_greeting(&mut stream)?;
        Ok(Self(Arc::new(Mutex::new(stream))))
    }

    pub fn say(&self, message: &Message) {
        let mut stream = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if write_message(&mut *stream, message).is_err() {
            end::at_once(0);
        }
    }

    /// Hands a picture over; the pixels are packed rows of blue, green, red, unused.
    pub fn show(&self, head: PictureHead, pixels: &[u8]) {
        let mut stream = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let written = write_message(&mut *stream, &Message::Picture(head)).and_then(|()| stream.write_all(pixels));
        if written.is_err() {
            end::at_once(0);
        }
    }
}
