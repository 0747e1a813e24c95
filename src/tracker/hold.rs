//! Hold: two signals, one state.
//!
//! A call is held while a telephone of the agent's side asked for hold, or
//! while the customer hears music. Phones that keep the line quiet themselves
//! show only the first, Asterisk's own features only the second.

use crate::base::UnixMicro;
use crate::event::manager::Channel;
use crate::tracker::calls::{Call, CallId};
use crate::tracker::channels::ChanId;
use crate::tracker::record::seconds_between;
use crate::tracker::{Tracker, Word};

/// Holds closer together than this are one.
const GAP: UnixMicro = 250_000;
/// Channels whose hold is kept apart per call; a call has few.
const MOST_HOLDERS: usize = 8;

/// The hold of a call.
#[derive(Clone, Debug, Default)]
pub struct Hold {
    /// Channels that asked for it.
    holders: Vec<ChanId>,
    /// The customer hears music.
    music: bool,
    /// Written as begun at.
    pub since: Option<UnixMicro>,
    /// It is over since, but may go on within [`GAP`].
    until: Option<UnixMicro>,
}

impl Hold {
    fn wanted(&self) -> bool {
        self.music || !self.holders.is_empty()
    }

    pub fn due(&self) -> UnixMicro {
        self.until.map_or(UnixMicro::MAX, |until| until.saturating_add(GAP))
    }

    /// Goes on with a hold begun before a restart.
    pub fn resume(&mut self, since: UnixMicro, holder: Option<ChanId>) {
        self.since = Some(since);
        match holder {
            Some(holder) => self.holders.push(holder),
            None => self.music = true,
        }
    }
}

/// Which bit a signal is about.
#[derive(Clone, Copy)]
enum Bit {
    Holder(ChanId),
    Music,
}

impl Tracker {
    /// Hold or Unhold: the channel whose device asked.
    pub(in crate::tracker) fn holds(&mut self, channel: &Channel<'_>, on: bool) {
        let Some(chan) = self.channels.see(channel) else { return };
        if !self.options.hold {
            return;
        }
        for id in self.held_by(chan) {
            let of_customer = self.calls.get(id).is_some_and(|call| call.customer == Some(chan));
            if !of_customer || self.options.customer_hold {
                let label = if of_customer { "CUSTOMER" } else { "" };
                self.hold_bit(id, Bit::Holder(chan), on, label);
            }
        }
    }

    /// MusicOnHoldStart or Stop: the channel that hears it.
    pub(in crate::tracker) fn hears_music(&mut self, channel: &Channel<'_>, on: bool) {
        let Some(chan) = self.channels.see(channel) else { return };
        if !self.options.hold {
            return;
        }
        for id in self.calls.of(chan) {
            let Some(call) = self.calls.get(id).filter(|call| call.talks()) else { continue };
            if call.customer == Some(chan) {
                self.hold_bit(id, Bit::Music, on, "");
            } else if call.agent_leg == Some(chan) && self.options.customer_hold {
                self.hold_bit(id, Bit::Music, on, "CUSTOMER");
            }
        }
    }

    /// The calls in talk that a telephone's hold is about: those it is a leg
    /// of; else those whose agent's telephone it is (a member behind a Local
    /// channel); else the one call of its linked id, unless there are
    /// several: calls of pool agents share one.
    fn held_by(&self, chan: ChanId) -> Vec<CallId> {
        let talking = |id: &CallId| {
            self.calls.get(*id).is_some_and(|call| call.talks() && call.closing.is_none())
        };
        let mut direct: Vec<CallId> = self.calls.of(chan);
        direct.retain(talking);
        direct.retain(|id| {
            self.calls
                .get(*id)
                .is_some_and(|call| call.agent_leg == Some(chan) || call.customer == Some(chan))
        });
        if !direct.is_empty() {
            return direct;
        }
        let Some(told) = self.channels.get(chan) else { return Vec::new() };
        let mut linked = Vec::new();
        for (id, call) in self.calls.iter().filter(|(id, _)| talking(id)) {
            if call.agent_leg.is_some_and(|leg| self.channels.phone(leg) == chan) {
                return vec![id];
            }
            let customer = call.customer.and_then(|customer| self.channels.get(customer));
            if customer.is_some_and(|customer| customer.linkedid == told.linkedid) {
                linked.push(id);
            }
        }
        if linked.len() == 1 { linked } else { Vec::new() }
    }

    fn hold_bit(&mut self, id: CallId, bit: Bit, on: bool, label: &str) {
        let Some(mut call) = self.calls.take(id) else { return };
        if !call.talks() || call.closing.is_some() {
            self.calls.put(id, call);
            return;
        }
        match (bit, on) {
            (Bit::Music, on) => call.hold.music = on,
            (Bit::Holder(chan), true) => {
                if !call.hold.holders.contains(&chan) && call.hold.holders.len() < MOST_HOLDERS {
                    call.hold.holders.push(chan);
                }
            }
            (Bit::Holder(chan), false) => call.hold.holders.retain(|holder| *holder != chan),
        }
        self.settle_hold(&mut call, label);
        self.keep(id, call);
    }

    /// Brings what is written in line with the two bits.
    fn settle_hold(&mut self, call: &mut Call, label: &str) {
        let at = self.now;
        match (call.hold.since.is_some(), call.hold.wanted()) {
            (false, true) => {
                call.hold.since = Some(at);
                let data = if label.is_empty() { Vec::new() } else { vec![label.to_owned()] };
                self.write(call, at, Word::CallerOnHold, data);
            }
            (true, true) => call.hold.until = None,
            (true, false) => {
                call.hold.until.get_or_insert(at);
            }
            (false, false) => {}
        }
    }

    /// After a cut: a telephone's state tells whether the call it is in is
    /// held. What began unheard begins now; what ended unheard ends now.
    pub(in crate::tracker) fn holds_anew(&mut self) {
        if !self.options.hold {
            return;
        }
        for id in self.calls.ids() {
            let Some(call) = self.calls.get(id).filter(|call| call.talks()) else { continue };
            let Some(leg) = call.agent_leg else { continue };
            let leg = self.channels.phone(leg);
            let Some(device) = self.channels.get(leg).map(|chan| chan.device().to_owned()) else {
                continue;
            };
            let held = call.hold.since.is_some();
            // A telephone on two lines says only that not both are held.
            let alone = self.channels.alive_of(&device) == 1;
            let ended = held && !call.hold.music && alone && self.phones.holds_nothing(&device);
            let began = !held && self.phones.holds(&device);
            if !(began || ended) {
                continue;
            }
            let Some(mut call) = self.calls.take(id) else { continue };
            if began {
                call.hold.holders.push(leg);
                self.settle_hold(&mut call, "RECOVERED");
            } else {
                let at = self.now;
                self.end_hold(&mut call, at);
            }
            self.keep(id, call);
        }
    }

    pub(in crate::tracker) fn hold_due(&mut self, call: &mut Call) {
        if call.hold.due() <= self.now
            && let Some(until) = call.hold.until
        {
            self.end_hold(call, until);
        }
    }

    /// The call ends: an open hold ends first.
    pub(in crate::tracker) fn end_hold(&mut self, call: &mut Call, at: UnixMicro) {
        let Some(since) = call.hold.since.take() else { return };
        let until = call.hold.until.take().unwrap_or(at).min(at).max(since);
        call.hold.holders.clear();
        call.hold.music = false;
        let held = seconds_between(since, until).to_string();
        self.write(call, until, Word::CallerOffHold, vec![held]);
    }

    /// A channel is gone: it holds nothing any more.
    pub(in crate::tracker) fn hold_without(&mut self, chan: ChanId) {
        for id in self.calls.ids() {
            let holding = self.calls.get(id).is_some_and(|call| call.hold.holders.contains(&chan));
            if holding {
                self.hold_bit(id, Bit::Holder(chan), false, "");
            }
        }
    }
}
