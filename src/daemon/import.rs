//! Reading whole logs into a database: the same intake as following, with
//! the store on a thread beside it.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::base::error::io;
use crate::base::{Error, Kind, Result, UnixSec};
use crate::daemon::config::Config;
use crate::daemon::intake::{self, Counts, Intake};
use crate::input::queue_log;
use crate::input::queue_log::archive::{self, Archive, Reader};
use crate::input::queue_log::lines::Line;
use crate::input::queue_log::tailing::{self, FINGERPRINT_BYTES};
use crate::store::{Batch, Position, Store};

/// Records and changes of one transaction: large enough that the cost of a
/// transaction does not count, small enough for a box with little memory.
const BATCH: usize = 5_000;
/// Batches that may wait between the two threads: as many as are made while
/// the store settles a day, so that neither thread waits for the other.
const AHEAD: usize = 3;
/// A full disk or a database kept by somebody is waited for this long.
const PATIENCE: Duration = Duration::from_secs(30);
const RETRY: Duration = Duration::from_millis(250);

/// The figures of an import (`metrics.md` 1.2).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Imported {
    pub files: usize,
    pub counts: Counts,
    pub seconds: f64,
}

/// How far an import is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    pub bytes_done: u64,
    pub bytes: u64,
    pub lines: u64,
    pub elapsed: Duration,
}

/// Imports files into the data folder of `config`.
///
/// `show` is called now and then, and may be slow; it is not called for the
/// end.
///
/// Errors: [`Kind::Conflict`] while a daemon has the folder; a file that
/// can't be read, after everything before it was stored.
pub fn import(
    config: &Config,
    paths: &[PathBuf],
    mut show: impl FnMut(Progress),
) -> Result<Imported> {
    let began = Instant::now();
    let files = archive::in_order(paths)?;
    let mut settings = config.store.settings(&config.office.zone());
    // An import can be done again, so it does not wait for the disk at each
    // commit.
    settings.synchronous = crate::store::Synchronous::Normal;
    settings.bulk = true;
    let (store, loaded) = Store::open(&config.store.data, settings).map_err(busy)?;
    let newest_position = loaded.positions.iter().map(|position| position.last).max();
    let model = config.calls.settings(config.office.outbound());
    let mut intake = Intake::new(model, config.log.options(), loaded, store.horizon())?;

    let bytes = files.iter().map(|file| file.size).sum();
    let mut meter = Meter { began, shown: began, bytes, before: 0 };
    let (batches, to_store) = sync_channel::<Batch>(AHEAD);
    let (stored, results) = sync_channel::<Result<Batch>>(AHEAD + 2);
    let read = thread::scope(|scope| {
        let keeper = store.clone();
        scope.spawn(move || keep(&keeper, &to_store, &stored));
        let mut belt = Belt { batches, results, under_way: 0, used: Vec::new() };
        let mut read = Ok(());
        for file in &files {
            let mut desk = Desk {
                intake: &mut intake,
                store: &store,
                belt: &mut belt,
                newest_position,
                first: true,
            };
            read = desk.read(file, &mut meter, &mut show);
            if read.is_err() {
                break;
            }
            meter.before += file.size;
        }
        // What was read before a fault is kept.
        intake.settle();
        let last = belt.send(&mut intake).and_then(|()| belt.wait_for_all());
        read.and(last)
    });
    read?;
    let seconds = began.elapsed().as_secs_f64();
    Ok(Imported { files: files.len(), counts: intake.counts(), seconds })
}

/// What one file is read with.
struct Desk<'a> {
    intake: &'a mut Intake,
    store: &'a Store,
    belt: &'a mut Belt,
    /// Time of the newest record before the stored position.
    newest_position: Option<UnixSec>,
    first: bool,
}

impl Desk<'_> {
    fn read(
        &mut self,
        file: &Archive,
        meter: &mut Meter,
        show: &mut impl FnMut(Progress),
    ) -> Result<()> {
        let mut reader = Reader::open(&file.path)?;
        let mut place = Place::of(&file.path)?;
        loop {
            let mut taken = Ok(());
            let more = reader.next(&mut |line, offset| {
                if taken.is_ok() {
                    let behind = place.behind(&line, offset);
                    taken = self.take(line, behind);
                }
            });
            taken?;
            if !more? {
                return Ok(());
            }
            meter.show(reader.progress().0, self.intake.counts().lines, show);
        }
    }

    fn take(&mut self, line: Line<'_>, behind: Position) -> Result<()> {
        if matches!(line, Line::Torn(_)) {
            // A last line without its newline may still be completed.
            return Ok(());
        }
        if std::mem::take(&mut self.first) && !self.intake.continues(&line, &behind) {
            // Everything must be stored, so that this file is compared with
            // it.
            self.intake.settle();
            self.belt.send(self.intake)?;
            self.belt.wait_for_all()?;
            self.intake.begin();
        }
        self.intake.take(line, Some(behind), 0, self.store)?;
        // The daemon goes on at the newest file, not at an old one that is
        // imported later.
        if self.newest_position.is_some_and(|newest| self.intake.newest() <= newest) {
            self.intake.forget_position();
        }
        if self.intake.gathered() >= BATCH {
            self.intake.tick(self.intake.newest());
            self.belt.send(self.intake)?;
        }
        Ok(())
    }
}

/// The position in the text of a file as the follower would name it, so that
/// it goes on there.
struct Place {
    base: queue_log::Position,
    head: Vec<u8>,
}

impl Place {
    fn of(path: &Path) -> Result<Self> {
        let metadata = std::fs::metadata(path)
            .map_err(|error| io(format!("can't look at {}", path.display()), error))?;
        let base = tailing::position(metadata.dev(), metadata.ino(), &[], 0);
        Ok(Place { base, head: Vec::new() })
    }

    fn behind(&mut self, line: &Line<'_>, offset: u64) -> Position {
        if self.head.len() < FINGERPRINT_BYTES {
            let bytes = match line {
                Line::Complete(bytes) | Line::Torn(bytes) => bytes,
                // Its kept head is as long as a fingerprint.
                Line::TooLong { head, .. } => head,
            };
            self.head.extend_from_slice(bytes);
            self.head.push(b'\n');
            self.base = tailing::position(self.base.device, self.base.inode, &self.head, 0);
        }
        intake::stored(queue_log::Position { offset, ..self.base }, 0)
    }
}

/// The way of the batches to the store and of its answers back.
struct Belt {
    batches: SyncSender<Batch>,
    results: Receiver<Result<Batch>>,
    under_way: usize,
    /// Batches that were stored, to be filled again.
    used: Vec<Batch>,
}

impl Belt {
    fn send(&mut self, intake: &mut Intake) -> Result<()> {
        while let Ok(result) = self.results.try_recv() {
            self.under_way -= 1;
            self.used.push(result?);
        }
        let batch = intake.batch(self.used.pop().unwrap_or_default());
        if self.batches.send(batch).is_err() {
            // The store's thread ends only after an error, which waits.
            return self.wait_for_all().and(Err(ended()));
        }
        self.under_way += 1;
        Ok(())
    }

    fn wait_for_all(&mut self) -> Result<()> {
        while self.under_way > 0 {
            self.under_way -= 1;
            self.used.push(self.results.recv().map_err(|_| ended())??);
        }
        Ok(())
    }
}

fn ended() -> Error {
    Error::new(Kind::Internal, "the thread that writes the database ended")
}

/// The store's thread: commits until the batches end or one fails for good.
fn keep(store: &Store, batches: &Receiver<Batch>, stored: &SyncSender<Result<Batch>>) {
    while let Ok(batch) = batches.recv() {
        let result = patiently(|| store.commit(&batch));
        let failed = result.is_err();
        if stored.send(result.map(|()| batch)).is_err() || failed {
            return;
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "an import is ended by ending the process")]
fn patiently(mut act: impl FnMut() -> Result<()>) -> Result<()> {
    let until = Instant::now() + PATIENCE;
    loop {
        match act() {
            Err(error)
                if matches!(error.kind(), Kind::Busy | Kind::Exhausted)
                    && Instant::now() < until =>
            {
                thread::sleep(RETRY);
            }
            other => return other,
        }
    }
}

fn busy(error: Error) -> Error {
    if error.kind() == Kind::Conflict {
        return Error::caused(
            Kind::Conflict,
            "a daemon uses this data folder; stop it before importing, or import into another",
            error,
        );
    }
    error
}

/// Tells how far it is, four times a second.
struct Meter {
    began: Instant,
    shown: Instant,
    bytes: u64,
    /// Bytes of the files that are done.
    before: u64,
}

impl Meter {
    fn show(&mut self, bytes: u64, lines: u64, show: &mut impl FnMut(Progress)) {
        if self.shown.elapsed() < Duration::from_millis(250) {
            return;
        }
        self.shown = Instant::now();
        show(Progress {
            bytes_done: self.before + bytes,
            bytes: self.bytes,
            lines,
            elapsed: self.began.elapsed(),
        });
    }
}
