//! Reads what a request says by the fields its route declares, and reports
//! all faults at once.
//!
//! Pure. Unknown fields are refused: a misspelt filter would give wrong
//! figures without a word.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::people::Secret;
use crate::portal::refusal::{Refusal, Wrong, wrong};
use crate::portal::route::{Field, FieldKind};

/// Longest password or code read, in characters.
const LONGEST_SECRET: usize = 1024;
/// Most texts of one field.
const MOST_TEXTS: usize = 500;
/// Longest of several texts, in characters.
const LONGEST_TEXT: usize = 200;

/// One value that was given.
#[derive(Clone, Debug)]
enum Given {
    Null,
    Text(String),
    Secret(Secret),
    Flag(bool),
    Number(i64),
    Texts(Vec<String>),
}

/// The checked fields of one request.
#[derive(Clone, Debug, Default)]
pub struct Input {
    given: BTreeMap<&'static str, Given>,
}

/// Faults by field, in order of appearance.
#[derive(Debug, Default)]
struct Faults(Vec<(String, Wrong)>);

impl Faults {
    fn add(&mut self, field: &str, wrong: Wrong) {
        // The first fault of a field is the one to mend first; and nobody
        // gets a list longer than the form.
        if self.0.len() < 50 && !self.0.iter().any(|(known, _)| known == field) {
            self.0.push((field.to_owned(), wrong));
        }
    }

    fn finish<T>(self, value: T) -> Result<T, Refusal> {
        if self.0.is_empty() { Ok(value) } else { Err(Refusal::fields(self.0)) }
    }
}

impl Input {
    /// Reads a query. An empty value counts as not given.
    pub fn of_query(fields: &[Field], pairs: &[(String, String)]) -> Result<Self, Refusal> {
        let mut faults = Faults::default();
        let mut input = Input::default();
        for (name, text) in pairs {
            let Some(field) = find(fields, name, &mut faults) else { continue };
            if text.is_empty() {
                continue;
            }
            match (field.kind, input.given.get_mut(field.name)) {
                (FieldKind::Texts, Some(Given::Texts(texts))) => {
                    if texts.len() < MOST_TEXTS {
                        texts.push(text.clone());
                    } else {
                        faults.add(name, too_many());
                    }
                    continue;
                }
                (_, Some(_)) => {
                    faults.add(name, wrong("field.once", [], "give it once"));
                    continue;
                }
                (_, None) => {}
            }
            match of_text(field.kind, text) {
                Ok(given) => {
                    input.given.insert(field.name, given);
                }
                Err(wrong) => faults.add(name, wrong),
            }
        }
        input.needed(fields, &mut faults);
        faults.finish(input)
    }

    /// Reads a JSON object.
    pub fn of_json(fields: &[Field], bytes: &[u8]) -> Result<Self, Refusal> {
        let mut faults = Faults::default();
        let mut input = Input::default();
        let Ok(Value::Object(object)) = serde_json::from_slice(bytes) else {
            faults.add("body", wrong("body.form", [], "send a JSON object"));
            return faults.finish(input);
        };
        for (name, value) in object {
            let Some(field) = find(fields, &name, &mut faults) else { continue };
            match of_value(field.kind, value) {
                Ok(given) => {
                    input.given.insert(field.name, given);
                }
                Err(wrong) => faults.add(&name, wrong),
            }
        }
        input.needed(fields, &mut faults);
        faults.finish(input)
    }

    fn needed(&self, fields: &[Field], faults: &mut Faults) {
        for field in fields {
            if field.needed && !self.given.contains_key(field.name) {
                faults.add(field.name, wrong("field.needed", [], "this is needed"));
            }
        }
    }

    /// A text; `None` when it was not given or is null.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.given.get(name)? {
            Given::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A text that may be set to null: the outer `None` is "not given".
    pub fn text_or_null(&self, name: &str) -> Option<Option<String>> {
        match self.given.get(name)? {
            Given::Text(text) => Some(Some(text.clone())),
            _ => Some(None),
        }
    }

    pub fn secret(&self, name: &str) -> Option<&Secret> {
        match self.given.get(name)? {
            Given::Secret(secret) => Some(secret),
            _ => None,
        }
    }

    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.given.get(name)? {
            Given::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    pub fn number(&self, name: &str) -> Option<i64> {
        match self.given.get(name)? {
            Given::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The texts of a field; empty when it was not given.
    pub fn texts(&self, name: &str) -> &[String] {
        match self.given.get(name) {
            Some(Given::Texts(texts)) => texts,
            _ => &[],
        }
    }

    /// Texts that may be set to null: the outer `None` is "not given".
    pub fn texts_or_null(&self, name: &str) -> Option<Option<Vec<String>>> {
        match self.given.get(name)? {
            Given::Texts(texts) => Some(Some(texts.clone())),
            _ => Some(None),
        }
    }
}

fn find<'a>(fields: &'a [Field], name: &str, faults: &mut Faults) -> Option<&'a Field> {
    let field = fields.iter().find(|field| field.name == name);
    if field.is_none() {
        let known: Vec<_> = fields.iter().map(|field| field.name).collect();
        // What was sent is cut: the message goes into logs and pages.
        let name: String = name.chars().take(40).collect();
        let message = format!("unknown; known are {}", known.join(", "));
        faults.add(&name, wrong("field.unknown", [], message));
    }
    field
}

/// A value of a query.
fn of_text(kind: FieldKind, text: &str) -> Result<Given, Wrong> {
    match kind {
        FieldKind::Flag => match text {
            "true" | "yes" | "1" => Ok(Given::Flag(true)),
            "false" | "no" | "0" => Ok(Given::Flag(false)),
            _ => Err(wrong("field.flag", [], "give yes or no")),
        },
        FieldKind::Number(least, most) => match text.parse() {
            Ok(number) => number_within(number, least, most),
            Err(_) => Err(number_wanted(least, most)),
        },
        FieldKind::Texts | FieldKind::TextsOrNull => Ok(Given::Texts(vec![short(text)?])),
        FieldKind::Commas => {
            let texts = text.split(',').map(str::trim).filter(|text| !text.is_empty());
            let texts = texts.map(short).collect::<Result<Vec<_>, _>>()?;
            if texts.len() > MOST_TEXTS {
                return Err(too_many());
            }
            Ok(Given::Texts(texts))
        }
        _ => of_value(kind, Value::String(text.to_owned())),
    }
}

/// A value of a JSON object.
fn of_value(kind: FieldKind, value: Value) -> Result<Given, Wrong> {
    match (kind, value) {
        (FieldKind::Text(most) | FieldKind::TextOrNull(most), Value::String(text)) => {
            if text.chars().count() > most {
                return Err(too_long(most));
            }
            Ok(Given::Text(text))
        }
        (FieldKind::TextOrNull(_) | FieldKind::TextsOrNull, Value::Null) => Ok(Given::Null),
        (FieldKind::Text(_) | FieldKind::TextOrNull(_), _) => Err(text_wanted()),
        (FieldKind::Secret, Value::String(text)) => {
            if text.chars().count() > LONGEST_SECRET {
                return Err(too_long(LONGEST_SECRET));
            }
            Ok(Given::Secret(Secret::new(text)))
        }
        (FieldKind::Secret, _) => Err(text_wanted()),
        (FieldKind::Flag, Value::Bool(flag)) => Ok(Given::Flag(flag)),
        (FieldKind::Flag, _) => Err(wrong("field.flag", [], "give true or false")),
        (FieldKind::Number(least, most), Value::Number(number)) => number.as_i64().map_or_else(
            || Err(number_wanted(least, most)),
            |number| number_within(number, least, most),
        ),
        (FieldKind::Number(least, most), _) => Err(number_wanted(least, most)),
        (FieldKind::Choice(words), Value::String(text)) if words.contains(&text.as_str()) => {
            Ok(Given::Text(text))
        }
        (FieldKind::Choice(words), _) => {
            let words = words.join(", ");
            let message = format!("give one of {words}");
            Err(wrong("field.choice", [("words", words)], message))
        }
        (FieldKind::Texts | FieldKind::TextsOrNull | FieldKind::Commas, Value::Array(values)) => {
            if values.len() > MOST_TEXTS {
                return Err(too_many());
            }
            let texts = values.into_iter().map(|value| match value {
                Value::String(text) => short(&text),
                _ => Err(list_wanted()),
            });
            Ok(Given::Texts(texts.collect::<Result<_, _>>()?))
        }
        (FieldKind::Texts | FieldKind::TextsOrNull | FieldKind::Commas, _) => Err(list_wanted()),
    }
}

fn short(text: &str) -> Result<String, Wrong> {
    if text.chars().count() > LONGEST_TEXT {
        return Err(too_long(LONGEST_TEXT));
    }
    Ok(text.to_owned())
}

fn number_within(number: i64, least: i64, most: i64) -> Result<Given, Wrong> {
    if (least..=most).contains(&number) {
        Ok(Given::Number(number))
    } else {
        Err(number_wanted(least, most))
    }
}

fn number_wanted(least: i64, most: i64) -> Wrong {
    let message = format!("give a whole number from {least} to {most}");
    wrong("field.number", [("least", least.to_string()), ("most", most.to_string())], message)
}

fn text_wanted() -> Wrong {
    wrong("field.text", [], "give a text")
}

fn list_wanted() -> Wrong {
    wrong("field.list", [], "give a list of texts")
}

fn too_many() -> Wrong {
    let message = format!("give at most {MOST_TEXTS}");
    wrong("list.most", [("n", MOST_TEXTS.to_string())], message)
}

fn too_long(most: usize) -> Wrong {
    let message = format!("give at most {most} characters");
    wrong("field.long", [("n", most.to_string())], message)
}

#[cfg(test)]
mod tests;
