//! Which records were taken in, per quarter hour: sorted sets of hashes,
//! Rice-coded. Sets are added to a quarter hour and never rewritten.
//!
//! Of each hash 40 bits are kept. With 200 records in a quarter hour a new
//! record is taken for a known one once in 5 thousand million, and only where
//! a log is read a second time from another place.

use rusqlite::{Connection, named_params, params};

use crate::base::{Result, UnixSec};
use crate::store::error::damaged;
use crate::store::rice;

/// Length of a set's time.
const QUARTER_SECS: UnixSec = 900;

/// Bits of a row id below the quarter hour.
const ID_BITS: u32 = 16;

/// Hashes in one row: about 220 bytes, so that little of a page stays empty
/// behind the last row.
const ROW_HASHES: usize = 50;

const HASH_MASK: u64 = (1 << rice::MOST_BITS) - 1;

/// The records of one quarter hour that were taken in before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Sorted, without repeats.
    hashes: Vec<u64>,
}

impl Seen {
    /// The quarter hour a record of this time belongs to.
    pub fn quarter(at: UnixSec) -> i64 {
        at.div_euclid(QUARTER_SECS)
    }

    /// Whether a record with this hash was taken in.
    pub fn contains(&self, hash: u64) -> bool {
        self.hashes.binary_search(&(hash & HASH_MASK)).is_ok()
    }

    /// Adds hashes in any order.
    pub fn extend(&mut self, hashes: impl IntoIterator<Item = u64>) {
        self.hashes.extend(hashes.into_iter().map(|hash| hash & HASH_MASK));
        self.hashes.sort_unstable();
        self.hashes.dedup();
    }

    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    pub(crate) fn into_hashes(self) -> Vec<u64> {
        self.hashes
    }

    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    pub(crate) fn pack(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.hashes.len() * 5 + 5);
        rice::pack(&self.hashes, HASH_MASK, &mut bytes);
        bytes
    }

    pub(crate) fn unpack(bytes: &[u8]) -> Result<Self> {
        let mut numbers = rice::Numbers::new(bytes, "set of records")?;
        let mut hashes = Vec::with_capacity(numbers.len());
        while let Some(hash) = numbers.next()? {
            hashes.push(hash);
        }
        Ok(Seen { hashes })
    }
}

/// First and last row id of a quarter hour; those out of reach share one.
fn ids(quarter: i64) -> (i64, i64) {
    let first = quarter.clamp(0, 1 << 40) << ID_BITS;
    (first, first + (1 << ID_BITS) - 1)
}

/// The first row id of a quarter hour.
pub(crate) fn first_id(quarter: i64) -> i64 {
    ids(quarter).0
}

pub(crate) const SEEN: &str = "select hashes from seen where id between :first and :last";

/// What is stored of a quarter hour.
pub(crate) fn stored(db: &Connection, quarter: i64) -> Result<Seen> {
    let (first, last) = ids(quarter);
    let mut seen = Seen::default();
    let mut statement = db.prepare_cached(SEEN)?;
    let mut rows = statement.query(named_params! { ":first": first, ":last": last })?;
    while let Some(row) = rows.next()? {
        let bytes = row.get_ref(0)?.as_blob().map_err(|_| damaged("set of records"))?;
        seen.hashes.extend(Seen::unpack(bytes)?.hashes);
    }
    seen.extend([]);
    Ok(seen)
}

const LAST: &str = "select max(id) from seen where id between :first and :last";
const PUT: &str = "insert into seen (id, hashes) values (?1, ?2)";

/// Adds hashes to what is stored of a quarter hour. Should its row ids be
/// used up (three million records), the rest is not remembered.
pub(crate) fn add(db: &Connection, quarter: i64, hashes: &[u64]) -> Result<()> {
    let (first, last) = ids(quarter);
    let used: Option<i64> = db
        .prepare_cached(LAST)?
        .query_row(named_params! { ":first": first, ":last": last }, |row| row.get(0))?;
    let next = used.map_or(first, |used| used + 1);
    let mut put_row = db.prepare_cached(PUT)?;
    let mut seen = Seen::default();
    for (id, row) in (next..=last).zip(hashes.chunks(ROW_HASHES)) {
        seen.hashes.clear();
        seen.extend(row.iter().copied());
        put_row.execute(params![id, seen.pack()])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_set_comes_back_and_knows_its_records(
            hashes in proptest::collection::vec(any::<u64>(), 0..400),
            other in any::<u64>(),
        ) {
            let mut seen = Seen::default();
            seen.extend(hashes.iter().copied());
            let again = Seen::unpack(&seen.pack()).unwrap();
            prop_assert_eq!(&again, &seen);
            prop_assert!(hashes.iter().all(|hash| again.contains(*hash)));
            let known = hashes.iter().any(|hash| hash & HASH_MASK == other & HASH_MASK);
            prop_assert_eq!(again.contains(other), known);
        }

        #[test]
        fn crowded_sets_come_back(step in 0u64..9, count in 0u64..3000) {
            let mut seen = Seen::default();
            seen.extend((0..count).map(|n| n * step));
            prop_assert_eq!(Seen::unpack(&seen.pack()).unwrap(), seen);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Seen::unpack(&bytes);
        }
    }

    #[test]
    fn a_busy_quarter_hour_takes_less_than_five_bytes_a_record() {
        let mut seen = Seen::default();
        seen.extend((0..150u64).map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        let bytes = seen.pack().len();
        assert!(bytes < 150 * 9 / 2, "{bytes} bytes");
    }
}
