//! XML-RPC: the little of XML that it needs, read strictly.
//!
//! Total and bounded: any bytes give a message or a [`Fault`]. No document
//! type, no attributes, no comments, and of entities the five of XML and
//! numbers of characters: nothing can grow, nothing is fetched. Old clients
//! write ISO-8859-1 and say so; everything else is UTF-8.

use std::fmt;
use std::fmt::Write as _;

mod read;

pub use read::{Message, read};

/// Longer messages are nobody's: an answer with 20 files has some 10 KB.
pub const MOST_BYTES: usize = 256 * 1024;
/// Arrays and structs in one another.
const DEEPEST: usize = 16;
/// Values of one message.
const MOST_VALUES: usize = 10_000;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `string`, text without a type, `dateTime.iso8601` and `base64` as written.
    Text(String),
    Int(i64),
    Bool(bool),
    Double(f64),
    Nil,
    Array(Vec<Value>),
    Struct(Vec<(String, Value)>),
}

impl Value {
    pub fn text(text: impl Into<String>) -> Value {
        Value::Text(text.into())
    }

    /// What stands where text is expected: numbers too; None for the rest.
    pub fn as_text(&self) -> Option<String> {
        Some(match self {
            Value::Text(text) => text.clone(),
            Value::Int(number) => number.to_string(),
            Value::Double(number) => number.to_string(),
            Value::Bool(_) | Value::Nil | Value::Array(_) | Value::Struct(_) => return None,
        })
    }

    pub fn is_true(&self) -> bool {
        match self {
            Value::Bool(truth) => *truth,
            Value::Int(number) => *number != 0,
            Value::Text(text) => matches!(text.as_str(), "true" | "1"),
            Value::Double(_) | Value::Nil | Value::Array(_) | Value::Struct(_) => false,
        }
    }
}

/// Why bytes are no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    TooLong,
    TooDeep,
    TooMany,
    /// Neither UTF-8 nor a declared ISO-8859-1.
    Encoding,
    /// A document type, an attribute, a comment, an entity of its own.
    Forbidden,
    /// It ends too early, or something else stands where a tag was due.
    Form,
    /// A number or truth that is none.
    Value,
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Fault::TooLong => "the message is too long",
            Fault::TooDeep => "values lie too deep in one another",
            Fault::TooMany => "the message has too many values",
            Fault::Encoding => "the message is not in UTF-8",
            Fault::Forbidden => {
                "document types, attributes, comments and entities are not accepted"
            }
            Fault::Form => "the message is no XML-RPC",
            Fault::Value => "a value is not of its type",
        })
    }
}

impl std::error::Error for Fault {}

const PROLOG: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// A call with its parameters in order.
pub fn call(method: &str, parameters: &[Value]) -> String {
    let mut out = format!("{PROLOG}<methodCall><methodName>");
    escape(method, &mut out);
    out.push_str("</methodName><params>");
    for parameter in parameters {
        out.push_str("<param>");
        write(parameter, &mut out);
        out.push_str("</param>");
    }
    out.push_str("</params></methodCall>\n");
    out
}

/// The answer to a call.
pub fn answer(value: &Value) -> String {
    let mut out = format!("{PROLOG}<methodResponse><params><param>");
    write(value, &mut out);
    out.push_str("</param></params></methodResponse>\n");
    out
}

/// The answer that says what went wrong.
pub fn fault(code: i64, text: &str) -> String {
    let members = vec![
        ("faultCode".to_owned(), Value::Int(code)),
        ("faultString".to_owned(), Value::text(text)),
    ];
    let mut out = format!("{PROLOG}<methodResponse><fault>");
    write(&Value::Struct(members), &mut out);
    out.push_str("</fault></methodResponse>\n");
    out
}

fn write(value: &Value, out: &mut String) {
    out.push_str("<value>");
    match value {
        Value::Text(text) => {
            out.push_str("<string>");
            escape(text, out);
            out.push_str("</string>");
        }
        // Writing to a string can't fail.
        Value::Int(number) if i32::try_from(*number).is_ok() => {
            let _ = write!(out, "<int>{number}</int>");
        }
        Value::Int(number) => {
            let _ = write!(out, "<i8>{number}</i8>");
        }
        Value::Bool(truth) => {
            let _ = write!(out, "<boolean>{}</boolean>", u8::from(*truth));
        }
        Value::Double(number) => {
            let _ = write!(out, "<double>{number}</double>");
        }
        Value::Nil => out.push_str("<nil/>"),
        Value::Array(values) => {
            out.push_str("<array><data>");
            values.iter().for_each(|value| write(value, out));
            out.push_str("</data></array>");
        }
        Value::Struct(members) => {
            out.push_str("<struct>");
            for (name, value) in members {
                out.push_str("<member><name>");
                escape(name, out);
                out.push_str("</name>");
                write(value, out);
                out.push_str("</member>");
            }
            out.push_str("</struct>");
        }
    }
    out.push_str("</value>");
}

/// Text as XML takes it; signs that XML has no place for are left out.
fn escape(text: &str, out: &mut String) {
    for sign in text.chars() {
        match sign {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#13;"),
            sign if read::is_allowed(sign) => out.push(sign),
            _ => {}
        }
    }
}

/// What fuzz targets call: what is read is written and read again the same.
pub mod fuzz {
    use super::{Message, answer, call, read};

    pub fn message(bytes: &[u8]) {
        let again = match read(bytes) {
            Ok(Message::Call { method, parameters }) => call(&method, &parameters),
            Ok(Message::Answer(value)) => answer(&value),
            Ok(Message::Fault { .. }) | Err(_) => return,
        };
        // Once more: what was written by us must be a fixed point.
        let Ok(second) = read(again.as_bytes()) else {
            assert!(again.len() > super::MOST_BYTES, "what is written is read: {again}");
            return;
        };
        let written = match second {
            Message::Call { method, parameters } => call(&method, &parameters),
            Message::Answer(value) => answer(&value),
            Message::Fault { .. } => String::new(),
        };
        assert_eq!(written, again);
    }
}

#[cfg(test)]
mod tests;
