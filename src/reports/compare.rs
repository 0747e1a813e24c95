//! One question over two periods: which the other period is, and both answers
//! side by side.
//!
//! The other answer has the columns of the first and, where rows are days,
//! its keys: the first day is laid beside the first, the second beside the
//! second. Everything else in the question stays as it is.

use jiff::ToSpan;
use jiff::civil::DateTime;
use rustc_hash::FxHashMap;
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::base::{Error, Kind, Result, UnixSec, Zone};
use crate::reports::block::{find, run};
use crate::reports::params::{Fault, known_moment};
use crate::reports::period::{Base, Calendar};
use crate::reports::query::{Language, Query};
use crate::reports::report::{Column, Header, Keyed, Report, Row, Value};
use crate::reports::source::Source;

/// What `compare` accepts, for help texts and for the description of the API.
pub const ACCEPTS: &str = "previous, year-ago, or another period FROM..TO: \
     the same figures of that period go with the answer";

/// The answer of the other period.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    pub header: Header,
    /// Under the keys and columns of the first answer.
    pub rows: Vec<Other>,
    /// What the first answer has more than this one, for rows that both have;
    /// no data where one of them has none, and for texts and moments.
    pub differences: Vec<Row>,
}

/// A row of the other period.
#[derive(Clone, Debug, PartialEq)]
pub struct Other {
    pub row: Row,
    /// Its own key where that differs: the date of a day.
    pub own: Option<String>,
}

/// The period that `text` names, half open.
///
/// `previous` is as many whole months, or days, or seconds before as the
/// period is long; `year-ago` the same dates one year earlier.
///
/// Errors: the text is none of what [`ACCEPTS`] says.
pub fn other_period(text: &str, query: &Query) -> std::result::Result<(UnixSec, UnixSec), Fault> {
    let fault = |message: String| Fault { field: "compare".to_owned(), message };
    match text {
        "previous" => Ok(previous(query)),
        "year-ago" => Ok(year_ago(query)),
        _ => {
            let unknown = || fault(format!("{text:?} is unknown; give {ACCEPTS}"));
            let (from, to) = text.split_once("..").ok_or_else(unknown)?;
            let moment = |text: &str| known_moment(text.trim()).map(|at| query.zone.moment(at));
            let (from, to) = moment(from).zip(moment(to)).ok_or_else(unknown)?;
            if from >= to {
                return Err(fault("the end must be later than the start".to_owned()));
            }
            Ok((from, to))
        }
    }
}

fn local(zone: &Zone, at: UnixSec) -> DateTime {
    zone.local(at)
}

fn is_midnight(at: DateTime) -> bool {
    at.time() == jiff::civil::Time::midnight()
}

fn previous(query: &Query) -> (UnixSec, UnixSec) {
    let (from, to) = (local(&query.zone, query.from), local(&query.zone, query.to));
    if !is_midnight(from) || !is_midnight(to) {
        return (query.from - (query.to - query.from), query.from);
    }
    let months = i64::from(to.year() - from.year()) * 12 + i64::from(to.month() - from.month());
    let span = if from.day() == 1 && to.day() == 1 {
        months.months()
    } else {
        i64::from(from.date().until(to.date()).map_or(1, |span| span.get_days())).days()
    };
    let start = from.checked_sub(span).map_or(query.from - 86_400, |at| query.zone.moment(at));
    (start, query.from)
}

fn year_ago(query: &Query) -> (UnixSec, UnixSec) {
    let back = |at: UnixSec| {
        let then = local(&query.zone, at).checked_sub(1.year());
        then.map_or(at - 365 * 86_400, |at| query.zone.moment(at))
    };
    let (from, to) = (back(query.from), back(query.to));
    // 29 February alone goes to 28 February.
    (from, to.max(from + 1))
}

/// Answers a question for its period and for another.
///
/// Errors: as [`run`], and [`Kind::Invalid`] for a list, whose rows have
/// nothing to be compared with.
pub fn run_compared(
    id: &str,
    query: &Query,
    other: (UnixSec, UnixSec),
    source: &dyn Source,
) -> Result<Report> {
    let block = find(id)?;
    if block.scope == "list" {
        let text = "compare: rows of a list are single calls, sessions or pauses; \
                    ask for a block of figures";
        return Err(Error::new(Kind::Invalid, text).coded("report.list", []));
    }
    let mut report = run(id, query, source)?;
    let then = Query { from: other.0, to: other.1, ..query.clone() };
    let mut answer = run(id, &then, source)?;
    share_columns(&mut report, &mut answer);
    let days = match block.scope {
        "day" | "agent by day" => paired_days(query, &then),
        _ => FxHashMap::default(),
    };
    let rows: Vec<Other> = answer.rows.into_iter().map(|row| rekeyed(row, &days)).collect();
    let differences = differences(&report, &rows);
    report.compare = Some(Box::new(Comparison { header: answer.header, rows, differences }));
    Ok(report)
}

/// Columns that only one answer has (an hour, a skill) stand in both.
fn share_columns(one: &mut Report, other: &mut Report) {
    for column in &other.columns {
        if !one.columns.contains(column) {
            one.columns.push(column.clone());
        }
    }
    for row in &mut one.rows {
        row.values.resize(one.columns.len(), Value::None);
    }
    let places: Vec<Option<usize>> = (one.columns.iter())
        .map(|column| other.columns.iter().position(|known| known == column))
        .collect();
    for row in &mut other.rows {
        let take = |place: &Option<usize>| {
            place.and_then(|at| row.values.get(at).cloned()).unwrap_or(Value::None)
        };
        row.values = places.iter().map(take).collect();
    }
    other.columns.clone_from(&one.columns);
}

/// The dates of the other period and the ones they lie beside.
fn paired_days(query: &Query, then: &Query) -> FxHashMap<String, String> {
    let days = |query: &Query| {
        let calendar = Calendar::new(&query.zone, query.from, query.to, query.window.clone());
        calendar.buckets(Base::Day).into_values().map(|bucket| bucket.key)
    };
    days(then).zip(days(query)).collect()
}

fn rekeyed(mut row: Row, days: &FxHashMap<String, String>) -> Other {
    // `agent / day` or the day alone.
    let (head, day) = match row.key.rsplit_once(" / ") {
        Some((head, day)) => (Some(head), day),
        None => (None, row.key.as_str()),
    };
    let Some(beside) = days.get(day).filter(|beside| *beside != day) else {
        return Other { row, own: None };
    };
    let key = match head {
        Some(head) => format!("{head} / {beside}"),
        None => beside.clone(),
    };
    let own = std::mem::replace(&mut row.key, key);
    Other { row, own: Some(own) }
}

fn differences(report: &Report, others: &[Other]) -> Vec<Row> {
    let others: FxHashMap<&str, &Row> =
        others.iter().map(|other| (other.row.key.as_str(), &other.row)).collect();
    let both = report.rows.iter().filter_map(|row| Some((row, *others.get(row.key.as_str())?)));
    both.map(|(row, other)| {
        let pairs = report.columns.iter().zip(row.values.iter().zip(&other.values));
        let values = pairs.map(|(column, (now, then))| difference(column, now, then)).collect();
        Row { key: row.key.clone(), values }
    })
    .collect()
}

fn difference(column: &Column, now: &Value, then: &Value) -> Value {
    if column.unit == "time" || column.unit == "text" {
        return Value::None;
    }
    match (now, then) {
        (Value::Int(now), Value::Int(then)) => Value::Int(now - then),
        (Value::Int(now), Value::Real(then)) => Value::Real(*now as f64 - then),
        (Value::Real(now), Value::Int(then)) => Value::Real(now - *then as f64),
        (Value::Real(now), Value::Real(then)) => Value::Real(now - then),
        _ => Value::None,
    }
}

impl Report {
    /// The two answers as one table: after each figure the other period's and
    /// the difference. Without a comparison the report itself.
    pub fn side_by_side(&self, language: Language) -> Report {
        let mut table = Report { compare: None, ..self.clone() };
        let Some(comparison) = &self.compare else { return table };
        let has_difference = |column: &Column| column.unit != "time" && column.unit != "text";
        let named = |column: &Column, id: &str, english: &str, french: &str| Column {
            id: format!("{}:{id}", column.id),
            label: format!("{}, {}", column.label, language.pick(english, french)),
            ..column.clone()
        };
        table.columns = (self.columns.iter())
            .flat_map(|column| {
                let difference = has_difference(column)
                    .then(|| named(column, "difference", "difference", "écart"));
                let other = named(column, "compared", "compared", "comparé");
                [Some(column.clone()), Some(other), difference].into_iter().flatten()
            })
            .collect();
        let find = |key: &str| comparison.rows.iter().find(|other| other.row.key == key);
        let only = comparison
            .rows
            .iter()
            .filter(|other| !self.rows.iter().any(|row| row.key == other.row.key));
        let ours = self.rows.iter().map(|row| (&row.key, Some(row), find(&row.key)));
        let all = ours.chain(only.map(|other| (&other.row.key, None, Some(other))));
        let value = |row: Option<&Row>, at: usize| {
            row.and_then(|row| row.values.get(at)).cloned().unwrap_or(Value::None)
        };
        table.rows = all
            .map(|(key, row, other)| {
                let mut values = Vec::with_capacity(table.columns.len());
                for (at, column) in self.columns.iter().enumerate() {
                    let (now, then) = (value(row, at), value(other.map(|other| &other.row), at));
                    let more = difference(column, &now, &then);
                    values.extend([now, then]);
                    if has_difference(column) {
                        values.push(more);
                    }
                }
                Row { key: key.clone(), values }
            })
            .collect();
        table
    }
}

/// A comparison under the columns of its report.
pub(super) struct Shown<'a> {
    pub comparison: &'a Comparison,
    pub columns: &'a [Column],
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, out: S) -> std::result::Result<S::Ok, S::Error> {
        let (comparison, columns) = (self.comparison, self.columns);
        let rows = comparison.rows.iter();
        let rows = rows.map(|other| Keyed { row: &other.row, own: other.own.as_deref(), columns });
        let differences = comparison.differences.iter();
        let differences = differences.map(|row| Keyed { row, own: None, columns });
        let mut map = out.serialize_map(Some(3))?;
        map.serialize_entry("header", &comparison.header)?;
        map.serialize_entry("rows", &rows.collect::<Vec<_>>())?;
        map.serialize_entry("differences", &differences.collect::<Vec<_>>())?;
        map.end()
    }
}
