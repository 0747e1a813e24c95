//! Floor 7: the program that runs: configuration, the pipeline from the log
//! to the store, jobs, start and stop.
//!
//! Holds no rules of telephony: it hands values from room to room.

pub mod ami;
pub mod audiovault;
mod box_office;
pub mod config;
pub mod demo;
mod duplicates;
mod follow;
pub mod import;
pub mod intake;
mod jobs;
pub mod recordings;
pub mod replay;
pub mod run;
mod telling;
pub mod track;
pub mod tracking;
mod watcher;

pub use demo::Demo;
pub use import::{Imported, import};
pub use run::{Started, run};
