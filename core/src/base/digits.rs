//! Decimal digits, eight at a time.

/// The number that eight bytes write; `None` when one is no digit.
///
/// The check: a digit has 3 in its high half, and adding 6 does not carry out
/// of the low half. Then neighbours are joined three times: digits to pairs,
/// pairs to fours, fours to eight.
#[inline]
pub fn eight(bytes: [u8; 8]) -> Option<u32> {
    const HIGH: u64 = 0xf0f0_f0f0_f0f0_f0f0;
    const THREES: u64 = 0x3030_3030_3030_3030;
    const SIXES: u64 = 0x0606_0606_0606_0606;
    let word = u64::from_le_bytes(bytes);
    if word & HIGH != THREES || word.wrapping_add(SIXES) & HIGH != THREES {
        return None;
    }
    let digits = word - THREES;
    let pairs = (digits.wrapping_mul(10) + (digits >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs.wrapping_mul(100) + (pairs >> 16)) & 0x0000_ffff_0000_ffff;
    Some((fours.wrapping_mul(10_000) + (fours >> 32)) as u32)
}

/// The number at the beginning of some bytes, and how many digits it has.
/// Past `most` digits reading stops.
#[inline]
pub fn leading(bytes: &[u8], most: usize) -> (u64, usize) {
    let (mut value, mut count) =
        match bytes.first_chunk::<8>().and_then(|eight| self::eight(*eight)) {
            Some(value) => (u64::from(value), 8),
            None => (0, 0),
        };
    while count <= most {
        let Some(digit) = bytes.get(count).map(|byte| byte.wrapping_sub(b'0')) else { break };
        if digit > 9 {
            break;
        }
        value = value * 10 + u64::from(digit);
        count += 1;
    }
    (value, count)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn eight_bytes_are_a_number_when_all_are_digits(bytes in proptest::array::uniform8(
            prop_oneof![4 => b'0'..=b'9', 1 => any::<u8>()],
        )) {
            let plain = std::str::from_utf8(&bytes).ok().filter(|text| {
                text.bytes().all(|byte| byte.is_ascii_digit())
            });
            prop_assert_eq!(eight(bytes), plain.map(|text| text.parse().unwrap()));
        }

        #[test]
        fn the_leading_number_ends_at_the_first_other_byte(text in "[0-9]{0,14}([a-z.|][0-9]{0,9})?") {
            let digits: String = text.chars().take_while(char::is_ascii_digit).take(13).collect();
            let value = digits.parse().unwrap_or(0);
            prop_assert_eq!(leading(text.as_bytes(), 12), (value, digits.len()));
        }
    }
}
