//! Small binary values: variable-length integers, short texts, options.
//!
//! The open state is rewritten with every commit, so its bytes are paid for
//! in flash; nothing here is ever shown to anybody.

use crate::base::CallId;

/// Bytes that do not mean anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Damaged;

#[derive(Default)]
pub(crate) struct Writer {
    pub bytes: Vec<u8>,
}

impl Writer {
    #[inline]
    pub fn unsigned(&mut self, value: u64) {
        // Most numbers are one byte.
        match u8::try_from(value) {
            Ok(byte) if byte < 0x80 => self.bytes.push(byte),
            _ => self.long_unsigned(value),
        }
    }

    fn long_unsigned(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push((value as u8) | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    /// Small numbers of either sign stay small.
    #[inline]
    pub fn signed(&mut self, value: i64) {
        self.unsigned(((value << 1) ^ (value >> 63)) as u64);
    }

    pub fn text(&mut self, text: &str) {
        self.unsigned(text.len() as u64);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    pub fn flag(&mut self, on: bool) {
        self.bytes.push(u8::from(on));
    }

    pub fn option<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.flag(value.is_some());
        if let Some(value) = value {
            write(self, value);
        }
    }

    /// Option of an id or a count, 0 for none.
    pub fn maybe(&mut self, value: Option<u32>) {
        self.unsigned(value.map_or(0, |value| u64::from(value) + 1));
    }

    pub fn call_id(&mut self, id: &CallId) {
        match id {
            CallId::Usual { epoch, seq } => {
                self.bytes.push(0);
                self.unsigned(u64::from(*epoch));
                self.unsigned(u64::from(*seq));
            }
            CallId::Other(text) => {
                self.bytes.push(1);
                self.text(text);
            }
        }
    }

    pub fn list<T>(&mut self, items: &[T], mut write: impl FnMut(&mut Self, &T)) {
        self.unsigned(items.len() as u64);
        for item in items {
            write(self, item);
        }
    }
}

pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Reader { bytes }
    }

    /// Everything must have been read.
    pub fn finish(self) -> Result<(), Damaged> {
        if self.bytes.is_empty() { Ok(()) } else { Err(Damaged) }
    }

    pub fn byte(&mut self) -> Result<u8, Damaged> {
        let (first, rest) = self.bytes.split_first().ok_or(Damaged)?;
        self.bytes = rest;
        Ok(*first)
    }

    pub fn unsigned(&mut self) -> Result<u64, Damaged> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Damaged)
    }

    pub fn signed(&mut self) -> Result<i64, Damaged> {
        let value = self.unsigned()?;
        Ok(((value >> 1) as i64) ^ -((value & 1) as i64))
    }

    /// A moment or a length; bounded, so that sums of a few cannot overflow.
    pub fn seconds(&mut self) -> Result<i64, Damaged> {
        let value = self.signed()?;
        if value.unsigned_abs() > 1 << 48 { Err(Damaged) } else { Ok(value) }
    }

    pub fn number<N: TryFrom<u64>>(&mut self) -> Result<N, Damaged> {
        N::try_from(self.unsigned()?).map_err(|_| Damaged)
    }

    pub fn text(&mut self) -> Result<Box<str>, Damaged> {
        let length: usize = self.number()?;
        let (text, rest) = self.bytes.split_at_checked(length).ok_or(Damaged)?;
        self.bytes = rest;
        std::str::from_utf8(text).map(Box::from).map_err(|_| Damaged)
    }

    pub fn flag(&mut self) -> Result<bool, Damaged> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Damaged),
        }
    }

    pub fn option<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Damaged>,
    ) -> Result<Option<T>, Damaged> {
        if self.flag()? { read(self).map(Some) } else { Ok(None) }
    }

    pub fn maybe(&mut self) -> Result<Option<u32>, Damaged> {
        match self.unsigned()? {
            0 => Ok(None),
            value => u32::try_from(value - 1).map(Some).map_err(|_| Damaged),
        }
    }

    pub fn call_id(&mut self) -> Result<CallId, Damaged> {
        match self.byte()? {
            0 => Ok(CallId::Usual { epoch: self.number()?, seq: self.number()? }),
            1 => Ok(CallId::Other(self.text()?)),
            _ => Err(Damaged),
        }
    }

    pub fn list<T>(
        &mut self,
        mut read: impl FnMut(&mut Self) -> Result<T, Damaged>,
    ) -> Result<Vec<T>, Damaged> {
        let length: usize = self.number()?;
        // Every item takes at least one byte: a wrong length can't reserve much.
        if length > self.bytes.len() {
            return Err(Damaged);
        }
        let mut items = Vec::with_capacity(length);
        for _ in 0..length {
            items.push(read(self)?);
        }
        Ok(items)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_every_size_come_back() {
        let mut writer = Writer::default();
        let unsigned = [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX];
        let signed = [0, -1, 1, 63, -64, 64, i64::MIN, i64::MAX];
        unsigned.iter().for_each(|value| writer.unsigned(*value));
        signed.iter().for_each(|value| writer.signed(*value));
        let mut reader = Reader::new(&writer.bytes);
        for value in unsigned {
            assert_eq!(reader.unsigned(), Ok(value));
        }
        for value in signed {
            assert_eq!(reader.signed(), Ok(value));
        }
        assert_eq!(reader.finish(), Ok(()));
    }

    #[test]
    fn a_length_past_the_end_is_damage_and_reserves_nothing() {
        let mut writer = Writer::default();
        writer.unsigned(u64::MAX);
        assert_eq!(Reader::new(&writer.bytes).text(), Err(Damaged));
        assert_eq!(Reader::new(&writer.bytes).list(|reader| reader.byte()), Err(Damaged));
    }
}
