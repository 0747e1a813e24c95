//! The numbers that rows get within their second, given without asking the
//! database.
//!
//! A guess and no more: the row id is what counts, and a number that is in
//! use already is refused by the table. After that the caller asks, and says
//! here what he found.

use rustc_hash::FxHashMap;

use crate::base::UnixSec;

/// The next number of each second that rows of one table were written for
/// lately.
#[derive(Debug, Default)]
pub(crate) struct Numbers(FxHashMap<UnixSec, u32>);

impl Numbers {
    /// More seconds than the calls that are open at once on a busy box.
    const MOST: usize = 8192;

    /// The next number of a second.
    pub(crate) fn give(&mut self, second: UnixSec) -> u32 {
        if self.0.len() >= Self::MOST {
            self.0.clear();
        }
        let next = self.0.entry(second).or_default();
        let n = *next;
        *next = next.saturating_add(1);
        n
    }

    /// What the database says is the next number of a second.
    pub(crate) fn set(&mut self, second: UnixSec, next: u32) {
        self.0.insert(second, next);
    }
}

/// The numbers of all tables of facts.
#[derive(Debug, Default)]
pub(crate) struct Given {
    pub stints: Numbers,
    pub sessions: Numbers,
    pub memberships: Numbers,
    pub pauses: Numbers,
    pub ivr_calls: Numbers,
}

impl Given {
    /// Forgets everything, as after a transaction that was taken back.
    pub(crate) fn forget(&mut self) {
        *self = Given::default();
    }
}
