//! Recordings over the portal: who hears what, links that work in one
//! session, ranges, markers, holds, and what the audit tells of it.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};
use switchroom::people::Role;

use crate::archive::{PASSPHRASE, wav};
use crate::client::{Answer, Client};
use crate::house::{House, NOW};

const PERIOD: &str = "/api/v1/recordings?from=2026-01-01&to=2030-01-01";

async fn ids(client: &Client, path: &str) -> Vec<String> {
    let answer = client.get(path).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let rows = answer.json()["rows"].as_array().unwrap().clone();
    rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

async fn link(client: &Client, id: i64, usage: &str) -> Answer {
    client.post(&format!("/api/v1/recordings/{id}/link"), json!({ "use": usage })).await
}

async fn url(client: &Client, id: i64) -> String {
    let answer = link(client, id, "play").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["url"].as_str().unwrap().to_owned()
}

fn code(answer: &Answer) -> Value {
    answer.json()["error"]["code"].clone()
}

fn acts(house: &House) -> Vec<String> {
    let rows = house.people.audit(None, 100).unwrap();
    rows.into_iter()
        .map(|row| row.action)
        .filter(|act| !act.starts_with("log") && act != "account.create")
        .collect()
}

#[tokio::test]
async fn a_supervisor_hears_the_queues_of_the_account_and_an_agent_what_is_their_own() {
    let house = House::build().await;
    let sales = house.shelf.put("1795000000.1", NOW - 60, Some("sales"), "Agent/101");
    let support = house.shelf.put("1795000000.2", NOW - 50, Some("support"), "Agent/102");
    let phone = house.shelf.put("1795000000.3", NOW - 40, None, "Agent/102");
    let (sales, support, phone) = (sales.to_string(), support.to_string(), phone.to_string());
    let root = house.inside(Role::Administrator).await;
    assert_eq!(ids(&root, PERIOD).await, [phone.clone(), support.clone(), sales.clone()]);
    house.limit_queues("supervisor", &["support"]).await;
    let supervisor = house.inside(Role::Supervisor).await;
    assert_eq!(ids(&supervisor, PERIOD).await, std::slice::from_ref(&support));
    assert_eq!(supervisor.get(&format!("/api/v1/recordings/{support}")).await.status, 200);
    for hidden in [&sales, &phone] {
        for tail in ["", "/wave", "/markers", "/listens"] {
            let answer = supervisor.get(&format!("/api/v1/recordings/{hidden}{tail}")).await;
            assert_eq!((answer.status, code(&answer)), (404, json!("recording.unknown")));
        }
        assert_eq!(link(&supervisor, hidden.parse().unwrap(), "play").await.status, 404);
    }
    let other = supervisor.get(&format!("{PERIOD}&queue=sales")).await;
    assert_eq!((other.status, code(&other)), (403, json!("queue.hidden")));
    let agent = house.inside(Role::Agent).await;
    assert_eq!(ids(&agent, PERIOD).await, [sales]);
    house.shelf.agents_listen.store(false, Ordering::Relaxed);
    let refused = agent.get(PERIOD).await;
    assert_eq!((refused.status, code(&refused)), (403, json!("recordings.agents")));
}

#[tokio::test]
async fn pages_of_the_list_follow_each_other_without_gap_or_repetition() {
    let house = House::build().await;
    for n in 0..7 {
        house.shelf.put(&format!("1795000000.{n}"), NOW - n, Some("sales"), "Agent/101");
    }
    let root = house.inside(Role::Administrator).await;
    let all = ids(&root, PERIOD).await;
    let (mut seen, mut path) = (Vec::new(), format!("{PERIOD}&limit=3"));
    loop {
        seen.extend(ids(&root, &path).await);
        let next = root.get(&path).await.json()["next"].clone();
        let Some(next) = next.as_str() else { break };
        path = format!("{PERIOD}&limit=3&marker={next}");
    }
    assert_eq!(seen, all);
    assert_eq!(root.get(&format!("{PERIOD}&marker=9.9")).await.status, 400);
}

#[tokio::test]
async fn a_link_gives_the_sound_whole_and_in_ranges_to_its_own_session_only() {
    let house = House::build().await;
    let id = house.shelf.put("1795000000.1", NOW - 60, Some("sales"), "Agent/101");
    let root = house.inside(Role::Administrator).await;
    let url = url(&root, id).await;
    let whole = root.get(&url).await;
    assert_eq!(whole.status, 200);
    assert_eq!(whole.header("content-type"), Some("audio/wav"));
    assert_eq!(whole.header("accept-ranges"), Some("bytes"));
    assert_eq!(whole.header("cache-control"), Some("no-store"));
    assert!(whole.header("content-disposition").unwrap().starts_with("inline"));
    assert_eq!(whole.body, wav(4));
    let length = whole.body.len();
    let ranged = |range: String| {
        let (root, url) = (root.clone(), url.clone());
        async move { root.send("GET", &url, &[("range", &range)], None).await }
    };
    for (from, to) in [(0, 0), (44, 99), (30_000, length - 1), (length - 1, length - 1)] {
        let part = ranged(format!("bytes={from}-{to}")).await;
        assert_eq!(part.status, 206);
        assert_eq!(part.body, whole.body[from..=to]);
        let told = format!("bytes {from}-{to}/{length}");
        assert_eq!(part.header("content-range"), Some(&*told));
    }
    assert_eq!(ranged("bytes=-10".to_owned()).await.body, whole.body[length - 10..]);
    let past = ranged(format!("bytes={length}-")).await;
    assert_eq!((past.status, past.body.len()), (416, 0));
    let tag = whole.header("etag").unwrap();
    let known = root.send("GET", &url, &[("if-none-match", tag)], None).await;
    assert_eq!((known.status, known.body.len()), (304, 0));
    let other = [("if-range", "\"other\""), ("range", "bytes=0-9")];
    assert_eq!(root.send("GET", &url, &other, None).await.body, whole.body);
    // Of the same person, but another log-in; and of nobody.
    let again = house.inside(Role::Administrator).await;
    let stolen = again.get(&url).await;
    assert_eq!((stolen.status, code(&stolen)), (404, json!("recording.link")));
    assert_eq!(house.visitor().get(&url).await.status, 401);
    // Changed anywhere, it opens nothing.
    let place = url.find("/media/").unwrap() + 12;
    for at in place..place + 20 {
        let mut changed = url.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert_eq!(root.get(&changed).await.status, 404, "{at}");
    }
}

#[tokio::test]
async fn a_link_that_ran_out_begins_nothing_and_lets_go_on_what_had_begun() {
    let house = House::build().await;
    let id = house.shelf.put("1795000000.1", NOW - 60, Some("sales"), "Agent/101");
    let root = house.inside(Role::Administrator).await;
    let (heard, unused) = (url(&root, id).await, url(&root, id).await);
    assert_eq!(root.get(&heard).await.status, 200);
    house.clock.fetch_add(901, Ordering::Relaxed);
    assert_eq!(root.get(&heard).await.status, 200);
    assert_eq!(root.get(&unused).await.status, 404);
    house.clock.fetch_add(10, Ordering::Relaxed);
    assert_eq!(root.get(&heard).await.status, 404);
}

#[tokio::test]
async fn a_locked_key_is_said_in_words_and_its_passphrase_opens_it() {
    let house = House::build().await;
    let id = house.shelf.put_sealed("1795000000.1", NOW - 60);
    let root = house.inside(Role::Administrator).await;
    let url = url(&root, id).await;
    let done = root.send("POST", "/api/v1/recordings/keys/lock", &[], None).await;
    assert_eq!(done.status, 204, "{}", done.text());
    let row = root.get(&format!("/api/v1/recordings/{id}")).await.json();
    assert_eq!((&row["lock"], &row["may"]["download"]), (&json!("locked"), &json!(false)));
    let refused = link(&root, id, "play").await;
    assert_eq!((refused.status, code(&refused)), (409, json!("recording.locked")));
    assert_eq!(root.get(&url).await.status, 409);
    let unlock = "/api/v1/recordings/keys/unlock";
    let wrong = root.post(unlock, json!({ "passphrase": "salt" })).await;
    assert_eq!(wrong.status, 400);
    assert!(wrong.json()["error"]["fields"]["passphrase"].is_object());
    assert_eq!(root.post(unlock, json!({ "passphrase": PASSPHRASE })).await.status, 204);
    assert_eq!(root.get(&url).await.status, 200);
    let told = acts(&house);
    for act in ["key.lock", "key.unlock", "key.unlock.failed"] {
        assert!(told.iter().any(|told| told == act), "{act}: {told:?}");
    }
}

#[tokio::test]
async fn a_key_leaves_the_box_once_and_the_audit_tells_both_attempts() {
    let house = House::build().await;
    let root = house.inside(Role::Administrator).await;
    let path = "/api/v1/recordings/keys/0123456789abcdef/export";
    let first = root.send("POST", path, &[], None).await;
    assert_eq!(first.status, 200);
    assert!(first.json()["text"].as_str().unwrap().starts_with("AGE-SECRET-KEY-1"));
    assert_eq!(root.send("POST", path, &[], None).await.status, 409);
    assert_eq!(acts(&house).iter().filter(|act| *act == "key.export").count(), 2);
}

#[tokio::test]
async fn listening_and_taking_away_are_told_and_taking_away_needs_its_right() {
    let house = House::build().await;
    let id = house.shelf.put("1795000000.1", NOW - 60, Some("sales"), "Agent/101");
    let supervisor = house.inside(Role::Supervisor).await;
    let sound = url(&supervisor, id).await;
    assert_eq!(supervisor.get(&sound).await.status, 200);
    let denied = link(&supervisor, id, "download").await;
    assert_eq!((denied.status, code(&denied)), (403, json!("recording.no_download")));
    let heard = format!("/api/v1/recordings/{id}/listened");
    for (from, to) in [(0, 1500), (1000, 2000), (3000, 3500)] {
        let told = supervisor.post(&heard, json!({ "from_ms": from, "to_ms": to })).await;
        assert_eq!(told.status, 204);
    }
    let listens = supervisor.get(&format!("/api/v1/recordings/{id}/listens")).await.json();
    let listens = listens["listens"].as_array().unwrap();
    assert_eq!(listens.len(), 1);
    assert_eq!(listens[0]["account"], "supervisor");
    assert_eq!(listens[0]["name"], "SUPERVISOR");
    // What was heard twice counts once.
    assert_eq!(listens[0]["seconds"], 2.5);
    let root = house.inside(Role::Administrator).await;
    let file = link(&root, id, "download").await;
    let file = root.get(file.json()["url"].as_str().unwrap()).await;
    let name = file.header("content-disposition").unwrap();
    assert!(name.starts_with("attachment; filename=\"2026-11-"), "{name}");
    assert!(name.ends_with("_1795000000.1.wav\""), "{name}");
    assert_eq!(acts(&house), ["recording.download", "recording.listen"]);
    let agent = house.inside(Role::Agent).await;
    assert_eq!(agent.get(&format!("/api/v1/recordings/{id}/listens")).await.status, 403);
}

#[tokio::test]
async fn markers_are_their_authors_and_the_deleting_is_told() {
    let house = House::build().await;
    let id = house.shelf.put("1795000000.1", NOW - 60, Some("sales"), "Agent/101");
    let path = format!("/api/v1/recordings/{id}/markers");
    let supervisor = house.inside(Role::Supervisor).await;
    let agent = house.inside(Role::Agent).await;
    let note = |at: u32, text: &str| json!({ "at_ms": at, "text": text, "colour": "red" });
    let made = supervisor.post(&path, note(2500, " Asks for refund ")).await;
    assert_eq!(made.status, 200, "{}", made.text());
    let made = made.json();
    assert_eq!((&made["at"], &made["text"]), (&json!(2.5), &json!("Asks for refund")));
    for (wrong, field) in [(note(1000, " "), "text"), (note(5000, "past its end"), "at")] {
        let refused = supervisor.post(&path, wrong).await;
        assert_eq!(refused.status, 400);
        assert!(refused.json()["error"]["fields"][field].is_object(), "{}", refused.text());
    }
    let own = agent.post(&path, note(1000, "mine")).await.json();
    let seen = agent.get(&path).await.json()["markers"].clone();
    assert_eq!(seen[0]["may_change"], true);
    assert_eq!(seen[1]["may_change"], false);
    let theirs = format!("{path}/{}", made["id"].as_str().unwrap());
    let refused = agent.send("DELETE", &theirs, &[], None).await;
    assert_eq!((refused.status, code(&refused)), (403, json!("marker.other_author")));
    let mine = format!("{path}/{}", own["id"].as_str().unwrap());
    let changed = agent.send("PATCH", &mine, &[], Some(note(1500, "mine still"))).await;
    assert_eq!(changed.json()["at"], 1.5);
    assert_eq!(supervisor.send("DELETE", &mine, &[], None).await.status, 204);
    assert_eq!(supervisor.send("DELETE", &mine, &[], None).await.status, 404);
    assert_eq!(acts(&house), ["marker.delete", "marker.change"]);
    let deleted = &house.people.audit(None, 1).unwrap()[0];
    assert_eq!(deleted.old.as_deref(), Some("0:01 red mine still"));
}

#[tokio::test]
async fn what_is_held_is_not_deleted_and_what_is_deleted_is_heard_no_more() {
    let house = House::build().await;
    let id = house.shelf.put("1795000000.1", NOW - 60, Some("sales"), "Agent/101");
    let root = house.inside(Role::Administrator).await;
    let (one, hold) = (format!("/api/v1/recordings/{id}"), format!("/api/v1/recordings/{id}/hold"));
    let sound = url(&root, id).await;
    let held = root.post(&hold, json!({ "reason": "court", "until": NOW + 86_400 })).await;
    assert_eq!(held.status, 204, "{}", held.text());
    let row = root.get(&one).await.json();
    assert_eq!((&row["held"], &row["hold_reason"]), (&json!(true), &json!("court")));
    assert_eq!(row["hold_until"], NOW + 86_400);
    assert_eq!(ids(&root, &format!("{PERIOD}&held=yes")).await, [id.to_string()]);
    let refused = root.send("DELETE", &one, &[], None).await;
    assert_eq!((refused.status, code(&refused)), (409, json!("recording.held")));
    assert_eq!(root.send("DELETE", &hold, &[], None).await.status, 204);
    assert_eq!(root.send("DELETE", &one, &[], None).await.status, 204);
    assert_eq!(root.get(&sound).await.status, 404);
    assert_eq!(link(&root, id, "play").await.status, 404);
    assert_eq!(root.get(&one).await.json()["state"], "deleted");
    let told = acts(&house);
    let wanted = ["recording.delete", "recording.release", "recording.hold", "recording.listen"];
    assert_eq!(told, wanted);
}

#[tokio::test]
async fn the_picture_has_points_silences_and_the_length() {
    let house = House::build().await;
    let id = house.shelf.put("1795000000.1", NOW - 60, Some("sales"), "Agent/101");
    let root = house.inside(Role::Administrator).await;
    let wave = root.get(&format!("/api/v1/recordings/{id}/wave")).await.json();
    assert_eq!(wave["duration"], 4.0);
    let points = usize::try_from(wave["points"].as_u64().unwrap()).unwrap();
    assert!((100..=1000).contains(&points), "{points}");
    let text = wave["channels"][0].as_str().unwrap();
    assert_eq!(text.len(), (points * 2).div_ceil(3) * 4);
    // The second half of the sound is silent.
    let silent = wave["silent"].as_array().unwrap();
    assert_eq!(silent.len(), 1, "{silent:?}");
    assert!(silent[0][0].as_f64().unwrap() < 2.5 && silent[0][1].as_f64().unwrap() >= 3.9);
}

#[tokio::test]
async fn an_erasure_names_one_person_and_its_row_names_nobody() {
    let house = House::build().await;
    let root = house.inside(Role::Administrator).await;
    let path = "/api/v1/recordings/erase";
    let asked = |more: Value| {
        let mut body = json!({ "from": "2026-01-01", "to": "2026-12-01", "reason": "request 17", "dry_run": true });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    for who in [json!({}), json!({ "number": "1", "agent": "Ann" })] {
        let refused = root.post(path, asked(who)).await;
        assert_eq!(refused.json()["error"]["fields"]["number"]["code"], "erase.who");
    }
    let dry = root.post(path, asked(json!({ "number": "0639986190" }))).await.json();
    assert_eq!((&dry["id"], &dry["dry_run"]), (&Value::Null, &json!(true)));
    assert!(acts(&house).is_empty());
    let body = asked(json!({ "number": "0639986190", "dry_run": false }));
    assert_eq!(root.post(path, body).await.json()["id"], "e-1");
    let row = &house.people.audit(None, 1).unwrap()[0];
    assert_eq!((&*row.action, &*row.object), ("person.erase", "e-1"));
    assert!(!format!("{row:?}").contains("0639986190"));
    assert_eq!(house.shelf.erased.lock().unwrap().len(), 2);
}
