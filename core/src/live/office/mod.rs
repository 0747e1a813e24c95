//! The whole office at one moment, as the manager interface tells it: queues
//! with members and waiting calls, telephones, channels and bridges folded
//! into calls, parking lots, recent ends.
//!
//! [`Office::apply`] takes one event, [`Office::begin_snapshot`],
//! [`Office::item`] and [`Office::end_snapshot`] a full list; both lead to the
//! same state, so a reconnect is the path of a first connect. What a list does
//! not name any more is removed at its end.
//!
//! Pure: time comes with the events. Every collection has a limit and drops
//! what is beyond it (counted in [`Office::dropped`]). Writes nothing, decides
//! nothing about history: that is the model's.

mod book;
mod channels;
mod ended;
mod fold;
mod link;
mod parking;
mod phones;
mod queues;
mod sight;
mod talk;

pub use book::{Book, Entry, endpoint};
pub use channels::{Channels, Leg, RECORDER, recorded_by};
pub use ended::{Ended, How};
pub use link::{Link, LinkState};
pub use parking::Parked;
pub use phones::{Contact, Device, Extension, Telephones};
pub use queues::{Queue, Queues, Ring, Seat, Service, Waiting};
pub use talk::{Call, CallState, Party, Way};

use std::collections::VecDeque;

use crate::base::{UnixMicro, UnixSec};

/// Longest text kept of any field, in bytes.
const LONGEST: usize = 200;

/// Which lists a snapshot read to their end. What belongs to a list that was
/// refused (a missing right) stays as the events left it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lists {
    /// QueueStatus.
    pub queues: bool,
    /// CoreShowChannels.
    pub channels: bool,
    /// ParkedCalls.
    pub parking: bool,
    /// DeviceStateList.
    pub devices: bool,
    /// ExtensionStateList.
    pub extensions: bool,
    /// PJSIPShowContacts.
    pub contacts: bool,
}

impl Lists {
    pub const ALL: Lists = Lists {
        queues: true,
        channels: true,
        parking: true,
        devices: true,
        extensions: true,
        contacts: true,
    };
    pub const NONE: Lists = Lists {
        queues: false,
        channels: false,
        parking: false,
        devices: false,
        extensions: false,
        contacts: false,
    };
}

/// Everything that is known of now.
#[derive(Clone, Debug, Default)]
pub struct Office {
    pub book: Book,
    pub queues: Queues,
    pub phones: Telephones,
    pub channels: Channels,
    parked: Vec<Parked>,
    ended: VecDeque<Ended>,
    /// Number of the newest snapshot; everything seen since its begin carries
    /// it.
    generation: u32,
    sweeping: bool,
    /// When the PBX started, as far as it said.
    booted: Option<UnixSec>,
    /// Grows with each event that may have changed something.
    version: u64,
    dropped: u64,
}

impl Office {
    /// An empty office that knows the telephones of the configuration.
    pub fn new(entries: impl IntoIterator<Item = Entry>) -> Self {
        Office { book: Book::new(entries), ..Office::default() }
    }

    /// Grows with each event that may have changed something.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// What was left out because a limit was reached.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Whether a snapshot is under way.
    pub fn is_resyncing(&self) -> bool {
        self.sweeping
    }

    /// Calls that are parked, by lot and space.
    pub fn parked(&self) -> &[Parked] {
        &self.parked
    }

    /// Calls that ended lately, newest last.
    pub fn ended(&self) -> impl Iterator<Item = &Ended> {
        self.ended.iter()
    }

    /// Whether nothing is going on: no channel, no waiting call, no ring, no
    /// parked call.
    pub fn is_quiet(&self) -> bool {
        self.channels.is_empty()
            && self.parked.is_empty()
            && self.queues.rings().next().is_none()
            && self.queues.iter().all(|queue| queue.waiting.is_empty())
    }
}

/// Whole seconds of a moment.
fn secs(at: UnixMicro) -> UnixSec {
    at.div_euclid(1_000_000)
}

/// A field worth keeping, cut to [`LONGEST`] at a character's end.
fn own(text: &str) -> Box<str> {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().into()
}

#[cfg(test)]
mod tests;
