//! The statements of recordings, one file per noun. The tables are described
//! in `core/src/store/schema.sql`.

pub mod erasures;
pub mod holds;
pub mod keys;
pub mod listens;
pub mod manifest;
pub mod markers;
pub mod recordings;
pub mod waves;

use crate::base::{Error, Kind, Result};
use crate::recordings::intervals::{self, Interval};

/// A stored number that names nothing.
fn unknown(column: &str, code: u8) -> Error {
    Error::new(Kind::Damaged, format!("a recording has the unknown {column} {code}"))
}

/// A stored word of one of the closed sets.
fn known<T>(column: &str, code: u8, from_code: fn(u8) -> Option<T>) -> Result<T> {
    from_code(code).ok_or_else(|| unknown(column, code))
}

fn stretches(packed: Option<Vec<u8>>) -> Result<Vec<Interval>> {
    intervals::unpack(&packed.unwrap_or_default())
        .ok_or_else(|| Error::new(Kind::Damaged, "stretches of a recording make no sense"))
}

/// Packed stretches; null when there are none.
fn packed(list: &[Interval]) -> Option<Vec<u8>> {
    (!list.is_empty()).then(|| intervals::pack(list))
}

/// A stored count or size; the database knows signed numbers only.
fn natural(stored: i64) -> u64 {
    u64::try_from(stored).unwrap_or(0)
}

/// A count or size as it is stored.
fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Stands around each text of a list; no name holds it.
const FENCE: char = '\u{1f}';

/// A list of texts as one parameter, for `instr` ([`FENCE`] is `char(31)`);
/// null for "any".
fn listed<T: AsRef<str>>(texts: Option<&[T]>) -> Option<String> {
    texts.map(|texts| {
        let mut list = String::from(FENCE);
        for text in texts {
            list.push_str(text.as_ref());
            list.push(FENCE);
        }
        list
    })
}

#[cfg(test)]
mod tests;
