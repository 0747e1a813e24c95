//! Blocks: the named questions of the catalogue.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use crate::base::order::Ordered as _;
use crate::base::{Error, Kind, Result};
use crate::reports::period::Base;
use crate::reports::query::{Language, Query, Rules};
use crate::reports::report::{Column, Header, Report, Table, Value};
use crate::reports::source::Source;
use crate::reports::study::Study;

/// A named question: which figures, of what, one row per what.
#[derive(Clone, Copy)]
pub struct Block {
    pub id: &'static str,
    pub group: Group,
    /// What a row is: `all`, `queue`, `agent`, `hour`, `day`, `dow`, …
    pub scope: &'static str,
    label: [&'static str; 2],
    about: [&'static str; 2],
    pub columns: &'static [&'static str],
    run: fn(&Study<'_>, &Block) -> Result<Table>,
}

pub(super) const fn block(
    id: &'static str,
    group: Group,
    scope: &'static str,
    label: [&'static str; 2],
    about: [&'static str; 2],
    columns: &'static [&'static str],
    run: fn(&Study<'_>, &Block) -> Result<Table>,
) -> Block {
    Block { id, group, scope, label, about, columns, run }
}

impl Block {
    pub fn label(&self, language: Language) -> &'static str {
        language.pick(self.label[0], self.label[1])
    }

    pub fn description(&self, language: Language) -> &'static str {
        language.pick(self.about[0], self.about[1])
    }

    /// The columns with their labels; a table with steps has more of them.
    pub fn columns(&self, language: Language) -> Vec<Column> {
        self.columns.iter().map(|id| column(id, language)).collect()
    }

    /// The base of a distribution.
    pub(super) fn base(&self, rules: &Rules) -> Option<Base> {
        match self.scope {
            "day" => Some(Base::Day),
            "hour" => Some(Base::Hour(rules.hourly_slot)),
            "dow" => Some(Base::Week(rules.week_start)),
            "agent by hour" => Some(Base::Hour(rules.hourly_slot)),
            "agent by day" => Some(Base::Day),
            _ => None,
        }
    }
}

/// Chapters of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    Overview,
    Answered,
    Lost,
    Sla,
    Areas,
    Attempts,
    Distributions,
    Traffic,
    Agents,
    Pauses,
    Lists,
}

impl Group {
    pub const ALL: [Group; 11] = [
        Group::Overview,
        Group::Answered,
        Group::Lost,
        Group::Sla,
        Group::Areas,
        Group::Attempts,
        Group::Distributions,
        Group::Traffic,
        Group::Agents,
        Group::Pauses,
        Group::Lists,
    ];

    pub fn id(self) -> &'static str {
        match self {
            Group::Overview => "overview",
            Group::Answered => "answered",
            Group::Lost => "lost",
            Group::Sla => "sla",
            Group::Areas => "areas",
            Group::Attempts => "attempts",
            Group::Distributions => "distributions",
            Group::Traffic => "traffic",
            Group::Agents => "agents",
            Group::Pauses => "pauses",
            Group::Lists => "lists",
        }
    }

    pub fn label(self, language: Language) -> &'static str {
        let (english, french) = match self {
            Group::Overview => ("Overview", "Vue d'ensemble"),
            Group::Answered => ("Answered calls", "Appels traités"),
            Group::Lost => ("Lost calls", "Appels perdus"),
            Group::Sla => ("Service level", "Niveau de service"),
            Group::Areas => ("Area codes", "Indicatifs"),
            Group::Attempts => ("Attempts", "Sonneries"),
            Group::Distributions => ("Distributions", "Répartitions"),
            Group::Traffic => ("Traffic", "Trafic"),
            Group::Agents => ("Agents", "Agents"),
            Group::Pauses => ("Sessions and pauses", "Sessions et pauses"),
            Group::Lists => ("Call lists", "Listes d'appels"),
        };
        language.pick(english, french)
    }
}

/// Every block, in the order of its chapter.
pub fn catalogue() -> &'static [Block] {
    static ALL: OnceLock<Vec<Block>> = OnceLock::new();
    ALL.get_or_init(|| {
        let single: [&[Block]; 16] = [
            super::overview::BLOCKS,
            super::answered::BLOCKS,
            super::lost::BLOCKS,
            super::sla::BLOCKS,
            super::callers::BLOCKS,
            super::skills::BLOCKS,
            super::teams::BLOCKS,
            super::areas::BLOCKS,
            super::attempts::BLOCKS,
            super::agents::BLOCKS,
            super::agent_calls::BLOCKS,
            super::handling::BLOCKS,
            super::outcomes::BLOCKS,
            super::agent_hours::BLOCKS,
            super::presence::BLOCKS,
            super::lists::BLOCKS,
        ];
        let based = [super::traffic::BLOCKS];
        let distributed = super::distributions::BLOCKS.into_iter().chain(super::staff::BLOCKS);
        let outcomes = super::outcomes::OVER_TIME.into_iter();
        let all = single.into_iter().chain(distributed).chain(outcomes).chain(based);
        let mut blocks: Vec<Block> = all.flatten().copied().collect();
        // Stable: blocks of a chapter keep the order they were written in.
        blocks.order_by_key(|block| block.group);
        blocks
    })
}

/// The block of a name.
///
/// Errors: [`Kind::NotFound`] with what is near or how to list them.
pub fn find(id: &str) -> Result<&'static Block> {
    catalogue().iter().find(|block| block.id == id).ok_or_else(|| {
        let near: Vec<&str> = catalogue()
            .iter()
            .map(|block| block.id)
            .filter(|known| known.contains(id) || id.contains(known))
            .collect();
        let hint = match near.as_slice() {
            [] => "see the list of blocks".to_owned(),
            near => format!("did you mean {}", near.join(", ")),
        };
        Error::new(Kind::NotFound, format!("there is no report {id:?}; {hint}"))
            .coded("report.unknown", [("block", id.to_owned())])
    })
}

/// Answers a question.
///
/// Errors: those of the source, and [`Kind::NotFound`] for an unknown block.
pub fn run(id: &str, query: &Query, source: &dyn Source) -> Result<Report> {
    let block = find(id)?;
    let base = block.base(&query.rules);
    let effective = block.columns.iter().any(|id| ["OK-64", "OV-11", "AG-68EFF"].contains(id));
    let study = Study::new(query, source, base, effective);
    let table = (block.run)(&study, block)?;
    let totals = study.header_totals()?;
    let kept = totals.answered + totals.lost;
    let processed = kept + totals.short;
    let columns: Vec<Column> = table.columns.iter().map(|id| column(id, query.language)).collect();
    let mut rows = table.rows;
    if block.scope == "queue" || block.scope.starts_with("agent") {
        rows.order_by(|a, b| a.key.cmp(&b.key));
    }
    if query.rules.hide_empty && base.is_some() {
        let empty = |value: &Value| matches!(value, Value::None | Value::Int(0) | Value::Real(0.0));
        rows.retain(|row| !row.values.iter().all(empty));
    }
    Ok(Report {
        block: block.id,
        label: block.label(query.language).to_owned(),
        header: Header {
            from: query.from,
            to: query.to,
            zone: query.zone.name().to_owned(),
            generated_at: query.now,
            atomic_queues: study.atomic_queues(),
            queues: query.queues.clone(),
            agents: query.agents.clone(),
            filters: query.described(),
            processed,
            short: totals.short,
            ratio: (processed > 0).then(|| 100.0 * kept as f64 / processed as f64),
            answered: totals.answered,
            lost: totals.lost,
            multi_stint: query.rules.join_multistint,
            covered_from: study.covered_from(),
            notes: study.notes(),
        },
        columns,
        rows,
        compare: None,
    })
}

/// A figure of the catalogue.
struct Metric {
    unit: &'static str,
    label: [&'static str; 2],
    about: [&'static str; 2],
}

/// Ids, units, labels and descriptions, one per line, parts separated by `|`.
const METRICS: &str = include_str!("metrics.txt");

fn metrics() -> &'static FxHashMap<&'static str, Metric> {
    static ALL: OnceLock<FxHashMap<&'static str, Metric>> = OnceLock::new();
    ALL.get_or_init(|| {
        METRICS
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(|line| {
                let mut parts = line.split('|').map(str::trim);
                let mut next = || parts.next().unwrap_or("");
                let (id, unit, label) = (next(), next(), [next(), next()]);
                (id, Metric { unit, label, about: [next(), next()] })
            })
            .collect()
    })
}

/// A column by its id; the part after a colon goes into the label.
fn column(id: &str, language: Language) -> Column {
    let (name, part) = id.split_once(':').unwrap_or((id, ""));
    let Some(metric) = metrics().get(name) else {
        return Column { id: id.into(), label: id.into(), unit: "n", description: String::new() };
    };
    let label = language.pick(metric.label[0], metric.label[1]);
    Column {
        id: id.to_owned(),
        label: if part.is_empty() { label.to_owned() } else { format!("{label} {part}") },
        unit: metric.unit,
        description: language.pick(metric.about[0], metric.about[1]).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_of_every_block_is_in_the_catalogue_in_both_languages() {
        for block in catalogue() {
            for id in block.columns {
                let metric = metrics().get(id.split(':').next().unwrap());
                let metric = metric.unwrap_or_else(|| panic!("{}: {id}", block.id));
                assert!(metric.label.iter().all(|label| !label.is_empty()), "{id}");
                assert!(
                    ["n", "s", "%", "x", "/h", "time", "text", "pos"].contains(&metric.unit),
                    "{id}"
                );
            }
            assert!(block.label.iter().chain(&block.about).all(|text| !text.is_empty()));
        }
    }

    #[test]
    fn no_figure_is_described_that_no_block_shows() {
        for id in metrics().keys() {
            let shown = catalogue().iter().any(|block| {
                block.columns.iter().any(|column| column.split(':').next() == Some(id))
            });
            assert!(shown, "{id}");
        }
    }

    #[test]
    fn names_of_blocks_are_unique_and_unknown_ones_get_a_hint() {
        let mut ids: Vec<&str> = catalogue().iter().map(|block| block.id).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all);
        let error = find("answer").map(|block| block.id).unwrap_err();
        assert_eq!(error.kind(), Kind::NotFound);
        assert!(error.message().contains("answered-sla"));
    }
}
