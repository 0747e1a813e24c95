//! How to connect to a target: plain or by TLS, and whom to trust then.

use std::fmt;
use std::path::PathBuf;

#[cfg(not(feature = "tls"))]
use crate::base::Kind;
use crate::base::{Error, Result};
use crate::input::ami::client::{Dial, Tcp};
use crate::input::ami::target::Target;

/// Whose certificate is good. Neither: what the system's authorities signed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// A PEM file of authorities, or of the certificate itself.
    pub ca: Option<PathBuf>,
    /// The one certificate that is good; stands before `ca`.
    pub fingerprint: Option<Fingerprint>,
}

/// SHA-256 of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// Reads 64 hexadecimal digits, with colons or blanks between or without,
    /// as `openssl x509 -fingerprint -sha256` prints them.
    ///
    /// Errors: what it should be, in one clause.
    pub fn parse(text: &str) -> std::result::Result<Self, String> {
        let wrong = || "64 hexadecimal digits, the SHA-256 of a certificate".to_owned();
        let text = text.rsplit('=').next().unwrap_or(text);
        let digits: Vec<u8> = text
            .chars()
            .filter(|c| !matches!(c, ':' | ' '))
            .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
            .collect::<Option<_>>()
            .ok_or_else(wrong)?;
        let bytes: Vec<u8> =
            digits.chunks(2).map(|pair| pair.iter().fold(0, |a, d| a << 4 | d)).collect();
        if digits.len() != 64 {
            return Err(wrong());
        }
        bytes.try_into().map(Fingerprint).map_err(|_| wrong())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, byte) in self.0.iter().enumerate() {
            write!(out, "{}{byte:02X}", if n == 0 { "" } else { ":" })?;
        }
        Ok(())
    }
}

/// What makes connections to a target.
///
/// Errors: a host or a file that TLS can't use; TLS in a program built
/// without it.
pub fn dialler(target: &Target, trust: &Trust) -> Result<Box<dyn Dial>> {
    let tcp = Tcp { host: target.host.clone(), port: target.port };
    if target.tls { encrypted(tcp, trust) } else { Ok(Box::new(tcp)) }
}

#[cfg(feature = "tls")]
fn encrypted(tcp: Tcp, trust: &Trust) -> Result<Box<dyn Dial>> {
    let tls: Result<_, Error> = crate::input::ami::tls::Tls::new(tcp, trust);
    Ok(Box::new(tls?))
}

#[cfg(not(feature = "tls"))]
fn encrypted(_: Tcp, _: &Trust) -> Result<Box<dyn Dial>> {
    Err(Error::new(
        Kind::Invalid,
        "this program was built without TLS (feature tls); use tcp: on the same machine, or a tunnel",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_read_as_it_is_printed() {
        let print = Fingerprint([0xAB; 32]);
        let text = print.to_string();
        assert_eq!(text.len(), 32 * 3 - 1);
        assert_eq!(Fingerprint::parse(&text), Ok(print));
        let openssl = format!("sha256 Fingerprint={text}");
        assert_eq!(Fingerprint::parse(&openssl), Ok(print));
        assert_eq!(Fingerprint::parse(&"ab".repeat(32)), Ok(print));
        for wrong in ["", "ab", "xyz", &"a".repeat(63), &"é".repeat(64)] {
            assert!(Fingerprint::parse(wrong).is_err(), "{wrong}");
        }
    }
}
