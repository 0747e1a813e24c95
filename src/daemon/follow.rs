//! The thread that follows the log, writes the database and feeds the live
//! view.
//!
//! One loop: read what came, commit in time, let time pass, show the newest
//! picture, obey commands. While the database can't be written (disk full,
//! kept by somebody), nothing is read, so nothing is lost that is still in
//! the file.

mod second;

use std::path::Path;
use std::sync::mpsc::{
    Receiver, RecvTimeoutError, SyncSender, TryRecvError, TrySendError, sync_channel,
};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::base::error::io;
use crate::base::{Error, Kind, Result, Secs, UnixSec, time};
use crate::daemon::intake::{self, Counts, Intake};
use crate::daemon::tracking::Echoes;
use crate::daemon::watcher::Watcher;
use crate::input::queue_log::lines::Line;
use crate::input::queue_log::{self, Follower, State, Waker};
use crate::live::{Hub, Phones, Source, SourceState};
use crate::store::{Batch, Position, Store};
use crate::twins::{self, Pairing};

/// More than this is committed before the interval is over, so that a backlog
/// read at start needs little memory.
const MOST_GATHERED: usize = 20_000;
/// How long the loop sleeps when nothing is to be done.
const IDLE: Duration = Duration::from_secs(5);
/// How often time passes in the state machines without records.
const TICK: Duration = Duration::from_secs(5);
/// Boards are shown at most this often (`metrics.md` 4.7).
const SHOW: Duration = Duration::from_secs(1);
/// How long to wait before a commit that failed is tried again: doubling.
const RETRY_FIRST: Duration = Duration::from_millis(250);
const RETRY_MOST: Duration = Duration::from_secs(30);
/// How long a stop waits for a database that can't be written.
const STOP_PATIENCE: Duration = Duration::from_secs(5);

/// How the following goes, for the health page.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// Since the daemon started.
    pub counts: Counts,
    pub position: Option<Position>,
    pub last_commit: Option<UnixSec>,
    /// Why nothing can be stored just now.
    pub trouble: Option<String>,
    pub ended: bool,
}

type Sight = Option<Box<Phones>>;

/// What the tracker wrote for the database, and what it has open since.
#[derive(Clone, Debug, Default)]
pub struct Tracked {
    /// Lines of queue_log with the second of their event, without newline.
    pub lines: Vec<String>,
    /// The tracker's journal, stored with them.
    pub journal: Option<String>,
}

enum Command {
    Tracked(Tracked),
    Told(Vec<twins::Line>),
    Close { id: String, secs: Option<Secs>, answer: SyncSender<Result<()>> },
    Stop,
}

/// The thread, from outside.
pub struct Handle {
    commands: SyncSender<Command>,
    waker: Waker,
    progress: Arc<Mutex<Progress>>,
    /// The newest word of AMI that was not taken in yet: a newer one takes
    /// its place, so nothing piles up.
    sight: Arc<Mutex<Option<Sight>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl std::fmt::Debug for Handle {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Handle").finish_non_exhaustive()
    }
}

impl Handle {
    /// How it goes.
    pub fn progress(&self) -> Progress {
        lock(&self.progress).clone()
    }

    /// Closes an open call by hand; `id` is its row in the live view or its
    /// call id. Blocks until it is done.
    ///
    /// Errors: [`Kind::NotFound`] when no such call is open.
    pub fn close_by_hand(&self, id: &str, secs: Option<Secs>) -> Result<()> {
        let (answer, answered) = sync_channel(1);
        let ended = || Error::new(Kind::Unavailable, "the daemon is stopping");
        let command = Command::Close { id: id.to_owned(), secs, answer };
        self.commands.try_send(command).map_err(|_| {
            Error::new(Kind::Busy, "too many requests wait already; try again in a moment")
        })?;
        self.waker.wake();
        answered.recv().map_err(|_| ended())?
    }

    /// What AMI tells of telephones and members now; `None` when it does not
    /// tell.
    pub fn see(&self, sight: Option<Box<Phones>>) {
        *lock(&self.sight) = Some(sight);
        self.waker.wake();
    }

    /// Takes records of the tracker in; gives them back while the thread is
    /// busy, to be offered again.
    pub fn track(&self, tracked: Tracked) -> std::result::Result<(), Tracked> {
        match self.commands.try_send(Command::Tracked(tracked)) {
            Ok(()) => {
                self.waker.wake();
                Ok(())
            }
            Err(TrySendError::Full(command) | TrySendError::Disconnected(command)) => match command
            {
                Command::Tracked(tracked) => Err(tracked),
                Command::Told(_) | Command::Close { .. } | Command::Stop => Ok(()),
            },
        }
    }

    /// Takes in what AMI tells of the queues; gives it back while the thread
    /// is busy, to be offered again.
    pub fn tell(&self, lines: Vec<twins::Line>) -> std::result::Result<(), Vec<twins::Line>> {
        match self.commands.try_send(Command::Told(lines)) {
            Ok(()) => {
                self.waker.wake();
                Ok(())
            }
            Err(TrySendError::Full(command) | TrySendError::Disconnected(command)) => match command
            {
                Command::Told(lines) => Err(lines),
                Command::Tracked(_) | Command::Close { .. } | Command::Stop => Ok(()),
            },
        }
    }

    /// Writes what was read and ends the thread.
    pub fn stop(&self) {
        // A full channel holds only closings; the thread obeys them first.
        let _ = self.commands.send(Command::Stop);
        self.waker.wake();
        let thread = lock(&self.thread).take();
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            tracing::error!("the thread that follows the log ended by a fault of ours");
        }
    }
}

/// What the thread works with.
pub struct Work {
    pub store: Store,
    pub intake: Intake,
    pub watcher: Watcher,
    pub hub: Arc<Hub>,
    pub commit_interval: Duration,
    /// Lines that the tracker waits for, if there is one.
    pub hints: Option<SyncSender<Box<[u8]>>>,
    /// Lines of our own that come back.
    pub echoes: Option<Echoes>,
    /// Which telling of a fact is the second, where AMI tells too.
    pub pairing: Option<Pairing>,
}

/// Starts following `path`.
///
/// Errors: when no pipe or thread can be made.
pub fn start(work: Work, path: &Path) -> Result<Handle> {
    let position = work.intake.position().map(intake::followed);
    let mut follower = Follower::new(path, position)?;
    let waker = follower.waker();
    let progress = Arc::new(Mutex::new(Progress::default()));
    let sight = Arc::new(Mutex::new(None));
    let (commands, orders) = sync_channel(16);
    let mut desk = Desk {
        work,
        path: path.display().to_string(),
        progress: Arc::clone(&progress),
        sight: Arc::clone(&sight),
        orders,
        began: Instant::now(),
        unsent: None,
        retry: RETRY_FIRST,
        dirty_since: None,
        shown: None,
        ticked: None,
        stopping: false,
        gave_up: false,
    };
    let thread = std::thread::Builder::new()
        .name("follow".to_owned())
        .spawn(move || desk.run(&mut follower))
        .map_err(|error| io("can't start the thread that follows the log", error))?;
    Ok(Handle { commands, waker, progress, sight, thread: Mutex::new(Some(thread)) })
}

struct Desk {
    work: Work,
    path: String,
    progress: Arc<Mutex<Progress>>,
    sight: Arc<Mutex<Option<Sight>>>,
    orders: Receiver<Command>,
    began: Instant,
    /// A batch that could not be committed: tried again, nothing is read.
    unsent: Option<Batch>,
    retry: Duration,
    dirty_since: Option<Instant>,
    shown: Option<Instant>,
    ticked: Option<Instant>,
    stopping: bool,
    /// Stopped while the database can't be written: what was read since the
    /// last commit is read again by the next start.
    gave_up: bool,
}

impl Desk {
    fn run(&mut self, follower: &mut Follower) {
        self.work.watcher.publish(time::now());
        loop {
            let read =
                if self.unsent.is_none() { self.read(follower) } else { self.wait(self.retry) };
            self.obey();
            if self.stopping {
                break;
            }
            if read == 0 && self.unsent.is_none() {
                let clock = self.clock();
                self.work.intake.settle_older(clock);
                self.settle_view();
                self.tick();
            }
            self.commit_in_time();
            self.show(follower);
        }
        self.finish();
        self.show(follower);
        lock(&self.progress).ended = true;
    }

    /// Takes in what came, or waits for it until something else is due.
    fn read(&mut self, follower: &mut Follower) -> usize {
        let wait = self.patience();
        follower.next(wait, &mut |line, behind| self.take(line, behind))
    }

    fn take(&mut self, line: Line<'_>, behind: queue_log::Position) {
        if self.gave_up {
            return;
        }
        let behind = intake::stored(behind, 0);
        if !self.work.intake.continues(&line, &behind) {
            self.work.intake.settle();
            self.insist(|desk| desk.commit());
            self.work.intake.begin();
            self.work.watcher.begin();
        }
        if let Line::Complete(bytes) = line
            && (self.comes_back(bytes, behind) || self.was_told(bytes, behind))
        {
            return;
        }
        let clock = self.clock();
        self.insist(|desk| desk.work.intake.take(line, Some(behind), clock, &desk.work.store));
        if self.gave_up {
            return;
        }
        self.dirty_since.get_or_insert_with(Instant::now);
        if let Line::Complete(bytes) = line {
            self.work.watcher.take(bytes, self.work.intake.known());
            self.hint(bytes);
        }
        if self.work.intake.gathered() >= MOST_GATHERED {
            // A failure is kept and tried again by the loop.
            let _ = self.commit();
        }
    }

    /// Records of our own: they take the same way as those of the log.
    fn take_tracked(&mut self, tracked: &Tracked) {
        for line in &tracked.lines {
            let line = Line::Complete(line.as_bytes());
            let clock = self.clock();
            self.insist(|desk| desk.work.intake.take(line, None, clock, &desk.work.store));
            if self.gave_up {
                return;
            }
            if let Line::Complete(bytes) = line {
                self.work.watcher.take(bytes, self.work.intake.known());
            }
        }
        if let Some(journal) = &tracked.journal {
            self.work.intake.keep_tracker(journal);
        }
        self.dirty_since.get_or_insert_with(Instant::now);
    }

    /// Shows the tracker what Asterisk writes, where it waits for it. A full
    /// queue loses hints only.
    fn hint(&self, line: &[u8]) {
        const VERBS: [&[u8]; 3] = [b"|ADDMEMBER|", b"|REMOVEMEMBER|", b"|CALLOUTBOUND|"];
        if let Some(hints) = &self.work.hints
            && VERBS.iter().any(|verb| line.windows(verb.len()).any(|part| part == *verb))
        {
            let _ = hints.try_send(line.into());
        }
    }

    /// Does something until it works, or a stop loses patience.
    fn insist(&mut self, mut act: impl FnMut(&mut Desk) -> Result<()>) {
        let mut until = None;
        while let Err(error) = act(self) {
            self.troubled(&error);
            self.obey();
            if self.stopping {
                let until = *until.get_or_insert_with(|| Instant::now() + STOP_PATIENCE);
                if Instant::now() >= until {
                    self.gave_up = true;
                    return;
                }
            }
            self.wait(self.retry.min(Duration::from_secs(1)));
        }
    }

    fn commit_in_time(&mut self) {
        let interval = self.work.commit_interval;
        let due = self.dirty_since.is_some_and(|since| since.elapsed() >= interval);
        if due || self.unsent.is_some() {
            let _ = self.commit();
        }
    }

    /// Commits what was gathered; a batch that fails is kept.
    fn commit(&mut self) -> Result<()> {
        let batch = match self.unsent.take() {
            Some(batch) => batch,
            None => {
                self.dirty_since = None;
                let mut batch = self.work.intake.batch(Batch::default());
                self.keep_tellings(&mut batch);
                batch
            }
        };
        if let Err(error) = self.work.store.commit(&batch) {
            self.unsent = Some(batch);
            self.troubled(&error);
            return Err(error);
        }
        if self.retry != RETRY_FIRST {
            tracing::info!("the database takes records again");
        }
        self.retry = RETRY_FIRST;
        let mut progress = lock(&self.progress);
        progress.trouble = None;
        progress.last_commit = Some(time::now());
        Ok(())
    }

    /// Tells a trouble once; while it lasts only the health page shows it.
    fn troubled(&mut self, error: &Error) {
        let mut progress = lock(&self.progress);
        if progress.trouble.is_none() {
            tracing::error!(
                error = error.chain(),
                "records can't be stored; nothing more is read until they can"
            );
        }
        progress.trouble = Some(error.message().to_owned());
        self.retry = (self.retry * 2).min(RETRY_MOST);
    }

    /// While a batch can't be committed: waits for commands only.
    fn wait(&mut self, long: Duration) -> usize {
        match self.orders.recv_timeout(long) {
            Ok(command) => self.carry_out(command),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => self.stopping = true,
        }
        0
    }

    fn obey(&mut self) {
        let sight = lock(&self.sight).take();
        if let Some(sight) = sight {
            self.work.watcher.see(sight.map(|sight| *sight).unwrap_or_default());
        }
        loop {
            match self.orders.try_recv() {
                Ok(command) => self.carry_out(command),
                Err(TryRecvError::Empty) => return,
                Err(TryRecvError::Disconnected) => {
                    self.stopping = true;
                    return;
                }
            }
        }
    }

    fn carry_out(&mut self, command: Command) {
        match command {
            Command::Stop => self.stopping = true,
            Command::Tracked(tracked) => self.take_tracked(&tracked),
            Command::Told(lines) => self.take_told(lines),
            Command::Close { id, secs, answer } => {
                // Nobody may wait for the answer any more; the call is closed.
                let _ = answer.send(self.close_by_hand(&id, secs));
            }
        }
    }

    fn close_by_hand(&mut self, id: &str, secs: Option<Secs>) -> Result<()> {
        let gone = || {
            let text = "the call has ended meanwhile, or never was; nothing was changed";
            Error::new(Kind::NotFound, text)
        };
        let call = self.work.watcher.call_of(id).ok_or_else(gone)?;
        let closed = self.work.intake.close_by_hand(&call, secs);
        // The view may lag or lead by the window; the stored one decides.
        let _ = self.work.watcher.close_by_hand(&call, secs);
        closed.map_err(|_| gone())?;
        self.dirty_since.get_or_insert_with(Instant::now);
        self.work.watcher.publish(time::now());
        Ok(())
    }

    /// When all is quiet, the view must be what is stored.
    fn settle_view(&mut self) {
        if self.work.intake.is_dirty() {
            self.dirty_since.get_or_insert_with(Instant::now);
        }
        let Work { intake, watcher, store, .. } = &mut self.work;
        if intake.is_dirty() || !intake.nothing_waits() || watcher.agrees_with(intake.order()) {
            return;
        }
        tracing::debug!("the view is made anew, since records came out of order");
        let order = intake.order();
        if let Err(error) = watcher.start_over(intake.fold(), order, store, time::now()) {
            tracing::warn!(error = error.chain(), "the live view could not be made anew");
        }
    }

    fn tick(&mut self) {
        if self.ticked.is_some_and(|at| at.elapsed() < TICK) {
            return;
        }
        self.ticked = Some(Instant::now());
        let now = time::now();
        let Work { intake, watcher, .. } = &mut self.work;
        if intake.newest() > 0 {
            intake.tick(now);
            if intake.gathered() > 0 {
                self.dirty_since.get_or_insert_with(Instant::now);
            }
        }
        watcher.tick(now);
    }

    fn show(&mut self, follower: &Follower) {
        let Work { intake, watcher, hub, pairing, .. } = &mut self.work;
        let now = time::now();
        let status = follower.status();
        let told = pairing.is_some() && hub.link().is_live();
        let (state, well) = match status.state {
            // Nothing is missing while AMI tells the same.
            State::Waiting | State::Missing if told => (SourceState::Following, true),
            State::Following => (SourceState::Following, true),
            State::Waiting => (SourceState::Waiting, false),
            State::Missing => (SourceState::Missing, false),
            State::Unreadable => (SourceState::Unreadable, false),
        };
        let mut progress = lock(&self.progress);
        progress.counts = intake.counts();
        progress.position = intake.position();
        let trouble = progress.trouble.clone();
        drop(progress);
        hub.report(Source {
            state,
            path: self.path.clone(),
            last_record: Some(intake.newest()).filter(|newest| *newest > 0),
            last_read: now,
            detail: trouble.or_else(|| (!well).then(|| status.detail.clone())),
        });
        if watcher.is_dirty() && self.shown.is_none_or(|at| at.elapsed() >= SHOW) {
            self.shown = Some(Instant::now());
            watcher.publish(now);
        }
    }

    /// How long nothing has to be done.
    fn patience(&self) -> Duration {
        let mut wait = IDLE;
        let mut within = |since: Option<Instant>, after: Duration| {
            if let Some(since) = since {
                wait = wait.min(after.saturating_sub(since.elapsed()));
            }
        };
        within(self.dirty_since, self.work.commit_interval);
        if self.work.watcher.is_dirty() {
            within(self.shown, SHOW);
        }
        if !self.work.intake.nothing_waits() {
            within(Some(Instant::now()), Duration::from_secs(1));
        }
        wait
    }

    /// The end: everything read is written; what waits in the window waits in
    /// the database.
    fn finish(&mut self) {
        self.insist(|desk| {
            if desk.unsent.is_some() {
                desk.commit()?;
            }
            desk.commit()
        });
        if self.gave_up {
            tracing::error!(
                "stopped without storing the last records; the next start reads them again"
            );
        }
    }

    /// Seconds since the start, by the monotonic clock.
    fn clock(&self) -> Secs {
        Secs::try_from(self.began.elapsed().as_secs()).unwrap_or(Secs::MAX)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // What is inside is whole between any two statements.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
