//! The knobs of the state machines, with the defaults of `metrics.md` 8.

use rustc_hash::FxHashSet;

use crate::base::Secs;
use crate::base::setting::{Fault, Raw, Value, choice, word_of};

/// What an office may decide about how records become facts.
///
/// Changing one changes what comes after, never what is stored already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// A caller whose agent hung up during the announcement and of whom
    /// nothing is heard for this long is taken as lost (2.3 rule 6, the value
    /// for logs without manager events).
    pub dump_close_after: Secs,
    /// Waiting longer than this ends as *no closure*; 0 = never.
    pub max_ongoing_wait: Secs,
    /// Talking longer than this ends as *no closure*; 0 = never.
    pub max_ongoing_talk: Secs,
    /// A start of the PBX closes nothing.
    pub ignore_queuestart: bool,
    /// How long after its end a call takes outcomes, tags and features.
    pub call_status_timeout: Secs,
    /// A session longer than this was not logged off properly; 0 = off.
    pub max_session: Secs,
    /// How long a telephone keeps acting for the person of its last HOTDESK
    /// when that person is not logged on; 0 = HOTDESK is not heeded.
    pub hotdesk_lookback: Secs,
    /// When an agent counts as paused.
    pub pause_scope: PauseScope,
    /// Which verb tells of unanswered rings.
    pub ring_source: RingSource,
    /// Length offered when a call is closed by hand.
    pub close_duration: Secs,
    /// Queues whose calls are outbound without CALLOUTBOUND saying so.
    pub outbound_queues: FxHashSet<Box<str>>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            dump_close_after: 3600,
            max_ongoing_wait: 3 * 3600,
            max_ongoing_talk: 4 * 3600,
            ignore_queuestart: false,
            call_status_timeout: 1800,
            max_session: 24 * 3600,
            hotdesk_lookback: 24 * 3600,
            pause_scope: PauseScope::All,
            ring_source: RingSource::RingNoAnswer,
            close_duration: 5,
            outbound_queues: FxHashSet::default(),
        }
    }
}

/// When an agent with several queues counts as paused (2.10 rule 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PauseScope {
    /// Paused on every queue he is logged on.
    All,
    /// Paused on at least one.
    Any,
}

/// The verb that tells of unanswered rings (3.6); the other one goes to the
/// timeline only, because a system that writes both would count twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RingSource {
    RingNoAnswer,
    AgentAttempt,
}

const SCOPES: &[(&str, PauseScope)] = &[("all", PauseScope::All), ("any", PauseScope::Any)];

impl Value for PauseScope {
    const KIND: &'static str = "\"all\" or \"any\"";
    fn read(raw: &Raw, _: &str, _: &mut Vec<Fault>) -> Result<Self, String> {
        choice(raw, SCOPES)
    }
    fn show(&self) -> String {
        word_of(*self, SCOPES)
    }
}

const SOURCES: &[(&str, RingSource)] =
    &[("ringnoanswer", RingSource::RingNoAnswer), ("agentattempt", RingSource::AgentAttempt)];

impl Value for RingSource {
    const KIND: &'static str = "\"ringnoanswer\" or \"agentattempt\"";
    fn read(raw: &Raw, _: &str, _: &mut Vec<Fault>) -> Result<Self, String> {
        choice(raw, SOURCES)
    }
    fn show(&self) -> String {
        word_of(*self, SOURCES)
    }
}
