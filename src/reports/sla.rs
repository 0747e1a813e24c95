//! The service level family (`metrics.md` 3.4). SLA-7 and SLA-8 are
//! Asterisk's own counters, which queue_log does not carry.

use crate::base::Result;
use crate::reports::answered::whole;
use crate::reports::block::{Block, Group, block};
use crate::reports::report::{Table, Value, percent};
use crate::reports::study::Study;
use crate::reports::sums::{Sum, target};

const FAMILY: &[&str] = &[
    "SLA-1",
    "SLA-2",
    "SLA-3",
    "SLA-4",
    "SLA-5",
    "SLA-6",
    "SLA-9",
    "SLA-10P50",
    "SLA-10P80",
    "SLA-10P90",
    "SLA-10P95",
    "SLA-11ANS",
    "SLA-11LOST",
    "SLA-12",
];

pub(super) const BLOCKS: &[Block] = &[
    block(
        "sla",
        Group::Sla,
        "all",
        ["Service level", "Niveau de service"],
        [
            "All variants at each queue's own target",
            "Toutes les variantes à l'objectif propre de chaque file",
        ],
        FAMILY,
        |study, block| {
            let mut table = Table::new(block.columns);
            let goal = study.query.rules.sla.target.goal;
            table.add("all", family(&whole(study)?, goal));
            Ok(table)
        },
    ),
    block(
        "sla-queues",
        Group::Sla,
        "queue",
        ["Service level by queue", "Niveau de service par file"],
        [
            "All variants at the queue's own target",
            "Toutes les variantes à l'objectif propre de la file",
        ],
        FAMILY,
        |study, block| {
            let mut table = Table::new(block.columns);
            for (queue, sum) in study.calls_by_queue()? {
                let name = study.names().queue_name(queue);
                table.add(name, family(&sum, target(&study.query.rules, name).goal));
            }
            Ok(table)
        },
    ),
    block(
        "sla-inclusive",
        Group::Sla,
        "seconds",
        ["Inclusive service level", "Niveau de service inclusif"],
        [
            "Answered and lost by each limit, of offered",
            "Traités et perdus avant chaque limite, sur présentés",
        ],
        &["SLA-1N", "SLA-1DELTA", "SLA-1"],
        |study, block| {
            steps(study, block, |sum, t| {
                sum.cell.wait_answered.within(t) + sum.cell.wait_unanswered().within(t)
            })
        },
    ),
    block(
        "sla-inclusive-answered",
        Group::Sla,
        "seconds",
        ["Inclusive answered service level", "Niveau de service inclusif traités"],
        ["Answered by each limit, of offered", "Traités avant chaque limite, sur présentés"],
        &["SLA-2N", "SLA-2DELTA", "SLA-2"],
        |study, block| steps(study, block, |sum, t| sum.cell.wait_answered.within(t)),
    ),
    block(
        "sla-steps",
        Group::Sla,
        "seconds",
        ["Service level by limit", "Niveau de service par limite"],
        [
            "All variants as if each limit were the target",
            "Toutes les variantes si chaque limite était l'objectif",
        ],
        &["SLA-1", "SLA-2", "SLA-3", "SLA-5", "SLA-6"],
        variants,
    ),
];

fn family(sum: &Sum, goal: f64) -> Vec<Value> {
    let waits = &sum.cell.wait_answered;
    let level = sum.sla.percent();
    let mut values: Vec<Value> =
        [sum.inclusive, sum.inclusive_answered, sum.answered, sum.sla, sum.no_short, sum.industry]
            .map(|share| share.percent().into())
            .to_vec();
    values.push(waits.stat.mean().into());
    values.extend([50, 80, 90, 95].map(|percent| Value::from(waits.percentile(percent))));
    values.push(waits.stat.max().into());
    values.push(sum.cell.wait_unanswered().stat.max().into());
    values.push(level.map(|level| i64::from(level >= goal)).into());
    values
}

/// Within, delta and percent of offered.
fn steps(study: &Study<'_>, block: &Block, within: impl Fn(&Sum, u32) -> u32) -> Result<Table> {
    let mut table = Table::new(block.columns);
    let sum = whole(study)?;
    let mut before = 0;
    for limit in study.query.rules.sla.steps() {
        let n = within(&sum, limit);
        let delta = n - before;
        table.add(limit.to_string(), vec![n.into(), delta.into(), percent(n, sum.cell.offered())]);
        before = n;
    }
    Ok(table)
}

fn variants(study: &Study<'_>, block: &Block) -> Result<Table> {
    let mut table = Table::new(block.columns);
    let sum = whole(study)?;
    let cell = &sum.cell;
    let (answered, offered) = (cell.answered(), cell.offered());
    let lost_waits = cell.wait_unanswered();
    for limit in study.query.rules.sla.steps() {
        let in_time = cell.wait_answered.within(limit);
        let late = sum.abandoned - sum.wait_abandoned.within(limit);
        let values = vec![
            percent(in_time + lost_waits.within(limit), offered),
            percent(in_time, offered),
            percent(in_time, answered),
            percent(in_time, offered - sum.short_abandons),
            percent(in_time, answered + late),
        ];
        table.add(limit.to_string(), values);
    }
    Ok(table)
}
