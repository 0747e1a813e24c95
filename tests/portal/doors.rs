//! Coming in and going out, and managing who may.

use serde_json::json;
use std::sync::atomic::Ordering;
use switchroom::people::Role;
use switchroom::portal::Settings;

use crate::house::{House, NOW, PASSWORD, Plan};

#[tokio::test]
async fn a_fresh_box_is_claimed_with_its_code_once() {
    let house = House::planned(Plan { empty: true, ..Plan::default() }).await;
    let mut visitor = house.visitor();
    assert_eq!(visitor.get("/api/v1/hello").await.json()["claimed"], false);
    let claim = |code: &str, password: &str| json!({ "code": code, "account": "ann", "name": "Ann", "password": password, "language": "fr" });
    let code = house.people.claim_code().unwrap().reveal().to_owned();
    let wrong = visitor.post("/api/v1/claim", claim("0000-0000-0000", PASSWORD)).await;
    assert_eq!(wrong.status, 403);
    let short = visitor.post("/api/v1/claim", claim(&code, "short")).await;
    assert_eq!(short.status, 400);
    let empty = visitor.post("/api/v1/claim", json!({})).await;
    assert_eq!(empty.fields(), ["account", "code", "name", "password"]);
    let good = visitor.post("/api/v1/claim", claim(&code.to_lowercase(), PASSWORD)).await;
    assert_eq!(good.status, 200, "{}", good.text());
    assert_eq!(good.json()["role"], "administrator");
    assert_eq!(good.json()["language"], "fr");
    visitor.keep(&good);
    assert_eq!(visitor.get("/api/v1/me").await.json()["account"], "ann");
    assert_eq!(visitor.get("/api/v1/hello").await.json()["claimed"], true);
    let again = visitor.post("/api/v1/claim", claim(&code, PASSWORD)).await;
    assert_eq!(again.status, 409);
}

#[tokio::test]
async fn logging_in_sets_a_cookie_scripts_can_not_read_and_logging_out_ends_it() {
    let house = House::build().await;
    let mut client = house.visitor();
    let answer = client.log_in("Agent", PASSWORD).await;
    let cookie = answer.header("set-cookie").unwrap();
    for part in ["switchroom_session=", "Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=604800"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure"));
    assert_eq!(answer.json()["agent"], "Agent/101");
    let left = client.send("DELETE", "/api/v1/session", &[], None).await;
    assert_eq!(left.status, 204);
    assert!(left.header("set-cookie").unwrap().contains("Max-Age=0"));
    assert_eq!(client.get("/api/v1/me").await.status, 401);
}

#[tokio::test]
async fn behind_a_trusted_proxy_the_cookie_is_secure_and_the_client_is_known() {
    let settings = Settings { proxies: vec!["127.0.0.1".parse().unwrap()], ..Settings::default() };
    let house = House::planned(Plan { settings, empty: false }).await;
    let visitor = house.visitor();
    let body = json!({ "account": "administrator", "password": PASSWORD });
    let headers = [("x-forwarded-for", "198.51.100.9, 192.0.2.77"), ("x-forwarded-proto", "https")];
    let answer = visitor.send("POST", "/api/v1/session", &headers, Some(body)).await;
    assert!(answer.header("set-cookie").unwrap().contains("; Secure"));
    let mut client = visitor.clone();
    client.keep(&answer);
    let rows = client.get("/api/v1/audit?limit=1").await.json();
    assert_eq!(rows["rows"][0]["address"], "192.0.2.77");
}

#[tokio::test]
async fn nobody_else_is_believed_who_the_client_is() {
    let house = House::build().await;
    let visitor = house.visitor();
    let body = json!({ "account": "administrator", "password": PASSWORD });
    let headers = [("x-forwarded-for", "192.0.2.77"), ("x-forwarded-proto", "https")];
    let answer = visitor.send("POST", "/api/v1/session", &headers, Some(body)).await;
    assert!(!answer.header("set-cookie").unwrap().contains("Secure"));
    let mut client = visitor.clone();
    client.keep(&answer);
    let rows = client.get("/api/v1/audit?limit=1").await.json();
    assert_eq!(rows["rows"][0]["address"], "127.0.0.1");
}

#[tokio::test]
async fn guessing_is_answered_with_a_wait_that_passes() {
    let house = House::build().await;
    let mut client = house.visitor();
    for _ in 0..6 {
        let answer = client.log_in("supervisor", "not the password").await;
        assert!([401, 429].contains(&answer.status));
    }
    let answer = client.log_in("supervisor", PASSWORD).await;
    assert_eq!(answer.status, 429);
    let secs: i64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&secs));
    house.clock.store(NOW + secs, Ordering::Relaxed);
    assert_eq!(client.log_in("supervisor", PASSWORD).await.status, 200);
}

#[tokio::test]
async fn people_change_their_looks_password_and_sessions() {
    let house = House::build().await;
    let client = house.inside(Role::Agent).await;
    let other = house.inside(Role::Agent).await;
    let looks = json!({ "theme": "dark", "density": "compact", "single_keys": false, "language": "fr", "name": "Zoé" });
    let me = client.send("PATCH", "/api/v1/me", &[], Some(looks)).await.json();
    assert_eq!(
        (&me["theme"], &me["density"], &me["single_keys"], &me["language"], &me["name"]),
        (&json!("dark"), &json!("compact"), &json!(false), &json!("fr"), &json!("Zoé"))
    );
    let bad =
        client.send("PATCH", "/api/v1/me", &[], Some(json!({ "role": "administrator" }))).await;
    assert_eq!((bad.status, bad.fields()), (400, vec!["role".to_owned()]));

    let sessions = client.get("/api/v1/me/sessions").await.json();
    let sessions = sessions["sessions"].as_array().unwrap().clone();
    assert_eq!(sessions.len(), 2);
    let other_id = sessions.iter().find(|row| row["current"] == false).unwrap()["id"].clone();
    let path = format!("/api/v1/me/sessions/{}", other_id.as_str().unwrap());
    assert_eq!(client.send("DELETE", &path, &[], None).await.status, 204);
    assert_eq!(client.send("DELETE", &path, &[], None).await.status, 404);
    assert_eq!(other.get("/api/v1/me").await.status, 401);

    let change = |old: &'static str, new: &'static str| client.send_password(old, new);
    assert_eq!(change("wrong wrong wrong", "another password").await.fields(), ["old"]);
    assert_eq!(change(PASSWORD, "short").await.fields(), ["new"]);
    assert_eq!(change(PASSWORD, "another password").await.status, 204);
    let mut again = house.visitor();
    assert_eq!(again.log_in("agent", PASSWORD).await.status, 401);
    assert_eq!(again.log_in("agent", "another password").await.status, 200);
}

impl crate::client::Client {
    async fn send_password(&self, old: &str, new: &str) -> crate::client::Answer {
        self.post("/api/v1/me/password", json!({ "old": old, "new": new })).await
    }
}

#[tokio::test]
async fn an_administrator_adds_changes_and_removes_accounts_and_all_of_it_is_audited() {
    let house = House::build().await;
    let root = house.inside(Role::Administrator).await;
    let new = json!({
        "account": "Tom", "name": "Tom", "role": "supervisor", "password": PASSWORD,
        "queues": ["sales"],
    });
    let made = root.post("/api/v1/accounts", new.clone()).await.json();
    assert_eq!((&made["account"], &made["queues"]), (&json!("tom"), &json!(["sales"])));
    assert_eq!(root.post("/api/v1/accounts", new).await.status, 409);
    let bad = root
        .post(
            "/api/v1/accounts",
            json!({ "account": "a b", "name": "x", "role": "boss", "password": "x" }),
        )
        .await;
    assert_eq!((bad.status, bad.fields()), (400, vec!["role".to_owned()]));
    let mut tom = house.visitor();
    tom.log_in("tom", PASSWORD).await;
    assert_eq!(tom.get("/api/v1/health").await.status, 200);
    let path = "/api/v1/accounts/tom";
    let change =
        root.send("PATCH", path, &[], Some(json!({ "role": "user", "queues": null }))).await;
    assert_eq!(change.json()["queues"], json!(null));
    // The session stays, with the rights of now.
    assert_eq!(tom.get("/api/v1/health").await.status, 403);
    assert_eq!(root.send("DELETE", path, &[], None).await.status, 204);
    assert_eq!(tom.get("/api/v1/me").await.status, 401);
    assert_eq!(root.send("DELETE", path, &[], None).await.status, 404);
    let last = root.send("DELETE", "/api/v1/accounts/administrator", &[], None).await;
    assert_eq!(last.status, 409);

    let mut actions = Vec::new();
    let mut marker = String::new();
    loop {
        let page = root.get(&format!("/api/v1/audit?limit=3{marker}")).await.json();
        for row in page["rows"].as_array().unwrap() {
            actions.push(format!(
                "{} {}",
                row["action"].as_str().unwrap(),
                row["object"].as_str().unwrap()
            ));
        }
        let Some(next) = page["next"].as_str() else { break };
        marker = format!("&marker={next}");
    }
    let expected = [
        "account.remove tom",
        "account.change tom",
        "login tom",
        "account.create tom",
        "login administrator",
        "account.create user",
        "account.create agent",
        "account.create supervisor",
        "account.create administrator",
    ];
    assert_eq!(actions, expected);
    assert_eq!(root.get("/api/v1/audit?marker=9.x").await.status, 400);
}
