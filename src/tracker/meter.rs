//! What the tracker tells about itself.

use crate::tracker::Word;

/// Counters since the start. What edges count (bytes, reconnections,
/// lag) is theirs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meter {
    /// Events taken in.
    pub events: u64,
    /// Of them such whose name the vocabulary does not know.
    pub unknown: u64,
    /// Of them such that no machine looks at (see [`QUIET`](crate::tracker::QUIET)).
    pub quiet: u64,
    /// Records by verb, in the order of [`Word::ALL`].
    pub written: [u64; Word::ALL.len()],
    /// Records not written because they had been.
    pub duplicates: u64,
    /// Records that correct what was missed.
    pub recovered: u64,
    /// Restarts of Asterisk seen.
    pub restarts: u64,
    /// Calls open now.
    pub open: usize,
    /// Channels remembered now.
    pub channels: usize,
}

impl Meter {
    /// Records of all verbs.
    pub fn records(&self) -> u64 {
        self.written.iter().sum()
    }
}
