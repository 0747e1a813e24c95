//! Agents' calls: answered, attempted, handled (`metrics.md` 3.8).

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::base::Result;
use crate::model::{AgentId, Stint, WordId};
use crate::reports::agents::times;
use crate::reports::block::{Block, Group, block};
use crate::reports::callers::{Different, Numbers};
use crate::reports::report::{Table, Value, percent, ratio, real};
use crate::reports::split::NONE;
use crate::reports::study::Study;
use crate::reports::sums::{AgentSum, AgentTime};
use crate::store::{StintPart, Wanted};

pub(super) const BLOCKS: &[Block] = &[
    block(
        "agents-answered",
        Group::Agents,
        "agent",
        ["Calls answered by agent", "Appels traités par agent"],
        ["Answered calls on the selected queues", "Appels traités sur les files choisies"],
        &["AG-13", "AG-14", "AG-15", "AG-16", "AG-17"],
        answered,
    ),
    block(
        "agents-calls",
        Group::Agents,
        "agent",
        ["Call handling by agent", "Traitement des appels par agent"],
        [
            "Attempts, handling time, hold, hang-ups and transfers",
            "Sonneries, durée de traitement, garde, raccrochages et transferts",
        ],
        &["AG-66", "AG-67", "AG-67PCT", "AG-69", "AG-70", "AG-70AVG", "AG-71", "AG-72", "AG-73"],
        handling,
    ),
    block(
        "agents-callers",
        Group::Agents,
        "agent",
        ["Unique callers by agent", "Appelants distincts par agent"],
        [
            "Different numbers that rang at, were answered by, and talked with each agent",
            "Numéros distincts présentés, traités et utiles par agent",
        ],
        &["AG-68", "AG-68ANS", "AG-68EFF"],
        callers,
    ),
    block(
        "agents-outbound",
        Group::Agents,
        "agent",
        ["Outbound calls by agent", "Appels sortants par agent"],
        ["Calls dialled and answered", "Appels composés et aboutis"],
        &["AG-64", "AG-64ANS", "AG-64TALK"],
        outbound,
    ),
    block(
        "agents-queues",
        Group::Agents,
        "agent / queue",
        ["Calls by agent and queue", "Appels par agent et file"],
        ["Who answered for which queue", "Qui a traité pour quelle file"],
        &["AG-55", "AG-55TALK", "AG-55SHARE"],
        queues,
    ),
    block(
        "agents-tags",
        Group::Agents,
        "agent / tag",
        ["Calls by agent and tag", "Appels par agent et étiquette"],
        ["Answered calls by their tag", "Appels traités par étiquette"],
        &["AG-55", "AG-55TALK", "AG-55SHARE"],
        |study, block| {
            by_word(study, block, StintPart::Tag, |stint| stint.tag.into_iter().collect())
        },
    ),
    block(
        "agents-features",
        Group::Agents,
        "agent / feature",
        ["Calls by agent and feature", "Appels par agent et caractéristique"],
        ["Answered calls by each of their features", "Appels traités par caractéristique"],
        &["AG-55", "AG-55TALK", "AG-55SHARE"],
        |study, block| by_word(study, block, StintPart::Features, |stint| stint.features.clone()),
    ),
];

fn by_agent(study: &Study<'_>) -> Result<BTreeMap<AgentId, AgentSum>> {
    let mut sums = study.agents_by(|key| Some(key.agent))?;
    sums.retain(|_, sum| !sum.is_empty());
    Ok(sums)
}

fn answered(study: &Study<'_>, block: &Block) -> Result<Table> {
    let mut table = Table::new(block.columns);
    let sums = by_agent(study)?;
    // The share is of all answered calls, unless agents were chosen.
    let all = super::answered::whole(study)?.cell.answered();
    for (agent, sum) in sums {
        let n = sum.all.answered();
        if n > 0 {
            let values = vec![
                n.into(),
                sum.all.talk.stat.total().into(),
                sum.all.talk.stat.mean().into(),
                sum.all.wait.stat.mean().into(),
                percent(n, all),
            ];
            table.add(study.names().agent_name(agent), values);
        }
    }
    Ok(table)
}

fn handling(study: &Study<'_>, block: &Block) -> Result<Table> {
    let mut table = Table::new(block.columns);
    let times = times(study)?;
    let nobody = AgentTime::default();
    for (agent, sum) in by_agent(study)? {
        let calls = &sum.all;
        let time = times.get(&agent).unwrap_or(&nobody);
        let answered = calls.answered();
        let wrap = time.wrap(study.names(), &study.query.rules).after_call;
        let (by_agent, by_caller) = calls.hung_up_by();
        let values = vec![
            sum.offered().into(),
            calls.rings_lost.n.into(),
            percent(calls.rings_lost.n, sum.offered()),
            ratio(real(calls.talk.stat.sum + wrap), answered),
            calls.hold.stat.sum.into(),
            ratio(real(calls.hold.stat.sum), answered),
            percent(by_agent, by_agent + by_caller),
            percent(calls.transferred(), answered),
            ratio(f64::from(answered) * 3600.0, real(time.session)),
        ];
        table.add(study.names().agent_name(agent), values);
    }
    Ok(table)
}

fn callers(study: &Study<'_>, block: &Block) -> Result<Table> {
    let threshold = i64::from(study.query.rules.effective_threshold);
    let mut agents: FxHashMap<AgentId, [Different; 3]> = FxHashMap::default();
    let mut numbers = Numbers::default();
    study.each_attempted(Wanted::NUMBER, &mut |stint| {
        let number = numbers.id(&stint.number);
        let rang = stint.attempts.iter().map(|attempt| attempt.agent);
        for agent in rang.chain(stint.agent).filter(|&agent| study.scope.has_agent(agent)) {
            let [all, answered, effective] = agents.entry(agent).or_default();
            all.add(number);
            if stint.answered && stint.agent == Some(agent) {
                answered.add(number);
                if stint.talk.is_some_and(|talk| talk >= threshold) {
                    effective.add(number);
                }
            }
        }
        Ok(())
    })?;
    let mut table = Table::new(block.columns);
    for (agent, numbers) in agents {
        let values = numbers.iter().map(|numbers| Value::from(numbers.len())).collect();
        table.add(study.names().agent_name(agent), values);
    }
    Ok(table)
}

fn outbound(study: &Study<'_>, block: &Block) -> Result<Table> {
    let mut table = Table::new(block.columns);
    for (agent, sum) in by_agent(study)? {
        let calls = &sum.outbound;
        let dialled = calls.answered() + calls.lost;
        if dialled > 0 {
            let talk = calls.talk.stat.sum;
            let values = vec![dialled.into(), calls.answered().into(), talk.into()];
            table.add(study.names().agent_name(agent), values);
        }
    }
    Ok(table)
}

fn queues(study: &Study<'_>, block: &Block) -> Result<Table> {
    let mut table = Table::new(block.columns);
    let times = times(study)?;
    let sums = study.agents_by(|key| Some((key.agent, key.queue)))?;
    for ((agent, queue), sum) in sums {
        let n = sum.all.answered();
        if n > 0 {
            let name = study.names().queue_name(queue);
            let talk = sum.all.talk.stat.sum;
            add(study, &mut table, &times, (agent, name), (n, talk));
        }
    }
    Ok(table)
}

fn by_word(
    study: &Study<'_>,
    block: &Block,
    part: StintPart,
    words: impl Fn(&Stint) -> Vec<WordId>,
) -> Result<Table> {
    let mut sums: BTreeMap<(AgentId, WordId), (u32, u64)> = BTreeMap::new();
    study.each_with(part, Wanted::FIGURES, &mut |call, _| {
        let stint = &call.stint;
        let Some(agent) = stint.agent.filter(|_| stint.answered) else { return Ok(()) };
        for word in words(stint) {
            let sum = sums.entry((agent, word)).or_default();
            sum.0 += 1;
            sum.1 += stint.talk.unwrap_or(0).max(0) as u64;
        }
        Ok(())
    })?;
    let times = times(study)?;
    let mut table = Table::new(block.columns);
    for ((agent, word), sum) in sums {
        let text = study.names().word_text(word);
        let name = if text.is_empty() { NONE } else { text };
        add(study, &mut table, &times, (agent, name), sum);
    }
    Ok(table)
}

/// Calls, talk, and its share of the agent's session.
fn add(
    study: &Study<'_>,
    table: &mut Table,
    times: &BTreeMap<AgentId, AgentTime>,
    (agent, part): (AgentId, &str),
    (calls, talk): (u32, u64),
) {
    let session = times.get(&agent).map_or(0, |time| time.session);
    let key = format!("{} / {part}", study.names().agent_name(agent));
    table.add(key, vec![calls.into(), talk.into(), percent(real(talk), real(session))]);
}
