//! What those who hear Asterisk tell the clerk. Never waits.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::base::UnixMicro;
use crate::daemon::recordings::watch::Waker;
use crate::recordings::Source;

/// Recorded channels remembered.
const MOST: usize = 2000;

/// One thing told.
#[derive(Debug)]
pub enum Told {
    Started { source: Source, path: String },
    Muted { uniqueid: String, muted: bool },
    Held { linkedid: String, held: bool },
    Ended { uniqueid: String },
}

/// Ends the mute of a channel's recordings.
pub type Unmute = Box<dyn Fn(&str) + Send + Sync>;

/// The way to the clerk.
pub struct Teller {
    told: SyncSender<(UnixMicro, Told)>,
    waker: Waker,
    spool: PathBuf,
    /// Channels that are recorded, so that the ends of others are not told.
    recorded: Mutex<BTreeSet<String>>,
    unmute: OnceLock<Unmute>,
    stopped: AtomicBool,
}

impl std::fmt::Debug for Teller {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Teller").field("spool", &self.spool).finish_non_exhaustive()
    }
}

impl Teller {
    pub(super) fn new(told: SyncSender<(UnixMicro, Told)>, waker: Waker, spool: PathBuf) -> Self {
        Teller {
            told,
            waker,
            spool,
            recorded: Mutex::default(),
            unmute: OnceLock::new(),
            stopped: AtomicBool::new(false),
        }
    }

    /// A channel records into a file; one outside the spool is nothing of
    /// ours.
    pub fn started(&self, now: UnixMicro, source: Source, path: &str) {
        let Ok(below) = Path::new(path).strip_prefix(&self.spool) else { return };
        let Some(path) = below.to_str().filter(|path| !path.is_empty()) else { return };
        let mut recorded = self.recorded.lock().unwrap_or_else(PoisonError::into_inner);
        if recorded.len() < MOST {
            recorded.insert(source.uniqueid.clone());
        }
        drop(recorded);
        self.tell(now, Told::Started { source, path: path.to_owned() });
    }

    /// The recordings of a channel are muted, or go on.
    pub fn muted(&self, now: UnixMicro, uniqueid: &str, muted: bool) {
        self.tell(now, Told::Muted { uniqueid: uniqueid.to_owned(), muted });
    }

    /// Somebody of a conversation is on hold, or back.
    pub fn held(&self, now: UnixMicro, linkedid: &str, held: bool) {
        let recorded = self.recorded.lock().unwrap_or_else(PoisonError::into_inner);
        let any = !recorded.is_empty();
        drop(recorded);
        if any {
            self.tell(now, Told::Held { linkedid: linkedid.to_owned(), held });
        }
    }

    /// The recordings of a channel ended, by themselves or with it.
    pub fn ended(&self, now: UnixMicro, uniqueid: &str) {
        let was = self.recorded.lock().unwrap_or_else(PoisonError::into_inner).remove(uniqueid);
        if was {
            self.tell(now, Told::Ended { uniqueid: uniqueid.to_owned() });
        }
    }

    /// How mutes are ended, once there is a way.
    pub fn unmute_by(&self, unmute: Unmute) {
        // Set once, by who starts the connection.
        let _ = self.unmute.set(unmute);
    }

    pub(super) fn unmute(&self, channel: &str) {
        if let Some(unmute) = self.unmute.get() {
            unmute(channel);
        }
    }

    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::Release);
        self.waker.wake();
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }

    fn tell(&self, now: UnixMicro, told: Told) {
        // A full queue means a clerk that waits for the disk: the spool tells
        // it again.
        if self.told.try_send((now, told)).is_err() {
            tracing::debug!("the clerk of recordings is behind");
        }
        self.waker.wake();
    }
}
