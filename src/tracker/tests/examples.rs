//! The worked traces A1 to A8 of the tracker's law.

use super::script::{Run, options};
use crate::tracker::{Journal, Options, Pattern};

/// A1, from the call to the end.
pub const A1: &str = "
    100.00 Newchannel u=1000.1 c=PJSIP/101-0a acc=sales ext=0445556677
    100.05 DialBegin u=1000.1 c=PJSIP/101-0a acc=sales du=1000.2 dl=1000.1 dc=PJSIP/trunk-0b string=0445556677@trunk
    101.20 DialState u=1000.1 du=1000.2 dl=1000.1 status=RINGING
    109.10 DialEnd u=1000.1 du=1000.2 dl=1000.1 status=ANSWER
    109.12 BridgeEnter b=b1 u=1000.2 l=1000.1
    109.13 BridgeEnter b=b1 u=1000.1
    130.00 Hold u=1000.1
    131.00 MusicOnHoldStart u=1000.2 l=1000.1
    150.40 Unhold u=1000.1
    150.41 MusicOnHoldStop u=1000.2 l=1000.1
    199.00 HangupRequest u=1000.1
    199.00 BridgeLeave b=b1 u=1000.1
    199.00 BridgeLeave b=b1 u=1000.2 l=1000.1
    199.01 Hangup u=1000.2 l=1000.1
    199.01 Hangup u=1000.1";

#[test]
fn a1_outbound_answered_one_hold_agent_ends() {
    Run::of(options(), A1).wrote(
        "100|:1000.1|q-sales|PJSIP/101|ADDMEMBER|
         100|:1000.1|q-sales|PJSIP/101|CALLOUTBOUND||0445556677
         109|:1000.1|q-sales|PJSIP/101|CONNECT|9|1000.2|8
         130|:1000.1|q-sales|PJSIP/101|CALLERONHOLD|
         150|:1000.1|q-sales|PJSIP/101|CALLEROFFHOLD|20
         199|:1000.1|q-sales|PJSIP/101|COMPLETEAGENT|9|90|1
         199|:1000.1|q-sales|PJSIP/101|REMOVEMEMBER|",
    );
}

#[test]
fn a2_outbound_nobody_answers_after_another_trunk() {
    let script = "
        200.0 Newchannel u=2000.1 c=PJSIP/101-1 ext=0311
        200.1 DialBegin u=2000.1 du=2000.2 dl=2000.1 dc=PJSIP/a-1 string=0311@a
        203.0 DialEnd u=2000.1 du=2000.2 dl=2000.1 status=CHANUNAVAIL
        203.0 Hangup u=2000.2 l=2000.1
        203.1 DialBegin u=2000.1 du=2000.3 dl=2000.1 dc=PJSIP/b-1 string=0311@b
        228.0 HangupRequest u=2000.1
        228.0 DialEnd u=2000.1 du=2000.3 dl=2000.1 status=CANCEL
        228.0 Hangup u=2000.3 l=2000.1
        228.0 Hangup u=2000.1";
    Run::of(options(), script).wrote(
        "200|:2000.1|q-outbound|PJSIP/101|ADDMEMBER|
         200|:2000.1|q-outbound|PJSIP/101|CALLOUTBOUND||0311
         228|:2000.1|q-outbound|PJSIP/101|ABANDON|1|1|28
         228|:2000.1|q-outbound|PJSIP/101|REMOVEMEMBER|",
    );
    let why = Options { failure_status: true, ..options() };
    let lines = Run::of(why, script).lines();
    assert_eq!(lines[3], "228|:2000.1|q-outbound|PJSIP/101|INFO|VAR|dialstatus|CANCEL");
}

#[test]
fn a3_a_service_number_is_no_call_and_a_hidden_originator_a_hidden_queue() {
    let script = |answered: &str| {
        format!(
            "10.00 Newchannel u=3.1 c=PJSIP/trunk-00000001 ext=101
             10.00 DialBegin u=3.1 c=PJSIP/trunk-00000001 du=3.2 dl=3.1 dc=PJSIP/101-2 string=101
             {answered} DialEnd u=3.1 du=3.2 dl=3.1 status=ANSWER
             20.00 Hangup u=3.2 l=3.1
             20.00 Hangup u=3.1"
        )
    };
    let hides =
        Options { hidden_channels: Some(Pattern::new("^PJSIP/trunk").unwrap()), ..options() };
    Run::of(hides.clone(), &script("10.12")).wrote("");
    Run::of(hides, &script("12.00")).wrote(
        "10|:3.1|_q-outbound|PJSIP/trunk|ADDMEMBER|
         10|:3.1|_q-outbound|PJSIP/trunk|CALLOUTBOUND||101
         12|:3.1|_q-outbound|PJSIP/trunk|CONNECT|2|3.2|2
         20|:3.1|_q-outbound|PJSIP/trunk|COMPLETECALLER|2|8|1
         20|:3.1|_q-outbound|PJSIP/trunk|REMOVEMEMBER|",
    );
    // The trunk is not an agent's phone: by itself it opens nothing.
    let known = format!("1 ExtensionStatus hint=PJSIP/101\n{}", script("12.00"));
    Run::of(options(), &known).wrote("");
}

#[test]
fn a4_a_queue_call_parked_fetched_and_ended_by_the_caller() {
    Run::of(
        options(),
        "290 Newchannel u=3000.1 c=PJSIP/trunk-1 num=0791112233
         291 QueueCallerJoin u=3000.1 q=400
         291 MusicOnHoldStart u=3000.1
         299 MusicOnHoldStop u=3000.1
         300 AgentConnect u=3000.1 du=3000.2 dl=3000.1 dc=PJSIP/101-1 q=400 name=ann if=PJSIP/101
         330 BlindTransfer tu=3000.2 tl=3000.1 pu=3000.1 ctx=parkedcalls to=700
         330 ParkedCall u=3000.1 num=0791112233 lot=default space=701 dur=0
         330 MusicOnHoldStart u=3000.1
         352 UnParkedCall u=3000.1 lot=default space=701 dur=22 ru=3000.9 rc=PJSIP/105-1c
         400 HangupRequest u=3000.1
         400 Hangup u=3000.1",
    )
    .wrote(
        "330|:3000.1|pk-default|NONE|ENTERQUEUE||701-0791112233|1
         352|:3000.1|pk-default|PJSIP/105|ADDMEMBER|
         352|:3000.1|pk-default|PJSIP/105|CONNECT|22|3000.9|0
         400|:3000.1|pk-default|PJSIP/105|COMPLETECALLER|22|48|1
         400|:3000.1|pk-default|PJSIP/105|REMOVEMEMBER|",
    );
}

#[test]
fn a5_a_parked_call_times_out_and_calls_back() {
    Run::of(
        options(),
        "500 ParkedCall u=5000.1 c=PJSIP/105-1 num=0799 lot=default space=702 dur=0 parker=PJSIP/101
         545 ParkedCallTimeOut u=5000.1 lot=default space=702 dur=45
         545 DialBegin u=5000.1 du=5000.2 dl=5000.1 dc=PJSIP/101-2 string=101
         550 DialEnd u=5000.1 du=5000.2 dl=5000.1 status=ANSWER
         560 Hangup u=5000.1",
    )
    .wrote(
        "500|:5000.1|pk-default|NONE|ENTERQUEUE||702-0799|1
         545|:5000.1|pk-default|NONE|EXITWITHTIMEOUT|1|1|45",
    );
}

#[test]
fn a6_given_up_or_sent_elsewhere() {
    let parked = |rest: &str| {
        Run::of(options(), &format!("588 ParkedCall u=6000.1 lot=default space=701 dur=0\n{rest}"))
    };
    parked(
        "600.0 ParkedCallGiveUp u=6000.1 lot=default space=701 dur=12
         600.2 Hangup u=6000.1",
    )
    .wrote(
        "588|:6000.1|pk-default|NONE|ENTERQUEUE||701-|1
         600|:6000.1|pk-default|NONE|ABANDON|1|1|12",
    );
    parked(
        "596.0 ParkedCallGiveUp u=6000.1 lot=default space=701 dur=8
         598.0 Hangup u=6000.1",
    )
    .wrote(
        "588|:6000.1|pk-default|NONE|ENTERQUEUE||701-|1
         596|:6000.1|pk-default|NONE|EXITWITHKEY|R|1|1|8",
    );
}

#[test]
fn a7_a_tracked_call_enters_a_queue() {
    Run::of(
        options(),
        "800 Newchannel u=8000.1 c=PJSIP/101-1 ext=500
         800 DialBegin u=8000.1 du=8000.2 dl=8000.1 dc=Local/5@x-1;1 string=5@x
         805 DialEnd u=8000.1 du=8000.2 dl=8000.1 status=ANSWER
         820 QueueCallerJoin u=8000.1 q=support
         850 Hangup u=8000.1",
    )
    .wrote(
        "800|:8000.1|q-outbound|PJSIP/101|ADDMEMBER|
         800|:8000.1|q-outbound|PJSIP/101|CALLOUTBOUND||500
         805|:8000.1|q-outbound|PJSIP/101|CONNECT|5|8000.2|5
         820|:8000.1|q-outbound|PJSIP/101|BLINDTRANSFER|support|queue|5|15|1
         820|:8000.1|q-outbound|PJSIP/101|REMOVEMEMBER|",
    );
}

#[test]
fn a8_a_call_that_ended_while_the_tracker_was_away() {
    let mut before = Run::new(options());
    before.play(
        "10 FullyBooted uptime=10
         900 Newchannel u=9000.1 c=PJSIP/101-1 acc=sales ext=044
         900 DialBegin u=9000.1 du=9000.2 dl=9000.1 dc=PJSIP/t-1 string=044@t
         910 DialEnd u=9000.1 du=9000.2 dl=9000.1 status=ANSWER
         1180 Newstate u=9000.1",
    );
    let journal = before.tracker.journal();
    assert_eq!(journal, Journal::from_text(&journal.to_text()).unwrap());

    let mut after = Run::new(options());
    after.tracker.restore(journal);
    after.play(
        "1260 snapshot start=0
         1260 listed",
    );
    after.wrote(
        "1260|:9000.1|q-sales|PJSIP/101|COMPLETEAGENT|10|280|1
         1260|:9000.1|q-sales|PJSIP/101|REMOVEMEMBER|",
    );
    assert!(after.records.iter().all(|record| record.recovered));
    assert_eq!(after.records[0].event().time, 1190, "the daemon's own database knows better");
}
