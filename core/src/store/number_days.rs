//! In which hours of a settled UTC day a telephone number had calls, so that
//! the calls of one number are found without looking at everybody's.
//!
//! Of each number 20 bits of a hash of its digits are kept with the hour, in
//! a sorted set cut into rows; a row's id begins with the day and the first
//! hash in it, so that one look finds the row a number would be in. What is
//! found may belong to another number of the same hash (one in 500 days of
//! 2,000 calls); what is not found is not there. The set is counted from the
//! stints when a day is settled, like its totals, and goes with them.

use std::ops::Range;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, named_params, params};

use crate::base::{Result, UnixSec};
use crate::store::error::damaged;
use crate::store::packed_id::number_digits;
use crate::store::rice;
use crate::store::schema::meta;
use crate::store::stint_row;
use crate::store::touched::{DAY_SECS, day_of};

const HASH_BITS: u32 = 20;
const HOUR_BITS: u32 = 5;
const HOUR_SECS: UnixSec = 3600;

/// Marks in one row, about 130 bytes, and a few more where one number has
/// many.
const ROW_MARKS: usize = 64;

/// Stints of a second with thousands of them have ids of later seconds.
const SPILL: UnixSec = 60;

const WHAT: &str = "set of numbers";

/// Hash of a number's digits; `None` for one without digits. Spellings of one
/// number have one hash.
pub(crate) fn hash_of(number: &str) -> Option<u32> {
    hash(number.bytes().filter(u8::is_ascii_digit))
}

/// The same of a number as it stands in a row.
pub(crate) fn hash_of_cell(number: ValueRef<'_>) -> Option<u32> {
    match number {
        ValueRef::Integer(code) => number_digits(code, |digits| hash(digits.iter().copied())),
        ValueRef::Text(text) => hash(text.iter().copied().filter(u8::is_ascii_digit)),
        _ => None,
    }
}

fn hash(digits: impl Iterator<Item = u8>) -> Option<u32> {
    // A 1 in front keeps leading zeros apart.
    let mut sum = 1u64;
    for digit in digits {
        sum = sum.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
    }
    let spread = sum.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - HASH_BITS);
    (sum != 1).then_some(spread as u32)
}

/// The hours of one day in which numbers had calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct NumberDay(Vec<u64>);

impl NumberDay {
    /// A stint that entered on the day.
    pub(crate) fn add(&mut self, number: Option<u32>, enter: UnixSec) {
        if let Some(hash) = number {
            let hour = enter.rem_euclid(DAY_SECS) / HOUR_SECS;
            self.0.push(u64::from(hash) << HOUR_BITS | hour as u64);
        }
    }

    /// The rows of a day with their ids.
    fn rows(mut self, day: i64) -> Vec<(i64, Vec<u8>)> {
        self.0.sort_unstable();
        self.0.dedup();
        let mut rows = Vec::new();
        let mut left = self.0.as_mut_slice();
        while !left.is_empty() {
            let mut end = ROW_MARKS.min(left.len());
            // All marks of a hash lie in one row.
            while end < left.len() && left[end] >> HOUR_BITS == left[end - 1] >> HOUR_BITS {
                end += 1;
            }
            let (row, rest) = left.split_at_mut(end);
            let first = row[0] >> HOUR_BITS;
            row.iter_mut().for_each(|mark| *mark -= first << HOUR_BITS);
            let mut bytes = Vec::with_capacity(160);
            rice::pack(row, row[end - 1], &mut bytes);
            rows.push((first_id(day) + first as i64, bytes));
            left = rest;
        }
        rows
    }
}

/// The first row id of a day.
pub(crate) fn first_id(day: i64) -> i64 {
    day.clamp(0, 1 << 40) << HASH_BITS
}

const REMOVE: &str = "delete from number_day where id >= :first and id < :end";
const PUT: &str = "insert into number_day (id, marks) values (?1, ?2)";

/// Stores a day anew.
pub(crate) fn store(db: &Connection, day: i64, numbers: NumberDay) -> Result<()> {
    let days = named_params! { ":first": first_id(day), ":end": first_id(day + 1) };
    db.prepare_cached(REMOVE)?.execute(days)?;
    let mut put = db.prepare_cached(PUT)?;
    for (id, bytes) in numbers.rows(day) {
        put.execute(params![id, bytes])?;
    }
    Ok(())
}

/// Whether what is stored of a day is what its stints come to.
pub(crate) fn agrees(db: &Connection, day: i64, numbers: NumberDay) -> Result<bool> {
    let mut statement = db.prepare_cached(DAY)?;
    let rows = statement
        .query_map(named_params! { ":first": first_id(day), ":end": first_id(day + 1) }, |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let stored: Vec<(i64, Vec<u8>)> = rows.collect::<rusqlite::Result<_>>()?;
    Ok(stored == numbers.rows(day))
}

pub(crate) const DAY: &str =
    "select id, marks from number_day where id >= :first and id < :end order by id";

pub(crate) const ROW: &str = "
select id, marks from number_day where id >= :first and id <= :hash order by id desc limit 1";

const FIRST: &str = "select min(id) from number_day";

/// The stretches of a period in which a number may have calls, in order of
/// time: hours of settled days that know its hash, and all that is not
/// settled.
pub(crate) fn stretches(
    db: &Connection,
    hash: u32,
    period: Range<UnixSec>,
) -> Result<Vec<Range<UnixSec>>> {
    let settled = meta(db, "settled_until")?.unwrap_or(0);
    let first: Option<i64> = db.prepare_cached(FIRST)?.query_row([], |row| row.get(0))?;
    let first = first.map_or(settled, |id| id >> HASH_BITS);
    let mut found: Vec<Range<UnixSec>> = Vec::new();
    let mut add = |from: UnixSec, to: UnixSec| {
        let (from, to) = (from.max(period.start), to.min(period.end));
        match found.last_mut() {
            Some(last) if from <= last.end => last.end = last.end.max(to),
            _ if from < to => found.push(from..to),
            _ => {}
        }
    };
    let mut row = db.prepare_cached(ROW)?;
    let last = day_of(period.end.saturating_sub(1)).saturating_add(1).min(settled);
    for day in day_of(period.start).max(first)..last {
        let ids = named_params! {
            ":first": first_id(day), ":hash": first_id(day) + i64::from(hash),
        };
        let mut rows = row.query(ids)?;
        let Some(row) = rows.next()? else { continue };
        let begin = (row.get::<_, i64>(0)? - first_id(day)) as u64;
        let bytes = row.get_ref(1)?.as_blob().map_err(|_| damaged(WHAT))?;
        let mut marks = rice::Numbers::new(bytes, WHAT)?;
        let wanted = u64::from(hash) - begin;
        while let Some(mark) = marks.next()? {
            if mark >> HOUR_BITS > wanted {
                break;
            }
            if mark >> HOUR_BITS == wanted {
                let hour = (mark & ((1 << HOUR_BITS) - 1)) as i64;
                let start = day * DAY_SECS + hour * HOUR_SECS;
                add(start, start + HOUR_SECS + SPILL);
            }
        }
    }
    add(settled.saturating_mul(DAY_SECS), UnixSec::MAX);
    Ok(found)
}

const NUMBERS: &str = "select id, number from stint where id < :end order by id";

/// Counts all settled days: once, for a database of an older program.
pub(crate) fn fill(db: &Connection) -> Result<()> {
    let settled = meta(db, "settled_until")?.unwrap_or(0);
    let mut statement = db.prepare(NUMBERS)?;
    let end = stint_row::first_id(settled.saturating_mul(DAY_SECS));
    let mut rows = statement.query(named_params! { ":end": end })?;
    let (mut day, mut numbers) = (None, NumberDay::default());
    while let Some(row) = rows.next()? {
        let enter = stint_row::second_of(row.get(0)?);
        if day != Some(day_of(enter))
            && let Some(day) = day.replace(day_of(enter))
        {
            store(db, day, std::mem::take(&mut numbers))?;
        }
        numbers.add(hash_of_cell(row.get_ref(1)?), enter);
    }
    match day {
        Some(day) => store(db, day, numbers),
        None => Ok(()),
    }
}

/// Removes the days before one, whose stints go too.
pub(crate) fn remove_before(db: &Connection, day: i64) -> Result<()> {
    let days = named_params! { ":first": 0, ":end": first_id(day) };
    db.prepare_cached(REMOVE)?.execute(days)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_number_in_a_row_has_the_hash_of_its_text(number in "[+*]?0{0,3}[0-9 ]{0,19}") {
            let text = ValueRef::Text(number.as_bytes());
            prop_assert_eq!(hash_of_cell(text), hash_of(&number));
            if let Some(code) = crate::store::packed_id::number_code(&number) {
                prop_assert_eq!(hash_of_cell(ValueRef::Integer(code)), hash_of(&number));
            }
        }

        #[test]
        fn every_mark_is_found_again(
            marks in proptest::collection::vec((0u32..1 << HASH_BITS, 0i64..DAY_SECS), 0..300),
            crowd in 0u32..9,
        ) {
            let db = Connection::open_in_memory().unwrap();
            db.execute_batch(crate::store::schema::SCHEMA).unwrap();
            crate::store::schema::set_meta(&db, "settled_until", 8).unwrap();
            let mut numbers = NumberDay::default();
            let marks: Vec<_> = marks.iter().map(|&(hash, at)| (hash >> (2 * crowd), at)).collect();
            for &(hash, at) in &marks {
                numbers.add(Some(hash), 7 * DAY_SECS + at);
            }
            store(&db, 7, numbers.clone()).unwrap();
            prop_assert!(agrees(&db, 7, numbers).unwrap());
            for (hash, at) in marks {
                let at = 7 * DAY_SECS + at;
                let found = stretches(&db, hash, at..at + 1).unwrap();
                prop_assert_eq!(found, vec![at..at + 1]);
            }
        }
    }

    #[test]
    fn what_is_not_settled_is_looked_at_whole_and_other_days_are_passed_over() {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch(crate::store::schema::SCHEMA).unwrap();
        let all = i64::MIN..i64::MAX;
        assert_eq!(stretches(&db, 5, all.clone()).unwrap(), vec![0..i64::MAX]);
        crate::store::schema::set_meta(&db, "settled_until", 10).unwrap();
        let mut numbers = NumberDay::default();
        numbers.add(Some(5), 3 * DAY_SECS + 2 * HOUR_SECS);
        numbers.add(hash_of("anonymous"), 3 * DAY_SECS + 9 * HOUR_SECS);
        store(&db, 3, numbers).unwrap();
        let hour = 3 * DAY_SECS + 2 * HOUR_SECS;
        let open = 10 * DAY_SECS..i64::MAX;
        let found = stretches(&db, 5, all.clone()).unwrap();
        assert_eq!(found, vec![hour..hour + HOUR_SECS + SPILL, open.clone()]);
        assert_eq!(stretches(&db, 6, all.clone()).unwrap(), vec![open.clone()]);
        remove_before(&db, 4).unwrap();
        assert_eq!(stretches(&db, 5, all).unwrap(), vec![open]);
    }
}
