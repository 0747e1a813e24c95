//! The worked examples of `metrics.md` 3.20, letter by letter. C, D and Q are
//! about figures and are checked where figures are made; P is about the file.

mod folded;

use folded::Run;
use switchroom_core::model::{
    AttemptResult, Cause, Direction, EndCause, Ignored, Quality, Settings,
};

#[test]
fn a_an_answered_call_has_its_wait_talk_hold_and_attempts() {
    let run = Run::of(
        "1000|u1|sales|NONE|ENTERQUEUE||5551|3
         1010|u1|sales|PJSIP/7|RINGNOANSWER|9000
         1025|u1|sales|PJSIP/8|CONNECT|25|u1b|5
         1040|u1|sales|PJSIP/8|CALLERONHOLD
         1060|u1|sales|PJSIP/8|CALLEROFFHOLD|20
         1125|u1|sales|PJSIP/8|COMPLETECALLER|25|100|3",
    );
    let stint = run.one();
    assert!(stint.answered);
    assert_eq!((stint.wait, stint.talk, stint.position), (Some(25), Some(100), Some(3)));
    assert_eq!((stint.enter, stint.answer(), stint.end), (1000, Some(1025), 1125));
    assert_eq!(stint.holds.iter().map(|hold| hold.secs).collect::<Vec<_>>(), [20]);
    let attempts: Vec<_> =
        stint.attempts.iter().map(|attempt| (attempt.result, attempt.ring_ms)).collect();
    assert_eq!(
        attempts,
        [(AttemptResult::NoAnswer, Some(9000)), (AttemptResult::Taken, Some(5000))]
    );
    assert_eq!((stint.cause, run.agent(stint)), (Cause::Caller, "PJSIP/8"));
    assert_eq!(&*stint.number, "5551");
    assert_eq!(stint.quality, Quality::default());
}

#[test]
fn b_one_call_through_three_queues_is_three_stints() {
    let run = Run::of(
        "2000|u2|a|NONE|ENTERQUEUE||5552|1
         2050|u2|a|NONE|EXITWITHTIMEOUT|1|1|50
         2053|u2|b|NONE|ENTERQUEUE||5552|1
         2093|u2|b|NONE|EXITWITHKEY|2|1|1|40
         2095|u2|c|NONE|ENTERQUEUE||5552|2
         2115|u2|c|Agent/1|CONNECT|20|m|4
         2145|u2|c|Agent/1|COMPLETEAGENT|20|30|2",
    );
    let stints = &run.facts.stints;
    let causes: Vec<_> = stints.iter().map(|stint| stint.cause).collect();
    assert_eq!(causes, [Cause::Timeout, Cause::Key, Cause::Agent]);
    assert_eq!(stints.iter().map(|stint| stint.entry).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!(stints.iter().filter_map(|stint| stint.wait).sum::<i64>(), 110);
    assert_eq!(stints[2].answer().unwrap() - stints[0].enter, 115);
    assert_eq!(stints[2].talk, Some(30));
    assert_eq!(run.word(stints[1].detail), "2");
}

#[test]
fn e_a_restart_ends_a_conversation_at_the_last_sign_of_life() {
    let run = Run::of(
        "3000|u5|q|NONE|ENTERQUEUE||1|1
         3010|u5|q|PJSIP/8|CONNECT|10|m|2
         3100|NONE|NONE|NONE|CONFIGRELOAD|
         3160|NONE|NONE|NONE|QUEUESTART|",
    );
    let stint = run.one();
    assert!(stint.answered);
    assert_eq!((stint.cause, stint.wait, stint.talk), (Cause::Restart, Some(10), Some(90)));
    assert!(stint.quality.has(Quality::RESTART));
    assert_eq!(stint.end, 3100);
}

#[test]
fn f_a_closing_under_another_id_closes_the_call_it_fits() {
    let run = Run::of(
        "4000|u6|q|NONE|ENTERQUEUE||1|1
         4007|u6|q|PJSIP/8|CONNECT|7|m|2
         4067|u6x|q|PJSIP/8|COMPLETECALLER|7|60|1
         4070|u6x|q|PJSIP/8|CALLSTATUS|5",
    );
    let stint = run.one();
    assert_eq!(stint.call_id.to_string(), "u6");
    assert_eq!(stint.alias.as_ref().unwrap().to_string(), "u6x");
    assert_eq!((stint.talk, stint.cause), (Some(60), Cause::Caller));
    assert_eq!(run.word(stint.outcome), "5", "the second id finds the call too");
}

#[test]
fn g_a_caller_dropped_by_one_agent_is_answered_by_another() {
    let run = Run::of(
        "5000|u7|q|NONE|ENTERQUEUE||1|1
         5020|u7|q|PJSIP/7|AGENTDUMP|
         5041|u7|q|PJSIP/8|CONNECT|41|m|3
         5060|u7|q|PJSIP/8|COMPLETEAGENT|41|19|1",
    );
    let stint = run.one();
    assert!(stint.answered);
    assert_eq!(run.agent(stint), "PJSIP/8");
    let results: Vec<_> = stint.attempts.iter().map(|attempt| attempt.result).collect();
    assert_eq!(results, [AttemptResult::Dumped, AttemptResult::Taken]);
}

#[test]
fn h_an_outcome_is_taken_for_half_an_hour_and_not_longer() {
    let call = "5970|u8|q|NONE|ENTERQUEUE||1|1
        5975|u8|q|PJSIP/8|CONNECT|5|m|2
        6000|u8|q|PJSIP/8|COMPLETEAGENT|5|25|1\n";
    let run = Run::of(&format!("{call}7790|u8|NONE|PJSIP/8|CALLSTATUS|5"));
    assert_eq!(run.word(run.one().outcome), "5");
    assert_eq!(run.one().notes[0].at, 7790);
    let run = Run::of(&format!("{call}7810|u8|NONE|PJSIP/8|CALLSTATUS|5"));
    assert_eq!(run.one().outcome, None);
    assert_eq!(run.facts.ignored, [Ignored::LateAnnotation]);
}

const PAUSE_OF_ALL: &str = "100|NONE|NONE|ann|PAUSEALL|
    100|NONE|q1|ann|PAUSE|
    100|NONE|q2|ann|PAUSE|
    130|NONE|NONE|ann|PAUSEREASON|7
    400|NONE|NONE|ann|UNPAUSEALL|
    400|NONE|q1|ann|UNPAUSE|
    400|NONE|q2|ann|UNPAUSE|\n";

#[test]
fn i_the_lines_of_a_pause_of_all_queues_are_one_pause() {
    let run = Run::of(PAUSE_OF_ALL);
    let [pause] = run.facts.agent_pauses()[..] else { panic!("{:?}", run.facts.pauses) };
    assert_eq!((pause.start, pause.end, run.word(pause.code)), (100, 400, "7"));
    assert_eq!(pause.cause, EndCause::Unpaused);
    assert_eq!(run.facts.ignored, [], "the lines per queue are part of UNPAUSEALL");
    assert!(run.facts.sessions.is_empty(), "a pause is no log-on");
    assert_eq!(run.facts.pauses.len(), 3, "one of the agent and one per queue");
}

#[test]
fn i_a_late_reason_replaces_the_code_within_half_an_hour() {
    let run = Run::of(&format!("{PAUSE_OF_ALL}900|NONE|NONE|ann|PAUSEREASON|9"));
    let pauses = run.facts.agent_pauses();
    assert_eq!((pauses.len(), run.word(pauses[0].code)), (1, "9"));
    let run = Run::of(&format!("{PAUSE_OF_ALL}2300|NONE|NONE|ann|PAUSEREASON|9"));
    assert_eq!(run.word(run.facts.agent_pauses()[0].code), "7");
    assert_eq!(run.facts.ignored, [Ignored::ReasonWithoutPause]);
}

#[test]
fn j_another_reason_begins_another_pause_without_a_gap() {
    let run = Run::of(
        "100|NONE|q1|ann|PAUSE|A
         160|NONE|q1|ann|PAUSE|B
         200|NONE|q1|ann|UNPAUSE|",
    );
    let pauses = run.facts.agent_pauses();
    let told: Vec<_> =
        pauses.iter().map(|pause| (run.word(pause.code), pause.end - pause.start)).collect();
    assert_eq!(told, [("A", 60), ("B", 40)]);
}

#[test]
fn k_a_telephone_acts_for_the_person_who_sat_down_last() {
    let run = Run::of(
        "50|NONE|NONE|ann|HOTDESK|PJSIP/2002
         50|NONE|q1|PJSIP/2002|ADDMEMBER|
         80|u9|q1|NONE|ENTERQUEUE||1|1
         90|u9|q1|PJSIP/2002|CONNECT|10|m|3
         120|u9|q1|PJSIP/2002|COMPLETEAGENT|10|30|1
         200|NONE|NONE|bob|HOTDESK|PJSIP/2002
         210|u10|q1|NONE|ENTERQUEUE||2|1
         215|u10|q1|PJSIP/2002|CONNECT|5|m|3
         220|u10|q1|PJSIP/2002|COMPLETEAGENT|5|5|1",
    );
    let agents: Vec<_> = run.facts.stints.iter().map(|stint| run.agent(stint)).collect();
    assert_eq!(agents, ["ann", "bob"]);
    let [session] = &run.facts.sessions[..] else { panic!("{:?}", run.facts.sessions) };
    assert_eq!(run.fold.names().agent_name(session.agent), "ann");
    assert_eq!((session.start, session.end, session.cause), (50, 200, EndCause::HotDesk));
    assert!(run.fold.open().sessions.is_empty(), "a binding alone is no log-on");
    let bindings = run.fold.open().bindings;
    assert_eq!(run.fold.names().agent_name(bindings[0].agent), "bob");
}

#[test]
fn l_a_call_taken_without_log_on_invents_no_session() {
    let run = Run::of(
        "10|u11|q|NONE|ENTERQUEUE||1|1
         12|u11|q|PJSIP/9|CONNECT|2|m|1
         20|u11|q|PJSIP/9|COMPLETECALLER|2|8|1",
    );
    assert_eq!(run.agent(run.one()), "PJSIP/9");
    assert!(run.facts.sessions.is_empty() && run.fold.open().sessions.is_empty());
}

#[test]
fn m_the_second_logoff_in_a_row_does_not_count() {
    let run = Run::of(
        "10|x|NONE|Agent/1|AGENTLOGIN|PJSIP/1
         100|x|NONE|Agent/1|AGENTLOGOFF|PJSIP/1|90
         105|x|NONE|Agent/1|AGENTLOGOFF|PJSIP/1|95",
    );
    let [session] = &run.facts.sessions[..] else { panic!("{:?}", run.facts.sessions) };
    assert_eq!((session.start, session.end), (10, 100));
    assert_eq!(run.word(session.extension), "PJSIP/1");
    assert_eq!(run.facts.ignored, [Ignored::LogoffWithoutLogin]);
}

#[test]
fn n_a_real_end_replaces_the_one_made_by_hand() {
    let mut run = Run::of(
        "90|u12|q|NONE|ENTERQUEUE||1|1
         100|u12|q|PJSIP/8|CONNECT|10|m|1",
    );
    assert!(run.close_by_hand("u12", Some(5)));
    let stint = run.one();
    assert_eq!((stint.wait, stint.talk, stint.cause), (Some(10), Some(5), Cause::Manual));
    assert_eq!(stint.end, 105);
    assert!(stint.quality.has(Quality::MANUAL));
    assert!(!run.close_by_hand("u12", Some(5)), "once is enough");
    run.feed("440|u12|q|PJSIP/8|COMPLETECALLER|10|340|1");
    let stint = run.one();
    assert_eq!((stint.talk, stint.cause, stint.end), (Some(340), Cause::Caller, 440));
    assert!(!stint.quality.has(Quality::MANUAL));
}

#[test]
fn o_a_clock_set_back_changes_no_length() {
    let run = Run::of(
        "9000|u13|q|NONE|ENTERQUEUE||1|1
         8030|u13|q|PJSIP/8|CONNECT|30|m|1
         8090|u13|q|PJSIP/8|COMPLETECALLER|30|60|1",
    );
    let stint = run.one();
    assert_eq!((stint.wait, stint.talk), (Some(30), Some(60)));
    assert!(stint.quality.has(Quality::CLOCK_JUMP));
    assert!(!stint.quality.has(Quality::RESTART));
    assert!(stint.end >= stint.enter);
}

#[test]
fn r_an_outbound_call_has_its_agent_from_the_start() {
    let run = Run::of(
        "10|u14|out|Agent/1|CALLOUTBOUND||0555
         16|u14|out|Agent/1|CONNECT|6
         46|u14|out|Agent/1|COMPLETECALLER|6|30
         60|u15|out|Agent/1|CALLOUTBOUND||0556
         80|u15|out|NONE|ABANDON|1|1|20",
    );
    let [answered, lost] = &run.facts.stints[..] else { panic!() };
    assert_eq!(answered.direction, Direction::Outbound);
    assert_eq!((answered.wait, answered.talk, answered.cause), (Some(6), Some(30), Cause::Caller));
    assert_eq!((answered.position, &*answered.number), (None, "0555"));
    assert!(answered.attempts.is_empty(), "only inbound stints have attempts");
    assert!(!lost.answered);
    assert_eq!((run.agent(lost), lost.wait), ("Agent/1", Some(20)));
}

#[test]
fn s_the_forms_of_old_asterisks_are_completed_by_the_clock() {
    let run = Run::of(
        "1000|u16|q|NONE|ENTERQUEUE||1
         1012|u16|q|Agent/1|CONNECT|12
         1072|u16|q|Agent/1|TRANSFER|200|default
         2000|u17|q|NONE|ENTERQUEUE||2
         2033|u17|q|NONE|EXITWITHTIMEOUT|3",
    );
    let [transfer, timeout] = &run.facts.stints[..] else { panic!() };
    assert_eq!((transfer.wait, transfer.talk), (Some(12), Some(60)));
    assert_eq!((transfer.cause, run.word(transfer.transfer_to)), (Cause::Transfer, "200"));
    assert_eq!((timeout.wait, timeout.exit_position), (Some(33), Some(3)));
}

#[test]
fn t_a_transfer_by_a_link_of_two_channels_keeps_its_numbers() {
    let run = Run::of(
        "100|u18|q|NONE|ENTERQUEUE||1|2
         109|u18|q|PJSIP/8|CONNECT|9|m|1
         142|u18|q|PJSIP/8|ATTENDEDTRANSFER|LINK|Local/a-1;1|Local/a-1;2|9|33|2",
    );
    let stint = run.one();
    assert_eq!((stint.wait, stint.talk, stint.position), (Some(9), Some(33), Some(2)));
    assert_eq!((stint.cause, run.word(stint.transfer_to)), (Cause::AttendedTransfer, "link"));
}

#[test]
fn with_queuestart_ignored_everything_goes_on() {
    let settings = Settings { ignore_queuestart: true, ..Settings::default() };
    let mut run = Run::new(settings);
    run.feed(
        "100|u19|q|NONE|ENTERQUEUE||1|1
         110|NONE|q|ann|ADDMEMBER|
         160|NONE|NONE|NONE|QUEUESTART|",
    );
    assert!(run.facts.stints.is_empty() && run.facts.sessions.is_empty());
    let open = run.fold.open();
    assert_eq!((open.stints.len(), open.sessions.len(), open.memberships.len()), (1, 1, 1));
}
