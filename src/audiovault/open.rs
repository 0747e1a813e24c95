//! From what a link names to sound: opened beneath its root, unsealed if a
//! key is there, looked at, and made playable.

use std::fs::File;
use std::os::fd::AsRawFd;
use std::os::unix::fs::MetadataExt;
use std::sync::Arc;

use crate::age::{self, Identity};
use crate::audio::{self, Info};
use crate::base::{Error, Kind, Result, error};
use crate::bytes::ReadAt;
use crate::layout::Name;
use crate::recordings::files::beneath::Opened;
use crate::recordings::files::filter::{Clear, Filter};
use crate::recordings::files::walk::Walker;
use crate::recordings::links::Target;
use crate::recordings::{Recording, Recordings};

type Source = Box<dyn ReadAt + Send>;

/// The journal of this machine, for a service inside the daemon.
pub trait Archive: Send + Sync {
    fn recordings(&self) -> &Recordings;

    /// The sound of a row, unsealed. Blocks.
    ///
    /// Errors: that it is gone, locked or damaged.
    fn open(&self, row: &Recording) -> Result<Source>;
}

/// What it takes to open.
pub struct Opener {
    pub identities: Vec<Identity>,
    pub archive: Option<Arc<dyn Archive>>,
    /// For files that others encrypted; without it they stay locked.
    pub filter: Option<Filter>,
}

/// Sound as it was recorded.
pub struct Sound {
    pub source: Source,
    pub info: Info,
    /// Of the file, without a seal that was opened.
    pub name: String,
    /// Another one for other bytes; of the file alone while it grows.
    pub tag: String,
    pub encrypted: bool,
}

impl Opener {
    /// Opens what a link names; two legs become one sound of two channels.
    ///
    /// Errors: [`Kind::NotFound`] for what is gone or leaves its root,
    /// [`Kind::Denied`] for what is locked, [`Kind::Damaged`] for what is no
    /// sound.
    pub fn open(&self, walker: &Walker, target: &Target, now: i64) -> Result<Sound> {
        match target {
            Target::Recording(id) => self.of_row(*id, now),
            Target::File { root, path } => self.file(walker, *root, path, now, true),
            Target::Pair { root, caller, agent } => {
                let caller = self.of_file(walker, *root, caller, now)?;
                let agent = self.of_file(walker, *root, agent, now)?;
                paired(caller, agent)
            }
        }
    }

    /// A file of a root, as recorded. No program of others is run for it.
    pub fn of_file(&self, walker: &Walker, root: u16, path: &[u8], now: i64) -> Result<Sound> {
        self.file(walker, root, path, now, false)
    }

    /// `heard`: somebody listens, so a program may be run.
    fn file(
        &self,
        walker: &Walker,
        root: u16,
        path: &[u8],
        now: i64,
        heard: bool,
    ) -> Result<Sound> {
        let gone = |error| {
            tracing::debug!(%error, "a file of a link can't be opened");
            Error::new(Kind::NotFound, "the recording is gone")
        };
        let file = walker.open(root, path).map_err(gone)?;
        let last = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        let name = String::from_utf8_lossy(last).into_owned();
        let tag = tag(&file, now)?;
        let lock = Name::parse(&name).and_then(|name| name.lock.map(str::to_ascii_lowercase));
        let filter = self.filter.as_ref().filter(|filter| heard && filter.takes(&name));
        if let (Some(filter), Some(_)) = (filter, &lock) {
            let clear = unlocked(filter, &file, &tag)?;
            let inner = name.rsplit_once('.').map_or(&*name, |(stem, _)| stem).to_owned();
            return sound(clear, inner, tag, true);
        }
        let source: Source = Box::new(Opened(file));
        match lock.as_deref() {
            None => sound(source, name, tag, false),
            Some("age") if !self.identities.is_empty() => {
                let opened = age::Opened::open(source, &self.identities).map_err(unsealed)?;
                let name = name[..name.len() - ".age".len()].to_owned();
                sound(Box::new(opened), name, tag, true)
            }
            Some(_) => {
                Err(Error::new(Kind::Denied, "the recording is encrypted, and no key is here"))
            }
        }
    }

    fn of_row(&self, id: i64, now: i64) -> Result<Sound> {
        let gone = || Error::new(Kind::NotFound, "the recording is gone");
        let archive = self.archive.as_ref().ok_or_else(gone)?;
        let row = archive.recordings().one(id, now)?;
        if row.restricted {
            return Err(Error::new(Kind::Denied, "the recording may not be heard"));
        }
        let path = row.path.clone().ok_or_else(gone)?;
        let source = archive.open(&row)?;
        let name = path.rsplit('/').next().unwrap_or_default();
        let sealed = row.sealed.is_some();
        let name = if sealed { name.trim_end_matches(".age") } else { name };
        let tag = match &row.sha256 {
            Some(hash) => hash[..16].iter().map(|byte| format!("{byte:02x}")).collect(),
            None => format!("r{id}"),
        };
        sound(source, name.to_owned(), tag, sealed)
    }
}

impl Sound {
    /// As browsers play it, with the name and type of that.
    pub fn playable(self) -> (Source, &'static str, String) {
        let kind = self.info.played_type();
        let name = match self.name.rsplit_once('.') {
            Some((stem, _)) if self.info.is_decoded() => {
                format!("{stem}.{}", self.info.played_ending())
            }
            _ => self.name,
        };
        (audio::playable(self.source, &self.info), kind, name)
    }

    pub fn seconds(&self) -> Option<f64> {
        self.info.duration_ms.map(|ms| ms as f64 / 1000.0)
    }
}

/// What the program makes of a file that was opened beneath its root.
fn unlocked(filter: &Filter, file: &File, tag: &str) -> Result<Source> {
    // The program wants a path, and scripts look at its name: that of the
    // file we hold, not one that is followed again from the root.
    let held = format!("/proc/self/fd/{}", file.as_raw_fd());
    let path = std::fs::read_link(held)
        .map_err(|fault| error::io("can't tell where a recording lies", fault))?;
    match filter.open(tag, &path)? {
        Clear::Whole(kept) => Ok(Box::new(kept)),
        Clear::Coming(_) => {
            let text = "the recording is too long, or its program too slow, to be opened here";
            Err(Error::new(Kind::Unavailable, text))
        }
    }
}

fn sound(mut source: Source, name: String, tag: String, encrypted: bool) -> Result<Sound> {
    let info = audio::probe(&mut source, &name).map_err(|fault| {
        Error::new(Kind::Damaged, format!("the recording can't be played: {fault}"))
    })?;
    Ok(Sound { source, info, name, tag, encrypted })
}

/// Whether two legs can be heard as one.
pub fn fit(caller: &Info, agent: &Info) -> bool {
    let mono = |info: &Info| info.channels == 1 && info.is_decoded();
    mono(caller) && mono(agent) && caller.rate == agent.rate
}

fn paired(caller: Sound, agent: Sound) -> Result<Sound> {
    let name = match Name::parse(&caller.name) {
        Some(parts) => format!("{}.wav", parts.stem),
        None => caller.name.clone(),
    };
    let tag = format!("{}-{}", caller.tag, agent.tag);
    let encrypted = caller.encrypted || agent.encrypted;
    let joined = audio::pair((agent.source, &agent.info), (caller.source, &caller.info));
    let joined = joined.map_err(|fault| Error::new(Kind::Damaged, fault.to_string()))?;
    sound(joined, name, tag, encrypted)
}

fn unsealed(fault: age::Error) -> Error {
    let kind = match fault {
        age::Error::WrongKey => Kind::Denied,
        _ => Kind::Damaged,
    };
    Error::new(kind, format!("the recording can't be unsealed: {fault}"))
}

/// From inode, size and moment; of what grows from the inode alone.
fn tag(file: &File, now: i64) -> Result<String> {
    let known = file.metadata().map_err(|error| error::io("can't read a recording", error))?;
    let (inode, size, modified) = (known.ino(), known.len(), known.mtime());
    Ok(if now.saturating_sub(modified) < 5 {
        format!("{inode:x}")
    } else {
        format!("{inode:x}-{size:x}-{modified:x}.{:x}", known.mtime_nsec())
    })
}
