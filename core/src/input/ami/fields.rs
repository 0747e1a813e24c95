//! The fields of one block, in the order they came.

use std::borrow::Cow;

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
    lines: Vec<Line>,
    next: usize,
}

/// Offsets into the block, which is shorter than 64 KiB.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Line {
    key: u16,
    colon: u16,
    value: u16,
    end: u16,
}

impl<'a> Fields<'a> {
    /// Splits a block; what is beyond [`LONGEST_BLOCK`] and lines without a
    /// colon are left out.
    pub(crate) fn of(block: &'a [u8]) -> Self {
        let block = &block[..block.len().min(LONGEST_BLOCK - 1)];
        let mut lines = Vec::with_capacity(TYPICAL);
        let mut start = 0;
        while start < block.len() {
            start = line(block, start, &mut lines);
        }
        Fields { block, text: str::from_utf8(block).ok(), lines, next: 0 }
    }

    /// The value of `key` by its bytes, looked for from the last one taken.
    pub(crate) fn take(&mut self, key: &str) -> Option<Value<'a>> {
        let (before, from) = self.lines.split_at(self.next);
        let here = from.iter().position(|line| self.is(line, key)).map(|at| at + before.len());
        let at = here.or_else(|| before.iter().position(|line| self.is(line, key)))?;
        self.next = at + 1;
        Some(self.value(&self.lines[at]))
    }

    /// The value of the first field called `key`.
    pub fn get(&self, key: &str) -> Option<Text<'a>> {
        let line = self.lines.iter().find(|line| self.is(line, key))?;
        Some(self.value(line).text())
    }

    /// All fields in their order, keys as sent.
    pub fn iter(&self) -> impl Iterator<Item = (Text<'a>, Text<'a>)> + '_ {
        self.lines.iter().map(|line| {
            let key = self.slice(line.key, line.colon);
            (key.text(), self.value(line).text())
        })
    }

    /// The key and value of a field by its place.
    pub(crate) fn at(&self, place: usize) -> Option<(&'a [u8], Value<'a>)> {
        let line = self.lines.get(place)?;
        Some((self.block.get(usize::from(line.key)..usize::from(line.colon))?, self.value(line)))
    }

    pub(crate) fn len(&self) -> usize {
        self.lines.len()
    }

    fn is(&self, line: &Line, key: &str) -> bool {
        let key = key.as_bytes();
        usize::from(line.colon - line.key) == key.len()
            && self.block.get(usize::from(line.key)..usize::from(line.colon)) == Some(key)
    }

    fn value(&self, line: &Line) -> Value<'a> {
        self.slice(line.value, line.end)
    }

    fn slice(&self, from: u16, to: u16) -> Value<'a> {
        let range = usize::from(from)..usize::from(to);
        match self.text {
            // Both ends stand beside ASCII, so they are borders of characters.
            Some(text) => Value::Text(text.get(range).unwrap_or_default()),
            None => Value::Bytes(self.block.get(range).unwrap_or_default()),
        }
    }
}

/// Splits off the line that begins at `start`; where the next one begins.
fn line(block: &[u8], start: usize, lines: &mut Vec<Line>) -> usize {
    let mut at = start;
    let colon = loop {
        match block.get(at) {
            Some(b':') => break at,
            Some(b'\n') | None => return at + 1,
            Some(_) => at += 1,
        }
    };
    let mut value = colon + 1;
    while block.get(value) == Some(&b' ') {
        value += 1;
    }
    at = value;
    while block.get(at).is_some_and(|&byte| byte != b'\n') {
        at += 1;
    }
    let end = if at > value && block[at - 1] == b'\r' { at - 1 } else { at };
    // Below LONGEST_BLOCK, which fits.
    lines.push(Line {
        key: start as u16,
        colon: colon as u16,
        value: value as u16,
        end: end as u16,
    });
    at + 1
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
