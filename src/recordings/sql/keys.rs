//! Keys recordings are or were sealed to; their public halves.

use rusqlite::{Connection, named_params};

use crate::base::{Result, UnixSec};
use crate::recordings::fact::KeyRow;
use crate::recordings::sql::natural;

const ALL: &str = "
select fingerprint, recipient, origin, created, exported, retired from recording_key
order by created, fingerprint";

/// All keys, oldest first.
pub fn all(db: &Connection) -> Result<Vec<KeyRow>> {
    let mut statement = db.prepare_cached(ALL)?;
    let rows = statement.query_map([], |row| {
        Ok(KeyRow {
            fingerprint: row.get("fingerprint")?,
            recipient: row.get("recipient")?,
            own: row.get::<_, u8>("origin")? == 1,
            created: row.get("created")?,
            exported: row.get("exported")?,
            retired: row.get("retired")?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

const PUT: &str = "
insert into recording_key (fingerprint, recipient, origin, created, exported, retired)
values (:fingerprint, :recipient, :origin, :created, :exported, :retired)
on conflict (fingerprint) do update set origin = excluded.origin, created = excluded.created,
    exported = excluded.exported, retired = excluded.retired";

/// Writes a key; one of the same fingerprint is replaced.
pub fn put(db: &Connection, key: &KeyRow) -> Result<()> {
    db.prepare_cached(PUT)?.execute(named_params! {
        ":fingerprint": key.fingerprint,
        ":recipient": key.recipient,
        ":origin": if key.own { 1 } else { 2 },
        ":created": key.created,
        ":exported": key.exported,
        ":retired": key.retired,
    })?;
    Ok(())
}

const SEALED_TO: &str = "
select count(*) from recording
where state = 3 and ' ' || keys || ' ' like '% ' || :fingerprint || ' %'";

/// How many sealed recordings a key opens. Looks at every row.
pub fn sealed_to(db: &Connection, fingerprint: &str) -> Result<u64> {
    let count = db
        .prepare_cached(SEALED_TO)?
        .query_row(named_params! { ":fingerprint": fingerprint }, |row| row.get(0))?;
    Ok(natural(count))
}

const EXPORTED: &str = "
update recording_key set exported = :now where fingerprint = :fingerprint and exported is null";

/// Notes that a key was handed out; says whether it was the first time.
pub fn exported(db: &Connection, fingerprint: &str, now: UnixSec) -> Result<bool> {
    let count = db
        .prepare_cached(EXPORTED)?
        .execute(named_params! { ":fingerprint": fingerprint, ":now": now })?;
    Ok(count > 0)
}
