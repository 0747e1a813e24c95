//! What a viewer gets: plain rows with the field names of the HTTP API.
//!
//! All moments are UTC seconds, all durations seconds; `None` is "not known"
//! or "no data", never 0.

use serde::Serialize;

use crate::base::{Secs, UnixSec};
use crate::event::manager::DeviceState;
use crate::live::office::Link;

/// Everything one viewer may see, at one moment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Snapshot {
    /// Number of the board this was taken from; grows with each change.
    pub seq: u64,
    pub now: UnixSec,
    /// Since when the counters called "today" count.
    pub since: UnixSec,
    pub source: Source,
    /// The link to Asterisk: unless it is up, what rings and who is a member
    /// is not known, or old.
    pub ami: Link,
    /// All queues of the viewer as one row. Agents on several queues count
    /// once.
    pub total: Queue,
    pub queues: Vec<Queue>,
    /// Waiting calls first, oldest first.
    pub calls: Vec<Call>,
    pub agents: Vec<Agent>,
}

/// What became different between two boards, for one viewer. Rows are whole;
/// the `…_gone` lists name rows that are no longer there.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Difference {
    pub seq: u64,
    pub now: UnixSec,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ami: Option<Link>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<Queue>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub queues: Vec<Queue>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub queues_gone: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<Call>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub calls_gone: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub agents: Vec<Agent>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub agents_gone: Vec<String>,
}

impl Difference {
    /// Whether the viewer would see nothing new.
    pub fn is_empty(&self) -> bool {
        self.source.is_none()
            && self.ami.is_none()
            && self.total.is_none()
            && self.queues.is_empty()
            && self.queues_gone.is_empty()
            && self.calls.is_empty()
            && self.calls_gone.is_empty()
            && self.agents.is_empty()
            && self.agents_gone.is_empty()
    }
}

/// Where the records come from and how fresh they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    pub state: SourceState,
    pub path: String,
    /// Time of the newest record.
    pub last_record: Option<UnixSec>,
    /// When the file was last looked at.
    pub last_read: UnixSec,
    /// What is wrong, for people.
    pub detail: Option<String>,
}

impl Source {
    /// Whether a viewer must be told: the moments alone travel with the
    /// beats.
    pub fn differs(&self, other: &Source) -> bool {
        self.state != other.state || self.path != other.path || self.detail != other.detail
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceState {
    /// The file is open and read to its end.
    Following,
    /// The file was there and is gone; it is expected back.
    Waiting,
    /// There has never been such a file.
    Missing,
    /// The file is there and can't be read.
    Unreadable,
}

/// One queue, or all of them (`metrics.md` 4.2). Each member is in exactly
/// one of ready, ringing, talking, elsewhere, wrap-up, paused, in use,
/// unavailable, and their sum is `agents`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Queue {
    pub name: String,
    pub label: String,
    /// Inbound calls that wait.
    pub waiting: u32,
    /// Entering of the one that has waited longest.
    pub longest_since: Option<UnixSec>,
    /// Members logged on.
    pub agents: u32,
    pub ready: u32,
    /// Members whose telephone rings: told by AMI, 0 without it.
    pub ringing: u32,
    /// Members in conversation on a call of this queue.
    pub talking: u32,
    /// Members in conversation on a call of another queue.
    pub elsewhere: u32,
    pub wrapup: u32,
    pub paused: u32,
    /// Members whose telephone is busy otherwise: told by AMI.
    pub in_use: u32,
    /// Members whose telephone is not there: told by AMI.
    pub unavailable: u32,
    /// Talking on a call of this queue without being a member of it.
    pub unknown: u32,
    /// Agents in conversation on inbound calls of this queue.
    pub talking_in: u32,
    /// Agents in conversation on outbound calls of this queue.
    pub talking_out: u32,

    /// Stints since the start of the window, refused ones left out.
    pub offered: u32,
    pub answered: u32,
    pub lost: u32,
    /// Answered within the queue's target, per cent of those offered (SLA-4).
    pub within_sla: Option<f64>,
    pub sla_seconds: Secs,
    /// Per cent.
    pub sla_goal: f64,
    pub avg_wait: Option<f64>,
    pub avg_talk: Option<f64>,
    pub total_talk: Secs,
    pub max_wait: Option<Secs>,
    /// Hint for the last caller in line: waiting × average of the last 20
    /// conversations ÷ agents (RT-Q17). `None` while nobody waits or nobody
    /// has talked.
    pub estimated_wait: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CallState {
    Waiting,
    Ringing,
    Talking,
    Hold,
}

/// Which way a call goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Flow {
    In,
    Out,
}

/// One open stint (`metrics.md` 4.3).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Call {
    /// Stable name of the row: call id, queue and entry.
    pub id: String,
    pub call_id: String,
    pub direction: Flow,
    pub queue: String,
    pub number: String,
    pub name: String,
    pub entered: UnixSec,
    pub state: CallState,
    /// Since when it is in this state.
    pub since: UnixSec,
    /// Once answered.
    pub wait: Option<Secs>,
    pub agent: Option<String>,
    /// Place in the queue: now where AMI tells, else on entering.
    pub position: Option<u32>,
    pub attempts: u32,
    /// Who was tried last and did not answer.
    pub last_tried: Option<String>,
    pub dnis: Option<String>,
    pub ivr: Option<String>,
    pub tag: Option<String>,
}

/// What an agent does (`metrics.md` 4.4), in order of precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentState {
    Talking,
    Hold,
    Ringing,
    Paused,
    #[serde(rename = "wrapup")]
    WrapUp,
    InUse,
    Unavailable,
    Ready,
}

/// One agent who is logged on, paused or in conversation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Agent {
    pub name: String,
    pub label: String,
    pub state: AgentState,
    /// Since when, as far as it is known.
    pub since: UnixSec,
    /// Of the conversation.
    pub direction: Option<Flow>,
    /// Queues the agent is a member of and the viewer may see.
    pub queues: Vec<String>,
    /// Those of them the agent is paused on.
    pub paused_queues: Vec<String>,
    pub pause_code: Option<String>,
    /// By AMI: what the agent is in each of those queues.
    pub seats: Vec<Seat>,
    /// By AMI: the telephone, `PJSIP/201`.
    pub phone: Option<String>,
    /// By AMI: state of the telephone.
    pub device: Option<&'static str>,
    pub extension: Option<String>,
    pub logged_on: Option<UnixSec>,
    /// Number of the other party; empty for a call on a queue the viewer may
    /// not see.
    pub caller: Option<String>,
    pub caller_name: Option<String>,
    pub call_queue: Option<String>,
    pub last_call_end: Option<UnixSec>,
    pub last_queue: Option<String>,

    /// Conversations, ended ones only.
    pub taken: u32,
    pub lost_attempts: u32,
    /// Seconds of ended conversations.
    pub talk: Secs,
    /// Seconds of ended pauses.
    pub pause: Secs,
}

/// A member's place in one queue, by AMI.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Seat {
    pub queue: String,
    /// What the queue calls.
    pub interface: String,
    /// Added by a program or a dialplan, which may also remove it.
    pub dynamic: bool,
    pub penalty: i64,
    /// Asterisk's own counter since it started or was reset.
    pub calls_taken: u32,
    pub paused_since: Option<UnixSec>,
    pub pause_code: Option<String>,
}

/// Words of device states, as in the call-event service.
pub const DEVICE_WORDS: [&str; 9] = [
    "unknown",
    "not_inuse",
    "inuse",
    "busy",
    "invalid",
    "unavailable",
    "ringing",
    "ringinuse",
    "onhold",
];

/// The word of a device's state.
pub fn device_word(state: DeviceState) -> &'static str {
    match state {
        DeviceState::Unknown => "unknown",
        DeviceState::NotInUse => "not_inuse",
        DeviceState::InUse => "inuse",
        DeviceState::Busy => "busy",
        DeviceState::Invalid => "invalid",
        DeviceState::Unavailable => "unavailable",
        DeviceState::Ringing => "ringing",
        DeviceState::RingInUse => "ringinuse",
        DeviceState::OnHold => "onhold",
    }
}
