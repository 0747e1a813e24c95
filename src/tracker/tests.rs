//! The machines on scripts of events: one line per event, key fields only.

mod dialplan;
mod examples;
mod laws;
mod outbound;
mod recovery;
mod rings;
mod script;
mod sequences;
