//! Captures: what a manager connection carried, with the time of each block.
//!
//! Two forms are read. Ours is text: a header of `#` lines, then before each
//! block a line `#@ <epoch.microseconds> <direction>`, where `<` came from
//! Asterisk and `>` went to it. The other is the bytes as received (`ami.raw`);
//! their times come from an index beside it (JSON lines `[arrival, offset,
//! length]`, one per read), else from the `Timestamp` of the events, else they
//! are 10 ms apart. [`capture_file`](super::capture_file) opens files,
//! [`recorder`](super::recorder) writes our form.

use crate::base::{Error, Kind, Result, UnixMicro};
use crate::input::ami::frame::{self, Frame};
use crate::input::ami::message::timestamp;

/// The first line of our form; the number is the version of the form.
pub const HEADER: &str = "# switchroom capture 1";

/// What begins the line before a block.
pub(crate) const MARK: &str = "#@ ";

/// Between blocks that carry no time.
const STEP: UnixMicro = 10_000;

/// A capture in memory.
#[derive(Debug)]
pub struct Capture {
    bytes: Vec<u8>,
    form: Form,
}

#[derive(Debug)]
enum Form {
    Ours,
    /// End of each read and its arrival, in the order of the bytes.
    Raw(Vec<(u64, UnixMicro)>),
}

/// One block or greeting of a capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Captured<'a> {
    /// When its last byte arrived, or as near to it as the capture says.
    pub at: UnixMicro,
    /// Whether it went to Asterisk.
    pub sent: bool,
    pub content: Content<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content<'a> {
    /// A new connection begins; the version of the protocol.
    Greeting(&'a [u8]),
    /// For [`parse`](super::parse).
    Block(&'a [u8]),
    /// What is no block, or longer than one may be; it is passed over.
    Damaged(&'a [u8]),
}

impl Capture {
    /// A capture from its bytes, and those of its index if it has one.
    ///
    /// Errors: [`Kind::Invalid`] for a form of a later version and for an
    /// index that is none, with its line.
    pub fn new(bytes: Vec<u8>, index: Option<&[u8]>) -> Result<Capture> {
        if bytes.starts_with(b"# switchroom capture ") {
            let line = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
            if line.trim_ascii_end() != HEADER.as_bytes() {
                return Err(Error::new(
                    Kind::Invalid,
                    "the capture is of a later form than this program reads; take a newer one",
                ));
            }
            return Ok(Capture { bytes, form: Form::Ours });
        }
        let reads = index.map(reads).transpose()?.unwrap_or_default();
        Ok(Capture { bytes, form: Form::Raw(reads) })
    }

    /// What it holds, in its order.
    pub fn iter(&self) -> Blocks<'_> {
        Blocks { capture: self, at: 0, time: None, sent: false, read: 0 }
    }

    /// Bytes it holds.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
}

impl<'a> IntoIterator for &'a Capture {
    type Item = Captured<'a>;
    type IntoIter = Blocks<'a>;
    fn into_iter(self) -> Blocks<'a> {
        self.iter()
    }
}

/// Walks through a [`Capture`].
#[derive(Debug)]
pub struct Blocks<'a> {
    capture: &'a Capture,
    at: usize,
    /// Of the last block.
    time: Option<UnixMicro>,
    sent: bool,
    /// The read that holds the last byte.
    read: usize,
}

impl<'a> Iterator for Blocks<'a> {
    type Item = Captured<'a>;

    fn next(&mut self) -> Option<Captured<'a>> {
        self.pass_marks();
        let (content, used) = match frame::next(&self.capture.bytes[self.at..]) {
            Frame::Block { block, used } => (Content::Block(block), used),
            Frame::Greeting { version, used } => (Content::Greeting(version), used),
            Frame::Garbage { line, used } => (Content::Damaged(line), used),
            Frame::TooLong { used } => (Content::Damaged(b""), used),
            Frame::Incomplete => return None,
        };
        self.at += used;
        let at = self.time_of(content);
        self.time = Some(at);
        Some(Captured { at, sent: self.sent, content })
    }
}

impl Blocks<'_> {
    /// Passes the header and marks of our form and takes what they say.
    fn pass_marks(&mut self) {
        if !matches!(self.capture.form, Form::Ours) {
            return;
        }
        loop {
            let rest = &self.capture.bytes[self.at..];
            let blank = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            let rest = &rest[blank..];
            if !rest.starts_with(b"#") {
                return;
            }
            let end = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
            let line = String::from_utf8_lossy(&rest[..end]);
            if let Some(mark) = line.strip_prefix(MARK) {
                let (time, direction) = mark.trim_end().split_once(' ').unwrap_or((mark, "<"));
                self.time = timestamp(time).or(self.time);
                self.sent = direction == ">";
            }
            self.at += blank + (end + 1).min(rest.len());
        }
    }

    fn time_of(&mut self, content: Content<'_>) -> UnixMicro {
        let reads = match &self.capture.form {
            Form::Ours => return self.time.unwrap_or_default(),
            Form::Raw(reads) => reads,
        };
        while reads.get(self.read).is_some_and(|(end, _)| *end < self.at as u64) {
            self.read += 1;
        }
        if let Some((_, arrival)) = reads.get(self.read) {
            return *arrival;
        }
        let told = match content {
            Content::Block(block) => stamped(block),
            _ => None,
        };
        told.or(self.time.map(|last| last + STEP)).unwrap_or_default()
    }
}

/// The `Timestamp` of an event.
fn stamped(block: &[u8]) -> Option<UnixMicro> {
    let line = block.split(|&byte| byte == b'\n').find(|line| line.starts_with(b"Timestamp:"))?;
    timestamp(str::from_utf8(&line[10..]).ok()?.trim())
}

/// The reads of an index: where each ends, and when it arrived.
fn reads(index: &[u8]) -> Result<Vec<(u64, UnixMicro)>> {
    let mut reads = Vec::new();
    for (number, line) in index.split(|&byte| byte == b'\n').enumerate() {
        if line.trim_ascii().is_empty() {
            continue;
        }
        let (arrival, offset, length): (f64, u64, u64) =
            serde_json::from_slice(line).map_err(|error| {
                let what =
                    format!("line {} of the index is not [arrival, offset, length]", number + 1);
                Error::caused(Kind::Invalid, what, error)
            })?;
        reads.push((offset.saturating_add(length), (arrival * 1e6).round() as UnixMicro));
    }
    Ok(reads)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(capture: &Capture) -> Vec<(UnixMicro, bool, String)> {
        capture
            .iter()
            .map(|captured| {
                let text = match captured.content {
                    Content::Greeting(text) | Content::Block(text) | Content::Damaged(text) => text,
                };
                (captured.at, captured.sent, String::from_utf8_lossy(text).into_owned())
            })
            .collect()
    }

    #[test]
    fn our_form_is_marks_and_blocks() {
        let text = "# switchroom capture 1\n# asterisk 22.10.1\n\
                    #@ 100.000001 <\nAsterisk Call Manager/11.0.0\r\n\
                    #@ 100.5 >\nAction: Ping\r\n\r\n\
                    #@ 100.75 <\nEvent: Hold\r\nChannel: x\r\n\r\n\r\n";
        let capture = Capture::new(text.into(), None).unwrap();
        assert_eq!(
            told(&capture),
            [
                (100_000_001, false, "11.0.0".to_owned()),
                (100_500_000, true, "Action: Ping".to_owned()),
                (100_750_000, false, "Event: Hold\r\nChannel: x".to_owned()),
            ]
        );
        let later = Capture::new("# switchroom capture 2\n".into(), None).unwrap_err();
        assert!(later.message().contains("newer"));
    }

    #[test]
    fn raw_bytes_take_their_time_from_the_read_that_ends_a_block() {
        let text = b"Asterisk Call Manager/5.0.4\r\nA: b\r\n\r\nC: d\r\n\r\n";
        let index = b"[10.25, 0, 30]\n[10.5, 30, 9]\n[11, 39, 7]\n";
        let capture = Capture::new(text.to_vec(), Some(index)).unwrap();
        let times: Vec<UnixMicro> = capture.iter().map(|captured| captured.at).collect();
        assert_eq!(times, [10_250_000, 10_500_000, 11_000_000]);
        let error = Capture::new(text.to_vec(), Some(b"[1, 2, 3]\nnonsense")).unwrap_err();
        assert!(error.message().contains("line 2"));
    }

    #[test]
    fn without_an_index_time_is_the_stamp_or_goes_on_by_ten_milliseconds() {
        let text =
            b"A: b\r\n\r\nEvent: X\r\nTimestamp: 7.25\r\n\r\nC: d\r\n\r\n\x01\x02\r\nE: f\r\n\r\n";
        let capture = Capture::new(text.to_vec(), None).unwrap();
        let times: Vec<UnixMicro> = capture.iter().map(|captured| captured.at).collect();
        assert_eq!(times, [0, 7_250_000, 7_260_000, 7_270_000, 7_280_000]);
        let damaged = capture.iter().filter(|c| matches!(c.content, Content::Damaged(_)));
        assert_eq!(damaged.count(), 1);
    }
}
