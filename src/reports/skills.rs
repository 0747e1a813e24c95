//! Skills that calls asked for (OK-56…61, KO-55, DI-31).

use std::collections::{BTreeMap, BTreeSet};

use crate::base::Result;
use crate::base::order::Gathered as _;
use crate::model::totals::Stat;
use crate::model::{NoteKind, Stint};
use crate::reports::block::{Block, Group, block};
use crate::reports::report::{Table, Value};
use crate::reports::study::Study;
use crate::store::{StintPart, Wanted};

pub(super) const BLOCKS: &[Block] = &[
    block(
        "answered-skills",
        Group::Answered,
        "skill",
        ["Skills of answered calls", "Compétences des appels traités"],
        ["Skills that answered calls asked for", "Compétences demandées par les appels traités"],
        &["OK-56", "OK-57", "OK-58", "OK-59", "OK-60", "OK-61"],
        answered,
    ),
    block(
        "lost-skills",
        Group::Lost,
        "skill",
        ["Skills of lost calls", "Compétences des appels perdus"],
        [
            "Skills that lost calls, and all calls, asked for",
            "Compétences demandées par les appels perdus, et par tous",
        ],
        &["KO-55", "KO-55ALL"],
        lost,
    ),
    block(
        "by-hour-skills",
        Group::Distributions,
        "hour",
        ["Skills by hour", "Compétences par heure"],
        ["Calls asking for each skill", "Appels demandant chaque compétence"],
        &["DI-31"],
        per_bucket,
    ),
    block(
        "by-day-skills",
        Group::Distributions,
        "day",
        ["Skills by day", "Compétences par jour"],
        ["Calls asking for each skill", "Appels demandant chaque compétence"],
        &["DI-31"],
        per_bucket,
    ),
    block(
        "by-dow-skills",
        Group::Distributions,
        "dow",
        ["Skills by day of week", "Compétences par jour de semaine"],
        ["Calls asking for each skill", "Appels demandant chaque compétence"],
        &["DI-31"],
        per_bucket,
    ),
];

/// Each skill of a call once, with its level.
fn skills(stint: &Stint) -> BTreeMap<String, Option<i64>> {
    stint
        .notes
        .iter()
        .filter(|note| note.kind == NoteKind::Skill)
        .map(|note| (note.text.to_string(), note.more.trim().parse().ok()))
        .into_map()
}

#[derive(Default)]
struct Figures {
    taken: u32,
    lost: u32,
    level: Stat,
    wait: Stat,
    talk: Stat,
}

fn wanted(study: &Study<'_>) -> Result<BTreeMap<String, Figures>> {
    let mut all: BTreeMap<String, Figures> = BTreeMap::new();
    study.each_with(StintPart::Notes, Wanted::FIGURES, &mut |call, _| {
        for (skill, level) in skills(&call.stint) {
            let entry = all.entry(skill).or_default();
            if !call.stint.answered {
                entry.lost += 1;
                continue;
            }
            entry.taken += 1;
            level.into_iter().for_each(|level| entry.level.add(level));
            call.stint.wait.into_iter().for_each(|wait| entry.wait.add(wait));
            call.stint.talk.into_iter().for_each(|talk| entry.talk.add(talk));
        }
        Ok(())
    })?;
    Ok(all)
}

fn answered(study: &Study<'_>, block: &Block) -> Result<Table> {
    let mut table = Table::new(block.columns);
    for (skill, wanted) in wanted(study)?.into_iter().filter(|entry| entry.1.taken > 0) {
        let values = vec![
            wanted.taken.into(),
            wanted.level.min().into(),
            wanted.level.mean().into(),
            wanted.level.max().into(),
            wanted.wait.mean().into(),
            wanted.talk.mean().into(),
        ];
        table.add(skill, values);
    }
    Ok(table)
}

fn lost(study: &Study<'_>, block: &Block) -> Result<Table> {
    let mut table = Table::new(block.columns);
    for (skill, wanted) in wanted(study)? {
        table.add(skill, vec![wanted.lost.into(), (wanted.lost + wanted.taken).into()]);
    }
    Ok(table)
}

fn per_bucket(study: &Study<'_>, block: &Block) -> Result<Table> {
    let mut table = Table::default();
    let Some(base) = block.base(&study.query.rules) else { return Ok(table) };
    let mut counts: BTreeMap<(i32, String), u32> = BTreeMap::new();
    study.each_with(StintPart::Notes, Wanted::FIGURES, &mut |call, _| {
        let bucket = study.calendar.bucket(base, call.stint.enter);
        for skill in skills(&call.stint).into_keys() {
            *counts.entry((bucket, skill)).or_default() += 1;
        }
        Ok(())
    })?;
    let skills: BTreeSet<String> = counts.keys().map(|key| key.1.clone()).into_set();
    table.columns = skills.iter().map(|skill| format!("DI-31:{skill}")).collect();
    for (index, bucket) in study.calendar.buckets(base) {
        let count = |skill: &String| counts.get(&(index, skill.clone())).copied().unwrap_or(0);
        let values = skills.iter().map(|skill| Value::from(count(skill))).collect();
        table.add(bucket.key, values);
    }
    Ok(table)
}
