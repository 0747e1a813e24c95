//! The daemon: start order, signals, stop.
//!
//! Database, log, live view and thread first, then the portal, so that the
//! first answer is a true one. On the first SIGTERM or SIGINT requests finish
//! and records are written; on the second the process leaves at once, which
//! loses nothing that is still in the log.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use nix::sys::resource::{Resource, getrlimit, rlim_t, setrlimit};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::base::error::io;
use crate::base::{Result, time};
use crate::daemon::ami::chain::Chain;
use crate::daemon::ami::{self, Room};
use crate::daemon::box_office::BoxOffice;
use crate::daemon::config::Config;
use crate::daemon::demo::{self, Demo};
use crate::daemon::follow::{self, Work};
use crate::daemon::intake::Intake;
use crate::daemon::jobs::{self, Kept};
use crate::daemon::recordings::{self, Archivist, Keys, Running};
use crate::daemon::telling::{self, Telling};
use crate::daemon::track;
use crate::daemon::tracking::{self, Prepared};
use crate::daemon::watcher::Watcher;
use crate::input::ami::Client;
use crate::input::ami::dialler;
use crate::live::Hub;
use crate::people::{Lifetime, People};
use crate::portal::{self, App, Clock, NewsRoom};
use crate::recordings::Recordings;
use crate::store::{Loaded, Store};
use crate::twins::{Pairing, Underway};

/// Threads for what blocks: reports, passwords, backups.
const BLOCKING_THREADS: usize = 4;
/// Stack of each; the deepest is a report's.
const STACK: usize = 512 * 1024;

/// Open files besides connections: database, log, a backup, threads' own.
const FILES: rlim_t = 64;

/// What a start tells the console.
#[derive(Debug)]
pub struct Started<'a> {
    pub address: SocketAddr,
    pub data: PathBuf,
    pub log: PathBuf,
    /// The code that makes the first account, while there is none.
    pub claim: Option<&'a str>,
    pub demo: Option<&'a Demo>,
}

/// Runs until a signal ends it. `tell` is called once, when everything runs.
///
/// Errors: a data folder, an address or a thread that can't be had.
pub fn run(config: Config, demo: Option<Demo>, tell: impl FnOnce(&Started<'_>)) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .max_blocking_threads(BLOCKING_THREADS)
        .thread_stack_size(STACK)
        .thread_keep_alive(Duration::from_secs(10))
        .build()
        .map_err(|error| io("can't start the event loop", error))?;
    let result = runtime.block_on(serve(config, demo, tell));
    // Blocking work that is still under way ends with the process.
    runtime.shutdown_timeout(Duration::from_secs(2));
    result
}

async fn serve(
    mut config: Config,
    demo: Option<Demo>,
    tell: impl FnOnce(&Started<'_>),
) -> Result<()> {
    let started = time::now();
    let zone = config.office.zone();
    room_for_files(rlim_t::from(config.portal.connections).saturating_add(FILES));
    let listener = listen(config.portal.listen).await?;
    if let Some(demo) = &demo {
        config.log.path = demo.prepare(&config.store.data, &zone, started)?;
    }
    let (store, loaded) = Store::open(&config.store.data, config.store.settings(&zone))?;
    let repaired = tell_repaired(&loaded);
    let hub = Arc::new(Hub::new(started, &config.log.path.display().to_string()));
    let model = config.calls.settings(config.office.outbound());
    let twins = loaded.parts.iter().filter(|(key, _)| key.first() == Some(&Pairing::PART));
    let pairing = Pairing::restore(twins.map(|(key, value)| (&**key, &**value)));
    let intake = Intake::new(model, config.log.options(), loaded, store.horizon())?;
    let watcher = Watcher::new(
        Arc::clone(&hub),
        config.office.live(),
        config.log.options(),
        &intake,
        &store,
        started,
    )?;
    let mut tracker = tracking::prepare(&config);
    if let Some(tracker) = &mut tracker {
        tracker.tell_open(watcher.fold());
    }
    let counts = counts_by_ami(&config);
    let underway = if counts { telling::underway(watcher.fold()) } else { Vec::new() };
    let gauge = tracker.as_ref().map(|tracker| tracker.gauge.clone());
    let journal = intake.tracker().map(str::to_owned);
    let work = Work {
        store: store.clone(),
        intake,
        watcher,
        hub: Arc::clone(&hub),
        commit_interval: interval(&config),
        hints: tracker.as_ref().map(|tracker| tracker.hints.clone()),
        echoes: tracker.as_ref().and_then(|tracker| tracker.echoes.clone()),
        pairing: counts.then_some(pairing),
    };
    let follow = Arc::new(follow::start(work, &config.log.path)?);
    let lifetime =
        Lifetime { idle: config.portal.session_idle.0, absolute: config.portal.session_max.0 };
    let people = Arc::new(People::open(store.clone(), lifetime)?);
    let recordings = Recordings::new(store.clone(), config.recordings.folders(&config.store.data));
    match recordings.erase_again(started) {
        Ok(0) => {}
        Ok(count) => tracing::warn!(count, "a restored database: persons were erased again"),
        Err(error) => tracing::error!(error = error.chain(), "erasures can't be looked at"),
    }
    let gauge_of_recordings = recordings::Gauge::default();
    let archive = Arc::new(Archivist::open(
        recordings.clone(),
        config.recordings.shelves(&config.store.data)?,
        gauge_of_recordings.clone(),
        started,
    )?);
    let recorder = match config.recordings.enabled {
        true => {
            let settings = recorder_settings(&config, &archive, gauge_of_recordings.clone());
            Some(Running::start(recordings.clone(), settings)?)
        }
        false => None,
    };
    let news = Arc::new(NewsRoom::new(started));
    let asterisk = match config.ami.is_set() {
        true => {
            let left = Left { journal, underway };
            Some(connect(&config, &hub, &news, &follow, tracker, left, recorder.as_ref())?)
        }
        false => None,
    };
    let room = asterisk.as_ref().map(|(room, _)| Arc::clone(room));
    let office = Arc::new(BoxOffice {
        store: store.clone(),
        hub: Arc::clone(&hub),
        follow: Arc::clone(&follow),
        started,
        log: config.log.path.clone(),
        detail_days: config.store.detail_days,
        keep: config.store.backups as usize,
        repaired,
        ami: room.clone(),
        recorder: gauge_of_recordings,
        tracker: gauge,
    });
    let (stop, stopped) = watch::channel(false);
    let clock: Clock = Arc::new(time::now);
    let app = App::new(
        Arc::clone(&people),
        store.clone(),
        hub,
        office,
        clock,
        config.portal_settings(demo.is_some()),
        stopped.clone(),
    );
    let app = match config.recordings.enabled {
        true => app.with_archive(Arc::clone(&archive) as _),
        false => app,
    };
    let app = Arc::new(match room {
        Some(room) => app.with_switchboard(Arc::new(room), news),
        None => app,
    });

    let address = listener.local_addr().map_err(|error| io("can't tell the address", error))?;
    let replay = match &demo {
        Some(demo) => Some(demo::replay(demo, &config.log.path)?),
        None => None,
    };
    let claim = people.claim_code();
    tell(&Started {
        address,
        data: config.store.data.clone(),
        log: config.log.path.clone(),
        claim: claim.as_ref().map(|code| code.reveal()),
        demo: demo.as_ref(),
    });
    tracing::info!(%address, log = %config.log.path.display(), "running");

    let jobs = tokio::spawn(jobs::run(
        store,
        people,
        Kept { recordings, rules: config.recordings.rules(), archive },
        config.store.clone(),
        zone,
        stopped,
    ));
    let portal = tokio::spawn(portal::serve(listener, app));
    ended().await?;
    tracing::info!("stopping; once more leaves at once");
    tokio::spawn(leave_at_once());
    // Receivers are there as long as anybody runs; none left is fine too.
    let _ = stop.send(true);
    if let Some(replay) = replay {
        replay.stop();
    }
    // Both only end early by a panic, which was told already.
    let _ = portal.await;
    let _ = jobs.await;
    let flushed = tokio::task::spawn_blocking(move || {
        // First, so that nothing is told to a thread that has ended.
        drop(asterisk);
        drop(recorder);
        follow.stop();
    })
    .await;
    tracing::info!("stopped");
    drop(flushed);
    Ok(())
}

/// What a run before left for the connection.
struct Left {
    /// Of the tracker.
    journal: Option<String>,
    underway: Vec<Underway>,
}

/// The one connection to Asterisk.
///
/// Errors: settings without a secret; a thread that can't be had.
fn connect(
    config: &Config,
    hub: &Arc<Hub>,
    news: &Arc<NewsRoom>,
    follow: &Arc<follow::Handle>,
    tracker: Option<Prepared>,
    left: Left,
    recorder: Option<&Running>,
) -> Result<(Arc<Room>, Client)> {
    let (target, mut login) = config.ami.login()?;
    let settings = ami::Settings {
        dialplan: config.actions.dialplan(config.office.pauses.keys().cloned()),
        desk: config.actions.desk(&config.office),
        entries: config.office.entries(),
        recordings: recorder.map(Running::teller),
    };
    let room = Room::new(Arc::clone(hub), Arc::clone(news), Arc::clone(follow), settings);
    let mut dial = dialler(&target, &config.ami.trust())?;
    let tape = &config.tracker;
    if !tape.debugfile.is_empty() {
        let about = track::about(&tape.options());
        let path = Path::new(&tape.debugfile);
        dial = Box::new(track::taped(dial, path, tape.noeventblacklisting, &about)?);
        if tape.noeventblacklisting {
            login.hear_all();
        }
    }
    let listener =
        |tracker: Prepared| tracker.listener(config, left.journal.as_deref(), Arc::clone(follow));
    let mut also = tracker.map(listener).transpose()?;
    if counts_by_ami(config) {
        let telling = Telling::new(Arc::clone(follow), left.underway);
        also = Some(Box::new(Chain::new(telling, also)));
    }
    let client = room.connect(login, dial, also)?;
    Ok((room, client))
}

/// How recordings are put away.
fn recorder_settings(
    config: &Config,
    archive: &Arc<Archivist>,
    gauge: recordings::Gauge,
) -> recordings::Settings {
    let section = &config.recordings;
    let archive = Arc::clone(archive);
    let keys: Keys = match section.seal {
        true => Arc::new(move || archive.recipients()),
        false => Arc::new(Vec::new),
    };
    recordings::Settings {
        keys,
        mute_ms: u32::try_from(section.pci_max.0.saturating_mul(1000)).unwrap_or(u32::MAX),
        low_bytes: section.low_bytes(),
        gauge,
    }
}

/// Whether AMI tells the queues' records too.
fn counts_by_ami(config: &Config) -> bool {
    config.ami.is_set() && config.ami.count_calls
}

/// Waits for another signal and ends the process, whatever it does.
#[expect(clippy::disallowed_methods, clippy::exit, reason = "the second signal asks for just this")]
pub(super) async fn leave_at_once() {
    if ended().await.is_ok() {
        std::process::exit(130);
    }
}

/// Raises this process's limit of open files as far as it is needed and
/// allowed: a connection without one is not accepted.
fn room_for_files(needed: rlim_t) {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return };
    if soft >= needed {
        return;
    }
    let wanted = needed.min(hard);
    if setrlimit(Resource::RLIMIT_NOFILE, wanted, hard).is_err() || hard < needed {
        tracing::warn!(
            wanted = needed,
            limit = hard,
            "the system allows fewer open files than portal.connections needs; raise the limit \
             (LimitNOFILE= of the service, ulimit -Hn) or set fewer connections"
        );
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        io(format!("can't listen on {address}; is something else running there?"), error)
    })
}

/// Waits for SIGTERM or SIGINT.
pub(super) async fn ended() -> Result<()> {
    let hear = |kind| signal(kind).map_err(|error| io("can't listen for signals", error));
    let (mut terminate, mut interrupt) =
        (hear(SignalKind::terminate())?, hear(SignalKind::interrupt())?);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// A commit at once for each read would wear flash; 50 ms is the least.
fn interval(config: &Config) -> Duration {
    let secs = u64::try_from(config.store.commit_interval.0).unwrap_or(0);
    Duration::from_secs(secs).max(Duration::from_millis(50))
}

fn tell_repaired(loaded: &Loaded) -> Option<String> {
    let repaired = loaded.repaired.as_ref()?;
    let instead = match &repaired.backup {
        Some(backup) => format!("the backup {} was taken", backup.display()),
        None => "an empty one was made".to_owned(),
    };
    let text = format!(
        "the database was damaged ({}) and lies now in {}; {instead}, and what the log still has \
         is read again",
        repaired.reason,
        repaired.moved_to.display()
    );
    tracing::error!("{text}");
    Some(text)
}
