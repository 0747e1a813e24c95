//! Whether a file's name speaks of a call.

/// An id can be this long; Asterisk's `uniqueid` holds 149 bytes at most
/// (`AST_MAX_UNIQUEID`, channel.h).
const MOST_BYTES: usize = 150;
/// 2001-09-09 and 2096-10-02: between them a number in an id is its moment.
const MOMENTS: std::ops::Range<i64> = 1_000_000_000..4_000_000_000;

/// How sure it is that a file belongs to the call asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// The journal says so, or the name holds the call's id.
    Exact,
    /// The name holds another id of the call, or its id without the system's name.
    Alias,
    /// Number and time fit; no id was seen.
    Loose,
}

impl Confidence {
    /// As answers say it.
    pub fn word(self) -> &'static str {
        match self {
            Confidence::Exact => "exact",
            Confidence::Alias => "alias",
            Confidence::Loose => "low",
        }
    }
}

/// An id as it may stand in a file's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Id {
    whole: String,
    /// Where `1700000000.12` begins behind the system's name and a hyphen
    /// (`systemname` of asterisk.conf); 0 without one.
    bare: usize,
}

impl Id {
    /// None for what can't be looked for: nothing in it, no digit (it would
    /// be found everywhere), very long, or with signs no name of a file holds.
    pub fn new(id: &str) -> Option<Id> {
        let whole = id.strip_prefix(':').unwrap_or(id);
        let good = !whole.is_empty()
            && whole.len() <= MOST_BYTES
            && whole.bytes().any(|byte| byte.is_ascii_digit())
            && !whole.bytes().any(|byte| byte == b'/' || byte.is_ascii_control());
        good.then(|| Id { whole: whole.to_owned(), bare: bare(whole) })
    }

    /// Without a leading `:`.
    pub fn as_str(&self) -> &str {
        &self.whole
    }

    /// The moment its channel was made, seconds since 1970.
    pub fn moment(&self) -> Option<i64> {
        let digits = self.whole.get(self.bare..)?.split('.').next()?;
        if digits.len() > 10 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        digits.parse().ok().filter(|moment| MOMENTS.contains(moment))
    }

    /// Whether a name holds the id. [`Confidence::Alias`] when it does
    /// without the system's name.
    ///
    /// What is before it is neither a digit nor a dot and what is behind it is
    /// no digit, so that `…123.4` is not found in `…123.45` nor in `9…123.4`;
    /// an id that begins or ends with a letter needs another sign there. Its
    /// dots may be written as hyphens or underscores.
    pub fn is_in(&self, name: &[u8]) -> Option<Confidence> {
        if stands_in(name, self.whole.as_bytes()) {
            return Some(Confidence::Exact);
        }
        let bare = self.whole.as_bytes().get(self.bare..).filter(|_| self.bare > 0)?;
        stands_in(name, bare).then_some(Confidence::Alias)
    }

    /// The ways to write it: as it is, with `-`, with `_`.
    pub fn spellings(&self) -> impl Iterator<Item = String> + '_ {
        let dotted = self.whole.contains('.');
        let others = ["-", "_"].into_iter().filter(move |_| dotted);
        std::iter::once(self.whole.clone())
            .chain(others.map(|other| self.whole.replace('.', other)))
    }
}

/// Where an id begins without its system's name: behind the last hyphen, if
/// two numbers with a dot follow.
fn bare(whole: &str) -> usize {
    let Some(hyphen) = whole.rfind('-') else { return 0 };
    let rest = &whole[hyphen + 1..];
    let numbers = rest.split_once('.').is_some_and(|(first, second)| {
        [first, second].iter().all(|part| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        })
    });
    if numbers { hyphen + 1 } else { 0 }
}

fn stands_in(name: &[u8], id: &[u8]) -> bool {
    let (Some(first), Some(last)) = (id.first(), id.last()) else { return false };
    let bounded = |at: usize| {
        let before = at.checked_sub(1).and_then(|at| name.get(at));
        let behind = name.get(at + id.len());
        let free = |edge: u8, next: &u8| {
            !(next.is_ascii_digit() || edge.is_ascii_alphabetic() && next.is_ascii_alphabetic())
        };
        before.is_none_or(|next| free(*first, next) && *next != b'.')
            && behind.is_none_or(|next| free(*last, next))
    };
    // The three spellings, whole: never a hyphen for one dot and an underscore for the next.
    [b'.', b'-', b'_'].iter().any(|dot| {
        name.windows(id.len()).enumerate().any(|(at, window)| {
            window
                .iter()
                .zip(id)
                .all(|(seen, wanted)| seen == if *wanted == b'.' { dot } else { wanted })
                && bounded(at)
        })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(id: &str, name: &str, expected: Option<Confidence>) {
        let id = Id::new(id).unwrap();
        assert_eq!(id.is_in(name.as_bytes()), expected, "{id:?} in {name:?}");
    }

    #[test]
    fn an_id_is_found_between_its_boundaries_only() {
        use Confidence::{Alias, Exact};
        check("1700000123.4", "q-400-1700000123.4.wav", Some(Exact));
        check("1700000123.4", "1700000123.4-in.wav", Some(Exact));
        check("1700000123.4", "1700000123.45.wav", None);
        check("1700000123.4", "91700000123.4.wav", None);
        check("1700000123.4", "1.1700000123.4.wav", None);
        check("1700000123.4", "q-1700000123.44-1700000123.4.wav", Some(Exact));
        check(":1700000123.4", "q_1700000123_4.wav", Some(Exact));
        check("1700000123.4", "q-1700000123-4.wav", Some(Exact));
        check("1700000123.4", "q-1700000123x4.wav", None);
        check("pbx1-1700000123.4", "q-pbx1-1700000123.4.wav", Some(Exact));
        check("pbx1-1700000123.4", "q-1700000123.4.wav", Some(Alias));
        check("pbx1-1700000123.4", "q-1700000123.41.wav", None);
        check("1700000123.4", "q-pbx1-1700000123.4.wav", Some(Exact));
        check("abc1", "xabc1.wav", None);
        check("1231.1", "QSAMPLE-1231.1.WAV", Some(Exact));
    }

    #[test]
    fn what_would_be_found_everywhere_is_no_id() {
        for id in ["", ":", "wav", "a/1", "1\0", "1\n", &"1".repeat(151)] {
            assert_eq!(Id::new(id), None, "{id:?}");
        }
    }

    #[test]
    fn an_id_tells_when_its_channel_was_made() {
        let moment = |id: &str| Id::new(id).unwrap().moment();
        assert_eq!(moment("1700000000.12"), Some(1_700_000_000));
        assert_eq!(moment(":pbx-1-1700000000.12"), Some(1_700_000_000));
        assert_eq!(moment("1231.1"), None);
        assert_eq!(moment("99999999999.1"), None);
        assert_eq!(moment("a1700000000.12"), None);
    }

    proptest! {
        #[test]
        fn a_neighbours_number_is_never_taken_for_the_call(
            second in 1_000_000_000u64..2_000_000_000, count in 0u32..100_000, digit in 0u32..10,
        ) {
            let id = Id::new(&format!("{second}.{count}")).unwrap();
            let own = format!("in-100-{second}.{count}.wav");
            prop_assert_eq!(id.is_in(own.as_bytes()), Some(Confidence::Exact));
            let longer = format!("in-100-{second}.{count}{digit}.wav");
            prop_assert_eq!(id.is_in(longer.as_bytes()), None);
            let before = format!("in-100-{digit}{second}.{count}.wav");
            prop_assert_eq!(id.is_in(before.as_bytes()), None);
        }

        #[test]
        fn every_spelling_is_found(second in 1_000_000_000u64..2_000_000_000, count in 0u32..1000) {
            let id = Id::new(&format!("pbx-{second}.{count}")).unwrap();
            for spelling in id.spellings() {
                let name = format!("q-{spelling}-out.gsm");
                prop_assert_eq!(id.is_in(name.as_bytes()), Some(Confidence::Exact));
            }
        }
    }
}
