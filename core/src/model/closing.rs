//! How stints end: the closing records (`metrics.md` 2.2).

use std::sync::Arc;

use crate::base::{Secs, UnixSec};
use crate::event::{QueueEvent, Transfer, TransferKind};
use crate::model::calls::{Closed, Slot};
use crate::model::change::{Change, Ignored};
use crate::model::fact::{
    AgentId, Attempt, AttemptResult, Cause, Direction, Hold, Quality, Stint, WordId,
};
use crate::model::fold::{Fold, ignore, length};
use crate::model::open::StintState;
use crate::model::stint::{MOST_ATTEMPTS, MOST_HOLDS, push};

/// Two starts closer than this are one (rule 4).
pub(super) const SAME_START: Secs = 5;

/// What a closing record tells.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Closing {
    pub cause: Cause,
    /// Whether it ends a conversation.
    pub answered: bool,
    /// The wait: of both kinds the time from entering.
    pub hold: Option<Secs>,
    pub talk: Option<Secs>,
    pub original: Option<u32>,
    pub exit_position: Option<u32>,
    pub target: Option<WordId>,
    pub detail: Option<WordId>,
}

impl Closing {
    pub fn answered(
        cause: Cause,
        hold: Option<i64>,
        talk: Option<i64>,
        original: Option<u32>,
    ) -> Self {
        Closing {
            cause,
            answered: true,
            hold: length(hold),
            talk: length(talk),
            original: known(original),
            exit_position: None,
            target: None,
            detail: None,
        }
    }

    pub fn transfer(transfer: &Transfer<'_>, target: Option<WordId>) -> Self {
        let cause = match transfer.kind {
            TransferKind::Plain => Cause::Transfer,
            TransferKind::Blind => Cause::BlindTransfer,
            TransferKind::Attended => Cause::AttendedTransfer,
        };
        let closing = Self::answered(cause, transfer.hold, transfer.talk, transfer.position);
        Closing { target, ..closing }
    }

    pub fn lost(
        cause: Cause,
        position: Option<u32>,
        original: Option<u32>,
        wait: Option<i64>,
        detail: Option<WordId>,
    ) -> Self {
        Closing {
            cause,
            answered: false,
            hold: length(wait),
            talk: None,
            original: known(original),
            exit_position: known(position),
            target: None,
            detail,
        }
    }

    pub fn is_transfer(&self) -> bool {
        matches!(self.cause, Cause::Transfer | Cause::BlindTransfer | Cause::AttendedTransfer)
    }

    /// The whole length, if the record states it.
    pub fn whole(&self) -> Option<Secs> {
        match (self.answered, self.hold, self.talk) {
            (true, Some(hold), Some(talk)) => Some(hold + talk),
            (true, ..) => None,
            (false, hold, _) => hold,
        }
    }
}

/// Position 0 is no position (rule 13).
fn known(position: Option<u32>) -> Option<u32> {
    position.filter(|position| *position > 0)
}

impl Fold {
    /// A closing record of any kind.
    pub(super) fn close_record(
        &mut self,
        at: UnixSec,
        event: &QueueEvent<'_>,
        closing: Closing,
        changes: &mut Vec<Change>,
    ) {
        let queue = self.queue_of(event, changes);
        let agent = self.agent(at, event, changes);
        let text: &str = &event.call_id;
        let Some(slot) = self.known(text) else {
            if closing.answered && self.close_masqueraded(at, text, queue, agent, closing, changes)
            {
                return;
            }
            let slot = self.calls.find_or_add(text);
            return self.synthesise(at, slot, event, agent, closing, changes);
        };
        let late = self.late_for(at, slot, queue, agent, closing);
        let call = self.calls.get(slot);
        let live = call.live.as_ref().filter(|live| queue.is_none_or(|q| q == live.stint.queue));
        if let Some(live) = live {
            let start = closing.whole().map(|whole| at - whole);
            let other_agent = live.state != StintState::Waiting
                && closing.answered
                && agent.is_some()
                && live.stint.agent != agent;
            let closer = |closed: &Closed| match start {
                Some(start) => {
                    (start - closed.enter).abs() <= SAME_START
                        && ((start - live.stint.enter).abs() > SAME_START
                            || (other_agent && closed.agent == agent))
                }
                None => false,
            };
            if let Some(index) = late.filter(|index| closer(&call.closed[*index])) {
                return self.replace(at, slot, index, agent, closing, changes);
            }
            let talking = live.state != StintState::Waiting;
            if talking && !closing.answered && closing.cause != Cause::Incompatible {
                return ignore(changes, Ignored::LossWhileTalking);
            }
            return self.close_live(at, slot, agent, closing, changes);
        }
        if let Some(index) = late {
            return self.replace(at, slot, index, agent, closing, changes);
        }
        let second =
            call.closed.iter().rposition(|closed| queue.is_none_or(|queue| queue == closed.queue));
        if let Some(index) = second {
            if self.second_closing(at, slot, index, closing, changes) {
                return;
            }
        } else if call.live.is_none()
            && call.closed.is_empty()
            && closing.answered
            && self.close_masqueraded(at, text, queue, agent, closing, changes)
        {
            return;
        }
        self.synthesise(at, slot, event, agent, closing, changes);
    }

    /// Closes the stint going on by its own record.
    pub(super) fn close_live(
        &mut self,
        at: UnixSec,
        slot: Slot,
        agent: Option<AgentId>,
        closing: Closing,
        changes: &mut Vec<Change>,
    ) {
        let steady = self.clock.steady(at);
        let started = self.clock.started;
        let Some(live) = self.calls.live_mut(slot) else { return };
        let restart_between = started.is_some_and(|started| started > live.entered_steady);
        let check = |stint: &mut Stint, stated: Secs, by_clock: Secs| {
            if (stated - by_clock).abs() > SAME_START && !restart_between {
                stint.quality.set(Quality::CLOCK_JUMP);
            }
        };
        let stint = &mut live.stint;
        if closing.answered {
            let talking = live.state != StintState::Waiting;
            let talk = match (closing.talk, live.connected) {
                (Some(talk), Some(connected)) => {
                    check(stint, talk, at - connected);
                    Some(talk)
                }
                (Some(talk), None) => {
                    if let Some(hold) = closing.hold {
                        check(stint, hold + talk, at - stint.enter);
                    }
                    Some(talk)
                }
                (None, Some(_)) => {
                    stint.quality.set(Quality::REPAIRED_DURATION);
                    Some((steady - live.connected_steady).max(0))
                }
                (None, None) => None,
            };
            stint.talk = talk;
            if !talking {
                settle_unseen_answer(at, stint, agent, closing, changes);
            }
        } else {
            match closing.hold {
                Some(wait) => {
                    check(stint, wait, at - stint.enter);
                    stint.wait = Some(wait);
                }
                None if live.state == StintState::Waiting => {
                    stint.wait = Some((steady - live.entered_steady).max(0));
                    stint.quality.set(Quality::REPAIRED_DURATION);
                }
                None => {}
            }
            stint.talk = None;
            stint.answered = false;
        }
        stint.position = stint.position.or(closing.original);
        stint.exit_position = closing.exit_position;
        stint.transfer_to = closing.target;
        stint.detail = closing.detail;
        self.finish(slot, at, closing.cause, changes);
    }

    /// The last step of every stint: its hold ends, the fact goes out.
    pub(super) fn finish(
        &mut self,
        slot: Slot,
        at: UnixSec,
        cause: Cause,
        changes: &mut Vec<Change>,
    ) {
        let Some(mut live) = self.calls.get_mut(slot).live.take() else { return };
        let stint = &mut live.stint;
        if let Some(start) = live.hold_since.take() {
            let hold = Hold { start, secs: (at - start).max(0) };
            push(&mut stint.holds, hold, MOST_HOLDS, changes);
        }
        stint.cause = cause;
        stint.end = at.max(stint.enter);
        let talked_with = stint.agent.filter(|_| live.connected.is_some());
        if !stint.answered && stint.direction == Direction::Inbound {
            stint.agent = None;
        }
        if let Some(agent) = talked_with {
            self.agent_hung_up(agent, slot);
        }
        let stint = Arc::new(*live.stint);
        self.remember(slot, &stint);
        match live.replaces {
            Some(old) => changes.push(Change::StintReplaced { old, new: stint }),
            None => changes.push(Change::Stint(stint)),
        }
    }

    /// Keeps a finished stint for what may still be said about it.
    fn remember(&mut self, slot: Slot, stint: &Arc<Stint>) {
        if stint.answered {
            self.agent_finished_call(stint);
        }
        let closed = Closed(Arc::clone(stint));
        let call = self.calls.get_mut(slot);
        call.closed_dirty |= closed.replaceable();
        call.keep(closed);
        self.calls.touch(slot);
        self.schedule_call(slot);
    }

    /// Changes a finished stint and says so.
    pub(super) fn correct(
        &mut self,
        slot: Slot,
        index: usize,
        changes: &mut Vec<Change>,
        change: impl FnOnce(&mut Stint, &mut Vec<Change>),
    ) {
        let old = Arc::clone(&self.calls.get(slot).closed[index].0);
        let mut new = Stint::clone(&old);
        change(&mut new, changes);
        if new == *old {
            return;
        }
        let new = Arc::new(new);
        let closed = Closed(Arc::clone(&new));
        let call = self.calls.get_mut(slot);
        let parts = call.closed[index].replaceable() || closed.replaceable();
        call.closed_dirty |= parts;
        call.closed[index] = closed;
        if parts {
            self.calls.touch(slot);
        }
        self.schedule_call(slot);
        changes.push(Change::StintReplaced { old, new });
    }

    /// A closing whose beginning was never seen.
    fn synthesise(
        &mut self,
        at: UnixSec,
        slot: Slot,
        event: &QueueEvent<'_>,
        agent: Option<AgentId>,
        closing: Closing,
        changes: &mut Vec<Change>,
    ) {
        let queue = self.queue(&event.queue, changes);
        let stated = closing.hold.unwrap_or(0) + closing.talk.unwrap_or(0);
        let mut stint = self.begin(slot, queue, at - stated, false);
        stint.quality.set(Quality::SYNTHETIC_START);
        if let Some(pre) = self.calls.get_mut(slot).pre.take() {
            pre.hand_to(&mut stint);
        }
        if closing.answered {
            stint.talk = closing.talk;
            settle_unseen_answer(at, &mut stint, agent, closing, changes);
        } else {
            stint.wait = closing.hold;
            if stint.direction == Direction::Outbound {
                stint.agent = agent;
            }
        }
        stint.cause = closing.cause;
        stint.position = closing.original;
        stint.exit_position = closing.exit_position;
        stint.transfer_to = closing.target;
        stint.detail = closing.detail;
        stint.end = at;
        self.hand_out(slot, stint, changes);
    }

    /// A stint that is closed as soon as it is known.
    pub(super) fn hand_out(&mut self, slot: Slot, stint: Box<Stint>, changes: &mut Vec<Change>) {
        let stint = Arc::new(*stint);
        self.remember(slot, &stint);
        changes.push(Change::Stint(stint));
    }
}

/// The answer of a stint whose CONNECT is missing: told by its closing.
pub(super) fn settle_unseen_answer(
    at: UnixSec,
    stint: &mut Stint,
    agent: Option<AgentId>,
    closing: Closing,
    changes: &mut Vec<Change>,
) {
    let connected = at - closing.talk.unwrap_or(0);
    stint.answered = true;
    stint.wait = closing.hold.or(match closing.talk {
        Some(_) => Some((connected - stint.enter).max(0)),
        None => None,
    });
    stint.agent = agent.or(stint.agent);
    if stint.direction == Direction::Inbound
        && let Some(agent) = agent
    {
        let result = AttemptResult::Taken;
        let attempt = Attempt { at: connected, agent, ring_ms: None, result };
        push(&mut stint.attempts, attempt, MOST_ATTEMPTS, changes);
    }
}
