//! The call-event service over its three transports.

use serde_json::{Value, json};
use switchroom::event::manager::{Channel, ChannelState, Event, Told};
use switchroom::live::news::Facets;
use switchroom::live::{Link, LinkState};
use switchroom::people::Role;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::Client;
use crate::house::{House, NOW};

async fn subscribe(client: &Client, body: Value) -> String {
    let answer = client.post("/api/v1/subscriptions", body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["id"].as_str().unwrap().to_owned()
}

/// One more caller waits on a queue, and that is told.
fn join(house: &House, queue: &'static str, id: &str) {
    let mut office = house.board.office.lock().unwrap();
    let caller = Channel {
        name: format!("PJSIP/new-{id}").into(),
        uniqueid: format!("2.{id}").into(),
        state: ChannelState::Up,
        ..Channel::default()
    };
    let event = Event::QueueCallerJoin { caller, queue: queue.into(), position: None, count: None };
    office.apply(&Told { at: NOW * 1_000_000, event });
    house.news.publish(Facets::of(&office), Vec::new(), NOW * 1_000_000);
}

#[tokio::test]
async fn a_stream_begins_with_everything_and_resumes_where_it_broke() {
    let house = House::build().await;
    let chief = house.inside(Role::Supervisor).await;
    let id = subscribe(&chief, json!({ "agents": ["101"], "queues": ["care"] })).await;
    let path = format!("/api/v1/subscriptions/{id}/events");
    let mut stream = chief.events(&path, None).await;
    let first = stream.next().await.unwrap();
    assert_eq!(first.name, "snapshot");
    let events = first.data["events"].as_array().unwrap();
    let number = events.iter().find(|event| event["type"] == "phoneNumber").unwrap();
    assert_eq!((&number["agent"], &number["number"]), (&json!("101"), &json!("0177")));
    let count = events.iter().find(|event| event["type"] == "queueCount").unwrap();
    assert_eq!((&count["queue"], &count["count"]), (&json!("care"), &json!(1)));
    join(&house, "care", "1");
    let next = stream.next().await.unwrap();
    assert_eq!((next.name.as_str(), &next.data["count"]), ("queueCount", &json!(2)));
    drop(stream);
    join(&house, "care", "2");
    join(&house, "sales", "3");
    let mut again = chief.events(&path, next.id.as_deref()).await;
    let missed = again.next().await.unwrap();
    assert_eq!((missed.name.as_str(), &missed.data["count"]), ("queueCount", &json!(3)));
    house.news.report_link(Link { state: LinkState::Up, since: NOW, detail: None }, 1);
    let link = again.next().await.unwrap();
    assert_eq!((link.name.as_str(), &link.data["state"]), ("link", &json!("up")));
}

#[tokio::test]
async fn asking_again_and_again_misses_nothing() {
    let house = House::build().await;
    let chief = house.inside(Role::Supervisor).await;
    let id = subscribe(&chief, json!({ "queues": ["care"] })).await;
    let ask = |cursor: String| {
        let path = format!("/api/v1/subscriptions/{id}/events?poll=true&cursor={cursor}");
        let chief = chief.clone();
        async move { chief.get(&path).await.json() }
    };
    let first = ask(String::new()).await;
    assert_eq!(first["gap"], false);
    assert_eq!(first["events"][0]["type"], "snapshot");
    join(&house, "care", "1");
    join(&house, "care", "2");
    let next = ask(first["cursor"].as_str().unwrap().to_owned()).await;
    let counts: Vec<_> =
        next["events"].as_array().unwrap().iter().map(|event| event["count"].clone()).collect();
    assert_eq!(counts, [json!(2), json!(3)]);
    assert_eq!(next["gap"], false);
    let lost = ask("1.1".to_owned()).await;
    assert_eq!((&lost["gap"], &lost["events"][0]["type"]), (&json!(true), &json!("gap")));
}

#[tokio::test]
async fn a_subscription_is_read_by_its_account_only() {
    let house = House::build().await;
    let chief = house.inside(Role::Supervisor).await;
    let root = house.inside(Role::Administrator).await;
    let id = subscribe(&chief, json!({ "queues": ["care"] })).await;
    let path = format!("/api/v1/subscriptions/{id}");
    assert_eq!(root.get(&format!("{path}/events?poll=true")).await.status, 404);
    assert_eq!(root.send("DELETE", &path, &[], None).await.status, 404);
    assert_eq!(chief.send("DELETE", &path, &[], None).await.status, 204);
    assert_eq!(chief.get(&format!("{path}/events?poll=true")).await.status, 404);
}

/// A WebSocket by hand: the handshake's head, then frames.
async fn socket(house: &House, client: &Client, path: &str, more: &str) -> (TcpStream, String) {
    let mut stream = TcpStream::connect(house.address).await.unwrap();
    let head = format!(
        "GET {path} HTTP/1.1\r\nhost: box\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         cookie: {}\r\n{more}\r\n",
        client.cookie.as_deref().unwrap()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(stream.read_u8().await.unwrap());
    }
    (stream, String::from_utf8(answer).unwrap())
}

/// Opcode and payload of the next frame.
async fn frame(stream: &mut TcpStream) -> (u8, Vec<u8>) {
    let first = stream.read_u8().await.unwrap();
    let len = match stream.read_u8().await.unwrap() {
        126 => u64::from(stream.read_u16().await.unwrap()),
        127 => stream.read_u64().await.unwrap(),
        len => u64::from(len),
    };
    let mut payload = vec![0; usize::try_from(len).unwrap()];
    stream.read_exact(&mut payload).await.unwrap();
    assert_eq!(first & 0x80, 0x80);
    (first & 0x0f, payload)
}

async fn send(stream: &mut TcpStream, opcode: u8, payload: &[u8]) {
    let mut bytes = vec![0x80 | opcode, 0x80 | u8::try_from(payload.len()).unwrap(), 1, 2, 3, 4];
    bytes.extend(payload.iter().zip([1, 2, 3, 4].iter().cycle()).map(|(byte, mask)| byte ^ mask));
    stream.write_all(&bytes).await.unwrap();
}

#[tokio::test]
async fn a_websocket_tells_answers_pings_and_says_good_bye() {
    let house = House::build().await;
    let chief = house.inside(Role::Supervisor).await;
    let id = subscribe(&chief, json!({ "queues": ["care"] })).await;
    let path = format!("/api/v1/subscriptions/{id}/events");
    let (mut stream, head) = socket(&house, &chief, &path, "origin: http://box\r\n").await;
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    assert!(head.to_lowercase().contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo="));
    let (opcode, text) = frame(&mut stream).await;
    let first: Value = serde_json::from_slice(&text).unwrap();
    assert_eq!((opcode, &first["type"]), (1, &json!("snapshot")));
    join(&house, "care", "1");
    let (_, text) = frame(&mut stream).await;
    let next: Value = serde_json::from_slice(&text).unwrap();
    assert_eq!((&next["type"], &next["count"]), (&json!("queueCount"), &json!(2)));
    send(&mut stream, 1, b"whatever").await;
    send(&mut stream, 9, b"there?").await;
    assert_eq!(frame(&mut stream).await, (10, b"there?".to_vec()));
    send(&mut stream, 8, &1000_u16.to_be_bytes()).await;
    assert_eq!(frame(&mut stream).await, (8, 1000_u16.to_be_bytes().to_vec()));
    assert_eq!(stream.read(&mut [0; 8]).await.unwrap(), 0);
}

#[tokio::test]
async fn a_websocket_is_refused_to_foreign_pages_and_closed_on_rubbish() {
    let house = House::build().await;
    let chief = house.inside(Role::Supervisor).await;
    let id = subscribe(&chief, json!({ "queues": ["care"] })).await;
    let path = format!("/api/v1/subscriptions/{id}/events");
    let (_, head) = socket(&house, &chief, &path, "origin: http://evil\r\n").await;
    assert!(head.starts_with("HTTP/1.1 403 "), "{head}");
    let nobody = Client { cookie: Some("switchroom_session=x".to_owned()), ..chief.clone() };
    let (_, head) = socket(&house, &nobody, &path, "").await;
    assert!(head.starts_with("HTTP/1.1 401 "), "{head}");
    let (mut stream, head) = socket(&house, &chief, &path, "").await;
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    frame(&mut stream).await;
    // Not masked.
    stream.write_all(&[0x81, 0x01, b'x']).await.unwrap();
    assert_eq!(frame(&mut stream).await, (8, 1002_u16.to_be_bytes().to_vec()));
}

#[tokio::test]
async fn a_websocket_ends_with_its_session_and_with_the_daemon() {
    let house = House::build().await;
    let mut chief = house.inside(Role::Supervisor).await;
    let id = subscribe(&chief, json!({ "queues": ["care"] })).await;
    let path = format!("/api/v1/subscriptions/{id}/events");
    let (mut stream, _) = socket(&house, &chief, &path, "").await;
    frame(&mut stream).await;
    assert_eq!(chief.send("DELETE", "/api/v1/session", &[], None).await.status, 204);
    join(&house, "care", "1");
    assert_eq!(frame(&mut stream).await.0, 8);
    chief = house.inside(Role::Supervisor).await;
    let id = subscribe(&chief, json!({ "queues": ["care"] })).await;
    let path = format!("/api/v1/subscriptions/{id}/events");
    let (mut stream, _) = socket(&house, &chief, &path, "").await;
    frame(&mut stream).await;
    house.stop.send(true).unwrap();
    assert_eq!(frame(&mut stream).await, (8, 1001_u16.to_be_bytes().to_vec()));
}
