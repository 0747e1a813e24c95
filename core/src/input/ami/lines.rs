//! The lines of an action, each checked before it is written.

use crate::input::ami::action::{Refused, Why};

/// Asterisk reads lines into 1 024 bytes, line end counted (`inbuf` of
/// main/manager.c), and drops longer ones.
const LONGEST_LINE: usize = 1024;

/// Appends lines.
pub(super) struct Lines<'o> {
    out: &'o mut Vec<u8>,
}

impl<'o> Lines<'o> {
    pub fn of(out: &'o mut Vec<u8>) -> Self {
        Lines { out }
    }

    /// The first line; `name` is ours.
    pub fn action(&mut self, name: &'static str) {
        self.write("Action", name);
    }

    pub fn flag(&mut self, key: &'static str, on: bool) {
        self.write(key, if on { "true" } else { "false" });
    }

    /// A field that may be empty, and then is left out.
    pub fn optional(&mut self, key: &str, value: &str) -> Result<(), Refused> {
        if value.is_empty() { Ok(()) } else { self.required(key, value) }
    }

    pub fn required(&mut self, key: &str, value: &str) -> Result<(), Refused> {
        let refuse = |why| Err(Refused { field: key.to_owned(), why });
        if value.chars().any(char::is_control) {
            return refuse(Why::Control);
        }
        if value.trim().is_empty() {
            return refuse(Why::Empty);
        }
        if key.len() + value.len() + 4 > LONGEST_LINE {
            return refuse(Why::TooLong);
        }
        self.write(key, value);
        Ok(())
    }

    /// The one channel meant. Hangup takes `/…/` for a regular expression over
    /// all channels, which is never what we mean.
    pub fn exact_channel(&mut self, channel: &str) -> Result<(), Refused> {
        if channel.starts_with('/') {
            return Err(Refused { field: "Channel".to_owned(), why: Why::Separator });
        }
        self.required("Channel", channel)
    }

    /// A field whose key is not ours either.
    pub fn named(&mut self, key: &str, value: &str) -> Result<(), Refused> {
        let word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if key.is_empty() || !key.chars().all(word) {
            return Err(Refused { field: key.escape_default().to_string(), why: Why::Separator });
        }
        self.optional(key, value)
    }

    pub fn variable(&mut self, name: &str, value: &str) -> Result<(), Refused> {
        if name.is_empty() || name.contains(['=', ',']) {
            return Err(Refused { field: name.escape_default().to_string(), why: Why::Separator });
        }
        self.required("Variable", &format!("{name}={value}")).map_err(|refused| Refused {
            field: format!("variable {}", name.escape_default()),
            ..refused
        })
    }

    /// Text of a message: in one line as it is, in several as Base64.
    pub fn body(&mut self, body: &str) -> Result<(), Refused> {
        if body.contains('\n') {
            let unprintable = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
            if body.contains(unprintable) {
                return Err(Refused { field: "Body".to_owned(), why: Why::Control });
            }
            return self.required("Base64Body", &base64(body.as_bytes()));
        }
        self.required("Body", body)
    }

    /// The empty line that ends the action.
    pub fn end(&mut self) {
        self.out.extend_from_slice(b"\r\n");
    }

    fn write(&mut self, key: &str, value: &str) {
        for part in [key, ": ", value, "\r\n"] {
            self.out.extend_from_slice(part.as_bytes());
        }
    }
}

/// RFC 4648, with padding.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, &byte| bits << 8 | u32::from(byte))
            << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn base64_is_that_of_the_standard() {
        for (plain, text) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(super::base64(plain.as_bytes()), text);
        }
    }
}
