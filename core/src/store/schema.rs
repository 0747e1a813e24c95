//! The schema: made new, brought up to date, compared.
//!
//! `schema.sql` is the truth of the newest version. A released version is
//! left behind by one step in [`STEPS`]; a step that was released is never
//! edited.

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, named_params};

use crate::base::{Error, Kind, Result, UnixSec};
use crate::store::{longer_cells, number_days};

/// The newest schema.
pub const SCHEMA: &str = include_str!("schema.sql");

/// The steps from version `index + 1` to the next, each one file under
/// `steps/`.
const STEPS: [&str; 4] = [
    include_str!("steps/2.sql"),
    include_str!("steps/3.sql"),
    include_str!("steps/4.sql"),
    include_str!("steps/5.sql"),
];

/// The version that has totals of hours and days.
const WITH_LONGER_TOTALS: i64 = 3;
/// The version that knows in which hours numbers had calls.
const WITH_NUMBER_DAYS: i64 = 5;

/// The number of [`SCHEMA`].
pub const VERSION: i64 = STEPS.len() as i64 + 1;

/// Bytes per page of a new database. Chosen by measurement: a page is the
/// least that a commit writes, and small pages waste less behind short rows;
/// see `docs/performance.md`.
pub(crate) const PAGE_BYTES: u32 = 1024;

/// Makes an empty file a database of the newest version, or brings an older
/// one up to date.
///
/// Errors: [`Kind::Conflict`] when the database is newer than the program.
pub(crate) fn prepare(db: &mut Connection, now: UnixSec) -> Result<()> {
    let found = version(db)?;
    if found > VERSION {
        return Err(Error::new(
            Kind::Conflict,
            format!(
                "the database is of a newer Switchroom (schema {found}, this program knows {VERSION}); \
                 install the newer program, or restore a backup made before the upgrade"
            ),
        ));
    }
    if found == 0 {
        return step(db, SCHEMA, VERSION, now);
    }
    for version in found..VERSION {
        let index = usize::try_from(version - 1).unwrap_or(usize::MAX);
        let sql = STEPS.get(index).ok_or_else(|| {
            Error::new(Kind::Internal, format!("no step leads on from schema {version}"))
        })?;
        step(db, sql, version + 1, now)?;
    }
    Ok(())
}

/// The schema's number; 0 for an empty file.
pub(crate) fn version(db: &Connection) -> Result<i64> {
    Ok(db.query_row("pragma user_version", [], |row| row.get(0))?)
}

const NOTE_STEP: &str =
    "insert into version (version, at, program) values (:version, :at, :program)";

/// Runs one step with its note in one transaction, so that a crash leaves the
/// version before or the version after.
fn step(db: &mut Connection, sql: &str, to: i64, now: UnixSec) -> Result<()> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    tx.execute_batch(sql)?;
    if to == WITH_LONGER_TOTALS {
        longer_cells::fill(&tx)?;
    }
    if to == WITH_NUMBER_DAYS {
        number_days::fill(&tx)?;
    }
    tx.execute(
        NOTE_STEP,
        named_params! { ":version": to, ":at": now, ":program": env!("CARGO_PKG_VERSION") },
    )?;
    // A pragma takes no parameters; the number is ours.
    tx.pragma_update(None, "user_version", to)?;
    tx.commit()?;
    Ok(())
}

const OBJECTS: &str = "
select type || ' ' || name, coalesce(sql, '') from sqlite_schema
where name not like 'sqlite\\_%' escape '\\' order by 1";

/// What differs from a database made new, one line per table or index; empty
/// when nothing does.
pub(crate) fn differences(db: &Connection) -> Result<Vec<String>> {
    let fresh = Connection::open_in_memory()?;
    fresh.execute_batch(SCHEMA)?;
    let ours = objects(&fresh)?;
    let theirs = objects(db)?;
    let mut lines = Vec::new();
    for (name, sql) in &ours {
        match theirs.iter().find(|(other, _)| other == name) {
            None => lines.push(format!("{name} is missing")),
            Some((_, other)) if other != sql => lines.push(format!("{name} differs")),
            Some(_) => {}
        }
    }
    for (name, _) in &theirs {
        if !ours.iter().any(|(other, _)| other == name) {
            lines.push(format!("{name} is not ours"));
        }
    }
    Ok(lines)
}

/// Tables and indexes with their definitions, comments and blanks aside.
fn objects(db: &Connection) -> Result<Vec<(String, String)>> {
    let mut statement = db.prepare(OBJECTS)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
    rows.map(|row| row.map(|(name, sql)| (name, plain(&sql))).map_err(Error::from)).collect()
}

/// SQL without comments and with single blanks. No text of the schema holds
/// two dashes.
fn plain(sql: &str) -> String {
    let code = sql.lines().map(|line| line.split("--").next().unwrap_or(""));
    code.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

const META: &str = "select value from meta where name = :name";

/// A remembered integer.
pub(crate) fn meta(db: &Connection, name: &str) -> Result<Option<i64>> {
    Ok(db.prepare(META)?.query_row(named_params! { ":name": name }, |row| row.get(0)).optional()?)
}

/// A remembered text.
pub(crate) fn meta_text(db: &Connection, name: &str) -> Result<Option<String>> {
    Ok(db.prepare(META)?.query_row(named_params! { ":name": name }, |row| row.get(0)).optional()?)
}

const SET_META: &str = "
insert into meta (name, value) values (:name, :value)
on conflict (name) do update set value = excluded.value where value is not excluded.value";

/// Remembers a value; writes nothing when it is known already.
pub(crate) fn set_meta(db: &Connection, name: &str, value: impl rusqlite::ToSql) -> Result<()> {
    db.prepare(SET_META)?.execute(named_params! { ":name": name, ":value": value })?;
    Ok(())
}
