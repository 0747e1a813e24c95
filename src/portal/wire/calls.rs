//! Calls on the wire: rows and pages are declared by `reports`, with the
//! names of the API.

use serde_json::Value;

use crate::portal::schema::{Components, Described, describe, object, wire};
use crate::reports::calls::{CallDetail, CallRow, Moment, OtherStint, Segment};

describe! {
    CallRow as "CallRow" {
        id: String,
        call_id: String,
        enter: i64,
        end: i64,
        queue: String,
        direction: &'static str,
        answered: bool,
        cause: &'static str,
        number: String,
        name: String,
        agent: Option<String>,
        wait: Option<i64>,
        talk: Option<i64>,
        hold: i64,
        ring: Option<i64>,
        position: Option<u32>,
        attempts: usize,
        outcome: Option<String>,
        tag: Option<String>,
        features: Vec<String>,
        transfer_to: Option<String>,
        detail: Option<String>,
        dnis: Option<String>,
        ivr: Option<String>,
        stints: u32,
        quality: Vec<&'static str>,
        open: bool,
    }
    Segment as "CallSegment" {
        kind: &'static str,
        from: i64,
        to: i64,
        agent: Option<String>,
    }
    Moment as "CallMoment" {
        at: i64,
        kind: &'static str,
        agent: Option<String>,
        text: String,
        more: String,
        secs: Option<i64>,
    }
    OtherStint as "OtherStint" {
        id: String,
        queue: String,
        enter: i64,
        wait: Option<i64>,
        talk: Option<i64>,
        answered: bool,
        cause: &'static str,
        current: bool,
    }
}

/// A row with everything else: one flat object.
impl Described for CallDetail {
    fn shape(components: &mut Components) -> Value {
        let _ = CallRow::shape(components);
        components.named("CallDetail", |components| {
            let mut schema = object(
                "A stint with everything known of it.",
                vec![
                    ("alias", <Option<String>>::shape(components), true),
                    ("member_id", <Option<String>>::shape(components), true),
                    ("url", String::shape(components), true),
                    ("ivr_secs", <Option<i64>>::shape(components), true),
                    ("exit_position", <Option<u32>>::shape(components), true),
                    ("segments", <Vec<Segment>>::shape(components), true),
                    ("timeline", <Vec<Moment>>::shape(components), true),
                    ("others", <Vec<OtherStint>>::shape(components), true),
                ],
            );
            if let Some(row) = components.0.get("CallRow").cloned() {
                for (name, property) in row["properties"].as_object().into_iter().flatten() {
                    schema["properties"][name] = property.clone();
                }
                let names = [&row["required"], &schema["required"]];
                let names = names.iter().flat_map(|names| names.as_array().into_iter().flatten());
                schema["required"] = names.cloned().collect();
            }
            schema
        })
    }
}

wire! {
    pub struct CallsHeader {
        from: i64,
        to: i64,
        zone: String,
        generated_at: i64,
    }

    pub struct CallsSummary {
        offered: u64,
        answered: u64,
        lost: u64,
    }

    pub struct CallPage {
        header: CallsHeader,
        rows: Vec<CallRow>,
        /// Marker of the next page.
        next: Option<String>,
        /// Null when there are too many to count in time.
        total: Option<u64>,
        summary: Option<CallsSummary>,
    }

    pub struct Closed {
        closed: bool,
    }
}
