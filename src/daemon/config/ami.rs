//! Section `ami`.

use std::path::Path;

use crate::base::error::io;
use crate::base::setting::{Fault, Raw, RawValue, Value};
use crate::base::{Error, Kind, Result, Secret};
use crate::input::ami::session::Login;
use crate::input::ami::target::{PORT, Target};

/// The longest secret taken from a file.
const MOST_BYTES: u64 = 1024;
/// Instead of a file, for services that get their secrets so.
const VARIABLE: &str = "SWITCHROOM_AMI_SECRET";

crate::settings! {
    /// The connection to Asterisk's manager interface. Without a user there is none, and
    /// the queue log alone is read.
    pub struct Ami {
        /// All in one: `tcp:user:secret@host:port`; stands before the settings below.
        /// Better leave the secret out, `tcp:user@host:port`, and name a file.
        url: Address = Address::default(),
        /// Where Asterisk listens. Outside this machine the connection is not encrypted.
        host: String = "127.0.0.1".to_owned(),
        /// Its port.
        port: u32 = u32::from(PORT),
        /// The user of manager.conf; empty for no connection.
        user: String = String::new(),
        /// A file whose first line is the secret; the environment variable
        /// SWITCHROOM_AMI_SECRET stands before it.
        secret_file: String = String::new(),
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
