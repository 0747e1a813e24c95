//! What the intake hands over: everything that one commit makes durable at
//! once.

use crate::base::UnixSec;
use crate::model::{Change, StatePut};

/// Everything that came out of some records, with the position behind them.
/// One batch is one transaction: after a crash all of it is there or none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    /// In the order the model gave them.
    pub changes: Vec<Change>,
    /// Parts of the open state that changed since the last batch.
    pub state: Vec<StatePut>,
    /// Time and hash of each record taken in, for [`Seen`](crate::store::Seen).
    pub seen: Vec<(UnixSec, u64)>,
    /// Where reading goes on; `None` leaves the stored position as it is.
    pub position: Option<Position>,
    /// How much to add to which counter (`lines`, `unknown FOO`, …).
    pub counters: Vec<(Box<str>, u64)>,
    /// Lines to show on the health page; the newest [`ODD_LINES`] are kept.
    pub odd: Vec<OddLine>,
    /// Raw lines that were read but wait in the re-order window: the whole
    /// list anew, or `None` when it did not change.
    pub pending: Option<Vec<Box<[u8]>>>,
}

/// How many unknown and malformed lines are kept (`metrics.md` 1.1 rule 5).
pub const ODD_LINES: i64 = 1000;

impl Batch {
    /// Whether committing it would change nothing.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
            && self.state.is_empty()
            && self.seen.is_empty()
            && self.position.is_none()
            && self.counters.is_empty()
            && self.odd.is_empty()
            && self.pending.is_none()
    }
}

/// A place in a log file, by the file's identity and not by its name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    pub device: u64,
    pub inode: u64,
    /// Hash of the first `fingerprint_len` bytes.
    pub fingerprint: u64,
    pub fingerprint_len: u32,
    /// Bytes read and committed.
    pub offset: u64,
    /// Time of the newest record before `offset`; 0 when there was none.
    pub last: UnixSec,
}

/// A line nobody could read, kept to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OddLine {
    /// Time of the line, or of the newest record before it.
    pub at: UnixSec,
    pub kind: OddKind,
    /// The unknown verb, or why the line is malformed.
    pub reason: Box<str>,
    /// The line as it stood, cut at a length the intake chose.
    pub line: Box<[u8]>,
}

/// Numbers are stored, never reuse one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum OddKind {
    Unknown = 1,
    Malformed = 2,
}

impl OddKind {
    /// The kind with a stored number.
    pub fn from_code(code: u8) -> Option<Self> {
        match code {
            1 => Some(OddKind::Unknown),
            2 => Some(OddKind::Malformed),
            _ => None,
        }
    }
}
