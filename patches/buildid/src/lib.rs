//! Tells builds of a program apart.

use std::sync::OnceLock;
use std::time::UNIX_EPOCH;

/// Some bytes that are others after the program was built anew: length and time of its file. `None` where that cannot be
/// read. The tensors' compiler keys by it what it compiled.
pub fn build_id() -> Option<&'static [u8]> {
    static ID: OnceLock<Option<Vec<u8>>> = OnceLock::new();
    ID.get_or_init(read).as_deref()
}

fn read() -> Option<Vec<u8>> {
    let file = std::env::current_exe().and_then(std::fs::metadata).ok()?;
    let changed = file.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some([u128::from(file.len()).to_le_bytes(), changed.as_nanos().to_le_bytes()].concat())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_build_has_one_id() {
        let id = super::build_id().expect("a test has a file");
        assert!(id.len() == 32 && super::build_id() == Some(id));
    }
}
