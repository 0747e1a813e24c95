//! Which files Asterisk is recording into, and when each is whole.
//!
//! Two tell of it: the manager interface (MixMonitorStart, the file's name as
//! the channel answers it, MixMonitorMute, hang-ups) and the spool folder
//! itself (a file made, written to its end). Either alone is enough; together
//! they also say which call, which channel and what was muted. Of the manager
//! interface it must be known that MixMonitorStop is never sent when the
//! recording ends with the call (Asterisk 16 to 22).
//!
//! Pure: time comes with what is heard, and what follows are [`Change`]s. A
//! file is named by its path below the spool.

use std::collections::BTreeMap;

use crate::base::{UnixMicro, UnixSec};
use crate::recordings::fact::{Begun, Direction, Leg, Occasion, Place};
use crate::recordings::intervals::{self, Interval};
use crate::recordings::naming;

/// How long a file that the spool tells of waits for the manager interface to
/// say more.
const SAY_MORE: UnixMicro = 2_000_000;
/// A file that was closed while its channel lives may be opened again (option
/// `a` of MixMonitor): so long it has to stay closed.
const STAY_CLOSED: UnixMicro = 5_000_000;
/// A file whose header tells a whole one and that nobody told of: so long
/// nobody may touch it.
const UNTOUCHED: UnixMicro = 5_000_000;
/// The same for one that looks unfinished: Asterisk writes nothing while no
/// sound comes, as on hold, and the rest would be lost.
const ABANDONED: UnixMicro = 900_000_000;
/// A channel that is gone closes its file at once; where nothing tells of
/// that, this long after.
const SURELY_CLOSED: UnixMicro = 3_000_000;
/// Files followed at once.
const MOST: usize = 2000;

/// A channel that is recorded, as the manager interface tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// Of the channel MixMonitor runs on.
    pub uniqueid: String,
    pub name: String,
    /// Unique id of the call: that of the channel, or of the one which a
    /// recorder of ours listens to.
    pub call: String,
    pub linkedid: String,
    /// Who asked for it, if somebody did.
    pub asked: Option<String>,
}

/// What the spool folder tells of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touch {
    /// Made, opened or written.
    Grew,
    /// Closed by who wrote it.
    Closed,
    Removed,
    /// It lies there. Untouched since then; and whether its header tells of
    /// all that is in it.
    Lies {
        since: UnixMicro,
        whole: bool,
    },
}

/// What is to be written down.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    Begin(Begun),
    /// The channel of one that is known already.
    Source {
        path: String,
        source: Source,
    },
    Close(Closed),
    /// Its file went away before it was whole.
    Lost {
        path: String,
    },
}

/// One that is whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    pub path: String,
    pub at: UnixSec,
    /// Milliseconds from its begin to its end by the clock; what is silent
    /// before the call is joined (option `b`) is not in the file.
    pub length_ms: Option<u32>,
    pub muted: Vec<Interval>,
    pub on_hold: Vec<Interval>,
}

/// The files that are being recorded.
#[derive(Debug, Default)]
pub struct Journal {
    tapes: BTreeMap<String, Tape>,
    changes: Vec<Change>,
}

#[derive(Debug, Default)]
struct Tape {
    /// Written down already.
    known: bool,
    /// By the clock; `None` for what lay there.
    begun: Option<UnixMicro>,
    source: Option<Source>,
    /// When its channel was gone, or the recording stopped.
    ended: Option<UnixMicro>,
    closed: Option<UnixMicro>,
    lies: Option<(UnixMicro, bool)>,
    muted: Stretches,
    on_hold: Stretches,
}

#[derive(Debug, Default)]
struct Stretches {
    since: Option<u32>,
    list: Vec<Interval>,
}

impl Stretches {
    fn turn(&mut self, on: bool, at: u32) {
        match (on, self.since) {
            (true, None) => self.since = Some(at),
            (false, Some(from)) => {
                intervals::add(&mut self.list, (from, at));
                self.since = None;
            }
            _ => {}
        }
    }
}

impl Tape {
    /// Milliseconds from its begin.
    fn at(&self, now: UnixMicro) -> u32 {
        let passed = self.begun.map_or(0, |begun| now.saturating_sub(begun).max(0) / 1000);
        u32::try_from(passed).unwrap_or(u32::MAX)
    }

    /// When it was whole, if it is.
    fn whole(&self, now: UnixMicro) -> Option<UnixMicro> {
        let after = |since: UnixMicro, wait: UnixMicro| {
            (now.saturating_sub(since) >= wait).then_some(since)
        };
        match (self.ended, self.closed) {
            (Some(ended), Some(closed)) => Some(ended.min(closed)),
            (Some(ended), None) => after(ended, SURELY_CLOSED),
            (None, Some(closed)) => after(closed, STAY_CLOSED),
            (None, None) => {
                let (since, whole) = self.lies?;
                // Whoever is told of a channel waits for its end.
                if self.source.is_some() {
                    return None;
                }
                after(since, if whole { UNTOUCHED } else { ABANDONED })
            }
        }
    }
}

impl Journal {
    /// One that was written down before a restart and had not ended.
    pub fn known(&mut self, path: &str, begun: UnixSec) {
        let begun = Some(begun.saturating_mul(1_000_000));
        self.tapes.insert(path.to_owned(), Tape { known: true, begun, ..Tape::default() });
    }

    /// The manager interface tells which file a channel records into.
    pub fn started(&mut self, now: UnixMicro, source: Source, path: &str) {
        if !self.has_room(path) {
            return;
        }
        let tape = self.tapes.entry(path.to_owned()).or_default();
        // Told twice, after a reconnect: the first is right.
        let same = |known: &Source| known.uniqueid == source.uniqueid;
        if tape.ended.is_none() && tape.source.as_ref().is_some_and(same) {
            return;
        }
        tape.begun.get_or_insert(now);
        (tape.ended, tape.closed) = (None, None);
        if tape.known {
            let path = path.to_owned();
            self.changes.push(Change::Source { path, source: source.clone() });
        }
        tape.source = Some(source);
        self.announce(now);
    }

    /// A channel's recordings are muted, or are not any more.
    pub fn muted(&mut self, now: UnixMicro, uniqueid: &str, muted: bool) {
        self.of(uniqueid, |tape| {
            let at = tape.at(now);
            tape.muted.turn(muted, at);
        });
    }

    /// Somebody of a conversation is on hold, or nobody any more.
    pub fn held(&mut self, now: UnixMicro, linkedid: &str, held: bool) {
        for tape in self.tapes.values_mut() {
            if tape.source.as_ref().is_some_and(|source| source.linkedid == linkedid) {
                let at = tape.at(now);
                tape.on_hold.turn(held, at);
            }
        }
    }

    /// A channel's recordings ended, by themselves or with the channel.
    pub fn ended(&mut self, now: UnixMicro, uniqueid: &str) {
        self.of(uniqueid, |tape| {
            tape.ended.get_or_insert(now);
        });
    }

    /// Channels that are recorded since longer than `least`, muted without a
    /// break: they are to go on.
    pub fn forgotten(&self, now: UnixMicro, least_ms: u32) -> Vec<Source> {
        let long = |tape: &&Tape| {
            tape.ended.is_none()
                && tape
                    .muted
                    .since
                    .is_some_and(|since| tape.at(now).saturating_sub(since) >= least_ms)
        };
        self.tapes.values().filter(long).filter_map(|tape| tape.source.clone()).collect()
    }

    /// The spool tells of a file. What holds no call's id is passed over.
    pub fn file(&mut self, now: UnixMicro, path: &str, touch: Touch) {
        let known = self.tapes.contains_key(path);
        if !known && (touch == Touch::Removed || read_name(path).is_none() || !self.has_room(path))
        {
            return;
        }
        let tape = self.tapes.entry(path.to_owned()).or_default();
        match touch {
            Touch::Grew => {
                tape.begun.get_or_insert(now);
                (tape.closed, tape.lies) = (None, None);
            }
            Touch::Closed => {
                tape.begun.get_or_insert(now);
                tape.closed = Some(now);
            }
            Touch::Lies { since, whole } => tape.lies = Some((since, whole)),
            Touch::Removed => {
                let tape = self.tapes.remove(path);
                if tape.is_some_and(|tape| tape.known) {
                    self.changes.push(Change::Lost { path: path.to_owned() });
                }
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        self.tapes.is_empty()
    }

    /// Whether a file is followed.
    pub fn follows(&self, path: &str) -> bool {
        self.tapes.contains_key(path)
    }

    /// Lets time pass.
    pub fn tick(&mut self, now: UnixMicro) {
        self.announce(now);
        let whole: Vec<(String, UnixMicro)> = self
            .tapes
            .iter()
            .filter_map(|(path, tape)| Some((path.clone(), tape.whole(now)?)))
            .collect();
        for (path, at) in whole {
            let Some(mut tape) = self.tapes.remove(&path) else { continue };
            if !tape.known {
                let begun = tape.begun(&path, at);
                self.changes.extend(begun.map(Change::Begin));
            }
            let end = tape.at(at);
            tape.muted.turn(false, end);
            tape.on_hold.turn(false, end);
            self.changes.push(Change::Close(Closed {
                path,
                at: at.div_euclid(1_000_000),
                length_ms: tape.begun.map(|_| end),
                muted: tape.muted.list,
                on_hold: tape.on_hold.list,
            }));
        }
    }

    /// What is to be written down since the last time.
    pub fn changes(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.changes)
    }

    /// Writes down those that have said all they will.
    fn announce(&mut self, now: UnixMicro) {
        for (path, tape) in &mut self.tapes {
            let Some(begun) = tape.begun else { continue };
            let said = tape.source.is_some() || now.saturating_sub(begun) >= SAY_MORE;
            if tape.known || !said {
                continue;
            }
            if let Some(begun) = tape.begun(path, begun) {
                tape.known = true;
                self.changes.push(Change::Begin(begun));
            }
        }
    }

    fn of(&mut self, uniqueid: &str, mut turn: impl FnMut(&mut Tape)) {
        for tape in self.tapes.values_mut() {
            if tape.source.as_ref().is_some_and(|source| source.uniqueid == uniqueid) {
                turn(tape);
            }
        }
    }

    fn has_room(&self, path: &str) -> bool {
        self.tapes.len() < MOST || self.tapes.contains_key(path)
    }
}

fn read_name(path: &str) -> Option<naming::Named> {
    naming::read(path.rsplit('/').next().unwrap_or(path))
}

impl Tape {
    /// All that is known at its begin; `None` for a file of no call.
    fn begun(&self, path: &str, at: UnixMicro) -> Option<Begun> {
        let named = read_name(path);
        let source = self.source.as_ref();
        let call = match source {
            Some(source) => source.call.clone(),
            None => named.as_ref()?.call.clone(),
        };
        let (queue, number, direction, leg, occasion) = match named {
            Some(named) => (named.queue, named.number, named.direction, named.leg, named.occasion),
            None => (None, None, Direction::Unknown, Leg::Mix, Occasion::Found),
        };
        Some(Begun {
            started: at.div_euclid(1_000_000),
            call,
            linkedid: source.map(|source| source.linkedid.clone()).filter(|id| !id.is_empty()),
            channel: source.map(|source| source.name.clone()),
            queue,
            agent: None,
            number,
            direction,
            place: Place::Spool,
            path: path.to_owned(),
            leg,
            occasion,
            asked: source.and_then(|source| source.asked.clone()),
        })
    }
}

#[cfg(test)]
mod tests;
