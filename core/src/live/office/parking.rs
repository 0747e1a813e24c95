//! Parked calls.

use crate::base::UnixSec;

/// One parked call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parked {
    pub lot: Box<str>,
    pub space: Box<str>,
    pub uniqueid: Box<str>,
    pub channel: Box<str>,
    pub number: Box<str>,
    pub name: Box<str>,
    /// Dial string of the one who parked.
    pub parker: Box<str>,
    pub since: UnixSec,
    /// When it comes back.
    pub until: Option<UnixSec>,
    pub(super) seen: u32,
}

/// Parked calls kept.
pub(super) const MOST: usize = 1000;
