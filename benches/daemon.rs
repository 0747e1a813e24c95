//! What the running daemon costs a small box: start, memory, wake-ups, bytes
//! written to storage per call.

mod bench;

use std::fs::OpenOptions;
use std::io::Write;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use bench::daemon::{Daemon, pause};
use bench::fresh;

const IDLE: Duration = Duration::from_secs(20);
const CALLS: u64 = 60;
const WALLBOARDS: usize = 50;

fn main() -> ExitCode {
    if let Some(code) = bench::measuring() {
        return code;
    }
    for lines in bench::numbers_or(&[10_000, 1_000_000]) {
        restart(lines);
    }
    let lines = bench::numbers_or(&[100_000])[0];
    memory(lines);
    written("1s");
    written("60s");
    ExitCode::SUCCESS
}

/// Read once, stopped, started again: nothing new to read.
fn restart(lines: u64) {
    let (log, _) = bench::log_of(lines);
    let data = fresh("restart");
    let mut first = Daemon::start(&data, &log, &[]);
    first.claim();
    let begin = Instant::now();
    while !caught_up(&first) {
        pause(Duration::from_millis(100));
    }
    println!(
        "restart: first start on {lines} lines read them in {:.2} s",
        begin.elapsed().as_secs_f64()
    );
    first.stop();
    let mut times: Vec<f64> = (0..5)
        .map(|_| {
            let again = Daemon::start(&data, &log, &[]);
            let start = again.start.as_secs_f64() * 1e3;
            again.stop();
            start
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!(
        "restart: with nothing new in {lines} lines {:.1} ms to the first answer (median of 5)",
        times[2]
    );
}

fn caught_up(daemon: &Daemon) -> bool {
    let health = daemon.get("/api/v1/health").body;
    let number = |name: &str| -> Option<u64> {
        let at = health.find(&format!("\"{name}\":"))? + name.len() + 3;
        health[at..].split(|sign: char| !sign.is_ascii_digit()).next()?.parse().ok()
    };
    matches!((number("offset"), number("size")), (Some(offset), Some(size)) if offset == size)
}

fn memory(lines: u64) {
    let (log, _) = bench::log_of(lines);
    let data = fresh("memory");
    let mut daemon = Daemon::start(&data, &log, &[]);
    daemon.claim();
    while !caught_up(&daemon) {
        pause(Duration::from_millis(100));
    }
    daemon.stop();
    // Started anew: the memory of reading the whole log is not that of a day's work.
    let daemon = Daemon::start(&data, &log, &[]);
    pause(Duration::from_secs(3));
    let (wakeups, ticks) = (daemon.wakeups(), daemon.ticks());
    pause(IDLE);
    let secs = IDLE.as_secs_f64();
    println!("idle: {} KiB resident, peak {} KiB", daemon.status("VmRSS"), daemon.status("VmHWM"));
    println!(
        "idle: {:.2} wake-ups a second, {:.3} % of a core",
        (daemon.wakeups() - wakeups) as f64 / secs,
        (daemon.ticks() - ticks) as f64 / secs
    );
    daemon.stop();

    let data = fresh("wallboards");
    let mut daemon = Daemon::start(&data, &log, &[]);
    daemon.claim();
    while !caught_up(&daemon) {
        pause(Duration::from_millis(100));
    }
    let before = daemon.status("VmRSS");
    let made = daemon.post("/api/v1/kiosks", "{\"name\":\"bench\"}").text("address");
    let screen = daemon.screen(made.split("#k=").nth(1).expect("the address holds a token"));
    let streams: Vec<_> = (0..WALLBOARDS).map(|_| screen.open("/api/v1/kiosk/events")).collect();
    pause(Duration::from_secs(5));
    println!(
        "wallboards: {} KiB resident with {} open, {before} KiB before, peak {} KiB (log-in and first reading included)",
        daemon.status("VmRSS"),
        streams.len(),
        daemon.status("VmHWM")
    );
    drop(streams);
    daemon.stop();
}

/// One call a second, each of five records, as Asterisk appends them.
fn written(interval: &str) {
    let data = fresh("written");
    let log = data.join("queue_log");
    let mut file =
        OpenOptions::new().create(true).append(true).open(&log).expect("the log can be made");
    let config = data.join("switchroom.toml");
    std::fs::write(&config, format!("[store]\ncommit_interval = \"{interval}\"\n"))
        .expect("the settings can be written");
    let daemon = Daemon::start(&data, &log, &["--config", &config.to_string_lossy()]);
    pause(Duration::from_secs(2));
    let before = daemon.written();
    let base = std::time::UNIX_EPOCH.elapsed().map_or(0, |age| age.as_secs());
    for call in 0..CALLS {
        let begin = Instant::now();
        let (at, id) = (base + call, format!("{}.{}", base + call, call * 3));
        let lines = format!(
            "{at}|{id}|sales|NONE|DID|0155510\n{at}|{id}|sales|NONE|ENTERQUEUE||0142{call:06}|1\n\
             {at}|{id}|sales|Eva O'Neill|RINGNOANSWER|1000\n{at}|{id}|sales|Alice Moreau|CONNECT|1|{at}.1|1\n\
             {at}|{id}|sales|Alice Moreau|COMPLETECALLER|1|20|1\n"
        );
        file.write_all(lines.as_bytes()).expect("the log can be written");
        pause(Duration::from_secs(1).saturating_sub(begin.elapsed()));
    }
    pause(Duration::from_secs(2));
    let running = daemon.written() - before;
    println!(
        "written: {:.0} bytes a call at one call a second, commit_interval {interval}",
        running as f64 / CALLS as f64
    );
    daemon.stop();
}
