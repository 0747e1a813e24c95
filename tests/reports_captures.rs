//! Captures of a real PBX, from their lines through the store to reports:
//! set beside what the telephones saw, and beside checked-in answers.
//! `SWITCHROOM_REWRITE=1` writes those anew; read the difference in review.

#[path = "../core/tests/store_support/mod.rs"]
mod store_support;

use std::sync::Arc;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value as Json, json};
use store_support::{batch, settings};
use switchroom::base::Zone;
use switchroom::input::queue_log::{Options, Parsed, parse};
use switchroom::model::{self, Change, Fold};
use switchroom::reports::{self, Query, Report, Stored, Value};
use switchroom::store::{Batch, Store};

/// 2026-11-20T00:00:00Z, the day of the captures.
const DAY: i64 = 1_795_132_800;

const CAPTURES: [(&str, &[&str]); 3] =
    [("16", &["queue_log.0", "queue_log"]), ("22", &["queue_log"]), ("22-restart", &["queue_log"])];

/// Blocks whose answers are checked in.
const GOLDEN: [&str; 14] = [
    "overview-queues",
    "overview-agents",
    "answered",
    "answered-causes",
    "answered-transfers",
    "lost",
    "lost-causes",
    "lost-keys",
    "sla-queues",
    "attempts-queues",
    "by-hour-queue-length",
    "agents-occupancy",
    "pauses",
    "traffic-by-hour",
];

fn lines_of(name: &str, files: &[&str]) -> Vec<String> {
    let read = |file: &&str| fs::read_to_string(format!("tests/captures/{name}/{file}")).unwrap();
    files
        .iter()
        .map(read)
        .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

/// A store that holds a capture, and the machine that made it.
fn stored(folder: &Path, lines: &[String]) -> Store {
    let (store, _) = Store::open(folder, settings()).unwrap();
    let mut fold = Fold::new(model::Settings::default());
    let mut changes = Vec::new();
    for line in lines {
        if let Parsed::Event(event) = parse(line.as_bytes(), &Options::default()) {
            fold.apply(&event, &mut changes);
        }
    }
    let state = fold.take_state();
    store.commit(&Batch { state, ..batch(changes, 1, fold.newest()) }).unwrap();
    store
}

fn ask(store: &Store, block: &str) -> Report {
    let query = Query::over(DAY, DAY + 86_400, Zone::utc());
    store
        .query(|reader| reports::run(block, &query, &Stored::new(reader)?))
        .unwrap_or_else(|error| panic!("{block}: {}", error.chain()))
}

fn number(report: &Report, key: &str, column: &str) -> i64 {
    match report.value(key, column) {
        Some(Value::Int(number)) => *number,
        None => 0,
        other => panic!("{key} {column}: {other:?}"),
    }
}

/// How many lines of a verb each queue has.
fn count<'l>(lines: &'l [String], verb: &str) -> BTreeMap<&'l str, i64> {
    let mut counts = BTreeMap::new();
    for line in lines {
        let fields: Vec<&str> = line.split('|').collect();
        if fields.get(4) == Some(&verb) {
            *counts.entry(fields[2]).or_default() += 1;
        }
    }
    counts
}

#[test]
fn the_figures_are_those_of_the_log_and_of_the_telephones() {
    for (name, files) in CAPTURES {
        let lines = lines_of(name, files);
        let folder = tempfile::tempdir().unwrap();
        let store = stored(folder.path(), &lines);
        let overview = ask(&store, "overview-queues");
        // The outbound calls of the captures are one OUTCALL line each, all
        // answered.
        let mut connected = count(&lines, "CONNECT");
        for (queue, outbound) in count(&lines, "OUTCALL") {
            *connected.entry(queue).or_default() += outbound;
        }
        let open = store.query(|reader| reader.open()).unwrap().stints.len() as i64;
        for (queue, answered) in &connected {
            assert_eq!(number(&overview, queue, "OV-2"), *answered, "{name} {queue}");
        }
        let entered: i64 = count(&lines, "ENTERQUEUE").values().sum();
        let outbound: i64 = count(&lines, "OUTCALL").values().sum();
        let offered = (overview.header.answered + overview.header.lost) as i64;
        assert_eq!(offered + open, entered + outbound, "{name}");
        let rings = |verb: &str| count(&lines, verb).values().sum::<i64>();
        let attempts = ask(&store, "attempts");
        let missed = rings("RINGNOANSWER") + rings("AGENTDUMP");
        assert_eq!(number(&attempts, "all", "AT-1"), missed + rings("CONNECT"), "{name}");

        // What the telephones saw: callers who hung up in a queue.
        let truth = fs::read_to_string(format!("tests/captures/{name}/truth.json")).unwrap();
        let truth: Json = serde_json::from_str(&truth).unwrap();
        let calls = truth["calls"].as_array().unwrap().iter();
        let gave_up = calls.filter(|call| {
            let entered = call["queue_uniqueids"].as_array().is_some_and(|ids| !ids.is_empty());
            let ends = ["abandoned", "redirected-from-queue", "dumped"];
            entered && call["outcome"].as_str().is_some_and(|end| ends.contains(&end))
        });
        let causes = ask(&store, "lost-causes");
        assert_eq!(number(&causes, "abandon", "KO-25"), gave_up.count() as i64, "{name}");
    }
}

#[test]
fn reports_of_the_captures_are_as_they_were_checked_in() {
    for (name, files) in CAPTURES {
        let folder = tempfile::tempdir().unwrap();
        let store = stored(folder.path(), &lines_of(name, files));
        let mut answers = serde_json::Map::new();
        for block in GOLDEN {
            let report: Json = serde_json::from_str(&ask(&store, block).json()).unwrap();
            answers.insert(block.to_owned(), report["rows"].clone());
        }
        let found = format!("{:#}\n", json!(answers));
        let path = format!("tests/golden/reports-{name}.json");
        if std::env::var_os("SWITCHROOM_REWRITE").is_some() {
            fs::create_dir_all("tests/golden").unwrap();
            fs::write(&path, &found).unwrap();
        }
        let wanted = fs::read_to_string(&path).unwrap_or_default();
        assert!(found == wanted, "{path} differs; run with SWITCHROOM_REWRITE=1 and look at it");
    }
}

#[test]
fn a_settled_day_answers_as_it_did_before() {
    for (name, files) in CAPTURES {
        let lines = lines_of(name, files);
        let folder = tempfile::tempdir().unwrap();
        let store = stored(folder.path(), &lines);
        let before: Vec<Report> =
            reports::catalogue().iter().map(|block| ask(&store, block.id)).collect();
        // A record two days later settles the day of the capture; what is open
        // then has gone on, which is another question.
        let mut later = store_support::stints::answered(DAY + 2 * 86_400, 1, 1, 5, 60, 10);
        later.number = "1".into();
        let change = Change::Stint(Arc::new(later));
        store.commit(&batch(vec![change], 2, DAY + 3 * 86_400)).unwrap();
        let settled = store.query(|reader| reader.settled_until()).unwrap();
        assert!(settled > DAY, "{name}: settled until {settled}");
        for report in before {
            let after = ask(&store, report.block);
            assert_eq!(after.rows, report.rows, "{name} {}", report.block);
            assert_eq!(after.header, report.header, "{name} {}", report.block);
        }
    }
}
