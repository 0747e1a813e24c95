//! What the model hands on: closed stints, sessions, memberships and pauses.
//!
//! Plain values without SQL or serialisation. Names are ids of the model's
//! [`Names`](crate::model::Names), so that nobody behind it hashes text again.

use crate::base::{CallId, Secs, UnixSec};

/// Id of a queue name in [`Names`](crate::model::Names).
pub type QueueId = u32;
/// Id of an agent (a person's code, member name or interface).
pub type AgentId = u32;
/// Id of a short recurring text: pause code, outcome, tag, feature, DNIS,
/// voice-menu selection, transfer target, key, extension.
pub type WordId = u32;

/// One passage of one call through one queue, closed.
#[derive(Clone, Debug, PartialEq)]
pub struct Stint {
    pub call_id: CallId,
    /// Second id of a call whose id changed by a masquerade (`metrics.md`
    /// 2.3 rule 9).
    pub alias: Option<CallId>,
    pub queue: QueueId,
    /// How many stints of this call id on any queue came before, from 0.
    pub entry: u16,
    pub direction: Direction,
    pub enter: UnixSec,
    /// Newest moment of the stint. Under a clock step this is not
    /// `enter + wait + talk`.
    pub end: UnixSec,
    /// From entering to the answer or the end; `None` when unknown.
    pub wait: Option<Secs>,
    /// `None` for a lost stint, and for an answered one whose length is
    /// unknown (cause [`Cause::NoClosure`]).
    pub talk: Option<Secs>,
    /// Rings of the member that answered, whole seconds.
    pub ring: Option<Secs>,
    /// Whether somebody answered; `false` is a lost stint.
    pub answered: bool,
    pub cause: Cause,
    /// Who answered; for outbound stints who dialled.
    pub agent: Option<AgentId>,
    /// Place in the queue on entering, 1 = first.
    pub position: Option<u32>,
    /// Place at the end of a lost stint.
    pub exit_position: Option<u32>,
    /// The other party's number as written; empty when hidden or unknown.
    pub number: Box<str>,
    pub caller_name: Box<str>,
    pub url: Box<str>,
    pub dnis: Option<WordId>,
    /// Selection in the voice menu before this queue.
    pub ivr: Option<WordId>,
    /// Time in the voice menu before this queue.
    pub ivr_secs: Option<Secs>,
    /// Key pressed to leave ([`Cause::Key`]); refusing verb
    /// ([`Cause::Refused`]); info of a withdrawal.
    pub detail: Option<WordId>,
    pub transfer_to: Option<WordId>,
    /// Channel of the member that answered; names recordings.
    pub member_id: Option<CallId>,
    pub outcome: Option<WordId>,
    pub tag: Option<WordId>,
    pub features: Vec<WordId>,
    pub attempts: Vec<Attempt>,
    pub holds: Vec<Hold>,
    /// Everything else for the timeline, in order of time.
    pub notes: Vec<Note>,
    pub quality: Quality,
}

impl Stint {
    /// A stint with nothing known but where and when it began.
    pub fn begun(call_id: CallId, queue: QueueId, enter: UnixSec) -> Stint {
        Stint {
            call_id,
            alias: None,
            queue,
            entry: 0,
            direction: Direction::Inbound,
            enter,
            end: enter,
            wait: None,
            talk: None,
            ring: None,
            answered: false,
            cause: Cause::Ongoing,
            agent: None,
            position: None,
            exit_position: None,
            number: Box::default(),
            caller_name: Box::default(),
            url: Box::default(),
            dnis: None,
            ivr: None,
            ivr_secs: None,
            detail: None,
            transfer_to: None,
            member_id: None,
            outcome: None,
            tag: None,
            features: Vec::new(),
            attempts: Vec::new(),
            holds: Vec::new(),
            notes: Vec::new(),
            quality: Quality::default(),
        }
    }

    /// The moment of the answer, if answered and the wait is known.
    pub fn answer(&self) -> Option<UnixSec> {
        if self.answered { self.wait.map(|wait| self.enter + wait) } else { None }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Direction {
    Inbound,
    Outbound,
}

/// Why a stint ended; numbers are stored, never reuse one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Cause {
    Caller = 1,
    Agent = 2,
    Transfer = 3,
    BlindTransfer = 4,
    AttendedTransfer = 5,
    Reconnect = 6,
    Abandon = 7,
    Timeout = 8,
    Key = 9,
    Empty = 10,
    Withdrawn = 11,
    Incompatible = 12,
    AgentDump = 13,
    Refused = 14,
    Restart = 15,
    NoClosure = 16,
    NextStint = 17,
    OutCall = 18,
    Manual = 19,
    /// Only in reports that consider calls still open.
    Ongoing = 20,
    /// Out of the queue, and nobody said why: AMI alone told of it.
    Left = 21,
}

impl Cause {
    pub const ALL: [Cause; 21] = [
        Cause::Caller,
        Cause::Agent,
        Cause::Transfer,
        Cause::BlindTransfer,
        Cause::AttendedTransfer,
        Cause::Reconnect,
        Cause::Abandon,
        Cause::Timeout,
        Cause::Key,
        Cause::Empty,
        Cause::Withdrawn,
        Cause::Incompatible,
        Cause::AgentDump,
        Cause::Refused,
        Cause::Restart,
        Cause::NoClosure,
        Cause::NextStint,
        Cause::OutCall,
        Cause::Manual,
        Cause::Ongoing,
        Cause::Left,
    ];

    /// The cause with a stored number.
    pub fn from_code(code: u8) -> Option<Cause> {
        Self::ALL.get(usize::from(code).checked_sub(1)?).copied()
    }

    /// The number that is stored.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The label of `metrics.md` 2.2, used as a key in reports.
    pub fn label(self) -> &'static str {
        match self {
            Cause::Caller => "caller",
            Cause::Agent => "agent",
            Cause::Transfer => "transfer",
            Cause::BlindTransfer => "blind transfer",
            Cause::AttendedTransfer => "attended transfer",
            Cause::Reconnect => "reconnect",
            Cause::Abandon => "abandon",
            Cause::Timeout => "timeout",
            Cause::Key => "key press",
            Cause::Empty => "empty",
            Cause::Withdrawn => "withdrawn",
            Cause::Incompatible => "incompatible channel",
            Cause::AgentDump => "agent dump",
            Cause::Refused => "refused",
            Cause::Restart => "restart",
            Cause::NoClosure => "no closure",
            Cause::NextStint => "next stint",
            Cause::OutCall => "outcall",
            Cause::Manual => "manual",
            Cause::Ongoing => "ongoing",
            Cause::Left => "left",
        }
    }
}

/// One ringing of one member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Moment of the record that tells of it, which is the end of the ring.
    pub at: UnixSec,
    pub agent: AgentId,
    /// Milliseconds; whole seconds × 1000 when taken.
    pub ring_ms: Option<i64>,
    pub result: AttemptResult,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum AttemptResult {
    /// CONNECT.
    Taken = 1,
    /// RINGNOANSWER.
    NoAnswer = 2,
    /// RINGCANCELED: neither taken nor lost.
    Cancelled = 3,
    /// AGENTDUMP.
    Dumped = 4,
    /// AGENTATTEMPT.
    Attempt = 5,
}

/// The caller on hold within a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    pub start: UnixSec,
    pub secs: Secs,
}

/// A line of the timeline that is no attempt and no hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub at: UnixSec,
    pub kind: NoteKind,
    pub agent: Option<AgentId>,
    /// Code, name, digits or text, by kind.
    pub text: Box<str>,
    /// Value or second text, by kind; often empty.
    pub more: Box<str>,
}

/// Numbers are stored, never reuse one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum NoteKind {
    Outcome = 1,
    Tag = 2,
    NoTag = 3,
    Feature = 4,
    NoFeature = 5,
    Variable = 6,
    NoVariable = 7,
    Skill = 8,
    IvrStart = 9,
    /// `text` = keys pressed, `more` = `MILLISECONDS|NODE`, either empty when
    /// unknown.
    IvrStep = 10,
    IvrGoal = 11,
    IvrHangup = 12,
    CallerName = 13,
    CallerNumber = 14,
    /// INFO with an unknown sub-verb, and verbs not chosen as ring source.
    Other = 15,
}

/// What had to be repaired; bits are stored, never reuse one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quality(pub u16);

impl Quality {
    pub const SYNTHETIC_START: Quality = Quality(1);
    pub const SYNTHETIC_END: Quality = Quality(2);
    pub const REPAIRED_DURATION: Quality = Quality(4);
    pub const CLOCK_JUMP: Quality = Quality(8);
    pub const RESTART: Quality = Quality(16);
    pub const MANUAL: Quality = Quality(32);
    pub const LATE: Quality = Quality(64);
    pub const DUPLICATE_SEEN: Quality = Quality(128);
    /// Longer than the limit and without an end of its own.
    pub const STALE: Quality = Quality(256);

    pub fn has(self, flag: Quality) -> bool {
        self.0 & flag.0 == flag.0
    }

    pub fn set(&mut self, flag: Quality) {
        self.0 |= flag.0;
    }
}

/// An agent's stretch of being logged on anywhere, closed.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    pub agent: AgentId,
    pub start: UnixSec,
    pub end: UnixSec,
    /// Telephone or channel, if the log named one.
    pub extension: Option<WordId>,
    pub cause: EndCause,
    pub quality: Quality,
}

/// An agent's stretch of being a member of one queue, closed.
#[derive(Clone, Debug, PartialEq)]
pub struct Membership {
    pub agent: AgentId,
    pub queue: QueueId,
    pub start: UnixSec,
    pub end: UnixSec,
    pub cause: EndCause,
    pub quality: Quality,
}

/// A pause, closed. With a queue it is the pause on that queue alone, for the
/// queue-level report; without, the agent-level pause that reports use.
#[derive(Clone, Debug, PartialEq)]
pub struct Pause {
    pub agent: AgentId,
    pub queue: Option<QueueId>,
    pub start: UnixSec,
    pub end: UnixSec,
    /// `None` for a pause without a reason.
    pub code: Option<WordId>,
    pub cause: EndCause,
    pub quality: Quality,
}

/// Why a session, a membership or a pause ended; numbers are stored, never
/// reuse one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum EndCause {
    /// REMOVEMEMBER.
    Removed = 1,
    /// AGENTLOGOFF, AGENTCALLBACKLOGOFF.
    Logoff = 2,
    /// UNPAUSE, UNPAUSEALL.
    Unpaused = 3,
    /// The next reason began.
    ReasonChanged = 4,
    Restart = 5,
    /// Longer than allowed, ended at the last activity.
    Stale = 6,
    /// Another person took the telephone.
    HotDesk = 7,
    /// Edited or closed by hand.
    Manual = 8,
    /// Not closed at all; only in answers about what is open.
    Open = 9,
}
