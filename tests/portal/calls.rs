//! Calls and reports over a store that was filled from log lines.

use serde_json::{Value, json};
use switchroom::input::queue_log::{Options, Parsed, parse};
use switchroom::model::{Fold, Settings};
use switchroom::people::Role;
use switchroom::portal::openapi;
use switchroom::store::Batch;

use crate::client::Client;
use crate::house::House;
use crate::schema::fault;

/// 2026-11-20 00:00:00 UTC.
pub(crate) const DAY: i64 = 1_795_132_800;
pub(crate) const PERIOD: &str = "from=2026-11-20&to=2026-11-21";

/// A call that was answered, from its entering.
fn answered(at: i64, id: u32, queue: &str, agent: &str, number: &str) -> String {
    let t = DAY + at;
    format!(
        "{t}|{t}.{id}|{queue}|NONE|ENTERQUEUE||{number}|1\n\
         {}|{t}.{id}|{queue}|{agent}|CONNECT|10|{t}.{}|4\n\
         {}|{t}.{id}|{queue}|{agent}|COMPLETECALLER|10|50|1\n",
        t + 10,
        id + 1,
        t + 60,
    )
}

/// A call whose caller gave up.
fn lost(at: i64, id: u32, queue: &str, number: &str) -> String {
    let t = DAY + at;
    format!(
        "{t}|{t}.{id}|{queue}|NONE|ENTERQUEUE||{number}|1\n\
         {}|{t}.{id}|{queue}|NONE|ABANDON|1|1|30\n",
        t + 30,
    )
}

/// A call that waits.
fn waiting(at: i64, id: u32, queue: &str) -> String {
    let t = DAY + at;
    format!("{t}|{t}.{id}|{queue}|NONE|ENTERQUEUE||5550000|1\n")
}

/// Feeds lines through the machine into the store, as the intake does.
pub(crate) fn feed(house: &House, text: &str) {
    let mut fold = Fold::new(Settings::default());
    let mut changes = Vec::new();
    for line in text.lines() {
        let Parsed::Event(event) = parse(line.as_bytes(), &Options::default()) else {
            panic!("no event: {line}");
        };
        fold.apply(&event, &mut changes);
    }
    let batch = Batch { changes, state: fold.take_state(), ..Batch::default() };
    house.store.commit(&batch).unwrap();
}

/// A small office: two queues, two agents, a morning.
pub(crate) async fn office() -> House {
    let house = House::build().await;
    feed(&house, &morning());
    house.clock.store(DAY + 2_000, std::sync::atomic::Ordering::Relaxed);
    house
}

/// What its log says.
pub(crate) fn morning() -> String {
    let mut text = String::new();
    for n in 0..6 {
        text += &answered(i64::from(n) * 100, n * 10, "sales", "Agent/101", "5551234");
    }
    text += &answered(1_000, 200, "care", "Agent/102", "5559999");
    text += &lost(1_100, 210, "sales", "5551234");
    text += &lost(1_200, 220, "care", "=SUM(A1)");
    text += &waiting(1_300, 230, "sales");
    text
}

pub(crate) async fn rows(client: &Client, more: &str) -> Vec<Value> {
    let answer = client.get(&format!("/api/v1/calls?{PERIOD}{more}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["rows"].as_array().unwrap().clone()
}

fn numbers(rows: &[Value], field: &str) -> Vec<i64> {
    rows.iter().map(|row| row[field].as_i64().unwrap() - DAY).collect()
}

#[tokio::test]
async fn the_list_is_newest_first_with_open_calls_on_top() {
    let house = office().await;
    let client = house.inside(Role::Supervisor).await;
    let page = client.get(&format!("/api/v1/calls?{PERIOD}")).await.json();
    let rows = page["rows"].as_array().unwrap();
    assert_eq!(numbers(rows, "enter"), [1_300, 1_200, 1_100, 1_000, 500, 400, 300, 200, 100, 0]);
    assert_eq!(rows[0]["open"], true);
    assert!(rows[0]["id"].as_str().unwrap().starts_with("open-"));
    assert_eq!(page["summary"], json!({ "offered": 9, "answered": 7, "lost": 2 }));
    assert_eq!((&page["total"], &page["next"]), (&json!(9), &json!(null)));
    let oldest = client.get(&format!("/api/v1/calls?{PERIOD}&order=oldest")).await.json();
    assert_eq!(
        numbers(oldest["rows"].as_array().unwrap(), "enter"),
        [0, 100, 200, 300, 400, 500, 1_000, 1_100, 1_200]
    );
}

#[tokio::test]
async fn pages_follow_one_another_without_gap_or_overlap_in_both_orders() {
    let house = office().await;
    let client = house.inside(Role::Supervisor).await;
    for (order, expected) in [
        ("newest", vec![1_200, 1_100, 1_000, 500, 400, 300, 200, 100, 0]),
        ("oldest", vec![0, 100, 200, 300, 400, 500, 1_000, 1_100, 1_200]),
    ] {
        let mut seen = Vec::new();
        let mut marker = String::new();
        let mut pages = 0;
        loop {
            let path = format!("/api/v1/calls?{PERIOD}&limit=4&order={order}{marker}");
            let page = client.get(&path).await.json();
            let rows = page["rows"].as_array().unwrap();
            let closed: Vec<_> = rows.iter().filter(|row| row["open"] == false).cloned().collect();
            assert!(closed.len() <= 4);
            assert_eq!(page["summary"].is_null(), pages > 0);
            seen.extend(numbers(&closed, "enter"));
            pages += 1;
            let Some(next) = page["next"].as_str() else { break };
            marker = format!("&marker={next}");
        }
        assert_eq!((seen, pages), (expected, 3), "{order}");
    }
    assert_eq!(client.get(&format!("/api/v1/calls?{PERIOD}&marker=2.5")).await.status, 400);
}

#[tokio::test]
async fn filters_narrow_the_list() {
    let house = office().await;
    let client = house.inside(Role::Supervisor).await;
    for (filter, count) in [
        ("&queue=care", 2),
        ("&queue=care&queue=sales", 10),
        ("&queue=nowhere", 0),
        ("&answered=no", 2),
        ("&agent=Agent/102", 1),
        ("&agent=102", 1),
        ("&caller=555*", 9),
        ("&caller=5551234", 7),
        ("&wait_min=20", 2),
        ("&talk_max=49", 0),
        ("&cause=abandon", 2),
        ("&direction=out", 0),
        // The morning of the office is the evening before in New York.
        ("&tz=Europe/Paris", 10),
        ("&tz=America/New_York", 0),
    ] {
        assert_eq!(rows(&client, filter).await.len(), count, "{filter}");
    }
}

#[tokio::test]
async fn a_bad_question_names_every_field_that_is_wrong() {
    let house = office().await;
    let client = house.inside(Role::Supervisor).await;
    let wrong = "from=2026-02-30&to=soon&tz=Mars/Olympus&wait_min=x&colour=red";
    for path in ["/api/v1/calls", "/api/v1/reports/overview"] {
        let answer = client.get(&format!("{path}?{wrong}")).await;
        assert_eq!((answer.status, answer.fields()), (400, vec!["colour".to_owned()]), "{path}");
        let answer = client.get(&format!("{path}?{}", wrong.replace("&colour=red", ""))).await;
        assert_eq!(answer.status, 400);
        assert_eq!(answer.fields(), ["from", "to", "tz", "wait_min"], "{path}");
        let answer = client.get(path).await;
        assert_eq!(answer.status, 400, "a question without a period");
    }
    let backwards = client.get("/api/v1/calls?from=2026-11-21&to=2026-11-20").await;
    assert_eq!(backwards.status, 400);
    let many = client.get(&format!("/api/v1/calls?{PERIOD}&limit=501")).await;
    assert_eq!(many.fields(), ["limit"]);
}

#[tokio::test]
async fn viewers_see_calls_of_their_queues_and_agents_their_own() {
    let house = office().await;
    house.limit_queues("supervisor", &["care"]).await;
    let limited = house.inside(Role::Supervisor).await;
    assert!(rows(&limited, "").await.iter().all(|row| row["queue"] == "care"));
    for path in ["calls", "reports/overview"] {
        let refused = limited.get(&format!("/api/v1/{path}?{PERIOD}&queue=sales")).await;
        assert_eq!(refused.status, 403, "{path}");
        let unknown = limited.get(&format!("/api/v1/{path}?{PERIOD}&queue=nowhere")).await;
        assert_eq!(unknown.status, 403, "{path}");
    }
    let agent = house.inside(Role::Agent).await;
    let own = rows(&agent, "").await;
    assert_eq!(own.len(), 6);
    assert!(own.iter().all(|row| row["agent"] == "Agent/101"));
    let others = agent.get(&format!("/api/v1/calls?{PERIOD}&agent=Agent/102")).await;
    assert_eq!(others.status, 403);
    // Nor by the address of a single call.
    let all = rows(&house.inside(Role::Administrator).await, "").await;
    for row in &all {
        let id = row["id"].as_str().unwrap().replace('/', "%2F");
        let path = format!("/api/v1/calls/{id}");
        let care = row["queue"] == "care";
        assert_eq!(limited.get(&path).await.status, if care { 200 } else { 404 }, "{row}");
        let mine = row["agent"] == "Agent/101";
        assert_eq!(agent.get(&path).await.status, if mine { 200 } else { 404 }, "{row}");
    }
    let names = limited.get("/api/v1/queues").await.json();
    assert_eq!(names["queues"], json!([{ "name": "care", "label": "care" }]));
    let names = agent.get("/api/v1/agents").await.json();
    assert_eq!(names["agents"], json!([{ "name": "Agent/101", "label": "Agent/101" }]));
}

#[tokio::test]
async fn one_call_comes_with_its_course_and_looks_as_the_document_says() {
    let house = office().await;
    let client = house.inside(Role::Supervisor).await;
    let document = openapi::document();
    let operation = &document["paths"]["/api/v1/calls/{id}"]["get"];
    let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"];
    for row in rows(&client, "").await {
        let id = row["id"].as_str().unwrap().replace('/', "%2F");
        let call = client.get(&format!("/api/v1/calls/{id}")).await.json();
        assert_eq!(fault(&document, schema, &call, "call"), None);
        assert_eq!(call["id"], row["id"]);
        assert_eq!(call["others"].as_array().unwrap().len(), 1);
        assert!(!call["timeline"].as_array().unwrap().is_empty());
    }
    for id in ["0", "-1", "99999999999999999999", "open-x", "x%00y"] {
        assert_eq!(client.get(&format!("/api/v1/calls/{id}")).await.status, 404, "{id}");
    }
}

#[tokio::test]
async fn a_call_that_got_stuck_is_closed_by_hand_and_the_act_is_written_down() {
    let house = office().await;
    let client = house.inside(Role::Supervisor).await;
    let all = rows(&client, "").await;
    let open = all[0]["id"].as_str().unwrap().replace('/', "%2F");
    let path = format!("/api/v1/calls/{open}/close");
    let closed = client.post(&path, json!({ "seconds": 40 })).await;
    assert_eq!((closed.status, closed.json()), (200, json!({ "closed": true })));
    let asked = house.desk.closed.lock().unwrap().clone();
    assert_eq!(asked, [(format!("{}.230/0/sales", DAY + 1_300), Some(40))]);
    let ended = all[1]["id"].as_str().unwrap();
    let closed = client.post(&format!("/api/v1/calls/{ended}/close"), json!({})).await;
    assert_eq!(closed.status, 409);
    let gone = client.post("/api/v1/calls/open-1.1%2F0%2Fsales/close", json!({})).await;
    assert_eq!(gone.status, 409);
    let agent = house.inside(Role::Agent).await;
    assert_eq!(agent.post(&path, json!({})).await.status, 403);
    let root = house.inside(Role::Administrator).await;
    let audit = root.get("/api/v1/audit?limit=10").await.json();
    let row = audit["rows"].as_array().unwrap().iter().find(|row| row["action"] == "call.close");
    assert_eq!(row.unwrap()["account"], "supervisor");
}

#[tokio::test]
async fn the_list_goes_away_as_a_file_in_the_readers_language() {
    let house = office().await;
    let client = house.inside(Role::Supervisor).await;
    let path = format!("/api/v1/calls?{PERIOD}&tz=Europe/Paris&from=2026-11-20T00:00&format=csv");
    let path = path.replace("from=2026-11-20&", "");
    let french = [("accept-language", "fr-FR,fr;q=0.9")];
    let answer = client.send("GET", &path, &french, None).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"calls.csv\""));
    let lines: Vec<&str> = answer.text().split("\r\n").collect();
    assert!(lines[0].starts_with("\u{feff}Entrée,Fin,File,"), "{}", lines[0]);
    // The label line, nine closed calls, one open, and the end of the text.
    assert_eq!(lines.len(), 12);
    assert!(lines[1].starts_with("2026-11-20 01:21:40,,sales,"), "{}", lines[1]);
    assert!(answer.text().contains("\"'=SUM(A1)\""), "a formula left as it is");
    let agent = house.inside(Role::Agent).await;
    assert_eq!(agent.get(&path).await.status, 403);
}

#[tokio::test]
async fn a_long_file_comes_whole() {
    let house = House::build().await;
    let text: String = (0..1_234).map(|n| lost(n * 40, n as u32, "sales", "5551234")).collect();
    feed(&house, &text);
    let client = house.inside(Role::Supervisor).await;
    let answer = client.get(&format!("/api/v1/calls?{PERIOD}&format=csv")).await;
    assert_eq!(answer.text().lines().count(), 1_235);
}

#[tokio::test]
async fn reports_are_listed_and_answered_as_the_document_says() {
    let house = office().await;
    let client = house.inside(Role::Supervisor).await;
    let document = openapi::document();
    let schema = |path: &str| {
        let operation = &document["paths"][path]["get"];
        operation["responses"]["200"]["content"]["application/json"]["schema"].clone()
    };
    let catalogue = client.get("/api/v1/reports").await.json();
    assert_eq!(fault(&document, &schema("/api/v1/reports"), &catalogue, "catalogue"), None);
    let blocks: Vec<String> = catalogue["groups"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|group| group["blocks"].as_array().unwrap().clone())
        .map(|block| block["id"].as_str().unwrap().to_owned())
        .collect();
    assert!(blocks.len() > 20, "{blocks:?}");
    for block in &blocks {
        let report = client.get(&format!("/api/v1/reports/{block}?{PERIOD}")).await;
        assert_eq!(report.status, 200, "{block}: {}", report.text());
        let schema = schema("/api/v1/reports/{block}");
        assert_eq!(fault(&document, &schema, &report.json(), block), None);
        let csv = client.get(&format!("/api/v1/reports/{block}?{PERIOD}&format=csv")).await;
        assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
        let rows = report.json()["rows"].as_array().unwrap().len();
        assert_eq!(csv.text().matches("\r\n").count(), rows + 1, "{block}");
    }
    let unknown = client.get(&format!("/api/v1/reports/nothing?{PERIOD}")).await;
    assert_eq!(unknown.status, 404);
}

#[tokio::test]
async fn a_report_is_compared_with_another_period() {
    let house = office().await;
    let client = house.inside(Role::Supervisor).await;
    let document = openapi::document();
    let schema = &document["paths"]["/api/v1/reports/{block}"]["get"]["responses"]["200"];
    let schema = &schema["content"]["application/json"]["schema"];
    for block in ["overview-queues", "by-day-answered", "agents-hours-talk"] {
        for other in ["previous", "year-ago", "2026-11-01..2026-11-02"] {
            let path = format!("/api/v1/reports/{block}?{PERIOD}&compare={other}");
            let report = client.get(&path).await;
            assert_eq!(report.status, 200, "{path}: {}", report.text());
            assert_eq!(fault(&document, schema, &report.json(), block), None);
            assert!(report.json()["compare"]["rows"].is_array());
        }
    }
    let path = format!("/api/v1/reports/overview?{PERIOD}&compare=previous&format=csv");
    let csv = client.get(&path).await;
    // The label holds a comma, so it is quoted.
    assert!(csv.text().contains(", compared (OV-1:compared)\""), "{}", csv.text());
    let refused = client.get(&format!("/api/v1/reports/overview?{PERIOD}&compare=then")).await;
    assert_eq!(refused.status, 400);
    assert!(refused.json()["error"]["fields"]["compare"]["code"].is_string(), "{}", refused.text());
    let list = client.get(&format!("/api/v1/reports/calls?{PERIOD}&compare=previous")).await;
    assert_eq!(list.status, 400);
}

#[tokio::test]
async fn labels_of_reports_follow_the_reader() {
    let house = office().await;
    let client = house.inside(Role::Supervisor).await;
    let path = format!("/api/v1/reports/{}?{PERIOD}", first_block(&client).await);
    let english = client.get(&path).await.json();
    let french = client.send("GET", &path, &[("accept-language", "fr")], None).await.json();
    assert_ne!(english["label"], french["label"]);
    assert_eq!(english["rows"], french["rows"]);
    // Without a wish of the browser the account's language counts.
    client.send("PATCH", "/api/v1/me", &[], Some(json!({ "language": "fr" }))).await;
    assert_eq!(client.get(&path).await.json()["label"], french["label"]);
}

async fn first_block(client: &Client) -> String {
    let catalogue = client.get("/api/v1/reports").await.json();
    catalogue["groups"][0]["blocks"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_page_full_of_reports_is_answered_and_leaves_room_for_others() {
    let house = office().await;
    let client = house.inside(Role::Supervisor).await;
    let block = first_block(&client).await;
    let asked: Vec<_> = (0..12)
        .map(|_| {
            let (client, path) = (client.clone(), format!("/api/v1/reports/{block}?{PERIOD}"));
            tokio::spawn(async move { client.get(&path).await.status })
        })
        .collect();
    // A new face has to be looked up in the database meanwhile.
    assert_eq!(house.inside(Role::User).await.get("/api/v1/me").await.status, 200);
    for report in asked {
        assert_eq!(report.await.unwrap(), 200);
    }
}
