//! Floor 5: recordings of calls: which there are, which call they belong to,
//! where they lie sealed, who may hear them and how long they stay.
//!
//! Rows lie in the store's file, behind `sql/`; files are touched in
//! `files/` only. Knows no HTTP and no rights: who asks has been let in, and
//! who changes something is told to the audit by the caller. All methods
//! block.

mod erase;
mod fact;
pub mod files;
mod hold;
pub mod intervals;
mod journal;
pub mod keys;
mod ledger;
pub mod links;
mod listening;
pub mod manifest;
mod marking;
pub mod naming;
mod retention;
pub mod search;
pub mod sql;

pub use erase::{Affected, Erase, Person};
pub use fact::{
    Begun, Colour, Counts, Direction, Erasure, Filter, Held, Hold, KeyRow, Leg, Listen, Lock,
    ManifestRow, Mark, Marker, Occasion, Page, Place, Purpose, Recording, Sealed, Sound, State,
    first_id, started,
};
pub use files::Folders;
pub use intervals::Interval;
pub use journal::{Change, Closed, Journal, Source, Touch};
pub use listening::Listener;
pub use retention::{Rules, Swept};

use crate::base::{Error, Kind, Result, UnixSec};
use crate::store::Store;

/// Recordings on one page at most.
pub const MOST_ON_A_PAGE: u32 = 500;

/// The recordings of the office. Clones share everything.
#[derive(Clone, Debug)]
pub struct Recordings {
    store: Store,
    folders: Folders,
}

impl Recordings {
    /// The recordings of a store.
    pub fn new(store: Store, folders: Folders) -> Self {
        Recordings { store, folders }
    }

    /// Where they lie.
    pub fn folders(&self) -> &Folders {
        &self.folders
    }

    /// The store their rows are in.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Recordings of a filter, newest first, at most `limit` and
    /// [`MOST_ON_A_PAGE`].
    pub fn list(&self, filter: &Filter, limit: u32, now: UnixSec) -> Result<Page> {
        let limit = limit.clamp(1, MOST_ON_A_PAGE);
        let mut rows = self.store.read(|db| sql::recordings::page(db, filter, limit + 1, now))?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = rows.last().filter(|_| more).map(|last| last.id);
        Ok(Page { rows, next })
    }

    /// The recordings of a call, by its unique id or that of the
    /// conversation, with or without our leading colon; oldest first.
    pub fn of_call(&self, call: &str, now: UnixSec) -> Result<Vec<Recording>> {
        let call = call.trim_start_matches(':');
        self.store.read(|db| sql::recordings::of_call(db, call, now))
    }

    /// The same by an id that may lack its system name, as file names have it.
    pub fn of_call_named(&self, call: &str, now: UnixSec) -> Result<Vec<Recording>> {
        self.store.read(|db| sql::recordings::of_call_named(db, call, now))
    }

    /// One recording.
    ///
    /// Errors: [`Kind::NotFound`].
    pub fn one(&self, id: i64, now: UnixSec) -> Result<Recording> {
        self.store.read(|db| sql::recordings::one(db, id, now))?.ok_or_else(no_such)
    }

    /// The picture of its sound, packed by `audio::Peaks`; `None` while there
    /// is none.
    pub fn wave(&self, id: i64) -> Result<Option<Vec<u8>>> {
        self.store.read(|db| sql::waves::of(db, id))
    }

    /// How many there are in which state, and since when. Looks at every row.
    pub fn counts(&self) -> Result<Counts> {
        self.store.read(sql::recordings::counts)
    }

    /// Forbids, or allows again, to play and to export a recording; says what
    /// was so before.
    pub fn restrict(&self, id: i64, restricted: bool, now: UnixSec) -> Result<bool> {
        self.store.write(|db| {
            let old = sql::recordings::one(db, id, now)?.ok_or_else(no_such)?;
            sql::recordings::restrict(db, id, restricted)?;
            Ok(old.restricted)
        })
    }

    /// Gives those that were kept plain to the sealer again; says how many.
    pub fn seal_plain(&self) -> Result<usize> {
        self.store.write(|db| sql::recordings::reopen_plain(db))
    }

    /// Deletes a recording with its markers and its picture. The row stays
    /// and says who did it and why; the file is removed right after, and if
    /// that fails once more at night.
    ///
    /// Errors: [`Kind::NotFound`]; [`Kind::Conflict`] while it grows, is held
    /// or is deleted already.
    pub fn delete(&self, id: i64, by: &str, reason: &str, now: UnixSec) -> Result<Recording> {
        let deleted = self.store.write(|db| {
            let recording = sql::recordings::one(db, id, now)?.ok_or_else(no_such)?;
            deletable(&recording)?;
            let note = if reason.is_empty() { by.to_owned() } else { format!("{by}: {reason}") };
            sql::recordings::doom(db, id, &note, false)?;
            Ok(recording)
        })?;
        self.unlink(&deleted)?;
        Ok(deleted)
    }

    /// Removes a plain file that was left behind by a power cut after its
    /// recording was sealed, if both are what the row says. Says whether.
    pub fn settle(&self, recording: &Recording, plain: &std::path::Path) -> Result<bool> {
        let (Some(sealed), Some(sha256)) = (&recording.sealed, &recording.sha256) else {
            return Ok(false);
        };
        if recording.state != State::Sealed || recording.size != files::spool::size(plain) {
            return Ok(false);
        }
        let Some(path) = self.folders.path_of(recording)? else { return Ok(false) };
        files::seal::settle(plain, sha256, &path, &sealed.sha256)
    }

    /// Removes the file of a deleted recording and notes that it is gone.
    pub(crate) fn unlink(&self, deleted: &Recording) -> Result<()> {
        if let Some(path) = self.folders.path_of(deleted)? {
            self.folders.remove(&path)?;
        }
        self.store.write(|db| sql::recordings::unlinked(db, deleted.id))
    }
}

fn deletable(recording: &Recording) -> Result<()> {
    let refuse = |code, text: &str| Err(Error::new(Kind::Conflict, text).coded(code, []));
    if recording.held {
        return refuse("recording.held", "the recording is held: end the hold first, or leave it");
    }
    match recording.state {
        State::Growing => {
            refuse("recording.growing", "the recording still runs; stop it, then delete it")
        }
        State::Deleted => refuse("recording.deleted", "the recording is deleted already"),
        State::Closed | State::Sealed | State::Plain | State::Failed => Ok(()),
    }
}

fn no_such() -> Error {
    Error::new(Kind::NotFound, "there is no such recording").coded("recording.unknown", [])
}

#[cfg(test)]
mod tests;
