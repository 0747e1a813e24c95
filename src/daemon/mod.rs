//! Floor 7: the program that runs: configuration, the pipeline from the log
//! to the store, jobs, start and stop.
//!
//! Holds no rules of telephony: it hands values from room to room.

pub mod config;
