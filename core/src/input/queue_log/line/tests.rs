//! Tables of lines by verb and version.

use super::*;
use crate::event::{Info, Transfer, TransferKind};

#[test]
fn the_first_five_fields_are_needed() {
    let complaint = |line: &[u8]| match parse(line, &Options::default()) {
        Parsed::Malformed(complaint) => (complaint.at, complaint.reason),
        other => panic!("{other:?}"),
    };
    assert_eq!(complaint(b""), (0, Reason::EmptyLine));
    assert_eq!(complaint(b"\r\n"), (0, Reason::EmptyLine));
    assert_eq!(complaint(b"abc"), (0, Reason::BadTime));
    assert_eq!(complaint(b"|a|b|c|d"), (0, Reason::BadTime));
    assert_eq!(complaint(b"1234567890123|a|b|c|d"), (0, Reason::BadTime));
    assert_eq!(complaint(b"-5|a|b|c|d"), (0, Reason::BadTime));
    assert_eq!(complaint(b"12.|a|b|c|d"), (0, Reason::BadTime));
    assert_eq!(complaint(b"12.5x|a|b|c|d"), (0, Reason::BadTime));
    assert_eq!(complaint(b" 12|a|b|c|d"), (0, Reason::BadTime));
    assert_eq!(complaint(b"17"), (2, Reason::TooFewFields { found: 1 }));
    assert_eq!(complaint(b"17|"), (3, Reason::TooFewFields { found: 2 }));
    assert_eq!(complaint(b"17|a|b|c"), (8, Reason::TooFewFields { found: 4 }));
    assert_eq!(complaint(b"17|a|b|c|"), (9, Reason::EmptyVerb));
    assert_eq!(complaint(b"17|a|b|c||1|2"), (9, Reason::EmptyVerb));
    let long = [b"17|a|b|c|PAUSE|".to_vec(), vec![b'x'; LONGEST_LINE]].concat();
    assert_eq!(complaint(&long), (LONGEST_LINE, Reason::TooLong));
}

fn event(line: &str) -> QueueEvent<'_> {
    match parse(line.as_bytes(), &Options::default()) {
        Parsed::Event(event) => event,
        other => panic!("{line}: {other:?}"),
    }
}

/// Reads `VERB|parameters` behind usual first fields.
fn check(record: &str, expected: Verb<'_>) {
    let line = format!("1795189119|1795189119.6|sales|Ann|{record}");
    let event = event(&line);
    assert_eq!(event.verb, expected, "{record}");
    assert_eq!((event.time, &*event.call_id), (1_795_189_119, "1795189119.6"));
    assert_eq!((&*event.queue, &*event.agent), ("sales", "Ann"));
}

#[test]
fn the_time_may_have_a_fraction_and_the_line_a_carriage_return() {
    let plain = event("17|a|b|c|CONNECT|5");
    assert_eq!(plain.time, 17);
    assert_eq!(event("17.999999|a|b|c|CONNECT|5"), plain);
    assert_eq!(event("0017|a|b|c|CONNECT|5\r\n"), plain);
    assert_eq!(event("999999999999|a|b|c|CONNECT|5").time, 999_999_999_999);
    assert_eq!(event("17|a|b|c|CONNECT|5\n"), plain);
    // Only one carriage return goes: the other belongs to the parameter.
    assert_eq!(event("17|a|b|c|PAUSEREASON|x\r\r").verb, Verb::PauseReason { code: "x\r".into() });
}

#[test]
fn a_verb_in_small_letters_is_known_and_a_foreign_one_is_kept() {
    check("connect|5", Verb::Connect { hold: Some(5), member_id: None, ring: None });
    check("divert_busy", Verb::Refused { verb: "DIVERT_BUSY".into() });
    let unknown = |line| match parse(line, &Options::default()) {
        Parsed::Unknown(unknown) => (unknown.time, unknown.verb.into_owned()),
        other => panic!("{other:?}"),
    };
    assert_eq!(unknown(b"17|a|b|c|Supervisor|x|y"), (17, "Supervisor".to_owned()));
    assert_eq!(unknown(b"17|a|b|c|CONNECT "), (17, "CONNECT ".to_owned()));
    assert_eq!(unknown(b"17|a|b|c|\xff"), (17, "\u{fffd}".to_owned()));
    let long = [b"17|a|b|c|".to_vec(), vec![b'X'; 100]].concat();
    assert_eq!(unknown(&long).1.len(), 100);
}

#[test]
fn bytes_that_are_no_text_are_replaced_and_the_rest_is_read() {
    let line = b"17|\xffa|b\xc3|Gr\xc3\xa9te|PAUSE|caf\xe9";
    let Parsed::Event(event) = parse(line, &Options::default()) else { panic!() };
    assert_eq!((&*event.call_id, &*event.queue), ("\u{fffd}a", "b\u{fffd}"));
    assert_eq!(&*event.agent, "Gréte");
    assert_eq!(event.verb, Verb::Pause { reason: "caf\u{fffd}".into() });
}

fn enter(url: &str, number: &str, position: Option<u32>, name: Option<&str>) -> Verb<'static> {
    Verb::EnterQueue {
        url: url.to_owned().into(),
        number: number.to_owned().into(),
        position,
        name: name.map(|name| name.to_owned().into()),
    }
}

#[test]
fn entering_by_version() {
    check("ENTERQUEUE||0155", enter("", "0155", None, None)); // 1.2 to 1.6.2
    check("ENTERQUEUE||0155|3", enter("", "0155", Some(3), None)); // 1.8 to 19
    check("ENTERQUEUE||0155|3|Eva_O", enter("", "0155", Some(3), Some("Eva_O"))); // 20
    check("ENTERQUEUE|||1|", enter("", "", Some(1), None)); // restricted, 18+
    check("ENTERQUEUE", enter("", "", None, None));
    check("ENTERQUEUE|http://a/b|0155|x", enter("http://a/b", "0155", None, None));
}

#[test]
fn a_url_with_bars_is_found_from_the_end() {
    check("ENTERQUEUE|http://a?x|y|z|0155|3", enter("http://a?x|y|z", "0155", Some(3), None));
    check(
        "ENTERQUEUE|http://a?1|2|0155|3|Ann B",
        enter("http://a?1|2", "0155", Some(3), Some("Ann B")),
    );
    check("ENTERQUEUE||0155|1||", enter("", "0155", Some(1), None));
    check("ENTERQUEUE|a|b|c|d|e", enter("a", "b", None, Some("d")));
    // The numbers at index 0 and 1 can't be the position.
    check("ENTERQUEUE|1|2|c|d|e", enter("1", "2", None, Some("d")));
}

#[test]
fn answers_and_ends_by_version() {
    let connect = |hold, member: Option<&str>, ring| Verb::Connect {
        hold,
        member_id: member.map(|m| m.to_owned().into()),
        ring,
    };
    check("CONNECT|5", connect(Some(5), None, None)); // 1.2
    check("CONNECT|5|1795.7", connect(Some(5), Some("1795.7"), None)); // 1.4
    check("CONNECT|5|1795.7|2", connect(Some(5), Some("1795.7"), Some(2))); // 1.6+
    check("CONNECT|5|1795.7|2|phone", connect(Some(5), Some("1795.7"), Some(2)));
    check("CONNECT|x||-1", connect(None, None, Some(-1)));
    let complete =
        |by_agent| Verb::Complete { by_agent, hold: Some(5), talk: Some(60), position: Some(1) };
    check("COMPLETEAGENT|5|60|1", complete(true));
    check("COMPLETECALLER|5|60|1", complete(false));
    check("COMPLETECALLER| 5|60.25|+1|phone", complete(false));
    let (position, original, wait) = (Some(2), Some(3), Some(44));
    check("ABANDON|2|3|44", Verb::Abandon { position, original, wait });
    check("EXITEMPTY|2|3|44", Verb::ExitEmpty { position, original, wait });
    check("EXITWITHTIMEOUT|2|3|44", Verb::ExitWithTimeout { position, original, wait });
    check(
        "EXITWITHTIMEOUT|2", // 1.4, and option n to 1.8
        Verb::ExitWithTimeout { position, original: None, wait: None },
    );
    check(
        "EXITWITHKEY|#|2", // to 1.6.2
        Verb::ExitWithKey { key: "#".into(), position, original: None, wait: None },
    );
    check("EXITWITHKEY|1|2|3|44", Verb::ExitWithKey { key: "1".into(), position, original, wait });
    check(
        "WITHDRAW|2|3|44|by | hand",
        Verb::Withdraw { position, original, wait, info: "by | hand".into() },
    );
    check("WITHDRAW|2|3|44|", Verb::Withdraw { position, original, wait, info: "".into() });
    check("AGENTDUMP|", Verb::AgentDump);
    check("SYSCOMPAT|", Verb::SysCompat);
    check("QUEUESTART|", Verb::QueueStart);
    check("CONFIGRELOAD|", Verb::ConfigReload);
}

#[test]
fn transfers_of_all_versions() {
    let transfer = |kind, target: &str, context: &str, numbers: [Option<i64>; 3]| {
        Verb::Transfer(Transfer {
            kind,
            target: target.to_owned().into(),
            context: context.to_owned().into(),
            hold: numbers[0],
            talk: numbers[1],
            position: numbers[2].map(|number| number as u32),
        })
    };
    use TransferKind::{Attended, Blind, Plain};
    let all = [Some(5), Some(60), Some(1)];
    check("TRANSFER|700|office", transfer(Plain, "700", "office", [None; 3])); // 1.2
    check("TRANSFER|700|office|5|60", transfer(Plain, "700", "office", [Some(5), Some(60), None]));
    check("TRANSFER|700|office|5|60|1", transfer(Plain, "700", "office", all)); // 1.6 to 11
    check("BLINDTRANSFER|700|office|5|60|1", transfer(Blind, "700", "office", all));
    check("ATTENDEDTRANSFER|BRIDGE|ab-cd|5|60|1", transfer(Attended, "bridge", "ab-cd", all));
    check("ATTENDEDTRANSFER|APP|Wait|5|60|1", transfer(Attended, "Wait", "", all));
    check(
        "ATTENDEDTRANSFER|LINK|SIP/a|SIP/b|5|60|1",
        transfer(Attended, "link", "SIP/a|SIP/b", all),
    );
    check("ATTENDEDTRANSFER|205|office|5|60|1", transfer(Attended, "205", "office", all));
}

#[test]
fn attempts_are_in_milliseconds() {
    check("RINGNOANSWER|15000", Verb::RingNoAnswer { ring_ms: Some(15000) });
    check("RINGNOANSWER", Verb::RingNoAnswer { ring_ms: None });
    check("RINGCANCELED|2345", Verb::RingCanceled { ring_ms: Some(2345) });
    check("AGENTATTEMPT|", Verb::AgentAttempt { ring_ms: None });
    check("AGENTATTEMPT|900", Verb::AgentAttempt { ring_ms: Some(900) });
}

#[test]
fn a_call_refused_at_the_door_keeps_its_cause() {
    for verb in ["JOINEMPTY", "FULL", "CLOSED", "LEAVEEMPTY", "DIVERT_NIGHT"] {
        check(verb, Verb::Refused { verb: verb.into() });
        check(&format!("{verb}|"), Verb::Refused { verb: verb.into() });
    }
}

#[test]
fn members_and_their_settings() {
    check("ADDMEMBER|", Verb::AddMember { paused: false });
    check("ADDMEMBER", Verb::AddMember { paused: false });
    check("ADDMEMBER|PAUSED", Verb::AddMember { paused: true });
    check("REMOVEMEMBER|", Verb::RemoveMember);
    check("ADDMEMBER2|SIP/7-0000abcd|||env", Verb::AddMember2 { extension: "SIP/7".into() });
    check("PENALTY|3", Verb::Penalty { penalty: Some(3) });
    check("PENALTY|", Verb::Penalty { penalty: None });
    check("RINGINUSE|1", Verb::RingInUse { on: true });
    check("RINGINUSE|0", Verb::RingInUse { on: false });
    check("RINGINUSE|yes", Verb::RingInUse { on: true });
}

#[test]
fn a_reason_may_hold_bars() {
    check("PAUSE|", Verb::Pause { reason: "".into() }); // 1.2, 1.4
    check("PAUSE|lunch", Verb::Pause { reason: "lunch".into() });
    check("PAUSE|training | room B", Verb::Pause { reason: "training | room B".into() });
    check("PAUSE| | lunch || ", Verb::Pause { reason: "lunch".into() });
    check("PAUSE|LUNCH|||phone-env", Verb::Pause { reason: "LUNCH".into() }); // VICIDIAL
    check("PAUSE|LUNCH|||", Verb::Pause { reason: "LUNCH".into() });
    check("PAUSE|a|||b|c", Verb::Pause { reason: "a|||b|c".into() });
    check("UNPAUSE|Auto-Unpause", Verb::Unpause { reason: "Auto-Unpause".into() });
    check("PAUSEALL|lunch", Verb::PauseAll { reason: "lunch".into() });
    check("UNPAUSEALL|", Verb::UnpauseAll { reason: "".into() });
    check("PAUSEREASON|7||phone", Verb::PauseReason { code: "7".into() });
    check("PAUSEREASON|7", Verb::PauseReason { code: "7".into() });
    check("PAUSEREASON|a | b", Verb::PauseReason { code: "a | b".into() });
}

#[test]
fn logging_in_and_out() {
    let line = |agent: &str, record: &str| format!("17|NONE|NONE|{agent}|{record}");
    let pool = line("3001", "AGENTLOGIN|PJSIP/101-0000002a");
    assert_eq!(&*event(&pool).agent, "Agent/3001");
    assert_eq!(event(&pool).verb, Verb::AgentLogin { extension: "PJSIP/101".into() });
    let off = line("3001", "AGENTLOGOFF|PJSIP/101-0000002a|3600");
    assert_eq!(&*event(&off).agent, "Agent/3001");
    assert_eq!(
        event(&off).verb,
        Verb::AgentLogoff { extension: "PJSIP/101".into(), session: Some(3600), reason: "".into() }
    );
    let callback = line("Agent/7", "AGENTCALLBACKLOGIN|101@office");
    assert_eq!(event(&callback).verb, Verb::AgentLogin { extension: "101@office".into() });
    let callback = line("Agent/7", "AGENTCALLBACKLOGOFF|101@office|60|Autologoff");
    assert_eq!(
        event(&callback).verb,
        Verb::AgentLogoff {
            extension: "101@office".into(),
            session: Some(60),
            reason: "Autologoff".into()
        }
    );
    // A number elsewhere is a name like any other.
    assert_eq!(&*event("17|NONE|sales|1203|PAUSE|").agent, "1203");
}

#[test]
fn an_agent_field_loses_its_channel_instance() {
    assert_eq!(&*event("17|1.2|sales|PJSIP/101-0000002a|CONNECT|5").agent, "PJSIP/101");
    assert_eq!(&*event("17|1.2|sales|Eva O'Neill|CONNECT|5").agent, "Eva O'Neill");
    check("HOTDESK|PJSIP/101-0000002a", Verb::HotDesk { channel: "PJSIP/101".into() });
    check("HOTDESKING|PJSIP/101", Verb::HotDesk { channel: "PJSIP/101".into() });
}

#[test]
fn outbound_holds_and_annotations() {
    check("CALLOUTBOUND||0177", Verb::CallOutbound { url: "".into(), number: "0177".into() });
    check(
        "OUTCALL|ANSWER|23|017788100",
        Verb::OutCall { status: "ANSWER".into(), talk: Some(23), params: "017788100".into() },
    );
    check(
        "OUTCALL|BUSY|0|30|0177",
        Verb::OutCall { status: "BUSY".into(), talk: Some(0), params: "30|0177".into() },
    );
    check("CALLERONHOLD", Verb::CallerOnHold { label: "".into() });
    check("CALLERONHOLD|park", Verb::CallerOnHold { label: "park".into() });
    check("CALLEROFFHOLD|12|park", Verb::CallerOffHold { held: Some(12) });
    check("CALLEROFFHOLD", Verb::CallerOffHold { held: None });
    check("CALLSTATUS|12", Verb::CallStatus { code: "12".into(), other_call: None });
    check("CALLSTATUS|12|", Verb::CallStatus { code: "12".into(), other_call: None });
    check(
        "CALLSTATUS|12|1795.9",
        Verb::CallStatus { code: "12".into(), other_call: Some("1795.9".into()) },
    );
    check("CALLERIDNAME|Eva", Verb::CallerIdName { name: "Eva".into() });
    check("CALLERIDNUM|0155", Verb::CallerIdNumber { number: "0155".into() });
    check("CALLERID|+33155", Verb::CallerIdNumber { number: "+33155".into() });
    check("CALLERID|Eva 2", Verb::CallerIdName { name: "Eva 2".into() });
}

#[test]
fn info_in_all_its_forms() {
    let info = |record: &str, expected| check(record, Verb::Info(expected));
    info("DID|0155503", Info::Did { value: "0155503".into() });
    info("INFO|DID|0155503", Info::Did { value: "0155503".into() });
    info("INFO|IVR|main|2|0155", Info::Ivr { value: "main|2|0155".into() });
    info("INFO|IVRSTART|800|0155", Info::IvrStart { dnis: "800".into(), number: "0155".into() });
    info(
        "INFO|IVRAPPEND|12|3400|main",
        Info::IvrAppend { digits: "12".into(), ms: Some(3400), node: "main".into() },
    );
    info("INFO|IVRGOAL|paid", Info::IvrGoal { goal: "paid".into() });
    info("INFO|IVRHANGUP|AUTO", Info::IvrHangup { reason: "AUTO".into() });
    info("INFO|IVRHANGUP|", Info::IvrHangup { reason: "".into() });
    info("INFO|FTR|7|a | b", Info::Feature { code: "7".into(), text: "a | b".into() });
    info("INFO|FEATURE|NOSALE", Info::Feature { code: "NOSALE".into(), text: "".into() });
    info("INFO|NOFTR|7", Info::NoFeature { code: "7".into(), text: "".into() });
    info("INFO|TAG|vip", Info::Tag { tag: "vip".into() });
    info("info|tag|vip", Info::Tag { tag: "vip".into() });
    info("INFO|NOTAG|vip", Info::NoTag { tag: "vip".into() });
    let variable = || Info::Variable { name: "order".into(), value: "12".into() };
    info("INFO|VAR|order|12", variable());
    info("INFO|VARSET|order|12", variable());
    info("INFO|VAR|order=12", variable());
    info("INFO|VAR|a=b|", Info::Variable { name: "a=b".into(), value: "".into() });
    info("INFO|NOVAR|order", Info::NoVariable { name: "order".into() });
    info("INFO|SKILL|fr|3", Info::Skill { code: "fr".into(), level: Some(3) });
    info("INFO|REQSKILL|fr", Info::Skill { code: "fr".into(), level: None });
    info("INFO|WEATHER|rain|3", Info::Other { text: "WEATHER|rain|3".into() });
    info("INFO", Info::Other { text: "".into() });
}

mod laws;
