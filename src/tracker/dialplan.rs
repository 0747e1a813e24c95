//! Outbound calls that a dialplan logs itself.
//!
//! Such a call is counted once, by the dialplan: told in time, nothing of ours
//! is written; told late, ours ends at once, and the reader of both takes them
//! for one (`model::told_twice`).

use std::collections::VecDeque;

use crate::base::UnixMicro;
use crate::event::QueueEvent;
use crate::tracker::calls::{Call, Kind, Stage};
use crate::tracker::record::second;
use crate::tracker::{Record, Tracker, Word};

/// Unique ids remembered: those of calls whose dial is still to come.
const MOST: usize = 1024;

/// Unique ids of roots that a dialplan logs. An id is one channel's, so its
/// record counts whenever it was written.
#[derive(Clone, Debug, Default)]
pub struct Logged {
    ids: VecDeque<Box<str>>,
}

impl Logged {
    fn add(&mut self, uniqueid: &str) {
        if self.has(uniqueid) {
            return;
        }
        if self.ids.len() == MOST {
            self.ids.pop_front();
        }
        self.ids.push_back(uniqueid.into());
    }

    fn has(&self, uniqueid: &str) -> bool {
        self.ids.iter().any(|id| **id == *uniqueid)
    }
}

impl Tracker {
    pub(in crate::tracker) fn is_logged(&self, call: &Call) -> bool {
        self.channels.get(call.root).is_some_and(|root| self.logged.has(&root.uniqueid))
    }

    /// What is written of the call waits for a record of its dialplan.
    pub(in crate::tracker) fn begin_draft(&mut self, call: &Call) {
        let wait = self.options.dialplan_grace_ms.max(0).saturating_mul(1000);
        // At a start the log of hours may be on its way to us.
        let wait = if self.recovering { wait.saturating_mul(5) } else { wait };
        if wait > 0 {
            let due = self.now.saturating_add(wait);
            self.drafts.begin(call.root, due);
            self.next_due = self.next_due.min(due);
        }
    }

    /// A dialplan logs this call itself.
    pub(in crate::tracker) fn logged_by_dialplan(&mut self, event: &QueueEvent<'_>) {
        let uniqueid = event.call_id.trim_start_matches(':');
        // The record may come before the dial.
        self.logged.add(uniqueid);
        let Some(root) = self.channels.find(uniqueid) else { return };
        let draft = self.drafts.withdraw(root);
        let id = self.calls.rooted(Kind::Outbound, root);
        let is_next = |call: &Call| {
            // The call is over but for its grace; the phone makes another.
            call.closing.is_some_and(|closing| second(closing.at) <= event.time)
        };
        let id = id.filter(|id| draft.is_some() || !self.calls.get(*id).is_some_and(is_next));
        let call = id.and_then(|id| self.calls.take(id));
        match (draft, call) {
            (Some(records), call) => self.withdraw(&records, call),
            (None, Some(call)) => self.end_doubled(call),
            (None, None) => {}
        }
    }

    /// Nothing was written: only memberships that other calls share remain.
    fn withdraw(&mut self, records: &[Record], call: Option<Call>) {
        let of = |word: Word| records.iter().find(|record| record.word == word);
        let (added, removed) = (of(Word::AddMember), of(Word::RemoveMember));
        if let Some(call) = call {
            let membership = (call.queue.clone(), call.agent.clone());
            if call.joined
                && let Some(count) = self.joined.get_mut(&membership)
            {
                *count -= 1;
                if *count == 0 {
                    self.joined.remove(&membership);
                }
            }
            self.drop_call(call);
        }
        let is_shared =
            |add: &Record| self.joined.contains_key(&(add.queue.clone(), add.agent.clone()));
        let left = match (added, removed) {
            (Some(added), None) if is_shared(added) => Some(added),
            (None, Some(removed)) => Some(removed),
            _ => None,
        };
        if let Some(record) = left {
            self.send(record.clone());
        }
    }

    /// The dialplan's record came too late: what stands in the log has to end.
    fn end_doubled(&mut self, mut call: Call) {
        let at: UnixMicro = call.closing.map_or(self.now, |closing| closing.at);
        match call.stage {
            Stage::Pending => self.drop_call(call),
            Stage::Talking => {
                let data = self.lengths(&call, at);
                self.close(call, at, Word::CompleteAgent, data);
            }
            Stage::Waiting | Stage::GivingUp { .. } => {
                call.failure = "";
                self.abandon_outbound(call, at);
            }
        }
    }
}
