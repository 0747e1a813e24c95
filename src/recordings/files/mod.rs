//! The one place of this room that touches files: where recordings lie, and
//! what is done to them there.

mod folders;

pub use folders::Folders;
