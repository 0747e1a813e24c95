//! Answered calls (`metrics.md` 3.2).

use crate::base::Result;
use crate::model::{Cause, Direction};
use crate::reports::block::{Block, Group, block};
use crate::reports::calls::direction;
use crate::reports::report::{Table, Value, percent, real};
use crate::reports::split::{self, menu, menu_row, positions, ranked, words};
use crate::reports::study::Study;
use crate::reports::sums::Sum;

pub(super) const BLOCKS: &[Block] = &[
    block(
        "answered",
        Group::Answered,
        "all",
        ["Answered calls", "Appels traités"],
        [
            "Talk, wait and position of answered calls",
            "Conversation, attente et position des appels traités",
        ],
        &[
            "OK-1", "OK-2", "OK-3", "OK-4", "OK-5", "OK-6", "OK-7", "OK-8", "OK-9", "OK-10",
            "OK-11", "OK-12", "OK-13", "OK-55", "OK-64",
        ],
        all,
    ),
    block(
        "answered-within",
        Group::Answered,
        "all",
        ["Answered calls, whole", "Appels traités, entiers"],
        [
            "Only calls that also end in the period",
            "Uniquement les appels qui se terminent aussi dans la période",
        ],
        &[
            "OK-14", "OK-15", "OK-16", "OK-17", "OK-18", "OK-19", "OK-20", "OK-21", "OK-22",
            "OK-23", "OK-24", "OK-25", "OK-26",
        ],
        within,
    ),
    block(
        "answered-agents",
        Group::Answered,
        "agent",
        ["Agents on queue", "Agents sur les files"],
        ["Who answered how many calls", "Qui a traité combien d'appels"],
        &["OK-27", "OK-28", "OK-29", "OK-30", "OK-64"],
        agents,
    ),
    block(
        "answered-sla",
        Group::Answered,
        "seconds",
        ["Answered within", "Traités en moins de"],
        [
            "How many calls were answered by each limit",
            "Combien d'appels ont été traités avant chaque limite",
        ],
        &["OK-31", "OK-32", "OK-33", "OK-34"],
        steps,
    ),
    block(
        "answered-causes",
        Group::Answered,
        "cause",
        ["Why answered calls ended", "Fin des appels traités"],
        ["Answered calls by disconnection cause", "Appels traités par cause de fin"],
        &["OK-35", "OK-36"],
        causes,
    ),
    block(
        "answered-transfers",
        Group::Answered,
        "target",
        ["Transfers", "Transferts"],
        ["Transferred calls by target", "Appels transférés par destination"],
        &["OK-37", "OK-38"],
        transfers,
    ),
    block(
        "answered-queues",
        Group::Answered,
        "queue",
        ["Answered by queue", "Traités par file"],
        ["Answered calls of each queue", "Appels traités de chaque file"],
        &["OK-39", "OK-40", "OK-64"],
        queues,
    ),
    block(
        "answered-directions",
        Group::Answered,
        "direction",
        ["Answered by direction", "Traités par sens"],
        ["Answered inbound and outbound calls", "Appels entrants et sortants traités"],
        &["OK-41", "OK-42"],
        directions,
    ),
    block(
        "answered-stints",
        Group::Answered,
        "stints",
        ["Answered by stints", "Traités par passages"],
        [
            "Through how many queues answered calls went; all 1 unless stints are joined",
            "Par combien de files les appels traités sont passés ; toujours 1 sans réunion des passages",
        ],
        &["OK-43", "OK-44"],
        stints,
    ),
    block(
        "answered-positions",
        Group::Answered,
        "position",
        ["Answered by position", "Traités par position"],
        ["Answered calls by place in the queue on entering", "Appels traités par rang à l'entrée"],
        &["OK-45", "OK-46"],
        by_position,
    ),
    block(
        "answered-ivr",
        Group::Answered,
        "selection",
        ["Answered by IVR selection", "Traités par choix SVI"],
        [
            "Answered calls by voice menu selection",
            "Appels traités par choix dans le serveur vocal",
        ],
        &["OK-47", "OK-48", "OK-49", "OK-50", "OK-51", "OK-52"],
        ivr,
    ),
    block(
        "answered-dnis",
        Group::Answered,
        "dnis",
        ["Answered by DNIS", "Traités par numéro appelé"],
        ["Answered calls by dialled number", "Appels traités par numéro composé"],
        &["OK-53", "OK-54"],
        dnis,
    ),
];

/// Sum over everything, empty when there is nothing.
pub(super) fn whole(study: &Study<'_>) -> Result<Sum> {
    Ok(study.calls_by(|_| Some(()))?.remove(&()).unwrap_or_default())
}

/// The thirteen figures of answered calls.
fn figures(sum: &Sum) -> Vec<Value> {
    let cell = &sum.cell;
    let (talk, wait) = (&cell.talk.stat, &cell.wait_answered.stat);
    let position = cell.position_answered.stat();
    vec![
        cell.answered().into(),
        talk.mean().into(),
        talk.min().into(),
        talk.max().into(),
        talk.total().into(),
        wait.mean().into(),
        wait.min().into(),
        wait.max().into(),
        wait.total().into(),
        position.mean().into(),
        position.min().into(),
        position.max().into(),
        percent(position.n, cell.answered()),
    ]
}

fn all(study: &Study<'_>, block: &Block) -> Result<Table> {
    let mut table = Table::new(block.columns);
    let sum = whole(study)?;
    let mut values = figures(&sum);
    values.push((sum.cell.answered() - sum.cell.tracked).into());
    values.push(sum.effective(&study.query.rules).into());
    table.add("all", values);
    Ok(table)
}

fn within(study: &Study<'_>, block: &Block) -> Result<Table> {
    let mut table = Table::new(block.columns);
    let sum = study.calls_within_by(|_| Some(()))?.remove(&()).unwrap_or_default();
    table.add("all", figures(&sum));
    Ok(table)
}

fn agents(study: &Study<'_>, block: &Block) -> Result<Table> {
    let mut table = Table::new(block.columns);
    let answered = whole(study)?.cell.answered();
    for (agent, sum) in study.agents_by(|key| Some(key.agent))? {
        let calls = &sum.all;
        if calls.answered() == 0 {
            continue;
        }
        let values = vec![
            calls.answered().into(),
            percent(calls.answered(), answered),
            calls.talk.stat.total().into(),
            calls.talk.stat.mean().into(),
            sum.effective(&study.query.rules).into(),
        ];
        table.add(study.names().agent_name(agent), values);
    }
    Ok(table)
}

fn steps(study: &Study<'_>, block: &Block) -> Result<Table> {
    let cell = whole(study)?.cell;
    let limits = study.query.rules.sla.steps();
    Ok(split::steps(block, limits, &cell.wait_answered, cell.answered(), cell.offered()))
}

fn causes(study: &Study<'_>, block: &Block) -> Result<Table> {
    let mut table = Table::new(block.columns);
    let cell = whole(study)?.cell;
    for (code, n) in cell.answered_by.iter() {
        table.add(cause_name(code), vec![n.into(), percent(n, cell.answered())]);
    }
    Ok(table)
}

pub(super) fn cause_name(code: u32) -> &'static str {
    u8::try_from(code).ok().and_then(Cause::from_code).map_or("-", Cause::label)
}

fn transfers(study: &Study<'_>, block: &Block) -> Result<Table> {
    let cell = whole(study)?.cell;
    let rows = words(study.names(), &cell.transfers, cell.transfers.total());
    Ok(ranked(block, rows, cell.answered()))
}

fn queues(study: &Study<'_>, block: &Block) -> Result<Table> {
    let mut table = Table::new(block.columns);
    let sums = study.calls_by(|key| Some(key.queue))?;
    let all: u64 = sums.values().map(|sum| u64::from(sum.cell.answered())).sum();
    for (queue, sum) in sums {
        let answered = sum.cell.answered();
        if answered > 0 {
            let effective = sum.effective(&study.query.rules);
            let values = vec![answered.into(), percent(answered, real(all)), effective.into()];
            table.add(study.names().queue_name(queue), values);
        }
    }
    Ok(table)
}

fn directions(study: &Study<'_>, block: &Block) -> Result<Table> {
    let mut table = Table::new(block.columns);
    let sums = study.calls_by(|key| Some(key.direction))?;
    let all: u32 = sums.values().map(|sum| sum.cell.answered()).sum();
    for way in [Direction::Inbound, Direction::Outbound] {
        if let Some(sum) = sums.get(&way) {
            let answered = sum.cell.answered();
            // A settled quarter hour may hold nothing but waiting that began before the period.
            if answered > 0 {
                table.add(direction(way), vec![answered.into(), percent(answered, all)]);
            }
        }
    }
    Ok(table)
}

fn stints(study: &Study<'_>, block: &Block) -> Result<Table> {
    let cell = whole(study)?.cell;
    Ok(split::stints(block, &cell.stints_answered, cell.answered()))
}

fn by_position(study: &Study<'_>, block: &Block) -> Result<Table> {
    let cell = whole(study)?.cell;
    Ok(positions(block, &cell.position_answered, cell.answered()))
}

fn ivr(study: &Study<'_>, block: &Block) -> Result<Table> {
    let mut table = Table::new(block.columns);
    let cell = whole(study)?.cell;
    for (key, entry) in menu(study.names(), &cell.menu_answered, cell.answered()) {
        table.add(key, menu_row(&entry, cell.answered()));
    }
    Ok(table)
}

fn dnis(study: &Study<'_>, block: &Block) -> Result<Table> {
    let cell = whole(study)?.cell;
    let rows = words(study.names(), &cell.dnis_answered, cell.answered());
    Ok(ranked(block, rows, cell.answered()))
}
