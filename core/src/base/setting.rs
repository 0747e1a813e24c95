//! How a room declares its section of the configuration file.
//!
//! [`settings!`](crate::settings) makes from one declaration the struct with
//! its defaults, the reader that reports every fault with its line, and the
//! rows of the reference. Reading the file's text is the daemon's; here are
//! only values.

mod kinds;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use crate::base::Secs;
use crate::base::order::Gathered as _;

pub use kinds::{choice, word_of};

/// A value of the file with the line it stands on.
#[derive(Clone, Debug, PartialEq)]
pub struct Raw {
    pub line: usize,
    pub value: RawValue,
}

#[derive(Clone, Debug, PartialEq)]
pub enum RawValue {
    Text(String),
    Whole(i64),
    Decimal(f64),
    Flag(bool),
    List(Vec<Raw>),
    /// Key, line of the key, value; in the order of the file.
    Table(Vec<(String, usize, Raw)>),
    /// A kind no setting has, by its name.
    Other(&'static str),
}

impl RawValue {
    fn kind(&self) -> &'static str {
        match self {
            RawValue::Text(_) => "a text",
            RawValue::Whole(_) => "a whole number",
            RawValue::Decimal(_) => "a decimal number",
            RawValue::Flag(_) => "true or false",
            RawValue::List(_) => "a list",
            RawValue::Table(_) => "a table",
            RawValue::Other(kind) => kind,
        }
    }
}

/// What is wrong with a file, one entry per fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub line: usize,
    pub text: String,
}

/// One setting as the reference shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub name: &'static str,
    /// What may be written, for people.
    pub kind: &'static str,
    /// As it would be written in the file.
    pub default: String,
    pub doc: &'static str,
    /// The settings of each entry, for a table of named entries.
    pub entries: Vec<Row>,
}

/// A section, or an entry of a table of named entries.
pub trait Section: Default {
    /// What the section is about, for people.
    const DOC: &'static str;
    fn rows() -> Vec<Row>;
    /// Reads a table. What is missing keeps its default; what is wrong is a
    /// fault and keeps its default too.
    fn read(table: &Raw, path: &str, faults: &mut Vec<Fault>) -> Self;
}

/// A value that a setting may have.
pub trait Value: Sized {
    /// What may be written, for people.
    const KIND: &'static str;
    /// The clause after "must be …", or the value.
    fn read(raw: &Raw, path: &str, faults: &mut Vec<Fault>) -> Result<Self, String>;
    /// As it is written in the file.
    fn show(&self) -> String;
    fn entries() -> Vec<Row> {
        Vec::new()
    }
}

fn wrong(kind: &str, raw: &Raw) -> String {
    format!("{kind}, not {}", raw.value.kind())
}

impl Value for bool {
    const KIND: &'static str = "true or false";
    fn read(raw: &Raw, _: &str, _: &mut Vec<Fault>) -> Result<Self, String> {
        match raw.value {
            RawValue::Flag(flag) => Ok(flag),
            _ => Err(wrong(Self::KIND, raw)),
        }
    }
    fn show(&self) -> String {
        self.to_string()
    }
}

impl Value for String {
    const KIND: &'static str = "text";
    fn read(raw: &Raw, _: &str, _: &mut Vec<Fault>) -> Result<Self, String> {
        match &raw.value {
            RawValue::Text(text) => Ok(text.clone()),
            _ => Err(wrong("a text in quotes", raw)),
        }
    }
    fn show(&self) -> String {
        quote(self)
    }
}

impl Value for PathBuf {
    const KIND: &'static str = "path";
    fn read(raw: &Raw, _: &str, _: &mut Vec<Fault>) -> Result<Self, String> {
        match &raw.value {
            RawValue::Text(text) if !text.is_empty() => Ok(PathBuf::from(text)),
            RawValue::Text(_) => Err("a path, not an empty text".to_owned()),
            _ => Err(wrong("a path in quotes", raw)),
        }
    }
    fn show(&self) -> String {
        quote(&self.to_string_lossy())
    }
}

/// A whole number from 0 on.
impl Value for u32 {
    const KIND: &'static str = "whole number";
    fn read(raw: &Raw, _: &str, _: &mut Vec<Fault>) -> Result<Self, String> {
        match raw.value {
            RawValue::Whole(number) => u32::try_from(number)
                .map_err(|_| format!("a whole number from 0 to {}, not {number}", u32::MAX)),
            _ => Err(wrong("a whole number", raw)),
        }
    }
    fn show(&self) -> String {
        self.to_string()
    }
}

/// Per cent.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Percent(pub f64);

impl Value for Percent {
    const KIND: &'static str = "per cent";
    fn read(raw: &Raw, _: &str, _: &mut Vec<Fault>) -> Result<Self, String> {
        let number = match raw.value {
            // Numbers of a configuration are far below 2^53.
            RawValue::Whole(number) => number as f64,
            RawValue::Decimal(number) => number,
            _ => return Err(wrong("a number from 0 to 100", raw)),
        };
        if (0.0..=100.0).contains(&number) {
            Ok(Percent(number))
        } else {
            Err(format!("a number from 0 to 100, not {number}"))
        }
    }
    fn show(&self) -> String {
        self.0.to_string()
    }
}

/// A length of time, written as `"90s"`, `"15m"`, `"3h"`, `"400d"` or as a
/// number of seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub Secs);

impl Value for Span {
    const KIND: &'static str = "duration";
    fn read(raw: &Raw, _: &str, _: &mut Vec<Fault>) -> Result<Self, String> {
        const FORM: &str = "a duration such as \"90s\", \"15m\", \"3h\" or \"2d\"";
        match &raw.value {
            RawValue::Whole(secs) if *secs >= 0 => Ok(Span(*secs)),
            RawValue::Text(text) => {
                Span::parse(text).ok_or_else(|| format!("{FORM}, not {text:?}"))
            }
            _ => Err(wrong(FORM, raw)),
        }
    }
    fn show(&self) -> String {
        let (number, unit) = match self.0 {
            0 => (0, "s"),
            secs if secs % 86_400 == 0 => (secs / 86_400, "d"),
            secs if secs % 3600 == 0 => (secs / 3600, "h"),
            secs if secs % 60 == 0 => (secs / 60, "m"),
            secs => (secs, "s"),
        };
        format!("\"{number}{unit}\"")
    }
}

impl Span {
    /// Reads `90s`, `15m`, `3h`, `2d` or a bare number of seconds.
    pub fn parse(text: &str) -> Option<Span> {
        let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit = match text.get(digits.len()..)? {
            "" | "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86_400,
            _ => return None,
        };
        let number: Secs = digits.parse().ok().filter(|number| *number >= 0)?;
        number.checked_mul(unit).map(Span)
    }
}

impl<T: Value> Value for Vec<T> {
    const KIND: &'static str = "list";
    fn read(raw: &Raw, path: &str, faults: &mut Vec<Fault>) -> Result<Self, String> {
        let RawValue::List(items) = &raw.value else { return Err(wrong("a list", raw)) };
        let mut values = Vec::new();
        for item in items {
            match T::read(item, path, faults) {
                Ok(value) => values.push(value),
                Err(clause) => faults.push(Fault {
                    line: item.line,
                    text: format!("each entry of {path} must be {clause}"),
                }),
            }
        }
        Ok(values)
    }
    fn show(&self) -> String {
        let items: Vec<String> = self.iter().map(Value::show).collect();
        format!("[{}]", items.join(", "))
    }
}

/// Entries by name: `[office.queues.sales]`.
impl<T: Section> Value for BTreeMap<String, T> {
    const KIND: &'static str = "table of named entries";
    fn read(raw: &Raw, path: &str, faults: &mut Vec<Fault>) -> Result<Self, String> {
        let RawValue::Table(keys) = &raw.value else {
            return Err(wrong("a table of named entries", raw));
        };
        Ok(keys
            .iter()
            .map(|(key, _, value)| (key.clone(), T::read(value, &format!("{path}.{key}"), faults)))
            .into_map())
    }
    fn show(&self) -> String {
        "{}".to_owned()
    }
    fn entries() -> Vec<Row> {
        T::rows()
    }
}

fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(c);
            }
            c if c.is_control() => {
                // Writing to a String does not fail.
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Takes one setting out of a table; used by [`settings!`](crate::settings).
pub fn take<T: Value>(
    table: &[(String, usize, Raw)],
    name: &str,
    path: &str,
    value: &mut T,
    faults: &mut Vec<Fault>,
) {
    let Some((_, line, raw)) = table.iter().find(|(key, ..)| key == name) else { return };
    let path = format!("{path}.{name}");
    match T::read(raw, &path, faults) {
        Ok(read) => *value = read,
        Err(clause) => {
            faults.push(Fault { line: *line, text: format!("{path} must be {clause}") });
        }
    }
}

/// The table's keys; a fault when it is no table.
pub fn keys<'a>(raw: &'a Raw, path: &str, faults: &mut Vec<Fault>) -> &'a [(String, usize, Raw)] {
    match &raw.value {
        RawValue::Table(keys) => keys,
        _ => {
            let text = format!("{path} must be {}", wrong("a section", raw));
            faults.push(Fault { line: raw.line, text });
            &[]
        }
    }
}

/// Complains about keys that are no settings, naming the nearest.
pub fn unknown(
    table: &[(String, usize, Raw)],
    names: &[&str],
    path: &str,
    faults: &mut Vec<Fault>,
) {
    for (key, line, _) in table {
        if !names.contains(&key.as_str()) {
            let what = if path.is_empty() { "section" } else { "setting" };
            let full = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            let mut text = format!("there is no {what} {full}");
            match nearest(key, names) {
                Some(name) => {
                    let _ = write!(text, "; did you mean {name}?");
                }
                None if names.len() <= 12 => {
                    let _ = write!(text, "; there are {}", names.join(", "));
                }
                None => {}
            }
            faults.push(Fault { line: *line, text });
        }
    }
}

/// The name that differs least, if it is near at all.
pub fn nearest<'a>(key: &str, names: &[&'a str]) -> Option<&'a str> {
    let key: Vec<char> = key.to_lowercase().replace('-', "_").chars().collect();
    let limit = (key.len() / 3).max(1);
    names
        .iter()
        .map(|name| (distance(&key, &name.chars().collect::<Vec<_>>()), *name))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, name)| name)
}

/// Edits between two words; two neighbours swapped are one edit (optimal
/// string alignment).
fn distance(one: &[char], two: &[char]) -> usize {
    let wide = two.len() + 1;
    let mut cells: Vec<usize> = (0..wide).collect();
    let mut before: Vec<usize> = Vec::new();
    for (i, a) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in two.iter().enumerate() {
            let mut best = (cells[j] + usize::from(a != b)).min(cells[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && one[i - 1] == *b && *a == two[j - 1] {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut cells, row);
    }
    cells[wide - 1]
}

/// Declares a section: the struct, its defaults, its reader and the rows of
/// the reference.
///
/// ```
/// switchroom_core::settings! {
///     /// How doors are kept.
///     pub struct Doors {
///         /// Whether they are locked at night.
///         locked: bool = true,
///     }
/// }
/// assert!(Doors::default().locked);
/// ```
#[macro_export]
macro_rules! settings {
    (
        $(#[doc = $about:literal])*
        pub struct $section:ident {
            $($(#[doc = $doc:literal])* $name:ident: $type:ty = $default:expr,)*
        }
    ) => {
        $(#[doc = $about])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $section {
            $($(#[doc = $doc])* pub $name: $type,)*
        }

        impl Default for $section {
            fn default() -> Self {
                $section { $($name: $default,)* }
            }
        }

        impl $crate::base::setting::Section for $section {
            const DOC: &'static str = concat!($($about, "\n",)*);

            fn rows() -> Vec<$crate::base::setting::Row> {
                use $crate::base::setting::Value;
                let defaults = Self::default();
                vec![$($crate::base::setting::Row {
                    name: stringify!($name),
                    kind: <$type as Value>::KIND,
                    default: defaults.$name.show(),
                    doc: concat!($($doc, "\n",)*),
                    entries: <$type as Value>::entries(),
                },)*]
            }

            fn read(
                table: &$crate::base::setting::Raw,
                path: &str,
                faults: &mut Vec<$crate::base::setting::Fault>,
            ) -> Self {
                let mut section = Self::default();
                let keys = $crate::base::setting::keys(table, path, faults);
                $($crate::base::setting::take(
                    keys, stringify!($name), path, &mut section.$name, faults,
                );)*
                $crate::base::setting::unknown(keys, &[$(stringify!($name),)*], path, faults);
                section
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found_and_a_far_one_is_not() {
        let names = ["commit_interval", "data", "detail_days", "listen"];
        for (typed, expected) in [
            ("comit_interval", Some("commit_interval")),
            ("commit-interval", Some("commit_interval")),
            ("detial_days", Some("detail_days")),
            ("Listen", Some("listen")),
            ("dta", Some("data")),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(nearest(typed, &names), expected, "{typed}");
        }
    }

    #[test]
    fn durations_are_read_as_they_are_shown() {
        for (text, secs) in
            [("90s", 90), ("15m", 900), ("3h", 10_800), ("2d", 172_800), ("0s", 0), ("7", 7)]
        {
            let span = Span::parse(text).unwrap();
            assert_eq!(span, Span(secs));
            assert_eq!(Span::parse(span.show().trim_matches('"')), Some(span));
        }
        for text in
            ["", "s", "-1s", "1w", "1.5h", "1 h", "99999999999999999999s", "9999999999999999d"]
        {
            assert_eq!(Span::parse(text), None, "{text}");
        }
    }
}
