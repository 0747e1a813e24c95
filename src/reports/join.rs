//! A call as a report counts it: one stint, or the stints of one call id
//! joined (`metrics.md` 2.6).

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::base::order::Ordered as _;
use crate::base::{CallId, Secs, UnixSec};
use crate::model::totals::LOOK_BACK;
use crate::model::{QueueId, Stint};
use crate::reports::query::JoinedQueue;

/// A stint, or several as one.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Row id of the first stint; 0 while it is open.
    pub id: i64,
    /// Of a joined call: queue, enter time and position of the first stint
    /// (or the last one's queue), the rest of the last, waits added.
    pub stint: Stint,
    pub stints: u32,
    /// From the first entering to the answer or the end, gaps included.
    pub elapsed_wait: Option<Secs>,
    /// Talk of earlier answered stints, which is not in the talk.
    pub earlier_talk: Secs,
    /// The queue whose service level target counts.
    pub first_queue: QueueId,
}

impl Call {
    /// A stint alone.
    pub fn single(id: i64, stint: Stint) -> Self {
        let (elapsed_wait, first_queue) = (stint.wait, stint.queue);
        Call { id, stint, stints: 1, elapsed_wait, earlier_talk: 0, first_queue }
    }
}

/// Joins stints that come in order of their enter times.
#[derive(Debug)]
pub struct Joiner {
    queue: JoinedQueue,
    open: FxHashMap<CallId, Group>,
    /// Calls by the newest enter time of their stints, to know who is done.
    by_age: BTreeMap<(UnixSec, u64), CallId>,
    count: u64,
}

#[derive(Debug)]
struct Group {
    age: (UnixSec, u64),
    stints: Vec<(i64, Stint)>,
}

impl Joiner {
    pub fn new(queue: JoinedQueue) -> Self {
        Joiner { queue, open: FxHashMap::default(), by_age: BTreeMap::new(), count: 0 }
    }

    /// Takes a stint; hands out calls that are older than any stint to come
    /// can join.
    pub fn add(&mut self, id: i64, stint: &Stint, done: &mut Vec<Call>) {
        while let Some(oldest) = self.by_age.first_entry() {
            if oldest.key().0 + LOOK_BACK >= stint.enter {
                break;
            }
            let call_id = oldest.remove();
            if let Some(group) = self.open.remove(&call_id) {
                done.extend(joined(group.stints, self.queue));
            }
        }
        self.count += 1;
        let age = (stint.enter, self.count);
        let group = self
            .open
            .entry(stint.call_id.clone())
            .or_insert_with(|| Group { age, stints: Vec::new() });
        self.by_age.remove(&group.age);
        group.age = age;
        group.stints.push((id, stint.clone()));
        self.by_age.insert(age, stint.call_id.clone());
    }

    /// Everything that is left, oldest first.
    pub fn finish(mut self, done: &mut Vec<Call>) {
        for call_id in std::mem::take(&mut self.by_age).into_values() {
            if let Some(group) = self.open.remove(&call_id) {
                done.extend(joined(group.stints, self.queue));
            }
        }
    }
}

/// The stints of one call as one; `None` for no stint.
fn joined(stints: Vec<(i64, Stint)>, queue: JoinedQueue) -> Option<Call> {
    let count = stints.len();
    let (&(id, ref first), (_, last)) = (stints.first()?, stints.last()?);
    if count == 1 {
        return stints.into_iter().next().map(|(id, stint)| Call::single(id, stint));
    }
    let mut call = last.clone();
    call.enter = first.enter;
    call.entry = first.entry;
    call.position = first.position;
    call.queue = match queue {
        JoinedQueue::First => first.queue,
        JoinedQueue::Last => last.queue,
    };
    // Unknown waits add nothing; without any known one the sum is unknown.
    let waits: Vec<Secs> = stints.iter().filter_map(|(_, stint)| stint.wait).collect();
    call.wait = (!waits.is_empty()).then(|| waits.iter().sum());
    let earlier = &stints[..count - 1];
    let earlier_talk = earlier.iter().filter_map(|(_, stint)| stint.talk).sum();
    let elapsed_wait = last.wait.map(|wait| last.enter + wait - first.enter);
    let first_queue = first.queue;
    call.ivr_secs = first.ivr_secs;
    for (_, stint) in earlier {
        call.attempts.extend_from_slice(&stint.attempts);
        call.holds.extend_from_slice(&stint.holds);
        for &feature in &stint.features {
            if !call.features.contains(&feature) {
                call.features.push(feature);
            }
        }
        call.notes.extend_from_slice(&stint.notes);
        if call.dnis.is_none() {
            call.dnis = stint.dnis;
        }
        if call.ivr.is_none() {
            call.ivr = stint.ivr;
        }
        if call.number.is_empty() {
            call.number.clone_from(&stint.number);
        }
    }
    let newest =
        |word: fn(&Stint) -> Option<u32>| stints.iter().rev().find_map(|(_, stint)| word(stint));
    call.outcome = newest(|stint| stint.outcome);
    call.tag = newest(|stint| stint.tag);
    call.attempts.order_by_key(|attempt| attempt.at);
    call.holds.order_by_key(|hold| hold.start);
    call.notes.order_by_key(|note| note.at);
    let stints = u32::try_from(count).unwrap_or(u32::MAX);
    Some(Call { id, stint: call, stints, elapsed_wait, earlier_talk, first_queue })
}
