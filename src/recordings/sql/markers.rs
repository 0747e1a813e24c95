//! Markers.

use rusqlite::{Connection, Row, named_params};

use crate::base::{Result, UnixSec};
use crate::recordings::fact::{Colour, Mark, Marker};
use crate::recordings::sql::known;

const OF: &str = "
select id, recording, at_ms, length_ms, text, colour, author, created from recording_marker";

fn marker(row: &Row<'_>) -> Result<Marker> {
    Ok(Marker {
        id: row.get("id")?,
        recording: row.get("recording")?,
        mark: Mark {
            at_ms: row.get("at_ms")?,
            length_ms: row.get("length_ms")?,
            text: row.get("text")?,
            colour: known("colour", row.get("colour")?, Colour::from_code)?,
        },
        author: row.get("author")?,
        created: row.get("created")?,
    })
}

/// The markers of a recording in order of time.
pub fn of(db: &Connection, recording: i64) -> Result<Vec<Marker>> {
    let sql = format!("{OF} where recording = :recording order by at_ms, id");
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(named_params! { ":recording": recording })?;
    let mut markers = Vec::new();
    while let Some(row) = rows.next()? {
        markers.push(marker(row)?);
    }
    Ok(markers)
}

/// One marker of a recording.
pub fn one(db: &Connection, recording: i64, id: i64) -> Result<Option<Marker>> {
    let sql = format!("{OF} where id = :id and recording = :recording");
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(named_params! { ":id": id, ":recording": recording })?;
    rows.next()?.map(marker).transpose()
}

const INSERT: &str = "
insert into recording_marker (recording, at_ms, length_ms, text, colour, author, created)
values (:recording, :at, :length, :text, :colour, :author, :now)";

/// Adds a marker and returns its id.
pub fn insert(
    db: &Connection,
    recording: i64,
    mark: &Mark,
    author: &str,
    now: UnixSec,
) -> Result<i64> {
    db.prepare_cached(INSERT)?.execute(named_params! {
        ":recording": recording,
        ":at": mark.at_ms,
        ":length": mark.length_ms,
        ":text": mark.text,
        ":colour": mark.colour.code(),
        ":author": author,
        ":now": now,
    })?;
    Ok(db.last_insert_rowid())
}

const UPDATE: &str = "
update recording_marker set at_ms = :at, length_ms = :length, text = :text, colour = :colour
where id = :id";

/// Writes what a marker says.
pub fn update(db: &Connection, id: i64, mark: &Mark) -> Result<()> {
    db.prepare_cached(UPDATE)?.execute(named_params! {
        ":id": id,
        ":at": mark.at_ms,
        ":length": mark.length_ms,
        ":text": mark.text,
        ":colour": mark.colour.code(),
    })?;
    Ok(())
}

/// Removes a marker.
pub fn delete(db: &Connection, id: i64) -> Result<()> {
    db.prepare_cached("delete from recording_marker where id = :id")?
        .execute(named_params! { ":id": id })?;
    Ok(())
}
