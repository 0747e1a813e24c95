//! Facts passing by: each call of a question once, filtered, joined and
//! placed in time.

use std::ops::ControlFlow;

use crate::base::{Result, Secs, UnixSec};
use crate::model::totals::LOOK_BACK;
use crate::model::{Cause, Stint};
use crate::reports::join::{Call, Joiner};
use crate::reports::query::Attribute;
use crate::reports::study::{Study, Totals};
use crate::store::{StintPart, Wanted};

/// Days that are read at a time when only some calls are wanted: more and
/// more, up to this many.
const MOST_DAYS: Secs = 31;
const DAY_SECS: Secs = 86_400;

/// What a fact means to a question.
pub enum Seen<'a> {
    /// A stint whose waiting and talk may overlap the range.
    Times(&'a Stint),
    /// A call that counts, with the moment it belongs to.
    Call(&'a Call, UnixSec),
    /// The attempts of the agents asked for, on a call that is not theirs.
    Tries(&'a Stint, UnixSec),
    /// A call that is left out because it is short.
    Short,
}

impl Study<'_> {
    /// Shows the calls that belong to `[from, to)`, and the stints that reach
    /// into it.
    pub(super) fn each(
        &self,
        wanted: Wanted,
        from: UnixSec,
        to: UnixSec,
        visit: &mut dyn FnMut(Seen<'_>) -> Result<()>,
    ) -> Result<()> {
        let joins = self.query.rules.join_multistint;
        let mut joiner = Joiner::new(self.query.rules.multistint_queue);
        let mut done = Vec::new();
        // Later stints of a call that began in the range are joined to it.
        let end = if joins { (to + LOOK_BACK).min(self.query.to) } else { to };
        let mut take = |id: i64, stint: Stint| -> Result<()> {
            if !self.counts(&stint) {
                return Ok(());
            }
            if !joins {
                return self.pass(Call::single(id, stint), from, to, visit);
            }
            if self.scope.lets(&stint) && self.scope.is_theirs(&stint) {
                visit(Seen::Times(&stint))?;
            }
            if stint.enter >= self.query.from && stint.end <= self.query.to {
                joiner.add(id, &stint, &mut done);
                for call in done.drain(..) {
                    self.pass(call, from, to, visit)?;
                }
            }
            Ok(())
        };
        // A filter looks at anything, and so does the joining.
        let wanted = match joins || !self.query.filters.is_open() {
            true => Wanted::ALL,
            false if self.scope.agents.is_some() => wanted.with(Wanted::ATTEMPTS),
            false => wanted,
        };
        self.source.stints(wanted, from - LOOK_BACK, end, &mut take)?;
        for stint in self.ongoing() {
            if stint.enter < end {
                take(0, stint)?;
            }
        }
        joiner.finish(&mut done);
        for call in done {
            self.pass(call, from, to, visit)?;
        }
        Ok(())
    }

    /// Calls of the period one by one, for what cells do not hold: with the
    /// wanted parts, others may be there or not.
    pub fn each_call(
        &self,
        wanted: Wanted,
        visit: &mut dyn FnMut(&Call) -> Result<()>,
    ) -> Result<()> {
        self.each_counted(wanted, &mut |seen| match seen {
            Seen::Call(call, _) => visit(call),
            _ => Ok(()),
        })
    }

    /// Calls of the period in order of time until `visit` has enough; what it
    /// says after that is not listened to. Reads no further where calls count
    /// as they are.
    pub fn first_calls(
        &self,
        wanted: Wanted,
        visit: &mut dyn FnMut(&Call) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        if !self.is_plain() {
            return self.each_call(wanted, &mut |call| visit(call).map(|_| ()));
        }
        let (mut at, to) = self.detail_range();
        let (mut days, mut enough) = (1, false);
        while at < to && !enough {
            let end = (at + days * DAY_SECS).min(to);
            self.each(wanted, at, end, &mut |seen| {
                if let Seen::Call(call, _) = seen
                    && !enough
                {
                    enough = visit(call)?.is_break();
                }
                Ok(())
            })?;
            (at, days) = (end, (days * 2).min(MOST_DAYS));
        }
        Ok(())
    }

    /// Calls of the period from its end on, a stretch at a time, until `visit`
    /// has enough: it is shown each call with its stretch, counted from 0, and
    /// at the end of a stretch where that begins.
    pub fn last_attempted(
        &self,
        visit: &mut dyn FnMut(u32, &Stint),
        mut enough: impl FnMut(UnixSec) -> bool,
    ) -> Result<bool> {
        if !self.is_plain() {
            return Ok(false);
        }
        let (from, mut to) = self.detail_range();
        let (mut days, mut n) = (1, 0);
        while from < to {
            let start = (to - days * DAY_SECS).max(from);
            self.each(Wanted::ATTEMPTS, start, to, &mut |seen| {
                if let Seen::Call(call, _) = seen {
                    visit(n, &call.stint);
                }
                Ok(())
            })?;
            if enough(start) {
                break;
            }
            (to, days, n) = (start, (days * 2).min(MOST_DAYS), n + 1);
        }
        Ok(true)
    }

    /// Calls that may have a part, by which `visit` must pick them: where
    /// calls count as they are, those without it are not read.
    pub fn each_with(
        &self,
        part: StintPart,
        wanted: Wanted,
        visit: &mut dyn FnMut(&Call, UnixSec) -> Result<()>,
    ) -> Result<()> {
        let mut pick = |seen: Seen<'_>| match seen {
            Seen::Call(call, at) => visit(call, at),
            _ => Ok(()),
        };
        if !self.is_plain() {
            return self.each_counted(wanted, &mut pick);
        }
        let (from, to) = self.detail_range();
        self.each(wanted.only(part), from, to, &mut pick)
    }

    /// Whether calls count as they are stored, each where it was entered: then
    /// the header's numbers come from cells, and calls need not be read for
    /// them.
    fn is_plain(&self) -> bool {
        !self.facts && self.ongoing().is_empty()
    }

    /// Shows all of the period; counts what the header tells when no part of
    /// the period is without its facts.
    pub(super) fn each_counted(
        &self,
        wanted: Wanted,
        visit: &mut dyn FnMut(Seen<'_>) -> Result<()>,
    ) -> Result<()> {
        let (from, to) = self.detail_range();
        let mut totals = Totals::default();
        self.each(wanted, from, to, &mut |seen| {
            match &seen {
                Seen::Call(call, _) if call.stint.answered => totals.answered += 1,
                Seen::Call(..) => totals.lost += 1,
                Seen::Short => totals.short += 1,
                Seen::Times(_) | Seen::Tries(..) => {}
            }
            visit(seen)
        })?;
        if from == self.query.from {
            self.set_totals(totals);
        }
        Ok(())
    }

    /// Calls of the period whose attempts are asked for, also those on which
    /// the agents asked for only rang.
    pub fn each_attempted(
        &self,
        wanted: Wanted,
        visit: &mut dyn FnMut(&Stint) -> Result<()>,
    ) -> Result<()> {
        self.each_counted(wanted.with(Wanted::ATTEMPTS), &mut |seen| match seen {
            Seen::Call(call, _) => visit(&call.stint),
            Seen::Tries(stint, _) => visit(stint),
            Seen::Times(_) | Seen::Short => Ok(()),
        })
    }

    fn counts(&self, stint: &Stint) -> bool {
        let refused = stint.cause == Cause::Refused && !self.query.rules.count_refused;
        !refused && self.scope.has_queue(stint.queue) && self.scope.has_direction(stint.direction)
    }

    fn pass(
        &self,
        mut call: Call,
        from: UnixSec,
        to: UnixSec,
        visit: &mut dyn FnMut(Seen<'_>) -> Result<()>,
    ) -> Result<()> {
        if !self.scope.lets(&call.stint) {
            return Ok(());
        }
        let theirs = self.scope.is_theirs(&call.stint);
        let at = moment(&call.stint, self.query.rules.attribute_by);
        let inside = from <= at && at < to && self.calendar.lets(at);
        if self.scope.agents.is_some() {
            call.stint.attempts.retain(|attempt| self.scope.has_agent(attempt.agent));
        }
        if !theirs {
            let rang = inside && !call.stint.attempts.is_empty();
            return if rang { visit(Seen::Tries(&call.stint, at)) } else { Ok(()) };
        }
        if self.is_short(&call.stint) {
            return if inside { visit(Seen::Short) } else { Ok(()) };
        }
        if !self.query.rules.join_multistint {
            visit(Seen::Times(&call.stint))?;
        }
        if inside { visit(Seen::Call(&call, at)) } else { Ok(()) }
    }

    fn is_short(&self, stint: &Stint) -> bool {
        let rules = &self.query.rules;
        let below = |value: Option<Secs>, limit: Option<Secs>| match (value, limit) {
            (Some(value), Some(limit)) => value < limit,
            _ => false,
        };
        if stint.answered {
            below(stint.talk, rules.short_talk)
        } else {
            below(stint.wait, rules.short_wait)
        }
    }
}

/// The moment by which a call belongs to a period.
fn moment(stint: &Stint, by: Attribute) -> UnixSec {
    match by {
        Attribute::Enter => stint.enter,
        Attribute::Answer => stint.wait.map_or(stint.end, |wait| stint.enter + wait),
        Attribute::End => stint.end,
    }
}
