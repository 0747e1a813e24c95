//! One test per sequence of sections 4, 6, 7 and 8 and per edge of section 12.

use super::outbound::{OPENED, OUT};
use super::script::{Run, options};
use crate::event::{QueueEvent, Verb};
use crate::tracker::Options;

fn play(script: &str) -> Run {
    Run::of(options(), script)
}

// 4. Hold.

/// A queue call in talk: caller 1.1, member channel 1.2.
const TALK: &str = "
    1 Newchannel u=1.1 c=PJSIP/trunk-1
    1 QueueCallerJoin u=1.1 q=sales
    1 MusicOnHoldStart u=1.1
    5 MusicOnHoldStop u=1.1
    5 AgentConnect u=1.1 du=1.2 dl=1.1 dc=PJSIP/201-2 q=sales name=Ann if=PJSIP/201";

#[test]
fn a_queue_call_held_by_the_agents_phone_carries_its_native_id_and_the_members_name() {
    play(&format!(
        "{TALK}
         10 Hold u=1.2 l=1.1
         10 MusicOnHoldStart u=1.1
         30 Unhold u=1.2 l=1.1
         30 MusicOnHoldStop u=1.1
         60 AgentComplete u=1.1 q=sales name=Ann"
    ))
    .wrote("10|1.1|sales|Ann|CALLERONHOLD|\n30|1.1|sales|Ann|CALLEROFFHOLD|20");
}

#[test]
fn hold_begins_with_the_first_signal_and_ends_with_the_last() {
    play(&format!(
        "{TALK}
         10 MusicOnHoldStart u=1.1
         12 Hold u=1.2 l=1.1
         20 MusicOnHoldStop u=1.1
         40 Unhold u=1.2 l=1.1
         60 AgentComplete u=1.1"
    ))
    .wrote("10|1.1|sales|Ann|CALLERONHOLD|\n40|1.1|sales|Ann|CALLEROFFHOLD|30");
}

#[test]
fn a_stop_or_an_unhold_without_its_begin_is_nothing() {
    play(&format!("{TALK}\n8 Unhold u=1.2 l=1.1\n9 MusicOnHoldStop u=1.1\n20 Hangup u=1.1"))
        .wrote("");
}

#[test]
fn music_while_waiting_is_no_hold() {
    play(
        "1 QueueCallerJoin u=1.1 q=sales
         1 MusicOnHoldStart u=1.1
         9 QueueCallerLeave u=1.1 q=sales",
    )
    .wrote("");
}

#[test]
fn holds_less_than_a_quarter_second_apart_are_one() {
    play(&format!(
        "{TALK}
         10 Hold u=1.2 l=1.1
         20.0 Unhold u=1.2 l=1.1
         20.2 Hold u=1.2 l=1.1
         30.0 Unhold u=1.2 l=1.1
         30.3 Hold u=1.2 l=1.1
         35 Unhold u=1.2 l=1.1
         60 Hangup u=1.1"
    ))
    .wrote(
        "10|1.1|sales|Ann|CALLERONHOLD|
         30|1.1|sales|Ann|CALLEROFFHOLD|20
         30|1.1|sales|Ann|CALLERONHOLD|
         35|1.1|sales|Ann|CALLEROFFHOLD|5",
    );
}

#[test]
fn the_end_of_the_call_ends_its_hold_first() {
    play(&format!("{TALK}\n10 Hold u=1.2 l=1.1\n60 AgentComplete u=1.1"))
        .wrote("10|1.1|sales|Ann|CALLERONHOLD|\n60|1.1|sales|Ann|CALLEROFFHOLD|50");
    // An agent who completes without a channel in the event is found by name.
    play(&format!("{TALK}\n10 Hold u=1.2 l=1.1\n60 AgentComplete q=sales name=Ann"))
        .wrote("10|1.1|sales|Ann|CALLERONHOLD|\n60|1.1|sales|Ann|CALLEROFFHOLD|50");
}

#[test]
fn the_customers_own_hold_is_written_only_on_request() {
    let script = format!(
        "{TALK}\n10 Hold u=1.1\n10 MusicOnHoldStart u=1.2 l=1.1\n20 Unhold u=1.1
                 20 MusicOnHoldStop u=1.2 l=1.1\n60 Hangup u=1.1"
    );
    play(&script).wrote("");
    Run::of(Options { customer_hold: true, ..options() }, &script)
        .wrote("10|1.1|sales|Ann|CALLERONHOLD|CUSTOMER\n20|1.1|sales|Ann|CALLEROFFHOLD|10");
    Run::of(Options { hold: false, ..options() }, &format!("{TALK}\n9 Hold u=1.2 l=1.1")).wrote("");
}

#[test]
fn the_phone_behind_a_local_member_holds_the_queues_call() {
    let talk = "
        1 QueueCallerJoin u=1.1 q=support
        2 LocalBridge 1u=1.2 1l=1.1 1c=Local/204@q-1;1 2u=1.3 2l=1.1 2c=Local/204@q-1;2
        2 DialBegin u=1.3 l=1.1 c=Local/204@q-1;2 du=1.4 dl=1.1 dc=PJSIP/204-7 string=204
        4 DialEnd u=1.3 l=1.1 du=1.4 dl=1.1 status=ANSWER
        5 AgentConnect u=1.1 du=1.2 dl=1.1 q=support name=Dan if=Local/204@q/n";
    let held = "10 Hold u=1.4 l=1.1\n10 MusicOnHoldStart u=1.3 l=1.1\n20 Unhold u=1.4 l=1.1";
    let expected = "10|1.1|support|Dan|CALLERONHOLD|\n20|1.1|support|Dan|CALLEROFFHOLD|10";
    play(&format!("{talk}\n{held}\n60 Hangup u=1.1")).wrote(expected);
    // Two calls with one linked id, as pool agents' are: by the phone itself.
    let other = "6 AgentConnect u=9.1 l=1.1 du=9.2 dl=1.1 dc=PJSIP/300-1 q=pool name=Eve";
    play(&format!("{talk}\n{other}\n{held}\n60 Hangup u=1.1")).wrote(expected);
}

#[test]
fn a_phone_that_goes_while_holding_holds_no_more() {
    play(&format!("{TALK}\n10 Hold u=1.9 l=1.1\n15 Hangup u=1.9 l=1.1\n60 Hangup u=1.1"))
        .wrote("10|1.1|sales|Ann|CALLERONHOLD|\n15|1.1|sales|Ann|CALLEROFFHOLD|5");
}

#[test]
fn the_second_talk_of_one_caller_has_its_own_holds() {
    play(&format!(
        "{TALK}
         10 Hold u=1.2 l=1.1
         20 Unhold u=1.2 l=1.1
         30 AgentComplete u=1.1
         31 QueueCallerJoin u=1.1 q=sales
         35 AgentConnect u=1.1 du=1.5 dl=1.1 q=sales name=Bob
         40 Hold u=1.5 l=1.1
         50 Unhold u=1.5 l=1.1
         60 Hangup u=1.1"
    ))
    .wrote(
        "10|1.1|sales|Ann|CALLERONHOLD|
         20|1.1|sales|Ann|CALLEROFFHOLD|10
         40|1.1|sales|Bob|CALLERONHOLD|
         50|1.1|sales|Bob|CALLEROFFHOLD|10",
    );
}

// 6. Parking.

#[test]
fn positions_in_the_lot_are_counted_at_entering_and_at_leaving() {
    play(
        "100 ParkedCall u=1.1 num=1 lot=default space=701 dur=0
         110 ParkedCall u=2.1 num=2 lot=default space=702 dur=0
         115 ParkedCall u=3.1 num=3 lot=other space=901 dur=0
         120 ParkedCallTimeOut u=1.1 lot=default space=701 dur=20
         130 HangupRequest u=2.1
         130 ParkedCallGiveUp u=2.1 lot=default space=702 dur=20",
    )
    .wrote(
        "100|:1.1|pk-default|NONE|ENTERQUEUE||701-1|1
         110|:2.1|pk-default|NONE|ENTERQUEUE||702-2|2
         115|:3.1|pk-other|NONE|ENTERQUEUE||901-3|1
         120|:1.1|pk-default|NONE|EXITWITHTIMEOUT|1|1|20
         130|:2.1|pk-default|NONE|ABANDON|1|2|20",
    );
}

#[test]
fn a_fetched_call_is_held_transferred_and_parked_again() {
    let fetched = "
        100 ParkedCall u=1.1 c=PJSIP/trunk-1 num=079 lot=default space=701 dur=0
        110 UnParkedCall u=1.1 lot=default space=701 dur=10 ru=2.1 rc=PJSIP/105-2";
    let opened = "
        100|:1.1|pk-default|NONE|ENTERQUEUE||701-079|1
        110|:1.1|pk-default|PJSIP/105|ADDMEMBER|
        110|:1.1|pk-default|PJSIP/105|CONNECT|10|2.1|0";
    play(&format!(
        "{fetched}
         115 Hold u=2.1 l=1.1
         120 Unhold u=2.1 l=1.1
         130 ParkedCall u=1.1 num=079 lot=vip space=801 dur=0
         140 Hangup u=1.1"
    ))
    .wrote(&format!(
        "{opened}
         115|:1.1|pk-default|PJSIP/105|CALLERONHOLD|
         120|:1.1|pk-default|PJSIP/105|CALLEROFFHOLD|5
         130|:1.1|pk-default|PJSIP/105|BLINDTRANSFER|801|vip|10|20|1
         130|:1.1|pk-default|PJSIP/105|REMOVEMEMBER|
         130|:1.1|pk-vip|NONE|ENTERQUEUE||801-079|1
         140|:1.1|pk-vip|NONE|ABANDON|1|1|10"
    ));
    play(&format!("{fetched}\n130 BlindTransfer tu=2.1 pu=1.1 to=282 ctx=internal")).wrote(
        &format!(
            "{opened}
         130|:1.1|pk-default|PJSIP/105|BLINDTRANSFER|282|internal|10|20|1
         130|:1.1|pk-default|PJSIP/105|REMOVEMEMBER|"
        ),
    );
    play(&format!("{fetched}\n130 HangupRequest u=2.1 l=1.1\n130 Hangup u=1.1")).wrote(&format!(
        "{opened}
         130|:1.1|pk-default|PJSIP/105|COMPLETEAGENT|10|20|1
         130|:1.1|pk-default|PJSIP/105|REMOVEMEMBER|"
    ));
}

#[test]
fn a_channel_that_takes_a_parked_ones_place_keeps_its_id() {
    play(
        "100 ParkedCall u=1.1 num=101 lot=default space=701 dur=0
         105 ParkedCallSwap u=9.9 c=PJSIP/trunk-9 num=079 lot=default space=701 dur=5
         105 Hangup u=1.1
         110 UnParkedCall u=9.9 lot=default space=701 dur=10 ru=2.1 rc=PJSIP/105-2
         120 HangupRequest u=9.9\n120 Hangup u=9.9",
    )
    .wrote(
        "100|:1.1|pk-default|NONE|ENTERQUEUE||701-101|1
         110|:1.1|pk-default|PJSIP/105|ADDMEMBER|
         110|:1.1|pk-default|PJSIP/105|CONNECT|10|2.1|0
         120|:1.1|pk-default|PJSIP/105|COMPLETECALLER|10|10|1
         120|:1.1|pk-default|PJSIP/105|REMOVEMEMBER|",
    );
}

#[test]
fn who_parked_is_kept_for_ourselves_and_the_number_can_be_put_otherwise() {
    let other = Options { park_number_format: "{number}@{space}".into(), ..options() };
    let run = Run::of(
        other,
        "99 BlindTransfer tu=2.1 tc=PJSIP/202-1 pu=1.1 to=700 ctx=internal
         100 ParkedCall u=1.1 num=079 lot=default space=701 dur=0 parker=SIP/elsewhere",
    );
    run.wrote("100|:1.1|pk-default|NONE|ENTERQUEUE||079@701|1");
    let internal: Vec<String> =
        run.records.iter().filter(|record| record.internal).map(|r| r.line()).collect();
    assert_eq!(internal, ["100|:1.1|pk-default|NONE|INFO|VAR|parker|PJSIP/202"]);
    Run::of(
        Options { parked_calls: false, ..options() },
        "100 ParkedCall u=1.1 lot=default space=701 dur=0",
    )
    .wrote("");
}

// 7. Hot-desking.

fn desks(sees_log: bool) -> Options {
    Options { hot_desking: true, sees_log, ..Options::default() }
}

const ANN_ON: &str = "100.2 QueueMemberAdded q=q1 name=ann if=PJSIP/2002";

#[test]
fn a_telephone_logged_on_for_a_person_becomes_the_person() {
    Run::of(desks(false), &format!("{ANN_ON}\n200 QueueMemberRemoved q=q1 name=ann if=PJSIP/2002"))
        .wrote(
            "100|MANAGER|q1|PJSIP/2002|REMOVEMEMBER|
             100|MANAGER|q1|ann|HOTDESKING|PJSIP/2002
             100|MANAGER|q1|ann|ADDMEMBER|
             200|MANAGER|q1|ann|REMOVEMEMBER|",
        );
    let paused = Run::of(desks(false), &format!("{ANN_ON} paused=1")).lines();
    assert_eq!(paused[2], "100|MANAGER|q1|ann|ADDMEMBER|PAUSED");
    Run::of(
        desks(false),
        "1 QueueMemberAdded q=q1 name=PJSIP/2002 if=PJSIP/2002
         2 QueueMemberAdded q=q1 name=ann if=PJSIP/2002 as=static
         3 QueueMemberAdded q=q1 name=ann if=PJSIP/2002 as=realtime",
    )
    .wrote("");
    Run::of(Options::default(), ANN_ON).wrote("");
}

#[test]
fn what_asterisk_logs_decides_what_is_rewritten() {
    let native = |agent: &str, before: bool| {
        let event = QueueEvent {
            time: 100,
            call_id: "MANAGER".into(),
            queue: "q1".into(),
            agent: agent.to_owned().into(),
            verb: Verb::AddMember { paused: false },
        };
        let mut run = Run::new(desks(true));
        if before {
            run.tracker.native(&event, 100_100_000);
        }
        let told = super::script::event(
            "QueueMemberAdded",
            &super::script::Fields::of("q=q1 name=ann if=PJSIP/2002"),
        );
        let at = 100_200_000;
        let out = run.tracker.apply(&crate::event::manager::Told { at, event: told });
        run.records.extend(out);
        if !before {
            assert!(run.records.is_empty(), "it waits for the line");
            let out = run.tracker.native(&event, 100_500_000);
            run.records.extend(out);
        }
        run.lines().len()
    };
    for before in [false, true] {
        assert_eq!(native("PJSIP/2002", before), 3);
        assert_eq!(native("ann", before), 1, "only the binding");
    }
    // No line within three seconds: there is no log.
    assert_eq!(Run::of(desks(true), ANN_ON).lines().len(), 3);
}

// 8. Recovery, and 12.

#[test]
fn a_call_still_listed_goes_on_and_one_answered_meanwhile_is_connected_late() {
    let run = play(
        "100 Newchannel u=7.1 c=PJSIP/101-1 ext=0445
         100 DialBegin u=7.1 du=7.2 dl=7.1 dc=PJSIP/t-2 string=0445@t
         110 cut
         140 snapshot
         140 CoreShowChannel u=7.1 c=PJSIP/101-1 app=Dial b=b1 dur=40
         140 CoreShowChannel u=7.2 l=7.1 c=PJSIP/t-2 app=AppDial b=b1 dur=20
         140 listed
         150 HangupRequest u=7.1\n150 Hangup u=7.1",
    );
    run.wrote(
        "100|:7.1|q-outbound|PJSIP/101|ADDMEMBER|
         100|:7.1|q-outbound|PJSIP/101|CALLOUTBOUND||0445
         140|:7.1|q-outbound|PJSIP/101|CONNECT|20|7.2|0
         150|:7.1|q-outbound|PJSIP/101|COMPLETEAGENT|20|30|1
         150|:7.1|q-outbound|PJSIP/101|REMOVEMEMBER|",
    );
    assert!(run.records[2].recovered && run.records[2].at == 120_000_000);
}

#[test]
fn what_ended_during_a_cut_is_closed_with_when_it_was_last_known() {
    let run = play(&format!("{OUT}\n110 Newstate u=7.1\n110 cut\n150 snapshot\n150 listed"));
    run.wrote(&format!(
        "{OPENED}
         150|:7.1|q-outbound|PJSIP/101|COMPLETEAGENT|5|5|1
         150|:7.1|q-outbound|PJSIP/101|REMOVEMEMBER|"
    ));
    assert_eq!(run.records[3].event().time, 110);
}

#[test]
fn a_restart_of_asterisk_closes_what_was_open_before_it() {
    play(&format!("1 FullyBooted uptime=0\n{OUT}\n110 Newstate u=7.1\n150 FullyBooted uptime=2"))
        .wrote(&format!(
            "{OPENED}
             150|:7.1|q-outbound|PJSIP/101|COMPLETEAGENT|5|5|1
             150|:7.1|q-outbound|PJSIP/101|REMOVEMEMBER|"
        ));
}

#[test]
fn a_snapshot_opens_what_it_can_of_calls_never_heard_of() {
    play(
        "1000 snapshot start=5
         1000 QueueMember q=sales name=Ann if=PJSIP/201
         1000 QueueMember q=sales name=Bob if=PJSIP/202
         1000 DeviceStateChange device=PJSIP/201 state=ONHOLD
         1000 ParkedCall u=1.1 num=079 lot=default space=701 dur=30
         1000 CoreShowChannel u=1.1 app=Park dur=60
         1000 CoreShowChannel u=2.1 c=PJSIP/202-1 ext=0445 app=Dial data=x dur=50 b=b2
         1000 CoreShowChannel u=2.2 l=2.1 c=PJSIP/t-1 app=AppDial dur=45 b=b2
         1000 CoreShowChannel u=3.1 c=PJSIP/t-2 app=Queue data=sales,t,, dur=50 b=b3
         1000 CoreShowChannel u=3.2 l=3.1 c=PJSIP/201-2 app=AppQueue dur=40 b=b3
         1000 listed
         1010 Unhold u=3.2 l=3.1
         1020 Hangup u=3.1",
    )
    .wrote(
        "970|:1.1|pk-default|NONE|ENTERQUEUE||701-079|1
         1000|:2.1|q-outbound|PJSIP/202|ADDMEMBER|
         1000|:2.1|q-outbound|PJSIP/202|CALLOUTBOUND||0445
         1000|:2.1|q-outbound|PJSIP/202|CONNECT|5|2.2|0
         1000|3.1|sales|Ann|CALLERONHOLD|RECOVERED
         1010|3.1|sales|Ann|CALLEROFFHOLD|10",
    );
}

#[test]
fn two_rounds_without_a_channel_end_a_call_whose_hangup_was_lost() {
    play(&format!("{OUT}\n160 snapshot\n160 round\n220 snapshot\n220 round")).wrote(&format!(
        "{OPENED}
         220|:7.1|q-outbound|PJSIP/101|COMPLETEAGENT|5|55|1
         220|:7.1|q-outbound|PJSIP/101|REMOVEMEMBER|"
    ));
    play(&format!("{OUT}\n160 snapshot\n160 round")).wrote(OPENED);
}
