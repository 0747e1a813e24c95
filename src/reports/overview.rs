//! Overviews by queue and by agent (`metrics.md` 3.13), and the call overview
//! (KO-63).

use crate::base::Result;
use crate::reports::block::{Block, Group, block};
use crate::reports::report::{Table, Value, percent};
use crate::reports::study::Study;
use crate::reports::sums::{AgentSum, Sum};

const OV: &[&str] = &[
    "OV-1", "OV-2", "OV-3", "OV-4", "OV-5", "OV-6", "OV-7", "OV-8", "OV-9", "OV-10", "OV-11",
    "OV-12", "OV-13", "OV-14", "OV-15", "OV-16",
];

pub(super) const BLOCKS: &[Block] = &[
    block(
        "overview",
        Group::Overview,
        "all",
        ["Overview", "Vue d'ensemble"],
        ["All calls of the period in one row", "Tous les appels de la période sur une ligne"],
        OV,
        total,
    ),
    block(
        "overview-queues",
        Group::Overview,
        "queue",
        ["Overview by queue", "Vue d'ensemble par file"],
        [
            "Each queue's calls, waits and service level",
            "Appels, attentes et niveau de service de chaque file",
        ],
        OV,
        by_queue,
    ),
    block(
        "overview-agents",
        Group::Overview,
        "agent",
        ["Overview by agent", "Vue d'ensemble par agent"],
        [
            "Offered is attempts; the other figures are of calls the agent answered",
            "Présentés : sonneries ; les autres chiffres portent sur les appels traités par l'agent",
        ],
        OV,
        by_agent,
    ),
    block(
        "overview-calls",
        Group::Overview,
        "queue",
        ["Call overview", "Synthèse des appels"],
        ["Calls, talk and waits by queue", "Appels, conversations et attentes par file"],
        &[
            "KO-63OFF",
            "KO-63ANS",
            "KO-63LOST",
            "KO-63TALK",
            "KO-63TALKSUM",
            "KO-63WAIT",
            "KO-63WAITSUM",
        ],
        calls,
    ),
];

fn total(study: &Study<'_>, block: &Block) -> Result<Table> {
    let mut table = Table::new(block.columns);
    let sum = study.calls_by(|_| Some(()))?.remove(&()).unwrap_or_default();
    table.add("all", row(study, &sum));
    Ok(table)
}

fn by_queue(study: &Study<'_>, block: &Block) -> Result<Table> {
    let mut table = Table::new(block.columns);
    for (queue, sum) in study.calls_by_queue()? {
        table.add(study.names().queue_name(queue), row(study, &sum));
    }
    Ok(table)
}

fn row(study: &Study<'_>, sum: &Sum) -> Vec<Value> {
    let cell = &sum.cell;
    let (offered, answered) = (cell.offered(), cell.answered());
    let (missed, taken) = (cell.rings_lost.n, cell.rings_taken.n);
    let waits = sum.waits().stat;
    vec![
        offered.into(),
        answered.into(),
        percent(answered, offered),
        cell.lost().into(),
        missed.into(),
        percent(missed, missed + taken),
        sum.outbound.into(),
        percent(sum.outbound, offered),
        cell.wait_answered.stat.mean().into(),
        sum.sla.percent().into(),
        percent(sum.effective(&study.query.rules), answered),
        waits.mean().into(),
        waits.max().into(),
        cell.talk.stat.mean().into(),
        cell.talk.stat.total().into(),
        percent(sum.abandoned, offered),
    ]
}

fn by_agent(study: &Study<'_>, block: &Block) -> Result<Table> {
    let mut table = Table::new(block.columns);
    for (agent, sum) in study.agents_by(|key| Some(key.agent))? {
        if !sum.is_empty() {
            table.add(study.names().agent_name(agent), agent_row(study, &sum));
        }
    }
    Ok(table)
}

fn agent_row(study: &Study<'_>, sum: &AgentSum) -> Vec<Value> {
    let calls = &sum.all;
    let (offered, answered) = (sum.offered(), calls.answered());
    let outbound = sum.outbound.answered() + sum.outbound.lost;
    vec![
        offered.into(),
        answered.into(),
        percent(calls.rings_taken.n, offered),
        calls.lost.into(),
        calls.rings_lost.n.into(),
        percent(calls.rings_lost.n, offered),
        outbound.into(),
        percent(outbound, offered),
        calls.wait.stat.mean().into(),
        sum.sla.percent().into(),
        percent(sum.effective(&study.query.rules), answered),
        calls.wait.stat.mean().into(),
        calls.wait.stat.max().into(),
        calls.talk.stat.mean().into(),
        calls.talk.stat.total().into(),
        // Nobody's abandons: a caller who hung up was with no agent.
        Value::None,
    ]
}

fn calls(study: &Study<'_>, block: &Block) -> Result<Table> {
    let mut table = Table::new(block.columns);
    for (queue, sum) in study.calls_by_queue()? {
        let (cell, waits) = (&sum.cell, sum.waits().stat);
        let values = vec![
            cell.offered().into(),
            cell.answered().into(),
            cell.lost().into(),
            cell.talk.stat.mean().into(),
            cell.talk.stat.total().into(),
            waits.mean().into(),
            waits.total().into(),
        ];
        table.add(study.names().queue_name(queue), values);
    }
    Ok(table)
}
