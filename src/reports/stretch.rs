//! What agents did, from the facts, for lists of sessions and segments, idle
//! times and work after calls. Facts are read a week at a time and forgotten,
//! so that a year takes no more memory than a week.

use std::ops::ControlFlow;

use rustc_hash::FxHashMap;

use crate::base::order::Ordered as _;
use crate::base::{Result, Secs, UnixSec};
use crate::model::totals::{ACW_WITHIN, LOOK_BACK, NO_WORD, Talk};
use crate::model::{AgentId, AttemptResult, Direction, QueueId, Stint, WordId};
use crate::reports::study::Study;
use crate::store::Wanted;

/// An interval, half open.
pub(super) type Interval = (UnixSec, UnixSec);

/// How many seconds are read at a time.
pub(super) const WEEK: Secs = 7 * 86_400;

/// What of the facts is read, beside conversations and pauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beside {
    /// Attempts that were lost.
    Lost,
    /// When somebody waited.
    Waits,
    /// Conversations that have not ended, if they are asked for.
    Ongoing,
}

/// The facts that touch some days of the period; those that reach further are
/// told again with the next days, none is cut.
#[derive(Debug)]
pub(super) struct Week {
    /// Half open; the first begins, and the last ends, beyond all facts.
    pub from: UnixSec,
    pub to: UnixSec,
    pub people: FxHashMap<AgentId, Person>,
    /// When somebody waited, by queue.
    waits: FxHashMap<QueueId, Vec<Interval>>,
}

/// One agent's facts, each list in order of its starts.
#[derive(Debug, Default)]
pub(super) struct Person {
    pub talks: Vec<(UnixSec, UnixSec, QueueId)>,
    pub pauses: Vec<(UnixSec, UnixSec, WordId)>,
    /// Moments of attempts that were lost.
    lost: Vec<UnixSec>,
    /// Talking or paused, put together.
    pub busy: Vec<Interval>,
    /// No talk and no pause is longer.
    longest: Secs,
}

/// Figures of a stretch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stretch {
    pub calls: u32,
    pub talk: Secs,
    pub pauses: u32,
    pub pause: Secs,
    pub lost: u32,
    /// Neither talking nor paused.
    pub idle: Secs,
}

impl Week {
    /// Shows the detail of the period, `length` seconds at a time, in order of
    /// time until `visit` has enough.
    pub(super) fn each(
        study: &Study<'_>,
        beside: Beside,
        length: Secs,
        visit: &mut dyn FnMut(&Week) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        let (from, end) = study.detail_range();
        let (people, waits) = (FxHashMap::default(), FxHashMap::default());
        let mut week = Week { from: UnixSec::MIN, to: UnixSec::MIN, people, waits };
        if beside == Beside::Ongoing {
            study.ongoing().iter().for_each(|stint| week.add(beside, stint));
        }
        let (mut at, mut read) = (from, from - LOOK_BACK);
        loop {
            let to = at.saturating_add(length).min(end);
            // A conversation of which only the end is known may begin before
            // its call: calls are read a day ahead.
            let ahead = (to + LOOK_BACK).min(end);
            let wanted = if beside == Beside::Lost { Wanted::ATTEMPTS } else { Wanted::TIMES };
            study.source.stints(wanted, read, ahead, &mut |_, stint| {
                week.add(beside, &stint);
                Ok(())
            })?;
            study.each_pause(at, to, &mut |pause| {
                // Those that began before were read with the days before.
                if at == from || pause.start >= at {
                    let code = pause.code.unwrap_or(NO_WORD);
                    week.person(pause.agent).pauses.push((pause.start, pause.end, code));
                }
                Ok(())
            })?;
            week.to = if to < end { to } else { UnixSec::MAX };
            week.settle();
            if visit(&week)?.is_break() || to >= end {
                return Ok(());
            }
            week.forget();
            (at, read) = (to, ahead);
        }
    }

    fn person(&mut self, agent: AgentId) -> &mut Person {
        self.people.entry(agent).or_default()
    }

    fn add(&mut self, beside: Beside, stint: &Stint) {
        if let Some(talk) = Talk::of(stint) {
            self.person(talk.agent).talks.push((talk.start, talk.end, talk.queue));
        }
        match beside {
            Beside::Lost => {
                use AttemptResult::{Cancelled, Taken};
                let lost = |result| !matches!(result, Taken | Cancelled);
                for attempt in stint.attempts.iter().filter(|attempt| lost(attempt.result)) {
                    self.person(attempt.agent).lost.push(attempt.at);
                }
            }
            Beside::Waits if stint.direction == Direction::Inbound => {
                if let Some(wait) = stint.wait.filter(|&wait| wait > 0) {
                    let waits = self.waits.entry(stint.queue).or_default();
                    waits.push((stint.enter, stint.enter + wait));
                }
            }
            Beside::Waits | Beside::Ongoing => {}
        }
    }

    fn settle(&mut self) {
        for person in self.people.values_mut() {
            person.talks.order();
            person.pauses.order();
            person.lost.order();
            let talks = person.talks.iter().map(|talk| (talk.0, talk.1));
            let both = talks.chain(person.pauses.iter().map(|pause| (pause.0, pause.1)));
            person.longest = both.clone().map(|one| one.1 - one.0).max().unwrap_or(0);
            person.busy = union(both.collect());
        }
        for waits in self.waits.values_mut() {
            *waits = union(std::mem::take(waits));
        }
    }

    /// Leaves what reaches into the next days, and goes on to those.
    fn forget(&mut self) {
        let to = self.to;
        for person in self.people.values_mut() {
            // What follows a conversation looks back at it.
            person.talks.retain(|talk| talk.1 + ACW_WITHIN >= to || talk.0 >= to);
            person.pauses.retain(|pause| pause.1 > to || pause.0 >= to);
            person.lost.retain(|&at| at >= to);
        }
        self.waits.values_mut().for_each(|waits| waits.retain(|wait| wait.1 > to));
        self.from = to;
    }

    /// When callers waited on any of some queues; `None` = on any queue.
    pub(super) fn waiting(&self, queues: Option<&[QueueId]>) -> Vec<Interval> {
        let wanted = |queue: &QueueId| queues.is_none_or(|queues| queues.contains(queue));
        let waits = self.waits.iter().filter(|entry| wanted(entry.0));
        union(waits.flat_map(|entry| entry.1.iter().copied()).collect())
    }

    /// The pieces of intervals, as [`union`] makes them, that lie in the week.
    pub(super) fn cut(&self, intervals: &[Interval]) -> Vec<Interval> {
        let first = intervals.partition_point(|interval| interval.1 <= self.from);
        let near = intervals[first..].iter().take_while(|interval| interval.0 < self.to);
        near.map(|interval| (interval.0.max(self.from), interval.1.min(self.to))).collect()
    }
}

impl Person {
    /// Adds what lies in the week to the figures of a stretch.
    fn add_to(&self, stretch: &mut Stretch, week: &Week, start: UnixSec, end: UnixSec) {
        let (from, to) = (start.max(week.from), end.min(week.to));
        if from >= to {
            return;
        }
        let inside = |start: UnixSec, end: UnixSec| (end.min(to) - start.max(from)).max(0);
        let near = from.saturating_sub(self.longest);
        let first = self.talks.partition_point(|talk| talk.0 < near);
        for talk in self.talks[first..].iter().take_while(|talk| talk.0 < to) {
            stretch.calls += u32::from(talk.0 >= from);
            stretch.talk += inside(talk.0, talk.1);
        }
        let first = self.pauses.partition_point(|pause| pause.0 < near);
        for pause in self.pauses[first..].iter().take_while(|pause| pause.0 < to) {
            // One that reaches into the stretch is counted where that begins.
            let carried = from == start && pause.1 > from;
            stretch.pauses += u32::from(pause.0 >= from || carried);
            stretch.pause += inside(pause.0, pause.1);
        }
        let lost = |at: UnixSec| self.lost.partition_point(|&moment| moment < at);
        stretch.lost += (lost(to) - lost(from)) as u32;
        let first = self.busy.partition_point(|busy| busy.1 <= from);
        let busy = self.busy[first..].iter().take_while(|busy| busy.0 < to);
        stretch.idle -= busy.map(|busy| inside(busy.0, busy.1)).sum::<Secs>();
    }
}

/// The figures of some stretches of agents, in their order.
pub(super) fn figures_of(
    study: &Study<'_>,
    stretches: &[(AgentId, UnixSec, UnixSec)],
    length: Secs,
) -> Result<Vec<Stretch>> {
    let empty = |&(_, start, end): &(AgentId, UnixSec, UnixSec)| Stretch {
        idle: end - start,
        ..Stretch::default()
    };
    let mut figures: Vec<Stretch> = stretches.iter().map(empty).collect();
    let last = stretches.iter().map(|stretch| stretch.2).max().unwrap_or(UnixSec::MIN);
    // Those of each agent that are not over, by their place.
    let mut left: FxHashMap<AgentId, Vec<usize>> = FxHashMap::default();
    for (place, stretch) in stretches.iter().enumerate() {
        left.entry(stretch.0).or_default().push(place);
    }
    for places in left.values_mut() {
        places.order_by_key(|&place| stretches[place].1);
    }
    Week::each(study, Beside::Lost, length, &mut |week| {
        for (agent, places) in &mut left {
            if let Some(person) = week.people.get(agent) {
                let begun = places.partition_point(|&place| stretches[place].1 < week.to);
                for &place in &places[..begun] {
                    let (_, start, end) = stretches[place];
                    person.add_to(&mut figures[place], week, start, end);
                }
            }
            places.retain(|&place| stretches[place].2 > week.to);
        }
        Ok(if last <= week.to { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    Ok(figures)
}

/// Intervals put together: in order, without touching.
pub(super) fn union(mut intervals: Vec<Interval>) -> Vec<Interval> {
    intervals.retain(|interval| interval.1 > interval.0);
    // Lists that were put one behind the other are in order already, piece by
    // piece: the stable sort finds that out.
    intervals.sort();
    let mut union: Vec<Interval> = Vec::with_capacity(intervals.len());
    for (start, end) in intervals {
        match union.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => union.push((start, end)),
        }
    }
    union
}

/// What is left of the first when the second is taken away; both as
/// [`union`] makes them.
pub(super) fn without(these: &[Interval], those: &[Interval]) -> Vec<Interval> {
    let mut left = Vec::new();
    for &(start, end) in these {
        let mut at = start;
        let first = those.partition_point(|interval| interval.1 <= start);
        for cut in those[first..].iter().take_while(|interval| interval.0 < end) {
            if cut.0 > at {
                left.push((at, cut.0));
            }
            at = at.max(cut.1);
        }
        if at < end {
            left.push((at, end));
        }
    }
    left
}

pub(super) fn length(intervals: &[Interval]) -> Secs {
    intervals.iter().map(|interval| interval.1 - interval.0).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_away_is_gone_and_the_rest_stays() {
        let day = union(vec![(50, 100), (0, 40), (30, 50), (200, 200)]);
        assert_eq!(day, [(0, 100)]);
        assert_eq!(without(&day, &[(10, 20), (90, 120)]), [(0, 10), (20, 90)]);
        assert_eq!(without(&day, &[]), day);
        assert_eq!(without(&[(0, 10), (20, 30)], &[(5, 25)]), [(0, 5), (25, 30)]);
        assert_eq!(length(&without(&day, &[(0, 100)])), 0);
    }
}
