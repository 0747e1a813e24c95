//! Settled totals as rows: the cells of a UTC day, of one kind and one length
//! of slots, in order of time, cut into rows of a few hundred bytes.
//!
//! A row's blob is a list of entries; a key of 0 is followed by the distance
//! to the next slot, in quarter hours since the day's start or the slot
//! before; any other key (one more than the cell's own) by the length and the
//! bytes of a packed cell. Every row begins with its slot, so rows can be
//! read alone.

use std::sync::LazyLock;

use rusqlite::{CachedStatement, Connection, named_params, params};

use crate::base::{Result, UnixSec};
use crate::model::totals::{SLOT_SECS, Step};
use crate::store::error::damaged;
use crate::store::together::{TOGETHER, together};
use crate::store::touched::DAY_SECS;
use crate::store::varint::{Cursor, put, put_bytes};

/// Bits of a row id below the day.
const ID_BITS: u32 = 16;

/// A row is closed when it has this many bytes: few enough that little of a
/// page stays empty behind the last row, many enough that a row's own head
/// weighs little.
const ROW_BYTES: usize = 200;

/// Columns of each of the tables of totals.
const COLUMNS: usize = 2;

/// The tables of totals: of queues, of agents, of agents in queues, by length
/// of their slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Table {
    Queue,
    QueueHour,
    QueueDay,
    Agent,
    AgentHour,
    AgentDay,
    AgentQueue,
    AgentQueueDay,
}

struct Statements {
    delete: &'static str,
    insert: &'static str,
    insert_together: LazyLock<String>,
    select: &'static str,
    days: &'static str,
}

macro_rules! statements {
    ($table:literal) => {{
        static STATEMENTS: Statements = Statements {
            delete: concat!("delete from ", $table, " where id between :first and :last"),
            insert: concat!("insert into ", $table, " (id, cells) values (?1, ?2)"),
            insert_together: LazyLock::new(|| {
                let one = concat!("insert into ", $table, " (id, cells) values (?1, ?2)");
                together(one, COLUMNS)
            }),
            select: concat!(
                "select id, cells from ",
                $table,
                " where id between :first and :last order by id"
            ),
            days: concat!("select distinct id >> 16 from ", $table),
        };
        &STATEMENTS
    }};
}

impl Table {
    pub(crate) const ALL: [Table; 8] = [
        Table::Queue,
        Table::QueueHour,
        Table::QueueDay,
        Table::Agent,
        Table::AgentHour,
        Table::AgentDay,
        Table::AgentQueue,
        Table::AgentQueueDay,
    ];

    /// Of queues with slots of a length.
    pub(crate) fn queue(step: Step) -> Table {
        match step {
            Step::Quarter => Table::Queue,
            Step::Hour => Table::QueueHour,
            Step::Day => Table::QueueDay,
        }
    }

    /// Of agents with slots of a length.
    pub(crate) fn agent(step: Step) -> Table {
        match step {
            Step::Quarter => Table::Agent,
            Step::Hour => Table::AgentHour,
            Step::Day => Table::AgentDay,
        }
    }

    /// Of agents in queues with slots of a length; there are none of hours.
    pub(crate) fn agent_queue(step: Step) -> Table {
        match step {
            Step::Quarter | Step::Hour => Table::AgentQueue,
            Step::Day => Table::AgentQueueDay,
        }
    }

    fn statements(self) -> &'static Statements {
        match self {
            Table::Queue => statements!("queue_cell"),
            Table::QueueHour => statements!("queue_hour"),
            Table::QueueDay => statements!("queue_day"),
            Table::Agent => statements!("agent_cell"),
            Table::AgentHour => statements!("agent_hour"),
            Table::AgentDay => statements!("agent_day"),
            Table::AgentQueue => statements!("agent_queue_cell"),
            Table::AgentQueueDay => statements!("agent_queue_day"),
        }
    }

    pub(crate) fn select(self) -> &'static str {
        self.statements().select
    }
}

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
    db.prepare_cached(table.statements().delete)?
        .execute(named_params! { ":first": first, ":last": last })?;
    Ok(())
}

/// Writes the totals of one day in order of time.
pub(crate) struct DayWriter<'c> {
    db: &'c Connection,
    table: Table,
    insert: Option<CachedStatement<'c>>,
    day: i64,
    next_id: i64,
    row: Vec<u8>,
    /// Rows that wait to be written together, one behind the other, and where
    /// each ends.
    rows: Vec<u8>,
    ends: Vec<usize>,
    /// Slot of the last entry in the row; `None` in an empty row.
    slot: Option<u64>,
}

impl<'c> DayWriter<'c> {
    pub(crate) fn new(db: &'c Connection, table: Table, day: i64) -> Result<Self> {
        Ok(DayWriter {
            db,
            table,
            insert: None,
            day,
            next_id: first_id(day),
            row: Vec::with_capacity(ROW_BYTES * 2),
            rows: Vec::new(),
            ends: Vec::with_capacity(TOGETHER),
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
            self.rows.extend_from_slice(&self.row);
            self.ends.push(self.rows.len());
            self.row.clear();
            if self.ends.len() == TOGETHER {
                let insert = match &mut self.insert {
                    Some(insert) => insert,
                    place => place
                        .insert(self.db.prepare_cached(&self.table.statements().insert_together)?),
                };
                let mut start = 0;
                for (row, end) in self.ends.drain(..).enumerate() {
                    insert.raw_bind_parameter(row * COLUMNS + 1, self.next_id)?;
                    insert.raw_bind_parameter(row * COLUMNS + 2, &self.rows[start..end])?;
                    self.next_id += 1;
                    start = end;
                }
                insert.raw_execute()?;
                self.rows.clear();
            }
        }
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<()> {
        self.close_row()?;
        let mut insert = self.db.prepare_cached(self.table.statements().insert)?;
        let mut start = 0;
        for end in self.ends.drain(..) {
            insert.execute(params![self.next_id, &self.rows[start..end]])?;
            self.next_id += 1;
            start = end;
        }
        Ok(())
    }
}

/// The days that a table has cells of: reads all of it.
pub(crate) fn days(db: &Connection, table: Table) -> Result<Vec<i64>> {
    let mut statement = db.prepare(table.statements().days)?;
    let days = statement.query_map([], |row| row.get(0))?;
    Ok(days.collect::<rusqlite::Result<_>>()?)
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
