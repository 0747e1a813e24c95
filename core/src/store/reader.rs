//! Questions about facts and totals. Everything that can be long is given
//! row by row.

use std::ops::Range;
use std::sync::Arc;

use rusqlite::{Connection, Rows, named_params};

use crate::base::{CallId, Result, UnixSec};
use crate::model::totals::{AgentKey, AgentQueueKey, QueueKey, Step};
use crate::model::{
    AgentId, Cause, Direction, Fold, IvrCall, Membership, Names, Open, Pause, QueueId, Session,
    Stint,
};
use crate::store::batch::{OddKind, OddLine, Position};
use crate::store::day_cells::{self, Table};
use crate::store::dictionaries::Dictionaries;
use crate::store::error::damaged;
use crate::store::number_pattern::NumberPattern;
use crate::store::seen::{self, Seen};
use crate::store::stint_row::{self, StintRow};
use crate::store::touched::DAY_SECS;
use crate::store::{facts, journal, load, number_days, schema, settle};

/// One moment of the database, open for questions. Rooms with statements of
/// their own reach the connection by [`Reader::connection`].
#[derive(Debug)]
pub struct Reader<'c> {
    db: &'c Connection,
    names: &'c Dictionaries,
}

/// Whether to go on.
pub use std::ops::ControlFlow;

/// The order of stints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    OldestFirst,
    NewestFirst,
}

/// Which stints of a period are wanted. Empty lists and `None` want all.
/// These fields are looked at before a row is unpacked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StintFilter {
    pub queues: Vec<QueueId>,
    /// Who answered or dialled; attempts of others do not count.
    pub agents: Vec<AgentId>,
    pub direction: Option<Direction>,
    pub answered: Option<bool>,
    pub causes: Vec<Cause>,
    /// Bounds included; a stint without a known wait is out when one is set.
    pub wait_min: Option<i64>,
    pub wait_max: Option<i64>,
    /// The same for talk.
    pub talk_min: Option<i64>,
    pub talk_max: Option<i64>,
    /// The number of the other party.
    pub number: Option<NumberPattern>,
    /// Go on behind this id, in the order asked for.
    pub after: Option<i64>,
}

impl StintFilter {
    fn wants(&self, row: &StintRow<'_>) -> Result<bool> {
        let within = |value: Option<i64>, min: Option<i64>, max: Option<i64>| match value {
            Some(value) => min.is_none_or(|min| value >= min) && max.is_none_or(|max| value <= max),
            None => min.is_none() && max.is_none(),
        };
        Ok((self.queues.is_empty() || self.queues.contains(&row.queue))
            && (self.agents.is_empty()
                || row.agent.is_some_and(|agent| self.agents.contains(&agent)))
            && self.direction.is_none_or(|direction| direction == row.direction())
            && self.answered.is_none_or(|answered| answered == row.answered())
            && (self.causes.is_empty() || self.causes.contains(&row.cause()?))
            && within(row.wait, self.wait_min, self.wait_max)
            && within(row.talk, self.talk_min, self.talk_max)
            && match &self.number {
                Some(pattern) => pattern.fits_cell(row.number),
                None => true,
            })
    }
}

pub use crate::store::wanted::{StintPart, Wanted};

/// How large things are, for the health page and the figures of a budget.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sizes {
    /// Bytes of the database file, free pages included.
    pub file_bytes: i64,
    pub page_bytes: i64,
    pub free_pages: i64,
}

impl<'c> Reader<'c> {
    pub(crate) fn new(db: &'c Connection, names: &'c Dictionaries) -> Self {
        Reader { db, names }
    }

    /// For the statements of other rooms.
    pub fn connection(&self) -> &'c Connection {
        self.db
    }

    /// Gives the stints that entered in a period and pass the filter, with
    /// their ids, until `each` breaks off.
    pub fn for_each_stint(
        &self,
        period: Range<UnixSec>,
        filter: &StintFilter,
        order: Order,
        each: impl FnMut(i64, Stint) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        self.for_each_stint_with(Wanted::ALL, period, filter, order, each)
    }

    /// The same with only the wanted parts of each stint.
    pub fn for_each_stint_with(
        &self,
        wanted: Wanted,
        period: Range<UnixSec>,
        filter: &StintFilter,
        order: Order,
        mut each: impl FnMut(i64, Stint) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        let sql = match order {
            Order::OldestFirst => facts::STINTS,
            Order::NewestFirst => facts::STINTS_BACK,
        };
        let number =
            filter.number.as_ref().and_then(|pattern| pattern.codes().zip(pattern.whole()));
        let Some(([plain, plus], digits)) = number else {
            let mut statement = self.db.prepare_cached(sql)?;
            let (first, end) = ids(&period, filter.after, order);
            let mut rows = statement.query(named_params! { ":first": first, ":end": end })?;
            return show(&mut rows, wanted, filter, &mut each).map(|_| ());
        };
        // Only hours that may have calls of the number are looked at, and rows
        // of others are passed over there without being read out.
        let mut stretches = match number_days::hash_of(digits) {
            Some(hash) => number_days::stretches(self.db, hash, period)?,
            None => vec![period],
        };
        if order == Order::NewestFirst {
            stretches.reverse();
        }
        let mut statement = self.db.prepare_cached(&facts::of_number(sql))?;
        for stretch in stretches {
            let (first, end) = ids(&stretch, filter.after, order);
            let mut rows = statement.query(named_params! {
                ":first": first, ":end": end, ":plain": plain, ":plus": plus,
            })?;
            if show(&mut rows, wanted, filter, &mut each)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// How many stints each of some calls has, in their order.
    ///
    /// Cheaper than [`Reader::stints_of_call`] for each of them when they lie
    /// near each other, as on a page of a list: rows are looked at once.
    pub fn count_stints_of(&self, calls: &[&CallId]) -> Result<Vec<u32>> {
        facts::count_stints_of(self.db, calls)
    }

    /// One stint by its id.
    pub fn stint(&self, id: i64) -> Result<Option<Stint>> {
        let mut statement = self.db.prepare_cached(facts::STINT)?;
        let mut rows = statement.query(named_params! { ":id": id })?;
        match rows.next()? {
            Some(row) => Ok(Some(StintRow::read(row)?.unpack()?)),
            None => Ok(None),
        }
    }

    /// All stints of a call id, as written, oldest first.
    pub fn stints_of_call(&self, call: &CallId) -> Result<Vec<(i64, Stint)>> {
        let mut stints = Vec::new();
        facts::stints_of_call(self.db, call, |row| {
            stints.push((row.id, row.unpack()?));
            Ok(())
        })?;
        Ok(stints)
    }

    /// Closed sessions that overlap a period or begin in it, in no order.
    pub fn for_each_session(
        &self,
        period: Range<UnixSec>,
        each: impl FnMut(Session) -> Result<()>,
    ) -> Result<()> {
        facts::sessions(self.db, period.start, period.end, each)
    }

    /// The same for memberships.
    pub fn for_each_membership(
        &self,
        period: Range<UnixSec>,
        each: impl FnMut(Membership) -> Result<()>,
    ) -> Result<()> {
        facts::memberships(self.db, period.start, period.end, each)
    }

    /// The same for pauses, of agents and of queues.
    pub fn for_each_pause(
        &self,
        period: Range<UnixSec>,
        each: impl FnMut(Pause) -> Result<()>,
    ) -> Result<()> {
        facts::pauses(self.db, period.start, period.end, each)
    }

    /// The same of agents alone.
    pub fn for_each_agent_pause(
        &self,
        period: Range<UnixSec>,
        each: impl FnMut(Pause) -> Result<()>,
    ) -> Result<()> {
        facts::agent_pauses(self.db, period.start, period.end, each)
    }

    /// Voice-menu calls that began in a period, oldest first.
    pub fn for_each_ivr_call(
        &self,
        period: Range<UnixSec>,
        each: impl FnMut(i64, IvrCall) -> Result<()>,
    ) -> Result<()> {
        facts::ivr_calls(self.db, period.start, period.end, each)
    }

    /// Packed [`QueueCell`](crate::model::totals::QueueCell)s of settled slots
    /// of a length that begin in a period, in order of time.
    pub fn for_each_queue_cell(
        &self,
        step: Step,
        period: Range<UnixSec>,
        mut each: impl FnMut(QueueKey, &[u8]) -> Result<()>,
    ) -> Result<()> {
        let (table, from, to) = (Table::queue(step), period.start, period.end);
        day_cells::for_each(self.db, table, from, to, |slot, key, packed| {
            each(settle::queue_key_of(slot, key), packed)
        })
    }

    /// The same for [`AgentCell`](crate::model::totals::AgentCell)s.
    pub fn for_each_agent_cell(
        &self,
        step: Step,
        period: Range<UnixSec>,
        mut each: impl FnMut(AgentKey, &[u8]) -> Result<()>,
    ) -> Result<()> {
        let (table, from, to) = (Table::agent(step), period.start, period.end);
        day_cells::for_each(self.db, table, from, to, |slot, key, packed| {
            each(settle::agent_key_of(slot, key), packed)
        })
    }

    /// The same for [`AgentQueueCell`](crate::model::totals::AgentQueueCell)s,
    /// of [`Step::AGENT_QUEUE`].
    pub fn for_each_agent_queue_cell(
        &self,
        step: Step,
        period: Range<UnixSec>,
        mut each: impl FnMut(AgentQueueKey, &[u8]) -> Result<()>,
    ) -> Result<()> {
        let (table, from, to) = (Table::agent_queue(step), period.start, period.end);
        day_cells::for_each(self.db, table, from, to, |slot, key, packed| {
            each(settle::agent_queue_key_of(slot, key), packed)
        })
    }

    /// The moment up to which totals are stored: reports take cells before it
    /// and facts from it on. 0 when nothing is settled.
    pub fn settled_until(&self) -> Result<UnixSec> {
        Ok(schema::meta(self.db, "settled_until")?.map_or(0, |day| day.max(0) * DAY_SECS))
    }

    /// The moment from which facts are complete; before it only totals are
    /// kept. 0 when all facts are there.
    pub fn detail_from(&self) -> Result<UnixSec> {
        Ok(schema::meta(self.db, "detail_from")?.unwrap_or(0) * DAY_SECS)
    }

    /// The IANA name of the zone the office's days were of when the daemon
    /// last started.
    pub fn zone(&self) -> Result<Option<String>> {
        schema::meta_text(self.db, "zone")
    }

    /// The second of the oldest and of the newest stint's entering.
    pub fn stint_range(&self) -> Result<Option<(UnixSec, UnixSec)>> {
        let mut statement = self.db.prepare(STINT_RANGE)?;
        Ok(statement.query_row([], |row| {
            let (first, last): (Option<i64>, Option<i64>) = (row.get(0)?, row.get(1)?);
            Ok(first
                .zip(last)
                .map(|(first, last)| (stint_row::second_of(first), stint_row::second_of(last))))
        })?)
    }

    /// The dictionaries, shared with other readers.
    pub fn names(&self) -> Result<Arc<Names>> {
        self.names.current(self.db)
    }

    /// Everything open by what was committed.
    pub fn open(&self) -> Result<Open> {
        let mut parts = load::state_parts(self.db)?;
        journal::unpoured(self.db)?.onto_state(&mut parts);
        Fold::open_from_parts(parts)
    }

    /// Files read so far, the one read last first.
    pub fn positions(&self) -> Result<Vec<Position>> {
        let mut positions = load::positions(self.db)?;
        journal::unpoured(self.db)?.onto_positions(&mut positions);
        Ok(positions)
    }

    /// Counts of the intake by name.
    pub fn counters(&self) -> Result<std::collections::BTreeMap<String, u64>> {
        let mut counters = load::counters(self.db)?;
        journal::unpoured(self.db)?.onto_counters(&mut counters);
        Ok(counters)
    }

    /// Unknown and malformed lines, newest first.
    pub fn odd_lines(&self, most: u32) -> Result<Vec<OddLine>> {
        let mut statement = self.db.prepare(ODD_LINES)?;
        let mut rows = statement.query(named_params! { ":most": most })?;
        let mut lines = Vec::new();
        while let Some(row) = rows.next()? {
            lines.push(OddLine {
                at: row.get(0)?,
                kind: OddKind::from_code(row.get(1)?).ok_or_else(|| damaged("line's kind"))?,
                reason: row.get::<_, String>(2)?.into(),
                line: row.get::<_, Vec<u8>>(3)?.into(),
            });
        }
        Ok(lines)
    }

    /// Records of a quarter hour that were taken in; see [`Seen::quarter`].
    pub fn seen(&self, quarter: i64) -> Result<Seen> {
        let mut seen = seen::stored(self.db, quarter)?;
        seen.extend(journal::unpoured(self.db)?.seen_in(quarter).iter().copied());
        Ok(seen)
    }

    /// How large the database is.
    pub fn sizes(&self) -> Result<Sizes> {
        let ask = |sql: &str| self.db.query_row(sql, [], |row| row.get::<_, i64>(0));
        let (pages, page_bytes) = (ask("pragma page_count")?, ask("pragma page_size")?);
        let free_pages = ask("pragma freelist_count")?;
        Ok(Sizes { file_bytes: pages * page_bytes, page_bytes, free_pages })
    }
}

/// First and last but one row id of a stretch, behind the row `after`.
fn ids(stretch: &Range<UnixSec>, after: Option<i64>, order: Order) -> (i64, i64) {
    let (first, end) = (stint_row::first_id(stretch.start), stint_row::end_id(stretch.end));
    match (after, order) {
        (None, _) => (first, end),
        (Some(after), Order::OldestFirst) => (first.max(after.saturating_add(1)), end),
        (Some(after), Order::NewestFirst) => (first, end.min(after)),
    }
}

/// Gives the rows that pass, until `each` breaks off.
fn show(
    rows: &mut Rows<'_>,
    wanted: Wanted,
    filter: &StintFilter,
    each: &mut impl FnMut(i64, Stint) -> Result<ControlFlow<()>>,
) -> Result<ControlFlow<()>> {
    while let Some(row) = rows.next()? {
        let row = StintRow::read(row)?;
        let wants = row.has_wanted(wanted) && filter.wants(&row)?;
        if wants && each(row.id, row.unpack_with(wanted)?)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

const STINT_RANGE: &str = "select (select min(id) from stint), (select max(id) from stint)";
const ODD_LINES: &str = "select at, kind, reason, line from odd_line order by id desc limit :most";
