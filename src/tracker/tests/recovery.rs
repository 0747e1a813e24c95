//! What a snapshot tells of calls and holds that began or ended unheard.

use super::outbound::{OPENED, OUT};
use super::script::{Run, options};

#[test]
fn a_parked_call_that_was_fetched_before_we_came_is_a_call_of_its_lot() {
    Run::of(
        options(),
        "1000 snapshot start=5
         1000 CoreShowChannel u=1.1 c=PJSIP/t-1 num=079 app=Park dur=90 b=b1
         1000 CoreShowChannel u=1.9 c=PJSIP/105-3 app=ParkedCall data=default,701 dur=20 b=b1
         1000 listed
         1010 HangupRequest u=1.1",
    )
    .wrote(
        "1000|:1.1|pk-default|NONE|ENTERQUEUE||701-079|1
         1000|:1.1|pk-default|PJSIP/105|ADDMEMBER|
         1000|:1.1|pk-default|PJSIP/105|CONNECT|0|1.9|0
         1010|:1.1|pk-default|PJSIP/105|COMPLETECALLER|0|30|1
         1010|:1.1|pk-default|PJSIP/105|REMOVEMEMBER|",
    );
}

#[test]
fn a_telephone_that_holds_when_we_come_holds_its_outbound_call() {
    Run::of(
        options(),
        "1000 snapshot start=5
         1000 QueueMember q=sales name=Bob if=PJSIP/202
         1000 DeviceStateChange device=PJSIP/202 state=ONHOLD
         1000 CoreShowChannel u=2.1 c=PJSIP/202-1 ext=0445 app=Dial data=x dur=50 b=b2
         1000 CoreShowChannel u=2.2 l=2.1 c=PJSIP/t-1 app=AppDial dur=45 b=b2
         1000 listed
         1030 Unhold u=2.1",
    )
    .wrote(
        "1000|:2.1|q-outbound|PJSIP/202|ADDMEMBER|
         1000|:2.1|q-outbound|PJSIP/202|CALLOUTBOUND||0445
         1000|:2.1|q-outbound|PJSIP/202|CONNECT|5|2.2|0
         1000|:2.1|q-outbound|PJSIP/202|CALLERONHOLD|RECOVERED
         1030|:2.1|q-outbound|PJSIP/202|CALLEROFFHOLD|30",
    );
}

/// The call of [`OUT`] is held, then the connection is cut.
fn held_and_cut(state: &str) -> Run {
    Run::of(
        options(),
        &format!(
            "{OUT}
             120 Hold u=7.1
             130 cut
             150 snapshot
             150 DeviceStateChange device=PJSIP/101 state={state}
             150 CoreShowChannel u=7.1 c=PJSIP/101-1 app=Dial b=b1 dur=50
             150 CoreShowChannel u=7.2 l=7.1 c=PJSIP/t-2 app=AppDial b=b1 dur=45
             150 listed
             160 Unhold u=7.1"
        ),
    )
}

#[test]
fn a_hold_that_ended_during_a_cut_ends_with_the_snapshot_and_one_that_goes_on_goes_on() {
    let held = |off: &str| {
        format!(
            "{OPENED}
             120|:7.1|q-outbound|PJSIP/101|CALLERONHOLD|
             {off}"
        )
    };
    let ended = "150|:7.1|q-outbound|PJSIP/101|CALLEROFFHOLD|30";
    held_and_cut("INUSE").wrote(&held(ended));
    let later = "160|:7.1|q-outbound|PJSIP/101|CALLEROFFHOLD|40";
    held_and_cut("ONHOLD").wrote(&held(later));
}
