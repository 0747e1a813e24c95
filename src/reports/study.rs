//! One question being answered: which parts of the period come from stored
//! cells and which from facts, and sums over them by any key.
//!
//! Facts become the same cells as the store keeps, so a block never knows
//! where its sums came from.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::hash::Hash;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::base::{Error, Kind, Result, Secs, UnixSec};
use crate::model::totals::{
    Counted, Damaged, Figures, LOOK_BACK, QueueCell, QueueCells, QueueKey, SLOT_SECS, Slots, Step,
    talk_limit_is_exact,
};
use crate::model::{AgentId, NameKind, Names, QueueId, Stint};
use crate::reports::calls::so_far;
use crate::reports::filter::Scope;
use crate::reports::passing::Seen;
use crate::reports::period::{Base, Calendar};
use crate::reports::query::{Attribute, Query};
use crate::reports::runs::{Lane, Places, Run};
use crate::reports::source::Source;
use crate::reports::sums::Sum;
use crate::store::Wanted;

/// Facts of a long period are made into cells this much at a time, so that
/// memory stays bounded.
const CHUNK: Secs = 31 * 86_400;

/// A question with the data it is asked of.
pub struct Study<'a> {
    pub query: &'a Query,
    pub source: &'a dyn Source,
    pub scope: Scope,
    pub calendar: Calendar,
    pub(super) slot_secs: Secs,
    /// Calls must be looked at one by one.
    pub(super) facts: bool,
    pub counted: Counted,
    notes: RefCell<Vec<String>>,
    covered_from: Cell<Option<UnixSec>>,
    totals: Cell<Option<Totals>>,
    pub(super) people: OnceCell<Option<FxHashSet<AgentId>>>,
}

/// Numbers of the header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub answered: u64,
    pub lost: u64,
    /// Left out because short (HD-2).
    pub short: u64,
}

/// A stretch of the period and where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub from: UnixSec,
    pub to: UnixSec,
    pub stored: bool,
}

/// Cells on their way into sums, by row and queue.
type Groups<K> = FxHashMap<(Option<K>, Lane), Box<QueueCell>>;

/// A cell on its way into a sum.
enum AnyCell<'c> {
    Packed(&'c [u8]),
    Made(&'c QueueCell),
}

impl<'a> Study<'a> {
    /// `base` is what the rows of a distribution are; `effective` says that
    /// effective calls are counted.
    pub fn new(
        query: &'a Query,
        source: &'a dyn Source,
        base: Option<Base>,
        effective: bool,
    ) -> Self {
        let scope = Scope::new(query, source.names());
        let calendar = Calendar::new(&query.zone, query.from, query.to, query.window.clone());
        let slot_secs = calendar.slot_secs(base);
        let rules = &query.rules;
        let odd_threshold = effective && !talk_limit_is_exact(rules.effective_threshold);
        let facts = slot_secs != SLOT_SECS
            || !query.filters.is_open()
            || scope.agents.is_some()
            || rules.short_wait.is_some()
            || rules.short_talk.is_some()
            || rules.short_attempt.is_some()
            || rules.attribute_by != Attribute::Enter
            || rules.count_refused
            || rules.join_multistint
            || odd_threshold;
        let counted = Counted {
            refused: rules.count_refused,
            short_attempt_ms: rules.short_attempt.map(|secs| secs * 1000),
            effective_secs: odd_threshold.then(|| Secs::from(rules.effective_threshold)),
        };
        let study = Study {
            query,
            source,
            scope,
            calendar,
            slot_secs,
            facts,
            counted,
            notes: RefCell::default(),
            covered_from: Cell::new(None),
            totals: Cell::new(None),
            people: OnceCell::new(),
        };
        for name in &study.scope.unknown {
            study.note(&format!("nothing is known of {name:?}"), &format!("{name:?} est inconnu"));
        }
        study
    }

    pub fn names(&self) -> &Names {
        self.source.names()
    }

    /// Adds a remark to the header, once.
    pub fn note(&self, english: &str, french: &str) {
        let text = self.query.language.pick(english, french);
        let mut notes = self.notes.borrow_mut();
        if !notes.iter().any(|note| note == text) {
            notes.push(text.to_owned());
        }
    }

    pub fn notes(&self) -> Vec<String> {
        self.notes.borrow().clone()
    }

    /// Where detail begins, if the question needed detail that is gone.
    pub fn covered_from(&self) -> Option<UnixSec> {
        self.covered_from.get()
    }

    pub fn totals(&self) -> Option<Totals> {
        self.totals.get()
    }

    /// The queues that the figures are of, by name.
    pub fn atomic_queues(&self) -> Vec<String> {
        let all = 1..=self.names().count(NameKind::Queue);
        let wanted = all.filter(|&queue| self.scope.has_queue(queue));
        let mut names: Vec<String> =
            wanted.map(|queue| self.names().queue_name(queue).to_owned()).collect();
        names.sort_unstable();
        names
    }

    pub(super) fn set_totals(&self, totals: Totals) {
        self.totals.set(Some(totals));
    }

    /// The numbers of the header, from whatever read the calls already, or
    /// else counted.
    pub fn header_totals(&self) -> Result<Totals> {
        if let Some(totals) = self.totals.get() {
            return Ok(totals);
        }
        if self.facts {
            self.each_counted(Wanted::TIMES, &mut |_| Ok(()))?;
        } else {
            self.count_cells()?;
        }
        if let Some(totals) = self.totals.get() {
            return Ok(totals);
        }
        self.calls_by(|_| None::<()>)?;
        Ok(self.totals.get().unwrap_or_default())
    }

    /// Counts calls without adding up their figures.
    fn count_cells(&self) -> Result<()> {
        let mut totals = Totals::default();
        let mut add = |key: QueueKey, answered: u32, lost: u32| {
            let at = key.slot.max(self.query.from);
            let wanted = self.calendar.lets(at)
                && self.scope.has_queue(key.queue)
                && self.scope.has_direction(key.direction);
            if wanted {
                totals.answered += u64::from(answered);
                totals.lost += u64::from(lost);
            }
        };
        for part in self.parts(false, self.query.to) {
            if part.stored {
                for Run { step, from, to } in self.runs(part, Step::BOTH, None) {
                    self.source.queue_cells(step, from, to, &mut |key, bytes| {
                        let (answered, lost) = QueueCell::counts_packed(bytes).map_err(damaged)?;
                        add(key, answered, lost);
                        Ok(())
                    })?;
                }
                for (key, cell) in self.ongoing_cells(part, false) {
                    add(key, cell.answered(), cell.lost());
                }
                continue;
            }
            let mut cells = QueueCells::new(self.slots(part), self.counted);
            self.each(Wanted::TIMES, part.from, part.to, &mut |seen| {
                if let Seen::Call(call, at) = seen {
                    cells.add_figures(&call.stint, at, call.stints);
                }
                Ok(())
            })?;
            for (key, cell) in &cells.finish() {
                add(*key, cell.answered(), cell.lost());
            }
        }
        self.totals.set(Some(totals));
        Ok(())
    }

    /// Whether no moment of the period has the detail that is needed.
    pub fn has_no_detail(&self) -> bool {
        self.source.coverage().detail_from.is_some_and(|from| from >= self.query.to)
    }

    /// The part of the period with facts.
    pub fn detail_range(&self) -> (UnixSec, UnixSec) {
        let (mut from, to) = (self.query.from, self.query.to);
        if let Some(start) = self.source.coverage().detail_from
            && start > from
        {
            from = start.min(to);
            self.covered_from.set(Some(from));
            self.note(
                "detail of the beginning of the period is no longer kept: its figures are not \
                 available",
                "le détail du début de la période n'est plus conservé : ses chiffres ne sont pas \
                 disponibles",
            );
        }
        (from, to)
    }

    pub(super) fn parts(&self, facts: bool, stored_to: UnixSec) -> Vec<Part> {
        let (from, to) = (self.query.from, self.query.to);
        let until = self.source.coverage().settled_until;
        let first = from.div_euclid(SLOT_SECS) * SLOT_SECS;
        let first = if first == from { from } else { first + SLOT_SECS };
        let last = stored_to.min(to).min(until).max(from).div_euclid(SLOT_SECS) * SLOT_SECS;
        let mut parts = Vec::new();
        let mut by_facts = |from: UnixSec, to: UnixSec| {
            let start = from.max(self.source.coverage().detail_from.unwrap_or(from)).min(to);
            if start > from {
                self.detail_range();
            }
            let mut at = start;
            while at < to {
                let end = (at + CHUNK).div_euclid(SLOT_SECS) * SLOT_SECS;
                parts.push(Part { from: at, to: end.min(to), stored: false });
                at = end.min(to);
            }
        };
        if facts || first >= last {
            by_facts(from, to);
            return parts;
        }
        by_facts(from, first);
        by_facts(last, to);
        let edges = parts;
        let mut parts = vec![Part { from: first, to: last, stored: true }];
        parts.extend(edges);
        parts
    }

    pub(super) fn slots(&self, part: Part) -> Slots {
        Slots { from: part.from, to: part.to, secs: self.slot_secs }
    }

    /// Sums of calls by a key; calls whose key is `None` count in the header
    /// only.
    pub fn calls_by<K>(&self, key: impl Fn(Lane) -> Option<K>) -> Result<BTreeMap<K, Sum>>
    where
        K: Hash + Ord + Clone,
    {
        self.sum_calls(None, Figures::ALL, |_, lane| key(lane), false)
    }

    /// The same by a key that is made of the bucket too, with at least some
    /// figures.
    pub fn calls_over<K>(
        &self,
        base: Base,
        figures: Figures,
        key: impl Fn(i32, Lane) -> Option<K>,
    ) -> Result<BTreeMap<K, Sum>>
    where
        K: Hash + Ord + Clone,
    {
        self.sum_calls(Some(base), figures, key, false)
    }

    /// Sums of calls by queue, without queues of which there is nothing to
    /// tell.
    pub fn calls_by_queue(&self) -> Result<BTreeMap<QueueId, Sum>> {
        let mut sums = self.calls_by(|lane| Some(lane.queue))?;
        sums.retain(|_, sum| sum.has_calls());
        Ok(sums)
    }

    /// As [`Study::calls_by`], of calls that end by the end of the period.
    pub fn calls_within_by<K>(&self, key: impl Fn(Lane) -> Option<K>) -> Result<BTreeMap<K, Sum>>
    where
        K: Hash + Ord + Clone,
    {
        self.sum_calls(None, Figures::ALL, |_, lane| key(lane), true)
    }

    fn sum_calls<K>(
        &self,
        base: Option<Base>,
        figures: Figures,
        key: impl Fn(i32, Lane) -> Option<K>,
        within: bool,
    ) -> Result<BTreeMap<K, Sum>>
    where
        K: Hash + Ord + Clone,
    {
        let mut groups: Groups<K> = FxHashMap::default();
        let mut sums: BTreeMap<K, Sum> = BTreeMap::new();
        let mut totals = Totals::default();
        let mut day = None;
        let mut places = Places::new(self, base, self.query.from);
        let mut take = |cell_key: QueueKey, cell: AnyCell<'_>| -> Result<()> {
            let lane = Lane { queue: cell_key.queue, direction: cell_key.direction };
            if !self.scope.has_queue(lane.queue) || !self.scope.has_direction(lane.direction) {
                return Ok(());
            }
            let Some(bucket) = places.bucket(cell_key.slot) else { return Ok(()) };
            // Cells come in order of time: what a day comes to is known when
            // the next begins, and its queues need not be kept apart.
            if base == Some(Base::Day) && day.replace(bucket).is_some_and(|last| last != bucket) {
                self.pour(&mut groups, &mut sums, &mut totals);
            }
            let sum = groups.entry((key(bucket, lane), lane)).or_default();
            match cell {
                AnyCell::Packed(bytes) => sum.merge_figures(figures, bytes).map_err(damaged),
                AnyCell::Made(cell) => {
                    sum.merge(cell);
                    Ok(())
                }
            }
        };
        let mut short = 0;
        // Calls of the last day may end after the period; of older ones none.
        let (last_day, to) = (self.query.to - LOOK_BACK, self.query.to);
        let detail_gone = self.source.coverage().detail_from.is_some_and(|from| from > last_day);
        let stored_to = if within && !detail_gone { last_day } else { to };
        for part in self.parts(self.facts, stored_to) {
            if part.stored {
                let cut = if within { last_day.clamp(part.from, part.to) } else { part.to };
                let cut = Step::Quarter.slot(cut);
                for run in self.runs(Part { to: cut, ..part }, Step::BOTH, base) {
                    self.source.queue_cells(run.step, run.from, run.to, &mut |key, bytes| {
                        take(key, AnyCell::Packed(bytes))
                    })?;
                }
                self.source.queue_cells(Step::Quarter, cut, part.to, &mut |key, bytes| {
                    let cell = QueueCell::unpack(bytes).map_err(damaged)?;
                    if key.slot >= last_day && !cell.ended_by(key.slot, to) {
                        self.note_straddling();
                        return Ok(());
                    }
                    take(key, AnyCell::Made(&cell))
                })?;
                for (key, cell) in self.ongoing_cells(part, within) {
                    take(key, AnyCell::Made(&cell))?;
                }
                continue;
            }
            let mut cells = QueueCells::new(self.slots(part), self.counted);
            let inside = |end: UnixSec| !within || end <= self.query.to;
            self.each(Wanted::FIGURES, part.from, part.to, &mut |seen| {
                match seen {
                    Seen::Times(stint) => cells.add_times(stint),
                    Seen::Call(call, at) if inside(call.stint.end) => {
                        cells.add_figures(&call.stint, at, call.stints);
                    }
                    Seen::Tries(stint, at) if inside(stint.end) => cells.add_attempts(stint, at),
                    Seen::Call(..) | Seen::Tries(..) => {}
                    Seen::Short => short += 1,
                }
                Ok(())
            })?;
            for (key, cell) in &cells.finish() {
                take(*key, AnyCell::Made(cell))?;
            }
        }
        self.pour(&mut groups, &mut sums, &mut totals);
        if !within {
            self.totals.set(Some(Totals { short, ..totals }));
        }
        Ok(sums)
    }

    /// Adds cells to the sums they belong to, each with its queue's rules.
    fn pour<K: Ord>(
        &self,
        groups: &mut Groups<K>,
        sums: &mut BTreeMap<K, Sum>,
        totals: &mut Totals,
    ) {
        for ((group, lane), cell) in groups.drain() {
            totals.answered += u64::from(cell.answered());
            totals.lost += u64::from(cell.lost());
            if let Some(group) = group {
                let name = self.names().queue_name(lane.queue);
                sums.entry(group).or_default().add(&self.query.rules, name, lane.direction, *cell);
            }
        }
    }

    fn note_straddling(&self) {
        self.note(
            "quarter hours with calls that end after the period are left out: which calls these \
             are is no longer kept",
            "les quarts d'heure contenant des appels terminés après la période sont écartés : le \
             détail de ces appels n'est plus conservé",
        );
    }

    /// Cells of conversations that have not ended, to go with stored cells.
    fn ongoing_cells(&self, part: Part, within: bool) -> BTreeMap<QueueKey, QueueCell> {
        let mut cells = QueueCells::new(self.slots(part), self.counted);
        for stint in self.ongoing() {
            if !within || stint.end <= self.query.to {
                cells.add(&stint);
            }
        }
        cells.finish()
    }

    /// Conversations that have not ended, as far as they have come; none
    /// unless asked for.
    pub fn ongoing(&self) -> Vec<Stint> {
        let open = self.source.open();
        let wanted = self.query.rules.consider_incomplete;
        let stints = open.stints.iter().filter(|_| wanted);
        stints.map(|stint| so_far(stint, open.newest)).filter(|stint| stint.answered).collect()
    }
}

pub(super) fn damaged(error: Damaged) -> Error {
    Error::caused(Kind::Damaged, "stored totals are damaged; run switchroom check", error)
}
