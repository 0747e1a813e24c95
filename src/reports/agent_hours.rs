//! Agents by hour of the day: session, payable, billable, talk, presence
//! (`metrics.md` 3.8, AG-44…48, AG-57). One row per agent, one column per
//! slot.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::Result;
use crate::base::order::Gathered as _;
use crate::model::AgentId;
use crate::reports::block::{Block, Group, block};
use crate::reports::distributions::buckets;
use crate::reports::report::{Row, Table, Value};
use crate::reports::study::Study;
use crate::reports::sums::AgentTime;

/// Seconds of a slot for one column of it.
type Figure = fn(&Study<'_>, &AgentTime) -> u64;

pub(super) const BLOCKS: &[Block] = &[
    block(
        "agents-hours-session",
        Group::Agents,
        "agent by hour",
        ["Session time by hour", "Temps de session par heure"],
        [
            "Seconds logged on in each hour, and in all",
            "Secondes connectées à chaque heure, et au total",
        ],
        &["AG-44"],
        |study, block| grid(study, block, &[("AG-44", |_, time| time.session)], true),
    ),
    block(
        "agents-hours-payable",
        Group::Agents,
        "agent by hour",
        ["Payable time by hour", "Temps payé par heure"],
        ["Session without unpaid pauses", "Session sans les pauses non payées"],
        &["AG-45"],
        |study, block| {
            let payable: Figure =
                |study, time| time.without(study.names(), &study.query.rules, |kind| !kind.payable);
            grid(study, block, &[("AG-45", payable)], true)
        },
    ),
    block(
        "agents-hours-billable",
        Group::Agents,
        "agent by hour",
        ["Billable time by hour", "Temps facturable par heure"],
        ["Session without pauses that are not billable", "Session sans les pauses non facturables"],
        &["AG-46"],
        |study, block| {
            let billable: Figure = |study, time| {
                time.without(study.names(), &study.query.rules, |kind| !kind.billable)
            };
            grid(study, block, &[("AG-46", billable)], true)
        },
    ),
    block(
        "agents-hours-talk",
        Group::Agents,
        "agent by hour",
        ["Talk time by hour", "Temps de conversation par heure"],
        ["Seconds in conversation in each hour", "Secondes en conversation à chaque heure"],
        &["AG-48"],
        |study, block| {
            let talk: Figure = |_, time| time.talk() + time.talk_outside;
            grid(study, block, &[("AG-48", talk)], true)
        },
    ),
    block(
        "agents-presence",
        Group::Agents,
        "agent by hour",
        ["Presence", "Présence"],
        [
            "Seconds in session, paused and talking in each hour",
            "Secondes en session, en pause et en conversation à chaque heure",
        ],
        &["AG-57SESSION", "AG-57PAUSE", "AG-57TALK"],
        |study, block| {
            let figures: [(&str, Figure); 3] = [
                ("AG-57SESSION", |_, time| time.session),
                ("AG-57PAUSE", |_, time| time.pause()),
                ("AG-57TALK", |_, time| time.talk()),
            ];
            grid(study, block, &figures, false)
        },
    ),
];

fn grid(
    study: &Study<'_>,
    block: &Block,
    figures: &[(&str, Figure)],
    total: bool,
) -> Result<Table> {
    let mut table = Table::default();
    let Some(base) = block.base(&study.query.rules) else { return Ok(table) };
    let times: BTreeMap<(AgentId, i32), AgentTime> =
        study.time_over(base, |bucket, agent| Some((agent, bucket)))?;
    let agents: BTreeSet<AgentId> = times.keys().map(|key| key.0).into_set();
    let slots = buckets(study, base);
    if total {
        table.columns.extend(figures.iter().map(|(id, _)| (*id).to_owned()));
    }
    for bucket in slots.values() {
        table.columns.extend(figures.iter().map(|(id, _)| format!("{id}:{}", bucket.key)));
    }
    for agent in agents {
        let mut sums = vec![0u64; figures.len()];
        let mut cells = Vec::with_capacity(table.columns.len());
        for slot in slots.keys() {
            let time = times.get(&(agent, *slot));
            for ((_, figure), sum) in figures.iter().zip(&mut sums) {
                let secs = time.map_or(0, |time| figure(study, time));
                *sum += secs;
                cells.push(Value::from(secs));
            }
        }
        let all: u64 = sums.iter().sum();
        if all == 0 {
            continue;
        }
        let mut values: Vec<Value> = Vec::with_capacity(table.columns.len());
        if total {
            values.extend(sums.into_iter().map(Value::from));
        }
        values.append(&mut cells);
        table.rows.push(Row { key: study.names().agent_name(agent).to_owned(), values });
    }
    Ok(table)
}
