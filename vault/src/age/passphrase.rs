//! Small files, such as keys, sealed with a passphrase (the scrypt recipient
//! of age, RFC 7914). The public `age` opens them and takes them as identity
//! files.

use std::io::{self, Write};

use zeroize::Zeroizing;

use super::base64;
use super::error::Error;
use super::header::{Header, Stanza, written};
use super::key::{FileKey, WRAPPED, random, unwrap, wrap};
use super::opened::Opened;
use super::payload::{NONCE, Sealer};
use crate::bytes::ReadAt;

pub(super) const SCRYPT: &str = "scrypt";
const LABEL: &[u8] = b"age-encryption.org/v1/scrypt";
const SALT: usize = 16;

/// The highest work factor that is opened: 2^18 KiB are 256 MiB of memory for
/// a second, what the public `age` writes.
pub const MOST_WORK: u8 = 18;

/// Seals `plain` so that `passphrase` opens it. Trying one passphrase costs
/// whoever tries 2^`log_n` KiB of memory, and us once; `log_n` is 1 to
/// [`MOST_WORK`].
pub fn seal(plain: &[u8], passphrase: &str, log_n: u8) -> io::Result<Vec<u8>> {
    let file_key = FileKey::generate()?;
    let mut salt = [0; SALT];
    random(&mut salt)?;
    let key = stretched(passphrase, &salt, log_n)?;
    let mut digits = Vec::new();
    base64::encode(&salt, &mut digits);
    let salt = String::from_utf8_lossy(&digits).into_owned();
    let stanza = Stanza {
        args: vec![SCRYPT.to_owned(), salt, log_n.to_string()],
        body: wrap(&key, &file_key),
    };
    let header = written(&file_key, &[stanza]);
    let mut nonce = [0; NONCE];
    random(&mut nonce)?;
    let mut sealer = Sealer::begin(Vec::new(), &header, &file_key, nonce)?;
    sealer.write_all(plain)?;
    sealer.finish()
}

/// Opens what was sealed with a passphrase; all of it or nothing.
pub fn open(sealed: &[u8], passphrase: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
    let header = Header::parse(sealed)?;
    let [stanza] = header.stanzas() else { return Err(Error::OtherKind) };
    let stanza = ScryptStanza::of(stanza)?;
    let key = stretched(passphrase, &stanza.salt, stanza.log_n)?;
    let key = unwrap(&key, &stanza.body).ok_or(Error::WrongPassphrase)?;
    let key = header.authenticated(key)?;
    let mut opened = Opened::with_key(sealed.to_vec(), &header, &key)?;
    let len = usize::try_from(opened.len()?).unwrap_or(usize::MAX);
    let mut plain = Zeroizing::new(vec![0; len]);
    opened.read_at(0, &mut plain)?;
    Ok(plain)
}

struct ScryptStanza {
    salt: [u8; SALT],
    log_n: u8,
    body: [u8; WRAPPED],
}

impl ScryptStanza {
    fn of(stanza: &Stanza) -> Result<Self, Error> {
        let (kind, args) = stanza.args.split_first().ok_or(Error::Header("arguments"))?;
        if kind != SCRYPT {
            return Err(Error::OtherKind);
        }
        let [salt, work] = args else {
            return Err(Error::Header("scrypt with salt and work factor"));
        };
        let salt = base64::decode(salt.as_bytes()).and_then(|salt| salt.try_into().ok());
        let salt = salt.ok_or(Error::Header("a salt of 16 bytes"))?;
        let digits = !work.starts_with('0') && work.bytes().all(|byte| byte.is_ascii_digit());
        if !digits {
            return Err(Error::Header("a work factor in decimal"));
        }
        let log_n = work.parse().unwrap_or(u8::MAX);
        let body = stanza.body.as_slice().try_into();
        let body = body.map_err(|_| Error::Header("a scrypt body of 32 bytes"))?;
        Ok(ScryptStanza { salt, log_n, body })
    }
}

fn stretched(passphrase: &str, salt: &[u8; SALT], log_n: u8) -> Result<Zeroizing<[u8; 32]>, Error> {
    if log_n == 0 || log_n > MOST_WORK {
        return Err(Error::TooMuchWork { log_n });
    }
    let params = scrypt::Params::new(log_n, 8, 1).map_err(|_| Error::TooMuchWork { log_n })?;
    let salt = [LABEL, salt].concat();
    let mut key = Zeroizing::new([0; 32]);
    scrypt::scrypt(passphrase.as_bytes(), &salt, &params, &mut *key)
        .map_err(|_| Error::TooMuchWork { log_n })?;
    Ok(key)
}
