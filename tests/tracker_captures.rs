//! The tracker on captures of a real PBX: the lines it writes are the checked
//! in ones (`SWITCHROOM_REWRITE=1` writes them anew), and they say what the
//! driver of the calls did.

use std::path::PathBuf;

use serde_json::Value;
use switchroom::event::manager::Told;
use switchroom::input::ami::capture::Content;
use switchroom::input::ami::{Message, capture_file, parse};
use switchroom::input::queue_log::{self, Parsed};
use switchroom::tracker::{Options, Record, Tracker};

const CAPTURES: [&str; 3] = ["22", "16", "22-restart"];

fn folder(capture: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/captures").join(capture)
}

fn options() -> Options {
    Options { parked_calls: true, outbound_calls: true, ..Options::default() }
}

/// What the tracker makes of a capture; with the log of that time if asked.
fn track(capture: &str, options: Options) -> Vec<Record> {
    let stream = capture_file::open(&folder(capture).join("ami.raw.gz")).unwrap();
    let mut log = Vec::new();
    for name in ["queue_log.0", "queue_log"] {
        log.extend(std::fs::read(folder(capture).join(name)).unwrap_or_default());
    }
    let sees_log = options.sees_log;
    let mut native = log
        .split(|&byte| byte == b'\n')
        .filter(|_| sees_log)
        .filter_map(|line| match queue_log::parse(line, &queue_log::Options::default()) {
            Parsed::Event(event) => Some(event),
            _ => None,
        })
        .peekable();
    let mut tracker = Tracker::new(options);
    let mut records = Vec::new();
    for captured in &stream {
        while let Some(event) = native.next_if(|event| event.time * 1_000_000 <= captured.at) {
            records.extend(tracker.native(&event, event.time * 1_000_000));
        }
        let Content::Block(block) = captured.content else { continue };
        if let Message::Event(notice) = parse(block) {
            records.extend(tracker.apply(&Told { at: captured.at, event: notice.event }));
        }
    }
    records.extend(tracker.tick(i64::MAX / 2));
    records.retain(|record| !record.internal);
    records
}

fn truth(capture: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(folder(capture).join("truth.json")).unwrap();
    let truth: Value = serde_json::from_str(&text).unwrap();
    truth["calls"].as_array().unwrap().clone()
}

/// Lines of records, their ids and fields apart.
fn lines(records: &[Record]) -> Vec<String> {
    records.iter().map(Record::line).collect()
}

#[test]
fn the_lines_are_the_checked_in_ones() {
    for capture in CAPTURES {
        for (name, options) in [
            ("tracker.expected", options()),
            (
                "tracker-with-log.expected",
                Options { sees_log: true, hot_desking: true, ..options() },
            ),
        ] {
            let made = lines(&track(capture, options)).join("\n") + "\n";
            let path = folder(capture).join(name);
            if std::env::var_os("SWITCHROOM_REWRITE").is_some() {
                std::fs::write(&path, &made).unwrap();
            }
            let kept = std::fs::read_to_string(&path).unwrap_or_default();
            assert_eq!(made, kept, "{}", path.display());
        }
    }
}

fn near(record: &Record, at: &Value) -> bool {
    at.as_f64().is_some_and(|at| (record.at as f64 / 1e6 - at).abs() < 0.6)
}

/// The first of some records whose fields from the verb on begin so.
fn find<'a>(records: &[&'a Record], text: &str) -> Option<&'a Record> {
    let has = |record: &&&Record| {
        let line = record.line();
        line.splitn(5, '|').nth(4).is_some_and(|rest| rest.starts_with(text))
    };
    records.iter().find(has).copied()
}

#[test]
fn every_outbound_call_of_the_driver_has_its_records() {
    for capture in CAPTURES {
        let records = track(capture, options());
        let mut seen = 0;
        for call in truth(capture) {
            let kind = call["kind"].as_str().unwrap();
            let Some(ext) = call["facts"]["ext"].as_str().filter(|_| kind.starts_with("outbound"))
            else {
                continue;
            };
            let dialled = call["facts"]["dialled"].as_str().unwrap();
            let opened = records
                .iter()
                .filter(|record| record.agent == format!("PJSIP/{ext}"))
                .find(|record| {
                    record.word.name() == "CALLOUTBOUND"
                        && record.data[1] == dialled
                        && near(record, &call["begin"])
                })
                .unwrap_or_else(|| panic!("{capture}: {call}"));
            // The dialplan's own choice where the driver dialled none.
            let own_account = if ext == "281" { "office" } else { "general" };
            let account = call["facts"]["account"].as_str().unwrap_or(own_account);
            assert_eq!(opened.queue, format!("q-{account}"), "{capture}: {call}");
            let own: Vec<&Record> =
                records.iter().filter(|record| record.call_id == opened.call_id).collect();
            if call["answered_at"].is_null() {
                let end = find(&own, "ABANDON|1|1|").unwrap_or_else(|| panic!("{call} {own:?}"));
                assert!(near(end, &call["end"]), "{capture}: {call}");
            } else {
                let answer = find(&own, "CONNECT|").unwrap_or_else(|| panic!("{call} {own:?}"));
                assert!(near(answer, &call["answered_at"]), "{capture}: {call}");
                // The PBX was killed in the middle of it.
                let cut = call["facts"]["cut"].as_bool() == Some(true);
                let by = match call["ended_by"].as_str().unwrap() {
                    "agent" => "COMPLETEAGENT|",
                    _ if cut => "COMPLETEAGENT|",
                    _ => "COMPLETECALLER|",
                };
                let end = find(&own, by).unwrap_or_else(|| panic!("{call} {own:?}"));
                assert!(cut || near(end, &call["end"]), "{capture}: {call}");
            }
            assert!(find(&own, "REMOVEMEMBER|").is_some(), "{capture}: {call}");
            seen += 1;
        }
        assert!(seen >= 3, "{capture}: {seen} outbound calls");
    }
}

#[test]
fn every_parked_call_of_the_driver_has_its_records() {
    for capture in CAPTURES {
        let records = track(capture, options());
        let mut seen = 0;
        for call in truth(capture) {
            let kind = call["kind"].as_str().unwrap();
            if !kind.starts_with("park-") {
                continue;
            }
            let events = call["events"].as_array().unwrap();
            let event = |what: &str| events.iter().find(|event| event["what"] == what);
            let id = format!(":{}", call["queue_uniqueids"][0].as_str().unwrap());
            let own: Vec<&Record> = records.iter().filter(|r| r.call_id == id).collect();
            let parked = event("parked").unwrap();
            let shown = format!(
                "ENTERQUEUE||{}-{}|",
                parked["space"].as_str().unwrap(),
                call["caller"].as_str().unwrap()
            );
            let enter = find(&own, &shown).unwrap_or_else(|| panic!("{call} {own:?}"));
            assert!(near(enter, &parked["t"]) && enter.queue == "pk-default", "{call}");
            let wait = |record: &Record, n: usize| record.data[n].parse::<i64>().unwrap();
            match kind {
                "park-retrieve" => {
                    let fetched = event("retrieved").unwrap();
                    let connect = find(&own, "CONNECT|").unwrap();
                    assert_eq!(
                        connect.agent,
                        format!("PJSIP/{}", fetched["ext"].as_str().unwrap())
                    );
                    assert!(near(connect, &fetched["t"]), "{call}");
                    let end = find(&own, "COMPLETEAGENT|").unwrap_or_else(|| panic!("{own:?}"));
                    assert!(near(end, &call["end"]), "{call}");
                }
                "park-timeout" => {
                    let back = event("comes-back").unwrap();
                    let exit = find(&own, "EXITWITHTIMEOUT|1|1|").unwrap();
                    assert!(near(exit, &back["t"]) && wait(exit, 2) == 8, "{call}");
                }
                _ => {
                    let gone = find(&own, "ABANDON|").unwrap();
                    assert!(near(gone, &call["end"]), "{call}");
                }
            }
            seen += 1;
        }
        assert_eq!(seen, 3, "{capture}");
    }
}

#[test]
fn every_hold_of_the_driver_is_written_on_the_queues_own_call() {
    for capture in CAPTURES {
        let records = track(capture, options());
        let mut seen = 0;
        for call in truth(capture) {
            let Some(id) = call["queue_uniqueids"][0].as_str() else { continue };
            for event in call["events"].as_array().unwrap() {
                let word = match event["what"].as_str() {
                    Some("hold") => "CALLERONHOLD",
                    Some("unhold") => "CALLEROFFHOLD",
                    _ => continue,
                };
                let written = records.iter().any(|record| {
                    record.word.name() == word && record.call_id == id && near(record, &event["t"])
                });
                assert!(written, "{capture}: {word} of {call}");
                seen += 1;
            }
        }
        assert!(seen >= 6, "{capture}: {seen} holds");
    }
}

#[test]
fn nothing_else_is_tracked_than_what_phones_did() {
    for capture in CAPTURES {
        let records = track(capture, options());
        let out = records.iter().filter(|record| record.word.name() == "CALLOUTBOUND").count();
        let driven = truth(capture)
            .iter()
            .filter(|call| {
                let kind = call["kind"].as_str().unwrap();
                // Robots (8xx) answer without a dial.
                let rings = call["did"].as_str().is_some_and(|did| did.starts_with('2'));
                kind.starts_with("outbound") || kind == "internal" && rings
            })
            .count();
        // Consultations are calls of phones too; they have their own queue.
        let consulted = records
            .iter()
            .filter(|record| record.word.name() == "CALLOUTBOUND" && record.queue == "_q-consult");
        // One phone in 16 dials while it talks for a queue: its call counts as
        // a consultation though the driver meant none.
        assert!((out - consulted.count()..=out).contains(&driven), "{capture}: {driven} of {out}");
        let lost: Vec<&Record> = records.iter().filter(|record| record.recovered).collect();
        assert_eq!(lost.is_empty(), capture != "22-restart", "{lost:?}");
    }
}
