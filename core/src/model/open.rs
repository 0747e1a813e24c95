//! What is open right now, by value, for real time and for reports that
//! consider unfinished calls.

use crate::base::order::Ordered as _;
use crate::base::{CallId, Result, Secs, UnixSec};
use crate::model::calls::Live;
use crate::model::fact::{
    AgentId, AttemptResult, Direction, EndCause, Membership, Note, Pause, QueueId, Session, Stint,
    WordId,
};
use crate::model::fold::{Fold, Recent};
use crate::model::names::Names;
use crate::model::settings::Settings;

/// Everything that has begun and not ended. Intervals of agents carry the
/// newest record's time as their end and [`EndCause::Open`](crate::model::EndCause).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Open {
    /// Time of the newest record.
    pub newest: UnixSec,
    /// Oldest first.
    pub stints: Vec<OpenStint>,
    pub sessions: Vec<Session>,
    /// Agents whose log-on was for all queues (AGENTLOGIN and the like).
    pub everywhere: Vec<AgentId>,
    pub memberships: Vec<Membership>,
    /// With a queue: paused there; without: the agent-level pause.
    pub pauses: Vec<Pause>,
    pub bindings: Vec<Binding>,
    pub last_calls: Vec<LastCall>,
    pub ivr: Vec<OpenIvr>,
}

/// A stint that has not ended.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenStint {
    /// As far as known, cause [`Cause::Ongoing`](crate::model::Cause);
    /// `answered`, `agent` and `wait` are set from the answer on, `talk` is
    /// `None`, `end` is the newest record of the stint.
    pub stint: Stint,
    pub state: StintState,
    /// Moment of the answer.
    pub connected: Option<UnixSec>,
    /// Since when the caller is on hold.
    pub hold_since: Option<UnixSec>,
    /// The member that rang last without taking the call, and when that ended.
    pub last_tried: Option<(AgentId, UnixSec)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum StintState {
    Waiting = 1,
    Talking = 2,
    OnHold = 3,
}

/// A telephone that acts for a person (hot-desking).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The telephone, an interface such as `PJSIP/2002`.
    pub channel: AgentId,
    pub agent: AgentId,
    pub since: UnixSec,
}

/// An agent's newest finished conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastCall {
    pub agent: AgentId,
    pub end: UnixSec,
    pub queue: QueueId,
    pub direction: Direction,
    pub number: Box<str>,
    pub wait: Option<Secs>,
    pub talk: Option<Secs>,
}

/// A caller who is in a voice menu, or was announced and has not entered a
/// queue yet.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenIvr {
    pub call_id: CallId,
    pub start: UnixSec,
    /// The newest record.
    pub last: UnixSec,
    pub number: Box<str>,
    pub dnis: Option<WordId>,
    pub ivr: Option<WordId>,
    pub steps: Vec<Note>,
}

impl Fold {
    /// Everything open now.
    pub fn open(&self) -> Open {
        let now = self.clock.newest;
        let mut open = Open { newest: now, ..Open::default() };
        for call in self.calls.iter() {
            open.stints.extend(call.live.as_deref().map(open_stint));
            open.ivr.extend(call.pre.as_deref().map(|pre| OpenIvr {
                call_id: call.id.clone(),
                start: pre.first,
                last: pre.last,
                number: pre.number.clone(),
                dnis: pre.dnis,
                ivr: pre.ivr,
                steps: pre.notes.clone(),
            }));
        }
        open.stints.order_by(|a, b| {
            (a.stint.enter, &a.stint.call_id).cmp(&(b.stint.enter, &b.stint.call_id))
        });
        open.ivr.order_by(|a, b| (a.start, &a.call_id).cmp(&(b.start, &b.call_id)));
        let mut agents: Vec<_> = self.agents.iter().collect();
        agents.order_by_key(|(id, _)| **id);
        for (id, agent) in agents {
            let id = *id;
            let cause = EndCause::Open;
            if let Some(duty) = &agent.session {
                open.sessions.push(duty.closed(id, now, cause));
                if duty.everywhere {
                    open.everywhere.push(id);
                }
            }
            let members = agent.members.iter();
            open.memberships.extend(members.map(|member| member.closed(id, now, cause)));
            open.pauses.extend(agent.pause.map(|pause| pause.closed(id, None, now, cause)));
            let paused_on = agent.paused_on.iter();
            open.pauses.extend(paused_on.map(|on| on.pause.closed(id, Some(on.queue), now, cause)));
            open.last_calls.extend(agent.last_call.clone());
        }
        open.bindings = self
            .bound
            .iter()
            .filter(|(channel, bound)| {
                self.person_at(**channel, now.max(bound.since)) == bound.person
            })
            .map(|(channel, bound)| Binding {
                channel: *channel,
                agent: bound.person,
                since: bound.since,
            })
            .collect();
        open.bindings.order_by_key(|binding| binding.channel);
        open
    }

    /// The same for somebody who only has the stored parts.
    ///
    /// Errors: [`Kind::Damaged`](crate::base::Kind) when a part does not make
    /// sense.
    pub fn open_from_parts(parts: impl IntoIterator<Item = (Vec<u8>, Vec<u8>)>) -> Result<Open> {
        let fold = Fold::restore(Settings::default(), Names::default(), parts, Recent::default());
        fold.map(|fold| fold.open())
    }
}

fn open_stint(live: &Live) -> OpenStint {
    let tried =
        live.stint.attempts.iter().rev().find(|attempt| {
            !matches!(attempt.result, AttemptResult::Taken | AttemptResult::Cancelled)
        });
    OpenStint {
        stint: (*live.stint).clone(),
        state: live.state,
        connected: live.connected,
        hold_since: live.hold_since,
        last_tried: tried.map(|attempt| (attempt.agent, attempt.at)),
    }
}
