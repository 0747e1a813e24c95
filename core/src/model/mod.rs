//! Floor 3: queue events become calls, attempts, holds, sessions and pauses,
//! and those become interval totals.
//!
//! Asks no clock and sees no SQL: time comes with the records and with
//! ticks. Data comes from `input` as [`crate::event`] values and leaves as
//! [`Change`]s for the store.

pub mod change;
pub mod fact;
pub mod fold;
pub mod names;
pub mod open;
pub mod settings;
pub mod totals;

mod agent;
mod agent_part;
mod annotation;
mod calls;
mod clock;
mod closing;
mod codec;
mod direct;
mod expiry;
mod hotdesk;
mod menu;
mod pack;
mod pause;
mod repair;
mod restart;
mod session;
mod state;
mod stint;
mod timers;
mod told_twice;

pub use change::{Change, Ignored, IvrCall, NameKind};
pub use fact::*;
pub use fold::{AlreadyClosed, Fold, Recent, StatePut};
pub use names::Names;
pub use open::{Binding, LastCall, Open, OpenIvr, OpenStint, StintState};
pub use settings::{PauseScope, RingSource, Settings};
