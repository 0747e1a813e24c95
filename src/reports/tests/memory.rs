//! A source that holds facts in memory and settles a part of them.

use crate::base::{Result, UnixSec};
use crate::model::totals::{
    AgentKey, AgentQueueKey, QueueKey, Slots, Step, Talk, agent_cells, agent_queue_cells,
    queue_cells,
};
use crate::model::{IvrCall, Membership, Names, Open, Pause, Session, Stint};
use crate::reports::source::{Coverage, Source};
use crate::store::Wanted;

#[derive(Clone, Debug, Default)]
pub(super) struct Memory {
    pub names: Names,
    pub stints: Vec<Stint>,
    pub sessions: Vec<Session>,
    pub memberships: Vec<Membership>,
    pub pauses: Vec<Pause>,
    pub menu_calls: Vec<IvrCall>,
    pub open: Open,
    pub settled_until: UnixSec,
    pub detail_from: Option<UnixSec>,
}

impl Memory {
    /// With names `queue-1`…, `agent-1`…, `word-1`… for small ids.
    pub(super) fn named() -> Self {
        let mut names = Names::default();
        for n in 1..=9 {
            names.queue(&format!("queue-{n}"));
            names.agent(&format!("agent-{n}"));
            names.word(&format!("word-{n}"));
        }
        Memory { names, settled_until: UnixSec::MIN, ..Memory::default() }
    }

    fn detail(&self, at: UnixSec) -> bool {
        self.detail_from.is_none_or(|from| at >= from)
    }
}

/// What the store would give: a block that uses more than it asked for is
/// found out.
fn cut_down(stint: &Stint, wanted: Wanted) -> Stint {
    let mut stint = stint.clone();
    if !wanted.number {
        stint.number = "".into();
    }
    if !wanted.attempts && !wanted.rest {
        stint.attempts.clear();
    }
    if !wanted.rest {
        stint.holds.clear();
        stint.notes.clear();
        stint.features.clear();
        (stint.dnis, stint.ivr, stint.ivr_secs) = (None, None, None);
        (stint.detail, stint.transfer_to) = (None, None);
        (stint.outcome, stint.tag) = (None, None);
    }
    stint
}

fn touches(start: UnixSec, end: UnixSec, from: UnixSec, to: UnixSec) -> bool {
    start < to && (end > from || start >= from)
}

fn slots_of(step: Step, from: UnixSec, to: UnixSec) -> Slots {
    assert_eq!((step.slot(from), step.slot(to)), (from, to), "slots are whole");
    Slots { from, to, secs: step.secs() }
}

impl Source for Memory {
    fn names(&self) -> &Names {
        &self.names
    }

    fn coverage(&self) -> Coverage {
        Coverage { settled_until: self.settled_until, detail_from: self.detail_from }
    }

    fn open(&self) -> &Open {
        &self.open
    }

    fn stints(
        &self,
        wanted: Wanted,
        from: UnixSec,
        to: UnixSec,
        visit: &mut dyn FnMut(i64, Stint) -> Result<()>,
    ) -> Result<()> {
        for (n, stint) in self.stints.iter().enumerate() {
            if from <= stint.enter && stint.enter < to && self.detail(stint.enter) {
                visit(n as i64 + 1, cut_down(stint, wanted))?;
            }
        }
        Ok(())
    }

    fn sessions(&self, from: UnixSec, to: UnixSec) -> Result<Vec<Session>> {
        let all = self.sessions.iter();
        Ok(all.filter(|s| touches(s.start, s.end, from, to)).cloned().collect())
    }

    fn memberships(&self, from: UnixSec, to: UnixSec) -> Result<Vec<Membership>> {
        let all = self.memberships.iter();
        Ok(all.filter(|m| touches(m.start, m.end, from, to)).cloned().collect())
    }

    fn pauses(
        &self,
        from: UnixSec,
        to: UnixSec,
        visit: &mut dyn FnMut(Pause) -> Result<()>,
    ) -> Result<()> {
        let all = self.pauses.iter().filter(|pause| pause.queue.is_none());
        all.filter(|p| touches(p.start, p.end, from, to)).cloned().try_for_each(visit)
    }

    fn menu_calls(&self, from: UnixSec, to: UnixSec) -> Result<Vec<IvrCall>> {
        let all = self.menu_calls.iter();
        Ok(all.filter(|call| from <= call.start && call.start < to).cloned().collect())
    }

    fn queue_cells(
        &self,
        step: Step,
        from: UnixSec,
        to: UnixSec,
        visit: &mut dyn FnMut(QueueKey, &[u8]) -> Result<()>,
    ) -> Result<()> {
        assert!(to <= self.settled_until, "only settled slots have cells");
        for (key, cell) in queue_cells(&self.stints, slots_of(step, from, to)) {
            let mut bytes = Vec::new();
            cell.pack(&mut bytes);
            visit(key, &bytes)?;
        }
        Ok(())
    }

    fn agent_cells(
        &self,
        step: Step,
        from: UnixSec,
        to: UnixSec,
        visit: &mut dyn FnMut(AgentKey, &[u8]) -> Result<()>,
    ) -> Result<()> {
        assert!(to <= self.settled_until, "only settled slots have cells");
        let talks: Vec<Talk> = self.stints.iter().filter_map(Talk::of).collect();
        let slots = slots_of(step, from, to);
        let sessions: Vec<Session> =
            self.sessions.iter().chain(&self.open.sessions).cloned().collect();
        for (key, cell) in agent_cells(&sessions, &self.pauses, &talks, slots) {
            let mut bytes = Vec::new();
            cell.pack(&mut bytes);
            visit(key, &bytes)?;
        }
        Ok(())
    }

    fn agent_queue_cells(
        &self,
        step: Step,
        from: UnixSec,
        to: UnixSec,
        visit: &mut dyn FnMut(AgentQueueKey, &[u8]) -> Result<()>,
    ) -> Result<()> {
        assert!(to <= self.settled_until, "only settled slots have cells");
        for (key, cell) in agent_queue_cells(&self.stints, slots_of(step, from, to)) {
            let mut bytes = Vec::new();
            cell.pack(&mut bytes);
            visit(key, &bytes)?;
        }
        Ok(())
    }
}
