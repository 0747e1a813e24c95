//! Stints told by a single record: calls refused at the door, and outbound
//! calls accounted afterwards.

use std::sync::Arc;

use crate::base::{CallId, Secs, UnixSec};
use crate::event::QueueEvent;
use crate::model::change::{Change, Ignored};
use crate::model::fact::{Cause, Direction, Note, NoteKind, QueueId, Stint, WordId};
use crate::model::fold::{Fold, ignore, kept, names_a_call};

/// A refusal this soon after the same queue's end is that end, in the
/// dialplan's words.
const SAME_END: Secs = 10;

impl Fold {
    /// JOINEMPTY, FULL and the like: a lost stint of no length.
    pub(super) fn refuse(
        &mut self,
        at: UnixSec,
        call: &str,
        queue: QueueId,
        verb: Option<WordId>,
        changes: &mut Vec<Change>,
    ) {
        let slot = self.calls.find_or_add(call);
        self.calls.purge(slot, self.memory_time(), self.annotations_for());
        let known = self.calls.get(slot);
        if let Some(live) = &known.live
            && live.stint.queue == queue
        {
            if live.connected.is_some() {
                return ignore(changes, Ignored::LossWhileTalking);
            }
            // It had entered: the dialplan tells how it left.
            if let Some(live) = self.calls.live_mut(slot) {
                live.stint.detail = verb;
            }
            return self.close_by_rule(at, slot, Cause::Empty, Cause::Empty, changes);
        }
        let told = known
            .closed
            .iter()
            .any(|closed| closed.queue == queue && (at - closed.end).abs() <= SAME_END);
        if told {
            return ignore(changes, Ignored::DuplicateClosing);
        }
        let mut stint = self.begin(slot, queue, at, false);
        stint.wait = Some(0);
        stint.cause = Cause::Refused;
        stint.detail = verb;
        if let Some(pre) = self.calls.get_mut(slot).pre.take() {
            pre.hand_to(&mut stint);
        }
        self.hand_out(slot, stint, changes);
    }

    /// OUTCALL (2.5).
    pub(super) fn out_call(
        &mut self,
        at: UnixSec,
        event: &QueueEvent<'_>,
        status: &str,
        talk: Option<Secs>,
        params: &str,
        changes: &mut Vec<Change>,
    ) {
        let queue = self.queue(&event.queue, changes);
        let agent = self.agent(at, event, changes);
        let id = CallId::parse(&event.call_id);
        let enter = at - talk.unwrap_or(0);
        let slot = names_a_call(&id).then(|| self.calls.find_or_add(&event.call_id));
        let mut stint = match slot {
            Some(slot) => {
                self.calls.purge(slot, self.memory_time(), self.annotations_for());
                self.begin(slot, queue, enter, true)
            }
            None => Box::new(Stint::begun(id, queue, enter)),
        };
        stint.direction = Direction::Outbound;
        stint.agent = agent;
        stint.answered = status.eq_ignore_ascii_case("ANSWER");
        stint.talk = talk.filter(|_| stint.answered);
        stint.cause = Cause::OutCall;
        stint.end = at;
        stint.number = number_in(params).into();
        stint.detail = self.word(status, changes);
        if !params.is_empty() && params != &*stint.number {
            stint.notes.push(Note {
                at,
                kind: NoteKind::Other,
                agent,
                text: "OUTCALL".into(),
                more: kept(&params.into()),
            });
        }
        match slot {
            Some(slot) => self.hand_out(slot, stint, changes),
            None => {
                if stint.answered {
                    self.agent_finished_call(&stint);
                }
                changes.push(Change::Stint(Arc::new(*stint)));
            }
        }
    }
}

/// The number in free parameters: the last piece that can be dialled.
fn number_in(params: &str) -> &str {
    let dialled = |piece: &&str| {
        piece.bytes().filter(u8::is_ascii_digit).count() >= 2
            && piece.bytes().all(|byte| byte.is_ascii_digit() || b"+*#".contains(&byte))
    };
    params.rsplit(['|', ',', ';', ' ']).find(dialled).unwrap_or("")
}
