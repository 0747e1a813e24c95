//! `switchroom track`: the tracker by itself, beside an Asterisk.
//!
//! One connection to the manager interface, the machines of `tracker`, and a
//! sink: the queue_log file, or Asterisk's own QueueLog action. Reconnects for
//! ever; ends with a signal. What is open is kept in a journal file, so that a
//! restart closes what ended meanwhile.

mod lock;
mod session;
mod sink;
mod tail;

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tracing::{info, warn};

use crate::base::error::io;
use crate::base::{Error, Kind, Result, time};
use crate::input::ami::recorder::Recorder;
use crate::people::Secret;
use crate::tracker::{Journal, Options, Tracker};

use lock::PidFile;
use session::{End, Session};
pub use sink::LogFile;
use sink::Sink;

/// The wait after the first failure; doubles up to the second.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// A connection that held this long was a good one: the wait begins anew.
const GOOD: i64 = 60;

/// Where the records go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum To {
    /// Appended to this file.
    File(PathBuf),
    /// By the action QueueLog, stamped by Asterisk.
    Ami,
}

/// What the command line says.
#[derive(Debug)]
pub struct Settings {
    pub host: String,
    pub port: u16,
    pub login: String,
    pub secret: Secret,
    pub options: Options,
    pub to: To,
    pub pid: Option<PathBuf>,
    pub journal: Option<PathBuf>,
    pub capture: Option<PathBuf>,
    /// The capture holds quiet events too.
    pub all_events: bool,
    /// Write even when another tracker answers.
    pub force: bool,
}

/// Runs until a signal.
///
/// Errors: a PID file that another process holds ([`Kind::Conflict`]), a
/// refused log-in ([`Kind::Denied`]), another tracker on the same Asterisk
/// ([`Kind::Conflict`]), a log that can't be opened.
pub fn track(settings: Settings) -> Result<()> {
    let _pid = settings.pid.as_deref().map(PidFile::take).transpose()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build()
        .map_err(|error| io("can't start the event loop", error))?;
    runtime.block_on(run(settings))
}

async fn run(settings: Settings) -> Result<()> {
    let stop = |kind| signal(kind).map_err(|error| io("can't listen for signals", error));
    let mut terminate = stop(SignalKind::terminate())?;
    let mut interrupt = stop(SignalKind::interrupt())?;
    tokio::select! {
        result = keep_connected(&settings) => result,
        _ = terminate.recv() => Ok(()),
        _ = interrupt.recv() => Ok(()),
    }
}

async fn keep_connected(settings: &Settings) -> Result<()> {
    let mut sink = Sink::open(&settings.to)?;
    let mut tracker = Tracker::new(settings.options.clone());
    if let Some(journal) = settings.journal.as_deref().and_then(read_journal) {
        tracker.restore(journal);
    }
    let mut capture = match &settings.capture {
        Some(path) => Some(Recorder::create(path, &about(settings))?),
        None => None,
    };
    let mut wait = FIRST_WAIT;
    loop {
        let began = time::now();
        let mut session = Session::new(settings, &mut tracker, &mut sink, capture.as_mut());
        let end = session.run().await;
        tracker.disconnected();
        match end {
            End::Lost(why) => {
                if time::now() - began >= GOOD {
                    wait = FIRST_WAIT;
                }
                warn!(host = %settings.host, wait = wait.as_secs(), "not connected: {why}");
            }
            End::Fatal(error) => return Err(error),
        }
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

fn about(settings: &Settings) -> Vec<String> {
    vec![
        format!("switchroom {}", env!("CARGO_PKG_VERSION")),
        format!("options {:?}", settings.options),
    ]
}

/// What a run before left open. A damaged journal is told and left out: the
/// calls it held stay open in the log until its reader repairs them.
fn read_journal(path: &Path) -> Option<Journal> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        Err(error) => {
            warn!(path = %path.display(), "can't read the journal: {error}");
            return None;
        }
    };
    match Journal::from_text(&text) {
        Ok(journal) => {
            info!(path = %path.display(), "going on from the journal");
            Some(journal)
        }
        Err(error) => {
            warn!(path = %path.display(), "{error}");
            None
        }
    }
}

/// Replaces the journal by way of a file beside it.
fn write_journal(path: &Path, journal: &Journal) -> Result<()> {
    let beside = path.with_extension("new");
    std::fs::write(&beside, journal.to_text())
        .and_then(|()| std::fs::rename(&beside, path))
        .map_err(|error| io(format!("can't write the journal {}", path.display()), error))
}

/// Another tracker writes already.
fn rival(host: &str) -> Error {
    Error::new(
        Kind::Conflict,
        format!(
            "another tracker ({host}) is connected to this Asterisk, and records would be written \
             twice; stop it, or use --force"
        ),
    )
}
