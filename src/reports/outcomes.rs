//! Sales, qualified contacts and contacts by what the agent noted at the end
//! of a call (`metrics.md` 3.9): over time (DI-14…18) and by agent (AG-65).
//! What an outcome counts as comes from the configuration.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::base::{Result, UnixSec};
use crate::model::{AgentId, Stint, WordId};
use crate::reports::agents::times;
use crate::reports::block::{Block, Group, block};
use crate::reports::distributions::{buckets, by_all_bases};
use crate::reports::query::OutcomeKind;
use crate::reports::report::{Table, Value, percent, ratio, real};
use crate::reports::study::Study;
use crate::reports::sums::AgentTime;
use crate::store::{StintPart, Wanted};

pub(super) const OVER_TIME: [&[Block]; 2] = [
    by_all_bases!(
        "sales",
        Group::Distributions,
        ["Sales", "Ventes"],
        ["Calls whose outcome is a sale", "Appels dont la qualification est une vente"],
        &["DI-14", "DI-15", "DI-16", "DI-16PCT"],
        |study, block| per_bucket(study, block, |won, all| {
            vec![
                won.conversion(),
                won.qualified_conversion(),
                won.sales.into(),
                percent(won.sales, all.sales),
            ]
        }),
    ),
    by_all_bases!(
        "contacts",
        Group::Distributions,
        ["Contacts", "Contacts"],
        [
            "Calls whose outcome is a contact, and a qualified one",
            "Appels dont la qualification est un contact, et un contact qualifié",
        ],
        &["DI-17", "DI-18", "DI-18PCT"],
        |study, block| per_bucket(study, block, |won, all| {
            vec![won.qualified.into(), won.contacts.into(), percent(won.contacts, all.contacts)]
        }),
    ),
];

pub(super) const BLOCKS: &[Block] = &[block(
    "agents-outcomes",
    Group::Agents,
    "agent",
    ["Contacts and sales by agent", "Contacts et ventes par agent"],
    ["Per hour of billable time", "Par heure de temps facturable"],
    &["AG-65", "AG-65QC", "AG-65SALES", "AG-65CONV", "AG-65QCONV"],
    by_agent,
)];

/// Calls by what their outcome counts as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Won {
    sales: u32,
    qualified: u32,
    contacts: u32,
    /// Calls that are a contact or a sale; a qualified contact or a sale.
    contact_or_sale: u32,
    qualified_or_sale: u32,
}

impl Won {
    fn add(&mut self, kind: OutcomeKind) {
        self.sales += u32::from(kind.sale);
        self.qualified += u32::from(kind.qualified);
        self.contacts += u32::from(kind.contact);
        self.contact_or_sale += u32::from(kind.contact || kind.sale);
        self.qualified_or_sale += u32::from(kind.qualified || kind.sale);
    }

    fn merge(&mut self, other: &Won) {
        self.sales += other.sales;
        self.qualified += other.qualified;
        self.contacts += other.contacts;
        self.contact_or_sale += other.contact_or_sale;
        self.qualified_or_sale += other.qualified_or_sale;
    }

    /// OU-11.
    fn conversion(&self) -> Value {
        percent(self.sales, self.contact_or_sale)
    }

    /// OU-12.
    fn qualified_conversion(&self) -> Value {
        percent(self.sales, self.qualified_or_sale)
    }
}

/// What the outcomes of the configuration count as, by word.
fn kinds(study: &Study<'_>) -> FxHashMap<WordId, OutcomeKind> {
    let outcomes = study.query.rules.outcomes.iter();
    let known = outcomes.filter_map(|(code, kind)| Some((study.names().find_word(code)?, *kind)));
    if study.query.rules.outcomes.is_empty() {
        study.note(
            "no outcome is configured to count as a contact or a sale; see office.outcomes",
            "aucune qualification ne compte comme contact ou vente ; voir office.outcomes",
        );
    }
    known.collect()
}

/// Calls whose outcome counts as something, with the moment they belong to.
fn each_won(
    study: &Study<'_>,
    kinds: &FxHashMap<WordId, OutcomeKind>,
    visit: &mut dyn FnMut(&Stint, UnixSec, OutcomeKind),
) -> Result<()> {
    if kinds.is_empty() {
        study.detail_range();
        return Ok(());
    }
    study.each_with(StintPart::Outcome, Wanted::FIGURES, &mut |call, at| {
        if let Some(kind) = call.stint.outcome.and_then(|word| kinds.get(&word)) {
            visit(&call.stint, at, *kind);
        }
        Ok(())
    })
}

fn per_bucket(
    study: &Study<'_>,
    block: &Block,
    values: impl Fn(&Won, &Won) -> Vec<Value>,
) -> Result<Table> {
    let mut table = Table::new(block.columns);
    let Some(base) = block.base(&study.query.rules) else { return Ok(table) };
    let kinds = kinds(study);
    let mut sums: BTreeMap<i32, Won> = BTreeMap::new();
    each_won(study, &kinds, &mut |_, at, kind| {
        sums.entry(study.calendar.bucket(base, at)).or_default().add(kind);
    })?;
    let mut all = Won::default();
    sums.values().for_each(|sum| all.merge(sum));
    for (index, bucket) in buckets(study, base) {
        let won = sums.get(&index).copied().unwrap_or_default();
        table.add(bucket.key, values(&won, &all));
    }
    Ok(table)
}

fn by_agent(study: &Study<'_>, block: &Block) -> Result<Table> {
    let kinds = kinds(study);
    let mut sums: BTreeMap<AgentId, Won> = BTreeMap::new();
    each_won(study, &kinds, &mut |stint, _, kind| {
        if let Some(agent) = stint.agent {
            sums.entry(agent).or_default().add(kind);
        }
    })?;
    let times = times(study)?;
    let nobody = AgentTime::default();
    let mut table = Table::new(block.columns);
    for (agent, won) in sums {
        let time = times.get(&agent).unwrap_or(&nobody);
        let billable = time.without(study.names(), &study.query.rules, |kind| !kind.billable);
        let an_hour = |n: u32| ratio(f64::from(n) * 3600.0, real(billable));
        let values = vec![
            an_hour(won.contacts),
            an_hour(won.qualified),
            an_hour(won.sales),
            won.conversion(),
            won.qualified_conversion(),
        ];
        table.add(study.names().agent_name(agent), values);
    }
    Ok(table)
}
