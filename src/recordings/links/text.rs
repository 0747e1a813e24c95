//! Bytes as text for a URL: base64url without padding (RFC 4648, section 5).

const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

pub(super) fn written(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..=group.len() {
            let six = (bits >> (18 - 6 * place)) & 63;
            text.push(char::from(SIGNS[six as usize]));
        }
    }
    text
}

/// None for anything [`written`] does not write: other signs, padding, bits
/// left over. One byte string has one text.
pub(super) fn read(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 2);
    for group in text.as_bytes().chunks(4) {
        if group.len() == 1 {
            return None;
        }
        let mut bits = 0u32;
        for place in 0..4 {
            let six = group.get(place).map_or(Some(0), |sign| value(*sign))?;
            bits = bits << 6 | six;
        }
        let count = group.len() - 1;
        let [_, first, second, third] = bits.to_be_bytes();
        let all = [first, second, third];
        if all[count..].iter().any(|left| *left != 0) {
            return None;
        }
        bytes.extend_from_slice(&all[..count]);
    }
    Some(bytes)
}

fn value(sign: u8) -> Option<u32> {
    let value = match sign {
        b'A'..=b'Z' => sign - b'A',
        b'a'..=b'z' => sign - b'a' + 26,
        b'0'..=b'9' => sign - b'0' + 52,
        b'-' => 62,
        b'_' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_is_that_of_the_standard() {
        let pairs = [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg")];
        for (plain, text) in pairs {
            assert_eq!(written(plain.as_bytes()), text);
            assert_eq!(read(text).unwrap(), plain.as_bytes());
        }
        assert_eq!(written(&[0xfb, 0xff]), "-_8");
        for not in ["Zg==", "Z", "Zh", "Zm9", "Zm+v", "Zm9v\n", "é"] {
            assert_eq!(read(not), None, "{not:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_and_nothing_else_reads_the_same(
            bytes in proptest::collection::vec(any::<u8>(), 0..40), other in "[A-Za-z0-9_-]{0,12}",
        ) {
            prop_assert_eq!(read(&written(&bytes)), Some(bytes));
            if let Some(bytes) = read(&other) {
                prop_assert_eq!(written(&bytes), other);
            }
        }
    }
}
