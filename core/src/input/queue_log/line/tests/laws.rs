//! Reading never fails, and reading what was printed gives the same event.

use proptest::option::of;
use proptest::prelude::*;

use super::*;
use crate::input::queue_log::print::print;

/// A field that no rule rewrites: no bars, no edge blanks.
fn word() -> impl Strategy<Value = Text<'static>> {
    "[a-zA-Zéö0-9@/_.+]{0,12}".prop_map(Text::from)
}

fn some_word() -> impl Strategy<Value = Text<'static>> {
    "[a-zA-Zéö][a-zéö0-9]{0,11}".prop_map(Text::from)
}

/// A last field: single bars inside, none at the edges.
fn tail() -> impl Strategy<Value = Text<'static>> {
    "([a-z]( ?\\|? ?[a-zé']){0,8})?".prop_map(Text::from)
}

fn number() -> impl Strategy<Value = Option<i64>> {
    of(-5_i64..100_000)
}

fn position() -> impl Strategy<Value = Option<u32>> {
    of(0_u32..500)
}

fn info() -> impl Strategy<Value = Info<'static>> {
    prop_oneof![
        tail().prop_map(|value| Info::Did { value }),
        tail().prop_map(|value| Info::Ivr { value }),
        (word(), word()).prop_map(|(dnis, number)| Info::IvrStart { dnis, number }),
        (word(), number(), tail()).prop_map(|(digits, ms, node)| Info::IvrAppend {
            digits,
            ms,
            node
        }),
        tail().prop_map(|goal| Info::IvrGoal { goal }),
        tail().prop_map(|reason| Info::IvrHangup { reason }),
        (word(), tail()).prop_map(|(code, text)| Info::Feature { code, text }),
        (word(), tail()).prop_map(|(code, text)| Info::NoFeature { code, text }),
        tail().prop_map(|tag| Info::Tag { tag }),
        tail().prop_map(|tag| Info::NoTag { tag }),
        (word(), tail()).prop_map(|(name, value)| Info::Variable { name, value }),
        tail().prop_map(|name| Info::NoVariable { name }),
        (word(), number()).prop_map(|(code, level)| Info::Skill { code, level }),
        "(WEATHER(\\|[a-z]{1,5})?)?".prop_map(|text| Info::Other { text: text.into() }),
    ]
}

fn transfer() -> impl Strategy<Value = Transfer<'static>> {
    let extension = || (some_word(), some_word());
    let place = prop_oneof![
        extension().prop_map(|place| (TransferKind::Plain, place)),
        extension().prop_map(|place| (TransferKind::Blind, place)),
        prop_oneof![
            extension(),
            Just(("bridge".into(), "2cd1-77".into())),
            some_word().prop_map(|application| (application, "".into())),
            Just(("link".into(), "PJSIP/1-00000001|PJSIP/2-00000002".into())),
        ]
        .prop_map(|place| (TransferKind::Attended, place)),
    ];
    (place, number(), number(), position()).prop_map(
        |((kind, (target, context)), hold, talk, position)| Transfer {
            kind,
            target,
            context,
            hold,
            talk,
            position,
        },
    )
}

fn call_verb() -> impl Strategy<Value = Verb<'static>> {
    let end = || (position(), position(), number());
    prop_oneof![
        (word(), word(), position(), of(some_word())).prop_map(|(url, number, position, name)| {
            Verb::EnterQueue { url, number, position, name }
        }),
        (number(), of(some_word()), number()).prop_map(|(hold, member_id, ring)| Verb::Connect {
            hold,
            member_id,
            ring
        }),
        (any::<bool>(), number(), number(), position()).prop_map(
            |(by_agent, hold, talk, position)| Verb::Complete { by_agent, hold, talk, position }
        ),
        transfer().prop_map(Verb::Transfer),
        end().prop_map(|(position, original, wait)| Verb::Abandon { position, original, wait }),
        end().prop_map(|(position, original, wait)| Verb::ExitEmpty { position, original, wait }),
        end().prop_map(|(position, original, wait)| Verb::Left { position, original, wait }),
        end().prop_map(|(position, original, wait)| Verb::ExitWithTimeout {
            position,
            original,
            wait
        }),
        (word(), end()).prop_map(|(key, (position, original, wait))| Verb::ExitWithKey {
            key,
            position,
            original,
            wait
        }),
        (end(), tail()).prop_map(|((position, original, wait), info)| Verb::Withdraw {
            position,
            original,
            wait,
            info
        }),
        Just(Verb::AgentDump),
        Just(Verb::SysCompat),
        number().prop_map(|ring_ms| Verb::RingNoAnswer { ring_ms }),
        number().prop_map(|ring_ms| Verb::RingCanceled { ring_ms }),
        number().prop_map(|ring_ms| Verb::AgentAttempt { ring_ms }),
        "JOINEMPTY|FULL|CLOSED|LEAVEEMPTY|DIVERT_[A-Z]{0,8}"
            .prop_map(|verb| Verb::Refused { verb: verb.into() }),
        (word(), word()).prop_map(|(url, number)| Verb::CallOutbound { url, number }),
        (word(), number(), tail()).prop_map(|(status, talk, params)| Verb::OutCall {
            status,
            talk,
            params
        }),
        tail().prop_map(|label| Verb::CallerOnHold { label }),
        number().prop_map(|held| Verb::CallerOffHold { held }),
        (word(), of(some_word()))
            .prop_map(|(code, other_call)| Verb::CallStatus { code, other_call }),
        info().prop_map(Verb::Info),
        tail().prop_map(|name| Verb::CallerIdName { name }),
        tail().prop_map(|number| Verb::CallerIdNumber { number }),
    ]
}

fn agent_verb() -> impl Strategy<Value = Verb<'static>> {
    prop_oneof![
        Just(Verb::QueueStart),
        Just(Verb::ConfigReload),
        any::<bool>().prop_map(|paused| Verb::AddMember { paused }),
        Just(Verb::RemoveMember),
        word().prop_map(|extension| Verb::AddMember2 { extension }),
        tail().prop_map(|reason| Verb::Pause { reason }),
        tail().prop_map(|reason| Verb::Unpause { reason }),
        tail().prop_map(|reason| Verb::PauseAll { reason }),
        tail().prop_map(|reason| Verb::UnpauseAll { reason }),
        some_word().prop_map(|code| Verb::PauseReason { code }),
        number().prop_map(|penalty| Verb::Penalty { penalty }),
        any::<bool>().prop_map(|on| Verb::RingInUse { on }),
        word().prop_map(|extension| Verb::AgentLogin { extension }),
        (word(), number(), tail()).prop_map(|(extension, session, reason)| Verb::AgentLogoff {
            extension,
            session,
            reason
        }),
        word().prop_map(|channel| Verb::HotDesk { channel }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn what_is_printed_reads_as_the_same_event(
        time in 0_i64..1_000_000_000_000,
        call_id in word(),
        queue in word(),
        agent in some_word(),
        verb in prop_oneof![call_verb(), agent_verb()],
    ) {
        let event = QueueEvent { time, call_id, queue, agent, verb };
        let line = print(&event);
        let read = parse(line.as_bytes(), &Options::default());
        prop_assert_eq!(read, Parsed::Event(event.clone()), "{}", line);
        if let Parsed::Event(read) = parse(line.as_bytes(), &Options::default()) {
            prop_assert_eq!(print(&read), line);
        }
    }

    #[test]
    fn any_bytes_are_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes, &Options { strip_channel_names: true, rewrite_local_channels: true });
    }

    #[test]
    fn any_parameters_are_an_answer(
        verb in "[A-Za-z_]{1,20}|ENTERQUEUE|INFO|ATTENDEDTRANSFER|PAUSE|HOTDESK|WITHDRAW",
        tail in proptest::collection::vec(prop_oneof![Just(b'|'), Just(b'-'), any::<u8>()], 0..60),
    ) {
        let mut line = format!("17|1.2|sales|Local/1@x|{verb}|").into_bytes();
        line.extend_from_slice(&tail);
        let _ = parse(&line, &Options { strip_channel_names: true, rewrite_local_channels: true });
    }

    #[test]
    fn a_complaint_points_into_the_line(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        if let Parsed::Malformed(complaint) = parse(&bytes, &Options::default()) {
            prop_assert!(complaint.at <= bytes.len());
        }
    }
}
