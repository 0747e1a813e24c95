//! Two periods side by side.

use jiff::civil::{Date, date};

use crate::base::{Kind, Zone};
use crate::model::QueueId;
use crate::reports::compare::{other_period, run_compared};
use crate::reports::query::{Language, Query};
use crate::reports::tests::memory::Memory;
use crate::reports::tests::vectors::taken;

fn paris() -> Zone {
    Zone::named("Europe/Paris").unwrap()
}

fn query(from: Date, to: Date) -> Query {
    let paris = paris();
    Query::over(paris.day_start(from), paris.day_start(to), paris)
}

#[test]
fn the_period_before_is_as_long_in_months_or_days_whatever_the_clocks_do() {
    let start = |date| paris().day_start(date);
    let march = query(date(2026, 3, 1), date(2026, 4, 1));
    assert_eq!(
        other_period("previous", &march),
        Ok((start(date(2026, 2, 1)), start(date(2026, 3, 1))))
    );
    let day_after_the_change = query(date(2026, 10, 26), date(2026, 10, 27));
    assert_eq!(
        other_period("previous", &day_after_the_change),
        Ok((start(date(2026, 10, 25)), start(date(2026, 10, 26))))
    );
    let morning = Query { to: march.from + 3 * 3600, ..march.clone() };
    let before = (march.from - 3 * 3600, march.from);
    assert_eq!(other_period("previous", &morning), Ok(before));
}

#[test]
fn a_year_ago_has_the_same_dates_and_29_february_the_day_before() {
    let start = |date| paris().day_start(date);
    let ask = |from, to| other_period("year-ago", &query(from, to));
    assert_eq!(
        ask(date(2026, 3, 1), date(2026, 4, 1)),
        Ok((start(date(2025, 3, 1)), start(date(2025, 4, 1))))
    );
    assert_eq!(
        ask(date(2024, 2, 29), date(2024, 3, 1)),
        Ok((start(date(2023, 2, 28)), start(date(2023, 3, 1))))
    );
}

#[test]
fn a_period_of_its_own_is_read_and_nonsense_is_refused_with_what_is_accepted() {
    let march = query(date(2026, 3, 1), date(2026, 4, 1));
    assert_eq!(
        other_period("2025-03-03..2025-03-03T12:00", &march).map(|(from, to)| to - from),
        Ok(12 * 3600)
    );
    for text in ["last", "2025-03-03", "2025-03-03..", "..", "9999-01-01..9999-01-02"] {
        let fault = other_period(text, &march).unwrap_err();
        assert_eq!(fault.field, "compare");
        assert!(fault.message.contains("year-ago"), "{text}: {}", fault.message);
    }
    assert!(other_period("2025-03-04..2025-03-03", &march).is_err());
}

/// Calls answered at a moment: how many by queue.
fn source(calls: &[(Date, QueueId, usize)]) -> Memory {
    let mut memory = Memory::named();
    for &(day, queue, n) in calls {
        let enter = paris().day_start(day) + 9 * 3600;
        let call = taken(enter, queue, 5, 60, 1);
        memory.stints.extend(std::iter::repeat_n(call, n));
    }
    memory.stints.sort_by_key(|stint| stint.enter);
    memory
}

#[test]
fn rows_lie_beside_the_rows_of_the_other_period_and_know_the_difference() {
    let source = source(&[
        (date(2026, 3, 2), 1, 5),
        (date(2026, 3, 2), 2, 1),
        (date(2026, 3, 9), 1, 3),
        (date(2026, 3, 9), 3, 2),
    ]);
    let query = query(date(2026, 3, 9), date(2026, 3, 16));
    let other = other_period("previous", &query).unwrap();
    let report = run_compared("overview-queues", &query, other, &source).unwrap();
    let json: serde_json::Value = serde_json::from_str(&report.json()).unwrap();
    let compare = &json["compare"];
    assert_eq!(compare["header"]["processed"], 6);
    assert_eq!(compare["rows"].as_array().unwrap().len(), 2);
    assert_eq!(compare["rows"][0]["key"], "queue-1");
    assert_eq!(compare["rows"][0]["OV-1"], 5);
    // Only queue-1 had calls in both weeks.
    assert_eq!(compare["differences"].as_array().unwrap().len(), 1);
    assert_eq!(compare["differences"][0]["OV-1"], -2);

    let csv = report.side_by_side(Language::English).csv();
    let lines: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(&lines[1][..4], ["queue-1", "3", "5", "-2"]);
    assert_eq!(&lines[2][..4], ["queue-3", "2", "", ""]);
    assert_eq!(&lines[3][..4], ["queue-2", "", "1", ""]);
    assert!(csv.contains("(OV-1:difference)"));
}

#[test]
fn the_first_day_lies_beside_the_first_day() {
    let source = source(&[(date(2026, 3, 3), 1, 4), (date(2026, 3, 10), 1, 6)]);
    let query = query(date(2026, 3, 9), date(2026, 3, 16));
    let other = other_period("previous", &query).unwrap();
    let report = run_compared("by-day-answered", &query, other, &source).unwrap();
    let json: serde_json::Value = serde_json::from_str(&report.json()).unwrap();
    let tuesday = &json["compare"]["rows"][1];
    assert_eq!((&tuesday["key"], &tuesday["own"]), (&"2026-03-10".into(), &"2026-03-03".into()));
    let shown = (&tuesday["DI-1"], &json["compare"]["differences"][1]["DI-1"]);
    assert_eq!(shown, (&4.into(), &2.into()));
}

#[test]
fn lists_are_not_compared() {
    let query = query(date(2026, 3, 9), date(2026, 3, 16));
    let other = other_period("previous", &query).unwrap();
    let error = run_compared("calls", &query, other, &Memory::named()).unwrap_err();
    assert_eq!(error.kind(), Kind::Invalid);
}
