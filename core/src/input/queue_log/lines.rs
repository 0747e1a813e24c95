//! Cutting a stream of bytes into lines.
//!
//! Works on chunks of any size with constant memory: a line that lies in one
//! chunk is handed on where it lies, one that spans chunks is put together
//! first, and one longer than [`LONGEST_LINE`] leaves only its first bytes.

use crate::input::queue_log::LONGEST_LINE;
use crate::input::queue_log::scan::find;

/// How much of a line that is too long is kept to show.
pub const KEPT_BYTES: usize = 256;

/// A line that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// Without its newline; a carriage return is still there.
    Complete(&'a [u8]),
    /// Longer than [`LONGEST_LINE`]: malformed. `head` is its first
    /// [`KEPT_BYTES`], `length` all of its bytes without the newline.
    TooLong { head: &'a [u8], length: u64 },
    /// The end of a file that will not grow any more, without a newline:
    /// malformed, since nobody knows what is missing. At most
    /// [`LONGEST_LINE`] bytes of it.
    Torn(&'a [u8]),
}

/// Keeps what has come of a line whose newline has not.
#[derive(Clone, Debug, Default)]
pub struct Cutter {
    /// The begun line, or the head of one that is too long already.
    begun: Vec<u8>,
    /// All bytes of the begun line so far.
    length: u64,
    /// Bytes of the stream up to the last newline.
    position: u64,
}

impl Cutter {
    /// A cutter for a stream whose first byte has this position.
    pub fn at(position: u64) -> Self {
        Cutter { position, ..Cutter::default() }
    }

    /// The position after the last newline: where to go on reading when the
    /// begun line is forgotten.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// How many bytes of a line without newline have come.
    pub fn begun(&self) -> u64 {
        self.length
    }

    /// Takes the next bytes and hands on every line that ends in them, with
    /// the stream's position after its newline.
    pub fn feed(&mut self, chunk: &[u8], mut each: impl FnMut(Line<'_>, u64)) {
        let mut rest = chunk;
        while let Some(end) = find(b'\n', rest) {
            let (piece, after) = (&rest[..end], &rest[end + 1..]);
            rest = after;
            if self.length == 0 {
                self.position += end as u64 + 1;
                each(whole(piece), self.position);
                continue;
            }
            self.keep(piece);
            self.position += self.length + 1;
            let line = match self.length > LONGEST_LINE as u64 {
                true => Line::TooLong { head: &self.begun, length: self.length },
                false => Line::Complete(&self.begun),
            };
            each(line, self.position);
            self.begun.clear();
            self.length = 0;
        }
        if !rest.is_empty() {
            self.keep(rest);
        }
    }

    /// Ends the stream: what has come of a line without newline is torn.
    /// The position goes behind it.
    pub fn finish(&mut self, mut each: impl FnMut(Line<'_>, u64)) {
        if self.length > 0 {
            self.position += self.length;
            each(Line::Torn(&self.begun), self.position);
            self.begun.clear();
            self.length = 0;
        }
    }

    /// Adds to the begun line; past the limit only its head stays.
    fn keep(&mut self, piece: &[u8]) {
        self.length += piece.len() as u64;
        if self.length <= LONGEST_LINE as u64 {
            self.begun.extend_from_slice(piece);
            return;
        }
        let missing = KEPT_BYTES.saturating_sub(self.begun.len());
        self.begun.extend_from_slice(&piece[..missing.min(piece.len())]);
        self.begun.truncate(KEPT_BYTES);
    }
}

fn whole(piece: &[u8]) -> Line<'_> {
    if piece.len() > LONGEST_LINE {
        Line::TooLong { head: &piece[..KEPT_BYTES], length: piece.len() as u64 }
    } else {
        Line::Complete(piece)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, PartialEq)]
    enum Owned {
        Complete(Vec<u8>, u64),
        TooLong(Vec<u8>, u64, u64),
    }

    fn cut(stream: &[u8], sizes: &[usize]) -> (Vec<Owned>, Cutter) {
        let mut cutter = Cutter::default();
        let mut lines = Vec::new();
        let mut rest = stream;
        let mut sizes = sizes.iter().cycle();
        while !rest.is_empty() {
            let size = sizes.next().copied().unwrap_or(1).clamp(1, rest.len());
            let (chunk, after) = rest.split_at(size);
            rest = after;
            cutter.feed(chunk, |line, end| {
                lines.push(match line {
                    Line::Complete(bytes) => Owned::Complete(bytes.to_vec(), end),
                    Line::TooLong { head, length } => Owned::TooLong(head.to_vec(), length, end),
                    Line::Torn(_) => panic!("only the end is torn"),
                });
            });
        }
        (lines, cutter)
    }

    #[test]
    fn a_line_without_newline_waits_for_it() {
        let (lines, cutter) = cut(b"one\ntwo\r\n\nthr", &[100]);
        assert_eq!(
            lines,
            [
                Owned::Complete(b"one".to_vec(), 4),
                Owned::Complete(b"two\r".to_vec(), 9),
                Owned::Complete(b"".to_vec(), 10),
            ]
        );
        assert_eq!((cutter.position(), cutter.begun()), (10, 3));
        let mut cutter = cutter;
        let mut torn = Vec::new();
        cutter.finish(|line, end| torn.push((format!("{line:?}"), end)));
        assert_eq!(torn, [(format!("{:?}", Line::Torn(b"thr")), 13)]);
        cutter.finish(|_, _| panic!("nothing is left"));
    }

    #[test]
    fn a_line_too_long_keeps_its_head_and_the_next_line_is_whole() {
        for size in [1, 7, 4096, LONGEST_LINE, LONGEST_LINE + 1, 100_000] {
            let mut stream = vec![b'x'; LONGEST_LINE + 1];
            stream[0] = b'a';
            stream.extend_from_slice(b"\nnext\n");
            let (lines, _) = cut(&stream, &[size]);
            let Owned::TooLong(head, length, _) = &lines[0] else { panic!("{lines:?}") };
            assert_eq!((head.len(), head[0], *length), (KEPT_BYTES, b'a', 16385));
            assert_eq!(lines[1], Owned::Complete(b"next".to_vec(), 16391));
        }
        let (lines, _) = cut(&[&[b'x'; LONGEST_LINE][..], b"\n"].concat(), &[1000]);
        assert!(matches!(&lines[0], Owned::Complete(line, _) if line.len() == LONGEST_LINE));
    }

    #[test]
    fn memory_stays_small_however_long_the_line() {
        let mut cutter = Cutter::default();
        for _ in 0..1000 {
            cutter.feed(&[b'x'; 65536], |_, _| panic!("there is no newline"));
        }
        assert_eq!(cutter.begun(), 65_536_000);
        assert!(cutter.begun.capacity() <= 2 * LONGEST_LINE, "{}", cutter.begun.capacity());
    }

    proptest! {
        #[test]
        fn how_the_stream_is_cut_into_chunks_does_not_matter(
            lines in proptest::collection::vec("[a-c|\r]{0,40}", 0..30),
            last in "[a-c]{0,10}",
            sizes in proptest::collection::vec(1_usize..50, 1..8),
        ) {
            let mut stream = lines.join("\n").into_bytes();
            if !lines.is_empty() {
                stream.push(b'\n');
            }
            let end = stream.len() as u64;
            stream.extend_from_slice(last.as_bytes());
            let (found, cutter) = cut(&stream, &sizes);
            let texts: Vec<_> = found
                .iter()
                .map(|line| match line {
                    Owned::Complete(bytes, _) => String::from_utf8_lossy(bytes).into_owned(),
                    Owned::TooLong(..) => "too long".to_owned(),
                })
                .collect();
            prop_assert_eq!(&texts, &lines);
            prop_assert_eq!(cutter.position(), end);
            prop_assert_eq!(cutter.begun(), last.len() as u64);
        }
    }
}
