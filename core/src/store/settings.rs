//! What the operator may choose about the store.

use std::time::Duration;

use crate::base::{Secs, UnixSec, time};

/// The settings of `[store]` in the configuration.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How long facts are kept, in days of 86 400 s; totals stay for ever.
    /// 0 keeps facts for ever. Default 400 (`metrics.md` 6 rule 1).
    pub detail_days: u32,
    /// How sure a commit is when the power fails.
    pub synchronous: Synchronous,
    /// How much small commits gather in the journal before it is poured into
    /// the tables. More spares flash and costs as much memory. Default 112 KiB.
    pub journal_bytes: usize,
    /// How long one statement of a reader may run. Default 10 s.
    pub read_limit: Duration,
    /// How many readers may run side by side; others wait. Default 2.
    pub readers: usize,
    /// Whether whole logs are read in: the writer then keeps figures of
    /// the last days' stints in memory for settling (about 200 bytes each), and leaves
    /// the table's checks to [`Store::check`](crate::store::Store::check).
    pub bulk: bool,
    /// The office's zone, kept in the database so that a restore on another
    /// box knows what its days were.
    pub zone: String,
    /// The wall clock, UTC seconds; tests have their own.
    pub now: fn() -> UnixSec,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            detail_days: 400,
            synchronous: Synchronous::Full,
            journal_bytes: 112 << 10,
            read_limit: Duration::from_secs(10),
            readers: 2,
            bulk: false,
            zone: "UTC".to_owned(),
            now: time::now,
        }
    }
}

impl Settings {
    /// How long facts are kept; `None` for ever.
    pub fn detail_secs(&self) -> Option<Secs> {
        (self.detail_days > 0).then(|| Secs::from(self.detail_days) * 86_400)
    }
}

/// SQLite's `synchronous`: both leave the file sound when the power fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Synchronous {
    /// A commit is on the disk before it is reported. The price is one flush
    /// per commit.
    Full,
    /// The last commits before a power cut may be lost, all or nothing.
    Normal,
}
