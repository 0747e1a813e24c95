//! Finding bytes, eight at a time.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Where `wanted` first stands in `bytes`.
///
/// A word minus ones borrows into the high bit exactly where a byte was zero
/// (or above such a byte), so the lowest set bit is always a true hit.
#[inline]
pub(super) fn find(wanted: u8, bytes: &[u8]) -> Option<usize> {
    let pattern = ONES * u64::from(wanted);
    let (words, tail) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let odd = u64::from_le_bytes(*word) ^ pattern;
        let hit = odd.wrapping_sub(ONES) & !odd & HIGHS;
        if hit != 0 {
            return Some(index * 8 + (hit.trailing_zeros() / 8) as usize);
        }
    }
    let before = words.len() * 8;
    tail.iter().position(|&byte| byte == wanted).map(|index| before + index)
}

/// Where the first five bars of a line stand, and how many of them there are;
/// those that are not there stand at the line's end.
#[inline]
pub(super) fn first_bars(line: &[u8]) -> ([usize; 5], usize) {
    const BARS: u64 = ONES * b'|' as u64;
    let mut bars = [line.len(); 5];
    let mut found = 0;
    let (words, tail) = line.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let odd = u64::from_le_bytes(*word) ^ BARS;
        // Here every hit counts, so none may be borrowed from the byte before:
        // adding to seven bits never carries into the next byte.
        let mut hits = !(((odd & !HIGHS) + !HIGHS) | odd | !HIGHS);
        while hits != 0 {
            bars[found] = index * 8 + (hits.trailing_zeros() / 8) as usize;
            found += 1;
            if found == bars.len() {
                return (bars, found);
            }
            hits &= hits - 1;
        }
    }
    let before = words.len() * 8;
    for (index, byte) in tail.iter().enumerate() {
        if *byte == b'|' && found < bars.len() {
            bars[found] = before + index;
            found += 1;
        }
    }
    (bars, found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn finds_what_a_plain_search_finds(
            bytes in proptest::collection::vec(0_u8..6, 0..70),
            wanted in 0_u8..6,
        ) {
            prop_assert_eq!(find(wanted, &bytes), bytes.iter().position(|&byte| byte == wanted));
        }

        #[test]
        fn finds_the_first_five_bars(
            line in proptest::collection::vec(prop_oneof![Just(b'|'), Just(b'}'), any::<u8>()], 0..70),
        ) {
            let all = line.iter().enumerate().filter(|(_, byte)| **byte == b'|');
            let mut plain: Vec<usize> = all.map(|(at, _)| at).take(5).collect();
            let found = plain.len();
            plain.resize(5, line.len());
            let (bars, count) = first_bars(&line);
            prop_assert_eq!((bars.to_vec(), count), (plain, found));
        }

        #[test]
        fn finds_among_all_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..70)) {
            for wanted in [0, b'\n', b'|', 0x7f, 0x80, 0xff] {
                let plain = bytes.iter().position(|&byte| byte == wanted);
                prop_assert_eq!(find(wanted, &bytes), plain);
            }
        }
    }
}
