//! Where Asterisk is and who logs in, written as one address:
//! `tcp:user:secret@host:port`.

use crate::base::{Error, Kind, Result, Secret};

/// Asterisk's own.
pub const PORT: u16 = 5038;
/// Asterisk's own with TLS.
pub const TLS_PORT: u16 = 5039;

/// An address taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub tls: bool,
    pub host: String,
    pub port: u16,
    pub user: String,
    /// `None` when the address leaves it out.
    pub secret: Option<Secret>,
}

impl Target {
    /// Reads `tcp:user:secret@host:port`, or the same with `tls:`. Secret and
    /// port may be left out; `tcp:` may be `tcp://`. The secret goes from the first `:` to the last
    /// `@`, so it may hold either.
    ///
    /// Errors: [`Kind::Invalid`], never with the secret in it.
    pub fn parse(text: &str) -> Result<Target> {
        let wrong = |what: &str| {
            let form = "the form is tcp:user:secret@host:port, or tls:…";
            Error::new(Kind::Invalid, format!("{what}; {form}"))
        };
        let (tls, rest) = match text.split_once(':') {
            Some(("tcp", rest)) => (false, rest),
            Some(("tls", rest)) => (true, rest),
            _ => return Err(wrong("the address begins with tcp: or tls:")),
        };
        let rest = rest.strip_prefix("//").unwrap_or(rest);
        let (who, place) =
            rest.rsplit_once('@').ok_or_else(|| wrong("there is no @ in the address"))?;
        let (user, secret) = match who.split_once(':') {
            Some((user, secret)) => (user, Some(Secret::new(secret.to_owned()))),
            None => (who, None),
        };
        if user.is_empty() {
            return Err(wrong("the address names no user"));
        }
        let (host, port) = place_of(place).ok_or_else(|| wrong("the address names no host"))?;
        let port = match port {
            None if tls => TLS_PORT,
            None => PORT,
            Some(port) => port
                .parse()
                .ok()
                .filter(|port| *port != 0)
                .ok_or_else(|| wrong("the port is not a number from 1 to 65535"))?,
        };
        let secret = secret.filter(|secret| !secret.is_empty());
        Ok(Target { tls, host: host.to_owned(), port, user: user.to_owned(), secret })
    }
}

/// Host and port of `host`, `host:port`, `[v6]` or `[v6]:port`.
fn place_of(place: &str) -> Option<(&str, Option<&str>)> {
    let (host, port) = match place.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']')?;
            (host, if after.is_empty() { None } else { Some(after.strip_prefix(':')?) })
        }
        None => match place.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (place, None),
        },
    };
    (!host.is_empty()).then_some((host, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_apart() {
        for (text, host, port, user, secret) in [
            ("tcp:portal:s3cret@127.0.0.1:5038", "127.0.0.1", 5038, "portal", Some("s3cret")),
            ("tcp://portal:a:b@c@pbx:6000", "pbx", 6000, "portal", Some("a:b@c")),
            ("tcp:portal@pbx", "pbx", 5038, "portal", None),
            ("tcp:portal:@pbx", "pbx", 5038, "portal", None),
            ("tcp:portal:x@[::1]:5039", "::1", 5039, "portal", Some("x")),
            ("tls:portal:x@pbx", "pbx", 5039, "portal", Some("x")),
            ("tls://portal:x@pbx:5040", "pbx", 5040, "portal", Some("x")),
        ] {
            let target = Target::parse(text).unwrap();
            assert_eq!(target.tls, text.starts_with("tls"));
            assert_eq!((&*target.host, target.port, &*target.user), (host, port, user), "{text}");
            assert_eq!(target.secret.as_ref().map(Secret::reveal), secret, "{text}");
        }
    }

    #[test]
    fn a_wrong_address_is_refused_without_its_secret() {
        for text in [
            "portal:s3cret@pbx",
            "ssl:portal:s3cret@pbx",
            "tcp:portal:s3cret",
            "tcp::s3cret@pbx",
            "tcp:portal:s3cret@",
            "tcp:portal:s3cret@pbx:x",
            "tcp:portal:s3cret@pbx:0",
            "tcp:portal:s3cret@[::1",
        ] {
            let error = Target::parse(text).unwrap_err();
            assert!(!error.chain().contains("s3cret"), "{text}: {}", error.chain());
            assert_eq!(error.kind(), Kind::Invalid);
        }
    }
}
