//! The one place of this room that touches files: where recordings lie, and
//! what is done to them there.

pub mod beneath;
pub mod filter;
mod folders;
pub mod keys;
pub mod rewrap;
pub mod seal;
pub mod walk;

pub use folders::Folders;
