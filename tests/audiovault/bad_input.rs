//! What nobody should send.

use std::net::TcpStream;

use serde_json::json;

use crate::house::{CALL, House, TOKEN, wav};

#[test]
fn altered_links_and_paths_are_no_links() {
    let house = House::new();
    house.put("1700000000.12.wav", &wav(1, 1));
    let link = house.link(CALL);
    assert_eq!(house.get(&link, "").status, 200);
    let (folder, name) = link.rsplit_once('/').unwrap();
    let sealed = folder.strip_prefix("/m/").unwrap();
    for at in (0..sealed.len()).step_by(7) {
        let other = if sealed.as_bytes()[at] == b'A' { 'B' } else { 'A' };
        let changed = format!("/m/{}{other}{}/{name}", &sealed[..at], &sealed[at + 1..]);
        assert_eq!(house.get(&changed, "").status, 404, "sign {at}");
    }
    for path in [
        "/m/",
        "/m/x/1.wav",
        "/m/../../etc/passwd",
        "/m/%2e%2e%2fetc%2fpasswd",
        "/m/%00",
        "/p/",
        "/p/x",
        &format!("/m/{}/x", "A".repeat(14_000)),
    ] {
        assert_eq!(house.get(path, "").status, 404, "{path:.60}");
    }
    // Another service, as after a restart: the same link is nothing there.
    let restarted = House::new();
    restarted.put("1700000000.12.wav", &wav(1, 1));
    restarted.link(CALL);
    assert_eq!(restarted.get(&link, "").status, 404);
}

#[test]
fn bodies_that_make_no_sense_are_refused_in_words() {
    let house = House::new();
    let bearer = format!("Authorization: Bearer {TOKEN}\r\n");
    let ask = |kind: &str, body: &str| house.post("/search/", kind, &bearer, body);
    for body in ["", "[]", "{", "{}", r#"{"callid":"../1"}"#, r#"{"callid":"1.2","max":"x"}"#] {
        let reply = ask("application/json", body);
        assert_eq!((reply.status, &reply.json()["error"]), (400, &json!("request")), "{body}");
    }
    assert_eq!(ask("application/x-www-form-urlencoded", "callid=%zz").status, 400);
    assert_eq!(ask("text/plain", "callid=1.2").status, 415);
    let long = format!(r#"{{"callid":"1.2","x":"{}"}}"#, "x".repeat(100_000));
    let reply = ask("application/json", &long);
    assert!(matches!(reply.status, 413 | 0), "{}", reply.status);
    assert_eq!(house.search(&json!({ "callid": CALL })).status, 200);
}

#[test]
fn tokens_in_addresses_and_searches_by_get_are_refused_unless_allowed() {
    let house = House::new();
    house.put("1700000000.12.wav", &wav(1, 1));
    let path = format!("/search/?token={TOKEN}&callid={CALL}");
    assert_eq!(house.get(&path, "").status, 405);
    let body = json!({ "callid": CALL }).to_string();
    assert_eq!(house.post(&path, "application/json", "", &body).status, 400);
    let open =
        House::with(switchroom::audiovault::Options { allow_get: true, ..Default::default() });
    open.put("1700000000.12.wav", &wav(1, 1));
    assert_eq!(open.get(&path, "").json()["found"], json!(true));
}

#[test]
fn raw_nonsense_leaves_the_service_standing() {
    let house = House::new();
    let big = format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(100_000));
    let many = format!("GET / HTTP/1.1\r\n{}\r\n", "X: y\r\n".repeat(500));
    for raw in [
        b"\x16\x03\x01\x00\xa5\x01\x00".as_slice(),
        b"\0\0\0\0\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /search/ HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST /search/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
        b"DELETE /search/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        big.as_bytes(),
        many.as_bytes(),
    ] {
        let reply = house.send(raw);
        assert_ne!(reply.status, 200, "{:?}", String::from_utf8_lossy(&raw[..raw.len().min(60)]));
    }
    // Peers that say nothing hold up nobody.
    let silent: Vec<TcpStream> =
        (0..20).map(|_| TcpStream::connect(house.address).unwrap()).collect();
    assert_eq!(house.get("/health", "").status, 200);
    drop(silent);
}

#[test]
fn xml_that_could_grow_is_refused() {
    let house = House::new();
    let bearer = format!("Authorization: Bearer {TOKEN}\r\n");
    let bomb = "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"bbbb\">]><methodCall/>";
    let reply = house.post("/xmlrpc", "text/xml", &bearer, bomb);
    assert_eq!(reply.status, 400);
    let long = "x".repeat(300_000);
    let reply = house.post("/xmlrpc", "text/xml", &bearer, &long);
    assert!(matches!(reply.status, 413 | 0), "{}", reply.status);
    assert_eq!(house.post("/xmlrpc", "text/xml", &bearer, "").status, 400);
}
