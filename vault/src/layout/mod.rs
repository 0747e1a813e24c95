//! From a call to the names its recordings may have.
//!
//! A [`Pattern`] says where recordings lie (`file:/mnt/%YY-%MM`); [`Pattern::places`]
//! says in which folders, or under which names, those of one [`Call`] are;
//! [`Name`] reads a file's name; [`Id`] tells whether that name speaks of the
//! call; [`order`] joins legs and puts what was found in order.
//!
//! Nothing here opens a folder: `recordings::files::walk` of the crate above
//! does, with what this room says.

mod call;
pub mod fuzz;
mod id;
mod moment;
mod name;
mod order;
mod pattern;
mod preset;

pub use call::Call;
pub use id::{Confidence, Id};
pub use moment::{Moment, moments, written_time};
pub use name::{EXTENSIONS, LOCKS, Leg, Name};
pub use order::{Found, Shape, order};
pub use pattern::{Fault, Pattern, Place, Step};
pub use preset::{PRESETS, Preset};
