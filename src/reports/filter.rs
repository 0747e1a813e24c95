//! Which calls count.

use crate::base::CallId;
use crate::model::{AgentId, AttemptResult, Direction, Names, NoteKind, QueueId, Stint, WordId};
use crate::reports::calls::tries;
use crate::reports::query::{Clause, Filters, Query};
use crate::store::NumberPattern;

/// The names of a question as ids. A list of ids is `None` when everything
/// passes; a name that is unknown matches nothing.
#[derive(Clone, Debug)]
pub struct Scope {
    pub queues: Option<Vec<QueueId>>,
    pub agents: Option<Vec<AgentId>>,
    pub direction: Option<Direction>,
    leaf: Leaf,
    rule: Option<Test>,
    /// Names of the question that are unknown.
    pub unknown: Vec<String>,
}

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
        let agents = ids(&query.agents, &|name| find_agent(names, name));
        Scope {
            queues,
            agents,
            direction: query.direction,
            leaf: Leaf::new(&query.filters, names),
            rule: query.filters.rule.as_ref().map(|rule| Test::new(&rule.clause, names)),
            unknown,
        }
    }

    /// The number asked for, for whoever reads rows.
    pub fn caller(&self) -> Option<&NumberPattern> {
        self.leaf.caller.as_ref()
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
        self.agents.is_none() || whose(stint).is_some_and(|id| self.has_agent(id))
    }

    /// Whether a call passes the filters on single calls. Queue, direction
    /// and agent are asked apart.
    pub fn lets(&self, stint: &Stint) -> bool {
        self.leaf.lets(stint) && self.rule.as_ref().is_none_or(|rule| rule.lets(stint))
    }
}

/// `Agent/` may be left out (`metrics.md` 1.7 N5).
fn find_agent(names: &Names, name: &str) -> Option<AgentId> {
    names.find_agent(name).or_else(|| names.find_agent(&format!("Agent/{name}")))
}

/// The agent who took or dialled a stint.
fn whose(stint: &Stint) -> Option<AgentId> {
    stint.agent.filter(|_| stint.answered || stint.direction == Direction::Outbound)
}

/// A word that is asked for: any, one, or one that never occurred.
type Wanted = Option<Option<WordId>>;

/// Filters with their names as ids.
#[derive(Clone, Debug)]
struct Leaf {
    filters: Filters,
    open: bool,
    caller: Option<NumberPattern>,
    words: [Wanted; 5],
    lost_attempt: Option<Option<AgentId>>,
}

impl Leaf {
    fn new(filters: &Filters, names: &Names) -> Self {
        let word = |text: &Option<String>| text.as_ref().map(|text| names.find_word(text));
        Leaf {
            caller: filters.caller.as_deref().map(NumberPattern::new),
            words: [&filters.dnis, &filters.ivr, &filters.outcome, &filters.tag, &filters.feature]
                .map(word),
            lost_attempt: filters.lost_attempt.as_deref().map(|name| find_agent(names, name)),
            open: filters.is_open(),
            filters: filters.clone(),
        }
    }

    fn lets(&self, stint: &Stint) -> bool {
        if self.open {
            return true;
        }
        let filters = &self.filters;
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
            && filters.server.as_ref().is_none_or(|name| server(&stint.call_id) == Some(name))
            && filters.variable.as_ref().is_none_or(|(name, wanted)| {
                let value = variable(stint, name);
                value.is_some() && wanted.as_deref().is_none_or(|wanted| value == Some(wanted))
            })
            && filters.skill.as_ref().is_none_or(|(skill, least)| {
                stint.notes.iter().any(|note| {
                    let level = || note.more.trim().parse::<i64>().ok();
                    note.kind == NoteKind::Skill
                        && *note.text == **skill
                        && least.is_none_or(|least| level().is_some_and(|level| level >= least))
                })
            })
    }
}

/// The system name in front of a call id.
fn server(id: &CallId) -> Option<&str> {
    match id {
        CallId::Usual { .. } => None,
        CallId::Other(text) => Some(text.trim_start_matches(':').rsplit_once('-')?.0),
    }
}

/// The value a variable of a call has in the end.
fn variable<'a>(stint: &'a Stint, name: &str) -> Option<&'a str> {
    let last = stint.notes.iter().rev().find(|note| {
        matches!(note.kind, NoteKind::Variable | NoteKind::NoVariable) && *note.text == *name
    });
    last.filter(|note| note.kind == NoteKind::Variable).map(|note| &*note.more)
}

/// A [`Clause`] with its names as ids.
#[derive(Clone, Debug)]
enum Test {
    Calls(Box<Leaf>),
    Queue(Option<QueueId>),
    Agent(Option<AgentId>),
    Direction(Direction),
    All(Vec<Test>),
    Any(Vec<Test>),
    None(Vec<Test>),
}

impl Test {
    fn new(clause: &Clause, names: &Names) -> Self {
        let all = |list: &[Clause]| list.iter().map(|one| Test::new(one, names)).collect();
        match clause {
            Clause::Calls(filters) => Test::Calls(Box::new(Leaf::new(filters, names))),
            Clause::Queue(name) => Test::Queue(names.find_queue(name)),
            Clause::Agent(name) => Test::Agent(find_agent(names, name)),
            Clause::Direction(direction) => Test::Direction(*direction),
            Clause::All(list) => Test::All(all(list)),
            Clause::Any(list) => Test::Any(all(list)),
            Clause::None(list) => Test::None(all(list)),
        }
    }

    fn lets(&self, stint: &Stint) -> bool {
        match self {
            Test::Calls(leaf) => leaf.lets(stint),
            Test::Queue(queue) => *queue == Some(stint.queue),
            Test::Agent(agent) => agent.is_some() && *agent == whose(stint),
            Test::Direction(direction) => *direction == stint.direction,
            Test::All(list) => list.iter().all(|test| test.lets(stint)),
            Test::Any(list) => list.iter().any(|test| test.lets(stint)),
            Test::None(list) => !list.iter().any(|test| test.lets(stint)),
        }
    }
}
