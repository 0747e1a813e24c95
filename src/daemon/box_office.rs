//! What only the daemon can tell the portal, or do for it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::base::error::io;
use crate::base::order::Gathered as _;
use crate::base::order::Ordered as _;
use crate::base::{Result, Secs, UnixSec};
use crate::daemon::ami::Room;
use crate::daemon::follow::{Handle, Progress};
use crate::daemon::recordings;
use crate::daemon::tracking::Gauge;
use crate::live::Hub;
use crate::portal::Office;
use crate::portal::wire::system::{
    Backup, Counts, DatabaseHealth, Health, LogHealth, MalformedLine, Memory, Open, UnknownLine,
};
use crate::store::{BACKUPS, DATABASE, OddKind, OddLine, Store};

/// Lines of each kind on the health page.
const SHOWN: usize = 20;
/// Odd lines looked through for them.
const LOOKED_AT: u32 = 400;

/// The running daemon, as the portal sees it.
#[derive(Debug)]
pub struct BoxOffice {
    pub store: Store,
    pub hub: Arc<Hub>,
    pub follow: Arc<Handle>,
    pub started: UnixSec,
    pub log: PathBuf,
    pub detail_days: u32,
    /// Backups that are kept.
    pub keep: usize,
    /// Set when the database was damaged at start and something else taken.
    pub repaired: Option<String>,
    /// The connection to Asterisk, if one is configured.
    pub ami: Option<Arc<Room>>,
    /// The tracker's figures, if it is configured.
    pub tracker: Option<Gauge>,
    /// Those of recordings.
    pub recorder: recordings::Gauge,
}

impl Office for BoxOffice {
    fn trouble(&self) -> Option<String> {
        let progress = self.follow.progress();
        if progress.ended {
            return Some("the log is not followed any more; restart the daemon".to_owned());
        }
        progress.trouble.or_else(|| self.recorder.trouble())
    }

    fn health(&self, now: UnixSec) -> Result<Health> {
        let progress = self.follow.progress();
        let counters = self.store.query(|reader| reader.counters())?;
        let odd = self.store.query(|reader| reader.odd_lines(LOOKED_AT))?;
        let open = self.store.query(|reader| reader.open())?;
        // Every closed call was counted; a count of the rows would grow with
        // them.
        let stints = counters.get("calls").copied().unwrap_or(0);
        Ok(Health {
            now,
            started: self.started,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            log: self.log_health(&progress, now),
            counts: counts(&progress, &counters),
            unknown: unknown(&odd),
            malformed: malformed(&odd),
            unknown_verbs: by_prefix(&counters, "unknown "),
            database: self.database(&progress, stints, now)?,
            memory: Memory { rss: resident_bytes() },
            open: Open {
                calls: open.stints.len() as u64,
                sessions: open.sessions.len() as u64,
                pauses: open.pauses.iter().filter(|pause| pause.queue.is_none()).count() as u64,
            },
            live_streams: self.hub.viewers(),
            ami: self.ami.as_ref().map(|room| room.health()),
            tracker: self.tracker.as_ref().and_then(Gauge::get),
        })
    }

    fn close_by_hand(&self, id: &str, talk: Option<Secs>, _: UnixSec) -> Result<()> {
        self.follow.close_by_hand(id, talk)
    }

    fn backups(&self) -> Result<Vec<Backup>> {
        let folder = self.store.folder().join(BACKUPS);
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(io(format!("can't look into {}", folder.display()), error)),
        };
        let mut backups = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| io("can't list the backups", error))?;
            let Ok(metadata) = entry.metadata() else { continue };
            let name = entry.file_name().to_string_lossy().into_owned();
            if metadata.is_file() && name.ends_with(".db") {
                backups.push(Backup { name, at: modified(&metadata), bytes: metadata.len() });
            }
        }
        backups.order_by(|a, b| (b.at, &b.name).cmp(&(a.at, &a.name)));
        Ok(backups)
    }

    fn backup(&self, now: UnixSec) -> Result<Backup> {
        let (path, _) = self.store.backup_here(self.keep.max(1))?;
        let bytes = std::fs::metadata(&path)
            .map_err(|error| io(format!("can't look at {}", path.display()), error))?
            .len();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        Ok(Backup { name: name.unwrap_or_default(), at: now, bytes })
    }
}

impl BoxOffice {
    fn log_health(&self, progress: &Progress, now: UnixSec) -> LogHealth {
        let source = self.hub.source();
        let metadata = std::fs::metadata(&self.log).ok();
        LogHealth {
            state: source.state,
            path: source.path,
            last_record: source.last_record,
            last_read: source.last_read,
            detail: source.detail,
            offset: progress.position.map(|position| position.offset),
            size: metadata.as_ref().map(std::fs::Metadata::len),
            inode: progress.position.map(|position| position.inode),
            file_age: metadata.as_ref().map(|metadata| (now - modified(metadata)).max(0)),
        }
    }

    fn database(&self, progress: &Progress, stints: u64, now: UnixSec) -> Result<DatabaseHealth> {
        let path = self.store.folder().join(DATABASE);
        let (sizes, range) =
            self.store.query(|reader| Ok((reader.sizes()?, reader.stint_range()?)))?;
        let wal = path.with_extension("db-wal");
        Ok(DatabaseHealth {
            path: path.display().to_string(),
            bytes: u64::try_from(sizes.file_bytes).unwrap_or(0),
            wal_bytes: std::fs::metadata(wal).map_or(0, |metadata| metadata.len()),
            stints,
            oldest: range.map(|(oldest, _)| oldest),
            newest: range.map(|(_, newest)| newest),
            last_commit: progress.last_commit,
            last_backup: self.store.last_backup()?,
            written_today: written_today(now - self.started),
            detail_days: self.detail_days,
            damaged: self.repaired.clone(),
        })
    }
}

/// Bytes this process had written to storage; "today" is the time since the
/// start, or the share of a day when it has run longer.
fn written_today(running: Secs) -> u64 {
    let written = number_in("/proc/self/io", "write_bytes:").unwrap_or(0);
    match u64::try_from(running) {
        Ok(running) if running > 86_400 => written / running * 86_400,
        _ => written,
    }
}

fn resident_bytes() -> u64 {
    number_in("/proc/self/status", "VmRSS:").unwrap_or(0) * 1024
}

/// A number behind a word in one of the kernel's texts.
fn number_in(path: &str, word: &str) -> Option<u64> {
    let text = std::fs::read_to_string(path).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(word))?;
    line.split_whitespace().next()?.parse().ok()
}

fn modified(metadata: &std::fs::Metadata) -> UnixSec {
    std::os::unix::fs::MetadataExt::mtime(metadata)
}

fn counts(progress: &Progress, counters: &BTreeMap<String, u64>) -> Counts {
    Counts {
        lines: progress.counts.lines,
        records: progress.counts.records,
        unknown: progress.counts.unknown,
        malformed: progress.counts.malformed,
        duplicates: progress.counts.duplicates,
        too_old: progress.counts.too_old,
        ignored: by_prefix(counters, "ignored "),
    }
}

fn by_prefix(counters: &BTreeMap<String, u64>, prefix: &str) -> BTreeMap<String, u64> {
    counters
        .iter()
        .filter_map(|(name, n)| name.strip_prefix(prefix).map(|name| (name.to_owned(), *n)))
        .into_map()
}

fn unknown(odd: &[OddLine]) -> Vec<UnknownLine> {
    odd.iter()
        .filter(|odd| odd.kind == OddKind::Unknown)
        .take(SHOWN)
        .map(|odd| UnknownLine {
            at: odd.at,
            verb: odd.reason.to_string(),
            line: String::from_utf8_lossy(&odd.line).into_owned(),
        })
        .collect()
}

fn malformed(odd: &[OddLine]) -> Vec<MalformedLine> {
    odd.iter()
        .filter(|odd| odd.kind == OddKind::Malformed)
        .take(SHOWN)
        .map(|odd| {
            let (reason, position) = reason_and_byte(&odd.reason);
            MalformedLine {
                at: odd.at,
                position,
                reason: reason.to_owned(),
                line: String::from_utf8_lossy(&odd.line).into_owned(),
            }
        })
        .collect()
}

/// A complaint is stored as its text, "… (byte 12)".
fn reason_and_byte(text: &str) -> (&str, u64) {
    text.strip_suffix(')')
        .and_then(|text| text.rsplit_once(" (byte "))
        .and_then(|(reason, byte)| Some((reason, byte.parse().ok()?)))
        .unwrap_or((text, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_complaint_gives_its_byte_back() {
        assert_eq!(reason_and_byte("the verb is empty (byte 27)"), ("the verb is empty", 27));
        assert_eq!(reason_and_byte("odd"), ("odd", 0));
        assert_eq!(reason_and_byte("odd (byte x)"), ("odd (byte x)", 0));
    }

    #[test]
    fn the_kernels_numbers_are_found() {
        assert!(number_in("/proc/self/status", "VmRSS:").is_some_and(|kib| kib > 0));
        assert_eq!(number_in("/proc/self/status", "NoSuchField:"), None);
    }
}
