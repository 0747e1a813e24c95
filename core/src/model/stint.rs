//! A call's passage through one queue, from entering to the answer
//! (`metrics.md` 2.2).

use crate::base::{CallId, Secs, UnixSec};
use crate::event::QueueEvent;
use crate::model::calls::{Live, Slot};
use crate::model::change::{Change, Ignored};
use crate::model::fact::{
    AgentId, Attempt, AttemptResult, Direction, Hold, Note, NoteKind, Quality, QueueId, Stint,
};
use crate::model::fold::{Fold, ignore, length};
use crate::model::open::StintState;

/// Most attempts, holds and notes one stint keeps; a member with `retry = 1`
/// and a broken telephone can collect one attempt per second for hours.
pub(crate) const MOST_ATTEMPTS: usize = 512;
pub(crate) const MOST_HOLDS: usize = 256;
pub(crate) const MOST_NOTES: usize = 256;

/// An attempt line up to this long after the stint's end belongs to it (3.6).
const LATE_ATTEMPT: Secs = 3;
/// Entering twice within this time is one entering (2.3 rule 3).
const SAME_ENTRY: Secs = 2;
/// A stated length and the difference of the records may differ by this.
const CLOCK_SLACK: Secs = 5;

/// What the opening record tells.
pub(crate) struct Entering<'e> {
    pub outbound: bool,
    pub agent: Option<AgentId>,
    pub url: &'e str,
    pub number: &'e str,
    pub position: Option<u32>,
    pub name: &'e str,
}

impl Fold {
    /// ENTERQUEUE, CALLOUTBOUND.
    pub(super) fn enter(
        &mut self,
        at: UnixSec,
        call: &str,
        queue: QueueId,
        entering: Entering<'_>,
        changes: &mut Vec<Change>,
    ) {
        let slot = self.calls.find_or_add(call);
        self.calls.purge(slot, self.memory_time(), self.annotations_for());
        if let Some(live) = self.calls.live_mut(slot) {
            let stint = &mut live.stint;
            let again = live.state == StintState::Waiting
                && !live.touched
                && stint.queue == queue
                && (at - stint.enter).abs() <= SAME_ENTRY
                && *stint.number == *entering.number
                && stint.position == entering.position;
            if again {
                stint.quality.set(Quality::DUPLICATE_SEEN);
                self.calls.touch(slot);
                return ignore(changes, Ignored::DuplicateEntry);
            }
            self.close_for_next(at, slot, changes);
        }
        let outbound = entering.outbound;
        let mut stint = self.begin(slot, queue, at, outbound);
        stint.agent = entering.agent;
        stint.url = entering.url.into();
        stint.number = entering.number.into();
        stint.caller_name = entering.name.into();
        stint.position = entering.position;
        if let Some(pre) = self.calls.get_mut(slot).pre.take() {
            pre.hand_to(&mut stint);
        }
        self.open_stint(slot, stint);
    }

    /// A stint with its place among the call's stints.
    pub(super) fn begin(
        &mut self,
        slot: Slot,
        queue: QueueId,
        enter: UnixSec,
        outbound: bool,
    ) -> Box<Stint> {
        let call = self.calls.get(slot);
        let id = call.id.clone();
        let mut stint = Box::new(Stint::begun(id, queue, enter));
        stint.entry = call.next_entry();
        if outbound || self.outbound_queues.contains(&queue) {
            stint.direction = Direction::Outbound;
        }
        stint
    }

    /// Sets a stint going.
    pub(super) fn open_stint(&mut self, slot: Slot, stint: Box<Stint>) {
        let entered_steady = self.clock.steady(stint.enter);
        self.calls.get_mut(slot).live = Some(Box::new(Live {
            stint,
            state: StintState::Waiting,
            connected: None,
            entered_steady,
            connected_steady: entered_steady,
            hold_since: None,
            dumped: None,
            touched: false,
            replaces: None,
        }));
        self.calls.touch(slot);
        self.schedule_call(slot);
    }

    /// CONNECT.
    #[allow(clippy::too_many_arguments, reason = "the fields of the record, each its own type")]
    pub(super) fn connect(
        &mut self,
        at: UnixSec,
        call: &str,
        queue: QueueId,
        agent: Option<AgentId>,
        hold: Option<Secs>,
        member_id: Option<&str>,
        ring: Option<Secs>,
        changes: &mut Vec<Change>,
    ) {
        let slot = self.calls.find_or_add(call);
        self.calls.purge(slot, self.memory_time(), self.annotations_for());
        let mut copied = None;
        if let Some(live) = self.calls.live_mut(slot) {
            let same_queue = live.stint.queue == queue;
            if same_queue && live.state != StintState::Waiting {
                if live.stint.agent == agent {
                    live.stint.quality.set(Quality::DUPLICATE_SEEN);
                    self.calls.touch(slot);
                    return ignore(changes, Ignored::DuplicateConnect);
                }
                copied = Some((live.stint.number.clone(), live.stint.caller_name.clone()));
                self.close_for_reconnect(at, slot, changes);
            } else if !same_queue {
                self.close_for_next(at, slot, changes);
            }
        }
        if self.calls.get(slot).live.is_none() {
            if self.connect_of_closed(at, slot, queue, agent, hold) {
                return ignore(changes, Ignored::DuplicateConnect);
            }
            if !self.reopen(at, slot, queue, hold) {
                let mut stint = self.begin(slot, queue, at - hold.unwrap_or(0), false);
                stint.quality.set(Quality::SYNTHETIC_START);
                if let Some((number, name)) = copied {
                    stint.number = number;
                    stint.caller_name = name;
                }
                if let Some(pre) = self.calls.get_mut(slot).pre.take() {
                    pre.hand_to(&mut stint);
                }
                self.open_stint(slot, stint);
            }
        }
        let steady = self.clock.steady(at);
        let started = self.clock.started;
        let Some(live) = self.calls.live_mut(slot) else { return };
        let by_clock = at - live.stint.enter;
        let no_restart_between = started.is_none_or(|started| started <= live.entered_steady);
        let stint = &mut live.stint;
        match hold {
            Some(hold) => {
                if (hold - by_clock).abs() > CLOCK_SLACK && no_restart_between {
                    stint.quality.set(Quality::CLOCK_JUMP);
                }
                stint.wait = Some(hold);
            }
            None => {
                stint.wait = Some((steady - live.entered_steady).max(0));
                stint.quality.set(Quality::REPAIRED_DURATION);
            }
        }
        stint.answered = true;
        stint.ring = ring;
        stint.member_id = member_id.map(CallId::parse);
        stint.agent = agent.or(stint.agent);
        stint.end = stint.end.max(at);
        if stint.direction == Direction::Inbound
            && let Some(agent) = agent
        {
            let ring_ms = ring.map(|ring| ring * 1000);
            let attempt = Attempt { at, agent, ring_ms, result: AttemptResult::Taken };
            push(&mut stint.attempts, attempt, MOST_ATTEMPTS, changes);
        }
        live.state = StintState::Talking;
        live.connected = Some(at);
        live.connected_steady = steady;
        live.dumped = None;
        live.touched = true;
        let talking = live.stint.agent;
        self.calls.touch(slot);
        self.schedule_call(slot);
        if let Some(agent) = talking {
            self.agent_answered(agent, slot, at);
        }
    }

    /// Whether the stint this CONNECT belongs to is closed as answered
    /// already: its lines came in the wrong order.
    fn connect_of_closed(
        &self,
        at: UnixSec,
        slot: Slot,
        queue: QueueId,
        agent: Option<AgentId>,
        hold: Option<Secs>,
    ) -> bool {
        let Some(hold) = hold else { return false };
        self.calls.get(slot).closed.iter().any(|closed| {
            closed.answered
                && !closed.replaceable()
                && closed.queue == queue
                && closed.agent == agent
                && (closed.enter + hold - at).abs() <= CLOCK_SLACK
                && at <= closed.end
        })
    }

    /// RINGNOANSWER, RINGCANCELED, AGENTATTEMPT, AGENTDUMP.
    pub(super) fn attempt(
        &mut self,
        at: UnixSec,
        event: &QueueEvent<'_>,
        ring_ms: Option<i64>,
        result: AttemptResult,
        changes: &mut Vec<Change>,
    ) {
        let queue = self.queue_of(event, changes);
        let Some(agent) = self.agent(at, event, changes) else {
            return ignore(changes, Ignored::UnknownCall);
        };
        let attempt = Attempt { at, agent, ring_ms: length(ring_ms), result };
        let Some(slot) = self.calls.find(&event.call_id) else {
            return ignore(changes, Ignored::UnknownCall);
        };
        let steady = self.clock.steady(at);
        if let Some(live) = self.calls.live_mut(slot)
            && queue.is_none_or(|queue| queue == live.stint.queue)
        {
            if live.stint.direction == Direction::Inbound {
                push(&mut live.stint.attempts, attempt, MOST_ATTEMPTS, changes);
            }
            live.stint.end = live.stint.end.max(at);
            live.touched = true;
            live.dumped = None;
            if result == AttemptResult::Dumped && live.state == StintState::Waiting {
                live.dumped = Some(steady);
                self.schedule_call(slot);
            }
            return self.calls.touch(slot);
        }
        self.calls.purge(slot, self.memory_time(), self.annotations_for());
        let found = self.calls.get(slot).closed.iter().rposition(|closed| {
            queue.is_none_or(|queue| queue == closed.queue) && at - closed.end <= LATE_ATTEMPT
        });
        match found {
            Some(index) => self.correct(slot, index, changes, |stint, changes| {
                if stint.direction == Direction::Inbound {
                    push(&mut stint.attempts, attempt, MOST_ATTEMPTS, changes);
                }
            }),
            None => ignore(changes, Ignored::UnknownCall),
        }
    }

    /// A ring told by the verb that was not chosen: timeline only.
    pub(super) fn note_of_ring(
        &mut self,
        at: UnixSec,
        event: &QueueEvent<'_>,
        verb: &str,
        ring_ms: Option<i64>,
        changes: &mut Vec<Change>,
    ) {
        let agent = self.agent(at, event, changes);
        let Some(slot) = self.calls.find(&event.call_id) else {
            return ignore(changes, Ignored::UnknownCall);
        };
        let Some(live) = self.calls.live_mut(slot) else {
            return ignore(changes, Ignored::UnknownCall);
        };
        let more = ring_ms.map(|ms| ms.to_string()).unwrap_or_default().into();
        let note = Note { at, kind: NoteKind::Other, agent, text: verb.into(), more };
        push(&mut live.stint.notes, note, MOST_NOTES, changes);
        live.touched = true;
        live.dumped = None;
        self.calls.touch(slot);
    }

    /// CALLERONHOLD.
    pub(super) fn hold(&mut self, at: UnixSec, call: &str, changes: &mut Vec<Change>) {
        if let Some(slot) = self.known(call)
            && let Some(live) = self.calls.live_mut(slot)
            && live.state == StintState::Talking
        {
            live.state = StintState::OnHold;
            live.hold_since = Some(at);
            live.stint.end = live.stint.end.max(at);
            return self.calls.touch(slot);
        }
        ignore(changes, Ignored::HoldOutsideTalk);
    }

    /// CALLEROFFHOLD.
    pub(super) fn unhold(
        &mut self,
        at: UnixSec,
        call: &str,
        held: Option<Secs>,
        changes: &mut Vec<Change>,
    ) {
        if let Some(slot) = self.known(call)
            && let Some(live) = self.calls.live_mut(slot)
            && let Some(start) = live.hold_since.take()
        {
            live.state = StintState::Talking;
            live.stint.end = live.stint.end.max(at);
            let secs = held.unwrap_or((at - start).max(0));
            push(&mut live.stint.holds, Hold { start, secs }, MOST_HOLDS, changes);
            return self.calls.touch(slot);
        }
        ignore(changes, Ignored::HoldOutsideTalk);
    }
}

/// Adds to a list that has a limit.
pub(crate) fn push<T>(list: &mut Vec<T>, item: T, most: usize, changes: &mut Vec<Change>) {
    if list.len() < most {
        // Most lists stay at one.
        if list.capacity() == 0 {
            list.reserve_exact(1);
        }
        list.push(item);
    } else {
        ignore(changes, Ignored::TooMany);
    }
}
