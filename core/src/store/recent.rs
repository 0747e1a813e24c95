//! Facts that were written lately, kept by the writer of an import so that
//! settling a day need not read them back.
//!
//! A copy and never the truth: it is dropped whenever it may differ from the
//! tables, and then settling reads those.

use crate::base::UnixSec;
use crate::model::Stint;
use crate::model::totals::LOOK_BACK;
use crate::store::touched::DAY_SECS;

/// The stints of the days that are not settled yet.
#[derive(Debug)]
pub(crate) struct RecentStints {
    /// In the order of commits.
    stints: Vec<Box<Stint>>,
    /// Every stint that entered from this second on is here; nothing is when
    /// it is [`UnixSec::MAX`].
    from: UnixSec,
}

/// How many stints are kept: two and a half days, which is what settling looks
/// at, of 6,000 calls each.
const MOST: usize = 16_000;

impl RecentStints {
    /// For a database whose newest stint entered then; without `keep` nothing
    /// is ever kept.
    pub(crate) fn new(newest: Option<UnixSec>, keep: bool) -> Self {
        let from = match newest {
            _ if !keep => UnixSec::MAX,
            Some(newest) => newest.saturating_add(1),
            None => UnixSec::MIN,
        };
        RecentStints { stints: Vec::new(), from }
    }

    /// Forgets everything for good: the tables may say something else now.
    pub(crate) fn give_up(&mut self) {
        self.stints = Vec::new();
        self.from = UnixSec::MAX;
    }

    /// A stint that was stored.
    pub(crate) fn add(&mut self, stint: Box<Stint>) {
        if stint.enter < self.from {
            return;
        }
        if self.stints.len() >= MOST {
            return self.give_up();
        }
        self.stints.push(stint);
    }

    /// A stint whose row was removed.
    pub(crate) fn remove(&mut self, old: &Stint) {
        if let Some(at) = self.stints.iter().rposition(|stint| same(stint, old)) {
            self.stints.remove(at);
        }
    }

    /// Those that matter to the totals of a day; `None` when the tables have
    /// to be asked.
    pub(crate) fn of_day(&self, day: i64) -> Option<impl Iterator<Item = &Stint>> {
        let from = day * DAY_SECS;
        (self.from <= from - LOOK_BACK).then(|| {
            self.stints.iter().map(AsRef::as_ref).filter(move |stint| matters(stint, from))
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
        self.stints.retain(|stint| stint.enter >= from);
    }
}

/// Whether two facts are one by the key that finds it.
pub(crate) fn same(a: &Stint, b: &Stint) -> bool {
    a.enter == b.enter && a.queue == b.queue && a.entry == b.entry && a.call_id == b.call_id
}

/// Whether a stint entered on the day that begins at `from`, or may reach
/// into it.
pub(crate) fn matters(stint: &Stint, from: UnixSec) -> bool {
    let to = from + DAY_SECS;
    if stint.enter >= from {
        return stint.enter < to;
    }
    let said = stint.enter + stint.wait.unwrap_or(0) + stint.talk.unwrap_or(0);
    stint.enter >= from - LOOK_BACK && said.max(stint.end) >= from - 10
}
