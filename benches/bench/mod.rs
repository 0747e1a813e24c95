//! What the benchmarks share: the invented log on disk, a child process with
//! its time and peak memory, and words for figures.

#![allow(dead_code, reason = "each benchmark is its own program and uses a part of this")]

pub mod daemon;
pub mod office;
pub mod peer;

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};

pub const SWITCHROOM: &str = env!("CARGO_BIN_EXE_switchroom");

/// Below the target folder, so that it goes with it.
pub fn workshop() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench");
    fs::create_dir_all(&folder).expect("the target folder can be written");
    folder
}

/// A log of so many lines, written once and kept; and how many visits to queues it holds.
pub fn log_of(lines: u64) -> (PathBuf, u64) {
    let path = workshop().join(format!("queue_log-{lines}"));
    let count = workshop().join(format!("queue_log-{lines}.visits"));
    if let Some(visits) = fs::read_to_string(&count).ok().and_then(|text| text.trim().parse().ok())
    {
        return (path, visits);
    }
    let file = File::create(&path).expect("the log can be created");
    let visits =
        office::write_log(20, lines, &mut BufWriter::new(file)).expect("the log can be written");
    fs::write(&count, visits.to_string()).expect("the count can be written");
    (path, visits)
}

/// An empty data folder of this name.
pub fn fresh(name: &str) -> PathBuf {
    let folder = workshop().join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the data folder can be created");
    folder
}

pub struct Run {
    pub secs: f64,
    pub peak_kib: u64,
    pub out: String,
}

/// Runs a program to its end. A small copy of the benchmark itself starts it, so that the peak
/// memory is of that one child (`getrusage` of children) and not of an earlier one.
pub fn measure(program: impl AsRef<OsStr>, args: &[&OsStr]) -> Run {
    let me = std::env::current_exe().expect("a program knows its path");
    let out = Command::new(me)
        .arg("--measure")
        .arg(program.as_ref())
        .args(args)
        .stderr(Stdio::inherit())
        .output();
    let out = out.expect("the benchmark can start itself");
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(out.status.success(), "{} failed: {text}", program.as_ref().to_string_lossy());
    let (text, figures) =
        text.trim_end().rsplit_once('\n').map_or(("", text.trim_end()), |(a, b)| (a, b));
    let mut figures = figures.split(' ').map(|figure| figure.parse::<f64>().unwrap_or(f64::NAN));
    Run {
        secs: figures.next().unwrap_or(f64::NAN),
        peak_kib: figures.next().unwrap_or(0.0) as u64,
        out: text.into(),
    }
}

/// To be called first in `main`: the other half of [`measure`].
pub fn measuring() -> Option<ExitCode> {
    let args: Vec<OsString> = std::env::args_os().skip(1).collect();
    if args.first().is_none_or(|first| first != "--measure") {
        return None;
    }
    let begin = Instant::now();
    let status = Command::new(&args[1]).args(&args[2..]).stdin(Stdio::null()).status();
    let secs = begin.elapsed().as_secs_f64();
    let peak = getrusage(UsageWho::RUSAGE_CHILDREN).map_or(0, |usage| usage.max_rss());
    println!("\n{secs} {peak}");
    Some(if status.is_ok_and(|status| status.success()) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The middle of several measurements; which of them does not matter for sums, so by time.
pub fn median(mut runs: Vec<Run>) -> Run {
    runs.sort_by(|a, b| a.secs.total_cmp(&b.secs));
    let middle = runs.len() / 2;
    runs.swap_remove(middle)
}

pub fn bytes_in(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder)
        .map(|entries| entries.flatten().collect::<Vec<_>>())
        .unwrap_or_default();
    entries.iter().filter_map(|entry| entry.metadata().ok()).map(|data| data.len()).sum()
}

/// Numbers given on the command line (`cargo bench --bench import -- 10000`), or the usual ones.
pub fn numbers_or(usual: &[u64]) -> Vec<u64> {
    let given: Vec<u64> =
        std::env::args().skip(1).filter_map(|text| text.replace('_', "").parse().ok()).collect();
    if given.is_empty() { usual.to_vec() } else { given }
}
