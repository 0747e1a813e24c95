//! The machines on scripts of events: one line per event, key fields only.

mod examples;
mod laws;
mod outbound;
mod script;
mod sequences;
