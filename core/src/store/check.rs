//! Looking the whole database over: is the file sound, is the schema ours,
//! does every fact make sense, do stored totals equal a recount.

use std::fmt;

use rusqlite::Connection;

use crate::base::{Result, UnixSec};
use crate::model::{Fold, NameKind, Names, Open};
use crate::store::day_cells::{self, Table};
use crate::store::handle::{DATABASE, Store};
use crate::store::load::{names, state_parts};
use crate::store::schema::{differences, meta};
use crate::store::settle::{self, DayFacts};
use crate::store::touched::DAY_SECS;
use crate::store::{connection, facts, journal, longer_cells, number_days};

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// SQLite's own check.
    Integrity(String),
    /// A row that points to a row that is not there.
    ForeignKey { table: String, row: i64 },
    /// A table or index differs from a database made new.
    Schema(String),
    /// A stint that can't be read or names somebody unknown.
    Stint { id: i64, reason: String },
    /// Totals of a UTC day differ from a recount.
    Totals { day_start: UnixSec, table: &'static str },
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Finding::Integrity(text) => write!(out, "the file: {text}"),
            Finding::ForeignKey { table, row } => {
                write!(out, "row {row} of {table} points to a row that is missing")
            }
            Finding::Schema(text) => write!(out, "the schema: {text}"),
            Finding::Stint { id, reason } => write!(out, "call {id}: {reason}"),
            Finding::Totals { day_start, table } => {
                let day = crate::base::time::timestamp(*day_start).strftime("%Y-%m-%d");
                write!(out, "{table} of {day} (UTC) differ from a recount")
            }
        }
    }
}

/// What a check looked at and what it found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// The first [`Findings::MOST`].
    pub findings: Vec<Finding>,
    /// How many there were.
    pub total: u64,
    pub stints: u64,
    /// Settled days that were recounted.
    pub days: u64,
}

impl Findings {
    /// More than anybody reads.
    pub const MOST: usize = 200;

    fn add(&mut self, finding: Finding) {
        self.total += 1;
        if self.findings.len() < Self::MOST {
            self.findings.push(finding);
        }
    }
}

impl Store {
    /// Looks the database over, on a connection of its own and without a time
    /// limit: seconds for a million calls. Changes nothing.
    pub fn check(&self) -> Result<Findings> {
        let db = connection::reader(&self.folder().join(DATABASE))?;
        // One transaction, so that facts and totals are of the same moment.
        let tx = db.unchecked_transaction()?;
        let mut findings = Findings::default();
        integrity(&tx, &mut findings)?;
        for difference in differences(&tx)? {
            findings.add(Finding::Schema(difference));
        }
        let names = names(&tx)?;
        stints(&tx, &names, &mut findings)?;
        totals(&tx, &mut findings)?;
        Ok(findings)
    }
}

fn integrity(db: &Connection, findings: &mut Findings) -> Result<()> {
    let mut statement = db.prepare("pragma integrity_check(100)")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let text: String = row.get(0)?;
        if text != "ok" {
            findings.add(Finding::Integrity(text));
        }
    }
    let mut statement = db.prepare("pragma foreign_key_check")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let row_id: Option<i64> = row.get(1)?;
        findings.add(Finding::ForeignKey { table: row.get(0)?, row: row_id.unwrap_or(0) });
    }
    Ok(())
}

fn stints(db: &Connection, names: &Names, findings: &mut Findings) -> Result<()> {
    let (queues, agents) = (names.count(NameKind::Queue), names.count(NameKind::Agent));
    let known = |id: u32, count: u32| (1..=count).contains(&id);
    facts::stints(db, UnixSec::MIN, UnixSec::MAX, |row| {
        findings.stints += 1;
        let reason = match row.unpack() {
            Err(error) => Some(error.chain()),
            Ok(stint) if !known(stint.queue, queues) => Some("unknown queue".to_owned()),
            Ok(stint) if !stint.agent.is_none_or(|agent| known(agent, agents)) => {
                Some("unknown agent".to_owned())
            }
            Ok(_) => None,
        };
        if let Some(reason) = reason {
            findings.add(Finding::Stint { id: row.id, reason });
        }
        Ok(())
    })
}

fn totals(db: &Connection, findings: &mut Findings) -> Result<()> {
    let Some(until) = meta(db, "settled_until")? else { return Ok(()) };
    let mut parts = state_parts(db)?;
    journal::unpoured(db)?.onto_state(&mut parts);
    let open = Fold::open_from_parts(parts)?;
    let mut day = meta(db, "detail_from")?.unwrap_or(0);
    while day < until {
        if recount(db, day, &open, findings)? {
            findings.days += 1;
            day += 1;
        } else {
            day = settle::next_start(db, day + 1, &open)?.unwrap_or(until);
        }
    }
    Ok(())
}

type Cells = Vec<(UnixSec, u64, Vec<u8>)>;

/// Compares the totals of a day with its facts; `false` when it has neither.
fn recount(db: &Connection, day: i64, open: &Open, findings: &mut Findings) -> Result<bool> {
    let facts = DayFacts::read(db, day, open)?;
    let mut anything = !facts.is_empty();
    let queue: Cells = facts
        .queues
        .iter()
        .map(|(key, cell)| (key.slot, settle::queue_key(key), packed(|out| cell.pack(out))))
        .collect();
    let agents = facts.agent_cells();
    let agent: Cells = agents
        .iter()
        .map(|(key, cell)| (key.slot, settle::agent_key(key), packed(|out| cell.pack(out))))
        .collect();
    let agent_queue: Cells = facts
        .agents_on_queues
        .iter()
        .map(|(key, cell)| (key.slot, settle::agent_queue_key(key), packed(|out| cell.pack(out))))
        .collect();
    let day_start = day * DAY_SECS;
    if !number_days::agrees(db, day, facts.numbers.clone())? {
        findings.add(Finding::Totals { day_start, table: "numbers of callers" });
    }
    let longer = longer_cells::agree(db, day, &facts.queues, &agents, &facts.agents_on_queues)?;
    for ((table, name, recounted), longer_agree) in [
        (Table::Queue, "totals of queues", queue),
        (Table::Agent, "totals of agents", agent),
        (Table::AgentQueue, "totals of agents by queue", agent_queue),
    ]
    .into_iter()
    .zip(longer)
    {
        let mut stored = Cells::new();
        day_cells::for_each(db, table, day_start, day_start + DAY_SECS, |slot, key, bytes| {
            stored.push((slot, key, bytes.to_vec()));
            Ok(())
        })?;
        anything |= !stored.is_empty();
        if stored != recounted || !longer_agree {
            findings.add(Finding::Totals { day_start, table: name });
        }
    }
    Ok(anything)
}

fn packed(pack: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut out = Vec::new();
    pack(&mut out);
    out
}
