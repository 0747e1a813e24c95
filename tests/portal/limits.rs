//! What the portal does not take: too large, too slow, too many, nonsense.

use std::time::Duration;

use serde_json::json;
use switchroom::people::Role;
use switchroom::portal::Limits;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::house::House;

#[tokio::test]
async fn a_body_over_64_kib_is_refused_announced_or_not() {
    let house = House::build().await;
    let visitor = house.visitor();
    let long = "x".repeat(70_000);
    let announced = visitor.post("/api/v1/session", json!({ "account": long })).await;
    assert_eq!(announced.status, 413);
    let mut chunked = b"POST /api/v1/session HTTP/1.1\r\nhost: box\r\nconnection: close\r\n\
        content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
        .to_vec();
    chunked.extend(format!("{:x}\r\n{long}\r\n0\r\n\r\n", long.len()).into_bytes());
    assert_eq!(visitor.raw(&chunked).await.status, 413);
    let just = visitor.post("/api/v1/session", json!({ "account": "x".repeat(60_000) })).await;
    assert_eq!((just.status, just.fields()[0].as_str()), (400, "account"));
}

#[tokio::test]
async fn a_head_over_16_kib_or_of_too_many_lines_is_refused() {
    let house = House::build().await;
    let visitor = house.visitor();
    let long =
        format!("GET /healthz HTTP/1.1\r\nhost: box\r\nx-long: {}\r\n\r\n", "x".repeat(20_000));
    assert_eq!(visitor.raw(long.as_bytes()).await.status, 431);
    let lines: String = (0..100).map(|n| format!("x-{n}: 1\r\n")).collect();
    let many = format!("GET /healthz HTTP/1.1\r\nhost: box\r\n{lines}\r\n");
    assert_eq!(visitor.raw(many.as_bytes()).await.status, 431);
    assert_eq!(visitor.raw(b"\x16\x03\x01 rubbish\r\n\r\n").await.status, 400);
    assert_eq!(visitor.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn who_does_not_finish_the_head_is_left() {
    let limits = Limits { head_time: Duration::from_millis(50), ..Limits::default() };
    let house = House::limited(limits).await;
    let mut stream = TcpStream::connect(house.address).await.unwrap();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost:").await.unwrap();
    let mut rest = Vec::new();
    let read = timeout(Duration::from_secs(30), stream.read_to_end(&mut rest)).await;
    read.expect("the portal hangs up").ok();
    assert!(!String::from_utf8_lossy(&rest).contains("200 OK"));
}

#[tokio::test]
async fn who_does_not_finish_the_body_is_answered_in_time() {
    let limits = Limits { request_time: Duration::from_millis(50), ..Limits::default() };
    let house = House::limited(limits).await;
    let answer = house
        .visitor()
        .raw(
            b"POST /api/v1/session HTTP/1.1\r\nhost: box\r\ncontent-type: application/json\r\n\
              connection: close\r\ncontent-length: 100\r\n\r\n{",
        )
        .await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.json()["error"]["kind"], "busy");
}

#[tokio::test]
async fn more_connections_than_places_wait_for_one() {
    let limits = Limits { connections: 2, ..Limits::default() };
    let house = House::limited(limits).await;
    let mut first = TcpStream::connect(house.address).await.unwrap();
    let mut second = TcpStream::connect(house.address).await.unwrap();
    // Both are being served once they have answered something.
    for stream in [&mut first, &mut second] {
        stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: box\r\n\r\n").await.unwrap();
        stream.read_u8().await.unwrap();
    }
    let visitor = house.visitor();
    let waiting = visitor.get("/healthz");
    let mut waiting = std::pin::pin!(waiting);
    let early = timeout(Duration::from_millis(100), waiting.as_mut()).await;
    assert!(early.is_err(), "the third was served beside two");
    drop(first);
    assert_eq!(waiting.await.status, 200);
}

#[tokio::test]
async fn what_is_not_there_and_wrong_methods_are_json_errors() {
    let house = House::build().await;
    let visitor = house.visitor();
    let lost = visitor.get("/api/v1/nothing").await;
    assert_eq!((lost.status, &lost.json()["error"]["kind"]), (404, &json!("not_found")));
    let wrong = visitor.send("PUT", "/api/v1/hello", &[], None).await;
    assert_eq!(wrong.status, 405);
    assert!(wrong.header("allow").is_some());
    assert_eq!(wrong.json()["error"]["kind"], "invalid");
}

#[tokio::test]
async fn unknown_and_broken_fields_are_told_by_name() {
    let house = House::build().await;
    let client = house.inside(Role::Administrator).await;
    let answer = client.get("/api/v1/audit?limit=many&colour=red").await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.fields(), ["colour", "limit"]);
    for body in ["", "[1]", "{\"account\":", "\u{feff}{}"] {
        let request = format!(
            "POST /api/v1/session HTTP/1.1\r\nhost: box\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let answer = house.visitor().raw(request.as_bytes()).await;
        assert_eq!((answer.status, answer.fields()), (400, vec!["body".to_owned()]), "{body}");
    }
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_protect_the_browser() {
    let house = House::build().await;
    let visitor = house.visitor();
    for path in ["/", "/healthz", "/api/v1/hello", "/api/v1/me", "/api/v1/nothing", "/assets/no.js"]
    {
        let answer = visitor.get(path).await;
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"));
        assert!(!policy.contains("unsafe"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("same-origin"), "{path}");
        assert!(answer.header("cache-control").is_some(), "{path}");
    }
    let me = house.inside(Role::User).await.get("/api/v1/me").await;
    assert_eq!(me.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn a_stop_finishes_the_request_that_runs_and_ends_streams() {
    let house = House::build().await;
    let client = house.inside(Role::Supervisor).await;
    let mut events = client.events("/api/v1/live/events", None).await;
    assert_eq!(events.next().await.unwrap().name, "snapshot");
    // A request whose body is still on its way when the stop comes.
    let mut stream = TcpStream::connect(house.address).await.unwrap();
    let head = b"POST /api/v1/session HTTP/1.1\r\nhost: box\r\ncontent-type: application/json\r\n\
        content-length: 2\r\n\r\n{";
    stream.write_all(head).await.unwrap();
    // The portal has seen it once a later request is answered.
    assert_eq!(client.get("/healthz").await.status, 200);
    house.stop.send(true).unwrap();
    assert_eq!(events.next().await, None);
    stream.write_all(b"}").await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    assert!(String::from_utf8(answer).unwrap().starts_with("HTTP/1.1 400"));
    timeout(Duration::from_secs(30), house.server).await.expect("the portal stops").unwrap();
    assert!(TcpStream::connect(house.address).await.is_err());
}

#[tokio::test]
async fn a_request_that_never_ends_does_not_hold_up_a_stop() {
    let limits = Limits { stop_time: Duration::from_millis(50), ..Limits::default() };
    let house = House::limited(limits).await;
    let mut stream = TcpStream::connect(house.address).await.unwrap();
    let head = b"POST /api/v1/session HTTP/1.1\r\nhost: box\r\ncontent-type: application/json\r\n\
        content-length: 2\r\n\r\n{";
    stream.write_all(head).await.unwrap();
    assert_eq!(house.visitor().get("/healthz").await.status, 200);
    house.stop.send(true).unwrap();
    timeout(Duration::from_secs(30), house.server).await.expect("the portal stops").unwrap();
}

#[tokio::test]
async fn the_watchdog_is_told_what_is_wrong() {
    let house = House::build().await;
    let visitor = house.visitor();
    let good = visitor.get("/healthz").await;
    assert_eq!((good.status, good.text()), (200, "ok\n"));
    *house.desk.trouble.lock().unwrap() = Some("the database is damaged".to_owned());
    let bad = visitor.get("/healthz").await;
    assert_eq!((bad.status, bad.text()), (503, "the database is damaged\n"));
}
