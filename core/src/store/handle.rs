//! The handle that the other rooms hold.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, Transaction};

use crate::base::error::io;
use crate::base::{Error, Kind, Result, UnixSec};
use crate::store::batch::Batch;
use crate::store::commit::Writer;
use crate::store::connection::{self, Pool};
use crate::store::dictionaries::Dictionaries;
use crate::store::load::{self, Loaded, Repaired};
use crate::store::lock::Lock;
use crate::store::reader::Reader;
use crate::store::schema;
use crate::store::seen::Seen;
use crate::store::settings::Settings;
use crate::store::touched::DAY_SECS;
use crate::store::{backup, retention};

/// The file's name inside the data folder.
pub const DATABASE: &str = "switchroom.db";

/// The database, open. Clones share it. All methods block; the event loop
/// calls them on a blocking thread.
#[derive(Clone, Debug)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    /// Held for one transaction; whoever waits here waits for a commit.
    writer: Mutex<Writer>,
    pool: Pool,
    names: Dictionaries,
    /// `None` beside a daemon.
    lock: Option<Lock>,
}

impl Store {
    /// Opens or makes the database of a data folder, for the one daemon (or
    /// import) that uses it.
    ///
    /// A damaged file is moved aside and the newest sound backup taken, or an
    /// empty database; [`Loaded::repaired`] tells.
    ///
    /// Errors: [`Kind::Conflict`] when another process has the folder or the
    /// database is newer than the program; others when the folder can't be
    /// used.
    pub fn open(folder: &Path, settings: Settings) -> Result<(Store, Loaded)> {
        std::fs::create_dir_all(folder)
            .map_err(|error| io(format!("can't make {}", folder.display()), error))?;
        let lock = Lock::take(folder)?;
        let (mut writer, mut loaded) = match Self::open_file(folder, &settings) {
            Err(error) if error.kind() == Kind::Damaged => {
                let repaired = Self::repair(folder, &settings, &error)?;
                let (writer, mut loaded) = Self::open_file(folder, &settings)?;
                loaded.repaired = Some(repaired);
                (writer, loaded)
            }
            other => other?,
        };
        loaded.newest = loaded.newest.max(writer.days().newest);
        writer.write(|tx| schema::set_meta(tx, "zone", &settings.zone))?;
        Ok((Self::joined(folder, writer, settings, Some(lock)), loaded))
    }

    /// Opens the database beside a running daemon, for the command line:
    /// reports, checks, accounts. Takes no lock and refuses batches.
    ///
    /// Errors: [`Kind::NotFound`] when there is no database.
    pub fn open_beside(folder: &Path, settings: Settings) -> Result<Store> {
        let path = folder.join(DATABASE);
        if !path.is_file() {
            return Err(Error::new(
                Kind::NotFound,
                format!("there is no database in {}; run or import first", folder.display()),
            ));
        }
        let (writer, _) = Self::open_file(folder, &settings)?;
        Ok(Self::joined(folder, writer, settings, None))
    }

    fn open_file(folder: &Path, settings: &Settings) -> Result<(Writer, Loaded)> {
        let path = folder.join(DATABASE);
        if backup::lost_its_bytes(folder)? {
            return Err(Error::new(Kind::Damaged, "the database file is empty"));
        }
        let mut db = connection::writer(&path, settings)?;
        schema::prepare(&mut db, (settings.now)())?;
        let loaded = load::load(&db)?;
        let writer = Writer::new(db, settings.clone())?;
        Ok((writer, loaded))
    }

    fn joined(folder: &Path, writer: Writer, settings: Settings, lock: Option<Lock>) -> Store {
        let pool = Pool::new(&folder.join(DATABASE), &settings);
        let folder = folder.to_owned();
        Store {
            inner: Arc::new(Inner {
                folder,
                writer: Mutex::new(writer),
                pool,
                names: Dictionaries::default(),
                lock,
            }),
        }
    }

    fn repair(folder: &Path, settings: &Settings, error: &Error) -> Result<Repaired> {
        let reason = error.chain();
        let moved_to = backup::move_aside(&folder.join(DATABASE), (settings.now)())?;
        let backup = backup::take_newest(folder)?;
        Ok(Repaired { moved_to, backup, reason })
    }

    /// Makes a batch durable: all of it or, on an error, nothing. An empty
    /// batch costs nothing.
    ///
    /// Errors: [`Kind::Exhausted`] when the disk is full, [`Kind::Busy`] when
    /// another process keeps the file: the caller keeps the batch and tries
    /// again.
    pub fn commit(&self, batch: &Batch) -> Result<()> {
        if batch.is_empty() {
            return Ok(());
        }
        if self.inner.lock.is_none() {
            return Err(Error::new(Kind::Internal, "only the daemon commits records"));
        }
        self.writer().commit(batch)
    }

    /// Runs a room's own statements in one transaction of the writer; an
    /// error takes all of them back.
    pub fn write<T>(&self, act: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        self.writer().write(act)
    }

    /// Runs a room's own questions on a read-only connection, at one moment
    /// of the database.
    ///
    /// Errors: [`Kind::Busy`] when it takes longer than
    /// [`Settings::read_limit`].
    pub fn read<T>(&self, ask: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        self.inner.pool.read(ask)
    }

    /// The same for questions about facts and totals.
    pub fn query<T>(&self, ask: impl FnOnce(&Reader<'_>) -> Result<T>) -> Result<T> {
        self.inner.pool.read(|db| ask(&Reader::new(db, &self.inner.names)))
    }

    /// The records of one quarter hour (see [`Seen::quarter`]) that were
    /// committed. One look-up by key; empty for a quarter without records.
    pub fn seen(&self, quarter: i64) -> Result<Seen> {
        self.query(|reader| reader.seen(quarter))
    }

    /// The moment before which facts are no longer kept and records are to
    /// be refused; `None` when nothing was deleted yet.
    pub fn horizon(&self) -> Option<UnixSec> {
        let from = self.writer().days().detail_from;
        (from > 0).then_some(from * DAY_SECS)
    }

    /// Deletes facts older than [`Settings::detail_days`], at most about
    /// `rows` of them in a short transaction; says whether more are due.
    pub fn retain(&self, rows: u32) -> Result<bool> {
        retention::retain(&mut self.writer(), rows)
    }

    /// Where the database lies.
    pub fn folder(&self) -> &Path {
        &self.inner.folder
    }

    /// The clock of the settings.
    pub(crate) fn now(&self) -> UnixSec {
        (self.writer().settings().now)()
    }

    /// The writer, also after a panic of somebody who had it: a transaction
    /// that was under way has been taken back.
    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.inner.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
