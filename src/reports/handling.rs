//! Handling time by queue (`metrics.md` AG-69): work after a call belongs to
//! the queue of the call it follows.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use rustc_hash::FxHashMap;

use crate::base::{Result, Secs, UnixSec};
use crate::model::totals::ACW_WITHIN;
use crate::model::{AgentId, QueueId, WordId};
use crate::reports::block::{Block, Group, block};
use crate::reports::query::Activity;
use crate::reports::report::{Table, ratio, real};
use crate::reports::stretch::{Beside, WEEK, Week, length, union, without};
use crate::reports::study::Study;
use crate::reports::sums::pause_kind;

pub(super) const BLOCKS: &[Block] = &[block(
    "handling-queues",
    Group::Agents,
    "queue",
    ["Handling time by queue", "Durée de traitement par file"],
    [
        "Talk, hold and the work after calls of each queue",
        "Conversation, garde et travail après appel de chaque file",
    ],
    &["AG-69N", "AG-69TALK", "AG-69ACW", "AG-69"],
    by_queue,
)];

fn by_queue(study: &Study<'_>, block: &Block) -> Result<Table> {
    let after = after_call(study, WEEK)?;
    let mut table = Table::new(block.columns);
    for (queue, sum) in study.calls_by_queue()? {
        let (n, talk) = (sum.cell.answered(), sum.cell.talk.stat.sum);
        let wrap = after.get(&queue).map_or(0, |secs| u64::try_from(*secs).unwrap_or(0));
        let values = vec![n.into(), talk.into(), wrap.into(), ratio(real(talk + wrap), n)];
        table.add(study.names().queue_name(queue), values);
    }
    Ok(table)
}

/// Seconds of work after calls in the period, by the queue of the newest
/// conversation that the pause follows (2.10 rule 9).
pub(super) fn after_call(study: &Study<'_>, days: Secs) -> Result<BTreeMap<QueueId, Secs>> {
    let mut after: BTreeMap<QueueId, Secs> = BTreeMap::new();
    let (rules, names) = (&study.query.rules, study.names());
    let (from, to) = study.detail_range();
    if rules.pauses.values().all(|kind| kind.kind != Activity::Wrap) {
        return Ok(after);
    }
    let wraps = |code: WordId| pause_kind(names, rules, code).kind == Activity::Wrap;
    // Work that goes on after the days that were read, with its queue.
    let mut goes_on: FxHashMap<AgentId, Vec<(UnixSec, UnixSec, QueueId)>> = FxHashMap::default();
    Week::each(study, Beside::Ongoing, days, &mut |week| {
        for (&agent, person) in &week.people {
            let mut work = goes_on.remove(&agent).unwrap_or_default();
            let new = |start: UnixSec| week.from <= start && start < week.to;
            for pause in person.pauses.iter().filter(|pause| new(pause.0) && wraps(pause.2)) {
                let begun = person.talks.partition_point(|talk| talk.0 <= pause.0);
                let mut before = person.talks[..begun].iter().rev();
                if let Some(talk) = before.find(|talk| talk.1 + ACW_WITHIN >= pause.0) {
                    work.push((pause.0.max(from), pause.1.min(to), talk.2));
                }
            }
            if work.is_empty() {
                continue;
            }
            let talks = union(person.talks.iter().map(|talk| (talk.0, talk.1)).collect());
            for &(start, end, queue) in &work {
                let piece = (start.max(week.from), end.min(week.to));
                if piece.1 > piece.0 {
                    *after.entry(queue).or_default() += length(&without(&[piece], &talks));
                }
            }
            work.retain(|work| work.1 > week.to);
            if !work.is_empty() {
                goes_on.insert(agent, work);
            }
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(after)
}
