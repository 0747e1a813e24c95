//! Sorted numbers in few bytes: their distances in a Rice code.

use crate::base::Result;
use crate::store::error::damaged;
use crate::store::varint::{Cursor, put};

/// No number has more bits than this.
pub(crate) const MOST_BITS: u32 = 40;

/// Appends sorted numbers without repeats, none above `most`, of 40 bits: how
/// many there are and k, then each distance to the number before: the quotient
/// by 2^k in ones ended by a zero, the rest in k bits. `most` may be a guess:
/// it only chooses k.
pub(crate) fn pack(numbers: &[u64], most: u64, out: &mut Vec<u8>) {
    let count = numbers.len() as u64;
    // The mean distance; its logarithm, a little less, is the best k.
    let mean = most.checked_div(count).unwrap_or(0);
    let k = (mean.max(1).ilog2()).saturating_sub(u32::from(mean > 2));
    put(out, count);
    out.push(k as u8);
    let mut bits = Bits { bytes: out, begun: 0, count: 0 };
    let mut before = 0;
    for &number in numbers {
        let distance = number - before;
        bits.put_ones(distance >> k);
        bits.put(distance & ((1 << k) - 1), k);
        before = number;
    }
    bits.finish();
}

/// Reads packed numbers one by one.
///
/// Errors: damage, named by what the bytes are.
pub(crate) struct Numbers<'a> {
    from: Unbits<'a>,
    what: &'static str,
    k: u32,
    left: usize,
    before: u64,
}

impl<'a> Numbers<'a> {
    pub(crate) fn new(bytes: &'a [u8], what: &'static str) -> Result<Self> {
        let mut head = Cursor::new(bytes, what);
        let left = head.number()? as usize;
        let (&k, body) = head.rest().split_first().ok_or_else(|| damaged(what))?;
        let k = u32::from(k);
        if k > MOST_BITS || left > body.len().saturating_mul(8) {
            return Err(damaged(what));
        }
        Ok(Numbers { from: Unbits { bytes: body, at: 0 }, what, k, left, before: 0 })
    }

    /// How many are left.
    pub(crate) fn len(&self) -> usize {
        self.left
    }

    pub(crate) fn next(&mut self) -> Result<Option<u64>> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let distance = self.from.ones().zip(self.from.take(self.k));
        let number = distance.map(|(quotient, rest)| self.before + (quotient << self.k | rest));
        match number {
            Some(number) if number >> MOST_BITS == 0 => {
                self.before = number;
                Ok(Some(number))
            }
            _ => Err(damaged(self.what)),
        }
    }
}

struct Bits<'a> {
    bytes: &'a mut Vec<u8>,
    /// Bits that make no byte yet, in the low end.
    begun: u64,
    /// How many those are: at most seven.
    count: u32,
}

impl Bits<'_> {
    /// Appends the low `count` bits of a value, at most 48.
    fn put(&mut self, value: u64, count: u32) {
        self.begun = self.begun << count | value;
        self.count += count;
        while self.count >= 8 {
            self.count -= 8;
            self.bytes.push((self.begun >> self.count) as u8);
        }
        self.begun &= (1 << self.count) - 1;
    }

    fn put_ones(&mut self, mut count: u64) {
        while count >= 32 {
            self.put(u64::from(u32::MAX), 32);
            count -= 32;
        }
        // At most 31 ones and the zero that ends them.
        self.put((1 << (count + 1)) - 2, count as u32 + 1);
    }

    /// Fills the last byte up with zeros.
    fn finish(mut self) {
        if self.count > 0 {
            self.put(0, 8 - self.count);
        }
    }
}

struct Unbits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Unbits<'_> {
    fn bit(&mut self) -> Option<u64> {
        let byte = *self.bytes.get(self.at / 8)?;
        let bit = (byte >> (7 - self.at % 8)) & 1;
        self.at += 1;
        Some(u64::from(bit))
    }

    /// The number of ones before the next zero. Bounded, so that damage can't
    /// overflow.
    fn ones(&mut self) -> Option<u64> {
        let mut count = 0;
        while self.bit()? == 1 {
            count += 1;
            if count > 1 << 20 {
                return None;
            }
        }
        Some(count)
    }

    fn take(&mut self, count: u32) -> Option<u64> {
        let mut value = 0;
        let mut left = count as usize;
        while left > 0 {
            let byte = *self.bytes.get(self.at / 8)?;
            let have = 8 - self.at % 8;
            let take = have.min(left);
            let part = (u64::from(byte) >> (have - take)) & ((1 << take) - 1);
            value = value << take | part;
            self.at += take;
            left -= take;
        }
        Some(value)
    }
}
