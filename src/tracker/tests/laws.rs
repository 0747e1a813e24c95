//! Laws that hold for any events in any order.

use std::collections::{HashMap, HashSet};

use proptest::prelude::*;

use super::script::{Run, options};
use crate::tracker::{Options, Record, Scope, Word};

/// One random step: an event over few channels, so that they collide.
fn step() -> impl Strategy<Value = String> {
    let names = prop::sample::select(vec![
        "Newchannel",
        "NewAccountCode",
        "Hangup",
        "HangupRequest",
        "SoftHangupRequest",
        "DialBegin",
        "DialBegin",
        "DialEnd",
        "DialEnd",
        "DialState",
        "LocalBridge",
        "BridgeEnter",
        "BridgeEnter",
        "BridgeLeave",
        "BridgeMerge",
        "Hold",
        "Unhold",
        "MusicOnHoldStart",
        "MusicOnHoldStop",
        "ParkedCall",
        "UnParkedCall",
        "ParkedCallTimeOut",
        "ParkedCallGiveUp",
        "ParkedCallSwap",
        "BlindTransfer",
        "AttendedTransfer",
        "QueueCallerJoin",
        "QueueCallerLeave",
        "AgentCalled",
        "AgentConnect",
        "AgentComplete",
        "QueueMemberAdded",
        "QueueMemberRemoved",
        "QueueMember",
        "Rename",
        "FullyBooted",
        "Shutdown",
        "cut",
        "snapshot",
        "CoreShowChannel",
        "listed",
        "round",
        "tick",
    ]);
    let uid = || prop::sample::select(vec!["1.1", "1.2", "1.3", "1.4", "1.5", ""]);
    let device = || {
        prop::sample::select(vec!["PJSIP/101-1", "PJSIP/102-2", "Local/9@x-1;1", "PJSIP/trunk-3"])
    };
    let word = |list: &'static [&'static str]| prop::sample::select(list.to_vec());
    (
        names,
        0u32..900,
        (uid(), uid(), uid(), uid()),
        (device(), device()),
        (word(&["ANSWER", "BUSY", "CANCEL", "RINGING"]), word(&["sales", "q-outbound"])),
        (word(&["701", "702"]), word(&["b1", "b2"]), word(&["Bridge", "App", "Link", "Fail"])),
        (word(&["Dial", "Queue", "Park"]), 0u32..40),
    )
        .prop_map(
            |(name, pause, (u, l, d, r), (c, dc), (status, q), (space, b, kind), (app, dur))| {
                format!(
                    "{pause} {name} u={u} l={l} c={c} ext=04|4 acc={q} du={d} dl={l} dc={dc} \
                 string=5@t status={status} q={q} name=Ann if=PJSIP/101 space={space} lot=default \
                 dur={dur} b={b} from=b1 swap={r} ru={r} rc={c} tu={d} pu={u} ou={u} su={d} \
                 1u={u} 2u={d} type={kind} to=x app={app} data=sales uptime={dur} new={c}"
                )
            },
        )
}

/// Steps with pauses in tens of milliseconds, as a script.
fn script() -> impl Strategy<Value = String> {
    prop::collection::vec(step(), 1..120).prop_map(|steps| {
        let mut at = 1_000_000u64;
        let mut script = String::new();
        for step in steps {
            let (pause, rest) = step.split_once(' ').unwrap();
            at += pause.parse::<u64>().unwrap() * 10;
            script.push_str(&format!("{}.{:03} {rest}\n", at / 1000, at % 1000));
        }
        script
    })
}

fn all_on() -> Options {
    Options {
        scope: Scope::All,
        hot_desking: true,
        customer_hold: true,
        failure_status: true,
        ..options()
    }
}

/// What must be true of any sequence of records.
fn check(records: &[Record]) -> Result<(), TestCaseError> {
    let mut keys = HashSet::new();
    let mut open: HashMap<(&str, &str), bool> = HashMap::new();
    let mut held: HashMap<(&str, &str), bool> = HashMap::new();
    let mut joined: HashMap<(&str, &str), bool> = HashMap::new();
    for record in records {
        let line = record.line();
        prop_assert!(keys.insert(record.key), "written twice: {line}");
        prop_assert!(!record.data.iter().any(|f| f.contains('|')), "{line}");
        let call = (&*record.call_id, &*record.queue);
        let place = (&*record.queue, &*record.agent);
        match record.word {
            Word::CallOutbound | Word::EnterQueue => {
                prop_assert!(open.insert(call, true) != Some(true), "opened twice: {line}");
            }
            word if word.closes() => {
                prop_assert!(open.insert(call, false) == Some(true), "closed, not open: {line}");
                prop_assert!(held.get(&call) != Some(&true), "closed while held: {line}");
            }
            Word::Connect => prop_assert!(open.get(&call) == Some(&true), "{line}"),
            Word::CallerOnHold => {
                prop_assert!(held.insert(call, true) != Some(true), "held twice: {line}");
            }
            Word::CallerOffHold => {
                prop_assert!(held.insert(call, false) == Some(true), "not held: {line}");
            }
            Word::AddMember if record.call_id != "MANAGER" => {
                prop_assert!(joined.insert(place, true) != Some(true), "in twice: {line}");
            }
            Word::RemoveMember if record.call_id != "MANAGER" => {
                prop_assert!(joined.insert(place, false) == Some(true), "not in: {line}");
            }
            _ => {}
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_events_in_any_order_give_records_that_pair(script in script()) {
        let run = Run::of(all_on(), &script);
        check(&run.records)?;
    }

    #[test]
    fn a_restart_of_ours_anywhere_writes_nothing_twice(script in script(), cut in 0usize..120) {
        let lines: Vec<&str> = script.lines().collect();
        let cut = cut.min(lines.len());
        let mut before = Run::new(all_on());
        before.play_on(&lines[..cut].join("\n"));
        let journal = before.tracker.journal();
        let mut after = Run::new(all_on());
        after.tracker.restore(journal);
        after.play_on("9999990 snapshot\n9999991 listed");
        let mut records = before.records;
        records.extend(after.records);
        check_pairs_over_a_restart(&records)?;
    }

    #[test]
    fn a_line_read_by_the_vocabulary_means_what_was_written(script in script()) {
        for record in Run::of(all_on(), &script).records {
            let event = record.event();
            prop_assert_eq!(&*event.call_id, &*record.call_id);
            prop_assert_eq!(event.time, crate::tracker::second(record.at));
        }
    }
}

/// After a restart a hold of a queue's call is not taken up again; all else
/// holds as always.
fn check_pairs_over_a_restart(records: &[Record]) -> Result<(), TestCaseError> {
    let tracked: Vec<Record> =
        records.iter().filter(|record| record.call_id.starts_with(':')).cloned().collect();
    check(&tracked)
}
