//! A connection that is written down as it goes. An edge: it holds the file.
//!
//! Wraps any [`Dial`], so that neither the session nor who listens knows of
//! it. A capture that can't be written any more is told once and ends; the
//! connection goes on.

use std::io::{Read, Result as IoResult, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::{Arc, Mutex, PoisonError};

use crate::base::time;
use crate::input::ami::client::{Dial, Link};
use crate::input::ami::down::Down;
use crate::input::ami::frame::{Buffer, Frame};
use crate::input::ami::recorder::Recorder;

/// Whether events of this name are written down.
pub type Keep = fn(&str) -> bool;

/// A [`Dial`] whose connections are captured, one after the other.
#[derive(Debug)]
pub struct Taped<D> {
    dial: D,
    tape: Tape,
}

impl<D: Dial> Taped<D> {
    pub fn new(dial: D, recorder: Recorder, keep: Keep) -> Self {
        // Held for one block, never across a wait.
        Taped { dial, tape: Tape { recorder: Arc::new(Mutex::new(Some(recorder))), keep } }
    }
}

impl<D: Dial> Dial for Taped<D> {
    fn dial(&mut self) -> Result<Box<dyn Link>, Down> {
        let link = self.dial.dial()?;
        let (said, heard) = (Buffer::default(), Buffer::default());
        Ok(Box::new(TapedLink { link, tape: self.tape.clone(), said, heard }))
    }
}

#[derive(Clone, Debug)]
struct Tape {
    /// `None` once it could not be written.
    recorder: Arc<Mutex<Option<Recorder>>>,
    keep: Keep,
}

impl Tape {
    /// Writes the whole frames of a buffer down.
    fn take(&self, buffer: &mut Buffer, sent: bool) {
        let at = time::now_micro();
        loop {
            let greeting;
            let block = match buffer.next() {
                Frame::Block { block, .. } => block,
                Frame::Greeting { version, .. } => {
                    greeting = [b"Asterisk Call Manager/", version].concat();
                    &greeting
                }
                Frame::Garbage { line, .. } => line,
                Frame::TooLong { .. } => continue,
                Frame::Incomplete => return,
            };
            if !sent && event_name(block).is_some_and(|name| !(self.keep)(name)) {
                continue;
            }
            let mut recorder = self.recorder.lock().unwrap_or_else(PoisonError::into_inner);
            let written = recorder.as_mut().map_or(Ok(()), |to| to.block(at, sent, block));
            if let Err(error) = written {
                tracing::warn!("the capture ends: {error}");
                *recorder = None;
            }
        }
    }
}

struct TapedLink {
    link: Box<dyn Link>,
    tape: Tape,
    said: Buffer,
    heard: Buffer,
}

impl Read for TapedLink {
    fn read(&mut self, into: &mut [u8]) -> IoResult<usize> {
        let length = self.link.read(into)?;
        self.heard.feed(&into[..length]);
        self.tape.take(&mut self.heard, false);
        Ok(length)
    }
}

impl Write for TapedLink {
    fn write(&mut self, bytes: &[u8]) -> IoResult<usize> {
        let length = self.link.write(bytes)?;
        self.said.feed(&bytes[..length]);
        self.tape.take(&mut self.said, true);
        Ok(length)
    }

    fn flush(&mut self) -> IoResult<()> {
        self.link.flush()
    }
}

impl AsFd for TapedLink {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.link.as_fd()
    }
}

impl Drop for TapedLink {
    fn drop(&mut self) {
        let mut recorder = self.tape.recorder.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Err(error)) = recorder.as_mut().map(Recorder::flush) {
            tracing::warn!("the capture lacks its end: {error}");
        }
    }
}

/// The name in the first line of a block, if it is an event's.
fn event_name(block: &[u8]) -> Option<&str> {
    let line = block.split(|&byte| byte == b'\r' || byte == b'\n').next()?;
    str::from_utf8(line.strip_prefix(b"Event: ")?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::ami::capture::{Capture, Content};
    use std::os::unix::net::UnixStream;

    struct Once(Option<UnixStream>);

    impl Dial for Once {
        fn dial(&mut self) -> Result<Box<dyn Link>, Down> {
            self.0.take().map(|link| Box::new(link) as Box<dyn Link>).ok_or(Down::NobodyThere)
        }
    }

    #[test]
    fn both_ways_are_written_down_whole_blocks_and_without_secrets() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("capture");
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let recorder = Recorder::create(&path, &[]).unwrap();
        let mut taped = Taped::new(Once(Some(ours)), recorder, |name| name != "VarSet");
        let mut link = taped.dial().unwrap();
        for part in [
            "Asterisk Call Manager/11.0.0\r\nEvent: Ho",
            "ld\r\n\r\nEvent: VarSet\r\n\r\nEvent: Un",
        ] {
            theirs.write_all(part.as_bytes()).unwrap();
            let mut into = [0; 200];
            assert_eq!(link.read(&mut into).unwrap(), part.len());
        }
        link.write_all(b"Action: Login\r\nSecret: s3cret\r\n\r\n").unwrap();
        drop(link);
        let capture = Capture::new(std::fs::read(&path).unwrap(), None).unwrap();
        let read: Vec<_> = capture.iter().map(|it| (it.sent, it.content)).collect();
        assert_eq!(
            read,
            [
                (false, Content::Greeting(b"11.0.0")),
                (false, Content::Block(b"Event: Hold")),
                (true, Content::Block(b"Action: Login\r\nSecret: ***")),
            ]
        );
    }
}
