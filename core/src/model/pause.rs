//! Pauses: per queue and, derived from those, of the agent (`metrics.md` 2.10).

use crate::base::{Secs, UnixSec};
use crate::model::agent::{Agent, MOST_QUEUES, Paused, PausedOn, soon_after};
use crate::model::change::{Change, Ignored};
use crate::model::fact::{AgentId, EndCause, Pause, QueueId, WordId};
use crate::model::fold::{Fold, ignore};
use crate::model::settings::PauseScope;

/// The lines of one action of Asterisk come within this (rules 1 and 5).
const SAME_ACTION: Secs = 2;
/// A reason may come this long after the pause it names (rule 4).
const REASON_AFTER: Secs = 1800;

impl Agent {
    /// Whether the agent-level pause is on (rule 2).
    fn counts_as_paused(&self, scope: PauseScope) -> bool {
        let on = |queue| self.paused_on.iter().any(|on| on.queue == queue);
        if self.all_paused {
            return true;
        }
        match scope {
            PauseScope::Any => !self.paused_on.is_empty(),
            // Members whose ADDMEMBER was never seen: one paused queue tells.
            PauseScope::All if self.members.is_empty() => !self.paused_on.is_empty(),
            PauseScope::All => self.members.iter().all(|member| on(member.queue)),
        }
    }

    /// When a pause beginning now began: with the PAUSEALL just before.
    fn pause_start(&self, at: UnixSec) -> UnixSec {
        match self.pause_all {
            Some(all) if soon_after(all.start, at, SAME_ACTION) => all.start,
            _ => at,
        }
    }

    /// Takes back a pause that ended in this very second with the same code.
    fn resumed(
        &mut self,
        queue: Option<QueueId>,
        code: Option<WordId>,
        at: UnixSec,
    ) -> Option<Pause> {
        let index = self
            .last_pauses
            .iter()
            .position(|last| last.queue == queue && last.end == at && last.code == code)?;
        Some(self.last_pauses.remove(index))
    }

    fn remember_pause(&mut self, pause: &Pause) {
        self.last_pauses.retain(|last| (pause.end - last.end).abs() <= SAME_ACTION);
        if self.last_pauses.len() < MOST_QUEUES {
            self.last_pauses.push(pause.clone());
        }
    }
}

/// What a reason does to a running pause (rule 5).
enum Reasoned {
    Goes,
    Named,
    Ends,
}

fn reasoned(running: Paused, code: Option<WordId>, at: UnixSec) -> Reasoned {
    match (running.code, code) {
        (_, None) => Reasoned::Goes,
        (Some(old), Some(new)) if old == new => Reasoned::Goes,
        (None, Some(_)) if soon_after(running.start, at, SAME_ACTION) => Reasoned::Named,
        _ => Reasoned::Ends,
    }
}

impl Fold {
    /// PAUSE on one queue.
    pub(super) fn pause_on(
        &mut self,
        at: UnixSec,
        id: AgentId,
        queue: QueueId,
        code: Option<WordId>,
        changes: &mut Vec<Change>,
    ) {
        let agent = self.agent_mut(id);
        match agent.paused_on.iter().position(|on| on.queue == queue) {
            Some(index) => {
                let running = agent.paused_on[index].pause;
                match reasoned(running, code, at) {
                    Reasoned::Goes => {}
                    Reasoned::Named => agent.paused_on[index].pause.code = code,
                    Reasoned::Ends => {
                        agent.paused_on[index].pause = Paused { start: at, code };
                        let ended = running.closed(id, Some(queue), at, EndCause::ReasonChanged);
                        self.give_out_segment(id, ended, changes);
                    }
                }
            }
            None if agent.paused_on.len() >= MOST_QUEUES => {
                return ignore(changes, Ignored::TooMany);
            }
            None => {
                let mut pause = Paused { start: agent.pause_start(at), code };
                if let Some(old) = agent.resumed(Some(queue), code, at) {
                    pause.start = old.start;
                    changes.push(Change::PauseReplaced { old, new: None });
                }
                self.agent_mut(id).paused_on.push(PausedOn { queue, pause });
            }
        }
        self.settle_pause(at, id, code, EndCause::Unpaused, changes);
    }

    /// PAUSEALL.
    pub(super) fn pause_all(
        &mut self,
        at: UnixSec,
        id: AgentId,
        code: Option<WordId>,
        changes: &mut Vec<Change>,
    ) {
        let agent = self.agent_mut(id);
        let stale = agent.pause_all.filter(|all| !soon_after(all.start, at, SAME_ACTION));
        if stale.is_some() && !agent.on_duty() && agent.pause.is_none() {
            // The earlier one was for nobody.
            ignore(changes, Ignored::PauseWithoutSession);
        }
        agent.pause_all = Some(Paused { start: at, code });
        agent.unpause_all = None;
        if !agent.on_duty() {
            // Only the lines per queue tell that a member was meant (rule 7).
            return;
        }
        agent.all_paused = true;
        let queues: Vec<QueueId> = agent.members.iter().map(|member| member.queue).collect();
        for queue in queues {
            self.pause_on(at, id, queue, code, changes);
        }
        self.settle_pause(at, id, code, EndCause::Unpaused, changes);
    }

    /// UNPAUSE on one queue.
    pub(super) fn unpause_on(
        &mut self,
        at: UnixSec,
        id: AgentId,
        queue: QueueId,
        cause: EndCause,
        changes: &mut Vec<Change>,
    ) {
        let agent = self.agent_mut(id);
        agent.pause_all = None;
        let all_paused = std::mem::replace(&mut agent.all_paused, false);
        let just_unpaused = agent.unpause_all.is_some_and(|all| soon_after(all, at, SAME_ACTION));
        match agent.paused_on.iter().position(|on| on.queue == queue) {
            Some(index) => self.end_pause_on(at, id, index, cause, changes),
            None if all_paused || just_unpaused => {}
            None => ignore(changes, Ignored::UnpauseWithoutPause),
        }
        self.settle_pause(at, id, None, cause, changes);
    }

    /// UNPAUSEALL.
    pub(super) fn unpause_all(&mut self, at: UnixSec, id: AgentId, changes: &mut Vec<Change>) {
        let agent = self.agent_mut(id);
        agent.pause_all = None;
        agent.unpause_all = Some(at);
        if agent.pause.is_none() && agent.paused_on.is_empty() && !agent.all_paused {
            return ignore(changes, Ignored::UnpauseWithoutPause);
        }
        self.end_pauses(at, id, EndCause::Unpaused, changes);
    }

    /// PAUSEREASON (rule 4).
    pub(super) fn pause_reason(
        &mut self,
        at: UnixSec,
        id: AgentId,
        code: Option<WordId>,
        changes: &mut Vec<Change>,
    ) {
        let agent = self.agent_mut(id);
        if agent.pause.is_some() || !agent.paused_on.is_empty() {
            if let Some(pause) = &mut agent.pause {
                pause.code = code;
            }
            for on in &mut agent.paused_on {
                on.pause.code = code;
            }
            return;
        }
        let newest = agent.last_pauses.iter().map(|pause| pause.end).max();
        if newest.is_none_or(|end| at - end > REASON_AFTER) {
            return ignore(changes, Ignored::ReasonWithoutPause);
        }
        for pause in &mut agent.last_pauses {
            let old = pause.clone();
            pause.code = code;
            if *pause != old {
                changes.push(Change::PauseReplaced { old, new: Some(pause.clone()) });
            }
        }
    }

    /// Ends the pause on one queue; the agent-level pause is not looked at.
    pub(super) fn end_pause_on(
        &mut self,
        at: UnixSec,
        id: AgentId,
        index: usize,
        cause: EndCause,
        changes: &mut Vec<Change>,
    ) {
        let on = self.agent_mut(id).paused_on.remove(index);
        let ended = on.pause.closed(id, Some(on.queue), at, cause);
        self.give_out_segment(id, ended, changes);
    }

    /// Ends every pause of the agent.
    pub(super) fn end_pauses(
        &mut self,
        at: UnixSec,
        id: AgentId,
        cause: EndCause,
        changes: &mut Vec<Change>,
    ) {
        let agent = self.agent_mut(id);
        agent.all_paused = false;
        while !self.agent_mut(id).paused_on.is_empty() {
            self.end_pause_on(at, id, 0, cause, changes);
        }
        if let Some(pause) = self.agent_mut(id).pause.take() {
            self.give_out_segment(id, pause.closed(id, None, at, cause), changes);
        }
    }

    /// Brings the agent-level pause in line with the queues. `code` is the
    /// reason the record gave, `cause` why it ended if it did.
    pub(super) fn settle_pause(
        &mut self,
        at: UnixSec,
        id: AgentId,
        code: Option<WordId>,
        cause: EndCause,
        changes: &mut Vec<Change>,
    ) {
        let scope = self.settings.pause_scope;
        let agent = self.agent_mut(id);
        match (agent.pause, agent.counts_as_paused(scope)) {
            (None, false) => {}
            (Some(running), true) => match reasoned(running, code, at) {
                Reasoned::Goes => {}
                Reasoned::Named => agent.pause = Some(Paused { code, ..running }),
                Reasoned::Ends => {
                    agent.pause = Some(Paused { start: at, code });
                    let ended = running.closed(id, None, at, EndCause::ReasonChanged);
                    self.give_out_segment(id, ended, changes);
                }
            },
            (None, true) => {
                let of_queue = || agent.paused_on.last().and_then(|on| on.pause.code);
                let code = code.or_else(of_queue);
                let mut pause = Paused { start: agent.pause_start(at), code };
                if let Some(old) = agent.resumed(None, code, at) {
                    pause.start = old.start;
                    changes.push(Change::PauseReplaced { old, new: None });
                }
                self.agent_mut(id).pause = Some(pause);
            }
            (Some(running), false) => {
                agent.pause = None;
                self.give_out_segment(id, running.closed(id, None, at, cause), changes);
            }
        }
    }

    /// Hands a finished pause out; one of no length that only gave way to the
    /// next reason is none.
    fn give_out_segment(&mut self, id: AgentId, pause: Pause, changes: &mut Vec<Change>) {
        if pause.cause == EndCause::ReasonChanged && pause.start == pause.end {
            return;
        }
        self.agent_mut(id).remember_pause(&pause);
        changes.push(Change::Pause(pause));
    }
}
