//! Wallboards without a log-in: what their address opens, for how long, and
//! that nobody's secrets go through it.

use serde_json::{Value, json};
use switchroom::people::Role;

use crate::client::Client;
use crate::house::{House, NOW};

const KIOSKS: &str = "/api/v1/kiosks";
const SCREEN: &str = "/api/v1/kiosk";
const EVENTS: &str = "/api/v1/kiosk/events";

/// Makes a kiosk and gives the token of its address.
pub async fn made(owner: &Client, body: Value) -> String {
    let answer = owner.post(KIOSKS, body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let address = answer.json()["address"].as_str().unwrap().to_owned();
    address.strip_prefix("/wall/kiosk#k=").unwrap().to_owned()
}

/// A screen that has opened the address.
async fn screen(house: &House, token: &str) -> Client {
    let mut screen = house.visitor();
    let answer = screen.post(SCREEN, json!({ "token": token })).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let cookie = answer.header("set-cookie").unwrap();
    for part in ["Path=/api/v1/kiosk;", "HttpOnly", "SameSite=Lax"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    screen.cookie = Some(cookie.split(';').next().unwrap().to_owned());
    screen
}

#[tokio::test]
async fn a_kiosk_shows_its_queues_without_callers_and_goes_dark_when_it_is_taken_away() {
    let house = House::build().await;
    let owner = house.inside(Role::Supervisor).await;
    let token = made(&owner, json!({ "name": " Hall ", "queues": ["sales"] })).await;
    house.hub.publish(crate::streams::board(&[("sales", 1), ("care", 2)]));
    let screen = screen(&house, &token).await;
    assert_eq!(screen.get(SCREEN).await.json()["name"], "Hall");

    let mut stream = screen.events(EVENTS, None).await;
    let snapshot = stream.next_news().await.unwrap().data;
    assert_eq!(snapshot["queues"].as_array().unwrap().len(), 1);
    assert_eq!(snapshot["queues"][0]["name"], "sales");
    assert_eq!(
        (&snapshot["calls"][0]["number"], &snapshot["calls"][0]["name"]),
        (&json!(""), &json!(""))
    );

    let list = owner.get(KIOSKS).await;
    assert!(!list.text().contains(&token), "the token is told once only");
    let kiosk = &list.json()["kiosks"][0];
    assert_eq!(kiosk["last_used"], NOW);
    let id = kiosk["id"].as_i64().unwrap();
    let other = house.inside(Role::Administrator).await;
    assert_eq!(other.send("DELETE", &format!("{KIOSKS}/{id}"), &[], None).await.status, 204);
    while stream.next().await.is_some() {}
    assert_eq!(screen.get(SCREEN).await.json()["error"]["code"], "kiosk.closed");
    assert_eq!(house.visitor().post(SCREEN, json!({ "token": token })).await.status, 401);

    let rows = other.get("/api/v1/audit").await.json();
    let rows = rows["rows"].as_array().unwrap();
    for (action, account) in [("kiosk.create", "supervisor"), ("kiosk.revoke", "administrator")] {
        let row = rows.iter().find(|row| row["action"] == action).unwrap();
        assert_eq!((&row["account"], &row["object"]), (&json!(account), &json!("Hall")));
        assert!(!row.to_string().contains(&token));
    }
}

#[tokio::test]
async fn a_kiosk_never_shows_more_than_its_account_may_see_now() {
    let house = House::build().await;
    house.limit_queues("supervisor", &["sales", "care"]).await;
    let owner = house.inside(Role::Supervisor).await;
    let refused = owner.post(KIOSKS, json!({ "name": "Hall", "queues": ["gold"] })).await;
    assert_eq!((refused.status, &refused.json()["error"]["code"]), (403, &json!("queue.hidden")));
    let token = made(&owner, json!({ "name": "Hall", "queues": null })).await;
    house.hub.publish(crate::streams::board(&[("care", 1), ("gold", 1), ("sales", 1)]));
    let screen = screen(&house, &token).await;
    let names = async || {
        let snapshot = screen.events(EVENTS, None).await.next_news().await.unwrap().data;
        let queues = snapshot["queues"].as_array().unwrap().clone();
        queues.iter().map(|queue| queue["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names().await, ["care", "sales"]);
    house.limit_queues("supervisor", &["sales"]).await;
    assert_eq!(names().await, ["sales"]);

    let root = house.inside(Role::Administrator).await;
    for change in [json!({ "disabled": true }), json!({ "disabled": false, "role": "agent" })] {
        root.send("PATCH", "/api/v1/accounts/supervisor", &[], Some(change)).await;
        assert_eq!(screen.get(SCREEN).await.status, 401);
    }
}

#[tokio::test]
async fn supervisors_manage_their_own_kiosks_and_administrators_all() {
    let house = House::build().await;
    let (one, root) =
        (house.inside(Role::Supervisor).await, house.inside(Role::Administrator).await);
    made(&one, json!({ "name": "Hall" })).await;
    made(&root, json!({ "name": "Lobby" })).await;
    let names = async |who: &Client| {
        let kiosks = who.get(KIOSKS).await.json()["kiosks"].as_array().unwrap().clone();
        kiosks.iter().map(|kiosk| kiosk["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&one).await, ["Hall"]);
    assert_eq!(names(&root).await, ["Hall", "Lobby"]);
    let lobby = root.get(KIOSKS).await.json()["kiosks"][1]["id"].as_i64().unwrap();
    assert_eq!(one.send("DELETE", &format!("{KIOSKS}/{lobby}"), &[], None).await.status, 404);
    for body in [json!({ "name": "" }), json!({ "name": "x", "queues": [] })] {
        assert_eq!(root.post(KIOSKS, body).await.status, 400);
    }
}
