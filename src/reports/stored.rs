//! The store as a source of reports.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::base::{Result, UnixSec};
use crate::model::totals::{AgentKey, AgentQueueKey, QueueKey, Step};
use crate::model::{IvrCall, Membership, Names, Open, Pause, Session, Stint};
use crate::reports::source::{Coverage, Source};
use crate::store::{Order, Reader, StintFilter, Wanted};

/// One moment of the database, with what every report needs of it: the
/// dictionaries and what is open.
#[derive(Debug)]
pub struct Stored<'r, 'c> {
    reader: &'r Reader<'c>,
    names: Arc<Names>,
    open: Open,
    coverage: Coverage,
}

impl<'r, 'c> Stored<'r, 'c> {
    /// Errors: those of the store.
    pub fn new(reader: &'r Reader<'c>) -> Result<Self> {
        let detail_from = reader.detail_from()?;
        Ok(Stored {
            reader,
            names: reader.names()?,
            open: reader.open()?,
            coverage: Coverage {
                settled_until: reader.settled_until()?,
                detail_from: (detail_from > 0).then_some(detail_from),
            },
        })
    }
}

impl Source for Stored<'_, '_> {
    fn names(&self) -> &Names {
        &self.names
    }

    fn coverage(&self) -> Coverage {
        self.coverage
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
        let all = StintFilter::default();
        self.reader.for_each_stint_with(wanted, from..to, &all, Order::OldestFirst, |id, stint| {
            visit(id, stint)?;
            Ok(ControlFlow::Continue(()))
        })
    }

    fn sessions(&self, from: UnixSec, to: UnixSec) -> Result<Vec<Session>> {
        let mut sessions = Vec::new();
        self.reader.for_each_session(from..to, |session| {
            sessions.push(session);
            Ok(())
        })?;
        Ok(sessions)
    }

    fn memberships(&self, from: UnixSec, to: UnixSec) -> Result<Vec<Membership>> {
        let mut memberships = Vec::new();
        self.reader.for_each_membership(from..to, |membership| {
            memberships.push(membership);
            Ok(())
        })?;
        Ok(memberships)
    }

    fn pauses(
        &self,
        from: UnixSec,
        to: UnixSec,
        visit: &mut dyn FnMut(Pause) -> Result<()>,
    ) -> Result<()> {
        self.reader.for_each_agent_pause(from..to, visit)
    }

    fn menu_calls(&self, from: UnixSec, to: UnixSec) -> Result<Vec<IvrCall>> {
        let mut calls = Vec::new();
        self.reader.for_each_ivr_call(from..to, |_, call| {
            calls.push(call);
            Ok(())
        })?;
        Ok(calls)
    }

    fn queue_cells(
        &self,
        step: Step,
        from: UnixSec,
        to: UnixSec,
        visit: &mut dyn FnMut(QueueKey, &[u8]) -> Result<()>,
    ) -> Result<()> {
        self.reader.for_each_queue_cell(step, from..to, visit)
    }

    fn agent_cells(
        &self,
        step: Step,
        from: UnixSec,
        to: UnixSec,
        visit: &mut dyn FnMut(AgentKey, &[u8]) -> Result<()>,
    ) -> Result<()> {
        self.reader.for_each_agent_cell(step, from..to, visit)
    }

    fn agent_queue_cells(
        &self,
        step: Step,
        from: UnixSec,
        to: UnixSec,
        visit: &mut dyn FnMut(AgentQueueKey, &[u8]) -> Result<()>,
    ) -> Result<()> {
        self.reader.for_each_agent_queue_cell(step, from..to, visit)
    }
}
