//! One connection: log-in, snapshot, then events until it ends.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tracing::{debug, info, warn};

use crate::base::{Error, Kind, Result, UnixMicro, time};
use crate::daemon::track::sink::{self, Sink};
use crate::daemon::track::tail::Tail;
use crate::daemon::track::{Settings, To, rival, write_journal};
use crate::event::manager::{Event, Told};
use crate::input::ami::recorder::Recorder;
use crate::input::ami::{Buffer, Frame, ListEnd, Message, Outcome, parse};
use crate::input::queue_log::{self, Parsed};
use crate::tracker::{Echo, Record, Round, Tracker, is_quiet};

/// A connection that brings no byte for this long is dead.
const SILENCE: Duration = Duration::from_secs(45);
/// How often it is asked whether it lives.
const PING: Duration = Duration::from_secs(20);
/// Connecting, and the log-in.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the lists may take to come.
const LISTS: Duration = Duration::from_secs(15);
/// How long another tracker is listened for before the first record.
const LISTEN: Duration = Duration::from_secs(3);
/// Open calls are listed anew this often, against hang-ups never told.
const ROUND: Duration = Duration::from_secs(60);
/// The journal's time goes on this often while calls are open.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// The classes of events that the machines need.
const CLASSES: &str = "system,call,agent,user";
/// Lists asked for after the log-in. The last one completes the snapshot.
const SNAPSHOT: [&str; 5] =
    ["QueueStatus", "ExtensionStateList", "DeviceStateList", "ParkedCalls", "CoreShowChannels"];

/// Why a connection ended.
#[derive(Debug)]
pub enum End {
    /// Try again.
    Lost(String),
    /// Trying again helps nobody.
    Fatal(Error),
}

/// What is under way on a connection.
pub struct Session<'a> {
    settings: &'a Settings,
    tracker: &'a mut Tracker,
    sink: &'a mut Sink,
    capture: Option<&'a mut Recorder>,
    tail: Option<Tail>,
    echo: Echo,
    id: String,
    logged_in: bool,
    /// Lists not complete yet, by action id.
    lists: BTreeMap<String, ()>,
    listing: Option<(Round, Instant)>,
    actions: u64,
    /// Records wait here until no other tracker has answered.
    held: Vec<Record>,
    quiet_until: Option<Instant>,
    out: Vec<u8>,
    pinged: Instant,
    rounds: Instant,
    stored: Instant,
}

impl<'a> Session<'a> {
    pub fn new(
        settings: &'a Settings,
        tracker: &'a mut Tracker,
        sink: &'a mut Sink,
        capture: Option<&'a mut Recorder>,
    ) -> Self {
        let tail = match &settings.to {
            To::File(path) => Some(Tail::new(path)),
            To::Ami => None,
        };
        let now = Instant::now();
        Session {
            settings,
            tracker,
            sink,
            capture,
            tail,
            echo: Echo::default(),
            id: identity(),
            logged_in: false,
            lists: BTreeMap::new(),
            listing: None,
            actions: 0,
            held: Vec::new(),
            quiet_until: None,
            out: Vec::new(),
            pinged: now,
            rounds: now,
            stored: now,
        }
    }

    pub async fn run(&mut self) -> End {
        let address = (self.settings.host.as_str(), self.settings.port);
        let mut stream = match timeout(PATIENCE, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return End::Lost(error.to_string()),
            Err(_) => return End::Lost("no answer".to_owned()),
        };
        let end = self.talk(&mut stream).await;
        if let End::Lost(_) = end {
            // Nobody answered as long as there was a connection.
            self.quiet_until = None;
            let held = std::mem::take(&mut self.held);
            if let Err(error) = self.send(held) {
                return End::Fatal(error);
            }
        }
        if self.quiet_until.is_some() {
            return end;
        }
        if let Err(error) = self.store_journal() {
            warn!("{error}");
        }
        end
    }

    async fn talk(&mut self, stream: &mut TcpStream) -> End {
        let mut buffer = Buffer::default();
        let mut chunk = vec![0; 16 * 1024];
        let mut heard = Instant::now();
        self.log_in();
        loop {
            if let Err(error) = self.flush(stream).await {
                return End::Lost(error.to_string());
            }
            let wait = self.next_wait(heard);
            let read = timeout(wait, stream.read(&mut chunk)).await;
            match read {
                Ok(Ok(0)) => return End::Lost("Asterisk closed the connection".to_owned()),
                Ok(Err(error)) => return End::Lost(error.to_string()),
                Ok(Ok(length)) => {
                    heard = Instant::now();
                    buffer.feed(&chunk[..length]);
                    if let Err(end) = self.blocks(&mut buffer) {
                        return end;
                    }
                }
                Err(_) if heard.elapsed() >= SILENCE => {
                    return End::Lost("silent for 45 s".to_owned());
                }
                Err(_) if !self.logged_in && heard.elapsed() >= PATIENCE => {
                    return End::Lost("no answer to the log-in".to_owned());
                }
                Err(_) => {}
            }
            if let Err(error) = self.timers() {
                return End::Fatal(error);
            }
        }
    }

    /// Until something is to be done without a byte.
    fn next_wait(&self, heard: Instant) -> Duration {
        let mut wait = SILENCE.saturating_sub(heard.elapsed()).min(Duration::from_secs(1));
        if let Some(due) = self.tracker.due() {
            let left = u64::try_from(due - now()).unwrap_or(0);
            wait = wait.min(Duration::from_micros(left));
        }
        wait.max(Duration::from_millis(5))
    }

    fn blocks(&mut self, buffer: &mut Buffer) -> Result<(), End> {
        loop {
            match buffer.next() {
                Frame::Block { block, .. } => self.block(block)?,
                Frame::Greeting { version, .. } => {
                    debug!(version = %String::from_utf8_lossy(version), "greeted");
                }
                Frame::Incomplete => return Ok(()),
                Frame::TooLong { .. } => {
                    return Err(End::Lost("a block of more than 64 KiB".to_owned()));
                }
                Frame::Garbage { line, .. } => {
                    let line = String::from_utf8_lossy(line).into_owned();
                    return Err(End::Lost(format!("this is no manager interface: {line:?}")));
                }
            }
        }
    }

    fn block(&mut self, block: &[u8]) -> Result<(), End> {
        let at = now();
        let quiet = first_name(block).is_some_and(is_quiet);
        if (!quiet || self.settings.all_events)
            && let Some(capture) = &mut self.capture
            && let Err(error) = capture.block(at, false, block)
        {
            warn!("{error}");
        }
        if quiet {
            return Ok(());
        }
        match parse(block) {
            Message::Event(notice) => {
                let at = notice.at.unwrap_or(at);
                let action = notice.action_id.to_string();
                let complete = notice.list != ListEnd::No;
                let booted = matches!(notice.event, Event::FullyBooted { .. });
                self.rivals(&notice.event)?;
                let records = self.tracker.apply(&Told { at, event: notice.event });
                self.send(records).map_err(End::Fatal)?;
                if booted && self.logged_in {
                    self.begin_lists(Round::Connected);
                }
                if complete {
                    self.list_done(&action).map_err(End::Fatal)?;
                }
            }
            Message::Response(response) => {
                let failed = response.outcome == Outcome::Error;
                let id = &*response.action_id;
                if id == "login" {
                    if failed {
                        return Err(End::Fatal(self.refused(&response.message)));
                    }
                    self.logged_in = true;
                    self.hello("1");
                    info!(host = %self.settings.host, port = self.settings.port, "connected");
                } else if failed {
                    debug!(id, message = %response.message, "an action failed");
                    let id = id.to_owned();
                    self.list_done(&id).map_err(End::Fatal)?;
                }
            }
            Message::Neither => {}
        }
        Ok(())
    }

    fn refused(&self, message: &str) -> Error {
        Error::new(
            Kind::Denied,
            format!(
                "Asterisk refused the log-in of {:?}: {message}; check the user in manager.conf",
                self.settings.login
            ),
        )
    }

    fn log_in(&mut self) {
        let events = if self.settings.all_events { "on" } else { CLASSES };
        let secret = self.settings.secret.reveal().to_owned();
        let login = self.settings.login.clone();
        self.snapshot_begins();
        self.action(
            "login",
            &[("Action", "Login"), ("Username", &login), ("Secret", &secret), ("Events", events)],
        );
    }

    fn snapshot_begins(&mut self) {
        self.tracker.snapshot_begin(now(), None);
    }

    /// Queues an action. A value with a line break is not sent at all.
    fn action(&mut self, id: &str, fields: &[(&str, &str)]) {
        if fields.iter().any(|(_, value)| value.contains(['\r', '\n'])) {
            warn!("an action with a line break in it was not sent");
            return;
        }
        let mut text = String::new();
        for (name, value) in fields {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str(&format!("ActionID: {id}\r\n\r\n"));
        self.out.extend_from_slice(text.as_bytes());
    }

    fn begin_lists(&mut self, round: Round) {
        self.lists.clear();
        if round == Round::Regular {
            self.snapshot_begins();
        }
        let wanted = if round == Round::Regular { &SNAPSHOT[4..] } else { &SNAPSHOT[..] };
        for action in wanted {
            self.actions += 1;
            let id = format!("{action}-{}", self.actions);
            self.action(&id, &[("Action", action)]);
            self.lists.insert(id, ());
        }
        self.listing = Some((round, Instant::now()));
    }

    fn list_done(&mut self, id: &str) -> Result<()> {
        if self.lists.remove(id).is_none() || !self.lists.is_empty() {
            return Ok(());
        }
        let Some((round, _)) = self.listing.take() else { return Ok(()) };
        let records = self.tracker.snapshot_end(now(), round);
        if round == Round::Connected {
            let meter = self.tracker.meter();
            info!(
                open = meter.open,
                channels = meter.channels,
                corrected = records.len(),
                "synchronised"
            );
            let (open, corrected) = (meter.open.to_string(), records.len().to_string());
            self.action(
                "sync",
                &[
                    ("Action", "UserEvent"),
                    ("UserEvent", "TrackerSync"),
                    ("Open", &open),
                    ("Corrected", &corrected),
                ],
            );
        }
        self.send(records)
    }

    /// Tells others that we are here. `new` asks them to say so too.
    fn hello(&mut self, new: &str) {
        let id = self.id.clone();
        let host = host();
        if new == "1" {
            self.quiet_until = Some(Instant::now() + LISTEN);
        }
        self.action(
            "hello",
            &[
                ("Action", "UserEvent"),
                ("UserEvent", "TrackerHello"),
                ("Id", &id),
                ("Host", &host),
                ("New", new),
            ],
        );
    }

    fn rivals(&mut self, event: &Event<'_>) -> Result<(), End> {
        let Event::UserEvent { name, fields } = event else { return Ok(()) };
        if name != "TrackerHello" {
            return Ok(());
        }
        let get = |key: &str| {
            fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, v)| &**v)
        };
        let Some(id) = get("Id").filter(|id| *id != self.id) else { return Ok(()) };
        debug!(id, "another tracker");
        if self.quiet_until.is_some() && !self.settings.force {
            return Err(End::Fatal(rival(get("Host").unwrap_or("unknown host"))));
        }
        if get("New") == Some("1") {
            self.hello("0");
        }
        Ok(())
    }

    fn timers(&mut self) -> Result<()> {
        let records = self.tracker.tick(now());
        self.send(records)?;
        if let Some(tail) = &mut self.tail {
            for line in tail.look() {
                self.native(&line)?;
            }
        }
        if self.quiet_until.is_some_and(|until| Instant::now() >= until) {
            self.quiet_until = None;
            let held = std::mem::take(&mut self.held);
            self.send(held)?;
        }
        if self.listing.is_some_and(|(_, since)| since.elapsed() >= LISTS) {
            warn!("the lists of Asterisk did not come; calls under way stay unknown");
            self.tracker.snapshot_cancel();
            self.listing = None;
            self.lists.clear();
        }
        if self.logged_in && self.pinged.elapsed() >= PING {
            self.pinged = Instant::now();
            self.action("ping", &[("Action", "Ping")]);
        }
        let open = self.tracker.open() > 0;
        if open && self.logged_in && self.listing.is_none() && self.rounds.elapsed() >= ROUND {
            self.rounds = Instant::now();
            self.begin_lists(Round::Regular);
        }
        let beat = open && self.stored.elapsed() >= HEARTBEAT;
        // What is held back is not written yet, and must not count as written.
        if self.quiet_until.is_none() && (self.tracker.changed() || beat) {
            self.store_journal()?;
        }
        Ok(())
    }

    fn native(&mut self, line: &[u8]) -> Result<()> {
        if self.echo.takes(line, now()) {
            return Ok(());
        }
        let Parsed::Event(event) = queue_log::parse(line, &queue_log::Options::default()) else {
            return Ok(());
        };
        let records = self.tracker.native(&event, now());
        self.send(records)
    }

    fn send(&mut self, records: Vec<Record>) -> Result<()> {
        if self.quiet_until.is_some() {
            self.held.extend(records);
            return Ok(());
        }
        for record in records.iter().filter(|record| !record.internal) {
            match self.sink {
                Sink::File(log) => log.append(record)?,
                Sink::Ami => match sink::action(record) {
                    Some(text) => self.out.extend_from_slice(text.as_bytes()),
                    None => warn!("a record with a line break in it was not sent"),
                },
            }
            self.echo.wrote(record, now());
        }
        Ok(())
    }

    fn store_journal(&mut self) -> Result<()> {
        self.stored = Instant::now();
        let journal = self.tracker.journal();
        match &self.settings.journal {
            Some(path) => write_journal(path, &journal),
            None => Ok(()),
        }
    }

    async fn flush(&mut self, stream: &mut TcpStream) -> std::io::Result<()> {
        if self.out.is_empty() {
            return Ok(());
        }
        let bytes = std::mem::take(&mut self.out);
        if let Some(capture) = &mut self.capture {
            for block in
                bytes.split_inclusive(|&b| b == b'\n').collect::<Vec<_>>().split(|l| *l == b"\r\n")
            {
                let block = block.concat();
                if !block.is_empty()
                    && let Err(error) = capture.block(now(), true, &block)
                {
                    warn!("{error}");
                }
            }
        }
        stream.write_all(&bytes).await
    }
}

/// The wall clock in microseconds.
fn now() -> UnixMicro {
    time::now_micro()
}

/// The name in the first line of a block, if it is an event's.
fn first_name(block: &[u8]) -> Option<&str> {
    let line = block.split(|&byte| byte == b'\r' || byte == b'\n').next()?;
    str::from_utf8(line.strip_prefix(b"Event: ")?).ok()
}

/// Which tracker this is: random, so that a copy of a machine is another one.
fn identity() -> String {
    let mut bytes = [0; 8];
    if getrandom::fill(&mut bytes).is_err() {
        bytes = std::process::id().to_le_bytes().repeat(2).try_into().unwrap_or_default();
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn host() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname")
        .map_or_else(|_| "unknown".to_owned(), |name| name.trim().to_owned())
}
