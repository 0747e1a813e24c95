//! Asterisk's unique ids, kept small.
//!
//! The usual form is `[systemname-]EPOCH.SEQ`
//! (`main/channel.c: ast_channel_alloc`, all versions). The system name may
//! hold dashes, so the number is looked for from the end.

use std::fmt;

use crate::base::digits;

/// The id of a channel as Asterisk or a custom writer wrote it.
///
/// Two ids are equal when their written forms are equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CallId {
    /// `EPOCH.SEQ` without a system name, both without leading zeros.
    Usual { epoch: u32, seq: u32 },
    /// Everything else, as written: with a system name, with our leading
    /// colon, or whatever a dialplan passed.
    Other(Box<str>),
}

impl CallId {
    /// Reads an id. Total: what is not the usual form is kept as it is.
    pub fn parse(text: &str) -> Self {
        match Self::usual(text) {
            Some((epoch, seq)) => CallId::Usual { epoch, seq },
            None => CallId::Other(text.into()),
        }
    }

    /// Epoch and sequence of an id in the usual form; for look-ups that must
    /// not allocate.
    #[inline]
    pub fn usual(text: &str) -> Option<(u32, u32)> {
        let (epoch, rest) = plain_number(text.as_bytes())?;
        let (seq, rest) = plain_number(rest.strip_prefix(b".")?)?;
        rest.is_empty().then_some((epoch, seq))
    }
}

/// A decimal number at the beginning that prints back to the same text, and
/// what follows it.
#[inline]
fn plain_number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (value, count) = digits::leading(bytes, 10);
    if !(1..=10).contains(&count) || (count > 1 && bytes[0] == b'0') {
        return None;
    }
    Some((u32::try_from(value).ok()?, &bytes[count..]))
}

impl fmt::Display for CallId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CallId::Usual { epoch, seq } => write!(out, "{epoch}.{seq}"),
            CallId::Other(text) => out.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_prints_as_it_was_written() {
        for text in [
            "1795189119.6",
            "1795189119.06",
            "01795189119.6",
            "0.0",
            "4294967295.4294967295",
            "4294967296.1",
            "pbx-1-1795188488.142",
            ":1795189119.6",
            "NONE",
            "",
            "1.2.3",
            "+1.2",
        ] {
            assert_eq!(CallId::parse(text).to_string(), text);
        }
        assert_eq!(CallId::parse("1795189119.6"), CallId::Usual { epoch: 1795189119, seq: 6 });
        assert!(matches!(CallId::parse("1795189119.06"), CallId::Other(_)));
    }
}
