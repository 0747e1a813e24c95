//! What is told a second time: by AMI and by the log, or by the tracker and by
//! the log it writes to. The first telling counts.

use std::time::Instant;

use crate::base::time;
use crate::daemon::follow::{Desk, Tracked, Work, lock};
use crate::input::queue_log::{self, Parsed};
use crate::model::StatePut;
use crate::store::{Batch, Position};
use crate::twins::{self, Side};

impl Desk {
    /// What waits for its twin is stored with what was told.
    pub(super) fn keep_tellings(&mut self, batch: &mut Batch) {
        let Some(pairing) = &mut self.work.pairing else { return };
        let parts = pairing.take_parts().into_iter();
        batch.state.extend(parts.map(|(key, value)| StatePut { key, value }));
    }

    /// Whether it is a line of the tracker, whose record was taken in before.
    pub(super) fn comes_back(&mut self, bytes: &[u8], behind: Position) -> bool {
        let Work { echoes: Some(echoes), intake, .. } = &mut self.work else { return false };
        if !lock(echoes).takes(bytes, time::now().saturating_mul(1_000_000)) {
            return false;
        }
        if let Parsed::Event(event) = queue_log::parse(bytes, intake.options()) {
            intake.pass(event.time, behind);
            self.dirty_since.get_or_insert_with(Instant::now);
        }
        true
    }

    /// Whether AMI has told this record of the log before; then only the
    /// position goes on.
    pub(super) fn was_told(&mut self, bytes: &[u8], behind: Position) -> bool {
        let Work { pairing: Some(pairing), intake, .. } = &mut self.work else { return false };
        let Parsed::Event(event) = queue_log::parse(bytes, intake.options()) else { return false };
        pairing.log_told(&event);
        if !pairing.is_second(&event, Side::Log) {
            return false;
        }
        intake.pass(event.time, behind);
        self.dirty_since.get_or_insert_with(Instant::now);
        true
    }

    /// What AMI tells of the queues, as far as the log has not told it.
    pub(super) fn take_told(&mut self, lines: Vec<twins::Line>) {
        let mut fresh = Tracked::default();
        let Work { pairing: Some(pairing), intake, .. } = &mut self.work else { return };
        for line in lines {
            let parsed = queue_log::parse(line.text.as_bytes(), intake.options());
            let Parsed::Event(event) = parsed else { continue };
            // The log will say how it ended, or has.
            if line.guessed && pairing.log_knows(&event.call_id) {
                continue;
            }
            if !pairing.is_second(&event, Side::Ami) {
                fresh.lines.push(line.text);
            }
        }
        if !fresh.lines.is_empty() {
            self.take_tracked(&fresh);
        }
    }
}
