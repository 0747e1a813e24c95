//! Calls that phones make, as campaigns.
//!
//! A root channel that dials opens a call when the threshold has passed
//! unanswered: ADDMEMBER, CALLOUTBOUND, then CONNECT, hold, and an end. All
//! dials of the root are one call: ring groups, fail-over trunks, forwards.

use crate::base::UnixMicro;
use crate::event::Text;
use crate::event::manager::{Bridge, Channel, DialStatus};
use crate::tracker::calls::{Call, Kind, Stage};
use crate::tracker::channels::ChanId;
use crate::tracker::record::{field, seconds_between};
use crate::tracker::{Tracker, Word};

/// A phone that has been calling longer than this heard a menu first; the
/// threshold then counts from the dial.
const FRESH: UnixMicro = 5_000_000;
/// Dials kept per call: ring groups are smaller.
const MOST_DIALS: usize = 64;
/// Account code of dialplans that log their calls themselves.
const LOGGED_BY_DIALPLAN: &str = "QDIALAGI";

impl Tracker {
    pub(in crate::tracker) fn dial_begins(
        &mut self,
        caller: Option<&Channel<'_>>,
        dest: &Channel<'_>,
        dial_string: &str,
    ) {
        let at = self.now;
        self.phones.dialled(&dest.name, dial_string);
        let dest = self.channels.see(dest);
        if let Some(chan) = dest.and_then(|dest| self.channels.get_mut(dest)) {
            chan.dialled.get_or_insert(at);
            chan.originated |= caller.is_none();
        }
        let (Some(root), Some(dest)) = (caller.and_then(|told| self.channels.see(told)), dest)
        else {
            return;
        };
        if !self.options.outbound_calls {
            return;
        }
        if let Some(id) = self.calls.rooted(Kind::Outbound, root) {
            // Next trunk, next phone: the same call goes on.
            if let Some(call) = self.calls.get_mut(id)
                && !call.talks()
                && call.dials.len() < MOST_DIALS
            {
                call.dials.push(dest);
            }
        } else if self.opens_call(root, dest) {
            self.open_pending(root, dest, dial_string);
        }
    }

    /// What makes a dial a call of its own (`tracker.md` 5.1).
    fn opens_call(&self, root: ChanId, dest: ChanId) -> bool {
        let (Some(chan), Some(to)) = (self.channels.get(root), self.channels.get(dest)) else {
            return false;
        };
        let is_root = chan.uniqueid == chan.linkedid || chan.originated;
        let is_free = !chan.in_queue && chan.parkings == 0 && !chan.settled && !to.of_queue;
        is_root
            && is_free
            && chan.ended.is_none()
            && &*chan.account != LOGGED_BY_DIALPLAN
            && (self.options.tracks_all()
                || self.phones.is_internal(self.agent_device(root), &self.options))
    }

    /// The agent's phone: of a Local channel what its other half reached.
    fn agent_device(&self, root: ChanId) -> &str {
        self.channels.get(self.channels.phone(root)).map_or("", |chan| chan.device())
    }

    fn open_pending(&mut self, root: ChanId, dest: ChanId, dial_string: &str) {
        let at = self.now;
        let log_id = self.log_id(root);
        let agent = field(self.agent_device(root));
        let number = self.dialled_number(root, dest, dial_string);
        let fresh = self.channels.get(root).and_then(|chan| chan.created);
        let mut call = Call::new(self.start, Kind::Outbound, root, log_id, at);
        call.stage = Stage::Pending;
        call.base = fresh.filter(|created| at.saturating_sub(*created) < FRESH).unwrap_or(at);
        call.agent = agent;
        call.number = number;
        call.dials.push(dest);
        self.begin(call);
    }

    /// The first usable of what the phone dialled, the dial string, and the
    /// line it is to be connected with.
    fn dialled_number(&self, root: ChanId, dest: ChanId, dial_string: &str) -> String {
        let usable = |text: &str| !matches!(text, "" | "s" | "h" | "i" | "t");
        let of_string = match dial_string.split_once('@') {
            Some((number, _)) => number.rsplit('/').next().unwrap_or(number),
            None => dial_string.rsplit('/').next().unwrap_or(dial_string),
        };
        let chan = self.channels.get(root);
        let texts = [
            chan.map_or("", |chan| &*chan.first_exten),
            of_string,
            chan.map_or("", |chan| &*chan.connected_number),
            self.channels.get(dest).map_or("", |dest| &*dest.first_exten),
        ];
        field(texts.into_iter().find(|text| usable(text)).unwrap_or(""))
    }

    /// Writes the opening records, stamped with the first dial. `false` when
    /// this call has been opened before, or by the dialplan: then it is to be
    /// dropped.
    pub(in crate::tracker) fn open_outbound(&mut self, call: &mut Call) -> bool {
        if call.stage != Stage::Pending {
            return true;
        }
        call.queue = self.campaign(call);
        if self.is_logged(call) {
            return false;
        }
        if self.ledger.has(self.key(call, Word::CallOutbound)) {
            self.meter.duplicates += 1;
            return false;
        }
        call.stage = Stage::Waiting;
        self.begin_draft(call);
        let at = call.entered;
        self.join(call, at);
        let number = call.number.clone();
        self.write(call, at, Word::CallOutbound, vec![String::new(), number]);
        true
    }

    fn campaign(&self, call: &Call) -> String {
        let Some(chan) = self.channels.get(call.root) else { return "q-outbound".to_owned() };
        if !self.options.consult_queue.is_empty() && self.is_consultation(call) {
            return field(&self.options.consult_queue);
        }
        let to = call.dials.first().and_then(|dest| self.channels.get(*dest));
        let internal = to.is_some_and(|to| self.phones.is_known(to.device(), &self.options));
        let queue = if internal && !self.options.internal_queue.is_empty() {
            field(&self.options.internal_queue)
        } else if chan.account.is_empty() {
            "q-outbound".to_owned()
        } else {
            format!("q-{}", field(&chan.account).replace(' ', "_"))
        };
        let hidden =
            self.options.hidden_channels.as_ref().is_some_and(|hides| hides.matches(&chan.name));
        if hidden { format!("_{queue}") } else { queue }
    }

    /// The phone talks on another line already.
    fn is_consultation(&self, call: &Call) -> bool {
        self.calls.iter().any(|(_, other)| {
            other.talks()
                && other.closing.is_none()
                && other.root != call.root
                && other.agent_leg.is_some_and(|leg| {
                    let phone = self.channels.get(self.channels.phone(leg));
                    phone.is_some_and(|phone| field(phone.device()) == call.agent)
                })
        })
    }

    pub(in crate::tracker) fn dial_goes_on(&mut self, dest: &Channel<'_>, status: &DialStatus<'_>) {
        let at = self.now;
        if let Some(id) = self.channels.see(dest)
            && *status == DialStatus::Ringing
            && let Some(chan) = self.channels.get_mut(id)
        {
            chan.ringing.get_or_insert(at);
        }
    }

    pub(in crate::tracker) fn dial_ends(
        &mut self,
        caller: Option<&Channel<'_>>,
        dest: &Channel<'_>,
        status: &DialStatus<'_>,
    ) {
        let root = caller.and_then(|told| self.channels.see(told));
        let (Some(root), Some(dest)) = (root, self.channels.see(dest)) else { return };
        if *status == DialStatus::Answer
            && let Some(chan) = self.channels.get_mut(root)
        {
            chan.reached = Some(dest);
        }
        let Some(id) = self.calls.rooted(Kind::Outbound, root) else {
            self.came_back(root, dest, status);
            return;
        };
        let Some(mut call) = self.calls.take(id) else { return };
        if *status == DialStatus::Answer {
            self.answered(id, call, dest);
            return;
        }
        call.dials.retain(|dial| *dial != dest);
        let failure = failure(status);
        if !failure.is_empty() {
            call.failure = failure;
        }
        let gives_up = *status == DialStatus::Cancel
            || self.channels.get(root).is_some_and(|chan| chan.hangup_asked.is_some());
        // Refused before the threshold: a call all the same.
        if call.dials.is_empty() && !gives_up && !self.open_outbound(&mut call) {
            self.drop_call(call);
            return;
        }
        self.rang_in_vain(&call, dest);
        self.keep(id, call);
    }

    /// The far end answered: now a call in talk, or none ever.
    fn answered(&mut self, id: u32, mut call: Call, peer: ChanId) {
        let at = self.now;
        if call.talks() {
            self.calls.put(id, call);
            return;
        }
        if call.stage == Stage::Pending {
            if at.saturating_sub(call.base) < self.threshold() {
                if let Some(chan) = self.channels.get_mut(call.root) {
                    chan.settled = true;
                }
                self.changed = true;
                return;
            }
            if !self.open_outbound(&mut call) {
                self.drop_call(call);
                return;
            }
        }
        let peer_chan = self.channels.get(peer);
        let rings = peer_chan.and_then(|chan| chan.ringing.or(chan.dialled)).unwrap_or(at);
        let member_id = peer_chan.map_or(String::new(), |chan| field(&chan.uniqueid));
        call.stage = Stage::Talking;
        call.connected = at;
        call.wait = seconds_between(call.entered, at);
        call.agent_leg = Some(call.root);
        call.customer = Some(peer);
        call.dials.clear();
        let ring = seconds_between(rings, at).to_string();
        let data = vec![call.wait.to_string(), member_id, ring];
        self.write(&mut call, at, Word::Connect, data);
        self.keep(id, call);
    }

    /// A channel is in a bridge: a dial whose end was not told is answered by
    /// it, and one that takes a Local channel's place takes its part.
    pub(in crate::tracker) fn enters(&mut self, chan: ChanId, bridge: &Bridge<'_>, swap: &str) {
        if let Some(gone) = self.channels.find(swap) {
            self.takes_part_of(chan, gone);
        }
        self.channels.enter(chan, bridge);
        let others: Vec<ChanId> = self.channels.with(chan).collect();
        for (root, peer) in others.iter().flat_map(|other| [(chan, *other), (*other, chan)]) {
            let Some(id) = self.calls.rooted(Kind::Outbound, root) else { continue };
            let dialled = self.calls.get(id).is_some_and(|call| call.dials.contains(&peer));
            if dialled && let Some(call) = self.calls.take(id) {
                self.answered(id, call, peer);
            }
        }
    }

    /// Optimisation puts the real channel where a Local half was.
    fn takes_part_of(&mut self, chan: ChanId, gone: ChanId) {
        if !self.channels.get(gone).is_some_and(|gone| gone.is_local()) {
            return;
        }
        for id in self.calls.of(gone) {
            let Some(mut call) = self.calls.take(id) else { continue };
            if call.talks() {
                for leg in [&mut call.agent_leg, &mut call.customer] {
                    if *leg == Some(gone) {
                        *leg = Some(chan);
                        call.closing = None;
                    }
                }
            }
            self.keep(id, call);
        }
    }

    /// The phone of an outbound call enters a queue: from here on Asterisk
    /// logs.
    pub(in crate::tracker) fn hand_over(&mut self, root: ChanId, queue: &Text<'_>) {
        let Some(id) = self.calls.rooted(Kind::Outbound, root) else { return };
        let Some(mut call) = self.calls.take(id) else { return };
        let at = self.now;
        match call.stage {
            Stage::Pending => self.drop_call(call),
            Stage::Talking => {
                let talk = seconds_between(call.connected, at).to_string();
                let wait = call.wait.to_string();
                let data = vec![field(queue), "queue".to_owned(), wait, talk, "1".to_owned()];
                self.close(call, at, Word::BlindTransfer, data);
            }
            Stage::Waiting | Stage::GivingUp { .. } => {
                call.closing = None;
                let wait = seconds_between(call.entered, at).to_string();
                let data = ["Q", "1", "1", &wait].map(str::to_owned).to_vec();
                self.close(call, at, Word::ExitWithKey, data);
            }
        }
    }

    /// The root hung up before anyone answered.
    pub(in crate::tracker) fn abandon_outbound(&mut self, mut call: Call, at: UnixMicro) {
        if call.stage == Stage::Pending {
            self.drop_call(call);
            return;
        }
        let wait = seconds_between(call.entered, at).to_string();
        let data = vec!["1".to_owned(), "1".to_owned(), wait];
        self.write(&mut call, at, Word::Abandon, data);
        if self.options.failure_status && !call.failure.is_empty() {
            let data = ["VAR", "dialstatus", call.failure].map(str::to_owned).to_vec();
            self.write(&mut call, at, Word::Info, data);
        }
        self.part(&mut call, at);
        self.drop_call(call);
    }

    /// A call of which nothing more is written.
    pub(in crate::tracker) fn drop_call(&mut self, call: Call) {
        if call.kind == Kind::Outbound
            && let Some(chan) = self.channels.get_mut(call.root)
        {
            chan.settled = true;
        }
        self.changed = true;
    }
}

/// The word of a failed dial; empty for what is no failure.
fn failure(status: &DialStatus<'_>) -> &'static str {
    match status {
        DialStatus::Busy => "BUSY",
        DialStatus::ChanUnavail => "CHANUNAVAIL",
        DialStatus::Congestion => "CONGESTION",
        DialStatus::NoAnswer => "NOANSWER",
        DialStatus::Cancel => "CANCEL",
        _ => "",
    }
}
