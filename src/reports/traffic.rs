//! Traffic analysis over hours, days and days of the week (`metrics.md` 3.7,
//! TA-1…20).

use std::collections::BTreeMap;

use crate::base::Result;
use crate::model::Direction;
use crate::model::totals::Figures;
use crate::reports::block::{Block, Group, block};
use crate::reports::distributions::buckets;
use crate::reports::report::{Table, Value, percent, ratio, real};
use crate::reports::staff::simultaneous;
use crate::reports::study::Study;
use crate::reports::sums::Sum;

const COLUMNS: &[&str] = &[
    "TA-1", "TA-2", "TA-3", "TA-4", "TA-5", "TA-6", "TA-7", "TA-8", "TA-9", "TA-10", "TA-11",
    "TA-12", "TA-13", "TA-14", "TA-15", "TA-16", "TA-17", "TA-18", "TA-19", "TA-20",
];

const ABOUT: [&str; 2] = [
    "Load of the queues against the agents that were there",
    "Charge des files rapportée aux agents présents",
];

pub(super) const BLOCKS: &[Block] = &[
    block(
        "traffic-by-hour",
        Group::Traffic,
        "hour",
        ["Traffic by hour", "Trafic par heure"],
        ABOUT,
        COLUMNS,
        traffic,
    ),
    block(
        "traffic-by-day",
        Group::Traffic,
        "day",
        ["Traffic by day", "Trafic par jour"],
        ABOUT,
        COLUMNS,
        traffic,
    ),
    block(
        "traffic-by-dow",
        Group::Traffic,
        "dow",
        ["Traffic by day of week", "Trafic par jour de semaine"],
        ABOUT,
        COLUMNS,
        traffic,
    ),
];

fn traffic(study: &Study<'_>, block: &Block) -> Result<Table> {
    let mut table = Table::new(block.columns);
    let Some(base) = block.base(&study.query.rules) else { return Ok(table) };
    let figures = Figures::WAITS.with(Figures::TALK).with(Figures::TIMES);
    let mut sums: BTreeMap<(i32, Direction), Sum> =
        study.calls_over(base, figures, |bucket, lane| Some((bucket, lane.direction)))?;
    let times = study.time_over(base, |bucket, _| Some(bucket))?;
    let crowds = simultaneous(study, base)?;
    let short = study.query.rules.short_abandon;
    for (index, bucket) in buckets(study, base) {
        let mut of = |direction| sums.remove(&(index, direction)).unwrap_or_default();
        let (inbound, outbound) = (of(Direction::Inbound), of(Direction::Outbound));
        let (inside, outside) = (&inbound.cell, &outbound.cell);
        let width = bucket.secs as f64;
        let available = times.get(&index).map_or(0, |time| time.available());
        let agents = if width > 0.0 { available as f64 / width } else { 0.0 };
        let (offered, lost) = (inside.offered(), inside.lost());
        let lost_waits = inside.wait_unanswered();
        let crowd = crowds.get(&index);
        let values = vec![
            Value::from(agents),
            ratio(offered, agents),
            inbound.sla.percent().into(),
            lost.into(),
            percent(lost_waits.below(short), lost),
            ratio(outside.answered(), agents),
            ratio(outside.answered(), offered),
            inside.wait_answered.stat.mean().into(),
            inside.talk.stat.mean().into(),
            inside.wait_answered.stat.max().into(),
            lost_waits.stat.max().into(),
            inside.talk.stat.max().into(),
            outside.talk.stat.max().into(),
            offered.into(),
            inside.answered().into(),
            outside.answered().into(),
            crowd.map(|crowd| crowd.min).into(),
            crowd.map(|crowd| crowd.max).into(),
            outside.talk.stat.mean().into(),
            ratio(real(inside.talking_secs), width),
        ];
        table.add(bucket.key, values);
    }
    Ok(table)
}
