//! The calls that are open, and which channels they are about.

use rustc_hash::FxHashMap;

use crate::base::order::Ordered as _;
use crate::base::{UnixMicro, UnixSec};
use crate::tracker::Word;
use crate::tracker::channels::ChanId;
use crate::tracker::hold::Hold;

/// Handle of an open call.
pub type CallId = u32;

/// Open calls at most. A PBX does not hold that many; past it new ones are
/// not tracked.
const MOST: usize = 10_000;

/// Who logs the call itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Asterisk: a queue's call in talk, tracked for hold alone.
    Queue,
    /// We: a call in a parking lot, and after it was fetched.
    Parked,
    /// We: a call an agent's phone made.
    Outbound,
}

/// How far a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Outbound: the threshold has not passed, nothing is written.
    Pending,
    Waiting,
    Talking,
    /// Parked: it left the lot; whether it lives on shows in a moment.
    GivingUp {
        at: UnixMicro,
    },
}

/// An end that a transfer told shortly after may replace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closing {
    pub at: UnixMicro,
    pub by_agent: bool,
    pub due: UnixMicro,
}

/// One open call.
#[derive(Clone, Debug)]
pub struct Call {
    /// Start of the Asterisk it is of: part of its records' keys.
    pub era: UnixSec,
    pub kind: Kind,
    pub stage: Stage,
    pub log_id: String,
    pub queue: String,
    /// As it stands in the records; `NONE` while parked.
    pub agent: String,
    /// Outbound: the phone that dials. Else the caller.
    pub root: ChanId,
    /// The two in talk, from the moment they are.
    pub agent_leg: Option<ChanId>,
    pub customer: Option<ChanId>,
    /// T0: first dial, or parked at.
    pub entered: UnixMicro,
    /// T1: answered, or fetched at.
    pub connected: UnixMicro,
    /// Seconds waited until connected.
    pub wait: i64,
    /// Outbound: from when the threshold counts.
    pub base: UnixMicro,
    pub number: String,
    /// Outbound: those being dialled now.
    pub dials: Vec<ChanId>,
    /// Outbound: why the last dial failed.
    pub failure: &'static str,
    pub lot: String,
    pub space: String,
    /// In the lot at entering, this one included.
    pub position: u32,
    /// It took part in opening a membership for the agent.
    pub joined: bool,
    pub hold: Hold,
    pub closing: Option<Closing>,
    /// The call's number among those with the same id: a caller can be
    /// parked more than once.
    pub stint: u32,
    /// How many records of each verb were written.
    pub written: [u8; Word::ALL.len()],
    /// Rounds of the channel list that did not show it.
    pub missed: u8,
}

impl Call {
    pub fn new(era: UnixSec, kind: Kind, root: ChanId, log_id: String, entered: UnixMicro) -> Self {
        Call {
            era,
            kind,
            stage: Stage::Waiting,
            log_id,
            queue: String::new(),
            agent: "NONE".to_owned(),
            root,
            agent_leg: None,
            customer: None,
            entered,
            connected: entered,
            wait: 0,
            base: entered,
            number: String::new(),
            dials: Vec::new(),
            failure: "",
            lot: String::new(),
            space: String::new(),
            position: 1,
            joined: false,
            hold: Hold::default(),
            closing: None,
            stint: 0,
            written: [0; Word::ALL.len()],
            missed: 0,
        }
    }

    pub fn talks(&self) -> bool {
        self.stage == Stage::Talking
    }

    /// When something is to be done without an event.
    pub fn due(&self, threshold: UnixMicro) -> UnixMicro {
        let stage = match self.stage {
            Stage::Pending => self.base.saturating_add(threshold),
            Stage::GivingUp { at } => at.saturating_add(GIVE_UP),
            Stage::Waiting | Stage::Talking => UnixMicro::MAX,
        };
        let closing = self.closing.map_or(UnixMicro::MAX, |closing| closing.due);
        stage.min(closing).min(self.hold.due())
    }
}

/// A parked caller who left and has not hung up after this lives on.
pub const GIVE_UP: UnixMicro = 1_500_000;

/// All open calls, found by the channels they are about.
#[derive(Clone, Debug, Default)]
pub struct Calls {
    open: FxHashMap<CallId, Call>,
    by_chan: FxHashMap<ChanId, Vec<CallId>>,
    next: CallId,
}

impl Calls {
    pub fn len(&self) -> usize {
        self.open.len()
    }

    pub fn is_full(&self) -> bool {
        self.open.len() >= MOST
    }

    pub fn get(&self, id: CallId) -> Option<&Call> {
        self.open.get(&id)
    }

    pub fn get_mut(&mut self, id: CallId) -> Option<&mut Call> {
        self.open.get_mut(&id)
    }

    pub fn iter(&self) -> impl Iterator<Item = (CallId, &Call)> {
        self.open.iter().map(|(id, call)| (*id, call))
    }

    /// Ids in the order of opening.
    pub fn ids(&self) -> Vec<CallId> {
        let mut ids: Vec<CallId> = self.open.keys().copied().collect();
        ids.order();
        ids
    }

    pub fn open(&mut self, call: Call) -> CallId {
        self.next = self.next.wrapping_add(1);
        self.put(self.next, call);
        self.next
    }

    /// Takes a call out to work on it; [`put`](Self::put) it back.
    pub fn take(&mut self, id: CallId) -> Option<Call> {
        let call = self.open.remove(&id)?;
        for chan in [Some(call.root), call.agent_leg, call.customer].into_iter().flatten() {
            if let Some(ids) = self.by_chan.get_mut(&chan) {
                ids.retain(|other| *other != id);
                if ids.is_empty() {
                    self.by_chan.remove(&chan);
                }
            }
        }
        Some(call)
    }

    pub fn put(&mut self, id: CallId, call: Call) {
        for chan in [Some(call.root), call.agent_leg, call.customer].into_iter().flatten() {
            let ids = self.by_chan.entry(chan).or_default();
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        self.open.insert(id, call);
    }

    /// The calls a channel is part of, in the order of opening.
    pub fn of(&self, chan: ChanId) -> Vec<CallId> {
        let mut ids = self.by_chan.get(&chan).cloned().unwrap_or_default();
        ids.order();
        ids
    }

    pub fn concern(&self, chan: ChanId) -> bool {
        self.by_chan.contains_key(&chan)
    }

    /// The open call of a kind that a channel is the root of.
    pub fn rooted(&self, kind: Kind, root: ChanId) -> Option<CallId> {
        self.by_chan
            .get(&root)?
            .iter()
            .copied()
            .find(|id| self.open.get(id).is_some_and(|c| c.kind == kind && c.root == root))
    }
}
