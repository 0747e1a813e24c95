//! Variable-length numbers, and the two small figures every cell is made of.

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

    pub(super) fn number(&mut self) -> Result<u64, Damaged> {
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

/// How often each small number occurred, in order of the numbers. Used for
/// causes, positions, bins of histograms and ids of words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally(Vec<(u32, u32)>);

impl Tally {
    pub fn add(&mut self, key: u32, n: u32) {
        self.add_from(0, key, n);
    }

    /// Adds, searching from `start` on; returns where the key is.
    fn add_from(&mut self, start: usize, key: u32, n: u32) -> usize {
        if n == 0 {
            return start;
        }
        let tail = self.0.get(start..).unwrap_or_default();
        let at = start + tail.partition_point(|entry| entry.0 < key);
        match self.0.get_mut(at) {
            Some(entry) if entry.0 == key => entry.1 = entry.1.saturating_add(n),
            _ => self.0.insert(at, (key, n)),
        }
        at
    }

    pub fn merge(&mut self, other: &Tally) {
        let mut at = 0;
        for (key, n) in other.iter() {
            at = self.add_from(at, key, n);
        }
    }

    pub fn get(&self, key: u32) -> u32 {
        self.0.binary_search_by_key(&key, |entry| entry.0).map_or(0, |at| self.0[at].1)
    }

    pub fn total(&self) -> u32 {
        self.0.iter().map(|entry| entry.1).fold(0, u32::saturating_add)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Pairs of number and count, ascending by number.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (u32, u32)> + '_ {
        self.0.iter().copied()
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
        self.0.iter().take_while(|entry| entry.0 <= limit).map(|entry| entry.1).sum()
    }

    pub(super) fn pack(&self, out: &mut Vec<u8>) {
        put(out, self.0.len() as u64);
        let mut next = 0u32;
        for &(key, n) in &self.0 {
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
        let (mut at, mut next) = (0, 0u32);
        for _ in 0..from.small()? {
            let head = from.number()?;
            let gap = u32::try_from(head >> 1).map_err(|_| Damaged)?;
            let key = next.checked_add(gap).ok_or(Damaged)?;
            let n = match head & 1 {
                0 => 1,
                _ => from.small()?.checked_add(2).ok_or(Damaged)?,
            };
            at = self.add_from(at, key, n);
            each(key, n);
            next = key.saturating_add(1);
        }
        Ok(())
    }

    pub(super) fn read_onto(&mut self, from: &mut Cursor<'_>) -> Result<(), Damaged> {
        self.read_into(from, |_, _| ())
    }
}
