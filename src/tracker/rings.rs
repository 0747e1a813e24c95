//! Telephones that rang in vain on a call of ours: the members of a ring
//! group an agent dialled, and the parker a parked call comes back to. What
//! Asterisk writes for members of its queues (RINGNOANSWER, milliseconds).

use crate::event::manager::DialStatus;
use crate::tracker::calls::Call;
use crate::tracker::channels::ChanId;
use crate::tracker::record::{field, key};
use crate::tracker::{Record, Tracker, Word};

/// What tells attempts of one call apart from its other records.
struct Of {
    call_id: String,
    queue: String,
    era: i64,
}

impl Tracker {
    /// A dial of an outbound call ended without an answer.
    pub(in crate::tracker) fn rang_in_vain(&mut self, call: &Call, dest: ChanId) {
        if call.talks() || call.queue.is_empty() {
            return;
        }
        let of = Of { call_id: call.log_id.clone(), queue: call.queue.clone(), era: call.era };
        self.vain_ring(of, dest);
    }

    /// The call that comes back to whoever parked it: was it answered?
    pub(in crate::tracker) fn came_back(
        &mut self,
        parkee: ChanId,
        dest: ChanId,
        status: &DialStatus<'_>,
    ) {
        let Some(chan) = self.channels.get_mut(parkee) else { return };
        if chan.comes_back.is_empty() {
            return;
        }
        let queue = if *status == DialStatus::Answer {
            std::mem::take(&mut chan.comes_back)
        } else {
            chan.comes_back.clone()
        };
        if *status != DialStatus::Answer {
            let (call_id, era) = (self.log_id(parkee), self.start);
            self.vain_ring(Of { call_id, queue: queue.into(), era }, dest);
        }
    }

    fn vain_ring(&mut self, of: Of, dest: ChanId) {
        if !self.options.ring_attempts {
            return;
        }
        let Some(chan) = self.channels.get(dest) else { return };
        let phone = chan.device();
        if !self.phones.is_known(phone, &self.options) {
            return;
        }
        let at = self.now;
        // One that never rang: busy, or not there.
        let rang = chan.ringing.map_or(0, |since| at.saturating_sub(since) / 1000);
        let record = Record {
            at,
            known: at,
            agent: field(phone),
            word: Word::RingNoAnswer,
            data: vec![rang.to_string()],
            // A channel is dialled once.
            key: key(of.era, &chan.uniqueid, &of.queue, Word::RingNoAnswer, 0),
            call_id: of.call_id,
            queue: of.queue,
            recovered: false,
            internal: false,
        };
        self.send(record);
    }
}
