//! Log-in sessions: a random 256-bit id in a cookie, its hash in the
//! database, and a token against forged requests.

use std::fmt;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use crate::base::{Result, Secs, UnixSec};
use crate::people::account::Account;
use crate::people::password::fill_random;
use crate::people::right::{Right, Rights};

/// How long a session lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    /// Without a request.
    pub idle: Secs,
    /// At most.
    pub absolute: Secs,
}

impl Default for Lifetime {
    fn default() -> Self {
        Lifetime { idle: 12 * 3600, absolute: 7 * 24 * 3600 }
    }
}

/// The last use of a session is written at most this often: flash wears.
pub const SEEN_EVERY: Secs = 300;

/// 256 random bits, wiped when dropped, never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Token([u8; 32]);

impl Token {
    pub fn new() -> Result<Self> {
        let mut bytes = [0; 32];
        fill_random(&mut bytes)?;
        Ok(Token(bytes))
    }

    /// The token of a stored value; `None` when it has another length.
    pub fn stored(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Token)
    }

    /// The token of its text, 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let [high, low] = [pair[0], pair[1]].map(|digit| char::from(digit).to_digit(16));
            *byte = u8::try_from(high? * 16 + low?).ok()?;
        }
        Some(Token(bytes))
    }

    /// The text for a cookie or a header.
    pub fn text(&self) -> String {
        hex(&self.0)
    }

    /// What is stored of it: a thief of the database can't log in. SHA-256
    /// without a salt is enough for 256 random bits.
    pub fn hashed(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }

    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether two tokens are the same, in the same time wherever they
    /// differ.
    pub fn fits(&self, other: &Token) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Token(…)")
    }
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// One stored session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginSession {
    /// SHA-256 of the cookie's token.
    pub id_hash: [u8; 32],
    pub account_id: i64,
    pub csrf: Token,
    pub created: UnixSec,
    pub last_seen: UnixSec,
    /// The absolute end.
    pub expires: UnixSec,
    /// Where it was opened from.
    pub address: String,
    /// The browser's name for itself, cut short.
    pub agent: String,
}

impl LoginSession {
    /// A name for the session that is safe to show: a part of the hash.
    pub fn handle(&self) -> String {
        hex(&self.id_hash[..8])
    }

    /// Whether the session still opens the door.
    pub fn alive(&self, lifetime: Lifetime, now: UnixSec) -> bool {
        now < self.ends(lifetime)
    }

    /// When it ends unless it is used again.
    pub fn ends(&self, lifetime: Lifetime) -> UnixSec {
        self.expires.min(self.last_seen + lifetime.idle)
    }
}

/// Somebody who is logged in: the account and the session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    pub account: Account,
    pub session: LoginSession,
}

impl Viewer {
    pub fn rights(&self) -> Rights {
        self.account.role.rights()
    }

    pub fn may(&self, right: Right) -> bool {
        self.rights().has(right)
    }

    /// Whether the queue lies within what the person may see.
    pub fn may_see_queue(&self, queue: &str) -> bool {
        match &self.account.queues {
            None => true,
            Some(queues) => queues.iter().any(|own| own == queue),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_from_its_text_and_from_nothing_else() {
        let token = Token::new().unwrap();
        let text = token.text();
        assert!(Token::parse(&text).unwrap().fits(&token));
        assert!(Token::stored(token.bytes()).unwrap().fits(&token));
        assert!(Token::parse(&text[1..]).is_none());
        assert!(Token::parse(&text.replace(|_| true, "g")).is_none());
        assert!(Token::parse(&"é".repeat(32)).is_none());
        assert!(Token::stored(&[0; 31]).is_none());
        assert_ne!(token.hashed(), *token.bytes());
        assert_eq!(format!("{token:?}"), "Token(…)");
    }

    #[test]
    fn a_session_ends_by_idleness_or_by_age() {
        let session = LoginSession {
            id_hash: [0; 32],
            account_id: 1,
            csrf: Token([0; 32]),
            created: 0,
            last_seen: 0,
            expires: 100,
            address: String::new(),
            agent: String::new(),
        };
        let lifetime = Lifetime { idle: 40, absolute: 100 };
        assert!(session.alive(lifetime, 39));
        assert!(!session.alive(lifetime, 40));
        let used = LoginSession { last_seen: 90, ..session };
        assert!(used.alive(lifetime, 99));
        assert!(!used.alive(lifetime, 100));
    }
}
