//! A piece of a line, and the parameters after the verb.

use std::borrow::Cow;

use crate::event::Text;
use crate::input::queue_log::scan::find;

/// A piece of a line: text where the whole line is UTF-8, else bytes that
/// are decoded with replacement characters when asked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Span<'a> {
    Text(&'a str),
    Bytes(&'a [u8]),
}

impl<'a> Span<'a> {
    pub fn new(line: &'a [u8]) -> Self {
        match std::str::from_utf8(line) {
            Ok(text) => Span::Text(text),
            Err(_) => Span::Bytes(line),
        }
    }

    #[inline]
    pub fn bytes(self) -> &'a [u8] {
        match self {
            Span::Text(text) => text.as_bytes(),
            Span::Bytes(bytes) => bytes,
        }
    }

    pub fn text(self) -> Text<'a> {
        match self {
            Span::Text(text) => Cow::Borrowed(text),
            Span::Bytes(bytes) => String::from_utf8_lossy(bytes),
        }
    }

    pub fn is_empty(self) -> bool {
        self.bytes().is_empty()
    }

    /// The part from `start` to before `end`; both must be beside ASCII
    /// bytes, which all cuts of this grammar are.
    #[inline]
    pub fn slice(self, start: usize, end: usize) -> Self {
        match self {
            Span::Text(text) => Span::Text(text.get(start..end).unwrap_or_default()),
            Span::Bytes(bytes) => Span::Bytes(bytes.get(start..end).unwrap_or_default()),
        }
    }

    #[inline]
    pub fn from(self, start: usize) -> Self {
        self.slice(start, self.bytes().len())
    }

    #[inline]
    pub fn to(self, end: usize) -> Self {
        self.slice(0, end)
    }

    /// The part before the first bar, and the part after it.
    #[inline]
    pub fn split_bar(self) -> (Self, Option<Self>) {
        match find(b'|', self.bytes()) {
            Some(bar) => (self.to(bar), Some(self.from(bar + 1))),
            None => (self, None),
        }
    }

    /// Without blanks and bars at both ends.
    pub fn trimmed(self) -> Self {
        let edge = |byte: &u8| matches!(byte, b' ' | b'\t' | b'|');
        let bytes = self.bytes();
        let start = bytes.iter().position(|byte| !edge(byte)).unwrap_or(bytes.len());
        let end = bytes.iter().rposition(|byte| !edge(byte)).map_or(start, |last| last + 1);
        self.slice(start, end)
    }

    /// Digits only, at least one.
    pub fn is_digits(self) -> bool {
        let bytes = self.bytes();
        !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit)
    }

    /// A whole number, blanks round it, a sign and a fraction allowed;
    /// anything else is no number.
    #[inline]
    pub fn number(self) -> Option<i64> {
        // Nearly all are a few digits and nothing else; nine always fit.
        let bytes = self.bytes();
        if !bytes.is_empty() && bytes.len() <= 9 {
            let mut value = 0_u32;
            let mut odd = false;
            for byte in bytes {
                let digit = byte.wrapping_sub(b'0');
                odd |= digit > 9;
                value = value.wrapping_mul(10).wrapping_add(u32::from(digit));
            }
            if !odd {
                return Some(i64::from(value));
            }
        }
        self.written_number()
    }

    fn written_number(self) -> Option<i64> {
        let bytes = self.bytes().trim_ascii();
        let (negative, digits) = match bytes {
            [b'-', digits @ ..] => (true, digits),
            [b'+', digits @ ..] => (false, digits),
            digits => (false, digits),
        };
        let whole = match digits.iter().position(|&byte| byte == b'.') {
            Some(point) if digits[point + 1..].iter().all(u8::is_ascii_digit) => &digits[..point],
            Some(_) => return None,
            None => digits,
        };
        // 18 digits always fit.
        if whole.is_empty() || whole.len() > 18 {
            return None;
        }
        let mut value = 0_i64;
        for &digit in whole {
            if !digit.is_ascii_digit() {
                return None;
            }
            value = value * 10 + i64::from(digit - b'0');
        }
        Some(if negative { -value } else { value })
    }
}

/// The parameters after the verb, taken one after the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Params<'a> {
    /// What is not taken yet; `None` when the line has no more bars.
    rest: Option<Span<'a>>,
}

impl<'a> Params<'a> {
    pub fn new(rest: Option<Span<'a>>) -> Self {
        Params { rest }
    }

    /// The next parameter; `None` when it is absent.
    #[inline]
    pub fn take(&mut self) -> Option<Span<'a>> {
        let (head, rest) = self.rest?.split_bar();
        self.rest = rest;
        Some(head)
    }

    /// The next parameter's text, empty when absent.
    pub fn text(&mut self) -> Text<'a> {
        self.take().map(Span::text).unwrap_or_default()
    }

    /// The next parameter's text unless absent or empty.
    pub fn some_text(&mut self) -> Option<Text<'a>> {
        self.take().filter(|span| !span.is_empty()).map(Span::text)
    }

    /// The next parameter unless absent or no number.
    pub fn number(&mut self) -> Option<i64> {
        self.take().and_then(Span::number)
    }

    /// The next parameter as a position in a queue.
    pub fn position(&mut self) -> Option<u32> {
        self.number().and_then(|number| u32::try_from(number).ok())
    }

    /// All that is left with its bars, exactly as written.
    pub fn raw(self) -> Option<Span<'a>> {
        self.rest
    }

    /// All that is left as one text: bars are not escaped, so a text that
    /// ends a record may hold them. Blanks and bars at both ends are cut.
    pub fn joined(self) -> Text<'a> {
        self.rest.map(|rest| rest.trimmed().text()).unwrap_or_default()
    }

    /// A pause's reason (`metrics.md` 2.10 rule 3): all parameters joined,
    /// but only the first in VICIDIAL's form `reason|||environment`.
    pub fn reason(self) -> Text<'a> {
        let mut fields = self;
        let (first, second, third, fourth, fifth) =
            (fields.take(), fields.take(), fields.take(), fields.take(), fields.take());
        let empty = |field: Option<Span<'_>>| field.is_some_and(Span::is_empty);
        if empty(second) && empty(third) && fourth.is_some() && fifth.is_none() {
            return first.map(|first| first.trimmed().text()).unwrap_or_default();
        }
        self.joined()
    }
}
