//! Callers by their numbers: how many different ones, and whom to call back.

use std::collections::BTreeMap;
use std::hash::Hasher;

use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use crate::base::{Result, UnixSec};
use crate::model::{AgentId, Direction, QueueId};
use crate::reports::block::{Block, Group, block};
use crate::reports::join::Call;
use crate::reports::query::digits;
use crate::reports::report::{Table, Value};
use crate::reports::study::Study;

pub(super) const BLOCKS: &[Block] = &[
    block(
        "answered-callers",
        Group::Answered,
        "all",
        ["Unique callers answered", "Appelants distincts traités"],
        ["Different numbers of answered calls", "Numéros distincts des appels traités"],
        &["OK-65"],
        |study, block| answered(study, block, |_| Some("all".to_owned())),
    ),
    block(
        "answered-callers-queues",
        Group::Answered,
        "queue",
        ["Unique callers by queue", "Appelants distincts par file"],
        ["Different numbers of answered calls", "Numéros distincts des appels traités"],
        &["OK-65"],
        |study, block| {
            let names = study.names();
            answered(study, block, |call| Some(names.queue_name(call.stint.queue).to_owned()))
        },
    ),
    block(
        "answered-callers-agents",
        Group::Answered,
        "agent",
        ["Unique callers by agent", "Appelants distincts par agent"],
        ["Different numbers of answered calls", "Numéros distincts des appels traités"],
        &["OK-65"],
        |study, block| {
            let names = study.names();
            let agent = |call: &Call| Some(names.agent_name(call.stint.agent?).to_owned());
            answered(study, block, agent)
        },
    ),
    block(
        "summary",
        Group::Overview,
        "all",
        ["Summary", "Résumé"],
        ["Calls and different callers", "Appels et appelants distincts"],
        &["OV-1", "OK-1", "KO-1", "HD-2", "CL-CALLERS"],
        summary,
    ),
    block(
        "recalls",
        Group::Lost,
        "number",
        ["Numbers to be recalled", "Numéros à rappeler"],
        [
            "Callers who were lost, and whether somebody talked to them since",
            "Appelants perdus, et s'ils ont été joints depuis",
        ],
        &[
            "KO-64",
            "KO-65",
            "KO-66",
            "KO-67",
            "KO-68",
            "KO-68LAST",
            "KO-69",
            "KO-69LAST",
            "KO-69AGENT",
            "KO-69QUEUE",
            "KO-70",
        ],
        recalls,
    ),
];

/// Different numbers. Numbers of up to 18 digits are kept as they are, longer
/// ones by a hash.
#[derive(Debug, Default)]
pub(super) struct Numbers(FxHashSet<u64>);

impl Numbers {
    /// Adds a number; one without digits is nobody's.
    pub(super) fn add(&mut self, number: &str) {
        let digits = digits(number);
        if !digits.is_empty() {
            self.0.insert(code(&digits));
        }
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

fn code(digits: &str) -> u64 {
    // A 1 in front keeps leading zeros apart.
    let exact = (digits.len() <= 18).then(|| format!("1{digits}").parse().ok()).flatten();
    exact.unwrap_or_else(|| {
        let mut hasher = FxHasher::default();
        hasher.write(digits.as_bytes());
        hasher.finish()
    })
}

fn answered(
    study: &Study<'_>,
    block: &Block,
    key: impl Fn(&Call) -> Option<String>,
) -> Result<Table> {
    let mut rows: BTreeMap<String, Numbers> = BTreeMap::new();
    study.each_call(&mut |call| {
        if call.stint.answered
            && let Some(key) = key(call)
        {
            rows.entry(key).or_default().add(&call.stint.number);
        }
        Ok(())
    })?;
    let mut table = Table::new(block.columns);
    if block.scope == "all" {
        let known = (!study.has_no_detail()).then(|| rows.values().next().map_or(0, Numbers::len));
        table.add("all", vec![known.into()]);
    } else {
        for (key, numbers) in rows {
            table.add(key, vec![numbers.len().into()]);
        }
    }
    Ok(table)
}

fn summary(study: &Study<'_>, block: &Block) -> Result<Table> {
    let sum = super::answered::whole(study)?;
    let mut numbers = Numbers::default();
    study.each_call(&mut |call| {
        numbers.add(&call.stint.number);
        Ok(())
    })?;
    let short = study.totals().unwrap_or_default().short;
    let callers = (!study.has_no_detail()).then(|| numbers.len());
    let mut table = Table::new(block.columns);
    let cell = &sum.cell;
    table.add(
        "all",
        vec![
            cell.offered().into(),
            cell.answered().into(),
            cell.lost().into(),
            short.into(),
            callers.into(),
        ],
    );
    Ok(table)
}

/// What is known of a number that was lost, since its newest loss.
#[derive(Debug)]
struct Lost {
    last: UnixSec,
    queue: QueueId,
    n: u32,
    short: u32,
    short_last: Option<UnixSec>,
    reached: u32,
    reached_last: Option<(UnixSec, Option<AgentId>, QueueId)>,
}

impl Lost {
    /// KO-70.
    fn state(&self) -> &'static str {
        match (self.reached, self.short) {
            (0, 0) => "not yet recalled",
            (0, _) => "needs further recall",
            _ => "recalled",
        }
    }
}

fn recalls(study: &Study<'_>, block: &Block) -> Result<Table> {
    let threshold = i64::from(study.query.rules.effective_threshold);
    let mut numbers: FxHashMap<String, Lost> = FxHashMap::default();
    study.each_call(&mut |call| {
        let stint = &call.stint;
        let number = digits(&stint.number);
        if number.is_empty() {
            return Ok(());
        }
        let (at, queue) = (stint.enter, stint.queue);
        if !stint.answered && stint.direction == Direction::Inbound {
            let n = numbers.get(&number).map_or(0, |lost| lost.n);
            let (short, short_last, reached, reached_last) = (0, None, 0, None);
            let lost = Lost { last: at, queue, n: n + 1, short, short_last, reached, reached_last };
            numbers.insert(number, lost);
        } else if let Some(lost) = numbers.get_mut(&number) {
            if stint.answered && stint.talk.is_some_and(|talk| talk >= threshold) {
                lost.reached += 1;
                lost.reached_last = Some((at, stint.agent, queue));
            } else {
                lost.short += 1;
                lost.short_last = Some(at);
            }
        }
        Ok(())
    })?;
    let mut rows: Vec<(String, Lost)> = numbers.into_iter().collect();
    rows.sort_by(|a, b| b.1.last.cmp(&a.1.last).then_with(|| a.0.cmp(&b.0)));
    let names = study.names();
    let mut table = Table::new(block.columns);
    for (number, lost) in rows.into_iter().take(study.query.limit) {
        let state = lost.state();
        let (last, agent, queue) = match lost.reached_last {
            Some((at, agent, queue)) => (
                Value::from(at),
                Value::from(agent.map(|agent| names.agent_name(agent))),
                Value::from(names.queue_name(queue)),
            ),
            None => (Value::None, Value::None, Value::None),
        };
        let values = vec![
            number.as_str().into(),
            lost.last.into(),
            names.queue_name(lost.queue).into(),
            lost.n.into(),
            lost.short.into(),
            lost.short_last.into(),
            lost.reached.into(),
            last,
            agent,
            queue,
            state.into(),
        ];
        table.add(number, values);
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_one_in_any_spelling_and_blank_ones_are_nobody() {
        let mut numbers = Numbers::default();
        for number in ["01 77 02", "017702", "+017702", "17702", "", "anonymous"] {
            numbers.add(number);
        }
        assert_eq!(numbers.len(), 2);
        assert_ne!(code("1234567890123456789"), code("1234567890123456788"));
    }
}
