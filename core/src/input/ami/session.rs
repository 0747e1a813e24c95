//! One session with Asterisk as a pure machine: bytes and time in, bytes and
//! [`Out`] out.
//!
//! Greeting → login → booted → settings, filters and the snapshot requests →
//! live. Events that arrive while the snapshot's lists do are held and follow
//! it, so that one path serves the first connection and every later one. Never
//! touches a socket or a clock: [`client`](super::client) does.

mod answers;

use std::collections::VecDeque;
use std::time::Duration;

use rustc_hash::FxHashMap;
use zeroize::Zeroize;

use crate::base::{Secret, UnixMicro, UnixSec};
use crate::event::manager::{Event, Told};
use crate::input::ami::LONGEST_BLOCK;
use crate::input::ami::action::{Action, Refused};
use crate::input::ami::down::Down;
use crate::input::ami::frame::{Buffer, Frame};
use crate::input::ami::message::{Message, Notice, parse};
use crate::input::ami::pending::{Pending, Purpose, SNAPSHOT};

/// Silence after which Asterisk is asked whether it is there. The page must
/// say within 5 s that it shows an old picture, and the law's 20 s are longer.
pub const PING_AFTER: Duration = Duration::from_secs(3);
/// Silence after which what is shown counts as old.
pub const STALE_AFTER: Duration = Duration::from_millis(4500);
/// Silence after which the connection counts as dead.
pub const DEAD_AFTER: Duration = Duration::from_secs(45);
/// How long a block may stay unfinished.
const UNFINISHED: Duration = Duration::from_secs(10);
/// From connecting to being logged in.
const LOGIN: Duration = Duration::from_secs(10);
/// FullyBooted follows the login, unless the user may not read class system.
const BOOT: Duration = Duration::from_secs(10);
/// An answer comes at once, a long list takes a while.
const ANSWER: Duration = Duration::from_secs(30);
/// Events held while the snapshot's lists arrive.
const HELD_BYTES: usize = 8 * 1024 * 1024;
/// Actions waiting for their answers at once.
const MOST_PENDING: usize = 1024;

/// A moment on both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// Never runs backwards; from any start.
    pub mono: Duration,
    pub wall: UnixMicro,
}

/// Who logs in, and what is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    pub user: String,
    pub secret: Secret,
    /// Sends the secret itself; for servers without MD5.
    pub plain: bool,
    /// Classes of events.
    pub events: String,
    /// Events left out on the Asterisk side.
    pub leave_out: Vec<String>,
}

impl Login {
    /// The classes the rooms above need, without what they never look at.
    pub fn new(user: &str, secret: Secret) -> Login {
        Login {
            user: user.to_owned(),
            secret,
            plain: false,
            events: "system,call,agent,user".to_owned(),
            leave_out: ["MessageWaiting", "Registry", "ChannelTalkingStart", "ChannelTalkingStop"]
                .map(str::to_owned)
                .to_vec(),
        }
    }

    /// All classes and all events, for a capture of everything.
    pub fn hear_all(&mut self) {
        "on".clone_into(&mut self.events);
        self.leave_out.clear();
    }
}

/// What is known of the PBX once logged in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Peer {
    /// Of the protocol: `11.0.0`.
    pub protocol: String,
    /// Of Asterisk: `22.10.1`; empty where the user may not ask.
    pub version: String,
    pub system_name: String,
    /// Asterisk's local date and time of start, as it says it:
    /// `2026-11-20 15:38:35`. Another one means it was restarted.
    pub started: String,
    /// The same in Unix seconds of our clock; 0 where FullyBooted does not
    /// tell how long it is up.
    pub booted: UnixSec,
}

/// What a session tells.
#[derive(Debug, PartialEq)]
pub enum Out<'a> {
    /// Logged in; the snapshot follows.
    Up(&'a Peer),
    /// Forget what is known: the items that follow are all there is.
    SnapshotBegin,
    Item(Told<'a>),
    /// All items have come. `refused`: lists this user may not ask for, with
    /// Asterisk's words.
    SnapshotEnd {
        refused: &'a [(&'static str, String)],
    },
    Event(Told<'a>),
    /// An item of the list that answers an action of ours.
    Listed {
        ticket: u64,
        event: Event<'a>,
    },
    /// The outcome of an action, once per ticket.
    Answer {
        ticket: u64,
        answer: Answer,
    },
    /// Nothing was heard for a while, or again was (`false`).
    Stale(bool),
    /// What was read is done with: a good moment to publish.
    Rest,
    /// The connection is gone or given up.
    Down(&'a Down),
}

/// The outcome of an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Done, with Asterisk's words and the other fields of the answer.
    Done { message: String, fields: Vec<(String, String)> },
    /// Asterisk said no, in its words.
    Refused(String),
    /// A field can't be sent.
    Unprintable(Refused),
    /// No answer in time; it may have been done.
    TimedOut,
    /// There is no connection, or it went away first.
    NotConnected,
    /// Too many actions wait for their answers.
    Busy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Off,
    /// Waiting for the greeting, the challenge or the login's answer.
    LoggingIn,
    Booting,
    Snapshot,
    Live,
}

/// One session after the other over the life of a client.
#[derive(Debug)]
pub struct Session {
    login: Login,
    state: State,
    since: Duration,
    buffer: Buffer,
    /// When the unfinished block in the buffer began.
    unfinished: Option<Duration>,
    heard: Duration,
    pinged: Duration,
    stale: bool,
    to_send: Vec<u8>,
    pending: FxHashMap<u64, Pending>,
    next_id: u64,
    /// Makes action ids ours alone: others' OriginateResponse events arrive too.
    nonce: u64,
    lists: usize,
    refused: Vec<(&'static str, String)>,
    held: VecDeque<(UnixMicro, Box<[u8]>)>,
    held_bytes: usize,
    peer: Peer,
    round_trip: Option<Duration>,
    down: Option<Down>,
}

impl Session {
    pub fn new(login: Login) -> Session {
        Session {
            login,
            state: State::Off,
            since: Duration::ZERO,
            buffer: Buffer::default(),
            unfinished: None,
            heard: Duration::ZERO,
            pinged: Duration::ZERO,
            stale: false,
            to_send: Vec::new(),
            pending: FxHashMap::default(),
            next_id: 0,
            nonce: 0,
            lists: 0,
            refused: Vec::new(),
            held: VecDeque::new(),
            held_bytes: 0,
            peer: Peer::default(),
            round_trip: None,
            down: None,
        }
    }

    /// A connection stands.
    pub fn connected(&mut self, now: Moment) {
        self.state = State::LoggingIn;
        self.since = now.mono;
        self.heard = now.mono;
        self.pinged = now.mono;
        self.buffer.clear();
        self.unfinished = None;
        self.nonce = now.wall.unsigned_abs();
        self.peer = Peer::default();
        self.down = None;
        self.to_send.clear();
    }

    /// Bytes arrived.
    pub fn received(&mut self, now: Moment, bytes: &[u8], out: &mut dyn FnMut(Out<'_>)) {
        self.heard = now.mono;
        if std::mem::take(&mut self.stale) {
            out(Out::Stale(false));
        }
        // Lent out while its blocks are read: the machine changes meanwhile.
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.feed(bytes);
        let mut whole = false;
        while self.down.is_none() {
            match buffer.next() {
                Frame::Block { block, .. } => self.block(now, block, out),
                Frame::Greeting { version, .. } => {
                    self.greeting(now, &String::from_utf8_lossy(version));
                }
                Frame::TooLong { .. } => self.give_up(Down::TooLong(LONGEST_BLOCK)),
                Frame::Garbage { line, .. } => {
                    let line: String = String::from_utf8_lossy(line).chars().take(80).collect();
                    self.give_up(Down::NotAmi(line));
                }
                Frame::Incomplete => break,
            }
            whole = true;
        }
        self.unfinished = match (buffer.pending(), self.unfinished) {
            (0, _) => None,
            (_, Some(since)) if !whole => Some(since),
            _ => Some(now.mono),
        };
        self.buffer = buffer;
        out(Out::Rest);
    }

    /// Time has passed; call at [`Session::due`] at the latest.
    pub fn tick(&mut self, now: Moment, out: &mut dyn FnMut(Out<'_>)) {
        if self.state == State::Off || self.down.is_some() {
            return;
        }
        let silent = now.mono.saturating_sub(self.heard);
        if self.unfinished.is_some_and(|since| now.mono.saturating_sub(since) >= UNFINISHED) {
            return self.give_up(Down::NeverEnds(UNFINISHED));
        }
        match self.state {
            State::LoggingIn if now.mono.saturating_sub(self.since) >= LOGIN => {
                return self.give_up(Down::NoLogin(LOGIN));
            }
            State::Booting if now.mono.saturating_sub(self.since) >= BOOT => self.set_up(now, out),
            _ if silent >= DEAD_AFTER => return self.give_up(Down::Silent(DEAD_AFTER)),
            _ => {}
        }
        if matches!(self.state, State::Snapshot | State::Live) {
            if silent >= PING_AFTER && now.mono.saturating_sub(self.pinged) >= PING_AFTER {
                self.pinged = now.mono;
                self.ask(now, &Action::Ping, Purpose::Ping { sent: now.mono });
            }
            if silent >= STALE_AFTER && !self.stale {
                self.stale = true;
                out(Out::Stale(true));
            }
        }
        self.time_out(now, out);
    }

    /// When [`Session::tick`] is needed next, on the clock that never runs
    /// backwards; `None` while there is no connection.
    pub fn due(&self) -> Option<Duration> {
        let mut due = self.heard + DEAD_AFTER;
        match self.state {
            State::Off => return None,
            State::LoggingIn => due = due.min(self.since + LOGIN),
            State::Booting => due = due.min(self.since + BOOT),
            State::Snapshot | State::Live => {
                due = due.min(self.heard.max(self.pinged) + PING_AFTER);
                if !self.stale {
                    due = due.min(self.heard + STALE_AFTER);
                }
            }
        }
        let unfinished = self.unfinished.map(|since| since + UNFINISHED);
        let answers = self.pending.values().map(|pending| pending.until);
        Some(answers.chain(unfinished).fold(due, Duration::min))
    }

    /// The connection broke, or [`Session::fault`] asked to break it.
    pub fn disconnected(&mut self, reason: Down, out: &mut dyn FnMut(Out<'_>)) {
        if self.state == State::Off {
            return;
        }
        self.state = State::Off;
        self.buffer.clear();
        self.unfinished = None;
        self.to_send.zeroize();
        self.held.clear();
        self.held_bytes = 0;
        self.stale = false;
        for ticket in std::mem::take(&mut self.pending).into_values().filter_map(Pending::ticket) {
            out(Out::Answer { ticket, answer: Answer::NotConnected });
        }
        out(Out::Down(&reason));
        out(Out::Rest);
        self.down = None;
    }

    /// Asks Asterisk for something; the answer comes as [`Out::Answer`] with
    /// the same ticket, at once when it can't be sent.
    pub fn act(&mut self, now: Moment, ticket: u64, action: &Action, out: &mut dyn FnMut(Out<'_>)) {
        let refused = if !matches!(self.state, State::Snapshot | State::Live) {
            Some(Answer::NotConnected)
        } else if self.pending.len() >= MOST_PENDING {
            Some(Answer::Busy)
        } else {
            let originate = match action {
                Action::Originate(originate) => Some(originate.timeout_ms),
                _ => None,
            };
            self.send(now, action, Purpose::Ours { ticket, originate })
                .err()
                .map(Answer::Unprintable)
        };
        if let Some(answer) = refused {
            out(Out::Answer { ticket, answer });
        }
    }

    /// What is to be sent; the one who sends it clears it.
    pub fn to_send(&mut self) -> &mut Vec<u8> {
        &mut self.to_send
    }

    /// Why the connection must be dropped, if it must.
    pub fn fault(&mut self) -> Option<Down> {
        self.down.take()
    }

    /// Whether events flow.
    pub fn is_live(&self) -> bool {
        self.state == State::Live
    }

    /// From ping to its answer, as last measured.
    pub fn round_trip(&self) -> Option<Duration> {
        self.round_trip
    }

    fn give_up(&mut self, reason: Down) {
        self.down = Some(reason);
    }

    fn greeting(&mut self, now: Moment, version: &str) {
        if self.state != State::LoggingIn || !self.peer.protocol.is_empty() {
            return self.give_up(Down::NotAmi("a second greeting".to_owned()));
        }
        self.peer.protocol = version.to_owned();
        if self.login.plain {
            let Login { user, secret, events, .. } = self.login.clone();
            self.ask(now, &Action::Login { user, secret, events }, Purpose::Login);
        } else {
            self.ask(now, &Action::Challenge, Purpose::Challenge);
        }
    }

    fn block(&mut self, now: Moment, block: &[u8], out: &mut dyn FnMut(Out<'_>)) {
        match parse(block) {
            Message::Event(notice) => self.event(now, block, notice, out),
            Message::Response(response) => self.response(now, &response, out),
            Message::Neither => {}
        }
    }

    fn event(
        &mut self,
        now: Moment,
        block: &[u8],
        notice: Notice<'_>,
        out: &mut dyn FnMut(Out<'_>),
    ) {
        let told = Told { at: notice.at.unwrap_or(now.wall), event: notice.event };
        // A UserEvent comes back with all its fields, the id among them.
        let own = !matches!(told.event, Event::UserEvent { .. });
        let id = if own { self.own_id(&notice.action_id) } else { None };
        if let Some(id) = id.filter(|id| self.pending.contains_key(id)) {
            return self.item(now, id, notice.list, told, out);
        }
        match self.state {
            State::Off | State::LoggingIn => {}
            State::Booting => {
                if let Event::FullyBooted { uptime, .. } = told.event {
                    let up = uptime.unwrap_or(-1);
                    let now = now.wall.div_euclid(1_000_000);
                    self.peer.booted = if up < 0 { 0 } else { now.saturating_sub(up) };
                }
                if matches!(told.event, Event::FullyBooted { .. }) {
                    self.set_up(now, out);
                }
            }
            State::Snapshot => {
                self.held_bytes += block.len();
                if self.held_bytes > HELD_BYTES {
                    return self.give_up(Down::Overflow);
                }
                self.held.push_back((now.wall, block.into()));
            }
            State::Live => {
                // Asterisk was not ready when the first snapshot was taken.
                let booted = matches!(told.event, Event::FullyBooted { .. });
                out(Out::Event(told));
                if booted {
                    self.snapshot(now, out);
                }
            }
        }
    }

    /// Logged in and booted: asks who the PBX is. Its answers come in order,
    /// so the last of them is when all is known.
    fn set_up(&mut self, now: Moment, _: &mut dyn FnMut(Out<'_>)) {
        self.state = State::Snapshot;
        self.lists = 0;
        self.ask(now, &Action::CoreSettings, Purpose::Settings);
        self.ask(now, &Action::CoreStatus, Purpose::Status);
    }

    fn up(&mut self, now: Moment, out: &mut dyn FnMut(Out<'_>)) {
        out(Out::Up(&self.peer));
        self.snapshot(now, out);
    }

    fn snapshot(&mut self, now: Moment, out: &mut dyn FnMut(Out<'_>)) {
        self.state = State::Snapshot;
        self.refused.clear();
        self.lists = SNAPSHOT.len();
        out(Out::SnapshotBegin);
        for (name, action) in SNAPSHOT {
            self.ask(now, action, Purpose::List(name));
        }
    }

    /// One list of the snapshot has come, or will not.
    fn list_done(&mut self, now: Moment, out: &mut dyn FnMut(Out<'_>)) {
        self.lists = self.lists.saturating_sub(1);
        if self.lists > 0 {
            return;
        }
        out(Out::SnapshotEnd { refused: &self.refused });
        self.state = State::Live;
        self.held_bytes = 0;
        let held = std::mem::take(&mut self.held);
        for (wall, block) in &held {
            let then = Moment { wall: *wall, ..now };
            self.block(then, block, out);
        }
    }

    fn ask(&mut self, now: Moment, action: &Action, purpose: Purpose) {
        // Only a user name or secret with a line end in it can be refused here.
        if let Err(refused) = self.send(now, action, purpose) {
            self.give_up(Down::Unprintable(refused));
        }
    }

    fn send(&mut self, now: Moment, action: &Action, purpose: Purpose) -> Result<(), Refused> {
        let id = self.next_id;
        action.print(&format!("sr{:x}-{id}", self.nonce), &mut self.to_send)?;
        self.next_id += 1;
        self.pending.insert(id, Pending { until: now.mono + ANSWER, purpose });
        Ok(())
    }

    /// The number in an action id of this connection.
    fn own_id(&self, text: &str) -> Option<u64> {
        let (nonce, id) = text.strip_prefix("sr")?.split_once('-')?;
        (u64::from_str_radix(nonce, 16).ok()? == self.nonce).then(|| id.parse().ok())?
    }
}

#[cfg(test)]
mod tests;
