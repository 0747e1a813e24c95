//! Actions that wait for their answers.

use std::time::Duration;

use crate::input::ami::action::Action;

/// The lists of a snapshot, in the order in which they are asked for.
/// CoreShowChannels names each channel's bridge, so BridgeInfo is not needed.
pub(super) const SNAPSHOT: &[(&str, &Action)] = &[
    ("CoreShowChannels", &Action::CoreShowChannels),
    ("BridgeList", &Action::BridgeList),
    ("QueueStatus", &Action::QueueStatus),
    ("Parkinglots", &Action::Parkinglots),
    ("ParkedCalls", &Action::ParkedCalls),
    ("DeviceStateList", &Action::DeviceStateList),
    ("ExtensionStateList", &Action::ExtensionStateList),
    ("PJSIPShowContacts", &Action::PjsipShowContacts),
];

#[derive(Debug)]
pub(super) struct Pending {
    /// When it counts as unanswered, on the clock that never runs backwards.
    pub until: Duration,
    pub purpose: Purpose,
}

#[derive(Debug)]
pub(super) enum Purpose {
    Challenge,
    Login,
    Settings,
    Status,
    Filter {
        event: String,
        advanced: bool,
    },
    /// A list of the snapshot.
    List(&'static str),
    Ping {
        sent: Duration,
    },
    /// Someone above asked. `originate`: how long the telephone rings, in ms;
    /// its outcome is an event of its own.
    Ours {
        ticket: u64,
        originate: Option<u32>,
    },
}

impl Pending {
    pub fn ticket(self) -> Option<u64> {
        match self.purpose {
            Purpose::Ours { ticket, .. } => Some(ticket),
            _ => None,
        }
    }
}
