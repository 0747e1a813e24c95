//! Following the living file. An edge: it asks the file system, and does what
//! [`tailing`] decides.
//!
//! One file is current. A file it replaced stays open and is read for a
//! while, since a writer that was not told goes on writing into it. Files
//! that must be read before the named one wait in line. Blocking: meant for
//! a thread of its own.

use std::collections::VecDeque;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::base::error::{self, Result};
use crate::input::queue_log::lines::Line;
use crate::input::queue_log::opened::{Look, Opened};
use crate::input::queue_log::tailing::{Candidate, Position, State, Status, Which, plan};
use crate::input::queue_log::watch::{Watch, Woken};

pub use crate::input::queue_log::watch::Waker;

/// How often the file is looked at when inotify says nothing.
const POLL: Duration = Duration::from_secs(2);

/// How long a replaced file is read on after it last grew.
const LINGER: Duration = Duration::from_secs(60);

/// Replaced files kept open at once.
const MOST_REPLACED: usize = 4;

/// Siblings looked at to find a rotated file.
const MOST_SIBLINGS: usize = 500;

/// Takes a line and the position behind it.
pub type Each<'a> = dyn FnMut(Line<'_>, Position) + 'a;

/// Reads a log as it grows, through rotation of all kinds.
///
/// What can be lost (`tests/tail_model.rs` allows exactly this): lines cut
/// away before they were read (by a truncation without a copy beside the
/// file, or in a file made and deleted between two looks); lines written into
/// a replaced file more than a minute after its last one, or after a restart;
/// and after a restart, when the file last read is gone or compressed, those
/// of all files but the named one.
#[derive(Debug)]
pub struct Follower {
    path: PathBuf,
    folder: PathBuf,
    current: Option<Opened>,
    /// Where to go on while nothing is open.
    stored: Option<Position>,
    /// Files to read after the current one; the last is the named one.
    ahead: VecDeque<Opened>,
    replaced: Vec<Replaced>,
    watch: Watch,
    poll: Duration,
    status: Status,
    buffer: Vec<u8>,
}

#[derive(Debug)]
struct Replaced {
    file: Opened,
    grown: Instant,
}

impl Follower {
    /// A follower of the file with this name, going on at a stored position.
    /// The file need not exist, nor its folder.
    ///
    /// Errors: when no pipe can be made (out of file descriptors).
    pub fn new(path: &Path, position: Option<Position>) -> Result<Self> {
        let watch =
            Watch::new().map_err(|fault| error::io("can't make a pipe to wait on", fault))?;
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        let status = Status { state: State::Missing, detail: "not looked at yet".to_owned() };
        Ok(Follower {
            path: path.to_owned(),
            folder,
            current: None,
            stored: position,
            ahead: VecDeque::new(),
            replaced: Vec::new(),
            watch,
            poll: POLL,
            status,
            buffer: Vec::new(),
        })
    }

    /// How often to look when inotify says nothing; 2 s unless told.
    #[must_use]
    pub fn polled_every(mut self, poll: Duration) -> Self {
        self.poll = poll;
        self
    }

    /// Ends a wait of [`Follower::next`] from another thread.
    pub fn waker(&self) -> Waker {
        self.watch.waker()
    }

    /// How following goes, as of the last look.
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// Behind the last whole line of the file being read.
    pub fn position(&self) -> Option<Position> {
        self.current.as_ref().map(Opened::position).or(self.stored)
    }

    /// Hands on the next lines, each with the position to store once it is
    /// counted, and returns how many. Waits for them up to `wait`, less when
    /// the waker is used. One call hands on what one chunk holds, so the
    /// caller can commit between calls.
    ///
    /// Lines that came into a replaced file carry the position of the file
    /// that replaced it.
    pub fn next(&mut self, wait: Duration, each: &mut Each<'_>) -> usize {
        let deadline = Instant::now() + wait;
        loop {
            let mut count = 0;
            let more = self.advance(&mut |line, position| {
                count += 1;
                each(line, position);
            });
            if count > 0 {
                return count;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() && !more {
                return 0;
            }
            if !more && self.watch.wait(left.min(self.poll)) == Woken::Waker {
                return 0;
            }
        }
    }

    /// One step; whether there is more to do at once.
    fn advance(&mut self, each: &mut Each<'_>) -> bool {
        self.read_replaced(each);
        if let Some(file) = &mut self.current {
            match file.read(&mut self.buffer, each) {
                Ok(Look::Read) => return true,
                Ok(Look::AtEnd) => {}
                Ok(Look::Truncated) => return self.start_over(each),
                Err(fault) => {
                    self.stored = Some(file.position());
                    self.current = None;
                    self.unreadable(&fault);
                    return false;
                }
            }
        }
        if let Some(next) = self.ahead.pop_front() {
            self.replace_current(next, each);
            return true;
        }
        self.look(each)
    }

    /// Looks what the name stands for now.
    fn look(&mut self, each: &mut Each<'_>) -> bool {
        self.watch.folder(&self.folder);
        let named = match fs::metadata(&self.path) {
            Ok(metadata) => metadata,
            Err(fault) => {
                match fault.kind() {
                    io::ErrorKind::NotFound => self.missing(),
                    _ => self.unreadable(&fault),
                }
                // What was begun may have been rotated, and more after it,
                // without anything in its place yet.
                return self.position().is_some() && self.go_on(None, each);
            }
        };
        if let Some(file) = &self.current {
            if file.is(named.dev(), named.ino()) {
                self.set(State::Following, String::new);
                return false;
            }
            if named.len() == 0 {
                let why = || "a new file has the name and is empty; reading the old one".to_owned();
                self.set(State::Waiting, why);
                self.watch.file(&self.path);
                // What was written before it was watched told nobody.
                return fs::metadata(&self.path).is_ok_and(|now| now.len() > 0);
            }
        }
        match Opened::open(&self.path) {
            Ok(file) => self.go_on(Some(file), each),
            Err(fault) => {
                self.unreadable(&fault);
                false
            }
        }
    }

    /// Finds the files to read after the position, and takes the first.
    fn go_on(&mut self, named: Option<Opened>, each: &mut Each<'_>) -> bool {
        // A file that is moved away and back again was never left.
        let back = named.as_ref().and_then(|named| {
            let position = named.position();
            self.replaced.iter().position(|old| old.file.is(position.device, position.inode))
        });
        if let Some(back) = back {
            let file = self.replaced.remove(back).file;
            self.replace_current(file, each);
            return true;
        }
        match self.files_after(named) {
            Ok(files) if files.is_empty() => false,
            Ok(files) => {
                self.ahead = files;
                self.stored = None;
                if let Some(next) = self.ahead.pop_front() {
                    self.replace_current(next, each);
                }
                true
            }
            Err(fault) => {
                self.unreadable(&fault);
                false
            }
        }
    }

    /// Opens the files the plan names.
    fn files_after(&self, named: Option<Opened>) -> io::Result<VecDeque<Opened>> {
        let position = self.position();
        let candidate = named.as_ref().map(Opened::candidate).transpose()?;
        let mut siblings = match position {
            Some(_) => self.siblings(candidate.as_ref())?,
            None => Vec::new(),
        };
        // A deleted file that is still open keeps its place in the order.
        let open = match &self.current {
            Some(file) => Some(file.candidate()?),
            None => None,
        };
        let is_open = |file: &Candidate| {
            open.as_ref().is_some_and(|open| (open.device, open.inode) == (file.device, file.inode))
        };
        if let Some(open) = &open {
            let listed = siblings.iter().any(|(_, file)| is_open(file));
            if !listed && !candidate.as_ref().is_some_and(is_open) {
                siblings.push((PathBuf::new(), open.clone()));
            }
        }
        let files: Vec<Candidate> = siblings.iter().map(|(_, file)| file.clone()).collect();
        let mut named = named;
        let mut opened = VecDeque::new();
        for start in plan(position.as_ref(), candidate.as_ref(), &files) {
            let file = match start.which {
                Which::Named => named.take(),
                Which::Sibling(index) if is_open(&files[index]) => continue,
                Which::Sibling(index) => Some(open_at(&siblings[index], start.offset)?),
            };
            if let Some(mut file) = file {
                file.go_to(start.offset)?;
                opened.push_back(file);
            }
        }
        Ok(opened)
    }

    /// The regular files of the folder whose names go on after the log's.
    fn siblings(&self, named: Option<&Candidate>) -> io::Result<Vec<(PathBuf, Candidate)>> {
        let Some(name) = self.path.file_name() else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(fault) if fault.kind() == io::ErrorKind::NotFound => return Ok(found),
            Err(fault) => return Err(fault),
        };
        for entry in entries {
            let path = entry?.path();
            let suffix = path
                .file_name()
                .and_then(|other| other.as_encoded_bytes().strip_prefix(name.as_encoded_bytes()))
                .unwrap_or_default();
            if suffix.is_empty() || found.len() == MOST_SIBLINGS {
                continue;
            }
            // What can't be opened or is gone again is no log to finish.
            let Ok(file) = Opened::open(&path).and_then(|file| file.candidate()) else { continue };
            let same = |named: &Candidate| (named.device, named.inode) == (file.device, file.inode);
            if !named.is_some_and(same) {
                found.push((path, file));
            }
        }
        Ok(found)
    }

    /// The current file was cut: what was in it unread may live on in a copy.
    /// The copies come first, then the file from its start.
    fn start_over(&mut self, each: &mut Each<'_>) -> bool {
        let position = self.position();
        let Some(mut file) = self.current.take() else { return false };
        let copies = match self.copies_before(position, &file) {
            Ok(copies) => copies,
            Err(fault) => {
                self.stored = None;
                self.unreadable(&fault);
                return false;
            }
        };
        if copies.is_empty() {
            // What was begun is lost with the rest.
            file.finish(&mut |line, _| each(line, position.unwrap_or_default()));
        }
        let fault = file.go_to(0);
        self.ahead = copies;
        self.ahead.push_back(file);
        self.current = self.ahead.pop_front();
        self.watch.file(&self.path);
        fault.is_ok()
    }

    /// The files that hold what a cut file held, and what it held between
    /// that and now.
    fn copies_before(
        &self,
        position: Option<Position>,
        file: &Opened,
    ) -> io::Result<VecDeque<Opened>> {
        let (before, now) = (file.candidate()?, file.candidate_now()?);
        let mut siblings = self.siblings(Some(&now))?;
        let found = |siblings: &[(PathBuf, Candidate)]| {
            let files: Vec<Candidate> = siblings.iter().map(|(_, file)| file.clone()).collect();
            let starts = plan(position.as_ref(), Some(&now), &files);
            starts.into_iter().filter_map(|start| match start.which {
                Which::Sibling(index) => Some((index, start.offset)),
                Which::Named => None,
            })
        };
        let mut copies: Vec<_> = found(&siblings).collect();
        if let (true, Some(position)) = (copies.is_empty(), position) {
            // No copy of what was read, but perhaps of what came after it:
            // the plan needs the place it had among the others.
            let gone = siblings.len();
            let modified = (0, 0);
            let before = Candidate { size: position.offset, modified, ..before };
            siblings.push((PathBuf::new(), before));
            copies = found(&siblings).filter(|&(index, _)| index != gone).collect();
        }
        copies.iter().map(|&(index, offset)| open_at(&siblings[index], offset)).collect()
    }

    fn replace_current(&mut self, next: Opened, each: &mut Each<'_>) {
        if let Some(file) = self.current.replace(next) {
            self.replaced.push(Replaced { file, grown: Instant::now() });
        }
        if self.replaced.len() > MOST_REPLACED {
            self.replaced.remove(0).file.finish(each);
        }
        self.watch.file(&self.path);
        self.set(State::Following, String::new);
    }

    fn read_replaced(&mut self, each: &mut Each<'_>) {
        let position = self.position();
        let mut index = 0;
        while let Some(old) = self.replaced.get_mut(index) {
            let mut placed = |line: Line<'_>, own: Position| each(line, position.unwrap_or(own));
            match old.file.read(&mut self.buffer, &mut placed) {
                Ok(Look::Read) => old.grown = Instant::now(),
                Ok(Look::AtEnd) if old.grown.elapsed() < LINGER => index += 1,
                Ok(Look::AtEnd) | Ok(Look::Truncated) | Err(_) => {
                    old.file.finish(&mut placed);
                    self.replaced.remove(index);
                }
            }
        }
    }

    fn missing(&mut self) {
        let open = self.current.is_some();
        let path = &self.path;
        let detail = match open {
            true => format!("{} is gone; still reading the file that had the name", path.display()),
            false => format!(
                "there is no {}; it appears with the first call after Asterisk starts, unless \
                 queue_log is switched off in logger.conf",
                path.display()
            ),
        };
        self.set(State::Missing, || detail);
    }

    fn unreadable(&mut self, fault: &io::Error) {
        let detail = match fault.kind() {
            io::ErrorKind::PermissionDenied => format!(
                "{}: {fault}; let the user Switchroom runs as read the file and enter its folder",
                self.path.display()
            ),
            _ => format!("{}: {fault}", self.path.display()),
        };
        self.set(State::Unreadable, || detail);
    }

    fn set(&mut self, state: State, detail: impl FnOnce() -> String) {
        let detail = match state {
            // The usual case: no text is made every two seconds.
            State::Following if self.status.state == State::Following => return,
            State::Following => format!("reading {}", self.path.display()),
            _ => detail(),
        };
        self.status = Status { state, detail };
    }
}

/// Opens a listed file at an offset. That another file has its name by now
/// is an error; the next look finds it under its new one.
fn open_at((path, listed): &(PathBuf, Candidate), offset: u64) -> io::Result<Opened> {
    let mut file = Opened::open(path)?;
    if !file.is(listed.device, listed.inode) {
        return Err(io::Error::other("a file was renamed while it was looked at"));
    }
    file.go_to(offset)?;
    Ok(file)
}
