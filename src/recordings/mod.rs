//! Floor 5: recordings of calls: which there are, which call they belong to,
//! where they lie sealed, who may hear them and how long they stay.
//!
//! Rows lie in the store's file, behind `sql`; files are touched in
//! `files/` only. Knows no HTTP. All methods block.

pub mod links;
