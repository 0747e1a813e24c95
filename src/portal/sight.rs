//! What a viewer may see of calls: some queues or all, everybody's or one's
//! own.

use crate::model::{Direction, Names, Stint};
use crate::people::{Right, Viewer};
use crate::portal::refusal::Refusal;
use crate::reports::Query;

/// The limits of one viewer, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sight {
    /// `None`: every queue.
    pub queues: Option<Vec<String>>,
    /// Only what this agent did.
    pub agent: Option<String>,
    /// Whether numbers and names of callers are shown.
    pub callers: bool,
}

impl Sight {
    /// The limits of a viewer; `everybody` is the right that lifts the one to
    /// oneself.
    ///
    /// Errors: refused when the viewer may only see their own but is no
    /// agent.
    pub fn of(viewer: &Viewer, everybody: Right) -> Result<Self, Refusal> {
        let account = &viewer.account;
        let agent = match (&account.agent, viewer.may(everybody)) {
            (_, true) => None,
            (Some(agent), false) => Some(agent.clone()),
            (None, false) => {
                return Err(Refusal::denied(
                    "your account names no agent, so there is nothing of yours to show; \
                     ask the administrator",
                )
                .coded("sight.no_agent", []));
            }
        };
        let callers = viewer.may(Right::CallersView);
        Ok(Sight { queues: account.queues.clone(), agent, callers })
    }

    pub fn sees_queue(&self, queue: &str) -> bool {
        self.queues.as_ref().is_none_or(|queues| queues.iter().any(|own| own == queue))
    }

    /// Narrows a question to what the viewer may see.
    ///
    /// Errors: refused when it asks for a queue or an agent outside. That a
    /// name is unknown is not told to who may not see it.
    pub fn narrow(&self, query: &mut Query) -> Result<(), Refusal> {
        if let Some(own) = &self.queues {
            if own.is_empty() {
                return Err(
                    Refusal::denied("your account may see no queue").coded("sight.no_queue", [])
                );
            }
            if query.queues.is_empty() {
                query.queues.clone_from(own);
            }
            query.confined = self.agent.is_none();
            if let Some(other) = query.queues.iter().find(|queue| !own.contains(queue)) {
                return Err(Refusal::denied(&format!("you may not see the queue {other:?}"))
                    .coded("queue.hidden", [("queue", other.clone())]));
            }
        }
        if let Some(own) = &self.agent {
            if query.agents.iter().any(|agent| !same_agent(agent, own)) {
                return Err(
                    Refusal::denied("you may see your own calls only").coded("sight.own", [])
                );
            }
            query.agents = vec![own.clone()];
        }
        Ok(())
    }

    /// Whether the viewer may see a stint.
    pub fn sees(&self, stint: &Stint, names: &Names) -> bool {
        let theirs = |own: &str| {
            (stint.answered || stint.direction == Direction::Outbound)
                && stint.agent.is_some_and(|agent| same_agent(names.agent_name(agent), own))
        };
        self.sees_queue(names.queue_name(stint.queue)) && self.agent.as_deref().is_none_or(theirs)
    }
}

/// Agents are one in any case of letters, and `Agent/` may be left out
/// (`metrics.md` 1.7 N4, N5).
pub fn same_agent(one: &str, other: &str) -> bool {
    let plain = |name: &str| {
        let name = name.to_lowercase();
        name.strip_prefix("agent/").map(str::to_owned).unwrap_or(name)
    };
    plain(one) == plain(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Zone;

    fn query(queues: &[&str], agents: &[&str]) -> Query {
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
        let (queues, agents) = (texts(queues), texts(agents));
        Query { queues, agents, ..Query::over(0, 1, Zone::utc()) }
    }

    fn limited(queues: Option<&[&str]>, agent: Option<&str>) -> Sight {
        Sight {
            queues: queues.map(|list| list.iter().map(|text| (*text).to_owned()).collect()),
            agent: agent.map(str::to_owned),
            callers: true,
        }
    }

    #[test]
    fn asking_for_all_gives_ones_own_queues_and_asking_for_others_is_refused() {
        let sight = limited(Some(&["a", "b"]), None);
        let mut all = query(&[], &[]);
        sight.narrow(&mut all).unwrap();
        assert_eq!(all.queues, ["a", "b"]);
        assert!(all.confined);
        let mut one = query(&["b"], &["Ann"]);
        sight.narrow(&mut one).unwrap();
        assert_eq!((one.queues, one.agents), (vec!["b".to_owned()], vec!["Ann".to_owned()]));
        assert!(sight.narrow(&mut query(&["b", "c"], &[])).is_err());
        assert!(limited(Some(&[]), None).narrow(&mut query(&[], &[])).is_err());
        let mut free = query(&[], &[]);
        limited(None, None).narrow(&mut free).unwrap();
        assert!(free.queues.is_empty() && !free.confined);
    }

    #[test]
    fn an_agent_sees_itself_in_any_spelling_and_nobody_else() {
        let sight = limited(None, Some("Agent/101"));
        for asked in [&[][..], &["agent/101"], &["101"]] {
            let mut query = query(&[], asked);
            sight.narrow(&mut query).unwrap();
            assert_eq!(query.agents, ["Agent/101"]);
        }
        assert!(sight.narrow(&mut query(&[], &["Agent/102"])).is_err());
    }
}
