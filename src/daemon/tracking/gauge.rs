//! What the tracker tells about itself, for the health page.

use std::sync::{Arc, Mutex, PoisonError};

use crate::portal::wire::system::TrackerHealth;

/// The newest figures: written by the tracker, read by the portal.
#[derive(Clone, Debug, Default)]
pub struct Gauge(Arc<Mutex<Option<TrackerHealth>>>);

impl Gauge {
    pub fn set(&self, health: TrackerHealth) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(health);
    }

    /// `None` before the tracker runs.
    pub fn get(&self) -> Option<TrackerHealth> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
