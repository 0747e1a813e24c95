//! Who listened to what.

use rusqlite::{Connection, Row, named_params};

use crate::base::{Result, UnixSec};
use crate::recordings::fact::{Listen, Purpose};
use crate::recordings::intervals::{self, Interval};
use crate::recordings::sql::{known, stretches};

const OF: &str = "
select id, recording, account, address, at, purpose, heard from recording_listen";

fn listen(row: &Row<'_>) -> Result<Listen> {
    Ok(Listen {
        id: row.get("id")?,
        recording: row.get("recording")?,
        account: row.get("account")?,
        address: row.get("address")?,
        at: row.get("at")?,
        purpose: known("purpose", row.get("purpose")?, Purpose::from_code)?,
        heard: stretches(row.get("heard")?)?,
    })
}

/// The newest listenings of a recording, newest first, at most `limit`.
pub fn of(db: &Connection, recording: i64, limit: u32) -> Result<Vec<Listen>> {
    let sql = format!("{OF} where recording = :recording order by id desc limit :limit");
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(named_params! { ":recording": recording, ":limit": limit })?;
    let mut listens = Vec::new();
    while let Some(row) = rows.next()? {
        listens.push(listen(row)?);
    }
    Ok(listens)
}

/// The newest listening of an account to a recording from `since` on.
pub fn latest(
    db: &Connection,
    recording: i64,
    account: &str,
    purpose: Purpose,
    since: UnixSec,
) -> Result<Option<Listen>> {
    let sql = format!(
        "{OF} where recording = :recording and account = :account and purpose = :purpose
            and at >= :since order by id desc limit 1"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(named_params! {
        ":recording": recording,
        ":account": account,
        ":purpose": purpose.code(),
        ":since": since,
    })?;
    rows.next()?.map(listen).transpose()
}

const INSERT: &str = "
insert into recording_listen (recording, account, address, at, purpose, heard)
values (:recording, :account, :address, :at, :purpose, :heard)";

/// Adds a listening and returns its id; the id in `listen` is not looked at.
pub fn insert(db: &Connection, listen: &Listen) -> Result<i64> {
    db.prepare_cached(INSERT)?.execute(named_params! {
        ":recording": listen.recording,
        ":account": listen.account,
        ":address": listen.address,
        ":at": listen.at,
        ":purpose": listen.purpose.code(),
        ":heard": intervals::pack(&listen.heard),
    })?;
    Ok(db.last_insert_rowid())
}

/// Writes what was heard.
pub fn put_heard(db: &Connection, id: i64, heard: &[Interval]) -> Result<()> {
    db.prepare_cached("update recording_listen set heard = :heard where id = :id")?
        .execute(named_params! { ":id": id, ":heard": intervals::pack(heard) })?;
    Ok(())
}
