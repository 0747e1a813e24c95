//! Floor 5: what people do to calls and members: from a wish, the one who has
//! it and the office of the moment to orders for Asterisk.
//!
//! [`plan`] decides: whether this person may do this to that
//! (`metrics.md` 5.1–5.3), and by which manager actions. It sends nothing;
//! an order carries its fields, and whoever sends it waits as [`Wait`] says
//! and reports what came of it.

mod own;
mod plan;
mod supervise;
mod target;

pub use plan::plan;
pub use target::{phone_of, queues_of};

use crate::people::{Rights, Viewer};

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    pub account: String,
    /// The person's name, for people.
    pub name: String,
    pub rights: Rights,
    /// The agent this person is.
    pub agent: Option<String>,
    /// Queues they may act on; `None` is all.
    pub queues: Option<Vec<String>>,
}

impl From<&Viewer> for Who {
    fn from(viewer: &Viewer) -> Self {
        let account = &viewer.account;
        Who {
            account: account.account.clone(),
            name: account.name.clone(),
            rights: viewer.rights(),
            agent: account.agent.clone(),
            queues: account.queues.clone(),
        }
    }
}

/// How the office's dialplan is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialplan {
    /// Where numbers are dialled: for calls one makes and for transfers.
    pub context: String,
    /// Context that records for us; empty: by the action MixMonitor, which
    /// needs the right `system`.
    pub recorder: String,
    /// Folder of recordings begun by that action, on the PBX.
    pub recordings: String,
    /// Parking lot; empty for Asterisk's own default.
    pub lot: String,
    /// A parked call comes back after so many seconds.
    pub park_secs: i64,
    /// A telephone rings so many seconds when a call is made from the page.
    pub ring_secs: i64,
    /// Whether a pause must have a reason.
    pub pause_needs_reason: bool,
    /// The reasons there are; empty for any.
    pub pause_reasons: Vec<String>,
    /// Whether leaving names all queues, whatever is asked.
    pub leave_all: bool,
    /// Whether a pause ends when its agent logs on to a queue.
    pub unpause_on_logon: bool,
}

impl Default for Dialplan {
    fn default() -> Self {
        Dialplan {
            context: "from-internal".to_owned(),
            recorder: "switchroom-record".to_owned(),
            recordings: "/var/spool/asterisk/monitor".to_owned(),
            lot: String::new(),
            park_secs: 45,
            ring_secs: 30,
            pause_needs_reason: false,
            pause_reasons: Vec::new(),
            leave_all: true,
            unpause_on_logon: false,
        }
    }
}

/// How one listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ear {
    /// Neither hears.
    Listen,
    /// The agent hears.
    Whisper,
    /// Both hear.
    Barge,
}

/// A recording begun or changed by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tape {
    Start,
    Stop,
    Mute,
    Unmute,
}

/// What somebody wants. A `call` is a call's or a channel's unique id; an
/// `agent` the name in the queues, `None` is oneself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Ring my telephone, or an agent's, then dial.
    Call {
        agent: Option<String>,
        number: String,
        campaign: Option<String>,
    },
    Redirect {
        call: String,
        to: String,
    },
    Transfer {
        call: Option<String>,
        to: String,
        attended: bool,
    },
    CancelTransfer {
        call: Option<String>,
    },
    Park {
        call: Option<String>,
    },
    HangUp {
        call: Option<String>,
    },
    /// Take a waiting call to a telephone at once.
    Pick {
        call: String,
        agent: Option<String>,
    },
    Priority {
        call: String,
        priority: i64,
    },
    LogOn {
        agent: Option<String>,
        queues: Vec<String>,
        /// Extension of the telephone; the agent's usual one when not given.
        phone: Option<String>,
        penalty: i64,
        /// Begin with a pause of this reason.
        paused: Option<String>,
    },
    LogOff {
        agent: Option<String>,
        /// Empty: all.
        queues: Vec<String>,
    },
    Pause {
        agent: Option<String>,
        queues: Vec<String>,
        reason: String,
    },
    Unpause {
        agent: Option<String>,
        queues: Vec<String>,
    },
    Penalty {
        agent: String,
        queue: String,
        penalty: i64,
    },
    Listen {
        agent: String,
        ear: Ear,
    },
    StopListening,
    Record {
        call: Option<String>,
        tape: Tape,
    },
    Outcome {
        call: String,
        code: String,
    },
    Tag {
        call: String,
        tag: String,
        remove: bool,
    },
    Feature {
        call: String,
        code: String,
        remove: bool,
    },
    Text {
        agent: String,
        text: String,
    },
}

/// One manager action. `Variable` fields may repeat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    pub action: &'static str,
    pub fields: Vec<(&'static str, String)>,
    pub wait: Wait,
}

/// What tells how an order ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Asterisk's answer.
    Answer,
    /// The answer says "queued"; `OriginateResponse` of this channel id tells
    /// the rest.
    Originate,
    /// `ParkedCall` of this channel says where.
    Parked { uniqueid: String },
}

/// The orders of one wish, and what the audit says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// In order; the first that fails ends it.
    pub orders: Vec<Order>,
    /// `object.verb`.
    pub action: &'static str,
    pub object: String,
    pub new: Option<String>,
}

/// Why not. Each has one sentence for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum No {
    /// The account lacks the right.
    Right,
    /// The object is none of this person's.
    NotYours,
    /// The account names no agent.
    NoAgent,
    /// Nobody knows which telephone is theirs.
    NoPhone,
    /// No such call (any more).
    NoCall,
    /// No such member of such a queue.
    NoMember,
    /// No such queue.
    NoQueue(String),
    /// The extension is nobody's.
    UnknownPhone(String),
    /// Somebody else is logged on with this telephone.
    PhoneTaken(String),
    /// No calls out while paused.
    Paused,
    /// A pause needs a reason, or another one.
    Reason,
    /// The state of the call does not allow it.
    NotNow(&'static str),
    /// A field holds what AMI must not be told.
    Unsafe(&'static str),
}

impl std::fmt::Display for No {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            No::Right => out.write_str("your account may not do this"),
            No::NotYours => out.write_str("this is outside what your account may act on"),
            No::NoAgent => out.write_str(
                "your account names no agent, so there is nobody to act as; ask the administrator",
            ),
            No::NoPhone => out.write_str(
                "your telephone is not known; log on with its extension, or ask the administrator",
            ),
            No::NoCall => out.write_str("the call has ended meanwhile"),
            No::NoMember => out.write_str("the agent is not a member of this queue (any more)"),
            No::NoQueue(queue) => write!(out, "Asterisk has no queue {queue:?}"),
            No::UnknownPhone(phone) => write!(out, "no telephone has the extension {phone:?}"),
            No::PhoneTaken(agent) => write!(out, "{agent} is logged on with this telephone"),
            No::Paused => out.write_str("end your pause before you call out"),
            No::Reason => out.write_str("a pause needs one of the office's reasons"),
            No::NotNow(why) => out.write_str(why),
            No::Unsafe(field) => {
                write!(out, "{field}: line breaks and other control characters are not allowed")
            }
        }
    }
}

#[cfg(test)]
mod tests;
