//! What must hold for any bytes. Called by the fuzz targets and, with their
//! corpora, by `tests/fuzz_corpus.rs`; a broken promise panics.

use crate::input::ami::frame::{self, Buffer, Frame};
use crate::input::ami::{LONGEST_BLOCK, Message, parse};

/// A stream of frames: reading never fails and always gets on, each block can
/// be parsed, and how the stream is cut into chunks changes nothing.
pub fn frames(bytes: &[u8]) {
    let mut whole = Vec::new();
    let mut at = 0;
    loop {
        let frame = frame::next(&bytes[at..]);
        let Some((kept, used)) = seen(frame) else { break };
        assert!(used > 0 && at + used <= bytes.len());
        whole.push(kept);
        at += used;
    }
    let size = bytes.first().map_or(1, |&first| usize::from(first) + 1);
    let mut pieces = Vec::new();
    let mut buffer = Buffer::default();
    for chunk in bytes.chunks(size) {
        buffer.feed(chunk);
        while let Some((kept, _)) = seen(buffer.next()) {
            pieces.push(kept);
        }
    }
    // Garbage is cut where a read ends; blocks are not.
    if !whole.contains(&None) {
        assert_eq!(whole, pieces);
    }
}

/// What is compared, and how many bytes it took; nothing when incomplete.
/// Garbage is `None`.
fn seen(frame: Frame<'_>) -> Option<(Option<String>, usize)> {
    match frame {
        Frame::Block { block, used } => {
            assert!(block.len() < LONGEST_BLOCK);
            Some((Some(message(block)), used))
        }
        Frame::Greeting { version, used } => {
            Some((Some(String::from_utf8_lossy(version).into_owned()), used))
        }
        Frame::TooLong { used } => Some((Some("too long".to_owned()), used)),
        Frame::Garbage { used, .. } => Some((None, used)),
        Frame::Incomplete => None,
    }
}

/// One block: the same bytes give the same message.
fn message(block: &[u8]) -> String {
    let message = parse(block);
    if let Message::Event(notice) = &message {
        assert!(block.starts_with(b"Event"));
        assert!(!notice.name.contains('\n'));
    }
    format!("{message:?}")
}
