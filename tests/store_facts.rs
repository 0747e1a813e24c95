//! What is committed is what is read, also after closing and opening again.

mod store_support;

use std::ops::ControlFlow;

use store_support::{DAY, answered, batch, names, settings};
use switchroom::base::Kind;
use switchroom::model::{Change, Stint};
use switchroom::store::{Order, StintFilter, Store};

fn stints(store: &Store, filter: &StintFilter, order: Order) -> Vec<(i64, Stint)> {
    let mut found = Vec::new();
    store
        .query(|reader| {
            reader.for_each_stint(0..DAY + 100_000, filter, order, |id, stint| {
                found.push((id, stint));
                Ok(ControlFlow::Continue(()))
            })
        })
        .unwrap();
    found
}

#[test]
fn a_committed_batch_is_there_after_opening_again() {
    let folder = tempfile::tempdir().unwrap();
    let (store, loaded) = Store::open(folder.path(), settings()).unwrap();
    assert_eq!(loaded.positions, []);
    let mut changes = names(3);
    let calls = [answered(DAY + 10, 1, 2, 5, 60, 10), answered(DAY + 10, 2, 3, 7, 0, 12)];
    changes.extend(calls.iter().cloned().map(|stint| Change::Stint(Box::new(stint))));
    let sent = batch(changes, 500, DAY + 80);
    store.commit(&sent).unwrap();
    drop(store);

    let (store, loaded) = Store::open(folder.path(), settings()).unwrap();
    assert_eq!(loaded.positions, [sent.position.unwrap()]);
    assert_eq!(loaded.names.queue_name(2), "queue 2");
    assert_eq!(loaded.recent.stints, calls);
    let found = stints(&store, &StintFilter::default(), Order::OldestFirst);
    assert_eq!(found.iter().map(|(_, stint)| stint.clone()).collect::<Vec<_>>(), calls);
    assert!(store.check().unwrap().findings.is_empty());
}

#[test]
fn a_second_daemon_is_refused_with_the_number_of_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let (_store, _) = Store::open(folder.path(), settings()).unwrap();
    let error = Store::open(folder.path(), settings()).unwrap_err();
    assert_eq!(error.kind(), Kind::Conflict);
    assert!(error.message().contains(&std::process::id().to_string()), "{error}");
}
