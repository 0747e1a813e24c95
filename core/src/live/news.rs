//! The call-event service: what outside programs are told about agents and
//! queues, after the model of pbxis (`portal.md` 21).
//!
//! [`Facets`] is everything there is to tell of one moment, by key; two of
//! them differ by [`News`]. So a first look, an event and a resync after a
//! lost link are one path: make the facets of now and tell what differs. What
//! has no state (a completed call, a parked one) is told by [`told`].
//!
//! An agent is named by the extension of its telephone, by the explicit table
//! of the office; nothing is guessed from digits.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::event::manager::{DeviceState, Event, ExtensionState, Told};
use crate::live::office::{Call, CallState, Office, Seat};
use crate::live::view::device_word;

/// One event of the service: its type, its scope, and the rest.
#[derive(Clone, Debug, PartialEq)]
pub struct News {
    pub kind: &'static str,
    /// The extension it is about.
    pub agent: Option<Box<str>>,
    pub queue: Option<Box<str>>,
    pub rest: Map<String, Value>,
}

/// What is told of an agent, a queue, or an agent in a queue.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Name(Box<str>),
    Phone(Box<str>),
    Member(Box<str>, Box<str>),
    Number(Box<str>),
    Count(Box<str>),
}

#[derive(Clone, Debug, PartialEq)]
enum Facet {
    Text(Box<str>),
    Word(&'static str),
    Member { status: &'static str, simple: &'static str },
    Number { id: Box<str>, number: Box<str>, name: Box<str>, queue: Option<Box<str>> },
    Count(usize),
}

impl News {
    /// A call one ordered did not come about. Without a scope: whoever ordered
    /// it looks for its own id.
    pub fn originate_failed(id: &str) -> News {
        news("originateFailed", None, None, json!({ "actionId": id }))
    }
}

/// Everything with a state, at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facets(BTreeMap<Key, Facet>);

impl Facets {
    /// Of the office now. Costs a walk over its channels and members.
    pub fn of(office: &Office) -> Self {
        let mut all = BTreeMap::new();
        for (queue, one) in office.queues.named() {
            all.insert(Key::Count(queue.into()), Facet::Count(one.waiting.len()));
            for seat in one.seats.values() {
                let Some(agent) = extension(office, seat) else { continue };
                all.insert(Key::Name(agent.clone()), Facet::Text(seat.name.clone()));
                all.insert(Key::Member(agent, queue.into()), member(office, seat));
            }
        }
        for (exten, state) in office.phones.extensions() {
            all.insert(Key::Phone(exten.into()), Facet::Word(extension_word(state.state)));
        }
        for (device, state) in office.phones.devices() {
            // A hint's word is the better one: it may watch several devices.
            if let Some(exten) = office.book.extension(device)
                && office.is_ours(device)
            {
                let word = Facet::Word(device_word(state.state));
                all.entry(Key::Phone(exten.into())).or_insert(word);
            }
        }
        for call in office.calls() {
            numbers(office, &call, &mut all);
        }
        Facets(all)
    }

    /// What became different since `old`, in the order of the keys: names
    /// before states, states before numbers.
    pub fn since(&self, old: &Facets) -> Vec<News> {
        let gone = old.0.iter().filter(|(key, _)| !self.0.contains_key(*key));
        let mut news: Vec<News> = gone.filter_map(|(key, _)| lost(key)).collect();
        let new = self.0.iter().filter(|(key, facet)| old.0.get(*key) != Some(*facet));
        news.extend(new.map(|(key, facet)| tell(key, facet)));
        news
    }

    /// Everything as events, for somebody who knows nothing yet.
    pub fn all(&self) -> Vec<News> {
        self.0.iter().map(|(key, facet)| tell(key, facet)).collect()
    }

    /// Whether an agent has anything to do with one of these queues.
    pub fn sits(&self, agent: &str, on: impl Fn(&str) -> bool) -> bool {
        self.0.keys().any(|key| match key {
            Key::Member(one, queue) => **one == *agent && on(queue),
            _ => false,
        })
    }
}

fn extension(office: &Office, seat: &Seat) -> Option<Box<str>> {
    let device = office.book.device_of_member(&seat.interface, &seat.watched)?;
    office.book.extension(device).map(Into::into)
}

/// The detailed state as the service's description has it, and the short one
/// that its program really sent.
fn member(office: &Office, seat: &Seat) -> Facet {
    let device = office.book.device_of_member(&seat.interface, &seat.watched);
    let told = device.and_then(|device| office.phones.device(device));
    let state = told.map_or(seat.status, |device| device.state);
    let paused = seat.paused_since.is_some();
    let simple = match (state, paused) {
        (DeviceState::Invalid, _) => "invalid",
        (_, true) => "paused",
        (_, false) => "active",
    };
    Facet::Member { status: if paused { "paused" } else { device_word(state) }, simple }
}

fn extension_word(state: ExtensionState) -> &'static str {
    match state {
        ExtensionState::Unknown | ExtensionState::Removed => "unknown",
        ExtensionState::NotInUse => "not_inuse",
        ExtensionState::InUse => "inuse",
        ExtensionState::Busy => "busy",
        ExtensionState::Unavailable => "unavailable",
        ExtensionState::Ringing => "ringing",
        ExtensionState::RingInUse => "ringinuse",
        ExtensionState::OnHold => "onhold",
    }
}

/// The other party of each of our telephones in a call.
fn numbers(office: &Office, call: &Call, all: &mut BTreeMap<Key, Facet>) {
    if !matches!(call.state, CallState::Ringing | CallState::Talking | CallState::Hold) {
        return;
    }
    for party in &call.parties {
        let Some(exten) = &party.extension else { continue };
        if !party.talking && !party.ringing {
            continue;
        }
        // Who talks has the other who talks; a ring shows who called first.
        let other = call
            .parties
            .iter()
            .filter(|other| other.uniqueid != party.uniqueid)
            .max_by_key(|other| (other.talking && party.talking, !other.ringing));
        let Some(other) = other else { continue };
        let number = match &other.extension {
            Some(exten) => exten.clone(),
            None if other.number.is_empty() => dialled(office, other),
            None => other.number.clone(),
        };
        let facet = Facet::Number {
            id: call.id.clone(),
            number,
            name: other.name.clone(),
            queue: call.queue.clone(),
        };
        // A second call of one telephone: the one that talks is told.
        let key = Key::Number(exten.clone());
        if party.talking || !all.contains_key(&key) {
            all.insert(key, facet);
        }
    }
}

/// What was dialled, where the other side has no number of its own.
fn dialled(office: &Office, party: &crate::live::office::Party) -> Box<str> {
    let leg = office.channels.get(&party.uniqueid);
    leg.map(|leg| leg.connected_number.clone()).unwrap_or_default()
}

fn tell(key: &Key, facet: &Facet) -> News {
    let (kind, agent, queue) = match key {
        Key::Name(agent) => ("agentName", Some(agent), None),
        Key::Phone(agent) => ("extensionStatus", Some(agent), None),
        Key::Member(agent, queue) => ("queueMemberStatus", Some(agent), Some(queue)),
        Key::Number(agent) => ("phoneNumber", Some(agent), None),
        Key::Count(queue) => ("queueCount", None, Some(queue)),
    };
    let rest = match facet {
        Facet::Text(name) => json!({ "name": name }),
        Facet::Word(status) => json!({ "status": status }),
        Facet::Member { status, simple } => json!({ "status": status, "simple": simple }),
        Facet::Number { id, number, name, queue } => json!({
            "unique-id": id,
            "number": number,
            "name": some(name),
            // The scope property is the event's own; this says where the call
            // came through.
            "callQueue": queue,
        }),
        Facet::Count(count) => json!({ "count": count }),
    };
    news(kind, agent.map(|name| &**name), queue.map(|name| &**name), rest)
}

/// What is told of something that is not there any more.
fn lost(key: &Key) -> Option<News> {
    Some(match key {
        Key::Name(_) => return None,
        Key::Phone(agent) => {
            news("extensionStatus", Some(agent), None, json!({ "status": "unknown" }))
        }
        Key::Member(agent, queue) => news(
            "queueMemberStatus",
            Some(agent),
            Some(queue),
            json!({ "status": "loggedoff", "simple": "loggedoff" }),
        ),
        Key::Number(agent) => news(
            "phoneNumber",
            Some(agent),
            None,
            json!({ "unique-id": null, "number": null, "name": null, "callQueue": null }),
        ),
        Key::Count(queue) => news("queueCount", None, Some(queue), json!({ "count": 0 })),
    })
}

fn news(kind: &'static str, agent: Option<&str>, queue: Option<&str>, rest: Value) -> News {
    let rest = match rest {
        Value::Object(rest) => rest,
        _ => Map::new(),
    };
    News { kind, agent: agent.map(Into::into), queue: queue.map(Into::into), rest }
}

fn some(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// What an event without a state says; to be asked right after the office
/// has taken it.
pub fn told(event: &Told<'_>, office: &Office) -> Option<News> {
    match &event.event {
        Event::AgentComplete { attempt, hold, talk, .. } => {
            let seat = office.queues.get(&attempt.queue)?.seats.get(&*attempt.interface);
            let watched = seat.map_or("", |seat| &*seat.watched);
            let device = office.book.device_of_member(&attempt.interface, watched)?;
            let agent: Box<str> = office.book.extension(device)?.into();
            let ended = office.ended().last()?;
            let rest = json!({
                "uniqueId": ended.uniqueid,
                "talkTime": talk,
                "holdTime": hold,
                "recording": ended.recording,
                "callQueue": ended.queue,
            });
            Some(news("agentComplete", Some(&agent), None, rest))
        }
        Event::ParkedCall(parking) => Some(parked("parkedCall", parking)),
        Event::UnparkedCall { parking, .. } => Some(parked("unParkedCall", parking)),
        Event::ParkedCallTimeOut(parking) => Some(parked("parkedCallTimeOut", parking)),
        Event::ParkedCallGiveUp(parking) => Some(parked("parkedCallGiveUp", parking)),
        _ => None,
    }
}

fn parked(kind: &'static str, parking: &crate::event::manager::Parking<'_>) -> News {
    let rest = json!({
        "caller-id": parking.parkee.number,
        "channel": parking.parkee.name,
        "parked-ext": parking.space,
    });
    news(kind, None, None, rest)
}

#[cfg(test)]
mod tests;
