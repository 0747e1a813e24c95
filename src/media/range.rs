//! Which bytes a request wants (RFC 9110, sections 13 and 14).

use axum::http::{HeaderMap, Method, header};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Whole,
    /// Up to but without `to`; never empty.
    Part {
        from: u64,
        to: u64,
    },
    /// 304: the asker has it.
    Unchanged,
    /// 412: the asker wanted another one.
    Changed,
    /// 416: past the end.
    Nowhere,
}

/// `tag` and `length` are of what is there now; ranges need a length.
pub(super) fn wanted(
    method: &Method,
    headers: &HeaderMap,
    tag: Option<&str>,
    length: Option<u64>,
) -> Wanted {
    if let Some(list) = one(headers, header::IF_MATCH)
        && !names(list, tag, true)
    {
        return Wanted::Changed;
    }
    if let Some(list) = one(headers, header::IF_NONE_MATCH)
        && names(list, tag, false)
    {
        return Wanted::Unchanged;
    }
    let (Some(length), Some(range)) = (length, one(headers, header::RANGE)) else {
        return Wanted::Whole;
    };
    // A date never holds: none is given out.
    let same = one(headers, header::IF_RANGE)
        .is_none_or(|known| tag.is_some() && strong(known.trim()) == tag);
    if method != Method::GET || !same {
        return Wanted::Whole;
    }
    part(range, length)
}

/// The value of a header that came once and is text.
fn one(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    if values.next().is_some() {
        // Two of them say nothing for certain; a list of tags may be cut in two.
        return Some("");
    }
    Some(value.to_str().unwrap_or(""))
}

fn strong(text: &str) -> Option<&str> {
    text.strip_prefix('"')?.strip_suffix('"')
}

/// Whether a list names the tag. `strongly`: weak ones do not count.
fn names(list: &str, tag: Option<&str>, strongly: bool) -> bool {
    list.split(',').map(str::trim).any(|known| {
        let known = if strongly { known } else { known.strip_prefix("W/").unwrap_or(known) };
        known == "*" || tag.is_some() && strong(known) == tag
    })
}

/// A range that is none is passed over, as the standard wants it.
fn part(text: &str, length: u64) -> Wanted {
    let Some((unit, range)) = text.trim().split_once('=') else { return Wanted::Whole };
    let Some((first, last)) = range.trim().split_once('-') else { return Wanted::Whole };
    if !unit.trim().eq_ignore_ascii_case("bytes") || range.contains(',') {
        return Wanted::Whole;
    }
    let (from, to) = match (number(first), number(last)) {
        (Some(Some(first)), Some(Some(last))) if first > last => return Wanted::Whole,
        (Some(Some(first)), Some(last)) => {
            (first, last.map_or(length, |last| last.saturating_add(1).min(length)))
        }
        (Some(None), Some(Some(last))) => (length.saturating_sub(last), length),
        _ => return Wanted::Whole,
    };
    if from < to { Wanted::Part { from, to } } else { Wanted::Nowhere }
}

/// Some(None) for no digits, None for what is no number.
fn number(text: &str) -> Option<Option<u64>> {
    let text = text.trim();
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // More digits than fit are past every end.
    Some((!text.is_empty()).then(|| text.parse().unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(lines: &[(&'static str, &str)]) -> Wanted {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        wanted(&Method::GET, &headers, Some("t"), Some(1000))
    }

    #[test]
    fn ranges_are_read_as_the_standard_has_them() {
        let part = |from, to| Wanted::Part { from, to };
        for (text, expected) in [
            ("bytes=0-0", part(0, 1)),
            ("bytes=0-", part(0, 1000)),
            ("bytes=999-", part(999, 1000)),
            ("bytes=-1", part(999, 1000)),
            ("bytes=-5000", part(0, 1000)),
            ("Bytes = 10 - 19", part(10, 20)),
            ("bytes=10-99999999999999999999999", part(10, 1000)),
            ("bytes=1000-", Wanted::Nowhere),
            ("bytes=99999999999999999999999-", Wanted::Nowhere),
            ("bytes=-0", Wanted::Nowhere),
            ("bytes=20-10", Wanted::Whole),
            ("bytes=-", Wanted::Whole),
            ("bytes=+1-2", Wanted::Whole),
            ("bytes=0-1,5-6", Wanted::Whole),
            ("seconds=0-1", Wanted::Whole),
            ("bytes", Wanted::Whole),
            ("", Wanted::Whole),
        ] {
            assert_eq!(asked(&[("range", text)]), expected, "{text}");
        }
        let empty = |range| {
            let headers = HeaderMap::from_iter([(header::RANGE, range)]);
            wanted(&Method::GET, &headers, None, Some(0))
        };
        assert_eq!(empty("bytes=0-".parse().unwrap()), Wanted::Nowhere);
        assert_eq!(asked(&[("range", "bytes=0-1"), ("range", "bytes=2-3")]), Wanted::Whole);
    }

    #[test]
    fn conditions_are_weighed_in_their_order() {
        let range = ("range", "bytes=0-9");
        let part = Wanted::Part { from: 0, to: 10 };
        for (lines, expected) in [
            (&[range, ("if-range", "\"t\"")][..], part),
            (&[range, ("if-range", "\"u\"")], Wanted::Whole),
            (&[range, ("if-range", "W/\"t\"")], Wanted::Whole),
            (&[range, ("if-range", "Sat, 21 Nov 2026 10:00:00 GMT")], Wanted::Whole),
            (&[range, ("if-match", "\"t\"")], part),
            (&[range, ("if-match", "\"u\", \"t\"")], part),
            (&[range, ("if-match", "*")], part),
            (&[range, ("if-match", "\"u\"")], Wanted::Changed),
            (&[("if-match", "W/\"t\"")], Wanted::Changed),
            (&[range, ("if-none-match", "W/\"t\"")], Wanted::Unchanged),
            (&[range, ("if-none-match", "\"u\"")], part),
            (&[("if-match", "\"u\""), ("if-none-match", "\"t\"")], Wanted::Changed),
        ] {
            assert_eq!(asked(lines), expected, "{lines:?}");
        }
    }
}
