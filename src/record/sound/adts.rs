//! Takes AAC frames out of an ADTS stream (ISO/IEC 13818-7).

/// Bytes of a header without a checksum; one with it has two more.
const HEADER_BYTES: usize = 7;

/// Collects what was read until frames are whole.
#[derive(Default)]
pub struct Adts {
    bytes: Vec<u8>,
}

impl Adts {
    /// Takes the stream's next bytes, and gives the frames that are whole now, without their headers.
    ///
    /// # Errors
    /// It is no such stream.
    pub fn take(&mut self, bytes: &[u8]) -> Result<Vec<Vec<u8>>, String> {
        self.bytes.extend_from_slice(bytes);
        let (mut frames, mut at) = (Vec::new(), 0);
        while let Some(&[sync, protection, _, high, middle, low, _]) = self.bytes.get(at..at + HEADER_BYTES) {
            if sync != 0xFF || protection & 0xF6 != 0xF0 {
                return Err("it gave something else than sound".to_owned());
            }
            let header = if protection & 1 == 1 { HEADER_BYTES } else { HEADER_BYTES + 2 };
            let length = usize::from(high & 3) << 11 | usize::from(middle) << 3 | usize::from(low >> 5);
            if length < header {
                return Err("it gave a frame without an end".to_owned());
            }
            let Some(frame) = self.bytes.get(at + header..at + length) else { break };
            frames.push(frame.to_vec());
            at += length;
        }
        self.bytes.drain(..at);
        Ok(frames)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A frame of two bytes with its header.
    const FRAME: [u8; 9] = [0xFF, 0xF1, 0x4C, 0x80, 0x01, 0x3F, 0xFC, 0xAB, 0xCD];

    #[test]
    fn finds_frames_however_they_are_cut() {
        let stream = FRAME.repeat(3);
        for cut in 0..stream.len() {
            let mut adts = Adts::default();
            let mut frames = adts.take(&stream[..cut]).unwrap();
            frames.extend(adts.take(&stream[cut..]).unwrap());
            assert_eq!(frames, [[0xAB, 0xCD]; 3]);
        }
        assert!(Adts::default().take(b"no sound at all").is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Adts::default().take(&bytes);
        }
    }
}
