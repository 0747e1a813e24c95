//! Interval totals: what facts come to per quarter hour.
//!
//! Three kinds of cell, each computed from facts by one function that gives
//! the same result whatever the order of the facts:
//!
//! | cell | key | function |
//! |---|---|---|
//! | [`QueueCell`] | slot, queue, direction | [`queue_cells`] |
//! | [`AgentCell`] | slot, agent | [`agent_cells`] |
//! | [`AgentQueueCell`] | slot, agent, queue | [`agent_queue_cells`] |
//!
//! Slots are quarter hours; [`longer()`] adds them up to cells of hours and days.
//!
//! Figures of a stint lie in the slot it entered in; times of waiting, talk,
//! sessions and pauses are split over the slots they overlap (`metrics.md`
//! 3.0, interval attribution). Cells are made anew from the facts when facts
//! change and are never subtracted, so their extremes stay exact.
//!
//! Nothing here reads or writes a database: cells pack into bytes
//! ([`QueueCell::pack`]) and packed bytes are added to a cell
//! ([`QueueCell::merge_packed`]).

mod agent;
mod agent_queue;
mod cells;
mod longer;
mod packing;
mod passage;
mod queue;
mod queue_pack;
#[cfg(any(test, feature = "random"))]
pub mod random;
mod spread;

#[cfg(test)]
mod tests;

pub use agent::{ACW_WITHIN, AgentCell, AgentKey, PauseCell, agent_cells, agent_cells_made};
pub use agent_queue::{
    AgentCalls, AgentQueueCell, AgentQueueCells, AgentQueueKey, agent_queue_cells,
};
pub use cells::Cells;
pub use longer::{SlotCell, SlotKey, Step, longer};
pub use packing::{Damaged, Stat, Tally};
pub use passage::Passage;
pub use queue::{Counted, QueueCell, QueueCells, QueueKey, VoiceMenu, queue_cells};
pub use queue_pack::Figures;
pub use spread::{
    Holds, Rings, TALK_STEPS, Talks, Waits, talk_limit_is_exact, wait_bin, wait_bin_end,
    wait_limit_is_exact,
};

use crate::base::{Secs, UnixSec};
use crate::model::fact::{AgentId, Cause, Direction, QueueId};

/// Length of a stored slot; slots begin at multiples of it in UTC.
pub const SLOT_SECS: Secs = 900;

/// No stint, and so no talk, is looked for further back than this before the
/// range it might reach into. Longer than the longest call the model keeps
/// (`metrics.md` 2.3 rule 7: 3 h of waiting and 4 h of talk by default).
pub const LOOK_BACK: Secs = 86_400;

/// Word 0 stands for "none" or "unknown" in tallies of words.
pub const NO_WORD: u32 = 0;

/// The half-open range that is counted and the length of its slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slots {
    pub from: UnixSec,
    pub to: UnixSec,
    pub secs: Secs,
}

impl Slots {
    /// Stored slots of a range.
    pub fn quarters(from: UnixSec, to: UnixSec) -> Self {
        Slots { from, to, secs: SLOT_SECS }
    }

    /// The start of the slot a moment lies in.
    pub fn slot(&self, at: UnixSec) -> UnixSec {
        at.div_euclid(self.secs) * self.secs
    }

    /// Whether a moment is counted.
    pub fn holds(&self, at: UnixSec) -> bool {
        self.from <= at && at < self.to
    }

    /// The slots that an interval overlaps inside the range, with the part
    /// in each. An interval without length overlaps none.
    pub fn split(
        &self,
        start: UnixSec,
        end: UnixSec,
    ) -> impl Iterator<Item = (UnixSec, UnixSec, UnixSec)> + use<> {
        let slots = *self;
        let (mut start, end) = (start.max(self.from), end.min(self.to));
        std::iter::from_fn(move || {
            if start >= end {
                return None;
            }
            let slot = slots.slot(start);
            let stop = end.min(slot + slots.secs);
            let part = (slot, start, stop);
            start = stop;
            Some(part)
        })
    }
}

/// A conversation of an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Talk {
    pub agent: AgentId,
    pub start: UnixSec,
    pub end: UnixSec,
    pub direction: Direction,
    pub queue: QueueId,
}

impl Talk {
    /// The conversation of an answered stint with a known agent and length.
    /// Where the moment of the answer is unknown it lies before the end.
    pub fn of<'a>(stint: impl Into<Passage<'a>>) -> Option<Talk> {
        let stint = &stint.into();
        let (start, end) = conversation(stint)?;
        let agent = stint.agent?;
        Some(Talk { agent, start, end, direction: stint.direction, queue: stint.queue })
    }
}

/// When an answered stint was in conversation.
fn conversation(stint: &Passage<'_>) -> Option<(UnixSec, UnixSec)> {
    if !stint.answered {
        return None;
    }
    let talk = stint.talk?.max(0);
    let start = stint.answer().unwrap_or(stint.end - talk);
    Some((start, start + talk))
}

/// The moment a stint stopped waiting.
fn left_at(stint: &Passage<'_>) -> UnixSec {
    match (stint.wait, conversation(stint)) {
        (Some(wait), _) => stint.enter + wait.max(0),
        (None, Some((start, _))) => start,
        (None, None) => stint.end,
    }
}

/// Whether a stint was turned away at the door (`metrics.md` 1.5).
fn refused(stint: &Passage<'_>) -> bool {
    stint.cause == Cause::Refused
}
