//! Reports on the wire: declared by `reports` with the names of the API.

use serde_json::{Value, json};

use crate::portal::schema::{Components, Described, describe, documented, object, wire, words};
use crate::reports::{Column, Header, Report};

wire! {
    /// A report that can be asked for.
    pub struct BlockInfo {
        id: String,
        label: String,
        description: String,
        /// What a row is: all, queue, agent, hour, day, dow, …
        scope: String,
    }

    /// A chapter of the catalogue.
    pub struct GroupInfo {
        id: String,
        label: String,
        blocks: Vec<BlockInfo>,
    }

    pub struct Catalogue {
        groups: Vec<GroupInfo>,
    }
}

describe! {
    Header as "ReportHeader" {
        from: i64,
        to: i64,
        zone: String,
        generated_at: i64,
        queues: Vec<String>,
        atomic_queues: Vec<String>,
        agents: Vec<String>,
        filters: std::collections::BTreeMap<String, String>,
        processed: u64,
        short: u64,
        ratio: Option<f64>,
        answered: u64,
        lost: u64,
        multi_stint: bool,
        covered_from: Option<i64>,
        notes: Vec<String>,
    }
}

/// A figure of the catalogue.
impl Described for Column {
    fn shape(components: &mut Components) -> Value {
        components.named("ReportColumn", |components| {
            let text = String::shape(components);
            let units = words(&["n", "s", "%", "x", "/h", "time", "text", "pos"]);
            object(
                "",
                vec![
                    ("id", text.clone(), true),
                    ("label", text.clone(), true),
                    ("unit", units, true),
                    ("description", text, true),
                ],
            )
        })
    }
}

/// Rows hold `key` and the columns by their ids.
impl Described for Report {
    fn shape(components: &mut Components) -> Value {
        components.named("Report", |components| {
            let text = String::shape(components);
            let value = json!({ "oneOf": [
                { "type": "number" }, { "type": "string" }, { "type": "null" },
            ] });
            let row = json!({
                "type": "object",
                "properties": { "key": text.clone() },
                "required": ["key"],
                "additionalProperties": value,
            });
            let own = "key of the row in its own period, where it is a date";
            let mut other = row.clone();
            other["properties"]["own"] = documented(text.clone(), own);
            let rows = |row: &Value| json!({ "type": "array", "items": row });
            let comparison = components.named("ReportComparison", |components| {
                object(
                    "The answer of another period under the same keys and columns",
                    vec![
                        ("header", Header::shape(components), true),
                        ("rows", rows(&other), true),
                        ("differences", rows(&row), true),
                    ],
                )
            });
            object(
                "",
                vec![
                    ("block", text.clone(), true),
                    ("label", text, true),
                    ("header", Header::shape(components), true),
                    ("columns", <Vec<Column>>::shape(components), true),
                    ("rows", rows(&row), true),
                    ("compare", comparison, false),
                ],
            )
        })
    }
}
