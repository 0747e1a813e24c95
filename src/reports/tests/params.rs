//! Questions as text.

use crate::base::{Kind, Zone};
use crate::reports::params::{Defaults, Fault, refusal};
use crate::reports::query::{Language, Query, Rules};

fn defaults() -> Defaults {
    let zone = Zone::named("Europe/Paris").unwrap();
    Defaults { zone, rules: Rules::default(), language: Language::English, now: 0 }
}

fn read(pairs: &[(&'static str, &'static str)]) -> Result<Query, Vec<Fault>> {
    Query::read(pairs.iter().copied(), &defaults())
}

#[test]
fn dates_are_local_and_half_open() {
    let query = read(&[("from", "2026-11-20"), ("to", "2026-11-21T14:00")]).unwrap();
    assert_eq!(query.from, 1_795_129_200);
    assert_eq!(query.to - query.from, 38 * 3600);
    let utc = read(&[("from", "2026-11-20"), ("to", "2026-11-20 08:30:15"), ("tz", "UTC")]);
    assert_eq!(utc.unwrap().to, 1_795_132_800 + 8 * 3600 + 30 * 60 + 15);
}

#[test]
fn all_faults_are_told_at_once_with_their_fields() {
    let faults = read(&[
        ("from", "yesterday"),
        ("to", "2026-02-30"),
        ("tz", "Mars/Olympus"),
        ("direction", "up"),
        ("cause", "boredom"),
        ("wait_min", "9"),
        ("wait_max", "3"),
        ("hours", "8-12"),
        ("days", "mo"),
        ("hourly_slot", "7"),
        ("sla_seconds", "125"),
        ("colour", "red"),
    ])
    .unwrap_err();
    let mut fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
    fields.sort_unstable();
    assert_eq!(
        fields,
        [
            "cause",
            "colour",
            "days",
            "direction",
            "from",
            "hourly_slot",
            "hours",
            "sla_seconds",
            "to",
            "tz",
            "wait_max"
        ]
    );
    let error = refusal(&faults);
    assert_eq!(error.kind(), Kind::Invalid);
    assert!(error.message().contains("from: \"yesterday\" is no date; give a date such as"));
}

#[test]
fn a_period_needs_both_ends_in_order() {
    let faults = read(&[("from", "2026-11-20")]).unwrap_err();
    assert_eq!(faults[0].field, "to");
    assert!(faults[0].message.contains("missing"));
    let faults = read(&[("from", "2026-11-20"), ("to", "2026-11-20")]).unwrap_err();
    assert!(faults[0].message.contains("later"));
}

#[test]
fn composite_queues_repeated_names_and_ranges_are_read() {
    let query = read(&[
        ("from", "2026-11-20"),
        ("to", "2026-11-21"),
        ("queue", "a|b"),
        ("queue", "c"),
        ("queue", "a"),
        ("agent", "Ann Bea"),
        ("hours", "22:00-06:00,12:00-24:00"),
        ("days", "sat,SUN"),
        ("short_wait", "5"),
        ("short_talk", "-1"),
    ])
    .unwrap();
    assert_eq!(query.queues, ["a", "b", "c"]);
    assert_eq!(query.agents, ["Ann Bea"]);
    assert_eq!(query.window.times, [(1320, 360), (720, 1440)]);
    assert_eq!(query.window.days.len(), 2);
    assert_eq!((query.rules.short_wait, query.rules.short_talk), (Some(5), None));
}

#[test]
fn the_usual_steps_are_those_of_the_catalogue() {
    let steps = Rules::default().sla.steps();
    assert_eq!(steps, [0, 5, 10, 15, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120]);
}
