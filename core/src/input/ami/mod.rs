//! AMI, Asterisk's manager interface: from bytes to events, from actions to
//! bytes.
//!
//! Pure parts: [`frame`] (bytes → blocks), [`message`] (block → event or
//! answer), [`capture`] (a stream with its times). Edges: [`capture_file`] and
//! [`recorder`] (captures in files). Knows every version of Asterisk from 16 to 22, so that nobody
//! behind it asks for one. Keeps no state of calls.

mod build;
pub mod capture;
pub mod capture_file;
mod fields;
pub mod frame;
pub mod fuzz;
pub mod message;
mod names;
mod parts;
pub mod recorder;

pub use fields::Fields;
pub use frame::{Buffer, Frame};
pub use message::{ListEnd, Message, Notice, Outcome, Response, parse};

/// The longest block taken, its blank line counted. The largest that Asterisk
/// sends is the answer to ListCommands, about 8 KiB.
pub const LONGEST_BLOCK: usize = 64 * 1024;
