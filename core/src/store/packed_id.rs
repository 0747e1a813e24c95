//! Call ids and telephone numbers in few bytes.
//!
//! A usual id (`[systemname-]EPOCH.SEQ`) starts with the second the channel
//! was made in, a little before the stint: only the distance is stored. What
//! does not fit that form is stored as it was written.

use crate::base::{CallId, Result, UnixSec};
use crate::store::varint::{Cursor, put, put_bytes, put_signed};

/// How long before its stint a channel may have been made for the id to be
/// found by its own time. Ids further away are kept as text.
pub(crate) const ID_REACH: i64 = 86_400;

/// An id taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct IdParts<'a> {
    /// System name with its dash, our colon, or nothing.
    pub prefix: &'a str,
    pub epoch: u32,
    pub seq: u32,
}

/// The parts of an id that has the usual form behind a prefix.
pub(crate) fn parts(id: &CallId) -> Option<IdParts<'_>> {
    match id {
        CallId::Usual { epoch, seq } => Some(IdParts { prefix: "", epoch: *epoch, seq: *seq }),
        CallId::Other(text) => {
            let end = text.rfind(['-', ':'])? + 1;
            let (prefix, rest) = text.split_at(end);
            match CallId::parse(rest) {
                CallId::Usual { epoch, seq } => Some(IdParts { prefix, epoch, seq }),
                CallId::Other(_) => None,
            }
        }
    }
}

/// The id that [`parts`] took apart.
pub(crate) fn joined(prefix: &str, epoch: u32, seq: u32) -> CallId {
    if prefix.is_empty() {
        CallId::Usual { epoch, seq }
    } else {
        CallId::Other(format!("{prefix}{epoch}.{seq}").into())
    }
}

/// Puts an id in relation to a moment and to the sequence number of another
/// channel made at about that time.
pub(crate) fn put_id(out: &mut Vec<u8>, id: &CallId, near: UnixSec, near_seq: u32) {
    match id {
        CallId::Usual { epoch, seq } => {
            let back = near.wrapping_sub(i64::from(*epoch));
            // One more than the folded distance, so that 0 is free for texts.
            put(out, (((back << 1) ^ (back >> 63)) as u64).wrapping_add(1));
            put_signed(out, i64::from(*seq) - i64::from(near_seq));
        }
        CallId::Other(text) => {
            put(out, 0);
            put_bytes(out, text.as_bytes());
        }
    }
}

pub(crate) fn take_id(from: &mut Cursor<'_>, near: UnixSec, near_seq: u32) -> Result<CallId> {
    let head = from.number()?;
    if head == 0 {
        return Ok(CallId::Other(from.text()?.into()));
    }
    let folded = head.wrapping_sub(1);
    let back = (folded >> 1) as i64 ^ -((folded & 1) as i64);
    let seq = from.signed()?.wrapping_add(i64::from(near_seq));
    match (u32::try_from(near.wrapping_sub(back)), u32::try_from(seq)) {
        (Ok(epoch), Ok(seq)) => Ok(CallId::Usual { epoch, seq }),
        _ => from.damaged(),
    }
}

/// A telephone number as the integer it is stored as: its digits with, in the
/// lowest four bits, how many zeros stood before them, or [`PLUS`]. `None`
/// when it has another form and is stored as text.
pub(crate) fn number_code(number: &str) -> Option<i64> {
    let (form, digits) = match number.strip_prefix('+') {
        Some(digits) => (PLUS, digits),
        None => {
            let digits = number.trim_start_matches('0');
            (i64::try_from(number.len() - digits.len()).ok()?, digits)
        }
    };
    let canonical = (1..=17).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0');
    if !canonical || form > PLUS || (form == PLUS && !number.starts_with('+')) {
        return None;
    }
    // 17 digits are less than 2^57, so nothing is lost by the four bits.
    digits.parse::<i64>().ok().map(|value| value << 4 | form)
}

/// Form of a number written with a leading plus.
const PLUS: i64 = 15;

/// The number that [`number_code`] made an integer of.
pub(crate) fn number_text(code: i64) -> String {
    let form = code & 15;
    let value = code >> 4;
    if form == PLUS {
        return format!("+{value}");
    }
    let mut text = "0".repeat(usize::try_from(form).unwrap_or(0));
    text.push_str(&value.to_string());
    text
}

/// Shows the digits of the number that [`number_code`] made an integer of.
pub(crate) fn number_digits<T>(code: i64, show: impl FnOnce(&[u8]) -> T) -> T {
    // At most 14 zeros before at most 18 digits.
    let mut buffer = [b'0'; 40];
    let mut at = buffer.len();
    let mut value = (code >> 4).unsigned_abs();
    while value > 0 {
        at -= 1;
        buffer[at] = b'0' + (value % 10) as u8;
        value /= 10;
    }
    let zeros = match code & 15 {
        PLUS => 0,
        zeros => usize::try_from(zeros).unwrap_or(0),
    };
    show(&buffer[at - zeros..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id() -> impl Strategy<Value = CallId> {
        prop_oneof![
            (any::<u32>(), any::<u32>()).prop_map(|(epoch, seq)| CallId::Usual { epoch, seq }),
            "[a-z0-9-]{0,8}[:-]?[0-9]{1,11}\\.[0-9]{1,11}".prop_map(|text| CallId::parse(&text)),
            ".{0,20}".prop_map(|text| CallId::parse(&text)),
        ]
    }

    proptest! {
        #[test]
        fn an_id_comes_back_from_its_bytes(id in id(), near in any::<i64>(), seq in any::<u32>()) {
            let mut bytes = Vec::new();
            put_id(&mut bytes, &id, near, seq);
            let distance_fits = match id {
                CallId::Usual { epoch, .. } => near.checked_sub(i64::from(epoch)).is_some_and(|d| d != i64::MIN),
                CallId::Other(_) => true,
            };
            prop_assume!(distance_fits);
            prop_assert_eq!(take_id(&mut Cursor::new(&bytes, "id"), near, seq).unwrap(), id);
        }

        #[test]
        fn an_id_comes_back_from_its_parts(id in id()) {
            if let Some(IdParts { prefix, epoch, seq }) = parts(&id) {
                prop_assert_eq!(joined(prefix, epoch, seq), id);
            }
        }

        #[test]
        fn a_number_with_a_code_prints_back(number in "\\+?0{0,16}[0-9]{0,19}") {
            if let Some(code) = number_code(&number) {
                prop_assert_eq!(number_text(code), number);
            }
        }
    }

    #[test]
    fn usual_numbers_are_integers_and_odd_ones_text() {
        for number in ["0612345678", "+33612345678", "101", "00441632960011"] {
            assert_eq!(number_text(number_code(number).unwrap()), number);
            assert!(number_code(number).unwrap() < 1 << 47);
        }
        for number in
            ["", "0", "000", "anonymous", "+", "+012", "1 2", "*81", "12345678901234567890"]
        {
            assert_eq!(number_code(number), None, "{number}");
        }
    }
}
