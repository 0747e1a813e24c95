//! Finding what a wish is about in the office of the moment.

use crate::actions::{No, Who};
use crate::live::office::{Call, CallState, Leg, Office, Seat};
use crate::people::Right;

/// A call with the two sides that matter.
pub(super) struct Sides<'a> {
    pub call: Call,
    /// The channel of the agent's telephone, if one is in it.
    pub agent: Option<&'a Leg>,
    /// The channel of the other party.
    pub other: Option<&'a Leg>,
}

pub(super) fn me(who: &Who) -> Result<&str, No> {
    who.agent.as_deref().ok_or(No::NoAgent)
}

/// Whether two names are one agent: in any case of letters, and `Agent/` may
/// be left out (`metrics.md` 1.7 N4, N5).
pub(super) fn same(one: &str, other: &str) -> bool {
    let plain = |name: &str| {
        let name = name.to_lowercase();
        name.strip_prefix("agent/").map(str::to_owned).unwrap_or(name)
    };
    plain(one) == plain(other)
}

/// Whose affair it is: oneself needs `agent.self`, others the right.
pub(super) fn agent<'a>(
    who: &'a Who,
    named: Option<&'a str>,
    others: Right,
) -> Result<(&'a str, bool), No> {
    match (named, who.agent.as_deref()) {
        (None, None) => Err(No::NoAgent),
        (None, Some(own)) => own_affair(who, own),
        (Some(named), Some(own)) if same(named, own) && who.rights.has(Right::AgentSelf) => {
            own_affair(who, own)
        }
        (Some(named), _) if who.rights.has(others) => Ok((named, false)),
        _ => Err(No::Right),
    }
}

fn own_affair<'a>(who: &Who, own: &'a str) -> Result<(&'a str, bool), No> {
    if who.rights.has(Right::AgentSelf) { Ok((own, true)) } else { Err(No::Right) }
}

pub(super) fn queue(who: &Who, office: &Office, queue: &str) -> Result<(), No> {
    let theirs = who.queues.as_ref().is_none_or(|own| own.iter().any(|one| one == queue));
    match (theirs, office.queues.get(queue)) {
        (false, _) => Err(No::NotYours),
        (true, None) => Err(No::NoQueue(queue.to_owned())),
        (true, Some(_)) => Ok(()),
    }
}

/// Whether an agent is on one of a person's queues, for those limited to
/// some.
pub(super) fn theirs(who: &Who, office: &Office, agent: &str) -> Result<(), No> {
    let on = |(name, _): &(&str, &Seat)| queue(who, office, name).is_ok();
    if who.queues.is_none() || seats(office, agent).iter().any(on) {
        return Ok(());
    }
    Err(No::NotYours)
}

/// The seats of an agent, with their queues. Seats on one queue may differ in
/// spelling only.
pub(super) fn seats<'a>(office: &'a Office, agent: &str) -> Vec<(&'a str, &'a Seat)> {
    office
        .queues
        .named()
        .flat_map(|(name, queue)| queue.seats.values().map(move |seat| (name, seat)))
        .filter(|(_, seat)| same(&seat.name, agent))
        .collect()
}

/// The device of an agent's telephone: of the configuration, or that of a
/// seat.
pub(super) fn phone<'a>(office: &'a Office, agent: &str) -> Option<&'a str> {
    let seat = seats(office, agent)
        .into_iter()
        .find_map(|(_, seat)| office.book.device_of_member(&seat.interface, &seat.watched));
    seat.or_else(|| office.book.entry(agent).and_then(|entry| entry.device.as_deref()))
}

/// The device of an extension: by the table, or an endpoint that exists under
/// this very name.
pub(super) fn device_of_extension(office: &Office, exten: &str) -> Option<String> {
    if let Some(device) = office.book.devices(exten).first() {
        return Some((*device).to_owned());
    }
    let mut known = office.phones.devices().filter(|(device, _)| {
        crate::live::office::endpoint(device).is_some_and(|(_, name)| name == exten)
    });
    known.next().map(|(device, _)| device.to_owned())
}

/// The call a wish names, or one's own when it names none; checked against
/// the queues and the right.
pub(super) fn call<'a>(
    who: &Who,
    office: &'a Office,
    id: Option<&str>,
    others: Right,
) -> Result<Sides<'a>, No> {
    let own_device = who.agent.as_deref().and_then(|agent| phone(office, agent));
    let call = match id {
        Some(id) => office.call_of(id).ok_or(No::NoCall)?,
        None => {
            let device = match (&who.agent, own_device) {
                (None, _) => return Err(No::NoAgent),
                (Some(_), None) => return Err(No::NoPhone),
                (_, Some(device)) => device,
            };
            office
                .channels
                .of_device(device)
                .into_iter()
                .rev()
                .filter_map(|leg| office.call_of(&leg.uniqueid))
                .find(|call| matches!(call.state, CallState::Talking | CallState::Hold))
                .ok_or(No::NoCall)?
        }
    };
    let mine =
        own_device.is_some_and(|device| call.parties.iter().any(|party| *party.device == *device));
    let allowed = (mine && who.rights.has(Right::AgentSelf))
        || (who.rights.has(others) && sees(who, &call, office));
    if !allowed {
        return Err(if who.rights.has(others) { No::NotYours } else { No::Right });
    }
    let of = |party: Option<&crate::live::office::Party>| {
        party.and_then(|party| office.channels.get(&party.uniqueid))
    };
    // One's own side first, else the side of whoever is an agent.
    let agent = call
        .parties
        .iter()
        .find(|party| own_device.is_some_and(|device| *party.device == *device))
        .or_else(|| call.parties.iter().rev().find(|party| party.agent.is_some()));
    let other = call
        .parties
        .iter()
        .find(|party| agent.is_none_or(|agent| agent.uniqueid != party.uniqueid));
    let (agent, other) = (of(agent), of(other));
    Ok(Sides { call, agent, other })
}

/// Whether a call is within a person's queues. Those limited to queues see
/// calls of these queues, and calls of their members.
fn sees(who: &Who, call: &Call, office: &Office) -> bool {
    let Some(own) = &who.queues else { return true };
    if let Some(queue) = &call.queue {
        return own.iter().any(|one| **one == **queue);
    }
    call.parties.iter().filter_map(|party| party.agent.as_deref()).any(|agent| {
        seats(office, agent).iter().any(|(queue, _)| own.iter().any(|one| one == queue))
    })
}

/// The device of an agent's telephone, if it is known.
pub fn phone_of<'a>(office: &'a Office, agent: &str) -> Option<&'a str> {
    phone(office, agent)
}

/// The queues an agent is logged on to, by name.
pub fn queues_of(office: &Office, agent: &str) -> Vec<String> {
    seats(office, agent).into_iter().map(|(queue, _)| queue.to_owned()).collect()
}
