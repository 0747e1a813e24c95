//! The demonstration office: captures of a real PBX, played again.
//!
//! Every call of it happened on a real Asterisk; only its time is another.
//! Calls of earlier days and hours are written into a queue_log beforehand,
//! then a thread goes on writing into the same file at real speed, and the
//! daemon follows that file as it would any other.

mod calendar;
mod tape;

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::base::error::io;
use crate::base::{Result, Secs, UnixSec, Zone, time};
use crate::input::queue_log::find_cuts;

use tape::Tape;

/// The file below the data folder that stands for Asterisk's.
const LOG: &str = "demo-queue_log";
/// Past this the file is moved away and begun anew, as a rotation does.
const MOST_BYTES: u64 = 32 * 1024 * 1024;
/// Silence between two plays.
const BETWEEN: Secs = 20;

/// What the demonstration is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demo {
    /// How many times as fast as it happened, 1…100.
    pub speed: u32,
}

impl Demo {
    /// Writes what happened before now into the log and returns its path. A
    /// log that is there already goes on from its end.
    ///
    /// Errors: a folder that can't be written.
    pub fn prepare(&self, data: &Path, zone: &Zone, now: UnixSec) -> Result<PathBuf> {
        std::fs::create_dir_all(data)
            .map_err(|error| io(format!("can't make {}", data.display()), error))?;
        let path = data.join(LOG);
        rotate(&path).map_err(|error| fault(&path, error))?;
        let written = last_record(&path).map_err(|error| fault(&path, error))?;
        let tapes = Tape::all();
        let file = append(&path).map_err(|error| fault(&path, error))?;
        let mut out = BufWriter::new(file);
        let longest = tapes.iter().map(Tape::secs).max().unwrap_or(0) + BETWEEN;
        let after = written.map_or(UnixSec::MIN, |last| last + BETWEEN);
        let starts = calendar::before(now, longest, zone);
        for (nth, start) in starts.into_iter().enumerate() {
            let tape = &tapes[nth % tapes.len()];
            if start <= after {
                continue;
            }
            for (_, line) in tape.lines(start, 1) {
                writeln!(out, "{line}").map_err(|error| fault(&path, error))?;
            }
        }
        out.flush().map_err(|error| fault(&path, error))?;
        Ok(path)
    }
}

/// The thread that plays.
#[derive(Debug)]
pub struct Replay {
    stop: SyncSender<()>,
    thread: JoinHandle<()>,
}

impl Replay {
    /// Ends it between two lines.
    pub fn stop(self) {
        drop(self.stop);
        if self.thread.join().is_err() {
            tracing::error!("the replay ended by a fault of ours");
        }
    }
}

/// Starts playing into the log.
///
/// Errors: when no thread can be made.
pub fn replay(demo: &Demo, log: &Path) -> Result<Replay> {
    let (stop, stopped) = sync_channel(1);
    let (speed, log) = (demo.speed.max(1), log.to_owned());
    let thread = std::thread::Builder::new()
        .name("replay".to_owned())
        .spawn(move || {
            if let Err(error) = play(speed, &log, &stopped) {
                let path = log.display();
                tracing::error!(%error, %path, "the replay ended; the figures stand still");
            }
        })
        .map_err(|error| io("can't start the thread of the replay", error))?;
    Ok(Replay { stop, thread })
}

fn play(speed: u32, log: &Path, stopped: &Receiver<()>) -> std::io::Result<()> {
    let tapes = Tape::all();
    let mut start = time::now();
    for tape in tapes.iter().cycle() {
        rotate(log)?;
        let mut file = append(log)?;
        let began = Instant::now();
        for (after, line) in tape.lines(start, speed) {
            let due = began + Duration::from_secs(u64::try_from(after).unwrap_or(0));
            if !sleep(due.saturating_duration_since(Instant::now()), stopped) {
                return Ok(());
            }
            // One write for each line, as Asterisk does.
            file.write_all(format!("{line}\n").as_bytes())?;
        }
        if !sleep(pause(speed), stopped) {
            return Ok(());
        }
        // A clock set back must not give call ids a second life.
        start = time::now().max(start + tape.secs() / Secs::from(speed) + 1);
    }
    Ok(())
}

fn pause(speed: u32) -> Duration {
    Duration::from_secs(u64::try_from(BETWEEN).unwrap_or(0)).div_f64(f64::from(speed))
}

/// Whether to go on after so long.
fn sleep(long: Duration, stopped: &Receiver<()>) -> bool {
    matches!(stopped.recv_timeout(long), Err(RecvTimeoutError::Timeout))
}

fn append(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}

fn rotate(path: &Path) -> std::io::Result<()> {
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.len() > MOST_BYTES => {
            std::fs::rename(path, path.with_extension("1"))
        }
        _ => Ok(()),
    }
}

/// Time of the last record of a log.
fn last_record(path: &Path) -> std::io::Result<Option<UnixSec>> {
    const TAIL: u64 = 4096;
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    Ok(tail
        .split(|byte| *byte == b'\n')
        .rev()
        .find_map(|line| find_cuts(line).ok())
        .map(|one| one.time))
}

fn fault(path: &Path, error: std::io::Error) -> crate::base::Error {
    io(format!("can't write the demonstration's log {}", path.display()), error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_start_goes_on_where_the_first_ended() {
        let folder = tempfile::tempdir().unwrap();
        let demo = Demo { speed: 1 };
        // A Friday, 15:00 UTC.
        let now = 1_795_186_800;
        let path = demo.prepare(folder.path(), &Zone::utc(), now).unwrap();
        let first = std::fs::read(&path).unwrap();
        let newest = last_record(&path).unwrap().unwrap();
        assert!(newest < now && newest > now - 3600, "{newest}");
        demo.prepare(folder.path(), &Zone::utc(), now + 60).unwrap();
        let second = std::fs::read(&path).unwrap();
        assert!(second.starts_with(&first));
        let later = demo.prepare(folder.path(), &Zone::utc(), now + 3 * 3600).unwrap();
        let third = std::fs::read(later).unwrap();
        assert!(third.len() > second.len() && third.starts_with(&second));
        let times: Vec<UnixSec> = third
            .split(|byte| *byte == b'\n')
            .filter_map(|line| find_cuts(line).ok().map(|cuts| cuts.time))
            .collect();
        assert!(times.is_sorted(), "plays do not overlap");
    }
}
