//! What is asked: the period, who and what, and the office's rules.

use std::collections::BTreeMap;

use jiff::civil::Weekday;

use crate::base::{Secs, UnixSec, Zone};
use crate::model::{Cause, Direction};
use crate::reports::calls::direction;
use crate::reports::period::{Window, day_name};

/// A question. Lists that are empty let everything pass.
#[derive(Clone, Debug)]
pub struct Query {
    /// Half open.
    pub from: UnixSec,
    pub to: UnixSec,
    pub zone: Zone,
    pub queues: Vec<String>,
    pub agents: Vec<String>,
    pub direction: Option<Direction>,
    /// Only agents who were members of the queues, or rang or talked there in
    /// the period: whoever asks may not know of others.
    pub confined: bool,
    pub filters: Filters,
    pub window: Window,
    pub rules: Rules,
    /// The moment the report is made, for its header.
    pub now: UnixSec,
    /// Most rows of a list.
    pub limit: usize,
    pub language: Language,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    English,
    French,
}

impl Language {
    /// `fr` and `fr-…` are French, everything else English.
    pub fn of(tag: &str) -> Self {
        if tag.to_ascii_lowercase().starts_with("fr") { Self::French } else { Self::English }
    }

    pub(crate) fn pick<'a>(self, english: &'a str, french: &'a str) -> &'a str {
        match self {
            Language::English => english,
            Language::French => french,
        }
    }
}

/// Filters on single calls; each needs the facts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filters {
    /// Digits; `*` at an end stands for anything.
    pub caller: Option<String>,
    pub call_id: Option<String>,
    pub answered: Option<bool>,
    pub causes: Vec<Cause>,
    pub wait: Bounds,
    pub talk: Bounds,
    pub position: Bounds,
    pub attempts: Bounds,
    pub dnis: Option<String>,
    pub ivr: Option<String>,
    pub outcome: Option<String>,
    pub tag: Option<String>,
    pub feature: Option<String>,
    /// The system name in front of call ids.
    pub server: Option<String>,
    /// A variable and, if asked for, its value.
    pub variable: Option<(String, Option<String>)>,
    /// A skill and, if asked for, its least level.
    pub skill: Option<(String, Option<i64>)>,
    /// Calls on which this agent rang and did not answer.
    pub lost_attempt: Option<String>,
    /// Groups of further filters.
    pub rule: Option<Rule>,
}

/// Filters put together by all, any or none of them, as they were written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub text: String,
    pub clause: Clause,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clause {
    /// One filter.
    Calls(Box<Filters>),
    Queue(String),
    /// Taken or dialled by this agent.
    Agent(String),
    Direction(Direction),
    All(Vec<Clause>),
    Any(Vec<Clause>),
    None(Vec<Clause>),
}

impl Filters {
    pub fn is_open(&self) -> bool {
        *self == Filters::default()
    }
}

/// Smallest and largest value that pass, both included. A value that is
/// unknown passes only when there are no bounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    pub min: Option<i64>,
    pub max: Option<i64>,
}

impl Bounds {
    pub fn lets(&self, value: Option<i64>) -> bool {
        match value {
            Some(value) => {
                self.min.is_none_or(|min| value >= min) && self.max.is_none_or(|max| value <= max)
            }
            None => self.min.is_none() && self.max.is_none(),
        }
    }
}

/// How the office counts (`metrics.md` 8). The default values are those of
/// that page.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    pub sla: Sla,
    /// Talk from which a call is effective, seconds.
    pub effective_threshold: u32,
    /// Abandons below this wait are short; by queue where it differs.
    pub short_abandon: u32,
    pub short_abandon_of: BTreeMap<String, u32>,
    /// Lost calls that waited less are left out; `None` = off.
    pub short_wait: Option<Secs>,
    /// Answered calls that talked less are left out.
    pub short_talk: Option<Secs>,
    /// Lost attempts that rang less are left out.
    pub short_attempt: Option<Secs>,
    pub attribute_by: Attribute,
    pub consider_incomplete: bool,
    pub count_refused: bool,
    pub join_multistint: bool,
    pub multistint_queue: JoinedQueue,
    pub hourly_slot: u32,
    pub week_start: Weekday,
    pub hide_empty: bool,
    pub area: Area,
    /// By pause code; codes without an entry are plain pauses, paid, not
    /// billable.
    pub pauses: BTreeMap<String, PauseKind>,
    /// Groups and place of agents, by the agent's name.
    pub teams: BTreeMap<String, Team>,
    /// Levels of agents, by queue and agent.
    pub levels: BTreeMap<String, BTreeMap<String, Level>>,
    /// What outcomes count as, by code; others count as nothing.
    pub outcomes: BTreeMap<String, OutcomeKind>,
}

/// Where an agent belongs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Team {
    pub groups: Vec<String>,
    pub location: Option<String>,
}

/// In which wave an agent is rung for a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Main,
    Wrap,
    Spill,
}

impl Level {
    pub fn name(self) -> &'static str {
        match self {
            Level::Main => "Main",
            Level::Wrap => "Wrap",
            Level::Spill => "Spill",
        }
    }
}

/// What an outcome counts as; none of the flags implies another (3.9).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutcomeKind {
    pub contact: bool,
    pub qualified: bool,
    pub sale: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Rules {
            sla: Sla::default(),
            effective_threshold: 30,
            short_abandon: 5,
            short_abandon_of: BTreeMap::new(),
            short_wait: None,
            short_talk: None,
            short_attempt: None,
            attribute_by: Attribute::Enter,
            consider_incomplete: false,
            count_refused: false,
            join_multistint: false,
            multistint_queue: JoinedQueue::First,
            hourly_slot: 60,
            week_start: Weekday::Monday,
            hide_empty: false,
            area: Area::default(),
            pauses: BTreeMap::new(),
            teams: BTreeMap::new(),
            levels: BTreeMap::new(),
            outcomes: BTreeMap::new(),
        }
    }
}

/// The service level: target, goal and the steps of its tables.
#[derive(Clone, Debug, PartialEq)]
pub struct Sla {
    pub variant: SlaVariant,
    pub target: SlaTarget,
    /// Queues whose target differs.
    pub target_of: BTreeMap<String, SlaTarget>,
    pub initial_delay: u32,
    pub initial_interval: u32,
    pub interval: u32,
    pub max_delay: u32,
}

impl Default for Sla {
    fn default() -> Self {
        Sla {
            variant: SlaVariant::InclusiveAnswered,
            target: SlaTarget::default(),
            target_of: BTreeMap::new(),
            initial_delay: 20,
            initial_interval: 5,
            interval: 10,
            max_delay: 120,
        }
    }
}

impl Sla {
    /// The limits of the tables, ascending, from 0.
    pub fn steps(&self) -> Vec<u32> {
        let first = (0..=self.initial_delay).step_by(self.initial_interval.max(1) as usize);
        let then = (self.initial_delay + self.interval..=self.max_delay)
            .step_by(self.interval.max(1) as usize);
        first.chain(then).collect()
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SlaTarget {
    pub secs: u32,
    /// Percent.
    pub goal: f64,
}

impl Default for SlaTarget {
    fn default() -> Self {
        SlaTarget { secs: 20, goal: 80.0 }
    }
}

/// What SLA-4 is computed as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlaVariant {
    /// Of answered calls (SLA-3).
    Answered,
    /// Answered and lost, of offered (SLA-1).
    Inclusive,
    /// Answered, of offered (SLA-2).
    InclusiveAnswered,
    /// Answered, of offered without short abandons (SLA-5).
    NoShort,
}

/// The moment by which a stint belongs to a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attribute {
    Enter,
    /// Of a lost stint: when it left the queue.
    Answer,
    End,
}

/// The queue of a call joined from several stints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinedQueue {
    First,
    Last,
}

/// How area codes are cut out of numbers (3.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Area {
    pub digits: usize,
    /// The first digit of the code, counted from 1.
    pub start: usize,
    /// Digits in front that are no part of the number; the longest that fits
    /// is cut.
    pub national_prefixes: Vec<String>,
}

impl Default for Area {
    fn default() -> Self {
        Area { digits: 3, start: 1, national_prefixes: Vec::new() }
    }
}

/// What a pause code means (2.10 rule 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PauseKind {
    pub kind: Activity,
    pub billable: bool,
    pub payable: bool,
}

impl Default for PauseKind {
    fn default() -> Self {
        PauseKind { kind: Activity::Pause, billable: false, payable: true }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    Pause,
    /// After-call work.
    Wrap,
    Outbound,
    Admin,
}

impl Activity {
    pub fn name(self) -> &'static str {
        match self {
            Activity::Pause => "pause",
            Activity::Wrap => "wrap",
            Activity::Outbound => "outbound",
            Activity::Admin => "admin",
        }
    }
}

impl Query {
    /// A question about a period with everything else as usual.
    pub fn over(from: UnixSec, to: UnixSec, zone: Zone) -> Self {
        Query {
            from,
            to,
            zone,
            queues: Vec::new(),
            agents: Vec::new(),
            direction: None,
            confined: false,
            filters: Filters::default(),
            window: Window::default(),
            rules: Rules::default(),
            now: to,
            limit: 10_000,
            language: Language::English,
        }
    }
}

impl Query {
    /// The filters that are set, by the names of [`super::PARAMETERS`], for
    /// the header (HD-6).
    pub fn described(&self) -> BTreeMap<String, String> {
        let mut set = BTreeMap::new();
        let mut put = |name: &str, value: Option<String>| {
            value.map(|value| set.insert(name.to_owned(), value));
        };
        let filters = &self.filters;
        put("direction", self.direction.map(|way| direction(way).to_owned()));
        for (name, value) in [
            ("caller", &filters.caller),
            ("call_id", &filters.call_id),
            ("dnis", &filters.dnis),
            ("ivr", &filters.ivr),
            ("outcome", &filters.outcome),
            ("tag", &filters.tag),
            ("feature", &filters.feature),
            ("server", &filters.server),
            ("lost_attempt", &filters.lost_attempt),
        ] {
            put(name, value.clone());
        }
        put("where", filters.rule.as_ref().map(|rule| rule.text.clone()));
        put(
            "variable",
            filters.variable.as_ref().map(|(name, value)| match value {
                Some(value) => format!("{name}={value}"),
                None => name.clone(),
            }),
        );
        put(
            "skill",
            filters.skill.as_ref().map(|(skill, level)| match level {
                Some(level) => format!("{skill}>={level}"),
                None => skill.clone(),
            }),
        );
        put("answered", filters.answered.map(|yes| if yes { "yes" } else { "no" }.to_owned()));
        let causes: Vec<&str> = filters.causes.iter().map(|cause| cause.label()).collect();
        put("cause", (!causes.is_empty()).then(|| causes.join(", ")));
        for (name, bounds) in [
            ("wait", filters.wait),
            ("talk", filters.talk),
            ("position", filters.position),
            ("attempts", filters.attempts),
        ] {
            put(&format!("{name}_min"), bounds.min.map(|min| min.to_string()));
            put(&format!("{name}_max"), bounds.max.map(|max| max.to_string()));
        }
        let days: Vec<&str> = self.window.days.iter().map(|&day| day_name(day)).collect();
        put("days", (!days.is_empty()).then(|| days.join(",")));
        let clock = |minute: u32| format!("{:02}:{:02}", minute / 60, minute % 60);
        let hours: Vec<String> = (self.window.times.iter())
            .map(|&(from, to)| format!("{}-{}", clock(from), clock(to)))
            .collect();
        put("hours", (!hours.is_empty()).then(|| hours.join(",")));
        let secs = |limit: Option<Secs>| limit.map(|secs| secs.to_string());
        put("short_wait", secs(self.rules.short_wait));
        put("short_talk", secs(self.rules.short_talk));
        put("short_attempt", secs(self.rules.short_attempt));
        set
    }
}

/// A number as its digits, so that spellings of one number are equal.
pub fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}
