//! The claim code: who reads the console of a fresh box creates its first
//! administrator.

use subtle::ConstantTimeEq;

use crate::base::Result;
use crate::people::password::{Secret, fill_random};

/// Crockford's alphabet: no I, L, O, U, so that a code survives being read
/// aloud and typed by hand.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 12 letters of 5 bits: 60 bits, with a throttle in front.
const LETTERS: usize = 12;

/// A code, in groups of four.
#[derive(Debug)]
pub struct ClaimCode(Secret);

impl ClaimCode {
    /// A new code from the system's randomness.
    pub fn new() -> Result<Self> {
        let mut bytes = [0; LETTERS];
        fill_random(&mut bytes)?;
        let letters = bytes.map(|byte| ALPHABET[usize::from(byte % 32)]);
        let mut text = String::with_capacity(LETTERS + LETTERS / 4);
        for (index, letter) in letters.into_iter().enumerate() {
            if index > 0 && index % 4 == 0 {
                text.push('-');
            }
            text.push(char::from(letter));
        }
        Ok(ClaimCode(Secret::new(text)))
    }

    /// The code for the console.
    pub fn reveal(&self) -> &str {
        self.0.reveal()
    }

    /// Whether somebody typed the code. Case, dashes, spaces and the letters
    /// that look like digits are forgiven; the time does not depend on where
    /// the codes differ.
    pub fn fits(&self, typed: &Secret) -> bool {
        let mine = canonical(self.0.reveal());
        let theirs = canonical(typed.reveal());
        mine.reveal().as_bytes().ct_eq(theirs.reveal().as_bytes()).into()
    }
}

fn canonical(text: &str) -> Secret {
    let letters = text.chars().filter(char::is_ascii_alphanumeric).take(64);
    Secret::new(
        letters
            .map(|char| match char.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            })
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_twelve_letters_in_groups_and_never_the_same() {
        let code = ClaimCode::new().unwrap();
        let groups: Vec<&str> = code.reveal().split('-').collect();
        assert_eq!(groups.iter().map(|group| group.len()).collect::<Vec<_>>(), [4, 4, 4]);
        assert_ne!(code.reveal(), ClaimCode::new().unwrap().reveal());
    }

    #[test]
    fn typing_is_forgiven_what_people_get_wrong_and_nothing_else() {
        let code = ClaimCode(Secret::new("01AB-CDEF-GH23".to_owned()));
        for good in ["01AB-CDEF-GH23", "01abcdefgh23", " oLab cdef gh23 ", "OIAB-CDEF-GH23"] {
            assert!(code.fits(&Secret::new(good.to_owned())), "{good}");
        }
        for bad in ["", "01AB-CDEF-GH24", "01AB-CDEF-GH2", "01AB-CDEF-GH233"] {
            assert!(!code.fits(&Secret::new(bad.to_owned())), "{bad}");
        }
    }
}
