//! Agents' time: sessions, availability, occupancy (`metrics.md` 3.8).

use std::collections::BTreeMap;

use crate::base::Result;
use crate::model::AgentId;
use crate::reports::block::{Block, Group, block};
use crate::reports::period::Base;
use crate::reports::report::{Table, Value, percent, ratio, real};
use crate::reports::staff::simultaneous;
use crate::reports::study::Study;
use crate::reports::sums::AgentTime;

pub(super) const BLOCKS: &[Block] = &[
    block(
        "agents",
        Group::Agents,
        "all",
        ["Agents available", "Agents disponibles"],
        [
            "How many agents were logged on, and how long",
            "Combien d'agents étaient connectés, et combien de temps",
        ],
        &["AG-1", "AG-2", "AG-3", "AG-4", "AG-5", "AG-40", "AG-75MAX", "AG-75AVG"],
        all,
    ),
    block(
        "agents-sessions",
        Group::Agents,
        "agent",
        ["Sessions and pauses by agent", "Sessions et pauses par agent"],
        [
            "How often and how long agents were logged on and paused",
            "Nombre et durée des sessions et des pauses",
        ],
        &["AG-6", "AG-7", "AG-8", "AG-9", "AG-10", "AG-11", "AG-33"],
        sessions,
    ),
    block(
        "agents-availability",
        Group::Agents,
        "agent",
        ["Availability", "Disponibilité"],
        ["Time available for calls", "Temps disponible pour les appels"],
        &["AG-12", "AG-36", "AG-34", "AG-35", "AG-37", "AG-10"],
        availability,
    ),
    block(
        "agents-occupancy",
        Group::Agents,
        "agent",
        ["Occupancy", "Occupation"],
        [
            "Sessions, pauses, talk, and how busy agents were",
            "Sessions, pauses, conversation et taux d'occupation",
        ],
        &["AG-33", "AG-34", "AG-35", "AG-36", "AG-37", "AG-38", "AG-39", "AG-40", "AG-41", "AG-56"],
        occupancy,
    ),
    block(
        "agents-performance",
        Group::Agents,
        "agent",
        ["Performance", "Performance"],
        [
            "Log-in, calls and share of the session spent on what",
            "Connexion, appels et répartition du temps de session",
        ],
        &[
            "AG-21", "AG-33", "AG-22", "AG-23", "AG-24", "AG-25", "AG-26", "AG-27", "AG-28",
            "AG-29", "AG-30", "AG-31", "AG-32",
        ],
        performance,
    ),
    block(
        "agents-days",
        Group::Agents,
        "agent by day",
        ["First log-in and last log-off", "Première connexion et dernière déconnexion"],
        [
            "The first and the last moment logged on of each day",
            "Premier et dernier moment connecté de chaque jour",
        ],
        &["AG-74FIRST", "AG-74LAST", "AG-33"],
        days,
    ),
];

/// Times by agent, without those of whom there is nothing to tell.
pub(super) fn times(study: &Study<'_>) -> Result<BTreeMap<AgentId, AgentTime>> {
    let mut times = study.time_by(Some)?;
    times.retain(|_, time| time.seen || time.pauses_n() > 0 || time.talk() + time.talk_outside > 0);
    Ok(times)
}

/// A table with a row per agent.
fn rows(study: &Study<'_>, block: &Block, row: impl Fn(&AgentTime) -> Vec<Value>) -> Result<Table> {
    let mut table = Table::new(block.columns);
    for (agent, time) in times(study)? {
        table.add(study.names().agent_name(agent), row(&time));
    }
    Ok(table)
}

/// Billable and non-billable pauses, inside sessions.
fn pauses(study: &Study<'_>, time: &AgentTime) -> (u64, u64) {
    let billable = time.work(study.names(), &study.query.rules, |kind| kind.billable).pause;
    (billable, time.pause() - billable)
}

/// Talk, after-call work and billable pauses, of which talk during either is
/// counted once.
fn utilised(study: &Study<'_>, time: &AgentTime) -> u64 {
    let (names, rules) = (study.names(), &study.query.rules);
    let billable = time.work(names, rules, |kind| kind.billable);
    let wrap = time.work(names, rules, |kind| {
        kind.kind == crate::reports::query::Activity::Wrap && !kind.billable
    });
    time.talk() + wrap.after_call_inside + billable.pause.saturating_sub(billable.overlap)
}

fn all(study: &Study<'_>, block: &Block) -> Result<Table> {
    let times = times(study)?;
    let seen: Vec<&AgentTime> = times.values().filter(|time| time.seen).collect();
    let session: u64 = seen.iter().map(|time| time.session).sum();
    let utilised: u64 = seen.iter().map(|time| utilised(study, time)).sum();
    // One bucket over the whole period.
    let mut crowd = simultaneous(study, Base::Day)?.into_values();
    let first = crowd.next();
    let whole = crowd.fold(first, |sum, crowd| sum.map(|sum| sum.and(crowd)));
    let mut table = Table::new(block.columns);
    table.add(
        "all",
        vec![
            seen.len().into(),
            ratio(real(session), seen.len() as f64),
            seen.iter().map(|time| time.session).min().into(),
            seen.iter().map(|time| time.session).max().into(),
            (!seen.is_empty()).then_some(session).into(),
            percent(real(utilised), real(session)),
            whole.map(|crowd| crowd.max).into(),
            whole.and_then(|crowd| crowd.mean()).into(),
        ],
    );
    Ok(table)
}

fn sessions(study: &Study<'_>, block: &Block) -> Result<Table> {
    rows(study, block, |time| {
        let session = real(time.session);
        vec![
            time.sessions.into(),
            ratio(session, real(time.sessions)),
            time.pauses_n().into(),
            ratio(real(time.pauses_secs()), real(time.pauses_n())),
            percent(real(time.pause()), session),
            ratio(real(time.pauses_n()), real(time.sessions)),
            time.session.into(),
        ]
    })
}

fn availability(study: &Study<'_>, block: &Block) -> Result<Table> {
    rows(study, block, |time| {
        let (billable, other) = pauses(study, time);
        vec![
            time.available().into(),
            time.pause().into(),
            billable.into(),
            other.into(),
            time.overlap().into(),
            percent(real(time.pause()), real(time.session)),
        ]
    })
}

fn occupancy(study: &Study<'_>, block: &Block) -> Result<Table> {
    rows(study, block, |time| {
        let (billable, other) = pauses(study, time);
        vec![
            time.session.into(),
            billable.into(),
            other.into(),
            time.pause().into(),
            time.overlap().into(),
            time.talk().into(),
            percent(real(time.talk()), real(time.available())),
            percent(real(utilised(study, time)), real(time.session)),
            time.idle().into(),
            time.talk_outside.into(),
        ]
    })
}

fn performance(study: &Study<'_>, block: &Block) -> Result<Table> {
    let mut table = Table::new(block.columns);
    let mut times = times(study)?;
    let sums = study.agents_by(|key| Some(key.agent))?;
    for (&agent, sum) in &sums {
        if sum.all.answered() > 0 {
            times.entry(agent).or_default();
        }
    }
    for (agent, time) in times {
        let sum = sums.get(&agent).cloned().unwrap_or_default();
        let (billable, other) = pauses(study, &time);
        let session = real(time.session);
        let of_session = |secs: u64| percent(real(secs), session);
        let values = vec![
            time.first.into(),
            time.session.into(),
            sum.inbound.answered().into(),
            sum.outbound.answered().into(),
            sum.all.answered().into(),
            sum.inbound.talk.stat.mean().into(),
            sum.outbound.talk.stat.mean().into(),
            sum.all.talk.stat.mean().into(),
            of_session(time.idle()),
            of_session(time.talk_in),
            of_session(time.talk_out),
            of_session(billable),
            of_session(other),
        ];
        table.add(study.names().agent_name(agent), values);
    }
    Ok(table)
}

fn days(study: &Study<'_>, block: &Block) -> Result<Table> {
    let mut table = Table::new(block.columns);
    let times = study.time_over(Base::Day, |bucket, agent| Some((agent, bucket)))?;
    let days = study.calendar.buckets(Base::Day);
    for ((agent, day), time) in times.into_iter().filter(|entry| entry.1.session > 0) {
        let name = study.names().agent_name(agent);
        let day = days.get(&day).map_or("-", |day| day.key.as_str());
        let values = vec![time.first.into(), time.last.into(), time.session.into()];
        table.add(format!("{name} / {day}"), values);
    }
    Ok(table)
}
