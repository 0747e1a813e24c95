use super::*;
use crate::event::manager::{
    Attempt, Bridge, Channel, ChannelState, DeviceState, Event, Member, Told,
};
use crate::live::Office;
use crate::live::office::Entry;
use crate::people::{Right, Role};

fn who(role: Role, agent: Option<&str>, queues: Option<&[&str]>) -> Who {
    Who {
        account: "x".to_owned(),
        name: "X \"Y\"".to_owned(),
        rights: role.rights(),
        agent: agent.map(str::to_owned),
        queues: queues.map(|list| list.iter().map(|one| (*one).to_owned()).collect()),
    }
}

fn agent() -> Who {
    who(Role::Agent, Some("Ann"), None)
}

fn chief() -> Who {
    who(Role::Supervisor, Some("Chief"), None)
}

fn channel<'a>(name: &'a str, id: &'a str, state: ChannelState) -> Channel<'a> {
    Channel { name: name.into(), uniqueid: id.into(), state, ..Channel::default() }
}

fn seat(queue: &'static str, name: &'static str, interface: &'static str) -> Event<'static> {
    Event::QueueMember(Member {
        queue: queue.into(),
        name: name.into(),
        interface: interface.into(),
        state_interface: interface.into(),
        membership: "dynamic".into(),
        status: DeviceState::NotInUse,
        ..Member::default()
    })
}

fn caller() -> Channel<'static> {
    channel("PJSIP/trunk-1", "1.1", ChannelState::Up)
}

fn phone() -> Channel<'static> {
    channel("PJSIP/201-2", "1.2", ChannelState::Up)
}

fn play(office: &mut Office, events: impl IntoIterator<Item = Event<'static>>) {
    for event in events {
        office.apply(&Told { at: 1_795_000_000_000_000, event });
    }
}

/// Ann (PJSIP/201) is on sales, Bob (PJSIP/202) on sales and care; the chief
/// has PJSIP/300; PJSIP/203 is anybody's.
fn office() -> Office {
    let mut office = Office::new([Entry {
        agent: "Chief".to_owned(),
        device: Some("PJSIP/300".to_owned()),
        extension: Some("300".to_owned()),
    }]);
    let free = |device: &'static str| Event::DeviceStateChange {
        device: device.into(),
        state: DeviceState::NotInUse,
    };
    play(
        &mut office,
        [
            seat("sales", "Ann", "PJSIP/201"),
            seat("sales", "Bob", "PJSIP/202"),
            seat("care", "Bob", "PJSIP/202"),
            free("PJSIP/203"),
            free("PJSIP/300"),
        ],
    );
    office
}

/// Ann talks with 1.1 of sales.
fn talking() -> Office {
    let mut office = office();
    let attempt = || Attempt {
        queue: "sales".into(),
        name: "Ann".into(),
        interface: "PJSIP/201".into(),
        caller: caller(),
        member: phone(),
    };
    let bridge =
        || Bridge { id: "b".into(), technology: "simple_bridge".into(), ..Bridge::default() };
    play(
        &mut office,
        [
            Event::NewChannel(caller()),
            Event::AgentCalled(attempt()),
            Event::AgentConnect { attempt: attempt(), ring: None, hold: None },
            Event::BridgeEnter { bridge: bridge(), channel: caller(), swap: "".into() },
            Event::BridgeEnter { bridge: bridge(), channel: phone(), swap: "".into() },
        ],
    );
    office
}

fn wish(wish: Wish, who: &Who, office: &Office) -> Result<Plan, No> {
    plan(&wish, who, office, &Dialplan::default())
}

/// Actions with their fields in one line each.
fn lines(plan: &Plan) -> Vec<String> {
    let text = |order: &Order| {
        let fields = order.fields.iter().map(|(name, text)| format!("{name}={text}"));
        format!("{} {}", order.action, fields.collect::<Vec<_>>().join(" "))
    };
    plan.orders.iter().map(text).collect()
}

fn log_on(queues: &[&str], phone: Option<&str>) -> Wish {
    Wish::LogOn {
        agent: None,
        queues: queues.iter().map(|one| (*one).to_owned()).collect(),
        phone: phone.map(str::to_owned),
        penalty: 0,
        paused: None,
    }
}

/// Ann's pause on sales.
fn ann_paused() -> Event<'static> {
    Event::MemberPause(Member {
        queue: "sales".into(),
        name: "Ann".into(),
        interface: "PJSIP/201".into(),
        paused: true,
        ..Member::default()
    })
}

#[test]
fn a_log_on_to_one_more_queue_ends_the_pause_where_the_office_wants_that() {
    let unpause = "QueuePause Interface=PJSIP/201 Paused=false".to_owned();
    let ends = |wants: bool, paused: bool, asked: Option<&str>| {
        let mut office = office();
        if paused {
            play(&mut office, [ann_paused()]);
        }
        let dialplan = Dialplan { unpause_on_logon: wants, ..Dialplan::default() };
        let wish = Wish::LogOn {
            agent: None,
            queues: vec!["care".to_owned()],
            phone: Some("201".to_owned()),
            penalty: 0,
            paused: asked.map(str::to_owned),
        };
        let made = lines(&plan(&wish, &agent(), &office, &dialplan).unwrap());
        assert!(made[0].starts_with("QueueAdd Queue=care Interface=PJSIP/201"), "{made:?}");
        made.contains(&unpause)
    };
    assert!(ends(true, true, None));
    assert!(!ends(false, true, None), "as shipped");
    assert!(!ends(true, false, None), "nothing to end");
    assert!(!ends(true, true, Some("")), "who logs on paused stays so");
}

#[test]
fn a_log_on_writes_who_sits_where_and_joins_each_queue() {
    let dan = who(Role::Agent, Some("Dan"), None);
    let made = wish(log_on(&["sales", "care"], Some("203")), &dan, &office()).unwrap();
    assert_eq!(
        lines(&made),
        [
            "QueueLog Queue=NONE Uniqueid=NONE Interface=Dan Event=HOTDESK Message=PJSIP/203",
            "QueueAdd Queue=sales Interface=PJSIP/203 MemberName=Dan StateInterface=PJSIP/203 \
             Penalty=0 Paused=false",
            "QueueAdd Queue=care Interface=PJSIP/203 MemberName=Dan StateInterface=PJSIP/203 \
             Penalty=0 Paused=false",
        ]
    );
    assert_eq!((made.action, made.object.as_str()), ("member.add", "Dan"));
    // Once more on one queue adds the other alone.
    let more = wish(log_on(&["sales", "care"], None), &agent(), &office()).unwrap();
    assert_eq!(more.orders.len(), 1);
    assert!(lines(&more)[0].starts_with("QueueAdd Queue=care Interface=PJSIP/201"));
}

#[test]
fn a_log_on_is_refused_with_a_telephone_that_is_taken_unknown_or_another() {
    let dan = who(Role::Agent, Some("Dan"), Some(&["sales"]));
    let office = office();
    let ask = |queues: &[&str], phone| wish(log_on(queues, phone), &dan, &office).unwrap_err();
    assert_eq!(ask(&["sales"], Some("201")), No::PhoneTaken("Ann".to_owned()));
    assert_eq!(ask(&["sales"], Some("999")), No::UnknownPhone("999".to_owned()));
    assert_eq!(ask(&["sales"], None), No::NoPhone);
    assert_eq!(ask(&["care"], Some("203")), No::NotYours);
    let no_queue = No::NoQueue("night".to_owned());
    assert_eq!(wish(log_on(&["night"], Some("203")), &chief(), &office).unwrap_err(), no_queue);
    let locked = wish(log_on(&["care"], Some("203")), &agent(), &office).unwrap_err();
    assert!(matches!(locked, No::NotNow(_)), "{locked:?}");
    let favour = Wish::LogOn {
        agent: None,
        queues: vec!["care".to_owned()],
        phone: None,
        penalty: 5,
        paused: None,
    };
    assert_eq!(wish(favour, &agent(), &office), Err(No::Right));
}

#[test]
fn leaving_leaves_all_when_the_office_wants_it() {
    let bob = who(Role::Agent, Some("bob"), None);
    let leave = || Wish::LogOff { agent: None, queues: vec!["care".to_owned()] };
    let made = wish(leave(), &bob, &office()).unwrap();
    assert_eq!(
        lines(&made),
        [
            "QueueRemove Queue=care Interface=PJSIP/202",
            "QueueRemove Queue=sales Interface=PJSIP/202"
        ]
    );
    let one = Dialplan { leave_all: false, ..Dialplan::default() };
    assert_eq!(plan(&leave(), &bob, &office(), &one).unwrap().orders.len(), 1);
    let theirs = Wish::LogOff { agent: Some("Bob".to_owned()), queues: vec!["care".to_owned()] };
    assert_eq!(wish(theirs, &chief(), &office()).unwrap().orders.len(), 1);
}

#[test]
fn a_pause_everywhere_names_no_queue_and_one_within_limits_does() {
    let pause = |agent: Option<&str>| Wish::Pause {
        agent: agent.map(str::to_owned),
        queues: Vec::new(),
        reason: "lunch".to_owned(),
    };
    let all = wish(pause(Some("Bob")), &chief(), &office()).unwrap();
    assert_eq!(lines(&all), ["QueuePause Interface=PJSIP/202 Paused=true Reason=lunch"]);
    let limited = who(Role::Supervisor, None, Some(&["care"]));
    let one = wish(pause(Some("Bob")), &limited, &office()).unwrap();
    assert_eq!(lines(&one), ["QueuePause Interface=PJSIP/202 Paused=true Queue=care Reason=lunch"]);
    assert_eq!(wish(pause(Some("Ann")), &limited, &office()), Err(No::NoMember));
    assert_eq!(wish(pause(None), &limited, &office()), Err(No::NoAgent));
    let strict = Dialplan { pause_needs_reason: true, ..Dialplan::default() };
    let bare = Wish::Pause { agent: None, queues: Vec::new(), reason: String::new() };
    assert_eq!(plan(&bare, &agent(), &office(), &strict), Err(No::Reason));
}

#[test]
fn calling_out_rings_ones_own_telephone_first_but_not_while_paused() {
    let call = |number: &str| Wish::Call { agent: None, number: number.to_owned(), campaign: None };
    let made = wish(call("0155500"), &agent(), &office()).unwrap();
    assert_eq!(made.orders[0].wait, Wait::Originate);
    assert!(lines(&made)[0].starts_with("Originate Channel=PJSIP/201 Timeout=30000 Async=true"));
    assert!(matches!(wish(call("1,1,System(x)"), &agent(), &office()), Err(No::NotNow(_))));
    let mut paused = office();
    play(&mut paused, [ann_paused()]);
    assert_eq!(wish(call("0155500"), &agent(), &paused), Err(No::Paused));
    assert_eq!(wish(call("1"), &who(Role::User, Some("Ann"), None), &office()), Err(No::Right));
}

#[test]
fn a_transfer_goes_by_the_agents_leg_and_parking_takes_the_other() {
    let office = talking();
    let transfer = |attended| Wish::Transfer { call: None, to: "202".to_owned(), attended };
    let blind = wish(transfer(false), &agent(), &office).unwrap();
    assert_eq!(
        lines(&blind),
        ["BlindTransfer Channel=PJSIP/201-2 Context=from-internal Exten=202"]
    );
    let attended = wish(transfer(true), &agent(), &office).unwrap();
    assert_eq!(attended.orders[0].action, "Atxfer");
    let park = wish(Wish::Park { call: None }, &agent(), &office).unwrap();
    assert!(lines(&park)[0].starts_with(
        "Park Channel=PJSIP/trunk-1 TimeoutChannel=PJSIP/201-2 AnnounceChannel=PJSIP/201-2"
    ));
    assert_eq!(park.orders[0].wait, Wait::Parked { uniqueid: "1.1".to_owned() });
    // Bob is not in this call.
    let bob = who(Role::Agent, Some("Bob"), None);
    let theirs = Wish::Park { call: Some("1.1".to_owned()) };
    assert_eq!(wish(theirs, &bob, &office), Err(No::Right));
    assert_eq!(wish(Wish::Park { call: None }, &bob, &office), Err(No::NoCall));
}

#[test]
fn listening_needs_its_own_right_and_stops_by_its_own_channel() {
    let mut office = talking();
    let listen = |ear| Wish::Listen { agent: "Ann".to_owned(), ear };
    let made = wish(listen(Ear::Whisper), &chief(), &office).unwrap();
    assert!(lines(&made)[0].contains("Application=ChanSpy Data=PJSIP/201-2,qESw"));
    let id = made.orders[0].fields.iter().find(|(name, _)| *name == "ChannelId").unwrap().1.clone();
    assert_eq!(wish(listen(Ear::Listen), &agent(), &office), Err(No::Right));
    assert!(matches!(wish(Wish::StopListening, &chief(), &office), Err(No::NotNow(_))));
    let spy = Channel { uniqueid: id.into(), ..channel("PJSIP/300-9", "", ChannelState::Up) };
    play(&mut office, [Event::NewChannel(spy)]);
    let stop = wish(Wish::StopListening, &chief(), &office).unwrap();
    assert_eq!(lines(&stop), ["Hangup Channel=PJSIP/300-9 Cause=16"]);
    let idle = Wish::Listen { agent: "Bob".to_owned(), ear: Ear::Listen };
    assert!(matches!(wish(idle, &chief(), &office), Err(No::NotNow(_))));
}

#[test]
fn a_recording_by_hand_names_its_file_by_the_call() {
    let office = talking();
    let record = |tape| Wish::Record { call: None, tape };
    let start = wish(record(Tape::Start), &agent(), &office).unwrap();
    let begun = &lines(&start)[0];
    assert!(begun.starts_with("Originate Channel=Local/1.1@switchroom-record/n"), "{begun}");
    assert!(begun.contains("Data=PJSIP/trunk-1,qES"), "{begun}");
    let by_manager = Dialplan { recorder: String::new(), ..Dialplan::default() };
    let start = plan(&record(Tape::Start), &agent(), &office, &by_manager).unwrap();
    assert_eq!(
        lines(&start),
        ["MixMonitor Channel=PJSIP/trunk-1 File=/var/spool/asterisk/monitor/rec-1.1.wav Options=b"]
    );
    assert!(matches!(wish(record(Tape::Stop), &agent(), &office), Err(No::NotNow(_))));
}

#[test]
fn a_recording_of_ours_is_muted_and_stopped_by_its_own_channel() {
    let mut office = talking();
    let record = |tape| Wish::Record { call: None, tape };
    let half =
        channel("Local/1.1@switchroom-record-0;2", "switchroom-record-1.1+7;2", ChannelState::Up);
    play(&mut office, [Event::NewChannel(half.clone()), Event::MixMonitorStart(half.clone())]);
    assert_eq!(office.calls().len(), 1, "what records is no call");
    assert!(office.calls()[0].recorded);
    let mute = wish(record(Tape::Mute), &agent(), &office).unwrap();
    let ours = "Channel=Local/1.1@switchroom-record-0;2";
    assert_eq!(lines(&mute), [format!("MixMonitorMute {ours} Direction=both State=1")]);
    assert!(matches!(wish(record(Tape::Start), &agent(), &office), Err(No::NotNow(_))));
    let stop = wish(record(Tape::Stop), &agent(), &office).unwrap();
    assert_eq!(lines(&stop), [format!("Hangup {ours}")]);
    let gone = Event::Hangup { channel: half, cause: Some(16), cause_text: "".into() };
    play(&mut office, [gone]);
    assert!(!office.calls()[0].recorded);
}

#[test]
fn outcomes_are_set_by_who_had_the_call_or_by_who_may() {
    let office = talking();
    let outcome = || Wish::Outcome { call: "1.1".to_owned(), code: "SALE".to_owned() };
    let made = wish(outcome(), &agent(), &office).unwrap();
    assert_eq!(
        lines(&made),
        ["QueueLog Queue=NONE Uniqueid=1.1 Interface=Ann Event=CALLSTATUS Message=SALE"]
    );
    let bob = who(Role::Agent, Some("Bob"), None);
    assert_eq!(wish(outcome(), &bob, &office), Err(No::Right));
    let tag = Wish::Tag { call: "1.1".to_owned(), tag: "VIP".to_owned(), remove: true };
    assert!(lines(&wish(tag, &chief(), &office).unwrap())[0].ends_with("Message=NOTAG|VIP"));
    let elsewhere = who(Role::Supervisor, None, Some(&["care"]));
    assert_eq!(wish(outcome(), &elsewhere, &office), Err(No::NotYours));
}

#[test]
fn every_wish_is_refused_to_who_has_no_right() {
    let nobody = who(Role::User, Some("Ann"), None);
    assert!(!nobody.rights.has(Right::AgentSelf));
    let office = talking();
    let call = || Some("1.1".to_owned());
    let queues = || vec!["sales".to_owned()];
    let agent = || Some("Ann".to_owned());
    for one in [
        Wish::Call { agent: None, number: "1".to_owned(), campaign: None },
        Wish::Redirect { call: "1.1".to_owned(), to: "1".to_owned() },
        Wish::Transfer { call: call(), to: "1".to_owned(), attended: false },
        Wish::CancelTransfer { call: call() },
        Wish::Park { call: call() },
        Wish::HangUp { call: call() },
        Wish::Pick { call: "1.1".to_owned(), agent: None },
        Wish::Priority { call: "1.1".to_owned(), priority: 1 },
        Wish::LogOn { agent: agent(), queues: queues(), phone: None, penalty: 0, paused: None },
        Wish::LogOff { agent: None, queues: queues() },
        Wish::Pause { agent: None, queues: queues(), reason: String::new() },
        Wish::Unpause { agent: agent(), queues: queues() },
        Wish::Penalty { agent: "Ann".to_owned(), queue: "sales".to_owned(), penalty: 1 },
        Wish::Listen { agent: "Ann".to_owned(), ear: Ear::Listen },
        Wish::Listen { agent: "Ann".to_owned(), ear: Ear::Whisper },
        Wish::Listen { agent: "Ann".to_owned(), ear: Ear::Barge },
        Wish::StopListening,
        Wish::Record { call: call(), tape: Tape::Start },
        Wish::Outcome { call: "1.1".to_owned(), code: "X".to_owned() },
        Wish::Tag { call: "1.1".to_owned(), tag: "X".to_owned(), remove: false },
        Wish::Feature { call: "1.1".to_owned(), code: "X".to_owned(), remove: false },
        Wish::Text { agent: "Ann".to_owned(), text: "X".to_owned() },
    ] {
        assert_eq!(wish(one.clone(), &nobody, &office), Err(No::Right), "{one:?}");
    }
}
