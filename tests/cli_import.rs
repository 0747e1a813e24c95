//! `switchroom import`, `check`, `backup`, `restore`, `report` and `user` as
//! a person uses them: the binary, files and exit codes.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn switchroom(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_switchroom"))
        .args(arguments)
        .env("SWITCHROOM_PASSWORD", "four words long enough")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn capture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures").join(name)
}

fn import(data: &Path, files: &[&Path]) -> Value {
    let mut arguments = vec!["import", "--json", "--data", data.to_str().unwrap()];
    arguments.extend(files.iter().map(|file| file.to_str().unwrap()));
    let text = said(&switchroom(&arguments));
    assert_eq!(text.lines().count(), 1, "{text}");
    serde_json::from_str(&text).unwrap()
}

fn gzip(path: &Path, text: &[u8]) {
    let file = fs::File::create(path).unwrap();
    let mut out = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
    out.write_all(text).unwrap();
    out.finish().unwrap();
}

/// Every stint of a database, as text.
fn facts(data: &Path) -> Vec<String> {
    use switchroom::store::{Order, Settings, StintFilter, Store};
    let store = Store::open_beside(data, Settings::default()).unwrap();
    let mut facts = Vec::new();
    store
        .query(|reader| {
            let names = reader.names()?;
            let all = StintFilter::default();
            reader.for_each_stint(i64::MIN..i64::MAX, &all, Order::OldestFirst, |_, stint| {
                let queue = names.queue_name(stint.queue);
                let agent = stint.agent.map(|agent| names.agent_name(agent).to_owned());
                facts.push(format!(
                    "{} {queue} {} {} {:?} {:?} {:?} {agent:?}",
                    stint.call_id, stint.enter, stint.end, stint.wait, stint.talk, stint.cause
                ));
                Ok(std::ops::ControlFlow::Continue(()))
            })
        })
        .unwrap();
    facts.sort();
    facts
}

#[test]
fn importing_again_overlapping_and_in_any_order_adds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (older, newer) = (capture("16/queue_log.0"), capture("16/queue_log"));
    let whole: Vec<u8> = [fs::read(&older).unwrap(), fs::read(&newer).unwrap()].concat();
    let packed = folder.path().join("all.gz");
    gzip(&packed, &whole);

    let once = folder.path().join("once");
    let first = import(&once, &[&newer, &older]);
    assert_eq!((first["files"].as_u64(), first["lines"].as_u64()), (Some(2), Some(360)));
    assert_eq!(first["duplicates"], 0);
    assert!(first["calls"].as_u64() > Some(50));
    let expected = facts(&once);

    for files in [&[&newer, &older][..], &[&packed], &[&older]] {
        let files: Vec<&Path> = files.iter().map(|file| file.as_path()).collect();
        let again = import(&once, &files);
        assert_eq!((&again["records"], &again["calls"]), (&0.into(), &0.into()), "{again}");
        let sum = ["records", "unknown", "malformed", "duplicates"]
            .iter()
            .map(|part| again[part].as_u64().unwrap())
            .sum::<u64>();
        assert_eq!(again["lines"].as_u64(), Some(sum));
        assert_eq!(facts(&once), expected);
    }

    // Pieces that overlap, first seen in another cut.
    let cut = |name: &str, from: usize, to: usize| {
        let lines: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
        let path = folder.path().join(name);
        gzip(&path, &lines[from..to].concat());
        path
    };
    let pieces = [cut("a.gz", 0, 150), cut("b.gz", 100, 260), cut("c.gz", 255, 360)];
    let apart = folder.path().join("apart");
    let files: Vec<&Path> = pieces.iter().rev().map(PathBuf::as_path).collect();
    let figures = import(&apart, &files);
    assert_eq!((&figures["records"], &figures["duplicates"]), (&first["records"], &55.into()));
    assert_eq!(facts(&apart), expected);

    let check = switchroom(&["check", "--data", once.to_str().unwrap()]);
    assert!(said(&check).starts_with("all well"));
}

#[test]
fn rubbish_is_counted_and_named_and_stops_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("queue_log");
    let mut text = b"\0\xff\xfe\n\nnoise|1|2\n1000|u1|sales|NONE|ENTERQUEUE||5551|1\r\n".to_vec();
    text.extend_from_slice(b"1000|u1|sales|NONE|MYSTERY|x\n");
    text.extend_from_slice(&vec![b'x'; 20_000]);
    text.extend_from_slice(b"\n1010|u1|sales|NONE|ABANDON|1|1|10\n1011|u2|sales|NONE|ENTERQ");
    fs::write(&log, text).unwrap();
    let figures = import(&folder.path().join("data"), &[&log]);
    let numbers = |name: &str| figures[name].as_u64().unwrap();
    assert_eq!(
        (numbers("lines"), numbers("records"), numbers("unknown"), numbers("malformed")),
        (7, 2, 1, 4)
    );
    assert_eq!(numbers("calls"), 1);
}

#[test]
fn what_cannot_be_done_is_said_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let config = folder.path().join("bad.toml");
    fs::write(&config, "[stor]\n[log]\npth = 1\n").unwrap();
    let bad = config.to_str().unwrap();
    for (arguments, code, expected) in [
        (&["import", "--data", data, "/nowhere/queue_log"][..], 1, "/nowhere/queue_log"),
        (&["import", "--data", data, data], 2, "is not a regular file"),
        (&["check", "--data", data], 1, "run or import first"),
        (&["report", "nonsense", "--data", data, "--from", "x", "--to", "y"], 2, "from"),
        (&["report", "--data", data], 2, "required"),
        (&["run", "--config", bad], 2, "did you mean store?"),
        (&["run", "--speed", "2"], 2, "--demo"),
        (&["frobnicate"], 2, "unrecognized"),
    ] {
        let output = switchroom(arguments);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {stderr}");
        assert!(stderr.contains(expected), "{arguments:?}: {stderr}");
    }
}

#[test]
fn a_backup_is_restored_and_the_log_fills_the_gap() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (older, newer) = (capture("16/queue_log.0"), capture("16/queue_log"));
    import(&data, &[&older]);
    let copy = folder.path().join("copy.db");
    let (place, file) = (data.to_str().unwrap(), copy.to_str().unwrap());
    said(&switchroom(&["backup", "--data", place, file]));
    import(&data, &[&newer]);
    let all = facts(&data);
    said(&switchroom(&["restore", "--data", place, file]));
    assert!(facts(&data).len() < all.len());
    import(&data, &[&older, &newer]);
    assert_eq!(facts(&data), all);
}

#[test]
fn reports_come_in_three_forms_and_agree_with_the_import() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    import(folder.path(), &[&capture("22/queue_log")]);
    let list = said(&switchroom(&["report", "--list"]));
    let block = list
        .lines()
        .find_map(|line| line.trim().split(' ').next().filter(|word| word.contains("queue")))
        .unwrap();
    let period = ["--from", "2026-11-20", "--to", "2026-11-22", "--tz", "UTC", "--data", data];
    let asked = |format: &str| {
        let arguments = [&["report", block, "--format", format][..], &period].concat();
        said(&switchroom(&arguments))
    };
    let json: Value = serde_json::from_str(&asked("json")).unwrap();
    assert_eq!(json["block"], block);
    let rows = json["rows"].as_array().unwrap();
    assert!(!rows.is_empty() && json["columns"][0]["id"].is_string());
    let csv = asked("csv");
    assert_eq!(csv.lines().count(), rows.len() + 1, "{csv}");
    let table = asked("table");
    for row in rows {
        assert!(table.contains(row["key"].as_str().unwrap()), "{table}");
    }
}

#[test]
fn accounts_are_managed_from_the_console() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    import(folder.path(), &[&capture("22/queue_log")]);
    let user = |rest: &[&str]| switchroom(&[&["user"][..], rest, &["--data", data]].concat());
    said(&user(&["add", "Ann", "--role", "administrator"]));
    said(&user(&["add", "bob", "--role", "agent", "--agent", "PJSIP/101", "--queue", "sales"]));
    let again = user(&["add", "bob", "--role", "user"]);
    assert_eq!(again.status.code(), Some(1));
    said(&user(&["password", "bob"]));
    said(&user(&["disable", "bob"]));
    let list = said(&user(&["list"]));
    assert!(
        list.lines().any(|line| line.starts_with("ann ") && line.ends_with("active")),
        "{list}"
    );
    let bob = list.lines().find(|line| line.starts_with("bob ")).unwrap();
    assert!(bob.contains("PJSIP/101") && bob.contains("sales") && bob.ends_with("disabled"));
    said(&user(&["remove", "bob"]));
    assert!(!said(&user(&["list"])).contains("bob"));
}

#[test]
fn pages_are_made_for_shells_and_readers() {
    let folder = tempfile::tempdir().unwrap();
    assert!(said(&switchroom(&["version"])).starts_with("switchroom "));
    assert!(said(&switchroom(&["completions", "bash"])).contains("switchroom"));
    assert!(said(&switchroom(&["man"])).contains(".TH switchroom"));
    said(&switchroom(&["man", folder.path().to_str().unwrap()]));
    assert!(folder.path().join("switchroom-run.1").is_file());
}
