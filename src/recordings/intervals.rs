//! Stretches of a recording (muted, on hold, heard), small.
//!
//! Packed as pairs of numbers in the 7-bits-a-byte form: the gap since the
//! end of the stretch before, then the length, both in milliseconds. A
//! minute's mute takes four bytes.

/// From and to, in milliseconds from the beginning of the recording.
pub type Interval = (u32, u32);

/// Most stretches kept of one recording: more is no mute of a card number but
/// a fault of somebody who calls.
pub const MOST: usize = 200;

/// Adds a stretch; what overlaps or touches becomes one. Backwards and empty
/// ones are passed over.
pub fn add(list: &mut Vec<Interval>, (from, to): Interval) {
    if to <= from {
        return;
    }
    let (mut from, mut to) = (from, to);
    list.retain(|&(start, end)| {
        let apart = end < from || start > to;
        if !apart {
            from = from.min(start);
            to = to.max(end);
        }
        apart
    });
    let at = list.iter().position(|&(start, _)| start > to).unwrap_or(list.len());
    if list.len() < MOST {
        list.insert(at, (from, to));
    }
}

/// Milliseconds of all stretches together.
pub fn total(list: &[Interval]) -> u64 {
    list.iter().map(|&(from, to)| u64::from(to.saturating_sub(from))).sum()
}

/// Bytes of a list in order and without overlaps, as [`add`] keeps it.
pub fn pack(list: &[Interval]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut last = 0;
    for &(from, to) in list {
        put(&mut out, from.saturating_sub(last));
        put(&mut out, to.saturating_sub(from));
        last = to;
    }
    out
}

/// The list of packed bytes; `None` when they make no sense.
pub fn unpack(bytes: &[u8]) -> Option<Vec<Interval>> {
    let (mut list, mut rest, mut last) = (Vec::new(), bytes, 0u32);
    while !rest.is_empty() {
        if list.len() >= MOST {
            return None;
        }
        let from = last.checked_add(take(&mut rest)?)?;
        let to = from.checked_add(take(&mut rest)?)?;
        list.push((from, to));
        last = to;
    }
    Some(list)
}

fn put(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        // The low seven bits; the cast drops nothing else.
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn take(rest: &mut &[u8]) -> Option<u32> {
    let mut value = 0u64;
    for shift in (0..35).step_by(7) {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return u32::try_from(value).ok();
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn gathered(list: &[Interval]) -> Vec<Interval> {
        let mut all = Vec::new();
        for &one in list {
            add(&mut all, one);
        }
        all
    }

    #[test]
    fn stretches_that_meet_become_one_and_the_rest_stays_in_order() {
        assert_eq!(gathered(&[(10, 20), (40, 50), (0, 5)]), [(0, 5), (10, 20), (40, 50)]);
        assert_eq!(gathered(&[(10, 20), (40, 50), (15, 40)]), [(10, 50)]);
        assert_eq!(gathered(&[(10, 20), (20, 30)]), [(10, 30)]);
        assert_eq!(gathered(&[(20, 10), (5, 5)]), []);
        assert_eq!(total(&[(0, 5), (10, 20)]), 15);
    }

    #[test]
    fn bytes_that_end_early_or_say_too_much_are_refused() {
        assert_eq!(unpack(&[0x80]), None);
        assert_eq!(unpack(&[5]), None);
        assert_eq!(unpack(&[0xff, 0xff, 0xff, 0xff, 0x7f, 0]), None);
        assert_eq!(unpack(&[0; 2 * MOST + 2]), None);
    }

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked(
            list in prop::collection::vec((0u32..5_000_000, 1u32..100_000), 0..30)
        ) {
            let list: Vec<Interval> = list.into_iter().map(|(from, len)| (from, from + len)).collect();
            let list = gathered(&list);
            prop_assert!(list.windows(2).all(|two| two[0].1 < two[1].0));
            prop_assert_eq!(unpack(&pack(&list)), Some(list));
        }

        #[test]
        fn any_bytes_are_a_list_or_none(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            if let Some(list) = unpack(&bytes) {
                prop_assert!(list.iter().all(|(from, to)| from <= to));
            }
        }
    }
}
