//! Facts passing by: each call of a question once, filtered, joined and
//! placed in time.

use crate::base::{Result, Secs, UnixSec};
use crate::model::totals::LOOK_BACK;
use crate::model::{Cause, Stint};
use crate::reports::join::{Call, Joiner};
use crate::reports::query::Attribute;
use crate::reports::study::{Study, Totals};
use crate::store::Wanted;

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
