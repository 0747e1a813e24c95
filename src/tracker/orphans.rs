//! Calls of ours that the database has open and no tracker knows: left by a
//! run that lost them. Without an end they would wait for ever.

use crate::base::UnixSec;
use crate::tracker::recovery::Snapshot;
use crate::tracker::{Record, Tracker, Word, record};

/// A tracked call that is open in the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Orphan {
    /// With its colon.
    pub call_id: String,
    pub queue: String,
    /// Empty for a call that nobody has fetched.
    pub agent: String,
    pub entered: UnixSec,
    pub connected: Option<UnixSec>,
    /// The agent is in the queue because of it.
    pub joined: bool,
}

impl Tracker {
    /// What the database has open. Call it after
    /// [`restore`](Tracker::restore): calls of the journal are no orphans.
    pub fn adopt_orphans(&mut self, open: Vec<Orphan>) {
        let journal = self.restored.as_ref();
        self.orphans = open;
        self.orphans.retain(|orphan| {
            !journal.is_some_and(|journal| journal.open.iter().any(|k| k.id == orphan.call_id))
        });
    }

    /// Ends those whose channel Asterisk does not list.
    pub(in crate::tracker) fn close_orphans(&mut self, snapshot: &Snapshot) {
        for orphan in std::mem::take(&mut self.orphans) {
            let uniqueid = orphan.call_id.trim_start_matches(':');
            let lives = self.channels.find(uniqueid).is_some_and(|chan| snapshot.lists(chan));
            if self.calls.iter().any(|(_, call)| call.log_id == orphan.call_id) {
                continue;
            }
            if lives {
                self.orphans.push(orphan);
                continue;
            }
            self.close_orphan(&orphan, record::second(snapshot.last_seen));
        }
    }

    fn close_orphan(&mut self, orphan: &Orphan, last_seen: UnixSec) {
        let at = last_seen.max(orphan.connected.unwrap_or(orphan.entered));
        let wait = orphan.connected.unwrap_or(at).saturating_sub(orphan.entered).max(0).to_string();
        let (word, data) = match orphan.connected {
            Some(connected) => {
                let talk = at.saturating_sub(connected).to_string();
                (Word::CompleteAgent, vec![wait, talk, "1".to_owned()])
            }
            None => (Word::Abandon, vec!["1".to_owned(), "1".to_owned(), wait]),
        };
        let mut words = vec![(word, data)];
        if orphan.joined {
            words.push((Word::RemoveMember, Vec::new()));
        }
        let none = || "NONE".to_owned();
        for (word, data) in words {
            let at = at.saturating_mul(1_000_000);
            self.send(Record {
                at,
                known: self.now,
                call_id: orphan.call_id.clone(),
                queue: orphan.queue.clone(),
                agent: Some(orphan.agent.clone()).filter(|a| !a.is_empty()).unwrap_or_else(none),
                word,
                data,
                key: record::key(self.start, &orphan.call_id, &orphan.queue, word, u32::MAX),
                recovered: true,
                internal: false,
            });
        }
    }
}
