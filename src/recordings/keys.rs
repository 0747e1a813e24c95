//! The keys recordings are sealed to and opened with.
//!
//! A [`Keyring`] is a value: what changes the box's own key gives a new
//! keyring and what is to be stored, and the caller stores it (`files::keys`)
//! before it uses the new one; a recording sealed to a key that was never
//! stored would be lost. The stored secret is an identity file of age, sealed
//! with a passphrase or not: the public `age -d -i` takes both.
//!
//! A box may seal without being able to open: with recipients from its
//! configuration and no key of its own, or with its own one locked.

use zeroize::Zeroizing;

use crate::age::{self, Identity, Recipient, passphrase};
use crate::base::{Error, Kind, Result, UnixSec, time};

/// Characters a passphrase has at least.
pub const SHORTEST_PASSPHRASE: usize = 12;

/// 2^16 KiB: trying a passphrase costs 64 MiB, whoever tries.
const WORK: u8 = if cfg!(test) { 2 } else { 16 };

/// What the key's files hold.
#[derive(Clone, Default)]
pub struct Stored {
    /// An identity file, or one sealed with a passphrase.
    pub secret: Zeroizing<Vec<u8>>,
    /// The recipients of its keys, one a line, the present one first: what a
    /// box knows while its key is locked.
    pub public: String,
}

/// How things stand with opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// There is no key at all: recordings stay plain.
    None,
    /// Recordings are sealed, and opened elsewhere.
    SealOnly,
    /// The box's own key waits for its passphrase.
    Locked,
    /// Recordings are sealed and opened.
    Open,
}

/// Recordings that no key at hand opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// Of the keys they were sealed to.
    pub keys: String,
    pub recordings: u64,
}

/// The keys of this box.
#[derive(Clone, Default)]
pub struct Keyring {
    /// Public halves of the box's own keys, the present one first; retired ones
    /// after it open what was not sealed anew yet.
    own: Vec<Recipient>,
    /// Their secrets in the same order; none while locked.
    secrets: Vec<Identity>,
    /// The stored secret, if a passphrase opens it.
    sealed: Option<Zeroizing<Vec<u8>>>,
    /// Keys that are kept elsewhere and only lent to us.
    lent: Vec<Identity>,
    /// Other recipients, from the configuration.
    extra: Vec<Recipient>,
}

impl Keyring {
    /// The keyring of what is stored, locked if a passphrase seals it. `lent`
    /// are keys from elsewhere, `extra` whom to seal for besides.
    ///
    /// Errors: [`Kind::Damaged`] for a stored key that is none.
    pub fn new(
        stored: Option<&Stored>,
        lent: Vec<Identity>,
        extra: Vec<Recipient>,
    ) -> Result<Self> {
        let mut keyring = Keyring { lent, extra, ..Keyring::default() };
        let Some(stored) = stored else { return Ok(keyring) };
        if sealed_with_passphrase(&stored.secret) {
            keyring.sealed = Some(stored.secret.clone());
            for line in stored.public.lines().filter(|line| !line.starts_with('#')) {
                keyring.own.push(line.parse().map_err(damaged)?);
            }
        } else {
            keyring.take(read(&stored.secret).map_err(damaged)?);
        }
        Ok(keyring)
    }

    /// How things stand.
    pub fn state(&self) -> State {
        if !self.secrets.is_empty() || !self.lent.is_empty() {
            State::Open
        } else if self.sealed.is_some() {
            State::Locked
        } else if self.extra.is_empty() {
            State::None
        } else {
            State::SealOnly
        }
    }

    /// Whether a passphrase opens the box's own key.
    pub fn has_passphrase(&self) -> bool {
        self.sealed.is_some()
    }

    /// The box's own keys, the present one first.
    pub fn own(&self) -> &[Recipient] {
        &self.own
    }

    /// Whom a recording is sealed for now: the box's present key, the keys lent
    /// to it, and the others of the configuration. None: it stays plain.
    pub fn recipients(&self) -> Vec<Recipient> {
        let own = self.own.first().copied();
        let mut all: Vec<Recipient> = Vec::new();
        for one in own
            .into_iter()
            .chain(self.lent.iter().map(Identity::recipient))
            .chain(self.extra.iter().copied())
        {
            if !all.contains(&one) {
                all.push(one);
            }
        }
        all
    }

    /// Fingerprints of [`recipients`](Self::recipients), as a row has them.
    pub fn fingerprints(&self) -> String {
        let all: Vec<String> = self.recipients().iter().map(Recipient::fingerprint).collect();
        all.join(" ")
    }

    /// All keys that open something now.
    pub fn identities(&self) -> Vec<Identity> {
        self.secrets.iter().chain(&self.lent).cloned().collect()
    }

    /// Whether a recording sealed to the key of this fingerprint is opened here
    /// and now.
    pub fn opens(&self, fingerprint: &str) -> bool {
        self.secrets
            .iter()
            .chain(&self.lent)
            .any(|key| key.recipient().fingerprint() == fingerprint)
    }

    /// Of recordings counted by the keys in their rows, those that no key of
    /// this box opens, locked or not. They can't be heard again unless one of
    /// these keys is brought back from its export ([`brought`](Self::brought))
    /// or the key is kept elsewhere by intention.
    pub fn lost<'a>(&self, rows: impl IntoIterator<Item = (&'a str, u64)>) -> Vec<Lost> {
        let ours: Vec<String> = self
            .own
            .iter()
            .chain(&self.lent.iter().map(Identity::recipient).collect::<Vec<_>>())
            .map(Recipient::fingerprint)
            .collect();
        rows.into_iter()
            .filter(|(keys, _)| !keys.split(' ').any(|key| ours.iter().any(|own| own == key)))
            .map(|(keys, recordings)| Lost { keys: keys.to_owned(), recordings })
            .collect()
    }

    /// A first key of the box's own, with a passphrase or without.
    ///
    /// Errors: [`Kind::Conflict`] when it has one; [`Kind::Invalid`] for a short
    /// passphrase.
    pub fn created(&self, passphrase: Option<&str>, now: UnixSec) -> Result<(Stored, Keyring)> {
        if !self.own.is_empty() || self.sealed.is_some() {
            return Err(Error::new(
                Kind::Conflict,
                "there is a key already; rotate it for a new one",
            )
            .coded("key.exists", []));
        }
        let key = Identity::generate().map_err(random)?;
        self.with(vec![key], passphrase, now)
    }

    /// A new key in place of the present one, which is retired and still opens.
    /// What was sealed before is sealed for the new one by rewrapping each
    /// file's header (`files::rewrap`), after which
    /// [`without_retired`](Self::without_retired) may forget the old ones.
    /// `passphrase` is the present one, if the key has one.
    ///
    /// Errors: [`Kind::NotFound`] without a key; [`Kind::Denied`] while locked or
    /// for a wrong passphrase.
    pub fn rotated(&self, passphrase: Option<&str>, now: UnixSec) -> Result<(Stored, Keyring)> {
        self.check(passphrase)?;
        let mut keys = vec![Identity::generate().map_err(random)?];
        keys.extend(self.secrets.iter().cloned());
        self.with(keys, passphrase, now)
    }

    /// The keys in an exported text, brought back: they open what was sealed to
    /// them. On a box without a key the first becomes its own.
    ///
    /// Errors: [`Kind::Invalid`] for a text that holds none; as
    /// [`rotated`](Self::rotated).
    pub fn brought(
        &self,
        text: &str,
        passphrase: Option<&str>,
        now: UnixSec,
    ) -> Result<(Stored, Keyring)> {
        if !self.own.is_empty() || self.sealed.is_some() {
            self.check(passphrase)?;
        }
        let mut keys = self.secrets.clone();
        for key in Identity::from_file_text(text).map_err(refused)? {
            if keys.iter().all(|known| known.recipient() != key.recipient()) {
                keys.push(key);
            }
        }
        self.with(keys, passphrase, now)
    }

    /// The keys with another passphrase, or without one.
    ///
    /// Errors: as [`rotated`](Self::rotated); [`Kind::Invalid`] for a short one.
    pub fn protected(
        &self,
        passphrase: Option<&str>,
        new: Option<&str>,
        now: UnixSec,
    ) -> Result<(Stored, Keyring)> {
        self.check(passphrase)?;
        self.with(self.secrets.clone(), new, now)
    }

    /// Without the retired keys. **What is still sealed to one of them only can
    /// never be heard again**, so that `in_use`, the keys of all rows, is asked
    /// first.
    ///
    /// Errors: [`Kind::Conflict`] while one is in use; as
    /// [`rotated`](Self::rotated).
    pub fn without_retired<'a>(
        &self,
        in_use: impl IntoIterator<Item = &'a str>,
        passphrase: Option<&str>,
        now: UnixSec,
    ) -> Result<(Stored, Keyring)> {
        self.check(passphrase)?;
        let kept = Keyring { own: self.own[..1].to_vec(), ..self.clone() };
        let lost = kept.lost(in_use.into_iter().map(|keys| (keys, 1)));
        if let Some(one) = lost.first() {
            let text = format!(
                "recordings are still sealed to {} only; finish the rotation first",
                one.keys
            );
            return Err(Error::new(Kind::Conflict, text).coded("key.in_use", []));
        }
        self.with(self.secrets[..1].to_vec(), passphrase, now)
    }

    /// The present key as the text of an identity file, to be kept in a safe
    /// place: given once. `exported` says when it was given; the caller stores
    /// that it was, before it hands the text over.
    ///
    /// Errors: [`Kind::Conflict`] if it was exported before; [`Kind::Denied`]
    /// while locked; [`Kind::NotFound`] without a key.
    pub fn export(&self, exported: Option<UnixSec>, now: UnixSec) -> Result<Zeroizing<String>> {
        if self.own.is_empty() && self.sealed.is_none() {
            return Err(no_key());
        }
        let Some(key) = self.secrets.first() else { return Err(locked()) };
        if let Some(at) = exported {
            let text = format!(
                "the key was exported on {} and is given once; rotate it for one that can be",
                time::timestamp(at)
            );
            return Err(Error::new(Kind::Conflict, text).coded("key.exported", []));
        }
        Ok(text_of(std::slice::from_ref(key), now))
    }

    /// Opens the box's own key. It stays open until [`lock`](Self::lock) or the
    /// end of the process. Blocks for a second and takes 64 MiB meanwhile.
    ///
    /// Errors: [`Kind::Denied`] for a wrong passphrase, [`Kind::Conflict`] if
    /// the key has none, [`Kind::Damaged`] for a stored key that is broken.
    pub fn unlock(&mut self, passphrase: &str) -> Result<()> {
        let Some(sealed) = &self.sealed else {
            return Err(Error::new(Kind::Conflict, "the key has no passphrase")
                .coded("key.no_passphrase", []));
        };
        let plain = passphrase::open(sealed, passphrase).map_err(refused)?;
        let keys = read(&plain).map_err(damaged)?;
        self.take(keys);
        Ok(())
    }

    /// Forgets the secrets of the box's own key until it is unlocked again.
    ///
    /// Errors: [`Kind::Conflict`] if it has no passphrase.
    pub fn lock(&mut self) -> Result<()> {
        if self.sealed.is_none() {
            return Err(Error::new(
                Kind::Conflict,
                "the key has no passphrase and would be open again at the next start; give it one",
            )
            .coded("key.no_passphrase", []));
        }
        self.secrets.clear();
        Ok(())
    }

    fn take(&mut self, keys: Vec<Identity>) {
        self.own = keys.iter().map(Identity::recipient).collect();
        self.secrets = keys;
    }

    /// That the keys are open, and that the passphrase is theirs.
    fn check(&self, passphrase: Option<&str>) -> Result<()> {
        match (&self.sealed, passphrase) {
            (None, _) if self.secrets.is_empty() => Err(no_key()),
            (Some(_), _) if self.secrets.is_empty() => Err(locked()),
            (Some(_), None) => Err(Error::new(Kind::Denied, "the key's passphrase is needed")
                .coded("key.passphrase_needed", [])),
            (Some(sealed), Some(passphrase)) => {
                passphrase::open(sealed, passphrase).map(drop).map_err(refused)
            }
            (None, None) => Ok(()),
            (None, Some(_)) => Err(Error::new(Kind::Conflict, "the key has no passphrase")
                .coded("key.no_passphrase", [])),
        }
    }

    /// What to store for these keys, and the keyring that has them.
    fn with(
        &self,
        keys: Vec<Identity>,
        passphrase: Option<&str>,
        now: UnixSec,
    ) -> Result<(Stored, Keyring)> {
        let text = text_of(&keys, now);
        let public = keys.iter().map(|key| format!("{}\n", key.recipient())).collect();
        let mut keyring = Keyring { sealed: None, ..self.clone() };
        let secret = match passphrase {
            None => Zeroizing::new(text.as_bytes().to_vec()),
            Some(passphrase) => {
                if passphrase.chars().count() < SHORTEST_PASSPHRASE {
                    let text =
                        format!("a passphrase has at least {SHORTEST_PASSPHRASE} characters");
                    return Err(Error::new(Kind::Invalid, text).coded(
                        "key.passphrase_short",
                        [("least", SHORTEST_PASSPHRASE.to_string())],
                    ));
                }
                let sealed = passphrase::seal(text.as_bytes(), passphrase, WORK).map_err(random)?;
                let sealed = Zeroizing::new(sealed);
                keyring.sealed = Some(sealed.clone());
                sealed
            }
        };
        keyring.take(keys);
        Ok((Stored { secret, public }, keyring))
    }
}

impl std::fmt::Debug for Stored {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Stored({})", self.public.trim())
    }
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Keyring({:?}, {})", self.state(), self.fingerprints())
    }
}

/// What a fault of a sealed file means to who asked for it.
pub fn refused(error: age::Error) -> Error {
    let (kind, code) = match &error {
        age::Error::Io(_) => (Kind::Unavailable, "sealed.unreadable"),
        age::Error::WrongKey | age::Error::OtherKind => (Kind::Denied, "sealed.locked"),
        age::Error::WrongPassphrase => (Kind::Denied, "key.passphrase_wrong"),
        age::Error::Key(_) | age::Error::NoRecipients | age::Error::TooMuchWork { .. } => {
            (Kind::Invalid, "key.invalid")
        }
        age::Error::NotAge
        | age::Error::Version
        | age::Error::Header(_)
        | age::Error::HeaderTooLong
        | age::Error::Truncated
        | age::Error::HeaderMac
        | age::Error::Damaged { .. } => (Kind::Damaged, "sealed.damaged"),
    };
    Error::new(kind, error.to_string()).coded(code, [])
}

fn damaged(error: age::Error) -> Error {
    let text = "the stored key is damaged; bring it back from its export or a backup";
    Error::caused(Kind::Damaged, text, error)
}

fn random(error: std::io::Error) -> Error {
    Error::caused(Kind::Internal, "a key can't be made", error)
}

fn no_key() -> Error {
    Error::new(Kind::NotFound, "there is no key; make one first").coded("key.none", [])
}

fn locked() -> Error {
    Error::new(Kind::Denied, "the key is locked; unlock it with its passphrase first")
        .coded("key.locked", [])
}

fn sealed_with_passphrase(secret: &[u8]) -> bool {
    secret.starts_with(b"age-encryption.org/")
}

fn read(secret: &[u8]) -> Result<Vec<Identity>, age::Error> {
    let text = str::from_utf8(secret).map_err(|_| age::Error::Key("a text"))?;
    Identity::from_file_text(text)
}

/// An identity file as `age-keygen` writes it, the present key first.
fn text_of(keys: &[Identity], now: UnixSec) -> Zeroizing<String> {
    // Long enough from the start, so that no piece stays behind in a shorter one.
    let mut text = Zeroizing::new(String::with_capacity(128 + keys.len() * 192));
    text.push_str("# Key of the recordings of this box. Whoever has it hears them all.\n");
    text.push_str(&format!("# written: {}\n", time::timestamp(now)));
    for key in keys {
        text.push_str(&format!("# public key: {}\n", key.recipient()));
        text.push_str(&key.to_text());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests;
