//! Who listened to what: one row per sitting.

use crate::base::{Result, Secs, UnixSec};
use crate::recordings::fact::{Listen, Purpose};
use crate::recordings::intervals::{self, Interval};
use crate::recordings::{Recordings, no_such, sql};

/// What is heard within this of the beginning belongs to the same sitting.
const SITTING: Secs = 3600;
/// Listenings shown of one recording.
const SHOWN: u32 = 500;

/// Who listens, and what for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listener<'a> {
    pub account: &'a str,
    pub address: &'a str,
    pub purpose: Purpose,
}

impl Recordings {
    /// The newest listenings of a recording, newest first.
    pub fn listens(&self, recording: i64) -> Result<Vec<Listen>> {
        self.store.read(|db| sql::listens::of(db, recording, SHOWN))
    }

    /// Notes that somebody opened a recording, or has heard a part of it; an
    /// empty part notes the opening alone.
    ///
    /// Errors: [`Kind::NotFound`](crate::base::Kind::NotFound).
    pub fn listened(
        &self,
        recording: i64,
        listener: Listener<'_>,
        heard: Interval,
        now: UnixSec,
    ) -> Result<()> {
        let Listener { account, address, purpose } = listener;
        self.store.write(|db| {
            let whole = sql::recordings::one(db, recording, now)?.ok_or_else(no_such)?;
            let end = whole.duration_ms().unwrap_or(u32::MAX);
            let heard = (heard.0.min(end), heard.1.min(end));
            let sitting = sql::listens::latest(db, recording, account, purpose, now - SITTING)?;
            if let Some(mut sitting) = sitting {
                intervals::add(&mut sitting.heard, heard);
                return sql::listens::put_heard(db, sitting.id, &sitting.heard);
            }
            let mut listen = Listen {
                id: 0,
                recording,
                account: account.to_owned(),
                address: address.to_owned(),
                at: now,
                purpose,
                heard: Vec::new(),
            };
            intervals::add(&mut listen.heard, heard);
            sql::listens::insert(db, &listen)?;
            Ok(())
        })
    }
}
