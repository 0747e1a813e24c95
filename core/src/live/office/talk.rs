//! Channels and bridges folded into calls: who talks to whom.
//!
//! Channels belong to one call when they share a bridge, are the halves of a
//! Local channel, or one dialled the other and the dialled one is not bridged
//! yet. Linked ids are not used: Asterisk joins those of callers who never met
//! (a pool agent's log-in, a consultation).

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::base::UnixSec;
use crate::base::order::Ordered as _;
use crate::event::manager::ChannelState;
use crate::live::office::{Leg, Office};

/// How far a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallState {
    /// Nobody is called yet: a menu, an announcement, a mailbox.
    Alone,
    /// A telephone rings.
    Ringing,
    /// In a queue.
    Waiting,
    Talking,
    Hold,
    Parked,
}

/// Which way a call goes, seen from the office.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    In,
    Out,
    Internal,
}

/// One call.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The oldest channel's unique id.
    pub id: Box<str>,
    pub state: CallState,
    /// Since when it is in this state.
    pub since: UnixSec,
    pub began: UnixSec,
    pub way: Way,
    pub queue: Option<Box<str>>,
    /// Lot and space.
    pub parked: Option<(Box<str>, Box<str>)>,
    pub recorded: bool,
    /// Variables that were asked for, by name.
    pub variables: BTreeMap<Box<str>, Box<str>>,
    /// Telephones and lines, the oldest first. Local halves are left out, but
    /// for one behind which there is nothing but an application.
    pub parties: Vec<Party>,
}

/// A telephone or a line in a call.
#[derive(Clone, Debug, PartialEq)]
pub struct Party {
    pub uniqueid: Box<str>,
    pub channel: Box<str>,
    pub device: Box<str>,
    /// By the table; `None` for lines to the outside.
    pub extension: Option<Box<str>>,
    /// The member's name, where the device is one's.
    pub agent: Option<Box<str>>,
    pub number: Box<str>,
    pub name: Box<str>,
    pub ringing: bool,
    pub talking: bool,
    pub holds_since: Option<UnixSec>,
}

impl Office {
    /// The calls of the moment, the oldest first.
    pub fn calls(&self) -> Vec<Call> {
        let mut calls: Vec<Call> =
            self.groups().into_iter().filter_map(|legs| self.call(&legs)).collect();
        calls.order_by(|a, b| (a.began, &a.id).cmp(&(b.began, &b.id)));
        calls
    }

    /// The call a channel is part of.
    pub fn call_of(&self, uniqueid: &str) -> Option<Call> {
        let group = self
            .groups()
            .into_iter()
            .find(|legs| legs.iter().any(|leg| *leg.uniqueid == *uniqueid))?;
        self.call(&group)
    }

    /// The real channel at the other end of the Local channel that a queue
    /// called for its member; the channel itself when it is none.
    pub fn behind<'a>(&'a self, leg: &'a Leg) -> Option<&'a Leg> {
        if !leg.is_local() {
            return Some(leg);
        }
        let twin = self.channels.twin(leg)?;
        self.channels.iter().find(|other| {
            !other.is_local()
                && (other.dialled_by.as_deref() == Some(&twin.uniqueid)
                    || (other.bridge.is_some() && other.bridge == twin.bridge))
        })
    }

    /// The agent a device belongs to: a member of a queue that is watched by
    /// it, or one of the configuration.
    pub fn agent_of_device(&self, device: &str) -> Option<&str> {
        let seated = self.queues.iter().flat_map(|queue| queue.seats.values()).find(|seat| {
            self.book.device_of_member(&seat.interface, &seat.watched) == Some(device)
        });
        seated.map(|seat| &*seat.name).or_else(|| self.book.agent_of_device(device))
    }

    /// Whether a device is a telephone of the office.
    pub fn is_ours(&self, device: &str) -> bool {
        self.book.knows(device) || self.agent_of_device(device).is_some()
    }

    fn groups(&self) -> Vec<Vec<&Leg>> {
        let mut legs: Vec<&Leg> = self.channels.iter().filter(|leg| !leg.is_recorder()).collect();
        legs.order_by(|a, b| (a.since, &a.uniqueid).cmp(&(b.since, &b.uniqueid)));
        let places: FxHashMap<&str, usize> =
            legs.iter().enumerate().map(|(place, leg)| (&*leg.uniqueid, place)).collect();
        let mut sets = Sets::new(legs.len());
        let mut bridges: FxHashMap<&str, usize> = FxHashMap::default();
        for (place, leg) in legs.iter().enumerate() {
            if let Some(bridge) = leg.bridge.as_deref().filter(|id| self.channels.joins(id)) {
                let first = *bridges.entry(bridge).or_insert(place);
                sets.join(first, place);
            }
            if let Some(twin) = self.channels.twin(leg)
                && let Some(other) = places.get(&*twin.uniqueid)
            {
                sets.join(place, *other);
            }
            if leg.bridge.is_none()
                && let Some(caller) = leg.dialled_by.as_deref()
                && let Some(other) = places.get(caller)
            {
                sets.join(place, *other);
            }
        }
        let mut groups: FxHashMap<usize, Vec<&Leg>> = FxHashMap::default();
        for (place, leg) in legs.iter().enumerate() {
            groups.entry(sets.find(place)).or_default().push(leg);
        }
        groups.into_values().collect()
    }

    fn call(&self, legs: &[&Leg]) -> Option<Call> {
        let first = legs.iter().find(|leg| !leg.is_local()).or(legs.first())?;
        let parked =
            self.parked.iter().find(|one| legs.iter().any(|leg| leg.uniqueid == one.uniqueid));
        let waiting = self.queues.named().find_map(|(name, queue)| {
            let caller = queue
                .waiting
                .iter()
                .find(|one| legs.iter().any(|leg| leg.uniqueid == one.uniqueid))?;
            Some((name, caller.since))
        });
        let service = legs.iter().find_map(|leg| self.queues.service(&leg.uniqueid));
        let ends = legs.iter().filter(|leg| !leg.is_local() || is_end(leg, legs));
        let parties: Vec<Party> = ends.map(|leg| self.party(leg, legs)).collect();
        let talking = || legs.iter().filter_map(|leg| leg.bridged_since).max();
        let held = || legs.iter().filter_map(|leg| leg.holds_since).min();
        let rings = legs.iter().filter(|leg| leg.state == ChannelState::Ringing);
        let ringing = rings.map(|leg| leg.since).min();
        let talks = parties.iter().any(|party| party.talking);
        let (state, since) = if let Some(parked) = parked {
            (CallState::Parked, parked.since)
        } else if talks {
            match held() {
                Some(since) => (CallState::Hold, since),
                None => (CallState::Talking, talking().unwrap_or(first.since)),
            }
        } else if let Some((_, since)) = waiting {
            match ringing {
                Some(since) => (CallState::Ringing, since),
                None => (CallState::Waiting, since),
            }
        } else if let Some(since) = ringing {
            (CallState::Ringing, since)
        } else {
            (CallState::Alone, first.since)
        };
        Some(Call {
            id: first.uniqueid.clone(),
            state,
            since,
            began: first.since,
            way: way(&parties),
            queue: waiting
                .map(|(queue, _)| queue.into())
                .or_else(|| service.map(|service| service.queue.clone())),
            parked: parked.map(|one| (one.lot.clone(), one.space.clone())),
            recorded: legs.iter().any(|leg| leg.recorded),
            variables: legs.iter().flat_map(|leg| leg.variables.iter().cloned()).collect(),
            parties,
        })
    }

    fn party(&self, leg: &Leg, legs: &[&Leg]) -> Party {
        let device = leg.device();
        let agent = self.agent_of_device(device);
        let ours = agent.is_some() || self.book.knows(device);
        // A Local channel in between keeps the telephone in a bridge of its
        // own; the call is one all the same.
        let talking = leg.bridge.as_deref().is_some_and(|bridge| {
            self.channels.joins(bridge)
                && legs.iter().any(|other| {
                    other.uniqueid != leg.uniqueid && other.bridge.as_deref() == Some(bridge)
                })
        });
        Party {
            uniqueid: leg.uniqueid.clone(),
            channel: leg.name.clone(),
            device: device.into(),
            extension: ours.then(|| self.book.extension(device)).flatten().map(Into::into),
            agent: agent.map(Into::into),
            number: leg.number.clone(),
            name: leg.caller_name.clone(),
            ringing: leg.state == ChannelState::Ringing,
            talking,
            holds_since: leg.holds_since,
        }
    }
}

/// Whether a half of a Local channel is the end of a call: it is in no bridge
/// and dials nobody, so an application runs on it.
fn is_end(leg: &Leg, legs: &[&Leg]) -> bool {
    leg.state == ChannelState::Up
        && leg.bridge.is_none()
        && !legs.iter().any(|other| other.dialled_by.as_deref() == Some(&leg.uniqueid))
}

/// Between telephones of the office, from one of them, or to one.
fn way(parties: &[Party]) -> Way {
    let ours = |party: &Party| party.extension.is_some();
    match parties.split_first() {
        Some((first, rest)) if ours(first) && rest.iter().all(ours) => Way::Internal,
        Some((first, _)) if ours(first) => Way::Out,
        _ => Way::In,
    }
}

/// Disjoint sets of places.
struct Sets(Vec<usize>);

impl Sets {
    fn new(len: usize) -> Self {
        Sets((0..len).collect())
    }

    fn find(&mut self, mut place: usize) -> usize {
        while let Some(above) = self.0.get(place).copied()
            && above != place
        {
            let over = self.0.get(above).copied().unwrap_or(above);
            if let Some(slot) = self.0.get_mut(place) {
                *slot = over;
            }
            place = over;
        }
        place
    }

    fn join(&mut self, one: usize, two: usize) {
        let (one, two) = (self.find(one), self.find(two));
        if let Some(slot) = self.0.get_mut(one.max(two)) {
            *slot = one.min(two);
        }
    }
}
