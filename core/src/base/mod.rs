//! Floor 0: what every room needs and no room owns: time, local days, errors,
//! secrets, safe file writes, call ids.
//!
//! Knows no telephony beyond the shape of an Asterisk unique id; imports no
//! other room.

pub mod call_id;
pub mod digits;
pub mod error;
pub mod order;
mod secret;
pub mod setting;
pub mod time;

pub use call_id::CallId;
pub use error::{Coded, Error, Kind, Result};
pub use secret::Secret;
pub use time::{Secs, UnixMicro, UnixSec, Zone};
