//! The rules of `metrics.md` 2.2 to 2.8, one by one, on lines.

mod folded;

use folded::Run;
use switchroom_core::model::{
    AttemptResult, Cause, Direction, Ignored, NoteKind, Quality, RingSource, Settings, StintState,
};

const ENTERED: &str = "1000|1.1|q|NONE|ENTERQUEUE||555|1\n";
const TALKING: &str = "1000|1.1|q|NONE|ENTERQUEUE||555|1
    1010|1.1|q|ann|CONNECT|10|m|2\n";

fn after(start: &str, rest: &str) -> Run {
    Run::of(&format!("{start}{rest}"))
}

fn causes(run: &Run) -> Vec<Cause> {
    run.facts.stints.iter().map(|stint| stint.cause).collect()
}

#[test]
fn rule_1_a_stated_length_wins_over_the_clock_and_the_difference_is_marked() {
    let run = after(ENTERED, "1010|1.1|q|ann|CONNECT|10|m|2\n1100|1.1|q|ann|COMPLETEAGENT|10|50|1");
    assert_eq!(run.one().talk, Some(50));
    assert!(run.one().quality.has(Quality::CLOCK_JUMP));
    let run = after(TALKING, "1100|1.1|q|ann|COMPLETEAGENT|10|-7|1");
    assert_eq!(run.one().talk, Some(0), "nothing lasts less than no time");
}

#[test]
fn rule_2_entering_again_closes_what_was_open() {
    let run = after(ENTERED, "1040|1.1|r|NONE|ENTERQUEUE||555|1");
    assert_eq!((run.one().cause, run.one().wait), (Cause::NextStint, Some(40)));
    let run = after(TALKING, "1040|1.1|r|NONE|ENTERQUEUE||555|1");
    let stint = run.one();
    assert_eq!((stint.cause, stint.wait, stint.talk), (Cause::Transfer, Some(10), Some(30)));
    assert_eq!(run.fold.open().stints[0].stint.entry, 1);
}

#[test]
fn rules_2_and_5_the_late_end_of_the_queue_before_replaces_the_guess() {
    let run = after(
        TALKING,
        "1040|1.1|r|NONE|ENTERQUEUE||555|1
         1041|1.1|q|ann|BLINDTRANSFER|600|internal|10|30|1
         1050|1.1|r|NONE|ABANDON|1|1|10",
    );
    assert_eq!(causes(&run), [Cause::BlindTransfer, Cause::Abandon]);
    let stint = &run.facts.stints[0];
    assert_eq!((stint.talk, run.word(stint.transfer_to)), (Some(30), "600"));
    assert!(stint.quality.has(Quality::LATE) && !stint.quality.has(Quality::SYNTHETIC_END));
}

#[test]
fn rules_2_and_5_hold_when_the_caller_comes_back_to_the_same_queue() {
    let run = after(
        TALKING,
        "1040|1.1|q|NONE|ENTERQUEUE||555|2
         1041|1.1|q|ann|BLINDTRANSFER|600|internal|10|30|1
         1060|1.1|q|bob|CONNECT|20|m|2
         1070|1.1|q|bob|COMPLETECALLER|20|10|2",
    );
    assert_eq!(causes(&run), [Cause::BlindTransfer, Cause::Caller]);
    assert_eq!(run.agent(&run.facts.stints[1]), "bob");
}

#[test]
fn rule_3_the_same_entering_twice_is_one_unless_something_came_between() {
    let run = after(ENTERED, "1002|1.1|q|NONE|ENTERQUEUE||555|1\n1009|1.1|q|NONE|ABANDON|1|1|9");
    assert!(run.one().quality.has(Quality::DUPLICATE_SEEN));
    assert_eq!(run.facts.ignored, [Ignored::DuplicateEntry]);
    let run = after(
        ENTERED,
        "1001|1.1|q|NONE|EXITWITHKEY|2|1|1|1
         1001|1.1|q|NONE|ENTERQUEUE||555|1
         1009|1.1|q|NONE|ABANDON|1|1|8",
    );
    assert_eq!(causes(&run), [Cause::Key, Cause::Abandon]);
    let run = after(ENTERED, "1003|1.1|q|NONE|ENTERQUEUE||555|1");
    assert_eq!(causes(&run), [Cause::NextStint], "three seconds are too many");
}

#[test]
fn rule_4_a_second_end_is_dropped_but_a_transfer_tells_better() {
    let run = after(
        TALKING,
        "1040|1.1|q|ann|COMPLETEAGENT|10|30|1
         1049|1.1|q|ann|COMPLETECALLER|10|39|1",
    );
    assert_eq!(causes(&run), [Cause::Agent]);
    assert_eq!(run.facts.ignored, [Ignored::DuplicateClosing]);
    let run = after(
        TALKING,
        "1040|1.1|q|ann|COMPLETEAGENT|10|30|1
         1042|1.1|q|ann|TRANSFER|600|internal|10|30",
    );
    assert_eq!((run.one().cause, run.word(run.one().transfer_to)), (Cause::Transfer, "600"));
    // Much later, and its own start is that of the same stint.
    let run = after(
        TALKING,
        "1040|1.1|q|ann|COMPLETEAGENT|10|30|1
         1100|1.1|q|ann|COMPLETEAGENT|10|90|1",
    );
    assert_eq!(causes(&run), [Cause::Agent]);
    // Much later with another start: a stint whose beginning was lost.
    let run = after(
        TALKING,
        "1040|1.1|q|ann|COMPLETEAGENT|10|30|1
         1100|1.1|q|ann|COMPLETEAGENT|5|20|1",
    );
    assert_eq!(run.facts.stints[1].enter, 1075);
    assert!(run.facts.stints[1].quality.has(Quality::SYNTHETIC_START));
}

#[test]
fn rule_5_an_inconsistent_closing_replaces_nothing() {
    let mut run = after(TALKING, "");
    assert!(run.close_by_hand("1.1", None));
    run.feed("2000|1.1|q|ann|COMPLETECALLER|3|20|1");
    assert_eq!(causes(&run), [Cause::Manual, Cause::Caller]);
    assert_eq!(run.facts.stints[0].talk, Some(5), "the usual length of the settings");
}

#[test]
fn rule_5_a_call_given_up_that_is_answered_after_all_is_one_call() {
    let mut run = after(ENTERED, "");
    run.tick(1000 + 4 * 3600);
    assert_eq!(causes(&run), [Cause::NoClosure]);
    assert_eq!(run.one().wait, None, "an unknown length counts in no sum");
    run.feed("15500|1.1|q|ann|CONNECT|14500|m|2");
    assert_eq!(run.fold.open().stints.len(), 1);
    run.feed("15600|1.1|q|ann|COMPLETEAGENT|14500|100|1");
    let stint = run.one();
    assert_eq!((stint.cause, stint.wait, stint.talk), (Cause::Agent, Some(14500), Some(100)));
    assert!(!stint.quality.has(Quality::STALE));
}

#[test]
fn rule_6_a_dumped_caller_of_whom_nothing_is_heard_is_lost_after_an_hour() {
    let mut run = after(ENTERED, "1020|1.1|q|ann|AGENTDUMP|");
    run.tick(1020 + 3500);
    assert_eq!(causes(&run), []);
    run.tick(1020 + 3700);
    assert_eq!((run.one().cause, run.one().wait), (Cause::AgentDump, Some(20)));
    assert_eq!(run.one().attempts[0].result, AttemptResult::Dumped);
    assert_eq!(run.one().agent, None, "lost inbound stints belong to nobody");
}

#[test]
fn rule_7_a_conversation_without_end_counts_without_a_length() {
    let mut run = after(TALKING, "");
    run.tick(1010 + 4 * 3600 + 60);
    let stint = run.one();
    assert!(stint.answered && stint.quality.has(Quality::STALE));
    assert_eq!((stint.cause, stint.wait, stint.talk), (Cause::NoClosure, Some(10), None));
    assert!(run.fold.open().stints.is_empty());
    // The clock of an import is the newest record.
    let run = after(TALKING, "40000|2.2|q|NONE|ENTERQUEUE||1|1\n40001|2.2|q|NONE|ABANDON|1|1|1");
    assert_eq!(causes(&run), [Cause::NoClosure, Cause::Abandon]);
    let settings = Settings { max_ongoing_talk: 0, ..Settings::default() };
    let mut run = Run::new(settings);
    run.feed(TALKING);
    run.tick(1_000_000);
    assert_eq!(run.fold.open().stints.len(), 1, "0 = never");
}

#[test]
fn rule_9_two_calls_that_fit_are_no_match() {
    let run = Run::of(
        "100|1.1|q|NONE|ENTERQUEUE||1|1
         100|1.2|q|NONE|ENTERQUEUE||2|2
         107|1.1|q|ann|CONNECT|7|m|2
         107|1.2|q|ann|CONNECT|7|m|2
         167|1.3|q|ann|COMPLETECALLER|7|60|1",
    );
    assert_eq!(run.one().call_id.to_string(), "1.3");
    assert!(run.one().quality.has(Quality::SYNTHETIC_START));
    assert_eq!((run.one().enter, run.one().attempts.len()), (100, 1));
    assert_eq!(run.fold.open().stints.len(), 2);
}

#[test]
fn rule_13_the_place_of_entering_comes_from_the_end_when_the_start_had_none() {
    let run = Run::of(
        "1000|1.1|q|NONE|ENTERQUEUE||1
         1020|1.1|q|NONE|ABANDON|2|5|20
         1030|1.2|q|NONE|ENTERQUEUE||1|0
         1040|1.2|q|NONE|EXITEMPTY|0|0|10",
    );
    let places: Vec<_> =
        run.facts.stints.iter().map(|stint| (stint.position, stint.exit_position)).collect();
    assert_eq!(places, [(Some(5), Some(2)), (None, None)]);
}

#[test]
fn rule_14_a_queue_can_be_outbound_by_configuration() {
    let mut settings = Settings::default();
    settings.outbound_queues.insert("q".into());
    let mut run = Run::new(settings);
    run.feed(&format!("{TALKING}1040|1.1|q|ann|COMPLETEAGENT|10|30|1"));
    assert_eq!(run.one().direction, Direction::Outbound);
    assert!(run.one().attempts.is_empty());
}

#[test]
fn a_missing_connect_is_told_by_the_end() {
    let run = after(ENTERED, "1040|1.1|q|ann|COMPLETEAGENT|10|30|1");
    let stint = run.one();
    assert_eq!((run.agent(stint), stint.wait, stint.talk), ("ann", Some(10), Some(30)));
    assert_eq!((stint.attempts[0].result, stint.attempts[0].at), (AttemptResult::Taken, 1010));
    assert_eq!((stint.attempts[0].ring_ms, stint.ring), (None, None));
}

#[test]
fn what_begins_before_the_log_gets_its_beginning_from_what_is_told() {
    let run = Run::of(
        "1000|1.1|q|ann|CONNECT|30|m|2
         1060|1.1|q|ann|COMPLETEAGENT|30|60|4
         1070|1.2|q|NONE|ABANDON|1|3|25",
    );
    let [answered, lost] = &run.facts.stints[..] else { panic!() };
    assert_eq!((answered.enter, answered.position), (970, Some(4)));
    assert_eq!((lost.enter, lost.wait, lost.position), (1045, Some(25), Some(3)));
    assert!(answered.quality.has(Quality::SYNTHETIC_START));
}

#[test]
fn another_agent_on_the_same_call_is_a_reconnect() {
    let run = after(
        TALKING,
        "1012|1.1|q|ann|CONNECT|10|m|2
         1030|1.1|q|bob|CONNECT|30|m|2
         1050|1.1|q|bob|COMPLETEAGENT|30|20|1",
    );
    assert_eq!(causes(&run), [Cause::Reconnect, Cause::Agent]);
    assert_eq!(run.facts.ignored, [Ignored::DuplicateConnect]);
    assert_eq!(run.facts.stints[0].talk, Some(20));
    assert_eq!(&*run.facts.stints[1].number, "555");
}

#[test]
fn a_loss_while_talking_changes_nothing_and_incompatible_media_is_a_loss() {
    let run = after(TALKING, "1020|1.1|q|NONE|ABANDON|1|1|20\n1030|1.1|q|ann|SYSCOMPAT|");
    assert_eq!(run.facts.ignored, [Ignored::LossWhileTalking]);
    assert_eq!((run.one().cause, run.one().answered), (Cause::Incompatible, false));
    assert_eq!(run.one().agent, None);
}

#[test]
fn holds_count_only_within_a_conversation_and_end_with_it() {
    let run = after(
        ENTERED,
        "1005|1.1|q|ann|CALLERONHOLD
         1010|1.1|q|ann|CONNECT|10|m|2
         1012|1.1|q|ann|CALLEROFFHOLD|3
         1020|1.1|q|ann|CALLERONHOLD
         1050|1.1|q|ann|COMPLETECALLER|10|40|1",
    );
    assert_eq!(run.facts.ignored, [Ignored::HoldOutsideTalk; 2]);
    let holds: Vec<_> = run.one().holds.iter().map(|hold| (hold.start, hold.secs)).collect();
    assert_eq!(holds, [(1020, 30)]);
}

#[test]
fn the_door_counts_refused_calls_without_length() {
    let run = Run::of("10|1.1|q|NONE|DID|700\n10|1.1|q|NONE|FULL|");
    let stint = run.one();
    assert_eq!((stint.cause, stint.wait, stint.enter), (Cause::Refused, Some(0), 10));
    assert_eq!((run.word(stint.detail), run.word(stint.dnis)), ("FULL", "700"));
}

#[test]
fn an_attempt_told_three_seconds_late_still_belongs_to_the_call() {
    let run = after(
        ENTERED,
        "1020|1.1|q|NONE|ABANDON|1|1|20
         1023|1.1|q|ann|RINGCANCELED|4000
         1024|1.1|q|ann|RINGCANCELED|4000",
    );
    let attempts: Vec<_> = run.one().attempts.iter().map(|attempt| attempt.result).collect();
    assert_eq!(attempts, [AttemptResult::Cancelled]);
    assert_eq!(run.facts.ignored, [Ignored::UnknownCall]);
}

#[test]
fn only_the_chosen_verb_makes_attempts() {
    let text = format!(
        "{ENTERED}1005|1.1|q|ann|RINGNOANSWER|4000
         1005|1.1|q|ann|AGENTATTEMPT|4000
         1020|1.1|q|NONE|ABANDON|1|1|20"
    );
    let told = |source| {
        let mut run = Run::new(Settings { ring_source: source, ..Settings::default() });
        run.feed(&text);
        let stint = run.one();
        let attempts: Vec<_> = stint.attempts.iter().map(|attempt| attempt.result).collect();
        (attempts, stint.notes.iter().map(|note| note.text.to_string()).collect::<Vec<_>>())
    };
    assert_eq!(
        told(RingSource::RingNoAnswer),
        (vec![AttemptResult::NoAnswer], vec!["AGENTATTEMPT".to_owned()])
    );
    assert_eq!(
        told(RingSource::AgentAttempt),
        (vec![AttemptResult::Attempt], vec!["RINGNOANSWER".to_owned()])
    );
}

#[test]
fn a_call_accounted_afterwards_is_an_outbound_stint() {
    let run = Run::of(
        "100|NONE|q|ann|OUTCALL|ANSWER|23|30|0155501
         110|NONE|q|ann|OUTCALL|BUSY|0|0155502",
    );
    let [answered, lost] = &run.facts.stints[..] else { panic!() };
    assert_eq!((answered.enter, answered.talk, answered.wait), (77, Some(23), None));
    assert_eq!((&*answered.number, answered.cause), ("0155501", Cause::OutCall));
    assert!(!lost.answered && lost.talk.is_none() && lost.direction == Direction::Outbound);
    assert_eq!(run.agent(lost), "ann");
}

#[test]
fn what_is_announced_goes_to_the_next_queue_and_not_to_the_one_before() {
    let run = Run::of(
        "10|1.1|NONE|NONE|INFO|IVRSTART|700|0555
         15|1.1|NONE|NONE|INFO|IVRAPPEND|2|4000|main
         16|1.1|NONE|NONE|INFO|TAG|vip
         20|1.1|q|NONE|ENTERQUEUE|||1
         30|1.1|q|NONE|EXITWITHTIMEOUT|1|1|10
         31|1.1|r|NONE|DID|701
         32|1.1|r|NONE|INFO|TAG|late
         33|1.1|r|NONE|ENTERQUEUE||0555|1
         40|1.1|r|NONE|ABANDON|1|1|7",
    );
    let [first, second] = &run.facts.stints[..] else { panic!() };
    assert_eq!((run.word(first.dnis), run.word(first.tag)), ("700", "vip"));
    assert_eq!((&*first.number, first.ivr_secs), ("0555", Some(10)));
    let steps: Vec<_> = first.notes.iter().map(|note| (note.kind, &*note.more)).collect();
    assert_eq!(
        steps,
        [(NoteKind::IvrStart, "0555"), (NoteKind::IvrStep, "4000|main"), (NoteKind::Tag, "")]
    );
    assert_eq!((run.word(second.dnis), run.word(second.tag)), ("701", "late"));
}

#[test]
fn a_voice_menu_that_leads_to_no_queue_is_a_call_of_its_own() {
    let mut run = Run::of(
        "10|1.1|NONE|NONE|INFO|IVRSTART|700|0555
         20|1.1|NONE|NONE|INFO|IVRHANGUP|
         30|1.2|NONE|NONE|INFO|IVR|main-2",
    );
    let [ended] = &run.facts.ivr[..] else { panic!() };
    assert_eq!((ended.start, ended.end, &*ended.number), (10, 20, "0555"));
    assert_eq!(ended.steps.len(), 2);
    run.tick(30 + 1700);
    assert_eq!(run.fold.open().ivr.len(), 1);
    run.tick(30 + 1900);
    assert_eq!(run.word(run.facts.ivr[1].ivr), "main-2");
    run.tick(30 + 8000);
    assert!(run.fold.open().ivr.is_empty(), "nothing announced is kept for ever");
}

#[test]
fn annotations_find_the_last_answered_stint_by_any_spelling_of_the_id() {
    let run = Run::of(
        "100|1.1|q|NONE|ENTERQUEUE||1|1
         101|1.1|q|ann|CONNECT|1|m|1
         110|1.1|q|ann|COMPLETEAGENT|1|9|1
         111|1.1|r|NONE|ENTERQUEUE||1|1
         120|1.1|r|NONE|ABANDON|1|1|9
         130|x|NONE|ann|CALLSTATUS|5|:1.1
         131|1.1|q|ann|INFO|FTR|f1|why
         132|1.1|q|ann|INFO|FTR|f2
         133|1.1|q|ann|INFO|NOFTR|f1
         134|1.1|q|ann|CALLSTATUS|6",
    );
    let [first, second] = &run.facts.stints[..] else { panic!() };
    assert_eq!((run.word(first.outcome), second.outcome), ("6", None));
    let features: Vec<_> = first.features.iter().map(|word| run.word(Some(*word))).collect();
    assert_eq!(features, ["f2"]);
    let outcomes: Vec<_> = first
        .notes
        .iter()
        .filter(|note| note.kind == NoteKind::Outcome)
        .map(|note| &*note.text)
        .collect();
    assert_eq!(outcomes, ["5", "6"], "history stays on the timeline");
}

#[test]
fn what_is_open_tells_state_agent_and_last_try() {
    let run = after(
        ENTERED,
        "1005|1.1|q|bob|RINGNOANSWER|4000
         1010|1.1|q|ann|CONNECT|10|m|2
         1015|1.1|q|ann|CALLERONHOLD
         1016|1.2|q|NONE|ENTERQUEUE||556|1",
    );
    let open = run.fold.open();
    let [held, waiting] = &open.stints[..] else { panic!() };
    assert_eq!((held.state, held.hold_since), (StintState::OnHold, Some(1015)));
    assert_eq!((held.connected, run.agent(&held.stint)), (Some(1010), "ann"));
    let (tried, at) = held.last_tried.unwrap();
    assert_eq!((run.fold.names().agent_name(tried), at), ("bob", 1005));
    assert_eq!((waiting.state, waiting.stint.cause), (StintState::Waiting, Cause::Ongoing));
}

#[test]
fn lists_have_an_end_and_say_what_they_leave_out() {
    let mut run = after(ENTERED, "");
    for _ in 0..600 {
        run.feed("1001|1.1|q|ann|RINGNOANSWER|0");
    }
    run.feed("1020|1.1|q|NONE|ABANDON|1|1|20");
    assert_eq!(run.one().attempts.len(), 512);
    assert_eq!(run.facts.ignored, vec![Ignored::TooMany; 88]);
}

#[test]
fn of_finished_calls_no_state_is_left() {
    let mut run = Run::new(Settings::default());
    for call in 0..5000 {
        let at = 100_000 + call * 60;
        run.feed(&format!(
            "{at}|{at}.{call}|q|NONE|ENTERQUEUE||0555{call}|1
             {}|{at}.{call}|q|ann|CONNECT|10|m|2
             {}|{at}.{call}|q|ann|COMPLETEAGENT|10|20|1",
            at + 10,
            at + 30
        ));
    }
    let mut parts = std::collections::BTreeMap::new();
    for put in run.fold.take_state() {
        if let Some(value) = put.value {
            parts.insert(put.key, value);
        }
    }
    let bytes: usize = parts.iter().map(|(key, value)| key.len() + value.len()).sum();
    assert!(parts.len() == 2 && bytes < 80, "the clock and one agent, not {bytes} bytes");
}

#[test]
fn a_log_that_closes_nothing_fills_no_memory() {
    let mut run = Run::new(Settings::default());
    for call in 0..60_000 {
        run.feed(&format!("{}|{call}.1|q|NONE|ENTERQUEUE||1|1", 100_000 + call / 10));
    }
    let open = run.fold.open().stints.len();
    assert!(open <= 50_000);
    assert_eq!(run.facts.stints.len() + open, 60_000, "given up, not lost");
    assert!(causes(&run).iter().all(|cause| *cause == Cause::NoClosure));
}

#[test]
fn an_open_call_and_its_agent_take_less_than_a_hundred_bytes_each() {
    let mut run = Run::of(
        "1795189440|MANAGER|sales|ann|ADDMEMBER|
         1795189445|1795189445.6|sales|NONE|DID|0155501
         1795189445|1795189445.6|sales|NONE|ENTERQUEUE||017702096|1
         1795189449|1795189445.6|sales|bob|RINGNOANSWER|4000
         1795189450|1795189445.6|sales|ann|CONNECT|5|1795189445.8|1",
    );
    for put in run.fold.take_state() {
        let size = put.key.len() + put.value.as_ref().map_or(0, Vec::len);
        assert!(size <= 100, "{:?} takes {size} bytes", String::from_utf8_lossy(&put.key));
    }
}

/// A dialplan's own records of an outbound call, and a tracker's of the same.
const DIALPLAN: [&str; 3] = [
    "1000|7.1|q-a|Bruno|CALLOUTBOUND||0156",
    "1010|7.1|q-a|Bruno|CONNECT|10|7.2|0",
    "1060|7.1|q-a|Bruno|COMPLETECALLER|10|50|1",
];
const TRACKER: [&str; 5] = [
    "1000|:7.1|q-a|PJSIP/101|ADDMEMBER|",
    "1000|:7.1|q-a|PJSIP/101|CALLOUTBOUND||*481*0156",
    "1010|:7.1|q-a|PJSIP/101|CONNECT|10|7.2|10",
    "1060|:7.1|q-a|PJSIP/101|COMPLETECALLER|10|50|1",
    "1060|:7.1|q-a|PJSIP/101|REMOVEMEMBER|",
];

#[test]
fn an_outbound_call_that_dialplan_and_tracker_log_is_one_whoever_comes_first() {
    let [d0, d1, d2] = DIALPLAN;
    let [t0, t1, t2, t3, t4] = TRACKER;
    let orders = [
        [d0, t0, t1, t2, d1, t3, d2, t4],
        [t0, t1, d0, t2, d1, t3, d2, t4],
        // The dialplan begins to log when somebody answers.
        [t0, t1, t2, d0, d1, d2, t3, t4],
        // The tracker hears of it late, and ends what it has open.
        [t0, t1, d0, d1, t2, t3, t4, d2],
    ];
    for order in orders {
        let run = Run::of(&order.join("\n"));
        let stint = run.one();
        assert_eq!((&*stint.number, stint.talk), ("0156", Some(50)), "{order:?}");
        assert_eq!(stint.call_id.to_string(), "7.1");
        assert!(run.fold.open().stints.is_empty(), "{order:?}");
        assert!(run.fold.open().memberships.is_empty(), "{order:?}");
    }
}

#[test]
fn a_call_the_tracker_alone_logs_and_one_in_a_parking_lot_have_their_own_course() {
    let tracker = Run::of(&TRACKER.join("\n"));
    assert_eq!((&*tracker.one().number, tracker.one().talk), ("*481*0156", Some(50)));
    // The same channel is parked after its call.
    let parked = Run::of(&format!(
        "{}\n1070|:7.1|pk-default|NONE|ENTERQUEUE||701-282|1
         1075|:7.1|pk-default|PJSIP/9|CONNECT|5|9.1|0
         1080|:7.1|pk-default|PJSIP/9|COMPLETEAGENT|5|5|1",
        DIALPLAN.join("\n")
    ));
    let talks: Vec<_> = parked.facts.stints.iter().map(|stint| stint.talk).collect();
    assert_eq!(talks, [Some(50), Some(5)]);
}
