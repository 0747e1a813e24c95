//! Which telling of a fact is the second one: a record of the log and its
//! twin of AMI, whichever came first (`metrics.md` 2.12: call id + verb +
//! ± 2 s).
//!
//! Each telling waits for one of the other side and is used up by it, so two
//! rings within a second remain two. What has found no twin is remembered for
//! an hour of events, because a log that was missing may come back with all
//! it has. What is remembered outlives a restart: it is stored in the commit
//! that holds the records themselves, as small parts, each where it changed.

use std::collections::{BTreeMap, VecDeque};

use rustc_hash::FxHashSet;

use crate::base::{Secs, UnixSec};
use crate::event::{QueueEvent, Verb};

/// The two clocks, and the second a line may be late, may differ by this much.
const APART: Secs = 2;
/// A start is written when it is over and heard when we are back.
const START_APART: Secs = 60;
/// Tellings without a twin kept, of both sides together.
const MOST: usize = 50_000;
/// For how long, in the time of the events.
const KEPT: Secs = 3600;

/// Who tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    Log,
    Ami,
}

/// What makes two tellings one: call and verb, or member, queue and verb.
type Key = (Box<str>, &'static str);

#[derive(Debug, Default)]
pub struct Pairing {
    waiting: BTreeMap<Key, Vec<(UnixSec, Side)>>,
    /// In the order of coming, to forget the oldest.
    order: VecDeque<(UnixSec, Key)>,
    newest: UnixSec,
    /// Keys whose tellings are others than those stored.
    changed: FxHashSet<Key>,
    /// Keys that are stored.
    stored: FxHashSet<Key>,
}

/// A part to be stored: its key, and its value or that it is to go.
pub type Part = (Vec<u8>, Option<Vec<u8>>);

impl Pairing {
    /// The first byte of its parts' keys.
    pub const PART: u8 = b'p';

    /// Goes on from what was stored. A part that makes no sense is left out:
    /// at worst what it told counts twice.
    pub fn restore<'p>(parts: impl IntoIterator<Item = (&'p [u8], &'p [u8])>) -> Self {
        let mut pairing = Pairing::default();
        for (name, value) in parts {
            let Some((key, waiting)) = key_in(name).zip(tellings_in(value)) else { continue };
            for (at, _) in &waiting {
                pairing.newest = pairing.newest.max(*at);
                pairing.order.push_back((*at, key.clone()));
            }
            pairing.stored.insert(key.clone());
            pairing.waiting.insert(key, waiting);
        }
        pairing.order.make_contiguous().sort();
        pairing
    }

    /// The parts that changed since they were last taken.
    pub fn take_parts(&mut self) -> Vec<Part> {
        let mut parts = Vec::new();
        for key in std::mem::take(&mut self.changed) {
            let name = [&[Pairing::PART], key.1.as_bytes(), b"\n", key.0.as_bytes()].concat();
            if let Some(waiting) = self.waiting.get(&key) {
                parts.push((name, Some(tellings(waiting))));
                self.stored.insert(key);
            } else if self.stored.remove(&key) {
                parts.push((name, None));
            }
        }
        parts
    }

    /// Takes a telling in; whether it is the second of its fact.
    pub fn is_second(&mut self, event: &QueueEvent<'_>, side: Side) -> bool {
        let Some((key, apart)) = key(event) else { return false };
        self.newest = self.newest.max(event.time);
        if let Some(waiting) = self.waiting.get_mut(&key) {
            let twin =
                |(at, other): &(UnixSec, Side)| *other != side && (event.time - at).abs() <= apart;
            // The nearest, so that of several none is left without.
            let nearest = waiting
                .iter()
                .enumerate()
                .filter(|(_, one)| twin(one))
                .min_by_key(|(_, (at, _))| (event.time - at).abs())
                .map(|(index, _)| index);
            if let Some(index) = nearest {
                waiting.swap_remove(index);
                if waiting.is_empty() {
                    self.waiting.remove(&key);
                }
                self.changed.insert(key);
                return true;
            }
        }
        // A pause of all queues comes from the log alone, before those of single
        // queues. After them it would begin another pause.
        match (&event.verb, side) {
            (Verb::PauseAll { .. } | Verb::UnpauseAll { .. }, _) => return false,
            (Verb::Pause { .. } | Verb::Unpause { .. }, Side::Ami) => {
                let all = (Box::from(&*event.agent), all_of(key.1));
                self.wait(all, event.time, side);
            }
            _ => {}
        }
        self.wait(key, event.time, side);
        self.forget();
        false
    }

    fn wait(&mut self, key: Key, at: UnixSec, side: Side) {
        self.waiting.entry(key.clone()).or_default().push((at, side));
        self.changed.insert(key.clone());
        self.order.push_back((at, key));
    }

    /// Whether the log has told of this call: then its own end is worth
    /// waiting for.
    pub fn log_knows(&self, call: &str) -> bool {
        let key = (call.into(), LOG_TOLD);
        self.waiting.contains_key(&key)
    }

    /// Notes a call the log tells of.
    pub fn log_told(&mut self, event: &QueueEvent<'_>) {
        if !event.has_call() || !matches!(event.verb, Verb::EnterQueue { .. }) {
            return;
        }
        let key: Key = ((&*event.call_id).into(), LOG_TOLD);
        self.changed.insert(key.clone());
        if self.waiting.insert(key.clone(), vec![(event.time, Side::Log)]).is_none() {
            self.order.push_back((event.time, key));
            self.forget();
        }
    }

    /// How many tellings are remembered.
    pub fn remembered(&self) -> usize {
        self.order.len()
    }

    fn forget(&mut self) {
        while let Some((at, key)) = self.order.front() {
            if self.order.len() <= MOST && self.newest - at <= KEPT {
                return;
            }
            if let Some(waiting) = self.waiting.get_mut(key) {
                waiting.retain(|(told, _)| told != at);
                if waiting.is_empty() {
                    self.waiting.remove(key);
                }
                self.changed.insert(key.clone());
            }
            self.order.pop_front();
        }
    }
}

const START: &str = "QUEUESTART";
/// Under this word stand the calls the log has told of.
const LOG_TOLD: &str = "log";

/// All words that keys have; a key names one of them.
const WORDS: [&str; 16] = [
    LOG_TOLD,
    "ENTERQUEUE",
    "CONNECT",
    "COMPLETE",
    "LOST",
    "RINGNOANSWER",
    "AGENTDUMP",
    "ADDMEMBER",
    "REMOVEMEMBER",
    "PAUSE",
    "UNPAUSE",
    "PAUSEALL",
    "UNPAUSEALL",
    "PENALTY",
    "AGENTLOGIN",
    "AGENTLOGOFF",
];

fn key_in(name: &[u8]) -> Option<Key> {
    let text = std::str::from_utf8(name.strip_prefix(&[Pairing::PART])?).ok()?;
    let (word, rest) = text.split_once('\n')?;
    let word = WORDS.into_iter().chain([START]).find(|known| *known == word)?;
    Some((rest.into(), word))
}

/// Each telling as its second, eight bytes, and its side, one.
fn tellings(waiting: &[(UnixSec, Side)]) -> Vec<u8> {
    let one = |(at, side): &(UnixSec, Side)| {
        let [a, b, c, d, e, f, g, h] = at.to_le_bytes();
        [a, b, c, d, e, f, g, h, u8::from(*side == Side::Ami)]
    };
    waiting.iter().flat_map(one).collect()
}

fn tellings_in(value: &[u8]) -> Option<Vec<(UnixSec, Side)>> {
    let one = |bytes: &[u8]| {
        let (at, side) = bytes.split_first_chunk()?;
        let side = if side == [1] { Side::Ami } else { Side::Log };
        Some((UnixSec::from_le_bytes(*at), side))
    };
    if value.is_empty() || !value.len().is_multiple_of(9) {
        return None;
    }
    value.chunks_exact(9).map(one).collect()
}

/// The pause of all queues that goes with one of a single queue.
fn all_of(word: &str) -> &'static str {
    if word == "PAUSE" { "PAUSEALL" } else { "UNPAUSEALL" }
}

/// `None` for what only one side tells.
fn key(event: &QueueEvent<'_>) -> Option<(Key, Secs)> {
    let of_call = |word| Some((((&*event.call_id).into(), word), APART));
    let of_member = |word| {
        let who = format!("{}\n{}", event.queue, event.agent);
        Some(((who.into(), word), APART))
    };
    match &event.verb {
        Verb::EnterQueue { .. } => of_call("ENTERQUEUE"),
        Verb::Connect { .. } => of_call("CONNECT"),
        // How it ended one side may know better than the other.
        Verb::Complete { .. } | Verb::Transfer(_) => of_call("COMPLETE"),
        Verb::Abandon { .. }
        | Verb::ExitEmpty { .. }
        | Verb::ExitWithKey { .. }
        | Verb::ExitWithTimeout { .. }
        | Verb::Withdraw { .. }
        | Verb::Left { .. } => of_call("LOST"),
        // Rings of several members end within one second: each has its own.
        Verb::RingNoAnswer { .. } => {
            Some(((format!("{}\n{}", event.call_id, event.agent).into(), "RINGNOANSWER"), APART))
        }
        Verb::AgentDump => of_call("AGENTDUMP"),
        Verb::AddMember { .. } => of_member("ADDMEMBER"),
        Verb::RemoveMember => of_member("REMOVEMEMBER"),
        Verb::Pause { .. } => of_member("PAUSE"),
        Verb::Unpause { .. } => of_member("UNPAUSE"),
        Verb::PauseAll { .. } => Some((((&*event.agent).into(), "PAUSEALL"), APART)),
        Verb::UnpauseAll { .. } => Some((((&*event.agent).into(), "UNPAUSEALL"), APART)),
        Verb::Penalty { .. } => of_member("PENALTY"),
        Verb::AgentLogin { .. } => of_member("AGENTLOGIN"),
        Verb::AgentLogoff { .. } => of_member("AGENTLOGOFF"),
        Verb::QueueStart => Some((("".into(), START), START_APART)),
        _ => None,
    }
}
