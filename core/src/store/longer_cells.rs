//! Totals of hours and days, added up from the quarter hours of a settled day
//! and stored with them, so that a question about a year reads few rows.

use rusqlite::Connection;

use crate::base::{Result, UnixSec};
use crate::model::totals::{
    AgentCell, AgentKey, AgentQueueCell, AgentQueueKey, Cells, Damaged, QueueCell, QueueKey,
    SlotCell, SlotKey, Step, longer,
};
use crate::store::day_cells::{self, DayWriter, Table};
use crate::store::error::damaged;
use crate::store::settle;
use crate::store::touched::DAY_SECS;

/// How cells of a kind are kept.
struct Kind<K, C> {
    /// Key and cell to what a row holds.
    key: fn(K) -> u64,
    pack: fn(&C, &mut Vec<u8>),
    /// The tables of the longer slots; each is added up from the one before.
    tables: &'static [(Step, Table)],
}

const QUEUES: Kind<QueueKey, QueueCell> = Kind {
    key: settle::queue_key,
    pack: QueueCell::pack,
    tables: &[(Step::Hour, Table::QueueHour), (Step::Day, Table::QueueDay)],
};

const AGENTS: Kind<AgentKey, AgentCell> = Kind {
    key: settle::agent_key,
    pack: AgentCell::pack,
    tables: &[(Step::Hour, Table::AgentHour), (Step::Day, Table::AgentDay)],
};

const AGENTS_ON_QUEUES: Kind<AgentQueueKey, AgentQueueCell> = Kind {
    key: settle::agent_queue_key,
    pack: AgentQueueCell::pack,
    tables: &[(Step::Day, Table::AgentQueueDay)],
};

/// Stores the longer totals of a day anew; the same for the next two.
pub(crate) fn store_queues(
    db: &Connection,
    day: i64,
    quarters: &Cells<QueueKey, QueueCell>,
) -> Result<()> {
    QUEUES.store(db, day, quarters)
}

pub(crate) fn store_agents(
    db: &Connection,
    day: i64,
    quarters: &Cells<AgentKey, AgentCell>,
) -> Result<()> {
    AGENTS.store(db, day, quarters)
}

pub(crate) fn store_agents_on_queues(
    db: &Connection,
    day: i64,
    quarters: &Cells<AgentQueueKey, AgentQueueCell>,
) -> Result<()> {
    AGENTS_ON_QUEUES.store(db, day, quarters)
}

/// Whether the longer totals of a day are those of its quarter hours, by
/// kind: queues, agents, agents on queues.
pub(crate) fn agree(
    db: &Connection,
    day: i64,
    queues: &Cells<QueueKey, QueueCell>,
    agents: &Cells<AgentKey, AgentCell>,
    agents_on_queues: &Cells<AgentQueueKey, AgentQueueCell>,
) -> Result<[bool; 3]> {
    Ok([
        QUEUES.agrees(db, day, queues)?,
        AGENTS.agrees(db, day, agents)?,
        AGENTS_ON_QUEUES.agrees(db, day, agents_on_queues)?,
    ])
}

impl<K: SlotKey, C: SlotCell> Kind<K, C> {
    fn store(&self, db: &Connection, day: i64, quarters: &Cells<K, C>) -> Result<()> {
        self.each(quarters, |table, cells| self.put(db, table, day, cells))
    }

    fn put(&self, db: &Connection, table: Table, day: i64, cells: &Cells<K, C>) -> Result<()> {
        day_cells::remove(db, table, day, day + 1)?;
        let mut writer = DayWriter::new(db, table, day)?;
        let mut packed = Vec::new();
        for (key, cell) in cells.iter() {
            packed.clear();
            (self.pack)(cell, &mut packed);
            writer.add(key.slot(), (self.key)(key), &packed)?;
        }
        writer.finish()
    }

    fn agrees(&self, db: &Connection, day: i64, quarters: &Cells<K, C>) -> Result<bool> {
        let mut agrees = true;
        let (from, to) = (day * DAY_SECS, (day + 1) * DAY_SECS);
        self.each(quarters, |table, cells| {
            let mut counted = cells.iter();
            let mut packed = Vec::new();
            day_cells::for_each(db, table, from, to, |slot, key, bytes| {
                packed.clear();
                agrees &= counted.next().is_some_and(|(known, cell)| {
                    (self.pack)(cell, &mut packed);
                    (known.slot(), (self.key)(known)) == (slot, key) && packed == bytes
                });
                Ok(())
            })?;
            agrees &= counted.next().is_none();
            Ok(())
        })?;
        Ok(agrees)
    }

    /// Adds up to each longer slot.
    fn each(
        &self,
        quarters: &Cells<K, C>,
        mut act: impl FnMut(Table, &Cells<K, C>) -> Result<()>,
    ) -> Result<()> {
        let mut sums: Option<Cells<K, C>> = None;
        for &(step, table) in self.tables {
            let next = longer(sums.as_ref().unwrap_or(quarters), step);
            act(table, &next)?;
            sums = Some(next);
        }
        Ok(())
    }
}

/// Adds up the stored quarter hours of all days, and packs those of agents on
/// queues as they are packed since: once, for a database of an older program.
pub(crate) fn fill(db: &Connection) -> Result<()> {
    by_day(db, Table::Queue, settle::queue_key_of, QueueCell::unpack, |day, cells| {
        store_queues(db, day, cells)
    })?;
    by_day(db, Table::Agent, settle::agent_key_of, AgentCell::unpack, |day, cells| {
        store_agents(db, day, cells)
    })?;
    let (key, unpack) = (settle::agent_queue_key_of, AgentQueueCell::unpack);
    by_day(db, Table::AgentQueue, key, unpack, |day, cells| {
        AGENTS_ON_QUEUES.put(db, Table::AgentQueue, day, cells)?;
        store_agents_on_queues(db, day, cells)
    })
}

/// Gives the stored cells of each day.
fn by_day<K: SlotKey, C: SlotCell>(
    db: &Connection,
    table: Table,
    key_of: fn(UnixSec, u64) -> K,
    unpack: fn(&[u8]) -> std::result::Result<C, Damaged>,
    act: impl Fn(i64, &Cells<K, C>) -> Result<()>,
) -> Result<()> {
    for day in day_cells::days(db, table)? {
        let mut cells = Cells::new();
        let (from, to) = (day * DAY_SECS, (day + 1) * DAY_SECS);
        day_cells::for_each(db, table, from, to, |slot, key, bytes| {
            *cells.at(key_of(slot, key)) = unpack(bytes).map_err(|_| damaged("total"))?;
            Ok(())
        })?;
        act(day, &cells)?;
    }
    Ok(())
}
