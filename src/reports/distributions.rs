//! Calls over hours, days and days of the week (`metrics.md` 3.7).

use std::collections::BTreeMap;

use crate::base::Result;
use crate::model::Direction;
use crate::model::totals::Figures;
use crate::reports::block::{Block, Group, block};
use crate::reports::lost::rates;
use crate::reports::period::{Base, Bucket};
use crate::reports::report::{Row, Table, Value, percent, ratio, real};
use crate::reports::study::Study;
use crate::reports::sums::Sum;

/// The same block for each of the three bases.
macro_rules! by_all_bases {
    ($name:literal, $group:expr, [$en:literal, $fr:literal], $about:expr, $columns:expr, $run:expr $(,)?) => {
        &[
            block(
                concat!("by-hour-", $name),
                $group,
                "hour",
                [concat!($en, " by hour"), concat!($fr, " par heure")],
                $about,
                $columns,
                $run,
            ),
            block(
                concat!("by-day-", $name),
                $group,
                "day",
                [concat!($en, " by day"), concat!($fr, " par jour")],
                $about,
                $columns,
                $run,
            ),
            block(
                concat!("by-dow-", $name),
                $group,
                "dow",
                [concat!($en, " by day of week"), concat!($fr, " par jour de semaine")],
                $about,
                $columns,
                $run,
            ),
        ]
    };
}
pub(super) use by_all_bases;

pub(super) const BLOCKS: [&[Block]; 5] = [
    by_all_bases!(
        "answered",
        Group::Distributions,
        ["Answered calls", "Appels traités"],
        ["Answered calls and their talk", "Appels traités et leurs conversations"],
        &["DI-1", "DI-2", "DI-1PERDAY", "DI-3", "DI-4", "DI-5"],
        answered,
    ),
    by_all_bases!(
        "waits",
        Group::Distributions,
        ["Waits of answered calls", "Attentes des appels traités"],
        ["How long answered callers waited", "Combien de temps les appelants traités ont attendu"],
        &["DI-6", "DI-7", "DI-8"],
        waits,
    ),
    by_all_bases!(
        "lost",
        Group::Distributions,
        ["Lost calls", "Appels perdus"],
        [
            "Lost calls, their waits and abandon rates",
            "Appels perdus, leurs attentes et taux d'abandon"
        ],
        &["DI-9", "DI-10", "DI-9PERDAY", "DI-11", "DI-12", "DI-13", "KO-56", "KO-57", "KO-58",],
        lost,
    ),
    by_all_bases!(
        "sla",
        Group::Distributions,
        ["Service level", "Niveau de service"],
        [
            "Inclusive service level at the target and at each step",
            "Niveau de service inclusif à l'objectif et à chaque étape"
        ],
        &["DI-27", "DI-28", "DI-29", "DI-30"],
        sla,
    ),
    by_all_bases!(
        "queue-length",
        Group::Distributions,
        ["Queue length", "Longueur de file"],
        [
            "Length as callers met it, and over time",
            "Longueur vue par les appelants, et dans le temps"
        ],
        &["DI-21", "DI-22", "DI-23", "DI-24", "DI-25", "DI-26", "DI-26MAX"],
        queue_length,
    ),
];

/// One row per bucket of the period, also where nothing happened.
fn rows(
    study: &Study<'_>,
    block: &Block,
    inbound_only: bool,
    figures: Figures,
    row: impl Fn(&Sum, &Bucket, &Sum) -> Vec<Value>,
) -> Result<Table> {
    let mut table = Table::new(block.columns);
    let Some(base) = block.base(&study.query.rules) else { return Ok(table) };
    let mut sums: BTreeMap<i32, Sum> = study.calls_over(base, figures, |bucket, lane| {
        let wanted = !inbound_only || lane.direction == Direction::Inbound;
        wanted.then_some(bucket)
    })?;
    let mut all = Sum::default();
    sums.values().for_each(|sum| all.merge(sum));
    for (index, bucket) in buckets(study, base) {
        let sum = sums.remove(&index).unwrap_or_default();
        let values = row(&sum, &bucket, &all);
        table.rows.push(Row { key: bucket.key, values });
    }
    Ok(table)
}

/// The buckets of the period; a repeated hour is told in the header.
pub(super) fn buckets(study: &Study<'_>, base: Base) -> BTreeMap<i32, Bucket> {
    let buckets = study.calendar.buckets(base);
    for bucket in buckets.values().filter(|bucket| bucket.repeated) {
        study.note(
            &format!(
                "{} holds an hour that the change of clocks repeated: double width",
                bucket.key
            ),
            &format!(
                "{} contient une heure répétée au changement d'heure : largeur double",
                bucket.key
            ),
        );
    }
    buckets
}

fn answered(study: &Study<'_>, block: &Block) -> Result<Table> {
    rows(study, block, false, Figures::TALK, |sum, bucket, all| {
        let (n, talk) = (sum.cell.answered(), &sum.cell.talk.stat);
        vec![
            n.into(),
            percent(n, all.cell.answered()),
            ratio(n, bucket.days),
            talk.mean().into(),
            talk.min().into(),
            talk.max().into(),
        ]
    })
}

fn waits(study: &Study<'_>, block: &Block) -> Result<Table> {
    rows(study, block, false, Figures::WAITS, |sum, _, _| {
        let wait = &sum.cell.wait_answered.stat;
        vec![wait.mean().into(), wait.min().into(), wait.max().into()]
    })
}

fn lost(study: &Study<'_>, block: &Block) -> Result<Table> {
    rows(study, block, false, Figures::WAITS, |sum, bucket, all| {
        let (n, wait) = (sum.cell.lost(), sum.cell.wait_unanswered().stat);
        let mut values = vec![
            n.into(),
            percent(n, all.cell.lost()),
            ratio(n, bucket.days),
            wait.mean().into(),
            wait.min().into(),
            wait.max().into(),
        ];
        values.extend(rates(sum).into_iter().take(3));
        values
    })
}

fn sla(study: &Study<'_>, block: &Block) -> Result<Table> {
    let steps = study.query.rules.sla.steps();
    let mut table = rows(study, block, false, Figures::WAITS, |sum, _, _| {
        let (all, answered) = (sum.inclusive, sum.inclusive_answered);
        let whole = real(all.whole);
        let mut values = vec![
            answered.percent().into(),
            percent(real(all.part - answered.part), whole),
            all.percent().into(),
        ];
        let offered = sum.cell.offered();
        let within = |&step: &u32| percent(sum.cell.wait_answered.within(step), offered);
        values.extend(steps.iter().map(within));
        values
    })?;
    // As many columns as there are configured steps.
    table.columns.pop();
    table.columns.extend(steps.iter().map(|step| format!("DI-30:{step}")));
    Ok(table)
}

fn queue_length(study: &Study<'_>, block: &Block) -> Result<Table> {
    let figures = Figures::POSITIONS.with(Figures::TIMES);
    rows(study, block, true, figures, |sum, bucket, _| {
        let cell = &sum.cell;
        let mut position = cell.position_answered.stat();
        position.merge(&cell.position_lost.stat());
        let offered = cell.offered();
        let moves = f64::from(offered) + f64::from(cell.left);
        let width = bucket.secs as f64;
        vec![
            position.mean().into(),
            position.min().into(),
            position.max().into(),
            percent(position.n, offered),
            ratio(moves * 3600.0, width),
            ratio(real(cell.waiting_secs), width),
            cell.waiting_max.into(),
        ]
    })
}
