//! How the journal lies in the file: a stream of bytes, cut into rows that
//! each fill a page and keep their size.
//!
//! Appending overwrites the row it ends in, in place: no page is taken or
//! given back, so the commit writes that page and no other for it. Pouring
//! counts the generation up, which makes all rows stale without a write to
//! them.

use rusqlite::{Connection, named_params};

use crate::base::Result;
use crate::store::error::damaged;
use crate::store::schema::{PAGE_BYTES, meta, set_meta};
use crate::store::varint::put_bytes;

/// Bytes of a row's blob: one row fits a page, with the row's own head.
const ROW_BYTES: usize = PAGE_BYTES as usize - 48;

/// Generation and length, before the bytes of the stream.
const HEAD_BYTES: usize = 12;

const DATA_BYTES: usize = ROW_BYTES - HEAD_BYTES;

/// The name of the generation among the remembered values.
const GENERATION: &str = "journal";

/// Where the stream ends.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct End {
    generation: i64,
    /// Rows that are full.
    full: usize,
    /// What stands in the row behind them.
    tail: Vec<u8>,
}

impl End {
    pub(crate) fn read(db: &Connection) -> Result<Self> {
        let stream = read(db)?;
        let full = stream.len() / DATA_BYTES;
        let tail = stream[full * DATA_BYTES..].to_vec();
        Ok(End { generation: generation(db)?, full, tail })
    }

    /// How long the stream would be with another entry.
    pub(crate) fn length_with(&self, entry: &[u8]) -> usize {
        self.full * DATA_BYTES + self.tail.len() + entry.len()
    }

    /// Writes an entry at the end, and says where the end is then.
    pub(crate) fn append(&self, db: &Connection, entry: &[u8]) -> Result<End> {
        let mut end = self.clone();
        put_bytes(&mut end.tail, entry);
        let mut put = db.prepare_cached(PUT)?;
        loop {
            let count = end.tail.len().min(DATA_BYTES);
            let mut row = vec![0; ROW_BYTES];
            row[..8].copy_from_slice(&end.generation.to_le_bytes());
            row[8..HEAD_BYTES].copy_from_slice(&(count as u32).to_le_bytes());
            row[HEAD_BYTES..HEAD_BYTES + count].copy_from_slice(&end.tail[..count]);
            put.execute(named_params! { ":id": end.full as i64, ":bytes": row })?;
            if count < DATA_BYTES {
                return Ok(end);
            }
            end.tail.drain(..count);
            end.full += 1;
        }
    }

    /// Makes all entries stale, and says where the next one goes.
    pub(crate) fn restart(&self, db: &Connection) -> Result<End> {
        let generation = self.generation + 1;
        set_meta(db, GENERATION, generation)?;
        Ok(End { generation, ..End::default() })
    }
}

fn generation(db: &Connection) -> Result<i64> {
    Ok(meta(db, GENERATION)?.unwrap_or(0))
}

const PUT: &str = "
insert into journal (id, bytes) values (:id, :bytes)
on conflict (id) do update set bytes = excluded.bytes";
const ROWS: &str = "select bytes from journal order by id";

/// The bytes of the entries that were not poured, each with its length before
/// it.
pub(crate) fn read(db: &Connection) -> Result<Vec<u8>> {
    let generation = generation(db)?.to_le_bytes();
    let mut stream = Vec::new();
    let mut statement = db.prepare_cached(ROWS)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let bytes = row.get_ref(0)?.as_blob().map_err(|_| damaged("journal"))?;
        let (head, data) = bytes.split_at_checked(HEAD_BYTES).ok_or_else(|| damaged("journal"))?;
        if head[..8] != generation {
            break;
        }
        let count = u32::from_le_bytes([head[8], head[9], head[10], head[11]]) as usize;
        stream.extend_from_slice(data.get(..count).ok_or_else(|| damaged("journal"))?);
        if count < DATA_BYTES {
            break;
        }
    }
    Ok(stream)
}
