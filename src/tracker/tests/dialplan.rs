//! Calls that a dialplan logs itself: its line comes before the dial, within
//! the grace, after it, or after a restart of ours.

use super::script::{Run, options};
use crate::event::{QueueEvent, Verb};
use crate::tracker::{Journal, Options, Orphan};

const DIAL: &str = "100 Newchannel u=7.1 c=PJSIP/101-1 ext=*481*1
    100.1 DialBegin u=7.1 du=7.2 dl=7.1 dc=PJSIP/t-2 string=1@t";

/// As the daemon runs it.
fn patient() -> Options {
    Options { sees_log: true, dialplan_grace_ms: 1000, ..options() }
}

fn logged(time: i64) -> QueueEvent<'static> {
    QueueEvent {
        time,
        call_id: "7.1".into(),
        queue: "q-autumn".into(),
        agent: "Bruno Keller".into(),
        verb: Verb::CallOutbound { url: "".into(), number: "1".into() },
    }
}

impl Run {
    fn native(&mut self, time: i64, now: i64) {
        let records = self.tracker.native(&logged(time), now);
        self.records.extend(records);
    }
}

#[test]
fn its_line_before_the_dial_forbids_ours_however_long_before() {
    for time in [1, 100] {
        let mut run = Run::new(patient());
        run.native(time, 100_000_000);
        run.play(&format!(
            "{DIAL}\n105 DialEnd u=7.1 du=7.2 dl=7.1 status=ANSWER\n120 Hangup u=7.1"
        ));
        run.wrote("");
    }
}

#[test]
fn within_the_grace_its_line_withdraws_what_was_to_be_written() {
    for (before, after) in [
        (DIAL.to_owned(), "105 DialEnd u=7.1 du=7.2 dl=7.1 status=ANSWER\n120 Hangup u=7.1"),
        // Answered, and even over, before the line comes.
        (format!("{DIAL}\n100.6 DialEnd u=7.1 du=7.2 dl=7.1 status=ANSWER"), "120 Hangup u=7.1"),
        (format!("{DIAL}\n100.7 Hangup u=7.1"), ""),
    ] {
        let mut run = Run::new(patient());
        run.play_on(&before);
        run.native(100, 101_000_000);
        assert_eq!(run.tracker.open(), 0);
        run.play(after);
        run.wrote("");
    }
}

#[test]
fn without_a_line_records_leave_after_the_grace_with_the_times_of_what_happened() {
    let mut run = Run::new(patient());
    run.play_on(&format!("{DIAL}\n101 DialEnd u=7.1 du=7.2 dl=7.1 status=ANSWER"));
    run.wrote("");
    assert_eq!(run.tracker.journal(), Journal { heard: 101_000_000, ..Journal::default() });
    run.play_on("101.2 tick");
    run.wrote("");
    run.play_on("101.3 tick");
    run.wrote(
        "100|:7.1|q-outbound|PJSIP/101|ADDMEMBER|
         100|:7.1|q-outbound|PJSIP/101|CALLOUTBOUND||*481*1
         101|:7.1|q-outbound|PJSIP/101|CONNECT|1|7.2|1",
    );
    assert!(!run.tracker.journal().is_empty());
    run.play("120 Hangup u=7.1");
    assert_eq!(run.lines()[3..].len(), 2);
}

#[test]
fn too_late_it_ends_what_was_written_whatever_its_stamp() {
    for time in [1, 100, 108] {
        let mut run = Run::new(patient());
        run.play(DIAL);
        run.native(time, 111_000_000);
        run.play("115 DialEnd u=7.1 du=7.2 dl=7.1 status=ANSWER\n120 Hangup u=7.1");
        run.wrote(
            "100|:7.1|q-outbound|PJSIP/101|ADDMEMBER|
             100|:7.1|q-outbound|PJSIP/101|CALLOUTBOUND||*481*1
             111|:7.1|q-outbound|PJSIP/101|ABANDON|1|1|11
             111|:7.1|q-outbound|PJSIP/101|REMOVEMEMBER|",
        );
    }
    let mut run = Run::new(patient());
    run.play(&format!("{DIAL}\n105 DialEnd u=7.1 du=7.2 dl=7.1 status=ANSWER"));
    run.native(105, 116_000_000);
    run.play("120 Hangup u=7.1");
    assert_eq!(
        run.lines()[3..],
        [
            "116|:7.1|q-outbound|PJSIP/101|COMPLETEAGENT|5|11|1",
            "116|:7.1|q-outbound|PJSIP/101|REMOVEMEMBER|"
        ]
    );
}

#[test]
fn the_next_call_of_a_channel_leaves_the_one_that_is_over_alone() {
    let mut run = Run::new(patient());
    run.play(&format!(
        "{DIAL}\n105 DialEnd u=7.1 du=7.2 dl=7.1 status=ANSWER
         106 BridgeEnter u=7.1 b=b1\n106 BridgeEnter u=7.2 l=7.1 b=b1"
    ));
    // The callee hangs up; the dialplan goes on and dials for a campaign.
    run.play_on("120 HangupRequest u=7.2 l=7.1\n120 BridgeLeave u=7.2 l=7.1 b=b1");
    run.native(120, 120_100_000);
    run.play("121 tick");
    assert_eq!(run.lines()[3], "120|:7.1|q-outbound|PJSIP/101|COMPLETECALLER|5|15|1");
    assert_eq!(run.lines().len(), 5);
}

#[test]
fn a_call_under_way_at_the_start_waits_longer_for_its_line() {
    let start = "snapshot start=1
        500 CoreShowChannel u=7.1 c=PJSIP/101-1 app=Dial dur=30 b=b1 ext=1
        500 CoreShowChannel u=7.2 l=7.1 c=PJSIP/t-2 app=AppDial dur=20 b=b1
        500 listed";
    let start = start.replacen("snapshot", "500 snapshot", 1);
    let mut run = Run::new(patient());
    run.play_on(&start);
    run.play_on("504 tick");
    run.native(470, 504_500_000);
    run.play("510 Hangup u=7.1");
    run.wrote("");

    let mut alone = Run::new(patient());
    alone.play_on(&start);
    alone.play_on("506 tick");
    let words: Vec<_> = alone.records.iter().map(|record| record.word.name()).collect();
    assert_eq!(words, ["ADDMEMBER", "CALLOUTBOUND", "CONNECT"]);
}

#[test]
fn a_membership_that_another_call_shares_is_written_all_the_same() {
    let mut run = Run::new(patient());
    run.play_on(&format!(
        "{DIAL}
         100.2 Newchannel u=8.1 c=PJSIP/101-3 ext=2
         100.2 DialBegin u=8.1 du=8.2 dl=8.1 dc=PJSIP/t-4 string=2@t
         100.9 tick"
    ));
    run.native(100, 101_000_000);
    run.play("120 Hangup u=8.1");
    run.wrote(
        "100|:7.1|q-outbound|PJSIP/101|ADDMEMBER|
         100|:8.1|q-outbound|PJSIP/101|CALLOUTBOUND||2
         120|:8.1|q-outbound|PJSIP/101|ABANDON|1|1|20
         120|:8.1|q-outbound|PJSIP/101|REMOVEMEMBER|",
    );
}

fn orphan(call_id: &str, connected: Option<i64>) -> Orphan {
    Orphan {
        call_id: call_id.to_owned(),
        queue: "q-autumn".to_owned(),
        agent: "PJSIP/101".to_owned(),
        entered: 100,
        connected,
        joined: true,
    }
}

#[test]
fn what_the_database_has_open_and_nobody_knows_ends_when_its_channel_is_gone() {
    let mut run = Run::new(patient());
    run.tracker.adopt_orphans(vec![
        orphan(":1.1", None),
        orphan(":2.1", Some(110)),
        Orphan { queue: "pk-default".into(), agent: String::new(), ..orphan(":3.1", None) },
    ]);
    run.play_on(
        "500 snapshot start=1
         500 CoreShowChannel u=3.1 c=PJSIP/t-3 app=Park dur=400
         500 listed",
    );
    run.wrote(
        "500|:1.1|q-autumn|PJSIP/101|ABANDON|1|1|400
         500|:1.1|q-autumn|PJSIP/101|REMOVEMEMBER|
         500|:2.1|q-autumn|PJSIP/101|COMPLETEAGENT|10|390|1
         500|:2.1|q-autumn|PJSIP/101|REMOVEMEMBER|",
    );
    assert!(run.tracker.watches(), "the third still has its channel");
    run.play_on("560 snapshot\n560 round");
    assert_eq!(run.lines()[4], "560|:3.1|pk-default|NONE|ABANDON|1|1|400");
    assert!(!run.tracker.watches());
}

#[test]
fn calls_of_the_journal_are_no_orphans() {
    let mut before = Run::new(options());
    before.play_on(&format!("{DIAL}\n101 tick"));
    let journal = before.tracker.journal();
    let mut run = Run::new(patient());
    run.tracker.restore(journal);
    run.tracker.adopt_orphans(vec![orphan(":7.1", None)]);
    run.play_on("200 snapshot start=1\n200 listed");
    let words: Vec<_> = run.records.iter().map(|record| record.word.name()).collect();
    assert_eq!(words, ["ABANDON", "REMOVEMEMBER"]);
}
