//! What the portal needs to know of recordings besides their rows: their
//! keys, their sound, the room they take. Whoever holds the keys implements
//! it.

use std::borrow::Cow;
use std::time::Duration;

use crate::base::{Error, Kind, Result, UnixSec};
use crate::media;
use crate::people::Secret;
use crate::portal::wire::recordings as w;
use crate::recordings::{Recording, Recordings};

/// The sound of a recording, as a browser plays it.
pub struct Sound {
    pub source: media::Source,
    /// Media type.
    pub kind: Cow<'static, str>,
    /// Ending of a file's name.
    pub ending: Cow<'static, str>,
    /// The same as long as the file is the same; without quotes.
    pub tag: Option<String>,
}

/// Who is to be erased, and when it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasing {
    pub number: Option<String>,
    pub agent: Option<String>,
    pub from: UnixSec,
    pub to: UnixSec,
    pub reason: String,
    pub dry_run: bool,
}

/// Whoever holds the recordings. All methods but the first four may block.
pub trait Archive: Send + Sync {
    /// The rows; none where recording is not set up.
    fn recordings(&self) -> Option<&Recordings>;

    /// Whether agents may hear the recordings of their own calls.
    fn agents_listen(&self) -> bool;

    /// How long a link lives.
    fn link_ttl(&self) -> Duration;

    /// Whether the key of a fingerprint is at hand.
    fn opens(&self, fingerprint: &str) -> bool;

    /// When a recording's time is over; `None` is never.
    fn keep_until(&self, recording: &Recording) -> Option<UnixSec>;

    /// The sound as a browser plays it.
    ///
    /// Errors: [`Kind::Conflict`] while its key is locked,
    /// [`Kind::NotFound`] when the file is gone, [`Kind::Damaged`].
    fn sound(&self, recording: &Recording) -> Result<Sound>;

    fn keys(&self) -> Result<w::SealKeys>;

    /// Makes the first key of the box.
    ///
    /// Errors: [`Kind::Conflict`] when there is one.
    fn make_key(&self, passphrase: Option<&Secret>, now: UnixSec) -> Result<w::SealKey>;

    /// Gives the secret of a key out, once.
    ///
    /// Errors: [`Kind::Conflict`] the second time, or while it is locked.
    fn export_key(&self, fingerprint: &str, now: UnixSec) -> Result<w::KeyText>;

    /// Errors: [`Kind::Invalid`] for a wrong passphrase.
    fn unlock(&self, passphrase: &Secret) -> Result<()>;

    fn lock(&self) -> Result<()>;

    /// Makes a new key and gives what is sealed to it.
    fn rotate(&self, passphrase: Option<&Secret>, now: UnixSec) -> Result<w::Rotation>;

    fn storage(&self, now: UnixSec) -> Result<w::RecordingStorage>;

    /// Erases a person, or says what that would erase.
    fn erase(&self, erasing: &Erasing, by: &str, now: UnixSec) -> Result<w::ErasureDone>;

    fn erasures(&self) -> Result<w::Erasures>;
}

/// Where recording is not set up.
pub struct NoArchive;

fn off() -> Error {
    Error::new(Kind::Unavailable, "recording is not set up on this box; see [recordings]")
        .coded("recordings.off", [])
}

impl Archive for NoArchive {
    fn recordings(&self) -> Option<&Recordings> {
        None
    }

    fn agents_listen(&self) -> bool {
        false
    }

    fn link_ttl(&self) -> Duration {
        Duration::ZERO
    }

    fn opens(&self, _: &str) -> bool {
        false
    }

    fn keep_until(&self, _: &Recording) -> Option<UnixSec> {
        None
    }

    fn sound(&self, _: &Recording) -> Result<Sound> {
        Err(off())
    }

    fn keys(&self) -> Result<w::SealKeys> {
        Err(off())
    }

    fn make_key(&self, _: Option<&Secret>, _: UnixSec) -> Result<w::SealKey> {
        Err(off())
    }

    fn export_key(&self, _: &str, _: UnixSec) -> Result<w::KeyText> {
        Err(off())
    }

    fn unlock(&self, _: &Secret) -> Result<()> {
        Err(off())
    }

    fn lock(&self) -> Result<()> {
        Err(off())
    }

    fn rotate(&self, _: Option<&Secret>, _: UnixSec) -> Result<w::Rotation> {
        Err(off())
    }

    fn storage(&self, _: UnixSec) -> Result<w::RecordingStorage> {
        Err(off())
    }

    fn erase(&self, _: &Erasing, _: &str, _: UnixSec) -> Result<w::ErasureDone> {
        Err(off())
    }

    fn erasures(&self) -> Result<w::Erasures> {
        Err(off())
    }
}
