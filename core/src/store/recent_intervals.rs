//! Sessions and agent-level pauses that ended lately, kept by the writer of an
//! import for the same reason as the stints: settling need not read them back.
//!
//! A copy and never the truth, as in [`recent`](crate::store::recent).

use crate::base::UnixSec;
use crate::model::{Pause, Session};
use crate::store::touched::DAY_SECS;

/// How many intervals are kept: far more than forty agents make in three days.
const MOST: usize = 25_000;

/// The intervals of the days that are not settled yet.
#[derive(Debug)]
pub(crate) struct RecentIntervals {
    sessions: Vec<Session>,
    pauses: Vec<Pause>,
    /// Every interval that ended at this second or later is here; none is when
    /// it is [`UnixSec::MAX`].
    from: UnixSec,
}

impl RecentIntervals {
    /// For a database without intervals; with `keep` off nothing is ever kept.
    pub(crate) fn new(keep: bool) -> Self {
        let from = if keep { UnixSec::MIN } else { UnixSec::MAX };
        RecentIntervals { sessions: Vec::new(), pauses: Vec::new(), from }
    }

    /// Forgets everything for good: the tables may say something else now.
    pub(crate) fn give_up(&mut self) {
        *self = RecentIntervals::new(false);
    }

    /// A session as its row tells it.
    pub(crate) fn add_session(&mut self, session: Session) {
        if session.end >= self.from {
            self.sessions.push(session);
            self.stay_small();
        }
    }

    /// An agent-level pause as its row tells it.
    pub(crate) fn add_pause(&mut self, pause: Pause) {
        if pause.end >= self.from {
            self.pauses.push(pause);
            self.stay_small();
        }
    }

    fn stay_small(&mut self) {
        if self.sessions.len() + self.pauses.len() > MOST {
            self.give_up();
        }
    }

    /// A session whose row was removed.
    pub(crate) fn remove_session(&mut self, old: &Session) {
        let is = |one: &Session| (one.agent, one.start, one.end) == (old.agent, old.start, old.end);
        match self.sessions.iter().rposition(is) {
            Some(at) => drop(self.sessions.swap_remove(at)),
            None if old.end >= self.from => self.give_up(),
            None => {}
        }
    }

    /// A pause whose row was removed.
    pub(crate) fn remove_pause(&mut self, old: &Pause) {
        let key = |one: &Pause| (one.agent, one.start, one.end);
        let with_code = |one: &Pause| key(one) == key(old) && one.code == old.code;
        let found = self.pauses.iter().rposition(with_code);
        match found.or_else(|| self.pauses.iter().rposition(|one| key(one) == key(old))) {
            Some(at) => drop(self.pauses.swap_remove(at)),
            None if old.end >= self.from => self.give_up(),
            None => {}
        }
    }

    /// Those that belong to a day; `None` when the tables have to be asked.
    pub(crate) fn of_day(&self, day: i64) -> Option<(Vec<Session>, Vec<Pause>)> {
        let (from, to) = (day * DAY_SECS, (day + 1) * DAY_SECS);
        // As the statements of `facts` choose.
        let belongs = |start: UnixSec, end: UnixSec| start < to && (start >= from || end > from);
        (self.from <= from).then(|| {
            let sessions = self.sessions.iter().filter(|one| belongs(one.start, one.end));
            let pauses = self.pauses.iter().filter(|one| belongs(one.start, one.end));
            (sessions.cloned().collect(), pauses.cloned().collect())
        })
    }

    /// Days before this one are settled: what ended before is not kept.
    pub(crate) fn settled(&mut self, until: i64) {
        let from = until.saturating_mul(DAY_SECS);
        if from <= self.from {
            return;
        }
        self.from = from;
        self.sessions.retain(|session| session.end >= from);
        self.pauses.retain(|pause| pause.end >= from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{EndCause, Quality};
    use proptest::prelude::*;

    fn pause(agent: u32, start: UnixSec, secs: i64, code: u32) -> Pause {
        let (cause, quality) = (EndCause::Unpaused, Quality::default());
        let end = start + secs;
        Pause { agent, queue: None, start, end, code: Some(code), cause, quality }
    }

    proptest! {
        #[test]
        fn a_day_has_the_pauses_that_were_added_and_not_removed(
            pauses in proptest::collection::vec((0u32..3, 0i64..300_000, 0i64..90_000, 1u32..3), 0..60),
            gone in proptest::collection::vec(any::<prop::sample::Index>(), 0..10),
        ) {
            let mut recent = RecentIntervals::new(true);
            let mut left: Vec<Pause> =
                pauses.into_iter().map(|(agent, start, secs, code)| pause(agent, start, secs, code)).collect();
            left.iter().cloned().for_each(|pause| recent.add_pause(pause));
            for index in gone {
                if !left.is_empty() {
                    recent.remove_pause(&left.remove(index.index(left.len())));
                }
            }
            for day in [1, 2] {
                recent.settled(day);
                let (from, to) = (day * DAY_SECS, (day + 1) * DAY_SECS);
                let sorted = |mut list: Vec<Pause>| {
                    list.sort_by_key(|pause| (pause.agent, pause.start, pause.end, pause.code));
                    list
                };
                let wanted = left.iter().filter(|pause| {
                    pause.start < to && (pause.start >= from || pause.end > from)
                });
                let wanted = sorted(wanted.cloned().collect());
                prop_assert_eq!(sorted(recent.of_day(day).unwrap().1), wanted);
            }
            prop_assert!(recent.of_day(1).is_none());
        }
    }

    #[test]
    fn an_interval_that_was_never_seen_makes_the_copy_useless() {
        let mut recent = RecentIntervals::new(true);
        recent.add_pause(pause(1, 100, 50, 1));
        recent.remove_pause(&pause(2, 100, 50, 1));
        assert!(recent.of_day(0).is_none());
    }
}
