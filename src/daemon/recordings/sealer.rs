//! The sealer: one after the other, at the lowest priority.
//!
//! What is to do stands in the database, so that there is no queue that could
//! fill up or be lost with a power cut.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use crate::base::{Kind, Result, Secs, UnixSec, time};
use crate::daemon::recordings::gauge::Gauge;
use crate::daemon::recordings::{Settings, seal, teach};
use crate::recordings::files::{self, Space};
use crate::recordings::{Place, Recording, Recordings, State, sql};

/// How often it is looked without being asked.
const LOOK: Duration = Duration::from_secs(30);
/// The first try after a failure waits so long, each further one twice as
/// long, up to the last.
const AGAIN: Secs = 10;
const AGAIN_LAST: Secs = 600;

/// Says that there is something to seal.
#[derive(Clone, Debug)]
pub struct Work(SyncSender<()>);

impl Work {
    pub fn there_is(&self) {
        // Full: it was said already.
        let _ = self.0.try_send(());
    }
}

/// Ends the thread, in the middle of a recording too.
#[derive(Clone, Debug)]
pub struct Stop(Arc<AtomicBool>, Work);

impl Stop {
    pub fn stop(&self) {
        self.0.store(true, Ordering::Release);
        self.1.there_is();
    }
}

pub struct Sealer {
    recordings: Recordings,
    settings: Settings,
    gauge: Gauge,
    hears: Receiver<()>,
    stop: Arc<AtomicBool>,
    /// How often each failed, and when it is tried again.
    failed: BTreeMap<i64, (u32, UnixSec)>,
}

impl Sealer {
    pub fn new(recordings: Recordings, settings: Settings, gauge: Gauge) -> (Sealer, Work, Stop) {
        let (says, hears) = sync_channel(1);
        let work = Work(says);
        let stop = Arc::new(AtomicBool::new(false));
        let sealer = Sealer {
            recordings,
            settings,
            gauge,
            hears,
            stop: Arc::clone(&stop),
            failed: BTreeMap::new(),
        };
        (sealer, work.clone(), Stop(stop, work))
    }

    /// Until it is stopped.
    pub fn run(mut self) {
        files::lowest_priority();
        match files::seal::clear_leftovers(&self.recordings.folders().vault) {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "sealings that were cut off begin anew"),
            Err(error) => tracing::warn!(error = error.chain(), "the vault was not cleared"),
        }
        loop {
            if let Err(error) = self.look() {
                tracing::warn!(error = error.chain(), "recordings can't be looked at; again soon");
            }
            match self.hears.recv_timeout(LOOK) {
                Ok(()) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            if self.is_stopped() {
                return;
            }
        }
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }

    /// Seals all that is to be sealed now.
    fn look(&mut self) -> Result<()> {
        let now = time::now();
        self.guard_space(now)?;
        let open = self.recordings.store().read(|db| sql::recordings::unfinished(db, now))?;
        self.failed.retain(|id, _| open.iter().any(|one| one.id == *id));
        for recording in &open {
            if self.is_stopped() {
                return Ok(());
            }
            let waits = self.failed.get(&recording.id).is_some_and(|(_, again)| *again > now);
            if recording.state == State::Growing || waits {
                continue;
            }
            match seal::one(&self.recordings, recording, &self.settings.keys, &self.stop) {
                Ok(done) => {
                    self.failed.remove(&recording.id);
                    self.gauge.note(|tally| match done {
                        seal::Done::Sealed => tally.sealed += 1,
                        seal::Done::Plain => tally.plain += 1,
                        seal::Done::Empty => tally.empty += 1,
                        seal::Done::Gone => tally.lost += 1,
                    });
                }
                Err(_) if self.is_stopped() => return Ok(()),
                Err(error) => {
                    self.fail(recording, &error, now)?;
                    // The next one would find the disk as full.
                    if error.kind() == Kind::Exhausted {
                        break;
                    }
                }
            }
        }
        let failing = self.failed.len() as u64;
        self.gauge.note(|tally| {
            tally.failing = failing;
            if failing == 0 {
                tally.failure = None;
            }
        });
        teach::recent(self.recordings.store(), now)
    }

    fn fail(
        &mut self,
        recording: &Recording,
        error: &crate::base::Error,
        now: UnixSec,
    ) -> Result<()> {
        let (tries, again) = self.failed.entry(recording.id).or_default();
        let wait = AGAIN.saturating_mul(1 << (*tries).min(10)).min(AGAIN_LAST);
        (*tries, *again) = (*tries + 1, now + wait);
        tracing::error!(
            id = recording.id,
            error = error.chain(),
            wait,
            "a recording was not sealed"
        );
        let why = error.chain();
        self.recordings.store().write(|db| sql::recordings::fail(db, recording.id, &why))?;
        let failing = self.failed.len() as u64;
        self.gauge.note(|tally| {
            tally.failing = failing;
            tally.failure = Some(error.message().to_owned());
        });
        Ok(())
    }

    /// Alarm, and room made, when the disk fills up.
    fn guard_space(&self, now: UnixSec) -> Result<()> {
        let folders = self.recordings.folders();
        let space: Space = files::space(&folders.vault)?;
        let low = self.settings.low_bytes;
        // Before it is that low there is an alarm already.
        let near = low > 0 && space.free < low.saturating_add(low / 4);
        let mut deletable = true;
        if low > 0 && space.free < low {
            let swept = self.recordings.make_room(low - space.free, now)?;
            deletable = swept.deleted > 0;
            if deletable {
                tracing::warn!(
                    deleted = swept.deleted,
                    bytes = swept.bytes,
                    "room was made for recordings"
                );
            }
        }
        self.gauge.note(|tally| {
            tally.space = space;
            tally.low = near.then_some(deletable);
        });
        Ok(())
    }
}

/// Where a sealed recording goes: `2026/11/20/7352864002048.wav.age`, by the
/// UTC day it began.
pub fn sealed_name(recording: &Recording, plain: &str) -> String {
    let day = time::timestamp(recording.started()).strftime("%Y/%m/%d").to_string();
    let ending = plain.rsplit_once('.').map_or("bin", |(_, ending)| ending);
    let ending: String =
        ending.chars().filter(char::is_ascii_alphanumeric).take(8).collect::<String>();
    format!("{day}/{}.{}.age", recording.id, ending.to_ascii_lowercase())
}

/// Whether a recording waits in the spool.
pub fn waits_in_spool(recording: &Recording) -> Option<&str> {
    recording.path.as_deref().filter(|_| recording.place == Place::Spool)
}
