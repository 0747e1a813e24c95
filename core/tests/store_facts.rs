//! What is committed is what is read, also after closing and opening again.

mod store_support;

use std::sync::Arc;

use std::ops::ControlFlow;

use proptest::prelude::*;
use store_support::stints::{answered, any_stint};
use store_support::{DAY, batch, names, settings};
use switchroom_core::base::{CallId, Kind};
use switchroom_core::model::{
    Change, EndCause, IvrCall, Membership, Note, NoteKind, Pause, Quality, Session, Stint,
};
use switchroom_core::store::{NumberPattern, Order, StintFilter, Store};

fn stints(store: &Store, filter: &StintFilter, order: Order) -> Vec<(i64, Stint)> {
    let mut found = Vec::new();
    store
        .query(|reader| {
            reader.for_each_stint(0..i64::MAX, filter, order, |id, stint| {
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
    changes.extend(calls.iter().cloned().map(|stint| Change::Stint(Arc::new(stint))));
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn every_shape_of_a_call_comes_back_and_is_found(
        calls in proptest::collection::vec(
            any_stint(prop_oneof![
                // Many in one second, the usual spread, the first moment the
                // model gives, and one no row id can hold.
                Just(DAY + 5),
                DAY..DAY + 100_000,
                Just(0i64),
                Just(1i64 << 41),
            ]),
            1..60,
        ),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(folder.path(), settings()).unwrap();
        let mut changes = names(50);
        changes.extend(calls.iter().cloned().map(|stint| Change::Stint(Arc::new(stint))));
        store.commit(&batch(changes, 500, DAY)).unwrap();
        let found = stints(&store, &StintFilter::default(), Order::OldestFirst);
        let mut back = stints(&store, &StintFilter::default(), Order::NewestFirst);
        back.reverse();
        prop_assert_eq!(&back, &found);
        prop_assert_eq!(found.len(), calls.len());
        for stint in &calls {
            let (id, _) = found.iter().find(|(_, other)| other == stint).unwrap();
            prop_assert_eq!(&store.query(|reader| reader.stint(*id)).unwrap().unwrap(), stint);
            let of_call = store.query(|reader| reader.stints_of_call(&stint.call_id)).unwrap();
            prop_assert!(of_call.iter().any(|(other, _)| other == id), "{}", stint.call_id);
            let expected = calls.iter().filter(|other| other.call_id == stint.call_id).count();
            prop_assert_eq!(of_call.len(), expected);
        }
        prop_assert_eq!(store.check().unwrap().findings, vec![]);
    }
}

#[test]
fn a_second_with_more_calls_than_numbers_keeps_them_all() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(folder.path(), settings()).unwrap();
    let calls: Vec<Stint> = (0..5000).map(|n| answered(DAY, 1, 1, 1, 1, n * 2)).collect();
    let mut changes = names(1);
    changes.extend(calls.iter().cloned().map(|stint| Change::Stint(Arc::new(stint))));
    store.commit(&batch(changes, 1, DAY)).unwrap();
    // One more in a later second that is partly taken by the first, and a
    // correction behind the full second.
    let next = answered(DAY + 1, 1, 1, 1, 1, 1);
    let old = calls.last().unwrap().clone();
    let new = Stint { talk: Some(77), end: DAY + 78, ..old.clone() };
    let more = vec![
        Change::Stint(Arc::new(next.clone())),
        Change::StintReplaced { old: Arc::new(old.clone()), new: Arc::new(new.clone()) },
    ];
    store.commit(&batch(more, 2, DAY + 2)).unwrap();
    let found = stints(&store, &StintFilter::default(), Order::OldestFirst);
    assert_eq!(found.len(), 5001);
    assert!(found.iter().all(|(_, stint)| *stint != old));
    for stint in calls[..4999].iter().chain([&next, &new]) {
        assert!(found.iter().any(|(_, other)| other == stint));
    }
}

#[test]
fn pages_of_calls_meet_without_gap_or_overlap() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(folder.path(), settings()).unwrap();
    let mut changes = names(3);
    for n in 0..57 {
        let stint = answered(DAY + i64::from(n) / 3, 1 + n % 2, 1 + n % 3, 5, 60, n * 2);
        changes.push(Change::Stint(Arc::new(stint)));
    }
    store.commit(&batch(changes, 1, DAY + 100)).unwrap();
    let filter = StintFilter { queues: vec![1], ..StintFilter::default() };
    for order in [Order::OldestFirst, Order::NewestFirst] {
        let whole = stints(&store, &filter, order);
        assert_eq!(whole.len(), 29);
        let mut paged = Vec::new();
        let mut after = None;
        loop {
            let filter = StintFilter { after, ..filter.clone() };
            let mut page = stints(&store, &filter, order);
            page.truncate(7);
            after = page.last().map(|(id, _)| *id);
            if page.is_empty() {
                break;
            }
            paged.extend(page);
        }
        assert_eq!(paged, whole);
    }
}

#[test]
fn filters_keep_what_they_say() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(folder.path(), settings()).unwrap();
    let short = answered(DAY, 1, 2, 5, 3, 10);
    let long = Stint { number: "+33612345678".into(), ..answered(DAY + 1, 2, 1, 50, 300, 12) };
    let unknown = Stint { wait: None, talk: None, ..answered(DAY + 2, 2, 1, 0, 0, 14) };
    let mut changes = names(3);
    for stint in [&short, &long, &unknown] {
        changes.push(Change::Stint(Arc::new(stint.clone())));
    }
    store.commit(&batch(changes, 1, DAY + 100)).unwrap();
    let kept = |filter: StintFilter| {
        stints(&store, &filter, Order::OldestFirst)
            .into_iter()
            .map(|(_, stint)| stint)
            .collect::<Vec<_>>()
    };
    let all = StintFilter::default;
    assert_eq!(kept(StintFilter { agents: vec![2], ..all() }), std::slice::from_ref(&short));
    assert_eq!(kept(StintFilter { talk_min: Some(100), ..all() }), std::slice::from_ref(&long));
    assert_eq!(kept(StintFilter { wait_max: Some(10), ..all() }), std::slice::from_ref(&short));
    assert_eq!(kept(StintFilter { number: Some(NumberPattern::new("+3361*")), ..all() }), [long]);
    assert_eq!(kept(StintFilter { answered: Some(false), ..all() }), []);
}

#[test]
fn intervals_are_found_by_overlap_however_long_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(folder.path(), settings()).unwrap();
    let session = |start: i64, end: i64| Session {
        agent: 1,
        start: DAY + start,
        end: DAY + end,
        extension: Some(2),
        cause: EndCause::Logoff,
        quality: Quality(5),
    };
    let membership = Membership {
        agent: 2,
        queue: 1,
        start: DAY - 900_000,
        end: DAY + 900_000,
        cause: EndCause::Removed,
        quality: Quality::default(),
    };
    let pause = |queue, code| Pause {
        agent: 1,
        queue,
        start: DAY + 10,
        end: DAY + 20,
        code,
        cause: EndCause::Unpaused,
        quality: Quality::default(),
    };
    let ivr = IvrCall {
        call_id: CallId::parse("pbx-17.4"),
        start: DAY + 7,
        end: DAY + 9,
        number: "0102030405".into(),
        dnis: Some(1),
        ivr: Some(2),
        steps: vec![Note {
            at: DAY + 8,
            kind: NoteKind::IvrStep,
            agent: None,
            text: "2".into(),
            more: "900".into(),
        }],
    };
    let sessions =
        [session(0, 10), session(10, 10), session(-500_000, 5), session(-500_000, 400_000)];
    let mut changes = names(3);
    changes.extend(sessions.iter().cloned().map(Change::Session));
    changes.push(Change::Membership(membership.clone()));
    let pauses = [pause(None, Some(3)), pause(Some(1), None)];
    changes.extend(pauses.iter().cloned().map(Change::Pause));
    changes.push(Change::IvrCall(Box::new(ivr.clone())));
    store.commit(&batch(changes, 1, DAY + 100)).unwrap();
    let found = |from: i64, to: i64| {
        let mut found = Vec::new();
        let each = |session: Session| {
            found.push((session.start - DAY, session.end - DAY));
            Ok(())
        };
        store.query(|reader| reader.for_each_session(DAY + from..DAY + to, each)).unwrap();
        found.sort_unstable();
        found
    };
    assert_eq!(found(-600_000, -500_000), []);
    assert_eq!(found(-500_001, -499_999), [(-500_000, 5), (-500_000, 400_000)]);
    assert_eq!(found(4, 6), [(-500_000, 5), (-500_000, 400_000), (0, 10)]);
    assert_eq!(found(5, 10), [(-500_000, 400_000), (0, 10)]);
    assert_eq!(found(10, 11), [(-500_000, 400_000), (10, 10)]);
    assert_eq!(found(399_999, 400_000), [(-500_000, 400_000)]);
    store
        .query(|reader| {
            let (mut memberships, mut found_pauses, mut calls) = (vec![], vec![], vec![]);
            reader.for_each_membership(DAY..DAY + 1, |one| {
                memberships.push(one);
                Ok(())
            })?;
            reader.for_each_pause(DAY..DAY + 20, |one| {
                found_pauses.push(one);
                Ok(())
            })?;
            reader.for_each_ivr_call(DAY..DAY + 20, |_, call| {
                calls.push(call);
                Ok(())
            })?;
            assert_eq!(memberships, std::slice::from_ref(&membership));
            assert_eq!(found_pauses, pauses);
            assert_eq!(calls, std::slice::from_ref(&ivr));
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_second_daemon_is_refused_with_the_number_of_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let (_store, _) = Store::open(folder.path(), settings()).unwrap();
    let error = Store::open(folder.path(), settings()).unwrap_err();
    assert_eq!(error.kind(), Kind::Conflict);
    assert!(error.message().contains(&std::process::id().to_string()), "{error}");
}
