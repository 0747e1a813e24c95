//! Base64 as age writes it: the standard alphabet, no padding, one spelling
//! for every value (RFC 4648 sections 3.5 and 4).

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The digits of `bytes`, appended to `out`.
pub(super) fn encode(bytes: &[u8], out: &mut Vec<u8>) {
    for group in bytes.chunks(3) {
        let mut bits = 0u32;
        for (index, byte) in group.iter().enumerate() {
            bits |= u32::from(*byte) << (16 - 8 * index);
        }
        for index in 0..=group.len() {
            out.push(ALPHABET[(bits >> (18 - 6 * index)) as usize & 63]);
        }
    }
}

/// The bytes that `digits` spell; nothing when a character is no digit, a
/// length is impossible, or bits that are not used are set.
pub(super) fn decode(digits: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(digits.len() / 4 * 3 + 2);
    for group in digits.chunks(4) {
        let mut bits = 0u32;
        for (index, digit) in group.iter().enumerate() {
            bits |= value(*digit)? << (18 - 6 * index);
        }
        let (count, used) = match group.len() {
            4 => (3, 24),
            3 => (2, 16),
            2 => (1, 8),
            _ => return None,
        };
        if bits & (0x00ff_ffff >> used) != 0 {
            return None;
        }
        out.extend((0..count).map(|index| (bits >> (16 - 8 * index)) as u8));
    }
    Some(out)
}

fn value(digit: u8) -> Option<u32> {
    Some(u32::from(match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], digits: &str) {
        let mut out = Vec::new();
        encode(bytes, &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), digits);
        assert_eq!(decode(digits.as_bytes()).as_deref(), Some(bytes));
    }

    #[test]
    fn the_vectors_of_rfc_4648_go_both_ways() {
        check(b"", "");
        check(b"f", "Zg");
        check(b"fo", "Zm8");
        check(b"foo", "Zm9v");
        check(b"foob", "Zm9vYg");
        check(b"fooba", "Zm9vYmE");
        check(b"foobar", "Zm9vYmFy");
        check(&[0xfb, 0xff], "+/8");
    }

    #[test]
    fn another_spelling_of_the_same_value_is_refused() {
        for digits in ["Zh", "Zm9", "Zg==", "Zg=", "Z", "Zm9vY", "Zm 9v", "Zm-v", "Zm_v", "Zg\n"] {
            assert_eq!(decode(digits.as_bytes()), None, "{digits:?}");
        }
    }
}
