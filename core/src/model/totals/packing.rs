//! Variable-length numbers, and the two small figures every cell is made of.

use smallvec::SmallVec;

/// A stored cell that can't be read: cut short, or written by a newer program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damaged;

impl std::fmt::Display for Damaged {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("a stored total can't be read")
    }
}

impl std::error::Error for Damaged {}

/// Appends a number in groups of seven bits, lowest first.
pub(super) fn put(out: &mut Vec<u8>, number: impl Into<u64>) {
    let mut number = number.into();
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Reads numbers back in the order they were put.
pub(super) struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Cursor(bytes)
    }

    #[inline]
    pub(super) fn number(&mut self) -> Result<u64, Damaged> {
        // Most numbers are one byte.
        if let Some((&byte, rest)) = self.0.split_first()
            && byte < 0x80
        {
            self.0 = rest;
            return Ok(u64::from(byte));
        }
        self.long_number()
    }

    fn long_number(&mut self) -> Result<u64, Damaged> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.0.split_first().ok_or(Damaged)?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Damaged)
    }

    #[inline]
    pub(super) fn small(&mut self) -> Result<u32, Damaged> {
        u32::try_from(self.number()?).map_err(|_| Damaged)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Everything was read; what is left over is damage.
    pub(super) fn end(self) -> Result<(), Damaged> {
        if self.0.is_empty() { Ok(()) } else { Err(Damaged) }
    }
}

/// Number, sum and extremes of known values. Values below 0 count as 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stat {
    pub n: u32,
    pub sum: u64,
    min: u32,
    max: u32,
}

impl Stat {
    pub fn add(&mut self, value: i64) {
        let value = clamp(value);
        self.merge(&Stat { n: 1, sum: u64::from(value), min: value, max: value });
    }

    pub fn merge(&mut self, other: &Stat) {
        if other.n == 0 {
            return;
        }
        self.min = if self.n == 0 { other.min } else { self.min.min(other.min) };
        self.max = self.max.max(other.max);
        self.n = self.n.saturating_add(other.n);
        self.sum = self.sum.saturating_add(other.sum);
    }

    /// The average; `None` without values.
    pub fn mean(&self) -> Option<f64> {
        (self.n > 0).then(|| self.sum as f64 / f64::from(self.n))
    }

    pub fn min(&self) -> Option<u32> {
        (self.n > 0).then_some(self.min)
    }

    pub fn max(&self) -> Option<u32> {
        (self.n > 0).then_some(self.max)
    }

    /// The sum; `None` without values.
    pub fn total(&self) -> Option<u64> {
        (self.n > 0).then_some(self.sum)
    }

    pub(super) fn of_parts(n: u32, sum: u64, min: u32, max: u32) -> Self {
        Stat { n, sum, min, max }
    }

    pub(super) fn pack(&self, out: &mut Vec<u8>) {
        put(out, self.n);
        self.pack_spread(out);
    }

    /// All but the number, for figures whose number is stored otherwise.
    pub(super) fn pack_spread(&self, out: &mut Vec<u8>) {
        if self.n > 0 {
            put(out, self.min);
            put(out, self.max - self.min);
            put(out, self.sum - u64::from(self.n) * u64::from(self.min));
        }
    }

    pub(super) fn read(from: &mut Cursor<'_>) -> Result<Stat, Damaged> {
        let n = from.small()?;
        Stat::read_spread(n, from)
    }

    pub(super) fn read_spread(n: u32, from: &mut Cursor<'_>) -> Result<Stat, Damaged> {
        if n == 0 {
            return Ok(Stat::default());
        }
        let min = from.small()?;
        let max = min.checked_add(from.small()?).ok_or(Damaged)?;
        let base = u64::from(n) * u64::from(min); // two 32-bit numbers fit
        let sum = base.checked_add(from.number()?).ok_or(Damaged)?;
        Ok(Stat { n, sum, min, max })
    }
}

/// A value as it is kept: never negative, never past 32 bits.
pub(super) fn clamp(value: i64) -> u32 {
    u32::try_from(value.max(0)).unwrap_or(u32::MAX)
}

/// Keys below this may be counted by place.
const PLACES: u32 = 512;
/// Different keys from which on they are.
const MANY: usize = 24;

/// How often each small number occurred, in order of the numbers. Used for
/// causes, positions, bins of histograms and ids of words.
///
/// A quarter of an hour has few different numbers, a year many: few are kept
/// as sorted pairs, and with the 24th those below 512 move to an array.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Counts by key; empty while there are few.
    places: Vec<u32>,
    /// The other keys with their counts, ascending. A quarter of an hour has
    /// one or two, which need no memory of their own.
    pairs: SmallVec<[(u32, u32); 3]>,
}

impl PartialEq for Tally {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Tally {}

impl Tally {
    pub fn add(&mut self, key: u32, n: u32) {
        self.add_from(0, key, n);
    }

    /// The key when one was counted once.
    pub(super) fn only_one(&self) -> Option<u32> {
        match (self.places.is_empty(), self.pairs.as_slice()) {
            (true, [(key, 1)]) => Some(*key),
            _ => None,
        }
    }

    /// Adds, searching from `start` on; returns where the key is, for the
    /// search of a higher one.
    #[inline]
    fn add_from(&mut self, start: usize, key: u32, n: u32) -> usize {
        // The usual way of a sum of many cells.
        if let Some(place) = self.places.get_mut(key as usize) {
            *place = place.saturating_add(n);
            return start;
        }
        self.add_slowly(start, key, n)
    }

    fn add_slowly(&mut self, start: usize, key: u32, n: u32) -> usize {
        if n == 0 {
            return start;
        }
        if !self.places.is_empty() && key < PLACES {
            self.places.resize(key as usize + 1, 0);
            self.places[key as usize] = n;
            return start;
        }
        let mut at = start;
        // Keys come in order, and the next is near.
        while self.pairs.get(at).is_some_and(|pair| pair.0 < key) {
            at += 1;
            if at > start + MANY {
                at += self.pairs[at..].partition_point(|pair| pair.0 < key);
                break;
            }
        }
        match self.pairs.get_mut(at) {
            Some(pair) if pair.0 == key => pair.1 = pair.1.saturating_add(n),
            _ => {
                self.pairs.insert(at, (key, n));
                if self.places.is_empty() && self.pairs.len() >= MANY {
                    self.make_places();
                    return 0;
                }
            }
        }
        at
    }

    fn make_places(&mut self) {
        let low = self.pairs.partition_point(|pair| pair.0 < PLACES);
        for (key, n) in self.pairs.drain(..low) {
            self.places.resize(key as usize + 1, 0);
            self.places[key as usize] = n;
        }
    }

    pub fn merge(&mut self, other: &Tally) {
        if self.is_empty() {
            self.clone_from(other);
            return;
        }
        let mut at = 0;
        if other.places.is_empty() {
            for &(key, n) in &other.pairs {
                at = self.add_from(at, key, n);
            }
            return;
        }
        for (key, n) in other.iter() {
            at = self.add_from(at, key, n);
        }
    }

    pub fn get(&self, key: u32) -> u32 {
        if let Some(&n) = self.places.get(key as usize) {
            return n;
        }
        self.pairs.binary_search_by_key(&key, |pair| pair.0).map_or(0, |at| self.pairs[at].1)
    }

    pub fn total(&self) -> u32 {
        self.iter().map(|entry| entry.1).fold(0, u32::saturating_add)
    }

    pub fn is_empty(&self) -> bool {
        self.places.is_empty() && self.pairs.is_empty()
    }

    /// Pairs of number and count, ascending by number.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (u32, u32)> + '_ {
        let places = self.places.iter().enumerate().filter(|place| *place.1 > 0);
        places.map(|(key, &n)| (key as u32, n)).chain(self.pairs.iter().copied())
    }

    /// The numbers themselves as values: position 3 seen twice is 3 + 3.
    pub fn stat(&self) -> Stat {
        let mut stat = Stat::default();
        for (key, n) in self.iter() {
            let sum = u64::from(key) * u64::from(n);
            stat.merge(&Stat { n, sum, min: key, max: key });
        }
        stat
    }

    /// How many lie at or below `limit`.
    pub fn up_to(&self, limit: u32) -> u32 {
        self.iter().take_while(|entry| entry.0 <= limit).map(|entry| entry.1).sum()
    }

    pub(super) fn pack(&self, out: &mut Vec<u8>) {
        put(out, self.iter().count() as u64);
        let mut next = 0u32;
        for (key, n) in self.iter() {
            // Most counts are 1: one bit says whether a count follows.
            put(out, u64::from(key - next) << 1 | u64::from(n > 1));
            if n > 1 {
                put(out, n - 2);
            }
            next = key.saturating_add(1);
        }
    }

    /// Adds a packed tally to this one; calls `each` with what was added.
    pub(super) fn read_into(
        &mut self,
        from: &mut Cursor<'_>,
        mut each: impl FnMut(u32, u32),
    ) -> Result<(), Damaged> {
        let mut at = 0;
        Tally::scan(from, |key, n| {
            at = self.add_from(at, key, n);
            each(key, n);
        })
    }

    pub(super) fn read_onto(&mut self, from: &mut Cursor<'_>) -> Result<(), Damaged> {
        self.read_into(from, |_, _| ())
    }

    /// Shows the pairs of a packed tally and keeps none.
    pub(super) fn scan(
        from: &mut Cursor<'_>,
        mut each: impl FnMut(u32, u32),
    ) -> Result<(), Damaged> {
        let mut next = 0u32;
        for _ in 0..from.small()? {
            let head = from.number()?;
            let gap = u32::try_from(head >> 1).map_err(|_| Damaged)?;
            let key = next.checked_add(gap).ok_or(Damaged)?;
            let n = match head & 1 {
                0 => 1,
                _ => from.small()?.checked_add(2).ok_or(Damaged)?,
            };
            each(key, n);
            next = key.saturating_add(1);
        }
        Ok(())
    }

    /// Passes over a packed tally.
    pub(super) fn skip(from: &mut Cursor<'_>) -> Result<(), Damaged> {
        Tally::scan(from, |_, _| ())
    }

    /// The total of a packed tally.
    pub(super) fn scan_total(from: &mut Cursor<'_>) -> Result<u32, Damaged> {
        let mut total = 0u32;
        Tally::scan(from, |_, n| total = total.saturating_add(n))?;
        Ok(total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn a_tally_counts_as_a_map_does_whatever_the_keys(
            entries in proptest::collection::vec((0u32..700, 1u32..4), 0..200),
            others in proptest::collection::vec((0u32..40, 1u32..4), 0..60),
        ) {
            let mut map: BTreeMap<u32, u32> = BTreeMap::new();
            let (mut tally, mut other) = (Tally::default(), Tally::default());
            for &(key, n) in &entries {
                tally.add(key, n);
                *map.entry(key).or_default() += n;
            }
            for &(key, n) in &others {
                other.add(key, n);
                *map.entry(key).or_default() += n;
            }
            tally.merge(&other);
            prop_assert_eq!(tally.iter().collect::<Vec<_>>(), map.iter().map(|(k, n)| (*k, *n)).collect::<Vec<_>>());
            let mut packed = Vec::new();
            tally.pack(&mut packed);
            let mut again = Tally::default();
            again.read_onto(&mut Cursor::new(&packed)).unwrap();
            prop_assert_eq!(&again, &tally);
            prop_assert_eq!(Tally::scan_total(&mut Cursor::new(&packed)), Ok(tally.total()));
            for key in [0, 5, 39, 511, 512, 699] {
                prop_assert_eq!(tally.get(key), map.get(&key).copied().unwrap_or(0));
                prop_assert_eq!(tally.up_to(key), map.range(..=key).map(|entry| entry.1).sum::<u32>());
            }
        }
    }
}
