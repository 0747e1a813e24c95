//! Recordings at work: the clerk writes down what Asterisk records into and
//! when it is whole, the sealer puts it away.
//!
//! Two threads. Neither is ever waited for by a call or by the connection to
//! Asterisk: what they are told goes through a queue of bounded length, and
//! what is lost there the spool folder tells again.

mod archive;
mod clerk;
mod gauge;
mod seal;
mod sealer;
mod teach;
mod teller;
mod watch;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread::JoinHandle;

use crate::age::Recipient;
use crate::base::Result;
use crate::base::error::io;
use crate::recordings::Recordings;

pub use archive::{Archivist, Shelves};
pub use gauge::{Gauge, Tally};
pub use teller::Teller;

use clerk::Clerk;
use sealer::Sealer;

/// What is told to the clerk and not yet heard, at most.
const MOST_TOLD: usize = 1024;

/// To whom is sealed; asked before each recording, as keys come and go.
pub type Keys = Arc<dyn Fn() -> Vec<Recipient> + Send + Sync>;

/// What is configured.
#[derive(Clone)]
pub struct Settings {
    pub keys: Keys,
    /// After this long a muted recording goes on by itself; milliseconds.
    pub mute_ms: u32,
    /// Free bytes below which there is an alarm; 0: never.
    pub low_bytes: u64,
    /// Where the two show figures.
    pub gauge: Gauge,
}

/// The two threads. Dropping it ends them; a recording that is being sealed is
/// begun anew at the next start.
pub struct Running {
    teller: Arc<Teller>,
    stop: sealer::Stop,
    threads: Vec<JoinHandle<()>>,
}

impl Running {
    /// Starts both.
    ///
    /// Errors: a thread or a pipe that can't be had; a spool that can't be made.
    pub fn start(recordings: Recordings, settings: Settings) -> Result<Running> {
        let spool: PathBuf = recordings.folders().spool.clone();
        if let Err(error) = std::fs::create_dir_all(&spool) {
            tracing::warn!(
                spool = %spool.display(),
                %error,
                "the spool of recordings is not there and can't be made; make it, for Asterisk to \
                 write and Switchroom to read and remove"
            );
        }
        let gauge = settings.gauge.clone();
        let (told, hears) = sync_channel(MOST_TOLD);
        let (watch, waker) = watch::Watch::new().map_err(|error| io("can't make a pipe", error))?;
        let teller = Arc::new(Teller::new(told, waker, spool));
        let (sealer, work, stop) = Sealer::new(recordings.clone(), settings.clone(), gauge.clone());
        let clerk = Clerk::new(
            recordings,
            settings.mute_ms,
            hears,
            watch,
            Arc::clone(&teller),
            work,
            gauge.clone(),
        );
        let threads =
            vec![spawn("recordings", move || clerk.run())?, spawn("sealer", move || sealer.run())?];
        Ok(Running { teller, stop, threads })
    }

    /// For whoever hears Asterisk.
    pub fn teller(&self) -> Arc<Teller> {
        Arc::clone(&self.teller)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.teller.stop();
        self.stop.stop();
        for thread in self.threads.drain(..) {
            // A panic was told where it happened.
            let _ = thread.join();
        }
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .stack_size(512 << 10)
        .spawn(work)
        .map_err(|error| io(format!("can't start the thread {name}"), error))
}

#[cfg(test)]
mod tests;
