//! Markers: moments of a recording somebody has something to say about.

use crate::base::{Error, Kind, Result, UnixSec};
use crate::recordings::fact::{Mark, Marker, Recording, State};
use crate::recordings::{Recordings, no_such, sql};

/// Markers of one recording at most.
const MOST: usize = 200;
/// Longest note, in characters.
const LONGEST: usize = 2000;

impl Recordings {
    /// The markers of a recording in order of time.
    pub fn markers(&self, recording: i64) -> Result<Vec<Marker>> {
        self.store.read(|db| sql::markers::of(db, recording))
    }

    /// Adds a marker.
    ///
    /// Errors: [`Kind::Invalid`] with the field's name first: a time outside
    /// the recording, no note; [`Kind::Exhausted`]; [`Kind::NotFound`].
    pub fn add_marker(
        &self,
        recording: i64,
        mark: Mark,
        author: &str,
        now: UnixSec,
    ) -> Result<Marker> {
        self.store.write(|db| {
            let whole = sql::recordings::one(db, recording, now)?.ok_or_else(no_such)?;
            let mark = checked(mark, &whole)?;
            if sql::markers::of(db, recording)?.len() >= MOST {
                let text = format!("a recording has {MOST} markers at most; take one away first");
                return Err(Error::new(Kind::Exhausted, text)
                    .coded("marker.most", [("n", MOST.to_string())]));
            }
            let id = sql::markers::insert(db, recording, &mark, author, now)?;
            Ok(Marker { id, recording, mark, author: author.to_owned(), created: now })
        })
    }

    /// Changes what a marker says; gives it as it was and as it is.
    ///
    /// Errors: as [`Recordings::add_marker`].
    pub fn change_marker(
        &self,
        recording: i64,
        id: i64,
        mark: Mark,
        now: UnixSec,
    ) -> Result<(Marker, Marker)> {
        self.store.write(|db| {
            let whole = sql::recordings::one(db, recording, now)?.ok_or_else(no_such)?;
            let old = sql::markers::one(db, recording, id)?.ok_or_else(no_marker)?;
            let mark = checked(mark, &whole)?;
            sql::markers::update(db, id, &mark)?;
            let new = Marker { mark, ..old.clone() };
            Ok((old, new))
        })
    }

    /// Takes a marker away; gives it as it was, for the audit.
    pub fn delete_marker(&self, recording: i64, id: i64) -> Result<Marker> {
        self.store.write(|db| {
            let old = sql::markers::one(db, recording, id)?.ok_or_else(no_marker)?;
            sql::markers::delete(db, id)?;
            Ok(old)
        })
    }
}

/// A mark with a note, within its recording.
fn checked(mut mark: Mark, recording: &Recording) -> Result<Mark> {
    if recording.state == State::Deleted {
        return Err(no_such());
    }
    mark.text = mark.text.trim().to_owned();
    if mark.text.is_empty() || mark.text.chars().count() > LONGEST {
        let text = format!("text: write a note of at most {LONGEST} characters");
        return Err(
            Error::new(Kind::Invalid, text).coded("marker.text", [("n", LONGEST.to_string())])
        );
    }
    let end = mark.at_ms.checked_add(mark.length_ms);
    let within = |end: u32| recording.duration_ms().is_none_or(|length| end <= length);
    if !end.is_some_and(within) {
        return Err(Error::new(Kind::Invalid, "at: choose a time within the recording")
            .coded("marker.time", []));
    }
    Ok(mark)
}

fn no_marker() -> Error {
    Error::new(Kind::NotFound, "there is no such marker").coded("marker.unknown", [])
}
