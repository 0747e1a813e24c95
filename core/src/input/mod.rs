//! Floor 2: the street door. What other programs write becomes events.
//!
//! `queue_log` reads the file Asterisk's queues write. Decides nothing about
//! calls and keeps nothing: it hands on `event` values, raw lines and read
//! positions.

pub mod ami;
pub mod queue_log;
