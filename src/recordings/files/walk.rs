//! Looking for a call's recordings in the storage roots, in their order.
//!
//! A root is asked by its [`Pattern`]: the folders of the call's day, or the
//! exact names; a root that says nothing of days is tried by the usual ways
//! to sort by day, and walked only when those gave nothing. Each root may
//! cost two seconds and 20,000 names a search; then the answer says that it
//! is not the whole. Nothing outside a root is ever opened.

use std::collections::VecDeque;
use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use nix::dir::{Dir, Type};

use crate::base::{Error, Kind, Result};
use crate::layout::{self, Call, Confidence, Found, Id, Name, Pattern, Place, Step};
use crate::recordings::files::beneath::{self, Wanted};
use crate::recordings::links::Moment;

mod cache;

use cache::Cache;

/// A file touched later than this ago may still be written.
const GROWING: i64 = 5;
/// A recorder's clock in a name and ours: for loose matches.
const LOOSE_SECONDS: i64 = 3;

/// What a search may cost, per root.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub time: Duration,
    /// Names of files and folders looked at.
    pub entries: usize,
    /// Folders below the place a pattern names.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { time: Duration::from_secs(2), entries: 20_000, depth: 4 }
    }
}

/// Where recordings are looked for.
#[derive(Clone, Debug)]
pub struct Storage {
    pub pattern: Pattern,
    /// The zone its recorder names days in.
    pub zone: TimeZone,
    /// A name that must be in the root; without it the disk is not mounted.
    pub sentinel: Option<String>,
}

/// A file that belongs to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The root's place in the list.
    pub root: u16,
    /// From the root, as the folder has the bytes.
    pub path: Vec<u8>,
    pub size: u64,
    /// Seconds since 1970.
    pub modified: i64,
    pub growing: bool,
}

/// What one search saw.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    pub hits: Vec<Found<Hit>>,
    /// A limit was reached before everything was looked at.
    pub truncated: bool,
    /// Roots that could not be opened, by their place in the list.
    pub down: Vec<u16>,
    /// Folders that were read, for people who test their patterns.
    pub folders: Vec<PathBuf>,
    /// Names looked at.
    pub entries: usize,
    /// All of it came from memory.
    pub cached: bool,
}

/// The roots and what was found in them lately. One for the process.
#[derive(Debug)]
pub struct Walker {
    roots: Vec<Storage>,
    limits: Limits,
    /// Held to look up and to insert, never while a folder is read.
    cache: Mutex<Cache>,
}

impl Walker {
    /// Errors: [`Kind::Invalid`] for more roots than a link can name.
    pub fn new(roots: Vec<Storage>, limits: Limits) -> Result<Walker> {
        if u16::try_from(roots.len()).is_err() {
            return Err(Error::new(Kind::Invalid, "too many places of recordings"));
        }
        Ok(Walker { roots, limits, cache: Mutex::new(Cache::default()) })
    }

    pub fn roots(&self) -> &[Storage] {
        &self.roots
    }

    /// Opens a file that a search found, or that a link names.
    ///
    /// Errors: as [`beneath::open`], and for a root that is no more in the list.
    pub fn open(&self, root: u16, path: &[u8]) -> std::io::Result<File> {
        let missing = || std::io::Error::new(std::io::ErrorKind::NotFound, "no such root");
        let root = self.roots.get(usize::from(root)).ok_or_else(missing)?;
        beneath::open(beneath::root(root.pattern.root().as_ref())?, path, Wanted::File)
    }

    /// Looks in the roots from `first` on, in order, and stops at the first
    /// that has the call. `loose` takes files by number and time where no id
    /// is found. Blocks for as long as the disks take.
    pub fn search(&self, call: &Call, loose: bool, now: Moment) -> Outcome {
        let mut all = Outcome { cached: true, ..Outcome::default() };
        for number in 0..self.roots.len() {
            let outcome = self.search_one(number, call, loose, now);
            all.truncated |= outcome.truncated;
            all.down.extend(outcome.down);
            all.folders.extend(outcome.folders);
            all.entries += outcome.entries;
            all.cached &= outcome.cached;
            if !outcome.hits.is_empty() {
                all.hits = outcome.hits;
                break;
            }
        }
        all
    }

    /// The same in one root.
    pub fn search_one(&self, number: usize, call: &Call, loose: bool, now: Moment) -> Outcome {
        let (Some(storage), Ok(root)) = (self.roots.get(number), u16::try_from(number)) else {
            return Outcome::default();
        };
        let down = || Outcome { down: vec![root], ..Outcome::default() };
        let lock = || self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        if lock().is_down(root, now.steady) {
            return down();
        }
        let Some(opened) = opened(storage) else {
            lock().mark_down(root, now.steady);
            return down();
        };
        let key = (root, call.clone(), loose);
        let known = lock().known(&key, now.steady);
        if let Some(known) = known
            && let Some(hits) = known.still_true(&opened, now.wall)
        {
            return Outcome { hits, cached: true, ..Outcome::default() };
        }
        let mut walk = Walk {
            root,
            storage,
            opened: &opened,
            call,
            ids: call.named(),
            loose,
            limits: self.limits,
            began: Instant::now(),
            now: now.wall,
            found: Vec::new(),
            vague: Vec::new(),
            outcome: Outcome::default(),
        };
        walk.whole();
        let Walk { mut outcome, found, vague, .. } = walk;
        outcome.hits = if found.is_empty() { vague } else { found };
        // A search cut short must not hide what the next one may find.
        if !outcome.truncated || !outcome.hits.is_empty() {
            lock().keep(key, cache::Known::new(&opened, &outcome.hits), now.steady);
        }
        outcome
    }

    /// Roots that answered the last search that tried them with an error.
    pub fn down(&self, now: Moment) -> Vec<u16> {
        let cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let all = 0..u16::try_from(self.roots.len()).unwrap_or(u16::MAX);
        all.filter(|root| cache.is_down(*root, now.steady)).collect()
    }
}

fn opened(storage: &Storage) -> Option<OwnedFd> {
    let root = beneath::root(storage.pattern.root().as_ref()).ok()?;
    if let Some(sentinel) = &storage.sentinel {
        beneath::open(&root, sentinel.as_bytes(), Wanted::File).ok()?;
    }
    Some(root)
}

/// One search in one root.
struct Walk<'a> {
    root: u16,
    storage: &'a Storage,
    opened: &'a OwnedFd,
    call: &'a Call,
    ids: Vec<Id>,
    loose: bool,
    limits: Limits,
    began: Instant,
    now: i64,
    found: Vec<Found<Hit>>,
    vague: Vec<Found<Hit>>,
    outcome: Outcome,
}

/// A folder to read: its path, the steps that are left, how deep to go below.
struct Open {
    path: Vec<u8>,
    steps: VecDeque<Step>,
    depth: usize,
}

impl Walk<'_> {
    fn whole(&mut self) {
        if self.ids.is_empty() && !self.loose {
            return;
        }
        for usual in self.storage.pattern.usual() {
            for place in usual.places(self.call, &self.storage.zone) {
                self.place(place, 0);
            }
            if !self.found.is_empty() {
                return;
            }
        }
        for place in self.storage.pattern.places(self.call, &self.storage.zone) {
            self.place(place, self.limits.depth);
        }
    }

    fn place(&mut self, place: Place, depth: usize) {
        let mut waiting =
            VecDeque::from([Open { path: Vec::new(), steps: place.steps.into(), depth }]);
        // Folders near the top first: where recorders put the newest and the most.
        while let Some(mut folder) = waiting.pop_front() {
            while let Some(Step::Named(name)) = folder.steps.front() {
                folder.path = joined(&folder.path, name.as_bytes());
                folder.steps.pop_front();
            }
            match (&place.names, folder.steps.is_empty()) {
                (Some(names), true) => self.by_name(&folder.path, names),
                _ => self.read(&folder, &mut waiting),
            }
            if self.outcome.truncated {
                return;
            }
        }
    }

    /// Opens the names a file may have.
    fn by_name(&mut self, folder: &[u8], names: &[String]) {
        let Ok(opened) = beneath::open(self.opened, folder, Wanted::Folder) else { return };
        for name in names {
            if self.is_over() {
                return;
            }
            let confidence = self.fit(name.as_bytes()).unwrap_or(Confidence::Exact);
            self.take(&opened, folder, name.as_bytes(), confidence);
        }
    }

    /// Reads a folder: takes the files that fit, and puts its folders in line.
    fn read(&mut self, folder: &Open, waiting: &mut VecDeque<Open>) {
        let Ok(opened) = beneath::open(self.opened, &folder.path, Wanted::Folder) else { return };
        let Ok(again) = opened.try_clone() else { return };
        let Ok(mut entries) = Dir::from_fd(again.into()) else { return };
        self.outcome.folders.push(self.shown(&folder.path));
        for entry in entries.iter() {
            if self.is_over() {
                return;
            }
            let Ok(entry) = entry else { return };
            let name = entry.file_name().to_bytes();
            if name.first().is_none_or(|first| *first == b'.') {
                continue;
            }
            let kind = entry.file_type();
            let mut steps = folder.steps.clone();
            let passing = steps.pop_front().is_some();
            let fits = if passing { None } else { self.fit(name) };
            match (kind, fits) {
                (Some(Type::File | Type::Symlink) | None, Some(confidence)) => {
                    self.take(&opened, &folder.path, name, confidence);
                }
                (Some(Type::Directory | Type::Symlink) | None, _)
                    if passing || folder.depth > 0 =>
                {
                    let depth = folder.depth - usize::from(!passing);
                    // A link that leads out, or to a file, is refused when it is opened.
                    waiting.push_back(Open { path: joined(&folder.path, name), steps, depth });
                }
                _ => {}
            }
        }
    }

    /// Counts a name; true when nothing more may be looked at.
    fn is_over(&mut self) -> bool {
        self.outcome.entries += 1;
        let over = self.outcome.entries > self.limits.entries
            // The clock is asked now and then: it costs more than a name.
            || (self.outcome.entries.is_multiple_of(64) || self.limits.time.is_zero())
                && self.began.elapsed() >= self.limits.time;
        self.outcome.truncated |= over;
        over
    }

    /// How a name fits the call.
    fn fit(&self, name: &[u8]) -> Option<Confidence> {
        let by_id = self.ids.iter().enumerate().filter_map(|(place, id)| {
            let confidence = id.is_in(name)?;
            Some(if place == 0 { confidence } else { Confidence::Alias })
        });
        by_id.min().or_else(|| self.fits_loosely(name).then_some(Confidence::Loose))
    }

    /// The same number at the same time, by the name alone.
    fn fits_loosely(&self, name: &[u8]) -> bool {
        let (true, Some(began)) = (self.loose, self.call.began()) else { return false };
        let name = String::from_utf8_lossy(name);
        let Some(written) = layout::written_time(&name) else { return false };
        let Ok(written) = written.to_zoned(self.storage.zone.clone()) else { return false };
        if written.timestamp().as_second().abs_diff(began) > LOOSE_SECONDS.unsigned_abs() {
            return false;
        }
        let numbers = [&self.call.extension, &self.call.caller];
        numbers.into_iter().flatten().any(|number| {
            number.len() >= 2
                && Id::new(number).is_some_and(|number| number.is_in(name.as_bytes()).is_some())
        })
    }

    fn take(&mut self, folder: impl AsFd, path: &[u8], name: &[u8], confidence: Confidence) {
        let shown = String::from_utf8_lossy(name).into_owned();
        if Name::parse(&shown).is_none() {
            return;
        }
        let path_of_file = joined(path, name);
        // First by the open folder; a link may need the whole path to be judged.
        let file = beneath::open(folder, name, Wanted::File)
            .or_else(|_| beneath::open(self.opened, &path_of_file, Wanted::File));
        let Some(hit) = file.ok().and_then(|file| hit(self.root, path_of_file, &file, self.now))
        else {
            return;
        };
        let started = layout::written_time(&shown)
            .and_then(|written| written.to_zoned(self.storage.zone.clone()).ok())
            .map(|written| written.timestamp().as_second());
        let folder = String::from_utf8_lossy(path).into_owned();
        let found = Found { folder, name: shown, confidence, started, item: hit };
        let list = if confidence == Confidence::Loose { &mut self.vague } else { &mut self.found };
        if !list.iter().any(|other| other.item.path == found.item.path) {
            list.push(found);
        }
    }

    fn shown(&self, path: &[u8]) -> PathBuf {
        let root = PathBuf::from(self.storage.pattern.root());
        if path.is_empty() { root } else { root.join(String::from_utf8_lossy(path).as_ref()) }
    }
}

/// None for an empty file: nothing was recorded, or not yet.
fn hit(root: u16, path: Vec<u8>, file: &File, now: i64) -> Option<Hit> {
    let known = file.metadata().ok().filter(|known| known.len() > 0)?;
    let modified = known.mtime();
    Some(Hit {
        root,
        path,
        size: known.len(),
        modified,
        growing: now.saturating_sub(modified) < GROWING,
    })
}

fn joined(folder: &[u8], name: &[u8]) -> Vec<u8> {
    if folder.is_empty() { name.to_vec() } else { [folder, b"/", name].concat() }
}

#[cfg(test)]
mod tests;
