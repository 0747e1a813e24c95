//! Settling: the totals of a UTC day, computed from its facts and stored.
//!
//! A day is settled once the newest record is [`AFTER`] past its end. What is
//! open then counts as running on past the day. When a fact of a settled day
//! changes later, the day is computed again in the same transaction, so the
//! stored totals always equal a recount.

use rusqlite::{Connection, named_params};

use crate::base::order::Gathered as _;
use crate::base::{Result, UnixSec};
use crate::model::totals::{
    AgentCell, AgentKey, AgentQueueCell, AgentQueueCells, AgentQueueKey, Cells, Counted, LOOK_BACK,
    Passage, QueueCell, QueueCells, QueueKey, Slots, Talk, agent_cells_made,
};
use crate::model::{Direction, Open, Pause, Session};
use crate::store::day_cells::{self, DayWriter, Table};
use crate::store::number_days::NumberDay;
use crate::store::recent::Recent;
use crate::store::touched::{DAY_SECS, OpenAtSettling, day_of};
use crate::store::{facts, interval_row, longer_cells, number_days, stint_row};

/// How long after a day's end it is settled.
pub(crate) const AFTER: UnixSec = 6 * 3600;

/// The first day that is not to be settled yet.
pub(crate) fn limit(newest: UnixSec) -> i64 {
    (newest - AFTER).div_euclid(DAY_SECS)
}

/// Stores the totals of the days `from..until` for the first time. Stretches
/// without facts are jumped over, so a record with a date of long ago does
/// not hold a commit up.
pub(crate) fn store_days(
    db: &Connection,
    from: i64,
    until: i64,
    open: &Open,
    recent: &Recent,
) -> Result<()> {
    let mut day = from;
    while day < until {
        let facts = DayFacts::gather(db, day, open, recent)?;
        if facts.is_empty() {
            day = next_start(db, day + 1, open)?.unwrap_or(until);
        } else {
            store(db, day, &facts, true)?;
            day += 1;
        }
    }
    Ok(())
}

const NEXT_START: &str = "
select min(day) from (
    select (min(id) >> 12) / 86400 as day from stint where id >= :stint
    union all select (min(id) >> 16) / 86400 from session where id >= :start
    union all select (min(id) >> 16) / 86400 from pause where id >= :start
    union all select min(id) >> 16 from queue_cell where id >= :cell
    union all select min(id) >> 16 from agent_cell where id >= :cell
    union all select min(id) >> 16 from agent_queue_cell where id >= :cell)";

/// The first day from `from` on in which a fact begins or that has totals.
/// Behind a day without facts that is the next day with any.
pub(crate) fn next_start(db: &Connection, from: i64, open: &Open) -> Result<Option<i64>> {
    let moment = from.saturating_mul(DAY_SECS);
    let found: Option<i64> = db.prepare_cached(NEXT_START)?.query_row(
        named_params! {
            ":stint": stint_row::first_id(moment),
            ":start": interval_row::first_id(moment),
            ":cell": day_cells::first_id(from),
        },
        |row| row.get(0),
    )?;
    let starts = open.sessions.iter().map(|session| session.start);
    let opened = starts.chain(open.pauses.iter().map(|pause| pause.start));
    let opened = opened.map(day_of).filter(|day| *day >= from).min();
    Ok(found.into_iter().chain(opened).min())
}

/// Stores the totals of one day anew: all, or those of agents alone.
pub(crate) fn store_day(db: &Connection, day: i64, open: &Open, all: bool) -> Result<()> {
    store(db, day, &DayFacts::read(db, day, open)?, all)
}

fn store(db: &Connection, day: i64, facts: &DayFacts, all: bool) -> Result<()> {
    let mut packed = Vec::new();
    day_cells::remove(db, Table::Agent, day, day + 1)?;
    let mut writer = DayWriter::new(db, Table::Agent, day)?;
    let agents = facts.agent_cells();
    for (key, cell) in agents.iter() {
        packed.clear();
        cell.pack(&mut packed);
        writer.add(key.slot, agent_key(key), &packed)?;
    }
    writer.finish()?;
    longer_cells::store_agents(db, day, &agents)?;
    if !all {
        return Ok(());
    }
    day_cells::remove(db, Table::Queue, day, day + 1)?;
    let mut writer = DayWriter::new(db, Table::Queue, day)?;
    for (key, cell) in facts.queues.iter() {
        packed.clear();
        cell.pack(&mut packed);
        writer.add(key.slot, queue_key(key), &packed)?;
    }
    writer.finish()?;
    longer_cells::store_queues(db, day, &facts.queues)?;
    day_cells::remove(db, Table::AgentQueue, day, day + 1)?;
    let mut writer = DayWriter::new(db, Table::AgentQueue, day)?;
    for (key, cell) in facts.agents_on_queues.iter() {
        packed.clear();
        cell.pack(&mut packed);
        writer.add(key.slot, agent_queue_key(key), &packed)?;
    }
    writer.finish()?;
    longer_cells::store_agents_on_queues(db, day, &facts.agents_on_queues)?;
    number_days::store(db, day, facts.numbers.clone())
}

/// The facts of one day, those of stints added up already.
pub(crate) struct DayFacts {
    slots: Slots,
    stints: usize,
    pub queues: Cells<QueueKey, QueueCell>,
    pub agents_on_queues: Cells<AgentQueueKey, AgentQueueCell>,
    pub numbers: NumberDay,
    talks: Vec<Talk>,
    sessions: Vec<Session>,
    /// Agent-level pauses.
    pauses: Vec<Pause>,
}

impl DayFacts {
    pub(crate) fn is_empty(&self) -> bool {
        self.stints == 0 && self.sessions.is_empty() && self.pauses.is_empty()
    }

    /// From the tables.
    pub(crate) fn read(db: &Connection, day: i64, open: &Open) -> Result<Self> {
        let mut sum = StintSum::new(day);
        let (from, to) = (day * DAY_SECS, (day + 1) * DAY_SECS);
        facts::stints(db, from - LOOK_BACK, from, |row| {
            if row.may_reach(from - 10) {
                sum.add(Passage::from(&row.unpack()?), None);
            }
            Ok(())
        })?;
        facts::stints(db, from, to, |row| {
            let number = number_days::hash_of_cell(row.number);
            sum.add(Passage::from(&row.unpack()?), number);
            Ok(())
        })?;
        let (sessions, pauses) = intervals(db, day)?;
        Ok(sum.joined_with(day, sessions, pauses, open))
    }

    /// The stints from memory if all are there.
    fn gather(db: &Connection, day: i64, open: &Open, recent: &Recent) -> Result<Self> {
        let Some(stints) = recent.stints.of_day(day) else {
            return DayFacts::read(db, day, open);
        };
        let mut sum = StintSum::new(day);
        stints.for_each(|(stint, number)| sum.add(stint, number));
        let (sessions, pauses) = match recent.intervals.of_day(day) {
            Some(intervals) => intervals,
            None => intervals(db, day)?,
        };
        Ok(sum.joined_with(day, sessions, pauses, open))
    }

    pub(crate) fn agent_cells(&self) -> Cells<AgentKey, AgentCell> {
        agent_cells_made(&self.sessions, &self.pauses, &self.talks, self.slots)
    }
}

/// The stints that entered on a day, and those before that reach into it,
/// being added up.
struct StintSum {
    slots: Slots,
    stints: usize,
    queues: QueueCells,
    agents_on_queues: AgentQueueCells,
    numbers: NumberDay,
    talks: Vec<Talk>,
}

impl StintSum {
    fn new(day: i64) -> Self {
        let slots = Slots::quarters(day * DAY_SECS, (day + 1) * DAY_SECS);
        StintSum {
            slots,
            stints: 0,
            queues: QueueCells::new(slots, Counted::default()),
            agents_on_queues: AgentQueueCells::new(slots, Counted::default()),
            numbers: NumberDay::default(),
            talks: Vec::new(),
        }
    }

    /// A stint, with the hash of its number.
    fn add(&mut self, stint: Passage<'_>, number: Option<u32>) {
        self.stints += 1;
        if self.slots.holds(stint.enter) {
            self.numbers.add(number, stint.enter);
        }
        self.queues.add(stint);
        self.agents_on_queues.add(stint);
        self.talks.extend(Talk::of(stint));
    }

    /// With the day's closed sessions and agent-level pauses, and what is open.
    fn joined_with(
        self,
        day: i64,
        mut sessions: Vec<Session>,
        mut pauses: Vec<Pause>,
        open: &Open,
    ) -> DayFacts {
        let (from, to) = (day * DAY_SECS, (day + 1) * DAY_SECS);
        let reaches = |start: UnixSec, end: UnixSec| start < to && end >= from;
        sessions.extend(open.sessions.iter().filter(|s| reaches(s.start, s.end)).cloned());
        let open_pauses =
            open.pauses.iter().filter(|p| p.queue.is_none() && reaches(p.start, p.end));
        pauses.extend(open_pauses.cloned());
        DayFacts {
            slots: self.slots,
            stints: self.stints,
            queues: self.queues.cells(),
            agents_on_queues: self.agents_on_queues.cells(),
            numbers: self.numbers,
            talks: self.talks,
            sessions,
            pauses,
        }
    }
}

/// The sessions and agent-level pauses of a day, from the tables.
fn intervals(db: &Connection, day: i64) -> Result<(Vec<Session>, Vec<Pause>)> {
    let (from, to) = (day * DAY_SECS, (day + 1) * DAY_SECS);
    let (mut sessions, mut pauses) = (Vec::new(), Vec::new());
    facts::sessions(db, from, to, |session| {
        sessions.push(session);
        Ok(())
    })?;
    facts::pauses(db, from, to, |pause| {
        if pause.queue.is_none() {
            pauses.push(pause);
        }
        Ok(())
    })?;
    Ok((sessions, pauses))
}

/// What is open now and began before a day that is settled.
pub(crate) fn open_at_settling(open: &Open, settled_until: i64) -> OpenAtSettling {
    let sessions = open.sessions.iter().map(|session| (session.agent, session.start));
    let pauses = open.pauses.iter().filter(|pause| pause.queue.is_none());
    sessions
        .chain(pauses.map(|pause| (pause.agent, pause.start)))
        .filter(|(_, start)| start.div_euclid(DAY_SECS) < settled_until)
        .into_set()
}

pub(crate) fn queue_key(key: QueueKey) -> u64 {
    u64::from(key.queue) << 1 | u64::from(key.direction == Direction::Outbound)
}

pub(crate) fn queue_key_of(slot: UnixSec, key: u64) -> QueueKey {
    let direction = if key & 1 == 0 { Direction::Inbound } else { Direction::Outbound };
    QueueKey { slot, queue: (key >> 1) as u32, direction }
}

pub(crate) fn agent_key(key: AgentKey) -> u64 {
    key.agent.into()
}

pub(crate) fn agent_key_of(slot: UnixSec, key: u64) -> AgentKey {
    AgentKey { slot, agent: key as u32 }
}

/// Agent and the low bits of the queue come first, so that the usual pair
/// takes two bytes.
pub(crate) fn agent_queue_key(key: AgentQueueKey) -> u64 {
    let queue = u64::from(key.queue);
    (queue >> 6) << 38 | u64::from(key.agent) << 6 | queue & 63
}

pub(crate) fn agent_queue_key_of(slot: UnixSec, key: u64) -> AgentQueueKey {
    let queue = (key >> 38) << 6 | key & 63;
    AgentQueueKey { slot, agent: (key >> 6) as u32, queue: queue as u32 }
}
