//! What must outlive a restart of ours: the open calls, as a small text.

use serde::{Deserialize, Serialize};

use crate::base::{Error, Kind as ErrorKind, Result, UnixMicro, UnixSec};
use crate::tracker::Tracker;
use crate::tracker::calls::{Call, Kind, Stage};
use crate::tracker::channels::ChanId;

/// The open calls and when they were last known to be open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journal {
    /// Start of the Asterisk the calls are of, Unix seconds; 0 unknown.
    pub start: UnixSec,
    /// The newest time told: to store again every 10 s while calls are open.
    pub heard: UnixMicro,
    pub(in crate::tracker) open: Vec<Kept>,
}

/// One open call. Short names, since it is written at every record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::tracker) struct Kept {
    /// `p` parked, `o` outbound. Calls of queues come back with the snapshot.
    k: char,
    pub id: String,
    pub root: String,
    q: String,
    a: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub agent_leg: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub customer: String,
    t0: UnixMicro,
    t1: UnixMicro,
    pub talks: bool,
    wait: i64,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    n: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    lot: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    space: String,
    pos: u32,
    joined: bool,
    stint: u32,
    hold: Option<UnixMicro>,
    w: Vec<u8>,
}

impl Journal {
    /// Whether nothing is open.
    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// As one line of text.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads what [`to_text`](Self::to_text) wrote.
    ///
    /// Errors: [`ErrorKind::Damaged`] for anything else.
    pub fn from_text(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|error| {
            Error::new(ErrorKind::Damaged, format!("the tracker's journal is unreadable: {error}"))
        })
    }
}

impl Tracker {
    /// What to store now. Cheap while nothing is open.
    pub fn journal(&mut self) -> Journal {
        self.changed = false;
        let ids = self.calls.ids();
        let open = ids.iter().filter_map(|id| self.kept(self.calls.get(*id)?)).collect();
        Journal { start: self.start, heard: self.now, open }
    }

    /// Whether [`journal`](Self::journal) differs from when it was last taken
    /// in more than the time.
    pub fn changed(&self) -> bool {
        self.changed
    }

    /// Brings back what was open. Call it before the first event; the calls
    /// are reconciled when the first snapshot ends.
    pub fn restore(&mut self, journal: Journal) {
        self.start = journal.start;
        self.now = self.now.max(journal.heard);
        self.heard = self.now;
        self.restored = Some(journal);
    }

    fn kept(&self, call: &Call) -> Option<Kept> {
        let kind = match call.kind {
            Kind::Queue => return None,
            Kind::Parked => 'p',
            Kind::Outbound => 'o',
        };
        if call.stage == Stage::Pending || kind == 'o' && self.drafts.has(call.root) {
            return None;
        }
        let uniqueid = |chan: Option<ChanId>| {
            chan.and_then(|chan| self.channels.get(chan))
                .map_or(String::new(), |chan| chan.uniqueid.to_string())
        };
        Some(Kept {
            k: kind,
            id: call.log_id.clone(),
            root: uniqueid(Some(call.root)),
            q: call.queue.clone(),
            a: call.agent.clone(),
            agent_leg: uniqueid(call.agent_leg),
            customer: uniqueid(call.customer),
            t0: call.entered,
            t1: call.connected,
            talks: call.talks(),
            wait: call.wait,
            n: call.number.clone(),
            lot: call.lot.clone(),
            space: call.space.clone(),
            pos: call.position,
            joined: call.joined,
            stint: call.stint,
            hold: call.hold.since,
            w: call.written.to_vec(),
        })
    }

    /// A call of the journal, open again. `None` for one without a root.
    pub(in crate::tracker) fn reopened(&mut self, kept: &Kept) -> Option<Call> {
        let root = self.channels.see_id(&kept.root)?;
        let kind = if kept.k == 'p' { Kind::Parked } else { Kind::Outbound };
        let mut call = Call::new(self.start, kind, root, kept.id.clone(), kept.t0);
        call.queue.clone_from(&kept.q);
        call.agent.clone_from(&kept.a);
        call.agent_leg = self.channels.see_id(&kept.agent_leg);
        call.customer = self.channels.see_id(&kept.customer);
        call.connected = kept.t1;
        call.stage = if kept.talks { Stage::Talking } else { Stage::Waiting };
        call.wait = kept.wait;
        call.number.clone_from(&kept.n);
        call.lot.clone_from(&kept.lot);
        call.space.clone_from(&kept.space);
        call.position = kept.pos;
        call.stint = kept.stint;
        for (mine, theirs) in call.written.iter_mut().zip(&kept.w) {
            *mine = *theirs;
        }
        if let Some(since) = kept.hold {
            call.hold.resume(since, call.agent_leg);
        }
        if kept.joined {
            call.joined = true;
            *self.joined.entry((call.queue.clone(), call.agent.clone())).or_default() += 1;
        }
        if kind == Kind::Parked
            && let Some(chan) = self.channels.get_mut(root)
        {
            chan.parkings = chan.parkings.max(kept.stint).max(1);
        }
        Some(call)
    }
}
