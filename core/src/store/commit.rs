//! The writer: one connection, one transaction per batch.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::base::{Result, UnixSec};
use crate::model::{Fold, Open};
use crate::store::apply::{Applied, Apply};
use crate::store::batch::Batch;
use crate::store::day_cells::{self, Table};
use crate::store::journal::{self, Gathered};
use crate::store::journal_pages::End;
use crate::store::load::state_parts;
use crate::store::numbers::Given;
use crate::store::recent::{Recent, RecentStints};
use crate::store::recent_intervals::RecentIntervals;
use crate::store::schema::{meta, set_meta};
use crate::store::settings::Settings;
use crate::store::settle;
use crate::store::stint_row;
use crate::store::touched::{OpenAtSettling, Touched};

/// What the writer knows between two commits; all of it is in the file too.
#[derive(Debug)]
pub(crate) struct Writer {
    db: Connection,
    settings: Settings,
    /// What the journal's entries add up to.
    unpoured: Gathered,
    /// Where the journal ends.
    end: End,
    given: Given,
    recent: Recent,
    days: Days,
}

/// Which days are settled, and how far back facts are kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Days {
    /// Time of the newest record; 0 before the first.
    pub newest: UnixSec,
    /// All UTC days before this one are settled; `None` before the first
    /// record.
    pub settled_until: Option<i64>,
    /// The first day whose facts are all there.
    pub detail_from: i64,
    pub open: OpenAtSettling,
}

impl Days {
    pub(crate) fn read(db: &Connection) -> Result<Self> {
        let settled_until = meta(db, "settled_until")?;
        let open = open_now(db, None, None)?;
        Ok(Days {
            newest: meta(db, "newest")?.unwrap_or(0),
            settled_until,
            detail_from: meta(db, "detail_from")?.unwrap_or(0),
            open: settle::open_at_settling(&open, settled_until.unwrap_or(i64::MIN)),
        })
    }
}

const ANY_INTERVAL: &str = "select exists (select 1 from session) or exists (select 1 from pause)";

impl Writer {
    /// A writer on a database whose schema is ready.
    pub(crate) fn new(db: Connection, settings: Settings) -> Result<Self> {
        let unpoured = journal::unpoured(&db)?;
        let end = End::read(&db)?;
        let days = Days::read(&db)?;
        let newest: Option<i64> =
            db.query_row("select max(id) from stint", [], |row| row.get(0))?;
        let intervals: bool = db.query_row(ANY_INTERVAL, [], |row| row.get(0))?;
        let recent = Recent {
            stints: RecentStints::new(newest.map(stint_row::second_of), settings.bulk),
            intervals: RecentIntervals::new(settings.bulk && !intervals),
        };
        Ok(Writer { db, settings, unpoured, end, given: Given::default(), recent, days })
    }

    /// Commits a batch and everything it settles, or nothing.
    pub(crate) fn commit(&mut self, batch: &Batch) -> Result<()> {
        let done = self.try_commit(batch);
        if done.is_err() {
            self.given.forget();
            self.recent.give_up();
        }
        let (days, journaled) = done?;
        self.days = days;
        match journaled {
            Journaled::Entry(added, end) => {
                self.unpoured.absorb(added);
                self.end = end;
            }
            Journaled::Poured(end) => {
                self.unpoured = Gathered::default();
                self.end = end;
            }
            Journaled::Nothing => {}
        }
        Ok(())
    }

    fn try_commit(&mut self, batch: &Batch) -> Result<(Days, Journaled)> {
        let tx = Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate)?;
        step("begun");
        let mut days = self.days.clone();
        let touched = Touched::new(
            days.settled_until.unwrap_or(i64::MIN),
            days.detail_from,
            std::mem::take(&mut days.open),
        );
        let mut apply = Apply::new(&tx, &mut self.given, &mut self.recent, touched);
        apply.changes(&batch.changes)?;
        if !batch.odd.is_empty() {
            apply.odd(&batch.odd)?;
        }
        let Applied { counted, touched } = apply.finish()?;
        step("applied");

        let gathered = Gathered::of(batch, &counted);
        let newest = batch.position.map_or(0, |position| position.last);
        let now = (self.settings.now)();
        // A record from the future (a clock that was wrong) must not settle
        // days that are still to come.
        days.newest = days.newest.max(newest.min(now));
        let journaled = if gathered.is_empty() {
            Journaled::Nothing
        } else {
            let entry = if gathered.is_large() { None } else { Some(gathered.pack()) };
            let most = self.settings.journal_bytes;
            match entry.filter(|entry| self.end.length_with(entry) <= most) {
                Some(entry) => {
                    let end = self.end.append(&tx, &entry)?;
                    Journaled::Entry(gathered, end)
                }
                None => {
                    self.unpoured.pour(&tx)?;
                    step("half poured");
                    gathered.pour(&tx)?;
                    set_meta(&tx, "newest", days.newest)?;
                    Journaled::Poured(self.end.restart(&tx)?)
                }
            }
        };
        step("journaled");
        self.settle(&tx, &mut days, touched, &journaled)?;
        step("settled");
        tx.commit()?;
        step("committed");
        self.recent.settled(days.settled_until.unwrap_or(i64::MIN));
        Ok((days, journaled))
    }

    /// Computes the totals of days that are over now, and again those of
    /// settled days that the batch touched.
    fn settle(
        &self,
        tx: &Transaction<'_>,
        days: &mut Days,
        mut touched: Touched,
        journaled: &Journaled,
    ) -> Result<()> {
        let limit = settle::limit(days.newest);
        // Days that should not be settled by now are taken back: without
        // this, a wrong clock would make every later commit count its day
        // anew.
        if let Some(until) = days.settled_until
            && let Some(day) = touched.first_from(limit)
        {
            for table in Table::ALL {
                day_cells::remove(tx, table, day, until)?;
            }
            days.settled_until = Some(day);
        }
        let from = match days.settled_until {
            Some(day) => day,
            None => match settle::next_start(tx, 0, &Open::default())? {
                Some(day) => day.min(limit),
                None => {
                    days.open = touched.into_open();
                    return Ok(());
                }
            },
        };
        if touched.is_empty() && from >= limit {
            days.open = touched.into_open();
            return Ok(());
        }
        let newer = match journaled {
            Journaled::Entry(gathered, _) => Some(gathered),
            Journaled::Poured(_) | Journaled::Nothing => None,
        };
        let poured = matches!(journaled, Journaled::Poured(_));
        let base = if poured { None } else { Some(&self.unpoured) };
        let open = open_now(tx, base, newer)?;
        let until = from.max(limit);
        touched.vanished(&settle::open_at_settling(&open, until));
        for (day, stints) in touched.settled_days() {
            if day < from {
                settle::store_day(tx, day, &open, stints)?;
            }
        }
        settle::store_days(tx, from.max(days.detail_from), limit, &open, &self.recent)?;
        days.settled_until = Some(until);
        days.open = settle::open_at_settling(&open, until);
        set_meta(tx, "settled_until", until)?;
        set_meta(tx, "newest", days.newest)?;
        Ok(())
    }

    /// Runs something of another room in a transaction of its own.
    pub(crate) fn write<T>(
        &mut self,
        act: impl FnOnce(&Transaction<'_>) -> Result<T>,
    ) -> Result<T> {
        let tx = Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate)?;
        let value = act(&tx)?;
        tx.commit()?;
        Ok(value)
    }

    pub(crate) fn days(&self) -> &Days {
        &self.days
    }

    /// Facts before this day were deleted or will be.
    pub(crate) fn details_from(&mut self, day: i64) {
        self.days.detail_from = day;
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }
}

/// What became of the changes beside the facts.
enum Journaled {
    Nothing,
    Entry(Gathered, End),
    Poured(End),
}

/// What is open by the stored parts; `base` and `newer` stand for the
/// journal's entries when the caller has them unpacked.
fn open_now(db: &Connection, base: Option<&Gathered>, newer: Option<&Gathered>) -> Result<Open> {
    let mut parts = state_parts(db)?;
    match base {
        Some(base) => base.onto_state(&mut parts),
        None => journal::unpoured(db)?.onto_state(&mut parts),
    }
    if let Some(newer) = newer {
        newer.onto_state(&mut parts);
    }
    Fold::open_from_parts(parts)
}

/// Tells a test that the writer has come to a step; see `tests/crash.rs`.
#[cfg(debug_assertions)]
fn step(name: &str) {
    crate::store::fault::reached(name);
}

#[cfg(not(debug_assertions))]
fn step(_name: &str) {}
