//! Hot-desking: a telephone acts for the person who announced himself at it
//! (`metrics.md` 2.11).

use crate::base::{Secs, UnixSec};
use crate::model::change::{Change, Ignored};
use crate::model::fact::{AgentId, EndCause};
use crate::model::fold::{Fold, ignore};

/// A telephone keeps acting for somebody this long after he left its last
/// queue.
const AFTER_LOGOFF: Secs = 5;
/// Most telephones bound at once.
const MOST_BOUND: usize = 10_000;

/// Who sits at a telephone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bound {
    pub person: AgentId,
    pub since: UnixSec,
    /// Set when the person logged off.
    pub until: Option<UnixSec>,
    /// Who sat there before, and since when: for records that come late.
    pub before: Option<(AgentId, UnixSec)>,
}

impl Fold {
    /// The person a name stands for at a moment.
    pub(super) fn person_at(&self, written: AgentId, at: UnixSec) -> AgentId {
        if self.bound.is_empty() {
            return written;
        }
        let Some(bound) = self.bound.get(&written) else { return written };
        if at < bound.since {
            return match bound.before {
                Some((person, since)) if at >= since => person,
                _ => written,
            };
        }
        if bound.until.is_some_and(|until| at > until) {
            return written;
        }
        let on_duty = self.agents.get(&bound.person).is_some_and(|agent| agent.on_duty());
        if !on_duty && at - bound.since > self.settings.hotdesk_lookback {
            return written;
        }
        bound.person
    }

    /// HOTDESK, HOTDESKING.
    pub(super) fn hot_desk(
        &mut self,
        at: UnixSec,
        person: AgentId,
        channel: &str,
        changes: &mut Vec<Change>,
    ) {
        if self.settings.hotdesk_lookback == 0 || channel.is_empty() {
            return;
        }
        let telephone = self.agent_as_written(channel, changes);
        // The person moved here from another telephone.
        let elsewhere: Vec<AgentId> = self
            .bound
            .iter()
            .filter(|(other, bound)| bound.person == person && **other != telephone)
            .map(|(other, _)| *other)
            .collect();
        for other in elsewhere {
            self.bound.remove(&other);
            self.dirty_bound.push(other);
        }
        let old = self.bound.get(&telephone).copied();
        if old.is_none() && self.bound.len() >= MOST_BOUND {
            return ignore(changes, Ignored::TooMany);
        }
        let before = match old {
            Some(old) if old.person != person => Some((old.person, old.since)),
            Some(old) => old.before,
            None => None,
        };
        self.bound.insert(telephone, Bound { person, since: at, until: None, before });
        self.dirty_bound.push(telephone);
        if let Some(old) = old
            && old.person != person
            && self.agents.get(&old.person).is_some_and(|agent| agent.on_duty())
        {
            // Nobody will log the other one off any more.
            self.end_session(at, old.person, EndCause::HotDesk, changes);
        }
    }

    /// A person logged on or off: his telephone's binding goes on or runs out.
    pub(super) fn follow_duty(&mut self, at: UnixSec, person: AgentId, before: bool, after: bool) {
        if before == after || self.bound.is_empty() {
            return;
        }
        for (telephone, bound) in &mut self.bound {
            if bound.person == person {
                bound.until = if after { None } else { Some(at + AFTER_LOGOFF) };
                self.dirty_bound.push(*telephone);
            }
        }
    }
}
