//! The live view on the wire: its rows are declared by `live`, with the
//! names of the API; here they get their description.

use serde_json::Value;

use crate::live::Link;
use crate::live::view::{
    Agent, AgentState, Call, CallState, Difference, Flow, Queue, Seat, Snapshot, Source,
    SourceState,
};
use crate::portal::schema::{Components, Described, describe, words};

macro_rules! words_of {
    ($($type:ty => $words:expr),+ $(,)?) => {
        $(impl Described for $type {
            fn shape(_: &mut Components) -> Value {
                words($words)
            }
        })+
    };
}

words_of! {
    SourceState => &["following", "waiting", "missing", "unreadable"],
    CallState => &["waiting", "ringing", "talking", "hold"],
    Flow => &["in", "out"],
    AgentState => &[
        "talking", "hold", "ringing", "paused", "wrapup", "in_use", "unavailable", "ready",
    ],
}

describe! {
    Source as "LiveSource" {
        state: SourceState,
        path: String,
        last_record: Option<i64>,
        last_read: i64,
        detail: Option<String>,
    }
    Queue as "LiveQueue" {
        name: String,
        label: String,
        waiting: u32,
        longest_since: Option<i64>,
        agents: u32,
        ready: u32,
        ringing: u32,
        talking: u32,
        elsewhere: u32,
        wrapup: u32,
        paused: u32,
        in_use: u32,
        unavailable: u32,
        unknown: u32,
        talking_in: u32,
        talking_out: u32,
        offered: u32,
        answered: u32,
        lost: u32,
        within_sla: Option<f64>,
        sla_seconds: i64,
        sla_goal: f64,
        avg_wait: Option<f64>,
        avg_talk: Option<f64>,
        total_talk: i64,
        max_wait: Option<i64>,
        estimated_wait: Option<f64>,
    }
    Call as "LiveCall" {
        id: String,
        call_id: String,
        direction: Flow,
        queue: String,
        number: String,
        name: String,
        entered: i64,
        state: CallState,
        since: i64,
        wait: Option<i64>,
        agent: Option<String>,
        position: Option<u32>,
        attempts: u32,
        last_tried: Option<String>,
        dnis: Option<String>,
        ivr: Option<String>,
        tag: Option<String>,
    }
    Agent as "LiveAgent" {
        name: String,
        label: String,
        state: AgentState,
        since: i64,
        direction: Option<Flow>,
        queues: Vec<String>,
        paused_queues: Vec<String>,
        pause_code: Option<String>,
        seats: Vec<Seat>,
        phone: Option<String>,
        device: Option<&'static str>,
        extension: Option<String>,
        logged_on: Option<i64>,
        caller: Option<String>,
        caller_name: Option<String>,
        call_queue: Option<String>,
        last_call_end: Option<i64>,
        last_queue: Option<String>,
        taken: u32,
        lost_attempts: u32,
        talk: i64,
        pause: i64,
    }
    Seat as "LiveSeat" {
        queue: String,
        interface: String,
        dynamic: bool,
        penalty: i64,
        calls_taken: u32,
        paused_since: Option<i64>,
        pause_code: Option<String>,
    }
    Snapshot as "LiveSnapshot" {
        seq: u64,
        now: i64,
        since: i64,
        source: Source,
        ami: Link,
        total: Queue,
        queues: Vec<Queue>,
        calls: Vec<Call>,
        agents: Vec<Agent>,
    }
}

/// Parts of a difference that did not change are left out.
impl Described for Difference {
    fn shape(components: &mut Components) -> Value {
        components.named("LiveChange", |components| {
            let texts = <Vec<String>>::shape(components);
            crate::portal::schema::object(
                "Rows are whole; parts without change are left out.",
                vec![
                    ("seq", u64::shape(components), true),
                    ("now", i64::shape(components), true),
                    ("source", Source::shape(components), false),
                    ("ami", Link::shape(components), false),
                    ("total", Queue::shape(components), false),
                    ("queues", <Vec<Queue>>::shape(components), false),
                    ("queues_gone", texts.clone(), false),
                    ("calls", <Vec<Call>>::shape(components), false),
                    ("calls_gone", texts.clone(), false),
                    ("agents", <Vec<Agent>>::shape(components), false),
                    ("agents_gone", texts, false),
                ],
            )
        })
    }
}
