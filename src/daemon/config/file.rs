//! TOML text to values with their lines.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::base::order::Ordered as _;
use crate::base::setting::{Fault, Raw, RawValue};

/// The whole file as one table. Text that is no TOML is a fault, and what can
/// be made out of the rest is still there, so that its faults are told too.
pub fn read(text: &str) -> (Raw, Vec<Fault>) {
    let lines = Lines::of(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    let faults = errors
        .iter()
        .map(|error| Fault {
            line: error.span().map_or(1, |span| lines.of_byte(span.start)),
            text: error.message().trim().replace('\n', ", "),
        })
        .collect();
    (Raw { line: 1, value: table_of(table.get_ref(), &lines) }, faults)
}

/// Where the lines of a text begin.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Lines(
            text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect(),
        )
    }

    /// The line of a byte, from 1.
    fn of_byte(&self, at: usize) -> usize {
        self.0.partition_point(|end| *end < at) + 1
    }
}

fn table_of(table: &DeTable<'_>, lines: &Lines) -> RawValue {
    let mut keys: Vec<(String, usize, Raw)> = table
        .iter()
        .map(|(key, value)| {
            let line = lines.of_byte(key.span().start);
            (key.get_ref().to_string(), line, raw(value, lines))
        })
        .collect();
    keys.order_by_key(|(_, line, _)| *line);
    RawValue::Table(keys)
}

fn raw(value: &Spanned<DeValue<'_>>, lines: &Lines) -> Raw {
    let line = lines.of_byte(value.span().start);
    let value = match value.get_ref() {
        DeValue::String(text) => RawValue::Text(text.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or(RawValue::Other("a number that large"), RawValue::Whole),
        DeValue::Float(number) => number
            .as_str()
            .parse()
            .map_or(RawValue::Other("a number of that form"), RawValue::Decimal),
        DeValue::Boolean(flag) => RawValue::Flag(*flag),
        DeValue::Datetime(_) => RawValue::Other("a date"),
        DeValue::Array(items) => {
            RawValue::List(items.iter().map(|item| raw(item, lines)).collect())
        }
        DeValue::Table(table) => table_of(table, lines),
    };
    Raw { line, value }
}
