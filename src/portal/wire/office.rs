//! The whole office and actions on the wire.

use std::collections::BTreeMap;

use crate::live::office::{CallState, How, Way};
use crate::live::{Link, LinkState};
use crate::portal::schema::{Components, Described, describe, wire, words};
use crate::portal::wire::system::Labelled;

describe! {
    Link as "AmiLink" {
        state: LinkState,
        since: i64,
        detail: Option<String>,
    }
}

impl Described for LinkState {
    fn shape(_: &mut Components) -> serde_json::Value {
        words(&["off", "down", "resyncing", "up", "stale"])
    }
}

wire! {
    /// A telephone or a line in a call.
    pub struct OfficeParty {
        /// The channel's unique id.
        id: String,
        channel: String,
        device: String,
        /// None for lines to the outside.
        extension: Option<String>,
        agent: Option<String>,
        number: String,
        name: String,
        ringing: bool,
        talking: bool,
        holds_since: Option<i64>,
    }

    /// Channels that belong together.
    pub struct OfficeCall {
        /// For actions: the oldest channel's unique id.
        id: String,
        /// alone, ringing, waiting, talking, hold, parked
        state: String,
        since: i64,
        began: i64,
        /// in, out, internal
        way: String,
        queue: Option<String>,
        lot: Option<String>,
        space: Option<String>,
        recorded: bool,
        /// Of the caller's channel, those that the pop-up's address names.
        variables: BTreeMap<String, String>,
        parties: Vec<OfficeParty>,
    }

    pub struct OfficeParked {
        id: String,
        lot: String,
        space: String,
        number: String,
        name: String,
        parker: String,
        since: i64,
        /// When it comes back.
        until: Option<i64>,
    }

    pub struct OfficePhone {
        device: String,
        extension: Option<String>,
        agent: Option<String>,
        /// Word of the device's state.
        state: String,
        since: i64,
        /// Addresses it is registered from, with Asterisk's word for each.
        contacts: Vec<OfficeContact>,
    }

    pub struct OfficeContact {
        uri: String,
        status: String,
        user_agent: String,
        round_trip_us: Option<u64>,
    }

    pub struct OfficeEnded {
        at: i64,
        id: String,
        queue: String,
        agent: String,
        number: String,
        name: String,
        wait: Option<i64>,
        talk: Option<i64>,
        /// agent, caller, transfer, left
        how: String,
        recording: Option<String>,
    }

    /// Everything AMI tells of now.
    pub struct OfficeNow {
        now: i64,
        ami: Link,
        /// Whether this is what was known before the link was lost or fell silent. Without
        /// a link there are no calls, no parked calls and no telephones here: nobody knows.
        stale: bool,
        calls: Vec<OfficeCall>,
        parked: Vec<OfficeParked>,
        phones: Vec<OfficePhone>,
        ended: Vec<OfficeEnded>,
    }

    /// What an agent's own page needs besides the live stream.
    pub struct Desk {
        ami: Link,
        /// The agent one is.
        agent: Option<String>,
        /// The telephone one would be called on.
        device: Option<String>,
        extension: Option<String>,
        /// Whether the telephone may not be changed now: one is logged on.
        locked: bool,
        /// Queues one may log on to.
        queues: Vec<Labelled>,
        /// Queues one is logged on to.
        on: Vec<String>,
        /// One's own call, for actions.
        call: Option<OfficeCall>,
        /// Reasons of pauses; empty for any.
        pauses: Vec<String>,
        pause_needs_reason: bool,
        outcomes: Vec<String>,
        tags: Vec<String>,
        features: Vec<String>,
        /// Outcomes that only calls with one of these features may have.
        outcome_needs: BTreeMap<String, Vec<String>>,
        /// Address of the pop-up, with macros such as `${callid}`.
        popup: Option<String>,
        popup_opens: bool,
        /// Address of an agent's screen, if one may see it.
        screen: Option<String>,
    }

    /// A caller to ring back: lost, and not spoken to since.
    pub struct Recall {
        number: String,
        /// What to dial to get it.
        dial: String,
        name: String,
        queue: String,
        /// The first loss, and the last.
        since: i64,
        last: i64,
        /// How long the caller waited the first time.
        wait: Option<i64>,
        tries: u32,
    }

    /// Oldest first.
    pub struct Recalls {
        recalls: Vec<Recall>,
    }

    /// What a call is marked with.
    pub struct CallMarks {
        outcome: Option<String>,
        tag: Option<String>,
        features: Vec<String>,
    }

    /// A subscription of the call-event service.
    pub struct Subscribed {
        /// For its address; known to its account only.
        id: String,
        /// Where to resume: give it as `cursor` to be told what came since.
        token: String,
    }

    /// What came for a subscription.
    pub struct Polled {
        /// For the next question.
        cursor: String,
        /// Whether something was missed, so that a snapshot comes first.
        gap: bool,
        events: Vec<serde_json::Value>,
    }

    /// What became of an action.
    pub struct ActionDone {
        /// done; accepted: ask `/api/v1/actions/{id}` how it ended; pending
        state: String,
        id: Option<String>,
        /// Asterisk's words.
        message: String,
        /// Where the call was parked.
        space: Option<String>,
    }
}

pub fn state_word(state: CallState) -> &'static str {
    match state {
        CallState::Alone => "alone",
        CallState::Ringing => "ringing",
        CallState::Waiting => "waiting",
        CallState::Talking => "talking",
        CallState::Hold => "hold",
        CallState::Parked => "parked",
    }
}

pub fn way_word(way: Way) -> &'static str {
    match way {
        Way::In => "in",
        Way::Out => "out",
        Way::Internal => "internal",
    }
}

pub fn how_word(how: How) -> &'static str {
    match how {
        How::Agent => "agent",
        How::Caller => "caller",
        How::Transfer => "transfer",
        How::Left => "left",
    }
}
