//! Framing: where a block begins and ends.
//!
//! A block is a run of `Key: value` lines ended by an empty line; lines end in
//! CR LF, or LF alone in files that went through an editor. Before the first
//! block stands one line of greeting. [`next`] is total: any bytes give one of
//! five answers, and *incomplete* is one of them.

use std::sync::LazyLock;

use memchr::memmem::Finder;
use memchr::{memchr, memchr_iter};

use crate::input::ami::LONGEST_BLOCK;

/// How the greeting begins; the protocol's version follows.
const GREETING: &[u8] = b"Asterisk Call Manager/";

/// A line of something that is no AMI is cut here when it does not end.
const LONGEST_GARBAGE: usize = 1024;

/// What stands at the head of the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame<'a> {
    /// A block without its empty line; `used` bytes are done with, empty
    /// lines before it counted.
    Block { block: &'a [u8], used: usize },
    /// The greeting, with the version of the protocol (`11.0.0`).
    Greeting { version: &'a [u8], used: usize },
    /// The end of the block has not come yet.
    Incomplete,
    /// [`LONGEST_BLOCK`] bytes and no end.
    TooLong { used: usize },
    /// A line that can begin no block.
    Garbage { line: &'a [u8], used: usize },
}

/// The first frame in `bytes`.
pub fn next(bytes: &[u8]) -> Frame<'_> {
    // Asterisk ends some events with one empty line too many.
    let blank = blank(bytes);
    let rest = &bytes[blank..];
    let Some(&first) = rest.first() else { return Frame::Incomplete };
    if !first.is_ascii_alphanumeric() {
        return garbage(rest, blank);
    }
    match first_line(rest) {
        FirstLine::Field => block(rest, blank),
        FirstLine::Unfinished if rest.len() < LONGEST_GARBAGE => Frame::Incomplete,
        FirstLine::Unfinished | FirstLine::NoField => match greeting(rest) {
            Some((version, used)) => Frame::Greeting { version, used: blank + used },
            None => garbage(rest, blank),
        },
    }
}

/// The length of the empty lines at the head.
fn blank(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count()
}

enum FirstLine {
    Field,
    NoField,
    Unfinished,
}

fn first_line(bytes: &[u8]) -> FirstLine {
    for byte in bytes.iter().take(LONGEST_GARBAGE) {
        match byte {
            b':' => return FirstLine::Field,
            b'\n' => return FirstLine::NoField,
            _ => {}
        }
    }
    FirstLine::Unfinished
}

fn block(rest: &[u8], blank: usize) -> Frame<'_> {
    let within = &rest[..rest.len().min(LONGEST_BLOCK)];
    match end(within) {
        Some((block, used)) => Frame::Block { block: &rest[..block], used: blank + used },
        None if rest.len() >= LONGEST_BLOCK => Frame::TooLong { used: blank + LONGEST_BLOCK },
        None => Frame::Incomplete,
    }
}

/// The length of the block, and of the block with its empty line. The first
/// line says how lines end.
fn end(bytes: &[u8]) -> Option<(usize, usize)> {
    static EMPTY_LINE: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new(b"\n\r\n"));
    let first = memchr(b'\n', bytes)?;
    if first > 0 && bytes[first - 1] == b'\r' {
        let at = first + EMPTY_LINE.find(&bytes[first..])?;
        return Some((without_return(bytes, at), at + 3));
    }
    let mut before = first;
    for at in memchr_iter(b'\n', &bytes[first + 1..]).map(|at| first + 1 + at) {
        if before + 1 == without_return(bytes, at) {
            return Some((without_return(bytes, before), at + 1));
        }
        before = at;
    }
    None
}

/// Where the text before the newline at `at` ends.
fn without_return(bytes: &[u8], at: usize) -> usize {
    if at > 0 && bytes[at - 1] == b'\r' { at - 1 } else { at }
}

fn greeting(rest: &[u8]) -> Option<(&[u8], usize)> {
    let version = rest.strip_prefix(GREETING)?;
    let length = version.iter().position(|&byte| byte == b'\n')?;
    Some((version[..length].trim_ascii_end(), GREETING.len() + length + 1))
}

fn garbage(rest: &[u8], blank: usize) -> Frame<'_> {
    let within = &rest[..rest.len().min(LONGEST_GARBAGE)];
    let (line, used) = match within.iter().position(|&byte| byte == b'\n') {
        Some(at) => (&rest[..at], at + 1),
        None => (within, within.len()),
    };
    Frame::Garbage { line: line.trim_ascii_end(), used: blank + used }
}

/// Chunks of a stream, and the frames in them.
///
/// Holds at most one unfinished block and what the last read brought beyond
/// it: who feeds reads all frames before feeding again.
#[derive(Debug, Default)]
pub struct Buffer {
    bytes: Vec<u8>,
    start: usize,
}

impl Buffer {
    /// Adds what was read.
    pub fn feed(&mut self, chunk: &[u8]) {
        if self.start == self.bytes.len() {
            self.bytes.clear();
        } else if self.start > 0 {
            self.bytes.drain(..self.start);
        }
        self.start = 0;
        self.bytes.extend_from_slice(chunk);
    }

    /// Takes the first frame out; [`Frame::Incomplete`] when more bytes are
    /// needed. `used` has been taken care of.
    #[expect(
        clippy::should_implement_trait,
        reason = "a frame borrows from the buffer, which the items of an iterator can't"
    )]
    pub fn next(&mut self) -> Frame<'_> {
        // Empty lines alone must not pile up.
        self.start += blank(&self.bytes[self.start..]);
        let frame = next(&self.bytes[self.start..]);
        self.start += match frame {
            Frame::Block { used, .. }
            | Frame::Greeting { used, .. }
            | Frame::TooLong { used }
            | Frame::Garbage { used, .. } => used,
            Frame::Incomplete => 0,
        };
        frame
    }

    /// Bytes fed and not taken: an unfinished block.
    pub fn pending(&self) -> usize {
        self.bytes.len() - self.start
    }

    /// Forgets everything, for a new connection.
    pub fn clear(&mut self) {
        *self = Buffer::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The frames of `bytes`, each as a letter and its text.
    fn frames(bytes: &[u8]) -> Vec<String> {
        let mut found = Vec::new();
        let mut at = 0;
        loop {
            let (letter, text, used) = match next(&bytes[at..]) {
                Frame::Block { block, used } => ('b', block, used),
                Frame::Greeting { version, used } => ('v', version, used),
                Frame::Garbage { line, used } => ('g', line, used),
                Frame::TooLong { used } => ('l', &b""[..], used),
                Frame::Incomplete => return found,
            };
            found.push(format!("{letter} {}", String::from_utf8_lossy(text).escape_debug()));
            at += used;
        }
    }

    #[test]
    fn a_stream_is_a_greeting_and_blocks() {
        for (bytes, expected) in [
            ("Asterisk Call Manager/11.0.0\r\n", vec!["v 11.0.0"]),
            ("Asterisk Call Manager/5.0.4\nA: b\n\n", vec!["v 5.0.4", "b A: b"]),
            ("A: b\r\nC: d\r\n\r\nE: f\r\n\r\n", vec!["b A: b\\r\\nC: d", "b E: f"]),
            ("AB: c\r\nC: d\r\n\r\nE: f\r\n\r\n", vec!["b AB: c\\r\\nC: d", "b E: f"]),
            ("A: b\nC: d\n\nEF: f\n\n", vec!["b A: b\\nC: d", "b EF: f"]),
            ("A: b\r\n\r\n\r\n\r\nC: d\r\n\r\n", vec!["b A: b", "b C: d"]),
            ("\r\n\r\n", vec![]),
            ("A: b\r\nC: d\r\n", vec![]),
            ("A: b\r\nC: d\r\n\r", vec![]),
            ("Asterisk Call Mana", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(frames(bytes.as_bytes()), expected, "{bytes:?}");
        }
    }

    #[test]
    fn another_server_is_garbage_at_once() {
        for (bytes, expected) in [
            ("SSH-2.0-OpenSSH_9.2\r\n", "g SSH-2.0-OpenSSH_9.2"),
            ("HTTP/1.1 400 Bad Request\r\nA: b\r\n\r\n", "g HTTP/1.1 400 Bad Request"),
            ("\u{15}\u{3}\u{3}", "g \\u{15}\\u{3}\\u{3}"),
            ("<html>\n", "g <html>"),
        ] {
            assert_eq!(frames(bytes.as_bytes())[0], expected);
        }
        assert!(matches!(next(&[b'a'; 1024]), Frame::Garbage { used: 1024, .. }));
    }

    #[test]
    fn a_block_of_the_longest_length_passes_and_one_byte_more_does_not() {
        let block = |length: usize| {
            let mut bytes = b"Key: ".to_vec();
            bytes.resize(length - 4, b'x');
            bytes.extend_from_slice(b"\r\n\r\n");
            bytes
        };
        let longest = block(LONGEST_BLOCK);
        assert!(matches!(next(&longest), Frame::Block { used: LONGEST_BLOCK, .. }));
        assert_eq!(next(&longest[..LONGEST_BLOCK - 1]), Frame::Incomplete);
        assert_eq!(next(&block(LONGEST_BLOCK + 1)), Frame::TooLong { used: LONGEST_BLOCK });
    }

    #[test]
    fn a_buffer_gives_what_the_whole_gives_however_it_is_cut() {
        let bytes = b"Asterisk Call Manager/11.0.0\r\nA: b\r\nC: d\r\n\r\n\r\nE: f\r\n\r\nG: h\r\n";
        for size in 1..=bytes.len() {
            let mut buffer = Buffer::default();
            let mut blocks = Vec::new();
            for chunk in bytes.chunks(size) {
                buffer.feed(chunk);
                loop {
                    match buffer.next() {
                        Frame::Incomplete => break,
                        Frame::Block { block, .. } => blocks.push(block.to_vec()),
                        Frame::Greeting { version, .. } => blocks.push(version.to_vec()),
                        other => panic!("{other:?}"),
                    }
                }
            }
            let expected = [&b"11.0.0"[..], b"A: b\r\nC: d", b"E: f"];
            assert_eq!(blocks, expected, "chunks of {size}");
            assert_eq!(buffer.pending(), b"G: h\r\n".len());
        }
    }
}
