//! Old facts go, totals stay.

use rusqlite::{Connection, named_params};

use crate::base::{Result, UnixSec};
use crate::model::totals::LOOK_BACK;
use crate::store::commit::Writer;
use crate::store::schema::set_meta;
use crate::store::seen::{self, Seen};
use crate::store::touched::{DAY_SECS, day_of};
use crate::store::{interval_row, number_days, stint_row};

const OLD_STINTS: &str = "
delete from stint where id in (select id from stint where id < :end order by id limit :most)";
// Long intervals begin before and may end after: the end decides.
const OLD_SESSIONS: &str = "
delete from session where id in (
    select id from session where id < :end and (id >> 16) + secs < :ended order by id limit :most)";
const OLD_MEMBERSHIPS: &str = "
delete from membership where id in (
    select id from membership where id < :end and (id >> 16) + secs < :ended
    order by id limit :most)";
const OLD_PAUSES: &str = "
delete from pause where id in (
    select id from pause where id < :end and (id >> 16) + secs < :ended order by id limit :most)";
const OLD_IVR_CALLS: &str = "
delete from ivr_call where id in (
    select id from ivr_call where id < :end order by id limit :most)";
const OLD_SEEN: &str = "
delete from seen where id in (select id from seen where id < :end order by id limit :most)";

/// All of them, for the test of their plans.
#[cfg(test)]
pub(crate) const OLD: [&str; 6] =
    [OLD_STINTS, OLD_SESSIONS, OLD_MEMBERSHIPS, OLD_PAUSES, OLD_IVR_CALLS, OLD_SEEN];

/// Deletes what is due, at most about `rows` rows of each kind; says whether
/// more may be due. Only settled days are left behind, so every deleted fact
/// is in a total.
pub(crate) fn retain(writer: &mut Writer, rows: u32) -> Result<bool> {
    let Some(keep) = writer.settings().detail_secs() else { return Ok(false) };
    let days = writer.days();
    let Some(settled_until) = days.settled_until else { return Ok(false) };
    let due = day_of(days.newest.saturating_sub(keep)).min(settled_until);
    let from = due.max(days.detail_from);
    if from <= 0 {
        return Ok(false);
    }
    let deleted = writer.write(|tx| {
        // First the mark, so that no fact comes in behind the deletion.
        set_meta(tx, "detail_from", from)?;
        delete_before(tx, from * DAY_SECS, rows)
    })?;
    writer.details_from(from);
    Ok(deleted)
}

/// A day's totals look at stints of the day before, so those stay a little
/// longer than the day they are recounted for.
fn delete_before(db: &Connection, horizon: UnixSec, most: u32) -> Result<bool> {
    let before = horizon - LOOK_BACK;
    let stint_end = stint_row::first_id(before);
    let end = interval_row::first_id(before);
    let mut full = false;
    for sql in [OLD_STINTS, OLD_IVR_CALLS] {
        let end = if sql == OLD_STINTS { stint_end } else { end };
        let count =
            db.prepare_cached(sql)?.execute(named_params! { ":end": end, ":most": most })?;
        full |= count >= most as usize;
    }
    for sql in [OLD_SESSIONS, OLD_MEMBERSHIPS, OLD_PAUSES] {
        let count = db
            .prepare(sql)?
            .execute(named_params! { ":end": end, ":ended": before, ":most": most })?;
        full |= count >= most as usize;
    }
    number_days::remove_before(db, day_of(before))?;
    let seen_end = seen::first_id(Seen::quarter(before));
    let count =
        db.prepare_cached(OLD_SEEN)?.execute(named_params! { ":end": seen_end, ":most": most })?;
    Ok(full || count >= most as usize)
}
