//! The live view: snapshots, streams, resuming, and who sees what.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::Value;
use switchroom::live::board::QueueRow;
use switchroom::live::view::Call;
use switchroom::live::{Board, CallState, Flow};
use switchroom::people::Role;
use switchroom::portal::{Limits, openapi};

use crate::client::Event;
use crate::house::{House, NOW};
use crate::schema::fault;

const EVENTS: &str = "/api/v1/live/events";

/// Queues with so many waiting callers each.
pub fn board(queues: &[(&str, u32)]) -> Board {
    let queue = |&(name, waiting): &(&str, u32)| {
        let row = QueueRow { name: name.to_owned(), waiting, ..QueueRow::default() };
        Arc::new(row)
    };
    let call = |(name, n): (&str, u32)| {
        Arc::new(Call {
            id: format!("{name}-{n}"),
            call_id: format!("{n}.1"),
            direction: Flow::In,
            queue: name.to_owned(),
            number: "5551234".to_owned(),
            name: "Caller".to_owned(),
            entered: NOW,
            state: CallState::Waiting,
            since: NOW,
            wait: None,
            agent: None,
            position: Some(1),
            attempts: 0,
            last_tried: None,
            dnis: None,
            ivr: None,
            tag: None,
        })
    };
    let calls = queues.iter().flat_map(|&(name, waiting)| (0..waiting).map(move |n| (name, n)));
    Board {
        since: NOW,
        queues: queues.iter().map(queue).collect(),
        calls: calls.map(call).collect(),
        ..Board::default()
    }
}

/// What a browser makes of the events: queues with their waiting callers.
#[derive(Debug, Default, PartialEq)]
struct Page {
    seq: u64,
    waiting: BTreeMap<String, u64>,
}

impl Page {
    fn take(&mut self, event: &Event) {
        if event.name == "beat" {
            return;
        }
        if event.name == "snapshot" {
            self.waiting.clear();
        }
        for row in event.data["queues"].as_array().into_iter().flatten() {
            let name = row["name"].as_str().unwrap().to_owned();
            self.waiting.insert(name, row["waiting"].as_u64().unwrap());
        }
        for name in event.data["queues_gone"].as_array().into_iter().flatten() {
            self.waiting.remove(name.as_str().unwrap());
        }
        self.seq = event.data["seq"].as_u64().unwrap();
    }
}

fn waiting(pairs: &[(&str, u64)]) -> BTreeMap<String, u64> {
    pairs.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect()
}

#[tokio::test]
async fn a_stream_begins_with_a_snapshot_and_goes_on_with_what_changes() {
    let house = House::build().await;
    house.hub.publish(board(&[("sales", 1), ("care", 2)]));
    let client = house.inside(Role::Supervisor).await;
    let mut events = client.events(EVENTS, None).await;
    assert_eq!(events.status, 200);
    let kind = events.headers.iter().find(|(name, _)| name == "content-type").unwrap();
    assert_eq!(kind.1, "text/event-stream");
    let first = events.next().await.unwrap();
    assert_eq!(first.name, "snapshot");
    assert_eq!(first.id, Some(first.data["seq"].to_string()));
    let mut page = Page::default();
    page.take(&first);
    house.hub.publish(board(&[("sales", 3)]));
    let second = events.next_news().await.unwrap();
    assert_eq!(second.name, "change");
    assert!(second.data["queues"].as_array().unwrap().iter().all(|row| row["name"] == "sales"));
    page.take(&second);
    assert_eq!(page.waiting, waiting(&[("sales", 3)]));
}

#[tokio::test]
async fn beats_come_when_nothing_changes_and_tell_the_time() {
    let house = House::build().await;
    let client = house.inside(Role::User).await;
    let mut events = client.events(EVENTS, None).await;
    assert_eq!(events.next().await.unwrap().name, "snapshot");
    house.clock.store(NOW + 3, Ordering::Relaxed);
    let beat = events.next().await.unwrap();
    assert_eq!((beat.name.as_str(), &beat.id), ("beat", &None));
    assert_eq!(beat.data["now"], NOW + 3);
    assert_eq!(beat.data["source"]["path"], "/run/queue_log");
}

#[tokio::test]
async fn a_browser_that_comes_back_resumes_and_after_too_long_begins_anew() {
    let house = House::build().await;
    house.hub.publish(board(&[("sales", 1)]));
    let client = house.inside(Role::Supervisor).await;
    let mut events = client.events(EVENTS, None).await;
    let mut page = Page::default();
    let first = events.next().await.unwrap();
    page.take(&first);
    drop(events);
    for n in 2..5 {
        house.hub.publish(board(&[("sales", n)]));
    }
    let mut events = client.events(EVENTS, first.id.as_deref()).await;
    let change = events.next_news().await.unwrap();
    assert_eq!(change.name, "change");
    page.take(&change);
    assert_eq!(page.waiting, waiting(&[("sales", 4)]));
    drop(events);
    // More boards than are kept.
    for n in 0..200 {
        house.hub.publish(board(&[("sales", n)]));
    }
    for last in [change.id.as_deref(), Some("0"), Some("18446744073709551615"), Some("rubbish")] {
        let mut events = client.events(EVENTS, last).await;
        assert_eq!(events.next_news().await.unwrap().name, "snapshot", "{last:?}");
    }
}

#[tokio::test]
async fn a_browser_that_does_not_read_skips_and_is_right_at_once_when_it_does() {
    let house = House::build().await;
    let client = house.inside(Role::Supervisor).await;
    let mut events = client.events(EVENTS, None).await;
    let mut page = Page::default();
    page.take(&events.next().await.unwrap());
    // Large boards fill the socket; what does not fit is never made.
    let boards = 3_000;
    for n in 1..=boards {
        let names: Vec<String> = (0..40).map(|queue| format!("queue{queue:03}")).collect();
        let queues: Vec<_> = names.iter().map(|name| (name.as_str(), n % 7)).collect();
        let mut board = board(&queues);
        board.calls.clear();
        house.hub.publish(board);
        // The portal gets its turn after each board.
        tokio::task::yield_now().await;
        tokio::task::yield_now().await;
    }
    house.hub.publish(board(&[("last", 2)]));
    let mut seen = 0;
    while page.waiting != waiting(&[("last", 2)]) {
        let event = events.next_news().await.unwrap();
        seen += 1;
        page.take(&event);
    }
    assert!(seen < boards, "every one of {seen} boards was kept for a browser that did not read");
}

#[tokio::test]
async fn viewers_see_their_queues_only_in_snapshots_and_in_changes() {
    let house = House::build().await;
    house.limit_queues("supervisor", &["sales", "empty"]).await;
    house.hub.publish(board(&[("care", 5), ("sales", 1)]));
    let client = house.inside(Role::Supervisor).await;
    let snapshot = client.get("/api/v1/live").await.json();
    assert_eq!(snapshot["total"]["waiting"], 1);
    assert!(!snapshot.to_string().contains("care"), "{snapshot}");
    // Asking for more does not give more, asking for less gives less.
    for path in ["/api/v1/live?queues=care,sales", "/api/v1/live?queues=sales"] {
        assert_eq!(client.get(path).await.json()["total"]["waiting"], 1, "{path}");
    }
    let none = client.get("/api/v1/live?queues=care").await.json();
    assert_eq!(
        (&none["total"]["waiting"], none["queues"].as_array().unwrap().len()),
        (&Value::from(0), 0)
    );
    let mut events = client.events(&format!("{EVENTS}?queues=care,sales"), None).await;
    assert!(!events.next().await.unwrap().data.to_string().contains("care"));
    house.hub.publish(board(&[("care", 6), ("sales", 1)]));
    house.hub.publish(board(&[("care", 6), ("sales", 2)]));
    let change = events.next_news().await.unwrap();
    assert!(!change.data.to_string().contains("care"), "{change:?}");
    assert_eq!(change.data["total"]["waiting"], 2);
}

#[tokio::test]
async fn numbers_of_callers_are_for_those_who_may_see_them() {
    let house = House::build().await;
    house.hub.publish(board(&[("sales", 1)]));
    for (role, shown) in [(Role::Agent, true), (Role::User, false)] {
        let client = house.inside(role).await;
        let mut events = client.events(EVENTS, None).await;
        let streamed = events.next().await.unwrap().data;
        let asked = client.get("/api/v1/live").await.json();
        house.hub.publish(board(&[("sales", 2)]));
        let changed = events.next_news().await.unwrap().data;
        for data in [streamed, asked, changed] {
            assert_eq!(data.to_string().contains("5551234"), shown, "{}", role.name());
            assert!(!data["calls"].as_array().unwrap().is_empty());
        }
        house.hub.publish(board(&[("sales", 1)]));
    }
}

#[tokio::test]
async fn a_stream_ends_with_its_session_and_changes_with_its_rights() {
    let house = House::build().await;
    house.hub.publish(board(&[("care", 5), ("sales", 1)]));
    let client = house.inside(Role::Supervisor).await;
    let mut events = client.events(EVENTS, None).await;
    assert_eq!(events.next().await.unwrap().data["total"]["waiting"], 6);
    house.limit_queues("supervisor", &["sales"]).await;
    house.hub.publish(board(&[("care", 6), ("sales", 1)]));
    let anew = events.next_news().await.unwrap();
    assert_eq!((anew.name.as_str(), &anew.data["total"]["waiting"]), ("snapshot", &Value::from(1)));
    client.send("DELETE", "/api/v1/session", &[], None).await;
    house.hub.publish(board(&[("sales", 9)]));
    assert_eq!(events.next_news().await, None);
}

#[tokio::test]
async fn one_session_and_the_box_have_so_many_streams_and_no_more() {
    let limits = Limits { streams: 3, streams_per_session: 2, ..Limits::default() };
    let house = House::limited(limits).await;
    let client = house.inside(Role::User).await;
    let first = client.events(EVENTS, None).await;
    let second = client.events(EVENTS, None).await;
    let third = client.events(EVENTS, None).await;
    assert_eq!((first.status, second.status, third.status), (200, 200, 429));
    let other = house.inside(Role::Administrator).await;
    let fourth = other.events(EVENTS, None).await;
    assert_eq!(fourth.status, 200);
    assert_eq!(other.events(EVENTS, None).await.status, 429);
    assert_eq!(other.get("/api/v1/health").await.json()["live_streams"], 3);
    drop((first, second, fourth));
    // The places come back once the portal notices that the browsers left.
    while other.get("/api/v1/health").await.json()["live_streams"] != 0 {
        house.hub.publish(board(&[("sales", 1)]));
        tokio::task::yield_now().await;
        house.hub.publish(board(&[]));
    }
    assert_eq!(client.events(EVENTS, None).await.status, 200);
}

#[tokio::test]
async fn events_look_as_the_document_says() {
    let document = openapi::document();
    let shapes = &document["paths"][EVENTS]["get"]["responses"]["200"]["content"]["text/event-stream"]
        ["x-events"];
    let house = House::build().await;
    // The window of today begins with the first board.
    house.hub.publish(board(&[("sales", 9)]));
    let client = house.inside(Role::Supervisor).await;
    let mut events = client.events(EVENTS, None).await;
    let mut names = Vec::new();
    for n in 1..4 {
        house.hub.publish(board(&[("sales", n)]));
        let event = events.next().await.unwrap();
        assert_eq!(fault(&document, &shapes[&event.name], &event.data, &event.name), None);
        names.push(event.name);
    }
    let beat = loop {
        let event = events.next().await.unwrap();
        if event.name == "beat" {
            break event;
        }
    };
    assert_eq!(fault(&document, &shapes["beat"], &beat.data, "beat"), None);
    assert_eq!(names[..2], ["snapshot", "change"]);
}
