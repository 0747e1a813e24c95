//! Figures of queues for programs: `QueueSummary` and `MemberSummary` of the
//! call-event service (`portal.md` 21.4).
//!
//! They are those of the board, so they count since the start of the day and
//! nobody asks Asterisk for them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::live::Snapshot;
use crate::live::view::{Agent, AgentState, Queue};

/// What a subscriber was told of each queue.
#[derive(Debug, Default)]
pub struct Summaries(BTreeMap<(&'static str, String), Map<String, Value>>);

impl Summaries {
    /// What is different on this board; remembers it as told.
    pub fn news(&mut self, board: &Snapshot) -> Vec<(&'static str, Map<String, Value>)> {
        let mut news = Vec::new();
        for queue in &board.queues {
            let members = members(queue, &board.agents);
            for (kind, rest) in [("QueueSummary", figures(queue)), ("MemberSummary", members)] {
                let Value::Object(mut rest) = rest else { continue };
                let key = (kind, queue.name.clone());
                if self.0.get(&key) == Some(&rest) {
                    continue;
                }
                self.0.insert(key, rest.clone());
                if kind == "QueueSummary" {
                    // It grows by itself; whoever wants to may count on from the moment.
                    let longest = queue.longest_since.map_or(0, |since| board.now - since);
                    rest.insert("longestHoldTime".to_owned(), json!(longest));
                }
                news.push((kind, rest));
            }
        }
        news
    }
}

/// Seconds are whole, shares per cent; `null` while nothing was counted.
fn figures(queue: &Queue) -> Value {
    let whole = |secs: Option<f64>| secs.map(|secs| secs.round() as i64);
    json!({
        "queue": queue.name,
        "available": queue.ready,
        "loggedIn": queue.agents,
        "calls": queue.waiting,
        "longestSince": queue.longest_since,
        "holdTime": whole(queue.avg_wait),
        "talkTime": whole(queue.avg_talk),
        "completed": queue.answered,
        "abandoned": queue.lost,
        "serviceLevel": queue.sla_seconds,
        "serviceLevelPerf": queue.within_sla,
    })
}

fn members(queue: &Queue, agents: &[Agent]) -> Value {
    let here = agents.iter().filter(|agent| agent.queues.contains(&queue.name));
    let member = |agent: &Agent| {
        let seat = agent.seats.iter().find(|seat| seat.queue == queue.name);
        let talks = matches!(agent.state, AgentState::Talking | AgentState::Hold);
        json!({
            "queue": queue.name,
            "memberName": agent.name,
            "location": seat.map(|seat| &seat.interface),
            "paused": agent.paused_queues.contains(&queue.name),
            "incall": talks && agent.call_queue.as_ref() == Some(&queue.name),
            "callsTaken": seat.map(|seat| seat.calls_taken),
            "lastCall": agent.last_call_end,
        })
    };
    json!({ "queue": queue.name, "members": here.map(member).collect::<Vec<_>>() })
}
