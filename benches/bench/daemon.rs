//! A running daemon seen from outside: its address, a session, and what the
//! kernel counts for it in `/proc`.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

const ACCOUNT: &str = r#"{"code":"CODE","account":"bench","name":"Bench","password":"four words long enough","language":"en"}"#;

pub struct Daemon {
    child: Child,
    lines: Receiver<String>,
    host: String,
    cookie: Option<String>,
    csrf: String,
    /// From starting the process to its first answer.
    pub start: Duration,
}

impl Daemon {
    pub fn start(data: &Path, log: &Path, more: &[&str]) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let host = free.expect("a free port").to_string();
        let begin = Instant::now();
        let mut child = Command::new(super::SWITCHROOM)
            .arg("run")
            .args(["--listen", &host])
            .arg("--data")
            .arg(data)
            .arg("--queue-log")
            .arg(log)
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the daemon starts");
        // Both streams are read to their end, so that the daemon never waits for a full pipe.
        let (sender, lines) = sync_channel(10_000);
        let out = child.stdout.take().map(|out| Box::new(out) as Box<dyn Read + Send>);
        let err = child.stderr.take().map(|err| Box::new(err) as Box<dyn Read + Send>);
        for stream in [out, err].into_iter().flatten() {
            let sender = sender.clone();
            thread::spawn(move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    let _ = sender.try_send(line);
                }
            });
        }
        let mut daemon =
            Self { child, lines, host, cookie: None, csrf: String::new(), start: Duration::ZERO };
        while daemon.try_get("/healthz").is_none_or(|answer| !answer.head.contains(" 200 ")) {
            assert!(begin.elapsed() < Duration::from_secs(120), "the daemon does not answer");
            assert!(daemon.child.try_wait().is_ok_and(|ended| ended.is_none()), "the daemon ended");
            pause(Duration::from_millis(2));
        }
        daemon.start = begin.elapsed();
        daemon
    }

    /// Uses the claim code of a new data folder to become its administrator.
    pub fn claim(&mut self) {
        let until = Instant::now() + Duration::from_secs(10);
        let code = loop {
            let left = until.saturating_duration_since(Instant::now());
            let line = self.lines.recv_timeout(left).expect("the console names a claim code");
            if let Some(code) = claim_code(&line) {
                break code;
            }
        };
        let answer =
            self.send("POST", "/api/v1/claim", &ACCOUNT.replace("CODE", &code)).expect("an answer");
        assert!(
            answer.head.contains(" 200 ") || answer.head.contains(" 201 "),
            "claim: {}",
            answer.head
        );
        self.csrf = answer.text("csrf");
        self.cookie = cookie(&answer);
    }

    /// A change, by the administrator.
    pub fn post(&self, path: &str, body: &str) -> Answer {
        let answer = self.send("POST", path, body).expect("an answer");
        assert!(answer.head.contains(" 200 "), "{path}: {} {}", answer.head, answer.body);
        answer
    }

    /// A screen with the address of a kiosk.
    pub fn screen(&self, token: &str) -> Screen {
        let body = format!("{{\"token\":\"{token}\"}}");
        let answer = self.post("/api/v1/kiosk", &body);
        Screen { host: self.host.clone(), cookie: cookie(&answer).expect("a cookie") }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.try_get(path).unwrap_or_else(|| panic!("no answer to {path}"))
    }
    fn try_get(&self, path: &str) -> Option<Answer> {
        self.send("GET", path, "")
    }

    fn send(&self, method: &str, path: &str, body: &str) -> Option<Answer> {
        let mut stream = self.request(method, path, body)?;
        let mut text = Vec::new();
        stream.read_to_end(&mut text).ok()?;
        let text = String::from_utf8_lossy(&text).into_owned();
        let (head, body) = text.split_once("\r\n\r\n")?;
        Some(Answer { head: head.to_owned(), body: body.to_owned() })
    }

    /// A live stream left open, with nothing read of it; it must be kept for the connection to stay.
    pub fn open(&self, path: &str) -> TcpStream {
        self.request("GET", path, "").expect("a stream opens")
    }

    fn request(&self, method: &str, path: &str, body: &str) -> Option<TcpStream> {
        let cookie = self.cookie.as_deref().unwrap_or_default();
        request(
            &self.host,
            method,
            path,
            body,
            &format!("Cookie: {cookie}\r\nX-CSRF-Token: {}\r\n", self.csrf),
        )
    }

    /// One number of `/proc/PID/status`, such as `VmRSS` (KiB).
    pub fn status(&self, field: &str) -> u64 {
        number_after(&self.proc("status"), field)
    }

    /// Times any of its threads woke up by itself so far.
    pub fn wakeups(&self) -> u64 {
        let tasks =
            fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("/proc is there");
        let read = |entry: fs::DirEntry| {
            fs::read_to_string(entry.path().join("status")).unwrap_or_default()
        };
        tasks.flatten().map(|task| number_after(&read(task), "voluntary_ctxt_switches")).sum()
    }

    /// Processor time used so far, in hundredths of a second.
    pub fn ticks(&self) -> u64 {
        let stat = self.proc("stat");
        let after = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
        after.split_whitespace().skip(11).take(2).filter_map(|text| text.parse::<u64>().ok()).sum()
    }

    /// Bytes that it made the block layer write so far.
    pub fn written(&self) -> u64 {
        number_after(&self.proc("io"), "write_bytes")
    }

    fn proc(&self, name: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{name}", self.child.id())).expect("the daemon runs")
    }

    /// Asks it to stop and waits until it has.
    pub fn stop(mut self) {
        let _ = kill(Pid::from_raw(self.child.id() as i32), Signal::SIGTERM);
        let status = self.child.wait().expect("the daemon was ours");
        assert!(status.success(), "the daemon ended with {status}");
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub struct Answer {
    pub head: String,
    pub body: String,
}

impl Answer {
    /// A text of the answer's JSON, by its name.
    pub fn text(&self, name: &str) -> String {
        let (_, rest) =
            self.body.split_once(&format!("\"{name}\":\"")).unwrap_or_else(|| panic!("no {name}"));
        rest.split('"').next().unwrap_or_default().to_owned()
    }
}

/// A screen on a wall: no log-in, a cookie of its own.
pub struct Screen {
    host: String,
    cookie: String,
}

impl Screen {
    /// A live stream left open, its answer seen to be good.
    pub fn open(&self, path: &str) -> TcpStream {
        let mut stream =
            request(&self.host, "GET", path, "", &format!("Cookie: {}\r\n", self.cookie))
                .expect("a stream opens");
        let mut first = [0; 512];
        let read = stream.read(&mut first).expect("the stream says something");
        let head = String::from_utf8_lossy(&first[..read]);
        assert!(head.contains(" 200 "), "{path}: {head}");
        stream
    }
}

fn request(host: &str, method: &str, path: &str, body: &str, heads: &str) -> Option<TcpStream> {
    let mut stream = TcpStream::connect(host).ok()?;
    let length = body.len();
    // HTTP/1.0: the answer ends with the connection.
    write!(
        stream,
        "{method} {path} HTTP/1.0\r\nHost: {host}\r\n{heads}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .ok()?;
    Some(stream)
}

fn cookie(answer: &Answer) -> Option<String> {
    let mut lines = answer.head.lines();
    let line = lines.find(|line| line.to_ascii_lowercase().starts_with("set-cookie:"))?;
    Some(line.split_once(':')?.1.split(';').next()?.trim().to_owned())
}

#[allow(clippy::disallowed_methods, reason = "a benchmark that waits for time to pass")]
pub fn pause(time: Duration) {
    thread::sleep(time);
}

fn number_after(text: &str, field: &str) -> u64 {
    let line = text.lines().find(|line| line.split(':').next() == Some(field)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// The code in a console line: three times four letters and figures, such as `01AB-CDEF-GH23`.
fn claim_code(line: &str) -> Option<String> {
    let code = |word: &&str| {
        let parts: Vec<&str> = word.split('-').collect();
        parts.len() == 3 && parts.iter().all(|part| part.len() == 4)
    };
    let sign = |sign: char| !(sign.is_ascii_uppercase() || sign.is_ascii_digit() || sign == '-');
    line.split(sign).find(code).map(str::to_owned)
}
