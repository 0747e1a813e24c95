//! Tries a connection once and says what works. An edge: a socket and time.
//!
//! What the user may ask shows in ListCommands, which names each action he may
//! use. What he may hear Asterisk does not say, so it is tried where trying
//! changes nothing: FullyBooted follows the login for class system, and our
//! own UserEvent comes back for class user.

use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use zeroize::Zeroize;

use crate::base::{UnixMicro, time};
use crate::event::manager::Event;
use crate::input::ami::action::Action;
use crate::input::ami::client::{self, Dial, Link, broken, is_nothing_yet};
use crate::input::ami::down::Down;
use crate::input::ami::frame::{Buffer, Frame};
use crate::input::ami::md5;
use crate::input::ami::message::{Message, Outcome, parse, timestamp};
use crate::input::ami::session::{Login, Peer};

/// For connecting, and for each answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long an event of our own may take to come back.
const ECHO: Duration = Duration::from_secs(1);
/// Round trips measured; the shortest counts.
const ROUNDS: usize = 5;

/// What a connection can do.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    pub peer: Peer,
    pub connect: Duration,
    pub round_trip: Duration,
    /// Asterisk's clock minus ours, half a round trip allowed for; `None` when
    /// it does not tell its time.
    pub clock: Option<i64>,
    /// Whether events carry their time (`timestampevents`).
    pub stamped: Option<bool>,
    pub abilities: Vec<Ability>,
}

/// Something the office needs, and whether this user may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ability {
    /// `read system`, `write originate`.
    pub class: &'static str,
    /// What does not work without it.
    pub needed_for: &'static str,
    /// Whether the office does without: its lack is no fault.
    pub optional: bool,
    pub there: There,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum There {
    Yes,
    No,
    /// Nothing was heard of it, which proves nothing.
    Unknown,
}

/// Asterisk puts worse rights under it, so that an office may well not give it.
const SYSTEM: &str = "write system";

/// Actions that stand for the classes of `write`, and what they are for.
const WRITES: &[(&str, &[&str], &str)] = &[
    ("write agent", &["QueueAdd", "QueuePause"], "log on, pause, queues of agents"),
    ("write call", &["Redirect", "Park"], "transfer, hang up, park"),
    ("write originate", &["Originate"], "dial out, listen in"),
    ("write reporting", &["CoreShowChannels", "CoreStatus"], "calls that are up when we connect"),
    ("write message", &["MessageSend"], "text to telephones"),
    (
        SYSTEM,
        &["Filter", "MixMonitor", "PJSIPShowContacts"],
        "recording on demand, addresses of telephones",
    ),
    ("write user", &["UserEvent"], "a second tracker is noticed"),
];

/// Connects, logs in, looks and leaves.
pub fn probe(dial: &mut dyn Dial, login: &Login) -> Result<Report, Down> {
    let begun = Instant::now();
    let link = dial.dial()?;
    let connect = begun.elapsed();
    let mut line = Line { link, buffer: Buffer::default(), next: 0, heard: Heard::default() };
    let protocol = line.greeting()?;
    line.log_in(login)?;
    let settings = line.ask(&Action::CoreSettings)?;
    let status = line.ask(&Action::CoreStatus)?;
    let peer = Peer {
        protocol,
        version: settings.field("AsteriskVersion"),
        system_name: settings.field("SystemName"),
        started: format!("{} {}", status.field("CoreStartupDate"), status.field("CoreStartupTime"))
            .trim()
            .to_owned(),
        booted: 0,
    };
    let (round_trip, clock) = line.measure()?;
    let commands = line.ask(&Action::ListCommands)?;
    let may = |action: &str| commands.fields.iter().any(|(name, _)| name == action);
    let mut abilities: Vec<Ability> = WRITES
        .iter()
        .map(|(class, actions, needed_for)| Ability {
            class,
            needed_for,
            optional: *class == SYSTEM,
            there: if actions.iter().all(|action| may(action)) { There::Yes } else { There::No },
        })
        .collect();
    let echo = if may("UserEvent") { line.echo()? } else { There::Unknown };
    let seen = |yes| if yes { There::Yes } else { There::Unknown };
    let reads = [
        (
            "read system",
            if line.heard.booted { There::Yes } else { There::No },
            "restarts are noticed",
        ),
        ("read user", echo, "a second tracker is noticed"),
        ("read call", seen(line.heard.call), "calls, telephones, hold, parking"),
        ("read agent", seen(line.heard.agent), "queues and agents"),
    ];
    let reads = reads.map(|(class, there, needed_for)| Ability {
        class,
        needed_for,
        optional: false,
        there,
    });
    abilities.splice(0..0, reads);
    let stamped = line.heard.stamped;
    // Asterisk closes; what it says by then is of no use.
    let _ = line.send(&Action::Logoff);
    Ok(Report { peer, connect, round_trip, clock, stamped, abilities })
}

/// What was heard beside the answers.
#[derive(Debug, Default)]
struct Heard {
    booted: bool,
    call: bool,
    agent: bool,
    echo: bool,
    stamped: Option<bool>,
}

struct Reply {
    refused: bool,
    message: String,
    fields: Vec<(String, String)>,
}

impl Reply {
    fn field(&self, key: &str) -> String {
        let found = self.fields.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    }
}

/// The connection.
struct Line {
    link: Box<dyn Link>,
    buffer: Buffer,
    next: u64,
    heard: Heard,
}

/// What is waited for.
enum Wanted {
    Greeting,
    Reply(String),
    Booted,
    Echo,
}

enum Got {
    Greeting(String),
    Reply(Reply),
    Event,
}

impl Line {
    fn greeting(&mut self) -> Result<String, Down> {
        match self.wait(&Wanted::Greeting, PATIENCE)? {
            Some(Got::Greeting(version)) => Ok(version),
            _ => Err(Down::Silent(PATIENCE)),
        }
    }

    fn log_in(&mut self, login: &Login) -> Result<(), Down> {
        let events = login.events.clone();
        let user = login.user.clone();
        let action = if login.plain {
            Action::Login { user, secret: login.secret.clone(), events }
        } else {
            let challenge = self.ask(&Action::Challenge)?;
            if challenge.refused {
                return Err(Down::NoChallenge(challenge.message));
            }
            let mut text = challenge.field("Challenge").into_bytes();
            text.extend_from_slice(login.secret.reveal().as_bytes());
            let key = md5::hex(&text);
            text.zeroize();
            Action::LoginMd5 { user, key, events }
        };
        let answer = self.ask(&action)?;
        if answer.refused {
            return Err(Down::WrongSecret(answer.message));
        }
        self.wait(&Wanted::Booted, ECHO).map(drop)
    }

    /// The shortest round trip, and the difference of the clocks in
    /// microseconds.
    fn measure(&mut self) -> Result<(Duration, Option<i64>), Down> {
        let mut best: Option<(Duration, Option<i64>)> = None;
        for _ in 0..ROUNDS {
            let (begun, before) = (Instant::now(), time::now_micro());
            let pong = self.ask(&Action::Ping)?;
            let took = begun.elapsed();
            let theirs = timestamp(&pong.field("Timestamp"));
            let half = i64::try_from(took.as_micros() / 2).unwrap_or_default();
            let clock = theirs.map(|theirs: UnixMicro| theirs - before - half);
            if best.is_none_or(|(shortest, _)| took < shortest) {
                best = Some((took, clock));
            }
        }
        Ok(best.unwrap_or_default())
    }

    fn echo(&mut self) -> Result<There, Down> {
        let action = Action::UserEvent { name: ECHO_NAME.to_owned(), fields: Vec::new() };
        self.ask(&action)?;
        if !self.heard.echo {
            self.wait(&Wanted::Echo, ECHO)?;
        }
        Ok(if self.heard.echo { There::Yes } else { There::No })
    }

    fn ask(&mut self, action: &Action) -> Result<Reply, Down> {
        let id = self.send(action)?;
        match self.wait(&Wanted::Reply(id), PATIENCE)? {
            Some(Got::Reply(reply)) => Ok(reply),
            _ => Err(Down::Silent(PATIENCE)),
        }
    }

    fn send(&mut self, action: &Action) -> Result<String, Down> {
        self.next += 1;
        let id = format!("check-{}", self.next);
        let mut bytes = Vec::new();
        action.print(&id, &mut bytes).map_err(Down::Unprintable)?;
        client::send(&mut *self.link, &mut bytes)?;
        Ok(id)
    }

    /// Reads until what is wanted came, or the time is up.
    fn wait(&mut self, wanted: &Wanted, patience: Duration) -> Result<Option<Got>, Down> {
        let begun = Instant::now();
        let mut chunk = [0; 16 * 1024];
        loop {
            if let Some(got) = self.next_wanted(wanted)? {
                return Ok(Some(got));
            }
            let left = patience.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return Ok(None);
            }
            match self.link.read(&mut chunk) {
                Ok(0) => return Err(Down::Closed),
                Ok(length) => self.buffer.feed(&chunk[..length]),
                Err(error) if is_nothing_yet(&error) => self.until_readable(left),
                Err(error) => return Err(broken(&error)),
            }
        }
    }

    fn until_readable(&self, left: Duration) {
        let ms = left.as_millis().saturating_add(1).min(60_000);
        let timeout = PollTimeout::try_from(ms).unwrap_or(PollTimeout::MAX);
        // A signal ends it early, which does no harm.
        let _ = poll(&mut [PollFd::new(self.link.as_fd(), PollFlags::POLLIN)], timeout);
    }

    fn next_wanted(&mut self, wanted: &Wanted) -> Result<Option<Got>, Down> {
        loop {
            let block = match self.buffer.next() {
                Frame::Incomplete => return Ok(None),
                Frame::Greeting { version, .. } => {
                    return Ok(Some(Got::Greeting(String::from_utf8_lossy(version).into_owned())));
                }
                Frame::TooLong { used } => return Err(Down::TooLong(used)),
                Frame::Garbage { line, .. } => {
                    let line: String = String::from_utf8_lossy(line).chars().take(80).collect();
                    return Err(Down::NotAmi(line));
                }
                Frame::Block { block, .. } => block,
            };
            match (parse(block), wanted) {
                (Message::Response(response), Wanted::Reply(id)) if response.action_id == *id => {
                    let fields = response.fields.iter();
                    return Ok(Some(Got::Reply(Reply {
                        refused: response.outcome == Outcome::Error,
                        message: response.message.clone().into_owned(),
                        fields: fields.map(|(k, v)| (k.into_owned(), v.into_owned())).collect(),
                    })));
                }
                (Message::Event(notice), wanted) => {
                    self.heard.stamped = Some(notice.at.is_some());
                    let class = class(block);
                    self.heard.call |= class == Some("call");
                    self.heard.agent |= class == Some("agent");
                    match notice.event {
                        Event::FullyBooted { .. } => {
                            self.heard.booted = true;
                            if matches!(wanted, Wanted::Booted) {
                                return Ok(Some(Got::Event));
                            }
                        }
                        Event::UserEvent { name, .. } if name == ECHO_NAME => {
                            self.heard.echo = true;
                            if matches!(wanted, Wanted::Echo) {
                                return Ok(Some(Got::Event));
                            }
                        }
                        _ => {}
                    }
                }
                _ => {}
            }
        }
    }
}

/// The name of the event we send to ourselves.
const ECHO_NAME: &str = "SwitchroomCheck";

/// The first class of an event: `call` of `Privilege: call,all`.
fn class(block: &[u8]) -> Option<&str> {
    let line = block.split(|&byte| byte == b'\n').nth(1)?;
    str::from_utf8(line).ok()?.strip_prefix("Privilege: ")?.split(',').next()
}
