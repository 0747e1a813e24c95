//! The whole picture of one moment, before it is cut to a viewer.

use std::sync::Arc;

use crate::base::order::Ordered as _;
use crate::base::{Secs, UnixSec};
use crate::event::manager::DeviceState;
use crate::live::class::{self, Device};
use crate::live::office::Link;
use crate::live::scope::Scope;
use crate::live::view::{
    Agent, Call, Difference, Flow, Queue, Seat, Snapshot, Source, device_word,
};

/// Rows sorted by their names. Rows that did not change are the same
/// allocation as in the board before, so that keeping a few boards is cheap
/// and comparing them quick.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Board {
    /// Start of the window of today's counters.
    pub since: UnixSec,
    pub queues: Vec<Arc<QueueRow>>,
    pub calls: Vec<Arc<Call>>,
    pub agents: Vec<Arc<AgentRow>>,
}

/// A queue without what follows from the agents' rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QueueRow {
    pub name: String,
    pub label: String,
    pub waiting: u32,
    pub longest_since: Option<UnixSec>,
    pub sla_seconds: Secs,
    pub sla_goal: f64,
    pub tally: Tally,
}

/// Sums of a queue since the start of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub answered: u32,
    pub lost: u32,
    /// Answered within the target.
    pub within: u32,
    /// Over answered and lost stints with a known wait.
    pub wait_sum: Secs,
    pub waits: u32,
    pub max_wait: Option<Secs>,
    pub talk_sum: Secs,
    pub talks: u32,
    /// Of the last 20 conversations, whenever they were.
    pub recent_talk_sum: Secs,
    pub recent_talks: u32,
}

/// An agent with everything the viewers' rows are derived from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AgentRow {
    pub name: String,
    pub label: String,
    /// Sorted by queue.
    pub memberships: Vec<Member>,
    /// Logged on without naming a queue (AGENTLOGIN): member of all.
    pub everywhere: bool,
    pub talks: Vec<Talk>,
    /// By AMI, as `memberships`; empty without it.
    pub seats: Vec<Seat>,
    /// By AMI: the telephone and its state.
    pub phone: Option<(String, DeviceState)>,
    /// By AMI.
    pub ringing_since: Option<UnixSec>,
    /// The agent-level pause.
    pub paused_since: Option<UnixSec>,
    /// The oldest pause on one queue.
    pub partly_since: Option<UnixSec>,
    pub pause_code: Option<String>,
    /// End of the rest after the last conversation, while it lasts.
    pub wrapup_until: Option<UnixSec>,
    /// By AMI.
    pub device: Option<Device>,
    pub device_since: Option<UnixSec>,
    pub extension: Option<String>,
    pub logged_on: Option<UnixSec>,
    /// End of the last pause, log-on or conversation: ready since then.
    pub free_since: UnixSec,
    pub last_call_end: Option<UnixSec>,
    pub last_queue: Option<String>,
    pub today: AgentTally,
}

/// Being a member of one queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub queue: String,
    pub paused: bool,
}

/// One conversation of an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Talk {
    pub queue: String,
    pub flow: Flow,
    pub hold: bool,
    /// Of the conversation, or of the hold.
    pub since: UnixSec,
    pub number: String,
    pub name: String,
}

/// Sums of an agent since the start of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AgentTally {
    pub taken: u32,
    pub lost_attempts: u32,
    pub talk: Secs,
    pub pause: Secs,
}

impl Board {
    /// Takes over the allocations of rows that are equal in `before`.
    pub(crate) fn share(&mut self, before: &Board) {
        share(&mut self.queues, &before.queues, |row| &row.name);
        share(&mut self.calls, &before.calls, |row| &row.id);
        share(&mut self.agents, &before.agents, |row| &row.name);
    }

    /// The viewer's picture.
    pub fn snapshot(
        &self,
        seq: u64,
        now: UnixSec,
        source: Source,
        ami: Link,
        scope: &Scope,
    ) -> Snapshot {
        let mut calls: Vec<Call> = self.visible_calls(scope).map(|call| (**call).clone()).collect();
        calls.order_by(|a, b| (a.state, a.entered, &a.id).cmp(&(b.state, b.entered, &b.id)));
        Snapshot {
            seq,
            now,
            since: self.since,
            source,
            ami,
            total: self.total(scope),
            queues: self
                .queues
                .iter()
                .filter(|row| scope.sees(&row.name))
                .map(|row| self.queue(row))
                .collect(),
            calls,
            agents: self.agents.iter().filter_map(|row| row.seen(scope)).collect(),
        }
    }

    /// What became different since an older board, for the viewer. The start
    /// of the window is no row: when it moved, take a snapshot instead.
    pub fn changed_since(&self, old: &Board, seq: u64, now: UnixSec, scope: &Scope) -> Difference {
        let mut difference = Difference { seq, now, ..Difference::default() };
        let total = self.total(scope);
        if total != old.total(scope) {
            difference.total = Some(total);
        }
        for row in self.queues.iter().filter(|row| scope.sees(&row.name)) {
            let new = self.queue(row);
            let before = find(&old.queues, &row.name, |row| &row.name).map(|row| old.queue(row));
            if before.as_ref() != Some(&new) {
                difference.queues.push(new);
            }
        }
        difference.queues_gone =
            gone(&old.queues, &self.queues, |row| &row.name, |row| scope.sees(&row.name));
        for call in self.visible_calls(scope) {
            let before = find(&old.calls, &call.id, |row| &row.id);
            if !before.is_some_and(|before| Arc::ptr_eq(before, call) || before == call) {
                difference.calls.push((**call).clone());
            }
        }
        difference.calls_gone =
            gone(&old.calls, &self.calls, |row| &row.id, |row| scope.sees(&row.queue));
        for row in &self.agents {
            let before = find(&old.agents, &row.name, |row| &row.name);
            if before.is_some_and(|before| Arc::ptr_eq(before, row)) {
                continue;
            }
            let before = before.and_then(|row| row.seen(scope));
            match row.seen(scope) {
                Some(new) if before.as_ref() != Some(&new) => difference.agents.push(new),
                None if before.is_some() => difference.agents_gone.push(row.name.clone()),
                _ => {}
            }
        }
        difference.agents_gone.extend(gone(
            &old.agents,
            &self.agents,
            |row| &row.name,
            |row| row.seen(scope).is_some(),
        ));
        difference
    }

    fn visible_calls(&self, scope: &Scope) -> impl Iterator<Item = &Arc<Call>> {
        self.calls.iter().filter(|call| scope.sees(&call.queue))
    }

    fn queue(&self, row: &QueueRow) -> Queue {
        let mut queue = Queue {
            name: row.name.clone(),
            label: row.label.clone(),
            waiting: row.waiting,
            longest_since: row.longest_since,
            sla_seconds: row.sla_seconds,
            sla_goal: row.sla_goal,
            ..Queue::default()
        };
        for agent in &self.agents {
            class::count(&mut queue, agent, |name| name == row.name);
        }
        row.tally.tell(&mut queue);
        queue
    }

    /// All queues of the viewer in one row; the targets are those of the
    /// queues when they agree, else the strictest.
    fn total(&self, scope: &Scope) -> Queue {
        let mut queue = Queue::default();
        let mut tally = Tally::default();
        let mut targets: Option<(Secs, f64)> = None;
        for row in self.queues.iter().filter(|row| scope.sees(&row.name)) {
            queue.waiting += row.waiting;
            queue.longest_since = match (queue.longest_since, row.longest_since) {
                (Some(one), Some(two)) => Some(one.min(two)),
                (one, two) => one.or(two),
            };
            tally.add(&row.tally);
            let (seconds, goal) = targets.unwrap_or((row.sla_seconds, row.sla_goal));
            targets = Some((seconds.min(row.sla_seconds), goal.max(row.sla_goal)));
        }
        (queue.sla_seconds, queue.sla_goal) = targets.unwrap_or_default();
        if scope.is_empty() {
            return queue;
        }
        for agent in &self.agents {
            class::count(&mut queue, agent, |name| scope.sees(name));
        }
        tally.tell(&mut queue);
        queue
    }
}

impl Tally {
    fn add(&mut self, other: &Tally) {
        self.answered += other.answered;
        self.lost += other.lost;
        self.within += other.within;
        self.wait_sum += other.wait_sum;
        self.waits += other.waits;
        self.max_wait = self.max_wait.max(other.max_wait);
        self.talk_sum += other.talk_sum;
        self.talks += other.talks;
        self.recent_talk_sum += other.recent_talk_sum;
        self.recent_talks += other.recent_talks;
    }

    fn tell(&self, queue: &mut Queue) {
        queue.offered = self.answered + self.lost;
        queue.answered = self.answered;
        queue.lost = self.lost;
        queue.within_sla = mean(100.0 * f64::from(self.within), queue.offered);
        queue.avg_wait = mean(seconds(self.wait_sum), self.waits);
        queue.avg_talk = mean(seconds(self.talk_sum), self.talks);
        queue.total_talk = self.talk_sum;
        queue.max_wait = self.max_wait;
        queue.estimated_wait = mean(seconds(self.recent_talk_sum), self.recent_talks)
            .filter(|_| queue.waiting > 0)
            .map(|talk| f64::from(queue.waiting) * talk / f64::from(queue.agents.max(1)));
    }
}

impl AgentRow {
    /// The row for a viewer; `None` when the agent has nothing to do with the
    /// viewer's queues.
    fn seen(&self, scope: &Scope) -> Option<Agent> {
        let queues: Vec<&Member> =
            self.memberships.iter().filter(|member| scope.sees(&member.queue)).collect();
        let talk = self.talks.iter().find(|talk| scope.sees(&talk.queue));
        // Without memberships and calls there is no queue to judge by: only
        // who sees everything sees such an agent.
        let near = !queues.is_empty() || talk.is_some() || self.everywhere;
        if scope.is_empty() || !(near || scope.is_all()) {
            return None;
        }
        let (state, since) = class::state(self);
        Some(Agent {
            name: self.name.clone(),
            label: self.label.clone(),
            state,
            since,
            direction: talk.or(self.talks.first()).map(|talk| talk.flow),
            queues: queues.iter().map(|member| member.queue.clone()).collect(),
            paused_queues: queues
                .iter()
                .filter(|member| member.paused || self.paused_since.is_some())
                .map(|member| member.queue.clone())
                .collect(),
            pause_code: self.pause_code.clone(),
            seats: self.seats.iter().filter(|seat| scope.sees(&seat.queue)).cloned().collect(),
            phone: self.phone.as_ref().map(|(device, _)| device.clone()),
            device: self.phone.as_ref().map(|(_, state)| device_word(*state)),
            extension: self.extension.clone(),
            logged_on: self.logged_on,
            caller: talk.map(|talk| talk.number.clone()),
            caller_name: talk.map(|talk| talk.name.clone()),
            call_queue: talk.map(|talk| talk.queue.clone()),
            last_call_end: self.last_call_end,
            last_queue: self.last_queue.clone().filter(|queue| scope.sees(queue)),
            taken: self.today.taken,
            lost_attempts: self.today.lost_attempts,
            talk: self.today.talk,
            pause: self.today.pause,
        })
    }
}

fn seconds(sum: Secs) -> f64 {
    // Sums of a day are far below 2^53.
    sum as f64
}

fn mean(sum: f64, count: u32) -> Option<f64> {
    (count > 0).then(|| sum / f64::from(count))
}

fn find<'a, T>(rows: &'a [Arc<T>], key: &str, name: fn(&T) -> &String) -> Option<&'a Arc<T>> {
    let place = rows.binary_search_by(|row| name(row).as_str().cmp(key)).ok()?;
    rows.get(place)
}

fn gone<T>(
    old: &[Arc<T>],
    new: &[Arc<T>],
    name: fn(&T) -> &String,
    seen: impl Fn(&T) -> bool,
) -> Vec<String> {
    old.iter()
        .filter(|row| find(new, name(row), name).is_none() && seen(row))
        .map(|row| name(row).clone())
        .collect()
}

fn share<T: PartialEq>(new: &mut [Arc<T>], old: &[Arc<T>], name: fn(&T) -> &String) {
    for row in new {
        if let Some(before) = find(old, name(row), name)
            && before == row
        {
            *row = Arc::clone(before);
        }
    }
}
