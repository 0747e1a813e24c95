//! What must hold for any bytes. Called by the fuzz targets and, with their
//! corpora, by `tests/fuzz_corpus.rs`; a broken promise panics.

use super::header::composed;
use super::{Error, Header, Identity, Opened, Recipient};
use crate::bytes::ReadAt;

/// The key of the specification's examples; the corpora are sealed for it.
pub const IDENTITY: &str =
    "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";

/// A header has one spelling, is not moved by what follows it, and cut short
/// anywhere it is known to be so.
pub fn header(bytes: &[u8]) {
    let Ok(header) = Header::parse(bytes) else { return };
    let text = header.as_bytes();
    assert!(bytes.starts_with(text));
    assert!(text.starts_with(&composed(header.stanzas())));
    assert_eq!(Header::parse(text).ok().as_ref(), Some(&header));
    for cut in [0, 1, text.len() / 2, text.len() - 1] {
        assert!(matches!(Header::parse(&text[..cut]), Err(Error::Truncated)));
    }
}

/// A file that opens gives the same bytes from wherever it is read.
pub fn file(bytes: &[u8]) {
    let Ok(identity) = Identity::from_text(IDENTITY) else { return };
    let Ok(mut opened) = Opened::open(bytes.to_vec(), &[identity]) else { return };
    let len = opened.len().unwrap_or(0);
    let mut whole = vec![0; len as usize];
    match opened.read_at(0, &mut whole) {
        Ok(count) => assert_eq!(count as u64, len),
        Err(_) => return,
    }
    for pos in [len, len.saturating_sub(1), len / 2, 65_535, 65_536] {
        let mut piece = [0; 7];
        let Ok(count) = opened.read_at(pos, &mut piece) else { unreachable!("it was read before") };
        let expected = &whole[(pos.min(len) as usize)..];
        assert_eq!(piece[..count], expected[..expected.len().min(7)]);
    }
}

/// A key has one spelling.
pub fn key(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    if let Ok(recipient) = text.parse::<Recipient>() {
        assert_eq!(recipient.to_string(), text.trim());
    }
    if let Ok(identity) = Identity::from_text(text) {
        assert_eq!(*identity.to_text(), text.trim());
    }
    if let Ok(identities) = Identity::from_file_text(text) {
        assert!(!identities.is_empty());
    }
}
