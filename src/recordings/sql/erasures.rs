//! Proofs that persons were erased.

use rusqlite::{Connection, named_params};

use crate::base::Result;
use crate::recordings::fact::Erasure;

const ALL: &str = "
select id, at, author, reason, recordings, markers, calls, failed from recording_erasure
order by at desc, id";
const ERASED: &str = "
select recording, sha256 from recording_erased where erasure = :id order by recording";

/// All erasures, newest first.
pub fn all(db: &Connection) -> Result<Vec<Erasure>> {
    let mut statement = db.prepare_cached(ALL)?;
    let rows = statement.query_map([], |row| {
        Ok(Erasure {
            id: row.get("id")?,
            at: row.get("at")?,
            author: row.get("author")?,
            reason: row.get("reason")?,
            recordings: row.get("recordings")?,
            markers: row.get("markers")?,
            calls: row.get("calls")?,
            failed: row.get("failed")?,
            erased: Vec::new(),
        })
    })?;
    let mut erasures: Vec<Erasure> = rows.collect::<Result<_, _>>()?;
    let mut statement = db.prepare_cached(ERASED)?;
    for erasure in &mut erasures {
        let rows = statement.query_map(named_params! { ":id": erasure.id }, |row| {
            Ok((row.get("recording")?, row.get("sha256")?))
        })?;
        erasure.erased = rows.collect::<Result<_, _>>()?;
    }
    Ok(erasures)
}

const INSERT: &str = "
insert into recording_erasure (id, at, author, reason, recordings, markers, calls, failed)
values (:id, :at, :author, :reason, :recordings, :markers, :calls, :failed)
on conflict (id) do nothing";
/// Notes how many files are still there.
pub fn put_failed(db: &Connection, id: &str, failed: u32) -> Result<()> {
    db.prepare_cached("update recording_erasure set failed = :failed where id = :id")?
        .execute(named_params! { ":id": id, ":failed": failed })?;
    Ok(())
}

const INSERT_ERASED: &str = "
insert into recording_erased (erasure, recording, sha256) values (:erasure, :recording, :sha256)";

/// Keeps a proof; says whether it was new.
pub fn insert(db: &Connection, erasure: &Erasure) -> Result<bool> {
    let count = db.prepare_cached(INSERT)?.execute(named_params! {
        ":id": erasure.id,
        ":at": erasure.at,
        ":author": erasure.author,
        ":reason": erasure.reason,
        ":recordings": erasure.recordings,
        ":markers": erasure.markers,
        ":calls": erasure.calls,
        ":failed": erasure.failed,
    })?;
    if count == 0 {
        return Ok(false);
    }
    let mut insert = db.prepare_cached(INSERT_ERASED)?;
    for (recording, sha256) in &erasure.erased {
        insert.execute(named_params! {
            ":erasure": erasure.id, ":recording": recording, ":sha256": sha256,
        })?;
    }
    Ok(true)
}
