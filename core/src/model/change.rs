//! The model's output: what a record changed, in order.

use std::sync::Arc;

use crate::model::fact::{Membership, Pause, Session, Stint};

/// One change of the facts. `Replaced` is a correction: the store takes the
/// old fact out and puts the new one in within one transaction. An old fact
/// is found by value: stints by (enter, call id, queue, entry), the others by
/// (agent, queue, start).
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A name seen for the first time; always before the first fact that uses
    /// its id.
    Name {
        kind: NameKind,
        id: u32,
        text: Box<str>,
    },
    /// Shared with the machine, which may still be told something about it.
    Stint(Arc<Stint>),
    StintReplaced {
        old: Arc<Stint>,
        new: Arc<Stint>,
    },
    Session(Session),
    SessionReplaced {
        old: Session,
        new: Option<Session>,
    },
    Membership(Membership),
    MembershipReplaced {
        old: Membership,
        new: Option<Membership>,
    },
    Pause(Pause),
    PauseReplaced {
        old: Pause,
        new: Option<Pause>,
    },
    /// A voice-menu trace that never entered a queue, as JSON-free facts.
    IvrCall(Box<IvrCall>),
    /// A record was taken in but made no sense where it came: counted by its
    /// reason and shown on the health page.
    Ignored(Ignored),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum NameKind {
    Queue = 1,
    Agent = 2,
    Word = 3,
}

/// A call that stayed in the voice menu.
#[derive(Clone, Debug, PartialEq)]
pub struct IvrCall {
    pub call_id: crate::base::CallId,
    pub start: crate::base::UnixSec,
    pub end: crate::base::UnixSec,
    pub number: Box<str>,
    pub dnis: Option<u32>,
    /// The selection, where the log tells it as one text.
    pub ivr: Option<u32>,
    pub steps: Vec<crate::model::fact::Note>,
}

/// Why a well-formed record had no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Ignored {
    DuplicateEntry = 1,
    DuplicateClosing = 2,
    DuplicateConnect = 3,
    LossWhileTalking = 4,
    HoldOutsideTalk = 5,
    LateAnnotation = 6,
    UnknownCall = 7,
    UnpauseWithoutPause = 8,
    LogoffWithoutLogin = 9,
    PauseWithoutSession = 10,
    ReasonWithoutPause = 11,
    MemberAlreadyAdded = 12,
    MemberNotAdded = 13,
    /// A list of a call or an agent has reached its limit.
    TooMany = 14,
    /// A tracker's record of a call that its dialplan logs.
    ToldTwice = 15,
}
