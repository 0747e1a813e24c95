//! Handling time by queue (`metrics.md` AG-69): work after a call belongs to
//! the queue of the call it follows.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::base::{Result, Secs, UnixSec};
use crate::model::totals::{ACW_WITHIN, LOOK_BACK, Talk};
use crate::model::{AgentId, QueueId};
use crate::reports::block::{Block, Group, block};
use crate::reports::query::Activity;
use crate::reports::report::{Table, ratio, real};
use crate::reports::stretch::{Interval, length, union, without};
use crate::reports::study::Study;
use crate::reports::sums::pause_kind;
use crate::store::Wanted;

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
    let after = after_call(study)?;
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
fn after_call(study: &Study<'_>) -> Result<BTreeMap<QueueId, Secs>> {
    let mut after: BTreeMap<QueueId, Secs> = BTreeMap::new();
    let mut pauses = study.pauses()?;
    pauses.retain(|pause| {
        let kind = pause_kind(study.names(), &study.query.rules, pause.code.unwrap_or(0));
        kind.kind == Activity::Wrap
    });
    if pauses.is_empty() {
        return Ok(after);
    }
    let (from, to) = study.detail_range();
    let mut talks: FxHashMap<AgentId, Vec<(UnixSec, UnixSec, QueueId)>> = FxHashMap::default();
    let mut add = |talk: Talk| {
        talks.entry(talk.agent).or_default().push((talk.start, talk.end, talk.queue));
    };
    study.source.stints(Wanted::TIMES, from - LOOK_BACK, to, &mut |_, stint| {
        Talk::of(&stint).into_iter().for_each(&mut add);
        Ok(())
    })?;
    study.ongoing().iter().filter_map(Talk::of).for_each(&mut add);
    let people: FxHashMap<AgentId, (Vec<_>, Vec<Interval>, Secs)> = (talks.into_iter())
        .map(|(agent, mut talks)| {
            talks.sort_unstable();
            let busy = union(talks.iter().map(|talk| (talk.0, talk.1)).collect());
            let longest = talks.iter().map(|talk| talk.1 - talk.0).max().unwrap_or(0);
            (agent, (talks, busy, longest))
        })
        .collect();
    for pause in pauses {
        let Some((talks, busy, longest)) = people.get(&pause.agent) else { continue };
        let begun = talks.partition_point(|talk| talk.0 <= pause.start);
        let near = talks[..begun].iter().rev();
        let followed = near
            .take_while(|talk| talk.0 + longest + ACW_WITHIN >= pause.start)
            .find(|talk| talk.1 + ACW_WITHIN >= pause.start);
        let piece = (pause.start.max(from), pause.end.min(to));
        if let Some(talk) = followed
            && piece.1 > piece.0
        {
            *after.entry(talk.2).or_default() += length(&without(&[piece], busy));
        }
    }
    Ok(after)
}
