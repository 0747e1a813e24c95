//! What the two threads show of themselves.

use std::sync::{Arc, Mutex, PoisonError};

use crate::recordings::files::Space;

/// Figures since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub begun: u64,
    pub sealed: u64,
    /// Done with, and kept plain.
    pub plain: u64,
    /// Nothing was recorded; removed.
    pub empty: u64,
    /// Files that went away before they were whole.
    pub lost: u64,
    /// Waiting now, because sealing failed.
    pub failing: u64,
    /// Why the newest of them failed.
    pub failure: Option<String>,
    /// Of the vault's disk.
    pub space: Space,
    /// The disk is nearly full; and whether something may be deleted.
    pub low: Option<bool>,
}

/// The figures, shared.
#[derive(Clone, Debug, Default)]
pub struct Gauge(Arc<Mutex<Tally>>);

impl Gauge {
    pub fn get(&self) -> Tally {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn note(&self, turn: impl FnOnce(&mut Tally)) {
        turn(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// What a person has to look after, in a sentence; the worst first.
    pub fn trouble(&self) -> Option<String> {
        let tally = self.get();
        let mib = tally.space.free >> 20;
        match (tally.low, tally.failure) {
            (Some(false), _) => Some(format!(
                "the disk of the recordings has {mib} MiB left, and none may be deleted: make \
                 room, or end holds"
            )),
            (Some(true), _) => Some(format!(
                "the disk of the recordings has {mib} MiB left: the oldest are being deleted"
            )),
            (None, Some(why)) => {
                Some(format!("{} recordings can't be sealed: {why}", tally.failing))
            }
            (None, None) => None,
        }
    }
}
