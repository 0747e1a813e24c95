//! `switchroom replay`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::Duration;

use clap::Args;

use crate::base::error::io;
use crate::base::{Error, Kind, Result, UnixMicro};
use crate::cli::difference::difference;
use crate::cli::out;
use crate::cli::switches::Switches;
use crate::daemon::replay::{Step, replay};
use crate::input::ami::capture_file;

/// Microseconds; no event of an Asterisk is older than 2000.
const BEFORE_ASTERISK: UnixMicro = 946_684_800_000_000;

/// Play a capture of the manager interface and print the records it gives
///
/// Prints what the tracker would have written, one line of queue_log each. The
/// clock is the capture's. Captures are our own (`switchroom track
/// --debugfile`) or raw bytes, plain or gzip; the times of raw bytes come from
/// an index beside them (FILE.idx), else from their Timestamp fields.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:\n  \
    switchroom replay --parkedcalls --outboundcalls tests/captures/22/ami.raw.gz\n  \
    switchroom replay ami.raw --outboundcalls=1 --log queue_log --expect expected\n\n\
    With --expect nothing is printed when the records are the expected ones; else the\n\
    difference is, and the exit code is 1. Lines of the file that begin with # are notes.")]
pub struct Replay {
    /// The capture, or a folder with ami.raw or ami.raw.gz in it
    capture: PathBuf,
    /// Asterisk's own queue_log of that time: what it logs itself is taken into account
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// Compare with the lines of this file instead of printing
    #[arg(long, value_name = "FILE")]
    expect: Option<PathBuf>,
    /// How many times as fast as it happened, or instant
    #[arg(long, value_name = "N|instant", default_value = "instant", value_parser = speed)]
    speed: Speed,
    #[command(flatten)]
    switches: Switches,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Speed {
    Instant,
    Times(f64),
}

fn speed(text: &str) -> std::result::Result<Speed, String> {
    if text == "instant" {
        return Ok(Speed::Instant);
    }
    match text.parse::<f64>() {
        Ok(times) if times > 0.0 && times.is_finite() => Ok(Speed::Times(times)),
        _ => Err("a number above 0, or instant".to_owned()),
    }
}

impl Replay {
    pub fn act(self) -> Result<ExitCode> {
        let capture = capture_file::open(&capture_in(&self.capture))?;
        let log = self.log.as_deref().map(read).transpose()?;
        let expected = self.expect.as_deref().map(read).transpose()?;
        let options = self.switches.options(log.is_some());
        let mut stdout = std::io::stdout().lock();
        let mut lines = Vec::new();
        let mut pace = Pace::new(self.speed);
        if capture.iter().any(|captured| captured.at < BEFORE_ASTERISK) {
            tracing::warn!("the capture does not tell its times; blocks are taken 10 ms apart");
        }
        let meter = replay(&capture, log.as_deref(), options, |step| {
            match step {
                Step::Time(at) => pace.wait(at),
                Step::Record(record) if record.internal => {}
                Step::Record(record) if expected.is_some() => lines.push(record.line()),
                Step::Record(record) => writeln!(stdout, "{}", record.line()).map_err(out)?,
            }
            Ok(())
        })?;
        if meter.events == 0 {
            let what = format!(
                "{} holds no event; is it a capture of the manager interface?",
                self.capture.display()
            );
            return Err(Error::new(Kind::Damaged, what));
        }
        let Some(expected) = expected else { return Ok(ExitCode::SUCCESS) };
        let expected = String::from_utf8_lossy(&expected);
        let wanted: Vec<&str> =
            expected.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
        let got: Vec<&str> = lines.iter().map(String::as_str).collect();
        let different = difference(&wanted, &got);
        for line in &different {
            writeln!(stdout, "{line}").map_err(out)?;
        }
        tell(&different, wanted.len());
        Ok(if different.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// How much differs, in one line for people.
#[expect(clippy::print_stderr, reason = "standard output is the difference itself")]
fn tell(different: &[String], wanted: usize) {
    if different.is_empty() {
        return;
    }
    let missing = different.iter().filter(|line| line.starts_with('-')).count();
    let more = different.len() - missing;
    eprintln!("switchroom: of {wanted} expected lines {missing} are missing; {more} are too many");
}

/// The capture itself, of a folder that holds one.
fn capture_in(path: &Path) -> PathBuf {
    if path.is_dir() {
        let inside = ["ami.raw", "ami.raw.gz"].map(|name| path.join(name));
        if let Some(found) = inside.into_iter().find(|file| file.exists()) {
            return found;
        }
    }
    path.to_owned()
}

fn read(path: &Path) -> Result<Vec<u8>> {
    if path.is_dir() {
        let what = format!("{} is a folder; name the file", path.display());
        return Err(Error::new(Kind::Invalid, what));
    }
    std::fs::read(path).map_err(|error| io(format!("can't read {}", path.display()), error))
}

/// Keeps the time between events.
struct Pace {
    speed: Speed,
    last: Option<UnixMicro>,
    /// Nobody ever sends: waiting on it is sleeping.
    nothing: (mpsc::SyncSender<()>, mpsc::Receiver<()>),
}

impl Pace {
    fn new(speed: Speed) -> Self {
        Pace { speed, last: None, nothing: mpsc::sync_channel(0) }
    }

    fn wait(&mut self, at: UnixMicro) {
        let Speed::Times(times) = self.speed else { return };
        let since = self.last.replace(at).map_or(0, |last| at.saturating_sub(last)).max(0);
        let length = Duration::from_secs_f64(since as f64 / 1e6 / times);
        // It always times out.
        let _ = self.nothing.1.recv_timeout(length);
    }
}
