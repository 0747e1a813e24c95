//! Which devices are the house's own, and who really is in a queue.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::event::manager::{DeviceState, Member, device};
use crate::tracker::Options;

/// Names kept of each kind; a house with more phones has them all in hints.
const MOST: usize = 20_000;

/// What is known of devices. A device is internal when it is an interface of
/// a queue's member, stands in a hint, was named to us, or was called by its
/// bare name; trunks are none of these.
#[derive(Clone, Debug, Default)]
pub struct Phones {
    internal: FxHashSet<Box<str>>,
    /// A member or a hint was told: what is not known is not ours.
    told: bool,
    /// Queue and interface of each member, and his name.
    members: FxHashMap<(Box<str>, Box<str>), Box<str>>,
    on_hold: FxHashSet<Box<str>>,
    /// States of devices were told at all.
    states_told: bool,
}

impl Phones {
    /// A device that counts from now on.
    pub fn add(&mut self, device: &str) {
        let device = device.split_once("/n").map_or(device, |(head, tail)| {
            if tail.is_empty() && device.starts_with("Local/") { head } else { device }
        });
        self.told = true;
        self.insert(device);
    }

    fn insert(&mut self, device: &str) {
        if !device.is_empty() && self.internal.len() < MOST && !self.internal.contains(device) {
            self.internal.insert(device.into());
        }
    }

    /// The devices of a hint, `PJSIP/101&Custom:dnd`.
    pub fn hint(&mut self, hint: &str) {
        for part in hint.split([',', '&']).filter(|part| part.contains('/')) {
            self.add(part.trim());
        }
    }

    pub fn member(&mut self, member: &Member<'_>) {
        self.add(&member.interface);
        if member.state_interface.contains('/') {
            self.add(&member.state_interface);
        }
        if self.members.len() < MOST {
            let place = ((&*member.queue).into(), (&*member.interface).into());
            self.members.insert(place, (&*member.name).into());
        }
    }

    pub fn no_member(&mut self, queue: &str, interface: &str) {
        self.members.remove(&(queue.into(), interface.into()));
    }

    /// A list of all members is about to be told.
    pub fn forget_members(&mut self) {
        self.members.clear();
    }

    pub fn is_member(&self, queue: &str, interface: &str) -> bool {
        self.members.contains_key(&(queue.into(), interface.into()))
    }

    /// The name of the member with this device; Local interfaces carry `/n`.
    pub fn member_name(&self, queue: &str, device: &str) -> Option<&str> {
        let plain = self.members.get(&(queue.into(), device.into()));
        let local = || self.members.get(&(queue.into(), format!("{device}/n").into()));
        plain.or_else(local).map(|name| &**name)
    }

    pub fn state(&mut self, device: &str, state: DeviceState) {
        self.states_told = true;
        if state == DeviceState::OnHold {
            if self.on_hold.len() < MOST {
                self.on_hold.insert(device.into());
            }
        } else {
            self.on_hold.remove(device);
        }
    }

    pub fn holds(&self, device: &str) -> bool {
        self.on_hold.contains(device)
    }

    /// Whether it is known that the device holds nothing.
    pub fn holds_nothing(&self, device: &str) -> bool {
        self.states_told && !self.on_hold.contains(device)
    }

    /// A device dialled by nothing but its own name is a phone: trunks are
    /// dialled with a number.
    pub fn dialled(&mut self, channel: &str, dial_string: &str) {
        let device = device(channel);
        let bare = device.split_once('/').is_some_and(|(_, name)| name == dial_string);
        if !device.starts_with("Local/") && (bare || device == dial_string) {
            self.insert(device);
        }
    }

    /// Whether a device is the house's own. As long as no member and no hint
    /// is known, all are: a server without queues and hints has no other sign.
    pub fn is_internal(&self, device: &str, options: &Options) -> bool {
        options.internal_channels.as_ref().is_some_and(|pattern| pattern.matches(device))
            || self.internal.contains(device)
            || (!self.told && options.internal_channels.is_none())
    }

    /// The same, but nothing counts that is not known to.
    pub fn is_known(&self, device: &str, options: &Options) -> bool {
        options.internal_channels.as_ref().is_some_and(|pattern| pattern.matches(device))
            || self.internal.contains(device)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_hints_and_phones_called_by_name_are_internal_and_trunks_are_not() {
        let options = Options::default();
        let mut phones = Phones::default();
        assert!(phones.is_internal("PJSIP/101", &options), "nothing is known yet");
        phones.member(&Member {
            queue: "a".into(),
            interface: "Local/204@from-queue/n".into(),
            state_interface: "PJSIP/204".into(),
            ..Member::default()
        });
        phones.hint("PJSIP/101&SIP/9,Custom:dnd");
        phones.dialled("PJSIP/281-00000003", "281");
        phones.dialled("PJSIP/trunk-a-00000004", "0445556677@trunk-a");
        for device in ["PJSIP/204", "Local/204@from-queue", "PJSIP/101", "SIP/9", "PJSIP/281"] {
            assert!(phones.is_internal(device, &options), "{device}");
        }
        assert!(!phones.is_internal("PJSIP/trunk-a", &options));
        assert!(phones.is_member("a", "Local/204@from-queue/n"));
        phones.no_member("a", "Local/204@from-queue/n");
        assert!(!phones.is_member("a", "Local/204@from-queue/n"));
    }
}
