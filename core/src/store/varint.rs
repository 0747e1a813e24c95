//! Small numbers in few bytes: groups of seven bits, lowest first, and signed
//! numbers folded so that those near zero stay short.

use crate::base::Result;
use crate::store::error::damaged;

pub(crate) fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number as u8 & 0x7f) | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

pub(crate) fn put_signed(out: &mut Vec<u8>, number: i64) {
    put(out, ((number << 1) ^ (number >> 63)) as u64);
}

pub(crate) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Reads back what was put, in the same order. Stored bytes are outside data:
/// whatever they hold, reading ends in a value or in `Damaged`.
#[derive(Clone, Copy)]
pub(crate) struct Cursor<'a> {
    rest: &'a [u8],
    /// What is read, for the message when it makes no sense.
    what: &'static str,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(rest: &'a [u8], what: &'static str) -> Self {
        Cursor { rest, what }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// What was not read yet.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(crate) fn number(&mut self) -> Result<u64> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.rest.split_first().ok_or_else(|| damaged(self.what))?;
            self.rest = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(damaged(self.what))
    }

    pub(crate) fn signed(&mut self) -> Result<i64> {
        let number = self.number()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    pub(crate) fn small(&mut self) -> Result<u32> {
        u32::try_from(self.number()?).map_err(|_| damaged(self.what))
    }

    /// A count of things that take at least one byte each, so that a damaged
    /// count can't ask for memory that the bytes don't back.
    pub(crate) fn count(&mut self) -> Result<usize> {
        let count = self.number()?;
        match usize::try_from(count) {
            Ok(count) if count <= self.rest.len() => Ok(count),
            _ => Err(damaged(self.what)),
        }
    }

    pub(crate) fn bytes(&mut self) -> Result<&'a [u8]> {
        let count = self.count()?;
        let (bytes, rest) = self.rest.split_at(count);
        self.rest = rest;
        Ok(bytes)
    }

    pub(crate) fn text(&mut self) -> Result<&'a str> {
        std::str::from_utf8(self.bytes()?).map_err(|_| damaged(self.what))
    }

    pub(crate) fn damaged<T>(&self) -> Result<T> {
        Err(damaged(self.what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_and_small_ones_are_short() {
        let mut bytes = Vec::new();
        let signed = [0, 1, -1, 63, -64, i64::MAX, i64::MIN, 1_795_189_119];
        for number in signed {
            put_signed(&mut bytes, number);
        }
        put(&mut bytes, u64::MAX);
        put_bytes(&mut bytes, b"caf\xc3\xa9");
        let mut cursor = Cursor::new(&bytes, "test");
        for number in signed {
            assert_eq!(cursor.signed().unwrap(), number);
        }
        assert_eq!(cursor.number().unwrap(), u64::MAX);
        assert_eq!(cursor.text().unwrap(), "café");
        assert!(cursor.is_empty());
        let mut one = Vec::new();
        put_signed(&mut one, -64);
        assert_eq!(one.len(), 1);
    }

    #[test]
    fn cut_bytes_are_damage_and_a_wild_count_asks_for_no_memory() {
        assert!(Cursor::new(&[0x80], "test").number().is_err());
        assert!(Cursor::new(&[0xff; 11], "test").number().is_err());
        assert!(Cursor::new(&[0xff, 0xff, 0xff, 0x7f, 1], "test").count().is_err());
        assert!(Cursor::new(&[1, 0xff], "test").text().is_err());
    }
}
