//! The one place of this room that touches files: where recordings lie, and
//! what is done to them there.

pub mod beneath;
pub mod filter;
mod folders;
pub mod keys;
pub mod manifests;
mod priority;
pub mod rewrap;
pub mod seal;
mod space;
pub mod spool;
pub mod tombstones;
pub mod walk;

pub use folders::Folders;
pub use priority::lowest_priority;
pub use space::{Space, space};
