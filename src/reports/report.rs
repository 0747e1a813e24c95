//! An answer: header, columns and rows, and what a value in it can be.

use std::collections::BTreeMap;

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::base::UnixSec;
use crate::reports::compare::{Comparison, Shown};

/// One cell of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// No data; never shown as 0.
    None,
    Int(i64),
    /// Exact, not rounded.
    Real(f64),
    Text(String),
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::None => out.serialize_none(),
            Value::Int(number) => out.serialize_i64(*number),
            Value::Real(number) => out.serialize_f64(*number),
            Value::Text(text) => out.serialize_str(text),
        }
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Value::Int(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Value::Int(i64::from(number))
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Value::from(number as u64)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        if number.is_finite() { Value::Real(number) } else { Value::None }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Text(text)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::None, Into::into)
    }
}

/// 100·part/whole; no data when there is no whole.
pub fn percent(part: impl Into<f64>, whole: impl Into<f64>) -> Value {
    ratio(100.0 * part.into(), whole)
}

/// part/whole; no data when there is no whole.
pub fn ratio(part: impl Into<f64>, whole: impl Into<f64>) -> Value {
    let whole = whole.into();
    if whole == 0.0 { Value::None } else { Value::Real(part.into() / whole) }
}

/// Seconds as a number for [`ratio`]; exact up to 2^53.
pub fn real(secs: u64) -> f64 {
    secs as f64
}

/// A row: its key and one value per column.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub key: String,
    pub values: Vec<Value>,
}

/// Rows under column ids, before labels are put on them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    pub columns: Vec<String>,
    pub rows: Vec<Row>,
}

impl Table {
    pub fn new(columns: &[&str]) -> Self {
        Table { columns: columns.iter().map(|id| (*id).to_owned()).collect(), rows: Vec::new() }
    }

    pub fn add(&mut self, key: impl Into<String>, values: Vec<Value>) {
        debug_assert_eq!(values.len(), self.columns.len(), "one value per column");
        self.rows.push(Row { key: key.into(), values });
    }
}

/// A column as shown.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Column {
    /// The catalogue's id, such as `OV-1`; a part of a figure follows a colon.
    pub id: String,
    pub label: String,
    /// `n`, `s`, `%`, `x`, `/h`, `time`, `text` or `pos`.
    pub unit: &'static str,
    pub description: String,
}

/// HD-1…10.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Header {
    pub from: UnixSec,
    pub to: UnixSec,
    pub zone: String,
    pub generated_at: UnixSec,
    /// Empty = all.
    pub queues: Vec<String>,
    /// The queues the figures are of (HD-4): those asked for that are known,
    /// or all.
    pub atomic_queues: Vec<String>,
    pub agents: Vec<String>,
    pub filters: BTreeMap<String, String>,
    pub processed: u64,
    pub short: u64,
    pub ratio: Option<f64>,
    pub answered: u64,
    pub lost: u64,
    pub multi_stint: bool,
    pub covered_from: Option<UnixSec>,
    pub notes: Vec<String>,
}

/// The answer of one block.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    pub block: &'static str,
    pub label: String,
    pub header: Header,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    /// The answer of another period, when one was asked for.
    pub compare: Option<Box<Comparison>>,
}

impl Report {
    /// The value of a column in a row, for tests and for pages that show
    /// single figures.
    pub fn value(&self, key: &str, column: &str) -> Option<&Value> {
        let at = self.columns.iter().position(|known| known.id == column)?;
        self.rows.iter().find(|row| row.key == key)?.values.get(at)
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut map = out.serialize_map(Some(5 + usize::from(self.compare.is_some())))?;
        map.serialize_entry("block", self.block)?;
        map.serialize_entry("label", &self.label)?;
        map.serialize_entry("header", &self.header)?;
        map.serialize_entry("columns", &self.columns)?;
        map.serialize_entry("rows", &Rows(self))?;
        if let Some(comparison) = &self.compare {
            map.serialize_entry("compare", &Shown { comparison, columns: &self.columns })?;
        }
        map.end()
    }
}

struct Rows<'a>(&'a Report);

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let columns = &self.0.columns;
        out.collect_seq(self.0.rows.iter().map(|row| Keyed { row, own: None, columns }))
    }
}

/// A row as an object.
pub(super) struct Keyed<'a> {
    pub row: &'a Row,
    /// Its key in its own period, where it lies beside a row of another.
    pub own: Option<&'a str>,
    pub columns: &'a [Column],
}

impl Serialize for Keyed<'_> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let own = usize::from(self.own.is_some());
        let mut map = out.serialize_map(Some(1 + own + self.columns.len()))?;
        map.serialize_entry("key", &self.row.key)?;
        if let Some(own) = self.own {
            map.serialize_entry("own", own)?;
        }
        for (column, value) in self.columns.iter().zip(&self.row.values) {
            map.serialize_entry(&column.id, value)?;
        }
        map.end()
    }
}
