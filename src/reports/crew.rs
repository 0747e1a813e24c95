//! Which agents a question is about, and their sessions, memberships and
//! pauses one by one.

use rustc_hash::FxHashSet;

use crate::base::order::Ordered as _;
use crate::base::{Result, UnixSec};
use crate::model::totals::Step;
use crate::model::{AgentId, Cause, Membership, NameKind, Pause, QueueId, Session};
use crate::reports::query::Query;
use crate::reports::runs::Run;
use crate::reports::source::Source;
use crate::reports::stretch::WEEK;
use crate::reports::study::Study;
use crate::store::Wanted;

impl Study<'_> {
    pub(super) fn sessions_of(&self, from: UnixSec, to: UnixSec) -> Result<Vec<Session>> {
        let mut sessions = self.source.sessions(from, to)?;
        let open = self.source.open().sessions.iter();
        sessions.extend(open.filter(|s| touches(s.start, s.end, from, to)).cloned());
        Ok(sessions)
    }

    pub(super) fn pauses_of(&self, from: UnixSec, to: UnixSec) -> Result<Vec<Pause>> {
        let mut pauses = Vec::new();
        self.visit_pauses(from, to, &mut |pause| {
            pauses.push(pause);
            Ok(())
        })?;
        Ok(pauses)
    }

    fn visit_pauses(
        &self,
        from: UnixSec,
        to: UnixSec,
        visit: &mut dyn FnMut(Pause) -> Result<()>,
    ) -> Result<()> {
        self.source.pauses(from, to, visit)?;
        let open = self.source.open().pauses.iter();
        let open = open.filter(|p| p.queue.is_none() && touches(p.start, p.end, from, to));
        open.cloned().try_for_each(visit)
    }

    /// Sessions of the period's agents, open ones up to the newest record,
    /// not cut.
    pub fn sessions(&self) -> Result<Vec<Session>> {
        let (from, to) = self.detail_range();
        let people = self.people()?;
        let mut sessions = self.sessions_of(from, to)?;
        sessions.retain(|session| self.includes(people, session.agent));
        sessions.order_by_key(|session| (session.start, session.agent));
        Ok(sessions)
    }

    /// Pauses of the period's agents that touch a stretch of it, open ones up
    /// to the newest record, not cut, in no order; not those of single queues.
    pub(super) fn each_pause(
        &self,
        from: UnixSec,
        to: UnixSec,
        visit: &mut dyn FnMut(Pause) -> Result<()>,
    ) -> Result<()> {
        let people = self.people()?;
        self.visit_pauses(from, to, &mut |pause| match self.includes(people, pause.agent) {
            true => visit(pause),
            false => Ok(()),
        })
    }

    /// The same in order of their starts, of those that begin first.
    pub(super) fn first_pauses(&self, limit: usize) -> Result<Vec<Pause>> {
        let (from, to) = self.detail_range();
        let mut first: Vec<Pause> = Vec::new();
        let mut at = from;
        while at < to && first.len() < limit {
            let end = at.saturating_add(WEEK).min(to);
            let mut week = Vec::new();
            self.each_pause(at, end, &mut |pause| {
                // Those that began before were found with the week before.
                if at == from || pause.start >= at {
                    week.push(pause);
                }
                Ok(())
            })?;
            week.order_by_key(|pause| (pause.start, pause.agent));
            first.append(&mut week);
            at = end;
        }
        first.truncate(limit);
        Ok(first)
    }

    fn includes(&self, people: Option<&FxHashSet<AgentId>>, agent: AgentId) -> bool {
        self.scope.has_agent(agent) && people.is_none_or(|people| people.contains(&agent))
    }

    /// Memberships that touch the period, open ones up to the newest record.
    pub fn memberships(&self) -> Result<Vec<Membership>> {
        let (from, to) = (self.query.from, self.query.to);
        let mut all = self.source.memberships(from, to)?;
        let open = self.source.open().memberships.iter();
        all.extend(open.filter(|m| touches(m.start, m.end, from, to)).cloned());
        all.order_by_key(|membership| (membership.start, membership.agent, membership.queue));
        Ok(all)
    }

    /// The agents a question about some queues is about: all but those who
    /// were members, had calls or rang on other queues only; in a confined
    /// question those who did on these. `None` without a choice of queues.
    pub(super) fn people(&self) -> Result<Option<&FxHashSet<AgentId>>> {
        if let Some(people) = self.people.get() {
            return Ok(people.as_ref());
        }
        let mut people = None;
        if self.scope.queues.is_some() {
            let (mut here, mut elsewhere) = (FxHashSet::default(), FxHashSet::default());
            let mut sort = |agent: AgentId, queue: QueueId| {
                let side = if self.scope.has_queue(queue) { &mut here } else { &mut elsewhere };
                side.insert(agent);
            };
            for membership in self.memberships()? {
                sort(membership.agent, membership.queue);
            }
            for part in self.parts(false, self.query.to) {
                if part.stored {
                    for run in self.runs(part, Step::AGENT_QUEUE, None) {
                        let Run { step, from, to } = run;
                        self.source.agent_queue_cells(step, from, to, &mut |key, _| {
                            sort(key.agent, key.queue);
                            Ok(())
                        })?;
                    }
                } else {
                    let wanted = Wanted::ATTEMPTS;
                    self.source.stints(wanted, part.from, part.to, &mut |_, stint| {
                        // Nobody rings for a call that was refused, and the cells have none.
                        if stint.cause == Cause::Refused && !stint.answered {
                            return Ok(());
                        }
                        let rang = stint.attempts.iter().map(|attempt| attempt.agent);
                        rang.chain(stint.agent).for_each(|agent| sort(agent, stint.queue));
                        Ok(())
                    })?;
                }
            }
            if !self.query.confined {
                let everybody = 1..=self.names().count(NameKind::Agent);
                here.extend(everybody.filter(|agent| !elsewhere.contains(agent)));
            }
            people = Some(here);
        }
        Ok(self.people.get_or_init(|| people).as_ref())
    }
}

/// The agents who belonged to the queues of a question in its period, by
/// name; all who are known without a choice of queues.
///
/// Errors: those of the source.
pub fn agents_of(query: &Query, source: &dyn Source) -> Result<Vec<String>> {
    let query = Query { confined: true, ..query.clone() };
    let study = Study::new(&query, source, None, false);
    let people = study.people()?;
    let everybody = 1..=study.names().count(NameKind::Agent);
    let seen = everybody.filter(|agent| people.is_none_or(|people| people.contains(agent)));
    Ok(seen.map(|agent| study.names().agent_name(agent).to_owned()).collect())
}

/// Whether an interval overlaps a range or starts in it.
fn touches(start: UnixSec, end: UnixSec, from: UnixSec, to: UnixSec) -> bool {
    start < to && (end > from || start >= from)
}
