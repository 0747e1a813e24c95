//! What is known of an agent: duty, queues, pauses, the newest call.

use crate::base::{Secs, UnixSec};
use crate::event::{QueueEvent, Verb};
use crate::model::calls::Slot;
use crate::model::change::Change;
use crate::model::fact::{
    AgentId, EndCause, Membership, Pause, Quality, QueueId, Session, Stint, WordId,
};
use crate::model::fold::{Fold, length};
use crate::model::open::LastCall;

/// Most queues, pauses and restarts remembered of one agent.
pub(crate) const MOST_QUEUES: usize = 1024;

/// One agent; times are raw.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Agent {
    pub session: Option<Duty>,
    pub members: Vec<Member>,
    /// Queues he is paused on.
    pub paused_on: Vec<PausedOn>,
    /// The agent-level pause.
    pub pause: Option<Paused>,
    /// PAUSEALL is in force and no queue has told otherwise.
    pub all_paused: bool,
    /// The newest PAUSEALL that nothing has followed yet.
    pub pause_all: Option<Paused>,
    pub unpause_all: Option<UnixSec>,
    /// The pauses that ended last, together.
    pub last_pauses: Vec<Pause>,
    pub last_activity: UnixSec,
    pub last_session_end: Option<UnixSec>,
    /// What the newest restarts closed: it may turn out to have lived on.
    pub cut_sessions: Vec<Session>,
    pub cut_members: Vec<Membership>,
    pub last_call: Option<LastCall>,
    /// Calls he is talking on; known from the calls themselves.
    pub talking: Vec<Slot>,
    /// Whether his part of the state is to be written.
    pub dirty: bool,
}

/// Being logged on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Duty {
    pub start: UnixSec,
    pub extension: Option<WordId>,
    /// Logged on for all queues, not by becoming a member of some.
    pub everywhere: bool,
    pub quality: Quality,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub queue: QueueId,
    pub since: UnixSec,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Paused {
    pub start: UnixSec,
    pub code: Option<WordId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PausedOn {
    pub queue: QueueId,
    pub pause: Paused,
}

impl Agent {
    pub fn on_duty(&self) -> bool {
        self.session.is_some()
    }

    pub fn is_member(&self, queue: QueueId) -> bool {
        self.members.iter().any(|member| member.queue == queue)
    }
}

impl Duty {
    pub fn closed(&self, agent: AgentId, end: UnixSec, cause: EndCause) -> Session {
        Session {
            agent,
            start: self.start,
            end: end.max(self.start),
            extension: self.extension,
            cause,
            quality: self.quality,
        }
    }
}

impl Member {
    pub fn closed(&self, agent: AgentId, end: UnixSec, cause: EndCause) -> Membership {
        Membership {
            agent,
            queue: self.queue,
            start: self.since,
            end: end.max(self.since),
            cause,
            quality: Quality::default(),
        }
    }
}

impl Paused {
    pub fn closed(
        &self,
        agent: AgentId,
        queue: Option<QueueId>,
        end: UnixSec,
        cause: EndCause,
    ) -> Pause {
        Pause {
            agent,
            queue,
            start: self.start,
            end: end.max(self.start),
            code: self.code,
            cause,
            quality: Quality::default(),
        }
    }
}

impl Fold {
    /// The agent, whose state will be written again.
    pub(super) fn agent_mut(&mut self, id: AgentId) -> &mut Agent {
        let agent = self.agents.entry(id).or_default();
        if !agent.dirty {
            agent.dirty = true;
            self.dirty_agents.push(id);
        }
        agent
    }

    /// A record about an agent and not about a call.
    pub(super) fn agent_record(
        &mut self,
        at: UnixSec,
        event: &QueueEvent<'_>,
        verb: &Verb<'_>,
        changes: &mut Vec<Change>,
    ) {
        if !event.has_agent() {
            return;
        }
        if let Verb::HotDesk { channel } = verb {
            let person = self.agent_as_written(&event.agent, changes);
            return self.hot_desk(at, person, channel, changes);
        }
        let Some(id) = self.agent(at, event, changes) else { return };
        let queue = self.queue_of(event, changes);
        let before = self.agents.get(&id).is_some_and(Agent::on_duty);
        match verb {
            Verb::AddMember { paused } => {
                if let Some(queue) = queue {
                    self.add_member(at, id, queue, *paused, changes);
                }
            }
            Verb::RemoveMember => {
                if let Some(queue) = queue {
                    self.remove_member(at, id, queue, changes);
                }
            }
            Verb::AddMember2 { extension } | Verb::AgentLogin { extension } => {
                let extension = self.word(extension, changes);
                self.log_on(at, id, extension, changes);
            }
            Verb::AgentLogoff { session, .. } => {
                self.log_off(at, id, length(*session), changes);
            }
            Verb::Pause { reason } => {
                let code = self.word(reason, changes);
                match queue {
                    Some(queue) => self.pause_on(at, id, queue, code, changes),
                    None => self.pause_all(at, id, code, changes),
                }
            }
            Verb::PauseAll { reason } => {
                let code = self.word(reason, changes);
                self.pause_all(at, id, code, changes);
            }
            Verb::Unpause { reason } => {
                let cause = match &**reason {
                    "Auto-Unpause" => EndCause::ReasonChanged,
                    _ => EndCause::Unpaused,
                };
                match queue {
                    Some(queue) => self.unpause_on(at, id, queue, cause, changes),
                    None => self.unpause_all(at, id, changes),
                }
            }
            Verb::UnpauseAll { .. } => self.unpause_all(at, id, changes),
            Verb::PauseReason { code } => {
                let code = self.word(code, changes);
                self.pause_reason(at, id, code, changes);
            }
            _ => return,
        }
        let agent = self.agent_mut(id);
        agent.last_activity = agent.last_activity.max(at);
        let after = agent.on_duty();
        self.follow_duty(at, id, before, after);
    }

    /// An agent took a call.
    pub(super) fn agent_answered(&mut self, id: AgentId, slot: Slot, at: UnixSec) {
        let agent = self.agents.entry(id).or_default();
        agent.talking.push(slot);
        // Written with the end of the call at the latest.
        agent.last_activity = agent.last_activity.max(at);
    }

    /// An agent's call is over, however it ended.
    pub(super) fn agent_hung_up(&mut self, id: AgentId, slot: Slot) {
        if let Some(agent) = self.agents.get_mut(&id) {
            agent.talking.retain(|of| *of != slot);
        }
    }

    /// Calls the agent is talking on.
    pub(super) fn talking_slots(&self, id: AgentId) -> impl Iterator<Item = Slot> + '_ {
        self.agents.get(&id).into_iter().flat_map(|agent| agent.talking.iter().copied())
    }

    /// Remembers the agent's newest finished conversation.
    pub(super) fn agent_finished_call(&mut self, stint: &Stint) {
        let Some(id) = stint.agent else { return };
        let agent = self.agent_mut(id);
        agent.last_activity = agent.last_activity.max(stint.end);
        // Of two that ended at once it must not matter which was told first.
        let newer = match &agent.last_call {
            Some(last) => {
                let rank = (last.end, last.queue, last.wait, last.talk, &last.number);
                (stint.end, stint.queue, stint.wait, stint.talk, &stint.number) >= rank
            }
            None => true,
        };
        if newer {
            agent.last_call = Some(LastCall {
                agent: id,
                end: stint.end,
                queue: stint.queue,
                direction: stint.direction,
                number: stint.number.clone(),
                wait: stint.wait,
                talk: stint.talk,
            });
        }
    }

    /// A session that is older than allowed when the next log-on shows that
    /// it was not ended: ends with what the agent did last (2.9).
    pub(super) fn end_if_stale(&mut self, at: UnixSec, id: AgentId, changes: &mut Vec<Change>) {
        let limit = self.settings.max_session;
        let Some(agent) = self.agents.get_mut(&id) else { return };
        let Some(duty) = &mut agent.session else { return };
        if limit > 0 && at - duty.start > limit {
            duty.quality.set(Quality::STALE);
            let end = agent.last_activity.clamp(duty.start, at.max(duty.start));
            self.end_session(end, id, EndCause::Stale, changes);
        }
    }
}

/// Whether `at` lies no more than `secs` after `earlier`.
pub(super) fn soon_after(earlier: UnixSec, at: UnixSec, secs: Secs) -> bool {
    (0..=secs).contains(&(at - earlier))
}
