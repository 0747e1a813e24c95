//! Which calls count.

use crate::model::{AgentId, AttemptResult, Direction, Names, QueueId, Stint, WordId};
use crate::reports::calls::tries;
use crate::reports::query::{Filters, Query};
use crate::store::NumberPattern;

/// The names of a question as ids. A list of ids is `None` when everything
/// passes; a name that is unknown matches nothing.
#[derive(Clone, Debug)]
pub struct Scope {
    pub queues: Option<Vec<QueueId>>,
    pub agents: Option<Vec<AgentId>>,
    pub direction: Option<Direction>,
    filters: Filters,
    pub caller: Option<NumberPattern>,
    words: [Wanted; 5],
    lost_attempt: Option<Option<AgentId>>,
    /// Names of the question that are unknown.
    pub unknown: Vec<String>,
}

/// A word that is asked for: any, one, or one that never occurred.
type Wanted = Option<Option<WordId>>;

impl Scope {
    pub fn new(query: &Query, names: &Names) -> Self {
        let mut unknown = Vec::new();
        let mut ids = |asked: &[String], find: &dyn Fn(&str) -> Option<u32>| {
            let mut found = Vec::new();
            for name in asked {
                match find(name) {
                    Some(id) => found.push(id),
                    None => unknown.push(name.clone()),
                }
            }
            (!asked.is_empty()).then_some(found)
        };
        let queues = ids(&query.queues, &|name| names.find_queue(name));
        // `Agent/` may be left out (metrics.md 1.7 N5).
        let agent = |name: &str| {
            names.find_agent(name).or_else(|| names.find_agent(&format!("Agent/{name}")))
        };
        let agents = ids(&query.agents, &agent);
        let filters = query.filters.clone();
        let word = |text: &Option<String>| text.as_ref().map(|text| names.find_word(text));
        Scope {
            queues,
            agents,
            direction: query.direction,
            caller: filters.caller.as_deref().map(NumberPattern::new),
            words: [&filters.dnis, &filters.ivr, &filters.outcome, &filters.tag, &filters.feature]
                .map(word),
            lost_attempt: filters.lost_attempt.as_deref().map(agent),
            filters,
            unknown,
        }
    }

    pub fn has_queue(&self, queue: QueueId) -> bool {
        self.queues.as_ref().is_none_or(|queues| queues.contains(&queue))
    }

    pub fn has_agent(&self, agent: AgentId) -> bool {
        self.agents.as_ref().is_none_or(|agents| agents.contains(&agent))
    }

    pub fn has_direction(&self, direction: Direction) -> bool {
        self.direction.is_none_or(|wanted| wanted == direction)
    }

    /// Whether a stint is one of the agents asked for: taken or dialled by
    /// one of them (`metrics.md` 3.0, agent filter).
    pub fn is_theirs(&self, stint: &Stint) -> bool {
        let outbound = stint.direction == Direction::Outbound;
        self.agents.is_none()
            || (stint.answered || outbound) && stint.agent.is_some_and(|id| self.has_agent(id))
    }

    /// Whether a call passes the filters on single calls. Queue, direction
    /// and agent are asked apart.
    pub fn lets(&self, stint: &Stint) -> bool {
        let filters = &self.filters;
        if filters.is_open() {
            return true;
        }
        let attempts = i64::try_from(tries(&stint.attempts)).unwrap_or(i64::MAX);
        let [dnis, ivr, outcome, tag, feature] = &self.words;
        let is = |wanted: &Wanted, word: Option<WordId>| {
            wanted.is_none_or(|wanted| wanted.is_some() && wanted == word)
        };
        self.caller.as_ref().is_none_or(|pattern| pattern.fits(&stint.number))
            && filters.call_id.as_ref().is_none_or(|id| {
                stint.call_id.to_string() == *id
                    || stint.alias.as_ref().is_some_and(|alias| alias.to_string() == *id)
            })
            && filters.answered.is_none_or(|answered| answered == stint.answered)
            && (filters.causes.is_empty() || filters.causes.contains(&stint.cause))
            && filters.wait.lets(stint.wait)
            && filters.talk.lets(stint.talk)
            && filters.position.lets(stint.position.map(i64::from))
            && filters.attempts.lets(Some(attempts))
            && is(dnis, stint.dnis)
            && is(ivr, stint.ivr)
            && is(outcome, stint.outcome)
            && is(tag, stint.tag)
            && feature.is_none_or(|wanted| {
                wanted.is_some_and(|feature| stint.features.contains(&feature))
            })
            && self.lost_attempt.is_none_or(|wanted| {
                stint.attempts.iter().any(|attempt| {
                    wanted == Some(attempt.agent)
                        && !matches!(
                            attempt.result,
                            AttemptResult::Taken | AttemptResult::Cancelled
                        )
                })
            })
    }
}
