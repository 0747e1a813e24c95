//! Orders not to delete.

use rusqlite::{Connection, Row, named_params};

use crate::base::{Result, UnixSec};
use crate::recordings::fact::{Held, Hold};

const ALL: &str = "
select id, recording, call_id, number, agent, since, before, reason, author, created, until,
    released, released_by
from recording_hold";

fn hold(row: &Row<'_>) -> Result<Hold> {
    let released: Option<UnixSec> = row.get("released")?;
    let released_by: Option<String> = row.get("released_by")?;
    Ok(Hold {
        id: row.get("id")?,
        of: Held {
            recording: row.get("recording")?,
            call: row.get("call_id")?,
            number: row.get("number")?,
            agent: row.get("agent")?,
            since: row.get("since")?,
            before: row.get("before")?,
        },
        reason: row.get("reason")?,
        author: row.get("author")?,
        created: row.get("created")?,
        until: row.get("until")?,
        released: released.map(|at| (at, released_by.unwrap_or_default())),
    })
}

/// All holds, newest first.
pub fn all(db: &Connection) -> Result<Vec<Hold>> {
    let mut statement = db.prepare_cached(&format!("{ALL} order by id desc"))?;
    let mut rows = statement.query([])?;
    let mut holds = Vec::new();
    while let Some(row) = rows.next()? {
        holds.push(hold(row)?);
    }
    Ok(holds)
}

const INSERT: &str = "
insert into recording_hold (recording, call_id, number, agent, since, before, reason, author,
    created, until)
values (:recording, :call, :number, :agent, :since, :before, :reason, :author, :created, :until)";

/// Adds a hold and returns its id; the id in `hold` is not looked at.
pub fn insert(db: &Connection, hold: &Hold) -> Result<i64> {
    db.prepare_cached(INSERT)?.execute(named_params! {
        ":recording": hold.of.recording,
        ":call": hold.of.call,
        ":number": hold.of.number,
        ":agent": hold.of.agent,
        ":since": hold.of.since,
        ":before": hold.of.before,
        ":reason": hold.reason,
        ":author": hold.author,
        ":created": hold.created,
        ":until": hold.until,
    })?;
    Ok(db.last_insert_rowid())
}

const RELEASE: &str = "
update recording_hold set released = :now, released_by = :by where id = :id and released is null";

/// Ends a hold; says whether it was in force.
pub fn release(db: &Connection, id: i64, by: &str, now: UnixSec) -> Result<bool> {
    let count =
        db.prepare_cached(RELEASE)?.execute(named_params! { ":id": id, ":by": by, ":now": now })?;
    Ok(count > 0)
}

const RELEASE_OF: &str = "
update recording_hold set released = :now, released_by = :by
where recording = :recording and released is null";

/// Ends the holds on one recording alone; says how many there were.
pub fn release_of(db: &Connection, recording: i64, by: &str, now: UnixSec) -> Result<usize> {
    Ok(db
        .prepare_cached(RELEASE_OF)?
        .execute(named_params! { ":recording": recording, ":by": by, ":now": now })?)
}
