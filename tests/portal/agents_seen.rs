//! Whom a supervisor of some queues sees: the agents who belong to them, in
//! no report anybody else; and filters that mean the same wherever they are
//! given.

use serde_json::{Value, json};
use switchroom::people::Role;

use crate::calls::{DAY, PERIOD, feed, morning, office, rows};
use crate::client::Client;
use crate::house::House;

/// The office with people on queues and one who is on none.
async fn staffed() -> House {
    let house = House::build().await;
    let mut text = morning();
    for (agent, queue) in [
        ("Agent/101", "sales"),
        ("Agent/102", "care"),
        ("Agent/102", "sales"),
        ("Agent/103", "care"),
    ] {
        text += &format!("{}|MANAGER|{queue}|{agent}|ADDMEMBER|\n", DAY + 2_000);
    }
    text += &format!("{}|{}.9|NONE|Agent/104|AGENTLOGIN|SIP/104\n", DAY + 2_001, DAY + 2_001);
    for agent in ["Agent/101", "Agent/102", "Agent/103", "Agent/104"] {
        text += &format!("{}|NONE|NONE|{agent}|PAUSEALL|lunch\n", DAY + 2_100);
        text += &format!("{}|NONE|NONE|{agent}|UNPAUSEALL|\n", DAY + 2_200);
    }
    for (agent, queue) in [
        ("Agent/101", "sales"),
        ("Agent/102", "care"),
        ("Agent/102", "sales"),
        ("Agent/103", "care"),
    ] {
        text += &format!("{}|MANAGER|{queue}|{agent}|REMOVEMEMBER|\n", DAY + 3_000);
    }
    text += &format!("{}|{}.9|NONE|Agent/104|AGENTLOGOFF|SIP/104|999\n", DAY + 3_000, DAY + 2_001);
    feed(&house, &text);
    house.clock.store(DAY + 4_000, std::sync::atomic::Ordering::Relaxed);
    house
}

async fn blocks(client: &Client) -> Vec<String> {
    let catalogue = client.get("/api/v1/reports").await.json();
    let groups = catalogue["groups"].as_array().unwrap().clone();
    let blocks = groups.iter().flat_map(|group| group["blocks"].as_array().unwrap().clone());
    blocks.map(|block| block["id"].as_str().unwrap().to_owned()).collect()
}

async fn agents(client: &Client) -> Vec<Value> {
    let answer = client.get("/api/v1/agents").await.json();
    answer["agents"].as_array().unwrap().iter().map(|agent| agent["name"].clone()).collect()
}

#[tokio::test]
async fn a_supervisor_of_one_queue_sees_its_agents_and_nobody_else_in_any_report() {
    let house = staffed().await;
    house.limit_queues("supervisor", &["care"]).await;
    let limited = house.inside(Role::Supervisor).await;
    let root = house.inside(Role::Administrator).await;
    let (mut own, mut others) = (0, 0);
    for block in blocks(&limited).await {
        let path = format!("/api/v1/reports/{block}?{PERIOD}");
        let answer = limited.get(&path).await;
        let text = answer.text();
        for outsider in ["Agent/101", "Agent/104"] {
            assert!(!text.contains(outsider), "{block}: {text}");
        }
        // Nor the other queue an agent of this one is on.
        let rows = answer.json()["rows"].to_string();
        assert!(!rows.contains("sales"), "{block}: {rows}");
        own += usize::from(text.contains("Agent/103"));
        let asked = limited.get(&format!("{path}&agent=Agent/101")).await.json();
        assert_eq!(asked["rows"].to_string().matches("Agent/101").count(), 0, "{block}");
        others += usize::from(root.get(&path).await.text().contains("Agent/104"));
    }
    assert!(own > 10 && others > 10, "{own} {others}");
    assert_eq!(agents(&limited).await, ["Agent/102", "Agent/103"]);
    assert_eq!(agents(&root).await, ["Agent/101", "Agent/102", "Agent/103", "Agent/104"]);
    // All queues at once is what everybody without a limit sees.
    house.limit_queues("supervisor", &["care", "sales"]).await;
    let both = house.inside(Role::Supervisor).await;
    assert_eq!(agents(&both).await, ["Agent/101", "Agent/102", "Agent/103"]);
}

#[tokio::test]
async fn a_filter_lets_the_same_calls_into_the_list_and_into_reports() {
    let house = office().await;
    let client = house.inside(Role::Supervisor).await;
    for (filter, count) in [
        ("&caller=5551234", 7),
        ("&caller=555-12*", 7),
        ("&caller=*9999", 1),
        ("&caller=%2B5551234", 7),
        ("&caller=anonymous", 0),
        ("&where=any(queue=care,caller=5551*)", 9),
        ("&where=none(answered=yes)", 2),
        ("&where=any(all(queue=care,answered=no),agent=102)", 2),
        ("&queue=sales&where=caller=*1234", 7),
        ("&server=pbx", 0),
        ("&variable=mood", 0),
    ] {
        // An open call is listed and not counted.
        let listed = rows(&client, filter).await;
        let closed = listed.iter().filter(|row| row["open"] == json!(false)).count();
        assert_eq!(closed, count, "{filter}");
        let overview = client.get(&format!("/api/v1/reports/overview?{PERIOD}{filter}")).await;
        assert_eq!(overview.json()["header"]["processed"], json!(count), "{filter}");
        let page = client.get(&format!("/api/v1/calls?{PERIOD}{filter}")).await.json();
        assert_eq!(page["summary"]["offered"], json!(count), "{filter}");
    }
}
