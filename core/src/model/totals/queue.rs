//! What passed through one queue in one slot.

use std::collections::BTreeMap;

use crate::base::{Secs, UnixSec};
use crate::model::fact::{Attempt, AttemptResult, Cause, Direction, QueueId, WordId};
use crate::model::totals::cells::Cells;
use crate::model::totals::packing::{Stat, Tally, clamp};
use crate::model::totals::passage::Passage;
use crate::model::totals::spread::{Holds, Rings, Talks, Waits};
use crate::model::totals::{NO_WORD, Slots, conversation, left_at, refused};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QueueKey {
    pub slot: UnixSec,
    pub queue: QueueId,
    pub direction: Direction,
}

/// Stints by their selection in the voice menu, with the time spent there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VoiceMenu {
    pub n: u32,
    pub secs: Stat,
}

/// Totals of the stints of one queue and direction that entered in one slot,
/// and of the waiting and talking that overlaps the slot.
///
/// Refused stints are in `refused` and nowhere else, unless the caller asked
/// for them ([`Counted::refused`]).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueueCell {
    /// Answered stints by [`Cause::code`]; their total is N_ans.
    pub answered_by: Tally,
    /// Lost stints by [`Cause::code`]; their total is N_lost.
    pub lost_by: Tally,
    pub refused: u32,
    pub wait_answered: Waits,
    /// Waits of stints ended by ABANDON.
    pub wait_abandoned: Waits,
    /// Waits of the other lost stints.
    pub wait_lost: Waits,
    pub talk: Talks,
    pub hold: Holds,
    /// Attempts per answered stint, taken one included.
    pub tries_answered: Stat,
    /// Attempts per lost stint.
    pub tries_lost: Stat,
    /// Lost stints with at least one attempt.
    pub lost_tried: u32,
    pub rings_lost: Rings,
    pub rings_taken: Rings,
    /// Lost attempts of less than a second: busy or unreachable.
    pub rings_zero: u32,
    pub rings_cancelled: u32,
    /// Lost attempts left out because shorter than the caller's limit; 0 in
    /// stored cells.
    pub rings_short: u32,
    /// Known positions on entering.
    pub position_answered: Tally,
    pub position_lost: Tally,
    /// Known positions at the end of lost stints.
    pub position_exit: Tally,
    /// Answered stints that were transferred, by target.
    pub transfers: Tally,
    /// Lost stints that left by key, by key.
    pub keys: Tally,
    pub dnis_answered: Tally,
    pub dnis_lost: Tally,
    /// By selection; key 0 only for stints with a known time in the menu and
    /// no selection.
    pub menu_answered: BTreeMap<WordId, VoiceMenu>,
    pub menu_lost: BTreeMap<WordId, VoiceMenu>,
    /// Answered stints with a DNIS or a selection.
    pub tracked: u32,
    /// Answered and lost calls of more than one stint, by number of stints;
    /// empty unless stints were joined.
    pub stints_answered: Tally,
    pub stints_lost: Tally,
    /// ∫ waiting(t) dt over the slot.
    pub waiting_secs: u64,
    /// Most stints that waited at the same time in the slot.
    pub waiting_max: u32,
    /// Stints that stopped waiting in the slot.
    pub left: u32,
    /// Talk overlapping the slot.
    pub talking_secs: u64,
    /// Answered stints of at least [`Counted::effective_secs`]; 0 in stored
    /// cells, where the talk histogram answers.
    pub effective: u32,
    /// Newest end of a stint that entered here, after the start of the slot:
    /// says whether all of them lie within a period. 0 in longer slots, which
    /// are not asked for it.
    pub last_end: u32,
}

impl QueueCell {
    pub fn answered(&self) -> u32 {
        self.answered_by.total()
    }

    pub fn lost(&self) -> u32 {
        self.lost_by.total()
    }

    pub fn offered(&self) -> u32 {
        self.answered() + self.lost()
    }

    /// Stints ended by ABANDON.
    pub fn abandoned(&self) -> u32 {
        self.lost_by.get(u32::from(Cause::Abandon.code()))
    }

    /// Whether all stints of a slot that begins at `slot` ended by `to`.
    pub fn ended_by(&self, slot: UnixSec, to: UnixSec) -> bool {
        slot + Secs::from(self.last_end) <= to
    }

    /// Waits of all lost stints.
    pub fn wait_unanswered(&self) -> Waits {
        let mut all = self.wait_abandoned.clone();
        all.merge(&self.wait_lost);
        all
    }

    pub fn merge(&mut self, other: &QueueCell) {
        self.answered_by.merge(&other.answered_by);
        self.lost_by.merge(&other.lost_by);
        self.refused += other.refused;
        self.wait_answered.merge(&other.wait_answered);
        self.wait_abandoned.merge(&other.wait_abandoned);
        self.wait_lost.merge(&other.wait_lost);
        self.talk.merge(&other.talk);
        self.hold.merge(&other.hold);
        self.tries_answered.merge(&other.tries_answered);
        self.tries_lost.merge(&other.tries_lost);
        self.lost_tried += other.lost_tried;
        self.rings_lost.merge(&other.rings_lost);
        self.rings_taken.merge(&other.rings_taken);
        self.rings_zero += other.rings_zero;
        self.rings_cancelled += other.rings_cancelled;
        self.rings_short += other.rings_short;
        self.position_answered.merge(&other.position_answered);
        self.position_lost.merge(&other.position_lost);
        self.position_exit.merge(&other.position_exit);
        self.transfers.merge(&other.transfers);
        self.keys.merge(&other.keys);
        self.dnis_answered.merge(&other.dnis_answered);
        self.dnis_lost.merge(&other.dnis_lost);
        merge_menu(&mut self.menu_answered, &other.menu_answered);
        merge_menu(&mut self.menu_lost, &other.menu_lost);
        self.tracked += other.tracked;
        self.stints_answered.merge(&other.stints_answered);
        self.stints_lost.merge(&other.stints_lost);
        self.waiting_secs += other.waiting_secs;
        self.waiting_max = self.waiting_max.max(other.waiting_max);
        self.left += other.left;
        self.talking_secs += other.talking_secs;
        self.effective += other.effective;
        self.last_end = self.last_end.max(other.last_end);
    }

    fn add(&mut self, stint: &Passage<'_>, stints: u32, counted: &Counted) {
        if stint.answered {
            self.add_answered(stint, stints);
            self.effective += u32::from(counted.effective(stint));
        } else {
            self.add_lost(stint, stints);
        }
        let tries = self.add_attempts(stint.attempts, counted);
        if stint.answered {
            self.tries_answered.add(tries);
        } else {
            self.tries_lost.add(tries);
            self.lost_tried += u32::from(tries > 0);
        }
    }

    fn add_answered(&mut self, stint: &Passage<'_>, stints: u32) {
        self.answered_by.add(u32::from(stint.cause.code()), 1);
        if let Some(wait) = stint.wait {
            self.wait_answered.add(wait);
        }
        if let Some(talk) = stint.talk {
            self.talk.add(talk);
        }
        self.hold.add(stint.holds);
        if let Some(position) = stint.position {
            self.position_answered.add(position, 1);
        }
        if transferred(stint.cause) {
            self.transfers.add(stint.transfer_to.unwrap_or(NO_WORD), 1);
        }
        if let Some(dnis) = stint.dnis {
            self.dnis_answered.add(dnis, 1);
        }
        add_menu(&mut self.menu_answered, stint);
        self.tracked += u32::from(stint.dnis.is_some() || stint.ivr.is_some());
        if stints > 1 {
            self.stints_answered.add(stints, 1);
        }
    }

    fn add_lost(&mut self, stint: &Passage<'_>, stints: u32) {
        self.lost_by.add(u32::from(stint.cause.code()), 1);
        if let Some(wait) = stint.wait {
            match stint.cause {
                Cause::Abandon => self.wait_abandoned.add(wait),
                _ => self.wait_lost.add(wait),
            }
        }
        if let Some(position) = stint.position {
            self.position_lost.add(position, 1);
        }
        if let Some(position) = stint.exit_position {
            self.position_exit.add(position, 1);
        }
        if stint.cause == Cause::Key {
            self.keys.add(stint.detail.unwrap_or(NO_WORD), 1);
        }
        if let Some(dnis) = stint.dnis {
            self.dnis_lost.add(dnis, 1);
        }
        add_menu(&mut self.menu_lost, stint);
        if stints > 1 {
            self.stints_lost.add(stints, 1);
        }
    }

    /// Counts attempts; returns how many were lost or taken.
    fn add_attempts(&mut self, attempts: &[Attempt], counted: &Counted) -> i64 {
        let mut tries = 0;
        for attempt in attempts {
            match attempt.result {
                AttemptResult::Cancelled => {
                    self.rings_cancelled += 1;
                    continue;
                }
                AttemptResult::Taken => self.rings_taken.add(attempt.ring_ms),
                _ if counted.too_short(attempt) => {
                    self.rings_short += 1;
                    continue;
                }
                _ => {
                    self.rings_lost.add(attempt.ring_ms);
                    self.rings_zero += u32::from(attempt.ring_ms.is_some_and(|ms| ms < 1000));
                }
            }
            tries += 1;
        }
        tries
    }
}

/// The causes that count as a transfer (OK-37, AG-72).
pub(super) fn transferred(cause: Cause) -> bool {
    matches!(cause, Cause::Transfer | Cause::BlindTransfer | Cause::AttendedTransfer)
}

fn add_menu(menu: &mut BTreeMap<WordId, VoiceMenu>, stint: &Passage<'_>) {
    if stint.ivr.is_none() && stint.ivr_secs.is_none() {
        return;
    }
    let entry = menu.entry(stint.ivr.unwrap_or(NO_WORD)).or_default();
    entry.n += 1;
    if let Some(secs) = stint.ivr_secs {
        entry.secs.add(secs);
    }
}

fn merge_menu(into: &mut BTreeMap<WordId, VoiceMenu>, from: &BTreeMap<WordId, VoiceMenu>) {
    for (&word, menu) in from {
        let entry = into.entry(word).or_default();
        entry.n += menu.n;
        entry.secs.merge(&menu.secs);
    }
}

/// What is counted apart from the stored rule. The default is the stored
/// rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Refused stints count as lost with a wait of 0 s.
    pub refused: bool,
    /// Lost attempts shorter than this are left out.
    pub short_attempt_ms: Option<i64>,
    /// Answered stints with this much talk are effective, for a threshold at
    /// which the histogram of talks has no step.
    pub effective_secs: Option<Secs>,
}

impl Counted {
    /// Whether a lost attempt is left out.
    pub fn too_short(&self, attempt: &Attempt) -> bool {
        match (self.short_attempt_ms, attempt.ring_ms) {
            (Some(limit), Some(ring)) => ring < limit,
            _ => false,
        }
    }

    pub(super) fn effective(&self, stint: &Passage<'_>) -> bool {
        match (self.effective_secs, stint.talk) {
            (Some(limit), Some(talk)) => talk >= limit,
            _ => false,
        }
    }
}

/// Adds stints up to cells. Feed it each stint that entered in the range, and
/// those of [`super::LOOK_BACK`] before it, which may reach into it.
#[derive(Debug)]
pub struct QueueCells {
    slots: Slots,
    counted: Counted,
    cells: Cells<QueueKey, QueueCell>,
    waits: Vec<(QueueId, Direction, UnixSec, UnixSec)>,
}

impl QueueCells {
    pub fn new(slots: Slots, counted: Counted) -> Self {
        QueueCells { slots, counted, cells: Cells::new(), waits: Vec::new() }
    }

    /// Counts a stint in the slot of its enter time, and its waiting and talk
    /// where they were.
    pub fn add<'a>(&mut self, stint: impl Into<Passage<'a>>) {
        let stint = stint.into();
        self.add_times(stint);
        self.add_figures(stint, stint.enter, 1);
    }

    /// Counts a stint, or a call joined from several, in the slot of `at`
    /// without its times.
    pub fn add_figures<'a>(&mut self, stint: impl Into<Passage<'a>>, at: UnixSec, stints: u32) {
        let stint = &stint.into();
        if !self.slots.holds(at) {
            return;
        }
        let counted = self.counted;
        let slot = self.slots.slot(at);
        let cell = self.cell(slot, stint);
        cell.last_end = cell.last_end.max(clamp(stint.end - slot));
        if refused(stint) && !counted.refused {
            cell.refused += 1;
        } else {
            cell.add(stint, stints, &counted);
        }
    }

    /// Counts only the attempts of a stint: for an agent who rang on a call
    /// that somebody else took.
    pub fn add_attempts<'a>(&mut self, stint: impl Into<Passage<'a>>, at: UnixSec) {
        let stint = &stint.into();
        if self.slots.holds(at) {
            let counted = self.counted;
            let slot = self.slots.slot(at);
            self.cell(slot, stint).add_attempts(stint.attempts, &counted);
        }
    }

    fn cell(&mut self, slot: UnixSec, stint: &Passage<'_>) -> &mut QueueCell {
        let key = QueueKey { slot, queue: stint.queue, direction: stint.direction };
        self.cells.at(key)
    }

    /// Counts the waiting and the talk of a stint in the slots they overlap.
    pub fn add_times<'a>(&mut self, stint: impl Into<Passage<'a>>) {
        let stint = &stint.into();
        if refused(stint) && !self.counted.refused {
            return;
        }
        let slots = self.slots;
        let left = left_at(stint);
        if slots.holds(left) {
            self.cell(slots.slot(left), stint).left += 1;
        }
        if stint.wait.is_some() && stint.enter < slots.to && left > slots.from {
            self.waits.push((stint.queue, stint.direction, stint.enter, left));
        }
        if let Some((start, end)) = conversation(stint) {
            for (slot, from, to) in slots.split(start, end) {
                self.cell(slot, stint).talking_secs += (to - from) as u64;
            }
        }
    }

    /// The cells; those without any figure are left out.
    pub fn finish(self) -> BTreeMap<QueueKey, QueueCell> {
        self.cells().into_map()
    }

    /// The same where they were made.
    pub fn cells(mut self) -> Cells<QueueKey, QueueCell> {
        let mut waits = std::mem::take(&mut self.waits);
        waits.sort_unstable();
        for lane in waits.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            self.add_waiting(lane);
        }
        self.cells
    }

    /// The integral and the maximum of waiting stints of one queue.
    fn add_waiting(&mut self, lane: &[(QueueId, Direction, UnixSec, UnixSec)]) {
        let Some(&(queue, direction, ..)) = lane.first() else { return };
        // Ends sort before starts of the same second: half-open intervals.
        let mut steps: Vec<(UnixSec, i32)> = Vec::with_capacity(lane.len() * 2);
        for &(_, _, start, end) in lane {
            if end > start {
                steps.push((start, 1));
                steps.push((end, -1));
            }
        }
        steps.sort_unstable();
        let (mut waiting, mut since) = (0i32, self.slots.from);
        for (at, step) in steps {
            if waiting > 0 {
                for (slot, from, to) in self.slots.split(since, at) {
                    let cell = self.cells.at(QueueKey { slot, queue, direction });
                    cell.waiting_secs += waiting as u64 * (to - from) as u64;
                    cell.waiting_max = cell.waiting_max.max(waiting as u32);
                }
            }
            waiting += step;
            since = at;
        }
    }
}

/// The cells of a range, by the stored rule. See [`QueueCells`] for which
/// stints to give.
pub fn queue_cells<'a>(
    stints: impl IntoIterator<Item = impl Into<Passage<'a>>>,
    slots: Slots,
) -> BTreeMap<QueueKey, QueueCell> {
    let mut cells = QueueCells::new(slots, Counted::default());
    for stint in stints {
        cells.add(stint);
    }
    cells.finish()
}
