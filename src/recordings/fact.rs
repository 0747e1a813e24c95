//! What a recording is, and what is attached to it.
//!
//! The numbers of the enums here are stored; none is ever reused.

use crate::base::UnixSec;
use crate::recordings::intervals::Interval;

/// A closed set of words with the number each is stored as.
macro_rules! coded {
    ($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $word:ident = $code:literal $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$word_doc])* $word = $code,)+ }

        impl $name {
            /// In the order of their numbers.
            pub const ALL: &[$name] = &[$($name::$word,)+];

            /// The number that is stored.
            pub fn code(self) -> u8 {
                self as u8
            }

            /// The word of a stored number.
            pub fn from_code(code: u8) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.code() == code)
            }

            /// The name used in the API and on the command line.
            pub fn name(self) -> &'static str {
                match self { $($name::$word => $text,)+ }
            }

            /// The word of a name.
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.name() == name)
            }
        }
    };
}

coded! {
    /// How far a recording has come.
    State {
        /// Asterisk writes it.
        Growing = 1 "growing",
        /// Written whole, and waiting to be sealed.
        Closed = 2 "closed",
        /// Sealed; the plain file is gone.
        Sealed = 3 "sealed",
        /// Done with, and kept plain: no key, or sealing is off.
        Plain = 4 "plain",
        /// Could not be sealed; the plain file is there and is tried again.
        Failed = 5 "failed",
        /// The file is gone; the row tells that there was one.
        Deleted = 6 "deleted",
    }
}

coded! {
    /// Which folder a path is below.
    Place {
        /// Where Asterisk writes.
        Spool = 0 "spool",
        /// Where sealed ones lie.
        Vault = 1 "vault",
        /// One of the roots; the path is absolute.
        Elsewhere = 2 "elsewhere",
    }
}

coded! {
    /// Which side of the conversation a file holds.
    Leg {
        Mix = 0 "mix",
        /// What the channel said.
        In = 1 "in",
        /// What was said to it.
        Out = 2 "out",
    }
}

coded! {
    /// What a recording was made for.
    Occasion {
        Queue = 1 "queue",
        Phone = 2 "phone",
        Demand = 3 "demand",
        /// Its file was found; nobody told why it was made.
        Found = 4 "found",
    }
}

coded! {
    /// Who called whom.
    Direction {
        Unknown = 0 "unknown",
        Inbound = 1 "inbound",
        Outbound = 2 "outbound",
        Internal = 3 "internal",
    }
}

coded! {
    /// The colour of a marker.
    Colour {
        Red = 1 "red",
        Green = 2 "green",
        Blue = 3 "blue",
    }
}

coded! {
    /// Why somebody listened.
    Purpose {
        Play = 1 "play",
        Quality = 2 "qa",
        Export = 3 "export",
        Legal = 4 "legal",
    }
}

/// Whether the sound can be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    /// Sealed, and a key that opens it is at hand.
    Open,
    /// Sealed, and no key at hand opens it.
    Locked,
    /// Not sealed.
    Plain,
    /// Encrypted by others; a filter program opens it, or nobody does.
    Foreign,
}

impl Lock {
    pub fn name(self) -> &'static str {
        match self {
            Lock::Open => "open",
            Lock::Locked => "locked",
            Lock::Plain => "plain",
            Lock::Foreign => "foreign",
        }
    }
}

/// Endings that an encrypting program of others leaves behind a sound's name.
const FOREIGN: [&str; 4] = [".gpg", ".pgp", ".age", ".enc"];

/// One recorded file, or one that was.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// Second of the start << 12 | number within the second.
    pub id: i64,
    /// Unique id of the call, without our leading colon.
    pub call: String,
    /// `None` when it is `call`.
    pub linkedid: Option<String>,
    /// The channel that MixMonitor runs on, while it does.
    pub channel: Option<String>,
    pub queue: Option<String>,
    /// Name of the agent as in the queue log.
    pub agent: Option<String>,
    /// The other party's number; `None`: hidden, unknown or erased.
    pub number: Option<String>,
    pub direction: Direction,
    /// UTC seconds; `None` while it grows.
    pub stopped: Option<UnixSec>,
    pub place: Place,
    /// Below the place's folder, or absolute; `None` when the file is gone.
    pub path: Option<String>,
    pub leg: Leg,
    pub occasion: Occasion,
    pub state: State,
    /// Who asked for it, when on demand.
    pub asked: Option<String>,
    /// What the sound is; `None` until it was looked at.
    pub sound: Option<Sound>,
    /// Of the file as Asterisk wrote it; `None` until it is known.
    pub size: Option<u64>,
    pub sha256: Option<[u8; 32]>,
    pub sealed: Option<Sealed>,
    pub muted: Vec<Interval>,
    pub on_hold: Vec<Interval>,
    /// May not be played nor exported, and is kept.
    pub restricted: bool,
    /// Why sealing failed, or who deleted it and why.
    pub note: Option<String>,
    /// Some order not to delete it is in force.
    pub held: bool,
    pub markers: u32,
    pub listened: u32,
}

impl Recording {
    /// UTC second in which it began.
    pub fn started(&self) -> UnixSec {
        started(self.id)
    }

    /// Length in milliseconds: by its sound, else by the clock; `None` while
    /// it grows.
    pub fn duration_ms(&self) -> Option<u32> {
        let by_clock = || {
            let secs = self.stopped?.saturating_sub(self.started()).max(0);
            u32::try_from(secs.saturating_mul(1000)).ok()
        };
        self.sound.as_ref().map(|sound| sound.duration_ms).or_else(by_clock)
    }

    /// Whether its sound can be had; `opens` tells whether the key of a
    /// fingerprint is at hand.
    pub fn lock(&self, opens: impl Fn(&str) -> bool) -> Lock {
        match &self.sealed {
            Some(sealed) if sealed.keys.split(' ').any(opens) => Lock::Open,
            Some(_) => Lock::Locked,
            None => {
                let path = self.path.as_deref().unwrap_or_default();
                match FOREIGN.iter().any(|ending| path.ends_with(ending)) {
                    true => Lock::Foreign,
                    false => Lock::Plain,
                }
            }
        }
    }
}

/// The second an id begins in.
pub fn started(id: i64) -> UnixSec {
    id >> 12
}

/// The first id of a second.
pub fn first_id(second: UnixSec) -> i64 {
    second.clamp(0, UnixSec::MAX >> 12) << 12
}

/// What a file holds, by its own header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sound {
    /// As `audio` names it: `pcm_s16le`, `gsm`, …
    pub codec: String,
    /// Frames a second.
    pub rate: u32,
    pub channels: u16,
    pub duration_ms: u32,
}

/// What sealing left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    pub size: u64,
    pub sha256: [u8; 32],
    /// Fingerprints of the keys that open it, with blanks between them.
    pub keys: String,
}

/// A recording that has begun, or was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Begun {
    pub started: UnixSec,
    pub call: String,
    pub linkedid: Option<String>,
    pub channel: Option<String>,
    pub queue: Option<String>,
    pub agent: Option<String>,
    pub number: Option<String>,
    pub direction: Direction,
    pub place: Place,
    pub path: String,
    pub leg: Leg,
    pub occasion: Occasion,
    pub asked: Option<String>,
}

/// A marker as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {
    pub id: i64,
    pub recording: i64,
    pub mark: Mark,
    /// Account.
    pub author: String,
    pub created: UnixSec,
}

/// What a marker says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    pub at_ms: u32,
    /// 0: a moment.
    pub length_ms: u32,
    pub text: String,
    pub colour: Colour,
}

/// One listening.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    pub id: i64,
    pub recording: i64,
    pub account: String,
    pub address: String,
    pub at: UnixSec,
    pub purpose: Purpose,
    pub heard: Vec<Interval>,
}

/// An order not to delete. All of its conditions that are given must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    pub id: i64,
    pub of: Held,
    pub reason: String,
    pub author: String,
    pub created: UnixSec,
    /// `None`: until it is ended by hand.
    pub until: Option<UnixSec>,
    /// When and by whom it was ended.
    pub released: Option<(UnixSec, String)>,
}

impl Hold {
    pub fn in_force(&self, now: UnixSec) -> bool {
        self.released.is_none() && self.until.is_none_or(|until| until > now)
    }
}

/// What a hold holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    pub recording: Option<i64>,
    pub call: Option<String>,
    pub number: Option<String>,
    pub agent: Option<String>,
    /// Recordings begun from here…
    pub since: Option<UnixSec>,
    /// …to before there.
    pub before: Option<UnixSec>,
}

/// Which recordings are asked for. What is not given does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Begun from here…
    pub from: Option<UnixSec>,
    /// …to before there.
    pub to: Option<UnixSec>,
    pub queues: Option<Vec<String>>,
    pub agents: Option<Vec<String>>,
    /// A number, or its beginning or end with a `*`.
    pub number: Option<String>,
    pub states: Option<Vec<State>>,
    pub held: bool,
    /// Only those with an id below; the `next` of the page before.
    pub below: Option<i64>,
}

/// Recordings, newest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    pub rows: Vec<Recording>,
    /// For [`Filter::below`] of the next page; `None` on the last.
    pub next: Option<i64>,
}

/// How much there is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// By state, in the order of [`State::ALL`]: recordings and bytes on disk.
    pub states: Vec<(State, u64, u64)>,
    /// When the oldest that has a file began.
    pub oldest: Option<UnixSec>,
}

/// A key recordings are or were sealed to. Its secret is elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRow {
    /// First 16 hexadecimal digits of the recipient's SHA-256.
    pub fingerprint: String,
    /// `age1…`.
    pub recipient: String,
    /// The box's own; else from the configuration.
    pub own: bool,
    pub created: Option<UnixSec>,
    pub exported: Option<UnixSec>,
    pub retired: Option<UnixSec>,
}

/// What proves that a person was erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    pub id: String,
    pub at: UnixSec,
    pub author: String,
    pub reason: String,
    pub recordings: u32,
    pub markers: u32,
    pub calls: u32,
    /// Files that could not be removed yet.
    pub failed: u32,
    /// Recording and SHA-256 of the file that was removed.
    pub erased: Vec<(i64, Option<[u8; 32]>)>,
}

/// One day of the chain of hashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestRow {
    /// UTC day since 1970.
    pub day: i64,
    pub files: u32,
    pub hash: [u8; 32],
    pub previous: [u8; 32],
    pub signature: Vec<u8>,
    pub made: UnixSec,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_numbers_lead_to_each_other() {
        for &state in State::ALL {
            assert_eq!(State::from_code(state.code()), Some(state));
            assert_eq!(State::named(state.name()), Some(state));
        }
        assert_eq!(State::from_code(0), None);
        assert_eq!(Colour::named("pink"), None);
    }

    #[test]
    fn an_id_begins_in_its_second() {
        let id = first_id(1_795_132_812) | 4095;
        assert_eq!(started(id), 1_795_132_812);
        assert_eq!(first_id(-5), 0);
        assert_eq!(started(first_id(UnixSec::MAX)), UnixSec::MAX >> 12);
    }
}
