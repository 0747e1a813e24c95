//! Records met twice (`metrics.md` 1.2, De-duplication).
//!
//! A *range* is one continuous stretch of one file. Within it only identical
//! neighbours are duplicates, and not even those of rings, since two rings of
//! no length in one second happen. A record that another range brought before
//! is always one.

use std::collections::VecDeque;

use crate::base::{Result, UnixSec};
use crate::event::Verb;
use crate::store::{Seen, Store};

/// Quarters whose sets are held: lines of a log rarely lie further apart than
/// the re-order window, so a few are enough even at a step of the clock.
const QUARTERS: usize = 16;

/// What was known when the range began.
#[derive(Debug, Default)]
pub struct Known {
    /// Newest first. Looked up when the range reaches the quarter, so that
    /// the range's own records are not in it.
    quarters: VecDeque<(i64, Seen)>,
    /// Records up to this time continue a range that was read before a
    /// restart: what is stored of them may be the range's own.
    own_until: UnixSec,
    /// Nothing newer was known when the range began.
    newest: UnixSec,
    /// Facts of records older than this were deleted with their age.
    horizon: UnixSec,
}

/// Whether a record is to be taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    New,
    /// Another range brought it.
    Known,
    /// Its facts would be deleted at once.
    TooOld,
}

impl Known {
    /// Refuses records older than this.
    pub fn refuse_before(&mut self, horizon: UnixSec) {
        self.horizon = horizon;
    }

    /// Begins a range. `newest` is the time of the newest record taken in so
    /// far, all of which must be committed; `continues` says that the range
    /// goes on where one ended whose newest record had that time.
    pub fn begin(&mut self, newest: UnixSec, continues: Option<UnixSec>) {
        self.quarters.clear();
        self.newest = newest;
        self.own_until = continues.unwrap_or(UnixSec::MIN);
    }

    /// Looks up what is needed to judge records of this time.
    pub fn prepare(&mut self, at: UnixSec, store: &Store) -> Result<()> {
        let quarter = Seen::quarter(at);
        if self.is_beyond(quarter) || self.quarters.iter().any(|(known, _)| *known == quarter) {
            return Ok(());
        }
        let seen = store.seen(quarter)?;
        self.quarters.truncate(QUARTERS - 1);
        self.quarters.push_front((quarter, seen));
        Ok(())
    }

    /// Whether a record is new.
    pub fn judge(&self, at: UnixSec, hash: u64) -> Verdict {
        match (self.contains(at, hash), at < self.horizon) {
            (true, _) => Verdict::Known,
            (false, true) => Verdict::TooOld,
            (false, false) => Verdict::New,
        }
    }

    fn contains(&self, at: UnixSec, hash: u64) -> bool {
        let quarter = Seen::quarter(at);
        at > self.own_until
            && !self.is_beyond(quarter)
            && self
                .quarters
                .iter()
                .find(|(known, _)| *known == quarter)
                .is_some_and(|(_, seen)| seen.contains(hash))
    }

    fn is_beyond(&self, quarter: i64) -> bool {
        quarter > Seen::quarter(self.newest)
    }
}

/// The record before, in the same range.
#[derive(Clone, Copy, Debug, Default)]
pub struct Neighbour(Option<u64>);

impl Neighbour {
    /// Whether the record repeats the one before it; it is the one before
    /// from now on.
    pub fn repeats(&mut self, hash: u64, verb: &Verb<'_>) -> bool {
        let before = self.0.replace(hash);
        before == Some(hash)
            && !matches!(verb, Verb::RingNoAnswer { .. } | Verb::AgentAttempt { .. })
    }

    /// Another range begins.
    pub fn forget(&mut self) {
        self.0 = None;
    }
}
