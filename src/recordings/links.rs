//! Links to recordings that expire and can't be changed: what a browser or
//! another system gets in place of a path.
//!
//! A link is base64url text of a version, the number of a key, 24 random
//! bytes, and a [`Grant`] sealed with them. The keys are random and live as
//! long as the process, so after a restart every old link is refused; a new
//! key comes every twelve hours and the old ones go when the last link under
//! them has ended. Nobody but this process can read a path out of a link or
//! make one.
//!
//! **The seal.** `ring` has ChaCha20-Poly1305 with nonces of 96 bits, too few
//! to draw at random for years. So every link has a key of its own:
//! HKDF-SHA256 with the 192 random bits as salt and the run's key as secret,
//! used for this one message with a nonce of zeros. That is what
//! XChaCha20-Poly1305 does, with another function to derive. Version and
//! number of the key are authenticated with it.
//!
//! **Time.** A link ends by the clock on the wall and by the time the process
//! has run, whichever comes first, so that a clock set back revives nothing.
//! Both are arguments. Its end counts for the first byte: playing that began
//! in time ([`Links::begin`]) may go on fetching ranges for as long as the
//! recording lasts.
//!
//! What a link does not know: whether the recording still exists, is held, or
//! lies inside its root. The one who serves it looks, at every request.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};
use zeroize::Zeroizing;

mod grant;
mod text;

pub use grant::{Grant, Target, Usage};

use crate::base::{Error, Kind, Result};

const VERSION: u8 = 1;
/// A key serves this long for new links.
const ROTATION: Duration = Duration::from_secs(12 * 3600);
/// Nobody gets a link for longer.
pub const LONGEST_TTL: Duration = Duration::from_secs(24 * 3600);
/// What playing that began in time may last past the link's end.
const LONGEST_PLAY: Duration = Duration::from_secs(12 * 3600);
const SALT_BYTES: usize = 24;
/// Version, number of the key, salt.
const HEAD_BYTES: usize = 1 + 4 + SALT_BYTES;
/// Longer texts are no links of ours; a path has 4,096 bytes at most, and a
/// pair has two.
const MOST_TEXT: usize = 12 * 1024;
/// Links whose playing began: the oldest is forgotten past this, and its
/// playing ends with the link.
const MOST_BEGUN: usize = 4096;

/// The two clocks a link is held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Seconds since 1970.
    pub wall: i64,
    /// Since some moment before the first link, never set back.
    pub steady: Duration,
}

/// Why a link is not served. To the outside all of them are "no such link";
/// [`Refused::Expired`] may say so, because its text proved to be ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// No link of ours by its form.
    Malformed,
    /// Changed, made elsewhere, or of an earlier run.
    Unknown,
    Expired,
    /// Given to another session, user or tenant.
    NotYours,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Refused::Malformed | Refused::Unknown => "there is no such link (any more)",
            Refused::Expired => "the link has expired; ask for a new one",
            Refused::NotYours => "the link was given to someone else",
        })
    }
}

impl std::error::Error for Refused {}

/// A link as handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// For a URL: letters, digits, `-` and `_`.
    pub text: String,
    /// Seconds since 1970.
    pub expires: i64,
}

/// A link that was found good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    pub grant: Grant,
    /// Seconds since 1970.
    pub expires: i64,
    ends: Duration,
    salt: [u8; SALT_BYTES],
}

/// The keys of this run. One for the process; all methods are quick.
#[derive(Debug)]
pub struct Links {
    /// Held for a look or an insertion, never while something waits.
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    keys: Vec<Key>,
    next_number: u32,
    begun: VecDeque<Begun>,
}

struct Key {
    number: u32,
    secret: Zeroizing<[u8; 32]>,
    born: Duration,
    /// When the last link under it has been played to its end.
    needed_until: Duration,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Key({})", self.number)
    }
}

/// Playing that began before its link ended.
#[derive(Debug)]
struct Begun {
    salt: [u8; SALT_BYTES],
    until: Moment,
}

impl Default for Links {
    fn default() -> Self {
        Links::new()
    }
}

impl Links {
    /// No key yet: the first link makes one.
    pub fn new() -> Links {
        Links { state: Mutex::new(State::default()) }
    }

    /// Seals a grant into a link that ends `ttl` from now (a day at most).
    ///
    /// Errors: [`Kind::Invalid`] for a grant that is too long to be a link;
    /// [`Kind::Unavailable`] when the system has no random numbers.
    pub fn issue(&self, grant: &Grant, ttl: Duration, now: Moment) -> Result<Link> {
        let ttl = ttl.min(LONGEST_TTL);
        let mut salt = [0; SALT_BYTES];
        random(&mut salt)?;
        let expires = now.wall.saturating_add(i64::try_from(ttl.as_secs()).unwrap_or(i64::MAX));
        let ends = now.steady.saturating_add(ttl);
        let mut sealed = grant.pack(expires, ends)?;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let key = state.key_for(now.steady, ends)?;
        let mut bytes = Vec::with_capacity(HEAD_BYTES + sealed.len() + 16);
        bytes.push(VERSION);
        bytes.extend_from_slice(&key.number.to_be_bytes());
        bytes.extend_from_slice(&salt);
        cipher(&key.secret, &salt)
            .and_then(|cipher| {
                let aad = Aad::from(&bytes[..HEAD_BYTES]);
                cipher.seal_in_place_append_tag(zero_nonce(), aad, &mut sealed).ok()
            })
            .ok_or_else(|| Error::new(Kind::Internal, "a link could not be sealed"))?;
        bytes.extend_from_slice(&sealed);
        let text = text::written(&bytes);
        if text.len() > MOST_TEXT {
            return Err(Error::new(Kind::Invalid, "the path is too long for a link"));
        }
        Ok(Link { text, expires })
    }

    /// Reads a link. `bound` is what this request proves of its sender: the
    /// session (portal) or nothing; it must be what the grant was bound to.
    pub fn open(&self, link: &str, bound: &[u8], now: Moment) -> Result<Opened, Refused> {
        let opened = self.read(link)?;
        if !bool::from(subtle::ConstantTimeEq::ct_eq(opened.grant.bound.as_slice(), bound)) {
            return Err(Refused::NotYours);
        }
        let in_time = now.wall < opened.expires && now.steady < opened.ends;
        if !in_time && !self.is_playing(&opened, now) {
            return Err(Refused::Expired);
        }
        Ok(opened)
    }

    /// A link that was good, expired or not, anew for `ttl` from now.
    ///
    /// `refuses` looks at what it grants and may say no.
    ///
    /// Errors: [`Refused`] when it is none of ours any more, or refused; as
    /// [`Links::issue`] in the inner result.
    pub fn renew(
        &self,
        link: &str,
        bound: &[u8],
        ttl: Duration,
        now: Moment,
        refuses: impl FnOnce(&Grant) -> bool,
    ) -> Result<Result<Link>, Refused> {
        let opened = self.read(link)?;
        if !bool::from(subtle::ConstantTimeEq::ct_eq(opened.grant.bound.as_slice(), bound)) {
            return Err(Refused::NotYours);
        }
        if refuses(&opened.grant) {
            return Err(Refused::NotYours);
        }
        Ok(self.issue(&opened.grant, ttl, now))
    }

    /// The first byte of a recording is about to leave: its link may be used
    /// for `length` past its end, so that a long call is heard to its end.
    pub fn begin(&self, opened: &Opened, length: Duration, now: Moment) {
        if now.wall >= opened.expires || now.steady >= opened.ends {
            return;
        }
        let length = length.min(LONGEST_PLAY);
        let seconds = i64::try_from(length.as_secs()).unwrap_or(i64::MAX);
        let until = Moment {
            wall: opened.expires.saturating_add(seconds),
            steady: opened.ends.saturating_add(length),
        };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.begun.retain(|begun| begun.salt != opened.salt && now.steady < begun.until.steady);
        if state.begun.len() >= MOST_BEGUN {
            state.begun.pop_front();
        }
        state.begun.push_back(Begun { salt: opened.salt, until });
    }

    fn is_playing(&self, opened: &Opened, now: Moment) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.begun.iter().any(|begun| {
            begun.salt == opened.salt
                && now.wall < begun.until.wall
                && now.steady < begun.until.steady
        })
    }

    fn read(&self, link: &str) -> Result<Opened, Refused> {
        if link.len() > MOST_TEXT {
            return Err(Refused::Malformed);
        }
        let mut bytes = text::read(link).ok_or(Refused::Malformed)?;
        if bytes.len() < HEAD_BYTES || bytes[0] != VERSION {
            return Err(Refused::Malformed);
        }
        let mut sealed = bytes.split_off(HEAD_BYTES);
        let head = bytes;
        let number = u32::from_be_bytes([head[1], head[2], head[3], head[4]]);
        let mut salt = [0; SALT_BYTES];
        salt.copy_from_slice(&head[5..]);
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let key = state.keys.iter().find(|key| key.number == number).ok_or(Refused::Unknown)?;
        let cipher = cipher(&key.secret, &salt).ok_or(Refused::Unknown)?;
        drop(state);
        let plain = cipher
            .open_in_place(zero_nonce(), Aad::from(&head), &mut sealed)
            .map_err(|_| Refused::Unknown)?;
        let (grant, expires, ends) = Grant::unpack(plain).ok_or(Refused::Malformed)?;
        Ok(Opened { grant, expires, ends, salt })
    }
}

impl State {
    /// The key for a new link; a new one when there is none or it is old.
    fn key_for(&mut self, now: Duration, ends: Duration) -> Result<&Key> {
        self.keys.retain(|key| now < key.needed_until);
        let is_young = |key: &Key| now < key.born.saturating_add(ROTATION);
        if !self.keys.last().is_some_and(is_young) {
            let mut secret = Zeroizing::new([0; 32]);
            random(secret.as_mut_slice())?;
            let number = self.next_number;
            self.next_number = self.next_number.wrapping_add(1);
            self.keys.push(Key { number, secret, born: now, needed_until: now });
        }
        let key = self.keys.last_mut();
        let key = key.ok_or_else(|| Error::new(Kind::Internal, "there is no key for links"))?;
        key.needed_until = key.needed_until.max(ends.saturating_add(LONGEST_PLAY));
        Ok(key)
    }
}

fn random(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(|error| {
        Error::caused(Kind::Unavailable, "the system has no random numbers", error)
    })
}

/// The key of one link. **It must seal one message only**: the salt is drawn
/// anew for each.
fn cipher(secret: &[u8; 32], salt: &[u8; SALT_BYTES]) -> Option<LessSafeKey> {
    let derived = Salt::new(HKDF_SHA256, salt).extract(secret);
    let info: &[&[u8]] = &[b"switchroom link v1"];
    let key: UnboundKey = derived.expand(info, &CHACHA20_POLY1305).ok()?.into();
    Some(LessSafeKey::new(key))
}

fn zero_nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; NONCE_LEN])
}

#[cfg(test)]
mod tests;
