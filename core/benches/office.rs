//! A whole office kept from a real manager stream (`tests/captures/22`, every
//! class read): framing, typed events, `live::Office`.
//!
//! The stream comes by a pipe, as fast as it is read, the capture over and
//! over with a restart of the PBX between. Whoever reads is a process of its
//! own, so that its peak of resident memory is that of the work; it counts
//! what it took and what the office dropped.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use switchroom_core::event::manager::Told;
use switchroom_core::input::ami::{Buffer, Frame, Message, frame, parse};
use switchroom_core::live::Office;

/// The capture so many times: about three million events.
const TIMES: usize = 200;
/// Tells the process that it is the one who reads.
const READER: &str = "--reader";
/// Between two runs of the capture: the PBX is another one.
const RESTART: &[u8] = b"Event: Shutdown\r\nShutdown: Uncleanly\r\nRestart: False\r\n\r\n";

fn main() -> ExitCode {
    if std::env::args().any(|word| word == READER) {
        return read();
    }
    let once = capture();
    let events = count(&once) + 1;
    println!("{:<34} {:>10} {:>12} {:>8} {:>9}", "", "events", "events/s", "lost", "peak KiB");
    let runs: Vec<Seen> = (0..5).map(|_| run(&once)).collect();
    let sent = events * TIMES as u64;
    let best = runs.iter().min_by(|a, b| a.seconds.total_cmp(&b.seconds));
    let best = best.expect("it ran five times");
    let lost = runs.iter().map(|seen| sent - seen.events + seen.dropped).max().unwrap_or(0);
    let peak = runs.iter().map(|seen| seen.peak).max().unwrap_or(0);
    println!(
        "{:<34} {sent:>10} {:>12.0} {lost:>8} {peak:>9}",
        "typed events, the office kept",
        sent as f64 / best.seconds
    );
    if lost == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What the reader says of itself.
struct Seen {
    events: u64,
    dropped: u64,
    seconds: f64,
    peak: u64,
}

fn run(once: &[u8]) -> Seen {
    let own = std::env::current_exe().expect("a process has a file");
    let mut child = Command::new(own)
        .arg(READER)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the reader starts");
    let mut pipe = child.stdin.take().expect("it was asked for");
    // The greeting comes but once.
    let greeting = once.iter().position(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    pipe.write_all(&once[..greeting]).expect("the reader reads");
    for _ in 0..TIMES {
        pipe.write_all(&once[greeting..]).expect("the reader reads");
        pipe.write_all(RESTART).expect("the reader reads");
    }
    drop(pipe);
    let output = child.wait_with_output().expect("the reader was ours");
    let text = String::from_utf8_lossy(&output.stdout);
    let mut words = text.split_whitespace();
    let mut next = || words.next().and_then(|word| word.parse::<f64>().ok()).expect("four figures");
    let (events, dropped, seconds, peak) = (next(), next(), next(), next());
    Seen { events: events as u64, dropped: dropped as u64, seconds, peak: peak as u64 }
}

/// Keeps an office from what comes, then prints events, those dropped,
/// seconds of CPU and the peak of resident memory in KiB.
fn read() -> ExitCode {
    let mut input = std::io::stdin().lock();
    let mut office = Office::default();
    let mut buffer = Buffer::default();
    let mut chunk = vec![0; 64 * 1024];
    let (mut events, mut at) = (0_u64, 1_795_189_117_000_000);
    loop {
        match input.read(&mut chunk) {
            Ok(0) | Err(_) => break,
            Ok(length) => buffer.feed(&chunk[..length]),
        }
        loop {
            match buffer.next() {
                Frame::Block { block, .. } => {
                    if let Message::Event(notice) = parse(block) {
                        events += 1;
                        // The time of arrival, at a busy office's pace.
                        at = notice.at.unwrap_or(at + 1000);
                        office.apply(&Told { at, event: notice.event });
                    }
                }
                Frame::Greeting { .. } => {}
                _ => break,
            }
        }
    }
    assert!(office.is_quiet(), "every call of the capture ended");
    println!("{events} {} {} {}", office.dropped(), cpu(), peak());
    ExitCode::SUCCESS
}

fn capture() -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/captures/22/ami.raw.gz");
    let file = std::fs::File::open(path).expect("the capture is in the repository");
    let mut bytes = Vec::new();
    let read = flate2::read::GzDecoder::new(file).read_to_end(&mut bytes);
    read.expect("the capture is gzip");
    bytes
}

/// Events of a stream, counted without the buffer and the office.
fn count(bytes: &[u8]) -> u64 {
    let (mut at, mut events) = (0, 0);
    loop {
        at += match frame::next(&bytes[at..]) {
            Frame::Block { block, used } => {
                events += u64::from(block.starts_with(b"Event: "));
                used
            }
            Frame::Greeting { used, .. } => used,
            _ => return events,
        };
    }
}

/// Seconds of CPU this process has used.
fn cpu() -> f64 {
    let usage = getrusage(UsageWho::RUSAGE_SELF).expect("a process may ask for its own usage");
    (usage.user_time().num_microseconds() + usage.system_time().num_microseconds()) as f64 / 1e6
}

/// `VmHWM`.
fn peak() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or(0)
}
