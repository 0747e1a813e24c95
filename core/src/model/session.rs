//! Sessions and memberships (`metrics.md` 2.9).

use crate::base::{Secs, UnixSec};
use crate::model::agent::{Agent, Duty, MOST_QUEUES, Member, soon_after};
use crate::model::change::{Change, Ignored};
use crate::model::fact::{AgentId, EndCause, Quality, QueueId, Session, WordId};
use crate::model::fold::{Fold, ignore};

/// A pause this short before a log-on still counts for it (2.10 rule 7).
const PAUSED_BEFORE: Secs = 10;
/// Older than this is a clock that was set back, and not a late stamp.
const OLD_STAMP: Secs = 60;

impl Agent {
    /// The session, begun now if there is none. A stamp a little older than
    /// the end of the one before does not make the two overlap.
    fn come_on_duty(&mut self, at: UnixSec) -> &mut Duty {
        let start = match self.last_session_end {
            Some(end) if soon_after(at, end, OLD_STAMP) => end,
            _ => at,
        };
        self.session.get_or_insert(Duty {
            start,
            extension: None,
            everywhere: false,
            quality: Quality::default(),
        })
    }
}

impl Fold {
    /// AGENTLOGIN, AGENTCALLBACKLOGIN, ADDMEMBER2: on duty for all queues.
    pub(super) fn log_on(
        &mut self,
        at: UnixSec,
        id: AgentId,
        extension: Option<WordId>,
        changes: &mut Vec<Change>,
    ) {
        self.end_if_stale(at, id, changes);
        let agent = self.agent_mut(id);
        let duty = agent.come_on_duty(at);
        duty.everywhere = true;
        duty.extension = extension.or(duty.extension);
    }

    /// AGENTLOGOFF, AGENTCALLBACKLOGOFF; `lasted` = seconds logged on.
    pub(super) fn log_off(
        &mut self,
        at: UnixSec,
        id: AgentId,
        lasted: Option<Secs>,
        changes: &mut Vec<Change>,
    ) {
        let agent = self.agent_mut(id);
        if agent.on_duty() {
            return self.end_session(at, id, EndCause::Logoff, changes);
        }
        let start = at - lasted.unwrap_or(0);
        let overlaps = agent.last_session_end.is_some_and(|end| start < end);
        if start >= at || overlaps {
            return ignore(changes, Ignored::LogoffWithoutLogin);
        }
        agent.last_session_end = Some(at);
        let session = Session {
            agent: id,
            start,
            end: at,
            extension: None,
            cause: EndCause::Logoff,
            quality: Quality::SYNTHETIC_START,
        };
        agent.remember_cut(&session);
        changes.push(Change::Session(session));
    }

    /// ADDMEMBER.
    pub(super) fn add_member(
        &mut self,
        at: UnixSec,
        id: AgentId,
        queue: QueueId,
        paused: bool,
        changes: &mut Vec<Change>,
    ) {
        if self.agent_mut(id).is_member(queue) {
            self.end_if_stale(at, id, changes);
            if self.agent_mut(id).is_member(queue) {
                return ignore(changes, Ignored::MemberAlreadyAdded);
            }
        }
        let agent = self.agent_mut(id);
        if agent.members.len() >= MOST_QUEUES {
            return ignore(changes, Ignored::TooMany);
        }
        let just_paused =
            agent.pause_all.take().filter(|all| soon_after(all.start, at, PAUSED_BEFORE));
        agent.cut_members.retain(|cut| cut.queue != queue);
        agent.members.push(Member { queue, since: at });
        agent.come_on_duty(at);
        // The member of before this ADDMEMBER is not this one, unless he was
        // paused a moment ago.
        let before = agent.paused_on.iter().position(|on| on.queue == queue);
        let mut paused_before = false;
        if let Some(index) = before {
            if soon_after(agent.paused_on[index].pause.start, at, PAUSED_BEFORE) {
                paused_before = true;
            } else {
                self.end_pause_on(at, id, index, EndCause::Unpaused, changes);
            }
        }
        let agent = self.agent_mut(id);
        if paused || just_paused.is_some() || paused_before {
            let code = just_paused.and_then(|all| all.code);
            self.pause_on(at, id, queue, code, changes);
        } else {
            agent.all_paused = false;
            self.settle_pause(at, id, None, EndCause::Unpaused, changes);
        }
    }

    /// REMOVEMEMBER.
    pub(super) fn remove_member(
        &mut self,
        at: UnixSec,
        id: AgentId,
        queue: QueueId,
        changes: &mut Vec<Change>,
    ) {
        let agent = self.agent_mut(id);
        let Some(index) = agent.members.iter().position(|member| member.queue == queue) else {
            let lived_on = self.join_over_restart(at, id, queue, changes);
            let index = self.agent_mut(id).paused_on.iter().position(|on| on.queue == queue);
            match index {
                // A static or persistent member who was paused.
                Some(index) => {
                    self.end_pause_on(at, id, index, EndCause::Removed, changes);
                    self.settle_pause(at, id, None, EndCause::Removed, changes);
                }
                None if !lived_on => ignore(changes, Ignored::MemberNotAdded),
                None => {}
            }
            return;
        };
        let member = agent.members.remove(index);
        let last = agent.members.is_empty();
        let everywhere = agent.session.is_some_and(|duty| duty.everywhere);
        changes.push(Change::Membership(member.closed(id, at, EndCause::Removed)));
        if last && !everywhere {
            return self.end_session(at, id, EndCause::Removed, changes);
        }
        if let Some(index) = agent.paused_on.iter().position(|on| on.queue == queue) {
            self.end_pause_on(at, id, index, EndCause::Removed, changes);
        }
        self.settle_pause(at, id, None, EndCause::Unpaused, changes);
    }

    /// Everything of an agent's duty ends.
    pub(super) fn end_session(
        &mut self,
        at: UnixSec,
        id: AgentId,
        cause: EndCause,
        changes: &mut Vec<Change>,
    ) {
        let pauses = match cause {
            EndCause::Removed | EndCause::Logoff => EndCause::Logoff,
            other => other,
        };
        self.end_pauses(at, id, pauses, changes);
        let agent = self.agent_mut(id);
        for member in std::mem::take(&mut agent.members) {
            changes.push(Change::Membership(member.closed(id, at, cause)));
        }
        if let Some(duty) = agent.session.take() {
            let session = duty.closed(id, at, cause);
            agent.last_session_end = agent.last_session_end.max(Some(session.end));
            agent.remember_cut(&session);
            changes.push(Change::Session(session));
        }
    }
}
