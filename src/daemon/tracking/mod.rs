//! The tracker over one connection: events in, records to their sink, the
//! journal to whoever keeps it. `switchroom run` and `switchroom track` share
//! it.
//!
//! It hears the same connection as the office; nothing waits for it.

mod gauge;
mod lines;
mod log_file;
mod prepare;
mod rivals;
mod tail;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use crate::base::{Error, Kind, UnixMicro, UnixSec};
use crate::daemon::follow::{Handle, Tracked};
use crate::event::manager::Told;
use crate::input::ami::client::{Listener, OWN};
use crate::input::ami::{Action, Answer, Down, Moment, Out};
use crate::input::queue_log::{self, Parsed};
use crate::portal::wire::system::{TrackerHealth, TrackerState};
use crate::tracker::{Echo, Journal, Options, Orphan, Record, Round, Tracker, Word};

pub use gauge::Gauge;
pub use lines::Lines;
pub use log_file::LogFile;
pub use prepare::{Prepared, prepare};
pub use rivals::Manner;
use rivals::{Rivals, Rule, Then};

/// Told at a start where ids of tracked calls are left as they are.
pub const NO_COLON: &str =
    "without the colon a tracked call that enters a queue has two stints of one id";

/// The journal's time goes on this often while calls are open.
const HEARTBEAT: UnixMicro = 10_000_000;
/// Open calls are listed anew this often, against hang-ups never told.
const ROUND: UnixMicro = 60_000_000;
/// The figures for the health page are renewed this often at most.
const SHOW: UnixMicro = 1_000_000;
/// Lines kept while the database can't take them: hours of a busy office.
const MOST_WAITING: usize = 20_000;
/// Records that Asterisk was asked to write and has not answered for.
const MOST_UNANSWERED: usize = 256;
/// How soon what was refused is offered again.
const AGAIN: UnixMicro = 100_000;
/// How often lines of the log are looked for while one is waited for.
const LOOK: UnixMicro = 500_000;

/// Tickets of what is said.
const TOLD: u64 = OWN;
const WRITTEN: u64 = OWN + 1;
const LISTED: u64 = OWN + 2;

/// Who keeps what must outlive a restart, and takes the records of the sink
/// `internal`.
pub trait Book: Send {
    /// Gives back what it can't take now.
    fn take(&mut self, tracked: Tracked) -> Result<(), Tracked>;
}

impl Book for Arc<Handle> {
    fn take(&mut self, tracked: Tracked) -> Result<(), Tracked> {
        self.track(tracked)
    }
}

/// Where records go.
#[derive(Debug)]
pub enum Sink {
    /// The database.
    Internal,
    /// Asterisk writes them.
    Ami,
    File(LogFile),
}

impl Sink {
    fn name(&self) -> &'static str {
        match self {
            Sink::Internal => "internal",
            Sink::Ami => "ami",
            Sink::File(_) => "file",
        }
    }
}

/// Lines that the thread that follows the log will meet again, and must pass
/// by: it has their records already.
pub type Echoes = Arc<Mutex<Echo>>;

/// Called once with what makes going on senseless.
pub type Ended = Box<dyn FnOnce(Error) + Send>;

/// How a tracker runs.
pub struct Setup<'a> {
    pub options: Options,
    /// What was kept of the run before.
    pub journal: Option<&'a str>,
    /// What the database has open of it.
    pub orphans: Vec<Orphan>,
    /// One or more; see `echoes`.
    pub sinks: Vec<Sink>,
    /// Where records go both into the database and into the log it is fed by.
    pub echoes: Option<Echoes>,
    pub lines: Lines,
    pub manner: Manner,
    /// For the health page, where there is one.
    pub gauge: Option<Gauge>,
    /// A refused log-in, another tracker, a file that can't be written; who
    /// gives none goes on.
    pub ended: Option<Ended>,
}

/// The running tracker.
pub struct Tracking<B: Book> {
    tracker: Tracker,
    book: B,
    sinks: Vec<Sink>,
    echoes: Option<Echoes>,
    lines: Lines,
    echo: Echo,
    rivals: Rivals,
    /// Records that wait until no other tracker has answered.
    held: Vec<Record>,
    /// Refused by the book so far.
    waiting: Tracked,
    /// Actions to be sent, with their tickets.
    says: VecDeque<(u64, Action)>,
    unanswered: usize,
    /// When Asterisk started, as the connection said.
    booted: UnixSec,
    connected: bool,
    /// The regular list is being told.
    listing: bool,
    listed: UnixMicro,
    kept: UnixMicro,
    /// When to tick at the latest.
    wake: UnixMicro,
    counts: Counts,
    gauge: Option<Gauge>,
    shown: UnixMicro,
    ended: Option<Ended>,
}

/// What the machines do not count.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    bytes: u64,
    connections: u64,
    /// Records that reached no sink.
    lost: u64,
    /// Our clock minus the stamp of the newest event, in ms.
    lag: i64,
}

impl<B: Book> Tracking<B> {
    pub fn new(setup: Setup<'_>, book: B) -> Self {
        let mut tracker = Tracker::new(setup.options);
        match setup.journal.map(Journal::from_text) {
            Some(Ok(journal)) => tracker.restore(journal),
            Some(Err(error)) => tracing::warn!("{error}"),
            None => {}
        }
        tracker.adopt_orphans(setup.orphans);
        let tracking = Tracking {
            tracker,
            book,
            sinks: setup.sinks,
            echoes: setup.echoes,
            lines: setup.lines,
            echo: Echo::default(),
            rivals: Rivals::new(setup.manner),
            held: Vec::new(),
            waiting: Tracked::default(),
            says: VecDeque::new(),
            unanswered: 0,
            booted: 0,
            connected: false,
            listing: false,
            listed: 0,
            kept: 0,
            wake: 0,
            counts: Counts::default(),
            gauge: setup.gauge,
            shown: 0,
            ended: setup.ended,
        };
        if let Some(gauge) = &tracking.gauge {
            gauge.set(tracking.health());
        }
        tracking
    }

    /// Logged in; the snapshot follows.
    fn up(&mut self, booted: UnixSec, now: UnixMicro) {
        self.booted = booted;
        self.connected = true;
        self.counts.connections += 1;
        let hello = self.rivals.connected(now);
        self.want(TOLD, hello);
    }

    /// A snapshot begins; its items come as events.
    fn begin(&mut self, now: UnixMicro) {
        self.listing = false;
        self.tracker.snapshot_begin(now, (self.booted != 0).then_some(self.booted));
    }

    /// The snapshot is complete.
    fn end(&mut self, now: UnixMicro) {
        self.listed = now;
        let records = self.tracker.snapshot_end(now, Round::Connected);
        let (open, corrected) = (self.tracker.open(), records.len());
        tracing::info!(open, corrected, "the tracker is in step with Asterisk");
        let fields = [("Open", open), ("Corrected", corrected)];
        let fields = fields.map(|(key, count)| (key.to_owned(), count.to_string())).to_vec();
        self.want(TOLD, Action::UserEvent { name: "TrackerSync".to_owned(), fields });
        self.deliver(records, now);
    }

    /// An event, or an item of a snapshot.
    fn event(&mut self, told: &Told<'_>, now: UnixMicro) {
        self.counts.lag = (now - told.at) / 1000;
        match self.rivals.heard(&told.event, now) {
            Then::Nothing => {}
            Then::Say(action) => self.want(TOLD, action),
            Then::Leave(host) => {
                let what = format!(
                    "another tracker ({host}) is connected to this Asterisk, and records would be \
                     written twice; stop it, or use --force"
                );
                self.held.clear();
                return self.give_up(Error::new(Kind::Conflict, what));
            }
        }
        let mut records = self.hinted(told.at);
        records.extend(self.tracker.apply(told));
        if records.is_empty() {
            self.wake = self.wake.min(self.due_at(told.at));
        } else {
            self.deliver(records, told.at);
        }
    }

    /// What follows from lines that others wrote meanwhile.
    fn hinted(&mut self, now: UnixMicro) -> Vec<Record> {
        let mut records = Vec::new();
        let urgent = self.tracker.due().is_some_and(|due| due <= now);
        while let Some(line) = self.lines.next(now, urgent) {
            if self.echo.takes(&line, now) {
                continue;
            }
            if let Parsed::Event(event) = queue_log::parse(&line, &queue_log::Options::default()) {
                records.extend(self.tracker.native(&event, now));
            }
        }
        records
    }

    /// The connection is gone, or there is none.
    fn down(&mut self, reason: &Down, now: UnixMicro) {
        self.tracker.disconnected();
        self.connected = false;
        self.listing = false;
        self.rivals.down();
        // Greetings and lists are asked for anew; records go on waiting.
        self.says.retain(|(ticket, _)| *ticket == WRITTEN);
        // Nobody answered as long as there was a connection.
        let held = std::mem::take(&mut self.held);
        self.deliver(held, now);
        if let Down::WrongSecret(_) = reason {
            self.give_up(Error::new(Kind::Denied, reason.to_string()));
        }
    }

    /// Going on helps nobody; who was given no way to say so goes on.
    fn give_up(&mut self, error: Error) {
        if let Some(ended) = self.ended.take() {
            ended(error);
        }
    }

    /// When to tick at the latest.
    fn due_at(&self, now: UnixMicro) -> UnixMicro {
        let waits = !self.waiting.lines.is_empty() || self.waiting.journal.is_some();
        let soon = if waits { now + AGAIN } else { UnixMicro::MAX };
        let (open, watches) = (self.tracker.open() > 0, self.tracker.watches());
        // What is not written must not count as written.
        let beats = open && self.rivals.rule() == Rule::Write;
        let beat = if beats { self.kept + HEARTBEAT } else { UnixMicro::MAX };
        let rounds = watches && self.connected && !self.listing;
        let round = if rounds { self.listed + ROUND } else { UnixMicro::MAX };
        let due = self.tracker.due();
        // Lines come without an event; they matter while something is due.
        let look = !self.lines.is_none() && due.is_some();
        let look = if look { now + LOOK } else { UnixMicro::MAX };
        let rivals = self.rivals.due().unwrap_or(UnixMicro::MAX);
        let first = due.unwrap_or(UnixMicro::MAX).min(soon).min(beat).min(look);
        first.min(round).min(rivals)
    }

    /// Lets time pass.
    fn tick(&mut self, now: UnixMicro) {
        if let Some(hello) = self.rivals.pass(now) {
            self.want(TOLD, hello);
        }
        let mut records = self.hinted(now);
        records.extend(self.tracker.tick(now));
        self.regular_round(now);
        self.deliver(records, now);
    }

    /// Asks for the channels again, once a minute while calls are open.
    fn regular_round(&mut self, now: UnixMicro) {
        let due = self.connected
            && !self.listing
            && self.tracker.watches()
            && (now - self.listed).abs() >= ROUND;
        if due {
            self.listing = true;
            self.listed = now;
            self.tracker.snapshot_begin(now, None);
            self.want(LISTED, Action::CoreShowChannels);
        }
    }

    fn answered(&mut self, ticket: u64, answer: &Answer, now: UnixMicro) {
        match (ticket, answer) {
            (LISTED, Answer::Done { .. }) if self.listing => {
                self.listing = false;
                let records = self.tracker.snapshot_end(now, Round::Regular);
                self.deliver(records, now);
            }
            (LISTED, _) => {
                self.listing = false;
                self.tracker.snapshot_cancel();
            }
            (WRITTEN, answer) => {
                self.unanswered = self.unanswered.saturating_sub(1);
                if !matches!(answer, Answer::Done { .. }) {
                    self.counts.lost += 1;
                    tracing::error!(?answer, "Asterisk did not write a record of the tracker");
                }
            }
            (TOLD, Answer::Refused(words)) => {
                tracing::warn!(
                    words,
                    "no other tracker would be noticed: the manager user lacks write = user"
                );
            }
            _ => {}
        }
    }

    /// To be said as soon as there is a connection.
    fn want(&mut self, ticket: u64, action: Action) {
        if self.says.len() >= MOST_WAITING {
            self.counts.lost += u64::from(ticket == WRITTEN);
            return;
        }
        self.says.push_back((ticket, action));
    }

    fn deliver(&mut self, records: Vec<Record>, now: UnixMicro) {
        match self.rivals.rule() {
            Rule::Hold => {
                let room = MOST_WAITING.saturating_sub(self.held.len());
                self.counts.lost += records.len().saturating_sub(room) as u64;
                self.held.extend(records.into_iter().take(room));
            }
            Rule::Drop => self.held.clear(),
            Rule::Write => {
                let mut all = std::mem::take(&mut self.held);
                all.extend(records);
                self.write(&all, now);
            }
        }
        self.wake = self.due_at(now);
    }

    fn write(&mut self, records: &[Record], now: UnixMicro) {
        let mut tracked = std::mem::take(&mut self.waiting);
        let mut trouble = None;
        for record in records {
            for sink in &mut self.sinks {
                if let Sink::Internal = sink {
                    tracked.lines.push(record.database_line());
                    continue;
                }
                if record.internal {
                    continue;
                }
                // Before it can come back.
                self.echo.wrote(record, now);
                if let Some(echoes) = &self.echoes {
                    echoes.lock().unwrap_or_else(PoisonError::into_inner).wrote(record, now);
                }
                if let Sink::File(log) = sink {
                    if let Err(error) = log.append(record) {
                        self.counts.lost += 1;
                        tracing::error!("{error}");
                        trouble = Some(error);
                    }
                } else {
                    self.says.push_back((WRITTEN, queue_log_action(record)));
                }
            }
        }
        if let Some(error) = trouble {
            self.give_up(error);
        }
        if self.tracker.changed() || self.tracker.open() > 0 && now - self.kept >= HEARTBEAT {
            self.kept = now;
            tracked.journal = Some(self.tracker.journal().to_text());
        }
        if tracked.lines.is_empty() && tracked.journal.is_none() {
            return;
        }
        if let Err(mut refused) = self.book.take(tracked) {
            let over = refused.lines.len().saturating_sub(MOST_WAITING);
            if over > 0 {
                refused.lines.drain(..over);
                self.counts.lost += over as u64;
                tracing::error!(over, "records of the tracker are lost: the database takes none");
            }
            self.waiting = refused;
        }
    }

    /// The figures for the health page, once a second at most.
    fn show(&mut self, now: UnixMicro) {
        let Some(gauge) = &self.gauge else { return };
        if (now - self.shown).abs() < SHOW {
            return;
        }
        self.shown = now;
        gauge.set(self.health());
    }

    fn health(&self) -> TrackerHealth {
        let meter = self.tracker.meter();
        let state = match self.rivals.rule() {
            _ if !self.connected => TrackerState::Off,
            Rule::Write => TrackerState::Writing,
            Rule::Hold => TrackerState::Listening,
            Rule::Drop => TrackerState::Aside,
        };
        let records = Word::ALL.iter().zip(meter.written).filter(|(_, count)| *count > 0);
        TrackerHealth {
            state,
            other: self.rivals.other().map(str::to_owned),
            sink: self.sinks.iter().map(Sink::name).collect::<Vec<_>>().join(", "),
            open: meter.open as u64,
            channels: meter.channels as u64,
            records: records.map(|(word, count)| (word.name().to_owned(), count)).collect(),
            recovered: meter.recovered,
            duplicates: meter.duplicates,
            lost: self.counts.lost,
            waiting: (self.waiting.lines.len() + self.held.len() + self.says.len()) as u64,
            events: meter.events,
            unknown: meter.unknown,
            quiet: meter.quiet,
            bytes: self.counts.bytes,
            lag_ms: self.counts.lag,
            connections: self.counts.connections,
            restarts: meter.restarts,
        }
    }
}

impl<B: Book> Listener for Tracking<B> {
    fn hear(&mut self, now: Moment, out: Out<'_>) {
        match out {
            Out::Up(peer) => self.up(peer.booted, now.wall),
            Out::SnapshotBegin => self.begin(now.wall),
            Out::SnapshotEnd { .. } => self.end(now.wall),
            Out::Item(told) | Out::Event(told) => self.event(&told, now.wall),
            Out::Listed { ticket: LISTED, event } if self.listing => {
                self.event(&Told { at: now.wall, event }, now.wall);
            }
            Out::Answer { ticket, answer } => self.answered(ticket, &answer, now.wall),
            Out::Down(reason) => self.down(reason, now.wall),
            Out::Rest => self.show(now.wall),
            Out::Listed { .. } | Out::Stale(_) => {}
        }
    }

    fn next(&self) -> Option<UnixMicro> {
        (self.wake != UnixMicro::MAX).then_some(self.wake)
    }

    fn due(&mut self, now: Moment) {
        self.tick(now.wall);
        self.show(now.wall);
    }

    fn bytes(&mut self, count: usize) {
        self.counts.bytes += count as u64;
    }

    fn say(&mut self) -> Option<(u64, Action)> {
        if !self.connected || self.unanswered >= MOST_UNANSWERED {
            return None;
        }
        let said = self.says.pop_front()?;
        self.unanswered += usize::from(said.0 == WRITTEN);
        Some(said)
    }
}

/// Asterisk writes a blank interface as an empty agent: it gets `NONE`.
fn queue_log_action(record: &Record) -> Action {
    let blank = |text: &str| if text.is_empty() { "NONE".to_owned() } else { text.to_owned() };
    Action::QueueLog {
        queue: blank(&record.queue),
        uniqueid: blank(&record.call_id),
        interface: blank(&record.agent),
        event: record.word.name().to_owned(),
        message: record.data.join("|"),
    }
}

#[cfg(test)]
mod tests;
