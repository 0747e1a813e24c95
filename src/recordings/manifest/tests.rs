//! Chains of days, whole and tampered with.

use proptest::prelude::*;

use super::*;

fn signer() -> Signer {
    Signer::from_secret([7; 32])
}

fn line(change: Change, path: &str, mark: u8) -> Line {
    Line { change, path: path.into(), size: u64::from(mark) * 10, sha256: [mark; 32] }
}

/// Three days: two files, one of them rewrapped, the other removed and a third.
fn days() -> Vec<(String, Signed)> {
    let plans = [
        vec![line(Change::Sealed, "a", 1), line(Change::Sealed, "b", 2)],
        vec![line(Change::Rewrapped, "a", 3)],
        vec![line(Change::Removed, "b", 2), line(Change::Sealed, "c d%\n", 4)],
    ];
    let mut previous = BEFORE_THE_FIRST;
    let mut days = Vec::new();
    for (index, lines) in plans.into_iter().enumerate() {
        let day = Day { day: 20_412 + 2 * index as i64, previous, lines };
        let signed = day.signed(&signer());
        previous = signed.hash;
        days.push((day.file_name(), signed));
    }
    days
}

fn chain(days: &[(String, String)]) -> Chain {
    let mut chain = Chain::new(signer().public());
    for (name, text) in days {
        chain.add(name, text);
    }
    chain
}

fn texts() -> Vec<(String, String)> {
    days().into_iter().map(|(name, signed)| (name, signed.text)).collect()
}

/// The report for files of these names, each with the mark of its content.
fn report(mut chain: Chain, files: &[(&str, u8)]) -> Report {
    for (path, mark) in files {
        let hash = || Ok::<_, ()>([*mark; 32]);
        chain.found(path, u64::from(*mark) * 10, || None, Some(hash)).unwrap();
    }
    chain.report(|_| false)
}

const RIGHT: [(&str, u8); 2] = [("a", 3), ("c d%\n", 4)];

#[test]
fn a_text_reads_as_people_do() {
    let (name, signed) = days().remove(0);
    assert_eq!(name, "2025-11-20.txt");
    let lines: Vec<&str> = signed.text.lines().collect();
    assert_eq!(lines[..2], ["switchroom recordings manifest 1", "day 2025-11-20"]);
    assert_eq!(lines[3], format!("sealed 10 {} a", "01".repeat(32)));
    assert!(lines[5].starts_with("signature "));
}

#[test]
fn what_all_days_together_say_must_be_there() {
    let found = report(chain(&texts()), &RIGHT);
    assert!(found.is_good(), "{found:?}");
    assert_eq!((found.days, found.good, found.unlisted), (3, 2, 0));
}

#[test]
fn missing_changed_and_extra_files_are_told_apart() {
    let found = report(chain(&texts()), &[("a", 1), ("b", 2), ("new", 9)]);
    assert_eq!(found.changed.named, ["a"], "the header of before the rotation");
    assert_eq!(found.missing.named, ["c d%\n"]);
    assert_eq!(found.extra.named, ["b", "new"], "removed, and never known");
    assert_eq!(found.good, 0);
    assert!(!found.is_good() && found.broken.is_empty());
}

#[test]
fn what_happened_since_the_newest_day_is_asked_of_the_rows() {
    let mut chain = chain(&texts());
    let hash = || Ok::<_, ()>([9; 32]);
    chain.found("today", 90, || Some((90, [9; 32])), Some(hash)).unwrap();
    chain.found("other", 90, || Some((90, [8; 32])), Some(hash)).unwrap();
    let found = chain.report(|path| path == "a");
    assert_eq!((found.good, found.unlisted), (1, 1));
    assert_eq!(
        (found.changed.named, found.missing.named),
        (vec!["other".into()], vec!["c d%\n".into()])
    );
}

#[test]
fn a_file_given_to_other_keys_since_the_newest_day_is_as_its_row_says() {
    let mut chain = chain(&texts());
    let hash = || Ok::<_, ()>([9; 32]);
    chain.found("a", 90, || Some((90, [9; 32])), Some(hash)).unwrap();
    chain.found("c d%\n", 40, || Some((40, [4; 32])), Some(hash)).unwrap();
    let found = chain.report(|_| false);
    assert_eq!((found.good, found.unlisted), (1, 1));
    assert_eq!(found.changed.named, ["c d%\n"], "neither manifest nor row know it so");
}

#[test]
fn by_size_alone_no_file_is_read() {
    let mut chain = chain(&texts());
    type Hash = fn() -> Result<[u8; 32], ()>;
    let none: Option<Hash> = None;
    chain.found("a", 30, || None, none).unwrap();
    chain.found("c d%\n", 41, || None, none).unwrap();
    let found = chain.report(|_| false);
    assert_eq!((found.good, found.changed.count), (1, 1));
}

fn broken(days: &[(String, String)]) -> Vec<&'static str> {
    chain(days).report.broken.iter().map(|one| one.why).collect()
}

#[test]
fn a_day_taken_away_breaks_the_chain() {
    for day in 0..2 {
        let mut days = texts();
        days.remove(day);
        assert_eq!(broken(&days).len(), 1, "day {day}");
    }
    let mut days = texts();
    days.pop();
    let mut cut = chain(&days);
    assert!(cut.report.broken.is_empty(), "the chain alone can't know");
    cut.end(Some(self::days().pop().unwrap().1.hash));
    assert_eq!(cut.report.broken.len(), 1, "the database does");
}

#[test]
fn days_in_another_order_or_twice_break_the_chain() {
    let mut days = texts();
    days.swap(0, 1);
    assert!(!broken(&days).is_empty());
    let mut days = texts();
    days.insert(1, days[0].clone());
    assert!(!broken(&days).is_empty());
    let mut days = texts();
    days[0].0 = "2025-11-19.txt".into();
    assert!(broken(&days)[0].contains("another day"));
}

#[test]
fn a_day_signed_by_another_machine_is_named() {
    let mut days = texts();
    let day = Day::first(20_412, vec![line(Change::Sealed, "a", 1)]);
    days[0].1 = day.signed(&Signer::from_secret([8; 32])).text;
    let why = broken(&days);
    assert!(why[0].contains("another machine"), "{why:?}");
    assert_eq!(why.len(), 2, "and the next one follows another");
}

#[test]
fn a_text_that_is_cut_off_is_named() {
    let mut days = texts();
    let len = days[2].1.len();
    days[2].1.truncate(len - 1);
    assert!(broken(&days)[0].contains("cut off"));
}

proptest! {
    #[test]
    fn any_character_changed_is_noticed(day in 0..3usize, at in any::<prop::sample::Index>(), to in "[ -~]") {
        let mut days = texts();
        let text = &mut days[day].1;
        let at = at.index(text.len());
        // An upper-case digit is the same number; the signed part has no other spelling either.
        prop_assume!(!text[at..=at].eq_ignore_ascii_case(&to));
        text.replace_range(at..=at, &to);
        prop_assert!(!broken(&days).is_empty());
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in "\\PC{0,200}", bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut chain = Chain::new([0; 32]);
        chain.add("2026-11-20.txt", &text);
        chain.add("x", &String::from_utf8_lossy(&bytes));
        chain.add("y", &format!("{TITLE}\n{text}\nsignature 00 00\n"));
        prop_assert!(!chain.report.broken.is_empty());
    }

    #[test]
    fn any_path_goes_through_a_line(path in any::<String>()) {
        prop_assert_eq!(unescaped(&escaped(&path)), Some(path.clone()));
        prop_assert!(!escaped(&path).contains('\n'));
    }
}
