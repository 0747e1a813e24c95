//! A person erased: their recordings, with markers and pictures, go; what
//! stays is a proof that names nobody. What is held stays, and is told.
//!
//! The proof is also appended to a file in the vault (`files::tombstones`):
//! a database that is restored from a backup of before does not know of it,
//! and finds it there.

use crate::base::{Error, Kind, Result, UnixSec};
use crate::recordings::fact::{Erasure, Filter, Recording, State};
use crate::recordings::files::tombstones;
use crate::recordings::{Recordings, sql};

/// Recordings looked at in one question.
const LOOK: u32 = 200;
/// Longest reason, in characters.
const LONGEST: usize = 500;

/// Whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Person {
    /// A number, or its beginning or end with a `*`.
    Number(String),
    /// An agent, by name in the log.
    Agent(String),
}

/// Whose recordings, of when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erase {
    pub person: Person,
    /// UTC seconds: begun from here…
    pub from: Option<UnixSec>,
    /// …to before there.
    pub to: Option<UnixSec>,
}

/// What an erasure would take, or took, and what not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Affected {
    pub taken: Vec<Recording>,
    /// Held, or still running.
    pub kept: Vec<Recording>,
}

impl Recordings {
    /// What an erasure would take; changes nothing.
    ///
    /// Errors: [`Kind::Invalid`] for nobody.
    pub fn affected(&self, erase: &Erase, now: UnixSec) -> Result<Affected> {
        let nobody = || {
            Error::new(Kind::Invalid, "say whom: a number or an agent").coded("erase.nobody", [])
        };
        let mut filter = Filter { from: erase.from, to: erase.to, ..Filter::default() };
        match &erase.person {
            Person::Number(number) if number.chars().all(|c| c == '*') => return Err(nobody()),
            Person::Number(number) => filter.number = Some(number.clone()),
            Person::Agent(agent) if agent.is_empty() => return Err(nobody()),
            Person::Agent(agent) => filter.agents = Some(vec![agent.clone()]),
        }
        let mut affected = Affected::default();
        loop {
            let page = self.list(&filter, LOOK, now)?;
            for recording in page.rows {
                match recording.state {
                    State::Deleted => affected.taken.push(recording),
                    State::Growing => affected.kept.push(recording),
                    _ if recording.held => affected.kept.push(recording),
                    _ => affected.taken.push(recording),
                }
            }
            match page.next {
                Some(next) => filter.below = Some(next),
                None => return Ok(affected),
            }
        }
    }

    /// Erases a person and gives the proof. The number and who asked go from
    /// the rows too, also from those of recordings deleted before.
    ///
    /// Errors: [`Kind::Invalid`] without a reason or a person; those of the
    /// vault's disk, on which the proof is written first.
    pub fn erase(
        &self,
        erase: &Erase,
        reason: &str,
        author: &str,
        now: UnixSec,
    ) -> Result<(Erasure, Affected)> {
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > LONGEST {
            let text = format!("reason: say why, in at most {LONGEST} characters");
            return Err(
                Error::new(Kind::Invalid, text).coded("erase.reason", [("n", LONGEST.to_string())])
            );
        }
        let affected = self.affected(erase, now)?;
        let hash = |one: &Recording| one.sealed.as_ref().map(|sealed| sealed.sha256).or(one.sha256);
        let mut erasure = Erasure {
            id: random_id()?,
            at: now,
            author: author.to_owned(),
            reason: reason.to_owned(),
            recordings: u32::try_from(affected.taken.len()).unwrap_or(u32::MAX),
            markers: affected.taken.iter().map(|one| one.markers).sum(),
            calls: 0,
            failed: 0,
            erased: affected.taken.iter().map(|one| (one.id, hash(one))).collect(),
        };
        let mut calls: Vec<&str> = affected.taken.iter().map(|one| one.call.as_str()).collect();
        calls.dedup();
        erasure.calls = u32::try_from(calls.len()).unwrap_or(u32::MAX);
        tombstones::append(&self.folders().vault, &erasure)?;
        erasure.failed = self.carry_out(&erasure, &affected.taken)?;
        Ok((erasure, affected))
    }

    /// All proofs, newest first.
    pub fn erasures(&self) -> Result<Vec<Erasure>> {
        self.store().read(sql::erasures::all)
    }

    /// Erases again what a restored database brought back; says how many
    /// erasures it did not know. To be called at the start.
    pub fn erase_again(&self, now: UnixSec) -> Result<usize> {
        let known = self.erasures()?;
        let mut again = 0;
        for mut erasure in tombstones::read(&self.folders().vault)? {
            if known.iter().any(|one| one.id == erasure.id) {
                continue;
            }
            let ids: Vec<i64> = erasure.erased.iter().map(|(id, _)| *id).collect();
            let mut rows = Vec::new();
            for id in ids {
                rows.extend(self.store().read(|db| sql::recordings::one(db, id, now))?);
            }
            // The same id with other sound is another recording.
            let same = |row: &Recording| {
                let hash = row.sealed.as_ref().map(|sealed| sealed.sha256).or(row.sha256);
                erasure.erased.iter().any(|(id, sha256)| *id == row.id && *sha256 == hash)
            };
            let rows: Vec<Recording> = rows.into_iter().filter(|row| same(row)).collect();
            erasure.failed = self.carry_out(&erasure, &rows)?;
            again += 1;
        }
        Ok(again)
    }

    /// Rows and proof in one transaction, then the files; says how many of
    /// those are still there.
    fn carry_out(&self, erasure: &Erasure, rows: &[Recording]) -> Result<u32> {
        let note = format!("erased ({})", erasure.id);
        self.store().write(|db| {
            for row in rows {
                sql::recordings::doom(db, row.id, &note, true)?;
                sql::recordings::anonymise(db, row.id)?;
            }
            sql::erasures::insert(db, erasure)?;
            Ok(())
        })?;
        let mut failed = 0;
        for row in rows {
            if self.unlink(row).is_err() {
                failed += 1;
            }
        }
        if failed > 0 {
            self.store().write(|db| sql::erasures::put_failed(db, &erasure.id, failed))?;
        }
        Ok(failed)
    }
}

/// 16 hexadecimal digits nobody can guess.
fn random_id() -> Result<String> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|error| {
        Error::caused(Kind::Unavailable, "the system gives no random numbers", error)
    })?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
