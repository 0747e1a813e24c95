//! Records that wait a moment before they leave.
//!
//! A dialplan may log an outbound call itself, and its record can come to us
//! after the time to open the call: by the file, past a thread that was busy.
//! Until the grace is over what we write of the call is a draft.

use crate::base::UnixMicro;
use crate::tracker::Record;
use crate::tracker::channels::ChanId;

/// Drafts of calls, by their roots; few at any time.
#[derive(Clone, Debug, Default)]
pub struct Drafts {
    waiting: Vec<Draft>,
}

#[derive(Clone, Debug)]
struct Draft {
    root: ChanId,
    due: UnixMicro,
    records: Vec<Record>,
}

impl Drafts {
    /// From now on records of the call wait until `due`.
    pub fn begin(&mut self, root: ChanId, due: UnixMicro) {
        self.waiting.push(Draft { root, due, records: Vec::new() });
    }

    /// Keeps the record of a call that waits; gives back that of another.
    pub fn keep(&mut self, root: ChanId, record: Record) -> Option<Record> {
        match self.waiting.iter_mut().find(|draft| draft.root == root) {
            Some(draft) => {
                draft.records.push(record);
                None
            }
            None => Some(record),
        }
    }

    pub fn has(&self, root: ChanId) -> bool {
        self.waiting.iter().any(|draft| draft.root == root)
    }

    /// Nothing of the call is to be written. `None` when it does not wait.
    pub fn withdraw(&mut self, root: ChanId) -> Option<Vec<Record>> {
        let at = self.waiting.iter().position(|draft| draft.root == root)?;
        Some(self.waiting.remove(at).records)
    }

    /// When the next one leaves.
    pub fn due(&self) -> UnixMicro {
        self.waiting.iter().map(|draft| draft.due).min().unwrap_or(UnixMicro::MAX)
    }

    /// Those whose grace is over, in the order of beginning.
    pub fn ripe(&mut self, now: UnixMicro) -> Vec<Record> {
        let (ripe, waiting) =
            std::mem::take(&mut self.waiting).into_iter().partition(|draft| draft.due <= now);
        self.waiting = waiting;
        Vec::into_iter(ripe).flat_map(|draft: Draft| draft.records).collect()
    }
}
