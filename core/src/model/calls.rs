//! The calls the machine still thinks of: open ones, announced ones, and
//! finished ones for as long as something may still be said about them.

use std::ops::Deref;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::base::{CallId, Secs, UnixSec};
use crate::model::fact::{Quality, Stint};
use crate::model::menu::Pre;
use crate::model::open::StintState;
use crate::model::timers::Timers;

/// Index of a call; valid while the call is remembered.
pub(crate) type Slot = u32;

/// How long a stint that was ended without an end of its own waits for the
/// real one (2.3 rule 5).
pub(crate) const REPLACEABLE_FOR: Secs = 24 * 3600;

/// Most calls remembered at once: 28 calls per second for half an hour, or a
/// log that never closes what it opens.
const MOST_CALLS: usize = 50_000;

/// Timers are kept in buckets of 32 seconds.
const BUCKET_BITS: u32 = 5;
const NEVER: UnixSec = UnixSec::MAX;

/// Everything known of one call id.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub id: CallId,
    pub pre: Option<Box<Pre>>,
    pub live: Option<Box<Live>>,
    pub closed: Vec<Closed>,
    /// When it is looked at next, steady time.
    due: UnixSec,
    /// Whether its part of the state is to be written.
    dirty: bool,
    /// Whether replaceable stints were added, changed or forgotten.
    pub closed_dirty: bool,
    /// Which of its parts are stored: the open one, the replaceable stints.
    pub stored: (bool, bool),
}

/// A stint that is going on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Live {
    pub stint: Box<Stint>,
    pub state: StintState,
    pub connected: Option<UnixSec>,
    /// Steady time of entering and of the answer.
    pub entered_steady: UnixSec,
    pub connected_steady: UnixSec,
    pub hold_since: Option<UnixSec>,
    /// Steady time of an AGENTDUMP after which nothing has come.
    pub dumped: Option<UnixSec>,
    /// Whether anything came after entering.
    pub touched: bool,
    /// The fact this stint will replace: it was closed without an end of its
    /// own and went on.
    pub replaces: Option<Arc<Stint>>,
}

/// A finished stint: the fact that was given out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Closed(pub Arc<Stint>);

impl Deref for Closed {
    type Target = Stint;

    fn deref(&self) -> &Stint {
        &self.0
    }
}

impl Closed {
    /// Whether a real closing would replace it.
    pub fn replaceable(&self) -> bool {
        self.quality.has(Quality::SYNTHETIC_END)
    }

    fn kept_for(&self, annotations: Secs) -> Secs {
        if self.replaceable() { REPLACEABLE_FOR } else { annotations }
    }
}

impl Call {
    /// Whether nothing is known of the call any more.
    pub fn is_empty(&self) -> bool {
        self.pre.is_none() && self.live.is_none() && self.closed.is_empty()
    }

    /// Whether one of its stints was closed under this id.
    pub fn has_alias(&self, id: &CallId) -> bool {
        let of_live = self.live.as_ref().is_some_and(|live| live.stint.alias.as_ref() == Some(id));
        of_live || self.closed.iter().any(|closed| closed.alias.as_ref() == Some(id))
    }

    /// Number of the next stint of this call.
    pub fn next_entry(&self) -> u16 {
        let closed =
            self.closed.iter().map(|closed| closed.entry.saturating_add(1)).max().unwrap_or(0);
        let live = self.live.as_ref().map_or(0, |live| live.stint.entry.saturating_add(1));
        closed.max(live)
    }

    /// Keeps a finished stint, in the order the stints began.
    pub fn keep(&mut self, closed: Closed) {
        self.closed.reserve_exact(1);
        let at = self.closed.partition_point(|have| have.entry <= closed.entry);
        self.closed.insert(at, closed);
    }

    /// Forgets finished stints that nothing can concern any more.
    fn purge(&mut self, now: UnixSec, annotations: Secs) {
        let before = self.closed.len();
        let mut replaceable_gone = false;
        self.closed.retain(|closed| {
            let keep = now - closed.end <= closed.kept_for(annotations);
            replaceable_gone |= !keep && closed.replaceable();
            keep
        });
        if self.closed.len() != before && self.closed.is_empty() {
            self.closed = Vec::new();
        }
        self.closed_dirty |= replaceable_gone;
    }

    /// When the first finished stint can be forgotten, raw time.
    fn purge_at(&self, annotations: Secs) -> Option<UnixSec> {
        self.closed.iter().map(|closed| closed.end + closed.kept_for(annotations)).min()
    }
}

#[derive(Clone, Debug)]
struct Place {
    generation: u32,
    call: Option<Call>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Calls {
    usual: FxHashMap<u64, Slot>,
    other: FxHashMap<Box<str>, Slot>,
    /// Second ids (2.3 rule 9).
    aliases: FxHashMap<CallId, Slot>,
    places: Vec<Place>,
    free: Vec<Slot>,
    timers: Timers,
    dirty: Vec<(Slot, u32)>,
    /// Calls that are no more and whose stored parts must go.
    gone: Vec<(CallId, (bool, bool))>,
}

fn usual_key(epoch: u32, seq: u32) -> u64 {
    (u64::from(epoch) << 32) | u64::from(seq)
}

/// Whether a moment has passed, at the timers' grain. Every rule asks this
/// and not the bare times, so that it does not matter when it was asked.
pub(crate) fn passed(due: UnixSec, now: UnixSec) -> bool {
    (now >> BUCKET_BITS) > (due >> BUCKET_BITS)
}

impl Calls {
    /// The call with exactly this id.
    pub fn find(&self, text: &str) -> Option<Slot> {
        match CallId::usual(text) {
            Some((epoch, seq)) => self.usual.get(&usual_key(epoch, seq)).copied(),
            None => self.other.get(text).copied(),
        }
    }

    /// The call that has or had this as its second id.
    pub fn find_alias(&self, text: &str) -> Option<Slot> {
        if self.aliases.is_empty() {
            return None;
        }
        self.aliases.get(&CallId::parse(text)).copied()
    }

    /// The call with this id, a new one if need be.
    pub fn find_or_add(&mut self, text: &str) -> Slot {
        match self.find(text) {
            Some(slot) => slot,
            None => self.add(CallId::parse(text)),
        }
    }

    pub fn add(&mut self, id: CallId) -> Slot {
        let call = Call {
            id: id.clone(),
            pre: None,
            live: None,
            closed: Vec::new(),
            due: NEVER,
            dirty: false,
            closed_dirty: false,
            stored: (false, false),
        };
        let slot = match self.free.pop() {
            Some(slot) => {
                self.places[slot as usize].call = Some(call);
                slot
            }
            None => {
                let slot = Slot::try_from(self.places.len()).unwrap_or(Slot::MAX);
                self.places.push(Place { generation: 0, call: Some(call) });
                slot
            }
        };
        match id {
            CallId::Usual { epoch, seq } => self.usual.insert(usual_key(epoch, seq), slot),
            CallId::Other(text) => self.other.insert(text, slot),
        };
        slot
    }

    /// The call at a slot.
    pub fn get(&self, slot: Slot) -> &Call {
        let call = self.places.get(slot as usize).and_then(|place| place.call.as_ref());
        call.expect("slots are only kept for calls that are remembered")
    }

    pub fn get_mut(&mut self, slot: Slot) -> &mut Call {
        let call = self.places.get_mut(slot as usize).and_then(|place| place.call.as_mut());
        call.expect("slots are only kept for calls that are remembered")
    }

    /// The stint going on at a slot.
    pub fn live_mut(&mut self, slot: Slot) -> Option<&mut Live> {
        self.get_mut(slot).live.as_deref_mut()
    }

    /// Marks a call whose part of the state has to be written again.
    pub fn touch(&mut self, slot: Slot) {
        let generation = self.places[slot as usize].generation;
        let call = self.get_mut(slot);
        if !call.dirty {
            call.dirty = true;
            self.dirty.push((slot, generation));
        }
    }

    pub fn alias(&mut self, id: CallId, slot: Slot) {
        self.aliases.insert(id, slot);
    }

    /// Forgets what is too old to matter at raw time `now`.
    pub fn purge(&mut self, slot: Slot, now: UnixSec, annotations: Secs) {
        let call = self.get_mut(slot);
        if !call.closed.is_empty() {
            call.purge(now, annotations);
            if call.closed_dirty {
                self.touch(slot);
            }
        }
    }

    /// Asks for a look at the call when `due` has passed.
    pub fn schedule(&mut self, slot: Slot, due: UnixSec) {
        let generation = self.places[slot as usize].generation;
        let call = self.get_mut(slot);
        if due < call.due {
            call.due = due;
            self.timers.add(due >> BUCKET_BITS, (slot, generation));
        }
    }

    /// Schedules the forgetting of finished stints; `shift` makes raw times
    /// steady.
    pub fn schedule_purge(&mut self, slot: Slot, shift: Secs, annotations: Secs) {
        if let Some(at) = self.get(slot).purge_at(annotations) {
            self.schedule(slot, at + shift);
        }
    }

    /// Takes the calls whose time has come, into `slots`; `false` when there
    /// are none.
    pub fn due(&mut self, now: UnixSec, slots: &mut Vec<Slot>) -> bool {
        slots.clear();
        let Some((bucket, mut entries)) = self.timers.first_before(now >> BUCKET_BITS) else {
            return false;
        };
        for (slot, generation) in entries.drain(..) {
            let place = &mut self.places[slot as usize];
            if place.generation != generation {
                continue;
            }
            if let Some(call) = &mut place.call
                && call.due >> BUCKET_BITS == bucket
            {
                call.due = NEVER;
                slots.push(slot);
            }
        }
        self.timers.give_back(entries);
        true
    }

    /// Whether more calls are remembered than any office has.
    pub fn crowded(&self) -> bool {
        self.places.len() - self.free.len() > MOST_CALLS
    }

    /// Takes the calls whose time comes first, before it has come.
    pub fn first_due(&mut self, slots: &mut Vec<Slot>) -> bool {
        match self.timers.first() {
            Some(first) => self.due((first + 1) << BUCKET_BITS, slots),
            None => false,
        }
    }

    /// Forgets the call if nothing is left of it.
    pub fn release(&mut self, slot: Slot) {
        if !self.get(slot).is_empty() {
            return;
        }
        let place = &mut self.places[slot as usize];
        let Some(call) = place.call.take() else { return };
        place.generation = place.generation.wrapping_add(1);
        if !self.aliases.is_empty() {
            self.aliases.retain(|_, of| *of != slot);
        }
        match &call.id {
            CallId::Usual { epoch, seq } => self.usual.remove(&usual_key(*epoch, *seq)),
            CallId::Other(text) => self.other.remove(text),
        };
        self.free.push(slot);
        if call.stored != (false, false) {
            self.gone.push((call.id, call.stored));
        }
    }

    /// All slots in use.
    pub fn slots(&self) -> impl Iterator<Item = Slot> + '_ {
        self.places.iter().zip(0..).filter(|(place, _)| place.call.is_some()).map(|(_, slot)| slot)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Call> {
        self.places.iter().filter_map(|place| place.call.as_ref())
    }

    /// Takes the calls that are forgotten and had stored parts.
    pub fn take_gone(&mut self) -> Vec<(CallId, (bool, bool))> {
        std::mem::take(&mut self.gone)
    }

    /// Hands out every call that was touched since the last time.
    pub fn drain_dirty(&mut self, mut each: impl FnMut(&mut Call)) {
        for (slot, generation) in std::mem::take(&mut self.dirty) {
            let place = &mut self.places[slot as usize];
            if place.generation == generation
                && let Some(call) = &mut place.call
            {
                call.dirty = false;
                each(call);
            }
        }
    }
}
