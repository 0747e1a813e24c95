//! What Asterisk's manager interface (AMI) tells: one typed value per event
//! or list item, the fields of Asterisk 16 to 22.
//!
//! Text borrows from the block it was read from and is as Asterisk meant it:
//! escapes undone, `<unknown>` and missing fields empty. Absent numbers are
//! `None`. `input::ami` makes these values; `tracker` and `live` consume them.

use crate::base::UnixMicro;
use crate::event::Text;

/// An event with the time it happened: the `Timestamp` field where Asterisk
/// sends one (`timestampevents = yes`), else the arrival.
#[derive(Clone, Debug, PartialEq)]
pub struct Told<'a> {
    pub at: UnixMicro,
    pub event: Event<'a>,
}

/// The channel block that most events carry, some more than once under a
/// prefix (`Dest`, `Parkee`, `Retriever`, …).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Channel<'a> {
    /// `PJSIP/101-0000002a`.
    pub name: Text<'a>,
    pub state: ChannelState,
    pub number: Text<'a>,
    pub caller_name: Text<'a>,
    pub connected_number: Text<'a>,
    pub connected_name: Text<'a>,
    pub account: Text<'a>,
    pub context: Text<'a>,
    pub exten: Text<'a>,
    pub uniqueid: Text<'a>,
    pub linkedid: Text<'a>,
}

impl Channel<'_> {
    /// The device of the channel: its name up to the last `-`
    /// (`PJSIP/101-0000002a` → `PJSIP/101`, `Local/x@y-0001;1` → `Local/x@y`).
    pub fn device(&self) -> &str {
        device(&self.name)
    }
}

/// The device of a channel's name; the whole name when it holds no `-`.
pub fn device(channel: &str) -> &str {
    channel.rsplit_once('-').map_or(channel, |(device, _)| device)
}

/// The number of `ChannelState` (Asterisk's `ast_channel_state`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChannelState {
    #[default]
    Down,
    Reserved,
    OffHook,
    /// Digits were dialled.
    Dialing,
    /// It is calling in.
    Ring,
    /// It is being called.
    Ringing,
    Up,
    Busy,
    DialingOffHook,
    PreRing,
    /// A number this list does not know.
    Other,
}

/// What became of a dial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DialStatus<'a> {
    Answer,
    Busy,
    Cancel,
    ChanUnavail,
    Congestion,
    NoAnswer,
    Abort,
    Continue,
    GoTo,
    Ringing,
    Progress,
    Proceeding,
    Other(Text<'a>),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bridge<'a> {
    pub id: Text<'a>,
    /// `basic` (calls, parking), `base` (conferences), `agent_hold`, `stasis`.
    pub kind: Text<'a>,
    /// `simple_bridge`, `native_rtp`, `holding_bridge`, `softmix`.
    pub technology: Text<'a>,
    pub creator: Text<'a>,
    pub name: Text<'a>,
    pub channels: Option<u32>,
}

/// The fields of the parking events and of a `ParkedCall` list item.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parking<'a> {
    pub parkee: Channel<'a>,
    /// Dial string of the one who parked; the only trace of him.
    pub parker: Text<'a>,
    pub lot: Text<'a>,
    pub space: Text<'a>,
    /// Seconds until it comes back.
    pub timeout: Option<i64>,
    /// Seconds parked so far.
    pub duration: Option<i64>,
}

/// A member of a queue, in events and in `QueueStatus`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Member<'a> {
    pub queue: Text<'a>,
    /// The name of the person (`MemberName`, `Name`); not C-escaped.
    pub name: Text<'a>,
    /// What is called (`Interface`, `Location`).
    pub interface: Text<'a>,
    /// What is watched for its state.
    pub state_interface: Text<'a>,
    /// `dynamic`, `static`, `realtime`.
    pub membership: Text<'a>,
    pub penalty: Option<i64>,
    pub calls_taken: Option<u32>,
    /// Unix seconds of the end of the last call; `None` for 0.
    pub last_call: Option<i64>,
    pub last_pause: Option<i64>,
    pub login_time: Option<i64>,
    pub in_call: bool,
    pub status: DeviceState,
    pub paused: bool,
    pub pause_reason: Text<'a>,
    /// Seconds.
    pub wrapup: Option<i64>,
    pub ring_in_use: Option<bool>,
}

/// Device states: the numbers of `Status` in queue events, the words of
/// `DeviceStateChange`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DeviceState {
    #[default]
    Unknown,
    NotInUse,
    InUse,
    Busy,
    Invalid,
    Unavailable,
    Ringing,
    RingInUse,
    OnHold,
}

/// State of an extension's hint: `Status` of `ExtensionStatus` (a bit set:
/// 1 in use, 2 busy, 4 unavailable, 8 ringing, 16 on hold; −1 removed).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ExtensionState {
    #[default]
    Unknown,
    NotInUse,
    InUse,
    Busy,
    Unavailable,
    Ringing,
    RingInUse,
    OnHold,
    Removed,
}

/// A party of a transfer with the bridge it was in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Leg<'a> {
    pub channel: Channel<'a>,
    pub bridge: Text<'a>,
}

/// Where an attended transfer went.
#[derive(Clone, Debug, PartialEq)]
pub enum TransferTo<'a> {
    Bridge(Text<'a>),
    App(Text<'a>),
    /// Joined through the two halves of a Local channel.
    Link {
        one: Text<'a>,
        two: Text<'a>,
    },
    Threeway(Text<'a>),
    Fail,
}

#[derive(Clone, Debug, PartialEq)]
pub struct BlindTransfer<'a> {
    pub success: bool,
    pub transferer: Channel<'a>,
    pub transferee: Option<Channel<'a>>,
    pub bridge: Text<'a>,
    pub external: bool,
    pub context: Text<'a>,
    pub exten: Text<'a>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct AttendedTransfer<'a> {
    pub success: bool,
    pub original: Leg<'a>,
    pub second: Leg<'a>,
    pub transferee: Option<Channel<'a>>,
    /// 20 and later.
    pub target: Option<Channel<'a>>,
    pub to: TransferTo<'a>,
    pub external: bool,
}

/// A call between a queue and a member: AgentCalled, AgentConnect, ….
/// AgentComplete may come without any channel: then the uniqueids are empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attempt<'a> {
    pub queue: Text<'a>,
    pub name: Text<'a>,
    pub interface: Text<'a>,
    pub caller: Channel<'a>,
    pub member: Channel<'a>,
}

/// Why a conversation with a queue's member ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompleteReason {
    Agent,
    Caller,
    Transfer,
    Other,
}

/// What happened. Names are Asterisk's; those Asterisk spells oddly are put
/// right.
#[derive(Clone, Debug, PartialEq)]
pub enum Event<'a> {
    // Channels.
    NewChannel(Channel<'a>),
    NewState(Channel<'a>),
    NewCallerId(Channel<'a>),
    NewConnectedLine(Channel<'a>),
    NewAccountCode {
        channel: Channel<'a>,
        old: Text<'a>,
    },
    Rename {
        uniqueid: Text<'a>,
        old: Text<'a>,
        new: Text<'a>,
    },
    Hangup {
        channel: Channel<'a>,
        cause: Option<u16>,
        cause_text: Text<'a>,
    },
    HangupRequest {
        channel: Channel<'a>,
        soft: bool,
        cause: Option<u16>,
    },
    /// `caller` is absent for Originate.
    DialBegin {
        caller: Option<Channel<'a>>,
        dest: Channel<'a>,
        dial_string: Text<'a>,
    },
    DialState {
        caller: Option<Channel<'a>>,
        dest: Channel<'a>,
        status: DialStatus<'a>,
        forward: Text<'a>,
    },
    DialEnd {
        caller: Option<Channel<'a>>,
        dest: Channel<'a>,
        status: DialStatus<'a>,
        forward: Text<'a>,
    },
    Pickup {
        channel: Channel<'a>,
        target: Channel<'a>,
    },
    LocalBridge {
        one: Channel<'a>,
        two: Channel<'a>,
        context: Text<'a>,
        exten: Text<'a>,
        optimized: bool,
    },
    LocalOptimization {
        begin: bool,
        one: Channel<'a>,
        two: Channel<'a>,
        source: Option<Channel<'a>>,
    },
    VarSet {
        channel: Channel<'a>,
        name: Text<'a>,
        value: Text<'a>,
    },

    // Bridges.
    BridgeCreate(Bridge<'a>),
    BridgeDestroy(Bridge<'a>),
    BridgeEnter {
        bridge: Bridge<'a>,
        channel: Channel<'a>,
        /// The channel whose place this one takes.
        swap: Text<'a>,
    },
    BridgeLeave {
        bridge: Bridge<'a>,
        channel: Channel<'a>,
    },
    BridgeMerge {
        to: Bridge<'a>,
        from: Bridge<'a>,
    },

    // Hold and music.
    /// The channel whose device asked for it.
    Hold {
        channel: Channel<'a>,
        class: Text<'a>,
    },
    Unhold(Channel<'a>),
    /// The channel that hears it.
    MusicOnHoldStart {
        channel: Channel<'a>,
        class: Text<'a>,
    },
    MusicOnHoldStop(Channel<'a>),

    // Parking.
    ParkedCall(Parking<'a>),
    UnparkedCall {
        parking: Parking<'a>,
        retriever: Channel<'a>,
    },
    ParkedCallTimeOut(Parking<'a>),
    ParkedCallGiveUp(Parking<'a>),
    ParkedCallSwap(Parking<'a>),

    // Transfers.
    BlindTransfer(Box<BlindTransfer<'a>>),
    AttendedTransfer(Box<AttendedTransfer<'a>>),

    // Queues.
    QueueCallerJoin {
        caller: Channel<'a>,
        queue: Text<'a>,
        position: Option<u32>,
        count: Option<u32>,
    },
    QueueCallerLeave {
        caller: Channel<'a>,
        queue: Text<'a>,
        position: Option<u32>,
        count: Option<u32>,
    },
    /// Also for time-out, empty and withdraw.
    QueueCallerAbandon {
        caller: Channel<'a>,
        queue: Text<'a>,
        position: Option<u32>,
        original: Option<u32>,
        /// Seconds.
        hold: Option<i64>,
    },
    AgentCalled(Attempt<'a>),
    /// `ring` and `hold` in seconds.
    AgentConnect {
        attempt: Attempt<'a>,
        ring: Option<i64>,
        hold: Option<i64>,
    },
    /// `hold` and `talk` in seconds.
    AgentComplete {
        attempt: Attempt<'a>,
        hold: Option<i64>,
        talk: Option<i64>,
        reason: CompleteReason,
    },
    AgentDump(Attempt<'a>),
    AgentRingNoAnswer {
        attempt: Attempt<'a>,
        ring_ms: Option<i64>,
    },
    MemberAdded(Member<'a>),
    MemberRemoved(Member<'a>),
    MemberPause(Member<'a>),
    MemberPenalty(Member<'a>),
    MemberRingInUse(Member<'a>),
    MemberStatus(Member<'a>),
    /// chan_agent's log-in: agent number and channel.
    AgentLogin {
        agent: Text<'a>,
        channel: Channel<'a>,
    },
    AgentLogoff {
        agent: Text<'a>,
        channel: Channel<'a>,
        /// Seconds logged in.
        login_time: Option<i64>,
    },

    // Telephones.
    DeviceStateChange {
        device: Text<'a>,
        state: DeviceState,
    },
    /// Also an item of `ExtensionStateList`.
    ExtensionStatus {
        exten: Text<'a>,
        context: Text<'a>,
        hint: Text<'a>,
        status: ExtensionState,
    },
    /// PJSIP: state of a registered contact.
    ContactStatus {
        aor: Text<'a>,
        uri: Text<'a>,
        /// `Reachable`, `Unreachable`, `NonQualified`, `Created`, `Removed`.
        status: Text<'a>,
        round_trip_us: Option<u64>,
        user_agent: Text<'a>,
    },
    PeerStatus {
        peer: Text<'a>,
        status: Text<'a>,
    },

    // Recording.
    MixMonitorStart(Channel<'a>),
    MixMonitorStop(Channel<'a>),
    MixMonitorMute {
        channel: Channel<'a>,
        /// `read`, `write` or `both`.
        direction: Text<'a>,
        muted: bool,
    },

    // The PBX.
    FullyBooted {
        /// Seconds since the PBX started.
        uptime: Option<i64>,
        last_reload: Option<i64>,
    },
    Shutdown {
        restart: bool,
    },
    Reload {
        module: Text<'a>,
    },
    UserEvent {
        name: Text<'a>,
        /// All other fields, keys as sent.
        fields: Vec<(&'a str, Text<'a>)>,
    },
    /// Asynchronous answer of an Originate.
    OriginateResponse {
        action_id: Text<'a>,
        success: bool,
        channel: Text<'a>,
        uniqueid: Text<'a>,
        reason: Option<i64>,
    },

    // Items of lists (snapshots).
    QueueParams {
        queue: Text<'a>,
        strategy: Text<'a>,
        /// Calls waiting.
        calls: Option<u32>,
        completed: Option<u32>,
        abandoned: Option<u32>,
        /// Seconds.
        service_level: Option<i64>,
        weight: Option<i64>,
    },
    QueueMember(Member<'a>),
    QueueEntry {
        queue: Text<'a>,
        position: Option<u32>,
        channel: Text<'a>,
        uniqueid: Text<'a>,
        number: Text<'a>,
        caller_name: Text<'a>,
        /// Seconds waited so far.
        wait: Option<i64>,
        priority: Option<i64>,
    },
    CoreShowChannel {
        channel: Channel<'a>,
        bridge: Text<'a>,
        application: Text<'a>,
        application_data: Text<'a>,
        /// Seconds the channel exists.
        duration: Option<i64>,
    },
    BridgeListItem(Bridge<'a>),
    /// `BridgeInfo`; the bridge itself comes in the answer's first event.
    BridgeInfoChannel {
        channel: Channel<'a>,
    },
    Parkinglot {
        name: Text<'a>,
        start: Text<'a>,
        stop: Text<'a>,
        timeout: Option<i64>,
    },
    /// A contact of `PJSIPShowContacts`.
    ContactItem {
        aor: Text<'a>,
        uri: Text<'a>,
        status: Text<'a>,
        user_agent: Text<'a>,
        round_trip_us: Option<u64>,
    },
    /// An endpoint of `PJSIPShowEndpoints`.
    EndpointItem {
        name: Text<'a>,
        state: Text<'a>,
        contacts: Text<'a>,
    },

    /// Anything else, by its name.
    Other(Text<'a>),
}
