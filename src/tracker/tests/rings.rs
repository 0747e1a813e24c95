//! Telephones that rang in vain.

use super::script::{Run, options};
use crate::tracker::Options;

fn with_rings() -> Options {
    Options { ring_attempts: true, ..options() }
}

/// A phone rings two others of the house and a trunk; none answers.
const GROUP: &str = "
    1 ExtensionStatus hint=PJSIP/101&PJSIP/102&PJSIP/103
    100 Newchannel u=7.1 c=PJSIP/101-1 ext=600
    100 DialBegin u=7.1 du=7.2 dl=7.1 dc=PJSIP/102-2 string=102
    100 DialBegin u=7.1 du=7.3 dl=7.1 dc=PJSIP/103-3 string=103
    100 DialBegin u=7.1 du=7.4 dl=7.1 dc=PJSIP/t-4 string=044@t
    101 DialState u=7.1 du=7.2 dl=7.1 status=RINGING
    105 DialEnd u=7.1 du=7.3 dl=7.1 status=BUSY
    111 DialEnd u=7.1 du=7.2 dl=7.1 status=NOANSWER
    112 DialEnd u=7.1 du=7.4 dl=7.1 status=NOANSWER
    120 Hangup u=7.1";

#[test]
fn phones_of_a_ring_group_that_did_not_answer_are_written_and_trunks_are_not() {
    let group = |options| Run::of(options, GROUP).lines();
    let rings: Vec<String> =
        group(with_rings()).into_iter().filter(|line| line.contains("RINGNOANSWER")).collect();
    assert_eq!(
        rings,
        [
            "105|:7.1|q-outbound|PJSIP/103|RINGNOANSWER|0",
            "111|:7.1|q-outbound|PJSIP/102|RINGNOANSWER|10000"
        ]
    );
    assert!(group(options()).iter().all(|line| !line.contains("RINGNOANSWER")), "off by default");
}

#[test]
fn the_parker_who_does_not_take_the_call_back_is_written() {
    Run::of(
        with_rings(),
        "1 ExtensionStatus hint=PJSIP/101
         500 ParkedCall u=5.1 num=079 lot=default space=702
         545 ParkedCallTimeOut u=5.1 lot=default space=702 dur=45
         545 DialBegin u=5.1 du=5.2 dl=5.1 dc=PJSIP/101-2 string=101
         546 DialState u=5.1 du=5.2 dl=5.1 status=RINGING
         560 DialEnd u=5.1 du=5.2 dl=5.1 status=NOANSWER",
    )
    .wrote(
        "500|:5.1|pk-default|NONE|ENTERQUEUE||702-079|1
         545|:5.1|pk-default|NONE|EXITWITHTIMEOUT|1|1|45
         560|:5.1|pk-default|PJSIP/101|RINGNOANSWER|14000",
    );
}
