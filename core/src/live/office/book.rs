//! Who is who: endpoint, extension, member name.
//!
//! An explicit table. It is filled by the configuration, by the dialplan's
//! hints (`ExtensionStatus` names the devices of an extension) and by the
//! queues (a member names its interface and what is watched for it). Nothing
//! is guessed from digits inside a name.

use rustc_hash::FxHashMap;

use crate::live::office::own;

/// One line of the configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The agent's name in the log and in the queues.
    pub agent: String,
    /// `PJSIP/201`.
    pub device: Option<String>,
    /// What is dialled to reach it.
    pub extension: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub struct Book {
    entries: Vec<Entry>,
    /// Devices of hints, by extension.
    hints: FxHashMap<Box<str>, Vec<Box<str>>>,
    /// The other way round.
    extensions: FxHashMap<Box<str>, Box<str>>,
}

/// Hints kept.
const MOST_HINTS: usize = 4096;

impl Book {
    pub fn new(entries: impl IntoIterator<Item = Entry>) -> Self {
        Book { entries: entries.into_iter().collect(), ..Book::default() }
    }

    /// A hint as the dialplan has it: `PJSIP/201&Custom:DND201`, presence
    /// behind a comma. `false` when the table is full.
    pub fn hint(&mut self, exten: &str, hint: &str) -> bool {
        let devices: Vec<Box<str>> = hint
            .split(',')
            .next()
            .unwrap_or_default()
            .split('&')
            .map(str::trim)
            .filter(|device| endpoint(device).is_some())
            .map(own)
            .collect();
        if devices.is_empty() || exten.is_empty() {
            return true;
        }
        if self.hints.get(exten) == Some(&devices) {
            return true;
        }
        if !self.hints.contains_key(exten) && self.hints.len() >= MOST_HINTS {
            return false;
        }
        self.extensions.retain(|_, known| **known != *exten);
        for device in &devices {
            self.extensions.entry(device.clone()).or_insert_with(|| own(exten));
        }
        self.hints.insert(own(exten), devices);
        true
    }

    /// What is dialled to reach a device: of the configuration, of a hint, or
    /// the endpoint's whole name where nobody says otherwise.
    pub fn extension<'a>(&'a self, device: &'a str) -> Option<&'a str> {
        self.entries
            .iter()
            .find(|entry| entry.device.as_deref() == Some(device))
            .and_then(|entry| entry.extension.as_deref())
            .or_else(|| self.extensions.get(device).map(|exten| &**exten))
            .or_else(|| endpoint(device).map(|(_, name)| name))
    }

    /// The devices that ring when an extension is dialled. Empty when neither
    /// configuration nor hints name it.
    pub fn devices(&self, exten: &str) -> Vec<&str> {
        let configured: Vec<&str> = self
            .entries
            .iter()
            .filter(|entry| entry.extension.as_deref() == Some(exten))
            .filter_map(|entry| entry.device.as_deref())
            .collect();
        if !configured.is_empty() {
            return configured;
        }
        self.hints.get(exten).into_iter().flatten().map(|device| &**device).collect()
    }

    /// The device of a queue's member: what is watched for it, else what is
    /// called, a Local channel's extension looked up in the table.
    pub fn device_of_member<'a>(&'a self, interface: &'a str, watched: &'a str) -> Option<&'a str> {
        for candidate in [watched, interface] {
            if endpoint(candidate).is_some() {
                return Some(candidate);
            }
        }
        let exten = local_extension(interface)?;
        self.devices(exten).first().copied()
    }

    /// The agent of a device by the configuration.
    pub fn agent_of_device(&self, device: &str) -> Option<&str> {
        let entry = self.entries.iter().find(|entry| entry.device.as_deref() == Some(device));
        entry.map(|entry| entry.agent.as_str())
    }

    /// The configured line of an agent.
    pub fn entry(&self, agent: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.agent == agent)
    }

    /// Whether a device is one of the office's telephones: in the
    /// configuration or in a hint.
    pub fn knows(&self, device: &str) -> bool {
        self.extensions.contains_key(device) || self.agent_of_device(device).is_some()
    }
}

/// Technology and endpoint of a telephone's device; `None` for what is no
/// telephone (`Local/…`, `Queue:…`, `Custom:…`, `Agent:…`).
pub fn endpoint(device: &str) -> Option<(&str, &str)> {
    let (tech, name) = device.split_once('/')?;
    let telephone = matches!(
        tech,
        "PJSIP" | "SIP" | "IAX2" | "DAHDI" | "SCCP" | "Skinny" | "Motif" | "USTM" | "MGCP" | "H323"
    );
    (telephone && !name.is_empty() && !name.contains('@')).then_some((tech, name))
}

/// `204` of `Local/204@from-queue/n`.
fn local_extension(interface: &str) -> Option<&str> {
    let (exten, _) = interface.strip_prefix("Local/")?.split_once('@')?;
    Some(exten).filter(|exten| !exten.is_empty())
}
