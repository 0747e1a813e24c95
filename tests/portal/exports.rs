//! Recordings taken away as one archive: what is in it, what is not and why,
//! and who may.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use switchroom::people::Role;

use crate::archive::wav;
use crate::house::{House, NOW};

const EXPORT: &str = "/api/v1/recordings/export?from=2026-01-01&to=2030-01-01";

fn number(bytes: &[u8], at: usize, width: usize) -> usize {
    bytes[at..at + width].iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte))
}

/// Names in order of the directory, and the bytes of each.
fn unpacked(archive: &[u8]) -> (Vec<String>, BTreeMap<String, Vec<u8>>) {
    let end = archive.len() - 22;
    assert_eq!(archive[end..end + 4], *b"PK\x05\x06");
    let (count, mut at) = (number(archive, end + 10, 2), number(archive, end + 16, 4));
    let (mut names, mut files) = (Vec::new(), BTreeMap::new());
    for _ in 0..count {
        assert_eq!(archive[at..at + 4], *b"PK\x01\x02");
        let [name, extra, note] = [28, 30, 32].map(|field| number(archive, at + field, 2));
        let (size, begin) = (number(archive, at + 24, 4), number(archive, at + 42, 4));
        let text = String::from_utf8(archive[at + 46..at + 46 + name].to_vec()).unwrap();
        let data = begin + 30 + number(archive, begin + 26, 2) + number(archive, begin + 28, 2);
        files.insert(text.clone(), archive[data..data + size].to_vec());
        names.push(text);
        at += 46 + name + extra + note;
    }
    (names, files)
}

fn text(files: &BTreeMap<String, Vec<u8>>, name: &str) -> String {
    String::from_utf8(files[name].clone()).unwrap()
}

fn taken(house: &House) -> Vec<String> {
    let rows = house.people.audit(None, 100).unwrap();
    let taken = rows.into_iter().filter(|row| row.action == "recording.download");
    taken.map(|row| row.object).collect()
}

#[tokio::test]
async fn a_selection_comes_as_one_archive_with_index_sound_and_sums_and_is_written_down() {
    let house = House::build().await;
    let sales = house.shelf.put("1795000000.1", NOW - 60, Some("sales"), "Agent/101");
    let other = house.shelf.put("1795000000.2", NOW - 50, Some("support"), "Agent/102");
    let root = house.inside(Role::Administrator).await;
    let answer = root.get(&format!("{EXPORT}&queue=sales")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/zip"));
    assert!(answer.header("content-disposition").unwrap().starts_with("attachment"));
    let (names, files) = unpacked(&answer.body);
    assert_eq!(names.len(), 3, "{names:?}");
    assert_eq!((&*names[0], &*names[2]), ("recordings.csv", "manifest.sha256"));
    let sound = &names[1];
    assert!(sound.starts_with("audio/") && sound.ends_with(&format!("{sales}.wav")), "{sound}");
    assert_eq!(files[sound], wav(4));
    let index = text(&files, "recordings.csv");
    let lines: Vec<_> = index.lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[1].starts_with(sound.strip_suffix(".wav").unwrap()), "{}", lines[1]);
    assert!(lines[1].contains("sales") && lines[1].contains("0639986190"));
    assert!(text(&files, "manifest.sha256").contains(&**sound));
    assert_eq!(taken(&house), [format!("{sales} 1795000000.1")]);
    let listens = root.get(&format!("/api/v1/recordings/{sales}/listens")).await.json();
    assert_eq!(listens["listens"][0]["account"], "administrator", "{listens}");
    // All of them when nothing narrows it.
    let (names, _) = unpacked(&root.get(EXPORT).await.body);
    assert_eq!(names.len(), 4);
    assert!(names[1].contains(&other.to_string()), "newest first: {names:?}");
}

#[tokio::test]
async fn what_is_locked_or_gone_is_named_with_the_reason_and_not_written_down_as_taken() {
    let house = House::build().await;
    let whole = house.shelf.put("1795000000.1", NOW - 60, Some("sales"), "Agent/101");
    let sealed = house.shelf.put_sealed("1795000000.2", NOW - 50);
    let root = house.inside(Role::Administrator).await;
    house.shelf.locked.store(true, Ordering::Relaxed);
    let (names, files) = unpacked(&root.get(EXPORT).await.body);
    assert_eq!(names.len(), 4, "{names:?}");
    let faults = text(&files, "faults.txt");
    assert!(faults.contains(&sealed.to_string()) && faults.contains("locked"), "{faults}");
    assert!(!faults.contains(&whole.to_string()), "{faults}");
    assert_eq!(taken(&house), [format!("{whole} 1795000000.1")]);
}

#[tokio::test]
async fn who_may_not_take_recordings_away_gets_none_and_leaves_no_row_of_it() {
    let house = House::build().await;
    house.shelf.put("1795000000.1", NOW - 60, Some("sales"), "Agent/101");
    for role in [Role::Supervisor, Role::Agent, Role::User] {
        let refused = house.inside(role).await.get(EXPORT).await;
        assert_eq!(refused.status, 403, "{}", role.name());
    }
    let root = house.inside(Role::Administrator).await;
    let paged = root.get(&format!("{EXPORT}&limit=3")).await;
    assert_eq!((paged.status, paged.fields()), (400, vec!["limit".to_owned()]));
    assert!(taken(&house).is_empty());
}
