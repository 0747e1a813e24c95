//! Section `office`.

use std::collections::BTreeMap;

use crate::base::Zone;
use crate::base::order::Gathered as _;
use crate::base::setting::{Fault, Percent, Raw, RawValue, Span, Value, choice, word_of};
use crate::live::office::Entry;
use crate::live::{self, Window};
use crate::people::Language;

crate::settings! {
    /// The office: its name, time and language, and what is special about its queues,
    /// agents and pauses.
    pub struct Office {
        /// Shown at the head of every page.
        name: String = "Switchroom".to_owned(),
        /// The time zone of days and hours: a name such as "Europe/Paris", or "local"
        /// for that of this machine.
        zone: ZoneName = ZoneName("local".to_owned()),
        /// The language of pages before anybody has logged in.
        language: Language = Language::English,
        /// Since when the figures called "today" count: an hour from "0" to "23", or
        /// the last hours as "s1" to "s48".
        realtime_start: Start = Start(Window::Hour(0)),
        /// Service level: calls should be answered within this time…
        sla_seconds: Span = Span(20),
        /// …and this share of those offered should be.
        sla_goal: Percent = Percent(80.0),
        /// Queues with a name to show or settings of their own, by name in the log.
        queues: BTreeMap<String, Queue> = BTreeMap::new(),
        /// Names to show for agents, by name in the log.
        agents: BTreeMap<String, Agent> = BTreeMap::new(),
        /// What pause codes mean, by code.
        pauses: BTreeMap<String, PauseCode> = BTreeMap::new(),
        /// What outcomes count as, by the code that ends up in the log.
        outcomes: BTreeMap<String, Outcome> = BTreeMap::new(),
    }
}

crate::settings! {
    /// One queue: `[office.queues.NAME]`.
    pub struct Queue {
        /// Shown instead of the name.
        label: Option<String> = None,
        /// Instead of `office.sla_seconds`.
        sla_seconds: Option<Span> = None,
        /// Instead of `office.sla_goal`.
        sla_goal: Option<Percent> = None,
        /// Abandons below this wait are short; instead of `reports.short_abandon`.
        short_abandon: Option<Span> = None,
        /// Rest after a conversation, `wrapuptime` of `queues.conf`; the log does not
        /// tell it.
        wrapup: Span = Span(0),
        /// Calls of this queue go out, whatever the log says.
        outbound: bool = false,
        /// Agents rung first, for reports by level.
        main_agents: Vec<String> = Vec::new(),
        /// Agents rung when those are busy.
        wrap_agents: Vec<String> = Vec::new(),
        /// Agents rung when nobody else is left.
        spill_agents: Vec<String> = Vec::new(),
    }
}

crate::settings! {
    /// One agent: `[office.agents."PJSIP/101"]`.
    pub struct Agent {
        /// Shown instead of the name.
        label: Option<String> = None,
        /// Extension of the telephone, where the dialplan's hints do not say.
        extension: Option<String> = None,
        /// The telephone: "PJSIP/101".
        phone: Option<String> = None,
        /// Groups the agent belongs to, for reports and filters.
        groups: Vec<String> = Vec::new(),
        /// Where the agent works.
        location: Option<String> = None,
    }
}

crate::settings! {
    /// One outcome: `[office.outcomes.sold]`. The three do not imply each other.
    pub struct Outcome {
        /// Somebody was talked to.
        contact: bool = false,
        /// Somebody who counts was talked to.
        qualified: bool = false,
        /// Something was sold.
        sale: bool = false,
        /// It is allowed for calls with one of these features only; empty for any call.
        features: Vec<String> = Vec::new(),
    }
}

crate::settings! {
    /// One pause code: `[office.pauses.lunch]`.
    pub struct PauseCode {
        /// "pause", "wrap" (work after a call), "outbound" or "admin".
        kind: Activity = Activity::Pause,
        /// Whether the client is charged for it.
        billable: bool = false,
        /// Whether it is paid work.
        payable: bool = true,
    }
}

impl Office {
    /// The time zone. Known to exist: it was checked when the file was read.
    pub fn zone(&self) -> Zone {
        Zone::named(&self.zone.0).unwrap_or_else(|_| Zone::utc())
    }

    /// The queues whose calls go out.
    pub fn outbound(&self) -> impl Iterator<Item = String> + '_ {
        self.queues.iter().filter(|(_, queue)| queue.outbound).map(|(name, _)| name.clone())
    }

    pub fn queue_labels(&self) -> BTreeMap<String, String> {
        let label = |(name, queue): (&String, &Queue)| {
            queue.label.clone().map(|label| (name.clone(), label))
        };
        self.queues.iter().filter_map(label).into_map()
    }

    pub fn agent_labels(&self) -> BTreeMap<String, String> {
        let label = |(name, agent): (&String, &Agent)| {
            agent.label.clone().map(|label| (name.clone(), label))
        };
        self.agents.iter().filter_map(label).into_map()
    }

    /// Who is who on which telephone, as far as it is configured.
    pub fn entries(&self) -> Vec<Entry> {
        let entry = |(name, agent): (&String, &Agent)| Entry {
            agent: name.clone(),
            device: agent.phone.clone(),
            extension: agent.extension.clone(),
        };
        let known = self.agents.iter().filter(|(_, agent)| agent.phone.is_some());
        known.map(entry).collect()
    }

    /// The settings of the live view.
    pub fn live(&self) -> live::Settings {
        let setting = |queue: &Queue| live::QueueSetting {
            label: queue.label.clone(),
            sla_seconds: queue.sla_seconds.unwrap_or(self.sla_seconds).0,
            sla_goal: queue.sla_goal.unwrap_or(self.sla_goal).0,
            wrapup: queue.wrapup.0,
            outbound: queue.outbound,
        };
        live::Settings {
            zone: self.zone(),
            window: self.realtime_start.0,
            queues: self
                .queues
                .iter()
                .map(|(name, queue)| (name.clone(), setting(queue)))
                .into_map(),
            queue: setting(&Queue::default()),
            agent_labels: self.agent_labels(),
        }
    }
}

/// The name of a zone that this machine knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneName(pub String);

impl Value for ZoneName {
    const KIND: &'static str = "time zone";
    fn read(raw: &Raw, path: &str, faults: &mut Vec<Fault>) -> Result<Self, String> {
        let name = String::read(raw, path, faults)?;
        match Zone::named(&name) {
            Ok(_) => Ok(ZoneName(name)),
            Err(_) => Err(format!("a time zone such as \"Europe/Paris\", not {name:?}")),
        }
    }
    fn show(&self) -> String {
        self.0.show()
    }
}

/// Start of "today".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start(pub Window);

impl Value for Start {
    const KIND: &'static str = "hour";
    fn read(raw: &Raw, _: &str, _: &mut Vec<Fault>) -> Result<Self, String> {
        let text = match &raw.value {
            RawValue::Text(text) => text.clone(),
            RawValue::Whole(hour) => hour.to_string(),
            _ => String::new(),
        };
        Window::parse(&text)
            .map(Start)
            .ok_or_else(|| "an hour from \"0\" to \"23\", or \"s1\" to \"s48\"".to_owned())
    }
    fn show(&self) -> String {
        match self.0 {
            Window::Hour(hour) => format!("\"{hour}\""),
            Window::Sliding(hours) => format!("\"s{hours}\""),
        }
    }
}

const LANGUAGES: &[(&str, Language)] = &[("en", Language::English), ("fr", Language::French)];

impl Value for Language {
    const KIND: &'static str = "\"en\" or \"fr\"";
    fn read(raw: &Raw, _: &str, _: &mut Vec<Fault>) -> Result<Self, String> {
        choice(raw, LANGUAGES)
    }
    fn show(&self) -> String {
        word_of(*self, LANGUAGES)
    }
}

/// What one does during a pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    Pause,
    Wrap,
    Outbound,
    Admin,
}

const ACTIVITIES: &[(&str, Activity)] = &[
    ("pause", Activity::Pause),
    ("wrap", Activity::Wrap),
    ("outbound", Activity::Outbound),
    ("admin", Activity::Admin),
];

impl Value for Activity {
    const KIND: &'static str = "\"pause\", \"wrap\", \"outbound\" or \"admin\"";
    fn read(raw: &Raw, _: &str, _: &mut Vec<Fault>) -> Result<Self, String> {
        choice(raw, ACTIVITIES)
    }
    fn show(&self) -> String {
        word_of(*self, ACTIVITIES)
    }
}
