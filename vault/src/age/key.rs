//! X25519 keys, and the file key they wrap.

use std::fmt;
use std::io;
use std::str::FromStr;

use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32, Hrp};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::base64;
use super::error::Error;
use super::header::Stanza;

const RECIPIENT_HRP: &str = "age";
const IDENTITY_HRP: &str = "age-secret-key-";
/// The first argument of its stanzas.
pub(super) const X25519: &str = "X25519";
const INFO: &[u8] = b"age-encryption.org/v1/X25519";

/// Bytes of a file key with its tag.
pub(super) const WRAPPED: usize = 32;

/// Whom a file is sealed for: a public key, written `age1…`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Recipient([u8; 32]);

/// Who opens a file: a secret key, written `AGE-SECRET-KEY-1…`. It is wiped
/// when dropped and does not print.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Identity {
    secret: [u8; 32],
    /// Worked out once: it takes as long as opening does.
    public: [u8; 32],
}

/// What a file is sealed with: 16 random bytes, never used for another file.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(super) struct FileKey(pub(super) [u8; 16]);

impl Recipient {
    /// The first 16 hexadecimal digits of the SHA-256 of the key's text
    /// `age1…`: a name short enough for rows and for people, who get it by
    /// `printf %s age1… | sha256sum`.
    pub fn fingerprint(&self) -> String {
        let digest = ring::digest::digest(&ring::digest::SHA256, self.to_string().as_bytes());
        digest.as_ref()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The stanza that gives `file_key` to this recipient.
    pub(super) fn wrap(&self, file_key: &FileKey) -> io::Result<Stanza> {
        let mut secret = Zeroizing::new([0; 32]);
        random(&mut *secret)?;
        self.wrap_with(file_key, &StaticSecret::from(*secret))
    }

    /// The same with a secret of the caller's. **It must never be used twice.**
    pub(super) fn wrap_with(&self, file_key: &FileKey, once: &StaticSecret) -> io::Result<Stanza> {
        let share = PublicKey::from(once);
        let shared = once.diffie_hellman(&PublicKey::from(self.0));
        if !shared.was_contributory() {
            // A text of 32 zeros is a recipient by its form; anyone could open what it gets.
            return Err(Error::Key("a public key that keeps nothing secret").into());
        }
        let key = wrap_key(shared.as_bytes(), share.as_bytes(), &self.0);
        let mut digits = Vec::new();
        base64::encode(share.as_bytes(), &mut digits);
        let share = String::from_utf8_lossy(&digits).into_owned();
        Ok(Stanza { args: vec![X25519.to_owned(), share], body: wrap(&key, file_key) })
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        bech32::encode_lower_to_fmt::<Bech32, _>(out, Hrp::parse_unchecked(RECIPIENT_HRP), &self.0)
            .map_err(|_| fmt::Error)
    }
}

impl FromStr for Recipient {
    type Err = Error;

    /// Reads `age1…`; blanks around it are ignored.
    fn from_str(text: &str) -> Result<Self, Error> {
        let expected = "a public key begins with age1 and is copied whole";
        let bytes = key_bytes(text.trim(), RECIPIENT_HRP).ok_or(Error::Key(expected))?;
        Ok(Recipient(*bytes))
    }
}

impl Identity {
    /// A new secret key from the system's random numbers.
    pub fn generate() -> io::Result<Self> {
        let mut secret = Zeroizing::new([0; 32]);
        random(&mut *secret)?;
        Ok(Identity::of(&secret))
    }

    fn of(secret: &[u8; 32]) -> Self {
        let public = PublicKey::from(&StaticSecret::from(*secret)).to_bytes();
        Identity { secret: *secret, public }
    }

    /// Reads `AGE-SECRET-KEY-1…`; blanks around it are ignored.
    pub fn from_text(text: &str) -> Result<Self, Error> {
        let expected = "a secret key begins with AGE-SECRET-KEY-1 and is copied whole";
        let bytes = key_bytes(text.trim(), IDENTITY_HRP).ok_or(Error::Key(expected))?;
        Ok(Identity::of(&bytes))
    }

    /// The keys of an identity file as `age-keygen` writes it: one a line,
    /// blank lines and lines after `#` aside.
    pub fn from_file_text(text: &str) -> Result<Vec<Self>, Error> {
        let keys =
            text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let identities: Vec<Self> = keys.map(Identity::from_text).collect::<Result<_, _>>()?;
        if identities.is_empty() {
            return Err(Error::Key("the file holds no line with AGE-SECRET-KEY-1"));
        }
        Ok(identities)
    }

    /// The key as a text that is wiped when dropped. **Whoever has it hears
    /// everything sealed for its recipient.**
    pub fn to_text(&self) -> Zeroizing<String> {
        // Long enough that no piece of it stays behind in an earlier allocation.
        let mut text = Zeroizing::new(String::with_capacity(96));
        let hrp = Hrp::parse_unchecked(IDENTITY_HRP);
        bech32::encode_upper_to_fmt::<Bech32, String>(&mut text, hrp, &self.secret)
            .expect("32 bytes are below bech32's limit and a String takes any text");
        text
    }

    /// The public key that goes with it.
    pub fn recipient(&self) -> Recipient {
        Recipient(self.public)
    }

    /// The file key in a stanza for this identity, `None` when the stanza is
    /// for somebody else.
    pub(super) fn unwrap(&self, stanza: &X25519Stanza) -> Result<Option<FileKey>, Error> {
        let shared = StaticSecret::from(self.secret).diffie_hellman(&PublicKey::from(stanza.share));
        if !shared.was_contributory() {
            return Err(Error::Header("a share that keeps something secret"));
        }
        let key = wrap_key(shared.as_bytes(), &stanza.share, &self.public);
        Ok(unwrap(&key, &stanza.body))
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Identity({})", self.recipient().fingerprint())
    }
}

/// A stanza of type X25519, its parts checked.
pub(super) struct X25519Stanza {
    share: [u8; 32],
    body: [u8; WRAPPED],
}

impl X25519Stanza {
    /// `None` for stanzas of other types.
    pub(super) fn of(stanza: &Stanza) -> Result<Option<Self>, Error> {
        let Some((X25519, args)) =
            stanza.args.split_first().map(|(kind, args)| (kind.as_str(), args))
        else {
            return Ok(None);
        };
        let [share] = args else { return Err(Error::Header("X25519 with one share")) };
        let share = base64::decode(share.as_bytes()).and_then(|bytes| bytes.try_into().ok());
        let share = share.ok_or(Error::Header("an X25519 share of 32 bytes"))?;
        let body = stanza.body.as_slice().try_into();
        let body = body.map_err(|_| Error::Header("an X25519 body of 32 bytes"))?;
        Ok(Some(X25519Stanza { share, body }))
    }
}

impl FileKey {
    pub(super) fn generate() -> io::Result<Self> {
        let mut key = FileKey([0; 16]);
        random(&mut key.0)?;
        Ok(key)
    }

    /// HKDF-SHA-256 of the file key.
    pub(super) fn derive(&self, salt: &[u8], info: &[u8]) -> Zeroizing<[u8; 32]> {
        derive(&self.0, salt, info)
    }
}

/// Random bytes of the system.
pub(super) fn random(bytes: &mut [u8]) -> io::Result<()> {
    getrandom::fill(bytes)
        .map_err(|error| io::Error::other(format!("the system gives no random numbers: {error}")))
}

/// The file key under a wrapping key. Each wrapping key is used once, so that
/// the nonce of zeros is never repeated.
pub(super) fn wrap(key: &[u8; 32], file_key: &FileKey) -> Vec<u8> {
    let mut body = file_key.0.to_vec();
    body.reserve_exact(WRAPPED - body.len());
    let tag = cipher(key)
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key([0; 12]), Aad::empty(), &mut body)
        .expect("16 bytes are below the cipher's limit");
    body.extend_from_slice(tag.as_ref());
    body
}

pub(super) fn unwrap(key: &[u8; 32], body: &[u8; WRAPPED]) -> Option<FileKey> {
    let mut open = Zeroizing::new(*body);
    let plain = cipher(key)
        .open_in_place(Nonce::assume_unique_for_key([0; 12]), Aad::empty(), &mut *open)
        .ok()?;
    Some(FileKey((&*plain).try_into().ok()?))
}

/// ChaCha20-Poly1305 (RFC 8439) with this key.
pub(super) fn cipher(key: &[u8; 32]) -> LessSafeKey {
    let key =
        UnboundKey::new(&CHACHA20_POLY1305, key).expect("32 bytes are the cipher's key length");
    LessSafeKey::new(key)
}

fn wrap_key(shared: &[u8; 32], share: &[u8; 32], recipient: &[u8; 32]) -> Zeroizing<[u8; 32]> {
    let mut salt = [0; 64];
    salt[..32].copy_from_slice(share);
    salt[32..].copy_from_slice(recipient);
    derive(shared, &salt, INFO)
}

fn derive(secret: &[u8], salt: &[u8], info: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut out = Zeroizing::new([0; 32]);
    Salt::new(HKDF_SHA256, salt)
        .extract(secret)
        .expand(&[info], HKDF_SHA256)
        .and_then(|okm| okm.fill(&mut *out))
        .expect("32 bytes are what one round of SHA-256 gives");
    out
}

/// The 32 bytes of a bech32 text (BIP 173) in its only spelling.
fn key_bytes(text: &str, hrp: &str) -> Option<Zeroizing<[u8; 32]>> {
    // Longer than any key, and bech32's own limit is higher.
    if text.len() > 128 {
        return None;
    }
    let checked = CheckedHrpstring::new::<Bech32>(text).ok()?;
    // Five bits a digit: 52 digits for 256 bits, and the four left over are zero.
    let digits: Vec<u8> = checked.fe32_iter::<std::iter::Empty<u8>>().map(u8::from).collect();
    let digits = Zeroizing::new(digits);
    let right_form = checked.hrp().to_lowercase() == hrp && digits.len() == 52;
    if !right_form || digits.last().is_none_or(|last| last & 15 != 0) {
        return None;
    }
    // age writes public keys in lower case and secret ones in upper case, and reads no other.
    let upper = hrp == IDENTITY_HRP;
    if text
        .chars()
        .any(|char| if upper { char.is_ascii_lowercase() } else { char.is_ascii_uppercase() })
    {
        return None;
    }
    let mut bytes = Zeroizing::new([0; 32]);
    for (place, byte) in bytes.iter_mut().zip(checked.byte_iter()) {
        *place = byte;
    }
    Some(bytes)
}
