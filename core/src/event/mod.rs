//! Floor 1: the vocabulary. What a record of queue_log says, with its time.
//!
//! Parses nothing and stores nothing; `input` makes these values, `model` and
//! `live` consume them. Text borrows from the line it was read from.

pub mod manager;

use std::borrow::Cow;

use crate::base::UnixSec;

/// Text of a record: borrowed where the line was UTF-8, owned where bytes had
/// to be replaced.
pub type Text<'a> = Cow<'a, str>;

/// One record of queue_log, agents and channels already normalised by the
/// rules N1–N3 of the grammar (`metrics.md` 1.7).
#[derive(Clone, Debug, PartialEq)]
pub struct QueueEvent<'a> {
    /// Whole seconds of the writer's wall clock, UTC.
    pub time: UnixSec,
    /// As written: a unique id, `NONE`, `MANAGER`, `CLI`, `REALTIME`, or
    /// anything a dialplan passed.
    pub call_id: Text<'a>,
    /// Queue name; `NONE` for records of the whole system.
    pub queue: Text<'a>,
    /// Interface or member name; `NONE` when nobody.
    pub agent: Text<'a>,
    pub verb: Verb<'a>,
}

impl QueueEvent<'_> {
    /// Whether the record names an agent.
    pub fn has_agent(&self) -> bool {
        !self.agent.is_empty() && self.agent != "NONE"
    }

    /// Whether the record names a queue.
    pub fn has_queue(&self) -> bool {
        !self.queue.is_empty() && self.queue != "NONE"
    }

    /// Whether the call id is that of a call and not one of Asterisk's
    /// literals.
    pub fn has_call(&self) -> bool {
        !matches!(&*self.call_id, "" | "NONE" | "MANAGER" | "CLI" | "REALTIME")
    }
}

/// What happened. Numbers that the record left out are `None`, never 0;
/// durations are seconds unless the name says otherwise.
#[derive(Clone, Debug, PartialEq)]
pub enum Verb<'a> {
    /// The PBX started (`QUEUESTART`).
    QueueStart,
    /// The logger was reloaded or rotated (`CONFIGRELOAD`); closes nothing.
    ConfigReload,
    EnterQueue {
        url: Text<'a>,
        number: Text<'a>,
        position: Option<u32>,
        name: Option<Text<'a>>,
    },
    /// `hold` = from entering to the answer; `member_id` = unique id of the
    /// member's channel (1.4+); `ring` seconds (1.6+).
    Connect {
        hold: Option<i64>,
        member_id: Option<Text<'a>>,
        ring: Option<i64>,
    },
    /// `COMPLETEAGENT` (the agent hung up) and `COMPLETECALLER`.
    Complete {
        by_agent: bool,
        hold: Option<i64>,
        talk: Option<i64>,
        position: Option<u32>,
    },
    Transfer(Transfer<'a>),
    /// `wait` from entering; position at the end, position at the start.
    Abandon {
        position: Option<u32>,
        original: Option<u32>,
        wait: Option<i64>,
    },
    ExitEmpty {
        position: Option<u32>,
        original: Option<u32>,
        wait: Option<i64>,
    },
    ExitWithKey {
        key: Text<'a>,
        position: Option<u32>,
        original: Option<u32>,
        wait: Option<i64>,
    },
    ExitWithTimeout {
        position: Option<u32>,
        original: Option<u32>,
        wait: Option<i64>,
    },
    /// The caller is out of the queue and nobody said why: a word of our own,
    /// for what only AMI tells (`LEFT`).
    Left {
        position: Option<u32>,
        original: Option<u32>,
        wait: Option<i64>,
    },
    Withdraw {
        position: Option<u32>,
        original: Option<u32>,
        wait: Option<i64>,
        info: Text<'a>,
    },
    /// The agent hung up during the announcement; the caller stays queued.
    AgentDump,
    /// Answered with incompatible media; the call was dropped.
    SysCompat,
    RingNoAnswer {
        ring_ms: Option<i64>,
    },
    RingCanceled {
        ring_ms: Option<i64>,
    },
    /// Written by patched Asterisks or dialplans.
    AgentAttempt {
        ring_ms: Option<i64>,
    },
    /// A call refused at the door: `JOINEMPTY`, `FULL`, `CLOSED`,
    /// `LEAVEEMPTY`, `DIVERT_…`; the verb is kept as the cause.
    Refused {
        verb: Text<'a>,
    },

    AddMember {
        paused: bool,
    },
    RemoveMember,
    /// VICIDIAL's log-on: agent-wide, with the telephone.
    AddMember2 {
        extension: Text<'a>,
    },
    Pause {
        reason: Text<'a>,
    },
    Unpause {
        reason: Text<'a>,
    },
    PauseAll {
        reason: Text<'a>,
    },
    UnpauseAll {
        reason: Text<'a>,
    },
    PauseReason {
        code: Text<'a>,
    },
    Penalty {
        penalty: Option<i64>,
    },
    RingInUse {
        on: bool,
    },
    /// `AGENTLOGIN` (channel) and `AGENTCALLBACKLOGIN` (extension).
    AgentLogin {
        extension: Text<'a>,
    },
    AgentLogoff {
        extension: Text<'a>,
        session: Option<i64>,
        reason: Text<'a>,
    },
    /// `HOTDESK`, `HOTDESKING`: from now on the channel acts as the agent.
    HotDesk {
        channel: Text<'a>,
    },

    /// Opens an outbound call on a campaign queue.
    CallOutbound {
        url: Text<'a>,
        number: Text<'a>,
    },
    /// A closed outbound call (`QueueUpdate`, 15+).
    OutCall {
        status: Text<'a>,
        talk: Option<i64>,
        params: Text<'a>,
    },
    CallerOnHold {
        label: Text<'a>,
    },
    CallerOffHold {
        held: Option<i64>,
    },
    /// `CALLSTATUS`; `other_call` overrides the record's call id.
    CallStatus {
        code: Text<'a>,
        other_call: Option<Text<'a>>,
    },
    Info(Info<'a>),
    /// `CALLERIDNAME`, `CALLERIDNUM`: corrects the open call.
    CallerIdName {
        name: Text<'a>,
    },
    CallerIdNumber {
        number: Text<'a>,
    },
}

/// The transfers of all versions: `TRANSFER` (to 11), `BLINDTRANSFER` and
/// `ATTENDEDTRANSFER` (12+).
#[derive(Clone, Debug, PartialEq)]
pub struct Transfer<'a> {
    pub kind: TransferKind,
    /// Extension; `bridge`, the application's name or `link` when attended.
    pub target: Text<'a>,
    pub context: Text<'a>,
    pub hold: Option<i64>,
    pub talk: Option<i64>,
    pub position: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferKind {
    Plain,
    Blind,
    Attended,
}

/// `INFO` and its sub-verbs, ours and QueueMetrics'.
#[derive(Clone, Debug, PartialEq)]
pub enum Info<'a> {
    /// The number the caller dialled (`INFO|DID`, also the verb `DID`).
    Did {
        value: Text<'a>,
    },
    /// The selection in the voice menu as one text.
    Ivr {
        value: Text<'a>,
    },
    IvrStart {
        dnis: Text<'a>,
        number: Text<'a>,
    },
    IvrAppend {
        digits: Text<'a>,
        ms: Option<i64>,
        node: Text<'a>,
    },
    IvrGoal {
        goal: Text<'a>,
    },
    IvrHangup {
        reason: Text<'a>,
    },
    Feature {
        code: Text<'a>,
        text: Text<'a>,
    },
    NoFeature {
        code: Text<'a>,
        text: Text<'a>,
    },
    Tag {
        tag: Text<'a>,
    },
    NoTag {
        tag: Text<'a>,
    },
    Variable {
        name: Text<'a>,
        value: Text<'a>,
    },
    NoVariable {
        name: Text<'a>,
    },
    Skill {
        code: Text<'a>,
        level: Option<i64>,
    },
    /// Anything else: kept for the call's timeline.
    Other {
        text: Text<'a>,
    },
}
