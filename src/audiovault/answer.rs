//! What a search answers: every recording with a link of its own.

use std::time::Duration;

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::audiovault::open::{Opener, fit};
use crate::audiovault::remote::There;
use crate::base::Result;
use crate::layout::{Confidence, Found, Name, Shape};
use crate::recordings::files::walk::{Hit, Walker};
use crate::recordings::links::{Grant, Links, Moment, Target, Usage};
use crate::recordings::search::Item;
use crate::recordings::{Interval, Recording, State};

/// The answer as it goes over the wire.
#[derive(Debug, Serialize)]
pub struct Answer {
    pub version: u8,
    pub found: bool,
    pub truncated: bool,
    pub took_ms: u64,
    pub callid: String,
    pub files: Vec<File>,
}

/// One recording.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct File {
    /// The same for the same file, and says nothing of its path.
    pub id: String,
    pub name: String,
    pub url: String,
    /// Seconds since 1970.
    pub expires: Option<i64>,
    pub size: Option<u64>,
    pub format: Option<String>,
    pub codec: Option<String>,
    pub rate: Option<u32>,
    pub channels: Option<u16>,
    /// Seconds.
    pub duration: Option<f64>,
    /// Seconds since 1970.
    pub started: Option<i64>,
    /// `mix`, `in`, `out`; `pair` for both legs as two channels.
    pub leg: &'static str,
    pub encrypted: bool,
    pub growing: bool,
    pub segment: usize,
    pub segments: usize,
    /// Seconds from, to.
    pub muted: Vec<(f64, f64)>,
    pub hold: Vec<(f64, f64)>,
    pub confidence: &'static str,
    pub legal_hold: bool,
    pub peaks: Option<String>,
}

/// For whom links are made.
pub struct Giver<'a> {
    pub links: &'a Links,
    pub opener: &'a Opener,
    pub walker: &'a Walker,
    /// `https://vault.example`
    pub base: &'a str,
    pub ttl: Duration,
    pub tenant: &'a str,
    pub user: &'a str,
    pub call: &'a str,
    pub usage: Usage,
    pub now: Moment,
}

impl Giver<'_> {
    /// At most `max` recordings, each with its link. Opens each to say what
    /// it is: blocks.
    ///
    /// Errors: as [`Links::issue`].
    pub fn files(&self, items: &[Item], there: &[There], max: usize) -> Result<Vec<File>> {
        let mut files = Vec::new();
        for item in items {
            match item {
                Item::Row(row) => files.push(self.row(row)?),
                Item::File(shape) => match &**shape {
                    Shape::One(found) => files.push(self.one(found)?),
                    Shape::Pair { caller, agent } => self.pair(caller, agent, &mut files)?,
                },
            }
            if files.len() >= max {
                break;
            }
        }
        files.extend(there.iter().map(elsewhere));
        files.truncate(max);
        for at in 0..files.len() {
            let leg = files[at].leg;
            let like = |files: &[File]| files.iter().filter(|file| file.leg == leg).count();
            (files[at].segment, files[at].segments) = (like(&files[..=at]), like(&files));
        }
        Ok(files)
    }

    fn linked(&self, target: Target, name: String) -> Result<File> {
        let id = id_of(&target);
        let grant = Grant {
            target,
            usage: self.usage,
            bound: Vec::new(),
            tenant: self.tenant.to_owned(),
            user: self.user.to_owned(),
            call: self.call.to_owned(),
        };
        let link = self.links.issue(&grant, self.ttl, self.now)?;
        let url = format!("{}/m/{}/{}", self.base, link.text, encoded(&name));
        let peaks = Some(format!("{}/p/{}", self.base, link.text));
        Ok(File { id, name, url, expires: Some(link.expires), peaks, ..File::default() })
    }

    fn row(&self, row: &Recording) -> Result<File> {
        let name = Item::Row(Box::new(row.clone())).name();
        let seconds = |list: &[Interval]| {
            list.iter().map(|(from, to)| (f64::from(*from) / 1e3, f64::from(*to) / 1e3)).collect()
        };
        let sound = row.sound.as_ref();
        Ok(File {
            size: row.size,
            format: Name::parse(&name).map(|name| name.format()),
            codec: sound.map(|sound| sound.codec.clone()),
            rate: sound.map(|sound| sound.rate),
            channels: sound.map(|sound| sound.channels),
            duration: row.duration_ms().map(|ms| f64::from(ms) / 1e3),
            started: Some(row.started()),
            leg: row.leg.name(),
            encrypted: row.sealed.is_some(),
            growing: row.state == State::Growing,
            muted: seconds(&row.muted),
            hold: seconds(&row.on_hold),
            confidence: Confidence::Exact.word(),
            legal_hold: row.held,
            ..self.linked(Target::Recording(row.id), name)?
        })
    }

    fn one(&self, found: &Found<Hit>) -> Result<File> {
        let hit = &found.item;
        let target = Target::File { root: hit.root, path: hit.path.clone() };
        let sound = self.opener.of_file(self.walker, hit.root, &hit.path, self.now.wall).ok();
        let parsed = Name::parse(&found.name);
        Ok(File {
            size: Some(hit.size),
            format: parsed.map(|name| name.format()),
            codec: sound.as_ref().map(|sound| sound.info.codec.to_string()),
            rate: sound.as_ref().map(|sound| sound.info.rate),
            channels: sound.as_ref().map(|sound| sound.info.channels),
            duration: sound.as_ref().and_then(|sound| sound.seconds()),
            started: found.started,
            leg: parsed.map_or("mix", |name| name.leg.word()),
            encrypted: parsed.is_some_and(|name| name.lock.is_some()),
            growing: hit.growing,
            confidence: found.confidence.word(),
            ..self.linked(target, found.name.clone())?
        })
    }

    /// One recording of two channels, or two where they do not fit.
    fn pair(&self, caller: &Found<Hit>, agent: &Found<Hit>, files: &mut Vec<File>) -> Result<()> {
        let open = |found: &Found<Hit>| {
            self.opener.of_file(self.walker, found.item.root, &found.item.path, self.now.wall).ok()
        };
        let fitting = match (open(caller), open(agent)) {
            (Some(caller), Some(agent)) => {
                fit(&caller.info, &agent.info).then_some((caller, agent))
            }
            _ => None,
        };
        let Some((caller_sound, agent_sound)) = fitting else {
            files.push(self.one(caller)?);
            files.push(self.one(agent)?);
            return Ok(());
        };
        let stem = Name::parse(&caller.name).map(|name| name.stem.to_owned());
        let target = Target::Pair {
            root: caller.item.root,
            caller: caller.item.path.clone(),
            agent: agent.item.path.clone(),
        };
        let name = format!("{}.wav", stem.unwrap_or_default());
        let seconds = [&caller_sound, &agent_sound].map(|sound| sound.seconds().unwrap_or(0.0));
        files.push(File {
            size: Some(caller.item.size.saturating_add(agent.item.size)),
            format: Some("wav".to_owned()),
            codec: Some(caller_sound.info.codec.to_string()),
            rate: Some(caller_sound.info.rate),
            channels: Some(2),
            duration: Some(seconds[0].max(seconds[1])),
            started: caller.started,
            leg: "pair",
            encrypted: caller_sound.encrypted || agent_sound.encrypted,
            growing: caller.item.growing || agent.item.growing,
            confidence: caller.confidence.max(agent.confidence).word(),
            ..self.linked(target, name)?
        });
        Ok(())
    }
}

/// A file that another service found: its link is handed on.
fn elsewhere(there: &There) -> File {
    let path = there.url.split(['?', '#']).next().unwrap_or_default();
    let last = path.rsplit('/').next().unwrap_or_default();
    File {
        id: id_of_bytes(there.url.as_bytes()),
        name: there.name.clone().unwrap_or_else(|| last.to_owned()),
        url: there.url.clone(),
        expires: there.expires,
        size: there.size,
        codec: there.codec.clone(),
        duration: there.duration,
        leg: "mix",
        confidence: Confidence::Exact.word(),
        ..File::default()
    }
}

fn id_of(target: &Target) -> String {
    match target {
        Target::Recording(id) => id_of_bytes(&id.to_be_bytes()),
        Target::File { root, path } => {
            id_of_bytes(&[&root.to_be_bytes(), path.as_slice()].concat())
        }
        Target::Pair { root, caller, agent } => {
            id_of_bytes(&[&root.to_be_bytes(), caller.as_slice(), b"\0", agent.as_slice()].concat())
        }
    }
}

fn id_of_bytes(bytes: &[u8]) -> String {
    Sha256::digest(bytes)[..12].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Percent-encoded for a path (RFC 3986).
fn encoded(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}
