//! Callers by their numbers: how many different ones, and whom to call back.

use std::hash::Hasher;

use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use crate::base::order::Ordered as _;
use crate::base::{Result, UnixSec};
use crate::model::{AgentId, Direction, QueueId};
use crate::reports::block::{Block, Group, block};
use crate::reports::join::Call;
use crate::reports::query::digits;
use crate::reports::report::{Table, Value};
use crate::reports::study::Study;
use crate::store::Wanted;

pub(super) const BLOCKS: &[Block] = &[
    block(
        "answered-callers",
        Group::Answered,
        "all",
        ["Unique callers answered", "Appelants distincts traités"],
        ["Different numbers of answered calls", "Numéros distincts des appels traités"],
        &["OK-65"],
        |study, block| answered(study, block, |_| Some(0), |_| "all"),
    ),
    block(
        "answered-callers-queues",
        Group::Answered,
        "queue",
        ["Unique callers by queue", "Appelants distincts par file"],
        ["Different numbers of answered calls", "Numéros distincts des appels traités"],
        &["OK-65"],
        |study, block| {
            let name = |queue| study.names().queue_name(queue);
            answered(study, block, |call| Some(call.stint.queue), name)
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
            let name = |agent| study.names().agent_name(agent);
            answered(study, block, |call| call.stint.agent, name)
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

/// The numbers of a question, each with an id of its own from 0 on. Numbers
/// of up to 18 digits are told apart exactly, longer ones by a hash.
#[derive(Debug, Default)]
pub(super) struct Numbers(FxHashMap<u64, u32>);

impl Numbers {
    /// The id of a number; one without digits is nobody's.
    pub(super) fn id(&mut self, number: &str) -> Option<u32> {
        let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        code(number).map(|code| *self.0.entry(code).or_insert(next))
    }
}

/// How many different ids there were: a set while they are few among many,
/// then a bit for each.
#[derive(Debug, Default)]
pub(super) struct Different {
    few: FxHashSet<u32>,
    bits: Vec<u64>,
    n: usize,
}

impl Different {
    pub(super) fn add(&mut self, id: Option<u32>) {
        let Some(id) = id else { return };
        if self.bits.is_empty() {
            if self.few.insert(id) {
                self.n += 1;
                // A bit of each id up to this one takes less than the set.
                if self.n >= 32 && id as usize / 8 <= self.n * 8 {
                    for id in std::mem::take(&mut self.few) {
                        self.set(id);
                    }
                }
            }
        } else if self.set(id) {
            self.n += 1;
        }
    }

    /// Whether the id is new.
    fn set(&mut self, id: u32) -> bool {
        let (place, bit) = (id as usize / 64, 1u64 << (id % 64));
        if place >= self.bits.len() {
            self.bits.resize(place + 1, 0);
        }
        let known = self.bits[place] & bit != 0;
        self.bits[place] |= bit;
        !known
    }

    pub(super) fn len(&self) -> usize {
        self.n
    }
}

/// The digits of a number in one word; `None` without digits.
pub(super) fn code(number: &str) -> Option<u64> {
    // A 1 in front keeps leading zeros apart.
    let (mut exact, mut count) = (1u64, 0);
    for digit in number.bytes().filter(u8::is_ascii_digit) {
        count += 1;
        exact = exact.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
    }
    match count {
        0 => None,
        1..=18 => Some(exact),
        _ => {
            let mut hasher = FxHasher::default();
            hasher.write(digits(number).as_bytes());
            Some(hasher.finish())
        }
    }
}

/// The digits that a code tells exactly.
pub(super) fn digits_of(code: Option<u64>) -> Option<String> {
    let text = code?.to_string();
    (text.len() <= 19).then(|| text.strip_prefix('1').map(str::to_owned))?
}

fn answered<'s>(
    study: &'s Study<'_>,
    block: &Block,
    key: impl Fn(&Call) -> Option<u32>,
    name: impl Fn(u32) -> &'s str,
) -> Result<Table> {
    let mut rows: FxHashMap<u32, Different> = FxHashMap::default();
    let mut numbers = Numbers::default();
    study.each_call(Wanted::NUMBER, &mut |call| {
        if call.stint.answered
            && let Some(key) = key(call)
        {
            rows.entry(key).or_default().add(numbers.id(&call.stint.number));
        }
        Ok(())
    })?;
    let mut table = Table::new(block.columns);
    if block.scope == "all" {
        let known =
            (!study.has_no_detail()).then(|| rows.values().next().map_or(0, Different::len));
        table.add("all", vec![known.into()]);
    } else {
        for (key, numbers) in rows {
            table.add(name(key), vec![numbers.len().into()]);
        }
    }
    Ok(table)
}

fn summary(study: &Study<'_>, block: &Block) -> Result<Table> {
    let sum = super::answered::whole(study)?;
    let mut numbers = Numbers::default();
    study.each_call(Wanted::NUMBER, &mut |call| {
        numbers.id(&call.stint.number);
        Ok(())
    })?;
    let short = study.totals().unwrap_or_default().short;
    let callers = (!study.has_no_detail()).then_some(numbers.0.len());
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
#[derive(Debug, Default)]
struct Lost {
    /// Its digits.
    number: Box<str>,
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
    let mut numbers: FxHashMap<u64, Lost> = FxHashMap::default();
    study.each_call(Wanted::NUMBER, &mut |call| {
        let stint = &call.stint;
        let Some(number) = code(&stint.number) else { return Ok(()) };
        let (at, queue) = (stint.enter, stint.queue);
        if !stint.answered && stint.direction == Direction::Inbound {
            let lost = numbers.entry(number).or_insert_with(|| Lost {
                number: digits(&stint.number).into(),
                ..Lost::default()
            });
            let (number, n) = (std::mem::take(&mut lost.number), lost.n + 1);
            *lost = Lost { number, last: at, queue, n, ..Lost::default() };
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
    let mut rows: Vec<Lost> = numbers.into_values().collect();
    rows.order_by(|a, b| b.last.cmp(&a.last).then_with(|| a.number.cmp(&b.number)));
    let names = study.names();
    let mut table = Table::new(block.columns);
    for lost in rows.into_iter().take(study.query.limit) {
        let number: &str = &lost.number;
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
            number.into(),
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
    fn different_ids_are_counted_once_however_many_there_are() {
        for step in [1u32, 7, 100_000] {
            let mut different = Different::default();
            for id in (0..500).chain(100..600) {
                different.add(Some(id * step));
            }
            assert_eq!(different.len(), 600, "{step}");
            assert_eq!(different.bits.is_empty(), step == 100_000);
        }
    }

    #[test]
    fn numbers_are_one_in_any_spelling_and_blank_ones_are_nobody() {
        let (mut numbers, mut different) = (Numbers::default(), Different::default());
        for number in ["01 77 02", "017702", "+017702", "17702", "", "anonymous"] {
            different.add(numbers.id(number));
        }
        assert_eq!((numbers.0.len(), different.len()), (2, 2));
        assert_eq!(code("+01 7"), code("017"));
        assert_ne!(code("1234567890123456789"), code("1234567890123456788"));
    }
}
