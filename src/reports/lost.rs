//! Unanswered calls (`metrics.md` 3.3), without the numbers to be recalled.

use crate::base::Result;
use crate::model::totals::Tally;
use crate::reports::answered::{cause_name, whole};
use crate::reports::block::{Block, Group, block};
use crate::reports::report::{Table, Value, percent, real};
use crate::reports::split::{self, menu, menu_row, positions, ranked, stints, words};
use crate::reports::study::Study;
use crate::reports::sums::Sum;

const RATES: &[&str] = &["KO-56", "KO-57", "KO-58", "KO-59", "KO-60", "KO-61", "KO-62"];

pub(super) const BLOCKS: &[Block] = &[
    block(
        "lost",
        Group::Lost,
        "all",
        ["Lost calls", "Appels perdus"],
        [
            "Wait and positions of calls nobody answered",
            "Attente et positions des appels que personne n'a pris",
        ],
        &[
            "KO-1", "KO-2", "KO-3", "KO-4", "KO-5", "KO-6", "KO-7", "KO-8", "KO-9", "KO-10",
            "KO-11", "KO-12",
        ],
        all,
    ),
    block(
        "lost-within",
        Group::Lost,
        "all",
        ["Lost calls, whole", "Appels perdus, entiers"],
        [
            "Only calls that also end in the period",
            "Uniquement les appels qui se terminent aussi dans la période",
        ],
        &[
            "KO-13", "KO-14", "KO-15", "KO-16", "KO-17", "KO-18", "KO-19", "KO-20", "KO-21",
            "KO-22", "KO-23", "KO-24",
        ],
        within,
    ),
    block(
        "lost-causes",
        Group::Lost,
        "cause",
        ["Why calls were lost", "Causes de perte"],
        ["Lost calls by disconnection cause", "Appels perdus par cause de fin"],
        &["KO-25", "KO-26"],
        causes,
    ),
    block(
        "lost-queues",
        Group::Lost,
        "queue",
        ["Lost by queue", "Perdus par file"],
        ["Lost calls of each queue", "Appels perdus de chaque file"],
        &["KO-27", "KO-28"],
        queues,
    ),
    block(
        "lost-outbound-agents",
        Group::Lost,
        "agent",
        ["Lost outbound by agent", "Sortants perdus par agent"],
        [
            "Outbound calls that nobody answered, by who dialled",
            "Appels sortants sans réponse, par agent",
        ],
        &["KO-29", "KO-30"],
        outbound,
    ),
    block(
        "lost-length",
        Group::Lost,
        "seconds",
        ["Lost within", "Perdus en moins de"],
        [
            "How many calls were lost by each limit",
            "Combien d'appels ont été perdus avant chaque limite",
        ],
        &["KO-31", "KO-32", "KO-33", "KO-34"],
        steps,
    ),
    block(
        "lost-keys",
        Group::Lost,
        "key",
        ["Lost by key", "Perdus par touche"],
        ["Calls that left the queue by a key", "Appels sortis de la file par une touche"],
        &["KO-35", "KO-36"],
        keys,
    ),
    block(
        "lost-stints",
        Group::Lost,
        "stints",
        ["Lost by stints", "Perdus par passages"],
        [
            "Through how many queues lost calls went",
            "Par combien de files les appels perdus sont passés",
        ],
        &["KO-37", "KO-38"],
        |study, block| {
            let cell = whole(study)?.cell;
            Ok(stints(block, &cell.stints_lost, cell.lost()))
        },
    ),
    block(
        "all-stints",
        Group::Lost,
        "stints",
        ["All calls by stints", "Tous les appels par passages"],
        ["Through how many queues calls went", "Par combien de files les appels sont passés"],
        &["KO-39", "KO-40"],
        |study, block| {
            let cell = whole(study)?.cell;
            let both = both(&cell.stints_answered, &cell.stints_lost);
            Ok(stints(block, &both, cell.offered()))
        },
    ),
    block(
        "lost-positions",
        Group::Lost,
        "position",
        ["Lost by position", "Perdus par position"],
        ["Lost calls by place in the queue on entering", "Appels perdus par rang à l'entrée"],
        &["KO-41", "KO-42"],
        |study, block| {
            let cell = whole(study)?.cell;
            Ok(positions(block, &cell.position_lost, cell.lost()))
        },
    ),
    block(
        "all-positions",
        Group::Lost,
        "position",
        ["All calls by position", "Tous les appels par position"],
        ["Calls by place in the queue on entering", "Appels par rang à l'entrée"],
        &["KO-43", "KO-44"],
        |study, block| {
            let cell = whole(study)?.cell;
            let both = both(&cell.position_answered, &cell.position_lost);
            Ok(positions(block, &both, cell.offered()))
        },
    ),
    block(
        "lost-ivr",
        Group::Lost,
        "selection",
        ["Lost by IVR selection", "Perdus par choix SVI"],
        ["Lost calls by voice menu selection", "Appels perdus par choix dans le serveur vocal"],
        &["KO-45", "KO-46", "KO-47", "KO-48", "KO-48MIN", "KO-48MAX"],
        ivr,
    ),
    block(
        "all-ivr",
        Group::Lost,
        "selection",
        ["All calls by IVR selection", "Tous les appels par choix SVI"],
        ["Calls by voice menu selection", "Appels par choix dans le serveur vocal"],
        &["KO-49", "KO-50"],
        all_ivr,
    ),
    block(
        "lost-dnis",
        Group::Lost,
        "dnis",
        ["Lost by DNIS", "Perdus par numéro appelé"],
        ["Lost calls by dialled number", "Appels perdus par numéro composé"],
        &["KO-51", "KO-52"],
        |study, block| {
            let cell = whole(study)?.cell;
            let rows = words(study.names(), &cell.dnis_lost, cell.lost());
            Ok(ranked(block, rows, cell.lost()))
        },
    ),
    block(
        "all-dnis",
        Group::Lost,
        "dnis",
        ["All calls by DNIS", "Tous les appels par numéro appelé"],
        ["Calls by dialled number", "Appels par numéro composé"],
        &["KO-53", "KO-54"],
        |study, block| {
            let cell = whole(study)?.cell;
            let both = both(&cell.dnis_answered, &cell.dnis_lost);
            let rows = words(study.names(), &both, cell.offered());
            Ok(ranked(block, rows, cell.offered()))
        },
    ),
    block(
        "lost-rates",
        Group::Lost,
        "all",
        ["Abandon rates", "Taux d'abandon"],
        ["Abandons and losses of all calls", "Abandons et pertes de tous les appels"],
        RATES,
        |study, block| {
            let mut table = Table::new(block.columns);
            table.add("all", rates(&whole(study)?));
            Ok(table)
        },
    ),
    block(
        "lost-rates-queues",
        Group::Lost,
        "queue",
        ["Abandon rates by queue", "Taux d'abandon par file"],
        ["Abandons and losses of each queue", "Abandons et pertes de chaque file"],
        RATES,
        |study, block| {
            let mut table = Table::new(block.columns);
            for (queue, sum) in study.calls_by_queue()? {
                table.add(study.names().queue_name(queue), rates(&sum));
            }
            Ok(table)
        },
    ),
];

/// The twelve figures of lost calls.
fn figures(sum: &Sum) -> Vec<Value> {
    let cell = &sum.cell;
    let wait = cell.wait_unanswered().stat;
    let (enter, exit) = (cell.position_lost.stat(), cell.position_exit.stat());
    vec![
        cell.lost().into(),
        wait.mean().into(),
        wait.min().into(),
        wait.max().into(),
        wait.total().into(),
        enter.mean().into(),
        enter.min().into(),
        enter.max().into(),
        percent(enter.n, cell.lost()),
        exit.mean().into(),
        exit.min().into(),
        exit.max().into(),
    ]
}

/// KO-56 to KO-62.
pub(super) fn rates(sum: &Sum) -> Vec<Value> {
    let cell = &sum.cell;
    let (offered, lost) = (cell.offered(), cell.lost());
    vec![
        sum.short_abandons.into(),
        percent(sum.abandoned, offered),
        percent(sum.abandoned - sum.short_abandons, offered - sum.short_abandons),
        percent(lost, offered),
        cell.lost_tried.into(),
        (lost - cell.lost_tried).into(),
        sum.wait_abandoned.stat.mean().into(),
    ]
}

fn both(one: &Tally, two: &Tally) -> Tally {
    let mut both = one.clone();
    both.merge(two);
    both
}

fn all(study: &Study<'_>, block: &Block) -> Result<Table> {
    let mut table = Table::new(block.columns);
    table.add("all", figures(&whole(study)?));
    Ok(table)
}

fn within(study: &Study<'_>, block: &Block) -> Result<Table> {
    let mut table = Table::new(block.columns);
    let sum = study.calls_within_by(|_| Some(()))?.remove(&()).unwrap_or_default();
    table.add("all", figures(&sum));
    Ok(table)
}

fn causes(study: &Study<'_>, block: &Block) -> Result<Table> {
    let mut table = Table::new(block.columns);
    let cell = whole(study)?.cell;
    for (code, n) in cell.lost_by.iter() {
        table.add(cause_name(code), vec![n.into(), percent(n, cell.lost())]);
    }
    Ok(table)
}

fn queues(study: &Study<'_>, block: &Block) -> Result<Table> {
    let mut table = Table::new(block.columns);
    let sums = study.calls_by_queue()?;
    let all: u64 = sums.values().map(|sum| u64::from(sum.cell.lost())).sum();
    for (queue, sum) in sums {
        let lost = sum.cell.lost();
        if lost > 0 {
            let name = study.names().queue_name(queue);
            table.add(name, vec![lost.into(), percent(lost, real(all))]);
        }
    }
    Ok(table)
}

fn outbound(study: &Study<'_>, block: &Block) -> Result<Table> {
    let mut table = Table::new(block.columns);
    let sums = study.agents_by(|key| Some(key.agent))?;
    let all: u32 = sums.values().map(|sum| sum.outbound.lost).sum();
    for (agent, sum) in sums {
        let lost = sum.outbound.lost;
        if lost > 0 {
            let name = study.names().agent_name(agent);
            table.add(name, vec![lost.into(), percent(lost, all)]);
        }
    }
    Ok(table)
}

fn steps(study: &Study<'_>, block: &Block) -> Result<Table> {
    let cell = whole(study)?.cell;
    let limits = study.query.rules.sla.steps();
    Ok(split::steps(block, limits, &cell.wait_unanswered(), cell.lost(), cell.offered()))
}

fn keys(study: &Study<'_>, block: &Block) -> Result<Table> {
    let cell = whole(study)?.cell;
    let rows = words(study.names(), &cell.keys, cell.keys.total());
    Ok(ranked(block, rows, cell.lost()))
}

fn ivr(study: &Study<'_>, block: &Block) -> Result<Table> {
    let mut table = Table::new(block.columns);
    let cell = whole(study)?.cell;
    for (key, entry) in menu(study.names(), &cell.menu_lost, cell.lost()) {
        table.add(key, menu_row(&entry, cell.lost()));
    }
    Ok(table)
}

fn all_ivr(study: &Study<'_>, block: &Block) -> Result<Table> {
    let cell = whole(study)?.cell;
    let mut tally = Tally::default();
    for (&word, entry) in cell.menu_answered.iter().chain(&cell.menu_lost) {
        tally.add(word, entry.n);
    }
    let rows = words(study.names(), &tally, cell.offered());
    Ok(ranked(block, rows, cell.offered()))
}
