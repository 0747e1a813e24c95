//! An outbound call that two writers log: its dialplan under the unique id,
//! a tracker under the same id with a colon before it.
//!
//! It is one call, and the dialplan's: its record knows the person and the
//! number he meant. Whichever comes first, what the tracker tells of it does
//! not count. A call in a parking lot has a colon too and is one of its own.

use crate::event::{QueueEvent, Verb};
use crate::model::calls::Slot;
use crate::model::change::{Change, Ignored};
use crate::model::fact::{Direction, Quality};
use crate::model::fold::{Fold, ignore};

impl Fold {
    /// Whether the record tells what the dialplan has told. A dialplan's
    /// first record withdraws what a tracker has open of the call.
    pub(super) fn told_twice(&mut self, event: &QueueEvent<'_>, changes: &mut Vec<Change>) -> bool {
        let id: &str = &event.call_id;
        let opens = matches!(event.verb, Verb::CallOutbound { .. });
        let Some(native) = id.strip_prefix(':') else {
            if opens {
                self.withdraw(&format!(":{id}"), changes);
            }
            return false;
        };
        let twice = is_course(&event.verb)
            && self.remembered(id).is_none_or(|slot| self.is_unheard_of(slot))
            && self.remembered(native).is_some_and(|slot| self.is_outbound(slot));
        if twice {
            ignore(changes, if opens { Ignored::DuplicateEntry } else { Ignored::ToldTwice });
        }
        twice
    }

    /// The call, without what is too old to matter: the same after a restart.
    fn remembered(&mut self, id: &str) -> Option<Slot> {
        let slot = self.calls.find(id)?;
        self.calls.purge(slot, self.memory_time(), self.annotations_for());
        Some(slot)
    }

    fn is_unheard_of(&self, slot: Slot) -> bool {
        let call = self.calls.get(slot);
        call.live.is_none() && call.closed.is_empty()
    }

    fn is_outbound(&self, slot: Slot) -> bool {
        let call = self.calls.get(slot);
        let live = call.live.iter().map(|live| live.stint.direction);
        live.chain(call.closed.iter().map(|closed| closed.direction))
            .any(|direction| direction == Direction::Outbound)
    }

    /// A stint that is open has given out no fact yet: it is forgotten.
    fn withdraw(&mut self, tracked: &str, changes: &mut Vec<Change>) {
        let Some(slot) = self.calls.find(tracked) else { return };
        let live = &mut self.calls.get_mut(slot).live;
        let Some(gone) = live
            .take_if(|live| live.stint.direction == Direction::Outbound && live.replaces.is_none())
        else {
            return;
        };
        if let Some(agent) = gone.stint.agent {
            self.agent_hung_up(agent, slot);
        }
        let entered = !gone.stint.quality.has(Quality::SYNTHETIC_START);
        ignore(changes, if entered { Ignored::DuplicateEntry } else { Ignored::ToldTwice });
        self.calls.touch(slot);
        self.calls.release(slot);
    }
}

/// Verbs of a call's course. ENTERQUEUE is not among them: who is parked
/// enters a queue of his own.
fn is_course(verb: &Verb<'_>) -> bool {
    matches!(
        verb,
        Verb::CallOutbound { .. }
            | Verb::Connect { .. }
            | Verb::RingNoAnswer { .. }
            | Verb::CallerOnHold { .. }
            | Verb::CallerOffHold { .. }
            | Verb::Complete { .. }
            | Verb::Transfer(_)
            | Verb::Abandon { .. }
            | Verb::ExitWithKey { .. }
    )
}
