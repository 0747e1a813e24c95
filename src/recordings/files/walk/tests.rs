use std::os::unix::fs::symlink;
use std::path::Path;

use super::*;

const NIGHT: i64 = 1_700_000_000; // 2023-11-14 22:13:20 UTC

fn now(seconds: u64) -> Moment {
    Moment { wall: crate::base::time::now() + 60, steady: Duration::from_secs(seconds) }
}

fn put(dir: &Path, path: &str) {
    let path = dir.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, "RIFF").unwrap();
}

fn storage(dir: &Path, below: &str) -> Storage {
    let pattern = Pattern::parse(&format!("file:{}{below}", dir.display())).unwrap();
    Storage { pattern, zone: TimeZone::UTC, sentinel: None }
}

fn walker(dir: &Path, below: &str) -> Walker {
    Walker::new(vec![storage(dir, below)], Limits::default()).unwrap()
}

fn call() -> Call {
    Call {
        started: Some(NIGHT),
        ended: Some(NIGHT + 60),
        queue: Some("400".to_owned()),
        ..Call::new("1700000000.12")
    }
}

fn names(outcome: &Outcome) -> Vec<String> {
    let path = |found: &Found<Hit>| String::from_utf8(found.item.path.clone()).unwrap();
    let mut names: Vec<String> = outcome.hits.iter().map(path).collect();
    names.sort();
    names
}

#[test]
fn files_of_the_call_are_found_in_the_folder_of_its_day() {
    let dir = tempfile::tempdir().unwrap();
    for name in [
        "2023/11/14/q-400-1700000000.12.wav",
        "2023/11/14/q-400-1700000000.123.wav",
        "2023/11/14/.q-400-1700000000.12.wav",
        "2023/11/14/q-400-1700000000.12.wav.part",
        "2023/11/14/later/1700000000_12-in.gsm",
        "2023/11/15/1700000000.12.wav",
    ] {
        put(dir.path(), name);
    }
    std::fs::write(dir.path().join("2023/11/14/1700000000.12.gsm"), "").unwrap();
    let outcome = walker(dir.path(), "/%YY/%MM/%DD").search(&call(), false, now(0));
    let expected = ["2023/11/14/later/1700000000_12-in.gsm", "2023/11/14/q-400-1700000000.12.wav"];
    assert_eq!(names(&outcome), expected);
    assert!(!outcome.truncated && !outcome.cached && outcome.down.is_empty());
}

#[test]
fn a_root_that_says_nothing_of_days_is_tried_by_day_before_it_is_walked() {
    let dir = tempfile::tempdir().unwrap();
    for day in 1..=28 {
        for number in 0..50 {
            put(dir.path(), &format!("2023/11/{day:02}/q-{number}-1699{day:06}.{number}.wav"));
        }
    }
    put(dir.path(), "2023/11/14/q-400-1700000000.12.wav");
    let outcome = walker(dir.path(), "").search(&call(), false, now(0));
    assert_eq!(names(&outcome), ["2023/11/14/q-400-1700000000.12.wav"]);
    assert_eq!(outcome.folders.len(), 1, "one folder of 28 was read");
    assert!(outcome.entries < 60);
    // Elsewhere in the tree it is found by walking.
    put(dir.path(), "old/box/1700000000.13.wav");
    let mut other = call();
    other.ids = vec!["1700000000.13".to_owned()];
    let outcome = walker(dir.path(), "").search(&other, false, now(0));
    assert_eq!(names(&outcome), ["old/box/1700000000.13.wav"]);
}

#[test]
fn the_first_root_that_has_it_is_the_answer() {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), "b/1700000000.12.wav");
    put(dir.path(), "c/1700000000.12.wav");
    let roots = ["/a", "/b", "/c"].map(|below| storage(dir.path(), below));
    let walker = Walker::new(roots.to_vec(), Limits::default()).unwrap();
    let outcome = walker.search(&call(), false, now(0));
    assert_eq!(outcome.hits.len(), 1);
    assert_eq!(outcome.hits[0].item.root, 1);
    assert_eq!(outcome.down, [0], "the first is not there, and said so");
    let found = &outcome.hits[0].item;
    assert!(walker.open(found.root, &found.path).is_ok());
    assert!(walker.open(1, b"../c/1700000000.12.wav").is_err());
    assert!(walker.open(9, &found.path).is_err());
}

#[test]
fn a_root_that_is_down_is_left_alone_for_fifteen_seconds() {
    let dir = tempfile::tempdir().unwrap();
    let walker = walker(dir.path(), "/late");
    assert_eq!(walker.search(&call(), false, now(0)).down, [0]);
    put(dir.path(), "late/1700000000.12.wav");
    assert_eq!(walker.search(&call(), false, now(14)).down, [0]);
    assert_eq!(walker.down(now(14)), [0]);
    assert_eq!(walker.search(&call(), false, now(15)).hits.len(), 1);
    assert!(walker.down(now(15)).is_empty());
}

#[test]
fn a_disk_without_its_sentinel_is_not_mounted() {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), "1700000000.12.wav");
    let sentinel = Some("mounted".to_owned());
    let storage = Storage { sentinel, ..storage(dir.path(), "") };
    let walker = Walker::new(vec![storage], Limits::default()).unwrap();
    assert_eq!(walker.search(&call(), false, now(0)).down, [0]);
    put(dir.path(), "mounted");
    assert_eq!(walker.search(&call(), false, now(20)).hits.len(), 1);
}

#[test]
fn nothing_found_is_believed_for_fifteen_seconds() {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), "x/else.wav");
    let walker = walker(dir.path(), "/x");
    assert!(walker.search(&call(), false, now(0)).hits.is_empty());
    put(dir.path(), "x/1700000000.12.wav");
    let outcome = walker.search(&call(), false, now(14));
    assert!(outcome.hits.is_empty() && outcome.cached);
    assert_eq!(walker.search(&call(), false, now(15)).hits.len(), 1);
}

#[test]
fn what_was_found_is_believed_until_its_folder_changes() {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), "x/1700000000.12-in.wav");
    let walker = walker(dir.path(), "/x");
    assert!(!walker.search(&call(), false, now(0)).cached);
    std::fs::write(dir.path().join("x/1700000000.12-in.wav"), "longer now").unwrap();
    let outcome = walker.search(&call(), false, now(10));
    assert!(outcome.cached);
    assert_eq!(outcome.hits[0].item.size, 10, "the size is that of now");
    put(dir.path(), "x/1700000000.12-out.wav");
    let outcome = walker.search(&call(), false, now(20));
    assert!(!outcome.cached);
    assert_eq!(outcome.hits.len(), 2);
    assert!(walker.search(&call(), false, now(619)).cached);
    assert!(!walker.search(&call(), false, now(620)).cached);
}

#[test]
fn a_limit_cuts_the_search_short_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    for number in 0..200 {
        put(dir.path(), &format!("{number}.wav"));
    }
    let short = |limits: Limits| {
        let walker = Walker::new(vec![storage(dir.path(), "")], limits).unwrap();
        let first = walker.search(&call(), false, now(0));
        assert!(!walker.search(&call(), false, now(1)).cached, "what was cut short is not kept");
        first
    };
    let outcome = short(Limits { entries: 50, ..Limits::default() });
    assert!(outcome.truncated && outcome.entries <= 51);
    let outcome = short(Limits { time: Duration::ZERO, ..Limits::default() });
    assert!(outcome.truncated && outcome.entries == 1);
}

#[test]
fn depth_is_counted_from_the_place_the_pattern_names() {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), "q/400/1/2/3/4/1700000000.12.wav");
    put(dir.path(), "q/400/1/2/3/4/5/1700000000.12.wav");
    let outcome = walker(dir.path(), "/q/%QU").search(&call(), false, now(0));
    assert_eq!(names(&outcome), ["400/1/2/3/4/1700000000.12.wav"]);
}

#[test]
fn links_are_followed_inside_the_root_only() {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), "out/1700000000.12.wav");
    put(dir.path(), "in/real/x.wav");
    put(dir.path(), "in/real/1700000000.12-out.wav");
    symlink("real/x.wav", dir.path().join("in/1700000000.12-in.wav")).unwrap();
    symlink("../out/1700000000.12.wav", dir.path().join("in/1700000000.12.wav")).unwrap();
    symlink("../out", dir.path().join("in/folder")).unwrap();
    symlink(".", dir.path().join("in/round")).unwrap();
    let outcome = walker(dir.path(), "/in").search(&call(), false, now(0));
    let names = names(&outcome);
    assert!(names.contains(&"1700000000.12-in.wav".to_owned()), "{names:?}");
    assert!(names.contains(&"real/1700000000.12-out.wav".to_owned()));
    assert!(!names.iter().any(|name| name.ends_with("1700000000.12.wav")), "{names:?}");
}

#[test]
fn a_lone_placeholder_without_value_is_any_folder() {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), "400/14/1700000000.12.wav");
    put(dir.path(), "500/14/1700000000.12.wav");
    put(dir.path(), "500/13/1700000000.12.wav");
    let walker = walker(dir.path(), "/%QU/%DD");
    let mut without = call();
    without.queue = None;
    let outcome = walker.search(&without, false, now(0));
    assert_eq!(names(&outcome), ["400/14/1700000000.12.wav", "500/14/1700000000.12.wav"]);
    let outcome = walker.search(&call(), false, now(0));
    assert_eq!(names(&outcome), ["400/14/1700000000.12.wav"]);
}

#[test]
fn a_pattern_with_the_id_opens_the_file_without_reading_a_folder() {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), "14/q-1700000000.12.wav");
    put(dir.path(), "14/q-1700000000.12-in.wav.age");
    let outcome = walker(dir.path(), "/%DD/q-%ID.wav").search(&call(), false, now(0));
    assert_eq!(names(&outcome), ["14/q-1700000000.12-in.wav.age", "14/q-1700000000.12.wav"]);
    assert!(outcome.folders.is_empty());
}

#[test]
fn by_number_and_time_only_when_asked_and_never_as_sure() {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), "x/in-5551234-20231114-221322.wav");
    put(dir.path(), "x/in-5551234-20231114-221325.wav");
    put(dir.path(), "x/in-15551234-20231114-221321.wav");
    let mut call = call();
    call.caller = Some("5551234".to_owned());
    let walker = walker(dir.path(), "/x");
    assert!(walker.search(&call, false, now(0)).hits.is_empty());
    let outcome = walker.search(&call, true, now(0));
    assert_eq!(names(&outcome), ["in-5551234-20231114-221322.wav"]);
    assert_eq!(outcome.hits[0].confidence, Confidence::Loose);
    put(dir.path(), "x/1700000000.12.wav");
    let outcome = walker.search(&call, true, now(20));
    assert_eq!(outcome.hits[0].confidence, Confidence::Exact);
    assert_eq!(outcome.hits.len(), 1, "an id beats number and time");
}
