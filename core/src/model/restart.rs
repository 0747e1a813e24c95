//! QUEUESTART: the PBX came up again (`metrics.md` 2.4), and members who
//! lived through it (`asterisk-behaviour.md` queue_log 15).

use crate::base::UnixSec;
use crate::base::order::Ordered as _;
use crate::model::agent::{Agent, MOST_QUEUES};
use crate::model::change::Change;
use crate::model::fact::{AgentId, Cause, EndCause, Quality, QueueId, Session};
use crate::model::fold::Fold;

impl Agent {
    /// Keeps a session that may turn out to be part of one that lived through
    /// a restart.
    pub(super) fn remember_cut(&mut self, session: &Session) {
        if !self.cut_members.is_empty() && self.cut_sessions.len() < MOST_QUEUES {
            self.cut_sessions.push(session.clone());
        }
    }
}

impl Fold {
    /// QUEUESTART.
    pub(super) fn queue_start(&mut self, at: UnixSec, changes: &mut Vec<Change>) {
        if self.clock.running {
            let last = self.clock.newest;
            if at >= last {
                self.expire(self.clock.now(), changes);
            }
            if !self.settings.ignore_queuestart {
                self.cut_calls(last, changes);
                self.cut_agents(last, changes);
            }
        }
        self.clock.restart(at);
    }

    /// No call outlives the PBX; each ended at the last sign of life.
    fn cut_calls(&mut self, last: UnixSec, changes: &mut Vec<Change>) {
        let slots: Vec<_> = self.calls.slots().collect();
        for slot in slots {
            if let Some(live) = self.calls.live_mut(slot) {
                live.stint.quality.set(Quality::RESTART);
                self.close_by_rule(last, slot, Cause::Restart, Cause::Restart, changes);
            }
            let call = self.calls.get_mut(slot);
            if let Some(mut pre) = call.pre.take() {
                let menu = pre.end_menu(&call.id);
                changes.extend(menu.map(|menu| Change::IvrCall(Box::new(menu))));
                self.calls.touch(slot);
            }
            self.calls.release(slot);
        }
    }

    fn cut_agents(&mut self, last: UnixSec, changes: &mut Vec<Change>) {
        let mut ids: Vec<AgentId> = self.agents.keys().copied().collect();
        ids.order();
        for id in ids {
            let Some(agent) = self.agents.get_mut(&id) else { continue };
            let idle = !agent.on_duty() && agent.pause.is_none() && agent.paused_on.is_empty();
            if idle && agent.pause_all.is_none() {
                continue;
            }
            self.end_if_stale(last, id, changes);
            let agent = self.agent_mut(id);
            agent.pause_all = None;
            let members: Vec<_> = agent
                .members
                .iter()
                .map(|member| member.closed(id, last, EndCause::Restart))
                .map(|mut cut| {
                    cut.quality.set(Quality::RESTART);
                    cut
                })
                .collect();
            agent.cut_members.retain(|old| members.iter().all(|new| new.queue != old.queue));
            agent.cut_members.extend(members.iter().cloned());
            agent.cut_members.truncate(MOST_QUEUES);
            self.end_pauses(last, id, EndCause::Restart, changes);
            let agent = self.agent_mut(id);
            agent.members.clear();
            changes.extend(members.into_iter().map(Change::Membership));
            if let Some(mut duty) = agent.session.take() {
                duty.quality.set(Quality::RESTART);
                let session = duty.closed(id, last, EndCause::Restart);
                agent.last_session_end = agent.last_session_end.max(Some(session.end));
                agent.remember_cut(&session);
                changes.push(Change::Session(session));
            }
        }
    }

    /// A REMOVEMEMBER for a membership that a restart closed and that nothing
    /// has opened since: the member lived on. Its membership and session are
    /// joined up to now. False when no restart closed such a membership.
    pub(super) fn join_over_restart(
        &mut self,
        at: UnixSec,
        id: AgentId,
        queue: QueueId,
        changes: &mut Vec<Change>,
    ) -> bool {
        let agent = self.agent_mut(id);
        let Some(index) = agent.cut_members.iter().position(|cut| cut.queue == queue) else {
            return false;
        };
        let old = agent.cut_members.remove(index);
        let mut new = old.clone();
        new.end = at.max(old.end);
        new.cause = EndCause::Removed;
        // The session it belonged to, and everything that was taken for
        // another session since.
        let from = agent
            .cut_sessions
            .iter()
            .position(|cut| cut.start <= old.start && old.start <= cut.end);
        changes.push(Change::MembershipReplaced { old, new: Some(new) });
        if let Some(from) = from {
            let first = agent.cut_sessions[from].clone();
            let inner = agent.cut_sessions.split_off(from + 1);
            for session in inner {
                changes.push(Change::SessionReplaced { old: session, new: None });
            }
            if let Some(duty) = &mut agent.session {
                // Still on duty: one session from its first beginning.
                duty.start = first.start;
                duty.extension = duty.extension.or(first.extension);
                duty.quality.set(Quality::RESTART);
                agent.cut_sessions.truncate(from);
                changes.push(Change::SessionReplaced { old: first, new: None });
            } else {
                let mut joined = first.clone();
                joined.end = at.max(first.end);
                joined.cause = EndCause::Removed;
                agent.last_session_end = agent.last_session_end.max(Some(joined.end));
                agent.cut_sessions[from] = joined.clone();
                changes.push(Change::SessionReplaced { old: first, new: Some(joined) });
            }
        }
        if agent.cut_members.is_empty() {
            agent.cut_sessions.clear();
        }
        true
    }
}
