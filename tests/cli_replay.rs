//! `switchroom replay`, `regex-test` and `track` as a person uses them.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

fn switchroom(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_switchroom"));
    command.args(arguments).stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    switchroom(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn capture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures").join(name)
}

#[test]
fn a_capture_replays_to_the_checked_in_lines() {
    let folder = capture("16");
    let raw = folder.join("ami.raw.gz");
    let expected = fs::read_to_string(folder.join("tracker.expected")).unwrap();
    let (raw, folder) = (raw.to_str().unwrap(), folder.to_str().unwrap());
    // Switches before the capture stand alone; the folder is as good as the file.
    assert_eq!(said(&run(&["replay", "--parkedcalls", "--outboundcalls", raw])), expected);
    assert_eq!(
        said(&run(&["replay", folder, "--parkedcalls=1", "--outboundcalls", "1"])),
        expected
    );
    let holds = said(&run(&["replay", raw]));
    assert!(holds.lines().all(|line| line.contains("HOLD|")), "{holds}");
    assert_eq!(said(&run(&["replay", raw, "--moh=0"])), "");
}

#[test]
fn expectations_are_met_in_silence_and_else_shown() {
    let folder = capture("16");
    let raw = folder.join("ami.raw.gz");
    let expected = folder.join("tracker.expected");
    let (raw, expected) = (raw.to_str().unwrap(), expected.to_str().unwrap());
    let both = ["replay", raw, "--parkedcalls", "--outboundcalls", "--expect", expected];
    assert_eq!(said(&run(&both)), "");
    let fewer = run(&["replay", raw, "--outboundcalls", "--expect", expected]);
    assert_eq!(fewer.status.code(), Some(1));
    let text = String::from_utf8(fewer.stdout).unwrap();
    assert!(text.lines().all(|line| line.starts_with('-') && line.contains("|pk-")), "{text}");
}

/// The bytes of a gzip file.
fn unpacked(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    flate2::read::MultiGzDecoder::new(fs::File::open(path).unwrap())
        .read_to_end(&mut bytes)
        .unwrap();
    bytes
}

#[test]
fn a_capture_may_be_plain_have_no_index_or_be_cut_short() {
    let from = capture("16");
    let folder = tempfile::tempdir().unwrap();
    let raw = folder.path().join("ami.raw");
    let bytes = unpacked(&from.join("ami.raw.gz"));
    let switches = ["--parkedcalls", "--outboundcalls"];
    let play = |file: &Path| run(&[&["replay", file.to_str().unwrap()], &switches[..]].concat());
    let expected = fs::read_to_string(from.join("tracker.expected")).unwrap();
    fs::write(&raw, &bytes).unwrap();
    // Without an index and without stamps only the order is known.
    let untimed = play(&raw);
    assert!(String::from_utf8_lossy(&untimed.stderr).contains("10 ms apart"));
    assert!(said(&untimed).contains("|CALLOUTBOUND|"));
    fs::write(folder.path().join("ami.raw.idx"), unpacked(&from.join("ami.raw.idx.gz"))).unwrap();
    assert_eq!(said(&play(&raw)), expected);
    fs::write(&raw, &bytes[..bytes.len() / 2 + 7]).unwrap();
    let half = said(&play(&raw));
    assert!(half.lines().count() > 3 && expected.starts_with(half.lines().next().unwrap()));
    let packed = fs::read(from.join("ami.raw.gz")).unwrap();
    let cut = folder.path().join("cut.gz");
    fs::write(&cut, &packed[..packed.len() / 2]).unwrap();
    let half = play(&cut);
    assert!(String::from_utf8_lossy(&half.stderr).contains("cut short"));
    assert!(said(&half).lines().count() > 3);
    fs::write(&cut, "no capture\n").unwrap();
    let none = play(&cut);
    assert_eq!(none.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&none.stderr).contains("holds no event"));
}

#[test]
fn bad_captures_and_patterns_are_refused_with_a_reason() {
    for (arguments, code, reason) in [
        (&["replay", "/no/such/capture"][..], 1, "/no/such/capture"),
        (&["replay", "x", "--moh=2"], 2, "0 or 1"),
        (&["replay", "x", "--hidden-channels", "("], 2, "regular expression"),
        (&["replay", "x", "--speed", "0"], 2, "above 0"),
        (&["regex-test", "(", "x"], 2, "regular expression"),
        (&["track", "--login", "x"], 2, "SWITCHROOM_AMI_SECRET"),
    ] {
        let output = run(arguments);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        assert!(told.contains(reason), "{arguments:?}: {told}");
    }
}

#[test]
fn a_pattern_is_tried_on_names_from_arguments_or_lines() {
    let told = said(&run(&["regex-test", "(?i)^pjsip/TRUNK", "PJSIP/trunk-1", "PJSIP/101-2"]));
    assert_eq!(told, "match    PJSIP/trunk-1\nno match PJSIP/101-2\n");
    let mut child = switchroom(&["regex-test", "101"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"PJSIP/101-2\n").unwrap();
    let mut told = String::new();
    child.stdout.take().unwrap().read_to_string(&mut told).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(told, "match    PJSIP/101-2\n");
}

/// A field of an action.
fn field(action: &str, name: &str) -> String {
    let line = action.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap_or("").trim().to_owned()
}

/// A manager interface by script: greets, and answers what it is asked.
struct Asterisk {
    listener: TcpListener,
}

struct Line {
    reader: BufReader<TcpStream>,
}

impl Asterisk {
    fn new() -> Self {
        Asterisk { listener: TcpListener::bind("127.0.0.1:0").unwrap() }
    }

    fn port(&self) -> String {
        self.listener.local_addr().unwrap().port().to_string()
    }

    /// Lets one client in and tells it that nothing is going on, up to the
    /// end of the snapshot.
    fn let_in(&self) -> Line {
        let mut line = self.greet();
        line.challenge();
        let login = line.action();
        assert!(login.contains("Action: Login") && !login.contains("s3cret"), "{login}");
        line.say(&format!("Response: Success\r\nActionID: {}\r\n\r\n", field(&login, "ActionID:")));
        line.say("Event: FullyBooted\r\nUptime: 1000\r\nStatus: Fully Booted\r\n\r\n");
        loop {
            let action = line.action();
            if line.answer(&action) {
                return line;
            }
        }
    }

    fn greet(&self) -> Line {
        let (stream, _) = self.listener.accept().unwrap();
        stream.set_read_timeout(Some(std::time::Duration::from_secs(60))).unwrap();
        let mut line = Line { reader: BufReader::new(stream) };
        line.say("Asterisk Call Manager/11.0.0\r\n");
        line
    }
}

impl Line {
    fn say(&mut self, text: &str) {
        self.reader.get_mut().write_all(text.as_bytes()).unwrap();
    }

    /// One action of the client.
    fn action(&mut self) -> String {
        let mut text = String::new();
        loop {
            let mut line = String::new();
            assert!(self.reader.read_line(&mut line).unwrap() > 0, "the client left: {text}");
            if line == "\r\n" {
                return text;
            }
            text.push_str(&line);
        }
    }

    fn challenge(&mut self) {
        let asked = self.action();
        let id = field(&asked, "ActionID:");
        self.say(&format!("Response: Success\r\nActionID: {id}\r\nChallenge: 135\r\n\r\n"));
    }

    /// Answers an action, one that asks for a list by an empty one; whether
    /// it was the last of the snapshot.
    fn answer(&mut self, action: &str) -> bool {
        let (name, id) = (field(action, "Action:"), field(action, "ActionID:"));
        let plain = ["CoreSettings", "CoreStatus", "Filter", "UserEvent", "Ping"];
        let mut answer = format!("Response: Success\r\nActionID: {id}\r\n");
        if !plain.contains(&name.as_str()) {
            answer.push_str(&format!(
                "EventList: start\r\n\r\nEvent: {name}Complete\r\nActionID: {id}\r\n\
                 EventList: Complete\r\n"
            ));
        }
        answer.push_str("\r\n");
        self.say(&answer);
        name == "PJSIPShowContacts"
    }

    fn parked(&mut self, id: &str) {
        self.say(&format!(
            "Event: ParkedCall\r\nParkeeChannel: PJSIP/t-1\r\nParkeeUniqueid: {id}\r\n\
             ParkeeLinkedid: {id}\r\nParkeeCallerIDNum: 079\r\nParkinglot: default\r\n\
             ParkingSpace: 701\r\nParkingDuration: 0\r\n\r\n"
        ));
    }
}

struct Tracking {
    child: Child,
}

impl Tracking {
    fn start(port: &str, folder: &Path) -> Self {
        let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
        let child = switchroom(&[
            "track",
            "--port",
            port,
            "--login",
            "tracker",
            "--parkedcalls",
            "--queue-log",
            &file("queue_log"),
            "--pid",
            &file("track.pid"),
            "--debugfile",
            &file("capture"),
        ])
        .env("SWITCHROOM_AMI_SECRET", "s3cret")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
        Tracking { child }
    }

    fn told(mut self) -> (Option<i32>, String) {
        let mut told = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
        (self.child.wait().unwrap().code(), told)
    }

    fn stop(&self) {
        let id = nix::unistd::Pid::from_raw(i32::try_from(self.child.id()).unwrap());
        nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGTERM).unwrap();
    }
}

/// Waits until a file holds a text, looking a hundred times a second.
fn wait_for(path: &Path, text: &str) -> String {
    let (_nobody, never) = std::sync::mpsc::sync_channel::<()>(0);
    loop {
        let now = fs::read_to_string(path).unwrap_or_default();
        if now.contains(text) {
            return now;
        }
        // It always times out.
        let _ = never.recv_timeout(std::time::Duration::from_millis(10));
    }
}

#[test]
fn what_is_parked_is_appended_and_closed_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("queue_log");
    let asterisk = Asterisk::new();
    let first = Tracking::start(&asterisk.port(), folder.path());
    let mut line = asterisk.let_in();
    line.parked("1.1");
    wait_for(&log, "|:1.1|pk-default|NONE|ENTERQUEUE||701-079|1\n");
    wait_for(&folder.path().join("track.journal"), "\":1.1\"");
    // A second one on the same PID file finds the first.
    let (code, told) = Tracking::start(&asterisk.port(), folder.path()).told();
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("held by a running tracker"), "{told}");
    first.stop();
    assert_eq!(first.told().0, Some(0));
    drop(line);

    // The caller is gone when the next one comes.
    let second = Tracking::start(&asterisk.port(), folder.path());
    let line = asterisk.let_in();
    let text = wait_for(&log, "|:1.1|pk-default|NONE|ABANDON|1|1|");
    assert_eq!(text.lines().count(), 2, "{text}");
    second.stop();
    assert_eq!(second.told().0, Some(0));
    drop(line);
    let capture = fs::read_to_string(folder.path().join("capture")).unwrap();
    assert!(capture.contains("Action: Login") && !capture.contains("s3cret"), "{capture}");
}

#[test]
fn a_refused_log_in_and_another_tracker_end_it_with_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let asterisk = Asterisk::new();
    let tracking = Tracking::start(&asterisk.port(), folder.path());
    let mut line = asterisk.greet();
    line.challenge();
    let id = field(&line.action(), "ActionID:");
    line.say(&format!(
        "Response: Error\r\nActionID: {id}\r\nMessage: Authentication failed\r\n\r\n"
    ));
    let (code, told) = tracking.told();
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("Authentication failed") && told.contains("manager.conf"), "{told}");

    let tracking = Tracking::start(&asterisk.port(), folder.path());
    let mut line = asterisk.let_in();
    line.say(
        "Event: UserEvent\r\nUserEvent: TrackerHello\r\nId: other\r\nHost: elsewhere\r\nNew: 0\r\n\r\n",
    );
    line.parked("2.1");
    let (code, told) = tracking.told();
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("elsewhere") && told.contains("--force"), "{told}");
    let log = fs::read_to_string(folder.path().join("queue_log")).unwrap();
    assert_eq!(log, "", "nothing was written");
}

/// Report blocks as text, for some days in November 2026.
fn report(data: &str, block: &str, queue: &str) -> String {
    said(&run(&[
        "report",
        block,
        "--data",
        data,
        "--from",
        "2026-11-20",
        "--to",
        "2026-11-22",
        "--tz",
        "UTC",
        "--queue",
        queue,
        "--format",
        "csv",
    ]))
}

#[test]
fn tracked_calls_stand_in_reports_as_calls_of_their_queues() {
    let folder = tempfile::tempdir().unwrap();
    let raw = capture("22").join("ami.raw.gz");
    let lines = said(&run(&["replay", raw.to_str().unwrap(), "--parkedcalls", "--outboundcalls"]));
    let written = folder.path().join("tracked");
    fs::write(&written, lines).unwrap();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    let log = capture("22").join("queue_log");
    said(&run(&["import", "--data", data, log.to_str().unwrap()]));
    said(&run(&["import", "--data", data, written.to_str().unwrap()]));
    // Three calls were parked: one fetched by 281, one timed out, one gave up.
    let parked = report(data, "answered-agents", "pk-default");
    assert!(parked.contains("PJSIP/281"), "{parked}");
    let lost = report(data, "lost", "pk-default");
    assert!(lost.lines().count() > 1, "{lost}");
    // Account 205 dialled two calls, both answered.
    let dialled = report(data, "answered-agents", "q-205");
    assert!(dialled.contains("PJSIP/207") && dialled.contains("PJSIP/205"), "{dialled}");
    let check = run(&["check", "--data", data]);
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stdout));
}
