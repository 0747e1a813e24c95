//! The machine as a whole: records in, changes out.
//!
//! The rules themselves lie beside: [`stint`](super::stint) and
//! [`closing`](super::closing) for calls, [`session`](super::session) and
//! [`pause`](super::pause) for agents, and so on, each as an `impl Fold`.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::base::{CallId, Secs, UnixSec};
use crate::event::{QueueEvent, Text, Verb};
use crate::model::agent::Agent;
use crate::model::calls::Calls;
use crate::model::change::{Change, Ignored, NameKind};
use crate::model::clock::Clock;
use crate::model::closing::Closing;
use crate::model::fact::{AgentId, AttemptResult, Cause, QueueId, Stint, WordId};
use crate::model::hotdesk::Bound;
use crate::model::names::Names;
use crate::model::settings::{RingSource, Settings};
use crate::model::stint::Entering;

/// A small part of the open state that changed: the store keeps the newest
/// value of each key, and drops the key when the value is `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatePut {
    pub key: Vec<u8>,
    pub value: Option<Vec<u8>>,
}

/// Facts of the recent past that the machine looks at again: stints whose end
/// lies at most [`Fold::LOOKBACK`] before the newest record (or after it, when
/// the clock was set back).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recent {
    pub stints: Vec<Stint>,
}

/// A hand was too late: the call had ended already, or never was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlreadyClosed;

/// Moments are kept within the years 1 to 9999, lengths below this, so that
/// sums of them never overflow whatever a line says.
const LONGEST: Secs = 1 << 32;
const LATEST: UnixSec = 253_402_300_799;
/// More names of one kind than this are junk; they all become `?`.
const MOST_NAMES: u32 = 65_536;
/// Longest name kept, bytes.
const LONGEST_NAME: usize = 512;

/// Records → facts.
///
/// Pure: the only time it knows is that of the records and of
/// [`Fold::tick`]. Memory is bounded by what is open plus half an hour of
/// finished calls.
#[derive(Clone, Debug)]
pub struct Fold {
    pub(super) settings: Settings,
    pub(super) names: Names,
    pub(super) clock: Clock,
    pub(super) clock_written: Option<Clock>,
    pub(super) calls: Calls,
    pub(super) agents: FxHashMap<AgentId, Agent>,
    pub(super) dirty_agents: Vec<AgentId>,
    /// Telephones that act for a person.
    pub(super) bound: FxHashMap<AgentId, Bound>,
    pub(super) dirty_bound: Vec<AgentId>,
    /// Queues whose calls are outbound by configuration.
    pub(super) outbound_queues: FxHashSet<QueueId>,
}

impl Fold {
    /// How far back [`Recent`] must reach.
    pub const LOOKBACK: Secs = 2 * 3600;

    /// A machine that has seen nothing.
    pub fn new(settings: Settings) -> Self {
        Fold {
            settings,
            names: Names::default(),
            clock: Clock::default(),
            clock_written: None,
            calls: Calls::default(),
            agents: FxHashMap::default(),
            dirty_agents: Vec::new(),
            bound: FxHashMap::default(),
            dirty_bound: Vec::new(),
            outbound_queues: FxHashSet::default(),
        }
    }

    /// The dictionaries.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// Time of the newest record; it can fall when the PBX's clock was set
    /// back.
    pub fn newest(&self) -> UnixSec {
        self.clock.newest
    }

    /// Lets time pass: what has waited or talked too long ends. While a log
    /// is imported `now` is the newest record's time.
    pub fn tick(&mut self, now: UnixSec, changes: &mut Vec<Change>) {
        let now = now.clamp(0, LATEST);
        if self.clock.running {
            let steady = self.clock.steady(now.max(self.clock.newest));
            self.expire(steady, changes);
        }
    }

    /// Takes one record in. Records come in the order of the file, put right
    /// by the re-order window.
    pub fn apply(&mut self, event: &QueueEvent<'_>, changes: &mut Vec<Change>) {
        let at = event.time.clamp(0, LATEST);
        match &event.verb {
            Verb::QueueStart => return self.queue_start(at, changes),
            _ => self.clock.advance(at),
        }
        if self.clock.settled() {
            self.expire(self.clock.now(), changes);
        }
        if !self.told_twice(event, changes) {
            self.dispatch(at, event, changes);
        }
        if self.calls.crowded() {
            self.make_room(changes);
        }
    }

    fn dispatch(&mut self, at: UnixSec, event: &QueueEvent<'_>, changes: &mut Vec<Change>) {
        let call: &str = &event.call_id;
        match &event.verb {
            Verb::QueueStart | Verb::ConfigReload => {}
            Verb::EnterQueue { url, number, position, name } => {
                let queue = self.queue(&event.queue, changes);
                let entering = Entering {
                    outbound: self.outbound_queues.contains(&queue),
                    agent: None,
                    url,
                    number,
                    position: position.filter(|position| *position > 0),
                    name: name.as_deref().unwrap_or(""),
                };
                self.enter(at, call, queue, entering, changes);
            }
            Verb::CallOutbound { url, number } => {
                let queue = self.queue(&event.queue, changes);
                let agent = self.agent(at, event, changes);
                let entering =
                    Entering { outbound: true, agent, url, number, position: None, name: "" };
                self.enter(at, call, queue, entering, changes);
            }
            Verb::Connect { hold, member_id, ring } => {
                let queue = self.queue(&event.queue, changes);
                let agent = self.agent(at, event, changes);
                let member = member_id.as_deref().filter(|id| !id.is_empty());
                self.connect(at, call, queue, agent, length(*hold), member, length(*ring), changes);
            }
            Verb::Complete { by_agent, hold, talk, position } => {
                let cause = if *by_agent { Cause::Agent } else { Cause::Caller };
                let closing = Closing::answered(cause, *hold, *talk, *position);
                self.close_record(at, event, closing, changes);
            }
            Verb::Transfer(transfer) => {
                let target = self.word(&transfer.target, changes);
                let closing = Closing::transfer(transfer, target);
                self.close_record(at, event, closing, changes);
            }
            Verb::Abandon { position, original, wait } => {
                let closing = Closing::lost(Cause::Abandon, *position, *original, *wait, None);
                self.close_record(at, event, closing, changes);
            }
            Verb::ExitEmpty { position, original, wait } => {
                let closing = Closing::lost(Cause::Empty, *position, *original, *wait, None);
                self.close_record(at, event, closing, changes);
            }
            Verb::ExitWithTimeout { position, original, wait } => {
                let closing = Closing::lost(Cause::Timeout, *position, *original, *wait, None);
                self.close_record(at, event, closing, changes);
            }
            Verb::Left { position, original, wait } => {
                let closing = Closing::lost(Cause::Left, *position, *original, *wait, None);
                self.close_record(at, event, closing, changes);
            }
            Verb::ExitWithKey { key, position, original, wait } => {
                let key = self.word(key, changes);
                let closing = Closing::lost(Cause::Key, *position, *original, *wait, key);
                self.close_record(at, event, closing, changes);
            }
            Verb::Withdraw { position, original, wait, info } => {
                let info = self.word(info, changes);
                let closing = Closing::lost(Cause::Withdrawn, *position, *original, *wait, info);
                self.close_record(at, event, closing, changes);
            }
            Verb::SysCompat => {
                let closing = Closing::lost(Cause::Incompatible, None, None, None, None);
                self.close_record(at, event, closing, changes);
            }
            Verb::Refused { verb } => {
                let queue = self.queue(&event.queue, changes);
                let verb = self.word(verb, changes);
                self.refuse(at, call, queue, verb, changes);
            }
            Verb::AgentDump => {
                self.attempt(at, event, None, AttemptResult::Dumped, changes);
            }
            Verb::RingNoAnswer { ring_ms } => match self.settings.ring_source {
                RingSource::RingNoAnswer => {
                    self.attempt(at, event, *ring_ms, AttemptResult::NoAnswer, changes);
                }
                RingSource::AgentAttempt => {
                    self.note_of_ring(at, event, "RINGNOANSWER", *ring_ms, changes);
                }
            },
            Verb::RingCanceled { ring_ms } => {
                self.attempt(at, event, *ring_ms, AttemptResult::Cancelled, changes);
            }
            Verb::AgentAttempt { ring_ms } => match self.settings.ring_source {
                RingSource::AgentAttempt => {
                    self.attempt(at, event, *ring_ms, AttemptResult::Attempt, changes);
                }
                RingSource::RingNoAnswer => {
                    self.note_of_ring(at, event, "AGENTATTEMPT", *ring_ms, changes);
                }
            },
            Verb::CallerOnHold { .. } => self.hold(at, call, changes),
            Verb::CallerOffHold { held } => self.unhold(at, call, length(*held), changes),
            Verb::OutCall { status, talk, params } => {
                self.out_call(at, event, status, length(*talk), params, changes);
            }
            Verb::CallStatus { code, other_call } => {
                let call = other_call.as_deref().filter(|id| !id.is_empty()).unwrap_or(call);
                self.call_status(at, call, event, code, changes);
            }
            Verb::Info(info) => self.info(at, call, event, info, changes),
            Verb::CallerIdName { name } => self.caller_id(at, call, Some(name), None, changes),
            Verb::CallerIdNumber { number } => {
                self.caller_id(at, call, None, Some(number), changes);
            }
            Verb::Penalty { .. } | Verb::RingInUse { .. } => {}
            verb => self.agent_record(at, event, verb, changes),
        }
    }

    /// The id of a queue; the first time its name goes out before it.
    pub(super) fn queue(&mut self, text: &str, changes: &mut Vec<Change>) -> QueueId {
        if let Some(id) = self.names.find_queue(text) {
            return id;
        }
        let text = self.fitting(NameKind::Queue, text);
        let (id, new) = self.names.queue(text);
        announce(changes, new, NameKind::Queue, id, text);
        if self.settings.outbound_queues.contains(text) {
            self.outbound_queues.insert(id);
        }
        id
    }

    /// The id of the queue, if the record names one.
    pub(super) fn queue_of(
        &mut self,
        event: &QueueEvent<'_>,
        changes: &mut Vec<Change>,
    ) -> Option<QueueId> {
        if event.has_queue() { Some(self.queue(&event.queue, changes)) } else { None }
    }

    /// The id of a recurring text; `None` for an empty one.
    pub(super) fn word(&mut self, text: &str, changes: &mut Vec<Change>) -> Option<WordId> {
        if text.is_empty() {
            return None;
        }
        if let Some(id) = self.names.find_word(text) {
            return Some(id);
        }
        let text = self.fitting(NameKind::Word, text);
        let (id, new) = self.names.word(text);
        announce(changes, new, NameKind::Word, id, text);
        Some(id)
    }

    /// The id of a name as written, without regard to hot-desking.
    pub(super) fn agent_as_written(&mut self, text: &str, changes: &mut Vec<Change>) -> AgentId {
        let fitting = self.fitting(NameKind::Agent, text);
        let (id, new) = self.names.agent(fitting);
        announce(changes, new, NameKind::Agent, id, fitting);
        id
    }

    /// The person of a record: the name as written, or who sits at that
    /// telephone. `None` when the record names nobody.
    pub(super) fn agent(
        &mut self,
        at: UnixSec,
        event: &QueueEvent<'_>,
        changes: &mut Vec<Change>,
    ) -> Option<AgentId> {
        if !event.has_agent() {
            return None;
        }
        let written = self.agent_as_written(&event.agent, changes);
        Some(self.person_at(written, at))
    }

    /// Raw time by which finished calls are forgotten: not that of a leap
    /// nothing has confirmed.
    pub(super) fn memory_time(&self) -> UnixSec {
        self.clock.leapt_from.unwrap_or(self.clock.newest)
    }

    /// The text as it is kept: cut when too long, `?` when there are too many.
    fn fitting<'t>(&self, kind: NameKind, text: &'t str) -> &'t str {
        let known = match kind {
            NameKind::Agent => {
                self.names.count(kind) < MOST_NAMES || self.names.find_agent(text).is_some()
            }
            // Only asked for texts that are not known.
            NameKind::Queue | NameKind::Word => self.names.count(kind) < MOST_NAMES,
        };
        if !known {
            return "?";
        }
        match text.len() {
            0..=LONGEST_NAME => text,
            _ => {
                let cut = (0..=LONGEST_NAME).rev().find(|at| text.is_char_boundary(*at));
                &text[..cut.unwrap_or(0)]
            }
        }
    }
}

fn announce(changes: &mut Vec<Change>, new: bool, kind: NameKind, id: u32, text: &str) {
    if new {
        changes.push(Change::Name { kind, id, text: text.into() });
    }
}

/// A length as a rule may use it: never negative, never absurd.
pub(super) fn length(secs: Option<i64>) -> Option<Secs> {
    secs.map(|secs| secs.clamp(0, LONGEST))
}

pub(super) fn ignore(changes: &mut Vec<Change>, why: Ignored) {
    changes.push(Change::Ignored(why));
}

/// Text of a record as it is kept with a fact.
pub(super) fn kept(text: &Text<'_>) -> Box<str> {
    text.as_ref().into()
}

/// Call ids of records that are about no call (`asterisk-behaviour.md`
/// queue_log 3).
pub(super) fn names_a_call(call: &CallId) -> bool {
    !matches!(call, CallId::Other(text) if matches!(&**text, "" | "NONE" | "MANAGER" | "CLI" | "REALTIME"))
}
