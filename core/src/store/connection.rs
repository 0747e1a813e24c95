//! How connections to the file are made, and the small pool of readers.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};

use crate::base::{Error, Kind, Result};
use crate::store::schema::PAGE_BYTES;
use crate::store::settings::{Settings, Synchronous};

/// How long a statement waits for another process (`switchroom user` beside
/// the daemon) to finish its commit.
const BUSY_WAIT: Duration = Duration::from_secs(5);

/// Pages in the write-ahead log at which it is copied into the database: 4 MiB.
const CHECKPOINT_PAGES: u32 = (4 << 20) / PAGE_BYTES;

/// Page cache of the writer and of each reader, KiB. Small on purpose: pages
/// also lie in the system's cache, and the box has little memory.
const WRITER_CACHE_KIB: i64 = 1024;
const READER_CACHE_KIB: i64 = 512;
/// All statements the writer runs again and again fit, so that none is
/// compiled twice during an import.
const WRITER_STATEMENTS: usize = 80;

/// Instructions of SQLite's machine between two looks at the clock; about a
/// millisecond on a slow box.
const CLOCK_EVERY: i32 = 10_000;

/// Opens or creates the database for writing.
pub(crate) fn writer(path: &Path, settings: &Settings) -> Result<Connection> {
    let db = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    db.busy_timeout(BUSY_WAIT)?;
    // Heeded only while the file is empty.
    db.pragma_update(None, "page_size", PAGE_BYTES)?;
    db.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    let synchronous = match settings.synchronous {
        Synchronous::Full => "full",
        Synchronous::Normal => "normal",
    };
    db.pragma_update(None, "synchronous", synchronous)?;
    // What an import writes is checked by its types; looking again at each of
    // a million rows is a tenth of its time. `check` looks at all of them.
    db.pragma_update(None, "foreign_keys", !settings.bulk)?;
    db.pragma_update(None, "ignore_check_constraints", settings.bulk)?;
    db.pragma_update(None, "temp_store", "memory")?;
    db.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
    db.set_prepared_statement_cache_capacity(WRITER_STATEMENTS);
    // Pages written again and again reach the database once per checkpoint, so
    // these are far apart; after one the log file is cut back.
    db.pragma_update_and_check(None, "wal_autocheckpoint", CHECKPOINT_PAGES, |_| Ok(()))?;
    db.pragma_update_and_check(None, "journal_size_limit", 5 << 20, |_| Ok(()))?;
    Ok(db)
}

/// Opens an existing database for reading.
pub(crate) fn reader(path: &Path) -> Result<Connection> {
    let db = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    db.busy_timeout(BUSY_WAIT)?;
    db.pragma_update(None, "query_only", true)?;
    db.pragma_update(None, "temp_store", "memory")?;
    db.pragma_update(None, "cache_size", -READER_CACHE_KIB)?;
    Ok(db)
}

/// Read-only connections, lent one at a time.
#[derive(Debug)]
pub(crate) struct Pool {
    path: std::path::PathBuf,
    limit: Duration,
    most: usize,
    started: Instant,
    /// Taken only to fetch or return a connection, never during a query.
    idle: Mutex<Idle>,
    returned: Condvar,
}

#[derive(Debug, Default)]
struct Idle {
    ready: Vec<Lent>,
    lent: usize,
}

#[derive(Debug)]
struct Lent {
    db: Connection,
    /// Milliseconds after the pool's start at which statements are stopped.
    deadline: Arc<AtomicU64>,
}

impl Pool {
    pub(crate) fn new(path: &Path, settings: &Settings) -> Self {
        Pool {
            path: path.to_owned(),
            limit: settings.read_limit,
            most: settings.readers.max(1),
            started: Instant::now(),
            idle: Mutex::default(),
            returned: Condvar::new(),
        }
    }

    /// Runs a question on a connection of its own, inside one read
    /// transaction, so that all its statements see the same moment.
    ///
    /// Errors: [`Kind::Busy`] when it took longer than the limit, or no
    /// connection was free in that time.
    pub(crate) fn read<T>(&self, question: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let lent = self.lend()?;
        let limit = self.started.elapsed().saturating_add(self.limit);
        lent.deadline.store(milliseconds(limit), Ordering::Relaxed);
        // A panic in the question loses one connection and nothing else: the
        // guard gives the place back.
        let place = Place(self);
        let answer = (|| {
            let tx = lent.db.unchecked_transaction()?;
            let answer = question(&tx);
            drop(tx);
            answer
        })();
        let sound = !matches!(&answer, Err(error) if error.kind() == Kind::Damaged);
        if sound {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).ready.push(lent);
        }
        drop(place);
        answer
    }

    fn lend(&self) -> Result<Lent> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let until = Instant::now() + self.limit;
        while idle.lent >= self.most {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Error::new(
                    Kind::Busy,
                    "too many questions at once; try again in a moment",
                ));
            }
            idle = self.returned.wait_timeout(idle, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        let lent = match idle.ready.pop() {
            Some(lent) => lent,
            None => self.open()?,
        };
        idle.lent += 1;
        Ok(lent)
    }

    fn open(&self) -> Result<Lent> {
        let db = reader(&self.path)?;
        let deadline = Arc::new(AtomicU64::new(u64::MAX));
        let (started, seen) = (self.started, Arc::clone(&deadline));
        db.progress_handler(
            CLOCK_EVERY,
            Some(move || milliseconds(started.elapsed()) > seen.load(Ordering::Relaxed)),
        )?;
        Ok(Lent { db, deadline })
    }
}

struct Place<'a>(&'a Pool);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).lent -= 1;
        self.0.returned.notify_one();
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
