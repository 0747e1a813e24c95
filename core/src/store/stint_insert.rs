//! Writing the rows of stints.

use std::sync::LazyLock;

use rusqlite::{CachedStatement, Connection, ErrorCode};

use crate::base::Result;
use crate::model::Stint;
use crate::store::stint_row::{self, call_cell, number_cell};
use crate::store::together::{TOGETHER, together};

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
            place => place.insert(self.db.prepare_cached(&INSERT_STINTS)?),
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
    let place = row * COLUMNS;
    // Each by its own type: the compiler then sees through the conversion.
    statement.raw_bind_parameter(place + 1, id)?;
    statement.raw_bind_parameter(place + 2, stint.queue)?;
    statement.raw_bind_parameter(place + 3, stint.agent)?;
    statement.raw_bind_parameter(place + 4, stint_row::flags(stint))?;
    statement.raw_bind_parameter(place + 5, stint.wait)?;
    statement.raw_bind_parameter(place + 6, stint.talk)?;
    statement.raw_bind_parameter(place + 7, number_cell(&stint.number))?;
    statement.raw_bind_parameter(place + 8, call_cell(&stint.call_id, stint.enter, text))?;
    statement.raw_bind_parameter(place + 9, rest.as_slice())?;
    Ok(())
}

/// Columns of [`INSERT_STINT`].
const COLUMNS: usize = 9;

static INSERT_STINTS: LazyLock<String> = LazyLock::new(|| together(INSERT_STINT, COLUMNS));

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
