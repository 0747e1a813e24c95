use super::*;
use crate::event::manager::{
    Attempt, Bridge, Channel, ChannelState, CompleteReason, Member, Parking,
};

fn channel<'a>(name: &'a str, id: &'a str, number: &'a str, state: ChannelState) -> Channel<'a> {
    Channel {
        name: name.into(),
        uniqueid: id.into(),
        number: number.into(),
        caller_name: "Zoë".into(),
        state,
        ..Channel::default()
    }
}

fn caller() -> Channel<'static> {
    channel("PJSIP/trunk-1", "1.1", "0177", ChannelState::Up)
}

fn phone(state: ChannelState) -> Channel<'static> {
    channel("PJSIP/abc12-2", "1.2", "147", state)
}

fn member(paused: bool) -> Member<'static> {
    Member {
        queue: "sales".into(),
        name: "Ann".into(),
        interface: "Local/147@from-queue/n".into(),
        state_interface: "PJSIP/abc12".into(),
        status: DeviceState::NotInUse,
        paused,
        ..Member::default()
    }
}

fn attempt(state: ChannelState) -> Attempt<'static> {
    Attempt {
        queue: "sales".into(),
        name: "Ann".into(),
        interface: "Local/147@from-queue/n".into(),
        caller: caller(),
        member: phone(state),
    }
}

fn take(office: &mut Office, event: Event<'static>) -> Option<News> {
    let event = Told { at: 1_000_000, event };
    office.apply(&event);
    told(&event, office)
}

/// The events of a change as `type agent queue {rest}`.
fn lines(news: &[News]) -> Vec<String> {
    let text = |one: &News| {
        let (agent, queue) = (one.agent.as_deref(), one.queue.as_deref());
        format!(
            "{} {} {} {}",
            one.kind,
            agent.unwrap_or("-"),
            queue.unwrap_or("-"),
            Value::Object(one.rest.clone())
        )
    };
    news.iter().map(text).collect()
}

/// An office where extension 147 is PJSIP/abc12 and Ann sits there.
fn office() -> Office {
    let mut office = Office::default();
    let hint = Event::ExtensionStatus {
        exten: "147".into(),
        context: "hints".into(),
        hint: "PJSIP/abc12".into(),
        status: ExtensionState::NotInUse,
    };
    take(&mut office, hint);
    take(&mut office, Event::QueueMember(member(false)));
    office
}

#[test]
fn a_newcomer_is_told_everything_once() {
    let mut facets = lines(&Facets::of(&office()).all());
    facets.sort();
    assert_eq!(
        facets,
        [
            r#"agentName 147 - {"name":"Ann"}"#,
            r#"extensionStatus 147 - {"status":"not_inuse"}"#,
            r#"queueCount - sales {"count":0}"#,
            r#"queueMemberStatus 147 sales {"simple":"active","status":"not_inuse"}"#,
        ]
    );
}

#[test]
fn a_call_is_told_from_the_ring_to_the_end() {
    let mut office = office();
    let mut before = Facets::of(&office);
    let mut changes = |office: &Office| {
        let now = Facets::of(office);
        let news = now.since(&before);
        before = now;
        lines(&news)
    };
    take(
        &mut office,
        Event::QueueCallerJoin {
            caller: caller(),
            queue: "sales".into(),
            position: Some(1),
            count: Some(1),
        },
    );
    assert_eq!(changes(&office), [r#"queueCount - sales {"count":1}"#]);
    take(&mut office, Event::AgentCalled(attempt(ChannelState::Down)));
    take(
        &mut office,
        Event::DialBegin {
            caller: Some(caller()),
            dest: phone(ChannelState::Ringing),
            dial_string: "147".into(),
        },
    );
    let ring = changes(&office);
    assert_eq!(
        ring,
        [
            r#"phoneNumber 147 - {"callQueue":"sales","name":"Zoë","number":"0177","unique-id":"1.1"}"#
        ]
    );
    take(
        &mut office,
        Event::AgentConnect { attempt: attempt(ChannelState::Up), ring: None, hold: None },
    );
    for channel in [caller(), phone(ChannelState::Up)] {
        let bridge =
            Bridge { id: "b".into(), technology: "simple_bridge".into(), ..Bridge::default() };
        take(&mut office, Event::BridgeEnter { bridge, channel, swap: "".into() });
    }
    take(
        &mut office,
        Event::QueueCallerLeave {
            caller: caller(),
            queue: "sales".into(),
            position: None,
            count: Some(0),
        },
    );
    // With whom is the same; that it was answered is the queue's and the
    // telephone's state.
    assert_eq!(changes(&office), [r#"queueCount - sales {"count":0}"#]);
    let hangup = |channel| Event::Hangup { channel, cause: Some(16), cause_text: "".into() };
    take(
        &mut office,
        Event::VarSet {
            channel: caller(),
            name: "MIXMONITOR_FILENAME".into(),
            value: "/r/1.wav".into(),
        },
    );
    let done = take(
        &mut office,
        Event::AgentComplete {
            attempt: attempt(ChannelState::Up),
            hold: Some(4),
            talk: Some(30),
            reason: CompleteReason::Caller,
        },
    );
    assert_eq!(
        lines(&done.into_iter().collect::<Vec<_>>()),
        [concat!(
            r#"agentComplete 147 - {"callQueue":"sales","holdTime":4,"recording":"/r/1.wav","#,
            r#""talkTime":30,"uniqueId":"1.1"}"#
        )]
    );
    take(&mut office, hangup(caller()));
    take(&mut office, hangup(phone(ChannelState::Up)));
    assert_eq!(
        changes(&office),
        [r#"phoneNumber 147 - {"callQueue":null,"name":null,"number":null,"unique-id":null}"#]
    );
}

#[test]
fn pauses_and_log_offs_are_told_and_what_is_the_same_is_not() {
    let mut office = office();
    let before = Facets::of(&office);
    take(&mut office, Event::MemberPause(member(true)));
    let paused = Facets::of(&office);
    assert_eq!(
        lines(&paused.since(&before)),
        [r#"queueMemberStatus 147 sales {"simple":"paused","status":"paused"}"#]
    );
    take(&mut office, Event::MemberPause(member(true)));
    assert!(Facets::of(&office).since(&paused).is_empty());
    take(&mut office, Event::MemberRemoved(member(true)));
    assert_eq!(
        lines(&Facets::of(&office).since(&paused)),
        [r#"queueMemberStatus 147 sales {"simple":"loggedoff","status":"loggedoff"}"#]
    );
}

#[test]
fn parked_calls_and_failed_ones_have_no_scope() {
    let mut office = office();
    let parking = Parking {
        parkee: caller(),
        lot: "default".into(),
        space: "701".into(),
        ..Parking::default()
    };
    let news = take(&mut office, Event::ParkedCall(parking)).unwrap();
    assert_eq!((news.kind, &news.agent, &news.queue), ("parkedCall", &None, &None));
    assert_eq!(news.rest["parked-ext"], "701");
    assert_eq!(
        lines(&[News::originate_failed("a1")]),
        [r#"originateFailed - - {"actionId":"a1"}"#]
    );
}

#[test]
fn differences_lead_to_the_same_facets_as_a_first_look() {
    let mut office = office();
    let before = Facets::of(&office);
    take(&mut office, Event::MemberRemoved(member(false)));
    take(&mut office, Event::NewChannel(caller()));
    let after = Facets::of(&office);
    assert_eq!(after, Facets::of(&office.clone()));
    assert!(after.since(&after).is_empty());
    assert!(!after.since(&before).is_empty());
}
