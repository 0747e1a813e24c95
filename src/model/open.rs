//! What is open right now, by value, for real time and for reports that
//! consider unfinished calls.

use crate::base::{CallId, Secs, UnixSec};
use crate::model::fact::{
    AgentId, Direction, Membership, Note, Pause, QueueId, Session, Stint, WordId,
};

/// Everything that has begun and not ended. Intervals of agents carry the
/// newest record's time as their end and [`EndCause::Open`](crate::model::EndCause).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Open {
    /// Time of the newest record.
    pub newest: UnixSec,
    /// Oldest first.
    pub stints: Vec<OpenStint>,
    pub sessions: Vec<Session>,
    /// Agents whose log-on was for all queues (AGENTLOGIN and the like).
    pub everywhere: Vec<AgentId>,
    pub memberships: Vec<Membership>,
    /// With a queue: paused there; without: the agent-level pause.
    pub pauses: Vec<Pause>,
    pub bindings: Vec<Binding>,
    pub last_calls: Vec<LastCall>,
    pub ivr: Vec<OpenIvr>,
}

/// A stint that has not ended.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenStint {
    /// As far as known, cause [`Cause::Ongoing`](crate::model::Cause);
    /// `answered`, `agent` and `wait` are set from the answer on, `talk` is
    /// `None`, `end` is the newest record of the stint.
    pub stint: Stint,
    pub state: StintState,
    /// Moment of the answer.
    pub connected: Option<UnixSec>,
    /// Since when the caller is on hold.
    pub hold_since: Option<UnixSec>,
    /// The member that rang last without taking the call, and when that ended.
    pub last_tried: Option<(AgentId, UnixSec)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum StintState {
    Waiting = 1,
    Talking = 2,
    OnHold = 3,
}

/// A telephone that acts for a person (hot-desking).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The telephone, an interface such as `PJSIP/2002`.
    pub channel: AgentId,
    pub agent: AgentId,
    pub since: UnixSec,
}

/// An agent's newest finished conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastCall {
    pub agent: AgentId,
    pub end: UnixSec,
    pub queue: QueueId,
    pub direction: Direction,
    pub number: Box<str>,
    pub wait: Option<Secs>,
    pub talk: Option<Secs>,
}

/// A caller who is in a voice menu, or was announced and has not entered a
/// queue yet.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenIvr {
    pub call_id: CallId,
    pub start: UnixSec,
    /// The newest record.
    pub last: UnixSec,
    pub number: Box<str>,
    pub dnis: Option<WordId>,
    pub ivr: Option<WordId>,
    pub steps: Vec<Note>,
}
