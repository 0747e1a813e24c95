//! Channels, what they are bridged with and who dialled them.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use crate::base::UnixSec;
use crate::base::order::Ordered as _;
use crate::event::manager::{self, ChannelState};
use crate::live::office::own;

/// Channels and bridges kept.
const MOST: usize = 8192;
/// Channels that are gone, remembered so that a late event or a list that was
/// made before does not bring them back.
const MOST_DEAD: usize = 1024;

/// Unique ids of channels that record a call for us begin so; the id of the
/// channel they record follows, up to a `+`.
pub const RECORDER: &str = "switchroom-record-";

/// Which channel a recorder of ours records.
pub fn recorded_by(uniqueid: &str) -> Option<&str> {
    let (target, _) = uniqueid.strip_prefix(RECORDER)?.rsplit_once('+')?;
    Some(target)
}

/// One channel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Leg {
    pub uniqueid: Box<str>,
    pub name: Box<str>,
    pub number: Box<str>,
    pub caller_name: Box<str>,
    pub connected_number: Box<str>,
    pub connected_name: Box<str>,
    pub exten: Box<str>,
    pub context: Box<str>,
    pub linkedid: Box<str>,
    pub account: Box<str>,
    pub state: ChannelState,
    pub since: UnixSec,
    pub up_since: Option<UnixSec>,
    pub bridge: Option<Box<str>>,
    pub bridged_since: Option<UnixSec>,
    /// Since when its telephone holds the other party.
    pub holds_since: Option<UnixSec>,
    pub recorded: bool,
    pub recording_muted: bool,
    /// Path of the newest recording (VarSet `MIXMONITOR_FILENAME`).
    pub recording: Option<Box<str>>,
    /// The channel of ours that records this one.
    pub recorder: Option<Box<str>>,
    /// Variables that were asked for, by name.
    pub variables: Vec<(Box<str>, Box<str>)>,
    /// Channel that dialled this one.
    pub dialled_by: Option<Box<str>>,
    seen: u32,
}

impl Leg {
    pub fn device(&self) -> &str {
        manager::device(&self.name)
    }

    /// A half of a Local channel, which is nobody's telephone.
    pub fn is_local(&self) -> bool {
        self.name.starts_with("Local/")
    }

    /// A half of a Local channel by which we record: part of no call.
    pub fn is_recorder(&self) -> bool {
        self.uniqueid.starts_with(RECORDER)
    }
}

#[derive(Clone, Debug, Default)]
pub struct Channels {
    legs: FxHashMap<Box<str>, Leg>,
    names: FxHashMap<Box<str>, Box<str>>,
    /// Bridges that hold (parking, agents on hold): who is in one talks with
    /// nobody.
    holding: FxHashMap<Box<str>, u32>,
    dead: VecDeque<Box<str>>,
}

impl Channels {
    pub fn get(&self, uniqueid: &str) -> Option<&Leg> {
        self.legs.get(uniqueid)
    }

    pub fn by_name(&self, name: &str) -> Option<&Leg> {
        self.legs.get(self.names.get(name)?)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Leg> {
        self.legs.values()
    }

    pub fn len(&self) -> usize {
        self.legs.len()
    }

    pub fn is_empty(&self) -> bool {
        self.legs.is_empty()
    }

    /// The channels of a device, the oldest first.
    pub fn of_device<'a>(&'a self, device: &'a str) -> Vec<&'a Leg> {
        let mut legs: Vec<&Leg> = self.iter().filter(|leg| leg.device() == device).collect();
        legs.order_by(|a, b| (a.since, &a.uniqueid).cmp(&(b.since, &b.uniqueid)));
        legs
    }

    /// The other half of a Local channel.
    pub fn twin(&self, leg: &Leg) -> Option<&Leg> {
        let (base, half) = leg.name.rsplit_once(';')?;
        let other = if half == "1" { "2" } else { "1" };
        self.by_name(&format!("{base};{other}"))
    }

    /// Whether a bridge joins those in it.
    pub fn joins(&self, bridge: &str) -> bool {
        !self.holding.contains_key(bridge)
    }

    /// Takes in what an event says of a channel. With `born` an unknown one is
    /// made, unless it is known to be gone. `None` when there is no such
    /// channel, or no room for it.
    pub(super) fn see(
        &mut self,
        told: &manager::Channel<'_>,
        at: UnixSec,
        born: bool,
        seen: u32,
    ) -> Option<&mut Leg> {
        let id: &str = &told.uniqueid;
        if id.is_empty() || told.name.is_empty() {
            return None;
        }
        if !self.legs.contains_key(id) {
            let dead = self.dead.iter().any(|dead| **dead == *id);
            if !born || dead || self.legs.len() >= MOST {
                return None;
            }
            self.legs.insert(own(id), Leg { uniqueid: own(id), since: at, ..Leg::default() });
        }
        let leg = self.legs.get_mut(id)?;
        if *leg.name != *told.name {
            self.names.remove(&leg.name);
            leg.name = own(&told.name);
            self.names.insert(leg.name.clone(), leg.uniqueid.clone());
        }
        for (to, text) in [
            (&mut leg.number, &told.number),
            (&mut leg.caller_name, &told.caller_name),
            (&mut leg.connected_number, &told.connected_number),
            (&mut leg.connected_name, &told.connected_name),
            (&mut leg.exten, &told.exten),
            (&mut leg.context, &told.context),
            (&mut leg.linkedid, &told.linkedid),
            (&mut leg.account, &told.account),
        ] {
            if **to != **text {
                *to = own(text);
            }
        }
        leg.state = told.state;
        if told.state == ChannelState::Up {
            leg.up_since.get_or_insert(at);
        }
        leg.seen = seen;
        Some(leg)
    }

    pub(super) fn leg(&mut self, uniqueid: &str) -> Option<&mut Leg> {
        self.legs.get_mut(uniqueid)
    }

    pub(super) fn rename(&mut self, uniqueid: &str, new: &str) {
        let Some(leg) = self.legs.get_mut(uniqueid) else { return };
        if self.names.get(&leg.name) == Some(&leg.uniqueid) {
            self.names.remove(&leg.name);
        }
        leg.name = own(new);
        self.names.insert(leg.name.clone(), leg.uniqueid.clone());
    }

    /// The channel is gone.
    pub(super) fn end(&mut self, uniqueid: &str) -> Option<Leg> {
        if self.dead.len() >= MOST_DEAD {
            self.dead.pop_front();
        }
        self.dead.push_back(own(uniqueid));
        let leg = self.legs.remove(uniqueid)?;
        if self.names.get(&leg.name) == Some(&leg.uniqueid) {
            self.names.remove(&leg.name);
        }
        Some(leg)
    }

    pub(super) fn enter(&mut self, uniqueid: &str, bridge: &str, at: UnixSec) {
        if let Some(leg) = self.legs.get_mut(uniqueid)
            && leg.bridge.as_deref() != Some(bridge)
        {
            leg.bridge = Some(own(bridge));
            leg.bridged_since = Some(at);
        }
    }

    pub(super) fn leave(&mut self, uniqueid: &str, bridge: &str) {
        if let Some(leg) = self.legs.get_mut(uniqueid)
            && leg.bridge.as_deref() == Some(bridge)
        {
            leg.bridge = None;
            leg.bridged_since = None;
        }
    }

    pub(super) fn merge(&mut self, from: &str, to: &str) {
        for leg in self.legs.values_mut() {
            if leg.bridge.as_deref() == Some(from) {
                leg.bridge = Some(own(to));
            }
        }
    }

    /// Learns of what kind a bridge is.
    pub(super) fn bridge(&mut self, bridge: &manager::Bridge<'_>, seen: u32) {
        if bridge.id.is_empty() {
            return;
        }
        let holds = bridge.technology == "holding_bridge" || bridge.kind == "agent_hold";
        if !holds {
            self.holding.remove(&*bridge.id);
        } else if self.holding.len() < MOST {
            self.holding.insert(own(&bridge.id), seen);
        }
    }

    pub(super) fn destroy(&mut self, bridge: &str) {
        self.holding.remove(bridge);
        for leg in self.legs.values_mut() {
            if leg.bridge.as_deref() == Some(bridge) {
                leg.bridge = None;
                leg.bridged_since = None;
            }
        }
    }

    /// The PBX started anew: names and ids begin again.
    pub(super) fn clear(&mut self) {
        *self = Channels::default();
    }

    /// Removes what was not seen; returns whose channels they were.
    pub(super) fn sweep(&mut self, generation: u32) -> Vec<Box<str>> {
        let gone: Vec<Box<str>> = self
            .legs
            .values()
            .filter(|leg| leg.seen != generation)
            .map(|leg| leg.uniqueid.clone())
            .collect();
        for uniqueid in &gone {
            self.end(uniqueid);
        }
        let Channels { holding, legs, .. } = self;
        holding.retain(|bridge, seen| {
            *seen == generation || legs.values().any(|leg| leg.bridge.as_ref() == Some(bridge))
        });
        gone
    }
}
