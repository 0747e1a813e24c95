//! Calls that ended lately.

use crate::base::UnixSec;

/// How a queue's conversation or wait, or a parked call, ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// The agent hung up.
    Agent,
    /// The caller did.
    Caller,
    Transfer,
    /// It was no conversation: the caller left the queue.
    Left,
}

/// One of the recent ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    pub at: UnixSec,
    pub uniqueid: Box<str>,
    pub queue: Box<str>,
    /// The member's name; empty when nobody talked.
    pub agent: Box<str>,
    pub number: Box<str>,
    pub name: Box<str>,
    /// Seconds.
    pub wait: Option<i64>,
    pub talk: Option<i64>,
    pub how: How,
    /// Path of the recording on the PBX.
    pub recording: Option<Box<str>>,
}
