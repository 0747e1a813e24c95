//! Agents over hours, days and days of the week: seen, talking, idle, paused
//! (`metrics.md` 3.7 DI-19, 20, 32; AG-47, AG-75), and how many were logged on
//! at the same time.

use std::collections::BTreeMap;

use crate::base::order::Gathered as _;
use crate::base::{Result, UnixSec};
use crate::model::AgentId;
use crate::reports::block::{Block, Group, block};
use crate::reports::distributions::{buckets, by_all_bases};
use crate::reports::period::Base;
use crate::reports::report::{Table, percent, ratio, real};
use crate::reports::study::Study;

pub(super) const BLOCKS: [&[Block]; 2] = [
    by_all_bases!(
        "staff",
        Group::Distributions,
        ["Agents at work", "Agents au travail"],
        [
            "Agents seen, and how many talk, are idle or paused on average",
            "Agents vus, et combien conversent, sont libres ou en pause en moyenne"
        ],
        &["DI-19", "DI-20", "DI-32TALK", "DI-32IDLE", "DI-32PAUSE"],
        staff,
    ),
    &[block(
        "agents-by-hour",
        Group::Agents,
        "hour",
        ["Agents by hour", "Agents par heure"],
        [
            "Agents logged on in each hour, and at the same time",
            "Agents connectés à chaque heure, et simultanément",
        ],
        &["AG-47", "AG-75MAX", "AG-75AVG"],
        by_hour,
    )],
];

fn staff(study: &Study<'_>, block: &Block) -> Result<Table> {
    let mut table = Table::new(block.columns);
    let Some(base) = block.base(&study.query.rules) else { return Ok(table) };
    let times = study.time_over(base, |bucket, agent| Some((bucket, agent)))?;
    let seen = times.iter().filter(|entry| entry.1.seen).map(|entry| entry.0.1);
    let everybody = seen.into_set().len() as u32;
    for (index, bucket) in buckets(study, base) {
        let (mut seen, mut talk, mut idle, mut pause) = (0u32, 0, 0, 0);
        for (_, time) in times.range((index, 0)..=(index, AgentId::MAX)) {
            seen += u32::from(time.seen);
            talk += time.talk();
            idle += time.idle();
            pause += time.pause();
        }
        let width = bucket.secs as f64;
        let values = vec![
            seen.into(),
            percent(seen, everybody),
            ratio(real(talk), width),
            ratio(real(idle), width),
            ratio(real(pause), width),
        ];
        table.add(bucket.key, values);
    }
    Ok(table)
}

fn by_hour(study: &Study<'_>, block: &Block) -> Result<Table> {
    let mut table = Table::new(block.columns);
    let Some(base) = block.base(&study.query.rules) else { return Ok(table) };
    let times = study.time_over(base, |bucket, agent| Some((bucket, agent)))?;
    let crowd = simultaneous(study, base)?;
    for (index, bucket) in buckets(study, base) {
        let slot = times.range((index, 0)..=(index, AgentId::MAX));
        let seen = slot.filter(|entry| entry.1.seen).count();
        let crowd = crowd.get(&index);
        let max = crowd.map(|crowd| crowd.max);
        let mean = crowd.and_then(Crowd::mean);
        table.add(bucket.key, vec![seen.into(), max.into(), mean.into()]);
    }
    Ok(table)
}

/// How many agents were logged on at the same time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Crowd {
    pub min: u32,
    pub max: u32,
    /// Agents × seconds.
    area: u64,
    secs: u64,
}

impl Crowd {
    pub(super) fn mean(&self) -> Option<f64> {
        (self.secs > 0).then(|| self.area as f64 / self.secs as f64)
    }

    /// Two stretches of time together.
    pub(super) fn and(self, other: Crowd) -> Crowd {
        Crowd {
            min: self.min.min(other.min),
            max: self.max.max(other.max),
            area: self.area + other.area,
            secs: self.secs + other.secs,
        }
    }

    fn add(&mut self, agents: u32, secs: u64) {
        self.min = if self.secs == 0 { agents } else { self.min.min(agents) };
        self.max = self.max.max(agents);
        self.area += u64::from(agents) * secs;
        self.secs += secs;
    }
}

/// Agents logged on at the same time, by bucket, from the sessions; empty
/// where sessions are no longer kept.
pub(super) fn simultaneous(study: &Study<'_>, base: Base) -> Result<BTreeMap<i32, Crowd>> {
    let (from, to) = study.detail_range();
    let mut steps = steps(study)?;
    steps.sort_unstable();
    let mut crowds: BTreeMap<i32, Crowd> = BTreeMap::new();
    let (mut next, mut agents) = (0, 0u32);
    for span in study.calendar.spans(base) {
        let (start, end) = (span.start.max(from), span.end.min(to));
        let mut at = start;
        while at < end {
            while let Some(&(_, joined)) = steps.get(next).filter(|step| step.0 <= at) {
                agents = if joined { agents + 1 } else { agents.saturating_sub(1) };
                next += 1;
            }
            let stop = steps.get(next).map_or(end, |step| step.0.min(end));
            crowds.entry(span.bucket).or_default().add(agents, (stop - at) as u64);
            at = stop;
        }
    }
    Ok(crowds)
}

/// Log-ons (`true`) and log-offs; sessions of one agent that overlap are one.
fn steps(study: &Study<'_>) -> Result<Vec<(UnixSec, bool)>> {
    let mut ends: BTreeMap<AgentId, UnixSec> = BTreeMap::new();
    let mut steps = Vec::new();
    // In order of their starts.
    for session in study.sessions()?.iter().filter(|session| session.end > session.start) {
        let start = match ends.get(&session.agent) {
            Some(&end) => session.start.max(end),
            None => session.start,
        };
        if session.end > start {
            steps.push((start, true));
            steps.push((session.end, false));
            ends.insert(session.agent, session.end);
        }
    }
    Ok(steps)
}
