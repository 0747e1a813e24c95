//! What totals look at of a stint.

use crate::base::{Secs, UnixSec};
use crate::model::fact::{AgentId, Attempt, Cause, Direction, Hold, QueueId, Stint, WordId};

/// The figures of a stint without its texts; see [`Stint`] for each.
#[derive(Clone, Copy, Debug)]
pub struct Passage<'a> {
    pub queue: QueueId,
    pub direction: Direction,
    pub enter: UnixSec,
    pub end: UnixSec,
    pub wait: Option<Secs>,
    pub talk: Option<Secs>,
    pub answered: bool,
    pub cause: Cause,
    pub agent: Option<AgentId>,
    pub position: Option<u32>,
    pub exit_position: Option<u32>,
    pub dnis: Option<WordId>,
    pub ivr: Option<WordId>,
    pub ivr_secs: Option<Secs>,
    pub detail: Option<WordId>,
    pub transfer_to: Option<WordId>,
    pub attempts: &'a [Attempt],
    pub holds: &'a [Hold],
}

impl Passage<'_> {
    /// The moment of the answer, if answered and the wait is known.
    pub fn answer(&self) -> Option<UnixSec> {
        if self.answered { self.wait.map(|wait| self.enter + wait) } else { None }
    }
}

impl<'a> From<&'a Stint> for Passage<'a> {
    fn from(stint: &'a Stint) -> Self {
        Passage {
            queue: stint.queue,
            direction: stint.direction,
            enter: stint.enter,
            end: stint.end,
            wait: stint.wait,
            talk: stint.talk,
            answered: stint.answered,
            cause: stint.cause,
            agent: stint.agent,
            position: stint.position,
            exit_position: stint.exit_position,
            dnis: stint.dnis,
            ivr: stint.ivr,
            ivr_secs: stint.ivr_secs,
            detail: stint.detail,
            transfer_to: stint.transfer_to,
            attempts: &stint.attempts,
            holds: &stint.holds,
        }
    }
}
