//! How a conversation ends, and by whom.
//!
//! The first of: a HangupRequest, a BridgeLeave, a Hangup of one of the two
//! legs. An end waits 300 ms, because the transfer it may belong to can be
//! told after it; a transfer itself closes at once.

use crate::base::UnixMicro;
use crate::event::manager::{AttendedTransfer, BlindTransfer, Bridge, TransferTo};
use crate::tracker::calls::{Call, CallId, Closing, Kind, Stage};
use crate::tracker::channels::ChanId;
use crate::tracker::record::{field, seconds_between};
use crate::tracker::{Tracker, Word};

/// How long an end waits for its transfer.
const GRACE: UnixMicro = 300_000;

impl Tracker {
    pub(in crate::tracker) fn wants_to_hang_up(&mut self, chan: ChanId) {
        let at = self.now;
        if let Some(chan) = self.channels.get_mut(chan) {
            chan.hangup_asked.get_or_insert(at);
        }
        self.leg_ends(chan);
    }

    pub(in crate::tracker) fn leaves(&mut self, chan: ChanId, bridge: &Bridge<'_>) {
        self.channels.leave_bridge(chan, &bridge.id);
        let waiting_room = &*bridge.technology == "holding_bridge" || &*bridge.kind == "parking";
        if !waiting_room {
            self.leg_ends(chan);
        }
    }

    pub(in crate::tracker) fn hung_up(&mut self, chan: ChanId) {
        let at = self.now;
        self.channels.end(chan, at);
        self.hold_without(chan);
        self.leg_ends(chan);
        for id in self.calls.of(chan) {
            let Some(call) = self.calls.take(id) else { continue };
            let is_root = call.root == chan;
            match (call.kind, call.stage) {
                (Kind::Queue, _) => {
                    let mut call = call;
                    self.end_hold(&mut call, at);
                    self.changed = true;
                }
                (Kind::Outbound, Stage::Pending | Stage::Waiting) if is_root => {
                    self.abandon_outbound(call, at);
                }
                (Kind::Parked, Stage::GivingUp { .. }) if is_root => {
                    self.left_the_lot(call, true);
                }
                (Kind::Parked, Stage::Waiting) if is_root => {
                    // Its give-up was not told.
                    let mut call = call;
                    call.stage = Stage::GivingUp { at };
                    call.wait = seconds_between(call.entered, at);
                    self.left_the_lot(call, true);
                }
                _ => self.keep(id, call),
            }
        }
    }

    /// A leg of a conversation goes: its end begins to count.
    fn leg_ends(&mut self, chan: ChanId) {
        let at = self.now;
        for id in self.calls.of(chan) {
            let Some(call) = self.calls.get(id) else { continue };
            let is_leg = call.agent_leg == Some(chan) || call.customer == Some(chan);
            if call.kind == Kind::Queue || !call.talks() || call.closing.is_some() || !is_leg {
                continue;
            }
            let by_agent = self.ended_by_agent(call, chan);
            let due = at.saturating_add(GRACE);
            if let Some(call) = self.calls.get_mut(id) {
                call.closing = Some(Closing { at, by_agent, due });
            }
            self.next_due = self.next_due.min(due);
        }
    }

    /// Whose leg asked for the end; if none did, whose goes first.
    fn ended_by_agent(&self, call: &Call, first: ChanId) -> bool {
        let asked = |leg: Option<ChanId>| leg.and_then(|leg| self.channels.get(leg)?.hangup_asked);
        let phone = call.agent_leg.map(|leg| self.channels.phone(leg));
        let agent = match (asked(call.agent_leg), asked(phone)) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        match (agent, asked(call.customer)) {
            (Some(agent), Some(customer)) => agent <= customer,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => call.agent_leg == Some(first),
        }
    }

    /// The grace is over. Two who are in one bridge again went on.
    pub(in crate::tracker) fn finish(&mut self, id: CallId, mut call: Call, closing: Closing) {
        let alive = |leg: Option<ChanId>| {
            leg.and_then(|leg| self.channels.get(leg))
                .is_some_and(|chan| chan.ended.is_none() && chan.hangup_asked.is_none())
        };
        if let (Some(a), Some(b)) = (call.agent_leg, call.customer)
            && alive(call.agent_leg)
            && alive(call.customer)
            && self.channels.together(a, b)
        {
            call.closing = None;
            self.keep(id, call);
            return;
        }
        let word = if closing.by_agent { Word::CompleteAgent } else { Word::CompleteCaller };
        let data = self.lengths(&call, closing.at);
        self.close(call, closing.at, word, data);
    }

    /// Wait, talk and position: how most closing records end.
    pub(in crate::tracker) fn lengths(&self, call: &Call, at: UnixMicro) -> Vec<String> {
        let talk = seconds_between(call.connected, at);
        vec![call.wait.to_string(), talk.to_string(), call.position.to_string()]
    }

    /// Ends a call by a record: hold first, then the record, then the agent's
    /// membership.
    pub(in crate::tracker) fn close(
        &mut self,
        mut call: Call,
        at: UnixMicro,
        word: Word,
        data: Vec<String>,
    ) {
        self.end_hold(&mut call, at);
        self.write(&mut call, at, word, data);
        self.part(&mut call, at);
        self.drop_call(call);
    }

    pub(in crate::tracker) fn blind_transfer(&mut self, transfer: &BlindTransfer<'_>) {
        let transferer = self.channels.see(&transfer.transferer);
        let transferee = transfer.transferee.as_ref().and_then(|told| self.channels.see(told));
        let Some(agent) = transferer.filter(|_| transfer.success) else { return };
        if let (Some(party), device) = (transferee, device_of(self, agent)) {
            self.moved(party, device);
        }
        for id in self.calls_of_agent(agent) {
            let Some(call) = self.calls.take(id) else { continue };
            let to = [field(&transfer.exten), field(&transfer.context)];
            self.transferred(call, Word::BlindTransfer, to.to_vec());
        }
    }

    pub(in crate::tracker) fn attended_transfer(&mut self, transfer: &AttendedTransfer<'_>) {
        let legs = [&transfer.original.channel, &transfer.second.channel];
        let legs = legs.map(|told| self.channels.see(told));
        let transferee = transfer.transferee.as_ref().and_then(|told| self.channels.see(told));
        if !transfer.success {
            return;
        }
        let to = match &transfer.to {
            TransferTo::Bridge(bridge) | TransferTo::Threeway(bridge) => {
                vec!["BRIDGE".to_owned(), field(bridge)]
            }
            TransferTo::App(app) => vec!["APP".to_owned(), field(app)],
            TransferTo::Link { one, two } => vec!["LINK".to_owned(), field(one), field(two)],
            TransferTo::Fail => return,
        };
        if let (Some(party), Some(agent)) = (transferee, legs[0]) {
            let device = device_of(self, agent);
            self.moved(party, device);
        }
        for agent in legs.into_iter().flatten() {
            for id in self.calls_of_agent(agent) {
                let Some(call) = self.calls.take(id) else { continue };
                self.transferred(call, Word::AttendedTransfer, to.clone());
            }
        }
    }

    /// Remembers who sent a party away: parking does not tell.
    fn moved(&mut self, party: ChanId, device: String) {
        if let Some(chan) = self.channels.get_mut(party) {
            chan.sent_by = device.into();
        }
    }

    fn calls_of_agent(&self, agent: ChanId) -> Vec<CallId> {
        let mut ids = self.calls.of(agent);
        ids.retain(|id| {
            self.calls.get(*id).is_some_and(|call| match call.kind {
                Kind::Outbound => call.root == agent || call.agent_leg == Some(agent),
                Kind::Queue | Kind::Parked => call.agent_leg == Some(agent),
            })
        });
        ids
    }

    /// The agent passed the call on.
    fn transferred(&mut self, call: Call, word: Word, mut data: Vec<String>) {
        // An end that came shortly before is this transfer's.
        let at = call.closing.map_or(self.now, |closing| closing.at);
        match (call.kind, call.stage) {
            (Kind::Queue, _) => {
                let mut call = call;
                self.end_hold(&mut call, at);
                self.changed = true;
            }
            (Kind::Outbound, Stage::Pending | Stage::Waiting) => self.abandon_outbound(call, at),
            _ => {
                data.extend(self.lengths(&call, at));
                self.close(call, at, word, data);
            }
        }
    }
}

fn device_of(tracker: &Tracker, chan: ChanId) -> String {
    tracker.channels.get(chan).map_or(String::new(), |chan| field(chan.device()))
}
