//! A million calls, which the invented office takes fifteen months for, asked
//! over HTTP as the portal does: every report block, pages of the call list,
//! static files. The zone is one whose days are not those of UTC.

mod bench;

use std::process::ExitCode;
use std::time::Instant;

use bench::daemon::Daemon;
use bench::{fresh, measure};

/// About a million visits to queues.
const LINES: u64 = 3_900_000;
const TIMES: usize = 5;
/// All of the invented log.
const YEAR: &str = "from=2021-01-04&to=2022-04-11&tz=Europe/Paris";

/// Blocks that look at calls, sessions or pauses one by one; all others are
/// answered from totals.
const FROM_FACTS: [&str; 28] = [
    "agents-callers",
    "agents-features",
    "agents-idle",
    "agents-segments",
    "agents-tags",
    "answered-callers",
    "answered-callers-agents",
    "answered-callers-queues",
    "answered-skills",
    "areas",
    "areas-answered",
    "areas-lost",
    "areas-numbers",
    "attempts-last",
    "by-day-skills",
    "by-dow-skills",
    "by-hour-skills",
    "calls",
    "calls-answered",
    "calls-ivr",
    "calls-lost",
    "lost-skills",
    "pauses-detail",
    "queue-sessions",
    "recalls",
    "sessions",
    "summary",
    "handling-queues",
];

fn main() -> ExitCode {
    if let Some(code) = bench::measuring() {
        return code;
    }
    let lines = bench::numbers_or(&[LINES])[0];
    let (log, visits) = bench::log_of(lines);
    let data = fresh("reports");
    let import = measure(
        bench::SWITCHROOM,
        &["import".as_ref(), "--json".as_ref(), "--data".as_ref(), data.as_ref(), log.as_ref()],
    );
    println!(
        "{visits} visits imported in {:.1} s; {} bytes of database",
        import.secs,
        bench::bytes_in(&data)
    );
    let empty = data.join("queue_log");
    std::fs::write(&empty, "").expect("an empty log can be written");
    let mut daemon = Daemon::start(&data, &empty, &[]);
    daemon.claim();

    let list = daemon.get("/api/v1/reports").body;
    let blocks = after_each(&list, "\"blocks\":[")
        .iter()
        .flat_map(|group| after_each(group, "{\"id\":\""))
        .collect::<Vec<_>>();
    let (mut totals, mut facts) = (Vec::new(), Vec::new());
    for block in blocks.iter().filter_map(|text| text.split('"').next()) {
        let ms = time(&daemon, &format!("/api/v1/reports/{block}?{YEAR}"));
        let class = if FROM_FACTS.contains(&block) { &mut facts } else { &mut totals };
        class.push((ms, block));
    }
    for (class, mut times) in [("from totals", totals), ("from single facts", facts)] {
        times.sort_by(|a, b| b.0.total_cmp(&a.0));
        let median = times.get(times.len() / 2).map_or(0.0, |time| time.0);
        println!("reports {class}: {} blocks, median {median:.1} ms, slowest", times.len());
        for (ms, block) in times.iter().take(12) {
            println!("  {block:<26} {ms:>8.1} ms");
        }
    }
    for (name, path) in [
        ("newest page", format!("/api/v1/calls?{YEAR}&limit=50")),
        ("oldest page", format!("/api/v1/calls?{YEAR}&limit=50&order=oldest")),
        ("page of one queue", format!("/api/v1/calls?{YEAR}&limit=50&queue=vip-line")),
        ("page of lost calls", format!("/api/v1/calls?{YEAR}&limit=50&answered=no")),
        ("page of one agent", format!("/api/v1/calls?{YEAR}&limit=50&agent=Alice%20O%27Neill")),
        ("page of one caller", format!("/api/v1/calls?{YEAR}&limit=50&caller=0142012345")),
    ] {
        println!("calls  {name:<24} {:>8.1} ms", time(&daemon, &path));
    }
    println!("static page                     {:>8.1} ms", time(&daemon, "/"));
    println!("resident {} KiB, peak {} KiB", daemon.status("VmRSS"), daemon.status("VmHWM"));
    daemon.stop();
    ExitCode::SUCCESS
}

/// Median milliseconds of an answer, connection included.
fn time(daemon: &Daemon, path: &str) -> f64 {
    let mut times: Vec<f64> = (0..TIMES)
        .map(|_| {
            let begin = Instant::now();
            let answer = daemon.get(path);
            let ms = begin.elapsed().as_secs_f64() * 1e3;
            assert!(
                answer.head.contains(" 200 "),
                "{path}: {}",
                answer.head.lines().next().unwrap_or_default()
            );
            ms
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[TIMES / 2]
}

/// What follows each occurrence of a mark, up to the next.
fn after_each<'a>(text: &'a str, mark: &str) -> Vec<&'a str> {
    text.split(mark).skip(1).collect()
}
