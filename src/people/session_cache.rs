//! Who was seen a moment ago, so that a page of ten requests asks the
//! database once.

use std::collections::HashMap;

use crate::base::{Secs, UnixSec};
use crate::people::session::Viewer;

/// How long an answer is trusted. Changes made by this process clear the
/// cache at once; this is how long one made by the command line beside it
/// may take to show.
const TRUSTED: Secs = 2;
/// Viewers kept.
const ENTRIES: usize = 128;

/// Viewers by the hash of their token.
#[derive(Debug, Default)]
pub struct SessionCache {
    viewers: HashMap<[u8; 32], (Viewer, UnixSec)>,
}

impl SessionCache {
    /// The viewer of a hashed token, if seen within the last two seconds.
    pub fn find(&self, id_hash: &[u8; 32], now: UnixSec) -> Option<&Viewer> {
        let (viewer, seen) = self.viewers.get(id_hash)?;
        (*seen..*seen + TRUSTED).contains(&now).then_some(viewer)
    }

    pub fn remember(&mut self, viewer: Viewer, now: UnixSec) {
        if self.viewers.len() >= ENTRIES {
            self.viewers.retain(|_, (_, seen)| (*seen..*seen + TRUSTED).contains(&now));
        }
        if self.viewers.len() < ENTRIES {
            self.viewers.insert(viewer.session.id_hash, (viewer, now));
        }
    }

    pub fn clear(&mut self) {
        self.viewers.clear();
    }
}
