//! A stint as a row: columns for what questions ask for, one packed blob for
//! the rest.
//!
//! The blob starts with a number whose bits say which fields follow; fields
//! that most stints have take the low bits, so that it stays one byte for
//! them. Bits and codes are stored: never reuse one.

use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Row, ToSql};

use crate::base::{CallId, Result, UnixSec};
use crate::model::{Cause, Direction, Quality, Stint};
use crate::store::error::damaged;
use crate::store::packed_id::{
    ID_REACH, IdParts, joined, number_code, number_text, parts, put_id, take_id,
};
use crate::store::stint_lists::{
    put_attempts, put_holds, put_notes, take_attempts, take_holds, take_notes,
};
use crate::store::varint::{Cursor, put, put_bytes, put_signed};
use crate::store::wanted::{StintPart, Wanted};

/// Bits of a row id below the second of entering.
pub(crate) const ID_BITS: u32 = 12;

/// The last second that fits a row id.
const LAST_SECOND: UnixSec = 1 << 40;

/// The first row id of a second. Moments before 1970 and absurdly late ones
/// (a hostile log) are clamped.
pub(crate) fn first_id(second: UnixSec) -> i64 {
    second.clamp(0, LAST_SECOND) << ID_BITS
}

/// The first row id behind a period that ends with a second.
pub(crate) fn end_id(second: UnixSec) -> i64 {
    if second > LAST_SECOND { i64::MAX } else { first_id(second) }
}

/// The second of entering that a row id stands for.
pub(crate) fn second_of(id: i64) -> UnixSec {
    id >> ID_BITS
}

const END: u64 = 1;
const RING: u64 = 1 << 1;
const POSITION: u64 = 1 << 2;
const ATTEMPTS: u64 = 1 << 3;
const MEMBER_ID: u64 = 1 << 4;
const QUALITY: u64 = 1 << 5;
const EXIT_POSITION: u64 = 1 << 6;
const ENTRY: u64 = 1 << 7;
const PREFIX: u64 = 1 << 8;
const CALLER_NAME: u64 = 1 << 9;
const URL: u64 = 1 << 10;
const DNIS: u64 = 1 << 11;
const IVR: u64 = 1 << 12;
const IVR_SECS: u64 = 1 << 13;
const DETAIL: u64 = 1 << 14;
const TRANSFER_TO: u64 = 1 << 15;
const OUTCOME: u64 = 1 << 16;
const TAG: u64 = 1 << 17;
const FEATURES: u64 = 1 << 18;
const HOLDS: u64 = 1 << 19;
const NOTES: u64 = 1 << 20;
const ALIAS: u64 = 1 << 21;
/// The row id's second is this much later than the entering, because that
/// was full or out of reach.
const SHIFTED: u64 = 1 << 22;
const KNOWN: u64 = (1 << 23) - 1;

const ANSWERED: u8 = 1 << 5;
const OUTBOUND: u8 = 1 << 6;
const CAUSE: u8 = ANSWERED - 1;

/// What stands in a column that may hold an integer or a text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell<'a> {
    Nothing,
    Integer(i64),
    Text(&'a str),
}

impl ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Cell::Nothing => ToSqlOutput::Owned(Value::Null),
            Cell::Integer(integer) => ToSqlOutput::Owned(Value::Integer(*integer)),
            Cell::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        })
    }
}

/// Cause, answered and direction in seven bits.
pub(crate) fn flags(stint: &Stint) -> u8 {
    stint.cause.code()
        | if stint.answered { ANSWERED } else { 0 }
        | if stint.direction == Direction::Outbound { OUTBOUND } else { 0 }
}

pub(crate) fn number_cell(number: &str) -> Cell<'_> {
    match number_code(number) {
        _ if number.is_empty() => Cell::Nothing,
        Some(code) => Cell::Integer(code),
        None => Cell::Text(number),
    }
}

/// The `call` column of an id: the sequence number when the rest is found
/// from the time, or the whole text. `text` backs ids that print a number.
pub(crate) fn call_cell<'a>(id: &CallId, enter: UnixSec, text: &'a mut String) -> Cell<'a> {
    match near_parts(id, enter) {
        Some(parts) => Cell::Integer(i64::from(parts.seq)),
        None => {
            *text = id.to_string();
            Cell::Text(text)
        }
    }
}

/// The parts of an id made at most [`ID_REACH`] before `enter`.
fn near_parts(id: &CallId, enter: UnixSec) -> Option<IdParts<'_>> {
    parts(id).filter(|parts| (0..ID_REACH).contains(&enter.wrapping_sub(i64::from(parts.epoch))))
}

/// The end that goes without saying.
fn usual_end(stint: &Stint) -> UnixSec {
    stint.enter.wrapping_add(stint.wait.unwrap_or(0)).wrapping_add(stint.talk.unwrap_or(0))
}

/// Packs what has no column for the row `id`. `out` is emptied first.
pub(crate) fn pack(stint: &Stint, id: i64, out: &mut Vec<u8>) {
    out.clear();
    let shift = second_of(id).wrapping_sub(stint.enter);
    let near = near_parts(&stint.call_id, stint.enter);
    let prefix = near.map_or("", |parts| parts.prefix);
    let seq = near.map_or(0, |parts| parts.seq);
    let mut bits = 0;
    for (bit, there) in [
        (END, stint.end != usual_end(stint)),
        (RING, stint.ring.is_some()),
        (POSITION, stint.position.is_some()),
        (ATTEMPTS, !stint.attempts.is_empty()),
        (MEMBER_ID, stint.member_id.is_some()),
        (QUALITY, stint.quality.0 != 0),
        (EXIT_POSITION, stint.exit_position.is_some()),
        (ENTRY, stint.entry != 0),
        (PREFIX, !prefix.is_empty()),
        (CALLER_NAME, !stint.caller_name.is_empty()),
        (URL, !stint.url.is_empty()),
        (DNIS, stint.dnis.is_some()),
        (IVR, stint.ivr.is_some()),
        (IVR_SECS, stint.ivr_secs.is_some()),
        (DETAIL, stint.detail.is_some()),
        (TRANSFER_TO, stint.transfer_to.is_some()),
        (OUTCOME, stint.outcome.is_some()),
        (TAG, stint.tag.is_some()),
        (FEATURES, !stint.features.is_empty()),
        (HOLDS, !stint.holds.is_empty()),
        (NOTES, !stint.notes.is_empty()),
        (ALIAS, stint.alias.is_some()),
        (SHIFTED, shift != 0),
    ] {
        if there {
            bits |= bit;
        }
    }
    put(out, bits);
    if bits & SHIFTED != 0 {
        put_signed(out, shift);
    }
    if let Some(parts) = near {
        put_signed(out, stint.enter - i64::from(parts.epoch));
    }
    if bits & PREFIX != 0 {
        put_bytes(out, prefix.as_bytes());
    }
    if bits & END != 0 {
        put_signed(out, stint.end.wrapping_sub(usual_end(stint)));
    }
    if let Some(ring) = stint.ring {
        put_signed(out, ring);
    }
    if let Some(position) = stint.position {
        put(out, position.into());
    }
    if let Some(position) = stint.exit_position {
        put(out, position.into());
    }
    if bits & ATTEMPTS != 0 {
        put_attempts(out, stint);
    }
    if let Some(id) = &stint.member_id {
        put_id(out, id, stint.enter, seq);
    }
    if bits & QUALITY != 0 {
        put(out, stint.quality.0.into());
    }
    if bits & ENTRY != 0 {
        put(out, stint.entry.into());
    }
    for text in [&stint.caller_name, &stint.url] {
        if !text.is_empty() {
            put_bytes(out, text.as_bytes());
        }
    }
    for word in [stint.dnis, stint.ivr, stint.detail, stint.transfer_to, stint.outcome, stint.tag]
        .iter()
        .flatten()
    {
        put(out, (*word).into());
    }
    if let Some(secs) = stint.ivr_secs {
        put_signed(out, secs);
    }
    if bits & FEATURES != 0 {
        put(out, stint.features.len() as u64);
        stint.features.iter().for_each(|word| put(out, (*word).into()));
    }
    if bits & HOLDS != 0 {
        put_holds(out, stint);
    }
    if bits & NOTES != 0 {
        put_notes(out, stint.enter, &stint.notes);
    }
    if let Some(id) = &stint.alias {
        put_id(out, id, stint.enter, seq);
    }
}

/// The columns of a row, cheap to look at before the blob is unpacked.
pub(crate) struct StintRow<'a> {
    pub id: i64,
    pub queue: u32,
    pub agent: Option<u32>,
    pub wait: Option<i64>,
    pub talk: Option<i64>,
    pub number: ValueRef<'a>,
    flags: u8,
    call: ValueRef<'a>,
    rest: &'a [u8],
}

impl<'a> StintRow<'a> {
    /// Takes `id, queue, agent, flags, wait, talk, number, call, rest`.
    pub(crate) fn read(row: &'a Row<'_>) -> Result<Self> {
        Ok(StintRow {
            id: row.get(0)?,
            queue: row.get(1)?,
            agent: row.get(2)?,
            flags: row.get(3)?,
            wait: row.get(4)?,
            talk: row.get(5)?,
            number: row.get_ref(6)?,
            call: row.get_ref(7)?,
            rest: row.get_ref(8)?.as_blob().map_err(|_| damaged("call"))?,
        })
    }

    pub(crate) fn direction(&self) -> Direction {
        if self.flags & OUTBOUND == 0 { Direction::Inbound } else { Direction::Outbound }
    }

    pub(crate) fn answered(&self) -> bool {
        self.flags & ANSWERED != 0
    }

    pub(crate) fn cause(&self) -> Result<Cause> {
        Cause::from_code(self.flags & CAUSE).ok_or_else(|| damaged("call's cause"))
    }

    /// Whether the stint may last until `at` or longer; `true` when only the
    /// blob tells.
    pub(crate) fn may_reach(&self, at: UnixSec) -> bool {
        let Some(wait) = self.wait else { return true };
        let said = second_of(self.id).saturating_add(wait).saturating_add(self.talk.unwrap_or(0));
        // The first byte holds the low seven bits.
        let own_end = self.rest.first().is_none_or(|bits| u64::from(*bits) & END != 0);
        own_end || said >= at
    }

    /// Whether the stint has what is wanted at least; what can't be read is
    /// not passed over.
    pub(crate) fn has_wanted(&self, wanted: Wanted) -> bool {
        let Some(part) = wanted.only else { return true };
        let bit = match part {
            StintPart::Outcome => OUTCOME,
            StintPart::Tag => TAG,
            StintPart::Features => FEATURES,
            StintPart::Notes => NOTES,
        };
        Cursor::new(self.rest, "call").number().map_or(true, |bits| bits & bit != 0)
    }

    pub(crate) fn number_text(&self) -> Result<String> {
        match self.number {
            ValueRef::Null => Ok(String::new()),
            ValueRef::Integer(code) => Ok(number_text(code)),
            ValueRef::Text(text) => Ok(String::from_utf8_lossy(text).into_owned()),
            _ => Err(damaged("telephone number")),
        }
    }

    /// The whole stint.
    pub(crate) fn unpack(&self) -> Result<Stint> {
        self.unpack_with(Wanted::ALL)
    }

    /// The stint with what is wanted of it.
    pub(crate) fn unpack_with(&self, wanted: Wanted) -> Result<Stint> {
        let from = &mut Cursor::new(self.rest, "call");
        let bits = from.number()?;
        if bits & !KNOWN != 0 {
            return from.damaged();
        }
        let has = |bit| bits & bit != 0;
        let shift = if has(SHIFTED) { from.signed()? } else { 0 };
        let enter = second_of(self.id).wrapping_sub(shift);
        let (epoch, seq) = match self.call {
            ValueRef::Integer(seq) => {
                let epoch = u32::try_from(enter.wrapping_sub(from.signed()?));
                let seq = u32::try_from(seq);
                (epoch.map_err(|_| damaged("call id"))?, seq.map_err(|_| damaged("call id"))?)
            }
            _ => (0, 0),
        };
        let prefix = if has(PREFIX) { from.text()? } else { "" };
        let call_id = match self.call {
            ValueRef::Integer(_) => joined(prefix, epoch, seq),
            ValueRef::Text(text) => CallId::parse(&String::from_utf8_lossy(text)),
            _ => return from.damaged(),
        };
        let later = if has(END) { from.signed()? } else { 0 };
        let ring = if has(RING) { Some(from.signed()?) } else { None };
        let position = if has(POSITION) { Some(from.small()?) } else { None };
        let exit_position = if has(EXIT_POSITION) { Some(from.small()?) } else { None };
        let mut stint = Stint {
            direction: self.direction(),
            end: 0,
            wait: self.wait,
            talk: self.talk,
            ring,
            answered: self.answered(),
            cause: self.cause()?,
            agent: self.agent,
            position,
            exit_position,
            number: if wanted.number { self.number_text()?.into() } else { "".into() },
            ..Stint::begun(call_id, self.queue, enter)
        };
        stint.end = usual_end(&stint).wrapping_add(later);
        if !wanted.attempts && !wanted.rest {
            return Ok(stint);
        }
        if has(ATTEMPTS) {
            stint.attempts = take_attempts(from, &stint)?;
        }
        if !wanted.rest {
            return Ok(stint);
        }
        if has(MEMBER_ID) {
            stint.member_id = Some(take_id(from, enter, seq)?);
        }
        if has(QUALITY) {
            stint.quality = Quality(u16::try_from(from.number()?).or_else(|_| from.damaged())?);
        }
        if has(ENTRY) {
            stint.entry = u16::try_from(from.number()?).or_else(|_| from.damaged())?;
        }
        for (bit, text) in [(CALLER_NAME, &mut stint.caller_name), (URL, &mut stint.url)] {
            if has(bit) {
                *text = from.text()?.into();
            }
        }
        for (bit, word) in [
            (DNIS, &mut stint.dnis),
            (IVR, &mut stint.ivr),
            (DETAIL, &mut stint.detail),
            (TRANSFER_TO, &mut stint.transfer_to),
            (OUTCOME, &mut stint.outcome),
            (TAG, &mut stint.tag),
        ] {
            if has(bit) {
                *word = Some(from.small()?);
            }
        }
        if has(IVR_SECS) {
            stint.ivr_secs = Some(from.signed()?);
        }
        if has(FEATURES) {
            let count = from.count()?;
            stint.features = (0..count).map(|_| from.small()).collect::<Result<_>>()?;
        }
        if has(HOLDS) {
            stint.holds = take_holds(from, enter)?;
        }
        if has(NOTES) {
            stint.notes = take_notes(from, enter)?;
        }
        if has(ALIAS) {
            stint.alias = Some(take_id(from, enter, seq)?);
        }
        if from.is_empty() { Ok(stint) } else { from.damaged() }
    }
}
