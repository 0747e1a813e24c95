//! Bytes become a message.

use std::borrow::Cow;

use super::{DEEPEST, Fault, MOST_BYTES, MOST_VALUES, Value};

/// What was sent.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    Call { method: String, parameters: Vec<Value> },
    Answer(Value),
    Fault { code: i64, text: String },
}

/// Reads one whole message.
pub fn read(bytes: &[u8]) -> Result<Message, Fault> {
    if bytes.len() > MOST_BYTES {
        return Err(Fault::TooLong);
    }
    let text = decoded(bytes)?;
    let mut reader = Reader { rest: text.trim_start_matches('\u{feff}'), values: 0 };
    reader.prolog()?;
    let message = match reader.opening()? {
        "methodCall" => reader.call()?,
        "methodResponse" => reader.response()?,
        _ => return Err(Fault::Form),
    };
    reader.space();
    if reader.rest.is_empty() { Ok(message) } else { Err(Fault::Form) }
}

/// Signs XML 1.0 allows (section 2.2).
pub(super) fn is_allowed(sign: char) -> bool {
    matches!(sign, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>, Fault> {
    let first = bytes.split(|byte| *byte == b'>').next().unwrap_or_default();
    let latin = first.starts_with(b"<?xml")
        && String::from_utf8_lossy(first).to_ascii_lowercase().contains("iso-8859-1");
    let text: Cow<'_, str> = if latin {
        bytes.iter().map(|byte| char::from(*byte)).collect::<String>().into()
    } else {
        std::str::from_utf8(bytes).map_err(|_| Fault::Encoding)?.into()
    };
    let good = text.chars().all(|sign| is_allowed(sign) || sign == '\u{feff}');
    if good { Ok(text) } else { Err(Fault::Encoding) }
}

struct Reader<'a> {
    rest: &'a str,
    values: usize,
}

impl<'a> Reader<'a> {
    fn prolog(&mut self) -> Result<(), Fault> {
        self.space();
        if self.rest.starts_with("<?xml") {
            let (_, rest) = self.rest.split_once("?>").ok_or(Fault::Form)?;
            self.rest = rest;
        }
        Ok(())
    }

    fn space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
    }

    /// The name of the tag that is due, `string`, `/string` or `nil/`.
    fn tag(&mut self) -> Result<&'a str, Fault> {
        self.space();
        let behind = self.rest.strip_prefix('<').ok_or(Fault::Form)?;
        if behind.starts_with(['!', '?']) {
            return Err(Fault::Forbidden);
        }
        let (tag, rest) = behind.split_once('>').ok_or(Fault::Form)?;
        let tag = tag.trim_end_matches([' ', '\t', '\r', '\n']);
        let is_name = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '.' | '/' | ':');
        if tag.contains([' ', '\t', '\r', '\n', '=']) {
            return Err(Fault::Forbidden);
        }
        if tag.is_empty() || !tag.chars().all(is_name) {
            return Err(Fault::Form);
        }
        self.rest = rest;
        Ok(tag)
    }

    fn opening(&mut self) -> Result<&'a str, Fault> {
        let tag = self.tag()?;
        if tag.contains('/') { Err(Fault::Form) } else { Ok(tag) }
    }

    fn expect(&mut self, name: &str) -> Result<(), Fault> {
        if self.tag()? == name { Ok(()) } else { Err(Fault::Form) }
    }

    /// Whether this tag is next; it stays.
    fn is_next(&self, name: &str) -> bool {
        let mut ahead = Reader { rest: self.rest, values: 0 };
        ahead.tag() == Ok(name)
    }

    /// Text up to the next tag.
    fn text(&mut self) -> Result<String, Fault> {
        let end = self.rest.find('<').ok_or(Fault::Form)?;
        let (raw, rest) = self.rest.split_at(end);
        self.rest = rest;
        unescaped(raw)
    }

    fn call(&mut self) -> Result<Message, Fault> {
        self.expect("methodName")?;
        let method = self.text()?.trim().to_owned();
        let is_name =
            |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '_' | '.' | ':' | '/');
        if method.is_empty() || method.len() > 255 || !method.chars().all(is_name) {
            return Err(Fault::Form);
        }
        self.expect("/methodName")?;
        let mut parameters = Vec::new();
        match self.tag()? {
            // No parameters: the element may be left out.
            "/methodCall" => return Ok(Message::Call { method, parameters }),
            "params/" => {}
            "params" => {
                while self.is_next("param") {
                    self.expect("param")?;
                    parameters.push(self.value(0)?);
                    self.expect("/param")?;
                }
                self.expect("/params")?;
            }
            _ => return Err(Fault::Form),
        }
        self.expect("/methodCall")?;
        Ok(Message::Call { method, parameters })
    }

    fn response(&mut self) -> Result<Message, Fault> {
        let message = match self.opening()? {
            "params" => {
                self.expect("param")?;
                let value = self.value(0)?;
                self.expect("/param")?;
                self.expect("/params")?;
                Message::Answer(value)
            }
            "fault" => {
                let Value::Struct(members) = self.value(0)? else { return Err(Fault::Form) };
                let member = |name: &str| {
                    members.iter().find(|(known, _)| known == name).map(|(_, value)| value)
                };
                let Some(Value::Int(code)) = member("faultCode") else { return Err(Fault::Form) };
                let text = member("faultString").and_then(Value::as_text).unwrap_or_default();
                self.expect("/fault")?;
                Message::Fault { code: *code, text }
            }
            _ => return Err(Fault::Form),
        };
        self.expect("/methodResponse")?;
        Ok(message)
    }

    fn value(&mut self, depth: usize) -> Result<Value, Fault> {
        self.values += 1;
        if self.values > MOST_VALUES {
            return Err(Fault::TooMany);
        }
        if depth > DEEPEST {
            return Err(Fault::TooDeep);
        }
        match self.tag()? {
            "value/" => return Ok(Value::text("")),
            "value" => {}
            _ => return Err(Fault::Form),
        }
        // Text without a type is a string; blanks before a tag are not.
        let end = self.rest.find('<').ok_or(Fault::Form)?;
        if self.rest[end..].starts_with("</") {
            let text = self.text()?;
            self.expect("/value")?;
            return Ok(Value::Text(text));
        }
        let value = match self.tag()? {
            "string/" => Value::text(""),
            "nil/" => Value::Nil,
            "array" => self.array(depth)?,
            "struct" => self.members(depth)?,
            "struct/" => Value::Struct(Vec::new()),
            kind => self.scalar(kind)?,
        };
        self.expect("/value")?;
        Ok(value)
    }

    fn array(&mut self, depth: usize) -> Result<Value, Fault> {
        let mut values = Vec::new();
        match self.tag()? {
            "data/" => {}
            "data" => {
                while self.is_next("value") || self.is_next("value/") {
                    values.push(self.value(depth + 1)?);
                }
                self.expect("/data")?;
            }
            _ => return Err(Fault::Form),
        }
        self.expect("/array")?;
        Ok(Value::Array(values))
    }

    fn members(&mut self, depth: usize) -> Result<Value, Fault> {
        let mut members = Vec::new();
        while self.is_next("member") {
            self.expect("member")?;
            self.expect("name")?;
            let name = self.text()?;
            self.expect("/name")?;
            members.push((name, self.value(depth + 1)?));
            self.expect("/member")?;
        }
        self.expect("/struct")?;
        Ok(Value::Struct(members))
    }

    fn scalar(&mut self, kind: &'a str) -> Result<Value, Fault> {
        let text = self.text()?;
        let number = |text: &str| text.trim().parse::<i64>().map_err(|_| Fault::Value);
        let value = match kind {
            "string" | "dateTime.iso8601" | "base64" => Value::Text(text),
            "int" | "i4" => {
                let number = number(&text)?;
                i32::try_from(number).map_err(|_| Fault::Value)?;
                Value::Int(number)
            }
            "i8" | "ex:i8" => Value::Int(number(&text)?),
            "boolean" => match text.trim() {
                "1" | "true" => Value::Bool(true),
                "0" | "false" => Value::Bool(false),
                _ => return Err(Fault::Value),
            },
            "double" => {
                let number = text.trim().parse::<f64>().map_err(|_| Fault::Value)?;
                if !number.is_finite() {
                    return Err(Fault::Value);
                }
                Value::Double(number)
            }
            _ => return Err(Fault::Form),
        };
        if self.tag()?.strip_prefix('/') == Some(kind) { Ok(value) } else { Err(Fault::Form) }
    }
}

fn unescaped(raw: &str) -> Result<String, Fault> {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, behind)) = rest.split_once('&') {
        text.push_str(before);
        let (name, behind) = behind.split_once(';').ok_or(Fault::Form)?;
        text.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => numbered(name).ok_or(Fault::Forbidden)?,
        });
        rest = behind;
    }
    text.push_str(rest);
    Ok(text)
}

/// `#233` or `#xe9`.
fn numbered(name: &str) -> Option<char> {
    let digits = name.strip_prefix('#')?;
    let number = match digits.strip_prefix('x') {
        Some(hex) if hex.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            u32::from_str_radix(hex, 16).ok()?
        }
        None if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok()?,
        _ => return None,
    };
    char::from_u32(number).filter(|sign| is_allowed(*sign))
}
