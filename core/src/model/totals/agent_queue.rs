//! What one agent did for one queue in one slot.

use std::collections::BTreeMap;

use crate::base::UnixSec;
use crate::model::fact::{AgentId, Attempt, AttemptResult, Cause, Direction, QueueId};
use crate::model::totals::cells::Cells;
use crate::model::totals::packing::{Cursor, Damaged, Tally, put};
use crate::model::totals::passage::Passage;
use crate::model::totals::queue::{Counted, transferred};
use crate::model::totals::spread::{Holds, Rings, Talks, Waits};
use crate::model::totals::{Slots, refused};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AgentQueueKey {
    pub slot: UnixSec,
    pub agent: AgentId,
    pub queue: QueueId,
}

/// Stints of an agent on a queue in one direction, by enter time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgentCalls {
    /// Answered stints by [`Cause::code`]; their total is the calls answered.
    pub answered_by: Tally,
    /// Lost outbound stints the agent dialled.
    pub lost: u32,
    pub wait: Waits,
    pub talk: Talks,
    pub hold: Holds,
    pub rings_lost: Rings,
    pub rings_taken: Rings,
    pub rings_zero: u32,
    pub rings_cancelled: u32,
    /// Left out because shorter than the caller's limit; 0 in stored cells.
    pub rings_short: u32,
    /// As [`QueueCell::effective`](super::QueueCell::effective).
    pub effective: u32,
}

impl AgentCalls {
    pub fn answered(&self) -> u32 {
        self.answered_by.total()
    }

    /// Answered stints ended by the agent, and by the other party.
    pub fn hung_up_by(&self) -> (u32, u32) {
        let by = |cause: Cause| self.answered_by.get(u32::from(cause.code()));
        (by(Cause::Agent), by(Cause::Caller))
    }

    /// Answered stints that were transferred.
    pub fn transferred(&self) -> u32 {
        let is =
            |code: u32| u8::try_from(code).ok().and_then(Cause::from_code).is_some_and(transferred);
        self.answered_by.iter().filter(|entry| is(entry.0)).map(|entry| entry.1).sum()
    }

    pub fn is_empty(&self) -> bool {
        // Every stint and every attempt is counted in one of these.
        self.answered_by.is_empty()
            && self.lost == 0
            && self.rings_lost.n == 0
            && self.rings_taken.n == 0
            && self.rings_cancelled == 0
            && self.rings_short == 0
    }

    pub fn merge(&mut self, other: &AgentCalls) {
        // Of most cells one direction is empty.
        if other.is_empty() {
            return;
        }
        self.answered_by.merge(&other.answered_by);
        self.lost = self.lost.saturating_add(other.lost);
        self.wait.merge(&other.wait);
        self.talk.merge(&other.talk);
        self.hold.merge(&other.hold);
        self.rings_lost.merge(&other.rings_lost);
        self.rings_taken.merge(&other.rings_taken);
        self.rings_zero = self.rings_zero.saturating_add(other.rings_zero);
        self.rings_cancelled = self.rings_cancelled.saturating_add(other.rings_cancelled);
        self.rings_short = self.rings_short.saturating_add(other.rings_short);
        self.effective = self.effective.saturating_add(other.effective);
    }

    fn add_stint(&mut self, stint: &Passage<'_>, counted: &Counted) {
        if !stint.answered {
            self.lost += 1;
            return;
        }
        self.answered_by.add(u32::from(stint.cause.code()), 1);
        self.effective += u32::from(counted.effective(stint));
        if let Some(wait) = stint.wait {
            self.wait.add(wait);
        }
        if let Some(talk) = stint.talk {
            self.talk.add(talk);
        }
        self.hold.add(stint.holds);
    }

    fn add_attempt(&mut self, attempt: &Attempt, counted: &Counted) {
        match attempt.result {
            AttemptResult::Cancelled => self.rings_cancelled += 1,
            AttemptResult::Taken => self.rings_taken.add(attempt.ring_ms),
            _ if counted.too_short(attempt) => self.rings_short += 1,
            _ => {
                self.rings_lost.add(attempt.ring_ms);
                self.rings_zero += u32::from(attempt.ring_ms.is_some_and(|ms| ms < 1000));
            }
        }
    }

    const ANSWERED: u64 = 1;
    const HOLD: u64 = 2;
    const TAKEN: u64 = 4;
    const MISSED: u64 = 8;
    const REST: u64 = 16;
    /// One answered stint of known wait and talk, by its cause and these.
    const ONE: u64 = 32;
    /// One taken attempt of known ring.
    const TAKEN_ONE: u64 = 64;
    const BITS: u64 = 128;

    /// Cause, wait and talk, if they are all there is to tell of answered
    /// stints: the usual quarter hour.
    fn only_one(&self) -> Option<(u32, u32, u32)> {
        let cause = self.answered_by.only_one()?;
        Some((cause, self.wait.only_one()?, self.talk.only_one()?))
    }

    fn pack(&self, out: &mut Vec<u8>) {
        let one = self.only_one();
        let answered = one.is_none() && !self.answered_by.is_empty();
        let taken_one = (self.rings_taken.n, self.rings_taken.known) == (1, 1);
        let missed = self.rings_lost.n > 0;
        let rest = self.lost > 0 || self.rings_cancelled > 0 || self.rings_short > 0;
        let bit = |there: bool, bit: u64| if there { bit } else { 0 };
        put(
            out,
            bit(answered, Self::ANSWERED)
                | bit(self.hold != Holds::default(), Self::HOLD)
                | bit(self.rings_taken.n > 0 && !taken_one, Self::TAKEN)
                | bit(missed, Self::MISSED)
                | bit(rest, Self::REST)
                | bit(one.is_some(), Self::ONE)
                | bit(taken_one, Self::TAKEN_ONE),
        );
        if let Some((cause, wait, talk)) = one {
            put(out, cause);
            put(out, wait);
            put(out, talk);
        }
        if answered {
            self.answered_by.pack(out);
            self.wait.pack(out);
            self.talk.pack(out);
        }
        if self.hold != Holds::default() {
            self.hold.pack(out);
        }
        if taken_one {
            put(out, self.rings_taken.sum_ms);
        } else if self.rings_taken.n > 0 {
            self.rings_taken.pack(out);
        }
        if missed {
            self.rings_lost.pack(out);
            put(out, self.rings_zero);
        }
        if rest {
            put(out, self.lost);
            put(out, self.rings_cancelled);
            put(out, self.rings_short);
        }
    }

    fn merge_packed(&mut self, from: &mut Cursor<'_>) -> Result<(), Damaged> {
        let bits = from.number()?;
        if bits >= Self::BITS {
            return Err(Damaged);
        }
        if bits & Self::ONE != 0 {
            self.answered_by.add(from.small()?, 1);
            self.wait.add(from.small()?.into());
            self.talk.add(from.small()?.into());
        }
        if bits & Self::ANSWERED != 0 {
            self.answered_by.read_onto(from)?;
            self.wait.read_onto(from)?;
            self.talk.read_onto(from)?;
        }
        if bits & Self::HOLD != 0 {
            self.hold.merge(&Holds::read(from)?);
        }
        if bits & Self::TAKEN_ONE != 0 {
            self.rings_taken.merge(&Rings { n: 1, known: 1, sum_ms: from.number()? });
        }
        if bits & Self::TAKEN != 0 {
            self.rings_taken.merge(&Rings::read(from)?);
        }
        if bits & Self::MISSED != 0 {
            self.rings_lost.merge(&Rings::read(from)?);
            self.rings_zero = self.rings_zero.saturating_add(from.small()?);
        }
        if bits & Self::REST != 0 {
            self.lost = self.lost.saturating_add(from.small()?);
            self.rings_cancelled = self.rings_cancelled.saturating_add(from.small()?);
            self.rings_short = self.rings_short.saturating_add(from.small()?);
        }
        Ok(())
    }
}

/// Totals of an agent on a queue, by direction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgentQueueCell {
    pub inbound: AgentCalls,
    pub outbound: AgentCalls,
}

impl AgentQueueCell {
    pub fn of(&self, direction: Direction) -> &AgentCalls {
        match direction {
            Direction::Inbound => &self.inbound,
            Direction::Outbound => &self.outbound,
        }
    }

    fn of_mut(&mut self, direction: Direction) -> &mut AgentCalls {
        match direction {
            Direction::Inbound => &mut self.inbound,
            Direction::Outbound => &mut self.outbound,
        }
    }

    pub fn merge(&mut self, other: &AgentQueueCell) {
        self.inbound.merge(&other.inbound);
        self.outbound.merge(&other.outbound);
    }

    /// Appends the packed form; outbound calls take no place when there are
    /// none.
    pub fn pack(&self, out: &mut Vec<u8>) {
        self.inbound.pack(out);
        if !self.outbound.is_empty() {
            self.outbound.pack(out);
        }
    }

    /// Adds a packed cell to this one.
    ///
    /// Errors: [`Damaged`] when the bytes are no packed cell; this cell then
    /// holds rubbish and must be thrown away.
    pub fn merge_packed(&mut self, bytes: &[u8]) -> Result<(), Damaged> {
        let mut from = Cursor::new(bytes);
        self.inbound.merge_packed(&mut from)?;
        if !from.is_empty() {
            self.outbound.merge_packed(&mut from)?;
        }
        from.end()
    }

    /// Reads a packed cell.
    ///
    /// Errors: [`Damaged`] when the bytes are no packed cell.
    pub fn unpack(bytes: &[u8]) -> Result<AgentQueueCell, Damaged> {
        let mut cell = AgentQueueCell::default();
        cell.merge_packed(bytes)?;
        Ok(cell)
    }
}

/// Adds stints up to cells by agent and queue.
#[derive(Debug)]
pub struct AgentQueueCells {
    slots: Slots,
    counted: Counted,
    cells: Cells<AgentQueueKey, AgentQueueCell>,
}

impl AgentQueueCells {
    pub fn new(slots: Slots, counted: Counted) -> Self {
        AgentQueueCells { slots, counted, cells: Cells::new() }
    }

    /// Counts a stint and its attempts in the slot of its enter time.
    pub fn add<'a>(&mut self, stint: impl Into<Passage<'a>>) {
        let stint = stint.into();
        self.add_at(stint, stint.enter);
    }

    /// Counts a stint and its attempts in the slot of `at`.
    pub fn add_at<'a>(&mut self, stint: impl Into<Passage<'a>>, at: UnixSec) {
        let stint = stint.into();
        self.add_attempts(stint, at);
        self.add_stint(stint, at);
    }

    /// Counts a stint for the agent that answered or dialled it.
    pub fn add_stint<'a>(&mut self, stint: impl Into<Passage<'a>>, at: UnixSec) {
        let stint = &stint.into();
        if refused(stint) && !self.counted.refused {
            return;
        }
        let counted = self.counted;
        let outbound = stint.direction == Direction::Outbound;
        if let Some(agent) = stint.agent.filter(|_| stint.answered || outbound)
            && let Some(calls) = self.calls(stint, at, agent)
        {
            calls.add_stint(stint, &counted);
        }
    }

    /// Counts the attempts of a stint for the agents that rang.
    pub fn add_attempts<'a>(&mut self, stint: impl Into<Passage<'a>>, at: UnixSec) {
        let stint = &stint.into();
        let counted = self.counted;
        if refused(stint) && !counted.refused {
            return;
        }
        for attempt in stint.attempts {
            if let Some(calls) = self.calls(stint, at, attempt.agent) {
                calls.add_attempt(attempt, &counted);
            }
        }
    }

    fn calls(
        &mut self,
        stint: &Passage<'_>,
        at: UnixSec,
        agent: AgentId,
    ) -> Option<&mut AgentCalls> {
        let slot = self.slots.holds(at).then(|| self.slots.slot(at))?;
        let key = AgentQueueKey { slot, agent, queue: stint.queue };
        Some(self.cells.at(key).of_mut(stint.direction))
    }

    pub fn finish(self) -> BTreeMap<AgentQueueKey, AgentQueueCell> {
        self.cells.into_map()
    }

    /// The same where they were made.
    pub fn cells(self) -> Cells<AgentQueueKey, AgentQueueCell> {
        self.cells
    }
}

/// The cells of a range, by the stored rule, from the stints that entered in
/// it.
pub fn agent_queue_cells<'a>(
    stints: impl IntoIterator<Item = impl Into<Passage<'a>>>,
    slots: Slots,
) -> BTreeMap<AgentQueueKey, AgentQueueCell> {
    let mut cells = AgentQueueCells::new(slots, Counted::default());
    for stint in stints {
        cells.add(stint);
    }
    cells.finish()
}
