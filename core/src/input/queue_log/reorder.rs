//! The 3-second window in which a late line still finds its place
//! (`metrics.md` 2.3 rule 10).
//!
//! Asterisk writes in time order except for closings that come from its event
//! bus, and foreign writers stamp earlier than they write. A line that is up
//! to [`WINDOW`] seconds older than a line before it *of the same call and
//! queue* goes before that one. Everything else keeps the order of the file.
//!
//! Pure: time comes with the lines, and a clock of the caller's says how long
//! a line has been held. The held lines lie in one buffer, so a line costs no
//! allocation of its own.

use std::collections::VecDeque;

use crate::base::{Secs, UnixSec};
use crate::input::queue_log::line::Cuts;

/// How much older than its predecessors a line may be and still go before
/// them, in seconds.
pub const WINDOW: Secs = 3;

/// More lines than this are never held: in 3 s a busy centre writes a hundred,
/// and beyond that the oldest go on as they are.
const MOST_LINES: usize = 4096;

/// Bytes of lines gone before the buffer is worth tidying.
const TIDY_AT: usize = 64 * 1024;

/// Lines waiting for the ones that belong before them.
#[derive(Clone, Debug, Default)]
pub struct Reorder {
    /// In the order in which they will go on.
    held: VecDeque<Held>,
    /// The lines' bytes in the order of arrival, with gaps where lines went on.
    bytes: Vec<u8>,
    /// Bytes of `bytes` that no line in `held` has.
    gone: usize,
    /// The newest time seen since the clock last stepped back.
    newest: UnixSec,
}

#[derive(Clone, Copy, Debug)]
struct Held {
    cuts: Cuts,
    /// The newest time seen when the line came; nothing older than that less
    /// [`WINDOW`] counts as late for it.
    due: UnixSec,
    /// The caller's clock when it came.
    since: Secs,
    at: usize,
    length: usize,
}

impl Reorder {
    /// Takes the next line of the file with its fields' places, and hands on
    /// the lines, with theirs, that can't be overtaken any more.
    ///
    /// `clock` is any clock of the caller's that only goes forward, in
    /// seconds. A line more than [`WINDOW`] older than the newest one means
    /// that the writer's clock stepped back: what is held goes on first, and
    /// the line opens a new window.
    pub fn push(
        &mut self,
        cuts: &Cuts,
        line: &[u8],
        clock: Secs,
        mut next: impl FnMut(&[u8], &Cuts),
    ) {
        if self.held.is_empty() {
            self.newest = cuts.time;
        } else if cuts.time < self.newest.saturating_sub(WINDOW) {
            self.flush(&mut next);
            self.newest = cuts.time;
        }
        let late = cuts.time < self.newest;
        self.newest = self.newest.max(cuts.time);
        self.release_settled(&mut next);
        if self.held.len() >= MOST_LINES {
            for _ in 0..MOST_LINES / 2 {
                self.release_first(&mut next);
            }
        }
        self.tidy();
        let place = if late { self.place(cuts, line) } else { None };
        let follower = place.and_then(|place| self.held.get(place));
        let (due, since) = follower.map_or((self.newest, clock), |held| (held.due, held.since));
        let held = Held { cuts: *cuts, due, since, at: self.bytes.len(), length: line.len() };
        self.bytes.extend_from_slice(line);
        match place {
            Some(place) => self.held.insert(place, held),
            None => self.held.push_back(held),
        }
    }

    /// Hands on the lines that have been held for [`WINDOW`] seconds of the
    /// caller's clock: for when the file is quiet.
    pub fn release_older(&mut self, clock: Secs, mut next: impl FnMut(&[u8], &Cuts)) {
        while self.held.front().is_some_and(|held| clock - held.since >= WINDOW) {
            self.release_first(&mut next);
        }
        self.tidy();
    }

    /// Hands on everything: the end of an import.
    pub fn flush(&mut self, mut next: impl FnMut(&[u8], &Cuts)) {
        while !self.held.is_empty() {
            self.release_first(&mut next);
        }
        self.tidy();
    }

    /// The lines still held, in the order in which they will go on. Pushed
    /// again into an empty `Reorder`, they give the same order.
    pub fn pending(&self) -> impl Iterator<Item = &[u8]> {
        self.held.iter().map(|held| self.line(held))
    }

    /// How many lines are held.
    pub fn len(&self) -> usize {
        self.held.len()
    }

    /// Whether no line is held.
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    fn line(&self, held: &Held) -> &[u8] {
        self.bytes.get(held.at..held.at + held.length).unwrap_or_default()
    }

    /// Before the first newer line of the same call and queue.
    fn place(&self, cuts: &Cuts, line: &[u8]) -> Option<usize> {
        let (call_id, queue) = (cuts.call_id(line), cuts.queue(line));
        self.held.iter().position(|held| {
            let other = self.line(held);
            held.cuts.time > cuts.time
                && held.cuts.call_id(other) == call_id
                && held.cuts.queue(other) == queue
        })
    }

    /// Hands on what no line of this window can overtake.
    fn release_settled(&mut self, next: &mut impl FnMut(&[u8], &Cuts)) {
        while self.held.front().is_some_and(|held| self.newest - held.due >= WINDOW) {
            self.release_first(next);
        }
    }

    fn release_first(&mut self, next: &mut impl FnMut(&[u8], &Cuts)) {
        if let Some(held) = self.held.pop_front() {
            next(self.line(&held), &held.cuts);
            self.gone += held.length;
        }
    }

    /// Closes the gaps once they are worth it. Lines move towards the front
    /// in the order in which they lie, so none is written over before it is
    /// moved.
    fn tidy(&mut self) {
        if self.held.is_empty() {
            self.bytes.clear();
            self.gone = 0;
            return;
        }
        if self.gone <= TIDY_AT || self.gone <= self.bytes.len() / 2 {
            return;
        }
        let mut order: Vec<usize> = (0..self.held.len()).collect();
        order.sort_unstable_by_key(|&index| self.held[index].at);
        let mut end = 0;
        for index in order {
            let held = &mut self.held[index];
            self.bytes.copy_within(held.at..held.at + held.length, end);
            held.at = end;
            end += held.length;
        }
        self.bytes.truncate(end);
        self.gone = 0;
    }
}

#[cfg(test)]
mod tests;
