//! Searching for a telephone number: its digits, with `*` for anything at
//! either end. Spellings of one number are one.

use rusqlite::types::ValueRef;

use crate::store::packed_id::{number_code, number_digits};

/// Digits that a number must be, begin with, end with or hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberPattern {
    digits: Box<str>,
    open_start: bool,
    open_end: bool,
}

impl NumberPattern {
    /// Everything but digits and a star at either end is left out.
    pub fn new(text: &str) -> Self {
        let text = text.trim();
        NumberPattern {
            digits: text.chars().filter(char::is_ascii_digit).collect(),
            open_start: text.starts_with('*'),
            open_end: text.ends_with('*'),
        }
    }

    /// Whether a number as written fits.
    pub fn fits(&self, number: &str) -> bool {
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        self.fits_digits(digits.as_bytes())
    }

    fn fits_digits(&self, number: &[u8]) -> bool {
        let digits = self.digits.as_bytes();
        match (self.open_start, self.open_end) {
            (false, false) => number == digits,
            (true, false) => number.ends_with(digits),
            (false, true) => number.starts_with(digits),
            (true, true) if digits.is_empty() => true,
            (true, true) => number.windows(digits.len()).any(|part| part == digits),
        }
    }

    /// Whether the number in a row fits.
    pub(crate) fn fits_cell(&self, number: ValueRef<'_>) -> bool {
        match number {
            ValueRef::Integer(code) => number_digits(code, |digits| self.fits_digits(digits)),
            ValueRef::Text(text) => self.fits(&String::from_utf8_lossy(text)),
            _ => self.fits_digits(b""),
        }
    }

    /// The digits of a whole number; `None` for a part of one.
    pub(crate) fn whole(&self) -> Option<&str> {
        (!self.open_start && !self.open_end && !self.digits.is_empty()).then_some(&self.digits)
    }

    /// The integers that a whole number may be stored as, plain and with a
    /// plus; a number may also be stored as text. `None` for a part of a
    /// number.
    pub(crate) fn codes(&self) -> Option<[i64; 2]> {
        let digits = self.whole()?;
        // No number is stored as a negative integer.
        let code = |text: &str| number_code(text).unwrap_or(-1);
        Some([code(digits), code(&format!("+{digits}"))])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_number_fits_in_a_row_as_it_does_as_text(
            number in "[+*]?0{0,3}[0-9 ]{0,12}",
            part in "\\*?[+]?[0-9]{0,4}\\*?",
        ) {
            for pattern in [NumberPattern::new(&part), NumberPattern::new(&number)] {
                let fits = pattern.fits(&number);
                if let Some(code) = number_code(&number) {
                    prop_assert_eq!(pattern.fits_cell(ValueRef::Integer(code)), fits);
                    if let Some(codes) = pattern.codes() {
                        prop_assert_eq!(codes.contains(&code), fits, "{:?}", pattern);
                    }
                }
                prop_assert_eq!(pattern.fits_cell(ValueRef::Text(number.as_bytes())), fits);
            }
        }
    }

    #[test]
    fn stars_stand_for_anything_and_nothing_hides_behind_them() {
        let fits = |pattern: &str, number: &str| NumberPattern::new(pattern).fits(number);
        assert!(fits("0142", "01 42") && fits("+33142", "33142") && !fits("0142", "01425"));
        assert!(fits("0142*", "01425") && fits("*425", "01425") && fits("*42*", "01425"));
        assert!(!fits("*43*", "01425") && fits("*", "anonymous"));
    }
}
