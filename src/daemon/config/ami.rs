//! Section `ami`.

use std::path::Path;

use crate::base::error::io;
use crate::base::setting::{Fault, Raw, RawValue, Value};
use crate::base::{Error, Kind, Result, Secret};
use crate::input::ami::session::Login;
use crate::input::ami::target::{PORT, Target};
use crate::input::ami::{Fingerprint, Trust};

/// The longest secret taken from a file.
const MOST_BYTES: u64 = 1024;
/// Instead of a file, for services that get their secrets so.
const VARIABLE: &str = "SWITCHROOM_AMI_SECRET";

crate::settings! {
    /// The connection to Asterisk's manager interface. Without a user there is none, and
    /// the queue log alone is read.
    pub struct Ami {
        /// All in one: `tcp:user:secret@host:port`, or `tls:` for TLS; stands before the
        /// settings below.
        /// Better leave the secret out, `tcp:user@host:port`, and name a file.
        url: Address = Address::default(),
        /// Where Asterisk listens. Outside this machine only TLS keeps calls secret.
        host: String = "127.0.0.1".to_owned(),
        /// Its port; Asterisk's own with TLS is 5039.
        port: u32 = u32::from(PORT),
        /// The user of manager.conf; empty for no connection.
        user: String = String::new(),
        /// A file whose first line is the secret; the environment variable
        /// SWITCHROOM_AMI_SECRET stands before it.
        secret_file: String = String::new(),
        /// Encrypt the connection (`tlsenable = yes` in manager.conf).
        tls: bool = false,
        /// With TLS: a PEM file of the authorities that are trusted, or of Asterisk's own
        /// certificate; empty for the system's authorities.
        ca: String = String::new(),
        /// With TLS: SHA-256 of the one certificate that is trusted, as `openssl x509
        /// -fingerprint -sha256` prints it; stands before ca. `switchroom ami check` tells it.
        fingerprint: Print = Print::default(),
        /// Send the secret itself at login instead of the answer to an MD5 challenge.
        plain_login: bool = false,
        /// Count calls by what Asterisk tells here as well as by the queue log, so that
        /// they count while the log is missing or stands still, or where there is none.
        /// What both tell counts once. Rings that were cancelled, keys that were pressed
        /// and what a dialplan writes itself are only in the log.
        count_calls: bool = false,
    }
}

/// An address that may hold a secret: it does not print.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address(Secret);

impl Value for Address {
    const KIND: &'static str = "address";
    fn read(raw: &Raw, _: &str, _: &mut Vec<Fault>) -> Result<Self, String> {
        let RawValue::Text(text) = &raw.value else {
            return Err("an address such as \"tcp:user@127.0.0.1:5038\"".to_owned());
        };
        if !text.is_empty() {
            Target::parse(text).map_err(|error| format!("an address: {}", error.message()))?;
        }
        Ok(Address(Secret::new(text.clone())))
    }
    fn show(&self) -> String {
        "\"\"".to_owned()
    }
}

/// SHA-256 of a certificate, or none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Print(Option<Fingerprint>);

impl Value for Print {
    const KIND: &'static str = "fingerprint";
    fn read(raw: &Raw, _: &str, _: &mut Vec<Fault>) -> Result<Self, String> {
        match &raw.value {
            RawValue::Text(text) if text.is_empty() => Ok(Print(None)),
            RawValue::Text(text) => Fingerprint::parse(text).map(|print| Print(Some(print))),
            _ => Err("64 hexadecimal digits in quotes".to_owned()),
        }
    }
    fn show(&self) -> String {
        format!("{:?}", self.0.map(|print| print.to_string()).unwrap_or_default())
    }
}

impl Ami {
    /// Whether a connection is wanted.
    pub fn is_set(&self) -> bool {
        !self.url.0.is_empty() || !self.user.is_empty()
    }

    /// Where to connect, and the secret as far as the settings, the
    /// environment or the file give it.
    ///
    /// Errors: [`Kind::Invalid`] without a user; what reading the file says.
    pub fn target(&self) -> Result<Target> {
        let mut target = if !self.url.0.is_empty() {
            Target::parse(self.url.0.reveal())?
        } else if self.user.is_empty() {
            return Err(Error::new(
                Kind::Invalid,
                "no manager connection is set; give ami.user and ami.secret_file, or an address",
            ));
        } else {
            let port = u16::try_from(self.port).ok().filter(|port| *port != 0);
            let wrong = || Error::new(Kind::Invalid, "ami.port must be from 1 to 65535");
            Target {
                tls: self.tls,
                host: self.host.clone(),
                port: port.ok_or_else(wrong)?,
                user: self.user.clone(),
                secret: None,
            }
        };
        if let Ok(secret) = std::env::var(VARIABLE) {
            target.secret = Some(Secret::new(secret));
        } else if !self.secret_file.is_empty() {
            target.secret = Some(secret_file(Path::new(&self.secret_file))?);
        }
        Ok(target)
    }

    /// Whose certificate is good.
    pub fn trust(&self) -> Trust {
        let ca = (!self.ca.is_empty()).then(|| self.ca.clone().into());
        Trust { ca, fingerprint: self.fingerprint.0 }
    }

    /// Whether something is said about trust, and nothing about TLS.
    pub fn trusts_for_nothing(&self) -> bool {
        let tls = self.tls || self.url.0.reveal().starts_with("tls:");
        !tls && self.trust() != Trust::default()
    }

    /// Where to connect and how to log in, for the daemon.
    ///
    /// Errors: as [`Ami::target`], and [`Kind::Invalid`] without a secret.
    pub fn login(&self) -> Result<(Target, Login)> {
        let mut target = self.target()?;
        let secret = target.secret.take().ok_or_else(|| {
            Error::new(
                Kind::Invalid,
                format!("the secret of {} is missing; name ami.secret_file", target.user),
            )
        })?;
        let login = Login { plain: self.plain_login, ..Login::new(&target.user, secret) };
        Ok((target, login))
    }
}

/// The first line of a file.
pub fn secret_file(path: &Path) -> Result<Secret> {
    use std::io::Read;
    let named = |error| io(format!("can't read the secret in {}", path.display()), error);
    let file = std::fs::File::open(path).map_err(named)?;
    let mut text = zeroize::Zeroizing::new(String::new());
    file.take(MOST_BYTES).read_to_string(&mut text).map_err(named)?;
    let line = text.lines().next().unwrap_or_default().trim_end();
    if line.is_empty() {
        let what = format!("the first line of {} is empty; it is the secret", path.display());
        return Err(Error::new(Kind::Invalid, what));
    }
    Ok(Secret::new(line.to_owned()))
}

#[cfg(test)]
mod tests {
    use crate::daemon::config::Config;

    #[test]
    fn an_address_or_single_settings_say_where_and_who() {
        let config = Config::parse("[ami]\nurl = \"tcp:portal:s3cret@pbx:5039\"").unwrap();
        assert!(config.ami.is_set());
        assert!(!format!("{config:?}").contains("s3cret"));
        let (target, login) = config.ami.login().unwrap();
        assert_eq!((&*target.host, target.port, &*login.user), ("pbx", 5039, "portal"));
        assert_eq!(login.secret.reveal(), "s3cret");

        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        std::fs::write(&file, "from-file\n").unwrap();
        let text = format!(
            "[ami]\nuser = \"portal\"\nsecret_file = \"{}\"\nplain_login = true",
            file.display()
        );
        let (target, login) = Config::parse(&text).unwrap().ami.login().unwrap();
        assert_eq!((&*target.host, target.port), ("127.0.0.1", 5038));
        assert_eq!(login.secret.reveal(), "from-file");
        assert!(login.plain);
    }

    #[test]
    fn a_wrong_address_is_a_fault_of_its_line_without_the_secret() {
        let faults = Config::parse("[ami]\nurl = \"portal:s3cret@pbx\"").unwrap_err();
        assert_eq!(faults[0].line, 2);
        assert!(faults[0].text.contains("tcp:") && !faults[0].text.contains("s3cret"));
        assert!(!Config::parse("").unwrap().ami.is_set());
    }
}
