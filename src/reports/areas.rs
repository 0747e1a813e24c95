//! Calls by area code (`metrics.md` 3.5).

use std::collections::BTreeMap;

use crate::base::Result;
use crate::model::Stint;
use crate::model::totals::Stat;
use crate::reports::block::{Block, Group, block};
use crate::reports::callers::Numbers;
use crate::reports::query::{Area, digits};
use crate::reports::report::{Table, Value, percent};
use crate::reports::split::NONE;
use crate::reports::study::Study;

const FIGURES: &[&str] = &[
    "AR-1", "AR-3", "AR-4", "AR-5", "AR-6", "AR-7", "AR-8", "AR-9", "AR-10", "AR-11", "AR-12",
    "AR-13",
];

pub(super) const BLOCKS: &[Block] = &[
    block(
        "areas",
        Group::Areas,
        "area",
        ["Area codes", "Indicatifs"],
        [
            "Calls by the first digits of the other party's number",
            "Appels par premiers chiffres du numéro du correspondant",
        ],
        FIGURES,
        |study, block| by_area(study, block, |_| true),
    ),
    block(
        "areas-answered",
        Group::Areas,
        "area",
        ["Area codes of answered calls", "Indicatifs des appels traités"],
        ["Answered calls only", "Appels traités uniquement"],
        FIGURES,
        |study, block| by_area(study, block, |stint| stint.answered),
    ),
    block(
        "areas-lost",
        Group::Areas,
        "area",
        ["Area codes of lost calls", "Indicatifs des appels perdus"],
        ["Lost calls only", "Appels perdus uniquement"],
        FIGURES,
        |study, block| by_area(study, block, |stint| !stint.answered),
    ),
    block(
        "areas-numbers",
        Group::Areas,
        "number",
        ["Numbers of each area", "Numéros de chaque indicatif"],
        ["Each number of each area code", "Chaque numéro de chaque indicatif"],
        &[
            "AR-1", "AR-2", "AR-3", "AR-4", "AR-5", "AR-6", "AR-7", "AR-8", "AR-9", "AR-10",
            "AR-11", "AR-12", "AR-13",
        ],
        by_number,
    ),
];

#[derive(Default)]
struct Figures {
    calls: u32,
    taken: u32,
    callers: Numbers,
    talk: Stat,
    wait: Stat,
    position: Stat,
    duration: Stat,
}

impl Figures {
    fn add(&mut self, stint: &Stint) {
        self.calls += 1;
        self.taken += u32::from(stint.answered);
        self.callers.add(&stint.number);
        stint.talk.into_iter().for_each(|talk| self.talk.add(talk));
        stint.wait.into_iter().for_each(|wait| self.wait.add(wait));
        stint.position.into_iter().for_each(|position| self.position.add(i64::from(position)));
        if stint.wait.is_some() || stint.talk.is_some() {
            self.duration.add(stint.wait.unwrap_or(0) + stint.talk.unwrap_or(0));
        }
    }

    fn values(&self) -> Vec<Value> {
        vec![
            self.calls.into(),
            self.taken.into(),
            (self.calls - self.taken).into(),
            percent(self.taken, self.calls),
            self.callers.len().into(),
            self.talk.total().into(),
            self.talk.mean().into(),
            self.wait.mean().into(),
            self.position.mean().into(),
            self.duration.total().into(),
            self.duration.mean().into(),
        ]
    }
}

fn by_area(study: &Study<'_>, block: &Block, keep: impl Fn(&Stint) -> bool) -> Result<Table> {
    let area = &study.query.rules.area;
    let mut areas: BTreeMap<String, Figures> = BTreeMap::new();
    study.each_call(&mut |call| {
        if keep(&call.stint) {
            areas.entry(prefix(area, &call.stint.number)).or_default().add(&call.stint);
        }
        Ok(())
    })?;
    let mut table = Table::new(block.columns);
    for (prefix, figures) in areas {
        let mut values = vec![Value::from(prefix.as_str())];
        values.extend(figures.values());
        table.add(prefix, values);
    }
    Ok(table)
}

fn by_number(study: &Study<'_>, block: &Block) -> Result<Table> {
    let area = &study.query.rules.area;
    let mut numbers: BTreeMap<(String, String), Figures> = BTreeMap::new();
    study.each_call(&mut |call| {
        let number = digits(&call.stint.number);
        let key = (prefix(area, &number), number);
        numbers.entry(key).or_default().add(&call.stint);
        Ok(())
    })?;
    let mut table = Table::new(block.columns);
    for ((prefix, number), figures) in numbers.into_iter().take(study.query.limit) {
        let shown = if number.is_empty() { NONE } else { &number };
        let mut values = vec![Value::from(prefix.as_str()), Value::from(shown)];
        values.extend(figures.values());
        table.add(format!("{prefix} / {shown}"), values);
    }
    Ok(table)
}

/// The area code of a number; `-` for one without digits.
fn prefix(area: &Area, number: &str) -> String {
    let digits = digits(number);
    let national = area
        .national_prefixes
        .iter()
        .filter(|prefix| !prefix.is_empty() && digits.starts_with(prefix.as_str()))
        .map(String::len)
        .max()
        .unwrap_or(0);
    let start = area.start.saturating_sub(1);
    let code: String = digits.chars().skip(national + start).take(area.digits).collect();
    if code.is_empty() { NONE.to_owned() } else { code }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_cut_after_the_longest_national_prefix() {
        let area = Area {
            digits: 3,
            start: 1,
            national_prefixes: vec!["00".into(), "0033".into(), "33".into()],
        };
        assert_eq!(prefix(&area, "+33 1 77 02 96"), "177");
        assert_eq!(prefix(&area, "0033177"), "177");
        assert_eq!(prefix(&area, "017702"), "017");
        assert_eq!(prefix(&area, "12"), "12");
        assert_eq!(prefix(&area, "anonymous"), "-");
        assert_eq!(prefix(&Area { start: 2, ..Area::default() }, "017702"), "177");
    }
}
