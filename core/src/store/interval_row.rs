//! Sessions, memberships, pauses and voice-menu calls as rows.

use rusqlite::Row;
use rusqlite::types::ValueRef;

use crate::base::{Result, UnixSec};
use crate::model::{EndCause, IvrCall, Membership, Pause, Quality, Session};
use crate::store::error::damaged;
use crate::store::packed_id::{number_text, put_id, take_id};
use crate::store::stint_lists::{put_notes, take_notes};
use crate::store::varint::{Cursor, put};

/// Bits of a row id below the second of the start.
pub(crate) const ID_BITS: u32 = 16;

/// The last second that fits a row id.
const LAST_SECOND: UnixSec = 1 << 40;

/// Intervals longer than this have an index of their own (`session_long`, …),
/// as they are not found near the start of a period.
pub(crate) const LONG_SECS: i64 = 86_400;

/// The first row id of a second; moments out of reach are clamped.
pub(crate) fn first_id(second: UnixSec) -> i64 {
    second.clamp(0, LAST_SECOND) << ID_BITS
}

/// The first row id behind a period that ends with a second.
pub(crate) fn end_id(second: UnixSec) -> i64 {
    if second > LAST_SECOND { i64::MAX } else { first_id(second) }
}

fn start_of(id: i64) -> UnixSec {
    id >> ID_BITS
}

/// Length as it is stored: not below zero, and such that the end is a moment.
pub(crate) fn length(start: UnixSec, end: UnixSec) -> i64 {
    end.saturating_sub(start).clamp(0, LAST_SECOND)
}

/// Start and end of an interval as they will be read from a row with this id.
pub(crate) fn stored(id: i64, start: UnixSec, end: UnixSec) -> (UnixSec, UnixSec) {
    (start_of(id), start_of(id).saturating_add(length(start, end)))
}

/// Row of `id, agent, secs, extension, cause, quality`.
pub(crate) fn session(row: &Row<'_>) -> Result<Session> {
    let start = start_of(row.get(0)?);
    Ok(Session {
        agent: row.get(1)?,
        start,
        end: start.saturating_add(row.get(2)?),
        extension: row.get(3)?,
        cause: end_cause(row.get(4)?)?,
        quality: Quality(row.get(5)?),
    })
}

/// Row of `id, agent, secs, queue, cause, quality`.
pub(crate) fn membership(row: &Row<'_>) -> Result<Membership> {
    let start = start_of(row.get(0)?);
    Ok(Membership {
        agent: row.get(1)?,
        queue: row.get(3)?,
        start,
        end: start.saturating_add(row.get(2)?),
        cause: end_cause(row.get(4)?)?,
        quality: Quality(row.get(5)?),
    })
}

/// Row of `id, agent, secs, queue, cause, quality, code`.
pub(crate) fn pause(row: &Row<'_>) -> Result<Pause> {
    let start = start_of(row.get(0)?);
    Ok(Pause {
        agent: row.get(1)?,
        queue: row.get(3)?,
        start,
        end: start.saturating_add(row.get(2)?),
        code: row.get(6)?,
        cause: end_cause(row.get(4)?)?,
        quality: Quality(row.get(5)?),
    })
}

fn end_cause(code: u8) -> Result<EndCause> {
    Ok(match code {
        1 => EndCause::Removed,
        2 => EndCause::Logoff,
        3 => EndCause::Unpaused,
        4 => EndCause::ReasonChanged,
        5 => EndCause::Restart,
        6 => EndCause::Stale,
        7 => EndCause::HotDesk,
        8 => EndCause::Manual,
        9 => EndCause::Open,
        _ => return Err(damaged("cause of an end")),
    })
}

/// Packs what has no column in `ivr_call`.
pub(crate) fn pack_ivr(call: &IvrCall) -> Vec<u8> {
    let mut out = Vec::new();
    put_id(&mut out, &call.call_id, call.start, 0);
    // Ids count from 1; 0 is none.
    put(&mut out, call.ivr.unwrap_or(0).into());
    put_notes(&mut out, call.start, &call.steps);
    out
}

/// Row of `id, secs, number, dnis, rest`.
pub(crate) fn ivr_call(row: &Row<'_>) -> Result<IvrCall> {
    let start = start_of(row.get(0)?);
    let rest = row.get_ref(4)?.as_blob().map_err(|_| damaged("voice-menu call"))?;
    let from = &mut Cursor::new(rest, "voice-menu call");
    let number = match row.get_ref(2)? {
        ValueRef::Integer(code) => number_text(code),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        _ => String::new(),
    };
    Ok(IvrCall {
        call_id: take_id(from, start, 0)?,
        start,
        end: start.saturating_add(row.get(1)?),
        number: number.into(),
        dnis: row.get(3)?,
        ivr: Some(from.small()?).filter(|word| *word != 0),
        steps: take_notes(from, start)?,
    })
}
