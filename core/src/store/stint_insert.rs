//! Writing the rows of stints.

use rusqlite::{CachedStatement, Connection, ErrorCode, ToSql};

use crate::base::Result;
use crate::model::Stint;
use crate::store::stint_row::{self, call_cell, number_cell};

/// Stints that are written by one statement.
pub(crate) const TOGETHER: usize = 16;

const INSERT_STINT: &str = "
insert into stint (id, queue, agent, flags, wait, talk, number, call, rest)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

/// The statements that write stints, prepared when first used, and places to
/// work in.
pub(crate) struct StintInsert<'c> {
    db: &'c Connection,
    one: Option<CachedStatement<'c>>,
    together: Option<CachedStatement<'c>>,
    rest: Vec<u8>,
    text: String,
}

impl<'c> StintInsert<'c> {
    pub(crate) fn new(db: &'c Connection) -> Self {
        StintInsert { db, one: None, together: None, rest: Vec::new(), text: String::new() }
    }

    /// Whether the row could be put there; `false` when the id is in use.
    pub(crate) fn put(&mut self, stint: &Stint, id: i64) -> Result<bool> {
        let statement = match &mut self.one {
            Some(statement) => statement,
            place => place.insert(self.db.prepare_cached(INSERT_STINT)?),
        };
        bind(statement, 0, stint, id, &mut self.rest, &mut self.text)?;
        taken(statement.raw_execute())
    }

    /// Writes some by one statement, which costs half of what it costs one by
    /// one; `false` when an id was in use and none was written.
    pub(crate) fn put_together(&mut self, rows: &[(&Stint, i64); TOGETHER]) -> Result<bool> {
        let statement = match &mut self.together {
            Some(statement) => statement,
            place => place.insert(self.db.prepare_cached(&insert_together())?),
        };
        for (row, (stint, id)) in rows.iter().enumerate() {
            bind(statement, row, stint, *id, &mut self.rest, &mut self.text)?;
        }
        taken(statement.raw_execute())
    }
}

/// Binds the columns of a stint as a statement's row of this number.
fn bind(
    statement: &mut CachedStatement<'_>,
    row: usize,
    stint: &Stint,
    id: i64,
    rest: &mut Vec<u8>,
    text: &mut String,
) -> Result<()> {
    stint_row::pack(stint, id, rest);
    let mut place = row * COLUMNS;
    let mut one = |value: &dyn ToSql| {
        place += 1;
        statement.raw_bind_parameter(place, value)
    };
    one(&id)?;
    one(&stint.queue)?;
    one(&stint.agent)?;
    one(&stint_row::flags(stint))?;
    one(&stint.wait)?;
    one(&stint.talk)?;
    one(&number_cell(&stint.number))?;
    one(&call_cell(&stint.call_id, stint.enter, text))?;
    one(rest)?;
    Ok(())
}

/// Columns of [`INSERT_STINT`].
const COLUMNS: usize = 9;

/// [`INSERT_STINT`] for [`TOGETHER`] rows.
fn insert_together() -> String {
    let head = INSERT_STINT.split_once("values").map_or(INSERT_STINT, |(head, _)| head);
    let rows: Vec<String> = (0..TOGETHER)
        .map(|row| {
            let places = (1..=COLUMNS).map(|column| format!("?{}", row * COLUMNS + column));
            format!("({})", places.collect::<Vec<_>>().join(", "))
        })
        .collect();
    format!("{head}values {}", rows.join(", "))
}

/// Whether an insert took its row; `false` when the id is in use.
pub(crate) fn taken(done: rusqlite::Result<usize>) -> Result<bool> {
    match done {
        Ok(_) => Ok(true),
        Err(rusqlite::Error::SqliteFailure(failure, _))
            if failure.code == ErrorCode::ConstraintViolation
                && [
                    rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY,
                    rusqlite::ffi::SQLITE_CONSTRAINT_ROWID,
                ]
                .contains(&failure.extended_code) =>
        {
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}
