//! Why there is no connection, in words for people.

use std::fmt;
use std::time::Duration;

use crate::input::ami::action::Refused;

/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Why a connection ended or did not begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Down {
    /// Nobody listens there: Asterisk is not running, or starts.
    NobodyThere,
    /// The system's words.
    Unreachable(String),
    /// No handshake, and why.
    NoTls(String),
    /// Asterisk closed the connection.
    Closed,
    /// Something else answered, with its first words.
    NotAmi(String),
    /// No login within this time.
    NoLogin(Duration),
    NoChallenge(String),
    /// Asterisk's words.
    WrongSecret(String),
    Silent(Duration),
    /// A block had no end within this time.
    NeverEnds(Duration),
    /// A block was longer than this many bytes.
    TooLong(usize),
    /// More events came during the snapshot than are kept.
    Overflow,
    Unprintable(Refused),
    /// We were told to stop.
    Stopped,
}

impl fmt::Display for Down {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Down::NobodyThere => write!(
                out,
                "nobody listens there; is Asterisk running, and enabled = yes in manager.conf?"
            ),
            Down::Unreachable(words) => write!(out, "it can't be reached: {words}"),
            Down::NoTls(words) => write!(out, "no TLS: {words}"),
            Down::Closed => write!(
                out,
                "Asterisk closed the connection; it stops, or permit in manager.conf leaves us out"
            ),
            Down::NotAmi(words) => {
                write!(out, "what answers is not Asterisk's manager interface: {words:?}")
            }
            Down::NoLogin(time) => write!(out, "no login within {} s", time.as_secs()),
            Down::NoChallenge(words) => {
                write!(out, "Asterisk gives no challenge for an MD5 login: {words}")
            }
            Down::WrongSecret(words) => write!(
                out,
                "the login was refused: {words}; compare user, secret and permit with manager.conf"
            ),
            Down::Silent(time) => write!(out, "not a byte for {} s", time.as_secs()),
            Down::NeverEnds(time) => {
                write!(out, "a block without end for {} s", time.as_secs())
            }
            Down::TooLong(bytes) => write!(out, "a block longer than {bytes} bytes"),
            Down::Overflow => write!(out, "more events than can be kept during the snapshot"),
            Down::Unprintable(refused) => write!(out, "the login can't be sent: {refused}"),
            Down::Stopped => write!(out, "stopped"),
        }
    }
}

/// Pauses between attempts: 1, 2, 4, … 30 s. Where nobody listens the attempt
/// costs nothing and Asterisk may be back any moment, so it stays at 1 s.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    pub fn after(&mut self, reason: &Down) -> Duration {
        if matches!(reason, Down::NobodyThere) {
            self.failures = 0;
            return Duration::from_secs(1);
        }
        let pause = Duration::from_secs(1_u64 << self.failures.min(5)).min(LONGEST_PAUSE);
        self.failures += 1;
        pause
    }

    /// Events flow again.
    pub fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_half_a_minute_and_begin_anew_after_success() {
        let mut backoff = Backoff::default();
        let wrong = Down::WrongSecret("x".to_owned());
        let pauses: Vec<u64> = (0..7).map(|_| backoff.after(&wrong).as_secs()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30]);
        assert_eq!(backoff.after(&Down::NobodyThere).as_secs(), 1);
        backoff.after(&wrong);
        backoff.reset();
        assert_eq!(backoff.after(&wrong).as_secs(), 1);
    }
}
