//! Section `recordings`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::age::{self, Identity, Recipient};
use crate::base::error::io;
use crate::base::order::Gathered as _;
use crate::base::setting::Span;
use crate::base::{Error, Kind, Result};
use crate::daemon::recordings::Shelves;
use crate::recordings::files::filter;
use crate::recordings::{Folders, Rules};

crate::settings! {
    /// Recordings of calls: found, sealed and kept. See docs/administrator.md.
    pub struct Recordings {
        /// Whether recordings are taken in from the spool. Everything below that folder
        /// whose name holds the id of a call becomes ours: it is sealed, and the plain file
        /// removed. So let only the shipped dialplan write there.
        enabled: bool = false,
        /// The folder Asterisk writes into, as the shipped dialplan names it. It may be in
        /// memory when there is a key to seal with; Switchroom must be able to remove files
        /// from it.
        spool: PathBuf = PathBuf::from("/var/spool/asterisk/monitor/switchroom"),
        /// Where sealed recordings lie; not set: folder `vault` in the folder of the
        /// database.
        vault: Option<PathBuf> = None,
        /// Public keys ("age1…") that each recording is sealed to besides the box's own: an
        /// officer's, or that of a safe. With identity = "none" they alone open it.
        recipients: Vec<String> = Vec::new(),
        /// Where the key that opens recordings is: "file:/path"; "passphrase" (the box's own
        /// key file, unlocked in the portal after each start); "none" (this box seals and
        /// can't open). Not set: the box's own key file, if one was made.
        identity: Option<String> = None,
        /// Whether recordings are sealed when there is a key to seal to.
        seal: bool = true,
        /// How long a link to sound may be used for the first time.
        link_ttl: Span = Span(900),
        /// How long recordings are kept, in days; 0 = for ever. What is held stays longer.
        retention_days: u32 = 90,
        /// Free MiB of the vault's disk below which there is an alarm, and the oldest
        /// recordings that are not held are deleted; 0 = never.
        low_space: u32 = 500,
        /// A program that gets the path of a recording encrypted by others and writes the
        /// clear sound; not set: such recordings are shown and not played.
        decrypt: Option<String> = None,
        /// How many recordings are listened to or taken away at once; more are asked to
        /// try again. Each costs about 170 KiB.
        max_streams: u32 = 64,
        /// After this long a muted recording goes on by itself.
        pci_max: Span = Span(180),
        /// Whether agents may listen to their own recordings.
        agents_listen: bool = false,
        /// Queues with a rule of their own, by name in the log.
        queues: BTreeMap<String, RecordedQueue> = BTreeMap::new(),
    }
}

crate::settings! {
    /// Rules of recordings of one queue.
    pub struct RecordedQueue {
        /// How long its recordings are kept, in days; 0 = for ever.
        retention_days: Option<u32> = None,
    }
}

impl Recordings {
    /// Where recordings lie.
    pub fn folders(&self, data: &Path) -> Folders {
        Folders {
            spool: self.spool.clone(),
            vault: self.vault.clone().unwrap_or_else(|| data.join("vault")),
        }
    }

    /// How long they are kept.
    pub fn rules(&self) -> Rules {
        let own =
            |(name, queue): (&String, &RecordedQueue)| Some((name.clone(), queue.retention_days?));
        Rules { days: self.retention_days, queues: self.queues.iter().filter_map(own).into_map() }
    }

    /// The public keys given.
    ///
    /// Errors: the first that is none.
    pub fn recipients(&self) -> Result<Vec<Recipient>> {
        let read = |text: &String| {
            text.parse().map_err(|error: age::Error| {
                let text = format!("recordings.recipients: {text:?} is no public key");
                Error::caused(Kind::Invalid, text, error)
            })
        };
        self.recipients.iter().map(read).collect()
    }

    /// What the portal's side needs; `data` is the folder of the database.
    ///
    /// Errors: a key that is none, or a file of keys that can't be read.
    pub fn shelves(&self, data: &Path) -> Result<Shelves> {
        let invalid = |text: &str| Error::new(Kind::Invalid, text.to_owned());
        let (lent, opens) = match self.identity.as_deref() {
            None | Some("" | "passphrase") => (Vec::new(), true),
            Some("none") => (Vec::new(), false),
            Some(other) => {
                let path = other.strip_prefix("file:").ok_or_else(|| {
                    invalid("recordings.identity: give \"file:/path\", \"passphrase\" or \"none\"")
                })?;
                let text = std::fs::read_to_string(path).map_err(|error| {
                    io(format!("can't read the key of recordings in {path}"), error)
                })?;
                let keys = Identity::from_file_text(&text).map_err(|error| {
                    let text = format!("there is no key in {path}");
                    Error::caused(Kind::Invalid, text, error)
                })?;
                (keys, true)
            }
        };
        Ok(Shelves {
            keys: data.join("keys"),
            lent,
            others: self.recipients()?,
            opens,
            rules: self.rules(),
            low_bytes: self.low_bytes(),
            link_ttl: Duration::from_secs(u64::try_from(self.link_ttl.0).unwrap_or(0)),
            agents_listen: self.agents_listen,
            decrypt: self.decrypt.as_ref().map(|program| filter::Settings::new(program.into())),
        })
    }

    /// Free bytes below which there is an alarm.
    pub fn low_bytes(&self) -> u64 {
        u64::from(self.low_space) << 20
    }
}
