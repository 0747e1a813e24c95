//! Copies of the database that can be trusted, and going back to one.
//!
//! A copy is made while the daemon works, under another name, flushed, and
//! then renamed; beside it lies a manifest with its SHA-256.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::base::error::io;
use crate::base::order::Ordered as _;
use crate::base::{Error, Kind, Result, UnixSec, time::timestamp};
use crate::store::handle::{DATABASE, Store};
use crate::store::lock::Lock;
use crate::store::{connection, schema};

/// The folder of automatic backups inside the data folder.
pub const BACKUPS: &str = "backups";

/// What lies beside a backup, as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// UTC seconds.
    pub at: UnixSec,
    /// Version of the program that made it.
    pub program: String,
    /// Number of the schema.
    pub schema: i64,
    pub bytes: u64,
    /// SHA-256 of the copy, in hexadecimal.
    pub sha256: String,
}

impl Store {
    /// Copies the database to `to`, which is replaced. Commits go on
    /// meanwhile; the copy is of one moment.
    ///
    /// Errors: those of the file system and of a full disk; nothing is left
    /// half-written under the name `to`.
    pub fn backup(&self, to: &Path) -> Result<Manifest> {
        let at = self.now();
        let partial = with_suffix(to, ".partial");
        let made = copy_database(&self.folder().join(DATABASE), &partial).and_then(|schema| {
            let (bytes, sha256) = digest(&partial)?;
            let program = env!("CARGO_PKG_VERSION").to_owned();
            let manifest = Manifest { at, program, schema, bytes, sha256 };
            // The manifest first: a copy without one is not taken for sound.
            write_manifest(to, &manifest)?;
            rename(&partial, to)?;
            Ok(manifest)
        });
        if made.is_err() {
            // The partial copy is of no use; the error matters more than it.
            let _ = fs::remove_file(&partial);
        }
        let manifest = made?;
        self.write(|tx| schema::set_meta(tx, "backup_at", at))?;
        Ok(manifest)
    }

    /// Makes a backup in the data folder's own place and keeps the newest
    /// `keep` there.
    pub fn backup_here(&self, keep: usize) -> Result<(PathBuf, Manifest)> {
        let folder = self.folder().join(BACKUPS);
        fs::create_dir_all(&folder)
            .map_err(|error| io(format!("can't make {}", folder.display()), error))?;
        let path = folder.join(format!("switchroom-{}.db", stamp(self.now())));
        let manifest = self.backup(&path)?;
        for old in newest_first(&folder)?.into_iter().skip(keep.max(1)) {
            fs::remove_file(&old)
                .and_then(|()| fs::remove_file(manifest_path(&old)))
                .map_err(|error| io(format!("can't remove {}", old.display()), error))?;
        }
        Ok((path, manifest))
    }

    /// When the last backup was made.
    pub fn last_backup(&self) -> Result<Option<UnixSec>> {
        self.read(|db| schema::meta(db, "backup_at"))
    }

    /// Puts a backup in the place of a data folder's database, and says where
    /// the present one was moved to. What the log still has behind the
    /// backup's position is read again by the next start.
    ///
    /// Errors: [`Kind::Conflict`] while a daemon uses the folder;
    /// [`Kind::Damaged`] when the backup is not sound; [`Kind::NotFound`].
    /// The present database is touched only after the backup was found good.
    pub fn restore(folder: &Path, backup: &Path, now: UnixSec) -> Result<Option<PathBuf>> {
        fs::create_dir_all(folder)
            .map_err(|error| io(format!("can't make {}", folder.display()), error))?;
        let _lock = Lock::take(folder)?;
        let database = folder.join(DATABASE);
        let partial = with_suffix(&database, ".restored");
        let taken = take_copy(backup, &partial);
        if taken.is_err() {
            let _ = fs::remove_file(&partial);
        }
        taken?;
        let aside = database
            .is_file()
            .then(|| move_to(&database, &format!("before-restore-{}", stamp(now))))
            .transpose()?;
        rename(&partial, &database)?;
        Ok(aside)
    }
}

/// Copies a sound backup to `to` and flushes it.
fn take_copy(backup: &Path, to: &Path) -> Result<()> {
    if !backup.is_file() {
        return Err(Error::new(Kind::NotFound, format!("there is no backup {}", backup.display())));
    }
    fs::copy(backup, to).map_err(|error| io(format!("can't copy {}", backup.display()), error))?;
    flush(to)?;
    let (bytes, sha256) = digest(to)?;
    if let Some(manifest) = read_manifest(backup)?
        && (manifest.bytes, manifest.sha256.as_str()) != (bytes, sha256.as_str())
    {
        return Err(unsound(backup, "it is not the file its manifest describes"));
    }
    sound(to).map_err(|reason| unsound(backup, &reason))
}

fn unsound(backup: &Path, reason: &str) -> Error {
    Error::new(
        Kind::Damaged,
        format!("the backup {} can't be used: {reason}; choose another one", backup.display()),
    )
}

/// Why a file is no database of ours, if it is none.
fn sound(path: &Path) -> Result<(), String> {
    let examine = || -> Result<Option<String>> {
        let db = Connection::open_with_flags(path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let version = schema::version(&db)?;
        if version == 0 {
            return Ok(Some("it is no database of Switchroom".to_owned()));
        }
        if version > schema::VERSION {
            return Ok(Some(format!("it is of a newer Switchroom (schema {version})")));
        }
        let verdict: String = db.query_row("pragma quick_check(1)", [], |row| row.get(0))?;
        Ok((verdict != "ok").then_some(verdict))
    };
    match examine() {
        Ok(None) => Ok(()),
        Ok(Some(reason)) => Err(reason),
        Err(error) => Err(error.chain()),
    }
}

/// Whether the database is an empty file though there are backups: a file
/// system that was repaired leaves such files, a first start does not.
pub(crate) fn lost_its_bytes(folder: &Path) -> Result<bool> {
    let empty = fs::metadata(folder.join(DATABASE)).is_ok_and(|file| file.len() == 0);
    Ok(empty && !newest_first(&folder.join(BACKUPS))?.is_empty())
}

/// Moves a damaged database out of the way.
pub(crate) fn move_aside(database: &Path, now: UnixSec) -> Result<PathBuf> {
    move_to(database, &format!("damaged-{}", stamp(now)))
}

/// Renames a database with its log files; says the new name.
fn move_to(database: &Path, suffix: &str) -> Result<PathBuf> {
    let mut aside = with_suffix(database, &format!(".{suffix}"));
    let mut n = 2;
    while aside.exists() {
        aside = with_suffix(database, &format!(".{suffix}-{n}"));
        n += 1;
    }
    // The log first: without its database it is never taken for another's.
    for part in ["-wal", "-shm", ""] {
        let from = with_suffix(database, part);
        if from.exists() {
            rename(&from, &with_suffix(&aside, part))?;
        }
    }
    Ok(aside)
}

/// Takes the newest sound backup of the data folder as its database.
pub(crate) fn take_newest(folder: &Path) -> Result<Option<PathBuf>> {
    let database = folder.join(DATABASE);
    let partial = with_suffix(&database, ".restored");
    for backup in newest_first(&folder.join(BACKUPS))? {
        if take_copy(&backup, &partial).is_ok() {
            rename(&partial, &database)?;
            return Ok(Some(backup));
        }
        let _ = fs::remove_file(&partial);
    }
    Ok(None)
}

/// Automatic backups; their names sort by time.
fn newest_first(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(io(format!("can't read {}", folder.display()), error)),
    };
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "db"))
        .collect();
    paths.order_by(|a, b| b.cmp(a));
    Ok(paths)
}

/// Copies by SQLite's online backup and says the schema's number. All pages
/// go in one step, as a copy in many begins anew after each commit; in WAL
/// mode that holds no writer up.
fn copy_database(from: &Path, to: &Path) -> Result<i64> {
    match fs::remove_file(to) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(io(format!("can't write {}", to.display()), error));
        }
        _ => {}
    }
    let source = connection::reader(from)?;
    let mut target = Connection::open(to)?;
    let copy = Backup::new(&source, &mut target)?;
    match copy.step(-1)? {
        StepResult::Done => {}
        _ => {
            return Err(Error::new(
                Kind::Busy,
                "the database is in use by somebody else; try again",
            ));
        }
    }
    drop(copy);
    // So that the copy is one file that needs no log beside it.
    target.pragma_update_and_check(None, "journal_mode", "delete", |_| Ok(()))?;
    let version = schema::version(&target)?;
    target.close().map_err(|(_, error)| Error::from(error))?;
    flush(to)?;
    Ok(version)
}

fn flush(path: &Path) -> Result<()> {
    File::open(path)
        .and_then(|file| file.sync_all())
        .map_err(|error| io(format!("can't flush {}", path.display()), error))
}

/// Renames and flushes the folder, so that the new name survives a power cut.
fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to).map_err(|error| {
        io(format!("can't rename {} to {}", from.display(), to.display()), error)
    })?;
    match to.parent() {
        Some(folder) if folder.as_os_str().is_empty() => flush(Path::new(".")),
        Some(folder) => flush(folder),
        None => Ok(()),
    }
}

fn digest(path: &Path) -> Result<(u64, String)> {
    let fail = |error| io(format!("can't read {}", path.display()), error);
    let mut file = File::open(path).map_err(fail)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 64 << 10];
    let mut bytes = 0;
    loop {
        let count = file.read(&mut buffer).map_err(fail)?;
        if count == 0 {
            break;
        }
        bytes += count as u64;
        hash.update(&buffer[..count]);
    }
    let hex = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((bytes, hex))
}

fn manifest_path(backup: &Path) -> PathBuf {
    with_suffix(backup, ".json")
}

fn write_manifest(backup: &Path, manifest: &Manifest) -> Result<()> {
    let path = manifest_path(backup);
    let text = serde_json::to_string_pretty(manifest)
        .map_err(|error| Error::caused(Kind::Internal, "can't write a manifest", error))?;
    let partial = with_suffix(&path, ".partial");
    File::create(&partial)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .map_err(|error| io(format!("can't write {}", path.display()), error))?;
    rename(&partial, &path)
}

/// The manifest of a backup; `None` when it has none, as when somebody copied
/// a database by hand.
fn read_manifest(backup: &Path) -> Result<Option<Manifest>> {
    match fs::read(manifest_path(backup)) {
        Ok(text) => serde_json::from_slice(&text).map(Some).map_err(|error| {
            Error::caused(
                Kind::Damaged,
                format!("the manifest of {} makes no sense", backup.display()),
                error,
            )
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io(format!("can't read the manifest of {}", backup.display()), error)),
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// A moment in a file name, UTC: `20261120T093000Z`.
fn stamp(at: UnixSec) -> String {
    timestamp(at).strftime("%Y%m%dT%H%M%SZ").to_string()
}
