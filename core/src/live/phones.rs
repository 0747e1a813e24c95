//! What the manager interface tells the board: telephones, members, places.
//!
//! The log does not say that a telephone rings or is busy with something
//! else, nor who was a member before it began. Where nobody tells, this is
//! empty: then nobody rings, every telephone counts as free, and members are
//! those of the log.

use rustc_hash::FxHashMap;

use crate::base::{CallId, UnixSec};
use crate::event::manager::DeviceState;
use crate::live::class::Device;

/// What AMI adds at one moment. Agents are named as in the queues.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Phones {
    pub rings: Vec<Ring>,
    /// By agent.
    pub devices: FxHashMap<Box<str>, Phone>,
    /// Who is a member of what; `None` while AMI does not tell, and then the
    /// log's word counts.
    pub seats: Option<Vec<Seat>>,
    /// Agents by what the log may call them instead: the interface, or the
    /// device, where it is one agent's only.
    pub aliases: FxHashMap<Box<str>, Box<str>>,
    /// Places of the callers who wait.
    pub places: FxHashMap<CallId, Place>,
}

/// A member whose telephone rings (AgentCalled without its answer, or device
/// state 6 or 7).
#[derive(Clone, Debug, PartialEq)]
pub struct Ring {
    pub agent: Box<str>,
    /// The caller's call in a queue; `None` when it rings for something else.
    pub call: Option<CallId>,
    pub since: UnixSec,
}

/// An agent's telephone.
#[derive(Clone, Debug, PartialEq)]
pub struct Phone {
    /// `PJSIP/201`.
    pub device: Box<str>,
    pub extension: Option<Box<str>>,
    pub state: DeviceState,
    pub since: UnixSec,
}

impl Phone {
    /// Whether it hinders its agent, and how.
    pub fn hinders(&self) -> Option<Device> {
        match self.state {
            DeviceState::InUse
            | DeviceState::Busy
            | DeviceState::OnHold
            | DeviceState::RingInUse => Some(Device::InUse),
            DeviceState::Invalid | DeviceState::Unavailable => Some(Device::Unavailable),
            DeviceState::Unknown | DeviceState::NotInUse | DeviceState::Ringing => None,
        }
    }

    pub fn rings(&self) -> bool {
        matches!(self.state, DeviceState::Ringing | DeviceState::RingInUse)
    }
}

/// A member's place in a queue.
#[derive(Clone, Debug, PartialEq)]
pub struct Seat {
    pub agent: Box<str>,
    pub queue: Box<str>,
    pub interface: Box<str>,
    /// Whether a program added it and may remove it.
    pub dynamic: bool,
    pub penalty: i64,
    pub calls_taken: u32,
    pub logged_on: Option<UnixSec>,
    pub paused_since: Option<UnixSec>,
    pub pause_reason: Box<str>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// From 1.
    pub position: u32,
    pub number: Box<str>,
    pub name: Box<str>,
    pub priority: Option<i64>,
}
