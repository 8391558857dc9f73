//! How much room a disk has left.

use std::path::Path;

/// Bytes that are left for this user on the disk of a file; `None` where the system does not say.
pub fn free_bytes(file: &Path) -> Option<u64> {
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    free_in(folder)
}

#[cfg(unix)]
fn free_in(folder: &Path) -> Option<u64> {
    use std::os::unix::ffi::OsStrExt;
    let path = std::ffi::CString::new(folder.as_os_str().as_bytes()).ok()?;
    let mut facts = std::mem::MaybeUninit::<libc::statvfs>::uninit();
    // SAFETY: the path ends in a zero byte, and the call fills the whole structure where it gives 0, which alone lets
    // it be read.
    let facts = unsafe {
        if libc::statvfs(path.as_ptr(), facts.as_mut_ptr()) != 0 {
            return None;
        }
        facts.assume_init()
    };
    // The types differ between platforms.
    #[allow(clippy::unnecessary_cast, clippy::useless_conversion)]
    Some((facts.f_bavail as u64).saturating_mul(facts.f_frsize as u64))
}

#[cfg(windows)]
fn free_in(folder: &Path) -> Option<u64> {
    use windows::Win32::Storage::FileSystem::GetDiskFreeSpaceExW;
    use windows::core::HSTRING;
    let mut bytes = 0;
    // SAFETY: the text ends in a zero, and the number that the call writes outlives it.
    unsafe { GetDiskFreeSpaceExW(&HSTRING::from(folder), Some(&raw mut bytes), None, None) }.ok()?;
    Some(bytes)
}

#[cfg(not(any(unix, windows)))]
fn free_in(_folder: &Path) -> Option<u64> {
    None
}

#[cfg(all(test, any(unix, windows)))]
mod tests {
    use super::*;

    #[test]
    fn tells_the_room_of_a_folder_that_exists() {
        let folder = tempfile::tempdir().unwrap();
        assert!(free_bytes(&folder.path().join("film.mp4")).is_some_and(|bytes| bytes > 0));
        assert_eq!(free_bytes(&folder.path().join("none/film.mp4")), None);
    }
}
