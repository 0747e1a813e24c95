//! Searches: who may, what is answered.

use serde_json::json;
use switchroom::audiovault::{Options, Tenant};
use switchroom::base::Secret;

use crate::house::{CALL, House, TOKEN, put, wav};

#[test]
fn a_search_answers_as_the_protocol_says() {
    let house = House::new();
    house.put("2023/11/14/q-400-20231114-221323-1700000000.12.wav", &wav(2, 1000));
    let reply = house.search(&json!({ "callid": CALL }));
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("cache-control"), Some("no-store, private"));
    let answer = reply.json();
    assert_eq!((&answer["version"], &answer["found"]), (&json!(1), &json!(true)));
    assert_eq!((&answer["truncated"], &answer["callid"]), (&json!(false), &json!(CALL)));
    let file = &answer["files"][0];
    for (name, value) in [
        ("name", json!("q-400-20231114-221323-1700000000.12.wav")),
        ("size", json!(32044)),
        ("format", json!("wav")),
        ("codec", json!("pcm_s16le")),
        ("rate", json!(8000)),
        ("channels", json!(1)),
        ("duration", json!(2.0)),
        ("started", json!(1_700_000_003)),
        ("leg", json!("mix")),
        ("encrypted", json!(false)),
        ("growing", json!(false)),
        ("segment", json!(1)),
        ("segments", json!(1)),
        ("confidence", json!("exact")),
    ] {
        assert_eq!(file[name], value, "{name}");
    }
    let url = file["url"].as_str().unwrap();
    assert!(url.starts_with("http://vault.test/m/"), "{url}");
    assert!(!url.contains("2023/11/14"), "the path is not told: {url}");
    assert!(file["peaks"].as_str().unwrap().starts_with("http://vault.test/p/"));
}

#[test]
fn nothing_found_is_an_answer() {
    let house = House::new();
    let reply = house.search(&json!({ "callid": "1700000000.99" }));
    assert_eq!(reply.status, 200);
    assert_eq!((&reply.json()["found"], &reply.json()["files"]), (&json!(false), &json!([])));
}

#[test]
fn a_form_with_the_names_of_others_is_as_good() {
    let house = House::new();
    house.put("1700000000.12.wav", &wav(1, 1000));
    let form = format!("searchtoken={TOKEN}&AsteriskID={CALL}&QMUserID=32");
    let reply = house.post("/search/", "application/x-www-form-urlencoded", "", &form);
    assert_eq!(reply.json()["found"], json!(true));
}

#[test]
fn legs_are_one_recording_of_two_channels() {
    let house = House::new();
    house.put("1700000000.12-in.wav", &wav(1, 1000));
    house.put("1700000000.12-out.wav", &wav(2, 2000));
    let answer = house.search(&json!({ "callid": CALL })).json();
    assert_eq!(answer["files"].as_array().unwrap().len(), 1);
    let file = &answer["files"][0];
    assert_eq!((&file["leg"], &file["channels"]), (&json!("pair"), &json!(2)));
    assert_eq!(file["duration"], json!(2.0));
    let body = house.get(&house.link(CALL), "").body;
    assert_eq!(u16::from_le_bytes([body[22], body[23]]), 2);
    let frame = |at: usize| {
        let at = 44 + at * 4;
        let sample = |at: usize| i16::from_le_bytes([body[at], body[at + 1]]);
        (sample(at), sample(at + 2))
    };
    assert_eq!(frame(0), (1000, 2000), "the caller left, the agent right");
    assert_eq!(frame(9000).0, 0, "the shorter leg is silent to the end");
}

#[test]
fn a_wrong_token_is_told_late_and_ten_shut_the_door() {
    let house = House::new();
    let wrong = || {
        let bearer = "Authorization: Bearer wrong-wrong-wrong-wrong\r\n";
        house.post("/search/", "application/json", bearer, r#"{"callid":"1700000000.12"}"#)
    };
    let began = std::time::Instant::now();
    let reply = wrong();
    assert!(began.elapsed() >= std::time::Duration::from_millis(300));
    assert_eq!((reply.status, &reply.json()["error"]), (401, &json!("token")));
    assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
    // The others at once: one that waits does not hold up the next.
    std::thread::scope(|scope| {
        for _ in 0..9 {
            scope.spawn(|| assert_eq!(wrong().status, 401));
        }
    });
    let shut = house.search(&json!({ "callid": CALL }));
    assert_eq!((shut.status, &shut.json()["error"]), (429, &json!("blocked")));
    assert!(shut.header("retry-after").is_some());
}

#[test]
fn tenants_hear_their_own_calls_only() {
    let dir = tempfile::tempdir().unwrap();
    let path = format!("file:{}/rec/%TE", dir.path().display());
    put(&dir.path().join("rec/one/1700000000.12.wav"), &wav(1, 1));
    put(&dir.path().join("rec/two/1700000000.13.wav"), &wav(1, 1));
    let secrets = [("one", "one-one-one-one-one-one"), ("two", "two-two-two-two-two-two")];
    let tenant = |(name, secret): (&str, &str)| Tenant {
        name: name.to_owned(),
        secret: Secret::new(secret.to_owned()),
    };
    let tenants = secrets.map(tenant).to_vec();
    let house = House::of(dir, &[path], None, tenants, Options::default(), None);
    let ask = |path: &str, secret: &str, body: &str| {
        let bearer = format!("Authorization: Bearer {secret}\r\n");
        house.post(path, "application/json", &bearer, body)
    };
    let one = ask("/search/?tenant=one", secrets[0].1, r#"{"callid":"1700000000.12"}"#);
    assert_eq!(one.json()["found"], json!(true), "the tenant may be in the address");
    let other = ask("/search/", secrets[0].1, r#"{"callid":"1700000000.13","tenant":"one"}"#);
    assert_eq!(other.json()["found"], json!(false));
    let stolen = ask("/search/", secrets[0].1, r#"{"callid":"1700000000.13","tenant":"two"}"#);
    assert_eq!((stolen.status, &stolen.json()["error"]), (403, &json!("tenant")));
    for out in ["../two", "two/../two", "", "."] {
        let body = json!({ "callid": "1700000000.13", "tenant": out }).to_string();
        assert_eq!(ask("/search/", secrets[0].1, &body).status, 403, "{out:?}");
    }
}

#[test]
fn one_service_asks_another_in_both_languages() {
    let far = House::new();
    far.put("1700000000.12.wav", &wav(1, 1));
    far.put("1700000000.13-in.wav", &wav(1, 1));
    far.put("1700000000.13-out.gsm", &[0xd0; 33]);
    for place in ["json:http://{}/search/", "xmlrpc:http://{}/xmlrpc"] {
        let place = place.replace("{}", &far.address.to_string());
        let dir = tempfile::tempdir().unwrap();
        let empty = format!("file:{}", dir.path().display());
        let token = Some(Secret::new(TOKEN.to_owned()));
        let paths = [empty, place.clone()];
        let near = House::of(dir, &paths, token, Vec::new(), Options::default(), None);
        let answer = near.search(&json!({ "callid": CALL })).json();
        let url = answer["files"][0]["url"].as_str().unwrap_or_else(|| panic!("{place}: {answer}"));
        assert!(url.starts_with(&format!("http://{}/m/", far.address)), "{url}");
        assert_eq!(answer["files"][0]["size"], json!(16044));
        let answer = near.search(&json!({ "callid": "1700000000.13" })).json();
        assert_eq!(answer["files"].as_array().unwrap().len(), 2, "{place}: {answer}");
        let none = near.search(&json!({ "callid": "1700000000.14" })).json();
        assert_eq!(none["found"], json!(false));
    }
}

#[test]
fn storage_that_is_gone_is_503_only_when_all_of_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let here = format!("file:{}", dir.path().display());
    let gone = format!("file:{}/gone", dir.path().display());
    let token = || Some(Secret::new(TOKEN.to_owned()));
    let other = tempfile::tempdir().unwrap();
    let paths = [gone.clone()];
    let down = House::of(other, &paths, token(), Vec::new(), Options::default(), None);
    let reply = down.search(&json!({ "callid": CALL }));
    assert_eq!((reply.status, &reply.json()["error"]), (503, &json!("storage")));
    assert_eq!(down.get("/health", "").status, 503);
    let paths = [gone, here];
    let half = House::of(dir, &paths, token(), Vec::new(), Options::default(), None);
    assert_eq!(half.search(&json!({ "callid": CALL })).status, 200);
    let health = half.get("/health", "");
    assert_eq!((health.status, &health.json()["down"]), (200, &json!(1)));
}

#[test]
fn the_status_page_tells_no_secret_and_no_path() {
    let house = House::new();
    let page = house.get("/", "");
    assert_eq!(page.status, 200);
    let text = format!("{}{}", page.head, page.text());
    assert!(!text.contains(TOKEN) && !text.contains(&house.dir.path().display().to_string()));
}
