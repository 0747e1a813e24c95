//! Floor 4: the SQLite file. Schema, one writer, read-only readers, settled
//! totals, retention, check, backup.
//!
//! Knows no HTTP and decides nothing about calls. Facts come in as
//! [`Batch`]es of the model's changes together with the position in the log
//! they were read from, and a batch is one transaction. They leave as the
//! model's own values, through a [`Reader`]. Other rooms with rows in the
//! file run their statements by [`Store::read`] and [`Store::write`].

mod apply;
mod backup;
mod batch;
mod check;
mod commit;
mod connection;
mod day_cells;
mod dictionaries;
mod error;
mod facts;
#[cfg(debug_assertions)]
mod fault;
mod handle;
mod interval_insert;
mod interval_row;
mod journal;
mod journal_pages;
mod load;
mod lock;
mod longer_cells;
mod number_days;
mod number_pattern;
mod numbers;
mod packed_id;
mod reader;
mod recent;
mod recent_intervals;
mod retention;
mod rice;
mod schema;
mod seen;
mod settings;
mod settle;
mod stint_insert;
mod stint_lists;
mod stint_row;
#[cfg(test)]
mod tests;
mod together;
mod touched;
mod varint;
mod wanted;

pub use backup::{BACKUPS, Manifest};
pub use batch::{Batch, ODD_LINES, OddKind, OddLine, Position};
pub use check::{Finding, Findings};
pub use handle::{DATABASE, Store};
pub use load::{Loaded, Repaired};
pub use number_pattern::NumberPattern;
pub use reader::{Order, Reader, Sizes, StintFilter, StintPart, Wanted};
pub use schema::{SCHEMA, VERSION};
pub use seen::Seen;
pub use settings::{Settings, Synchronous};
