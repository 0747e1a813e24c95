//! Cells of longer slots, added up from those of quarter hours.
//!
//! The cell of an hour or a day equals what the facts come to when they are
//! counted in slots of that length: a question that cuts none of them needs
//! no quarter hours.

use std::hash::Hash;

use crate::base::{Secs, UnixSec};
use crate::model::totals::packing::clamp;
use crate::model::totals::{
    AgentCell, AgentKey, AgentQueueCell, AgentQueueKey, Cells, QueueCell, QueueKey, SLOT_SECS,
};

/// Length of a stored slot. Slots of every length begin at multiples of it in
/// UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Quarter,
    Hour,
    Day,
}

impl Step {
    /// Of which lengths there are cells of queues and of agents, the longest
    /// first.
    pub const BOTH: &'static [Step] = &[Step::Day, Step::Hour, Step::Quarter];
    /// The same of agents in queues, whose hours nobody asks for.
    pub const AGENT_QUEUE: &'static [Step] = &[Step::Day, Step::Quarter];

    pub fn secs(self) -> Secs {
        match self {
            Step::Quarter => SLOT_SECS,
            Step::Hour => 3600,
            Step::Day => 86_400,
        }
    }

    /// The start of the slot a moment lies in.
    pub fn slot(self, at: UnixSec) -> UnixSec {
        at.div_euclid(self.secs()) * self.secs()
    }
}

/// The key of a cell, with its slot.
pub trait SlotKey: Copy + Eq + Hash + Ord {
    fn slot(&self) -> UnixSec;
    #[must_use]
    fn with_slot(self, slot: UnixSec) -> Self;
}

macro_rules! slot_key {
    ($($key:ty)*) => {$(
        impl SlotKey for $key {
            fn slot(&self) -> UnixSec {
                self.slot
            }

            fn with_slot(self, slot: UnixSec) -> Self {
                Self { slot, ..self }
            }
        }
    )*};
}

slot_key!(QueueKey AgentKey AgentQueueKey);

/// A cell that can be part of a longer one.
pub trait SlotCell: Default {
    /// Adds a cell whose slot begins `after` seconds into this one's.
    fn take_in(&mut self, part: &Self, after: u32);
}

impl SlotCell for QueueCell {
    fn take_in(&mut self, part: &Self, _: u32) {
        self.merge(part);
        self.last_end = 0;
    }
}

impl SlotCell for AgentQueueCell {
    fn take_in(&mut self, part: &Self, _: u32) {
        self.merge(part);
    }
}

impl SlotCell for AgentCell {
    fn take_in(&mut self, part: &Self, after: u32) {
        if part.session > 0 {
            let (first, last) = (part.first + after, part.last + after);
            self.first = if self.session == 0 { first } else { self.first.min(first) };
            self.last = self.last.max(last);
        }
        self.session += part.session;
        self.starts += part.starts;
        for (&code, pause) in &part.pauses {
            let sum = self.pauses.entry(code).or_default();
            sum.merge(pause);
            if after == 0 {
                sum.carried = pause.carried;
            }
        }
        if after == 0 {
            self.carried = part.carried;
        }
        self.talk_in += part.talk_in;
        self.talk_out += part.talk_out;
        self.talk_outside += part.talk_outside;
    }
}

/// The cells of longer slots.
pub fn longer<K: SlotKey, C: SlotCell>(cells: &Cells<K, C>, step: Step) -> Cells<K, C> {
    let mut sums: Cells<K, C> = Cells::new();
    for (key, cell) in cells.iter() {
        let slot = step.slot(key.slot());
        let after = clamp(key.slot() - slot);
        sums.at(key.with_slot(slot)).take_in(cell, after);
    }
    sums
}
