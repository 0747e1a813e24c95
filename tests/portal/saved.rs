//! What somebody keeps: views and columns, each account its own.

use serde_json::json;
use switchroom::people::Role;

use crate::house::House;

const VIEWS: &str = "/api/v1/me/views";
const COLUMNS: &str = "/api/v1/me/columns";

#[tokio::test]
async fn a_view_is_kept_replaced_and_dropped_by_its_owner_alone_with_audit() {
    let house = House::build().await;
    let (one, other) = (house.inside(Role::Supervisor).await, house.inside(Role::Agent).await);
    for address in ["/calls?p=week&queue=sales", "/calls?p=month"] {
        let kept = one.post(VIEWS, json!({ "name": " My week ", "address": address })).await;
        assert_eq!(kept.json(), json!({ "name": "My week", "address": address }));
    }
    let views = one.get(VIEWS).await.json();
    assert_eq!(views, json!({ "views": [{ "name": "My week", "address": "/calls?p=month" }] }));
    assert_eq!(other.get(VIEWS).await.json(), json!({ "views": [] }));
    let path = format!("{VIEWS}/My%20week");
    let foreign = other.send("DELETE", &path, &[], None).await;
    assert_eq!((foreign.status, &foreign.json()["error"]["code"]), (404, &json!("view.unknown")));
    assert_eq!(one.send("DELETE", &path, &[], None).await.status, 204);
    assert_eq!(one.get(VIEWS).await.json(), json!({ "views": [] }));

    let audit = house.inside(Role::Administrator).await.get("/api/v1/audit").await.json();
    let actions: Vec<_> =
        audit["rows"].as_array().unwrap().iter().map(|row| &row["action"]).collect();
    assert_eq!(actions.iter().filter(|action| **action == "view.keep").count(), 2);
    assert!(actions.contains(&&json!("view.drop")));
}

#[tokio::test]
async fn a_view_leads_nowhere_but_into_the_portal() {
    let house = House::build().await;
    let client = house.inside(Role::User).await;
    for address in [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/api/v1/me",
        "calls",
        "/a\nb",
        "",
    ] {
        let answer = client.post(VIEWS, json!({ "name": "x", "address": address })).await;
        assert_eq!(
            (answer.status, answer.fields()),
            (400, vec!["address".to_owned()]),
            "{address}"
        );
    }
}

#[tokio::test]
async fn views_of_an_account_are_a_hundred_at_most() {
    let house = House::build().await;
    let client = house.inside(Role::User).await;
    for n in 0..100 {
        let body = json!({ "name": format!("view {n}"), "address": "/calls" });
        assert_eq!(client.post(VIEWS, body).await.status, 200);
    }
    let more = client.post(VIEWS, json!({ "name": "one more", "address": "/calls" })).await;
    assert_eq!((more.status, &more.json()["error"]["code"]), (507, &json!("view.most")));
    let old = client.post(VIEWS, json!({ "name": "view 7", "address": "/live" })).await;
    assert_eq!(old.status, 200, "one that is there may still change");
}

#[tokio::test]
async fn columns_are_kept_in_their_order_until_none_are_chosen() {
    let house = House::build().await;
    let (one, other) = (house.inside(Role::Supervisor).await, house.inside(Role::Agent).await);
    let path = format!("{COLUMNS}/traffic-by-hour");
    let chosen = json!({ "columns": ["TA-4", "TA-14"] });
    assert_eq!(one.post(&path, chosen).await.status, 204);
    let kept = json!({ "columns": { "traffic-by-hour": ["TA-4", "TA-14"] } });
    assert_eq!(one.get(COLUMNS).await.json(), kept);
    assert_eq!(other.get(COLUMNS).await.json(), json!({ "columns": {} }));
    let bad = one.post(&path, json!({ "columns": ["a,b"] })).await;
    assert_eq!((bad.status, bad.fields()), (400, vec!["columns".to_owned()]));
    assert_eq!(one.post(&path, json!({ "columns": [] })).await.status, 204);
    assert_eq!(one.get(COLUMNS).await.json(), json!({ "columns": {} }));
}
