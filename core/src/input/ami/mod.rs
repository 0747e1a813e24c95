//! AMI, Asterisk's manager interface: from bytes to events, from actions to
//! bytes.
//!
//! Pure parts: [`frame`] (bytes → blocks), [`message`] (block → event or
//! answer), [`action`] (action → bytes), [`session`] (login, snapshot, answers,
//! liveness), [`capture`] (a stream with its times), [`trust`] (how to connect). Edges: [`client`] (the
//! connection), [`probe`] (tries one), [`capture_file`],
//! [`recorder`] and [`tee`] (captures in files). Knows every version of Asterisk from 16 to 22, so
//! that nobody behind it asks for one. Keeps no state of calls.

pub mod action;
mod build;
pub mod capture;
pub mod capture_file;
pub mod client;
mod down;
mod fields;
pub mod frame;
pub mod fuzz;
mod lines;
mod md5;
pub mod message;
mod names;
mod parts;
mod pending;
pub mod probe;
pub mod recorder;
pub mod session;
pub mod target;
pub mod tee;
#[cfg(feature = "tls")]
pub mod tls;
pub mod trust;

pub use action::Action;
pub use client::{Client, Handle};
pub use down::Down;
pub use fields::Fields;
pub use frame::{Buffer, Frame};
pub use message::{ListEnd, Message, Notice, Outcome, Response, parse};
pub use session::{Answer, Login, Moment, Out, Session};
pub use trust::{Fingerprint, Trust, dialler};

/// The longest block taken, its blank line counted. The largest that Asterisk
/// sends is the answer to ListCommands, about 8 KiB.
pub const LONGEST_BLOCK: usize = 64 * 1024;
