//! The lower floors of Switchroom: what reads, understands and keeps.
//!
//! | floor | rooms |
//! |---|---|
//! | 0 | [`base`] |
//! | 1 | [`event`] |
//! | 2 | [`input`] |
//! | 3 | [`model`], [`live`], [`twins`]; `tracker` is with the upper floors |
//! | 4 | [`store`] |
//!
//! A room imports only rooms below it; `tests/layers.rs` of the whole holds
//! the table. Knows no HTTP and no command line.
#![forbid(unsafe_code)]
// What comes from outside never panics and rooms never print: messages are values, and `cli` shows them.
#![cfg_attr(
    not(test),
    warn(
        clippy::unwrap_used,
        clippy::panic,
        clippy::exit,
        clippy::print_stdout,
        clippy::print_stderr
    )
)]

pub mod base;
pub mod event;
pub mod input;
pub mod live;
pub mod model;
pub mod store;
pub mod twins;
