//! `switchroom run` on a scripted manager interface: what the tracker and the
//! twins make of it stands in the database once, also after a kill.

use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use switchroom::model::Cause;
use switchroom::store::{Order, Settings, StintFilter, Store};

/// Answers every action with success and every list with an empty one. After
/// the first ping, which comes when all lists are done, it says `events`.
fn serve(listener: &TcpListener, events: &str) {
    serve_listing(listener, "", events);
}

/// The same with `entries` in the list of queues.
fn serve_listing(listener: &TcpListener, entries: &str, events: &str) {
    let (stream, _) = listener.accept().unwrap();
    let mut reader = BufReader::new(stream);
    say(&mut reader, "Asterisk Call Manager/11.0.0\r\n");
    let mut events = Some(events);
    loop {
        let Some(action) = action(&mut reader) else { return };
        let field = |name: &str| {
            let line = action.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or("").trim().to_owned()
        };
        let (name, id) = (field("Action:"), field("ActionID:"));
        let is_list = name.starts_with("CoreShow")
            || name.ends_with("List")
            || name.ends_with("Contacts")
            || ["QueueStatus", "Parkinglots", "ParkedCalls"].contains(&name.as_str());
        let mut answer = format!("Response: Success\r\nActionID: {id}\r\nChallenge: 4711\r\n");
        if is_list {
            let items =
                if name == "QueueStatus" { entries.replace('@', &id) } else { String::new() };
            answer.push_str(&format!(
                "EventList: start\r\n\r\n{items}Event: {name}Complete\r\nActionID: {id}\r\n\
                 EventList: Complete\r\n"
            ));
        }
        answer.push_str("\r\n");
        if name == "Login" {
            answer.push_str("Event: FullyBooted\r\nUptime: 1000\r\nStatus: Fully Booted\r\n\r\n");
        }
        say(&mut reader, &answer);
        if name == "Ping"
            && let Some(events) = events.take()
        {
            say(&mut reader, events);
        }
    }
}

fn say(reader: &mut BufReader<TcpStream>, text: &str) {
    // The daemon may be gone by now.
    let _ = reader.get_mut().write_all(text.as_bytes());
}

fn action(reader: &mut BufReader<TcpStream>) -> Option<String> {
    let mut text = String::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            return Some(text);
        }
        text.push_str(&line);
    }
}

/// Call 1.1 is parked; call 2.1 is parked and gives up.
const EVENTS: &str = "Event: ParkedCall\r\nParkeeChannel: PJSIP/t-1\r\nParkeeUniqueid: 1.1\r\n\
    ParkeeLinkedid: 1.1\r\nParkeeCallerIDNum: 0791112233\r\nParkinglot: default\r\n\
    ParkingSpace: 701\r\nParkingDuration: 0\r\n\r\n\
    Event: ParkedCall\r\nParkeeChannel: PJSIP/t-2\r\nParkeeUniqueid: 2.1\r\n\
    ParkeeLinkedid: 2.1\r\nParkeeCallerIDNum: 0794445566\r\nParkinglot: default\r\n\
    ParkingSpace: 702\r\nParkingDuration: 0\r\n\r\n\
    Event: HangupRequest\r\nChannel: PJSIP/t-2\r\nUniqueid: 2.1\r\nLinkedid: 2.1\r\n\r\n\
    Event: ParkedCallGiveUp\r\nParkeeChannel: PJSIP/t-2\r\nParkeeUniqueid: 2.1\r\n\
    ParkeeLinkedid: 2.1\r\nParkinglot: default\r\nParkingSpace: 702\r\n\
    ParkingDuration: 0\r\n\r\n";

struct Office {
    _folder: tempfile::TempDir,
    config: String,
    log: String,
    data: String,
}

impl Office {
    fn new(port: u16, tracker: &str, ami: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        fs::write(path("secret"), "s3cret\n").unwrap();
        fs::write(path("queue_log"), "").unwrap();
        let text = format!(
            "[log]\npath = \"{}\"\n[store]\ndata = \"{}\"\n[portal]\nlisten = \"127.0.0.1:0\"\n\
             [ami]\nport = {port}\nuser = \"office\"\nsecret_file = \"{}\"\n{ami}\
             [tracker]\nenabled = true\nparkedcalls = true\noutboundcalls = true\n{tracker}",
            path("queue_log"),
            path("data"),
            path("secret"),
        );
        fs::write(path("office.toml"), text).unwrap();
        Office {
            config: path("office.toml"),
            log: path("queue_log"),
            data: path("data"),
            _folder: folder,
        }
    }

    fn start(&self) -> Child {
        Command::new(env!("CARGO_BIN_EXE_switchroom"))
            .args(["run", "--config", &self.config])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// Appends to the log as Asterisk does.
    fn log(&self, call: &str, rest: &str) {
        self.log_on("q-autumn", call, &format!("Bruno Keller|{rest}"));
    }

    fn log_on(&self, queue: &str, call: &str, rest: &str) {
        self.log_at(switchroom::base::time::now(), queue, call, rest);
    }

    fn log_at(&self, second: i64, queue: &str, call: &str, rest: &str) {
        let mut log = OpenOptions::new().append(true).open(&self.log).unwrap();
        writeln!(log, "{second}|{call}|{queue}|{rest}").unwrap();
    }

    /// Waits until exactly these calls are open in the database.
    /// Tells when the newest began.
    fn open_calls(&self, wanted: &[&str]) -> i64 {
        let (_nobody, never) = sync_channel::<()>(0);
        let mut last = Vec::new();
        for _ in 0..600 {
            // It is not there before the first start has made it.
            if let Ok(store) = Store::open_beside(Path::new(&self.data), Settings::default())
                && let Ok(open) = store.query(|reader| reader.open())
            {
                last = open.stints.iter().map(|open| open.stint.call_id.to_string()).collect();
                last.sort();
                if last == wanted {
                    return open.stints.last().map_or(0, |open| open.stint.enter);
                }
            }
            let _ = never.recv_timeout(Duration::from_millis(100));
        }
        panic!("open are {last:?}, not {wanted:?}");
    }

    /// Finished calls: id, number, how they ended.
    fn finished(&self) -> Vec<(String, String, Cause)> {
        let store = Store::open_beside(Path::new(&self.data), Settings::default()).unwrap();
        let mut all = Vec::new();
        let every = StintFilter::default();
        store
            .query(|reader| {
                reader.for_each_stint(i64::MIN..i64::MAX, &every, Order::OldestFirst, |_, stint| {
                    all.push((stint.call_id.to_string(), stint.number.to_string(), stint.cause));
                    Ok(std::ops::ControlFlow::Continue(()))
                })
            })
            .unwrap();
        all
    }

    /// Lost calls of the lot, as soon as they are others than `before`.
    fn lost(&self, before: &str) -> String {
        let (_nobody, never) = sync_channel::<()>(0);
        for _ in 0..600 {
            let output = Command::new(env!("CARGO_BIN_EXE_switchroom"))
                .args(["report", "lost-queues", "--data", &self.data, "--from", "2000-01-01"])
                .args(["--to", "2100-01-01", "--queue", "pk-default", "--format", "csv"])
                .output()
                .unwrap();
            let text = String::from_utf8(output.stdout).unwrap();
            if output.status.success() && text.contains("pk-default") && text != before {
                return text;
            }
            // It always times out.
            let _ = never.recv_timeout(Duration::from_millis(100));
        }
        panic!("no other lost calls of the lot than {before:?}");
    }
}

#[test]
fn a_call_parked_before_a_kill_is_a_lost_call_of_its_lot_after_it() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let office = Office::new(listener.local_addr().unwrap().port(), "", "");
    let server = std::thread::spawn(move || {
        // The first run hears of calls; the second of nothing.
        serve(&listener, EVENTS);
        serve(&listener, "");
    });
    let mut first = office.start();
    let one = office.lost("");
    first.kill().unwrap();
    first.wait().unwrap();

    let mut second = office.start();
    let two = office.lost(&one);
    second.kill().unwrap();
    second.wait().unwrap();
    server.join().unwrap();
    let numbers = |text: &str| -> Vec<String> {
        let row = text.lines().find(|line| line.contains("pk-default")).unwrap_or("");
        row.split(',').map(str::to_owned).collect()
    };
    assert!(numbers(&one).contains(&"1".to_owned()), "{one}");
    assert!(numbers(&two).contains(&"2".to_owned()), "{two}");
}

/// Telephone 101 dials out.
const DIAL: &str = "Event: Newchannel\r\nChannel: PJSIP/101-1\r\nChannelState: 4\r\n\
    Uniqueid: 7.1\r\nLinkedid: 7.1\r\nExten: *481*0156\r\nAccountCode: autumn\r\n\r\n\
    Event: DialBegin\r\nChannel: PJSIP/101-1\r\nUniqueid: 7.1\r\nLinkedid: 7.1\r\n\
    AccountCode: autumn\r\nDestChannel: PJSIP/trunk-2\r\nDestUniqueid: 7.2\r\n\
    DestLinkedid: 7.1\r\nDialString: 0156@trunk\r\n\r\n";

#[test]
fn a_call_its_dialplan_logs_late_is_one_call_and_what_a_run_lost_is_ended_by_the_next() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let office = Office::new(listener.local_addr().unwrap().port(), "", "");
    let server = std::thread::spawn(move || {
        serve(&listener, DIAL);
        serve(&listener, "");
    });
    let mut first = office.start();
    // The grace is over, nothing is known of the dialplan's record.
    office.open_calls(&[":7.1"]);
    // It comes at last, and counts instead of ours.
    office.log("7.1", "CALLOUTBOUND||0156");
    // Of a tracker that ran here before.
    office.log(":9.1", "CALLOUTBOUND||0199");
    office.open_calls(&["7.1", ":9.1"]);
    first.kill().unwrap();
    first.wait().unwrap();

    let mut second = office.start();
    office.open_calls(&["7.1"]);
    office.log("7.1", "ABANDON|1|1|9");
    office.open_calls(&[]);
    second.kill().unwrap();
    second.wait().unwrap();
    server.join().unwrap();
    let mut finished = office.finished();
    finished.sort_by(|a, b| a.0.cmp(&b.0));
    let call = |id: &str, number: &str| (id.to_owned(), number.to_owned(), Cause::Abandon);
    assert_eq!(finished, [call("7.1", "0156"), call(":9.1", "0199")]);
}

#[test]
fn records_for_the_database_and_the_log_count_once() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let office = Office::new(port, "sink = \"internal, file\"\n", "");
    let server = std::thread::spawn(move || serve(&listener, EVENTS));
    let mut daemon = office.start();
    office.open_calls(&[":1.1"]);
    office.lost("");
    // Behind the tracker's own lines: once it is known, they were read.
    office.log("7.1", "CALLOUTBOUND||0156");
    office.open_calls(&["7.1", ":1.1"]);
    daemon.kill().unwrap();
    daemon.wait().unwrap();
    server.join().unwrap();
    let log = fs::read_to_string(&office.log).unwrap();
    assert_eq!(log.matches("|ENTERQUEUE|").count(), 2, "{log}");
    assert_eq!(log.matches("|:2.1|pk-default|NONE|ABANDON|").count(), 1, "{log}");
    let lost = (":2.1".to_owned(), "702-0794445566".to_owned(), Cause::Abandon);
    assert_eq!(office.finished(), [lost]);
}

/// Caller 5.1 waits in sales, as the list of the next connection has it.
const ENTRY: &str = "Event: QueueEntry\r\nActionID: @\r\nQueue: sales\r\nPosition: 1\r\n\
    Channel: PJSIP/t-5\r\nUniqueid: 5.1\r\nCallerIDNum: 0177\r\nCallerIDName: \r\n\
    Wait: 60\r\n\r\n";
/// Gone by himself; 6.1 says that this was heard.
const GONE: &str = "Event: HangupRequest\r\nChannel: PJSIP/t-5\r\nUniqueid: 5.1\r\n\
    Linkedid: 5.1\r\n\r\n\
    Event: QueueCallerAbandon\r\nChannel: PJSIP/t-5\r\nUniqueid: 5.1\r\nLinkedid: 5.1\r\n\
    Queue: sales\r\nPosition: 1\r\nOriginalPosition: 1\r\nHoldTime: 70\r\n\r\n\
    Event: QueueCallerLeave\r\nChannel: PJSIP/t-5\r\nUniqueid: 5.1\r\nLinkedid: 5.1\r\n\
    Queue: sales\r\nCount: 0\r\nPosition: 1\r\n\r\n\
    Event: Hangup\r\nChannel: PJSIP/t-5\r\nUniqueid: 5.1\r\nLinkedid: 5.1\r\nCause: 16\r\n\r\n\
    Event: QueueCallerJoin\r\nChannel: PJSIP/t-6\r\nUniqueid: 6.1\r\nLinkedid: 6.1\r\n\
    CallerIDNum: 0188\r\nQueue: sales\r\nPosition: 1\r\nCount: 1\r\n\r\n";

#[test]
fn a_call_that_log_and_ami_tell_is_one_through_a_kill_in_its_middle() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let office = Office::new(port, "", "count_calls = true\n");
    let server = std::thread::spawn(move || {
        serve(&listener, "");
        serve_listing(&listener, ENTRY, GONE);
    });
    let mut first = office.start();
    // The log alone has told of it when the kill comes, and of a ring.
    office.log_on("sales", "5.1", "NONE|ENTERQUEUE||0177|1");
    office.log_on("sales", "5.1", "Ann|RINGNOANSWER|4000");
    office.open_calls(&["5.1"]);
    first.kill().unwrap();
    first.wait().unwrap();

    let mut second = office.start();
    let told = office.open_calls(&["6.1"]);
    // What AMI has told last stands in the log too.
    office.log_at(told, "sales", "5.1", "NONE|ABANDON|1|1|70");
    office.log_at(told, "sales", "6.1", "NONE|ENTERQUEUE||0188|1");
    office.log_on("sales", "6.1", "NONE|ABANDON|1|1|0");
    office.open_calls(&[]);
    second.kill().unwrap();
    second.wait().unwrap();
    server.join().unwrap();
    let lost = |id: &str, number: &str| (id.to_owned(), number.to_owned(), Cause::Abandon);
    let mut finished = office.finished();
    finished.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(finished, [lost("5.1", "0177"), lost("6.1", "0188")]);
}
