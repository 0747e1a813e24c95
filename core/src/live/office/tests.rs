mod laws;

use std::collections::BTreeSet;

use super::*;
use crate::event::manager::{
    Attempt, Bridge, Channel, ChannelState, CompleteReason, DeviceState, Event, ExtensionState,
    Member, Parking, Told,
};
use crate::live::{Link as LiveLink, Scope, Settings, Sight, Source, SourceState, Today, look};
use crate::model::{Names, Open};

const T: UnixSec = 1_795_000_000;

fn told(at: i64, event: Event<'_>) -> Told<'_> {
    Told { at: (T + at) * 1_000_000, event }
}

/// `PJSIP/201-00000001` with the unique id `1.1`.
fn channel<'a>(name: &'a str, id: &'a str, state: ChannelState) -> Channel<'a> {
    Channel {
        name: name.into(),
        uniqueid: id.into(),
        linkedid: id.into(),
        state,
        ..Channel::default()
    }
}

fn caller<'a>() -> Channel<'a> {
    Channel {
        number: "0177".into(),
        caller_name: "Zoë K".into(),
        ..channel("PJSIP/trunk-a-01", "1.1", ChannelState::Up)
    }
}

fn phone<'a>(state: ChannelState) -> Channel<'a> {
    channel("PJSIP/201-02", "1.2", state)
}

fn member<'a>(queue: &'a str, name: &'a str, interface: &'a str) -> Member<'a> {
    Member {
        queue: queue.into(),
        name: name.into(),
        interface: interface.into(),
        state_interface: interface.into(),
        membership: "static".into(),
        penalty: Some(0),
        status: DeviceState::NotInUse,
        ..Member::default()
    }
}

fn attempt<'a>(state: ChannelState) -> Attempt<'a> {
    Attempt {
        queue: "sales".into(),
        name: "Alice".into(),
        interface: "PJSIP/201".into(),
        caller: caller(),
        member: phone(state),
    }
}

fn bridge<'a>(id: &'a str) -> Bridge<'a> {
    Bridge {
        id: id.into(),
        kind: "basic".into(),
        technology: "simple_bridge".into(),
        ..Bridge::default()
    }
}

fn enters<'a>(id: &'a str, channel: Channel<'a>) -> Event<'a> {
    Event::BridgeEnter { bridge: bridge(id), channel, swap: "".into() }
}

fn play(office: &mut Office, events: Vec<(i64, Event<'_>)>) {
    for (at, event) in events {
        office.apply(&told(at, event));
    }
}

fn joined<'a>() -> Event<'a> {
    Event::QueueCallerJoin {
        caller: caller(),
        queue: "sales".into(),
        position: Some(1),
        count: Some(1),
    }
}

/// A queue call up to the moment Alice talks.
fn connected() -> Office {
    let mut office = Office::default();
    play(
        &mut office,
        vec![
            (0, Event::QueueMember(member("sales", "Alice", "PJSIP/201"))),
            (1, Event::NewChannel(channel("PJSIP/trunk-a-01", "1.1", ChannelState::Ring))),
            (2, joined()),
            (3, Event::NewChannel(phone(ChannelState::Down))),
            (3, Event::AgentCalled(attempt(ChannelState::Down))),
            (
                3,
                Event::DialBegin {
                    caller: Some(caller()),
                    dest: phone(ChannelState::Down),
                    dial_string: "201".into(),
                },
            ),
            (4, Event::NewState(phone(ChannelState::Ringing))),
        ],
    );
    office
}

fn answered() -> Office {
    let mut office = connected();
    play(
        &mut office,
        vec![
            (8, Event::NewState(phone(ChannelState::Up))),
            (
                8,
                Event::QueueCallerLeave {
                    caller: caller(),
                    queue: "sales".into(),
                    position: Some(1),
                    count: Some(0),
                },
            ),
            (
                8,
                Event::AgentConnect {
                    attempt: attempt(ChannelState::Up),
                    ring: Some(5),
                    hold: Some(6),
                },
            ),
            (8, enters("b1", phone(ChannelState::Up))),
            (8, enters("b1", caller())),
        ],
    );
    office
}

fn gone(channel: Channel<'_>) -> Event<'_> {
    Event::Hangup { channel, cause: Some(16), cause_text: "".into() }
}

#[test]
fn a_caller_waits_then_a_telephone_rings() {
    let office = connected();
    let sales = office.queues.get("sales").unwrap();
    assert_eq!((sales.waiting.len(), sales.waiting[0].since), (1, T + 2));
    assert_eq!((&*sales.waiting[0].number, sales.place_of("1.1")), ("0177", Some(1)));
    let rings: Vec<_> = office.queues.rings().map(|ring| (&*ring.name, ring.since)).collect();
    assert_eq!(rings, [("Alice", T + 3)]);
    let calls = office.calls();
    assert_eq!(calls.len(), 1);
    assert_eq!((calls[0].state, calls[0].queue.as_deref()), (CallState::Ringing, Some("sales")));
    let sight = office.sight();
    assert_eq!(sight.rings.len(), 1);
    assert_eq!(sight.places.values().next().unwrap().position, 1);
}

#[test]
fn two_channels_in_a_bridge_are_one_call_since_they_met() {
    let office = answered();
    assert_eq!(office.queues.rings().count(), 0);
    let calls = office.calls();
    assert_eq!(calls.len(), 1);
    let call = &calls[0];
    assert_eq!((call.state, call.since, call.way), (CallState::Talking, T + 8, Way::In));
    assert_eq!(call.queue.as_deref(), Some("sales"));
    let agents: Vec<_> = call.parties.iter().map(|party| party.agent.as_deref()).collect();
    assert_eq!(agents, [None, Some("Alice")]);
    assert_eq!(call.parties[1].extension.as_deref(), Some("201"));
}

#[test]
fn hold_begins_once_and_more_ends_than_beginnings_do_no_harm() {
    let mut office = answered();
    let hold = || Event::Hold { channel: phone(ChannelState::Up), class: "".into() };
    play(&mut office, vec![(20, hold()), (25, hold())]);
    let call = &office.calls()[0];
    assert_eq!((call.state, call.since), (CallState::Hold, T + 20));
    for at in [30, 31] {
        play(&mut office, vec![(at, Event::Unhold(phone(ChannelState::Up)))]);
        assert_eq!(office.calls()[0].state, CallState::Talking);
    }
}

#[test]
fn the_end_is_remembered_with_its_recording_and_nothing_is_left() {
    let mut office = answered();
    let complete = Event::AgentComplete {
        // As often as not the event has lost its channels.
        attempt: Attempt {
            caller: Channel::default(),
            member: Channel::default(),
            ..attempt(ChannelState::Up)
        },
        hold: Some(6),
        talk: Some(12),
        reason: CompleteReason::Caller,
    };
    play(
        &mut office,
        vec![
            (
                9,
                Event::VarSet {
                    channel: caller(),
                    name: "MIXMONITOR_FILENAME".into(),
                    value: "/var/spool/1.wav".into(),
                },
            ),
            (20, gone(caller())),
            (20, complete),
            (21, gone(phone(ChannelState::Up))),
            // Late words about channels that are gone bring nothing back.
            (21, Event::NewConnectedLine(caller())),
            (21, Event::BridgeLeave { bridge: bridge("b1"), channel: caller() }),
        ],
    );
    assert!(office.is_quiet());
    assert_eq!(office.queues.services().count(), 0);
    let ended: Vec<_> = office.ended().collect();
    assert_eq!(ended.len(), 1);
    assert_eq!((&*ended[0].uniqueid, ended[0].talk), ("1.1", Some(12)));
    assert_eq!((&*ended[0].number, ended[0].how), ("0177", How::Caller));
    assert_eq!(ended[0].recording.as_deref(), Some("/var/spool/1.wav"));
}

#[test]
fn a_local_channel_between_caller_and_telephone_is_looked_through() {
    let mut office = Office::default();
    let half = |name: &'static str, id: &'static str| channel(name, id, ChannelState::Up);
    let (one, two) = ("Local/204@from-queue-07;1", "Local/204@from-queue-07;2");
    let real = || channel("PJSIP/204-09", "1.5", ChannelState::Up);
    play(
        &mut office,
        vec![
            (
                0,
                Event::QueueMember(Member {
                    state_interface: "PJSIP/204".into(),
                    ..member("support", "Dieter", "Local/204@from-queue/n")
                }),
            ),
            (1, Event::NewChannel(caller())),
            (2, Event::NewChannel(half(one, "1.3"))),
            (2, Event::NewChannel(half(two, "1.4"))),
            (
                3,
                Event::DialBegin {
                    caller: Some(half(two, "1.4")),
                    dest: real(),
                    dial_string: "204".into(),
                },
            ),
            (4, enters("b1", caller())),
            (4, enters("b1", half(one, "1.3"))),
            (4, enters("b2", half(two, "1.4"))),
            (4, enters("b2", real())),
        ],
    );
    let calls = office.calls();
    assert_eq!(calls.len(), 1);
    let parties: Vec<_> = calls[0].parties.iter().map(|party| &*party.device).collect();
    assert_eq!(parties, ["PJSIP/trunk-a", "PJSIP/204"]);
    assert_eq!(calls[0].state, CallState::Talking);
    assert_eq!(calls[0].parties[1].agent.as_deref(), Some("Dieter"));
    let leg = office.channels.by_name(one).unwrap();
    assert_eq!(office.behind(leg).map(|leg| &*leg.name), Some("PJSIP/204-09"));
}

#[test]
fn whoever_is_parked_talks_with_nobody_and_says_where() {
    let mut office = answered();
    let parking = || Parking {
        parkee: caller(),
        parker: "PJSIP/201".into(),
        lot: "default".into(),
        space: "701".into(),
        timeout: Some(45),
        duration: Some(0),
    };
    let lot = Bridge {
        id: "park".into(),
        kind: "base".into(),
        technology: "holding_bridge".into(),
        ..Bridge::default()
    };
    play(
        &mut office,
        vec![
            (30, Event::BridgeLeave { bridge: bridge("b1"), channel: caller() }),
            (30, Event::BridgeEnter { bridge: lot, channel: caller(), swap: "".into() }),
            (30, Event::ParkedCall(parking())),
            (31, gone(phone(ChannelState::Up))),
        ],
    );
    let call = &office.calls()[0];
    assert_eq!(call.state, CallState::Parked);
    assert_eq!(call.parked, Some(("default".into(), "701".into())));
    assert_eq!(office.parked()[0].until, Some(T + 75));
    play(
        &mut office,
        vec![(40, Event::UnparkedCall { parking: parking(), retriever: Channel::default() })],
    );
    assert!(office.parked().is_empty());
}

#[test]
fn places_move_up_when_somebody_leaves() {
    let mut office = Office::default();
    let ids = ["1.1", "1.2", "1.3"];
    for (place, id) in (1..).zip(ids) {
        let caller = channel("PJSIP/t-1", id, ChannelState::Up);
        let caller = Channel { name: format!("PJSIP/t-{id}").into(), ..caller };
        let (queue, position) = ("sales".into(), Some(place));
        play(
            &mut office,
            vec![(0, Event::QueueCallerJoin { caller, queue, position, count: None })],
        );
    }
    let left = channel("PJSIP/t-1.1", "1.1", ChannelState::Up);
    play(
        &mut office,
        vec![(
            1,
            Event::QueueCallerLeave {
                caller: left,
                queue: "sales".into(),
                position: Some(1),
                count: Some(2),
            },
        )],
    );
    let sales = office.queues.get("sales").unwrap();
    assert_eq!((sales.place_of("1.2"), sales.place_of("1.3")), (Some(1), Some(2)));
}

#[test]
fn a_new_reason_is_a_new_pause_and_the_same_one_is_not() {
    let mut office = Office::default();
    let pause = |reason: &'static str| {
        Event::MemberPause(Member {
            paused: true,
            pause_reason: reason.into(),
            ..member("sales", "Alice", "PJSIP/201")
        })
    };
    let since = |office: &Office| office.queues.seat("Alice", None).unwrap().1.paused_since;
    play(&mut office, vec![(1, pause("lunch")), (5, pause("lunch"))]);
    assert_eq!(since(&office), Some(T + 1));
    play(&mut office, vec![(9, pause("coffee"))]);
    assert_eq!(since(&office), Some(T + 9));
    play(&mut office, vec![(12, Event::MemberPause(member("sales", "Alice", "PJSIP/201")))]);
    assert_eq!(since(&office), None);
}

#[test]
fn what_a_list_does_not_name_is_gone_and_what_it_could_not_read_stays() {
    let mut office = answered();
    let mut other = office.clone();
    let again = |office: &mut Office| {
        office.begin_snapshot();
        office.item(&told(60, Event::QueueMember(member("support", "Bob", "PJSIP/202"))));
    };
    again(&mut office);
    assert!(office.is_resyncing());
    office.end_snapshot(Lists::ALL, (T + 61) * 1_000_000);
    assert!(office.is_quiet());
    assert!(office.queues.get("sales").is_none());
    assert!(office.queues.seat("Bob", Some("support")).is_some());
    again(&mut other);
    other.end_snapshot(Lists { channels: false, ..Lists::ALL }, (T + 61) * 1_000_000);
    assert_eq!(other.channels.len(), 2);
}

#[test]
fn what_happens_while_the_lists_are_read_wins_over_them() {
    let mut office = answered();
    office.begin_snapshot();
    // Somebody calls, and somebody hangs up, before the list of channels
    // that was made earlier has arrived.
    office.apply(&told(60, Event::NewChannel(channel("PJSIP/202-05", "1.9", ChannelState::Up))));
    office.apply(&told(60, gone(caller())));
    for channel in [caller(), phone(ChannelState::Up)] {
        office.item(&told(
            61,
            Event::CoreShowChannel {
                channel,
                bridge: "b1".into(),
                application: "".into(),
                application_data: "".into(),
                duration: Some(50),
            },
        ));
    }
    office.end_snapshot(Lists::ALL, (T + 62) * 1_000_000);
    let ids: BTreeSet<_> = office.channels.iter().map(|leg| &*leg.uniqueid).collect();
    assert_eq!(ids, BTreeSet::from(["1.2", "1.9"]));
}

#[test]
fn a_pbx_that_started_anew_has_no_calls_of_before() {
    let mut office = answered();
    let boot = |uptime| Event::FullyBooted { uptime: Some(uptime), last_reload: None };
    play(&mut office, vec![(100, boot(1000))]);
    assert!(!office.is_quiet(), "a second log-in is no restart");
    play(&mut office, vec![(200, boot(1100))]);
    assert!(!office.is_quiet());
    play(&mut office, vec![(300, boot(2))]);
    assert!(office.is_quiet());
    assert!(office.queues.seat("Alice", None).is_some(), "the lists decide about members");
}

#[test]
fn extensions_come_from_hints_and_never_from_digits_inside_a_name() {
    let mut office = Office::new([Entry {
        agent: "Ann".to_owned(),
        device: Some("PJSIP/ann-desk".to_owned()),
        extension: Some("310".to_owned()),
    }]);
    office.apply(&told(
        0,
        Event::ExtensionStatus {
            exten: "147".into(),
            context: "hints".into(),
            hint: "PJSIP/abc12&Custom:DND147,CustomPresence:147".into(),
            status: ExtensionState::NotInUse,
        },
    ));
    let book = &office.book;
    assert_eq!(book.extension("PJSIP/abc12"), Some("147"));
    assert_eq!(book.devices("147"), ["PJSIP/abc12"]);
    assert_eq!(book.extension("PJSIP/ann-desk"), Some("310"));
    assert_eq!(book.extension("PJSIP/trunk2"), Some("trunk2"));
    assert!(!book.knows("PJSIP/trunk2"));
    assert_eq!(book.extension("Local/147@x"), None);
    assert_eq!(book.device_of_member("Local/147@from-queue/n", ""), Some("PJSIP/abc12"));
    assert_eq!(book.device_of_member("Local/9147@from-queue/n", ""), None);
    assert_eq!(office.agent_of_device("PJSIP/ann-desk"), Some("Ann"));
}

#[test]
fn limits_hold_and_are_counted() {
    let mut office = Office::default();
    for n in 0..9000 {
        let (name, id) = (format!("PJSIP/x-{n}"), format!("1.{n}"));
        let channel = channel(&name, &id, ChannelState::Up);
        office.apply(&told(0, Event::NewChannel(channel)));
        let device = format!("PJSIP/d{n}");
        office.apply(&told(
            0,
            Event::DeviceStateChange { device: device.into(), state: DeviceState::InUse },
        ));
    }
    assert_eq!(office.channels.len(), 8192);
    assert_eq!(office.phones.devices().count(), 8192);
    assert_eq!(office.dropped(), 9000 - 8192);
    let long = "x".repeat(100_000);
    let long = member("q", &long, "PJSIP/1");
    office.apply(&told(0, Event::MemberAdded(long)));
    assert_eq!(office.queues.seat("PJSIP/1", None).unwrap().1.name.len(), LONGEST);
}
