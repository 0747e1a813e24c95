//! What cells add up to for one row: sums that know each queue's own service
//! level target.

use std::collections::BTreeMap;

use crate::base::UnixSec;
use crate::model::totals::{
    AgentCalls, AgentCell, AgentQueueCell, PauseCell, QueueCell, Waits, talk_limit_is_exact,
};
use crate::model::{Direction, Names, WordId};
use crate::reports::query::{Activity, PauseKind, Rules, SlaTarget, SlaVariant};

/// Part of a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    pub part: u64,
    pub whole: u64,
}

impl Share {
    pub fn add(&mut self, part: u32, whole: u32) {
        self.part += u64::from(part);
        self.whole += u64::from(whole);
    }

    pub fn percent(self) -> Option<f64> {
        (self.whole > 0).then(|| 100.0 * self.part as f64 / self.whole as f64)
    }
}

/// Calls of a row.
#[derive(Clone, Debug)]
pub struct Sum {
    is_new: bool,
    pub cell: QueueCell,
    /// Inbound calls ended by ABANDON.
    pub abandoned: u32,
    pub wait_abandoned: Waits,
    /// Of those, the ones below the queue's limit.
    pub short_abandons: u32,
    /// SLA-4 at each queue's own target.
    pub sla: Share,
    /// SLA-1, 2, 3, 5 and 6 at each queue's own target.
    pub inclusive: Share,
    pub inclusive_answered: Share,
    pub answered: Share,
    pub no_short: Share,
    pub industry: Share,
    pub outbound: u32,
}

impl Default for Sum {
    fn default() -> Self {
        Sum {
            is_new: true,
            cell: QueueCell::default(),
            abandoned: 0,
            wait_abandoned: Waits::default(),
            short_abandons: 0,
            sla: Share::default(),
            inclusive: Share::default(),
            inclusive_answered: Share::default(),
            answered: Share::default(),
            no_short: Share::default(),
            industry: Share::default(),
            outbound: 0,
        }
    }
}

impl Sum {
    /// Adds the calls of one queue and direction.
    pub fn add(&mut self, rules: &Rules, queue: &str, direction: Direction, cell: QueueCell) {
        let target = target(rules, queue).secs;
        let inbound = direction == Direction::Inbound;
        let (answered, offered) = (cell.answered(), cell.offered());
        let in_time = cell.wait_answered.within(target);
        let lost_in_time = cell.wait_abandoned.within(target) + cell.wait_lost.within(target);
        let (mut abandoned, mut short, mut late) = (0, 0, 0);
        if inbound {
            let limit = rules.short_abandon_of.get(queue).unwrap_or(&rules.short_abandon);
            abandoned = cell.abandoned();
            short = cell.wait_abandoned.below(*limit);
            // An unknown wait is in no numerator and in every denominator.
            late = abandoned - cell.wait_abandoned.within(target);
            self.wait_abandoned.merge(&cell.wait_abandoned);
        } else {
            self.outbound += offered;
        }
        self.abandoned += abandoned;
        self.short_abandons += short;
        self.inclusive.add(in_time + lost_in_time, offered);
        self.inclusive_answered.add(in_time, offered);
        self.answered.add(in_time, answered);
        self.no_short.add(in_time, offered - short);
        self.industry.add(in_time, answered + late);
        match rules.sla.variant {
            SlaVariant::Answered => self.sla.add(in_time, answered),
            SlaVariant::Inclusive => self.sla.add(in_time + lost_in_time, offered),
            SlaVariant::InclusiveAnswered => self.sla.add(in_time, offered),
            SlaVariant::NoShort => self.sla.add(in_time, offered - short),
        }
        match self.is_new {
            true => self.cell = cell,
            false => self.cell.merge(&cell),
        }
        self.is_new = false;
    }

    pub fn merge(&mut self, other: &Sum) {
        self.is_new &= other.is_new;
        self.cell.merge(&other.cell);
        self.abandoned += other.abandoned;
        self.wait_abandoned.merge(&other.wait_abandoned);
        self.short_abandons += other.short_abandons;
        for (into, from) in [
            (&mut self.sla, other.sla),
            (&mut self.inclusive, other.inclusive),
            (&mut self.inclusive_answered, other.inclusive_answered),
            (&mut self.answered, other.answered),
            (&mut self.no_short, other.no_short),
            (&mut self.industry, other.industry),
        ] {
            into.part += from.part;
            into.whole += from.whole;
        }
        self.outbound += other.outbound;
    }

    /// Calls with at least the threshold's talk (OK-64).
    pub fn effective(&self, rules: &Rules) -> u32 {
        match talk_limit_is_exact(rules.effective_threshold) {
            true => self.cell.talk.at_least(rules.effective_threshold),
            false => self.cell.effective,
        }
    }

    /// Whether there is any call or attempt.
    pub fn has_calls(&self) -> bool {
        let cell = &self.cell;
        let rings = cell.rings_lost.n + cell.rings_taken.n;
        cell.offered() + rings + cell.rings_cancelled + cell.rings_short > 0
    }

    /// Waits of all calls.
    pub fn waits(&self) -> Waits {
        let mut all = self.cell.wait_unanswered();
        all.merge(&self.cell.wait_answered);
        all
    }
}

/// A queue's service level target.
pub fn target(rules: &Rules, queue: &str) -> SlaTarget {
    rules.sla.target_of.get(queue).copied().unwrap_or(rules.sla.target)
}

/// Calls and attempts of an agent.
#[derive(Clone, Debug, Default)]
pub struct AgentSum {
    /// Both directions, as far as asked for.
    pub all: AgentCalls,
    pub inbound: AgentCalls,
    pub outbound: AgentCalls,
    /// Answered within each queue's own target, of answered.
    pub sla: Share,
}

impl AgentSum {
    pub fn add(
        &mut self,
        rules: &Rules,
        queue: &str,
        wanted: Option<Direction>,
        cell: &AgentQueueCell,
    ) {
        let target = target(rules, queue).secs;
        for direction in [Direction::Inbound, Direction::Outbound] {
            if wanted.is_some_and(|wanted| wanted != direction) {
                continue;
            }
            let calls = cell.of(direction);
            match direction {
                Direction::Inbound => self.inbound.merge(calls),
                Direction::Outbound => self.outbound.merge(calls),
            }
            self.all.merge(calls);
            self.sla.add(calls.wait.within(target), calls.answered());
        }
    }

    /// Attempts, lost and taken (AG-66).
    pub fn offered(&self) -> u32 {
        self.all.rings_lost.n + self.all.rings_taken.n
    }

    pub fn effective(&self, rules: &Rules) -> u32 {
        match talk_limit_is_exact(rules.effective_threshold) {
            true => self.all.talk.at_least(rules.effective_threshold),
            false => self.all.effective,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

/// How an agent spent his time, seconds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AgentTime {
    /// Seen logged on.
    pub seen: bool,
    pub session: u64,
    pub sessions: u64,
    /// First and last moment logged on in the period.
    pub first: Option<UnixSec>,
    pub last: Option<UnixSec>,
    pub pauses: BTreeMap<WordId, PauseCell>,
    pub talk_in: u64,
    pub talk_out: u64,
    pub talk_outside: u64,
}

impl AgentTime {
    /// Adds a slot; `first` says that the slot before it does not count, so
    /// that what was carried into it is counted.
    pub fn add(&mut self, slot: UnixSec, cell: &AgentCell, first: bool) {
        self.seen |= cell.seen();
        self.session += u64::from(cell.session);
        self.sessions += u64::from(cell.starts);
        if first {
            self.sessions += u64::from(cell.carried);
        }
        if cell.session > 0 {
            let (from, to) = (slot + i64::from(cell.first), slot + i64::from(cell.last));
            self.first = Some(self.first.map_or(from, |known| known.min(from)));
            self.last = Some(self.last.map_or(to, |known| known.max(to)));
        }
        for (&code, pause) in &cell.pauses {
            let sum = self.pauses.entry(code).or_default();
            sum.merge(pause);
            if first {
                sum.carried = sum.carried.saturating_add(pause.carried);
            }
        }
        self.talk_in += u64::from(cell.talk_in);
        self.talk_out += u64::from(cell.talk_out);
        self.talk_outside += u64::from(cell.talk_outside);
    }

    /// Conversation inside sessions.
    pub fn talk(&self) -> u64 {
        self.talk_in + self.talk_out
    }

    /// Pauses counted, also outside sessions (AG-8).
    pub fn pauses_n(&self) -> u64 {
        self.pauses.values().map(|pause| u64::from(pause.starts + pause.carried)).sum()
    }

    /// Pause time, also outside sessions (AG-9).
    pub fn pauses_secs(&self) -> u64 {
        self.pauses.values().map(|pause| u64::from(pause.secs)).sum()
    }

    /// Sums over the pauses of the kinds that `kind` lets pass.
    pub fn work(&self, names: &Names, rules: &Rules, kind: impl Fn(PauseKind) -> bool) -> Work {
        let mut work = Work::default();
        for (&code, pause) in &self.pauses {
            if kind(pause_kind(names, rules, code)) {
                work.pause += u64::from(pause.inside);
                work.overlap += u64::from(pause.overlap);
                work.after_call += u64::from(pause.after_call);
                work.after_call_inside += u64::from(pause.after_call_inside);
            }
        }
        work
    }

    pub fn pause(&self) -> u64 {
        self.pauses.values().map(|pause| u64::from(pause.inside)).sum()
    }

    pub fn overlap(&self) -> u64 {
        self.pauses.values().map(|pause| u64::from(pause.overlap)).sum()
    }

    /// Session − pause + overlap (2.10).
    pub fn available(&self) -> u64 {
        (self.session + self.overlap()).saturating_sub(self.pause())
    }

    /// Available time without talk, never below 0 (AG-41).
    pub fn idle(&self) -> u64 {
        self.available().saturating_sub(self.talk())
    }

    /// Session without the pauses that `counts` refuses, talk during those
    /// given back (2.10, billable and payable time).
    pub fn without(
        &self,
        names: &Names,
        rules: &Rules,
        refused: impl Fn(PauseKind) -> bool,
    ) -> u64 {
        let work = self.work(names, rules, refused);
        (self.session + work.overlap).saturating_sub(work.pause)
    }

    /// After-call work: pauses of that type that follow a call.
    pub fn wrap(&self, names: &Names, rules: &Rules) -> Work {
        self.work(names, rules, |kind| kind.kind == Activity::Wrap)
    }
}

/// Seconds of some pauses of an agent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Inside sessions.
    pub pause: u64,
    pub overlap: u64,
    pub after_call: u64,
    pub after_call_inside: u64,
}

/// What a code means; a pause without a code, or with one nobody described,
/// is a plain pause.
pub fn pause_kind(names: &Names, rules: &Rules, code: WordId) -> PauseKind {
    rules.pauses.get(names.word_text(code)).copied().unwrap_or_default()
}
