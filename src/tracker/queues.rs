//! Calls of real queues: Asterisk logs them; they are followed from
//! AgentConnect to their end for hold, and so that what a queue dials or what
//! enters a queue is not taken for an outbound call.

use crate::event::Text;
use crate::event::manager::{Attempt, Channel};
use crate::tracker::Tracker;
use crate::tracker::calls::{Call, Kind, Stage};
use crate::tracker::channels::ChanId;
use crate::tracker::record::field;

impl Tracker {
    pub(in crate::tracker) fn joins_queue(&mut self, caller: &Channel<'_>, queue: &Text<'_>) {
        let Some(id) = self.channels.see(caller) else { return };
        self.end_queue_calls(id);
        self.hand_over(id, queue);
        if let Some(chan) = self.channels.get_mut(id) {
            chan.in_queue = true;
        }
    }

    pub(in crate::tracker) fn leaves_queue(&mut self, caller: &Channel<'_>) {
        if let Some(id) = self.channels.see(caller)
            && let Some(chan) = self.channels.get_mut(id)
        {
            chan.in_queue = false;
        }
    }

    /// A queue calls a member: his channel is no outbound call's.
    pub(in crate::tracker) fn queue_calls(&mut self, attempt: &Attempt<'_>) {
        self.phones.add(&attempt.interface);
        let caller = self.channels.see(&attempt.caller);
        if let Some(id) = self.channels.see(&attempt.member)
            && let Some(chan) = self.channels.get_mut(id)
        {
            chan.of_queue = true;
        }
        // Should the dial have been told first, it opened nothing yet.
        if let Some(id) = caller.and_then(|root| self.calls.rooted(Kind::Outbound, root))
            && self.calls.get(id).is_some_and(|call| call.stage == Stage::Pending)
        {
            self.calls.take(id);
        }
    }

    pub(in crate::tracker) fn queue_connects(&mut self, attempt: &Attempt<'_>) {
        let Some(caller) = self.channels.see(&attempt.caller) else { return };
        let Some(member) = self.channels.see(&attempt.member) else { return };
        if let Some(chan) = self.channels.get_mut(caller) {
            chan.in_queue = false;
        }
        self.queue_call(caller, member, &attempt.queue, &attempt.name);
    }

    /// A queue's call is in talk. Told again: nothing.
    pub(in crate::tracker) fn queue_call(
        &mut self,
        caller: ChanId,
        member: ChanId,
        queue: &str,
        name: &str,
    ) {
        if let Some(id) = self.calls.rooted(Kind::Queue, caller) {
            if self.calls.get(id).is_some_and(|call| call.agent_leg == Some(member)) {
                return;
            }
            self.end_queue_calls(caller);
        }
        let Some(chan) = self.channels.get_mut(caller) else { return };
        chan.talks = chan.talks.wrapping_add(1);
        // Asterisk's own id, without colon: the records belong to its call.
        let mut call = Call::new(self.start, Kind::Queue, caller, field(&chan.uniqueid), self.now);
        call.stint = chan.talks;
        call.stage = Stage::Talking;
        call.queue = field(queue);
        call.agent = field(name);
        call.agent_leg = Some(member);
        call.customer = Some(caller);
        self.begin(call);
    }

    pub(in crate::tracker) fn queue_completes(&mut self, attempt: &Attempt<'_>) {
        if let Some(id) = self.channels.see(&attempt.caller) {
            self.end_queue_calls(id);
            return;
        }
        // Without any channel (one in forty): by queue and member, if that
        // leaves no choice.
        let (queue, name) = (field(&attempt.queue), field(&attempt.name));
        let fitting: Vec<_> = self
            .calls
            .iter()
            .filter(|(_, call)| call.kind == Kind::Queue)
            .filter(|(_, call)| call.queue == queue && call.agent == name)
            .map(|(id, _)| id)
            .collect();
        if let [id] = fitting[..]
            && let Some(mut call) = self.calls.take(id)
        {
            self.end_hold(&mut call, self.now);
            self.changed = true;
        }
    }

    /// The queue calls of a caller are over, whatever the reason.
    pub(in crate::tracker) fn end_queue_calls(&mut self, caller: ChanId) {
        while let Some(id) = self.calls.rooted(Kind::Queue, caller) {
            let Some(mut call) = self.calls.take(id) else { return };
            self.end_hold(&mut call, self.now);
            self.changed = true;
        }
    }
}
