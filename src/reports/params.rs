//! Questions as text: names and values from a URL or a command line become a
//! [`Query`], or a list of everything that is wrong with them.

use jiff::civil::{Date, DateTime, Weekday};

use crate::base::{Error, Kind, Secs, UnixSec, Zone};
use crate::model::totals::wait_limit_is_exact;
use crate::model::{Cause, Direction};
use crate::reports::period::day_name;
use crate::reports::query::{
    Attribute, Bounds, Clause, Filters, JoinedQueue, Language, Query, Rule, Rules, SlaVariant, Team,
};
use crate::reports::rule;

/// What a question inherits when it does not say otherwise.
#[derive(Clone, Debug)]
pub struct Defaults {
    pub zone: Zone,
    pub rules: Rules,
    pub language: Language,
    pub now: UnixSec,
}

/// One thing that is wrong with a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub field: String,
    /// What is wrong and what is accepted.
    pub message: String,
}

/// Every name a question may have, with what it accepts: for help texts and
/// for the description of the API.
pub const PARAMETERS: &[(&str, &str)] = &[
    ("from", "start, a local date 2026-11-20 or date-time 2026-11-20T08:00"),
    ("to", "end, not included; a date means its first moment"),
    ("tz", "time zone such as Europe/Paris; default: the office's"),
    ("queue", "queue name, may be given several times or as a|b"),
    ("agent", "agent name, may be given several times"),
    ("direction", "in, out or both"),
    ("caller", "number; * at its start or end stands for anything"),
    ("call_id", "unique id of the call"),
    ("answered", "yes or no"),
    ("cause", "why the call ended, may be given several times"),
    ("wait_min", "seconds"),
    ("wait_max", "seconds"),
    ("talk_min", "seconds"),
    ("talk_max", "seconds"),
    ("position_min", "place in the queue on entering"),
    ("position_max", "place in the queue on entering"),
    ("attempts_min", "number of attempts"),
    ("attempts_max", "number of attempts"),
    ("dnis", "number that was dialled"),
    ("ivr", "selection in the voice menu"),
    ("outcome", "outcome code"),
    ("tag", "tag"),
    ("feature", "feature code"),
    ("server", "system name in front of call ids"),
    ("variable", "NAME, or NAME=VALUE: a variable of the call"),
    ("skill", "CODE, or CODE>=LEVEL: a skill the call wanted"),
    ("lost_attempt", "agent who rang and did not answer"),
    ("where", "groups of filters, such as any(caller=0142*, none(tag=vip, wait_max=60))"),
    ("group", "agents of this group, may be given several times"),
    ("location", "agents at this place, may be given several times"),
    ("days", "days of the week, such as mon,tue"),
    ("hours", "time range such as 08:00-12:30, may pass midnight, at most two"),
    ("short_wait", "seconds; lost calls that waited less are left out; -1 = off"),
    ("short_talk", "seconds; answered calls that talked less are left out; -1 = off"),
    ("short_attempt", "seconds; attempts that rang less are left out; -1 = off"),
    ("sla_variant", "answered, inclusive, inclusive_answered or no_short"),
    ("sla_seconds", "target; 0 to 120, then tens to 600, then minutes to 3600"),
    ("sla_goal", "percent"),
    ("sla_initial_delay", "seconds"),
    ("sla_initial_interval", "seconds"),
    ("sla_interval", "seconds"),
    ("sla_max_delay", "seconds"),
    ("effective_threshold", "seconds"),
    ("short_abandon", "seconds, 1 to 121"),
    ("attribute_by", "enter, answer or end"),
    ("consider_incomplete", "yes or no"),
    ("count_refused", "yes or no"),
    ("join_multistint", "yes or no"),
    ("multistint_queue", "first or last"),
    ("hourly_slot", "minutes, 5 to 120, dividing a day"),
    ("week_start", "day of the week, such as mon"),
    ("hide_empty", "yes or no"),
    ("area_digits", "1 to 15"),
    ("area_start", "1 to 15"),
    ("area_national", "national prefixes, such as 0033,33"),
    ("limit", "most rows of a list, 1 to 100000"),
];

/// Periods end here: nothing of an office is recorded after it.
const LAST_YEAR: i16 = 2199;

impl Query {
    /// Reads a question from pairs of name and value. Empty values count as
    /// not given.
    ///
    /// Errors: every fault found, each with its field.
    pub fn read<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
        defaults: &Defaults,
    ) -> Result<Query, Vec<Fault>> {
        let pairs: Vec<(&str, &str)> =
            pairs.into_iter().map(|(k, v)| (k, v.trim())).filter(|p| !p.1.is_empty()).collect();
        let mut reader = Reader { pairs: &pairs, faults: Vec::new() };
        let mut query = Query::over(0, 0, defaults.zone.clone());
        query.rules = defaults.rules.clone();
        query.language = defaults.language;
        query.now = defaults.now;
        reader.unknown();
        reader.period(&mut query);
        reader.who(&mut query);
        reader.calls(&mut query.filters);
        reader.window(&mut query);
        reader.rules(&mut query.rules);
        reader.sla(&mut query.rules);
        reader.teams(&mut query);
        if let Some(limit) = reader.number("limit", 1, 100_000) {
            query.limit = limit as usize;
        }
        if reader.faults.is_empty() { Ok(query) } else { Err(reader.faults) }
    }
}

/// All faults as one error, each with its field.
pub fn refusal(faults: &[Fault]) -> Error {
    let text: Vec<String> =
        faults.iter().map(|fault| format!("{}: {}", fault.field, fault.message)).collect();
    Error::new(Kind::Invalid, text.join("; "))
}

struct Reader<'a> {
    pairs: &'a [(&'a str, &'a str)],
    faults: Vec<Fault>,
}

impl<'a> Reader<'a> {
    fn fault(&mut self, field: &str, message: impl Into<String>) {
        self.faults.push(Fault { field: field.to_owned(), message: message.into() });
    }

    fn all(&self, name: &str) -> Vec<&'a str> {
        self.pairs.iter().filter(|pair| pair.0 == name).map(|pair| pair.1).collect()
    }

    /// The value of a name; given twice, the last one.
    fn text(&self, name: &str) -> Option<&'a str> {
        self.pairs.iter().rev().find(|pair| pair.0 == name).map(|pair| pair.1)
    }

    fn owned(&self, name: &str) -> Option<String> {
        self.text(name).map(str::to_owned)
    }

    fn number(&mut self, name: &str, min: i64, max: i64) -> Option<i64> {
        let text = self.text(name)?;
        match text.parse() {
            Ok(number) if (min..=max).contains(&number) => Some(number),
            _ => {
                self.fault(name, format!("{text:?} is no whole number from {min} to {max}"));
                None
            }
        }
    }

    fn one_of<T: Copy>(&mut self, name: &str, values: &[(&str, T)]) -> Option<T> {
        let text = self.text(name)?;
        let found = values.iter().find(|value| value.0.eq_ignore_ascii_case(text));
        if found.is_none() {
            let known: Vec<&str> = values.iter().map(|value| value.0).collect();
            self.fault(name, format!("{text:?} is unknown; give one of {}", known.join(", ")));
        }
        found.map(|value| value.1)
    }

    fn flag(&mut self, name: &str) -> Option<bool> {
        self.one_of(
            name,
            &[
                ("yes", true),
                ("no", false),
                ("true", true),
                ("false", false),
                ("1", true),
                ("0", false),
            ],
        )
    }

    fn unknown(&mut self) {
        let known = |name: &str| PARAMETERS.iter().any(|parameter| parameter.0 == name);
        let strange: Vec<&str> =
            self.pairs.iter().map(|pair| pair.0).filter(|name| !known(name)).collect();
        for name in strange {
            let names: Vec<&str> = PARAMETERS.iter().map(|parameter| parameter.0).collect();
            self.fault(name, format!("no such parameter; known are {}", names.join(", ")));
        }
    }

    fn period(&mut self, query: &mut Query) {
        if let Some(name) = self.text("tz") {
            match Zone::named(name) {
                Ok(zone) => query.zone = zone,
                Err(error) => self.fault("tz", error.message()),
            }
        }
        let from = self.moment("from", &query.zone);
        let to = self.moment("to", &query.zone);
        if let (Some(from), Some(to)) = (from, to) {
            if from >= to {
                self.fault("to", "the end must be later than the start");
            }
            (query.from, query.to) = (from, to);
        }
    }

    fn moment(&mut self, name: &str, zone: &Zone) -> Option<UnixSec> {
        const WANTED: &str = "give a date such as 2026-11-20 or 2026-11-20T08:00";
        let Some(text) = self.text(name) else {
            self.fault(name, format!("is missing; {WANTED}"));
            return None;
        };
        let Some(local) = local_moment(text) else {
            self.fault(name, format!("{text:?} is no date; {WANTED}"));
            return None;
        };
        if !(1970..=LAST_YEAR).contains(&local.year()) {
            self.fault(name, format!("the year must lie between 1970 and {LAST_YEAR}"));
            return None;
        }
        Some(zone.moment(local))
    }

    fn who(&mut self, query: &mut Query) {
        for name in self.all("queue").iter().flat_map(|text| text.split('|')) {
            let name = name.trim();
            if !name.is_empty() && !query.queues.iter().any(|queue| queue == name) {
                query.queues.push(name.to_owned());
            }
        }
        query.agents = self.all("agent").into_iter().map(str::to_owned).collect();
        let directions =
            [("in", Some(Direction::Inbound)), ("out", Some(Direction::Outbound)), ("both", None)];
        query.direction = self.one_of("direction", &directions).flatten();
    }

    fn calls(&mut self, filters: &mut Filters) {
        let causes: Vec<(&str, Cause)> = Cause::ALL.map(|cause| (cause.label(), cause)).to_vec();
        for text in self.all("cause") {
            match causes.iter().find(|cause| cause.0.eq_ignore_ascii_case(text)) {
                Some(cause) => filters.causes.push(cause.1),
                None => {
                    let known: Vec<&str> = causes.iter().map(|cause| cause.0).collect();
                    self.fault(
                        "cause",
                        format!("{text:?} is unknown; give one of {}", known.join(", ")),
                    );
                }
            }
        }
        filters.caller = self.owned("caller");
        filters.call_id = self.owned("call_id");
        filters.answered = self.flag("answered");
        filters.wait = self.bounds("wait_min", "wait_max");
        filters.talk = self.bounds("talk_min", "talk_max");
        filters.position = self.bounds("position_min", "position_max");
        filters.attempts = self.bounds("attempts_min", "attempts_max");
        filters.dnis = self.owned("dnis");
        filters.ivr = self.owned("ivr");
        filters.outcome = self.owned("outcome");
        filters.tag = self.owned("tag");
        filters.feature = self.owned("feature");
        filters.lost_attempt = self.owned("lost_attempt");
        filters.server = self.owned("server");
        filters.variable = self.text("variable").map(|text| match text.split_once('=') {
            Some((name, value)) => (name.trim().to_owned(), Some(value.trim().to_owned())),
            None => (text.to_owned(), None),
        });
        filters.skill = self.skill();
        filters.rule = self.rule();
    }

    fn skill(&mut self) -> Option<(String, Option<i64>)> {
        let text = self.text("skill")?;
        let Some((skill, level)) = text.split_once(">=") else {
            return Some((text.to_owned(), None));
        };
        match level.trim().parse() {
            Ok(level) => Some((skill.trim().to_owned(), Some(level))),
            Err(_) => {
                self.fault("skill", format!("{level:?} is no level; give one such as sales>=3"));
                None
            }
        }
    }

    fn rule(&mut self) -> Option<Rule> {
        let text = self.text("where")?;
        match rule::read(text, &mut clause) {
            Ok(clause) => Some(Rule { text: text.to_owned(), clause }),
            Err(message) => {
                self.fault("where", message);
                None
            }
        }
    }

    /// Groups and places become the agents who belong to them; with agents
    /// asked for too, those of them who do.
    fn teams(&mut self, query: &mut Query) {
        type Belongs = fn(&Team, &str) -> bool;
        let kinds: [(&str, Belongs); 2] = [
            ("group", |team, name| team.groups.iter().any(|group| group == name)),
            ("location", |team, name| team.location.as_deref() == Some(name)),
        ];
        for (kind, belongs) in kinds {
            let wanted = self.all(kind);
            if wanted.is_empty() {
                continue;
            }
            let teams = query.rules.teams.iter();
            let is = |team: &Team| wanted.iter().any(|name| belongs(team, name));
            let mut agents: Vec<String> =
                teams.filter(|(_, team)| is(team)).map(|(agent, _)| agent.clone()).collect();
            if !query.agents.is_empty() {
                let asked = |agent: &String| {
                    query.agents.iter().any(|name| name.eq_ignore_ascii_case(agent))
                };
                agents.retain(asked);
            }
            if agents.is_empty() {
                self.fault(kind, "no agent asked for belongs to it; see office.agents");
            }
            query.agents = agents;
        }
    }

    fn bounds(&mut self, min: &str, max: &str) -> Bounds {
        let limits = (0, i64::from(u32::MAX));
        let bounds = Bounds {
            min: self.number(min, limits.0, limits.1),
            max: self.number(max, limits.0, limits.1),
        };
        if let (Some(low), Some(high)) = (bounds.min, bounds.max)
            && low > high
        {
            self.fault(max, format!("must not be below {min}"));
        }
        bounds
    }

    fn window(&mut self, query: &mut Query) {
        for text in self.all("days").iter().flat_map(|text| text.split(',')) {
            match weekday(text.trim()) {
                Some(day) => query.window.days.push(day),
                None => self.fault("days", format!("{text:?} is no day; {DAYS}")),
            }
        }
        let ranges: Vec<&str> =
            self.all("hours").into_iter().flat_map(|text| text.split(',')).collect();
        if ranges.len() > 2 {
            self.fault("hours", "at most two time ranges can be given");
        }
        for text in ranges {
            match time_range(text.trim()) {
                Some(range) => query.window.times.push(range),
                None => {
                    self.fault(
                        "hours",
                        format!("{text:?} is no time range; give one such as 08:00-12:30"),
                    );
                }
            }
        }
    }

    fn rules(&mut self, rules: &mut Rules) {
        for (name, limit) in [
            ("short_wait", &mut rules.short_wait),
            ("short_talk", &mut rules.short_talk),
            ("short_attempt", &mut rules.short_attempt),
        ] {
            if let Some(secs) = self.number(name, -1, 86_400) {
                *limit = (secs >= 0).then_some(secs as Secs);
            }
        }
        if let Some(secs) = self.number("effective_threshold", 0, 86_400) {
            rules.effective_threshold = secs as u32;
        }
        if let Some(secs) = self.number("short_abandon", 1, 121) {
            rules.short_abandon = secs as u32;
        }
        let attributes =
            [("enter", Attribute::Enter), ("answer", Attribute::Answer), ("end", Attribute::End)];
        set(&mut rules.attribute_by, self.one_of("attribute_by", &attributes));
        set(&mut rules.consider_incomplete, self.flag("consider_incomplete"));
        set(&mut rules.count_refused, self.flag("count_refused"));
        set(&mut rules.join_multistint, self.flag("join_multistint"));
        let queues = [("first", JoinedQueue::First), ("last", JoinedQueue::Last)];
        set(&mut rules.multistint_queue, self.one_of("multistint_queue", &queues));
        set(&mut rules.hide_empty, self.flag("hide_empty"));
        if let Some(minutes) = self.number("hourly_slot", 5, 120) {
            if minutes % 5 == 0 && 1440 % minutes == 0 {
                rules.hourly_slot = minutes as u32;
            } else {
                self.fault(
                    "hourly_slot",
                    "give 5, 10, 15, 20, 30, 40, 45, 60, 80, 90 or 120 minutes",
                );
            }
        }
        if let Some(text) = self.text("week_start") {
            match weekday(text) {
                Some(day) => rules.week_start = day,
                None => self.fault("week_start", format!("{text:?} is no day; {DAYS}")),
            }
        }
        if let Some(digits) = self.number("area_digits", 1, 15) {
            rules.area.digits = digits as usize;
        }
        if let Some(start) = self.number("area_start", 1, 15) {
            rules.area.start = start as usize;
        }
        if let Some(prefixes) = self.text("area_national") {
            rules.area.national_prefixes =
                prefixes.split(',').map(|prefix| prefix.trim().to_owned()).collect();
        }
    }

    fn sla(&mut self, rules: &mut Rules) {
        let sla = &mut rules.sla;
        let variants = [
            ("answered", SlaVariant::Answered),
            ("inclusive", SlaVariant::Inclusive),
            ("inclusive_answered", SlaVariant::InclusiveAnswered),
            ("no_short", SlaVariant::NoShort),
        ];
        set(&mut sla.variant, self.one_of("sla_variant", &variants));
        if let Some(secs) = self.number("sla_seconds", 0, 3600) {
            sla.target.secs = secs as u32;
            sla.target_of.clear();
            self.exact("sla_seconds", secs as u32);
        }
        if let Some(text) = self.text("sla_goal") {
            match text.parse::<f64>() {
                Ok(goal) if (0.0..=100.0).contains(&goal) => sla.target.goal = goal,
                _ => self.fault("sla_goal", format!("{text:?} is no percentage from 0 to 100")),
            }
        }
        for (name, field, min) in [
            ("sla_initial_delay", &mut sla.initial_delay, 0),
            ("sla_initial_interval", &mut sla.initial_interval, 1),
            ("sla_interval", &mut sla.interval, 1),
            ("sla_max_delay", &mut sla.max_delay, 0),
        ] {
            if let Some(secs) = self.number(name, min, 3600) {
                *field = secs as u32;
            }
        }
        if sla.steps().iter().any(|&step| !wait_limit_is_exact(step)) {
            self.fault("sla_interval", EXACT_LIMITS);
        }
    }

    fn exact(&mut self, name: &str, limit: u32) {
        if !wait_limit_is_exact(limit) {
            self.fault(name, EXACT_LIMITS);
        }
    }
}

/// The filters that may stand in a group; others are rules or belong to the
/// whole question.
const IN_GROUPS: &[&str] = &[
    "caller",
    "call_id",
    "answered",
    "cause",
    "wait_min",
    "wait_max",
    "talk_min",
    "talk_max",
    "position_min",
    "position_max",
    "attempts_min",
    "attempts_max",
    "dnis",
    "ivr",
    "outcome",
    "tag",
    "feature",
    "server",
    "variable",
    "skill",
    "lost_attempt",
];

/// One filter of a group.
fn clause(name: &str, value: &str) -> Result<Clause, String> {
    let known = || format!("queue, agent, direction, {}", IN_GROUPS.join(", "));
    if value.is_empty() {
        return Err(format!("{name:?} has no value"));
    }
    match name {
        "queue" => return Ok(Clause::Queue(value.to_owned())),
        "agent" => return Ok(Clause::Agent(value.to_owned())),
        "direction" => {
            return match value {
                "in" => Ok(Clause::Direction(Direction::Inbound)),
                "out" => Ok(Clause::Direction(Direction::Outbound)),
                _ => Err(format!("direction is in or out, not {value:?}")),
            };
        }
        _ if IN_GROUPS.contains(&name) => {}
        _ => return Err(format!("{name:?} is no filter of a group; these are: {}", known())),
    }
    let pairs = [(name, value)];
    let mut reader = Reader { pairs: &pairs, faults: Vec::new() };
    let mut filters = Filters::default();
    reader.calls(&mut filters);
    match reader.faults.first() {
        Some(fault) => Err(format!("{}: {}", fault.field, fault.message)),
        None => Ok(Clause::Calls(Box::new(filters))),
    }
}

const EXACT_LIMITS: &str =
    "limits above 120 s must be multiples of 10 s, above 600 s multiples of 60 s";
const DAYS: &str = "give mon, tue, wed, thu, fri, sat or sun";

fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}

/// A local date or date-time of a year that can be asked about.
pub(super) fn known_moment(text: &str) -> Option<DateTime> {
    local_moment(text).filter(|at| (1970..=LAST_YEAR).contains(&at.year()))
}

/// A local date or date-time; `T`, a blank or a dot between the two, seconds
/// optional.
fn local_moment(text: &str) -> Option<DateTime> {
    let (date, time) = match text.split_at_checked(10)? {
        (date, "") => (date, None),
        (date, rest) => (date, Some(rest.strip_prefix(['T', 't', ' ', '.'])?)),
    };
    let mut parts = date.split('-');
    let mut next = |width: usize| {
        let part = parts.next().filter(|part| part.len() == width)?;
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<i16>().ok())?
    };
    let (year, month, day) = (next(4)?, next(2)?, next(2)?);
    let date = Date::new(year, month as i8, day as i8).ok()?;
    match time {
        None => Some(date.at(0, 0, 0, 0)),
        Some(time) => {
            let parts: Vec<&str> = time.split(':').collect();
            let number = |part: Option<&&str>, max: i8| -> Option<i8> {
                let part = part.filter(|part| part.len() == 2)?;
                part.parse().ok().filter(|number| (0..max).contains(number))
            };
            let (hour, minute) = (number(parts.first(), 24)?, number(parts.get(1), 60)?);
            let second = if parts.len() == 3 { number(parts.get(2), 60)? } else { 0 };
            (parts.len() <= 3).then(|| date.at(hour, minute, second, 0))
        }
    }
}

fn weekday(text: &str) -> Option<Weekday> {
    [
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
        Weekday::Saturday,
        Weekday::Sunday,
    ]
    .into_iter()
    .find(|&day| day_name(day).eq_ignore_ascii_case(text))
}

fn time_range(text: &str) -> Option<(u32, u32)> {
    let minute = |text: &str| {
        let (hour, minute) = text.trim().split_once(':')?;
        let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
        let total = hour * 60 + minute;
        (hour <= 24 && minute < 60 && total <= 1440).then_some(total)
    };
    let (from, to) = text.split_once('-')?;
    let (from, to) = (minute(from)?, minute(to)?);
    (from < 1440 && from != to).then_some((from, to))
}
