//! The client against a scripted Asterisk on a socket: half frames, slow
//! bytes, drops, other servers, huge blocks, wrong secrets, missing rights, a
//! restart in the middle. Waits for what is told, never for time.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use switchroom_core::base::Secret;
use switchroom_core::event::manager::Event;
use switchroom_core::input::ami::action::Action;
use switchroom_core::input::ami::client::{Client, Listener, Tcp};
use switchroom_core::input::ami::session::{Answer, Login, Moment, Out};

/// Longer than anything here takes on the slowest machine: reaching it is a
/// failure, not a measurement.
const NEVER: Duration = Duration::from_secs(60);

/// A peer waiting for the client.
struct Peer {
    listener: TcpListener,
}

/// One connection of the client, from Asterisk's side.
struct Line {
    stream: TcpStream,
    reader: BufReader<TcpStream>,
}

type Fields = HashMap<String, String>;

impl Peer {
    fn new() -> Peer {
        Peer { listener: TcpListener::bind("127.0.0.1:0").unwrap() }
    }

    fn client(&self) -> (Client, Receiver<String>) {
        let address = self.listener.local_addr().unwrap();
        let (sender, told) = sync_channel(10_000);
        let login = Login::new("monitor", Secret::new("s3cret".to_owned()));
        let dial = Tcp { host: address.ip().to_string(), port: address.port() };
        (Client::start(login, dial, Words(sender)).unwrap(), told)
    }

    fn accept(&self) -> Line {
        let (stream, _) = self.listener.accept().unwrap();
        stream.set_read_timeout(Some(NEVER)).unwrap();
        Line { reader: BufReader::new(stream.try_clone().unwrap()), stream }
    }

    /// A connection that has logged in and got a snapshot with one queue.
    fn live(&self) -> Line {
        let mut line = self.accept();
        line.log_in();
        line.answer_until("PJSIPShowContacts");
        line
    }
}

impl Line {
    fn send(&mut self, text: &str) {
        self.stream.write_all(text.replace('\n', "\r\n").as_bytes()).unwrap();
    }

    /// The next action; `None` when the client has gone.
    fn action(&mut self) -> Option<Fields> {
        let mut fields = Fields::new();
        loop {
            let mut line = String::new();
            if self.reader.read_line(&mut line).unwrap_or(0) == 0 {
                return None;
            }
            match line.trim_end().split_once(": ") {
                Some((key, value)) => fields.insert(key.to_owned(), value.to_owned()),
                None => return Some(fields),
            };
        }
    }

    fn log_in(&mut self) {
        self.send("Asterisk Call Manager/11.0.0\n");
        let id = self.action().unwrap()["ActionID"].clone();
        self.send(&format!("Response: Success\nActionID: {id}\nChallenge: 135\n\n"));
        let login = self.action().unwrap();
        assert!(!login.contains_key("Secret"));
        let id = &login["ActionID"];
        self.send(&format!("Response: Success\nActionID: {id}\n\nEvent: FullyBooted\n\n"));
    }

    /// Answers everything up to the answer of `last`.
    fn answer_until(&mut self, last: &str) {
        loop {
            let action = self.action().unwrap();
            let (name, id) = (&action["Action"], &action["ActionID"]);
            self.send(&match name.as_str() {
                "CoreSettings" => {
                    format!("Response: Success\nActionID: {id}\nAsteriskVersion: 22.10.1\n\n")
                }
                "CoreStatus" | "Filter" => format!("Response: Success\nActionID: {id}\n\n"),
                "ParkedCalls" => {
                    format!("Response: Error\nActionID: {id}\nMessage: Permission denied\n\n")
                }
                _ => {
                    let item = if name == "QueueStatus" {
                        format!("Event: QueueParams\nActionID: {id}\nQueue: sales\n\n")
                    } else {
                        String::new()
                    };
                    format!(
                        "Response: Success\nActionID: {id}\nEventList: start\n\n{item}\
                         Event: ListComplete\nActionID: {id}\nEventList: Complete\n\n"
                    )
                }
            });
            if name == last {
                return;
            }
        }
    }
}

/// Sends what it hears as words.
struct Words(SyncSender<String>);

impl Listener for Words {
    fn hear(&mut self, _: Moment, out: Out<'_>) {
        let word = match out {
            Out::Up(peer) => format!("up {}", peer.version),
            Out::SnapshotBegin => "begin".to_owned(),
            Out::Item(told) => format!("item {}", name(&told.event)),
            Out::SnapshotEnd { refused } => format!("end, {} refused", refused.len()),
            Out::Event(told) => format!("event {}", name(&told.event)),
            Out::Down(down) => format!("down {down}"),
            _ => return,
        };
        // The test may be over.
        let _ = self.0.try_send(word);
    }
}

fn name(event: &Event<'_>) -> String {
    match event {
        Event::Hold { channel, .. } => format!("hold {}", channel.name),
        Event::QueueParams { queue, .. } => format!("queue {queue}"),
        other => format!("{other:?}").split(['(', ' ', '{']).next().unwrap().to_owned(),
    }
}

fn next(told: &Receiver<String>) -> String {
    told.recv_timeout(NEVER).expect("the client tells something")
}

fn expect(told: &Receiver<String>, words: &[&str]) {
    for word in words {
        assert_eq!(next(told), *word);
    }
}

const SNAPSHOT: [&str; 4] = ["up 22.10.1", "begin", "item queue sales", "end, 1 refused"];

#[test]
fn events_arrive_whole_from_half_frames_and_slow_bytes() {
    let peer = Peer::new();
    let (client, told) = peer.client();
    let mut line = peer.live();
    expect(&told, &SNAPSHOT);
    for byte in "Event: Hold\nChannel: a\n\n\n".bytes() {
        line.send(str::from_utf8(&[byte]).unwrap());
    }
    line.send("Event: Hold\nCha");
    line.send("nnel: b\n\nEvent: Hold\nChannel: c\n\nEvent: Ho");
    expect(&told, &["event hold a", "event hold b", "event hold c"]);
    let long = "x".repeat(65_000);
    line.send(&format!("ld\nChannel: d\nAppData: {long}\n\n"));
    expect(&told, &["event hold d"]);
    client.stop();
    assert_eq!(line.action(), None);
}

#[test]
fn a_drop_in_the_middle_is_told_and_the_next_connection_begins_with_a_snapshot() {
    let peer = Peer::new();
    let (_client, told) = peer.client();
    let mut line = peer.live();
    expect(&told, &SNAPSHOT);
    line.send("Event: Hold\nChannel: a\n\nEvent: Hold\nChan");
    expect(&told, &["event hold a"]);
    drop(line);
    assert!(next(&told).starts_with("down Asterisk closed"));
    let mut line = peer.live();
    expect(&told, &SNAPSHOT);
    line.send("Event: Hold\nChannel: b\n\n");
    expect(&told, &["event hold b"]);
}

#[test]
fn a_restart_during_the_snapshot_begins_it_anew() {
    let peer = Peer::new();
    let (_client, told) = peer.client();
    let mut line = peer.accept();
    line.log_in();
    line.answer_until("QueueStatus");
    expect(&told, &SNAPSHOT[..3]);
    drop(line);
    assert!(next(&told).starts_with("down "));
    let _line = peer.live();
    expect(&told, &SNAPSHOT);
}

#[test]
fn a_wrong_secret_is_told_once_however_often_it_is_tried() {
    let peer = Peer::new();
    let (_client, told) = peer.client();
    for _ in 0..2 {
        let mut line = peer.accept();
        line.send("Asterisk Call Manager/5.0.4\n");
        let id = line.action().unwrap()["ActionID"].clone();
        line.send(&format!("Response: Success\nActionID: {id}\nChallenge: 135\n\n"));
        let id = line.action().unwrap()["ActionID"].clone();
        line.send(&format!("Response: Error\nActionID: {id}\nMessage: Authentication failed\n\n"));
        assert_eq!(line.action(), None);
    }
    assert!(next(&told).starts_with("down the login was refused: Authentication failed"));
    let _line = peer.live();
    expect(&told, &SNAPSHOT);
}

#[test]
fn another_server_is_named_with_its_first_words() {
    let peer = Peer::new();
    let (_client, told) = peer.client();
    peer.accept().send("SSH-2.0-OpenSSH_9.2\n");
    assert!(next(&told).contains("SSH-2.0-OpenSSH_9.2"));
}

#[test]
fn a_frame_that_never_ends_is_cut_at_64_kib() {
    let peer = Peer::new();
    let (_client, told) = peer.client();
    let mut line = peer.live();
    expect(&told, &SNAPSHOT);
    line.send(&format!("Event: Hold\nChannel: {}", "x".repeat(70_000)));
    assert_eq!(next(&told), "down a block longer than 65536 bytes");
}

#[test]
fn actions_are_answered_and_those_that_can_not_be_too() {
    let peer = Peer::new();
    let (client, told) = peer.client();
    let (sender, answers) = sync_channel(10);
    let act = |action: Action| {
        let sender = sender.clone();
        client.handle().act(action, move |answer| sender.send(answer).unwrap());
    };
    let hang_up = |channel: &str| Action::Hangup { channel: channel.to_owned(), cause: None };
    let mut line = peer.live();
    expect(&told, &SNAPSHOT);
    act(hang_up("PJSIP/101-1"));
    let asked = line.action().unwrap();
    assert_eq!((&*asked["Action"], &*asked["Channel"]), ("Hangup", "PJSIP/101-1"));
    let id = &asked["ActionID"];
    line.send(&format!("Response: Error\nActionID: {id}\nMessage: No such channel\n\n"));
    let answer = answers.recv_timeout(NEVER).unwrap();
    assert_eq!(answer, Answer::Refused("No such channel".to_owned()));
    act(hang_up("x\r\nAction: Command"));
    assert!(matches!(answers.recv_timeout(NEVER).unwrap(), Answer::Unprintable(_)));
    act(hang_up("PJSIP/102-1"));
    assert_eq!(line.action().unwrap()["Channel"], "PJSIP/102-1");
    drop(line);
    assert_eq!(answers.recv_timeout(NEVER).unwrap(), Answer::NotConnected);
    assert!(next(&told).starts_with("down "));
    act(Action::ListCommands);
    assert_eq!(answers.recv_timeout(NEVER).unwrap(), Answer::NotConnected);
}

#[test]
fn stopping_ends_a_client_that_waits_for_asterisk() {
    let peer = Peer::new();
    let address = peer.listener.local_addr().unwrap();
    drop(peer);
    let (sender, told) = sync_channel(10);
    let login = Login::new("monitor", Secret::new("x".to_owned()));
    let dial = Tcp { host: address.ip().to_string(), port: address.port() };
    let client = Client::start(login, dial, Words(sender)).unwrap();
    assert!(next(&told).starts_with("down nobody listens there"));
    client.stop();
    assert!(told.recv().is_err(), "the thread has ended and told nothing more");
}
