//! Actions over HTTP: who may, what is ordered, what is told and audited.

use serde_json::{Value, json};
use switchroom::live::LinkState;
use switchroom::people::Role;
use switchroom::portal::openapi;

use crate::house::House;
use crate::schema::fault;

fn fields(order: &switchroom::actions::Order) -> Vec<(&str, &str)> {
    order.fields.iter().map(|(name, text)| (*name, text.as_str())).collect()
}

#[tokio::test]
async fn an_agent_pauses_itself_and_nobody_else() {
    let house = House::build().await;
    let agent = house.inside(Role::Agent).await;
    let pause = "/api/v1/actions/pause";
    let answer = agent.post(pause, json!({ "reason": "lunch" })).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json()["state"], "done");
    let orders = house.board.ordered();
    assert_eq!(orders.len(), 1);
    assert_eq!(orders[0].action, "QueuePause");
    assert_eq!(
        fields(&orders[0]),
        [("Interface", "PJSIP/101"), ("Paused", "true"), ("Reason", "lunch")]
    );
    let answer = agent.post(pause, json!({ "agent": "Bob", "reason": "lunch" })).await;
    assert_eq!(
        (answer.status, answer.json()["error"]["code"].clone()),
        (403, json!("action.right"))
    );
    let answer = agent.post(pause, json!({ "reason": "sunshine" })).await;
    assert_eq!(
        (answer.status, answer.json()["error"]["code"].clone()),
        (400, json!("action.reason"))
    );
    assert!(house.board.ordered().is_empty());
}

#[tokio::test]
async fn what_was_done_and_what_failed_is_in_the_audit() {
    let house = House::build().await;
    let chief = house.inside(Role::Supervisor).await;
    let answer = chief.post("/api/v1/actions/hangup", json!({ "call": "1.1" })).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    *house.board.refusal.lock().unwrap() = Some("Channel not found".to_owned());
    let answer = chief.post("/api/v1/actions/hangup", json!({ "call": "1.1" })).await;
    assert_eq!(answer.status, 409);
    assert_eq!(answer.json()["error"]["code"], "action.refused");
    assert!(answer.text().contains("Channel not found"));
    let root = house.inside(Role::Administrator).await;
    let rows = root.get("/api/v1/audit").await.json()["rows"].clone();
    let acts: Vec<&Value> =
        rows.as_array().unwrap().iter().filter(|row| row["action"] == "call.hangup").collect();
    assert_eq!(acts.len(), 2);
    assert_eq!(acts[0]["new"], "failed: Channel not found");
    assert_eq!((&acts[1]["object"], &acts[1]["account"]), (&json!("1.1"), &json!("supervisor")));
}

#[tokio::test]
async fn whoever_sees_one_queue_acts_on_it_alone() {
    let house = House::build().await;
    house.limit_queues("supervisor", &["care"]).await;
    let chief = house.inside(Role::Supervisor).await;
    for (path, body) in [
        ("hangup", json!({ "call": "1.1" })),
        ("record", json!({ "call": "1.1" })),
        ("transfer", json!({ "call": "1.1", "to": "102" })),
        ("outcome", json!({ "call": "1.1", "code": "SALE" })),
        ("logoff", json!({ "agent": "Agent/101", "queues": ["sales"] })),
        ("penalty", json!({ "agent": "Agent/101", "queue": "sales", "penalty": 1 })),
    ] {
        let answer = chief.post(&format!("/api/v1/actions/{path}"), body).await;
        assert_eq!(answer.status, 403, "{path}: {}", answer.text());
        assert_eq!(answer.json()["error"]["code"], "action.not_yours", "{path}");
    }
    assert!(house.board.ordered().is_empty());
    let answer =
        chief.post("/api/v1/actions/priority", json!({ "call": "1.5", "priority": 3 })).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let orders = house.board.ordered();
    assert_eq!(
        fields(&orders[0]),
        [("Queue", "care"), ("Caller", "PJSIP/trunk-5"), ("Priority", "3")]
    );
}

#[tokio::test]
async fn no_line_end_reaches_asterisk() {
    let house = House::build().await;
    let chief = house.inside(Role::Supervisor).await;
    let evil = "x\r\nAction: Originate";
    for (path, body) in [
        ("transfer", json!({ "call": "1.1", "to": evil })),
        ("tag", json!({ "call": "1.1", "tag": evil })),
        ("text", json!({ "agent": "Bob", "text": evil })),
        ("logon", json!({ "agent": evil, "queues": ["care"], "phone": "103" })),
    ] {
        let answer = chief.post(&format!("/api/v1/actions/{path}"), body).await;
        assert_eq!(answer.status, 400, "{path}: {}", answer.text());
        assert_eq!(answer.json()["error"]["code"], "action.unsafe", "{path}");
    }
    assert!(house.board.ordered().is_empty());
}

#[tokio::test]
async fn without_a_link_nothing_is_ordered_and_the_page_is_told() {
    let house = House::build().await;
    let chief = house.inside(Role::Supervisor).await;
    for (state, code) in
        [(LinkState::Off, "ami.off"), (LinkState::Down, "ami.down"), (LinkState::Stale, "ami.down")]
    {
        *house.board.link.lock().unwrap() = state;
        let answer = chief.post("/api/v1/actions/hangup", json!({ "call": "1.1" })).await;
        assert_eq!((answer.status, answer.json()["error"]["code"].clone()), (503, json!(code)));
    }
    assert!(house.board.ordered().is_empty());
}

#[tokio::test]
async fn the_office_and_the_desk_look_as_the_document_says() {
    let house = House::build().await;
    let document = openapi::document();
    let chief = house.inside(Role::Supervisor).await;
    let office = chief.get("/api/v1/office").await.json();
    let schema = json!({ "$ref": "#/components/schemas/OfficeNow" });
    assert_eq!(fault(&document, &schema, &office, "office"), None);
    let talks: Vec<_> = office["calls"]
        .as_array()
        .unwrap()
        .iter()
        .map(|call| (call["id"].clone(), call["state"].clone(), call["queue"].clone()))
        .collect();
    assert_eq!(
        talks,
        [
            (json!("1.1"), json!("talking"), json!("sales")),
            (json!("1.5"), json!("waiting"), json!("care"))
        ]
    );
    let agent = house.inside(Role::Agent).await;
    let desk = agent.get("/api/v1/desk").await.json();
    let schema = json!({ "$ref": "#/components/schemas/Desk" });
    assert_eq!(fault(&document, &schema, &desk, "desk"), None);
    assert_eq!((&desk["device"], &desk["on"]), (&json!("PJSIP/101"), &json!(["sales"])));
    assert_eq!((&desk["call"]["id"], &desk["screen"]), (&json!("1.1"), &Value::Null));
    let pending = agent.get("/api/v1/actions/a1").await;
    assert_eq!((pending.status, pending.json()["state"].clone()), (200, json!("pending")));
    assert_eq!(agent.get("/api/v1/actions/a2").await.status, 404);
}
