//! After a cut: what we believed open against what Asterisk lists.
//!
//! A snapshot is the list items of one connection between
//! [`Tracker::snapshot_begin`] and [`Tracker::snapshot_end`]; live events may
//! come between them. Start, reconnection and the round every minute are one
//! path.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::base::UnixMicro;
use crate::base::order::Ordered as _;
use crate::event::Text;
use crate::event::manager::{Bridge, Event};
use crate::tracker::calls::{Call, CallId, Kind, Stage};
use crate::tracker::channels::ChanId;
use crate::tracker::record::{second, seconds_between};
use crate::tracker::{Tracker, Word};

/// Two starts of Asterisk that differ by less are one: `Uptime` is cut to
/// seconds and events take their time.
const SAME_START: i64 = 3;
/// Rounds of the regular list after which a call that is missing is over.
const MOST_MISSED: u8 = 2;

/// Why a snapshot was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    /// After connecting: what is missing ended while nobody listened.
    Connected,
    /// The regular look at the list, against hang-ups that were never told: a
    /// call is over when two rounds miss it.
    Regular,
}

/// The list being told.
#[derive(Clone, Debug)]
pub struct Snapshot {
    begun: UnixMicro,
    /// The last time heard before it.
    pub(in crate::tracker) last_seen: UnixMicro,
    listed: FxHashMap<ChanId, Listed>,
    members_forgotten: bool,
}

impl Snapshot {
    pub(in crate::tracker) fn lists(&self, chan: ChanId) -> bool {
        self.listed.contains_key(&chan)
    }
}

#[derive(Clone, Debug)]
struct Listed {
    application: Box<str>,
    data: Box<str>,
    /// Seconds it exists.
    duration: i64,
}

impl Tracker {
    /// The connection is gone: what is open was last known to be open now.
    pub fn disconnected(&mut self) {
        self.lost_at.get_or_insert(self.now);
        self.snapshot = None;
    }

    /// When we last knew: before the cut, or before our own restart.
    fn last_seen(&self, otherwise: UnixMicro) -> UnixMicro {
        self.lost_at.or(self.restored.as_ref().map(|journal| journal.heard)).unwrap_or(otherwise)
    }

    /// A list begins. `started` is when Asterisk did, if that is known
    /// (`CoreStatus`); else FullyBooted tells.
    pub fn snapshot_begin(&mut self, now: UnixMicro, started: Option<i64>) {
        let last_seen = self.last_seen(if self.now == 0 { now } else { self.now });
        if let Some(started) = started {
            self.started(started);
        }
        self.lost_at = None;
        self.now = self.now.max(now);
        self.snapshot = Some(Snapshot {
            begun: self.now,
            last_seen,
            listed: FxHashMap::default(),
            members_forgotten: false,
        });
    }

    /// The list did not come.
    pub fn snapshot_cancel(&mut self) {
        self.snapshot = None;
    }

    /// The list is complete: reconciles.
    pub fn snapshot_end(&mut self, now: UnixMicro, round: Round) -> Vec<crate::tracker::Record> {
        self.pass(now);
        if let Some(snapshot) = self.snapshot.take() {
            self.reconcile(&snapshot, round);
        }
        std::mem::take(&mut self.out)
    }

    pub(in crate::tracker) fn channel_listed(&mut self, event: &Event<'_>) {
        let Event::CoreShowChannel { channel, bridge, application, application_data, duration } =
            event
        else {
            return;
        };
        let known = self.channels.find(&channel.uniqueid).is_some();
        let Some(id) = self.channels.see(channel) else { return };
        let lives = duration.unwrap_or(0).max(0);
        if !known && let Some(chan) = self.channels.get_mut(id) {
            chan.created = Some(self.now.saturating_sub(lives.saturating_mul(1_000_000)));
        }
        if !bridge.is_empty() {
            let bridge: Text<'_> = (&**bridge).into();
            self.channels.enter(id, &Bridge { id: bridge, ..Bridge::default() });
        }
        if let Some(snapshot) = &mut self.snapshot {
            let listed = Listed {
                application: (&**application).into(),
                data: (&**application_data).into(),
                duration: lives,
            };
            snapshot.listed.insert(id, listed);
        }
    }

    /// FullyBooted: after each log-in. A younger start is a restart.
    pub(in crate::tracker) fn booted(&mut self, uptime: Option<i64>) {
        if let Some(uptime) = uptime {
            self.started(second(self.now).saturating_sub(uptime.max(0)));
        }
    }

    fn started(&mut self, started: i64) {
        let known = self.start;
        if known != 0 && started.saturating_sub(known) > SAME_START {
            // Whatever was open died with the Asterisk before.
            let last_seen = self.last_seen(self.heard);
            self.reopen_restored();
            self.meter.restarts += 1;
            self.close_all(last_seen);
            self.channels.clear();
            self.start = started;
            self.changed = true;
        } else if known == 0 {
            self.start = started;
        }
    }

    /// Asterisk stops in an orderly way: its calls end with it.
    pub(in crate::tracker) fn shut_down(&mut self) {
        let at = self.now;
        self.close_all(at);
    }

    fn close_all(&mut self, last_seen: UnixMicro) {
        for id in self.calls.ids() {
            self.close_lost(id, last_seen);
        }
    }

    /// Ends a call whose end nobody told: by whom stays unknown, and the
    /// agent is assumed.
    pub(in crate::tracker) fn close_lost(&mut self, id: CallId, last_seen: UnixMicro) {
        let Some(mut call) = self.calls.take(id) else { return };
        let at = call.closing.map_or(last_seen, |closing| closing.at).max(call.connected);
        self.recovering = true;
        match (call.kind, call.stage) {
            (Kind::Queue, _) => {
                self.end_hold(&mut call, at);
                self.changed = true;
            }
            (_, Stage::Pending) => self.drop_call(call),
            (_, Stage::Talking) => {
                let data = self.lengths(&call, at);
                self.close(call, at, Word::CompleteAgent, data);
            }
            (Kind::Outbound, _) => self.abandon_outbound(call, at),
            (Kind::Parked, _) => {
                call.stage = Stage::GivingUp { at };
                call.wait = seconds_between(call.entered, at);
                self.left_the_lot(call, true);
            }
        }
        self.recovering = false;
    }

    /// Calls of the journal are open again, as far as they are not already.
    fn reopen_restored(&mut self) {
        let Some(journal) = self.restored.take() else { return };
        for kept in &journal.open {
            if let Some(call) = self.reopened(kept)
                && self.calls.rooted(call.kind, call.root).is_none()
            {
                self.begin(call);
            }
        }
    }

    fn reconcile(&mut self, snapshot: &Snapshot, round: Round) {
        let before: FxHashSet<CallId> = self.calls.ids().into_iter().collect();
        self.reopen_restored();
        for id in self.calls.ids() {
            let Some(call) = self.calls.get(id) else { continue };
            // What opened while the list was told may be missing in it.
            let is_young = before.contains(&id) && call.entered >= snapshot.begun;
            let legs = [Some(call.root), call.agent_leg, call.customer];
            let missing = legs.into_iter().flatten().any(|leg| {
                let alive = self.channels.get(leg).is_some_and(|chan| chan.ended.is_none());
                !snapshot.listed.contains_key(&leg) || !alive
            });
            if !missing || is_young {
                if let Some(call) = self.calls.get_mut(id) {
                    call.missed = 0;
                }
                self.answered_unheard(id, snapshot);
                continue;
            }
            if round == Round::Regular {
                let Some(call) = self.calls.get_mut(id) else { continue };
                call.missed = call.missed.saturating_add(1);
                if call.missed < MOST_MISSED {
                    continue;
                }
            }
            self.close_lost(id, snapshot.last_seen);
        }
        self.forget_unlisted(snapshot, round);
        if round == Round::Connected {
            self.adopt(snapshot);
            self.recovering = true;
            self.holds_anew();
            self.recovering = false;
        }
        self.close_orphans(snapshot);
    }

    /// A call that waited when we last heard is in a bridge by now.
    fn answered_unheard(&mut self, id: CallId, snapshot: &Snapshot) {
        let Some(call) = self.calls.get(id) else { return };
        if call.kind != Kind::Outbound || call.stage != Stage::Waiting {
            return;
        }
        let Some(peer) = self.channels.with(call.root).next() else { return };
        let Some(mut call) = self.calls.take(id) else { return };
        let talked = snapshot.listed.get(&peer).map_or(0, |peer| peer.duration);
        self.recovering = true;
        self.connect_late(&mut call, peer, talked);
        self.recovering = false;
        self.keep(id, call);
    }

    /// T1 is at best known by how long the peer exists.
    fn connect_late(&mut self, call: &mut Call, peer: ChanId, talked: i64) {
        let answered = self.now.saturating_sub(talked.saturating_mul(1_000_000));
        call.connected = answered.max(call.entered);
        call.stage = Stage::Talking;
        call.wait = seconds_between(call.entered, call.connected);
        call.agent_leg = Some(call.root);
        call.customer = Some(peer);
        let id = self.channels.get(peer).map_or("", |peer| &*peer.uniqueid).to_owned();
        let at = call.connected;
        let data = vec![call.wait.to_string(), id, "0".to_owned()];
        self.write(call, at, Word::Connect, data);
    }

    /// Channels that are not listed any more ended unheard.
    fn forget_unlisted(&mut self, snapshot: &Snapshot, round: Round) {
        if round != Round::Connected {
            return;
        }
        let gone: Vec<ChanId> = self
            .channels
            .iter()
            .filter(|(id, chan)| {
                chan.ended.is_none()
                    && !snapshot.listed.contains_key(id)
                    && chan.created.is_none_or(|created| created < snapshot.begun)
            })
            .map(|(id, _)| id)
            .collect();
        let at = self.now;
        for id in gone {
            self.channels.end(id, at);
        }
    }

    /// Calls we have never heard of: open them as far as the list tells.
    fn adopt(&mut self, snapshot: &Snapshot) {
        let mut listed: Vec<(ChanId, &Listed)> =
            snapshot.listed.iter().map(|(id, listed)| (*id, listed)).collect();
        listed.order_by_key(|(id, _)| *id);
        self.recovering = true;
        for (id, listed) in listed {
            let unheard = self.channels.get(id).is_some_and(|chan| {
                !chan.settled && chan.created.is_none_or(|created| created < snapshot.begun)
            });
            if !unheard || self.calls.concern(id) {
                continue;
            }
            match &*listed.application {
                "Dial" => self.adopt_dial(id, listed, snapshot),
                "Queue" => self.adopt_queue(id, listed),
                "ParkedCall" => self.adopt_fetched(id, &listed.data, listed.duration),
                _ => {}
            }
        }
        self.recovering = false;
    }

    fn adopt_dial(&mut self, root: ChanId, listed: &Listed, snapshot: &Snapshot) {
        let Some(chan) = self.channels.get(root) else { return };
        let ours =
            self.options.tracks_all() || self.phones.is_internal(chan.device(), &self.options);
        if !self.options.outbound_calls
            || chan.uniqueid != chan.linkedid
            || chan.parkings > 0
            || !ours
        {
            return;
        }
        let entered = self.now.saturating_sub(listed.duration.saturating_mul(1_000_000));
        let agent = crate::tracker::record::field(chan.device());
        let number = match &*chan.first_exten {
            "" | "s" | "h" => chan.connected_number.to_string(),
            exten => exten.to_owned(),
        };
        let mut call = Call::new(self.start, Kind::Outbound, root, self.log_id(root), entered);
        call.agent = agent;
        call.number = crate::tracker::record::field(&number);
        call.stage = Stage::Pending;
        if !self.open_outbound(&mut call) {
            return;
        }
        let peer = self.channels.with(root).next();
        if let Some(peer) = peer {
            let talked = snapshot.listed.get(&peer).map_or(0, |peer| peer.duration);
            self.connect_late(&mut call, peer, talked);
        }
        self.begin(call);
    }

    /// A caller in the application Queue who is in a bridge talks to a
    /// member; who that is the members' list tells.
    fn adopt_queue(&mut self, caller: ChanId, listed: &Listed) {
        let queue = listed.data.split(',').next().unwrap_or("").to_owned();
        let Some(member) = self.channels.with(caller).next() else {
            if let Some(chan) = self.channels.get_mut(caller) {
                chan.in_queue = true;
            }
            return;
        };
        let device = self.channels.get(member).map_or("", |chan| chan.device()).to_owned();
        let name = self.phones.member_name(&queue, &device).unwrap_or(&device).to_owned();
        self.queue_call(caller, member, &queue, &name);
    }

    /// The first member of a list: those listed before are no more.
    pub(in crate::tracker) fn members_anew(&mut self) {
        if let Some(snapshot) = &mut self.snapshot
            && !std::mem::replace(&mut snapshot.members_forgotten, true)
        {
            self.phones.forget_members();
        }
    }
}
