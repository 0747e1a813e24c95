//! Which settled days a batch of changes touches.

use std::collections::BTreeSet;

use crate::base::UnixSec;
use crate::model::totals::LOOK_BACK;
use crate::model::{AgentId, Stint};

/// Seconds of a UTC day; settled days are UTC days, which all have them.
pub(crate) const DAY_SECS: UnixSec = 86_400;

/// Talk that ended this long before a pause still matters to the pause
/// (`metrics.md` 2.10 rule 9).
const AFTER_CALL: UnixSec = 10;

/// The UTC day a moment lies in.
pub(crate) fn day_of(at: UnixSec) -> i64 {
    at.div_euclid(DAY_SECS)
}

/// Sessions and agent-level pauses that were open when days were settled, by
/// agent and start. Those days counted them as running on.
pub(crate) type OpenAtSettling = BTreeSet<(AgentId, UnixSec)>;

/// Collects the settled days whose totals have to be made anew.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    /// All days before this one are settled.
    settled_until: i64,
    /// The first day whose facts are all there; totals of days before it
    /// stay as they are.
    detail_from: i64,
    open: OpenAtSettling,
    /// Days whose stints changed: all totals.
    stints: BTreeSet<i64>,
    /// Days whose sessions or pauses changed: totals of agents.
    agents: BTreeSet<i64>,
}

impl Touched {
    pub(crate) fn new(settled_until: i64, detail_from: i64, open: OpenAtSettling) -> Self {
        Touched { settled_until, detail_from, open, ..Touched::default() }
    }

    /// Whether a fact that ended then is older than the facts kept.
    pub(crate) fn too_old(&self, at: UnixSec) -> bool {
        day_of(at) < self.detail_from
    }

    pub(crate) fn stint(&mut self, stint: &Stint) {
        let first = day_of(stint.enter);
        if first >= self.settled_until {
            return;
        }
        let said = stint
            .enter
            .saturating_add(stint.wait.unwrap_or(0))
            .saturating_add(stint.talk.unwrap_or(0));
        let end = stint.end.max(said).min(stint.enter.saturating_add(LOOK_BACK));
        let last = day_of(end.saturating_add(AFTER_CALL));
        self.stints.extend(self.days(first, last));
    }

    pub(crate) fn interval(&mut self, agent: AgentId, start: UnixSec, end: UnixSec) {
        let first = day_of(start);
        if first >= self.settled_until {
            return;
        }
        let counted_on = self.open.remove(&(agent, start));
        let last = if counted_on { i64::MAX } else { day_of(end) };
        self.agents.extend(self.days(first, last));
    }

    fn days(&self, first: i64, last: i64) -> std::ops::Range<i64> {
        first.max(self.detail_from)..last.saturating_add(1).min(self.settled_until)
    }

    /// Intervals that vanished without a fact: their days are counted anew.
    pub(crate) fn vanished(&mut self, still_open: &OpenAtSettling) {
        let gone: Vec<_> = self.open.difference(still_open).copied().collect();
        for (agent, start) in gone {
            self.interval(agent, start, i64::MAX);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.stints.is_empty() && self.agents.is_empty()
    }

    /// Each day once, and whether its stints changed too.
    pub(crate) fn settled_days(&self) -> impl Iterator<Item = (i64, bool)> + '_ {
        let all = self.stints.iter().map(|day| (*day, true));
        all.chain(self.agents.difference(&self.stints).map(|day| (*day, false)))
    }

    /// The earliest day touched.
    pub(crate) fn first_from(&self, day: i64) -> Option<i64> {
        self.settled_days().map(|(touched, _)| touched).filter(|touched| *touched >= day).min()
    }

    pub(crate) fn into_open(self) -> OpenAtSettling {
        self.open
    }
}
