//! What an agent did in a stretch of time, from the facts: for lists of
//! sessions and segments, and for idle times.

use rustc_hash::FxHashMap;

use crate::base::{Result, Secs, UnixSec};
use crate::model::totals::{LOOK_BACK, Talk};
use crate::model::{AgentId, AttemptResult, Pause, QueueId};
use crate::reports::study::Study;
use crate::store::Wanted;

/// An interval, half open.
pub(super) type Interval = (UnixSec, UnixSec);

/// Facts of the period by agent.
#[derive(Debug, Default)]
pub(super) struct Days {
    people: FxHashMap<AgentId, Person>,
    /// When somebody waited, by queue.
    waits: FxHashMap<QueueId, Vec<Interval>>,
}

/// One agent's intervals, each list in order of its starts.
#[derive(Debug, Default)]
pub(super) struct Person {
    pub talks: Vec<Interval>,
    pub pauses: Vec<Interval>,
    /// Moments of attempts that were lost.
    lost: Vec<UnixSec>,
    /// Talking or paused, put together.
    busy: Vec<Interval>,
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

impl Days {
    /// Reads the period's talks and attempts, and waits if they are asked for;
    /// `pauses` are those of the period.
    pub(super) fn read(study: &Study<'_>, pauses: &[Pause], waits: bool) -> Result<Self> {
        let (from, to) = study.detail_range();
        let mut days = Days::default();
        study.source.stints(Wanted::ATTEMPTS, from - LOOK_BACK, to, &mut |_, stint| {
            if let Some(talk) = Talk::of(&stint) {
                days.person(talk.agent).talks.push((talk.start, talk.end));
            }
            for attempt in &stint.attempts {
                use AttemptResult::{Cancelled, Taken};
                if !matches!(attempt.result, Taken | Cancelled) {
                    days.person(attempt.agent).lost.push(attempt.at);
                }
            }
            let inbound = stint.direction == crate::model::Direction::Inbound;
            if let Some(wait) = stint.wait.filter(|&wait| waits && wait > 0 && inbound) {
                let waits = days.waits.entry(stint.queue).or_default();
                waits.push((stint.enter, stint.enter + wait));
            }
            Ok(())
        })?;
        for pause in pauses {
            days.person(pause.agent).pauses.push((pause.start, pause.end));
        }
        for person in days.people.values_mut() {
            person.talks.sort_unstable();
            person.pauses.sort_unstable();
            person.lost.sort_unstable();
            person.busy = union(person.talks.iter().chain(&person.pauses).copied().collect());
            let both = person.talks.iter().chain(&person.pauses);
            person.longest = both.map(|interval| interval.1 - interval.0).max().unwrap_or(0);
        }
        for waits in days.waits.values_mut() {
            *waits = union(std::mem::take(waits));
        }
        Ok(days)
    }

    fn person(&mut self, agent: AgentId) -> &mut Person {
        self.people.entry(agent).or_default()
    }

    pub(super) fn of(&self, agent: AgentId) -> Option<&Person> {
        self.people.get(&agent)
    }

    /// When callers waited on any of some queues; `None` = on any queue.
    pub(super) fn waiting(&self, queues: Option<&[QueueId]>) -> Vec<Interval> {
        let wanted = |queue: &QueueId| queues.is_none_or(|queues| queues.contains(queue));
        let waits = self.waits.iter().filter(|entry| wanted(entry.0));
        union(waits.flat_map(|entry| entry.1.iter().copied()).collect())
    }

    pub(super) fn stretch(&self, agent: AgentId, from: UnixSec, to: UnixSec) -> Stretch {
        let mut stretch = Stretch { idle: to - from, ..Stretch::default() };
        let Some(person) = self.of(agent) else { return stretch };
        let cut = |&(start, end): &Interval| (start.max(from), end.min(to));
        for talk in person.among(&person.talks, from, to) {
            let (start, end) = cut(talk);
            stretch.calls += u32::from(talk.0 >= from);
            stretch.talk += (end - start).max(0);
        }
        for pause in person.among(&person.pauses, from, to) {
            let (start, end) = cut(pause);
            stretch.pauses += u32::from(end > start || pause.0 >= from);
            stretch.pause += (end - start).max(0);
        }
        let lost = |at: UnixSec| person.lost.partition_point(|&moment| moment < at);
        stretch.lost = (lost(to) - lost(from)) as u32;
        stretch.idle = length(&without(&[(from, to)], &person.busy));
        stretch
    }
}

impl Person {
    /// Talking or paused.
    pub(super) fn busy(&self) -> &[Interval] {
        &self.busy
    }

    /// Those of a list that begin before `to` and end at `from` or later.
    fn among<'a>(
        &self,
        list: &'a [Interval],
        from: UnixSec,
        to: UnixSec,
    ) -> impl Iterator<Item = &'a Interval> {
        let first = list.partition_point(|interval| interval.0 < from - self.longest);
        list[first..].iter().take_while(move |i| i.0 < to).filter(move |i| i.1 >= from)
    }
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
