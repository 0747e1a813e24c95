//! `switchroom track`: the tracker by itself, beside an Asterisk.
//!
//! The client's connection, the tracker that listens to it, and a sink: the
//! queue_log file, or Asterisk's own QueueLog action. Connects again for
//! ever; ends with a signal, or with what connecting again can't mend. What is
//! open is kept in a journal file, so that a restart closes what ended
//! meanwhile.

mod lock;

use std::path::{Path, PathBuf};

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;
use tracing::{info, warn};

use crate::base::error::io;
use crate::base::{Error, Result};
use crate::daemon::follow::Tracked;
use crate::daemon::tracking::{Book, Lines, LogFile, Manner, Setup, Sink, Tracking};
use crate::input::ami::client::Dial;
use crate::input::ami::recorder::Recorder;
use crate::input::ami::target::Target;
use crate::input::ami::tee::Taped;
use crate::input::ami::{Client, Login, Trust, dialler};
use crate::people::Secret;
use crate::tracker::{Options, is_quiet};

use lock::PidFile;

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
    /// Where to connect, and as whom.
    pub target: Target,
    pub trust: Trust,
    pub secret: Secret,
    /// Sends the secret itself; for servers without MD5.
    pub plain: bool,
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
/// Errors: a PID file that another process holds ([`Kind::Conflict`](crate::base::Kind::Conflict)), a
/// refused log-in ([`Kind::Denied`](crate::base::Kind::Denied)), another tracker on the same Asterisk
/// ([`Kind::Conflict`](crate::base::Kind::Conflict)), a log that can't be opened.
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
    let (end, ended) = oneshot::channel();
    let client = start(&settings, end)?;
    let result = tokio::select! {
        Ok(error) = ended => Err(error),
        _ = terminate.recv() => Ok(()),
        _ = interrupt.recv() => Ok(()),
    };
    client.stop();
    result
}

/// Opens what is needed and connects.
///
/// Errors: a log or a capture that can't be opened; a system without a
/// thread to give.
fn start(settings: &Settings, end: oneshot::Sender<Error>) -> Result<Client> {
    let (sink, lines) = match &settings.to {
        To::File(path) => (Sink::File(LogFile::open(path)?), Lines::of(path)),
        To::Ami => (Sink::Ami, Lines::None),
    };
    let journal = settings.journal.as_deref().and_then(read_journal);
    let setup = Setup {
        options: settings.options.clone(),
        journal: journal.as_deref(),
        orphans: Vec::new(),
        sinks: vec![sink],
        echoes: None,
        lines,
        manner: if settings.force { Manner::Force } else { Manner::Leave },
        gauge: None,
        // Whoever waits for it may have had a signal.
        ended: Some(Box::new(move |error| drop(end.send(error)))),
    };
    let tracking = Tracking::new(setup, JournalFile { path: settings.journal.clone() });
    let mut login = Login::new(&settings.target.user, settings.secret.clone());
    login.plain = settings.plain;
    if settings.all_events {
        login.hear_all();
    }
    let dial = dialler(&settings.target, &settings.trust)?;
    let Target { host, port, tls, .. } = &settings.target;
    info!(%host, port, tls, "connecting");
    match &settings.capture {
        Some(path) => {
            let about = about(&settings.options);
            let dial = taped(dial, path, settings.all_events, &about)?;
            Client::start(login, dial, tracking)
        }
        None => Client::start(login, dial, tracking),
    }
}

/// Connections that are written down; without `all`, events that nobody looks
/// at are left out.
///
/// Errors: a file that can't be made.
pub fn taped<D: Dial>(dial: D, path: &Path, all: bool, about: &[String]) -> Result<Taped<D>> {
    let recorder = Recorder::create(path, about)?;
    let keep = if all { |_: &str| true } else { |name: &str| !is_quiet(name) };
    Ok(Taped::new(dial, recorder, keep))
}

/// What stands at the head of a capture.
pub fn about(options: &Options) -> Vec<String> {
    vec![format!("switchroom {}", env!("CARGO_PKG_VERSION")), format!("options {options:?}")]
}

/// What a run before left open.
fn read_journal(path: &Path) -> Option<String> {
    match std::fs::read_to_string(path) {
        Ok(text) => {
            info!(path = %path.display(), "going on from the journal");
            Some(text)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => {
            warn!(path = %path.display(), "can't read the journal: {error}");
            None
        }
    }
}

/// The journal in a file of its own.
struct JournalFile {
    path: Option<PathBuf>,
}

impl Book for JournalFile {
    fn take(&mut self, tracked: Tracked) -> std::result::Result<(), Tracked> {
        if let (Some(path), Some(journal)) = (&self.path, &tracked.journal)
            && let Err(error) = write_journal(path, journal)
        {
            // The next change, or the heartbeat, tries again.
            warn!("{error}");
        }
        Ok(())
    }
}

/// Replaces the journal by way of a file beside it.
fn write_journal(path: &Path, journal: &str) -> Result<()> {
    let beside = path.with_extension("new");
    std::fs::write(&beside, journal)
        .and_then(|()| std::fs::rename(&beside, path))
        .map_err(|error| io(format!("can't write the journal {}", path.display()), error))
}
