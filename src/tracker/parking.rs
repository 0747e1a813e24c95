//! Parking lots as queues: a parked call waits in `pk-LOT`, whoever fetches
//! it is its agent.

use crate::base::UnixMicro;
use crate::event::manager::{Channel, Parking};
use crate::tracker::calls::{Call, CallId, Kind, Stage};
use crate::tracker::channels::ChanId;
use crate::tracker::record::{field, seconds_between};
use crate::tracker::{Tracker, Word};

impl Tracker {
    pub(in crate::tracker) fn parked(&mut self, parking: &Parking<'_>) {
        let Some(parkee) = self.channels.see(&parking.parkee) else { return };
        if let Some(id) = self.calls.rooted(Kind::Parked, parkee)
            && self.calls.get(id).is_some_and(|call| {
                call.stage == Stage::Waiting
                    && *call.lot == *parking.lot
                    && *call.space == *parking.space
            })
        {
            // Told again, by a list.
            if let Some(call) = self.calls.get_mut(id) {
                call.missed = 0;
            }
            return;
        }
        self.end_queue_calls(parkee);
        self.parked_away(parkee, parking);
        self.enters_lot(parkee, parking);
    }

    /// Ends the call that was going on on the channel that is now parked.
    fn parked_away(&mut self, parkee: ChanId, parking: &Parking<'_>) {
        let to = vec![field(&parking.space), field(&parking.lot)];
        for kind in [Kind::Parked, Kind::Outbound] {
            let Some(id) = self.calls.rooted(kind, parkee) else { continue };
            let Some(call) = self.calls.take(id) else { continue };
            let at = call.closing.map_or(self.now, |closing| closing.at);
            match call.stage {
                Stage::Talking => {
                    let mut data = to.clone();
                    data.extend(self.lengths(&call, at));
                    self.close(call, at, Word::BlindTransfer, data);
                }
                Stage::GivingUp { .. } => self.left_the_lot(call, false),
                Stage::Waiting if kind == Kind::Parked => {
                    let mut call = call;
                    call.wait = seconds_between(call.entered, at);
                    self.left_the_lot(call, false);
                }
                Stage::Pending | Stage::Waiting => self.abandon_outbound(call, at),
            }
        }
    }

    fn enters_lot(&mut self, parkee: ChanId, parking: &Parking<'_>) -> Option<CallId> {
        let chan = self.channels.get_mut(parkee)?;
        chan.parkings += 1;
        if !self.options.parked_calls {
            return None;
        }
        let parked_for = parking.duration.unwrap_or(0).max(0);
        let at = self.now.saturating_sub(parked_for.saturating_mul(1_000_000));
        let log_id = self.log_id(parkee);
        let mut call = Call::new(self.start, Kind::Parked, parkee, log_id, at);
        call.queue = format!("pk-{}", field(&parking.lot));
        call.lot = parking.lot.to_string();
        call.space = parking.space.to_string();
        call.position = self.ahead_of(&call) + 1;
        call.number = self.parked_number(&parking.parkee);
        let chan = self.channels.get(parkee)?;
        call.stint = chan.parkings;
        let parker =
            if chan.sent_by.is_empty() { field(&parking.parker) } else { chan.sent_by.to_string() };
        let shown = self.shown_number(&call);
        self.left_by_swap(&call);
        if self.ledger.has(self.key(&call, Word::EnterQueue)) {
            self.meter.duplicates += 1;
            return None;
        }
        let data = vec![String::new(), shown, call.position.to_string()];
        self.write(&mut call, at, Word::EnterQueue, data);
        if !parker.is_empty() {
            let data = vec!["VAR".to_owned(), "parker".to_owned(), parker];
            self.write(&mut call, at, Word::Info, data);
        }
        self.begin(call)
    }

    /// A call under the same id that another channel took over is not in the
    /// lot any more when its first channel is parked again.
    fn left_by_swap(&mut self, call: &Call) {
        for id in self.calls.ids() {
            let same = self
                .calls
                .get(id)
                .is_some_and(|other| other.kind == Kind::Parked && other.log_id == call.log_id);
            if same {
                self.close_lost(id, self.now);
            }
        }
    }

    /// Calls that are in the lot for longer.
    fn ahead_of(&self, call: &Call) -> u32 {
        let others = self.calls.iter().filter(|(_, other)| {
            other.kind == Kind::Parked
                && other.stage == Stage::Waiting
                && other.lot == call.lot
                && other.root != call.root
                && other.entered <= call.entered
        });
        u32::try_from(others.count()).unwrap_or(u32::MAX)
    }

    /// The caller's number: the parked channel's, but the line it is
    /// connected with if that channel is an agent's own.
    fn parked_number(&self, parkee: &Channel<'_>) -> String {
        let own = self.phones.is_known(parkee.device(), &self.options);
        let number = if own && !parkee.connected_number.is_empty() {
            &parkee.connected_number
        } else {
            &parkee.number
        };
        field(number)
    }

    pub(in crate::tracker) fn fetched(&mut self, parking: &Parking<'_>, by: &Channel<'_>) {
        let Some(parkee) = self.channels.see(&parking.parkee) else { return };
        let retriever = self.channels.see(by);
        if !self.options.parked_calls {
            return;
        }
        let known = self.calls.rooted(Kind::Parked, parkee);
        if known.is_some_and(|id| self.calls.get(id).is_some_and(|call| call.talks())) {
            return;
        }
        // If it is not known, it was parked before we listened.
        let id = known.or_else(|| self.enters_lot(parkee, parking));
        let Some(mut call) = id.and_then(|id| self.calls.take(id)) else { return };
        let at = self.now;
        call.stage = Stage::Talking;
        call.connected = at;
        call.wait = self.parked_for(&call, parking);
        call.agent = field(by.device());
        call.agent_leg = retriever;
        call.customer = Some(parkee);
        self.join(&mut call, at);
        let data = vec![call.wait.to_string(), field(&by.uniqueid), "0".to_owned()];
        self.write(&mut call, at, Word::Connect, data);
        if let Some(id) = id {
            self.keep(id, call);
        }
    }

    /// A channel in the application ParkedCall talks to whom it fetched. When
    /// that one was parked nobody knows any more: the wait counts as none.
    pub(in crate::tracker) fn adopt_fetched(&mut self, by: ChanId, data: &str, lives: i64) {
        let Some(parkee) = self.channels.with(by).next() else { return };
        if !self.options.parked_calls || self.calls.concern(parkee) {
            return;
        }
        let at = self.now.saturating_sub(lives.saturating_mul(1_000_000));
        // `default,701`; each part may be left out.
        let (lot, space) = data.split_once(',').unwrap_or((data, ""));
        let lot = if lot.is_empty() { "default" } else { lot };
        let Some(chan) = self.channels.get_mut(parkee) else { return };
        chan.parkings += 1;
        let (stint, number) = (chan.parkings, field(&chan.number));
        let device = self.channels.get(by).map_or("", |chan| chan.device());
        let (device, by_id) = (field(device), self.channels.get(by).map_or("", |c| &*c.uniqueid));
        let by_id = field(by_id);
        let log_id = self.log_id(parkee);
        let mut call = Call::new(self.start, Kind::Parked, parkee, log_id, at);
        call.queue = format!("pk-{}", field(lot));
        call.lot = lot.to_owned();
        call.space = space.to_owned();
        call.stint = stint;
        call.number = number;
        if self.ledger.has(self.key(&call, Word::EnterQueue)) {
            self.meter.duplicates += 1;
            return;
        }
        let shown = self.shown_number(&call);
        self.write(&mut call, at, Word::EnterQueue, vec![String::new(), shown, "1".to_owned()]);
        call.stage = Stage::Talking;
        call.agent = device;
        call.agent_leg = Some(by);
        call.customer = Some(parkee);
        self.join(&mut call, at);
        let data = vec!["0".to_owned(), by_id, "0".to_owned()];
        self.write(&mut call, at, Word::Connect, data);
        self.begin(call);
    }

    /// The number as the office wants it written.
    fn shown_number(&self, call: &Call) -> String {
        let format = &self.options.park_number_format;
        field(&format.replace("{space}", &call.space).replace("{number}", &call.number))
    }

    /// Seconds parked: Asterisk's figure, unless it is off our clock by more
    /// than a lot's usual rounding.
    fn parked_for(&self, call: &Call, parking: &Parking<'_>) -> i64 {
        let ours = seconds_between(call.entered, self.now);
        parking.duration.filter(|told| (told - ours).abs() <= 2).unwrap_or(ours)
    }

    pub(in crate::tracker) fn parking_timed_out(&mut self, parking: &Parking<'_>) {
        let Some((call, at)) = self.leaving(parking) else { return };
        let wait = self.parked_for(&call, parking).to_string();
        let now = (self.ahead_of(&call) + 1).to_string();
        let data = vec![now, call.position.to_string(), wait];
        if let Some(chan) = self.channels.get_mut(call.root) {
            chan.comes_back = (&*call.queue).into();
        }
        self.close(call, at, Word::ExitWithTimeout, data);
    }

    pub(in crate::tracker) fn parking_given_up(&mut self, parking: &Parking<'_>) {
        let Some((mut call, at)) = self.leaving(parking) else { return };
        call.wait = self.parked_for(&call, parking);
        call.stage = Stage::GivingUp { at };
        let gone = self
            .channels
            .get(call.root)
            .is_none_or(|chan| chan.ended.is_some() || chan.hangup_asked.is_some());
        if gone {
            self.left_the_lot(call, true);
        } else {
            self.begin(call);
        }
    }

    /// The waiting call a parking event is about, taken out.
    fn leaving(&mut self, parking: &Parking<'_>) -> Option<(Call, UnixMicro)> {
        let parkee = self.channels.see(&parking.parkee)?;
        let id = self.calls.rooted(Kind::Parked, parkee)?;
        if self.calls.get(id).is_none_or(|call| call.stage != Stage::Waiting) {
            return None;
        }
        Some((self.calls.take(id)?, self.now))
    }

    /// Out of the lot, and not fetched: gone, or sent elsewhere.
    pub(in crate::tracker) fn left_the_lot(&mut self, call: Call, hung_up: bool) {
        let at = match call.stage {
            Stage::GivingUp { at } => at,
            _ => self.now,
        };
        let now = (self.ahead_of(&call) + 1).to_string();
        let mut data = vec![now, call.position.to_string(), call.wait.to_string()];
        let word = if hung_up {
            Word::Abandon
        } else {
            data.insert(0, "R".to_owned());
            Word::ExitWithKey
        };
        self.close(call, at, word, data);
    }

    /// Another channel takes the place of the parked one.
    pub(in crate::tracker) fn parking_swapped(&mut self, parking: &Parking<'_>) {
        let Some(parkee) = self.channels.see(&parking.parkee) else { return };
        let place = self.calls.iter().find(|(_, call)| {
            call.kind == Kind::Parked
                && call.stage == Stage::Waiting
                && *call.lot == *parking.lot
                && *call.space == *parking.space
        });
        let Some(id) = place.map(|(id, _)| id) else { return };
        let Some(mut call) = self.calls.take(id) else { return };
        let number = self.parked_number(&parking.parkee);
        if !number.is_empty() {
            call.number = number;
        }
        // The log id stays; what is told of the new channel is told of it.
        call.root = parkee;
        if let Some(chan) = self.channels.get_mut(parkee) {
            chan.parkings += 1;
        }
        self.keep(id, call);
    }
}
