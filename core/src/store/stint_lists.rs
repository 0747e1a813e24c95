//! The lists in a stint's packed part: attempts, holds, notes. Each begins with
//! how many follow, and times count from the one before.

use crate::base::{Result, UnixSec};
use crate::model::{Attempt, AttemptResult, Hold, Note, NoteKind, Stint};
use crate::store::error::damaged;
use crate::store::varint::{Cursor, put, put_bytes, put_signed};

/// Forms of an attempt's ring time.
const NO_RING: u64 = 0;
const RING_MS: u64 = 1;
const RING_SECS: u64 = 2;

/// Each attempt: result and form of its ring time in one number, time since
/// the one before, agent, ring time. A taken attempt that the stint's own
/// fields tell is one zero byte.
pub(crate) fn put_attempts(out: &mut Vec<u8>, stint: &Stint) {
    put(out, stint.attempts.len() as u64);
    let taken = taken_attempt(stint);
    let mut before = stint.enter;
    for attempt in &stint.attempts {
        if Some(*attempt) == taken {
            put(out, 0);
        } else {
            let (form, ring) = match attempt.ring_ms {
                None => (NO_RING, 0),
                Some(ms) if ms % 1000 == 0 => (RING_SECS, ms / 1000),
                Some(ms) => (RING_MS, ms),
            };
            put(out, u64::from(attempt.result as u8) << 2 | form);
            put_signed(out, attempt.at.wrapping_sub(before));
            put(out, attempt.agent.into());
            if form != NO_RING {
                put_signed(out, ring);
            }
        }
        before = attempt.at;
    }
}

fn taken_attempt(stint: &Stint) -> Option<Attempt> {
    Some(Attempt {
        at: stint.enter.checked_add(stint.wait.filter(|_| stint.answered)?)?,
        agent: stint.agent?,
        ring_ms: match stint.ring {
            Some(ring) => Some(ring.checked_mul(1000)?),
            None => None,
        },
        result: AttemptResult::Taken,
    })
}

pub(crate) fn put_holds(out: &mut Vec<u8>, stint: &Stint) {
    put(out, stint.holds.len() as u64);
    let mut before = stint.enter;
    for hold in &stint.holds {
        put_signed(out, hold.start.wrapping_sub(before));
        put_signed(out, hold.secs);
        before = hold.start;
    }
}

/// Notes, for stints and for calls that stayed in the voice menu.
pub(crate) fn put_notes(out: &mut Vec<u8>, start: UnixSec, notes: &[Note]) {
    put(out, notes.len() as u64);
    let mut before = start;
    for note in notes {
        put(out, (note.kind as u8).into());
        put_signed(out, note.at.wrapping_sub(before));
        // Ids count from 1; 0 is nobody.
        put(out, note.agent.unwrap_or(0).into());
        put_bytes(out, note.text.as_bytes());
        put_bytes(out, note.more.as_bytes());
        before = note.at;
    }
}

pub(crate) fn take_attempts(from: &mut Cursor<'_>, stint: &Stint) -> Result<Vec<Attempt>> {
    let count = from.count()?;
    let mut attempts = Vec::with_capacity(count);
    let mut before = stint.enter;
    for _ in 0..count {
        let head = from.number()?;
        let attempt = if head == 0 {
            taken_attempt(stint).ok_or_else(|| damaged("call's attempt"))?
        } else {
            let at = before.wrapping_add(from.signed()?);
            let agent = from.small()?;
            let ring_ms = match head & 3 {
                NO_RING => None,
                RING_MS => Some(from.signed()?),
                RING_SECS => Some(from.signed()?.wrapping_mul(1000)),
                _ => return from.damaged(),
            };
            let result = match head >> 2 {
                1 => AttemptResult::Taken,
                2 => AttemptResult::NoAnswer,
                3 => AttemptResult::Cancelled,
                4 => AttemptResult::Dumped,
                5 => AttemptResult::Attempt,
                _ => return from.damaged(),
            };
            Attempt { at, agent, ring_ms, result }
        };
        before = attempt.at;
        attempts.push(attempt);
    }
    Ok(attempts)
}

pub(crate) fn take_holds(from: &mut Cursor<'_>, enter: UnixSec) -> Result<Vec<Hold>> {
    let count = from.count()?;
    let mut before = enter;
    let mut holds = Vec::with_capacity(count);
    for _ in 0..count {
        let start = before.wrapping_add(from.signed()?);
        holds.push(Hold { start, secs: from.signed()? });
        before = start;
    }
    Ok(holds)
}

pub(crate) fn take_notes(from: &mut Cursor<'_>, start: UnixSec) -> Result<Vec<Note>> {
    let count = from.count()?;
    let mut before = start;
    let mut notes = Vec::new();
    for _ in 0..count {
        let kind = note_kind(from.number()?).ok_or_else(|| damaged("note"))?;
        let at = before.wrapping_add(from.signed()?);
        let agent = Some(from.small()?).filter(|agent| *agent != 0);
        notes.push(Note { at, kind, agent, text: from.text()?.into(), more: from.text()?.into() });
        before = at;
    }
    Ok(notes)
}

fn note_kind(code: u64) -> Option<NoteKind> {
    Some(match code {
        1 => NoteKind::Outcome,
        2 => NoteKind::Tag,
        3 => NoteKind::NoTag,
        4 => NoteKind::Feature,
        5 => NoteKind::NoFeature,
        6 => NoteKind::Variable,
        7 => NoteKind::NoVariable,
        8 => NoteKind::Skill,
        9 => NoteKind::IvrStart,
        10 => NoteKind::IvrStep,
        11 => NoteKind::IvrGoal,
        12 => NoteKind::IvrHangup,
        13 => NoteKind::CallerName,
        14 => NoteKind::CallerNumber,
        15 => NoteKind::Other,
        _ => return None,
    })
}
