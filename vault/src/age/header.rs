//! The text at the head of a sealed file: who can open it.

use std::io;

use ring::hmac;

use super::base64;
use super::error::Error;
use super::key::{FileKey, Identity, Recipient, X25519Stanza};
use super::passphrase::SCRYPT;
use crate::bytes::ReadAt;

/// No header is read further than this. The format has no limit; a recipient
/// is about 100 bytes.
pub const LONGEST_HEADER: usize = 64 * 1024;

const FIRST_LINE: &[u8] = b"age-encryption.org/v1\n";
const ANY_VERSION: &[u8] = b"age-encryption.org/";
const COLUMNS: usize = 64;

/// One way to the file key: its type and arguments, and what they lead to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stanza {
    /// At least one, each of printable ASCII; the first names the type.
    pub args: Vec<String>,
    pub body: Vec<u8>,
}

/// The header of a sealed file, its grammar checked, its MAC not yet: that
/// takes the key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Header {
    stanzas: Vec<Stanza>,
    mac: [u8; 32],
    /// As read, up to and including the line of the MAC.
    bytes: Vec<u8>,
    /// The MAC covers so many bytes of it.
    covered: usize,
}

/// Reads the header of a sealed file, at most [`LONGEST_HEADER`] bytes of it.
pub fn header(source: &mut (impl ReadAt + ?Sized)) -> Result<Header, Error> {
    let mut bytes = vec![0; 1024];
    let mut filled = 0;
    loop {
        let count = source.read_at(filled as u64, &mut bytes[filled..])?;
        filled += count;
        match Header::parse(&bytes[..filled]) {
            Err(Error::Truncated) if count == 0 => return Err(Error::Truncated),
            Err(Error::Truncated) if filled >= LONGEST_HEADER => return Err(Error::HeaderTooLong),
            Err(Error::Truncated) if filled == bytes.len() => bytes.resize(filled * 2, 0),
            Err(Error::Truncated) => {}
            result => return result,
        }
    }
}

/// A header for the payload of `header`, for `recipients` in place of those it
/// had. What follows the old header goes behind the new one unchanged. **Who
/// could open the file before and kept its key can still open copies of it.**
pub fn rewrapped(
    header: &Header,
    identities: &[Identity],
    recipients: &[Recipient],
) -> Result<Vec<u8>, Error> {
    let key = header.file_key(identities)?;
    Ok(sealed_for(&key, recipients)?)
}

/// The header that gives `key` to `recipients`.
pub(super) fn sealed_for(key: &FileKey, recipients: &[Recipient]) -> io::Result<Vec<u8>> {
    if recipients.is_empty() {
        return Err(Error::NoRecipients.into());
    }
    let stanzas = recipients.iter().map(|recipient| recipient.wrap(key));
    Ok(written(key, &stanzas.collect::<io::Result<Vec<_>>>()?))
}

/// The header as it is written, with its MAC.
pub(super) fn written(key: &FileKey, stanzas: &[Stanza]) -> Vec<u8> {
    let mut out = composed(stanzas);
    let mac = hmac::sign(&mac_key(key), &out);
    out.push(b' ');
    base64::encode(mac.as_ref(), &mut out);
    out.push(b'\n');
    out
}

/// What the MAC covers: all up to and including the three dashes.
pub(super) fn composed(stanzas: &[Stanza]) -> Vec<u8> {
    let mut out = FIRST_LINE.to_vec();
    for stanza in stanzas {
        out.extend_from_slice(b"->");
        for arg in &stanza.args {
            out.push(b' ');
            out.extend_from_slice(arg.as_bytes());
        }
        out.push(b'\n');
        let mut digits = Vec::new();
        base64::encode(&stanza.body, &mut digits);
        // The last line is shorter than a full one, if need be empty.
        for line in digits.chunks_exact(COLUMNS) {
            out.extend_from_slice(line);
            out.push(b'\n');
        }
        out.extend_from_slice(digits.chunks_exact(COLUMNS).remainder());
        out.push(b'\n');
    }
    out.extend_from_slice(b"---");
    out
}

fn mac_key(key: &FileKey) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, &*key.derive(b"", b"header"))
}

impl Header {
    /// Reads a header at the start of `bytes`; what follows it is not looked
    /// at. [`Error::Truncated`] when more bytes could still make it one.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let mut lines = Lines { bytes, at: 0 };
        let version = &bytes[..bytes.len().min(ANY_VERSION.len())];
        if version != &ANY_VERSION[..version.len()] {
            return Err(Error::NotAge);
        }
        match lines.next() {
            Some(line) if line == &FIRST_LINE[..FIRST_LINE.len() - 1] => {}
            Some(_) => return Err(Error::Version),
            None if bytes.len() > FIRST_LINE.len() => return Err(Error::Version),
            None => return Err(Error::Truncated),
        }
        let mut stanzas = Vec::new();
        loop {
            let start = lines.at;
            let line = lines.next().ok_or(Error::Truncated)?;
            if let Some(args) = line.strip_prefix(b"-> ") {
                stanzas.push(Stanza { args: arguments(args)?, body: lines.body()? });
            } else if let Some(mac) = line.strip_prefix(b"--- ") {
                let mac = base64::decode(mac).and_then(|mac| mac.try_into().ok());
                let mac = mac.ok_or(Error::Header("a MAC of 32 bytes"))?;
                let header =
                    Header { stanzas, mac, bytes: bytes[..lines.at].to_vec(), covered: start + 3 };
                return header.checked();
            } else {
                return Err(Error::Header("a line that begins with -> or ---"));
            }
        }
    }

    /// What holds between the stanzas, whatever keys there are.
    fn checked(self) -> Result<Self, Error> {
        if self.stanzas.is_empty() {
            return Err(Error::Header("at least one recipient"));
        }
        for stanza in &self.stanzas {
            X25519Stanza::of(stanza)?;
        }
        if self.wants_passphrase() && self.stanzas.len() > 1 {
            // Who knows the passphrase could else not be sure who else made the file.
            return Err(Error::Header("a passphrase without other recipients"));
        }
        Ok(self)
    }

    /// All stanzas, those of unknown types included.
    pub fn stanzas(&self) -> &[Stanza] {
        &self.stanzas
    }

    /// How many X25519 recipients it has. Which ones, only their keys tell.
    pub fn recipients(&self) -> usize {
        self.stanzas.iter().filter(|stanza| stanza.args[0] == super::key::X25519).count()
    }

    /// Whether a passphrase opens the file, and no key does.
    pub fn wants_passphrase(&self) -> bool {
        self.stanzas.iter().any(|stanza| stanza.args[0] == SCRYPT)
    }

    /// Bytes before the payload.
    pub fn payload_at(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// The header as it was read.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The file key, with the header's MAC checked by it.
    pub(super) fn file_key(&self, identities: &[Identity]) -> Result<FileKey, Error> {
        if self.wants_passphrase() {
            return Err(Error::OtherKind);
        }
        for stanza in &self.stanzas {
            let Some(stanza) = X25519Stanza::of(stanza)? else { continue };
            for identity in identities {
                if let Some(key) = identity.unwrap(&stanza)? {
                    return self.authenticated(key);
                }
            }
        }
        Err(Error::WrongKey)
    }

    /// `key` if the header is what was sealed with it.
    pub(super) fn authenticated(&self, key: FileKey) -> Result<FileKey, Error> {
        match hmac::verify(&mac_key(&key), &self.bytes[..self.covered], &self.mac) {
            Ok(()) => Ok(key),
            Err(_) => Err(Error::HeaderMac),
        }
    }
}

fn arguments(line: &[u8]) -> Result<Vec<String>, Error> {
    let args = line.split(|&byte| byte == b' ').map(|arg| {
        let good = !arg.is_empty() && arg.iter().all(u8::is_ascii_graphic);
        good.then(|| String::from_utf8_lossy(arg).into_owned())
    });
    args.collect::<Option<_>>().ok_or(Error::Header("arguments of printable characters"))
}

/// Lines ended by a line feed.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Lines<'a> {
    /// The next line without its end; `None` when its end has not come.
    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = &self.bytes[self.at..];
        let end = rest.iter().position(|&byte| byte == b'\n')?;
        self.at += end + 1;
        Some(&rest[..end])
    }

    /// A stanza's body: full lines and a shorter one.
    fn body(&mut self) -> Result<Vec<u8>, Error> {
        let mut body = Vec::new();
        loop {
            let line = self.next().ok_or(Error::Truncated)?;
            if line.len() > COLUMNS {
                return Err(Error::Header("lines of at most 64 characters"));
            }
            let bytes = base64::decode(line).ok_or(Error::Header("a body in base64"))?;
            body.extend_from_slice(&bytes);
            if line.len() < COLUMNS {
                return Ok(body);
            }
        }
    }
}
