//! What recordings are made of: sealed files ([`age`]), their sound
//! ([`audio`]) and the names that lead from a call to its files ([`layout`]).
//!
//! Everything here reads and writes bytes through [`bytes::ReadAt`] and
//! `std::io`; nothing opens a file, asks a clock or knows a database. The room
//! `recordings` of the crate above does.
#![forbid(unsafe_code)]
// What comes from outside never panics and rooms never print: messages are values.
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

pub mod age;
pub mod audio;
pub mod bytes;
pub mod layout;
pub mod signature;
