//! Attempts: who rang, how long, and in vain (`metrics.md` 3.6).

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::base::order::Ordered as _;
use crate::base::{Result, UnixSec};
use crate::model::totals::{LOOK_BACK, Rings};
use crate::model::{AttemptResult, Direction, Stint};
use crate::reports::block::{Block, Group, block};
use crate::reports::report::{Table, Value, percent, ratio, real};
use crate::reports::study::Study;
use crate::store::Wanted;

pub(super) const BLOCKS: &[Block] = &[
    block(
        "attempts",
        Group::Attempts,
        "all",
        ["Attempts", "Sonneries"],
        [
            "How often agents were rung, per taken and per lost call",
            "Combien de fois les agents ont sonné, par appel pris et perdu",
        ],
        &["AT-1", "AT-2", "AT-3", "AT-4", "AT-5", "AT-6", "AT-7", "AT-8", "AT-9"],
        all,
    ),
    block(
        "attempts-queues",
        Group::Attempts,
        "queue",
        ["Attempts by queue", "Sonneries par file"],
        ["Lost and taken attempts of each queue", "Sonneries perdues et prises de chaque file"],
        &[
            "AT-10", "AT-11", "AT-12", "AT-13", "AT-14", "AT-15", "AT-22", "AT-23", "AT-25",
            "AT-27", "AT-28",
        ],
        queues,
    ),
    block(
        "attempts-agents",
        Group::Attempts,
        "agent",
        ["Attempts by agent", "Sonneries par agent"],
        ["Lost and taken attempts of each agent", "Sonneries perdues et prises de chaque agent"],
        &[
            "AT-16", "AT-17", "AT-18", "AT-19", "AT-20", "AT-21", "AT-22", "AT-23", "AT-25",
            "AT-26", "AT-27",
        ],
        agents,
    ),
    block(
        "attempts-last",
        Group::Attempts,
        "list",
        ["Last attempts", "Dernières sonneries"],
        [
            "The newest attempts of the period, newest first",
            "Les sonneries les plus récentes de la période",
        ],
        &["AT-24TIME", "AT-24AGENT", "AT-24QUEUE", "AT-24RING", "AT-24"],
        last,
    ),
];

fn all(study: &Study<'_>, block: &Block) -> Result<Table> {
    let mut table = Table::new(block.columns);
    // Only inbound calls ring agents.
    let inbound = study.calls_by(|key| (key.direction == Direction::Inbound).then_some(()))?;
    let cell = inbound.into_values().next().unwrap_or_default().cell;
    let (taken, lost) = (&cell.tries_answered, &cell.tries_lost);
    table.add(
        "all",
        vec![
            (cell.rings_lost.n + cell.rings_taken.n).into(),
            taken.mean().into(),
            taken.min().into(),
            taken.max().into(),
            taken.total().into(),
            lost.mean().into(),
            lost.min().into(),
            lost.max().into(),
            lost.total().into(),
        ],
    );
    Ok(table)
}

/// Number, average and total ring.
fn rings(rings: &Rings) -> [Value; 3] {
    [rings.n.into(), rings.mean_secs().into(), rings.total_secs().into()]
}

fn queues(study: &Study<'_>, block: &Block) -> Result<Table> {
    let mut table = Table::new(block.columns);
    let inbound =
        study.calls_by(|key| (key.direction == Direction::Inbound).then_some(key.queue))?;
    for (queue, sum) in inbound.into_iter().filter(|entry| entry.1.has_calls()) {
        let cell = &sum.cell;
        let (lost, taken) = (&cell.rings_lost, &cell.rings_taken);
        let mut values = rings(lost).to_vec();
        values.extend(rings(taken));
        let before = cell.tries_answered.sum.saturating_sub(u64::from(taken.n));
        values.extend([
            cell.rings_zero.into(),
            (lost.n + cell.rings_short).into(),
            cell.rings_cancelled.into(),
            percent(lost.n, lost.n + taken.n),
            ratio(real(before), taken.n),
        ]);
        table.add(study.names().queue_name(queue), values);
    }
    Ok(table)
}

fn agents(study: &Study<'_>, block: &Block) -> Result<Table> {
    let mut table = Table::new(block.columns);
    let times = study.time_by(Some)?;
    for (agent, sum) in study.agents_by(|key| Some(key.agent))? {
        let calls = &sum.all;
        if sum.offered() + calls.rings_cancelled + calls.rings_short == 0 {
            continue;
        }
        let (lost, taken) = (&calls.rings_lost, &calls.rings_taken);
        let session = times.get(&agent).map_or(0, |time| time.session);
        let ring_secs = (lost.sum_ms + taken.sum_ms) as f64 / 1000.0;
        let mut values = rings(lost).to_vec();
        values.extend(rings(taken));
        values.extend([
            calls.rings_zero.into(),
            (lost.n + calls.rings_short).into(),
            calls.rings_cancelled.into(),
            percent(ring_secs, real(session)),
            percent(lost.n, sum.offered()),
        ]);
        table.add(study.names().agent_name(agent), values);
    }
    Ok(table)
}

fn last(study: &Study<'_>, block: &Block) -> Result<Table> {
    // The newest `limit`, with a counter to keep the order of a second.
    let newest = RefCell::new(BinaryHeap::new());
    let (mut count, limit) = (0i64, study.query.limit);
    // Stretches come from the newest to the oldest, calls within one in order.
    let mut add = |stretch: u32, stint: &Stint| {
        let mut newest = newest.borrow_mut();
        for attempt in &stint.attempts {
            count += 1;
            let place = (attempt.at, Reverse(stretch), count);
            let ring = attempt.ring_ms;
            let result = attempt.result as u8;
            newest.push(Reverse((place, attempt.agent, stint.queue, ring, result)));
            if newest.len() > limit {
                newest.pop();
            }
        }
    };
    // Attempts of calls that entered before a moment may follow it by a day.
    let enough = |start: UnixSec| {
        let newest = newest.borrow();
        let oldest = newest.peek().map(|Reverse(row)| row.0.0);
        newest.len() == limit && oldest.is_some_and(|at| at > start + LOOK_BACK)
    };
    if !study.last_attempted(&mut add, enough)? {
        study.each_attempted(Wanted::ATTEMPTS, &mut |stint| {
            add(0, stint);
            Ok(())
        })?;
    }
    let mut rows: Vec<_> = newest.into_inner().into_iter().map(|Reverse(row)| row).collect();
    rows.order_by(|a, b| b.cmp(a));
    let mut table = Table::new(block.columns);
    for (n, ((at, ..), agent, queue, ring, result)) in rows.into_iter().enumerate() {
        let values = vec![
            at.into(),
            study.names().agent_name(agent).into(),
            study.names().queue_name(queue).into(),
            ring.map(|ms| ms as f64 / 1000.0).into(),
            result_name(result).into(),
        ];
        table.add((n + 1).to_string(), values);
    }
    Ok(table)
}

fn result_name(code: u8) -> &'static str {
    [
        (AttemptResult::Taken, "taken"),
        (AttemptResult::NoAnswer, "no answer"),
        (AttemptResult::Cancelled, "cancelled"),
        (AttemptResult::Dumped, "dumped"),
        (AttemptResult::Attempt, "attempt"),
    ]
    .into_iter()
    .find(|(result, _)| *result as u8 == code)
    .map_or("-", |(_, name)| name)
}
