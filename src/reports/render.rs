//! A report as text: aligned for terminals, CSV, JSON.

use crate::base::time::timestamp;
use crate::base::{Secs, UnixSec, Zone};
use crate::reports::report::{Column, Report, Value};

impl Report {
    /// One JSON object with a newline at its end; numbers exact.
    pub fn json(&self) -> String {
        // Writing to memory fails for no value a report can hold.
        let mut text = serde_json::to_string(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// RFC 4180: a header row with label and id of each column, lines ended
    /// by CR LF, no data as an empty field. Numbers are exact, times epoch
    /// seconds. Text that a spreadsheet would run as a formula gets an
    /// apostrophe in front.
    pub fn csv(&self) -> String {
        let mut out = String::from("key");
        for column in &self.columns {
            out.push(',');
            field(&mut out, &format!("{} ({})", column.label, column.id));
        }
        out.push_str("\r\n");
        for row in &self.rows {
            field(&mut out, &row.key);
            for value in &row.values {
                out.push(',');
                match value {
                    Value::None => {}
                    Value::Int(number) => out.push_str(&number.to_string()),
                    Value::Real(number) => out.push_str(&number.to_string()),
                    Value::Text(text) => field(&mut out, text),
                }
            }
            out.push_str("\r\n");
        }
        out
    }

    /// Columns side by side for a terminal: durations as H:MM:SS, times in
    /// the report's zone, percentages with one decimal, `-` for no data.
    pub fn table(&self, zone: &Zone) -> String {
        let mut lines: Vec<Vec<String>> = Vec::with_capacity(self.rows.len() + 1);
        let labels = self.columns.iter().map(|column| column.label.clone());
        lines.push(std::iter::once(String::new()).chain(labels).collect());
        for row in &self.rows {
            let cells = self.columns.iter().zip(&row.values);
            let cells = cells.map(|(column, value)| shown(column, value, zone));
            lines.push(std::iter::once(row.key.clone()).chain(cells).collect());
        }
        let widths: Vec<usize> = (0..=self.columns.len())
            .map(|at| lines.iter().filter_map(|line| line.get(at)).map(|cell| width(cell)).max())
            .map(|widest| widest.unwrap_or(0))
            .collect();
        let mut out = String::new();
        for line in lines {
            let mut text = String::new();
            for (at, (cell, widest)) in line.iter().zip(&widths).enumerate() {
                let blank = " ".repeat(widest - width(cell).min(*widest));
                let left = at == 0 || self.columns.get(at - 1).is_some_and(|c| c.unit == "text");
                if at > 0 {
                    text.push_str("  ");
                }
                let (before, after) = if left { ("", blank.as_str()) } else { (&*blank, "") };
                text.push_str(before);
                // A name must not move the cursor of whoever reads it.
                text.extend(cell.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }));
                text.push_str(after);
            }
            out.push_str(text.trim_end());
            out.push('\n');
        }
        out
    }
}

fn width(text: &str) -> usize {
    text.chars().count()
}

/// A field of CSV, quoted where it must be.
fn field(out: &mut String, text: &str) {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.len() > 1;
    let number = text.parse::<f64>().is_ok();
    let text = if formula && !number { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) {
        out.push('"');
        out.push_str(&text.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(&text);
    }
}

fn shown(column: &Column, value: &Value, zone: &Zone) -> String {
    match (value, column.unit) {
        (Value::None, _) => "-".to_owned(),
        (Value::Text(text), _) => text.clone(),
        (Value::Int(at), "time") => moment(*at, zone),
        (Value::Int(secs), "s") => duration(*secs),
        // Half up; the seconds of an average are never negative.
        (Value::Real(secs), "s") => duration((secs + 0.5).floor() as Secs),
        (Value::Int(number), "%") => format!("{number}.0"),
        (Value::Int(number), _) => number.to_string(),
        (Value::Real(number), "%") => format!("{number:.1}"),
        (Value::Real(number), _) => format!("{number:.2}"),
    }
}

/// H:MM:SS.
pub fn duration(secs: Secs) -> String {
    let sign = if secs < 0 { "-" } else { "" };
    let secs = secs.unsigned_abs();
    format!("{sign}{}:{:02}:{:02}", secs / 3600, secs / 60 % 60, secs % 60)
}

fn moment(at: UnixSec, zone: &Zone) -> String {
    timestamp(at).to_zoned(zone.tz().clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::report::{Header, Row};

    fn sample() -> Report {
        let column = |id: &str, unit| Column {
            id: id.into(),
            label: format!("Label {id}"),
            unit,
            description: String::new(),
        };
        Report {
            block: "overview",
            label: "Overview".into(),
            header: Header {
                from: 0,
                to: 60,
                zone: "UTC".into(),
                generated_at: 60,
                queues: Vec::new(),
                atomic_queues: Vec::new(),
                agents: Vec::new(),
                filters: Default::default(),
                processed: 3,
                short: 1,
                ratio: Some(200.0 / 3.0),
                answered: 2,
                lost: 0,
                multi_stint: false,
                covered_from: None,
                notes: Vec::new(),
            },
            columns: vec![
                column("A", "n"),
                column("B", "s"),
                column("C", "text"),
                column("D", "%"),
                column("E", "time"),
            ],
            rows: vec![
                Row {
                    key: "sales, \"east\"".into(),
                    values: vec![
                        Value::Int(12),
                        Value::Real(3661.5),
                        Value::Text("=1+1".into()),
                        Value::Real(100.0 / 3.0),
                        Value::Int(1_795_189_119),
                    ],
                },
                Row { key: "b".into(), values: vec![Value::None; 5] },
            ],
            compare: None,
        }
    }

    #[test]
    fn csv_quotes_what_it_must_and_disarms_formulas() {
        assert_eq!(
            sample().csv(),
            "key,Label A (A),Label B (B),Label C (C),Label D (D),Label E (E)\r\n\
             \"sales, \"\"east\"\"\",12,3661.5,'=1+1,33.333333333333336,1795189119\r\n\
             b,,,,,\r\n"
        );
    }

    #[test]
    fn json_has_ids_as_keys_exact_numbers_and_null_for_no_data() {
        let json: serde_json::Value = serde_json::from_str(&sample().json()).unwrap();
        assert_eq!(json["block"], "overview");
        assert_eq!(json["columns"][0]["id"], "A");
        assert_eq!(json["rows"][0]["key"], "sales, \"east\"");
        assert_eq!(json["rows"][0]["D"].as_f64().unwrap(), 100.0 / 3.0);
        assert!(json["rows"][1]["A"].is_null());
        assert_eq!(json["header"]["short"], 1);
    }

    #[test]
    fn a_table_is_aligned_and_readable() {
        let text = sample().table(&Zone::utc());
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(lines[1].contains("1:01:02"), "{}", lines[1]);
        assert!(lines[1].contains("33.3") && lines[1].contains("2026-11-20 15:38:39"));
        assert_eq!(lines[0].find("Label E").map(|at| at + 7), Some(lines[1].len()));
        assert_eq!(duration(59), "0:00:59");
        assert_eq!(duration(360_000), "100:00:00");
    }
}
