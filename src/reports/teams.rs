//! Calls by group, place and level of the agents who took them (`metrics.md`
//! OK-62, OK-63, AG-18…20). Who belongs where comes from the configuration.

use std::collections::BTreeMap;

use crate::base::Result;
use crate::base::order::Ordered as _;
use crate::model::totals::Stat;
use crate::model::{AgentId, QueueId};
use crate::reports::block::{Block, Group, block};
use crate::reports::query::{Level, Team};
use crate::reports::report::{Table, Value, percent};
use crate::reports::split::NONE;
use crate::reports::study::Study;

pub(super) const BLOCKS: &[Block] = &[
    block(
        "answered-groups",
        Group::Answered,
        "group",
        ["Answered calls by agent group", "Appels traités par groupe d'agents"],
        ["An agent of two groups counts in both", "Un agent de deux groupes compte dans les deux"],
        &["OK-62", "OK-62PCT"],
        |study, block| table(study, block, groups, share),
    ),
    block(
        "answered-locations",
        Group::Answered,
        "location",
        ["Answered calls by location", "Appels traités par site"],
        ["Where the agents were who answered", "Où étaient les agents qui ont répondu"],
        &["OK-63", "OK-63PCT"],
        |study, block| table(study, block, locations, share),
    ),
    block(
        "agents-groups",
        Group::Agents,
        "group",
        ["Calls by agent group", "Appels par groupe d'agents"],
        ["An agent of two groups counts in both", "Un agent de deux groupes compte dans les deux"],
        &["AG-18", "AG-18TALK", "AG-18AVG", "AG-18WAIT", "AG-18PCT"],
        |study, block| table(study, block, groups, figures),
    ),
    block(
        "agents-locations",
        Group::Agents,
        "location",
        ["Calls by location", "Appels par site"],
        ["Where the agents were who answered", "Où étaient les agents qui ont répondu"],
        &["AG-19", "AG-19TALK", "AG-19AVG", "AG-19WAIT", "AG-19PCT"],
        |study, block| table(study, block, locations, figures),
    ),
    block(
        "agents-levels",
        Group::Agents,
        "level",
        ["Calls by level", "Appels par niveau"],
        [
            "Main, wrap and spill agents of each queue",
            "Agents principaux, de relais et de débordement de chaque file",
        ],
        &["AG-20", "AG-20TALK", "AG-20AVG", "AG-20WAIT", "AG-20PCT"],
        |study, block| table(study, block, levels, figures),
    ),
];

/// The label of who is at no known level (`metrics.md` 3.0).
const UNDEFINED: &str = "Undefined";

/// What the agents of a row did.
#[derive(Default)]
struct Sum {
    calls: u32,
    talk: Stat,
    wait: Stat,
}

/// To which rows an agent's calls on a queue belong.
type Belongs = fn(&Study<'_>, AgentId, QueueId) -> Vec<String>;

fn table(
    study: &Study<'_>,
    block: &Block,
    belongs: Belongs,
    values: fn(&Sum, u32) -> Vec<Value>,
) -> Result<Table> {
    let mut rows: BTreeMap<String, Sum> = BTreeMap::new();
    let mut all = 0;
    for ((agent, queue), sum) in study.agents_by(|key| Some((key.agent, key.queue)))? {
        let calls = sum.all.answered();
        all += calls;
        if calls == 0 {
            continue;
        }
        for name in belongs(study, agent, queue) {
            let row = rows.entry(name).or_default();
            row.calls += calls;
            row.talk.merge(&sum.all.talk.stat);
            row.wait.merge(&sum.all.wait.stat);
        }
    }
    // Who belongs nowhere comes last.
    let last = |name: &str| name == NONE || name == UNDEFINED;
    let mut rows: Vec<(String, Sum)> = rows.into_iter().collect();
    rows.order_by_key(|row| last(&row.0));
    let mut table = Table::new(block.columns);
    for (name, sum) in rows {
        table.add(name, values(&sum, all));
    }
    Ok(table)
}

fn share(sum: &Sum, all: u32) -> Vec<Value> {
    vec![sum.calls.into(), percent(sum.calls, all)]
}

fn figures(sum: &Sum, all: u32) -> Vec<Value> {
    vec![
        sum.calls.into(),
        sum.talk.total().into(),
        sum.talk.mean().into(),
        sum.wait.mean().into(),
        percent(sum.calls, all),
    ]
}

/// What the configuration says of an agent; names of agents are one in any
/// case (`metrics.md` 1.7 N4).
fn team<'a>(study: &'a Study<'_>, agent: AgentId) -> Option<&'a Team> {
    let teams = &study.query.rules.teams;
    let name = study.names().agent_name(agent);
    let same = || teams.iter().find(|(known, _)| known.to_lowercase() == name.to_lowercase());
    teams.get(name).or_else(|| Some(same()?.1))
}

fn groups(study: &Study<'_>, agent: AgentId, _: QueueId) -> Vec<String> {
    match team(study, agent) {
        Some(team) if !team.groups.is_empty() => team.groups.clone(),
        _ => vec![NONE.to_owned()],
    }
}

fn locations(study: &Study<'_>, agent: AgentId, _: QueueId) -> Vec<String> {
    let place = team(study, agent).and_then(|team| team.location.clone());
    vec![place.unwrap_or_else(|| NONE.to_owned())]
}

fn levels(study: &Study<'_>, agent: AgentId, queue: QueueId) -> Vec<String> {
    let levels = study.query.rules.levels.get(study.names().queue_name(queue));
    let name = study.names().agent_name(agent).to_lowercase();
    let level = levels.and_then(|levels| levels.iter().find(|(a, _)| a.to_lowercase() == name));
    vec![level.map_or(UNDEFINED, |level| Level::name(*level.1)).to_owned()]
}
