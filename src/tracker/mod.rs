//! Floor 3: AMI events → the records of queue_log that Asterisk does not
//! write: hold, parking lots as queues, outbound calls as campaigns,
//! hot-desking.
//!
//! [`Tracker`] takes [`Told`] values, from one connection and in order, and
//! returns [`Record`]s. It never does I/O and asks no clock: time comes with
//! the events and with [`Tracker::tick`]. Who calls it hands the records to a
//! sink, stores [`Tracker::journal`] and brings the [`Journal`] back after a
//! restart. The law is `tracker.md`; the machines are, one file each: `hold`,
//! `outbound`, `dialplan` (calls that it logs itself), `parking`, `queues` (calls of real queues, for hold), `ending`,
//! `hotdesk`, `recovery`.
//!
//! Memory is bounded: 50 000 channels, 10 000 open calls, 8 192 keys of
//! records.

mod calls;
mod channels;
mod dialplan;
mod drafts;
mod echo;
mod ending;
mod hold;
mod hotdesk;
mod journal;
mod ledger;
mod meter;
mod options;
mod orphans;
mod outbound;
mod parking;
mod phones;
mod queues;
mod quiet;
mod record;
mod recovery;
mod rings;
#[cfg(test)]
mod tests;

use rustc_hash::FxHashMap;

use crate::base::{UnixMicro, UnixSec};
use crate::event::manager::{Event, Told};
use crate::event::{QueueEvent, Verb};
use crate::tracker::calls::{Call, CallId, Calls, Kind, Stage};
use crate::tracker::channels::{ChanId, Channels};
use crate::tracker::dialplan::Logged;
use crate::tracker::drafts::Drafts;
use crate::tracker::hotdesk::Desks;
use crate::tracker::ledger::Ledger;
use crate::tracker::phones::Phones;
use crate::tracker::recovery::Snapshot;

pub use echo::Echo;
pub use journal::Journal;
pub use meter::Meter;
pub use options::{Options, Pattern, Scope};
pub use orphans::Orphan;
pub use quiet::{QUIET, is_quiet};
pub use record::{Record, Word, second};
pub use recovery::Round;

/// All machines over one connection.
#[derive(Debug)]
pub struct Tracker {
    options: Options,
    /// The newest time told; never runs back.
    now: UnixMicro,
    /// The time of the last event before the one at hand.
    heard: UnixMicro,
    /// When Asterisk started; 0 while unknown.
    start: UnixSec,
    channels: Channels,
    phones: Phones,
    calls: Calls,
    desks: Desks,
    /// Memberships we opened: queue and agent → calls that need them.
    joined: FxHashMap<(String, String), u32>,
    logged: Logged,
    drafts: Drafts,
    orphans: Vec<Orphan>,
    ledger: Ledger,
    meter: Meter,
    snapshot: Option<Snapshot>,
    /// What a restart left open; reconciled with the first snapshot.
    restored: Option<Journal>,
    /// When the connection was lost.
    lost_at: Option<UnixMicro>,
    next_due: UnixMicro,
    recovering: bool,
    /// Something a journal holds has changed since it was last taken.
    changed: bool,
    out: Vec<Record>,
}

impl Tracker {
    pub fn new(options: Options) -> Self {
        Tracker {
            options,
            now: 0,
            heard: 0,
            start: 0,
            channels: Channels::default(),
            phones: Phones::default(),
            calls: Calls::default(),
            desks: Desks::default(),
            joined: FxHashMap::default(),
            logged: Logged::default(),
            drafts: Drafts::default(),
            orphans: Vec::new(),
            ledger: Ledger::default(),
            meter: Meter::default(),
            snapshot: None,
            restored: None,
            lost_at: None,
            next_due: UnixMicro::MAX,
            recovering: false,
            changed: false,
            out: Vec::new(),
        }
    }

    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Takes one event in; what is due before it is done first.
    pub fn apply(&mut self, told: &Told<'_>) -> Vec<Record> {
        self.heard = self.now;
        self.pass(told.at);
        self.meter.events += 1;
        self.event(&told.event);
        std::mem::take(&mut self.out)
    }

    /// Time goes on without events. To be called when [`Tracker::due`] comes.
    pub fn tick(&mut self, now: UnixMicro) -> Vec<Record> {
        self.pass(now);
        std::mem::take(&mut self.out)
    }

    /// When the next record may come without an event.
    pub fn due(&self) -> Option<UnixMicro> {
        (self.next_due != UnixMicro::MAX).then_some(self.next_due)
    }

    /// A record that Asterisk, or a dialplan, wrote itself: seen by whoever
    /// follows the log. What is ours must not be shown
    /// ([`Echo`] knows it).
    pub fn native(&mut self, event: &QueueEvent<'_>, now: UnixMicro) -> Vec<Record> {
        self.pass(now);
        match &event.verb {
            Verb::CallOutbound { .. } => self.logged_by_dialplan(event),
            Verb::AddMember { .. } | Verb::RemoveMember => self.native_member(event),
            _ => {}
        }
        std::mem::take(&mut self.out)
    }

    /// Whether some call waits for an end that Asterisk's lists may tell.
    pub fn watches(&self) -> bool {
        self.calls.len() > 0 || !self.orphans.is_empty()
    }

    /// Calls open now.
    pub fn open(&self) -> usize {
        self.calls.len()
    }

    pub fn meter(&self) -> Meter {
        Meter { open: self.calls.len(), channels: self.channels.len(), ..self.meter.clone() }
    }

    /// Everything due up to `at`, each thing at its own time, and the clock.
    fn pass(&mut self, at: UnixMicro) {
        while self.next_due <= at {
            self.now = self.now.max(self.next_due);
            self.do_due();
        }
        self.now = self.now.max(at);
        let calls = &self.calls;
        self.channels.sweep(self.now, |chan| calls.concern(chan));
    }

    fn do_due(&mut self) {
        let now = self.now;
        let threshold = self.threshold();
        for id in self.calls.ids() {
            let due = self.calls.get(id).map(|call| call.due(threshold));
            if due.is_some_and(|due| due <= now) {
                self.call_due(id);
            }
        }
        for record in self.drafts.ripe(now) {
            self.send(record);
        }
        self.desks_due();
        self.next_due = self.drafts.due();
        for (_, call) in self.calls.iter() {
            self.next_due = self.next_due.min(call.due(threshold));
        }
        self.next_due = self.next_due.min(self.desks.due());
    }

    fn call_due(&mut self, id: CallId) {
        let Some(mut call) = self.calls.take(id) else { return };
        self.hold_due(&mut call);
        match call.stage {
            Stage::Pending => {
                let passed = call.base.saturating_add(self.threshold()) <= self.now;
                if passed && !self.open_outbound(&mut call) {
                    self.drop_call(call);
                    return;
                }
            }
            Stage::GivingUp { at } => {
                if at.saturating_add(calls::GIVE_UP) <= self.now {
                    self.left_the_lot(call, false);
                    return;
                }
            }
            Stage::Waiting | Stage::Talking => {}
        }
        if let Some(closing) = call.closing.filter(|closing| closing.due <= self.now) {
            self.finish(id, call, closing);
            return;
        }
        self.keep(id, call);
    }

    /// Puts a call back and remembers when it needs to be looked at.
    fn keep(&mut self, id: CallId, call: Call) {
        self.next_due = self.next_due.min(call.due(self.threshold()));
        self.changed = true;
        self.calls.put(id, call);
    }

    fn begin(&mut self, call: Call) -> Option<CallId> {
        if self.calls.is_full() {
            return None;
        }
        self.next_due = self.next_due.min(call.due(self.threshold()));
        self.changed = true;
        Some(self.calls.open(call))
    }

    fn threshold(&self) -> UnixMicro {
        self.options.outbound_threshold_ms.max(0).saturating_mul(1000)
    }

    /// The id a tracked call is logged under.
    fn log_id(&self, chan: ChanId) -> String {
        let colon = if self.options.rewrite_unique_ids { ":" } else { "" };
        let id = self.channels.get(chan).map_or("", |chan| &*chan.uniqueid);
        format!("{colon}{}", record::field(id))
    }

    /// The key of the next record of this verb.
    fn key(&self, call: &Call, word: Word) -> u64 {
        let ordinal = call.stint << 8 | u32::from(call.written[word as usize]);
        record::key(call.era, &call.log_id, &call.queue, word, ordinal)
    }

    /// Writes a record of a call, once.
    fn write(&mut self, call: &mut Call, at: UnixMicro, word: Word, data: Vec<String>) {
        let key = self.key(call, word);
        let ordinal = &mut call.written[word as usize];
        *ordinal = ordinal.saturating_add(1);
        let record = Record {
            at,
            known: self.now,
            call_id: call.log_id.clone(),
            queue: call.queue.clone(),
            agent: call.agent.clone(),
            word,
            data,
            key,
            recovered: self.recovering,
            internal: word == Word::Info && call.kind == Kind::Parked,
        };
        let record = match call.kind {
            Kind::Outbound => self.drafts.keep(call.root, record),
            Kind::Queue | Kind::Parked => Some(record),
        };
        if let Some(record) = record {
            self.send(record);
        }
    }

    fn send(&mut self, record: Record) {
        if !self.ledger.enter(record.key) {
            self.meter.duplicates += 1;
            return;
        }
        self.changed = true;
        self.meter.written[record.word as usize] += 1;
        self.meter.recovered += u64::from(record.recovered);
        self.out.push(record);
    }

    /// The agent of a call is in its queue from now on, unless he really is.
    fn join(&mut self, call: &mut Call, at: UnixMicro) {
        if call.joined || self.phones.is_member(&call.queue, &call.agent) {
            return;
        }
        call.joined = true;
        let count = self.joined.entry((call.queue.clone(), call.agent.clone())).or_default();
        *count += 1;
        if *count == 1 {
            self.write(call, at, Word::AddMember, Vec::new());
        }
    }

    fn part(&mut self, call: &mut Call, at: UnixMicro) {
        if !std::mem::take(&mut call.joined) {
            return;
        }
        let membership = (call.queue.clone(), call.agent.clone());
        let Some(count) = self.joined.get_mut(&membership) else { return };
        *count -= 1;
        if *count == 0 {
            self.joined.remove(&membership);
            self.write(call, at, Word::RemoveMember, Vec::new());
        }
    }

    fn event(&mut self, event: &Event<'_>) {
        let at = self.now;
        match event {
            Event::NewChannel(channel) => {
                if let Some(id) = self.channels.see(channel)
                    && let Some(chan) = self.channels.get_mut(id)
                {
                    chan.created.get_or_insert(at);
                }
            }
            Event::NewState(channel)
            | Event::NewCallerId(channel)
            | Event::NewConnectedLine(channel)
            | Event::NewAccountCode { channel, .. }
            | Event::BridgeInfoChannel { channel } => {
                self.channels.see(channel);
            }
            Event::Rename { uniqueid, new, .. } => {
                if let Some(id) = self.channels.find(uniqueid)
                    && let Some(chan) = self.channels.get_mut(id)
                {
                    chan.name = (&**new).into();
                }
            }
            Event::Hangup { channel, .. } => {
                if let Some(id) = self.channels.see(channel) {
                    self.hung_up(id);
                }
            }
            Event::HangupRequest { channel, soft: false, .. } => {
                if let Some(id) = self.channels.see(channel) {
                    self.wants_to_hang_up(id);
                }
            }
            Event::DialBegin { caller, dest, dial_string } => {
                self.dial_begins(caller.as_ref(), dest, dial_string);
            }
            Event::DialState { dest, status, .. } => self.dial_goes_on(dest, status),
            Event::DialEnd { caller, dest, status, .. } => {
                self.dial_ends(caller.as_ref(), dest, status);
            }
            Event::LocalBridge { one, two, .. } => {
                if let (Some(one), Some(two)) = (self.channels.see(one), self.channels.see(two)) {
                    self.channels.pair(one, two);
                }
            }
            Event::BridgeEnter { bridge, channel, swap } => {
                if let Some(id) = self.channels.see(channel) {
                    self.enters(id, bridge, swap);
                }
            }
            Event::BridgeLeave { bridge, channel } => {
                if let Some(id) = self.channels.see(channel) {
                    self.leaves(id, bridge);
                }
            }
            Event::BridgeMerge { to, from } => self.channels.merge(to, &from.id),
            Event::Hold { channel, .. } => self.holds(channel, true),
            Event::Unhold(channel) => self.holds(channel, false),
            Event::MusicOnHoldStart { channel, .. } => self.hears_music(channel, true),
            Event::MusicOnHoldStop(channel) => self.hears_music(channel, false),
            Event::ParkedCall(parking) => self.parked(parking),
            Event::UnparkedCall { parking, retriever } => self.fetched(parking, retriever),
            Event::ParkedCallTimeOut(parking) => self.parking_timed_out(parking),
            Event::ParkedCallGiveUp(parking) => self.parking_given_up(parking),
            Event::ParkedCallSwap(parking) => self.parking_swapped(parking),
            Event::BlindTransfer(transfer) => self.blind_transfer(transfer),
            Event::AttendedTransfer(transfer) => self.attended_transfer(transfer),
            Event::QueueCallerJoin { caller, queue, .. } => self.joins_queue(caller, queue),
            Event::QueueCallerLeave { caller, .. } => self.leaves_queue(caller),
            Event::AgentCalled(attempt) => self.queue_calls(attempt),
            Event::AgentConnect { attempt, .. } => self.queue_connects(attempt),
            Event::AgentComplete { attempt, .. } => self.queue_completes(attempt),
            Event::MemberAdded(member) => {
                self.phones.member(member);
                self.member_added(member);
            }
            Event::MemberRemoved(member) => {
                self.phones.no_member(&member.queue, &member.interface);
                self.member_removed(member);
            }
            Event::QueueMember(member) => {
                self.members_anew();
                self.phones.member(member);
            }
            Event::DeviceStateChange { device, state } => self.phones.state(device, *state),
            Event::ExtensionStatus { hint, .. } => self.phones.hint(hint),
            Event::FullyBooted { uptime, .. } => self.booted(*uptime),
            Event::Shutdown { .. } => self.shut_down(),
            Event::CoreShowChannel { .. } => self.channel_listed(event),
            Event::Other(name) if is_quiet(name) => self.meter.quiet += 1,
            Event::Other(_) => self.meter.unknown += 1,
            _ => {}
        }
    }
}
