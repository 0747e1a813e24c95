//! Queues: members, waiting calls, rings and conversations.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::base::UnixSec;
use crate::event::manager::{DeviceState, Member};
use crate::live::office::own;

/// Queues, members of one queue, waiting calls of one queue, rings and
/// conversations kept.
const MOST_QUEUES: usize = 1000;
const MOST_SEATS: usize = 2000;
const MOST_WAITING: usize = 2000;
const MOST_RINGS: usize = 4000;
/// How long the end of a conversation is waited for after its caller went.
const LATE: i64 = 60;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Queue {
    pub strategy: Box<str>,
    pub completed: u32,
    pub abandoned: u32,
    pub service_level: Option<i64>,
    pub weight: Option<i64>,
    /// In the order of their places.
    pub waiting: Vec<Waiting>,
    /// By interface.
    pub seats: BTreeMap<Box<str>, Seat>,
    seen: u32,
}

/// A caller who waits. The place is the index in [`Queue::waiting`] + 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub uniqueid: Box<str>,
    pub channel: Box<str>,
    pub number: Box<str>,
    pub name: Box<str>,
    pub since: UnixSec,
    pub priority: Option<i64>,
    seen: u32,
}

/// A member's place in one queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// The person; the interface where no name was given.
    pub name: Box<str>,
    pub interface: Box<str>,
    /// What is watched for its state.
    pub watched: Box<str>,
    /// `dynamic`, `static`, `realtime`.
    pub membership: Box<str>,
    pub penalty: i64,
    pub calls_taken: u32,
    pub last_call: Option<UnixSec>,
    pub logged_on: Option<UnixSec>,
    pub paused_since: Option<UnixSec>,
    pub pause_reason: Box<str>,
    pub status: DeviceState,
    pub wrapup: Option<i64>,
    pub ring_in_use: Option<bool>,
    seen: u32,
}

/// A member's telephone rings for a caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ring {
    pub queue: Box<str>,
    pub name: Box<str>,
    pub interface: Box<str>,
    /// The caller's channel.
    pub caller: Box<str>,
    pub number: Box<str>,
    pub caller_name: Box<str>,
    /// The member's channel.
    pub member: Box<str>,
    pub since: UnixSec,
}

/// A conversation of a queue's call with a member, as the queue sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    pub queue: Box<str>,
    pub name: Box<str>,
    pub interface: Box<str>,
    pub caller: Box<str>,
    pub member: Box<str>,
    pub number: Box<str>,
    pub caller_name: Box<str>,
    pub since: UnixSec,
    pub hold: Option<i64>,
    pub recording: Option<Box<str>>,
    /// When the caller's channel went; the queue's word of it may come later.
    pub(super) gone: Option<UnixSec>,
}

#[derive(Clone, Debug, Default)]
pub struct Queues {
    queues: BTreeMap<Box<str>, Queue>,
    rings: Vec<Ring>,
    /// By the caller's channel.
    services: FxHashMap<Box<str>, Service>,
}

impl Queues {
    pub fn get(&self, queue: &str) -> Option<&Queue> {
        self.queues.get(queue)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Queue> {
        self.queues.values()
    }

    /// By name.
    pub fn named(&self) -> impl Iterator<Item = (&str, &Queue)> {
        self.queues.iter().map(|(name, queue)| (&**name, queue))
    }

    pub fn rings(&self) -> impl Iterator<Item = &Ring> {
        self.rings.iter()
    }

    pub fn services(&self) -> impl Iterator<Item = &Service> {
        self.services.values().filter(|one| one.gone.is_none())
    }

    /// The conversation of a caller's channel.
    pub fn service(&self, caller: &str) -> Option<&Service> {
        self.services.get(caller)
    }

    /// The first seat with this name or interface, of the queue or of any.
    pub fn seat(&self, agent: &str, queue: Option<&str>) -> Option<(&str, &Seat)> {
        self.named()
            .filter(|(name, _)| queue.is_none_or(|wanted| wanted == *name))
            .find_map(|(name, queue)| Some((name, queue.seat_of(agent)?)))
    }

    pub(super) fn queue(&mut self, name: &str, seen: u32) -> Option<&mut Queue> {
        if name.is_empty() || !self.queues.contains_key(name) && self.queues.len() >= MOST_QUEUES {
            return None;
        }
        let queue = self.queues.entry(own(name)).or_default();
        queue.seen = seen;
        Some(queue)
    }

    pub(super) fn known(&mut self, name: &str) -> Option<&mut Queue> {
        self.queues.get_mut(name)
    }

    pub(super) fn ring(&mut self, ring: Ring) -> bool {
        self.rings.retain(|one| one.caller != ring.caller || one.interface != ring.interface);
        if self.rings.len() >= MOST_RINGS {
            return false;
        }
        self.rings.push(ring);
        true
    }

    pub(super) fn stop_rings(&mut self, over: impl Fn(&Ring) -> bool) {
        self.rings.retain(|ring| !over(ring));
    }

    pub(super) fn serve(&mut self, service: Service) -> bool {
        if self.services.len() >= MOST_RINGS && !self.services.contains_key(&service.caller) {
            return false;
        }
        self.services.insert(service.caller.clone(), service);
        true
    }

    pub(super) fn served(&mut self, caller: &str) -> Option<&mut Service> {
        self.services.get_mut(caller)
    }

    /// Ends a conversation: of the caller, or of the queue's member where the
    /// event has lost its channels.
    pub(super) fn complete(
        &mut self,
        caller: &str,
        queue: &str,
        interface: &str,
    ) -> Option<Service> {
        if !caller.is_empty() {
            return self.services.remove(caller);
        }
        let mut theirs = self
            .services
            .values()
            .filter(|one| *one.queue == *queue && *one.interface == *interface);
        let oldest = theirs.next()?;
        let oldest = theirs.fold(oldest, |old, one| if one.since < old.since { one } else { old });
        let caller = oldest.caller.clone();
        self.services.remove(&caller)
    }

    /// A channel is gone: nobody waits, rings or talks on it. That a
    /// conversation is over the queue says a moment later, or, after some
    /// transfers, never.
    pub(super) fn forget_channel(&mut self, uniqueid: &str, at: UnixSec) {
        if let Some(service) = self.services.get_mut(uniqueid) {
            service.gone = Some(at);
        }
        self.services.retain(|_, one| one.gone.is_none_or(|gone| at - gone < LATE));
        self.rings.retain(|ring| *ring.caller != *uniqueid && *ring.member != *uniqueid);
        for queue in self.queues.values_mut() {
            queue.waiting.retain(|one| *one.uniqueid != *uniqueid);
        }
    }

    /// Conversations whose caller is not there any more.
    pub(super) fn forget_services(&mut self, there: impl Fn(&str) -> bool) {
        self.services.retain(|caller, _| there(caller));
    }

    /// The PBX started anew: nobody waits, rings or talks.
    pub(super) fn forget_calls(&mut self) {
        self.rings.clear();
        self.services.clear();
        for queue in self.queues.values_mut() {
            queue.waiting.clear();
        }
    }

    pub(super) fn sweep(&mut self, generation: u32) {
        self.queues.retain(|_, queue| queue.seen == generation);
        for queue in self.queues.values_mut() {
            queue.seats.retain(|_, seat| seat.seen == generation);
            queue.waiting.retain(|one| one.seen == generation);
        }
        let Queues { queues, rings, .. } = self;
        rings.retain(|ring| {
            let queue = queues.get(&ring.queue);
            queue.is_some_and(|queue| queue.waiting.iter().any(|one| one.uniqueid == ring.caller))
        });
    }
}

impl Queue {
    /// The member of this name or interface.
    pub fn seat_of(&self, agent: &str) -> Option<&Seat> {
        self.seats.get(agent).or_else(|| {
            self.seats.values().find(|seat| *seat.name == *agent || *seat.watched == *agent)
        })
    }

    /// The place of a caller, from 1.
    pub fn place_of(&self, uniqueid: &str) -> Option<u32> {
        let index = self.waiting.iter().position(|one| *one.uniqueid == *uniqueid)?;
        u32::try_from(index + 1).ok()
    }

    /// Takes a member in as an event or a list tells it. Fields an event does
    /// not carry keep their value.
    pub(super) fn sit(&mut self, told: &Member<'_>, at: UnixSec, seen: u32) -> bool {
        let interface: &str = &told.interface;
        if interface.is_empty() {
            return true;
        }
        if !self.seats.contains_key(interface) && self.seats.len() >= MOST_SEATS {
            return false;
        }
        let seat = self.seats.entry(own(interface)).or_insert_with(|| Seat {
            name: own(interface),
            interface: own(interface),
            watched: own(interface),
            membership: "".into(),
            penalty: 0,
            calls_taken: 0,
            last_call: None,
            logged_on: None,
            paused_since: None,
            pause_reason: "".into(),
            status: DeviceState::Unknown,
            wrapup: None,
            ring_in_use: None,
            seen,
        });
        keep(&mut seat.name, &told.name);
        keep(&mut seat.watched, &told.state_interface);
        keep(&mut seat.membership, &told.membership);
        seat.penalty = told.penalty.unwrap_or(seat.penalty);
        seat.calls_taken = told.calls_taken.unwrap_or(seat.calls_taken);
        seat.last_call = told.last_call.or(seat.last_call);
        seat.logged_on = told.login_time.or(seat.logged_on);
        seat.wrapup = told.wrapup.or(seat.wrapup);
        seat.ring_in_use = told.ring_in_use.or(seat.ring_in_use);
        seat.status = told.status;
        seat.seen = seen;
        if told.paused {
            let began = told.last_pause.filter(|began| *began > 0).unwrap_or(at);
            let same = *seat.pause_reason == *told.pause_reason;
            // A new reason is a new pause (`metrics.md` 2.10).
            match seat.paused_since {
                Some(since) if same => seat.paused_since = Some(since.min(began)),
                _ => seat.paused_since = Some(began),
            }
            seat.pause_reason = own(&told.pause_reason);
        } else {
            seat.paused_since = None;
            seat.pause_reason = "".into();
        }
        true
    }

    /// A caller joins, or a list names one. `place` from 1; at the end when it
    /// is not told.
    pub(super) fn wait(&mut self, caller: Waiting, place: Option<u32>) -> bool {
        self.waiting.retain(|one| one.uniqueid != caller.uniqueid);
        if self.waiting.len() >= MOST_WAITING {
            return false;
        }
        let place = place.and_then(|place| usize::try_from(place).ok()).unwrap_or(usize::MAX);
        let index = place.saturating_sub(1).min(self.waiting.len());
        self.waiting.insert(index, caller);
        true
    }

    pub(super) fn leave(&mut self, uniqueid: &str) -> Option<Waiting> {
        let index = self.waiting.iter().position(|one| *one.uniqueid == *uniqueid)?;
        Some(self.waiting.remove(index))
    }
}

impl Waiting {
    pub(super) fn new(uniqueid: &str, channel: &str, since: UnixSec, seen: u32) -> Self {
        Waiting {
            uniqueid: own(uniqueid),
            channel: own(channel),
            number: "".into(),
            name: "".into(),
            since,
            priority: None,
            seen,
        }
    }
}

/// Takes a text over that is not empty.
fn keep(to: &mut Box<str>, text: &str) {
    if !text.is_empty() && **to != *text {
        *to = own(text);
    }
}
