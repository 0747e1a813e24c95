//! One event or list item into the office.

use crate::base::order::Ordered as _;
use crate::base::{UnixMicro, UnixSec};
use crate::event::manager::{
    Attempt, Channel, CompleteReason, DialStatus, Event, Member, Parking, Told,
};
use crate::live::office::channels::recorded_by;
use crate::live::office::queues::{Ring, Service, Waiting};
use crate::live::office::{Ended, How, Lists, Office, Parked, own, parking, secs};

/// Recent ends kept.
const MOST_ENDED: usize = 50;
/// Variables kept of one channel.
const MOST_VARIABLES: usize = 20;
/// A start of the PBX this much later than the known one is another one.
const SAME_BOOT: i64 = 5;

/// The channel a recording is of: that which it runs on, or that which ours
/// records.
fn taped(uniqueid: &str) -> &str {
    recorded_by(uniqueid).unwrap_or(uniqueid)
}

impl Office {
    /// The lists begin: everything they name, or an event names from now on,
    /// survives [`Office::end_snapshot`].
    pub fn begin_snapshot(&mut self) {
        self.generation = self.generation.wrapping_add(1);
        self.sweeping = true;
        self.version += 1;
    }

    /// One item of a list.
    pub fn item(&mut self, told: &Told<'_>) {
        self.take(told);
    }

    /// The lists are read: what none of the complete ones named is gone.
    pub fn end_snapshot(&mut self, lists: Lists, at: UnixMicro) {
        let at = secs(at);
        let generation = self.generation;
        if lists.channels {
            // Recordings of ours that run already; `;2` is the half that records.
            let ours: Vec<_> = self
                .channels
                .iter()
                .filter(|leg| leg.is_recorder() && leg.name.ends_with(";2"))
                .map(|leg| (leg.uniqueid.clone(), leg.name.clone()))
                .collect();
            for (uniqueid, name) in ours {
                self.recorded(&uniqueid, &name);
            }
            for gone in self.channels.sweep(generation) {
                self.queues.forget_channel(&gone, at);
            }
            let channels = &self.channels;
            self.queues.forget_services(|caller| channels.get(caller).is_some());
        }
        if lists.queues {
            self.queues.sweep(generation);
        }
        if lists.parking {
            self.parked.retain(|one| one.seen == generation);
        }
        if lists.devices {
            self.phones.sweep_devices(generation);
        }
        if lists.extensions {
            self.phones.sweep_extensions(generation);
        }
        if lists.contacts {
            self.phones.sweep_contacts(generation);
        }
        self.sweeping = false;
        self.version += 1;
    }

    /// The PBX went away or started anew: no call of before is there, and
    /// names of channels begin again.
    pub fn restarted(&mut self) {
        self.channels.clear();
        self.queues.forget_calls();
        self.parked.clear();
        self.version += 1;
    }

    /// One event.
    pub fn apply(&mut self, told: &Told<'_>) {
        self.take(told);
    }

    fn take(&mut self, told: &Told<'_>) {
        self.version += 1;
        let at = secs(told.at);
        let seen = self.generation;
        match &told.event {
            Event::NewChannel(channel)
            | Event::NewState(channel)
            | Event::NewCallerId(channel)
            | Event::NewConnectedLine(channel)
            | Event::NewAccountCode { channel, .. } => self.born(channel, at),
            Event::Rename { uniqueid, new, .. } => self.channels.rename(uniqueid, new),
            Event::Hangup { channel, .. } => {
                if let Some(target) = recorded_by(&channel.uniqueid)
                    && let Some(leg) = self.channels.leg(target)
                {
                    (leg.recorded, leg.recorder) = (false, None);
                }
                self.channels.end(&channel.uniqueid);
                self.queues.forget_channel(&channel.uniqueid, at);
                self.parked.retain(|one| *one.uniqueid != *channel.uniqueid);
            }
            Event::DialBegin { caller, dest, .. } => {
                self.born(dest, at);
                if let Some(caller) = caller {
                    self.born(caller, at);
                    if let Some(leg) = self.channels.leg(&dest.uniqueid) {
                        leg.dialled_by = Some(own(&caller.uniqueid));
                    }
                }
            }
            Event::DialState { dest, .. } => self.again(dest, at),
            Event::DialEnd { dest, status, .. } => {
                self.again(dest, at);
                if *status != DialStatus::Answer
                    && let Some(leg) = self.channels.leg(&dest.uniqueid)
                {
                    leg.dialled_by = None;
                }
            }
            Event::LocalBridge { one, two, .. } => {
                self.born(one, at);
                self.born(two, at);
            }
            Event::VarSet { channel, name, value } => {
                if name == "MIXMONITOR_FILENAME" && !value.is_empty() {
                    self.recording(taped(&channel.uniqueid), value);
                }
            }
            Event::BridgeCreate(bridge) | Event::BridgeListItem(bridge) => {
                self.channels.bridge(bridge, seen);
            }
            Event::BridgeDestroy(bridge) => self.channels.destroy(&bridge.id),
            Event::BridgeEnter { bridge, channel, .. } => {
                self.channels.bridge(bridge, seen);
                self.born(channel, at);
                self.channels.enter(&channel.uniqueid, &bridge.id, at);
            }
            Event::BridgeLeave { bridge, channel } => {
                self.again(channel, at);
                self.channels.leave(&channel.uniqueid, &bridge.id);
            }
            Event::BridgeMerge { to, from } => {
                self.channels.bridge(to, seen);
                self.channels.merge(&from.id, &to.id);
            }
            Event::Hold { channel, .. } => {
                self.again(channel, at);
                if let Some(leg) = self.channels.leg(&channel.uniqueid) {
                    leg.holds_since.get_or_insert(at);
                }
            }
            Event::Unhold(channel) => {
                self.again(channel, at);
                if let Some(leg) = self.channels.leg(&channel.uniqueid) {
                    leg.holds_since = None;
                }
            }
            Event::ParkedCall(parking) => self.park(parking, at),
            Event::UnparkedCall { parking, .. }
            | Event::ParkedCallTimeOut(parking)
            | Event::ParkedCallGiveUp(parking) => {
                self.parked.retain(|one| *one.uniqueid != *parking.parkee.uniqueid);
            }
            Event::ParkedCallSwap(parking) => {
                self.parked.retain(|one| *one.lot != *parking.lot || *one.space != *parking.space);
                self.park(parking, at);
            }
            Event::QueueCallerJoin { caller, queue, position, .. } => {
                self.born(caller, at);
                self.join(caller, queue, *position, at);
            }
            Event::QueueCallerLeave { caller, queue, .. } => {
                self.again(caller, at);
                if let Some(queue) = self.queues.known(queue) {
                    queue.leave(&caller.uniqueid);
                }
                let id: &str = &caller.uniqueid;
                self.queues.stop_rings(|ring| *ring.caller == *id);
            }
            Event::QueueCallerAbandon { caller, queue, hold, .. } => {
                self.remember(Ended {
                    at,
                    uniqueid: own(&caller.uniqueid),
                    queue: own(queue),
                    agent: "".into(),
                    number: own(&caller.number),
                    name: own(&caller.caller_name),
                    wait: *hold,
                    talk: None,
                    how: How::Left,
                    recording: None,
                });
            }
            Event::AgentCalled(attempt) => self.ring(attempt, at),
            Event::AgentConnect { attempt, hold, .. } => self.connect(attempt, *hold, at),
            Event::AgentComplete { attempt, hold, talk, reason } => {
                self.complete(attempt, *hold, *talk, *reason, at);
            }
            Event::AgentDump(attempt) | Event::AgentRingNoAnswer { attempt, .. } => {
                let (caller, interface) = (&*attempt.caller.uniqueid, &*attempt.interface);
                self.queues
                    .stop_rings(|ring| *ring.caller == *caller && *ring.interface == *interface);
            }
            Event::MemberAdded(member)
            | Event::MemberPause(member)
            | Event::MemberPenalty(member)
            | Event::MemberRingInUse(member)
            | Event::MemberStatus(member)
            | Event::QueueMember(member) => self.sit(member, at),
            Event::MemberRemoved(member) => {
                if let Some(queue) = self.queues.known(&member.queue) {
                    queue.seats.remove(&*member.interface);
                }
            }
            Event::DeviceStateChange { device, state } => {
                let fits = self.phones.set_device(device, *state, at, seen);
                self.count_dropped(fits);
            }
            Event::ExtensionStatus { exten, context, hint, status } => {
                let fits = self.phones.set_extension(exten, context, *status, at, seen)
                    && self.book.hint(exten, hint);
                self.count_dropped(fits);
            }
            Event::ContactStatus { aor, uri, status, round_trip_us, user_agent }
            | Event::ContactItem { aor, uri, status, user_agent, round_trip_us } => {
                let fits =
                    self.phones.set_contact(aor, uri, status, user_agent, *round_trip_us, seen);
                self.count_dropped(fits);
            }
            Event::MixMonitorStart(channel) => {
                self.again(channel, at);
                self.recorded(&channel.uniqueid, &channel.name);
            }
            Event::MixMonitorStop(channel) => {
                if let Some(leg) = self.channels.leg(taped(&channel.uniqueid)) {
                    leg.recorded = false;
                }
            }
            Event::MixMonitorMute { channel, muted, .. } => {
                if let Some(leg) = self.channels.leg(taped(&channel.uniqueid)) {
                    leg.recording_muted = *muted;
                }
            }
            Event::FullyBooted { uptime, .. } => self.booted(*uptime, at),
            Event::Shutdown { .. } => self.restarted(),
            Event::QueueParams {
                queue,
                strategy,
                completed,
                abandoned,
                service_level,
                weight,
                ..
            } => {
                if let Some(known) = self.queues.queue(queue, seen) {
                    known.strategy = own(strategy);
                    known.completed = completed.unwrap_or(0);
                    known.abandoned = abandoned.unwrap_or(0);
                    known.service_level = *service_level;
                    known.weight = *weight;
                } else {
                    self.dropped += 1;
                }
            }
            Event::QueueEntry {
                queue,
                position,
                channel,
                uniqueid,
                number,
                caller_name,
                wait,
                priority,
            } => {
                let mut caller = Waiting::new(uniqueid, channel, at - wait.unwrap_or(0), seen);
                caller.number = own(number);
                caller.name = own(caller_name);
                caller.priority = *priority;
                let queue = self.queues.queue(queue, seen);
                let fits = queue.is_some_and(|queue| queue.wait(caller, *position));
                self.count_dropped(fits);
            }
            Event::CoreShowChannel { channel, bridge, duration, .. } => {
                let began = at - duration.unwrap_or(0);
                self.born(channel, began);
                let known = self.channels.get(&channel.uniqueid).is_some();
                if known && !bridge.is_empty() {
                    self.channels.enter(&channel.uniqueid, bridge, at);
                } else if let Some(leg) = self.channels.leg(&channel.uniqueid) {
                    leg.bridge = None;
                    leg.bridged_since = None;
                }
            }
            Event::BridgeInfoChannel { channel } => self.born(channel, at),
            _ => self.version -= 1,
        }
    }

    /// Where the newest recording of a channel lies on the PBX, as it answered
    /// when asked: who may not read variables is not told of it.
    pub fn recorded_to(&mut self, uniqueid: &str, path: &str) {
        if !path.is_empty() {
            self.recording(taped(uniqueid), path);
            self.version += 1;
        }
    }

    /// A variable of a channel, as it answered when asked.
    pub fn variable(&mut self, uniqueid: &str, name: &str, value: &str) {
        let Some(leg) = self.channels.leg(uniqueid) else { return };
        leg.variables.retain(|(known, _)| **known != *name);
        if leg.variables.len() < MOST_VARIABLES {
            leg.variables.push((own(name), own(value)));
            self.version += 1;
        }
    }

    /// A recording runs: on the channel itself, or by one of ours.
    fn recorded(&mut self, uniqueid: &str, channel: &str) {
        if let Some(leg) = self.channels.leg(taped(uniqueid)) {
            (leg.recorded, leg.recording_muted) = (true, false);
            leg.recorder = recorded_by(uniqueid).map(|_| own(channel));
        }
    }

    /// A channel that is there.
    fn born(&mut self, channel: &Channel<'_>, at: UnixSec) {
        self.channels.see(channel, at, true, self.generation);
    }

    /// A channel that may be gone already.
    fn again(&mut self, channel: &Channel<'_>, at: UnixSec) {
        self.channels.see(channel, at, false, self.generation);
    }

    fn count_dropped(&mut self, fits: bool) {
        self.dropped += u64::from(!fits);
    }

    fn remember(&mut self, ended: Ended) {
        if self.ended.len() >= MOST_ENDED {
            self.ended.pop_front();
        }
        self.ended.push_back(ended);
    }

    fn recording(&mut self, uniqueid: &str, path: &str) {
        if let Some(leg) = self.channels.leg(uniqueid) {
            leg.recording = Some(own(path));
        }
        if let Some(service) = self.queues.served(uniqueid) {
            service.recording = Some(own(path));
        }
    }

    fn park(&mut self, parking: &Parking<'_>, at: UnixSec) {
        let parkee = &parking.parkee;
        if parkee.uniqueid.is_empty() {
            return;
        }
        self.born(parkee, at);
        self.parked.retain(|one| *one.uniqueid != *parkee.uniqueid);
        if self.channels.get(&parkee.uniqueid).is_none() {
            return;
        }
        if self.parked.len() >= parking::MOST {
            self.dropped += 1;
            return;
        }
        let since = at - parking.duration.unwrap_or(0);
        self.parked.push(Parked {
            lot: own(&parking.lot),
            space: own(&parking.space),
            uniqueid: own(&parkee.uniqueid),
            channel: own(&parkee.name),
            number: own(&parkee.number),
            name: own(&parkee.caller_name),
            parker: own(&parking.parker),
            since,
            // In events the time-out counts from the beginning, in lists from
            // now; the duration of an event is 0.
            until: parking.timeout.filter(|secs| *secs > 0).map(|secs| at + secs),
            seen: self.generation,
        });
        self.parked.order_by(|a, b| (&a.lot, &a.space).cmp(&(&b.lot, &b.space)));
    }

    fn join(&mut self, caller: &Channel<'_>, queue: &str, position: Option<u32>, at: UnixSec) {
        if self.channels.get(&caller.uniqueid).is_none() {
            return;
        }
        let mut waiting = Waiting::new(&caller.uniqueid, &caller.name, at, self.generation);
        waiting.number = own(&caller.number);
        waiting.name = own(&caller.caller_name);
        let known = self.queues.queue(queue, self.generation);
        let fits = known.is_some_and(|known| known.wait(waiting, position));
        self.count_dropped(fits);
    }

    fn sit(&mut self, member: &Member<'_>, at: UnixSec) {
        let seen = self.generation;
        let queue = self.queues.queue(&member.queue, seen);
        let fits = queue.is_some_and(|queue| queue.sit(member, at, seen));
        self.count_dropped(fits);
        // A member's state is that of its device; the device's own event may
        // be filtered out.
        if let Some(device) = self.book.device_of_member(&member.interface, &member.state_interface)
        {
            let device = device.to_owned();
            let fits = self.phones.set_device(&device, member.status, at, seen);
            self.count_dropped(fits);
        }
    }

    fn ring(&mut self, attempt: &Attempt<'_>, at: UnixSec) {
        self.born(&attempt.caller, at);
        self.born(&attempt.member, at);
        if self.channels.get(&attempt.caller.uniqueid).is_none() {
            return;
        }
        let fits = self.queues.ring(Ring {
            queue: own(&attempt.queue),
            name: own(&attempt.name),
            interface: own(&attempt.interface),
            caller: own(&attempt.caller.uniqueid),
            number: own(&attempt.caller.number),
            caller_name: own(&attempt.caller.caller_name),
            member: own(&attempt.member.uniqueid),
            since: at,
        });
        self.count_dropped(fits);
    }

    fn connect(&mut self, attempt: &Attempt<'_>, hold: Option<i64>, at: UnixSec) {
        let id: &str = &attempt.caller.uniqueid;
        self.queues.stop_rings(|ring| *ring.caller == *id);
        let Some(leg) = self.channels.get(id) else { return };
        let recording = leg.recording.clone();
        let fits = self.queues.serve(Service {
            queue: own(&attempt.queue),
            name: own(&attempt.name),
            interface: own(&attempt.interface),
            caller: own(id),
            member: own(&attempt.member.uniqueid),
            number: own(&attempt.caller.number),
            caller_name: own(&attempt.caller.caller_name),
            since: at,
            hold,
            recording,
            gone: None,
        });
        self.count_dropped(fits);
    }

    fn complete(
        &mut self,
        attempt: &Attempt<'_>,
        hold: Option<i64>,
        talk: Option<i64>,
        reason: CompleteReason,
        at: UnixSec,
    ) {
        let id: &str = &attempt.caller.uniqueid;
        let service = self.queues.complete(id, &attempt.queue, &attempt.interface);
        let of = |pick: fn(&Service) -> &str| service.as_ref().map(pick).unwrap_or_default();
        let first = |told: &str, known: &str| own(if told.is_empty() { known } else { told });
        let ended = Ended {
            at,
            uniqueid: first(id, of(|service| &service.caller)),
            queue: own(&attempt.queue),
            agent: own(&attempt.name),
            number: first(of(|service| &service.number), &attempt.caller.number),
            name: first(of(|service| &service.caller_name), &attempt.caller.caller_name),
            wait: hold,
            talk,
            how: match reason {
                CompleteReason::Agent => How::Agent,
                CompleteReason::Caller | CompleteReason::Other => How::Caller,
                CompleteReason::Transfer => How::Transfer,
            },
            recording: service.and_then(|service| service.recording),
        };
        self.remember(ended);
    }

    fn booted(&mut self, uptime: Option<i64>, at: UnixSec) {
        let Some(booted) = uptime.map(|uptime| at - uptime) else { return };
        if self.booted.is_some_and(|known| booted > known + SAME_BOOT) {
            self.restarted();
        }
        self.booted = Some(booted);
    }
}
