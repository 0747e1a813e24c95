//! Holds: orders not to delete, on one recording or on a call, a number, an
//! agent, a period.

use crate::base::{Error, Kind, Result, UnixSec};
use crate::recordings::fact::{Held, Hold};
use crate::recordings::{Recordings, no_such, sql};

/// Longest reason, in characters.
const LONGEST: usize = 500;

impl Recordings {
    /// All holds, also those that ended, newest first.
    pub fn holds(&self) -> Result<Vec<Hold>> {
        self.store.read(sql::holds::all)
    }

    /// Holds what `of` says, until a moment or until it is released.
    ///
    /// Errors: [`Kind::Invalid`] without a reason, without any condition, or
    /// for an end that has passed; [`Kind::NotFound`].
    pub fn hold(
        &self,
        of: Held,
        reason: &str,
        until: Option<UnixSec>,
        author: &str,
        now: UnixSec,
    ) -> Result<Hold> {
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > LONGEST {
            let text = format!("reason: say why, in at most {LONGEST} characters");
            return Err(
                Error::new(Kind::Invalid, text).coded("hold.reason", [("n", LONGEST.to_string())])
            );
        }
        if of == Held::default() {
            return Err(Error::new(Kind::Invalid, "say what is to be held").coded("hold.of", []));
        }
        if until.is_some_and(|until| until <= now) {
            return Err(
                Error::new(Kind::Invalid, "until: give a moment to come").coded("hold.until", [])
            );
        }
        let mut hold = Hold {
            id: 0,
            of,
            reason: reason.to_owned(),
            author: author.to_owned(),
            created: now,
            until,
            released: None,
        };
        self.store.write(|db| {
            if let Some(id) = hold.of.recording {
                sql::recordings::one(db, id, now)?.ok_or_else(no_such)?;
            }
            hold.id = sql::holds::insert(db, &hold)?;
            Ok(())
        })?;
        Ok(hold)
    }

    /// Ends a hold.
    ///
    /// Errors: [`Kind::NotFound`] when none of that id is in force.
    pub fn release(&self, hold: i64, by: &str, now: UnixSec) -> Result<()> {
        if self.store.write(|db| sql::holds::release(db, hold, by, now))? {
            return Ok(());
        }
        Err(Error::new(Kind::NotFound, "there is no such hold in force").coded("hold.unknown", []))
    }

    /// Ends the holds on one recording alone. One that is held by a hold on
    /// its number, say, stays held.
    ///
    /// Errors: [`Kind::Conflict`] when there were none.
    pub fn release_recording(&self, recording: i64, by: &str, now: UnixSec) -> Result<()> {
        if self.store.write(|db| sql::holds::release_of(db, recording, by, now))? > 0 {
            return Ok(());
        }
        Err(Error::new(
            Kind::Conflict,
            "no hold is on this recording alone; look at the list of holds",
        )
        .coded("hold.none", []))
    }
}
