//! Telephones: device states, extensions, registered contacts.

use rustc_hash::FxHashMap;

use crate::base::UnixSec;
use crate::event::manager::{DeviceState, ExtensionState};
use crate::live::office::book::endpoint;
use crate::live::office::own;

/// Devices, extensions and contacts kept, each.
const MOST: usize = 8192;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Device {
    pub state: DeviceState,
    pub since: UnixSec,
    seen: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    pub context: Box<str>,
    pub state: ExtensionState,
    pub since: UnixSec,
    seen: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    pub aor: Box<str>,
    pub uri: Box<str>,
    /// `Reachable`, `Unreachable`, `NonQualified`, ….
    pub status: Box<str>,
    pub user_agent: Box<str>,
    pub round_trip_us: Option<u64>,
    seen: u32,
}

#[derive(Clone, Debug, Default)]
pub struct Telephones {
    devices: FxHashMap<Box<str>, Device>,
    extensions: FxHashMap<Box<str>, Extension>,
    contacts: Vec<Contact>,
}

impl Telephones {
    /// State of a device, since when.
    pub fn device(&self, device: &str) -> Option<&Device> {
        self.devices.get(device)
    }

    pub fn devices(&self) -> impl Iterator<Item = (&str, &Device)> {
        self.devices.iter().map(|(name, device)| (&**name, device))
    }

    pub fn extension(&self, exten: &str) -> Option<&Extension> {
        self.extensions.get(exten)
    }

    pub fn extensions(&self) -> impl Iterator<Item = (&str, &Extension)> {
        self.extensions.iter().map(|(name, extension)| (&**name, extension))
    }

    pub fn contacts(&self) -> &[Contact] {
        &self.contacts
    }

    /// Takes a device's state in; `false` when the table is full. What is no
    /// telephone is passed over.
    pub(super) fn set_device(
        &mut self,
        device: &str,
        state: DeviceState,
        at: UnixSec,
        seen: u32,
    ) -> bool {
        if endpoint(device).is_none() {
            return true;
        }
        if let Some(known) = self.devices.get_mut(device) {
            if known.state != state {
                known.state = state;
                known.since = at;
            }
            known.seen = seen;
            return true;
        }
        if self.devices.len() >= MOST {
            return false;
        }
        self.devices.insert(own(device), Device { state, since: at, seen });
        true
    }

    pub(super) fn set_extension(
        &mut self,
        exten: &str,
        context: &str,
        state: ExtensionState,
        at: UnixSec,
        seen: u32,
    ) -> bool {
        if state == ExtensionState::Removed {
            self.extensions.remove(exten);
            return true;
        }
        if let Some(known) = self.extensions.get_mut(exten) {
            if known.state != state {
                known.state = state;
                known.since = at;
            }
            known.seen = seen;
            return true;
        }
        if self.extensions.len() >= MOST {
            return false;
        }
        let extension = Extension { context: own(context), state, since: at, seen };
        self.extensions.insert(own(exten), extension);
        true
    }

    pub(super) fn set_contact(
        &mut self,
        aor: &str,
        uri: &str,
        status: &str,
        user_agent: &str,
        round_trip_us: Option<u64>,
        seen: u32,
    ) -> bool {
        let place = self.contacts.iter().position(|one| *one.aor == *aor && *one.uri == *uri);
        if matches!(status, "Removed" | "Deleted") {
            if let Some(place) = place {
                self.contacts.remove(place);
            }
            return true;
        }
        let contact = Contact {
            aor: own(aor),
            uri: own(uri),
            status: own(status),
            user_agent: own(user_agent),
            round_trip_us,
            seen,
        };
        if let Some(place) = place {
            self.contacts[place] = contact;
            return true;
        }
        let fits = self.contacts.len() < MOST;
        if fits {
            self.contacts.push(contact);
        }
        fits
    }

    pub(super) fn sweep_devices(&mut self, generation: u32) {
        self.devices.retain(|_, one| one.seen == generation);
    }

    pub(super) fn sweep_extensions(&mut self, generation: u32) {
        self.extensions.retain(|_, one| one.seen == generation);
    }

    pub(super) fn sweep_contacts(&mut self, generation: u32) {
        self.contacts.retain(|one| one.seen == generation);
    }
}
