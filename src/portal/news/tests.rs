use super::*;
use crate::event::manager::{Channel, ChannelState, DeviceState, Event, Member, Told as Heard};
use crate::live::Office;

const AT: UnixMicro = 5_000_000;

fn wanted(agents: &[&str], queues: &[&str]) -> Wanted {
    let texts = |list: &[&str]| list.iter().map(|one| (*one).to_owned()).collect();
    Wanted { agents: texts(agents), queues: texts(queues), summaries: false }
}

fn all() -> Sight {
    Sight { scope: Scope::all(), hide_callers: false }
}

fn reader(room: &Arc<NewsRoom>, agents: &[&str], queues: &[&str]) -> Reader {
    assert!(room.subscribe("s".to_owned(), "ann", wanted(agents, queues), 5));
    room.read("s", "ann", 5).unwrap()
}

/// An office with a member on each of two queues and so many waiting on sales.
fn office(waiting: usize) -> Office {
    let mut office = Office::default();
    let member = |queue: &'static str, name: &'static str, interface: &'static str| {
        Event::QueueMember(Member {
            queue: queue.into(),
            name: name.into(),
            interface: interface.into(),
            status: DeviceState::NotInUse,
            ..Member::default()
        })
    };
    let mut events = vec![member("sales", "Ann", "PJSIP/201"), member("care", "Bob", "PJSIP/202")];
    for n in 0..waiting {
        events.push(Event::QueueCallerJoin {
            caller: Channel {
                name: format!("PJSIP/t-{n}").into(),
                uniqueid: format!("1.{n}").into(),
                state: ChannelState::Up,
                ..Channel::default()
            },
            queue: "sales".into(),
            position: None,
            count: None,
        });
    }
    for event in events {
        office.apply(&Heard { at: AT, event });
    }
    office
}

fn publish(room: &NewsRoom, waiting: usize) {
    room.publish(Facets::of(&office(waiting)), Vec::new(), AT);
}

fn kinds(told: &[Told]) -> Vec<&str> {
    told.iter().map(|one| one.kind).collect()
}

#[test]
fn a_reader_gets_a_snapshot_then_what_differs_and_only_what_it_asked_for() {
    let room = Arc::new(NewsRoom::new(7));
    publish(&room, 0);
    let reader = reader(&room, &["201"], &["sales"]);
    let (first, seen) = reader.since(None, &all(), AT);
    assert_eq!(kinds(&first), ["snapshot"]);
    let types: Vec<_> = first[0].json["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| (event["type"].clone(), event["agent"].clone(), event["queue"].clone()))
        .collect();
    assert_eq!(
        types,
        [
            (json!("agentName"), json!("201"), Value::Null),
            (json!("extensionStatus"), json!("201"), Value::Null),
            (json!("queueMemberStatus"), json!("201"), json!("sales")),
            (json!("queueCount"), Value::Null, json!("sales")),
        ]
    );
    assert!(reader.since(Some(seen), &all(), AT).0.is_empty());
    publish(&room, 2);
    let (next, seen) = reader.since(Some(seen), &all(), AT);
    assert_eq!(kinds(&next), ["queueCount"]);
    assert_eq!((&next[0].json["count"], &next[0].json["ts"]), (&json!(2), &json!(5000)));
    // The same again from an older place: nothing is lost by reading twice.
    assert_eq!(reader.since(Some(seen), &all(), AT).0, []);
}

#[test]
fn who_was_away_too_long_is_told_of_the_gap_and_begins_anew() {
    let room = Arc::new(NewsRoom::new(7));
    publish(&room, 0);
    let reader = reader(&room, &[], &["sales"]);
    let (_, seen) = reader.since(None, &all(), AT);
    for n in 0..KEEP + 1 {
        publish(&room, n % 2 + 1);
    }
    let (told, newest) = reader.since(Some(seen), &all(), AT);
    assert_eq!(kinds(&told), ["gap", "snapshot"]);
    assert_eq!(told[0].json["from"], seen.to_string());
    assert_eq!(newest, room.cursor());
    // A place of another process is none of ours.
    let foreign = Cursor { epoch: 3, seq: newest.seq };
    assert_eq!(kinds(&reader.since(Some(foreign), &all(), AT).0), ["gap", "snapshot"]);
}

#[test]
fn a_burst_is_given_in_pieces_without_a_loss() {
    let room = Arc::new(NewsRoom::new(7));
    publish(&room, 0);
    let reader = reader(&room, &[], &["sales"]);
    let (_, mut seen) = reader.since(None, &all(), AT);
    for n in 0..2000 {
        publish(&room, n % 3 + 1);
    }
    let mut got = 0;
    loop {
        let (told, reached) = reader.since(Some(seen), &all(), AT);
        assert!(told.len() <= MOST_AT_ONCE);
        got += told.len();
        if reached == seen {
            break;
        }
        seen = reached;
    }
    assert_eq!((got, seen), (2000, room.cursor()));
}

#[test]
fn an_account_sees_its_queues_and_their_members_only() {
    let room = Arc::new(NewsRoom::new(7));
    publish(&room, 1);
    let reader = reader(&room, &["201", "202"], &["sales", "care"]);
    let sight = Sight { scope: Scope::only(["care".to_owned()]), hide_callers: true };
    let (told, _) = reader.since(None, &sight, AT);
    let text = told[0].json.to_string();
    assert!(text.contains("202") && text.contains("care"), "{text}");
    assert!(!text.contains("201") && !text.contains("sales"), "{text}");
}

#[test]
fn the_link_is_told_to_all_and_coming_back_begins_an_epoch() {
    let room = Arc::new(NewsRoom::new(7));
    let reader = reader(&room, &[], &[]);
    let (_, mut seen) = reader.since(None, &all(), AT);
    let link = |state| Link { state, since: 1, detail: None };
    for (state, epoch) in [
        (LinkState::Down, 7),
        (LinkState::Resyncing, 7),
        (LinkState::Up, 8),
        (LinkState::Stale, 8),
        (LinkState::Up, 9),
    ] {
        room.report_link(link(state), AT);
        room.report_link(link(state), AT);
        let (told, reached) = reader.since(Some(seen), &all(), AT);
        assert_eq!(kinds(&told), ["link"]);
        assert_eq!(told[0].json["epoch"], epoch);
        seen = reached;
    }
}

#[test]
fn subscriptions_are_their_accounts_limited_and_forgotten() {
    let room = Arc::new(NewsRoom::new(7));
    drop(reader(&room, &[], &[]));
    assert!(room.read("s", "bob", 6).is_none());
    assert!(!room.unsubscribe("s", "bob"));
    let held = room.read("s", "ann", 6).unwrap();
    assert!(room.read("s", "ann", 1000).is_some(), "somebody reads it");
    drop(held);
    assert!(room.read("s", "ann", 1000 + FORGET).is_none());
    for n in 0..MOST_OF_ONE {
        assert!(room.subscribe(format!("a{n}"), "ann", wanted(&[], &[]), 2000));
    }
    assert!(!room.subscribe("more".to_owned(), "ann", wanted(&[], &[]), 2000));
    assert!(room.subscribe("other".to_owned(), "bob", wanted(&[], &[]), 2000));
}

#[test]
fn who_may_not_see_callers_gets_no_number() {
    let room = Arc::new(NewsRoom::new(7));
    let reader = reader(&room, &["201"], &[]);
    let (_, seen) = reader.since(None, &all(), AT);
    let rest = match json!({ "number": "0177", "name": "Zoë", "unique-id": "1.1" }) {
        Value::Object(rest) => rest,
        _ => Map::new(),
    };
    let news = News { kind: "phoneNumber", agent: Some("201".into()), queue: None, rest };
    room.publish(Facets::default(), vec![news], AT);
    let blind = Sight { scope: Scope::all(), hide_callers: true };
    let (told, _) = reader.since(Some(seen), &blind, AT);
    assert_eq!((&told[0].json["number"], &told[0].json["name"]), (&json!(""), &json!("")));
    assert_eq!(told[0].json["unique-id"], "1.1");
}
