//! What a commit changes beside the facts, gathered so that a small commit
//! writes one page instead of one per thing.
//!
//! The tables `state`, `seen`, `log_position`, `pending` and `counter` plus
//! the entries of the journal, taken in order, are what holds. Every reader
//! adds the two up by [`unpoured`]. How entries lie in rows is the business
//! of [`journal_pages`](crate::store::journal_pages).

use std::collections::BTreeMap;

use rusqlite::{Connection, named_params};

use crate::base::Result;
use crate::model::StatePut;
use crate::store::batch::{Batch, Position};
use crate::store::error::damaged;
use crate::store::journal_pages;
use crate::store::seen::{self, Seen};
use crate::store::varint::{Cursor, put, put_bytes, put_signed};

/// Records in one batch above which going through the journal is dearer than
/// pouring at once: those of an import.
const MANY_RECORDS: usize = 2000;

/// How many files' positions are remembered.
const MOST_POSITIONS: i64 = 64;

/// Changes beside the facts, the newest of each.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Gathered {
    state: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    seen: BTreeMap<i64, Vec<u64>>,
    counters: BTreeMap<Box<str>, u64>,
    positions: Vec<Position>,
    pending: Option<Vec<Box<[u8]>>>,
}

impl Gathered {
    /// The changes of one batch, with counts the store adds itself.
    pub(crate) fn of(batch: &Batch, counted: &BTreeMap<Box<str>, u64>) -> Self {
        let mut gathered = Gathered::default();
        for StatePut { key, value } in &batch.state {
            gathered.state.insert(key.clone(), value.clone());
        }
        // Records come nearly in order of time: one look-up a quarter hour.
        for run in batch.seen.chunk_by(|a, b| Seen::quarter(a.0) == Seen::quarter(b.0)) {
            let hashes = gathered.seen.entry(Seen::quarter(run[0].0)).or_default();
            hashes.extend(run.iter().map(|record| record.1));
        }
        for (name, n) in batch.counters.iter().map(|(name, n)| (name, n)).chain(counted) {
            let count = gathered.counters.entry(name.clone()).or_default();
            *count = count.saturating_add(*n);
        }
        gathered.positions.extend(batch.position);
        gathered.pending.clone_from(&batch.pending);
        gathered
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.state.is_empty()
            && self.seen.is_empty()
            && self.counters.is_empty()
            && self.positions.is_empty()
            && self.pending.is_none()
    }

    /// Puts newer changes on top.
    pub(crate) fn absorb(&mut self, newer: Gathered) {
        self.state.extend(newer.state);
        for (quarter, hashes) in newer.seen {
            self.seen.entry(quarter).or_default().extend(hashes);
        }
        for (name, n) in newer.counters {
            let count = self.counters.entry(name).or_default();
            *count = count.saturating_add(n);
        }
        for position in newer.positions {
            self.positions.retain(|known| !same_file(known, &position));
            self.positions.push(position);
        }
        if newer.pending.is_some() {
            self.pending = newer.pending;
        }
    }

    /// Whether it is too much for an entry.
    pub(crate) fn is_large(&self) -> bool {
        self.seen.values().map(Vec::len).sum::<usize>() > MANY_RECORDS
    }

    /// The journal's entry.
    pub(crate) fn pack(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put(&mut out, self.state.len() as u64);
        for (key, value) in &self.state {
            put_bytes(&mut out, key);
            put(&mut out, value.is_some().into());
            if let Some(value) = value {
                put_bytes(&mut out, value);
            }
        }
        put(&mut out, self.seen.len() as u64);
        for (quarter, hashes) in &self.seen {
            let mut seen = Seen::default();
            seen.extend(hashes.iter().copied());
            put_signed(&mut out, *quarter);
            put_bytes(&mut out, &seen.pack());
        }
        put(&mut out, self.counters.len() as u64);
        for (name, n) in &self.counters {
            put_bytes(&mut out, name.as_bytes());
            put(&mut out, *n);
        }
        put(&mut out, self.positions.len() as u64);
        for position in &self.positions {
            put(&mut out, position.device);
            put(&mut out, position.inode);
            put(&mut out, position.fingerprint);
            put(&mut out, position.fingerprint_len.into());
            put(&mut out, position.offset);
            put_signed(&mut out, position.last);
        }
        // 0: as it was; else one more than the number of lines.
        put(&mut out, self.pending.as_ref().map_or(0, |lines| lines.len() as u64 + 1));
        for line in self.pending.iter().flatten() {
            put_bytes(&mut out, line);
        }
        out
    }

    pub(crate) fn unpack(entry: &[u8]) -> Result<Self> {
        let from = &mut Cursor::new(entry, "journal entry");
        let mut gathered = Gathered::default();
        for _ in 0..from.count()? {
            let key = from.bytes()?.to_vec();
            let value = match from.number()? {
                0 => None,
                _ => Some(from.bytes()?.to_vec()),
            };
            gathered.state.insert(key, value);
        }
        for _ in 0..from.count()? {
            let quarter = from.signed()?;
            gathered.seen.insert(quarter, Seen::unpack(from.bytes()?)?.into_hashes());
        }
        for _ in 0..from.count()? {
            let name = from.text()?.into();
            gathered.counters.insert(name, from.number()?);
        }
        for _ in 0..from.count()? {
            gathered.positions.push(Position {
                device: from.number()?,
                inode: from.number()?,
                fingerprint: from.number()?,
                fingerprint_len: from.small()?,
                offset: from.number()?,
                last: from.signed()?,
            });
        }
        let lines = from.number()?;
        if lines > 0 {
            let lines = (1..lines).map(|_| from.bytes().map(Box::from));
            gathered.pending = Some(lines.collect::<Result<_>>()?);
        }
        if from.is_empty() { Ok(gathered) } else { Err(damaged("journal entry")) }
    }

    /// Hashes of one quarter hour.
    pub(crate) fn seen_in(&self, quarter: i64) -> &[u64] {
        self.seen.get(&quarter).map_or(&[], Vec::as_slice)
    }

    /// What `stored` parts become.
    pub(crate) fn onto_state(&self, stored: &mut BTreeMap<Vec<u8>, Vec<u8>>) {
        for (key, value) in &self.state {
            match value {
                Some(value) => stored.insert(key.clone(), value.clone()),
                None => stored.remove(key),
            };
        }
    }

    pub(crate) fn onto_counters(&self, stored: &mut BTreeMap<String, u64>) {
        for (name, n) in &self.counters {
            let count = stored.entry(name.to_string()).or_default();
            *count = count.saturating_add(*n);
        }
    }

    /// Newest first, as `stored` is.
    pub(crate) fn onto_positions(&self, stored: &mut Vec<Position>) {
        for position in &self.positions {
            stored.retain(|known| !same_file(known, position));
            stored.insert(0, *position);
        }
    }

    pub(crate) fn pending(&self) -> Option<&Vec<Box<[u8]>>> {
        self.pending.as_ref()
    }

    /// Puts everything into the tables.
    pub(crate) fn pour(&self, db: &Connection) -> Result<()> {
        let mut put_part = db.prepare_cached(PUT_STATE)?;
        let mut drop_part = db.prepare_cached(DROP_STATE)?;
        for (key, value) in &self.state {
            match value {
                Some(value) => put_part.execute(named_params! { ":key": key, ":value": value })?,
                None => drop_part.execute(named_params! { ":key": key })?,
            };
        }
        for (quarter, hashes) in &self.seen {
            seen::add(db, *quarter, hashes)?;
        }
        let mut count = db.prepare_cached(COUNT)?;
        for (name, n) in &self.counters {
            let n = i64::try_from(*n).unwrap_or(i64::MAX);
            count.execute(named_params! { ":name": name.as_ref(), ":n": n })?;
        }
        for position in &self.positions {
            put_position(db, position)?;
        }
        if let Some(lines) = &self.pending {
            db.prepare_cached(DROP_PENDING)?.execute([])?;
            let mut put_line = db.prepare_cached(PUT_PENDING)?;
            for line in lines {
                put_line.execute(named_params! { ":line": line.as_ref() })?;
            }
        }
        Ok(())
    }
}

const PUT_STATE: &str = "
insert into state (key, value) values (:key, :value)
on conflict (key) do update set value = excluded.value";
const DROP_STATE: &str = "delete from state where key = :key";
const COUNT: &str = "
insert into counter (name, n) values (:name, :n)
on conflict (name) do update set n = min(n, 9223372036854775807 - excluded.n) + excluded.n";
const DROP_PENDING: &str = "delete from pending";
const PUT_PENDING: &str = "insert into pending (line) values (:line)";

/// The same file, read further. A file shorter than the length of a
/// fingerprint gets another one as it grows.
fn same_file(a: &Position, b: &Position) -> bool {
    (a.device, a.inode) == (b.device, b.inode)
        && (a.fingerprint == b.fingerprint || a.fingerprint_len < b.fingerprint_len)
}

const DROP_POSITION: &str = "
delete from log_position where device = :device and inode = :inode
and (fingerprint = :fingerprint or fingerprint_len < :fingerprint_len)";
const PUT_POSITION: &str = "
insert into log_position (id, device, inode, fingerprint, fingerprint_len, offset, last)
values ((select coalesce(max(id), 0) + 1 from log_position),
    :device, :inode, :fingerprint, :fingerprint_len, :offset, :last)";
const DROP_OLD_POSITIONS: &str = "
delete from log_position where id <= (select max(id) from log_position) - :most";

fn put_position(db: &Connection, position: &Position) -> Result<()> {
    // Device, inode and fingerprint are 64 bits without a sign; SQLite keeps
    // the same bits as a signed number.
    db.prepare_cached(DROP_POSITION)?.execute(named_params! {
        ":device": position.device as i64,
        ":inode": position.inode as i64,
        ":fingerprint": position.fingerprint as i64,
        ":fingerprint_len": position.fingerprint_len,
    })?;
    db.prepare_cached(PUT_POSITION)?.execute(named_params! {
        ":device": position.device as i64,
        ":inode": position.inode as i64,
        ":fingerprint": position.fingerprint as i64,
        ":fingerprint_len": position.fingerprint_len,
        ":offset": i64::try_from(position.offset).unwrap_or(i64::MAX),
        ":last": position.last,
    })?;
    db.prepare_cached(DROP_OLD_POSITIONS)?.execute(named_params! { ":most": MOST_POSITIONS })?;
    Ok(())
}

/// What the journal's entries add up to.
pub(crate) fn unpoured(db: &Connection) -> Result<Gathered> {
    let mut gathered = Gathered::default();
    let stream = journal_pages::read(db)?;
    let from = &mut Cursor::new(&stream, "journal");
    while !from.is_empty() {
        gathered.absorb(Gathered::unpack(from.bytes()?)?);
    }
    Ok(gathered)
}
