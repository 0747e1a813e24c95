//! Bytes that can be read anywhere: a file, a sealed file, sound made of one.

use std::io;

/// A length and a way to read anywhere below it.
///
/// It takes `&mut self`, because what is read through may keep the chunk or
/// the frame it decoded last.
pub trait ReadAt {
    /// Bytes there are now. What grows may say more at the next call.
    fn len(&mut self) -> io::Result<u64>;

    /// Fills as much of `buf` as there are bytes from `pos` on and says how
    /// many; 0 only at or past the end.
    fn read_at(&mut self, pos: u64, buf: &mut [u8]) -> io::Result<usize>;

    fn is_empty(&mut self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }
}

impl<S: ReadAt + ?Sized> ReadAt for Box<S> {
    fn len(&mut self) -> io::Result<u64> {
        (**self).len()
    }

    fn read_at(&mut self, pos: u64, buf: &mut [u8]) -> io::Result<usize> {
        (**self).read_at(pos, buf)
    }
}

impl ReadAt for Vec<u8> {
    fn len(&mut self) -> io::Result<u64> {
        Ok(self.as_slice().len() as u64)
    }

    fn read_at(&mut self, pos: u64, buf: &mut [u8]) -> io::Result<usize> {
        let from = usize::try_from(pos).unwrap_or(usize::MAX);
        let rest = self.as_slice().get(from..).unwrap_or(&[]);
        let count = rest.len().min(buf.len());
        buf[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_gives_what_it_has_and_nothing_past_its_end() {
        let mut bytes = vec![1u8, 2, 3];
        let mut buf = [0; 2];
        assert_eq!(bytes.read_at(1, &mut buf).unwrap(), 2);
        assert_eq!(buf, [2, 3]);
        assert_eq!(bytes.read_at(2, &mut buf).unwrap(), 1);
        assert_eq!(bytes.read_at(3, &mut buf).unwrap(), 0);
        assert_eq!(bytes.read_at(u64::MAX, &mut buf).unwrap(), 0);
        assert_eq!(ReadAt::len(&mut bytes).unwrap(), 3);
        assert!(!ReadAt::is_empty(&mut bytes).unwrap());
    }
}
