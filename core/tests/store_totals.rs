//! Stored totals equal a recount of the facts, however the facts came.

mod store_support;

use std::collections::BTreeSet;
use std::ops::{ControlFlow, Range};
use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;
use store_support::stints::{answered, any_stint};
use store_support::{DAY, Reading, batch, everything, log, names, settings};
use switchroom_core::model::totals::{AgentCell, Step};
use switchroom_core::model::{Change, EndCause, Pause, Quality, Session, Stint};
use switchroom_core::store::{Finding, NumberPattern, Order, Settings, StintFilter, Store};

fn open(folder: &Path) -> (Store, Reading) {
    let (store, loaded) = Store::open(folder, settings()).unwrap();
    (store, Reading::from(loaded))
}

/// Commits a log in batches of these sizes in turn, opening the database anew
/// after each `reopen`-th.
fn commit_all(folder: &Path, lines: &[String], sizes: &[usize], reopen: usize) -> Store {
    let (mut store, mut reading) = open(folder);
    let mut n = 0;
    while let Some(batch) = reading.batch(lines, sizes[n % sizes.len()]) {
        store.commit(&batch).unwrap();
        n += 1;
        if n.is_multiple_of(reopen) {
            drop(store);
            (store, reading) = open(folder);
        }
    }
    store
}

#[test]
fn days_of_an_office_are_settled_with_what_is_open_counted_on() {
    let folder = tempfile::tempdir().unwrap();
    let lines = log::office(1, 4, 60);
    let (store, mut reading) = open(folder.path());
    let mut with_open = 0;
    let mut n = 0;
    while let Some(batch) = reading.batch(&lines, 10) {
        store.commit(&batch).unwrap();
        n += 1;
        if n % 4 == 0 {
            assert_eq!(store.check().unwrap().findings, vec![]);
            with_open += u32::from(counted_on(&store));
        }
    }
    // The case this is about did come.
    assert!(with_open > 0);
    let findings = store.check().unwrap();
    assert_eq!(findings.findings, vec![]);
    assert!(findings.days >= 3, "{findings:?}");
    assert!(findings.stints > 200, "{findings:?}");
    let everything = everything(&store, 5);
    assert!(everything.settled_until >= DAY + 3 * 86_400);
    assert!(everything.cells.len() > 300);
}

/// Whether the last quarter hour of a settled day counts an agent who is
/// still on.
fn counted_on(store: &Store) -> bool {
    let counted = store.query(|reader| {
        let until = reader.settled_until()?;
        let open = reader.open()?;
        let mut counted = false;
        reader.for_each_agent_cell(Step::Quarter, until - 900..until, |key, packed| {
            let on = AgentCell::unpack(packed).unwrap().session == 900;
            counted |= on && open.sessions.iter().any(|session| session.agent == key.agent);
            Ok(())
        })?;
        Ok(counted)
    });
    counted.unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn cuts_and_restarts_change_nothing_of_what_is_stored(
        seed in any::<u64>(),
        sizes in proptest::collection::vec(1..200usize, 1..5),
        reopen in 1..30usize,
    ) {
        let lines = log::office(seed, 3, 25);
        let (whole, cut) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let whole = commit_all(whole.path(), &lines, &[lines.len()], usize::MAX);
        let cut = commit_all(cut.path(), &lines, &sizes, reopen);
        prop_assert_eq!(cut.check().unwrap().findings, vec![]);
        prop_assert_eq!(everything(&whole, 4), everything(&cut, 4));
    }

    #[test]
    fn corrections_of_settled_days_equal_a_recount(
        facts in proptest::collection::vec(
            (any_stint(DAY..DAY + 4 * 86_400), any_stint(DAY..DAY + 4 * 86_400), 0..4u8),
            1..40,
        ),
        spans in proptest::collection::vec((0..300_000i64, 0..200_000i64, 1..5u32, any::<bool>()), 0..12),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(folder.path(), settings()).unwrap();
        store.commit(&batch(names(50), 1, DAY)).unwrap();
        let mut expected = Vec::new();
        // Half of the facts before the days are settled, the rest and all
        // corrections after.
        let (early, late) = facts.split_at(facts.len() / 2);
        let changes = early.iter().map(|(stint, ..)| Change::Stint(Arc::new(stint.clone())));
        store.commit(&batch(changes.collect(), 2, DAY + 20 * 86_400)).unwrap();
        for (n, (stint, other, act)) in facts.iter().enumerate() {
            let mut changes = Vec::new();
            if n >= facts.len() - late.len() {
                changes.push(Change::Stint(Arc::new(stint.clone())));
            }
            // A correction keeps the key: call id, queue, entry, second.
            let new = Stint {
                call_id: stint.call_id.clone(),
                queue: stint.queue,
                entry: stint.entry,
                enter: stint.enter,
                ..other.clone()
            };
            if *act == 0 && facts.iter().filter(|(one, ..)| one.call_id == stint.call_id).count() == 1 {
                let old = Arc::new(stint.clone());
                changes.push(Change::StintReplaced { old, new: Arc::new(new.clone()) });
                expected.push(new);
            } else {
                expected.push(stint.clone());
            }
            store.commit(&batch(changes, 3 + n as u64, DAY + 20 * 86_400)).unwrap();
        }
        let mut changes = Vec::new();
        for (n, (start, secs, agent, of_pause)) in spans.iter().enumerate() {
            let (start, end) = (DAY + start, DAY + start + secs);
            if *of_pause {
                let pause = Pause {
                    agent: *agent,
                    queue: None,
                    start,
                    end,
                    code: Some(1),
                    cause: EndCause::Unpaused,
                    quality: Quality::default(),
                };
                changes.push(Change::Pause(pause.clone()));
                if n % 3 == 0 {
                    let new = Pause { code: None, ..pause.clone() };
                    changes.push(Change::PauseReplaced { old: pause, new: Some(new) });
                }
            } else {
                let session = Session {
                    agent: *agent,
                    start,
                    end,
                    extension: None,
                    cause: EndCause::Logoff,
                    quality: Quality::default(),
                };
                changes.push(Change::Session(session.clone()));
                if n % 3 == 0 {
                    changes.push(Change::SessionReplaced { old: session, new: None });
                }
            }
        }
        store.commit(&batch(changes, 999, DAY + 20 * 86_400)).unwrap();
        prop_assert_eq!(store.check().unwrap().findings, vec![]);
        let mut found = Vec::new();
        store.query(|reader| {
            let all = StintFilter::default();
            reader.for_each_stint(0..i64::MAX, &all, Order::OldestFirst, |_, stint| {
                found.push(stint);
                Ok(ControlFlow::Continue(()))
            })
        }).unwrap();
        let key = |stint: &Stint| (stint.enter, format!("{stint:?}"));
        found.sort_by_key(key);
        expected.sort_by_key(key);
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn a_database_of_an_older_program_gets_what_it_lacks_when_it_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let lines = log::office(4, 4, 60);
    let (store, mut reading) = open(folder.path());
    while let Some(batch) = reading.batch(&lines, 500) {
        store.commit(&batch).unwrap();
    }
    let before = everything(&store, 5);
    store
        .write(|tx| {
            let since = "select name from sqlite_schema where type = 'table' and (name in
                ('queue_hour', 'queue_day', 'agent_hour', 'agent_day', 'agent_queue_day',
                'number_day') or name like 'recording%') order by rowid desc";
            let tables: Vec<String> =
                tx.prepare(since)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            for table in tables {
                tx.execute_batch(&format!("drop table {table}"))?;
            }
            tx.execute("update version set version = 2", [])?;
            Ok(tx.pragma_update(None, "user_version", 2)?)
        })
        .unwrap();
    drop(store);
    let (store, _) = open(folder.path());
    assert_eq!(everything(&store, 5).cells, before.cells);
    assert_eq!(store.check().unwrap().findings, vec![]);
    numbers_are_found(&store);
}

/// Asks for each number of a database, in parts of the period and in both
/// orders, and compares with what all stints say.
fn numbers_are_found(store: &Store) {
    let ask = |period: Range<i64>, filter: &StintFilter, order| {
        let mut found = Vec::new();
        let each = |id, stint: Stint| {
            found.push((id, stint.number));
            Ok(ControlFlow::Continue(()))
        };
        store.query(|reader| reader.for_each_stint(period, filter, order, each)).unwrap();
        found
    };
    let all = ask(i64::MIN..i64::MAX, &StintFilter::default(), Order::OldestFirst);
    let numbers: BTreeSet<_> = all.iter().map(|(_, number)| number.clone()).collect();
    assert!(numbers.len() > 10, "{numbers:?}");
    for number in numbers.iter().filter(|number| number.contains(char::is_numeric)) {
        let pattern = NumberPattern::new(number);
        for period in [i64::MIN..i64::MAX, DAY + 40_000..DAY + 130_000] {
            let fits = |(id, other): &&(i64, Box<str>)| {
                period.contains(&(id >> 12)) && pattern.fits(other)
            };
            let mut wanted: Vec<_> = all.iter().filter(fits).cloned().collect();
            let filter = StintFilter { number: Some(pattern.clone()), ..StintFilter::default() };
            assert_eq!(ask(period.clone(), &filter, Order::OldestFirst), wanted);
            // A page goes on behind a row.
            let after = wanted.first().map(|(id, _)| *id);
            let filter = StintFilter { after, ..filter };
            assert_eq!(
                ask(period.clone(), &filter, Order::OldestFirst),
                wanted.split_off(1.min(wanted.len()))
            );
        }
        let filter = StintFilter { number: Some(pattern.clone()), ..StintFilter::default() };
        let mut back = ask(i64::MIN..i64::MAX, &filter, Order::NewestFirst);
        back.reverse();
        assert_eq!(back, ask(i64::MIN..i64::MAX, &filter, Order::OldestFirst));
    }
}

#[test]
fn the_calls_of_a_number_are_found_on_settled_days_and_on_others() {
    let folder = tempfile::tempdir().unwrap();
    let store = commit_all(folder.path(), &log::office(9, 4, 60), &[500], 3);
    assert!(store.query(|reader| reader.settled_until()).unwrap() > DAY);
    numbers_are_found(&store);
    store.write(|tx| Ok(tx.execute("delete from number_day", [])?)).unwrap();
    let wrong = Finding::Totals { day_start: DAY, table: "numbers of callers" };
    assert_eq!(store.check().unwrap().findings[0], wrong);
}

#[test]
fn a_wrong_total_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(folder.path(), settings()).unwrap();
    let mut changes = names(2);
    changes.push(Change::Stint(Arc::new(answered(DAY + 100, 1, 1, 5, 60, 10))));
    store.commit(&batch(changes, 1, DAY + 3 * 86_400)).unwrap();
    assert_eq!(store.check().unwrap().findings, vec![]);
    store.write(|tx| Ok(tx.execute("delete from agent_queue_cell", [])?)).unwrap();
    assert_eq!(
        store.check().unwrap().findings,
        [Finding::Totals { day_start: DAY, table: "totals of agents by queue" }]
    );
    // The totals of hours and days are looked at too.
    for (table, named) in [("queue_day", "totals of queues"), ("agent_hour", "totals of agents")] {
        let folder = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(folder.path(), settings()).unwrap();
        let mut changes = names(2);
        changes.push(Change::Stint(Arc::new(answered(DAY + 100, 1, 1, 5, 60, 10))));
        store.commit(&batch(changes, 1, DAY + 3 * 86_400)).unwrap();
        let change = format!("delete from {table}");
        store.write(|tx| Ok(tx.execute(&change, [])?)).unwrap();
        let wrong = Finding::Totals { day_start: DAY, table: named };
        assert_eq!(store.check().unwrap().findings, [wrong]);
    }
    store.write(|tx| Ok(tx.execute("update stint set queue = 77", [])?)).unwrap();
    let findings = store.check().unwrap().findings;
    assert!(findings.iter().any(|finding| matches!(finding, Finding::Stint { .. })));
}

#[test]
fn a_record_from_the_future_settles_nothing_that_is_to_come() {
    let folder = tempfile::tempdir().unwrap();
    let today = Settings { now: || DAY + 40_000, ..Settings::default() };
    let (store, _) = Store::open(folder.path(), today).unwrap();
    let mut changes = names(2);
    changes.push(Change::Stint(Arc::new(answered(DAY + 100, 1, 1, 5, 60, 10))));
    store.commit(&batch(changes, 1, DAY + 900 * 86_400)).unwrap();
    assert!(store.query(|reader| reader.settled_until()).unwrap() <= DAY);
    assert_eq!(store.check().unwrap().findings, vec![]);
}

#[test]
fn old_facts_go_in_slices_and_their_totals_stay() {
    let folder = tempfile::tempdir().unwrap();
    let lines = log::office(3, 12, 20);
    let keep = |detail_days| Settings { detail_days, ..settings() };
    let (store, loaded) = Store::open(folder.path(), keep(5)).unwrap();
    let mut reading = Reading::from(loaded);
    while let Some(batch) = reading.batch(&lines, 100) {
        store.commit(&batch).unwrap();
    }
    let before = everything(&store, 13);
    assert_eq!(store.horizon(), None);
    let mut slices = 1;
    while store.retain(20).unwrap() {
        slices += 1;
    }
    assert!(slices > 3);
    let horizon = store.horizon().unwrap();
    assert!(horizon >= DAY + 5 * 86_400, "{}", (horizon - DAY) / 86_400);
    let after = everything(&store, 13);
    assert_eq!(after.cells, before.cells);
    assert_eq!(after.settled_until, before.settled_until);
    // The day before the horizon is kept for the sake of calls over midnight.
    assert!(after.stints.iter().all(|stint| stint.enter >= horizon - 86_400));
    numbers_are_found(&store);
    let kept = |stint: &&Stint| stint.enter >= horizon;
    assert_eq!(
        after.stints.iter().filter(kept).collect::<Vec<_>>(),
        before.stints.iter().filter(kept).collect::<Vec<_>>()
    );
    assert_eq!(store.check().unwrap().findings, vec![]);

    // What is older now is refused, so that no total is counted anew from
    // facts that are gone.
    let late = answered(horizon - 100, 1, 1, 5, 5, 900_001);
    let position = after.positions[0];
    let mut again = batch(vec![Change::Stint(Arc::new(late))], 0, DAY);
    again.position = Some(position);
    store.commit(&again).unwrap();
    assert_eq!(everything(&store, 13).cells, before.cells);
    assert_eq!(store.query(|reader| reader.counters()).unwrap()["too old"], 1);
    drop(store);
    let (store, _) = Store::open(folder.path(), keep(5)).unwrap();
    assert_eq!(store.horizon(), Some(horizon));
    assert_eq!(store.check().unwrap().findings, vec![]);
}
