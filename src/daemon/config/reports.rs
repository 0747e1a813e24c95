//! Section `reports`.

use std::collections::BTreeMap;

use crate::base::order::Gathered as _;
use crate::base::setting::{Fault, Percent, Raw, Span, Value, choice, word_of};
use crate::daemon::config::{Activity, Agent, Office, Outcome, PauseCode, Queue};
use crate::reports::{
    self, Level, OutcomeKind, PauseKind, Rules, Sla, SlaTarget, SlaVariant, Team,
};

crate::settings! {
    /// How reports count.
    pub struct Reports {
        /// What the service level of a queue is: "inclusive_answered" (answered in time,
        /// of those offered), "inclusive" (answered and lost in time, of those offered),
        /// "answered" (of those answered) or "no_short" (of those offered, without short
        /// abandons).
        sla_variant: SlaVariant = SlaVariant::InclusiveAnswered,
        /// Steps of the service-level tables: up to this…
        sla_initial_delay: Span = Span(20),
        /// …in steps of this…
        sla_initial_interval: Span = Span(5),
        /// …then in steps of this…
        sla_interval: Span = Span(10),
        /// …up to this.
        sla_max_delay: Span = Span(120),
        /// A conversation of at least this length is effective.
        effective_threshold: Span = Span(30),
        /// Abandons below this wait are short.
        short_abandon: Span = Span(5),
        /// Lost calls that waited less are left out of all figures.
        short_wait: Option<Span> = None,
        /// Answered calls that talked less are left out.
        short_talk: Option<Span> = None,
        /// Lost attempts that rang less are left out.
        short_attempt: Option<Span> = None,
        /// Count calls that were refused at the door as offered and lost.
        count_refused: bool = false,
        /// Count conversations that have not ended yet.
        consider_incomplete: bool = false,
        /// Join the passages of one call through several queues into one.
        join_multistint: bool = false,
        /// Length of the slots of reports by hour, in minutes: 15, 30 or 60.
        hourly_slot: Slot = Slot(60),
        /// How many digits of a number are its area code.
        area_digits: u32 = 3,
        /// Which digit is the first of them, from 1.
        area_start: u32 = 1,
        /// Digits before a number that are not part of it.
        national_prefixes: Vec<String> = Vec::new(),
    }
}

impl Reports {
    /// The rules of reports, with the targets and pauses of the office.
    pub fn rules(&self, office: &Office) -> Rules {
        let target = |secs: Option<Span>, goal: Option<Percent>| SlaTarget {
            secs: whole(secs.unwrap_or(office.sla_seconds)),
            goal: goal.unwrap_or(office.sla_goal).0,
        };
        let queues = || office.queues.iter();
        let kind = |code: &PauseCode| PauseKind {
            kind: match code.kind {
                Activity::Pause => reports::Activity::Pause,
                Activity::Wrap => reports::Activity::Wrap,
                Activity::Outbound => reports::Activity::Outbound,
                Activity::Admin => reports::Activity::Admin,
            },
            billable: code.billable,
            payable: code.payable,
        };
        Rules {
            sla: Sla {
                variant: self.sla_variant,
                target: target(None, None),
                target_of: queues()
                    .filter(|(_, queue)| queue.sla_seconds.is_some() || queue.sla_goal.is_some())
                    .map(|(name, queue)| (name.clone(), target(queue.sla_seconds, queue.sla_goal)))
                    .into_map(),
                initial_delay: whole(self.sla_initial_delay),
                initial_interval: whole(self.sla_initial_interval),
                interval: whole(self.sla_interval),
                max_delay: whole(self.sla_max_delay),
            },
            effective_threshold: whole(self.effective_threshold),
            short_abandon: whole(self.short_abandon),
            short_abandon_of: queues()
                .filter_map(|(name, queue)| Some((name.clone(), whole(queue.short_abandon?))))
                .into_map(),
            short_wait: self.short_wait.map(|span| span.0),
            short_talk: self.short_talk.map(|span| span.0),
            short_attempt: self.short_attempt.map(|span| span.0),
            consider_incomplete: self.consider_incomplete,
            count_refused: self.count_refused,
            join_multistint: self.join_multistint,
            hourly_slot: self.hourly_slot.0,
            area: reports::Area {
                digits: self.area_digits as usize,
                start: self.area_start as usize,
                national_prefixes: self.national_prefixes.clone(),
            },
            pauses: office.pauses.iter().map(|(code, one)| (code.clone(), kind(one))).into_map(),
            teams: office.agents.iter().map(|(name, agent)| (name.clone(), team(agent))).into_map(),
            levels: queues().map(|(name, queue)| (name.clone(), levels(queue))).into_map(),
            outcomes: (office.outcomes.iter())
                .map(|(code, outcome)| {
                    let Outcome { contact, qualified, sale, .. } = *outcome;
                    (code.clone(), OutcomeKind { contact, qualified, sale })
                })
                .into_map(),
            ..Rules::default()
        }
    }
}

fn team(agent: &Agent) -> Team {
    Team { groups: agent.groups.clone(), location: agent.location.clone() }
}

/// Who is named twice belongs to the first level that names him.
fn levels(queue: &Queue) -> BTreeMap<String, Level> {
    let lists = [
        (Level::Spill, &queue.spill_agents),
        (Level::Wrap, &queue.wrap_agents),
        (Level::Main, &queue.main_agents),
    ];
    let agents = |(level, agents): (Level, &Vec<String>)| {
        agents.iter().map(move |agent| (agent.clone(), level)).collect::<Vec<_>>()
    };
    lists.into_iter().flat_map(agents).into_map()
}

fn whole(span: Span) -> u32 {
    u32::try_from(span.0).unwrap_or(u32::MAX)
}

/// Minutes of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot(pub u32);

impl Value for Slot {
    const KIND: &'static str = "15, 30 or 60";
    fn read(raw: &Raw, path: &str, faults: &mut Vec<Fault>) -> Result<Self, String> {
        match u32::read(raw, path, faults) {
            Ok(minutes @ (15 | 30 | 60)) => Ok(Slot(minutes)),
            _ => Err("15, 30 or 60".to_owned()),
        }
    }
    fn show(&self) -> String {
        self.0.to_string()
    }
}

const VARIANTS: &[(&str, SlaVariant)] = &[
    ("inclusive_answered", SlaVariant::InclusiveAnswered),
    ("inclusive", SlaVariant::Inclusive),
    ("answered", SlaVariant::Answered),
    ("no_short", SlaVariant::NoShort),
];

impl Value for SlaVariant {
    const KIND: &'static str = "word";
    fn read(raw: &Raw, _: &str, _: &mut Vec<Fault>) -> Result<Self, String> {
        choice(raw, VARIANTS)
    }
    fn show(&self) -> String {
        word_of(*self, VARIANTS)
    }
}
