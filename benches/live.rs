//! The running daemon with Asterisk at one end and browsers at the other: how
//! long an event takes from one to the other, and what wallboards cost.
//!
//! `cargo bench --bench live -- latency` and `-- wallboards` take one of both.

mod bench;

use std::collections::HashMap;
use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use bench::daemon::{Daemon, pause};
use bench::fresh;
use bench::peer::Peer;
use switchroom::input::ami::{Frame, frame};

/// Events a second, and for how long.
const RATE: u32 = 1000;
const SECONDS: u32 = 30;
/// Every tenth event is one that a browser is told of at once.
const MARK_EVERY: usize = 10;
/// Extensions that take turns, so that each changes about twice a second.
const EXTENSIONS: usize = 50;

const LOOK: Duration = Duration::from_secs(30);

fn main() -> ExitCode {
    if let Some(code) = bench::measuring() {
        return code;
    }
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let wants = |name: &str| wanted.is_empty() || wanted.iter().any(|word| word == name);
    if wants("latency") {
        latency();
    }
    if wants("wallboards") {
        wallboards(200);
        wallboards(1000);
    }
    ExitCode::SUCCESS
}

fn daemon(name: &str, more: &str) -> (Daemon, PathBuf, TcpStream) {
    let data = fresh(name);
    let log = data.join("queue_log");
    fs::write(&log, "").expect("the log can be made");
    let peer = Peer::new();
    let config = data.join("switchroom.toml");
    let secret = data.join("secret");
    fs::write(&secret, "none\n").expect("the secret can be written");
    let text = format!("{}secret_file = \"{}\"\n{more}", peer.settings(), secret.display());
    fs::write(&config, text).expect("the settings can be written");
    // It serves before it is connected, so one thread does for both.
    let mut daemon = Daemon::start(&data, &log, &["--config", &config.to_string_lossy()]);
    daemon.claim();
    let line = peer.connected();
    (daemon, log, line)
}

// ---- from the byte to the browser ----

fn latency() {
    let (daemon, _, mut line) = daemon("latency", "");
    let names: Vec<String> = (0..EXTENSIONS).map(|n| format!("\"m{n}\"")).collect();
    let made =
        daemon.post("/api/v1/subscriptions", &format!("{{\"agents\":[{}]}}", names.join(",")));
    let id = made.text("id");
    let stream = daemon.open(&format!("/api/v1/subscriptions/{id}/events"));
    let sent: Arc<Mutex<HashMap<(usize, bool), Instant>>> = Arc::default();
    let (over, expected) = (Arc::new(AtomicBool::new(false)), Arc::clone(&sent));
    let ended = Arc::clone(&over);
    let reader = thread::spawn(move || listen(stream, &expected, &ended));
    // The first of each kind of event finds the extension unknown.
    pause(Duration::from_secs(1));
    let noise = noise();
    let begun = Instant::now();
    let mut next_noise = noise.iter().cycle();
    let mut marks = 0;
    let total = RATE * SECONDS;
    for number in 0..total {
        let due = begun + Duration::from_secs(1) * number / RATE;
        pause(due.saturating_duration_since(Instant::now()));
        if (number as usize).is_multiple_of(MARK_EVERY) {
            let (extension, busy) = (marks % EXTENSIONS, (marks / EXTENSIONS).is_multiple_of(2));
            marks += 1;
            let block = mark(extension, busy);
            sent.lock().expect("no reader panics").insert((extension, busy), Instant::now());
            line.write_all(block.as_bytes()).expect("the daemon reads");
        } else if let Some(block) = next_noise.next() {
            line.write_all(block).expect("the daemon reads");
        }
    }
    let took = begun.elapsed().as_secs_f64();
    pause(Duration::from_secs(1));
    over.store(true, Ordering::Relaxed);
    line.write_all(mark(0, (marks / EXTENSIONS).is_multiple_of(2)).as_bytes()).ok();
    let mut times = reader.join().expect("the reader ends");
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize] * 1e3;
    println!(
        "latency: {:.0} events a second for {took:.0} s, {marks} of them told, {} heard: \
         median {:.1} ms, p90 {:.1}, p99 {:.1}, most {:.1}",
        f64::from(total) / took,
        times.len(),
        at(0.5),
        at(0.9),
        at(0.99),
        at(1.0)
    );
    daemon.stop();
}

fn mark(extension: usize, busy: bool) -> String {
    let (status, text) = if busy { (1, "InUse") } else { (0, "Idle") };
    format!(
        "Event: ExtensionStatus\r\nPrivilege: call,all\r\nExten: m{extension}\r\n\
         Context: from-internal\r\nHint: PJSIP/m{extension}\r\nStatus: {status}\r\n\
         StatusText: {text}\r\n\r\n"
    )
}

/// Seconds from each mark to its event, until told that it is over.
fn listen(
    stream: TcpStream,
    sent: &Mutex<HashMap<(usize, bool), Instant>>,
    over: &AtomicBool,
) -> Vec<f64> {
    let mut times = Vec::new();
    for line in BufReader::new(stream).lines().map_while(Result::ok) {
        let now = Instant::now();
        if over.load(Ordering::Relaxed) {
            break;
        }
        if !line.starts_with("data: ") || !line.contains("\"type\":\"extensionStatus\"") {
            continue;
        }
        let Some(extension) = after(&line, "\"agent\":\"m").and_then(|text| text.parse().ok())
        else {
            continue;
        };
        let busy = line.contains("\"status\":\"inuse\"");
        let begun = sent.lock().expect("no writer panics").remove(&(extension, busy));
        times.extend(begun.map(|begun| (now - begun).as_secs_f64()));
    }
    times
}

/// What follows a mark, up to the next quote.
fn after<'a>(line: &'a str, mark: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once(mark)?;
    rest.split('"').next()
}

/// Events of a real day, without answers and lists.
fn noise() -> Vec<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures/22/ami.raw.gz");
    let file = fs::File::open(path).expect("the capture is in the repository");
    let mut bytes = Vec::new();
    let read = flate2::read::GzDecoder::new(file).read_to_end(&mut bytes);
    read.expect("the capture is gzip");
    let (mut at, mut events) = (0, Vec::new());
    loop {
        match frame::next(&bytes[at..]) {
            Frame::Block { block, used } => {
                let text = String::from_utf8_lossy(block);
                let wanted = text.starts_with("Event: ")
                    && !text.contains("\nActionID: ")
                    && !text.starts_with("Event: FullyBooted");
                if wanted {
                    events.push([block, b"\r\n\r\n"].concat());
                }
                at += used;
            }
            Frame::Greeting { used, .. } => at += used,
            _ => return events,
        }
    }
}

// ---- wallboards ----

/// A call a second while they look, and nothing while they look.
fn wallboards(count: usize) {
    let more = format!("[portal]\nconnections = {}\nstreams = {}\n", count + 50, count + 10);
    let (daemon, log, line) = daemon("wallboards", &more);
    let made = daemon.post("/api/v1/kiosks", "{\"name\":\"bench\"}");
    let address = made.text("address");
    let token = address.split("#k=").nth(1).expect("the address holds a token").to_owned();
    let screen = daemon.screen(&token);
    // What a day's work makes resident is there before anybody looks.
    calls(&log, Duration::from_secs(10));
    let before = daemon.status("VmRSS");
    let (idle, busy) = (load(&daemon, || pause(LOOK)), load(&daemon, || calls(&log, LOOK)));
    let mut streams: Vec<TcpStream> =
        (0..count).map(|_| screen.open("/api/v1/kiosk/events")).collect();
    let over = Arc::new(AtomicBool::new(false));
    for stream in &streams {
        stream.set_nonblocking(true).expect("a socket takes the option");
    }
    let ended = Arc::clone(&over);
    let taker = thread::spawn(move || {
        let (mut last, mut chunk) = (vec![String::new(); streams.len()], vec![0; 64 * 1024]);
        let mut dropped = 0;
        while !ended.load(Ordering::Relaxed) {
            for (stream, last) in streams.iter_mut().zip(&mut last) {
                match stream.read(&mut chunk) {
                    Ok(0) => dropped += 1,
                    Ok(length) => {
                        let text = String::from_utf8_lossy(&chunk[..length]);
                        if let Some(at) = text.rfind("\nid: ") {
                            *last = text[at + 5..].lines().next().unwrap_or_default().to_owned();
                        }
                    }
                    Err(_) => {}
                }
            }
            pause(Duration::from_millis(100));
        }
        (dropped, last)
    });
    pause(Duration::from_secs(5));
    let (idle_with, busy_with) =
        (load(&daemon, || pause(LOOK)), load(&daemon, || calls(&log, LOOK)));
    let after = daemon.status("VmRSS");
    // Quiet, so that the last word reaches all.
    pause(Duration::from_secs(5));
    over.store(true, Ordering::Relaxed);
    let (dropped, last) = taker.join().expect("the one who takes ends");
    let behind = last.iter().filter(|one| **one != last[0]).count();
    println!(
        "wallboards: {count} cost {} KiB ({before} before, {after} with them), idle {:.2} % of a core more \
         ({idle:.2} without), with a call a second {:.2} % more ({busy:.2} without); {dropped} dropped, \
         {behind} behind the others",
        after.saturating_sub(before),
        idle_with - idle,
        busy_with - busy,
    );
    drop(line);
    daemon.stop();
}

/// Per cent of a core while something goes on.
fn load(daemon: &Daemon, goes_on: impl FnOnce()) -> f64 {
    let (begun, ticks) = (Instant::now(), daemon.ticks());
    goes_on();
    (daemon.ticks() - ticks) as f64 / begun.elapsed().as_secs_f64()
}

/// One call a second, each of five records.
fn calls(log: &Path, time: Duration) {
    let mut file = OpenOptions::new().append(true).open(log).expect("the log is there");
    let end = Instant::now() + time;
    while Instant::now() < end {
        let begin = Instant::now();
        let at = std::time::UNIX_EPOCH.elapsed().map_or(0, |age| age.as_secs());
        let id = format!("{at}.{}", at % 100_000);
        for rest in ["DID|0155510".to_owned(), format!("ENTERQUEUE||0142{:06}|1", at % 1_000_000)] {
            writeln!(file, "{at}|{id}|sales|NONE|{rest}").expect("the log can be written");
        }
        pause(Duration::from_millis(400));
        writeln!(file, "{at}|{id}|sales|Alice Moreau|CONNECT|1|{at}.1|1").expect("as before");
        pause(Duration::from_millis(400));
        writeln!(file, "{at}|{id}|sales|Alice Moreau|COMPLETECALLER|1|20|1").expect("as before");
        pause(Duration::from_secs(1).saturating_sub(begin.elapsed()));
    }
}
