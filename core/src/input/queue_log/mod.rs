//! queue_log: the line grammar of every Asterisk version, and the file.
//!
//! Pure parts: [`line`] (bytes of one line → event, unknown verb or
//! complaint), [`lines`] (chunks → lines), [`reorder`] (late lines
//! before the ones they belong before), [`hash`] (identity of a record),
//! [`print`] (event → canonical line). [`tailing`] (which file comes next).
//! Edges: [`follow`] with `opened` and `watch` (the living file), [`archive`]
//! (files to import). Never
//! decides what a record means for a call.

pub mod archive;
mod channel;
mod complaint;
pub mod follow;
pub mod fuzz;
pub mod hash;
mod info;
pub mod line;
pub mod lines;
mod opened;
mod params;
pub mod print;
pub mod reorder;
mod scan;
pub mod tailing;
mod verbs;
mod watch;

pub use complaint::{Complaint, Reason};
pub use follow::{Follower, Waker};
pub use hash::record_hash;
pub use line::{Cuts, Options, Parsed, UnknownVerb, find_cuts, parse, parse_cut};
pub use reorder::Reorder;
pub use tailing::{Position, State, Status};

/// The longest line taken, its newline not counted. Asterisk builds lines in
/// 8 KiB (`main/logger.c`); twice that leaves room for other writers.
pub const LONGEST_LINE: usize = 16 * 1024;
