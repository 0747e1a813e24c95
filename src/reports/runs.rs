//! Which stored cells answer a stretch of the period: the longest slots that
//! lie in one row of the answer, and quarter hours at the edges; and to which
//! row each belongs.

use crate::base::UnixSec;
use crate::model::totals::Step;
use crate::model::{AgentId, Direction, QueueId};
use crate::reports::period::{Base, Calendar};
use crate::reports::study::{Part, Study};

/// Neighbouring slots of one length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub step: Step,
    pub from: UnixSec,
    pub to: UnixSec,
}

impl Study<'_> {
    /// A stored part as runs in order of time. `steps` are the lengths that
    /// are stored, the longest first; `base` is what cells are told apart by.
    pub(super) fn runs(&self, part: Part, steps: &[Step], base: Option<Base>) -> Vec<Run> {
        let mut runs = Vec::new();
        if !self.query.window.is_open() {
            cover(&[Step::Quarter], part.from, part.to, &mut runs);
            return runs;
        }
        let Some(base) = base else {
            cover(steps, part.from, part.to, &mut runs);
            return runs;
        };
        for day in self.calendar.stretches() {
            let (from, to) = (day.start.max(part.from), day.end.min(part.to));
            let fits = |step: &Step| match base {
                Base::Day | Base::Week(_) => true,
                Base::Hour(minutes) => {
                    *step != Step::Day
                        && i64::from(minutes) * 60 % step.secs() == 0
                        && day.midnight % step.secs() == 0
                }
            };
            let steps: Vec<Step> = steps.iter().copied().filter(fits).collect();
            cover(&steps, from, to, &mut runs);
        }
        runs
    }
}

/// A queue in one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Lane {
    pub queue: QueueId,
    pub direction: Direction,
}

/// An agent on a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    pub agent: AgentId,
    pub queue: QueueId,
}

/// The buckets of cells that come in order of time: each slot is placed once.
pub(super) struct Places<'s> {
    calendar: &'s Calendar,
    base: Option<Base>,
    /// Slots before it count as this moment.
    start: UnixSec,
    last: Option<(UnixSec, Option<i32>)>,
}

impl<'s> Places<'s> {
    pub(super) fn new(study: &'s Study<'_>, base: Option<Base>, start: UnixSec) -> Self {
        Places { calendar: &study.calendar, base, start, last: None }
    }

    /// `None` outside the window; 0 where nothing is told apart.
    pub(super) fn bucket(&mut self, slot: UnixSec) -> Option<i32> {
        match self.last {
            Some((last, bucket)) if last == slot => bucket,
            _ => {
                let at = slot.max(self.start);
                let of = |base| self.calendar.bucket(base, at);
                let bucket = self.calendar.lets(at).then(|| self.base.map_or(0, of));
                self.last = Some((slot, bucket));
                bucket
            }
        }
    }
}

/// Covers a stretch with the longest slots it has room for.
fn cover(steps: &[Step], from: UnixSec, to: UnixSec, runs: &mut Vec<Run>) {
    let Some((&step, shorter)) = steps.split_first() else { return };
    let (first, last) = (step.slot(from + step.secs() - 1), step.slot(to));
    if shorter.is_empty() {
        // Both ends of a stored part lie between quarter hours.
        add(Run { step, from, to }, runs);
    } else if first < last {
        cover(shorter, from, first, runs);
        add(Run { step, from: first, to: last }, runs);
        cover(shorter, last, to, runs);
    } else {
        cover(shorter, from, to, runs);
    }
}

fn add(run: Run, runs: &mut Vec<Run>) {
    if run.from >= run.to {
        return;
    }
    match runs.last_mut() {
        Some(last) if last.step == run.step && last.to == run.from => last.to = run.to,
        _ => runs.push(run),
    }
}
