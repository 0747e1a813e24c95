//! Counters since the start of the window, from closed facts.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use crate::base::{Secs, UnixSec};
use crate::live::board::{AgentTally, Tally};
use crate::live::settings::Settings;
use crate::model::{
    AgentId, AttemptResult, Cause, Change, Direction, Names, Pause, QueueId, Stint,
};

/// How many conversations the hint of the expected wait looks at (RT-Q17).
const RECENT: usize = 20;

/// Small copies of the window's facts and their sums. A day of a busy office
/// (10 000 calls) takes half a megabyte.
#[derive(Clone, Debug, Default)]
pub struct Today {
    start: UnixSec,
    stints: Vec<Ended>,
    misses: Vec<Missed>,
    pauses: Vec<Rest>,
    recent: FxHashMap<QueueId, VecDeque<Secs>>,
    sums: Sums,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ended {
    enter: UnixSec,
    queue: QueueId,
    answered: bool,
    within: bool,
    agent: Option<AgentId>,
    wait: Option<Secs>,
    talk: Option<Secs>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Missed {
    enter: UnixSec,
    agent: AgentId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rest {
    agent: AgentId,
    start: UnixSec,
    end: UnixSec,
}

#[derive(Clone, Debug, Default)]
struct Sums {
    queues: FxHashMap<QueueId, Tally>,
    agents: FxHashMap<AgentId, AgentTally>,
}

impl Today {
    /// Counters that start empty at the window that `now` lies in.
    pub fn new(settings: &Settings, now: UnixSec) -> Self {
        Today { start: settings.window.start(now, &settings.zone), ..Today::default() }
    }

    /// Since when is counted.
    pub fn start(&self) -> UnixSec {
        self.start
    }

    /// Moves the window on. At a change of day everything before it is
    /// forgotten.
    pub fn tick(&mut self, settings: &Settings, now: UnixSec) {
        let start = settings.window.start(now, &settings.zone);
        if start == self.start {
            return;
        }
        self.start = start;
        self.stints.retain(|one| one.enter >= start);
        self.misses.retain(|one| one.enter >= start);
        self.pauses.retain(|one| one.end > start);
        self.stints.shrink_to_fit();
        self.misses.shrink_to_fit();
        self.recount();
    }

    /// Takes a change of the facts in.
    pub fn apply(&mut self, change: &Change, names: &Names, settings: &Settings) {
        match change {
            Change::Stint(stint) => self.add(stint, names, settings),
            Change::StintReplaced { old, new } => {
                // Late outcomes replace a stint by one with the same figures.
                if self.ended(old, names, settings) == self.ended(new, names, settings)
                    && missed(old).eq(missed(new))
                {
                    return;
                }
                self.remove(old, names, settings);
                self.add(new, names, settings);
            }
            Change::Pause(pause) => self.add_pause(pause),
            Change::PauseReplaced { old, new } => {
                let old = rest(old);
                if let Some(place) = self.pauses.iter().position(|one| *one == old) {
                    self.pauses.swap_remove(place);
                    self.recount();
                }
                if let Some(new) = new {
                    self.add_pause(new);
                }
            }
            _ => {}
        }
    }

    /// Takes a stored stint in, at start.
    pub fn add(&mut self, stint: &Stint, names: &Names, settings: &Settings) {
        let Some(ended) = self.ended(stint, names, settings) else { return };
        self.sums.add(&ended);
        self.stints.push(ended);
        for missed in missed(stint) {
            self.sums.agents.entry(missed.agent).or_default().lost_attempts += 1;
            self.misses.push(missed);
        }
        if let Some(talk) = ended.talk {
            let recent = self.recent.entry(ended.queue).or_default();
            if recent.len() == RECENT {
                recent.pop_front();
            }
            recent.push_back(talk);
        }
    }

    /// Takes a stored pause in, at start. Pauses on one queue do not count.
    pub fn add_pause(&mut self, pause: &Pause) {
        if pause.queue.is_none() && pause.end > self.start {
            let rest = rest(pause);
            self.sums.add_rest(&rest, self.start);
            self.pauses.push(rest);
        }
    }

    /// A queue's sums.
    pub fn queue(&self, queue: QueueId) -> Tally {
        let mut tally = self.sums.queues.get(&queue).copied().unwrap_or_default();
        if let Some(recent) = self.recent.get(&queue) {
            tally.recent_talk_sum = recent.iter().sum();
            tally.recent_talks = u32::try_from(recent.len()).unwrap_or(0);
        }
        tally
    }

    /// An agent's sums.
    pub fn agent(&self, agent: AgentId) -> AgentTally {
        self.sums.agents.get(&agent).copied().unwrap_or_default()
    }

    /// The queues that had calls.
    pub fn queues(&self) -> impl Iterator<Item = QueueId> + '_ {
        self.sums.queues.keys().copied()
    }

    fn remove(&mut self, stint: &Stint, names: &Names, settings: &Settings) {
        let Some(ended) = self.ended(stint, names, settings) else { return };
        if let Some(place) = self.stints.iter().position(|one| *one == ended) {
            self.stints.swap_remove(place);
            for missed in missed(stint) {
                if let Some(place) = self.misses.iter().position(|one| *one == missed) {
                    self.misses.swap_remove(place);
                }
            }
            // A maximum can't be taken back, so the few sums are made anew.
            self.recount();
        }
    }

    fn ended(&self, stint: &Stint, names: &Names, settings: &Settings) -> Option<Ended> {
        if stint.enter < self.start || stint.cause == Cause::Refused {
            return None;
        }
        let target = settings.queue(names.queue_name(stint.queue)).sla_seconds;
        Some(Ended {
            enter: stint.enter,
            queue: stint.queue,
            answered: stint.answered,
            within: stint.answered && stint.wait.is_some_and(|wait| wait <= target),
            agent: stint.agent.filter(|_| stint.answered || stint.direction == Direction::Outbound),
            wait: stint.wait,
            talk: stint.talk.filter(|_| stint.answered),
        })
    }

    fn recount(&mut self) {
        let mut sums = Sums::default();
        for one in &self.stints {
            sums.add(one);
        }
        for one in &self.misses {
            sums.agents.entry(one.agent).or_default().lost_attempts += 1;
        }
        for one in &self.pauses {
            sums.add_rest(one, self.start);
        }
        self.sums = sums;
    }
}

impl Sums {
    fn add(&mut self, one: &Ended) {
        let tally = self.queues.entry(one.queue).or_default();
        tally.answered += u32::from(one.answered);
        tally.lost += u32::from(!one.answered);
        tally.within += u32::from(one.within);
        if let Some(wait) = one.wait {
            tally.wait_sum += wait;
            tally.waits += 1;
            tally.max_wait = tally.max_wait.max(Some(wait));
        }
        if let Some(talk) = one.talk {
            tally.talk_sum += talk;
            tally.talks += 1;
        }
        if let (Some(agent), true) = (one.agent, one.answered) {
            let tally = self.agents.entry(agent).or_default();
            tally.taken += 1;
            tally.talk += one.talk.unwrap_or(0);
        }
    }

    fn add_rest(&mut self, one: &Rest, start: UnixSec) {
        self.agents.entry(one.agent).or_default().pause += one.end - one.start.max(start);
    }
}

/// Rings that the agent did not answer: neither cancelled by the caller nor
/// taken (`metrics.md` 3.6).
fn missed(stint: &Stint) -> impl Iterator<Item = Missed> + '_ {
    let lost = |result| {
        matches!(result, AttemptResult::NoAnswer | AttemptResult::Dumped | AttemptResult::Attempt)
    };
    let enter = stint.enter;
    stint
        .attempts
        .iter()
        .filter(move |one| lost(one.result))
        .map(move |one| Missed { enter, agent: one.agent })
}

fn rest(pause: &Pause) -> Rest {
    Rest { agent: pause.agent, start: pause.start, end: pause.end }
}
