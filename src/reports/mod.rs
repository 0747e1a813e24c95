//! Floor 5: questions answered from rows: blocks, filters, periods, exports.
//!
//! Sees no SQL and no HTTP: facts and settled cells come in by value, answers
//! leave as plain values for a terminal, a file or the portal.

pub mod calls;
