//! What a start needs, whatever the size of the database: names, open state,
//! recent facts, positions, counters, waiting lines.

use std::collections::BTreeMap;

use rusqlite::{Connection, named_params};

use crate::base::order::Gathered as _;
use crate::base::{Result, UnixSec};
use crate::model::{Fold, NameKind, Names, Recent};
use crate::store::batch::Position;
use crate::store::facts;
use crate::store::journal;

/// Everything the daemon goes on from.
#[derive(Debug, Default)]
pub struct Loaded {
    pub names: Names,
    /// The open state, for [`Fold::restore`].
    pub parts: Vec<(Vec<u8>, Vec<u8>)>,
    pub recent: Recent,
    /// Files read so far, the one read last first.
    pub positions: Vec<Position>,
    pub counters: BTreeMap<String, u64>,
    /// Raw lines that waited in the re-order window.
    pub pending: Vec<Box<[u8]>>,
    /// Time of the newest record; 0 before the first.
    pub newest: UnixSec,
    /// Set when the database was damaged and something else was taken.
    pub repaired: Option<Repaired>,
}

/// What happened to a damaged database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repaired {
    /// Where the damaged file lies now.
    pub moved_to: std::path::PathBuf,
    /// The backup that took its place; `None` when an empty database did.
    pub backup: Option<std::path::PathBuf>,
    /// What was wrong.
    pub reason: String,
}

pub(crate) fn load(db: &Connection) -> Result<Loaded> {
    let journal = journal::unpoured(db)?;
    let mut parts = state_parts(db)?;
    journal.onto_state(&mut parts);
    let mut positions = positions(db)?;
    journal.onto_positions(&mut positions);
    let mut counters = counters(db)?;
    journal.onto_counters(&mut counters);
    let pending = match journal.pending() {
        Some(lines) => lines.clone(),
        None => pending(db)?,
    };
    let newest = positions.iter().map(|position| position.last).max().unwrap_or(0);
    Ok(Loaded {
        names: names(db)?,
        parts: parts.into_iter().collect(),
        recent: recent(db, newest)?,
        positions,
        counters,
        pending,
        newest,
        repaired: None,
    })
}

const QUEUES: &str = "select name from queue order by id";
const AGENTS: &str = "select name from agent order by id";
const WORDS: &str = "select text from word order by id";

/// The dictionaries.
pub(crate) fn names(db: &Connection) -> Result<Names> {
    let mut names = Names::default();
    for (kind, sql) in
        [(NameKind::Queue, QUEUES), (NameKind::Agent, AGENTS), (NameKind::Word, WORDS)]
    {
        let mut statement = db.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            names.restore(kind, row.get_ref(0)?.as_str().unwrap_or_default());
        }
    }
    Ok(names)
}

const STATE: &str = "select key, value from state";

/// Parts of the open state that were poured.
pub(crate) fn state_parts(db: &Connection) -> Result<BTreeMap<Vec<u8>, Vec<u8>>> {
    let mut statement = db.prepare(STATE)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.try_into_map()?)
}

/// How long before the newest record a call may have entered and still be
/// looked at: the model's reach and the longest call it keeps open (3 h of
/// waiting, 4 h of talk by default).
const ENTERED_WITHIN: UnixSec = Fold::LOOKBACK + 8 * 3600;

fn recent(db: &Connection, newest: UnixSec) -> Result<Recent> {
    let mut recent = Recent::default();
    let ended_after = newest.saturating_sub(Fold::LOOKBACK);
    facts::stints(db, newest.saturating_sub(ENTERED_WITHIN), UnixSec::MAX, |row| {
        if row.may_reach(ended_after) {
            let stint = row.unpack()?;
            if stint.end >= ended_after {
                recent.stints.push(stint);
            }
        }
        Ok(())
    })?;
    Ok(recent)
}

const POSITIONS: &str = "
select device, inode, fingerprint, fingerprint_len, offset, last
from log_position order by id desc";

pub(crate) fn positions(db: &Connection) -> Result<Vec<Position>> {
    let mut statement = db.prepare(POSITIONS)?;
    let rows = statement.query_map([], |row| {
        Ok(Position {
            device: row.get::<_, i64>(0)? as u64,
            inode: row.get::<_, i64>(1)? as u64,
            fingerprint: row.get::<_, i64>(2)? as u64,
            fingerprint_len: row.get(3)?,
            offset: row.get::<_, i64>(4)? as u64,
            last: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

const COUNTERS: &str = "select name, n from counter";

pub(crate) fn counters(db: &Connection) -> Result<BTreeMap<String, u64>> {
    let mut statement = db.prepare(COUNTERS)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as u64)))?;
    Ok(rows.try_into_map()?)
}

const PENDING: &str = "select line from pending order by id";

fn pending(db: &Connection) -> Result<Vec<Box<[u8]>>> {
    let mut statement = db.prepare(PENDING)?;
    let rows = statement
        .query_map(named_params! {}, |row| row.get::<_, Vec<u8>>(0).map(Vec::into_boxed_slice))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
