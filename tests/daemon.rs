//! The whole daemon: start, feed, ask the API, stop, start again; and what a
//! kill leaves.

#![expect(clippy::disallowed_methods, reason = "the other side is a process: it is asked again")]

use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use switchroom::store::{Order, Settings, StintFilter, Store};

/// Generous: the machine may be busy with other tests.
const PATIENCE: Duration = Duration::from_secs(60);

struct Daemon {
    child: Child,
    said: Receiver<String>,
    host: String,
    claim: Option<String>,
    cookie: String,
    csrf: String,
}

impl Daemon {
    fn start(data: &Path, log: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_switchroom"))
            .args(["run", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .arg("--queue-log")
            .arg(log)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (send, said) = sync_channel(100);
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        let (host, claim) = (String::new(), None);
        let (cookie, csrf) = (String::new(), String::new());
        let mut daemon = Daemon { child, said, host, claim, cookie, csrf };
        loop {
            let line = daemon.said.recv_timeout(PATIENCE).expect("the daemon says where it is");
            if let Some(rest) = line.trim().strip_prefix("portal:") {
                let host = rest.trim().trim_start_matches("http://").trim_end_matches('/');
                daemon.host = host.to_owned();
            } else if let Some(code) = line.trim().strip_prefix("claim code:") {
                daemon.claim = Some(code.trim().to_owned());
                return daemon;
            } else if line.contains("Log in with") {
                return daemon;
            }
        }
    }

    fn ask(&mut self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.0\r\nHost: {}\r\nCookie: {}\r\nX-CSRF-Token: {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.host,
            self.cookie,
            self.csrf,
            body.len()
        )
        .unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        for line in head.lines() {
            if let Some(cookie) = line.strip_prefix("set-cookie: ") {
                self.cookie = cookie.split(';').next().unwrap().to_owned();
            }
        }
        (status, serde_json::from_str(body).unwrap_or(Value::Null))
    }

    fn enter(&mut self) {
        let body = match &self.claim {
            Some(code) => format!(
                r#"{{"code":"{code}","account":"ann","name":"Ann","password":"four words long enough","language":"en"}}"#
            ),
            None => r#"{"account":"ann","password":"four words long enough"}"#.to_owned(),
        };
        let path = if self.claim.is_some() { "/api/v1/claim" } else { "/api/v1/session" };
        let (status, me) = self.ask("POST", path, &body);
        assert!(status < 300, "{status} {me}");
        self.csrf = me["csrf"].as_str().unwrap().to_owned();
    }

    /// Asks until the answer is as wanted.
    fn wait_for(&mut self, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let until = Instant::now() + PATIENCE;
        loop {
            let (status, answer) = self.ask("GET", path, "");
            if status == 200 && wanted(&answer) {
                return answer;
            }
            assert!(Instant::now() < until, "{path}: {answer}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn end(mut self, signal: Signal) -> Option<i32> {
        let pid = Pid::from_raw(i32::try_from(self.child.id()).unwrap());
        kill(pid, signal).unwrap();
        self.child.wait().unwrap().code()
    }
}

fn write(log: &Path, text: &str) {
    let mut file = OpenOptions::new().create(true).append(true).open(log).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

fn now() -> i64 {
    switchroom::base::time::now()
}

/// Every stint of a database, as text.
fn facts(data: &Path) -> Vec<String> {
    let store = Store::open_beside(data, Settings::default()).unwrap();
    let mut facts = Vec::new();
    store
        .query(|reader| {
            let names = reader.names()?;
            let all = StintFilter::default();
            reader.for_each_stint(i64::MIN..i64::MAX, &all, Order::OldestFirst, |_, stint| {
                let queue = names.queue_name(stint.queue);
                facts.push(format!(
                    "{} {queue} {} {} {:?} {:?} {:?} {:?}",
                    stint.call_id,
                    stint.enter,
                    stint.end,
                    stint.wait,
                    stint.talk,
                    stint.cause,
                    stint.attempts.len()
                ));
                Ok(std::ops::ControlFlow::Continue(()))
            })
        })
        .unwrap();
    facts.sort();
    facts
}

#[test]
fn a_call_is_seen_while_it_lasts_kept_when_it_ended_and_known_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let (data, log) = (folder.path().join("data"), folder.path().join("queue_log"));
    let mut daemon = Daemon::start(&data, &log);
    daemon.enter();
    let t = now() - 60;
    write(
        &log,
        &format!(
            "{t}|NONE|NONE|NONE|QUEUESTART|\n{t}|MANAGER|sales|Ann|ADDMEMBER|\n\
             {t}|u1|sales|NONE|ENTERQUEUE||5551|1\n{t}|u2|sales|NONE|ENTERQUEUE||5552|2\n"
        ),
    );
    let live = daemon.wait_for("/api/v1/live", |live| live["total"]["waiting"] == 2);
    assert_eq!(live["source"]["state"], "following");
    assert_eq!(live["total"]["ready"], 1);
    write(&log, &format!("{}|u1|sales|Ann|CONNECT|10|m1|5\n", t + 10));
    let live = daemon.wait_for("/api/v1/live", |live| live["total"]["talking"] == 1);
    assert_eq!(live["agents"][0]["caller"], "5551");

    // The second caller is closed by hand, and only once.
    let calls = live["calls"].as_array().unwrap();
    let waiting = calls.iter().find(|call| call["state"] == "waiting").unwrap();
    let id = waiting["id"].as_str().unwrap().replace('/', "%2F");
    let path = format!("/api/v1/calls/open-{id}");
    // The view leads the stored state by the re-order window.
    daemon.wait_for(&path, |call| call["open"] == true);
    let path = format!("{path}/close");
    let (status, answer) = daemon.ask("POST", &path, r#"{"seconds":7}"#);
    assert_eq!(status, 200, "{answer}");
    daemon.wait_for("/api/v1/live", |live| live["total"]["waiting"] == 0);
    let (status, _) = daemon.ask("POST", &path, r#"{"seconds":7}"#);
    assert!(matches!(status, 404 | 409), "{status}");

    assert_eq!(daemon.end(Signal::SIGTERM), Some(0));
    // While nothing runs the call ends.
    write(&log, &format!("{}|u1|sales|Ann|COMPLETEAGENT|10|30|1\n", t + 40));
    let mut daemon = Daemon::start(&data, &log);
    assert!(daemon.claim.is_none(), "a claimed box stays claimed");
    daemon.enter();
    let live = daemon.wait_for("/api/v1/live", |live| live["total"]["answered"] == 1);
    assert_eq!((&live["total"]["lost"], &live["total"]["total_talk"]), (&1.into(), &30.into()));
    let health = daemon.wait_for("/api/v1/health", |health| health["counts"]["lines"] == 1);
    assert_eq!(health["counts"]["duplicates"], 0);
    daemon.wait_for("/api/v1/health", |health| health["database"]["stints"] == 2);
    assert_eq!(daemon.end(Signal::SIGINT), Some(0));
    let facts = facts(&data);
    assert_eq!(facts.len(), 2, "{facts:?}");
    assert!(facts[0].ends_with("Some(10) Some(30) Agent 1"), "{facts:?}");
    assert!(facts[1].contains("Some(7) None Manual"), "{facts:?}");
}

#[test]
#[cfg(target_env = "gnu")]
fn all_threads_share_one_heap() {
    let folder = tempfile::tempdir().unwrap();
    let (data, log) = (folder.path().join("data"), folder.path().join("queue_log"));
    write(&log, "1000|u1|sales|NONE|ENTERQUEUE||5551|1\n");
    let mut daemon = Daemon::start(&data, &log);
    // Threads that read, hash and ask have all run then.
    daemon.enter();
    daemon.wait_for("/api/v1/health", |health| health["counts"]["lines"] == 1);
    let about =
        |name: &str| fs::read_to_string(format!("/proc/{}/{name}", daemon.child.id())).unwrap();
    // glibc keeps 64 MiB of addresses for each further heap, most of them not usable yet.
    let heaps = about("maps")
        .lines()
        .filter(|line| line.contains(" ---p ") && span(line) > 32 << 20)
        .count();
    assert_eq!(heaps, 0, "{}", about("maps"));
    assert_eq!(about("comm").trim(), "switchroom");
    assert_eq!(daemon.end(Signal::SIGTERM), Some(0));
}

/// Length of a mapping, a line of `/proc/PID/maps`.
fn span(line: &str) -> u64 {
    let (from, to) = line.split(' ').next().unwrap().split_once('-').unwrap();
    u64::from_str_radix(to, 16).unwrap() - u64::from_str_radix(from, 16).unwrap()
}

#[test]
fn a_folder_in_use_is_not_imported_into() {
    let folder = tempfile::tempdir().unwrap();
    let (data, log) = (folder.path().join("data"), folder.path().join("queue_log"));
    write(&log, "1000|u1|sales|NONE|ENTERQUEUE||5551|1\n");
    let daemon = Daemon::start(&data, &log);
    let import = Command::new(env!("CARGO_BIN_EXE_switchroom"))
        .args(["import", "--data"])
        .args([&data, &log])
        .output()
        .unwrap();
    assert_eq!(import.status.code(), Some(1));
    let stderr = String::from_utf8_lossy(&import.stderr);
    assert!(stderr.contains("stop it before importing"), "{stderr}");
    assert_eq!(daemon.end(Signal::SIGTERM), Some(0));
}

#[test]
fn killed_at_any_moment_it_ends_with_the_facts_of_an_unbroken_reading() {
    let folder = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures");
    let lines: Vec<u8> = fs::read(root.join("22/queue_log")).unwrap();
    let lines: Vec<&str> = std::str::from_utf8(&lines).unwrap().split_inclusive('\n').collect();
    let log = folder.path().join("queue_log");
    let whole = folder.path().join("whole");
    write(&log, &lines.concat());
    let import = Command::new(env!("CARGO_BIN_EXE_switchroom"))
        .args(["import", "--data"])
        .args([&whole, &log])
        .output()
        .unwrap();
    assert!(import.status.success());

    fs::remove_file(&log).unwrap();
    let data: PathBuf = folder.path().join("data");
    for (nth, part) in lines.chunks(lines.len() / 5).enumerate() {
        let daemon = Daemon::start(&data, &log);
        for piece in part.chunks(7) {
            write(&log, &piece.concat());
            std::thread::sleep(Duration::from_millis(10));
        }
        // Some kills come before the commit of the last lines, some after.
        std::thread::sleep(Duration::from_millis(400 * nth as u64));
        daemon.end(Signal::SIGKILL);
    }
    let mut daemon = Daemon::start(&data, &log);
    daemon.enter();
    let size = fs::metadata(&log).unwrap().len();
    daemon.wait_for("/api/v1/health", |health| health["log"]["offset"] == size);
    assert_eq!(daemon.end(Signal::SIGTERM), Some(0));
    // What waited in the re-order window at the end is taken in by an import,
    // which adds nothing else.
    let rest = Command::new(env!("CARGO_BIN_EXE_switchroom"))
        .args(["import", "--json", "--data"])
        .args([&data, &log])
        .output()
        .unwrap();
    assert!(rest.status.success(), "{}", String::from_utf8_lossy(&rest.stderr));
    // Calls that the log leaves open are closed by the clock while following.
    let open_ended = |fact: &String| !fact.contains("NoClosure");
    let whole: Vec<String> = facts(&whole).into_iter().filter(open_ended).collect();
    let pieces: Vec<String> = facts(&data).into_iter().filter(open_ended).collect();
    assert_eq!(pieces, whole);
}
