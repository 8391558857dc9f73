//! Pictures inside a page, so that it needs no other file and no network.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// A PNG file as a URI.
pub fn png_uri(png: &[u8]) -> String {
    let mut uri = String::from("data:image/png;base64,");
    uri.reserve(png.len().div_ceil(3) * 4);
    for chunk in png.chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            let index = (bits >> (18 - 6 * digit)) & 63;
            uri.push(if digit <= chunk.len() { char::from(ALPHABET[index as usize]) } else { '=' });
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_with_every_length_of_the_end() {
        // From RFC 4648, section 10.
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(png_uri(bytes.as_bytes()), format!("data:image/png;base64,{text}"));
        }
    }
}
