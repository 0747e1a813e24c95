//! Settled totals as rows: the cells of a UTC day in order of time, cut into
//! rows of a few hundred bytes.
//!
//! A row's blob is a list of entries; a key of 0 is followed by the distance
//! to the next slot, in quarter hours since the day's start or the slot
//! before; any other key (one more than the cell's own) by the length and the
//! bytes of a packed cell. Every row begins with its slot, so rows can be
//! read alone.

use rusqlite::{CachedStatement, Connection, named_params};

use crate::base::{Result, UnixSec};
use crate::model::totals::SLOT_SECS;
use crate::store::error::damaged;
use crate::store::touched::DAY_SECS;
use crate::store::varint::{Cursor, put, put_bytes};

/// Bits of a row id below the day.
const ID_BITS: u32 = 16;

/// A row is closed when it has this many bytes: few enough that little of a
/// page stays empty behind the last row, many enough that a row's own head
/// weighs little.
const ROW_BYTES: usize = 200;

/// The three tables of totals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Table {
    Queue,
    Agent,
    AgentQueue,
}

impl Table {
    pub(crate) const ALL: [Table; 3] = [Table::Queue, Table::Agent, Table::AgentQueue];

    fn delete(self) -> &'static str {
        match self {
            Table::Queue => "delete from queue_cell where id between :first and :last",
            Table::Agent => "delete from agent_cell where id between :first and :last",
            Table::AgentQueue => "delete from agent_queue_cell where id between :first and :last",
        }
    }

    fn insert(self) -> &'static str {
        match self {
            Table::Queue => "insert into queue_cell (id, cells) values (:id, :cells)",
            Table::Agent => "insert into agent_cell (id, cells) values (:id, :cells)",
            Table::AgentQueue => "insert into agent_queue_cell (id, cells) values (:id, :cells)",
        }
    }

    pub(crate) fn select(self) -> &'static str {
        match self {
            Table::Queue => QUEUE_CELLS,
            Table::Agent => AGENT_CELLS,
            Table::AgentQueue => AGENT_QUEUE_CELLS,
        }
    }
}

const QUEUE_CELLS: &str =
    "select id, cells from queue_cell where id between :first and :last order by id";
const AGENT_CELLS: &str =
    "select id, cells from agent_cell where id between :first and :last order by id";
const AGENT_QUEUE_CELLS: &str =
    "select id, cells from agent_queue_cell where id between :first and :last order by id";

/// First and last row id of the days `from..until`.
fn ids(from: i64, until: i64) -> (i64, i64) {
    // Days of any moment a row id can hold fit 40 bits.
    let clamp = |day: i64| day.clamp(0, 1 << 40) << ID_BITS;
    (clamp(from), clamp(until) - 1)
}

/// The first row id of a day.
pub(crate) fn first_id(day: i64) -> i64 {
    ids(day, day).0
}

/// Removes the totals of the days `from..until`.
pub(crate) fn remove(db: &Connection, table: Table, from: i64, until: i64) -> Result<()> {
    let (first, last) = ids(from, until);
    db.prepare_cached(table.delete())?.execute(named_params! { ":first": first, ":last": last })?;
    Ok(())
}

/// Writes the totals of one day in order of time.
pub(crate) struct DayWriter<'c> {
    insert: CachedStatement<'c>,
    day: i64,
    next_id: i64,
    row: Vec<u8>,
    /// Slot of the last entry in the row; `None` in an empty row.
    slot: Option<u64>,
}

impl<'c> DayWriter<'c> {
    pub(crate) fn new(db: &'c Connection, table: Table, day: i64) -> Result<Self> {
        Ok(DayWriter {
            insert: db.prepare_cached(table.insert())?,
            day,
            next_id: first_id(day),
            row: Vec::with_capacity(ROW_BYTES * 2),
            slot: None,
        })
    }

    /// Adds a cell; slots must come in order.
    pub(crate) fn add(&mut self, slot: UnixSec, key: u64, packed: &[u8]) -> Result<()> {
        let slot = (slot - self.day * DAY_SECS).div_euclid(SLOT_SECS) as u64;
        if self.slot != Some(slot) {
            self.row.push(0);
            put(&mut self.row, slot - self.slot.unwrap_or(0));
            self.slot = Some(slot);
        }
        put(&mut self.row, key + 1);
        put_bytes(&mut self.row, packed);
        if self.row.len() >= ROW_BYTES { self.close_row() } else { Ok(()) }
    }

    fn close_row(&mut self) -> Result<()> {
        if self.slot.take().is_some() {
            self.insert.execute(named_params! { ":id": self.next_id, ":cells": self.row })?;
            self.next_id += 1;
            self.row.clear();
        }
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<()> {
        self.close_row()
    }
}

/// Gives the packed cells of the slots that begin in `[from, to)`, in order
/// of time: the slot, the key, the bytes.
pub(crate) fn for_each(
    db: &Connection,
    table: Table,
    from: UnixSec,
    to: UnixSec,
    mut each: impl FnMut(UnixSec, u64, &[u8]) -> Result<()>,
) -> Result<()> {
    if from >= to {
        return Ok(());
    }
    let (first, last) = ids(from.div_euclid(DAY_SECS), (to - 1).div_euclid(DAY_SECS) + 1);
    let mut statement = db.prepare_cached(table.select())?;
    let mut rows = statement.query(named_params! { ":first": first, ":last": last })?;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        let day_start = (id >> ID_BITS) * DAY_SECS;
        let cells = row.get_ref(1)?.as_blob().map_err(|_| damaged("total"))?;
        let cursor = &mut Cursor::new(cells, "total");
        let mut slot = day_start;
        while !cursor.is_empty() {
            let key = cursor.number()?;
            if key == 0 {
                // A distance is less than a day; anything else is damage.
                slot += i64::from(cursor.small()? % 96) * SLOT_SECS;
                continue;
            }
            let packed = cursor.bytes()?;
            if from <= slot && slot < to {
                each(slot, key - 1, packed)?;
            }
        }
    }
    Ok(())
}
