//! Figures of the stints that were written lately, kept by the writer of an
//! import so that settling a day need not read them back.
//!
//! A copy and never the truth: it is dropped whenever it may differ from the
//! tables, and then settling reads those.

use std::hash::{Hash, Hasher};
use std::ops::Range;

use rustc_hash::FxHasher;

use crate::base::UnixSec;
use crate::model::totals::{LOOK_BACK, Passage};
use crate::model::{Attempt, Hold, Stint};
use crate::store::number_days;
use crate::store::recent_intervals::RecentIntervals;
use crate::store::touched::DAY_SECS;

/// How many stints are kept: two and a half days, which is what settling looks
/// at, of 10,000 calls each.
const MOST: usize = 25_000;

/// What the writer of an import keeps of the days that are not settled yet.
#[derive(Debug)]
pub(crate) struct Recent {
    pub stints: RecentStints,
    pub intervals: RecentIntervals,
}

impl Recent {
    /// Forgets everything for good: the tables may say something else now.
    pub(crate) fn give_up(&mut self) {
        self.stints.give_up();
        self.intervals.give_up();
    }

    /// Days before this one are settled: what matters to them alone is not
    /// kept.
    pub(crate) fn settled(&mut self, until: i64) {
        self.stints.settled(until);
        self.intervals.settled(until);
    }
}

/// The stints of the days that are not settled yet.
#[derive(Debug)]
pub(crate) struct RecentStints {
    /// In the order of commits.
    stints: Vec<Kept>,
    /// Of all of them, one after the other.
    attempts: Vec<Attempt>,
    holds: Vec<Hold>,
    /// Every stint that entered from this second on is here; nothing is when
    /// it is [`UnixSec::MAX`].
    from: UnixSec,
}

#[derive(Debug)]
struct Kept {
    /// Without the lists.
    passage: Passage<'static>,
    attempts: Range<usize>,
    holds: Range<usize>,
    /// Hash of the number.
    number: Option<u32>,
    key: u64,
}

impl RecentStints {
    /// For a database whose newest stint entered then; without `keep` nothing
    /// is ever kept.
    pub(crate) fn new(newest: Option<UnixSec>, keep: bool) -> Self {
        let from = match newest {
            _ if !keep => UnixSec::MAX,
            Some(newest) => newest.saturating_add(1),
            None => UnixSec::MIN,
        };
        RecentStints { stints: Vec::new(), attempts: Vec::new(), holds: Vec::new(), from }
    }

    /// Forgets everything for good: the tables may say something else now.
    pub(crate) fn give_up(&mut self) {
        *self = RecentStints::new(None, false);
    }

    /// A stint that is being stored; should that fail, all is given up.
    pub(crate) fn add(&mut self, stint: &Stint) {
        if stint.enter < self.from {
            return;
        }
        if self.stints.len() >= MOST {
            return self.give_up();
        }
        let kept = Kept {
            passage: Passage { attempts: &[], holds: &[], ..Passage::from(stint) },
            attempts: put(&mut self.attempts, &stint.attempts),
            holds: put(&mut self.holds, &stint.holds),
            number: number_days::hash_of(&stint.number),
            key: key(stint),
        };
        self.stints.push(kept);
    }

    /// A stint whose row was removed.
    pub(crate) fn remove(&mut self, old: &Stint) {
        let wanted = key(old);
        let at = self
            .stints
            .iter()
            .rposition(|kept| kept.passage.enter == old.enter && kept.key == wanted);
        if let Some(at) = at {
            self.stints.remove(at);
        }
    }

    /// Those that matter to the totals of a day, each with the hash of its
    /// number; `None` when the tables have to be asked.
    pub(crate) fn of_day(
        &self,
        day: i64,
    ) -> Option<impl Iterator<Item = (Passage<'_>, Option<u32>)>> {
        let from = day * DAY_SECS;
        (self.from <= from - LOOK_BACK).then(|| {
            let all = self.stints.iter().filter(move |kept| matters(&kept.passage, from));
            all.map(|kept| {
                let passage = Passage {
                    attempts: self.attempts.get(kept.attempts.clone()).unwrap_or_default(),
                    holds: self.holds.get(kept.holds.clone()).unwrap_or_default(),
                    ..kept.passage
                };
                (passage, kept.number)
            })
        })
    }

    /// Days before this one are settled: what matters to them alone is not
    /// kept.
    pub(crate) fn settled(&mut self, until: i64) {
        let from = until.saturating_mul(DAY_SECS).saturating_sub(LOOK_BACK);
        if from <= self.from {
            return;
        }
        self.from = from;
        self.stints.retain(|kept| kept.passage.enter >= from);
        let (mut attempts, mut holds) = (0, 0);
        for kept in &mut self.stints {
            pull(&mut self.attempts, &mut kept.attempts, &mut attempts);
            pull(&mut self.holds, &mut kept.holds, &mut holds);
        }
        self.attempts.truncate(attempts);
        self.holds.truncate(holds);
    }
}

/// Adds a list to all of them; returns where it is.
fn put<T: Copy>(all: &mut Vec<T>, list: &[T]) -> Range<usize> {
    let start = all.len();
    all.extend_from_slice(list);
    start..all.len()
}

/// Moves a list forward to `end`, behind the one before it.
fn pull<T: Copy>(all: &mut [T], place: &mut Range<usize>, end: &mut usize) {
    all.copy_within(place.clone(), *end);
    *place = *end..*end + place.len();
    *end = place.end;
}

/// Of call, queue and entry, which with the second of entering find a stint.
fn key(stint: &Stint) -> u64 {
    let mut hasher = FxHasher::default();
    (&stint.call_id, stint.queue, stint.entry).hash(&mut hasher);
    hasher.finish()
}

/// Whether a stint entered on the day that begins at `from`, or may reach
/// into it.
fn matters(stint: &Passage<'_>, from: UnixSec) -> bool {
    let to = from + DAY_SECS;
    if stint.enter >= from {
        return stint.enter < to;
    }
    let said = stint.enter + stint.wait.unwrap_or(0) + stint.talk.unwrap_or(0);
    stint.enter >= from - LOOK_BACK && said.max(stint.end) >= from - 10
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::CallId;
    use crate::model::totals::random;
    use proptest::prelude::*;

    fn shown(stint: Passage<'_>) -> String {
        format!("{stint:?}")
    }

    proptest! {
        #[test]
        fn a_day_has_the_stints_that_were_added_and_not_removed(
            stints in random::stints(),
            gone in proptest::collection::vec(any::<prop::sample::Index>(), 0..10),
        ) {
            let mut recent = RecentStints::new(None, true);
            let mut left = Vec::new();
            for (number, stint) in stints.into_iter().enumerate() {
                let call_id = CallId::Usual { epoch: 1, seq: number as u32 };
                left.push(Stint { call_id, ..stint });
            }
            left.iter().for_each(|stint| recent.add(stint));
            for index in gone {
                if !left.is_empty() {
                    let stint = left.remove(index.index(left.len()));
                    recent.remove(&stint);
                }
            }
            let day = left.first().map_or(1, |stint| stint.enter.div_euclid(DAY_SECS));
            for day in [day, day + 1] {
                recent.settled(day);
                let found: Vec<_> = recent.of_day(day).unwrap().map(|(stint, _)| shown(stint)).collect();
                let wanted: Vec<_> = left
                    .iter()
                    .map(Passage::from)
                    .filter(|stint| matters(stint, day * DAY_SECS))
                    .map(shown)
                    .collect();
                prop_assert_eq!(found, wanted);
            }
            prop_assert!(recent.of_day(day).is_none());
        }
    }
}
