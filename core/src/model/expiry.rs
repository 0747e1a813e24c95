//! What ends because nothing more was heard, because a hand ended it, and
//! what goes on after all.

use crate::base::{CallId, Secs, UnixSec};
use crate::model::calls::{Slot, passed};
use crate::model::change::Change;
use crate::model::fact::{Cause, Direction, Quality, QueueId, Stint};
use crate::model::fold::{AlreadyClosed, Fold, length};
use crate::model::menu::{KEPT_FOR, MENU_SILENCE};
use crate::model::open::StintState;

/// A finished call is remembered at least this long, to know a second closing.
const REMEMBERED: Secs = 60;
/// A CONNECT belongs to a stint that was given up if the times agree this well.
const CONSISTENT: Secs = 60;

impl Fold {
    /// How long finished calls take annotations.
    pub(super) fn annotations_for(&self) -> Secs {
        self.settings.call_status_timeout.clamp(REMEMBERED, Fold::LOOKBACK)
    }

    /// Sees to it that the call is looked at when a rule may want to end it.
    pub(super) fn schedule_call(&mut self, slot: Slot) {
        let call = self.calls.get(slot);
        let mut due = UnixSec::MAX;
        if let Some(live) = &call.live {
            let (since, limit) = match live.state {
                StintState::Waiting => (live.entered_steady, self.settings.max_ongoing_wait),
                _ => (live.connected_steady, self.settings.max_ongoing_talk),
            };
            if limit > 0 {
                due = due.min(since + limit);
            }
            if let Some(dumped) = live.dumped {
                due = due.min(dumped + self.settings.dump_close_after);
            }
        }
        if let Some(pre) = &call.pre {
            let silence = if pre.menu.is_some() { MENU_SILENCE } else { KEPT_FOR };
            due = due.min(pre.last_steady + silence);
        }
        let shift = self.clock.shift;
        let annotations = self.annotations_for();
        self.calls.schedule(slot, due);
        self.calls.schedule_purge(slot, shift, annotations);
    }

    /// Applies the time-out rules at a moment of steady time.
    pub(super) fn expire(&mut self, now: UnixSec, changes: &mut Vec<Change>) {
        let mut slots = Vec::new();
        while self.calls.due(now, &mut slots) {
            for &slot in &slots {
                self.review(slot, now, changes);
            }
        }
    }

    /// Gives the oldest calls up when there are more than can be remembered.
    pub(super) fn make_room(&mut self, changes: &mut Vec<Change>) {
        let mut slots = Vec::new();
        while self.calls.crowded() && self.calls.first_due(&mut slots) {
            for &slot in &slots {
                if let Some(live) = self.calls.live_mut(slot) {
                    live.stint.quality.set(Quality::SYNTHETIC_END);
                    live.stint.quality.set(Quality::STALE);
                    let last = live.stint.end;
                    self.finish(slot, last, Cause::NoClosure, changes);
                }
                let call = self.calls.get_mut(slot);
                if let Some(mut pre) = call.pre.take() {
                    let menu = pre.end_menu(&call.id);
                    changes.extend(menu.map(|menu| Change::IvrCall(Box::new(menu))));
                }
                call.closed.clear();
                self.calls.release(slot);
            }
        }
    }

    fn review(&mut self, slot: Slot, now: UnixSec, changes: &mut Vec<Change>) {
        let raw = now - self.clock.shift;
        self.calls.purge(slot, raw, self.annotations_for());
        self.review_live(slot, now, changes);
        let id = self.calls.get(slot).id.clone();
        let call = self.calls.get_mut(slot);
        if let Some(pre) = &mut call.pre {
            let mut touched = false;
            if pre.menu.is_some() && passed(pre.last_steady + MENU_SILENCE, now) {
                let ended = pre.end_menu(&id);
                changes.extend(ended.map(|ivr| Change::IvrCall(Box::new(ivr))));
                touched = true;
            }
            if passed(pre.last_steady + KEPT_FOR, now) {
                call.pre = None;
                touched = true;
            }
            if touched {
                self.calls.touch(slot);
            }
        }
        self.schedule_call(slot);
        self.calls.release(slot);
    }

    fn review_live(&mut self, slot: Slot, now: UnixSec, changes: &mut Vec<Change>) {
        let shift = self.clock.shift;
        let settings = &self.settings;
        let Some(live) = self.calls.live_mut(slot) else { return };
        let waiting = live.state == StintState::Waiting;
        if let Some(dumped) = live.dumped
            && waiting
            && passed(dumped + settings.dump_close_after, now)
        {
            live.stint.wait = Some((dumped - live.entered_steady).max(0));
            live.stint.quality.set(Quality::SYNTHETIC_END);
            return self.finish(slot, dumped - shift, Cause::AgentDump, changes);
        }
        let (since, since_steady, limit) = match waiting {
            true => (live.stint.enter, live.entered_steady, settings.max_ongoing_wait),
            false => {
                let connected = live.connected.unwrap_or(live.stint.enter);
                (connected, live.connected_steady, settings.max_ongoing_talk)
            }
        };
        if limit > 0 && passed(since_steady + limit, now) {
            live.stint.quality.set(Quality::SYNTHETIC_END);
            live.stint.quality.set(Quality::STALE);
            self.finish(slot, since + limit, Cause::NoClosure, changes);
        }
    }

    /// Closes an open call by hand (2.8): `secs` is the wait of a waiting
    /// call and the talk of an answered one, `None` takes the setting. A real
    /// closing that comes later replaces it.
    ///
    /// Errors: [`AlreadyClosed`] when no stint of the call is open.
    pub fn close_by_hand(
        &mut self,
        call: &CallId,
        secs: Option<Secs>,
        changes: &mut Vec<Change>,
    ) -> Result<(), AlreadyClosed> {
        let secs = length(Some(secs.unwrap_or(self.settings.close_duration))).unwrap_or(0);
        let slot = self.calls.find(&call.to_string()).ok_or(AlreadyClosed)?;
        let live = self.calls.live_mut(slot).ok_or(AlreadyClosed)?;
        live.stint.quality.set(Quality::MANUAL);
        live.stint.quality.set(Quality::SYNTHETIC_END);
        let end = match live.connected {
            Some(connected) => {
                live.stint.talk = Some(secs);
                connected + secs
            }
            None => {
                live.stint.wait = Some(secs);
                live.stint.enter + secs
            }
        };
        self.finish(slot, end, Cause::Manual, changes);
        Ok(())
    }

    /// A waiting call that a rule gave up is answered after all: its stint
    /// goes on, and the fact given out will be replaced by how it really
    /// ends.
    pub(super) fn reopen(
        &mut self,
        at: UnixSec,
        slot: Slot,
        queue: QueueId,
        hold: Option<Secs>,
    ) -> bool {
        let Some(hold) = hold else { return false };
        let call = self.calls.get_mut(slot);
        let found = call.closed.iter().rposition(|closed| {
            closed.replaceable()
                && !closed.answered
                && closed.queue == queue
                && (closed.enter + hold - at).abs() <= CONSISTENT
        });
        let Some(index) = found else { return false };
        let old = call.closed.remove(index).0;
        call.closed_dirty = true;
        let mut stint = Stint::clone(&old);
        stint.cause = Cause::Ongoing;
        stint.quality.0 &= !(Quality::SYNTHETIC_END.0
            | Quality::STALE.0
            | Quality::MANUAL.0
            | Quality::RESTART.0
            | Quality::REPAIRED_DURATION.0);
        stint.quality.set(Quality::LATE);
        stint.wait = None;
        if stint.direction == Direction::Inbound {
            stint.agent = None;
        }
        self.open_stint(slot, Box::new(stint));
        if let Some(live) = self.calls.live_mut(slot) {
            live.replaces = Some(old);
        }
        true
    }
}
