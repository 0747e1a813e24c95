//! Ends that are put right: guesses that a rule makes because no record
//! comes, and late, second and misnamed closings that tell better
//! (`metrics.md` 2.3 rules 2, 4, 5 and 9).

use std::sync::Arc;

use crate::base::{CallId, Secs, UnixSec};
use crate::model::calls::{Closed, Slot};
use crate::model::change::{Change, Ignored};
use crate::model::closing::{Closing, SAME_START, settle_unseen_answer};
use crate::model::fact::{AgentId, Cause, Quality, QueueId};
use crate::model::fold::{Fold, ignore};
use crate::model::open::StintState;

/// A second closing this soon after the first is the same end (rule 4).
const SAME_END: Secs = 10;
/// A transfer record this soon after a COMPLETE tells it better (rule 4).
const TRANSFER_BEATS: Secs = 2;
/// A real closing replaces a repaired one if its times agree this well (rule 5).
const CONSISTENT: Secs = 60;

impl Fold {
    /// An opening record while a stint of the call is open (rule 2).
    pub(super) fn close_for_next(&mut self, at: UnixSec, slot: Slot, changes: &mut Vec<Change>) {
        self.close_by_rule(at, slot, Cause::NextStint, Cause::Transfer, changes);
    }

    /// Another agent took the call.
    pub(super) fn close_for_reconnect(
        &mut self,
        at: UnixSec,
        slot: Slot,
        changes: &mut Vec<Change>,
    ) {
        self.close_by_rule(at, slot, Cause::NextStint, Cause::Reconnect, changes);
    }

    /// Ends a stint at a moment that no record of its own tells.
    pub(super) fn close_by_rule(
        &mut self,
        at: UnixSec,
        slot: Slot,
        waiting: Cause,
        talking: Cause,
        changes: &mut Vec<Change>,
    ) {
        let steady = self.clock.steady(at);
        let Some(live) = self.calls.live_mut(slot) else { return };
        live.stint.quality.set(Quality::SYNTHETIC_END);
        let cause = if live.state == StintState::Waiting {
            live.stint.wait = Some((steady - live.entered_steady).max(0));
            waiting
        } else {
            live.stint.talk = Some((steady - live.connected_steady).max(0));
            talking
        };
        self.finish(slot, at, cause, changes);
    }

    /// The finished stint whose repaired end this record puts right (rule 5).
    pub(super) fn late_for(
        &self,
        at: UnixSec,
        slot: Slot,
        queue: Option<QueueId>,
        agent: Option<AgentId>,
        closing: Closing,
    ) -> Option<usize> {
        let fits = |closed: &Closed| {
            let same = closed.replaceable()
                && queue.is_none_or(|queue| queue == closed.queue)
                && (closing.answered || !closed.answered)
                && (closed.cause != Cause::Reconnect || closed.agent == agent);
            let consistent = match closing.whole() {
                Some(whole) => (closed.enter + whole - at).abs() <= CONSISTENT,
                None => at >= closed.enter && at - closed.end <= CONSISTENT,
            };
            same && consistent
        };
        self.calls.get(slot).closed.iter().rposition(fits)
    }

    /// A second closing of a stint that has ended properly (rule 4). False
    /// when it must be another stint's.
    pub(super) fn second_closing(
        &mut self,
        at: UnixSec,
        slot: Slot,
        index: usize,
        closing: Closing,
        changes: &mut Vec<Change>,
    ) -> bool {
        let call = self.calls.get(slot);
        let closed = &call.closed[index];
        let queue = closed.queue;
        let after = (at - closed.end).abs();
        let completed = matches!(closed.cause, Cause::Caller | Cause::Agent);
        if closing.is_transfer() && completed && after <= TRANSFER_BEATS {
            self.correct(slot, index, changes, |stint, _| {
                stint.cause = closing.cause;
                stint.transfer_to = closing.target;
                stint.quality.set(Quality::DUPLICATE_SEEN);
            });
            return true;
        }
        let same_start = match closing.whole() {
            Some(whole) => call.closed.iter().any(|closed| {
                closed.queue == queue && (at - whole - closed.enter).abs() <= SAME_START
            }),
            None => true,
        };
        if after <= SAME_END || same_start {
            ignore(changes, Ignored::DuplicateClosing);
            return true;
        }
        false
    }

    /// A real closing takes the place of a repaired one (rule 5).
    pub(super) fn replace(
        &mut self,
        at: UnixSec,
        slot: Slot,
        index: usize,
        agent: Option<AgentId>,
        closing: Closing,
        changes: &mut Vec<Change>,
    ) {
        self.correct(slot, index, changes, |stint, changes| {
            let repairs = Quality::SYNTHETIC_END.0
                | Quality::MANUAL.0
                | Quality::RESTART.0
                | Quality::STALE.0
                | Quality::REPAIRED_DURATION.0;
            stint.quality.0 &= !repairs;
            stint.quality.set(Quality::LATE);
            if closing.answered {
                let connected = stint.answer();
                stint.talk =
                    closing.talk.or_else(|| connected.map(|connected| (at - connected).max(0)));
                if stint.answered {
                    stint.wait = stint.wait.or(closing.hold);
                    stint.agent = stint.agent.or(agent);
                } else {
                    settle_unseen_answer(at, stint, agent, closing, changes);
                }
            } else {
                stint.wait = closing.hold.or(Some((at - stint.enter).max(0)));
            }
            stint.cause = closing.cause;
            stint.position = stint.position.or(closing.original);
            stint.exit_position = closing.exit_position;
            stint.transfer_to = closing.target;
            stint.detail = closing.detail;
            stint.end = at.max(stint.enter);
        });
        let stint = Arc::clone(&self.calls.get(slot).closed[index].0);
        if stint.answered {
            self.agent_finished_call(&stint);
        }
    }

    /// A closing with a call id nobody knows: the call's id may have changed
    /// under it (rule 9).
    pub(super) fn close_masqueraded(
        &mut self,
        at: UnixSec,
        text: &str,
        queue: Option<QueueId>,
        agent: Option<AgentId>,
        closing: Closing,
        changes: &mut Vec<Change>,
    ) -> bool {
        let (Some(hold), Some(talk), Some(agent)) = (closing.hold, closing.talk, agent) else {
            return false;
        };
        let fits = |slot: &Slot| {
            self.calls.get(*slot).live.as_ref().is_some_and(|live| {
                let wait = live.stint.wait.unwrap_or(0);
                let end = live.connected.unwrap_or(at) + talk;
                queue.is_none_or(|queue| queue == live.stint.queue)
                    && (hold - wait).abs() <= 1
                    && (end - at).abs() <= 3
            })
        };
        let mut fitting = self.talking_slots(agent).filter(fits);
        let (one, another) = (fitting.next(), fitting.next());
        drop(fitting);
        let (Some(slot), None) = (one, another) else { return false };
        let alias = CallId::parse(text);
        if let Some(live) = self.calls.live_mut(slot) {
            live.stint.alias = Some(alias.clone());
        }
        self.calls.alias(alias, slot);
        self.close_live(at, slot, Some(agent), closing, changes);
        true
    }
}
