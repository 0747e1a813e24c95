//! Laws on worlds of events made up: whatever comes in whatever order.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// A small world of events over three channels, two members, two queues.
fn any_event() -> impl Strategy<Value = Event<'static>> {
    const IDS: [&str; 4] = ["1.1", "1.2", "1.3", "1.4"];
    const NAMES: [&str; 4] =
        ["PJSIP/201-01", "PJSIP/trunk-02", "Local/201@q-3;1", "Local/201@q-3;2"];
    const QUEUES: [&str; 2] = ["sales", "support"];
    const MEMBERS: [(&str, &str); 3] =
        [("Alice", "PJSIP/201"), ("Bob", "PJSIP/202"), ("alice", "Local/201@q/n")];
    let state = prop::sample::select(vec![
        ChannelState::Down,
        ChannelState::Ring,
        ChannelState::Ringing,
        ChannelState::Up,
    ]);
    let chan = (0..4_usize, state).prop_map(|(n, state)| channel(NAMES[n], IDS[n], state));
    let device = prop::sample::select(vec![
        DeviceState::Unknown,
        DeviceState::NotInUse,
        DeviceState::InUse,
        DeviceState::Unavailable,
        DeviceState::Ringing,
        DeviceState::RingInUse,
        DeviceState::OnHold,
    ]);
    let seat = (0..2_usize, 0..3_usize, any::<bool>(), device.clone()).prop_map(
        |(queue, who, paused, status)| Member {
            paused,
            status,
            ..member(QUEUES[queue], MEMBERS[who].0, MEMBERS[who].1)
        },
    );
    let try_ = (0..2_usize, 0..3_usize, chan.clone(), chan.clone()).prop_map(
        |(queue, who, caller, member)| Attempt {
            queue: QUEUES[queue].into(),
            name: MEMBERS[who].0.into(),
            interface: MEMBERS[who].1.into(),
            caller,
            member,
        },
    );
    let at_queue = (chan.clone(), 0..2_usize, prop::option::of(0..4_u32));
    let bridged = (prop::sample::select(vec!["b1", "b2"]), chan.clone());
    prop_oneof![
        chan.clone().prop_map(Event::NewChannel),
        chan.clone().prop_map(Event::NewState),
        chan.clone().prop_map(gone),
        (chan.clone(), chan.clone()).prop_map(|(caller, dest)| Event::DialBegin {
            caller: Some(caller),
            dest,
            dial_string: "".into()
        }),
        bridged.clone().prop_map(|(id, channel)| enters(id, channel)),
        bridged.prop_map(|(id, channel)| Event::BridgeLeave { bridge: bridge(id), channel }),
        at_queue.clone().prop_map(|(caller, queue, position)| Event::QueueCallerJoin {
            caller,
            queue: QUEUES[queue].into(),
            position,
            count: None
        }),
        at_queue.prop_map(|(caller, queue, position)| Event::QueueCallerLeave {
            caller,
            queue: QUEUES[queue].into(),
            position,
            count: None
        }),
        try_.clone().prop_map(Event::AgentCalled),
        try_.clone().prop_map(|attempt| Event::AgentConnect { attempt, ring: None, hold: None }),
        try_.clone().prop_map(|attempt| Event::AgentRingNoAnswer { attempt, ring_ms: None }),
        try_.prop_map(|attempt| Event::AgentComplete {
            attempt,
            hold: None,
            talk: None,
            reason: CompleteReason::Agent
        }),
        seat.clone().prop_map(Event::MemberAdded),
        seat.clone().prop_map(Event::MemberRemoved),
        seat.clone().prop_map(Event::MemberPause),
        seat.prop_map(Event::QueueMember),
        (0..3_usize, device).prop_map(|(who, state)| Event::DeviceStateChange {
            device: MEMBERS[who].1.into(),
            state
        }),
        Just(Event::Shutdown { restart: true }),
    ]
}

fn snapshot(office: &Office) -> crate::live::Snapshot {
    let (open, names, settings) = (Open::default(), Names::default(), Settings::default());
    let (today, phones) = (Today::new(&settings, T), office.sight());
    let sight =
        Sight { open: &open, names: &names, today: &today, phones: &phones, settings: &settings };
    let source = Source {
        state: SourceState::Missing,
        path: String::new(),
        last_record: None,
        last_read: T,
        detail: None,
    };
    look(sight, T).snapshot(1, T, source, LiveLink::default(), &Scope::all())
}

proptest! {
    #[test]
    fn whatever_comes_each_member_is_in_one_class(
        events in prop::collection::vec(any_event(), 0..60),
    ) {
        let mut office = Office::default();
        for (at, event) in (0..).zip(events) {
            office.apply(&told(at, event));
            let seen = snapshot(&office);
            for row in seen.queues.iter().chain([&seen.total]) {
                let classes = row.ready + row.ringing + row.talking + row.elsewhere
                    + row.wrapup + row.paused + row.in_use + row.unavailable;
                prop_assert_eq!(classes, row.agents, "{}", row.name);
            }
            for (name, queue) in office.queues.named() {
                let people: BTreeSet<&str> = queue.seats.values().map(|seat| &*seat.name).collect();
                let row = seen.queues.iter().find(|row| row.name == name);
                prop_assert_eq!(row.map_or(0, |row| row.agents as usize), people.len());
            }
        }
    }

    #[test]
    fn every_channel_is_in_one_call_and_only_real_ones_are_parties(
        events in prop::collection::vec(any_event(), 0..60),
    ) {
        let mut office = Office::default();
        for (at, event) in (0..).zip(events) {
            office.apply(&told(at, event));
        }
        let mut parties: Vec<_> = office
            .calls()
            .iter()
            .flat_map(|call| call.parties.iter())
            .filter(|party| !party.channel.starts_with("Local/"))
            .map(|party| party.uniqueid.clone())
            .collect();
        parties.sort();
        let mut real: Vec<_> = office
            .channels
            .iter()
            .filter(|leg| !leg.is_local())
            .map(|leg| leg.uniqueid.clone())
            .collect();
        real.sort();
        prop_assert_eq!(parties, real);
    }

    #[test]
    fn a_full_list_of_nothing_leaves_nothing_and_twice_is_as_once(
        events in prop::collection::vec(any_event(), 0..60),
    ) {
        let mut office = Office::default();
        for (at, event) in (0..).zip(events) {
            office.apply(&told(at, event));
        }
        for _ in 0..2 {
            office.begin_snapshot();
            office.end_snapshot(Lists::ALL, (T + 100) * 1_000_000);
            prop_assert!(office.is_quiet());
            prop_assert_eq!(office.calls().len(), 0);
            prop_assert!(snapshot(&office).agents.is_empty());
        }
    }
}
