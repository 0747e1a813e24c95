//! The statements that read facts of a period. A period is half-open.

use rusqlite::{Connection, Rows, named_params};
use rustc_hash::FxHashMap;

use crate::base::{CallId, Result, UnixSec};
use crate::model::{IvrCall, Membership, Pause, Session};
use crate::store::interval_row::{self, LONG_SECS};
use crate::store::packed_id::{ID_REACH, parts};
use crate::store::stint_row::{self, StintRow};

pub(crate) const STINTS: &str = "
select id, queue, agent, flags, wait, talk, number, call, rest from stint
where id >= :first and id < :end order by id";

/// Stints that entered in the period, oldest first.
pub(crate) fn stints(
    db: &Connection,
    from: UnixSec,
    to: UnixSec,
    mut each: impl FnMut(&StintRow<'_>) -> Result<()>,
) -> Result<()> {
    let (first, end) = (stint_row::first_id(from), stint_row::end_id(to));
    let mut statement = db.prepare_cached(STINTS)?;
    let mut rows = statement.query(named_params! { ":first": first, ":end": end })?;
    while let Some(row) = rows.next()? {
        each(&StintRow::read(row)?)?;
    }
    Ok(())
}

pub(crate) const STINTS_BACK: &str = "
select id, queue, agent, flags, wait, talk, number, call, rest from stint
where id >= :first and id < :end order by id desc";

/// A statement over stints narrowed to a number, or to numbers stored as
/// text, which have to be looked at.
pub(crate) fn of_number(sql: &str) -> String {
    sql.replace("order by", "and (number in (:plain, :plus) or typeof(number) = 'text') order by")
}

/// The sequence numbers of the stints of a stretch.
pub(crate) const CALLS: &str = "
select id, call from stint where id >= :first and id < :end and typeof(call) = 'integer'";

/// How many stints each of some calls has, in their order.
pub(crate) fn count_stints_of(db: &Connection, calls: &[&CallId]) -> Result<Vec<u32>> {
    let mut counts = vec![0u32; calls.len()];
    let mut wanted: FxHashMap<u32, Vec<usize>> = FxHashMap::default();
    // The stretches that stints of the calls may lie in, put together.
    let mut stretches: Vec<(UnixSec, UnixSec)> = Vec::new();
    for (at, call) in calls.iter().enumerate() {
        if let Some(parts) = parts(call) {
            wanted.entry(parts.seq).or_default().push(at);
            let made = i64::from(parts.epoch);
            stretches.push((made, made + ID_REACH));
        }
    }
    stretches.sort_unstable();
    stretches.dedup_by(|next, last| {
        let meets = next.0 <= last.1;
        if meets {
            last.1 = last.1.max(next.1);
        }
        meets
    });
    let mut statement = db.prepare_cached(CALLS)?;
    let mut one = db.prepare_cached(STINT)?;
    for (from, to) in stretches {
        let (first, end) = (stint_row::first_id(from), stint_row::end_id(to));
        let mut rows = statement.query(named_params! { ":first": first, ":end": end })?;
        while let Some(row) = rows.next()? {
            let (id, seq): (i64, i64) = (row.get(0)?, row.get(1)?);
            let Some(places) = u32::try_from(seq).ok().and_then(|seq| wanted.get(&seq)) else {
                continue;
            };
            // The same number may belong to a channel of another time.
            let mut found = one.query(named_params! { ":id": id })?;
            if let Some(row) = found.next()? {
                let call = StintRow::read(row)?.unpack()?.call_id;
                for &at in places.iter().filter(|&&at| *calls[at] == call) {
                    counts[at] += 1;
                }
            }
        }
    }
    let mut texts = db.prepare_cached(COUNT_OF_TEXT)?;
    for (call, count) in calls.iter().zip(&mut counts) {
        let found: u32 =
            texts.query_row(named_params! { ":call": call.to_string() }, |row| row.get(0))?;
        *count += found;
    }
    Ok(counts)
}

const COUNT_OF_TEXT: &str =
    "select count(*) from stint where typeof(call) = 'text' and call = :call";

pub(crate) const STINTS_OF_CALL: &str = "
select id, queue, agent, flags, wait, talk, number, call, rest from stint
where id >= :first and id < :end and call = :seq order by id";

pub(crate) const STINTS_OF_TEXT: &str = "
select id, queue, agent, flags, wait, talk, number, call, rest from stint
where typeof(call) = 'text' and call = :call order by id";

/// Stints of a call id as written, oldest first. Not by alias.
pub(crate) fn stints_of_call(
    db: &Connection,
    call: &CallId,
    mut each: impl FnMut(&StintRow<'_>) -> Result<()>,
) -> Result<()> {
    if let Some(parts) = parts(call) {
        let made = i64::from(parts.epoch);
        let mut statement = db.prepare_cached(STINTS_OF_CALL)?;
        let mut rows = statement.query(named_params! {
            ":first": stint_row::first_id(made),
            ":end": stint_row::end_id(made + ID_REACH),
            ":seq": parts.seq,
        })?;
        each_of(&mut rows, call, &mut each)?;
    }
    let mut statement = db.prepare_cached(STINTS_OF_TEXT)?;
    let mut rows = statement.query(named_params! { ":call": call.to_string() })?;
    each_of(&mut rows, call, &mut each)
}

fn each_of(
    rows: &mut Rows<'_>,
    call: &CallId,
    each: &mut impl FnMut(&StintRow<'_>) -> Result<()>,
) -> Result<()> {
    while let Some(row) = rows.next()? {
        let row = StintRow::read(row)?;
        if row.unpack()?.call_id == *call {
            each(&row)?;
        }
    }
    Ok(())
}

pub(crate) const STINT: &str = "
select id, queue, agent, flags, wait, talk, number, call, rest from stint where id = :id";

// An interval belongs to a period when it overlaps it, or begins in it
// without length. Short ones begin at most a day before the period; the few
// long ones have an index.

pub(crate) const SESSIONS: &str = "
select id, agent, secs, extension, cause, quality from session
where id >= :near and id < :end and (id >= :first or (id >> 16) + secs > :from)
union all
select id, agent, secs, extension, cause, quality from session indexed by session_long
where secs > 86400 and id < :near and (id >> 16) + secs > :from";

pub(crate) const MEMBERSHIPS: &str = "
select id, agent, secs, queue, cause, quality from membership
where id >= :near and id < :end and (id >= :first or (id >> 16) + secs > :from)
union all
select id, agent, secs, queue, cause, quality from membership indexed by membership_long
where secs > 86400 and id < :near and (id >> 16) + secs > :from";

pub(crate) const PAUSES: &str = "
select id, agent, secs, queue, cause, quality, code from pause
where id >= :near and id < :end and (id >= :first or (id >> 16) + secs > :from)
union all
select id, agent, secs, queue, cause, quality, code from pause indexed by pause_long
where secs > 86400 and id < :near and (id >> 16) + secs > :from";

/// The same with the pauses of agents alone.
pub(crate) const AGENT_PAUSES: &str = "
select id, agent, secs, queue, cause, quality, code from pause
where id >= :near and id < :end and queue is null
    and (id >= :first or (id >> 16) + secs > :from)
union all
select id, agent, secs, queue, cause, quality, code from pause indexed by pause_long
where secs > 86400 and id < :near and queue is null and (id >> 16) + secs > :from";

pub(crate) fn sessions(
    db: &Connection,
    from: UnixSec,
    to: UnixSec,
    mut each: impl FnMut(Session) -> Result<()>,
) -> Result<()> {
    overlapping(db, SESSIONS, from, to, |row| each(interval_row::session(row)?))
}

pub(crate) fn memberships(
    db: &Connection,
    from: UnixSec,
    to: UnixSec,
    mut each: impl FnMut(Membership) -> Result<()>,
) -> Result<()> {
    overlapping(db, MEMBERSHIPS, from, to, |row| each(interval_row::membership(row)?))
}

pub(crate) fn pauses(
    db: &Connection,
    from: UnixSec,
    to: UnixSec,
    mut each: impl FnMut(Pause) -> Result<()>,
) -> Result<()> {
    overlapping(db, PAUSES, from, to, |row| each(interval_row::pause(row)?))
}

pub(crate) fn agent_pauses(
    db: &Connection,
    from: UnixSec,
    to: UnixSec,
    mut each: impl FnMut(Pause) -> Result<()>,
) -> Result<()> {
    overlapping(db, AGENT_PAUSES, from, to, |row| each(interval_row::pause(row)?))
}

fn overlapping(
    db: &Connection,
    sql: &str,
    from: UnixSec,
    to: UnixSec,
    mut each: impl FnMut(&rusqlite::Row<'_>) -> Result<()>,
) -> Result<()> {
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(named_params! {
        ":near": interval_row::first_id(from.saturating_sub(LONG_SECS)),
        ":first": interval_row::first_id(from),
        ":from": from,
        ":end": interval_row::end_id(to),
    })?;
    while let Some(row) = rows.next()? {
        each(row)?;
    }
    Ok(())
}

pub(crate) const IVR_CALLS: &str = "
select id, secs, number, dnis, rest from ivr_call where id >= :first and id < :end order by id";

/// Voice-menu calls that began in the period, oldest first.
pub(crate) fn ivr_calls(
    db: &Connection,
    from: UnixSec,
    to: UnixSec,
    mut each: impl FnMut(i64, IvrCall) -> Result<()>,
) -> Result<()> {
    let (first, end) = (interval_row::first_id(from), interval_row::end_id(to));
    let mut statement = db.prepare_cached(IVR_CALLS)?;
    let mut rows = statement.query(named_params! { ":first": first, ":end": end })?;
    while let Some(row) = rows.next()? {
        each(row.get(0)?, interval_row::ivr_call(row)?)?;
    }
    Ok(())
}
