//! Framing plus typed events of a real manager stream (`tests/captures/22`,
//! every class read), beside a public Rust client and a public Python client
//! on the same bytes.
//!
//! In memory: one thread, no socket, the capture over and over. By socket:
//! the same bytes through a loopback connection. The others split blocks into
//! keys and values and type nothing; `tools/bench` has their drivers and says
//! where they come from. Time is that of this process's CPU, so that a busy
//! machine does not count against anyone.

use std::hint::black_box;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use switchroom_core::input::ami::{Buffer, Frame, Message, frame, parse};

/// The capture so many times: some five million events in memory, fewer for
/// the slow ones.
const TIMES: usize = 300;
const TIMES_OTHERS: usize = 20;

fn main() {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tools/bench");
    let bytes = capture();
    println!("{:<34} {:>10} {:>12} {:>8}", "program", "events", "events/s", "MB/s");
    let (events, seconds) = best(|| in_memory(&bytes, TIMES));
    print("switchroom, in memory", events, seconds, bytes.len() * TIMES);
    let ours = events as f64 / seconds;
    let (events, seconds) = best(|| by_socket(&bytes, TIMES));
    print("switchroom, by socket", events, seconds, bytes.len() * TIMES);

    // The stream without the answers, in a file that the others read.
    let folder = std::env::temp_dir().join("switchroom-bench-ami");
    let raw = folder.join("ami.raw");
    if let Err(error) = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&raw, &bytes))
    {
        println!("can't write {}: {error}", raw.display());
        return;
    }
    let crates = tools.join("asterisk-ami/target/release/asterisk-ami-bench");
    let python =
        std::env::var_os("SWITCHROOM_BENCH_PYTHON").map_or("python3".into(), PathBuf::from);
    let script = tools.join("ami_panoramisk.py");
    for (name, program, first) in [
        ("asterisk-ami 0.1 (Rust), by socket", &crates, None),
        ("panoramisk 1.4 (Python), in memory", &python, Some(&script)),
    ] {
        match other(program, first.map(PathBuf::as_path), &raw) {
            Ok((events, seconds)) => {
                print(name, events, seconds, bytes.len() * TIMES_OTHERS);
                println!(
                    "{:<34} {:>10.0} times as many by ours",
                    "",
                    ours * seconds / events as f64
                );
            }
            Err(why) => println!("{name:<34} not run: {why}"),
        }
    }
}

fn capture() -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/captures/22/ami.raw.gz");
    let file = std::fs::File::open(path).expect("the capture is in the repository");
    let mut bytes = Vec::new();
    let read = flate2::read::GzDecoder::new(file).read_to_end(&mut bytes);
    read.expect("the capture is gzip");
    bytes
}

/// Seconds of CPU this process has used.
fn cpu() -> f64 {
    let usage = getrusage(UsageWho::RUSAGE_SELF).expect("a process may ask for its own usage");
    (usage.user_time().num_microseconds() + usage.system_time().num_microseconds()) as f64 / 1e6
}

/// The fastest of five.
fn best(run: impl Fn() -> (u64, f64)) -> (u64, f64) {
    (0..5).map(|_| run()).min_by(|a, b| a.1.total_cmp(&b.1)).expect("it ran five times")
}

fn in_memory(bytes: &[u8], times: usize) -> (u64, f64) {
    let begun = cpu();
    let mut events = 0;
    for _ in 0..times {
        let mut at = 0;
        loop {
            at += match frame::next(&bytes[at..]) {
                Frame::Block { block, used } => {
                    events += count(block);
                    used
                }
                Frame::Greeting { used, .. } => used,
                _ => break,
            };
        }
    }
    (events, cpu() - begun)
}

fn count(block: &[u8]) -> u64 {
    let message = parse(block);
    u64::from(matches!(black_box(&message), Message::Event(_)))
}

/// Sending is the other thread's, and counted too.
fn by_socket(bytes: &[u8], times: usize) -> (u64, f64) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback has a free port");
    let address = listener.local_addr().expect("a bound socket has an address");
    let begun = cpu();
    let mut events = 0;
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let (mut stream, _) = listener.accept().expect("our own client connects");
            for _ in 0..times {
                // Without the greeting, which comes but once.
                stream.write_all(&bytes[30..]).expect("our own client reads");
            }
        });
        let mut stream = TcpStream::connect(address).expect("our own server listens");
        let mut buffer = Buffer::default();
        let mut chunk = vec![0; 64 * 1024];
        loop {
            match stream.read(&mut chunk) {
                Ok(0) | Err(_) => break,
                Ok(length) => buffer.feed(&chunk[..length]),
            }
            while let Frame::Block { block, .. } = buffer.next() {
                events += count(block);
            }
        }
    });
    (events, cpu() - begun)
}

/// Runs another client's driver, which prints events and seconds of CPU.
fn other(program: &Path, script: Option<&Path>, raw: &Path) -> Result<(u64, f64), String> {
    let output = Command::new(program)
        .args(script)
        .arg(raw)
        .arg(TIMES_OTHERS.to_string())
        .output()
        .map_err(|error| format!("{}: {error}", program.display()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut words = text.split_whitespace();
    let events = words.next().and_then(|word| word.parse().ok());
    let seconds = words.next().and_then(|word| word.parse().ok());
    events.zip(seconds).ok_or_else(|| {
        let fault = String::from_utf8_lossy(&output.stderr);
        fault.lines().last().unwrap_or("it printed nothing").to_owned()
    })
}

fn print(name: &str, events: u64, seconds: f64, bytes: usize) {
    let (rate, megabytes) = (events as f64 / seconds, bytes as f64 / seconds / 1e6);
    println!("{name:<34} {events:>10} {rate:>12.0} {megabytes:>8.0}");
}
