//! Tables that split calls by a word, a position or a number of stints: `-`
//! is the row of those without one.

use std::collections::BTreeMap;

use crate::base::order::Ordered as _;
use crate::model::totals::{NO_WORD, Tally, VoiceMenu, Waits};
use crate::model::{Names, WordId};
use crate::reports::block::Block;
use crate::reports::report::{Table, Value, percent};

/// The key of what is unknown or absent.
pub(super) const NONE: &str = "-";

/// Counts by word, and of `all` the rest as `-`.
pub(super) fn words(names: &Names, tally: &Tally, all: u32) -> Vec<(String, u32)> {
    let mut rows: Vec<(String, u32)> = Vec::new();
    let mut known = 0;
    for (word, n) in tally.iter().filter(|entry| entry.0 != NO_WORD) {
        rows.push((names.word_text(word).to_owned(), n));
        known += n;
    }
    rows.order_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    if all > known {
        rows.push((NONE.to_owned(), all - known));
    }
    rows
}

/// A table of count and share of `all`.
pub(super) fn ranked(block: &Block, rows: Vec<(String, u32)>, all: u32) -> Table {
    let mut table = Table::new(block.columns);
    for (key, n) in rows {
        table.add(key, vec![n.into(), percent(n, all)]);
    }
    table
}

/// By position, in order, the unknown last.
pub(super) fn positions(block: &Block, tally: &Tally, all: u32) -> Table {
    let known = tally.iter().map(|(position, n)| (position.to_string(), n));
    let mut rows: Vec<(String, u32)> = known.collect();
    let unknown = all - tally.total().min(all);
    if unknown > 0 {
        rows.push((NONE.to_owned(), unknown));
    }
    ranked(block, rows, all)
}

/// How many of `all` waited at most as long as each step, and longer than the
/// step before; shares of `all` and of the calls offered.
pub(super) fn steps(
    block: &Block,
    steps: impl IntoIterator<Item = u32>,
    waits: &Waits,
    all: u32,
    offered: u32,
) -> Table {
    let mut table = Table::new(block.columns);
    let mut before = 0;
    for limit in steps {
        let within = waits.within(limit);
        let (part, whole) = (percent(within, all), percent(within, offered));
        table.add(limit.to_string(), vec![within.into(), (within - before).into(), part, whole]);
        before = within;
    }
    table
}

/// By number of stints; calls that are not in the tally have one.
pub(super) fn stints(block: &Block, tally: &Tally, all: u32) -> Table {
    let one = all - tally.total().min(all);
    let mut rows = Vec::new();
    if one > 0 {
        rows.push(("1".to_owned(), one));
    }
    rows.extend(tally.iter().map(|(stints, n)| (stints.to_string(), n)));
    ranked(block, rows, all)
}

/// By voice menu selection, of `all` the rest as `-`.
pub(super) fn menu(
    names: &Names,
    menu: &BTreeMap<WordId, VoiceMenu>,
    all: u32,
) -> Vec<(String, VoiceMenu)> {
    let mut rows: Vec<(String, VoiceMenu)> = menu
        .iter()
        .filter(|entry| *entry.0 != NO_WORD)
        .map(|(&word, &entry)| (names.word_text(word).to_owned(), entry))
        .collect();
    rows.order_by(|a, b| b.1.n.cmp(&a.1.n).then_with(|| a.0.cmp(&b.0)));
    let known: u32 = rows.iter().map(|row| row.1.n).sum();
    if all > known {
        let secs = menu.get(&NO_WORD).map_or_else(Default::default, |entry| entry.secs);
        rows.push((NONE.to_owned(), VoiceMenu { n: all - known, secs }));
    }
    rows
}

/// Count, share, and total, average, shortest and longest time in the menu.
pub(super) fn menu_row(entry: &VoiceMenu, all: u32) -> Vec<Value> {
    vec![
        entry.n.into(),
        percent(entry.n, all),
        entry.secs.total().into(),
        entry.secs.mean().into(),
        entry.secs.min().into(),
        entry.secs.max().into(),
    ]
}
