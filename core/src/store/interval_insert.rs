//! Writing the rows of intervals: a row's number within the second of its
//! start, and pauses, which come in thousands, some at a time.

use std::sync::LazyLock;

use rusqlite::{CachedStatement, Connection, named_params};

use crate::base::{Result, UnixSec};
use crate::model::Pause;
use crate::store::interval_row;
use crate::store::numbers::Numbers;
use crate::store::together::together;

pub(crate) const INSERT_PAUSE: &str = "
insert into pause (id, agent, queue, secs, code, cause, quality)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

/// Columns of [`INSERT_PAUSE`].
const PAUSE_COLUMNS: usize = 7;

pub(crate) static INSERT_PAUSES: LazyLock<String> =
    LazyLock::new(|| together(INSERT_PAUSE, PAUSE_COLUMNS));

/// Binds a pause as a statement's row of this number.
pub(crate) fn bind_pause(
    statement: &mut CachedStatement<'_>,
    row: usize,
    id: i64,
    pause: &Pause,
) -> Result<()> {
    let place = row * PAUSE_COLUMNS;
    let secs = interval_row::length(pause.start, pause.end);
    statement.raw_bind_parameter(place + 1, id)?;
    statement.raw_bind_parameter(place + 2, pause.agent)?;
    statement.raw_bind_parameter(place + 3, pause.queue)?;
    statement.raw_bind_parameter(place + 4, secs)?;
    statement.raw_bind_parameter(place + 5, pause.code)?;
    statement.raw_bind_parameter(place + 6, pause.cause as u8)?;
    statement.raw_bind_parameter(place + 7, pause.quality.0)?;
    Ok(())
}

/// The number behind the last one in use from `first` on; `None` when all are.
pub(crate) fn next_free(db: &Connection, sql: &str, first: i64, bits: u32) -> Result<Option<i64>> {
    let last = first + (1 << bits) - 1;
    let used: Option<i64> = db
        .prepare_cached(sql)?
        .query_row(named_params! { ":first": first, ":last": last }, |row| row.get(0))?;
    Ok(match used {
        None => Some(0),
        Some(used) if used < last => Some(used - first + 1),
        Some(_) => None,
    })
}

/// Puts an interval at the first free number of its second. Should 65 536
/// begin in one second, the next ones are taken as begun a second later.
/// Returns the row's id.
pub(crate) fn put_interval(
    db: &Connection,
    numbers: &mut Numbers,
    start: UnixSec,
    last_sql: &str,
    mut put: impl FnMut(i64) -> Result<bool>,
) -> Result<i64> {
    let mut first = interval_row::first_id(start);
    let n = numbers.give(start);
    if n < 1 << interval_row::ID_BITS && put(first + i64::from(n))? {
        return Ok(first + i64::from(n));
    }
    loop {
        if let Some(n) = next_free(db, last_sql, first, interval_row::ID_BITS)?
            && put(first + n)?
        {
            numbers.set(start, u32::try_from(n + 1).unwrap_or(u32::MAX));
            return Ok(first + n);
        }
        first += 1 << interval_row::ID_BITS;
    }
}
