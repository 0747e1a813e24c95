//! The tracker inside the daemon: events of the one connection in, records to
//! their sink, the journal to the database.
//!
//! It hears the same connection as the office; nothing waits for it.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, OnceLock};

use crate::base::{Result as Outcome, UnixMicro};
use crate::daemon::config::{Config, SinkName};
use crate::daemon::follow::{Handle, Tracked};
use crate::daemon::track::LogFile;
use crate::event::manager::Told;
use crate::input::ami::client::Listener;
use crate::input::ami::{self, Action, Moment, Out};
use crate::input::queue_log::{self, Parsed};
use crate::model::{Direction, Fold};
use crate::tracker::{Echo, Journal, Meter, Options, Record, Round, Tracker};

/// The journal's time goes on this often while calls are open.
const HEARTBEAT: UnixMicro = 10_000_000;
/// Lines kept while the database can't take them: hours of a busy office.
const MOST_WAITING: usize = 20_000;
/// How soon what was refused is offered again.
const AGAIN: UnixMicro = 100_000;
/// How often lines of the log are looked for while one is waited for.
const LOOK: UnixMicro = 500_000;
/// Lines of the log on their way to the tracker; more are hints lost.
const HINTS: usize = 256;

/// The database's side: the thread that follows the log.
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
pub enum Sink {
    /// The database.
    Internal,
    /// Asterisk, by whoever can send actions.
    Ami(Box<dyn FnMut(&Record) + Send>),
    File(LogFile),
}

/// What a start of the daemon needs for the tracker.
pub struct Prepared {
    /// For the thread that follows the log.
    pub hints: SyncSender<Box<[u8]>>,
    lines: Receiver<Box<[u8]>>,
    options: Options,
    sink: SinkName,
}

/// `None` when the settings want no tracker.
pub fn prepare(config: &Config) -> Option<Prepared> {
    let wanted = config.tracker.enabled && config.ami.is_set();
    wanted.then(|| {
        let (hints, lines) = sync_channel(HINTS);
        let (options, sink) = (config.tracker.options(), config.tracker.sink);
        Prepared { hints, lines, options, sink }
    })
}

impl Prepared {
    /// Tells of outbound calls that a dialplan logs itself and that are still
    /// open: the run before read the lines that opened them, and without
    /// them the snapshot would make each of them a second call.
    pub fn tell_open(&self, fold: &Fold) {
        if !self.options.rewrite_unique_ids {
            // Then our own calls look the same.
            return;
        }
        for one in &fold.open().stints {
            let stint = &one.stint;
            let id = stint.call_id.to_string();
            if stint.direction != Direction::Outbound || id.starts_with(':') {
                continue;
            }
            let queue = fold.names().queue_name(stint.queue);
            let line = format!("{}|{id}|{queue}|NONE|CALLOUTBOUND||{}", stint.enter, stint.number);
            if self.hints.try_send(line.into_bytes().into()).is_err() {
                return;
            }
        }
    }

    /// The tracker as one who hears the connection. Who starts the connection
    /// puts its handle into `way`, by which the sink `ami` sends.
    ///
    /// Errors: a log that can't be opened for the sink `file`.
    pub fn listener(
        self,
        config: &Config,
        journal: Option<&str>,
        follow: Arc<Handle>,
        way: Arc<OnceLock<ami::Handle>>,
    ) -> Outcome<Box<dyn Listener>> {
        let sink = match self.sink {
            SinkName::Internal => Sink::Internal,
            SinkName::File => Sink::File(LogFile::open(&config.log.path)?),
            SinkName::Ami => Sink::Ami(Box::new(move |record| {
                if let Some(handle) = way.get() {
                    handle.act(queue_log_action(record), |_| {});
                }
            })),
        };
        Ok(Box::new(Tracking::new(self.options, journal, follow, sink, Some(self.lines))))
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

impl<B: Book> Listener for Tracking<B> {
    fn hear(&mut self, now: Moment, out: Out<'_>) {
        match out {
            Out::SnapshotBegin => self.begin(now.wall),
            Out::SnapshotEnd { .. } => self.end(now.wall),
            Out::Item(told) | Out::Event(told) => self.event(&told),
            Out::Down(_) => self.down(),
            _ => {}
        }
    }

    fn next(&self) -> Option<UnixMicro> {
        (self.wake != UnixMicro::MAX).then_some(self.wake)
    }

    fn due(&mut self, now: Moment) {
        self.tick(now.wall);
    }
}

/// The running tracker.
pub struct Tracking<B: Book> {
    tracker: Tracker,
    book: B,
    sink: Sink,
    /// Lines of the log that the tracker may wait for.
    hints: Option<Receiver<Box<[u8]>>>,
    echo: Echo,
    /// Refused by the database so far.
    waiting: Tracked,
    lost: u64,
    kept: UnixMicro,
    /// When to tick at the latest.
    wake: UnixMicro,
}

impl<B: Book> Tracking<B> {
    /// `journal`: what the database kept of the run before.
    pub fn new(
        options: Options,
        journal: Option<&str>,
        book: B,
        sink: Sink,
        hints: Option<Receiver<Box<[u8]>>>,
    ) -> Self {
        let mut tracker = Tracker::new(options);
        match journal.map(Journal::from_text) {
            Some(Ok(journal)) => tracker.restore(journal),
            Some(Err(error)) => tracing::warn!("{error}"),
            None => {}
        }
        let echo = Echo::default();
        let waiting = Tracked::default();
        Tracking { tracker, book, sink, hints, echo, waiting, lost: 0, kept: 0, wake: 0 }
    }

    /// A snapshot begins; its items come as events.
    pub fn begin(&mut self, now: UnixMicro) {
        self.tracker.snapshot_begin(now, None);
    }

    /// The snapshot is complete.
    pub fn end(&mut self, now: UnixMicro) {
        let records = self.tracker.snapshot_end(now, Round::Connected);
        self.deliver(&records, now);
    }

    /// An event, or an item of a snapshot.
    pub fn event(&mut self, told: &Told<'_>) {
        let mut records = self.hinted(told.at);
        records.extend(self.tracker.apply(told));
        if records.is_empty() {
            self.wake = self.wake.min(self.due_at(told.at));
        } else {
            self.deliver(&records, told.at);
        }
    }

    /// What follows from lines that Asterisk wrote meanwhile.
    fn hinted(&mut self, now: UnixMicro) -> Vec<Record> {
        let mut records = Vec::new();
        while let Some(line) = self.hints.as_ref().and_then(|hints| hints.try_recv().ok()) {
            if self.echo.takes(&line, now) {
                continue;
            }
            if let Parsed::Event(event) = queue_log::parse(&line, &queue_log::Options::default()) {
                records.extend(self.tracker.native(&event, now));
            }
        }
        records
    }

    /// The connection is gone.
    pub fn down(&mut self) {
        self.tracker.disconnected();
    }

    /// When to tick at the latest.
    pub fn due_at(&self, now: UnixMicro) -> UnixMicro {
        let waits = !self.waiting.lines.is_empty() || self.waiting.journal.is_some();
        let soon = if waits { now + AGAIN } else { UnixMicro::MAX };
        let beat = if self.tracker.open() > 0 { self.kept + HEARTBEAT } else { UnixMicro::MAX };
        let due = self.tracker.due();
        // Lines come without an event; they matter while something is due.
        let look = self.hints.is_some() && due.is_some();
        let look = if look { now + LOOK } else { UnixMicro::MAX };
        due.unwrap_or(UnixMicro::MAX).min(soon).min(beat).min(look)
    }

    /// Lets time pass.
    pub fn tick(&mut self, now: UnixMicro) {
        let mut records = self.hinted(now);
        records.extend(self.tracker.tick(now));
        self.deliver(&records, now);
    }

    pub fn meter(&self) -> Meter {
        self.tracker.meter()
    }

    /// Lines lost because the database took none for too long.
    pub fn lost(&self) -> u64 {
        self.lost
    }

    fn deliver(&mut self, records: &[Record], now: UnixMicro) {
        self.write(records, now);
        self.wake = self.due_at(now);
    }

    fn write(&mut self, records: &[Record], now: UnixMicro) {
        let mut tracked = std::mem::take(&mut self.waiting);
        for record in records {
            match &mut self.sink {
                Sink::Internal => tracked.lines.push(record.database_line()),
                _ if record.internal => {}
                Sink::Ami(say) => {
                    say(record);
                    self.echo.wrote(record, now);
                }
                Sink::File(log) => {
                    if let Err(error) = log.append(record) {
                        self.lost += 1;
                        tracing::error!("{error}");
                    }
                    self.echo.wrote(record, now);
                }
            }
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
                self.lost += over as u64;
                tracing::error!(over, "records of the tracker are lost: the database takes none");
            }
            self.waiting = refused;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::manager::{Channel, Event, Parking};
    use std::sync::Mutex;
    use std::sync::mpsc::sync_channel;

    /// A database that can be shut.
    #[derive(Clone, Default)]
    struct Shelf(Arc<Mutex<(bool, Vec<Tracked>)>>);

    impl Book for Shelf {
        fn take(&mut self, tracked: Tracked) -> Result<(), Tracked> {
            let mut shelf = self.0.lock().unwrap();
            if shelf.0 {
                return Err(tracked);
            }
            shelf.1.push(tracked);
            Ok(())
        }
    }

    impl Shelf {
        fn lines(&self) -> Vec<String> {
            let shelf = self.0.lock().unwrap();
            shelf.1.iter().flat_map(|tracked| tracked.lines.clone()).collect()
        }

        fn journal(&self) -> Option<String> {
            self.0.lock().unwrap().1.iter().rev().find_map(|tracked| tracked.journal.clone())
        }
    }

    fn options() -> Options {
        Options { parked_calls: true, ..Options::default() }
    }

    fn parked(at: UnixMicro) -> Told<'static> {
        let parkee = Channel {
            uniqueid: "1.1".into(),
            linkedid: "1.1".into(),
            number: "079".into(),
            ..Channel::default()
        };
        let lot = "default".into();
        let parking = Parking { parkee, lot, space: "701".into(), ..Parking::default() };
        Told { at, event: Event::ParkedCall(parking) }
    }

    #[test]
    fn records_and_journal_go_together_and_wait_while_the_database_is_shut() {
        let shelf = Shelf::default();
        let mut tracking = Tracking::new(options(), None, shelf.clone(), Sink::Internal, None);
        shelf.0.lock().unwrap().0 = true;
        tracking.event(&parked(100_500_000));
        assert!(shelf.lines().is_empty());
        assert_eq!(tracking.due_at(101_000_000), 101_000_000 + AGAIN);
        shelf.0.lock().unwrap().0 = false;
        tracking.tick(101_100_000);
        assert_eq!(shelf.lines(), ["100|:1.1|pk-default|NONE|ENTERQUEUE||701-079|1"]);
        assert!(shelf.journal().unwrap().contains(":1.1"));
        assert_eq!(tracking.due_at(101_100_000), 100_500_000 + HEARTBEAT);
    }

    #[test]
    fn a_run_goes_on_from_the_journal_of_the_one_before() {
        let shelf = Shelf::default();
        Tracking::new(options(), None, shelf.clone(), Sink::Internal, None)
            .event(&parked(100_500_000));
        let journal = shelf.journal();
        let mut after =
            Tracking::new(options(), journal.as_deref(), shelf.clone(), Sink::Internal, None);
        after.begin(160_000_000);
        after.end(160_100_000);
        let lines = shelf.lines();
        // Stamped with the last moment it was known to be there.
        assert_eq!(lines[1..], ["100|:1.1|pk-default|NONE|ABANDON|1|1|0"]);
    }

    #[test]
    fn open_calls_of_a_dialplan_are_told_to_a_new_run_and_those_of_ours_are_not() {
        let (hints, lines) = sync_channel(HINTS);
        let options = options();
        let prepared = Prepared { hints, lines, options, sink: SinkName::Internal };
        let mut fold = Fold::new(crate::model::Settings::default());
        let mut changes = Vec::new();
        for line in [
            "100|7.1|q-autumn|Bruno Keller|CALLOUTBOUND||015676298",
            "101|:8.1|q-autumn|PJSIP/202|CALLOUTBOUND||0123",
            "102|9.1|sales|NONE|ENTERQUEUE||0456|1",
        ] {
            let options = queue_log::Options::default();
            let Parsed::Event(event) = queue_log::parse(line.as_bytes(), &options) else {
                panic!("{line}");
            };
            fold.apply(&event, &mut changes);
        }
        prepared.tell_open(&fold);
        let told: Vec<_> = prepared.lines.try_iter().collect();
        let told: Vec<_> = told.iter().map(|line| std::str::from_utf8(line).unwrap()).collect();
        assert_eq!(told, ["100|7.1|q-autumn|NONE|CALLOUTBOUND||015676298"]);
    }

    #[test]
    fn what_asterisk_writes_for_us_comes_back_as_no_hint() {
        let shelf = Shelf::default();
        let said = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&said);
        let say = move |record: &Record| heard.lock().unwrap().push(record.rest());
        let (send, hints) = sync_channel(4);
        let sink = Sink::Ami(Box::new(say));
        let mut tracking = Tracking::new(options(), None, shelf.clone(), sink, Some(hints));
        tracking.event(&parked(100_500_000));
        assert_eq!(*said.lock().unwrap(), ["|:1.1|pk-default|NONE|ENTERQUEUE||701-079|1"]);
        assert!(shelf.lines().is_empty(), "they come by the log");
        send.send(b"100|:1.1|pk-default|NONE|ENTERQUEUE||701-079|1".as_slice().into()).unwrap();
        tracking.tick(101_000_000);
        assert_eq!(said.lock().unwrap().len(), 1);
    }
}
