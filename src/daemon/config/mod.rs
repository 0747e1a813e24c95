//! The configuration file: read once, checked whole.
//!
//! The sections are declared beside here, one file per section, and turned
//! into the settings of the rooms. Every fault of a file is reported at once
//! with its line; a program never runs on half a configuration.

mod actions;
mod ami;
mod calls;
mod file;
mod log;
mod office;
mod portal;
mod recordings;
pub mod reference;
mod reports;
mod store;
mod tracker;

use std::path::Path;

use crate::base::order::Ordered as _;
use crate::base::setting::{self, Fault, Raw, RawValue, Row, Section as _};
use crate::base::{Error, Kind, Result};
use crate::portal as portal_room;
use crate::reports::Rules;

pub use actions::Actions;
pub use ami::{Ami, secret_file};
pub use calls::Calls;
pub use log::Log;
pub use office::{Activity, Agent, Office, Outcome, PauseCode, Queue};
pub use portal::Portal;
pub use recordings::{RecordedQueue, Recordings};
pub use reports::Reports;
pub use store::Store;
pub use tracker::{Sinks, Tracker, Writer};

/// Where the file is looked for when nobody says where.
pub const DEFAULT_PATH: &str = "/etc/switchroom/switchroom.toml";

/// All sections. The default is what runs without a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    pub log: Log,
    pub ami: Ami,
    pub calls: Calls,
    pub store: Store,
    pub office: Office,
    pub reports: Reports,
    pub actions: Actions,
    pub portal: Portal,
    pub tracker: Tracker,
    pub recordings: Recordings,
}

/// A section as the reference shows it.
#[derive(Debug)]
pub struct Described {
    pub name: &'static str,
    pub doc: &'static str,
    pub rows: Vec<Row>,
}

impl Config {
    /// Reads the file at `path`, or the default one if it exists, or nothing.
    ///
    /// Errors: a file that is named and can't be read; a file with faults,
    /// all of them in the message, one per line.
    pub fn load(path: Option<&Path>) -> Result<Config> {
        let (path, named) = match path {
            Some(path) => (path, true),
            None => (Path::new(DEFAULT_PATH), false),
        };
        match std::fs::read_to_string(path) {
            Ok(text) => Config::parse(&text).map_err(|faults| complaint(path, &faults)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !named => {
                Ok(Config::default())
            }
            Err(error) => Err(crate::base::error::io(
                format!("can't read the configuration {}", path.display()),
                error,
            )),
        }
    }

    /// Reads the text of a file.
    pub fn parse(text: &str) -> Result<Config, Vec<Fault>> {
        let (root, mut faults) = file::read(text);
        let mut config = Config::default();
        if let RawValue::Table(keys) = &root.value {
            let names: Vec<&str> = Config::sections().iter().map(|section| section.name).collect();
            for (key, _, raw) in keys {
                match key.as_str() {
                    "log" => config.log = Log::read(raw, key, &mut faults),
                    "ami" => config.ami = Ami::read(raw, key, &mut faults),
                    "calls" => config.calls = Calls::read(raw, key, &mut faults),
                    "store" => config.store = Store::read(raw, key, &mut faults),
                    "office" => config.office = Office::read(raw, key, &mut faults),
                    "reports" => config.reports = Reports::read(raw, key, &mut faults),
                    "tracker" => config.tracker = Tracker::read(raw, key, &mut faults),
                    "actions" => config.actions = Actions::read(raw, key, &mut faults),
                    "recordings" => config.recordings = Recordings::read(raw, key, &mut faults),
                    "portal" => config.portal = Portal::read(raw, key, &mut faults),
                    _ => {}
                }
            }
            setting::unknown(keys, &names, "", &mut faults);
            config.check_together(keys, &mut faults);
        }
        if faults.is_empty() {
            return Ok(config);
        }
        faults.order_by_key(|fault| fault.line);
        Err(faults)
    }

    /// What is wrong only beside another section.
    fn check_together(&self, keys: &Keys, faults: &mut Vec<Fault>) {
        // A fault of its own already, perhaps: then nothing is known of it.
        let told = |section: &str| faults.iter().any(|fault| fault.text.contains(section));
        if self.tracker.enabled && !self.ami.is_set() && !told("ami.") {
            let text = "tracker.enabled needs the connection to Asterisk: set ami.user and \
                        ami.secret_file, or ami.url";
            let line = line_of(keys, "tracker", "enabled");
            faults.push(Fault { line, text: text.to_owned() });
        }
        if self.ami.trusts_for_nothing() {
            let setting = if self.ami.trust().ca.is_some() { "ca" } else { "fingerprint" };
            let text = format!(
                "ami.{setting} is of use with TLS only: set ami.tls = true, or begin ami.url with tls:"
            );
            faults.push(Fault { line: line_of(keys, "ami", setting), text });
        }
    }

    /// How reports count.
    pub fn rules(&self) -> Rules {
        self.reports.rules(&self.office)
    }

    /// How the portal presents itself.
    pub fn portal_settings(&self, demo: bool) -> portal_room::Settings {
        portal_room::Settings {
            office: self.office.name.clone(),
            zone: self.office.zone(),
            language: self.office.language,
            demo,
            https: self.portal.https,
            proxies: self.portal.trusted_proxies.clone(),
            queue_labels: self.office.queue_labels(),
            agent_labels: self.office.agent_labels(),
            rules: self.rules(),
            limits: portal_room::Limits {
                connections: self.portal.connections as usize,
                streams: self.portal.streams as usize,
                listeners: self.recordings.max_streams as usize,
                ..portal_room::Limits::default()
            },
        }
    }

    /// All sections in the order of the reference.
    pub fn sections() -> [Described; 10] {
        fn of<T: setting::Section>(name: &'static str) -> Described {
            Described { name, doc: T::DOC, rows: T::rows() }
        }
        [
            of::<Log>("log"),
            of::<Ami>("ami"),
            of::<Store>("store"),
            of::<Office>("office"),
            of::<Calls>("calls"),
            of::<Reports>("reports"),
            of::<Actions>("actions"),
            of::<Portal>("portal"),
            of::<Tracker>("tracker"),
            of::<Recordings>("recordings"),
        ]
    }
}

/// The keys of the file, each with its line.
type Keys = [(String, usize, Raw)];

/// Where a setting stands; the first line for one that does not.
fn line_of(keys: &Keys, section: &str, setting: &str) -> usize {
    let of = |keys: &Keys, name: &str| keys.iter().position(|(key, _, _)| key == name);
    let Some((_, line, raw)) = of(keys, section).and_then(|at| keys.get(at)) else { return 1 };
    match &raw.value {
        RawValue::Table(inner) => of(inner, setting).map_or(*line, |at| inner[at].1),
        _ => *line,
    }
}

fn complaint(path: &Path, faults: &[Fault]) -> Error {
    let mut text = match faults.len() {
        1 => "the configuration has a fault:".to_owned(),
        n => format!("the configuration has {n} faults:"),
    };
    for fault in faults {
        text.push_str(&format!("\n  {}:{}: {}", path.display(), fault.line, fault.text));
    }
    Error::new(Kind::Invalid, text)
}

#[cfg(test)]
mod tests;
