//! One test per sequence of outbound calls (section 5) and of its edges.

use super::script::{Run, options};
use crate::tracker::{Options, Pattern, Scope};

fn play(script: &str) -> Run {
    Run::of(options(), script)
}

/// A call out, answered after five seconds: agent 7.1, far end 7.2.
pub const OUT: &str = "
    0 QueueMember q=sales if=PJSIP/101
    100 Newchannel u=7.1 c=PJSIP/101-1 ext=0445
    100 DialBegin u=7.1 c=PJSIP/101-1 du=7.2 dl=7.1 dc=PJSIP/trunk-2 string=0445@trunk
    101 DialState u=7.1 du=7.2 dl=7.1 status=RINGING
    105 DialEnd u=7.1 du=7.2 dl=7.1 status=ANSWER
    105 BridgeEnter b=b1 u=7.2 l=7.1
    105 BridgeEnter b=b1 u=7.1";
pub const OPENED: &str = "
    100|:7.1|q-outbound|PJSIP/101|ADDMEMBER|
    100|:7.1|q-outbound|PJSIP/101|CALLOUTBOUND||0445
    105|:7.1|q-outbound|PJSIP/101|CONNECT|5|7.2|4";

#[track_caller]
fn after_answer(rest: &str, expected: &str) {
    let expected = format!("{OPENED}\n{expected}\n{}", "@|:7.1|q-outbound|PJSIP/101|REMOVEMEMBER|");
    let end = expected.trim().lines().rev().nth(1).unwrap().trim().split('|').next().unwrap();
    play(&format!("{OUT}\n{rest}")).wrote(&expected.replace('@', end));
}

#[test]
fn whoever_asks_for_the_end_ended_it_and_else_who_leaves_first() {
    after_answer(
        "120 HangupRequest u=7.2 l=7.1\n120 BridgeLeave b=b1 u=7.1\n120 Hangup u=7.1",
        "120|:7.1|q-outbound|PJSIP/101|COMPLETECALLER|5|15|1",
    );
    after_answer(
        "120 BridgeLeave b=b1 u=7.1\n120 BridgeLeave b=b1 u=7.2 l=7.1\n120 Hangup u=7.2 l=7.1",
        "120|:7.1|q-outbound|PJSIP/101|COMPLETEAGENT|5|15|1",
    );
    after_answer("120 Hangup u=7.2 l=7.1", "120|:7.1|q-outbound|PJSIP/101|COMPLETECALLER|5|15|1");
}

#[test]
fn a_blind_transfer_by_the_agent_closes_at_once() {
    after_answer(
        "120 BlindTransfer tu=7.1 pu=7.2 pl=7.1 ctx=internal to=282
         120 BridgeLeave b=b1 u=7.2 l=7.1
         122 Hangup u=7.1",
        "120|:7.1|q-outbound|PJSIP/101|BLINDTRANSFER|282|internal|5|15|1",
    );
}

#[test]
fn a_transfer_told_after_the_leaving_replaces_it_within_the_grace() {
    after_answer(
        "120.0 BridgeLeave b=b1 u=7.2 l=7.1
         120.2 AttendedTransfer ou=7.1 su=8.1 type=Bridge to=b2
         120.3 Hangup u=7.1",
        "120|:7.1|q-outbound|PJSIP/101|ATTENDEDTRANSFER|BRIDGE|b2|5|15|1",
    );
    after_answer(
        "120.0 BridgeLeave b=b1 u=7.1
         120.4 AttendedTransfer ou=7.1 su=8.1 type=App to=Wait",
        "120|:7.1|q-outbound|PJSIP/101|COMPLETEAGENT|5|15|1",
    );
}

#[test]
fn other_ends_of_attended_transfers() {
    after_answer(
        "120 AttendedTransfer ou=7.1 su=8.1 type=App to=Wait",
        "120|:7.1|q-outbound|PJSIP/101|ATTENDEDTRANSFER|APP|Wait|5|15|1",
    );
    after_answer(
        "120 AttendedTransfer ou=8.1 su=7.1 type=Link one=Local/a;1 two=Local/a;2",
        "120|:7.1|q-outbound|PJSIP/101|ATTENDEDTRANSFER|LINK|Local/a;1|Local/a;2|5|15|1",
    );
    after_answer(
        "110 AttendedTransfer ou=7.1 su=8.1 type=Fail\n120 Hangup u=7.1",
        "120|:7.1|q-outbound|PJSIP/101|COMPLETEAGENT|5|15|1",
    );
}

#[test]
fn legs_that_meet_again_within_the_grace_go_on() {
    after_answer(
        "110.0 BridgeLeave b=b1 u=7.1
         110.1 BridgeLeave b=b1 u=7.2 l=7.1
         110.1 BridgeEnter b=b9 u=7.1
         110.2 BridgeEnter b=b9 u=7.2 l=7.1
         130 HangupRequest u=7.1
         130 Hangup u=7.1",
        "130|:7.1|q-outbound|PJSIP/101|COMPLETEAGENT|5|25|1",
    );
}

#[test]
fn the_agent_parked_by_the_far_end_is_handed_to_the_lot() {
    let run = play(&format!(
        "{OUT}\n120 ParkedCall u=7.1 c=PJSIP/101-1 num=101 conn=0445 lot=default space=701 dur=0
         125 HangupRequest u=7.1\n125 ParkedCallGiveUp u=7.1 lot=default space=701 dur=5\n125 Hangup u=7.1"
    ));
    run.wrote(&format!(
        "{OPENED}
         120|:7.1|q-outbound|PJSIP/101|BLINDTRANSFER|701|default|5|15|1
         120|:7.1|q-outbound|PJSIP/101|REMOVEMEMBER|
         120|:7.1|pk-default|NONE|ENTERQUEUE||701-0445|1
         125|:7.1|pk-default|NONE|ABANDON|1|1|5"
    ));
    let parker = run.records.iter().find(|record| record.internal);
    assert!(parker.is_none(), "nobody is known to have parked him");
}

#[test]
fn busy_then_a_voice_mail_is_one_lost_call() {
    play(
        "100 Newchannel u=7.1 c=PJSIP/101-1 ext=282
         100 DialBegin u=7.1 du=7.2 dl=7.1 dc=PJSIP/282-2 string=282
         101 DialEnd u=7.1 du=7.2 dl=7.1 status=BUSY
         101 Hangup u=7.2 l=7.1
         120 HangupRequest u=7.1
         120 Hangup u=7.1",
    )
    .wrote(
        "100|:7.1|q-outbound|PJSIP/101|ADDMEMBER|
         100|:7.1|q-outbound|PJSIP/101|CALLOUTBOUND||282
         120|:7.1|q-outbound|PJSIP/101|ABANDON|1|1|20
         120|:7.1|q-outbound|PJSIP/101|REMOVEMEMBER|",
    );
}

#[test]
fn a_call_refused_at_once_counts_and_one_taken_back_at_once_does_not() {
    let begin = "
        100.00 Newchannel u=7.1 c=PJSIP/101-1 ext=0445
        100.01 DialBegin u=7.1 du=7.2 dl=7.1 dc=PJSIP/trunk-2 string=0445@trunk";
    play(&format!(
        "{begin}
         100.02 HangupRequest u=7.2 l=7.1
         100.02 DialEnd u=7.1 du=7.2 dl=7.1 status=CHANUNAVAIL
         100.03 Hangup u=7.1"
    ))
    .wrote(
        "100|:7.1|q-outbound|PJSIP/101|ADDMEMBER|
         100|:7.1|q-outbound|PJSIP/101|CALLOUTBOUND||0445
         100|:7.1|q-outbound|PJSIP/101|ABANDON|1|1|0
         100|:7.1|q-outbound|PJSIP/101|REMOVEMEMBER|",
    );
    play(&format!(
        "{begin}
         100.20 HangupRequest u=7.1
         100.20 DialEnd u=7.1 du=7.2 dl=7.1 status=CANCEL
         100.21 Hangup u=7.1"
    ))
    .wrote("");
}

#[test]
fn two_phones_ring_and_the_one_that_answers_is_the_peer() {
    play(
        "100 Newchannel u=7.1 c=PJSIP/101-1 ext=600
         100 DialBegin u=7.1 du=7.2 dl=7.1 dc=PJSIP/102-2 string=102
         100 DialBegin u=7.1 du=7.3 dl=7.1 dc=PJSIP/103-3 string=103
         102 DialState u=7.1 du=7.3 dl=7.1 status=RINGING
         106 DialEnd u=7.1 du=7.3 dl=7.1 status=ANSWER
         106 DialEnd u=7.1 du=7.2 dl=7.1 status=CANCEL
         106 Hangup u=7.2 l=7.1
         110 HangupRequest u=7.3 l=7.1
         110 Hangup u=7.1",
    )
    .wrote(
        "100|:7.1|q-outbound|PJSIP/101|ADDMEMBER|
         100|:7.1|q-outbound|PJSIP/101|CALLOUTBOUND||600
         106|:7.1|q-outbound|PJSIP/101|CONNECT|6|7.3|4
         110|:7.1|q-outbound|PJSIP/101|COMPLETECALLER|6|4|1
         110|:7.1|q-outbound|PJSIP/101|REMOVEMEMBER|",
    );
}

#[test]
fn a_bridge_with_the_dialled_one_is_an_answer_even_if_none_was_told() {
    let lines = play(
        "100 Newchannel u=7.1 c=PJSIP/101-1 ext=600
         100 DialBegin u=7.1 du=7.2 dl=7.1 dc=PJSIP/t-2 string=600@t
         104 BridgeEnter b=b1 u=7.2 l=7.1
         104 BridgeEnter b=b1 u=7.1
         110 Hangup u=7.1",
    )
    .lines();
    assert_eq!(lines[2], "104|:7.1|q-outbound|PJSIP/101|CONNECT|4|7.2|4");
}

#[test]
fn click_to_dial_rings_the_agent_first_and_counts_from_his_own_dial() {
    play(
        "100 Newchannel u=7.1 c=PJSIP/101-1
         100 DialBegin du=7.1 dc=PJSIP/101-1 string=101
         103 DialEnd du=7.1 status=ANSWER
         103 DialBegin u=7.1 c=PJSIP/101-1 ext=0445 du=7.2 dl=7.1 dc=PJSIP/t-2 string=0445@t
         108 DialEnd u=7.1 du=7.2 dl=7.1 status=ANSWER
         110 HangupRequest u=7.1\n110 Hangup u=7.1",
    )
    .wrote(
        "103|:7.1|q-outbound|PJSIP/101|ADDMEMBER|
         103|:7.1|q-outbound|PJSIP/101|CALLOUTBOUND||0445
         108|:7.1|q-outbound|PJSIP/101|CONNECT|5|7.2|5
         110|:7.1|q-outbound|PJSIP/101|COMPLETEAGENT|5|2|1
         110|:7.1|q-outbound|PJSIP/101|REMOVEMEMBER|",
    );
}

#[test]
fn click_to_dial_through_a_local_channel_names_the_agents_phone() {
    let lines = play(
        "0 QueueMember q=sales if=PJSIP/101
         100 Newchannel u=7.1 c=Local/101@in-1;1
         100 Newchannel u=7.2 l=7.1 c=Local/101@in-1;2
         100 LocalBridge 1u=7.1 1c=Local/101@in-1;1 2u=7.2 2l=7.1 2c=Local/101@in-1;2
         100 DialBegin du=7.1 dc=Local/101@in-1;1 string=101@in
         100 DialBegin u=7.2 l=7.1 c=Local/101@in-1;2 du=7.3 dl=7.1 dc=PJSIP/101-3 string=101
         103 DialEnd u=7.2 l=7.1 du=7.3 dl=7.1 status=ANSWER
         103 DialEnd du=7.1 status=ANSWER
         104 DialBegin u=7.1 ext=0445 du=7.4 dl=7.1 dc=PJSIP/t-4 string=0445@t
         110 DialEnd u=7.1 du=7.4 dl=7.1 status=ANSWER
         120 HangupRequest u=7.3 l=7.1
         120 Hangup u=7.1",
    )
    .lines();
    assert_eq!(lines[1], "104|:7.1|q-outbound|PJSIP/101|CALLOUTBOUND||0445");
    assert_eq!(lines[3], "120|:7.1|q-outbound|PJSIP/101|COMPLETEAGENT|6|10|1");
}

#[test]
fn the_account_code_names_the_campaign_and_is_made_safe() {
    let call = |account: &str| {
        play(&format!(
            "100 Newchannel u=7.1 c=PJSIP/101-1 ext=04|45
             100 NewAccountCode u=7.1 c=PJSIP/101-1 acc={account}
             100 DialBegin u=7.1 acc={account} du=7.2 dl=7.1 dc=PJSIP/t-2 string=0445@t
             105 DialEnd u=7.1 du=7.2 dl=7.1 status=BUSY"
        ))
        .lines()
    };
    assert_eq!(call("a|b")[1], "100|:7.1|q-a_b|PJSIP/101|CALLOUTBOUND||04_45");
    assert_eq!(call("QDIALAGI"), [""; 0], "its dialplan logs the call itself");
}

#[test]
fn only_the_houses_phones_are_tracked_unless_all_are_asked_for() {
    let script = "
        0 ExtensionStatus hint=PJSIP/101
        100 Newchannel u=7.1 c=PJSIP/trunk-1 ext=0155
        100 DialBegin u=7.1 du=7.2 dl=7.1 dc=PJSIP/101-2 string=101
        105 Hangup u=7.1";
    play(script).wrote("");
    let all = Options { scope: Scope::All, ..options() };
    assert_eq!(Run::of(all, script).lines().len(), 4);
    let named = Options { internal_channels: Some(Pattern::new("trunk$").unwrap()), ..options() };
    assert_eq!(Run::of(named, script).lines().len(), 4);
    let off = Options { outbound_calls: false, ..options() };
    Run::of(off, OUT).wrote("");
}

#[test]
fn a_dial_that_is_a_queues_or_follows_parking_or_has_no_root_is_no_call() {
    play(
        "1 QueueCallerJoin u=1.1 q=sales
         1 AgentCalled u=1.1 du=1.2 dl=1.1 q=sales if=PJSIP/101
         1 DialBegin u=1.1 du=1.2 dl=1.1 dc=PJSIP/101-1 string=101
         9 Hangup u=1.1",
    )
    .wrote("");
    // The dial told before the queue's event.
    play(
        "1 DialBegin u=1.1 c=PJSIP/105-1 du=1.2 dl=1.1 dc=PJSIP/101-1 string=101
         1 AgentCalled u=1.1 du=1.2 dl=1.1 q=sales if=PJSIP/101
         9 Hangup u=1.1",
    )
    .wrote("");
    // The half of a Local channel that dials for someone else.
    play(
        "1 DialBegin u=1.3 l=1.1 c=Local/204@q-1;2 du=1.4 dl=1.1 dc=PJSIP/204-7 string=204
         9 Hangup u=1.3 l=1.1",
    )
    .wrote("");
}

#[test]
fn entering_a_queue_before_an_answer_is_leaving_by_key() {
    play(
        "100 Newchannel u=7.1 c=PJSIP/101-1 ext=600
         100 DialBegin u=7.1 du=7.2 dl=7.1 dc=PJSIP/t-2 string=600@t
         104 DialEnd u=7.1 du=7.2 dl=7.1 status=NOANSWER
         106 QueueCallerJoin u=7.1 q=support
         130 Hangup u=7.1",
    )
    .wrote(
        "100|:7.1|q-outbound|PJSIP/101|ADDMEMBER|
         100|:7.1|q-outbound|PJSIP/101|CALLOUTBOUND||600
         106|:7.1|q-outbound|PJSIP/101|EXITWITHKEY|Q|1|1|6
         106|:7.1|q-outbound|PJSIP/101|REMOVEMEMBER|",
    );
    play(
        "100 QueueCallerJoin u=7.1 c=PJSIP/101-1 q=support
         120 QueueCallerLeave u=7.1 q=support
         130 Hangup u=7.1",
    )
    .wrote("");
}

#[test]
fn a_consultation_goes_to_its_own_queue_and_ends_with_the_transfer() {
    play(&format!(
        "{OUT}
         120 Hold u=7.1
         121 Newchannel u=8.1 c=PJSIP/101-5 ext=282
         121 DialBegin u=8.1 du=8.2 dl=8.1 dc=PJSIP/282-6 string=282
         125 DialEnd u=8.1 du=8.2 dl=8.1 status=ANSWER
         130 Unhold u=7.1
         130 AttendedTransfer ou=7.1 su=8.1 pu=7.2 type=Bridge to=b2
         130 Hangup u=7.1
         130 Hangup u=8.1"
    ))
    .wrote(&format!(
        "{OPENED}
         120|:7.1|q-outbound|PJSIP/101|CALLERONHOLD|
         121|:8.1|_q-consult|PJSIP/101|ADDMEMBER|
         121|:8.1|_q-consult|PJSIP/101|CALLOUTBOUND||282
         125|:8.1|_q-consult|PJSIP/101|CONNECT|4|8.2|4
         130|:7.1|q-outbound|PJSIP/101|CALLEROFFHOLD|10
         130|:7.1|q-outbound|PJSIP/101|ATTENDEDTRANSFER|BRIDGE|b2|5|25|1
         130|:7.1|q-outbound|PJSIP/101|REMOVEMEMBER|
         130|:8.1|_q-consult|PJSIP/101|ATTENDEDTRANSFER|BRIDGE|b2|4|5|1
         130|:8.1|_q-consult|PJSIP/101|REMOVEMEMBER|"
    ));
}

#[test]
fn internal_calls_can_have_a_campaign_of_their_own() {
    let own = Options { internal_queue: "q-internal".into(), ..options() };
    let lines = Run::of(
        own,
        "100 Newchannel u=7.1 c=PJSIP/101-1 ext=282
         100 DialBegin u=7.1 du=7.2 dl=7.1 dc=PJSIP/282-6 string=282
         110 Hangup u=7.1",
    )
    .lines();
    assert_eq!(lines[1], "100|:7.1|q-internal|PJSIP/101|CALLOUTBOUND||282");
}

#[test]
fn two_calls_at_once_open_one_membership_and_a_real_member_none() {
    let two = "
        100 Newchannel u=7.1 c=PJSIP/101-1 ext=1
        100 DialBegin u=7.1 du=7.2 dl=7.1 dc=PJSIP/t-2 string=1@t
        101 Newchannel u=8.1 c=PJSIP/101-3 ext=2
        101 DialBegin u=8.1 du=8.2 dl=8.1 dc=PJSIP/t-4 string=2@t
        110 Hangup u=7.1
        120 Hangup u=8.1";
    play(two).wrote(
        "100|:7.1|q-outbound|PJSIP/101|ADDMEMBER|
         100|:7.1|q-outbound|PJSIP/101|CALLOUTBOUND||1
         101|:8.1|q-outbound|PJSIP/101|CALLOUTBOUND||2
         110|:7.1|q-outbound|PJSIP/101|ABANDON|1|1|10
         120|:8.1|q-outbound|PJSIP/101|ABANDON|1|1|19
         120|:8.1|q-outbound|PJSIP/101|REMOVEMEMBER|",
    );
    let lines = play(&format!("0 QueueMember q=q-outbound if=PJSIP/101\n{two}")).lines();
    assert!(lines.iter().all(|line| !line.contains("MEMBER")), "{lines:?}");
}

#[test]
fn ids_stay_as_they_are_when_asked() {
    let plain = Options { rewrite_unique_ids: false, ..options() };
    let lines = Run::of(plain, OUT).lines();
    assert!(lines.iter().all(|line| line.contains("|7.1|")), "{lines:?}");
}
