//! What a member counts as in a queue's row, and an agent's state.

use crate::base::{Secs, UnixSec};
use crate::live::board::{AgentRow, Talk};
use crate::live::view::{AgentState, Flow, Queue};

/// The one class of a member within some queues (`metrics.md` 4.2, the
/// invariant). In order of precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    Talking,
    Elsewhere,
    Ringing,
    Paused,
    WrapUp,
    InUse,
    Unavailable,
    Ready,
}

/// The class of an agent among the queues that `within` names; `None` when
/// the agent is a member of none of them.
///
/// On several queues at once an agent is paused when paused on all of them.
pub fn class(agent: &AgentRow, within: impl Fn(&str) -> bool) -> Option<Class> {
    let mut member = false;
    let mut paused = true;
    for membership in agent.memberships.iter().filter(|one| within(&one.queue)) {
        member = true;
        paused &= membership.paused || agent.paused_since.is_some();
    }
    if agent.everywhere {
        member = true;
        paused &= agent.paused_since.is_some();
    }
    if !member {
        return None;
    }
    Some(if agent.talks.iter().any(|talk| within(&talk.queue)) {
        Class::Talking
    } else if !agent.talks.is_empty() {
        Class::Elsewhere
    } else if agent.ringing_since.is_some() {
        Class::Ringing
    } else if paused {
        Class::Paused
    } else if agent.wrapup_until.is_some() {
        Class::WrapUp
    } else {
        match agent.device {
            Some(Device::InUse) => Class::InUse,
            Some(Device::Unavailable) => Class::Unavailable,
            None => Class::Ready,
        }
    })
}

/// A telephone that hinders its agent. A free one, and one nobody told us
/// about, is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Device {
    InUse,
    Unavailable,
}

/// Adds one agent to a queue's row.
pub fn count(row: &mut Queue, agent: &AgentRow, within: impl Fn(&str) -> bool) {
    let talks =
        |flow: Flow| agent.talks.iter().any(|talk| within(&talk.queue) && talk.flow == flow);
    row.talking_in += u32::from(talks(Flow::In));
    row.talking_out += u32::from(talks(Flow::Out));
    let Some(class) = class(agent, &within) else {
        row.unknown += u32::from(talks(Flow::In) || talks(Flow::Out));
        return;
    };
    row.agents += 1;
    *match class {
        Class::Talking => &mut row.talking,
        Class::Elsewhere => &mut row.elsewhere,
        Class::Ringing => &mut row.ringing,
        Class::Paused => &mut row.paused,
        Class::WrapUp => &mut row.wrapup,
        Class::InUse => &mut row.in_use,
        Class::Unavailable => &mut row.unavailable,
        Class::Ready => &mut row.ready,
    } += 1;
}

/// The state of an agent by itself, the first that holds (`metrics.md` 4.4),
/// and since when.
pub fn state(agent: &AgentRow) -> (AgentState, UnixSec) {
    let oldest = |hold: bool| -> Option<&Talk> {
        agent.talks.iter().filter(|talk| talk.hold == hold).min_by_key(|talk| talk.since)
    };
    if let Some(talk) = oldest(false) {
        return (AgentState::Talking, talk.since);
    }
    if let Some(talk) = oldest(true) {
        return (AgentState::Hold, talk.since);
    }
    if let Some(since) = agent.ringing_since {
        return (AgentState::Ringing, since);
    }
    let everywhere = !agent.memberships.is_empty() && agent.memberships.iter().all(|m| m.paused);
    if let Some(since) = agent.paused_since.or(if everywhere { agent.partly_since } else { None }) {
        return (AgentState::Paused, since);
    }
    let free = agent.last_call_end.unwrap_or(0).max(agent.free_since).max(0);
    if agent.wrapup_until.is_some() {
        return (AgentState::WrapUp, free);
    }
    match agent.device {
        Some(Device::InUse) => (AgentState::InUse, agent.device_since.unwrap_or(free)),
        Some(Device::Unavailable) => (AgentState::Unavailable, agent.device_since.unwrap_or(free)),
        None => (AgentState::Ready, free),
    }
}

/// The moment a rest after a conversation is over, if it is not yet.
pub fn wrapup_until(end: UnixSec, wrapup: Secs, now: UnixSec) -> Option<UnixSec> {
    Some(end + wrapup).filter(|until| *until > now)
}
