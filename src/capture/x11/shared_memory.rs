//! Memory shared with the display server (MIT-SHM), into which it writes pictures.

use super::display::{Display, DisplayLost, answer};
use std::fs::File;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::ptr::NonNull;
use x11rb::protocol::shm::{self, ConnectionExt as _};

/// A segment attached to one connection; unmapped when dropped, and let go of by the server with the connection at the
/// latest.
pub struct SharedMemory {
    /// The server's name for the segment.
    pub segment: u32,
    address: NonNull<u8>,
    len: usize,
}

// SAFETY: the mapping belongs to this value alone, as a boxed slice would.
unsafe impl Send for SharedMemory {}

impl SharedMemory {
    /// A segment of this many bytes; `None` where the server cannot share memory with us, as over a network.
    pub fn attach(display: &Display, len: usize) -> Result<Option<Self>, DisplayLost> {
        let connection = &display.connection;
        let Some((file, address)) = map_memory(len) else { return Ok(None) };
        let segment = display.new_id()?;
        // Unmapped on every way out, by its drop.
        let memory = Self { segment, address, len };
        let attached = connection.shm_attach_fd(segment, file, false)?.check();
        Ok(answer(attached)?.map(|()| memory))
    }

    /// Whether the server offers the kind of sharing that is used here: MIT-SHM 1.2, by file descriptor.
    pub fn is_offered(display: &Display) -> Result<bool, DisplayLost> {
        use x11rb::connection::RequestConnection as _;
        if display.connection.extension_information(shm::X11_EXTENSION_NAME)?.is_none() {
            return Ok(false);
        }
        let version = answer(display.connection.shm_query_version()?.reply())?;
        Ok(version.is_some_and(|version| (version.major_version, version.minor_version) >= (1, 2)))
    }

    pub fn len(&self) -> usize {
        self.len
    }

    /// The first `len` bytes, or all where there are fewer. Call it only while no request that writes is under way.
    pub fn bytes(&self, len: usize) -> &[u8] {
        // SAFETY: the mapping is `self.len` bytes long and lives as long as `self`; the server writes only while it
        // answers a request of ours, and such a request is always waited for before the bytes are looked at.
        unsafe { std::slice::from_raw_parts(self.address.as_ptr(), len.min(self.len)) }
    }

    /// Makes the server let go of the segment.
    pub fn detach(self, display: &Display) -> Result<(), DisplayLost> {
        display.connection.shm_detach(self.segment)?.ignore_error();
        Ok(())
    }
}

impl Drop for SharedMemory {
    fn drop(&mut self) {
        // SAFETY: exactly this range was mapped, and no slice of it outlives `self`.
        unsafe { libc::munmap(self.address.as_ptr().cast(), self.len) };
    }
}

/// Anonymous memory that another process can map too; `None` where the system has none.
fn map_memory(len: usize) -> Option<(OwnedFd, NonNull<u8>)> {
    // SAFETY: the name is a C string, and the flags are valid.
    let descriptor = unsafe { libc::memfd_create(c"impasto frame".as_ptr(), libc::MFD_CLOEXEC) };
    if descriptor < 0 {
        return None;
    }
    // SAFETY: the descriptor was just created and belongs to nobody else.
    let file = unsafe { File::from_raw_fd(descriptor) };
    file.set_len(len as u64).ok()?;
    // SAFETY: a fresh mapping at an address of the system's choice overlaps nothing.
    let address = unsafe {
        libc::mmap(std::ptr::null_mut(), len, libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED, file.as_raw_fd(), 0)
    };
    if address == libc::MAP_FAILED {
        return None;
    }
    Some((file.into(), NonNull::new(address.cast())?))
}
