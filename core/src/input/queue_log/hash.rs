//! The identity of a record as a 64-bit number.
//!
//! The store keeps these numbers to know a record it meets again, so the
//! algorithm must never change; the vectors below pin it.

/// Odd constants without pattern: the fractions of √2, √3 and √5 in binary.
const SEED: u64 = 0x6a09_e667_f3bc_c909;
const STEP: u64 = 0xbb67_ae85_84ca_a73b;
const LAST: u64 = 0x3c6e_f372_fe94_f82b;

/// The identity of a record within one server: a hash of the line's bytes
/// (time, call, queue, agent, verb, parameters as written) without newline
/// and without one carriage return.
///
/// The same on every machine and in every version. Words of eight bytes,
/// little end first, the last filled up with zeros, are folded in by a
/// 128-bit multiplication whose halves are joined by exclusive or; the length
/// goes in first, so padding can't be mistaken for content. Not meant against
/// an attacker: who can write to queue_log can forge records anyway.
pub fn record_hash(line: &[u8]) -> u64 {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    byte_hash(line.strip_suffix(b"\r").unwrap_or(line))
}

/// The same hash over bytes as they are.
pub(super) fn byte_hash(bytes: &[u8]) -> u64 {
    let mut state = fold(SEED ^ bytes.len() as u64, STEP);
    let (words, tail) = bytes.as_chunks::<8>();
    for word in words {
        state = fold(state ^ u64::from_le_bytes(*word), STEP);
    }
    let mut last = [0_u8; 8];
    last[..tail.len()].copy_from_slice(tail);
    state = fold(state ^ u64::from_le_bytes(last), STEP);
    fold(state ^ LAST, STEP)
}

fn fold(value: u64, by: u64) -> u64 {
    let product = u128::from(value) * u128::from(by);
    (product as u64) ^ ((product >> 64) as u64)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_numbers_never_change() {
        for (line, expected) in [
            ("", 0x630e_8886_1e0a_ff00),
            ("a", 0xc3bf_6f29_f1a6_cbac),
            ("1795189119|NONE|NONE|NONE|QUEUESTART|", 0xc119_6c92_ba03_a86a),
            ("1795189221|NONE|vip-line|Hugo Junior|UNPAUSE|back", 0xaffd_1916_dc80_ab24),
        ] {
            assert_eq!(record_hash(line.as_bytes()), expected, "{line:?}");
        }
    }

    #[test]
    fn line_ends_do_not_count_and_everything_else_does() {
        let line = b"1795189119|NONE|NONE|NONE|QUEUESTART|";
        let identity = record_hash(line);
        assert_eq!(record_hash(b"1795189119|NONE|NONE|NONE|QUEUESTART|\r"), identity);
        assert_eq!(record_hash(b"1795189119|NONE|NONE|NONE|QUEUESTART|\r\n"), identity);
        assert_ne!(record_hash(b"1795189119|NONE|NONE|NONE|QUEUESTART|\r\r"), identity);
        assert_ne!(record_hash(b"1795189119|NONE|NONE|NONE|QUEUESTART|\0"), identity);
        for bit in 0..line.len() * 8 {
            let mut other = line.to_vec();
            other[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(record_hash(&other), identity, "bit {bit}");
        }
    }

    #[test]
    fn a_million_like_records_have_a_million_identities() {
        let mut seen = HashSet::new();
        for number in 0..1_000_000_u32 {
            let (second, call) = (1_795_000_000 + number / 7, number % 1000);
            let line = format!("{second}|{second}.{call}|sales|NONE|ABANDON|1|1|{number}");
            assert!(seen.insert(record_hash(line.as_bytes())), "{line}");
        }
    }
}
