//! Import of realistic logs to committed facts and totals, beside what one
//! would write in an hour: a Python loop that stores rows and nothing else,
//! and one `mawk` pass that only sums.
//!
//! Prints wall time, lines per second and peak memory of each, the ratio to
//! the baselines of the same run, growth over sizes, and database bytes per
//! call. Up to a million lines the median of three interleaved runs, above
//! that one run.

mod bench;

use std::ffi::OsStr;
use std::path::Path;
use std::process::ExitCode;

use bench::{Run, fresh, measure, median};

/// The interpreter itself where it is: a version switcher on the path would be measured along.
fn python() -> &'static str {
    if Path::new("/usr/bin/python3").exists() { "/usr/bin/python3" } else { "python3" }
}

fn main() -> ExitCode {
    if let Some(code) = bench::measuring() {
        return code;
    }
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("tools/bench");
    println!(
        "{:>10} {:<22} {:>9} {:>12} {:>10} {:>8}",
        "lines", "program", "seconds", "lines/s", "peak KiB", "ratio"
    );
    let mut ours_before: Option<(u64, Run)> = None;
    for lines in bench::numbers_or(&[10_000, 100_000, 1_000_000, 10_000_000]) {
        let (log, visits) = bench::log_of(lines);
        let times = if lines > 1_000_000 { 1 } else { 3 };
        let (mut ours, mut rows, mut sums) = (Vec::new(), Vec::new(), Vec::new());
        let mut data = fresh("import");
        for _ in 0..times {
            data = fresh("import");
            ours.push(measure(
                bench::SWITCHROOM,
                &[
                    "import".as_ref(),
                    "--json".as_ref(),
                    "--data".as_ref(),
                    data.as_ref(),
                    log.as_ref(),
                ],
            ));
            let table = fresh("rows").join("rows.db");
            rows.push(measure(
                python(),
                &[tools.join("rows.py").as_ref(), log.as_ref(), table.as_ref()],
            ));
            sums.push(measure(
                "mawk",
                &[OsStr::new("-f"), tools.join("sum.awk").as_ref(), log.as_ref()],
            ));
        }
        let (ours, rows, sums) = (median(ours), median(rows), median(sums));
        let line = |name: &str, run: &Run| {
            let ratio = run.secs / ours.secs;
            println!(
                "{lines:>10} {name:<22} {:>9.3} {:>12.0} {:>10} {ratio:>7.2}x",
                run.secs,
                lines as f64 / run.secs,
                run.peak_kib
            );
        };
        line("switchroom import", &ours);
        line("python rows", &rows);
        line("mawk sums", &sums);
        println!("{:>10} {}", "", ours.out.trim());
        let bytes = bench::bytes_in(&data);
        println!(
            "{:>10} {bytes} bytes of database for {visits} visits: {:.1} each",
            "",
            bytes as f64 / visits as f64
        );
        let again = measure(
            bench::SWITCHROOM,
            &["import".as_ref(), "--json".as_ref(), "--data".as_ref(), data.as_ref(), log.as_ref()],
        );
        println!(
            "{:>10} imported again: {:.3} s, {} KiB: {}",
            "",
            again.secs,
            again.peak_kib,
            again.out.trim()
        );
        if let Some((before, run)) = &ours_before {
            println!(
                "{:>10} growth from {before} lines: time x{:.2} for lines x{:.2}, peak memory x{:.2}",
                "",
                ours.secs / run.secs,
                lines as f64 / *before as f64,
                ours.peak_kib as f64 / run.peak_kib as f64
            );
        }
        ours_before = Some((lines, ours));
    }
    ExitCode::SUCCESS
}
