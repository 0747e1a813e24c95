//! Pictures of sound.

use rusqlite::{Connection, OptionalExtension, named_params};

use crate::base::Result;

/// The packed picture of a recording.
pub fn of(db: &Connection, recording: i64) -> Result<Option<Vec<u8>>> {
    let mut statement =
        db.prepare_cached("select peaks from recording_wave where recording = :recording")?;
    Ok(statement
        .query_row(named_params! { ":recording": recording }, |row| row.get(0))
        .optional()?)
}

const PUT: &str = "
insert into recording_wave (recording, peaks) values (:recording, :peaks)
on conflict (recording) do update set peaks = excluded.peaks";

/// Keeps the picture of a recording.
pub fn put(db: &Connection, recording: i64, peaks: &[u8]) -> Result<()> {
    db.prepare_cached(PUT)?.execute(named_params! { ":recording": recording, ":peaks": peaks })?;
    Ok(())
}
