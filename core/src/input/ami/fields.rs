//! The fields of one block, in the order they came.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter};

use crate::event::Text;
use crate::input::ami::LONGEST_BLOCK;

/// What Asterisk writes for a part it does not know.
const UNKNOWN: &str = "<unknown>";

/// Fields of a typical event; a dial carries 30, an attended transfer 75.
const TYPICAL: usize = 48;

/// The fields of a block, split once.
///
/// Asterisk writes the fields of an event always in the same order, so
/// [`Fields::take`] looks first where the last one was found: asking in that
/// order costs one comparison or two. Any other order is found too. A key that
/// stands more than once gives the first value from there on.
#[derive(Clone, Debug, PartialEq)]
pub struct Fields<'a> {
    block: &'a [u8],
    /// The block as text, unless it is no UTF-8: then each value is repaired
    /// on its own.
    text: Option<&'a str>,
    /// Where each line begins; the block is shorter than 64 KiB.
    starts: Vec<u16>,
    /// The line after the last one taken.
    next: usize,
}

impl<'a> Fields<'a> {
    /// Splits a block; what is beyond [`LONGEST_BLOCK`] is left out, and so
    /// are lines without a colon.
    pub(crate) fn of(block: &'a [u8]) -> Self {
        let block = &block[..block.len().min(LONGEST_BLOCK - 1)];
        let mut starts = Vec::with_capacity(TYPICAL);
        starts.push(0);
        // Below LONGEST_BLOCK, which fits.
        starts.extend(memchr_iter(b'\n', block).map(|at| (at + 1) as u16));
        Fields { block, text: str::from_utf8(block).ok(), starts, next: 0 }
    }

    /// The value of `key`, looked for from the last one taken.
    pub(crate) fn take(&mut self, key: &str) -> Option<Value<'a>> {
        let lines = self.starts.len();
        let mut found = (self.next..lines).chain(0..self.next);
        let line = found.find(|line| self.is(*line, key))?;
        self.next = line + 1;
        Some(self.after(line, key))
    }

    /// The value of the first field called `key`.
    pub fn get(&self, key: &str) -> Option<Text<'a>> {
        let line = (0..self.starts.len()).find(|line| self.is(*line, key))?;
        Some(self.after(line, key).text())
    }

    /// All fields in their order, keys as sent.
    pub fn iter(&self) -> impl Iterator<Item = (Text<'a>, Text<'a>)> + '_ {
        self.rest(0).map(|(key, value)| (String::from_utf8_lossy(key), value.text()))
    }

    /// The fields from the line `first` on.
    pub(crate) fn rest(&self, first: usize) -> impl Iterator<Item = (&'a [u8], Value<'a>)> + '_ {
        (first..self.starts.len()).filter_map(|line| {
            let start = self.start(line);
            let text = self.block.get(start..self.end(line))?;
            let colon = start + memchr(b':', text)?;
            Some((self.block.get(start..colon)?, self.value(line, colon + 1)))
        })
    }

    /// What events carry about themselves, from the second line on: the
    /// values of `ActionID`, `Timestamp` and `EventList`.
    pub(crate) fn envelope(&self) -> [Option<Value<'a>>; 3] {
        const KEYS: [&str; 3] = ["ActionID", "Timestamp", "EventList"];
        let mut values = [None; 3];
        for line in 1..self.starts.len() {
            let place = match self.block.get(self.start(line)) {
                Some(b'A') => 0,
                Some(b'T') => 1,
                Some(b'E') => 2,
                _ => continue,
            };
            if self.is(line, KEYS[place]) {
                values[place] = Some(self.after(line, KEYS[place]));
            }
        }
        values
    }

    fn start(&self, line: usize) -> usize {
        self.starts.get(line).map_or(self.block.len(), |&start| usize::from(start))
    }

    /// Where the newline of a line stands, or the block ends.
    fn end(&self, line: usize) -> usize {
        self.starts.get(line + 1).map_or(self.block.len(), |&start| usize::from(start) - 1)
    }

    /// Whether the line is a field called `key`. The colon is looked at first:
    /// it is hardly ever there when the key is another.
    fn is(&self, line: usize, key: &str) -> bool {
        let start = self.start(line);
        self.block.get(start + key.len()) == Some(&b':')
            && self.block[start..].starts_with(key.as_bytes())
    }

    /// The value of a line that is the field `key`.
    fn after(&self, line: usize, key: &str) -> Value<'a> {
        self.value(line, self.start(line) + key.len() + 1)
    }

    /// The value that begins at `from`, spaces before it left out.
    fn value(&self, line: usize, mut from: usize) -> Value<'a> {
        let mut to = self.end(line);
        if to > from && self.block[to - 1] == b'\r' {
            to -= 1;
        }
        while from < to && self.block[from] == b' ' {
            from += 1;
        }
        match self.text {
            // Both ends stand beside ASCII, so they are borders of characters.
            Some(text) => Value::Text(text.get(from..to).unwrap_or_default()),
            None => Value::Bytes(self.block.get(from..to).unwrap_or_default()),
        }
    }
}

/// A value as it came.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'a> {
    Text(&'a str),
    /// In a block that is no UTF-8.
    Bytes(&'a [u8]),
}

impl<'a> Value<'a> {
    /// As it stands; bytes that are no UTF-8 are replaced.
    pub fn text(self) -> Text<'a> {
        match self {
            Value::Text(text) => Cow::Borrowed(text),
            Value::Bytes(bytes) => String::from_utf8_lossy(bytes),
        }
    }

    /// `<unknown>` is empty.
    pub fn known(self) -> Text<'a> {
        match self {
            Value::Text(UNKNOWN) => Cow::Borrowed(""),
            Value::Bytes(bytes) if bytes == UNKNOWN.as_bytes() => Cow::Borrowed(""),
            other => other.text(),
        }
    }

    /// `<unknown>` is empty, C escapes are undone.
    pub fn unescaped(self) -> Text<'a> {
        let text = self.known();
        if text.contains('\\') { Cow::Owned(unescape(&text)) } else { text }
    }

    pub fn number<N: std::str::FromStr>(self) -> Option<N> {
        match self {
            Value::Text(text) => text.parse().ok(),
            Value::Bytes(bytes) => str::from_utf8(bytes).ok()?.parse().ok(),
        }
    }
}

/// Undoes what Asterisk's `ast_escape_c` does (main/utils.c); another escape
/// stays as it is.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            plain.push(c);
            continue;
        }
        match chars.next() {
            Some('a') => plain.push('\u{7}'),
            Some('b') => plain.push('\u{8}'),
            Some('f') => plain.push('\u{c}'),
            Some('n') => plain.push('\n'),
            Some('r') => plain.push('\r'),
            Some('t') => plain.push('\t'),
            Some('v') => plain.push('\u{b}'),
            Some(same @ ('\\' | '\'' | '"' | '?')) => plain.push(same),
            Some(other) => {
                plain.push('\\');
                plain.push(other);
            }
            None => plain.push('\\'),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_in_any_order_and_repeated_keys_from_the_last_taken_on() {
        let mut fields = Fields::of(b"A: 1\r\nB:2\r\nA: 3\r\nno colon\r\nC:  x: y \r\nD:\r\n");
        let mut take = |key| fields.take(key).map(|value| value.text().into_owned());
        assert_eq!(take("B").as_deref(), Some("2"));
        assert_eq!(take("A").as_deref(), Some("3"));
        assert_eq!(take("C").as_deref(), Some("x: y "));
        assert_eq!(take("D").as_deref(), Some(""));
        assert_eq!(take("A").as_deref(), Some("1"));
        assert_eq!(take("E"), None);
        assert_eq!(fields.get("A").as_deref(), Some("1"));
        assert_eq!(fields.iter().count(), 5);
    }

    #[test]
    fn escapes_are_undone_and_unknown_is_empty() {
        for (sent, meant) in [
            (r"Eva O\'Neill", "Eva O'Neill"),
            (r"a\\n", r"a\n"),
            (r"one\r\ntwo\t\?\x\", "one\r\ntwo\t?\\x\\"),
            ("<unknown>", ""),
            ("Zoë", "Zoë"),
        ] {
            let block = format!("N: {sent}");
            let value = Fields::of(block.as_bytes()).take("N").unwrap();
            assert_eq!(value.unescaped(), meant);
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced_in_their_own_value_only() {
        let mut fields = Fields::of(b"A: Zo\xeb\r\nB: Zo\xc3\xab\r\nC: <unknown>\r\nD: 7");
        assert_eq!(fields.take("A").unwrap().text(), "Zo\u{fffd}");
        assert_eq!(fields.take("B").unwrap().text(), "Zoë");
        assert_eq!(fields.take("C").unwrap().known(), "");
        assert_eq!(fields.take("D").unwrap().number(), Some(7));
    }
}
