//! The sound behind the links.

use serde_json::json;
use switchroom::audiovault::Options;
use switchroom::recordings::files::filter::Settings;

use crate::house::{CALL, House, TOKEN, wav};

#[test]
fn a_link_gives_the_sound_whole_and_by_ranges() {
    let house = House::new();
    let bytes = wav(3, 1000);
    house.put("1700000000.12.wav", &bytes);
    let link = house.link(CALL);
    let whole = house.get(&link, "");
    assert_eq!((whole.status, whole.header("content-type")), (200, Some("audio/wav")));
    assert_eq!(whole.body, bytes);
    assert!(whole.header("content-disposition").unwrap().starts_with("inline"));
    assert_eq!(whole.header("accept-ranges"), Some("bytes"));
    let part = house.get(&link, "Range: bytes=100-199\r\n");
    assert_eq!((part.status, part.body.as_slice()), (206, &bytes[100..200]));
    let past = house.get(&link, "Range: bytes=99999999-\r\n");
    assert_eq!(past.status, 416);
    let tag = whole.header("etag").unwrap();
    let kept = house.get(&link, &format!("Range: bytes=0-9\r\nIf-Range: {tag}\r\n"));
    assert_eq!(kept.status, 206);
    let head = house.send(
        format!("HEAD {link} HTTP/1.1\r\nHost: vault.test\r\nConnection: close\r\n\r\n").as_bytes(),
    );
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), Some(bytes.len().to_string().as_str()));
}

#[test]
fn what_browsers_do_not_play_is_made_a_wav() {
    let house = House::new();
    house.put("1700000000.12.ulaw", &[0xff; 8000]);
    let link = house.link(CALL);
    let reply = house.get(&link, "");
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("audio/wav")));
    assert_eq!(reply.body.len(), 44 + 16000);
    assert!(reply.header("content-disposition").unwrap().contains("1700000000.12.wav"));
}

#[test]
fn a_file_that_grows_has_a_header_of_its_present_length() {
    let house = House::new();
    let mut bytes = wav(1, 1000);
    bytes[40..44].copy_from_slice(&[0; 4]);
    house.put_growing("1700000000.12.wav", &bytes);
    let answer = house.search(&json!({ "callid": CALL })).json();
    assert_eq!(answer["files"][0]["growing"], json!(true));
    let link = house.link(CALL);
    let length = |body: &[u8]| u32::from_le_bytes(body[40..44].try_into().unwrap());
    assert_eq!(length(&house.get(&link, "").body), 16000);
    bytes.extend([0; 1600]);
    house.put_growing("1700000000.12.wav", &bytes);
    assert_eq!(length(&house.get(&link, "").body), 17600);
}

#[test]
fn a_waveform_has_pairs_of_least_and_most() {
    let house = House::new();
    house.put("1700000000.12.wav", &wav(2, 16384));
    let answer = house.search(&json!({ "callid": CALL })).json();
    let url = answer["files"][0]["peaks"].as_str().unwrap();
    let reply = house.get(url.strip_prefix("http://vault.test").unwrap(), "");
    let picture = reply.json();
    assert_eq!((reply.status, &picture["duration"]), (200, &json!(2.0)));
    let points = picture["channels"][0].as_array().unwrap();
    assert!(points.len() >= 200 && points.len() <= 2000);
    assert_eq!((&points[0], &points[1]), (&json!(-64), &json!(64)));
}

#[test]
fn an_export_is_saved_and_not_played() {
    let house = House::new();
    house.put("1700000000.12.wav", &wav(1, 1));
    let answer = house.search(&json!({ "callid": CALL, "purpose": "export" })).json();
    let url = answer["files"][0]["url"].as_str().unwrap();
    let reply = house.get(url.strip_prefix("http://vault.test").unwrap(), "");
    assert!(reply.header("content-disposition").unwrap().starts_with("attachment"));
}

#[test]
fn a_link_is_renewed_by_the_one_with_the_token() {
    let house = House::with(Options { link_ttl: std::time::Duration::ZERO, ..Options::default() });
    house.put("1700000000.12.wav", &wav(1, 1));
    let link = house.link(CALL);
    let gone = house.get(&link, "");
    assert_eq!((gone.status, &gone.json()["error"]), (410, &json!("expired")));
    let body = json!({ "link": format!("http://vault.test{link}") }).to_string();
    let bearer = format!("Authorization: Bearer {TOKEN}\r\n");
    let reply = house.post("/link/refresh", "application/json", &bearer, &body);
    assert_eq!(reply.status, 200);
    let renewed = reply.json()["url"].as_str().unwrap().to_owned();
    assert!(!renewed.contains(&link));
    assert_eq!(house.post("/link/refresh", "application/json", "", &body).status, 401);
    let made_up = json!({ "link": "AQAAAAA" }).to_string();
    assert_eq!(house.post("/link/refresh", "application/json", &bearer, &made_up).status, 404);
}

#[test]
fn a_file_that_goes_is_gone_for_its_link_too() {
    let house = House::new();
    house.put("1700000000.12.wav", &wav(1, 1));
    let link = house.link(CALL);
    std::fs::remove_file(house.dir.path().join("rec/1700000000.12.wav")).unwrap();
    assert_eq!(house.get(&link, "").status, 404);
}

#[test]
fn a_file_that_becomes_a_way_out_is_not_followed() {
    let house = House::new();
    house.put("1700000000.12.wav", &wav(1, 1));
    let link = house.link(CALL);
    let outside = house.dir.path().join("outside.wav");
    std::fs::write(&outside, wav(1, 1)).unwrap();
    let path = house.dir.path().join("rec/1700000000.12.wav");
    std::fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink(&outside, &path).unwrap();
    assert_eq!(house.get(&link, "").status, 404);
    std::fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink("../outside.wav", &path).unwrap();
    assert_eq!(house.get(&link, "").status, 404);
}

#[test]
fn what_is_encrypted_by_others_is_shown_and_not_played() {
    let house = House::new();
    house.put("1700000000.12.wav.gpg", b"secret");
    let answer = house.search(&json!({ "callid": CALL })).json();
    assert_eq!(answer["files"][0]["encrypted"], json!(true));
    let reply = house.get(&house.link(CALL), "");
    assert_eq!((reply.status, &reply.json()["error"]), (403, &json!("denied")));
    house.put("1700000000.13.wav", b"no sound at all");
    let reply = house.get(&house.link("1700000000.13"), "");
    assert_eq!((reply.status, &reply.json()["error"]), (422, &json!("damaged")));
}

#[test]
fn what_others_encrypted_is_heard_through_the_program_for_it_and_is_locked_without() {
    use std::os::unix::fs::PermissionsExt;
    let tools = tempfile::tempdir().unwrap();
    let program = tools.path().join("open");
    std::fs::write(&program, "#!/bin/sh\nexec tail -c +9 \"$1\"\n").unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let options =
        || Options { decrypt: Some(Settings::new(program.clone())), ..Options::default() };
    let (sound, mut sealed) = (wav(1, 900), b"NOTSOUND".to_vec());
    sealed.extend(&sound);
    let name = "q-600-1700000000.7.wav.gpg";
    let house = House::with(options());
    house.put(name, &sealed);
    let found = house.search(&serde_json::json!({ "callid": "1700000000.7" })).json();
    assert_eq!(found["files"][0]["encrypted"], true, "{found}");
    let link = house.link("1700000000.7");
    let whole = house.get(&link, "");
    assert_eq!((whole.status, &whole.body), (200, &sound), "{}", whole.head);
    assert_eq!(whole.header("content-type"), Some("audio/wav"));
    let part = house.get(&link, "Range: bytes=44-99\r\n");
    assert_eq!((part.status, &*part.body), (206, &sound[44..=99]));
    let without = House::new();
    without.put(name, &sealed);
    let locked = without.get(&without.link("1700000000.7"), "");
    assert_ne!(locked.status, 200);
    assert!(!locked.body.windows(4).any(|four| four == b"RIFF"));
}
