//! Floor 3: what is happening now.
//!
//! [`look()`] turns the model's open calls, sessions and pauses,
//! today's closed facts and what is known of the telephones into a
//! [`Board`]. A board answers for one viewer's [`Scope`] with a
//! [`Snapshot`] or with the [`Difference`] from an earlier board. The [`Hub`]
//! keeps the newest boards for all viewers.
//!
//! Owns no state machine of calls: that is the model's, fed without the delay
//! of the reorder window. Asks no clock, reads no file, knows no browser and
//! no HTTP. Durations leave as the moments they began, so that whoever shows
//! them can tick.

pub mod board;
pub mod class;
pub mod hub;
pub mod look;
pub mod news;
pub mod office;
pub mod phones;
pub mod scope;
pub mod settings;
pub mod today;
pub mod view;

pub use board::Board;
pub use hub::{Hub, Resume};
pub use look::{Sight, look, row_id};
pub use office::{Link, LinkState, Office};
pub use phones::Phones;
pub use scope::Scope;
pub use settings::{QueueSetting, Settings, Window};
pub use today::Today;
pub use view::{AgentState, CallState, Difference, Flow, Snapshot, Source, SourceState};

#[cfg(test)]
mod tests;
