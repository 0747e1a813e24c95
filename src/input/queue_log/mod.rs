//! queue_log: the line grammar of every Asterisk version, and the file.
//!
//! Pure parts: [`line`] (bytes of one line → event, unknown verb or
//! complaint), [`lines`] (chunks → lines), [`reorder`] (late lines
//! before the ones they belong before), [`hash`] (identity of a record),
//! [`print`] (event → canonical line). Never decides what a record means for
//! a call.

mod channel;
mod complaint;
pub mod hash;
mod info;
pub mod line;
pub mod lines;
mod params;
pub mod print;
pub mod reorder;
mod scan;
mod verbs;

pub use complaint::{Complaint, Reason};
pub use hash::record_hash;
pub use line::{Head, Options, Parsed, UnknownVerb, head, parse};
pub use reorder::Reorder;

/// The longest line taken, its newline not counted. Asterisk builds lines in
/// 8 KiB (`main/logger.c`); twice that leaves room for other writers.
pub const LONGEST_LINE: usize = 16 * 1024;
