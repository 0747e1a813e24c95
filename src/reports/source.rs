//! Where reports get facts and settled cells from.

use crate::base::{Result, UnixSec};
use crate::model::totals::{AgentKey, AgentQueueKey, QueueKey, Step};
use crate::model::{IvrCall, Membership, Names, Open, Pause, Session, Stint};
use crate::store::Wanted;

/// What is there to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Slots that begin before this moment are settled: their cells are
    /// stored. A multiple of the slot length.
    pub settled_until: UnixSec,
    /// Facts before this moment were removed; `None` when all are there.
    pub detail_from: Option<UnixSec>,
}

/// A reader of facts and cells. Each call may take long and must not be made
/// on a thread that serves others. Errors are those of the database.
pub trait Source {
    fn names(&self) -> &Names;

    fn coverage(&self) -> Coverage;

    /// What has begun and not ended.
    fn open(&self) -> &Open;

    /// Closed stints with their row ids that entered in `[from, to)`, in
    /// order of their enter times, with at least the wanted parts.
    fn stints(
        &self,
        wanted: Wanted,
        from: UnixSec,
        to: UnixSec,
        visit: &mut dyn FnMut(i64, Stint) -> Result<()>,
    ) -> Result<()>;

    /// Closed sessions that overlap `[from, to)` or start in it.
    fn sessions(&self, from: UnixSec, to: UnixSec) -> Result<Vec<Session>>;

    /// Closed memberships that overlap `[from, to)` or start in it.
    fn memberships(&self, from: UnixSec, to: UnixSec) -> Result<Vec<Membership>>;

    /// Closed agent-level pauses that overlap `[from, to)` or start in it, in
    /// no order; not those of single queues.
    fn pauses(
        &self,
        from: UnixSec,
        to: UnixSec,
        visit: &mut dyn FnMut(Pause) -> Result<()>,
    ) -> Result<()>;

    /// Calls that stayed in the voice menu and began in `[from, to)`.
    fn menu_calls(&self, from: UnixSec, to: UnixSec) -> Result<Vec<IvrCall>>;

    /// Packed cells of settled slots of a length that begin in `[from, to)`,
    /// both of which lie between such slots.
    fn queue_cells(
        &self,
        step: Step,
        from: UnixSec,
        to: UnixSec,
        visit: &mut dyn FnMut(QueueKey, &[u8]) -> Result<()>,
    ) -> Result<()>;

    /// As [`Source::queue_cells`].
    fn agent_cells(
        &self,
        step: Step,
        from: UnixSec,
        to: UnixSec,
        visit: &mut dyn FnMut(AgentKey, &[u8]) -> Result<()>,
    ) -> Result<()>;

    /// As [`Source::queue_cells`], of the lengths of [`Step::AGENT_QUEUE`].
    fn agent_queue_cells(
        &self,
        step: Step,
        from: UnixSec,
        to: UnixSec,
        visit: &mut dyn FnMut(AgentQueueKey, &[u8]) -> Result<()>,
    ) -> Result<()>;
}
