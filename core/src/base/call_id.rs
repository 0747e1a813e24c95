//! Asterisk's unique ids, kept small.
//!
//! The usual form is `[systemname-]EPOCH.SEQ`
//! (`main/channel.c: ast_channel_alloc`, all versions). The system name may
//! hold dashes, so the number is looked for from the end.

use std::fmt;

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
    pub fn usual(text: &str) -> Option<(u32, u32)> {
        let (epoch, seq) = text.split_once('.')?;
        Some((plain_number(epoch)?, plain_number(seq)?))
    }
}

/// A decimal number that prints back to the same text.
fn plain_number(text: &str) -> Option<u32> {
    let bytes = text.as_bytes();
    let canonical = matches!(bytes, [b'0'] | [b'1'..=b'9', ..]) && bytes.len() <= 10;
    if !canonical {
        return None;
    }
    let mut value = 0u64;
    for byte in bytes {
        match byte {
            b'0'..=b'9' => value = value * 10 + u64::from(byte - b'0'),
            _ => return None,
        }
    }
    u32::try_from(value).ok()
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
