//! Channels and bridges as far as the tracker needs them.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use crate::base::UnixMicro;
use crate::event::manager::{Bridge, Channel, device};

/// Handle of a channel; never used twice in one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChanId(u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BridgeId(u32);

/// How long an ended channel is remembered: transfers and parking speak of
/// channels that are gone already.
const REMEMBERED: UnixMicro = 30_000_000;
/// Channels kept at most; past it the oldest ended ones go first.
const MOST: usize = 50_000;

/// A channel. Text fields are as last told.
#[derive(Clone, Debug, Default)]
pub struct Chan {
    pub uniqueid: Box<str>,
    pub name: Box<str>,
    pub linkedid: Box<str>,
    pub account: Box<str>,
    /// Extension at its first sight: what the phone dialled.
    pub first_exten: Box<str>,
    pub number: Box<str>,
    pub connected_number: Box<str>,
    /// Time of its Newchannel; `None` when it was there before us.
    pub created: Option<UnixMicro>,
    pub bridge: Option<BridgeId>,
    /// The other half of a Local channel.
    pub other_half: Option<ChanId>,
    /// When it began to be dialled.
    pub dialled: Option<UnixMicro>,
    /// When it was first heard ringing.
    pub ringing: Option<UnixMicro>,
    /// Whom its dial reached.
    pub reached: Option<ChanId>,
    pub hangup_asked: Option<UnixMicro>,
    pub ended: Option<UnixMicro>,
    /// It was made by Originate: dialled by nobody.
    pub originated: bool,
    pub in_queue: bool,
    /// A queue dialled it for a member.
    pub of_queue: bool,
    /// How often it was parked. What a parked channel dials is the way back.
    pub parkings: u32,
    /// How often a queue connected it.
    pub talks: u32,
    /// Its outbound call is over, ignored, or someone else's to log.
    pub settled: bool,
    /// Queue of the lot whose time ran out, while its dial goes back to the
    /// parker.
    pub comes_back: Box<str>,
    /// Device of whoever transferred it last.
    pub sent_by: Box<str>,
}

impl Chan {
    pub fn device(&self) -> &str {
        device(&self.name)
    }

    pub fn is_local(&self) -> bool {
        self.name.starts_with("Local/")
    }

    fn learn(&mut self, told: &Channel<'_>) {
        put(&mut self.name, &told.name);
        put(&mut self.linkedid, &told.linkedid);
        put(&mut self.account, &told.account);
        put(&mut self.number, &told.number);
        put(&mut self.connected_number, &told.connected_number);
    }
}

fn put(field: &mut Box<str>, told: &str) {
    if !told.is_empty() && **field != *told {
        *field = told.into();
    }
}

/// A bridge with those in it.
#[derive(Clone, Debug, Default)]
struct Room {
    id: Box<str>,
    members: Vec<ChanId>,
    /// Parking and other waiting rooms: nobody talks there.
    holding: bool,
}

/// All channels and bridges known.
#[derive(Clone, Debug, Default)]
pub struct Channels {
    by_id: FxHashMap<Box<str>, ChanId>,
    chans: FxHashMap<ChanId, Chan>,
    rooms_by_id: FxHashMap<Box<str>, BridgeId>,
    rooms: FxHashMap<BridgeId, Room>,
    next: u32,
    ended: VecDeque<(UnixMicro, ChanId)>,
}

impl Channels {
    pub fn len(&self) -> usize {
        self.chans.len()
    }

    pub fn get(&self, id: ChanId) -> Option<&Chan> {
        self.chans.get(&id)
    }

    pub fn get_mut(&mut self, id: ChanId) -> Option<&mut Chan> {
        self.chans.get_mut(&id)
    }

    pub fn find(&self, uniqueid: &str) -> Option<ChanId> {
        self.by_id.get(uniqueid).copied()
    }

    pub fn iter(&self) -> impl Iterator<Item = (ChanId, &Chan)> {
        self.chans.iter().map(|(id, chan)| (*id, chan))
    }

    /// Living channels of a device.
    pub fn alive_of(&self, device: &str) -> usize {
        let alive = self.chans.values().filter(|chan| chan.ended.is_none());
        alive.filter(|chan| chan.device() == device).count()
    }

    /// The channel of a block, made if it is new and brought up to date.
    /// `None` for an empty block.
    pub fn see(&mut self, told: &Channel<'_>) -> Option<ChanId> {
        if told.uniqueid.is_empty() {
            return None;
        }
        if let Some(&id) = self.by_id.get(&*told.uniqueid) {
            if let Some(chan) = self.chans.get_mut(&id) {
                chan.learn(told);
            }
            return Some(id);
        }
        self.make_room();
        let id = ChanId(self.take_number());
        let mut chan = Chan {
            uniqueid: (&*told.uniqueid).into(),
            first_exten: (&*told.exten).into(),
            ..Chan::default()
        };
        chan.learn(told);
        self.by_id.insert(chan.uniqueid.clone(), id);
        self.chans.insert(id, chan);
        Some(id)
    }

    fn take_number(&mut self) -> u32 {
        self.next = self.next.wrapping_add(1);
        self.next
    }

    /// A channel of which only the id is known.
    pub fn see_id(&mut self, uniqueid: &str) -> Option<ChanId> {
        self.see(&Channel { uniqueid: uniqueid.into(), ..Channel::default() })
    }

    /// A room for one more: the oldest ended channel goes, and if all live,
    /// any one (a PBX with 50 000 live channels is not ours to follow).
    fn make_room(&mut self) {
        if self.chans.len() < MOST {
            return;
        }
        let oldest = self.ended.pop_front().map(|(_, id)| id);
        if let Some(id) = oldest.or_else(|| self.chans.keys().min().copied()) {
            self.forget(id);
        }
    }

    pub fn end(&mut self, id: ChanId, at: UnixMicro) {
        self.leave(id);
        if let Some(chan) = self.chans.get_mut(&id)
            && chan.ended.is_none()
        {
            chan.ended = Some(at);
            self.ended.push_back((at, id));
        }
    }

    /// Forgets channels that ended long ago, except those still asked for.
    pub fn sweep(&mut self, now: UnixMicro, in_use: impl Fn(ChanId) -> bool) {
        while let Some(&(at, id)) = self.ended.front() {
            if now.saturating_sub(at) < REMEMBERED {
                return;
            }
            self.ended.pop_front();
            if in_use(id) {
                self.ended.push_back((now, id));
                // The rest may be in use as well: another time.
                return;
            }
            self.forget(id);
        }
    }

    fn forget(&mut self, id: ChanId) {
        self.leave(id);
        if let Some(chan) = self.chans.remove(&id)
            && self.by_id.get(&chan.uniqueid) == Some(&id)
        {
            self.by_id.remove(&chan.uniqueid);
        }
    }

    /// Everything is gone: Asterisk started anew and gives ids again.
    pub fn clear(&mut self) {
        let next = self.next;
        *self = Channels { next, ..Channels::default() };
    }

    fn room(&mut self, bridge: &Bridge<'_>) -> BridgeId {
        let holding = &*bridge.technology == "holding_bridge" || &*bridge.kind == "parking";
        if let Some(&id) = self.rooms_by_id.get(&*bridge.id) {
            if let Some(room) = self.rooms.get_mut(&id) {
                room.holding |= holding;
            }
            return id;
        }
        let id = BridgeId(self.take_number());
        let key: Box<str> = (&*bridge.id).into();
        self.rooms_by_id.insert(key.clone(), id);
        self.rooms.insert(id, Room { id: key, members: Vec::new(), holding });
        id
    }

    pub fn enter(&mut self, id: ChanId, bridge: &Bridge<'_>) {
        if bridge.id.is_empty() {
            return;
        }
        let room = self.room(bridge);
        if self.chans.get(&id).is_some_and(|chan| chan.bridge == Some(room)) {
            return;
        }
        self.leave(id);
        if let (Some(chan), Some(room_)) = (self.chans.get_mut(&id), self.rooms.get_mut(&room)) {
            chan.bridge = Some(room);
            room_.members.push(id);
        }
    }

    /// Out of whatever bridge it is in. An empty bridge is forgotten.
    pub fn leave(&mut self, id: ChanId) {
        let Some(room) = self.chans.get_mut(&id).and_then(|chan| chan.bridge.take()) else {
            return;
        };
        if let Some(place) = self.rooms.get_mut(&room) {
            place.members.retain(|member| *member != id);
            if place.members.is_empty()
                && let Some(place) = self.rooms.remove(&room)
            {
                self.rooms_by_id.remove(&place.id);
            }
        }
    }

    /// Out of this bridge; a channel that is in another one stays there.
    pub fn leave_bridge(&mut self, id: ChanId, bridge: &str) {
        let named = self.rooms_by_id.get(bridge).copied();
        if named.is_some() && self.chans.get(&id).is_some_and(|chan| chan.bridge == named) {
            self.leave(id);
        }
    }

    /// All of one bridge are now in another.
    pub fn merge(&mut self, to: &Bridge<'_>, from: &str) {
        let Some(old) = self.rooms_by_id.get(from).copied() else { return };
        let members = self.rooms.get(&old).map(|room| room.members.clone()).unwrap_or_default();
        for member in members {
            self.enter(member, to);
        }
    }

    /// The others in the bridge of a channel, unless it is a waiting room.
    pub fn with(&self, id: ChanId) -> impl Iterator<Item = ChanId> + '_ {
        let room = self.chans.get(&id).and_then(|chan| chan.bridge);
        let room = room.and_then(|room| self.rooms.get(&room)).filter(|room| !room.holding);
        room.into_iter().flat_map(|room| room.members.iter().copied()).filter(move |m| *m != id)
    }

    pub fn together(&self, a: ChanId, b: ChanId) -> bool {
        self.with(a).any(|other| other == b)
    }

    /// The two halves of a Local channel are one.
    pub fn pair(&mut self, one: ChanId, two: ChanId) {
        for (a, b) in [(one, two), (two, one)] {
            if let Some(chan) = self.chans.get_mut(&a) {
                chan.other_half = Some(b);
            }
        }
    }

    /// The telephone behind a channel: itself, or what the other half of a
    /// Local channel reached. Local channels may be chained.
    pub fn phone(&self, id: ChanId) -> ChanId {
        let mut at = id;
        for _ in 0..4 {
            let Some(chan) = self.get(at) else { return at };
            if !chan.is_local() {
                return at;
            }
            let Some(half) = chan.other_half else { return at };
            let reached = self.get(half).and_then(|half| half.reached);
            match reached.or_else(|| self.with(half).next()) {
                Some(next) => at = next,
                None => return at,
            }
        }
        at
    }
}
