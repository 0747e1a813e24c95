//! What SQLite says, in our kinds.

use rusqlite::ErrorCode;

use crate::base::{Error, Kind};

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        let (kind, message) = match &error {
            rusqlite::Error::QueryReturnedNoRows => (Kind::NotFound, "no such row"),
            rusqlite::Error::SqliteFailure(failure, _) => said(failure.code),
            // A column with a type or a range that the schema rules out.
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::Utf8Error(..) => {
                (Kind::Damaged, "the database holds a value that makes no sense")
            }
            _ => (Kind::Internal, "the database refused a statement"),
        };
        Error::caused(kind, message, error)
    }
}

fn said(code: ErrorCode) -> (Kind, &'static str) {
    match code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
            (Kind::Busy, "the database is in use by somebody else; try again")
        }
        // Our time limit per statement interrupts; nothing is wrong with the
        // database.
        ErrorCode::OperationInterrupted => {
            (Kind::Busy, "the question took too long; ask for a shorter period")
        }
        ErrorCode::DiskFull => (Kind::Exhausted, "the disk is full; make room"),
        ErrorCode::OutOfMemory | ErrorCode::TooBig => {
            (Kind::Exhausted, "the database ran out of memory")
        }
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => {
            (Kind::Damaged, "the database file is damaged")
        }
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen => (
            Kind::Denied,
            "the database can't be opened or written; look at the rights of its folder",
        ),
        ErrorCode::SystemIoFailure => (Kind::Unavailable, "the disk refused to read or write"),
        ErrorCode::ConstraintViolation => {
            (Kind::Conflict, "the database refused a row that breaks its rules")
        }
        _ => (Kind::Internal, "the database refused a statement"),
    }
}

/// A stored value that is not what the schema promises.
pub(crate) fn damaged(what: &str) -> Error {
    Error::new(Kind::Damaged, format!("the database holds a {what} that makes no sense; run check"))
}
