//! What the manager interface tells of telephones: the door for AMI.
//!
//! The log does not say that a telephone rings or is busy with something
//! else. Where nobody tells, this is empty, and then nobody rings and every
//! telephone counts as free.

use rustc_hash::FxHashMap;

use crate::base::{CallId, UnixSec};
use crate::live::class::Device;
use crate::model::AgentId;

/// Rings and devices at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Phones {
    pub rings: Vec<Ring>,
    /// Telephones that are not simply free, since when.
    pub devices: FxHashMap<AgentId, (Device, UnixSec)>,
}

/// A member whose telephone rings for a queue call (AgentCalled without its
/// answer, or device state 6 or 7).
#[derive(Clone, Debug, PartialEq)]
pub struct Ring {
    pub agent: AgentId,
    /// The caller, where known.
    pub call: Option<CallId>,
    pub since: UnixSec,
}
