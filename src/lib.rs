//! Switchroom: what an Asterisk PBX writes becomes calls, figures and a portal.
//!
//! The rooms, lowest floor first; a room imports only rooms below it, and
//! `tests/layers.rs` holds the table that says so:
//!
//! | floor | rooms |
//! |---|---|
//! | 0 | [`base`] |
//! | 1 | [`event`] |
//! | 2 | [`input`] |
//! | 3 | [`model`], [`live`], [`tracker`], [`twins`] |
//! | 4 | [`store`] |
//! | 5 | [`reports`], [`people`], [`actions`], [`recordings`], [`media`] |
//! | 6 | [`portal`], [`audiovault`] |
//! | 7 | [`daemon`] |
//! | 8 | [`cli`] |
//!
//! Floors 0 to 4 are the crate `switchroom-core` in the folder `core/`, compiled
//! for speed because an import runs through it. Of floor 3 [`tracker`] is here: it
//! looks at some events a second and is compiled with the rest, for size. Both
//! crates say `crate::room`. What recordings are made of ([`age`], [`audio`],
//! [`layout`]) is the crate `switchroom-vault` in `vault/`: pure, and compiled for
//! speed too.
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

pub use switchroom_core::{base, event, input, live, model, settings, store, twins};
pub use switchroom_vault::{age, audio, bytes, layout, signature};

pub mod actions;
pub mod audiovault;
pub mod cli;
pub mod daemon;
pub mod media;
pub mod people;
pub mod portal;
pub mod recordings;
pub mod reports;
pub mod tracker;
