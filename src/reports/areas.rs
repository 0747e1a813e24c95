//! Calls by area code (`metrics.md` 3.5).

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::base::Result;
use crate::base::order::Ordered as _;
use crate::model::Stint;
use crate::reports::block::{Block, Group, block};
use crate::reports::callers::{Different, Numbers, code, digits_of};
use crate::reports::query::{Area, digits};
use crate::reports::report::{Table, Value, percent};
use crate::reports::split::NONE;
use crate::reports::study::Study;
use crate::store::Wanted;

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
    /// Different numbers.
    callers: usize,
    talk: Part,
    wait: Part,
    position: Part,
    duration: Part,
}

/// A sum and of how many: there may be as many as numbers.
#[derive(Default)]
struct Part {
    n: u32,
    sum: u64,
}

impl Part {
    fn add(&mut self, value: i64) {
        self.n += 1;
        self.sum += u64::try_from(value).unwrap_or(0);
    }

    fn total(&self) -> Option<u64> {
        (self.n > 0).then_some(self.sum)
    }

    fn mean(&self) -> Option<f64> {
        (self.n > 0).then(|| self.sum as f64 / f64::from(self.n))
    }
}

impl Figures {
    fn add(&mut self, stint: &Stint) {
        self.calls += 1;
        self.taken += u32::from(stint.answered);
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
            self.callers.into(),
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
    // By the digits of the code in one word; texts are made once for each.
    let mut areas: FxHashMap<Option<u64>, (String, Figures, Different)> = FxHashMap::default();
    let mut numbers = Numbers::default();
    let mut digits = String::new();
    study.each_call(Wanted::NUMBER, &mut |call| {
        if keep(&call.stint) {
            let cut = cut(area, &call.stint.number, &mut digits);
            let empty = || (named(cut), Figures::default(), Different::default());
            let (_, figures, callers) = areas.entry(code(cut)).or_insert_with(empty);
            figures.add(&call.stint);
            callers.add(numbers.id(&call.stint.number));
        }
        Ok(())
    })?;
    let areas: BTreeMap<String, Figures> = (areas.into_values())
        .map(|(prefix, figures, callers)| (prefix, Figures { callers: callers.len(), ..figures }))
        .collect();
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
    let mut numbers: FxHashMap<Option<u64>, Figures> = FxHashMap::default();
    // The digits of those that their codes do not tell.
    let mut long: FxHashMap<u64, String> = FxHashMap::default();
    study.each_call(Wanted::NUMBER, &mut |call| {
        let number = &call.stint.number;
        let code = code(number);
        let empty = || {
            if let Some(code) = code.filter(|_| digits_of(code).is_none_or(|d| d != digits(number)))
            {
                long.insert(code, digits(number));
            }
            Figures { callers: usize::from(code.is_some()), ..Figures::default() }
        };
        numbers.entry(code).or_insert_with(empty).add(&call.stint);
        Ok(())
    })?;
    let text = |code: Option<u64>| match code.and_then(|code| long.get(&code)) {
        Some(digits) => digits.clone(),
        None => digits_of(code).unwrap_or_default(),
    };
    let limit = study.query.limit;
    let mut rows: Vec<(String, String, Figures)> = Vec::new();
    let sort = |rows: &mut Vec<(String, String, Figures)>| {
        rows.order_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
        rows.truncate(limit);
    };
    for (code, figures) in numbers {
        let number = text(code);
        rows.push((prefix(area, &number), number, figures));
        // No more than may be listed are kept, and as many again.
        if rows.len() / 2 > limit {
            sort(&mut rows);
        }
    }
    sort(&mut rows);
    let mut table = Table::new(block.columns);
    for (prefix, number, figures) in rows {
        let shown = if number.is_empty() { NONE } else { &number };
        let mut values = vec![Value::from(prefix.as_str()), Value::from(shown)];
        values.extend(figures.values());
        table.add(format!("{prefix} / {shown}"), values);
    }
    Ok(table)
}

/// The area code of a number; `-` for one without digits.
fn prefix(area: &Area, number: &str) -> String {
    named(cut(area, number, &mut String::new()))
}

fn named(code: &str) -> String {
    if code.is_empty() { NONE.to_owned() } else { code.to_owned() }
}

/// The digits of the area code, perhaps none. `digits` is where they are
/// written.
fn cut<'a>(area: &Area, number: &str, digits: &'a mut String) -> &'a str {
    digits.clear();
    digits.extend(number.chars().filter(char::is_ascii_digit));
    let national = area
        .national_prefixes
        .iter()
        .filter(|prefix| !prefix.is_empty() && digits.starts_with(prefix.as_str()))
        .map(String::len)
        .max()
        .unwrap_or(0);
    // Digits are one byte each.
    let start = (national + area.start.saturating_sub(1)).min(digits.len());
    let end = (start + area.digits).min(digits.len());
    &digits[start..end]
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
