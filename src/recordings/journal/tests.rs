//! The journal, told what Asterisk and the spool tell.

use super::*;

const PATH: &str = "sales-1795132810.5.wav";
const SECOND: UnixMicro = 1_000_000;
const START: UnixMicro = 1_795_132_812 * SECOND;

fn source() -> Source {
    Source {
        uniqueid: "1795132810.5".to_owned(),
        name: "PJSIP/trunk-5".to_owned(),
        call: "1795132810.5".to_owned(),
        linkedid: "1795132810.4".to_owned(),
        asked: None,
    }
}

fn begun(changes: &[Change]) -> &Begun {
    let Some(Change::Begin(begun)) = changes.first() else { panic!("no begin: {changes:?}") };
    begun
}

fn closed(changes: &[Change]) -> &Closed {
    let Some(Change::Close(closed)) = changes.last() else { panic!("no end: {changes:?}") };
    closed
}

#[test]
fn both_tell_of_one_recording_and_it_is_whole_when_its_channel_is_gone_and_its_file_closed() {
    let mut journal = Journal::default();
    journal.file(START, PATH, Touch::Grew);
    assert_eq!(journal.changes(), [], "the channel may say more");
    journal.started(START + 5000, source(), PATH);
    let changes = journal.changes();
    let begun = begun(&changes);
    assert_eq!((begun.started, begun.queue.as_deref()), (1_795_132_812, Some("sales")));
    assert_eq!(begun.linkedid.as_deref(), Some("1795132810.4"));
    assert_eq!(begun.channel.as_deref(), Some("PJSIP/trunk-5"));

    journal.file(START + 60 * SECOND, PATH, Touch::Closed);
    journal.tick(START + 61 * SECOND);
    assert_eq!(journal.changes(), [], "the channel lives, and may append");
    journal.ended(START + 61 * SECOND, "1795132810.5");
    journal.tick(START + 61 * SECOND);
    let changes = journal.changes();
    let closed = closed(&changes);
    assert_eq!((closed.at, closed.length_ms), (1_795_132_872, Some(60_000)));
    assert!(!journal.follows(PATH));
}

#[test]
fn the_manager_interface_alone_is_enough() {
    let mut journal = Journal::default();
    journal.started(START, source(), PATH);
    journal.ended(START + 9 * SECOND, "1795132810.5");
    journal.tick(START + 10 * SECOND);
    assert_eq!(journal.changes().len(), 1, "its file may still be written");
    journal.tick(START + 12 * SECOND);
    assert_eq!(closed(&journal.changes()).length_ms, Some(9000));
}

#[test]
fn the_spool_alone_is_enough() {
    let mut journal = Journal::default();
    journal.file(START, "out-201-0612345678-1795132810.5.wav", Touch::Grew);
    journal.tick(START + 2 * SECOND);
    let changes = journal.changes();
    let begun = begun(&changes);
    assert_eq!(
        (begun.number.as_deref(), begun.direction),
        (Some("0612345678"), Direction::Outbound)
    );
    assert_eq!(begun.call, "1795132810.5");
    journal.file(START + 30 * SECOND, "out-201-0612345678-1795132810.5.wav", Touch::Closed);
    journal.tick(START + 34 * SECOND);
    assert_eq!(journal.changes(), []);
    journal.tick(START + 35 * SECOND);
    assert_eq!(closed(&journal.changes()).at, 1_795_132_842);
}

#[test]
fn a_file_that_is_opened_again_goes_on() {
    let mut journal = Journal::default();
    journal.started(START, source(), PATH);
    journal.file(START + SECOND, PATH, Touch::Closed);
    journal.file(START + 4 * SECOND, PATH, Touch::Grew);
    journal.tick(START + 60 * SECOND);
    assert_eq!(journal.changes().len(), 1);
    journal.file(START + 70 * SECOND, PATH, Touch::Closed);
    journal.ended(START + 71 * SECOND, "1795132810.5");
    journal.tick(START + 71 * SECOND);
    assert_eq!(closed(&journal.changes()).length_ms, Some(70_000));
}

#[test]
fn mutes_are_stretches_and_one_that_never_ends_ends_with_the_call() {
    let mut journal = Journal::default();
    journal.started(START, source(), PATH);
    for (at, muted) in [(10, true), (12, true), (20, false), (21, false), (50, true)] {
        journal.muted(START + at * SECOND, "1795132810.5", muted);
    }
    journal.muted(START + 30 * SECOND, "other", true);
    assert_eq!(journal.forgotten(START + 59 * SECOND, 10_000), []);
    assert_eq!(journal.forgotten(START + 60 * SECOND, 10_000), [source()]);
    journal.held(START + 5 * SECOND, "1795132810.4", true);
    journal.held(START + 6 * SECOND, "1795132810.4", false);
    journal.ended(START + 60 * SECOND, "1795132810.5");
    journal.tick(START + 63 * SECOND);
    let changes = journal.changes();
    assert_eq!(closed(&changes).muted, [(10_000, 20_000), (50_000, 60_000)]);
    assert_eq!(closed(&changes).on_hold, [(5000, 6000)]);
}

#[test]
fn what_lies_there_is_taken_when_it_looks_whole_and_later_when_it_does_not() {
    let mut journal = Journal::default();
    let (whole, cut) = ("sales-1795132810.5.wav", "sales-1795132811.6.wav");
    journal.file(START, whole, Touch::Lies { since: START, whole: true });
    journal.file(START, cut, Touch::Lies { since: START, whole: false });
    journal.file(START, "notes.txt", Touch::Lies { since: START, whole: true });
    journal.tick(START + 5 * SECOND);
    let changes = journal.changes();
    assert_eq!(begun(&changes).path, whole);
    assert_eq!(closed(&changes).length_ms, None);
    assert_eq!(changes.len(), 2);
    journal.tick(START + 899 * SECOND);
    assert_eq!(journal.changes(), []);
    journal.tick(START + 900 * SECOND);
    assert_eq!(closed(&journal.changes()).path, cut);
}

#[test]
fn one_from_before_a_restart_goes_on_when_its_channel_is_named_again() {
    let mut journal = Journal::default();
    journal.known(PATH, 1_795_132_812);
    journal.file(START + 9 * SECOND, PATH, Touch::Lies { since: START, whole: false });
    journal.started(START + 10 * SECOND, source(), PATH);
    assert!(matches!(&journal.changes()[..], [Change::Source { .. }]));
    journal.tick(START + 2000 * SECOND);
    assert_eq!(journal.changes(), [], "its channel lives");
    journal.ended(START + 2001 * SECOND, "1795132810.5");
    journal.tick(START + 2004 * SECOND);
    assert_eq!(closed(&journal.changes()).length_ms, Some(2_001_000));
}

#[test]
fn a_file_that_goes_away_is_lost_only_if_it_was_told_of() {
    let mut journal = Journal::default();
    journal.file(START, PATH, Touch::Grew);
    journal.file(START, PATH, Touch::Removed);
    assert_eq!(journal.changes(), []);
    journal.started(START, source(), PATH);
    journal.file(START, PATH, Touch::Removed);
    assert!(matches!(&journal.changes()[..], [Change::Begin(_), Change::Lost { .. }]));
}
