use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::event::{QueueEvent, Verb};

const T: i64 = 1_795_189_100;

fn caller() -> Channel<'static> {
    Channel {
        name: "PJSIP/trunk-01".into(),
        number: "0177".into(),
        uniqueid: "1.1".into(),
        ..Channel::default()
    }
}

fn attempt() -> Attempt<'static> {
    Attempt {
        queue: "sales".into(),
        name: "Alice".into(),
        interface: "PJSIP/201".into(),
        caller: caller(),
        member: Channel { uniqueid: "1.2".into(), ..Channel::default() },
    }
}

fn play(twins: &mut Twins, events: Vec<(i64, Event<'static>)>) -> Vec<String> {
    let apply = |(second, event)| twins.apply(&Told { at: (T + second) * 1_000_000, event });
    let lines = events.into_iter().flat_map(apply);
    lines.map(|line| line.text.split_once('|').unwrap().1.to_owned()).collect()
}

fn join() -> Event<'static> {
    let (queue, position) = ("sales".into(), Some(2));
    Event::QueueCallerJoin { caller: caller(), queue, position, count: Some(2) }
}

fn leave() -> Event<'static> {
    let queue = "sales".into();
    Event::QueueCallerLeave { caller: caller(), queue, position: Some(1), count: Some(0) }
}

fn lost() -> Event<'static> {
    Event::QueueCallerAbandon {
        caller: caller(),
        queue: "sales".into(),
        position: Some(1),
        original: Some(2),
        hold: Some(7),
    }
}

fn gone() -> Event<'static> {
    Event::Hangup { channel: caller(), cause: Some(16), cause_text: "".into() }
}

#[test]
fn an_answered_call_is_written_as_asterisk_writes_it() {
    let complete = Event::AgentComplete {
        attempt: Attempt { caller: Channel::default(), ..attempt() },
        hold: Some(4),
        talk: Some(9),
        reason: CompleteReason::Agent,
    };
    let lines = play(
        &mut Twins::default(),
        vec![
            (0, join()),
            (2, Event::AgentRingNoAnswer { attempt: attempt(), ring_ms: Some(2000) }),
            (4, leave()),
            (4, Event::AgentConnect { attempt: attempt(), ring: Some(1), hold: Some(4) }),
            (13, gone()),
            (13, complete),
        ],
    );
    assert_eq!(
        lines,
        [
            "1.1|sales|NONE|ENTERQUEUE||0177|2",
            "1.1|sales|Alice|RINGNOANSWER|2000",
            "1.1|sales|Alice|CONNECT|4|1.2|1",
            "1.1|sales|Alice|COMPLETEAGENT|4|9|2",
        ]
    );
}

#[test]
fn whoever_hung_up_has_abandoned_and_of_others_the_reason_is_waited_for() {
    let hung = Event::HangupRequest { channel: caller(), soft: false, cause: None };
    let abandoned =
        play(&mut Twins::default(), vec![(0, join()), (7, hung), (7, lost()), (7, leave())]);
    assert_eq!(abandoned[1..], ["1.1|sales|NONE|ABANDON|1|2|7"]);
    for (status, expected) in [
        ("TIMEOUT", "EXITWITHTIMEOUT|1|2|7"),
        ("LEAVEEMPTY", "EXITEMPTY|1|2|7"),
        ("WITHDRAW", "WITHDRAW|1|2|7|"),
    ] {
        let told =
            Event::VarSet { channel: caller(), name: "QUEUESTATUS".into(), value: status.into() };
        let lines =
            play(&mut Twins::default(), vec![(0, join()), (7, lost()), (7, leave()), (7, told)]);
        assert_eq!(lines[1..], [format!("1.1|sales|NONE|{expected}")]);
    }
    let mut twins = Twins::default();
    assert_eq!(play(&mut twins, vec![(0, join()), (7, lost()), (7, leave())]).len(), 1);
    assert_eq!(twins.next_due(), Some((T + 9) * 1_000_000));
    let left = twins.due((T + 9) * 1_000_000);
    assert_eq!(left[0].text, format!("{}|1.1|sales|NONE|LEFT|1|2|7", T + 7));
    assert_eq!(twins.next_due(), None);
}

#[test]
fn a_transfer_says_where_to() {
    let transfer = crate::event::manager::BlindTransfer {
        success: true,
        transferer: Channel { uniqueid: "1.2".into(), ..Channel::default() },
        transferee: None,
        bridge: "".into(),
        external: true,
        context: "inside".into(),
        exten: "281".into(),
    };
    let complete = Event::AgentComplete {
        attempt: attempt(),
        hold: Some(4),
        talk: Some(9),
        reason: CompleteReason::Transfer,
    };
    let lines = play(
        &mut Twins::default(),
        vec![
            (0, join()),
            (4, Event::AgentConnect { attempt: attempt(), ring: Some(1), hold: Some(4) }),
            (9, Event::BlindTransfer(Box::new(transfer))),
            (9, complete),
        ],
    );
    assert_eq!(lines[2..], ["1.1|sales|Alice|BLINDTRANSFER|281|inside|4|9|2"]);
}

#[test]
fn a_bar_in_a_name_makes_no_other_field() {
    let member = Member {
        queue: "sales".into(),
        name: "Al|ice\n".into(),
        interface: "PJSIP/201".into(),
        paused: true,
        pause_reason: "room | B".into(),
        ..Member::default()
    };
    let lines = play(&mut Twins::default(), vec![(0, Event::MemberPause(member))]);
    assert_eq!(lines, ["MANAGER|sales|Al_ice_|PAUSE|room _ B"]);
}

#[test]
fn after_a_link_that_was_lost_whoever_is_in_no_list_has_gone() {
    let mut twins = Twins::default();
    play(&mut twins, vec![(0, join())]);
    let mut again = |complete, with: bool| {
        twins.begin_snapshot();
        if with {
            let event = Event::QueueEntry {
                queue: "sales".into(),
                position: Some(1),
                channel: "PJSIP/trunk-01".into(),
                uniqueid: "1.1".into(),
                number: "0177".into(),
                caller_name: "".into(),
                wait: Some(60),
                priority: None,
            };
            assert!(twins.item(&Told { at: (T + 60) * 1_000_000, event }).is_empty());
        }
        twins.end_snapshot(complete, (T + 60) * 1_000_000)
    };
    assert!(again(true, true).is_empty(), "he waits still");
    assert!(again(false, false).is_empty(), "nobody knows");
    let gone = again(true, false);
    assert_eq!(gone[0].text, format!("{}|1.1|sales|NONE|LEFT|2|2|60", T + 60));
    assert!(gone[0].guessed);
}

// ---- pairing ----

fn ring(time: i64) -> QueueEvent<'static> {
    QueueEvent {
        time,
        call_id: "1.1".into(),
        queue: "sales".into(),
        agent: "Alice".into(),
        verb: Verb::RingNoAnswer { ring_ms: Some(1000) },
    }
}

#[test]
fn the_second_telling_is_a_twin_and_a_third_is_another_fact() {
    let mut pairing = Pairing::default();
    assert!(!pairing.is_second(&ring(T), Side::Ami));
    assert!(pairing.is_second(&ring(T + 2), Side::Log));
    assert!(!pairing.is_second(&ring(T + 2), Side::Log));
    assert!(!pairing.is_second(&ring(T + 5), Side::Ami), "three seconds apart");
}

#[test]
fn a_log_that_comes_back_late_adds_nothing_and_what_is_remembered_has_an_end() {
    let mut pairing = Pairing::default();
    for n in 0..600 {
        assert!(!pairing.is_second(&ring(T + n * 5), Side::Ami));
    }
    for n in 0..600 {
        assert!(pairing.is_second(&ring(T + n * 5), Side::Log), "{n}");
    }
    for n in 0..(2 * 50_000) {
        let other = QueueEvent { call_id: format!("2.{n}").into(), ..ring(T + 3000) };
        pairing.is_second(&other, Side::Ami);
    }
    assert!(pairing.remembered() <= 50_000);
}

/// A fact, and by which sides it is told with what difference of clocks.
fn facts() -> impl Strategy<Value = Vec<(i64, u8, i64)>> {
    prop::collection::vec((0..4_i64, 0..3_u8, -2..=2_i64), 1..60)
}

proptest! {
    /// Facts of one kind lie further apart than clocks differ; each is told by
    /// one side or both, in any order of the two.
    #[test]
    fn each_fact_counts_once_whoever_tells_of_it_and_in_whatever_order(
        facts in facts(),
        shuffle in any::<u64>(),
        restarts in any::<u64>(),
    ) {
        let mut tellings = Vec::new();
        let mut time = T;
        for (gap, sides, apart) in &facts {
            time += 5 + gap;
            match sides {
                0 => tellings.push((time, Side::Log)),
                1 => tellings.push((time, Side::Ami)),
                _ => tellings.extend([(time, Side::Log), (time + apart, Side::Ami)]),
            }
        }
        let mut state = shuffle | 1;
        for at in (1..tellings.len()).rev() {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            tellings.swap(at, (state % (at as u64 + 1)) as usize);
        }
        let mut pairing = Pairing::default();
        let mut parts = std::collections::BTreeMap::new();
        let mut counted = 0;
        for (at, (time, side)) in tellings.iter().enumerate() {
            counted += usize::from(!pairing.is_second(&ring(*time), *side));
            for (key, value) in pairing.take_parts() {
                match value {
                    Some(value) => parts.insert(key, value),
                    None => parts.remove(&key),
                };
            }
            // A new process goes on with what was stored.
            if restarts >> (at % 64) & 1 == 1 {
                pairing = Pairing::restore(parts.iter().map(|(key, value)| (&**key, &**value)));
            }
        }
        prop_assert_eq!(counted, facts.len());
    }

    /// Several at once: as many as the side that told of more of them.
    #[test]
    fn of_facts_at_one_moment_as_many_count_as_one_side_told(log in 0..9_usize, ami in 0..9_usize) {
        let mut pairing = Pairing::default();
        let tellings = [vec![Side::Log; log], vec![Side::Ami; ami]].concat();
        let counted = tellings.iter().filter(|side| !pairing.is_second(&ring(T), **side)).count();
        prop_assert_eq!(counted, log.max(ami));
    }
}

#[test]
fn what_has_found_its_twin_is_stored_no_more_and_what_makes_no_sense_is_left_out() {
    let mut pairing = Pairing::default();
    assert!(!pairing.is_second(&ring(T), Side::Log));
    let parts = pairing.take_parts();
    assert_eq!(parts.len(), 1);
    assert!(pairing.take_parts().is_empty(), "nothing has changed since");
    assert!(pairing.is_second(&ring(T + 1), Side::Ami));
    assert_eq!(pairing.take_parts(), [(parts[0].0.clone(), None)]);
    // Found before a commit: nothing is ever written.
    pairing.is_second(&ring(T + 9), Side::Log);
    pairing.is_second(&ring(T + 9), Side::Ami);
    assert!(pairing.take_parts().is_empty());
    let odd: [(&[u8], &[u8]); 3] =
        [(b"pWORD\n1.1", b"123456789"), (b"pCONNECT\n1.1", b"12"), (b"p", b"")];
    assert_eq!(Pairing::restore(odd).remembered(), 0);
}

#[test]
fn only_calls_the_log_told_of_are_known_by_it() {
    let mut pairing = Pairing::default();
    let enters = QueueEvent {
        verb: Verb::EnterQueue { url: "".into(), number: "1".into(), position: None, name: None },
        ..ring(T)
    };
    pairing.log_told(&enters);
    let known: BTreeSet<_> =
        ["1.1", "1.2"].into_iter().filter(|id| pairing.log_knows(id)).collect();
    assert_eq!(known, BTreeSet::from(["1.1"]));
}
