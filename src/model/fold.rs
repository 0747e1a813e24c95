//! The machine as a whole: records in, changes out.
use crate::base::{CallId, Result, Secs, UnixSec};
use crate::event::QueueEvent;
use crate::model::change::Change;
use crate::model::fact::Stint;
use crate::model::names::Names;
use crate::model::open::Open;
use crate::model::settings::Settings;

/// A small part of the open state that changed: the store keeps the newest
/// value of each key, and drops the key when the value is `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatePut {
    pub key: Vec<u8>,
    pub value: Option<Vec<u8>>,
}

/// Facts of the recent past that the machine looks at again: stints whose end
/// lies at most [`Fold::LOOKBACK`] before the newest record (or after it).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recent {
    pub stints: Vec<Stint>,
}

/// A hand was too late: the call had ended already, or never was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlreadyClosed;

/// Records → facts.
#[derive(Clone, Debug)]
pub struct Fold {
    settings: Settings,
    names: Names,
    newest: UnixSec,
}

impl Fold {
    /// How far back [`Recent`] must reach.
    pub const LOOKBACK: Secs = 2 * 3600;

    /// A machine that has seen nothing.
    pub fn new(settings: Settings) -> Self {
        Fold { settings, names: Names::default(), newest: 0 }
    }

    /// A machine as it was when `parts` were taken.
    ///
    /// Errors: [`Kind::Damaged`](crate::base::Kind) when a part does not make sense.
    pub fn restore(
        settings: Settings,
        names: Names,
        parts: impl IntoIterator<Item = (Vec<u8>, Vec<u8>)>,
        recent: Recent,
    ) -> Result<Self> {
        let _ = (parts.into_iter().count(), recent.stints.len());
        Ok(Fold { settings, names, newest: 0 })
    }

    /// Takes one record in. Records come in the order of the file, put right
    /// by the re-order window.
    pub fn apply(&mut self, event: &QueueEvent<'_>, _changes: &mut Vec<Change>) {
        self.newest = self.newest.max(event.time);
    }

    /// Lets time pass: what has waited too long ends. While a log is imported
    /// `now` is the newest record's time.
    pub fn tick(&mut self, now: UnixSec, _changes: &mut Vec<Change>) {
        self.newest = self.newest.max(now);
    }

    /// The parts of the open state that changed since the last call.
    pub fn take_state(&mut self) -> Vec<StatePut> {
        Vec::new()
    }

    /// Everything open now.
    pub fn open(&self) -> Open {
        Open { newest: self.newest, ..Open::default() }
    }

    /// The same for somebody who only has the stored parts.
    pub fn open_from_parts(parts: impl IntoIterator<Item = (Vec<u8>, Vec<u8>)>) -> Result<Open> {
        let _ = parts.into_iter().count();
        Ok(Open::default())
    }

    /// Closes an open call by hand (2.8); `secs` is the wait of a waiting
    /// call, the talk of an answered one, `None` takes the setting's length.
    pub fn close_by_hand(
        &mut self,
        _call: &CallId,
        secs: Option<Secs>,
        _changes: &mut Vec<Change>,
    ) -> Result<(), AlreadyClosed> {
        let _ = secs.unwrap_or(self.settings.close_duration);
        Err(AlreadyClosed)
    }

    /// The dictionaries.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// Time of the newest record.
    pub fn newest(&self) -> UnixSec {
        self.newest
    }
}
