//! How one agent spent one slot: logged on, paused, in conversation.

use std::collections::BTreeMap;

use crate::base::{Secs, UnixSec};
use crate::model::fact::{AgentId, Direction, Pause, Session, WordId};
use crate::model::totals::cells::Cells;
use crate::model::totals::packing::{Cursor, Damaged, clamp, put};
use crate::model::totals::{NO_WORD, Slots, Step, Talk};

/// A pause that begins at most this long after a conversation belongs to it
/// (`metrics.md` 2.10 rule 9).
pub const ACW_WITHIN: Secs = 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AgentKey {
    pub slot: UnixSec,
    pub agent: AgentId,
}

/// Seconds of one pause code in a slot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PauseCell {
    /// All of it, also outside sessions.
    pub secs: u32,
    /// Inside sessions.
    pub inside: u32,
    /// Conversation during it, inside sessions; side-by-side conversations
    /// are added.
    pub overlap: u32,
    /// Of pauses that began during or at most 10 s after a conversation: the
    /// part not spent talking. After-call work if the code is of that type.
    pub after_call: u32,
    /// The same inside sessions.
    pub after_call_inside: u32,
    /// Pauses that began in the slot.
    pub starts: u32,
    /// Pauses that ran on from before the slot.
    pub carried: u32,
}

impl PauseCell {
    /// Adds seconds and beginnings; `carried` is of the first slot alone and
    /// stays as it is.
    pub fn merge(&mut self, other: &PauseCell) {
        self.secs = self.secs.saturating_add(other.secs);
        self.inside = self.inside.saturating_add(other.inside);
        self.overlap = self.overlap.saturating_add(other.overlap);
        self.after_call = self.after_call.saturating_add(other.after_call);
        self.after_call_inside = self.after_call_inside.saturating_add(other.after_call_inside);
        self.starts = self.starts.saturating_add(other.starts);
    }
}

/// Totals of an agent in one slot. Uses agent-level pauses only.
///
/// `carried` counts let a period of any length count its intervals: those
/// carried into its first slot and those begun in any of its slots.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgentCell {
    pub session: u32,
    /// Sessions that began in the slot.
    pub starts: u32,
    /// Sessions that ran on from before the slot.
    pub carried: u32,
    /// First and last moment in session, seconds after the slot's start.
    pub first: u32,
    pub last: u32,
    /// By code, 0 for none.
    pub pauses: BTreeMap<WordId, PauseCell>,
    /// Conversation inside sessions.
    pub talk_in: u32,
    pub talk_out: u32,
    /// Conversation outside sessions.
    pub talk_outside: u32,
}

impl AgentCell {
    pub fn talk(&self) -> u32 {
        self.talk_in.saturating_add(self.talk_out)
    }

    /// Inside sessions.
    pub fn pause(&self) -> u32 {
        self.pauses.values().map(|pause| pause.inside).fold(0, u32::saturating_add)
    }

    pub fn overlap(&self) -> u32 {
        self.pauses.values().map(|pause| pause.overlap).fold(0, u32::saturating_add)
    }

    /// Whether the agent was seen logged on.
    pub fn seen(&self) -> bool {
        self.starts > 0 || self.carried > 0
    }

    const SESSION: u64 = 1;
    const WHOLE: u64 = 2;
    const BOUNDS: u64 = 4;
    const PAUSES: u64 = 8;
    const TALK: u64 = 16;
    const TALK_OUT: u64 = 32;
    const WHOLE_HOUR: u64 = 64;
    const BITS: u64 = 128;

    /// Appends the packed form. A slot spent ready in one session is one
    /// byte.
    pub fn pack(&self, out: &mut Vec<u8>) {
        let is_whole = |step: Step| self.session_part() == Self::whole(step).session_part();
        let (whole, whole_hour) = (is_whole(Step::Quarter), is_whole(Step::Hour));
        let session = self.session_part() != [0; 5] && !whole && !whole_hour;
        let bounds = session && (self.first, self.last) != (0, self.session);
        let talk = self.talk_in > 0;
        let rest = self.talk_out > 0 || self.talk_outside > 0;
        let bit = |there: bool, bit: u64| if there { bit } else { 0 };
        put(
            out,
            bit(session, Self::SESSION)
                | bit(whole, Self::WHOLE)
                | bit(whole_hour, Self::WHOLE_HOUR)
                | bit(bounds, Self::BOUNDS)
                | bit(!self.pauses.is_empty(), Self::PAUSES)
                | bit(talk, Self::TALK)
                | bit(rest, Self::TALK_OUT),
        );
        if session {
            put(out, self.session);
            put(out, self.starts);
            put(out, self.carried);
        }
        if bounds {
            put(out, self.first);
            put(out, self.last);
        }
        if !self.pauses.is_empty() {
            put(out, self.pauses.len() as u64);
            for (&code, pause) in &self.pauses {
                put(out, code);
                pause.pack(out);
            }
        }
        if talk {
            put(out, self.talk_in);
        }
        if rest {
            put(out, self.talk_out);
            put(out, self.talk_outside);
        }
    }

    fn session_part(&self) -> [u32; 5] {
        [self.session, self.starts, self.carried, self.first, self.last]
    }

    /// The commonest cell: in one session from before, all through a stored
    /// slot.
    fn whole(step: Step) -> AgentCell {
        let secs = clamp(step.secs());
        AgentCell { session: secs, carried: 1, last: secs, ..AgentCell::default() }
    }

    /// Reads a packed cell.
    ///
    /// Errors: [`Damaged`] when the bytes are no packed cell.
    pub fn unpack(bytes: &[u8]) -> Result<AgentCell, Damaged> {
        let mut from = Cursor::new(bytes);
        let bits = from.number()?;
        if bits >= Self::BITS {
            return Err(Damaged);
        }
        let mut cell = match (bits & Self::WHOLE, bits & Self::WHOLE_HOUR) {
            (0, 0) => AgentCell::default(),
            (0, _) => Self::whole(Step::Hour),
            _ => Self::whole(Step::Quarter),
        };
        if bits & Self::SESSION != 0 {
            cell.session = from.small()?;
            cell.starts = from.small()?;
            cell.carried = from.small()?;
            cell.last = cell.session;
        }
        if bits & Self::BOUNDS != 0 {
            cell.first = from.small()?;
            cell.last = from.small()?;
        }
        if bits & Self::PAUSES != 0 {
            for _ in 0..from.small()? {
                let code = from.small()?;
                cell.pauses.insert(code, PauseCell::read(&mut from)?);
            }
        }
        if bits & Self::TALK != 0 {
            cell.talk_in = from.small()?;
        }
        if bits & Self::TALK_OUT != 0 {
            cell.talk_out = from.small()?;
            cell.talk_outside = from.small()?;
        }
        from.end()?;
        Ok(cell)
    }
}

impl PauseCell {
    fn pack(&self, out: &mut Vec<u8>) {
        let outside = self.inside != self.secs;
        let after = self.after_call > 0;
        let counts = (self.starts, self.carried);
        let usual = counts == (1, 0) || counts == (0, 1);
        put(
            out,
            u64::from(outside)
                | u64::from(self.overlap > 0) << 1
                | u64::from(after) << 2
                | u64::from(usual) << 3
                | u64::from(counts == (1, 0)) << 4,
        );
        put(out, self.secs);
        if outside {
            put(out, self.inside);
        }
        if self.overlap > 0 {
            put(out, self.overlap);
        }
        if after {
            put(out, self.after_call);
            put(out, self.after_call_inside);
        }
        if !usual {
            put(out, self.starts);
            put(out, self.carried);
        }
    }

    fn read(from: &mut Cursor<'_>) -> Result<PauseCell, Damaged> {
        let bits = from.number()?;
        if bits >= 32 {
            return Err(Damaged);
        }
        let there = |bit: u32| bits >> bit & 1 == 1;
        let secs = from.small()?;
        let mut pause = PauseCell { secs, inside: secs, ..PauseCell::default() };
        if there(0) {
            pause.inside = from.small()?;
        }
        if there(1) {
            pause.overlap = from.small()?;
        }
        if there(2) {
            pause.after_call = from.small()?;
            pause.after_call_inside = from.small()?;
        }
        if there(3) {
            pause.starts = u32::from(there(4));
            pause.carried = u32::from(!there(4));
        } else {
            pause.starts = from.small()?;
            pause.carried = from.small()?;
        }
        Ok(pause)
    }
}

/// The cells of a range from the sessions, agent-level pauses and talks that
/// overlap it; of talks also those that ended up to 10 s before a pause in
/// it. Queue-level pauses are passed over.
pub fn agent_cells(
    sessions: &[Session],
    pauses: &[Pause],
    talks: &[Talk],
    slots: Slots,
) -> BTreeMap<AgentKey, AgentCell> {
    agent_cells_made(sessions, pauses, talks, slots).into_map()
}

/// The same where they were made.
pub fn agent_cells_made(
    sessions: &[Session],
    pauses: &[Pause],
    talks: &[Talk],
    slots: Slots,
) -> Cells<AgentKey, AgentCell> {
    let mut people: BTreeMap<AgentId, Person<'_>> = BTreeMap::new();
    for session in sessions {
        people.entry(session.agent).or_default().sessions.push((session.start, session.end));
    }
    for pause in pauses.iter().filter(|pause| pause.queue.is_none()) {
        people.entry(pause.agent).or_default().pauses.push(pause);
    }
    for talk in talks {
        people.entry(talk.agent).or_default().talks.push(talk);
    }
    let mut cells = Cells::new();
    for (agent, person) in people {
        person.add(agent, slots, &mut cells);
    }
    cells
}

/// Intervals of one agent.
#[derive(Default)]
struct Person<'a> {
    sessions: Vec<(UnixSec, UnixSec)>,
    pauses: Vec<&'a Pause>,
    talks: Vec<&'a Talk>,
}

impl Person<'_> {
    fn add(mut self, agent: AgentId, slots: Slots, cells: &mut Cells<AgentKey, AgentCell>) {
        self.talks.sort_unstable();
        let logged_on = Disjoint::of(self.sessions.clone());
        let mut at = |slot: UnixSec, change: &mut dyn FnMut(&mut AgentCell)| {
            change(cells.at(AgentKey { slot, agent }));
        };
        for &(start, end) in &self.sessions {
            count(slots, start, end, |slot, starts, carried| {
                at(slot, &mut |cell| {
                    cell.starts += starts;
                    cell.carried += carried;
                });
            });
        }
        for &(start, end) in &logged_on.0 {
            for (slot, from, to) in slots.split(start, end) {
                at(slot, &mut |cell| cell.add_session(clamp(from - slot), clamp(to - slot)));
            }
        }
        for talk in &self.talks {
            for (slot, from, to) in slots.split(talk.start, talk.end) {
                let inside = clamp(logged_on.overlap(from, to));
                at(slot, &mut |cell| {
                    match talk.direction {
                        Direction::Inbound => cell.talk_in += inside,
                        Direction::Outbound => cell.talk_out += inside,
                    }
                    cell.talk_outside += clamp(to - from) - inside;
                });
            }
        }
        let talking = Disjoint::of(self.talks.iter().map(|talk| (talk.start, talk.end)).collect());
        let talking_inside = logged_on.intersect(&talking);
        let longest = self.talks.iter().map(|talk| talk.end - talk.start).max().unwrap_or(0);
        for pause in &self.pauses {
            let code = pause.code.unwrap_or(NO_WORD);
            count(slots, pause.start, pause.end, |slot, starts, carried| {
                at(slot, &mut |cell| {
                    let entry = cell.pauses.entry(code).or_default();
                    entry.starts += starts;
                    entry.carried += carried;
                });
            });
            let after_call = self.after_call(pause.start, longest);
            for (slot, from, to) in slots.split(pause.start, pause.end) {
                let (secs, inside) = (to - from, logged_on.overlap(from, to));
                let overlap: Secs = self
                    .talks_during(from, to, longest)
                    .map(|talk| logged_on.overlap(talk.start.max(from), talk.end.min(to)))
                    .sum();
                at(slot, &mut |cell| {
                    let entry = cell.pauses.entry(code).or_default();
                    entry.secs += clamp(secs);
                    entry.inside += clamp(inside);
                    entry.overlap += clamp(overlap);
                    if after_call {
                        entry.after_call += clamp(secs - talking.overlap(from, to));
                        entry.after_call_inside += clamp(inside - talking_inside.overlap(from, to));
                    }
                });
            }
        }
    }

    /// Talks that overlap an interval. None is longer than `longest`, so the
    /// search back has an end.
    fn talks_during(
        &self,
        from: UnixSec,
        to: UnixSec,
        longest: Secs,
    ) -> impl Iterator<Item = &Talk> + '_ {
        let end = self.talks.partition_point(|talk| talk.start < to);
        self.talks[..end]
            .iter()
            .rev()
            .take_while(move |talk| talk.start + longest > from)
            .filter(move |talk| talk.end > from)
            .copied()
    }

    /// Whether a pause beginning at `start` belongs to a conversation.
    fn after_call(&self, start: UnixSec, longest: Secs) -> bool {
        let end = self.talks.partition_point(|talk| talk.start <= start);
        self.talks[..end]
            .iter()
            .rev()
            .take_while(|talk| talk.start + longest + ACW_WITHIN >= start)
            .any(|talk| talk.end + ACW_WITHIN >= start)
    }
}

impl AgentCell {
    fn add_session(&mut self, from: u32, to: u32) {
        self.first = if self.session == 0 { from } else { self.first.min(from) };
        self.last = if self.session == 0 { to } else { self.last.max(to) };
        self.session += to - from;
    }
}

/// Tells where an interval begins and into which slots it is carried.
fn count(slots: Slots, start: UnixSec, end: UnixSec, mut each: impl FnMut(UnixSec, u32, u32)) {
    if slots.holds(start) {
        each(slots.slot(start), 1, 0);
    }
    for (slot, from, _) in slots.split(start, end) {
        if from > start {
            each(slot, 0, 1);
        }
    }
}

/// Intervals in order of time that do not touch.
struct Disjoint(Vec<(UnixSec, UnixSec)>);

impl Disjoint {
    /// The union of intervals in any order.
    fn of(mut intervals: Vec<(UnixSec, UnixSec)>) -> Self {
        intervals.sort_unstable();
        let mut union: Vec<(UnixSec, UnixSec)> = Vec::with_capacity(intervals.len());
        for (start, end) in intervals {
            match union.last_mut() {
                Some(last) if start <= last.1 => last.1 = last.1.max(end),
                _ if end > start => union.push((start, end)),
                _ => {}
            }
        }
        Disjoint(union)
    }

    /// How much of an interval lies inside.
    fn overlap(&self, from: UnixSec, to: UnixSec) -> Secs {
        let first = self.0.partition_point(|piece| piece.1 <= from);
        self.0[first..]
            .iter()
            .take_while(|piece| piece.0 < to)
            .map(|piece| piece.1.min(to) - piece.0.max(from))
            .sum()
    }

    fn intersect(&self, other: &Disjoint) -> Disjoint {
        let mut both = Vec::new();
        for &(start, end) in &other.0 {
            let first = self.0.partition_point(|piece| piece.1 <= start);
            for piece in self.0[first..].iter().take_while(|piece| piece.0 < end) {
                both.push((piece.0.max(start), piece.1.min(end)));
            }
        }
        Disjoint(both)
    }
}
