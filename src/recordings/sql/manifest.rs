//! Days of the chain of hashes.

use rusqlite::{Connection, Row, named_params};

use crate::base::Result;
use crate::recordings::fact::ManifestRow;

const ALL: &str = "
select day, files, hash, previous, signature, made from recording_manifest";

fn day(row: &Row<'_>) -> rusqlite::Result<ManifestRow> {
    Ok(ManifestRow {
        day: row.get("day")?,
        files: row.get("files")?,
        hash: row.get("hash")?,
        previous: row.get("previous")?,
        signature: row.get("signature")?,
        made: row.get("made")?,
    })
}

/// All days, oldest first.
pub fn all(db: &Connection) -> Result<Vec<ManifestRow>> {
    let mut statement = db.prepare_cached(&format!("{ALL} order by day"))?;
    let rows = statement.query_map([], day)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The newest day.
pub fn last(db: &Connection) -> Result<Option<ManifestRow>> {
    let mut statement = db.prepare_cached(&format!("{ALL} order by day desc limit 1"))?;
    let mut rows = statement.query([])?;
    Ok(rows.next()?.map(day).transpose()?)
}

const PUT: &str = "
insert into recording_manifest (day, files, hash, previous, signature, made)
values (:day, :files, :hash, :previous, :signature, :made)";

/// Adds a day. A day is never changed.
pub fn put(db: &Connection, row: &ManifestRow) -> Result<()> {
    db.prepare_cached(PUT)?.execute(named_params! {
        ":day": row.day,
        ":files": row.files,
        ":hash": row.hash,
        ":previous": row.previous,
        ":signature": row.signature,
        ":made": row.made,
    })?;
    Ok(())
}

const FIRST_SEALED: &str = "select min(id) from recording where state in (3, 4, 6)";

/// Id of the oldest recording that is done with.
pub fn first_finished(db: &Connection) -> Result<Option<i64>> {
    Ok(db.prepare_cached(FIRST_SEALED)?.query_row([], |row| row.get(0))?)
}
