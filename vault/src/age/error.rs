//! What can be wrong with a sealed file: one verdict per fault.

use std::{fmt, io};

/// Why a file was not opened. Each says what to do.
#[derive(Debug)]
pub enum Error {
    /// The source could not be read.
    Io(io::Error),
    /// The first line is not that of an age file.
    NotAge,
    /// A later version of the format than v1.
    Version,
    /// The header breaks the format's grammar; what was expected.
    Header(&'static str),
    /// The header does not end within [`super::LONGEST_HEADER`] bytes.
    HeaderTooLong,
    /// The file ends before its last chunk.
    Truncated,
    /// None of the keys given opens the file.
    WrongKey,
    /// The file is sealed with a passphrase and a key was given, or the other
    /// way round.
    OtherKind,
    /// The passphrase does not open the file.
    WrongPassphrase,
    /// The passphrase's hash would cost more memory than is allowed: 2 to the
    /// power of `log_n` KiB.
    TooMuchWork { log_n: u8 },
    /// The key opens the header, and the header was altered after sealing.
    HeaderMac,
    /// A chunk of 64 KiB, counted from 0, is not what was sealed.
    Damaged { chunk: u64 },
    /// There is nobody to seal for.
    NoRecipients,
    /// A text that should be a key is none; what was expected.
    Key(&'static str),
}

impl Error {
    /// A name that never changes: for vectors, logs and translations.
    pub fn verdict(&self) -> &'static str {
        match self {
            Error::Io(_) => "unreadable",
            Error::NotAge => "not-age",
            Error::Version => "version",
            Error::Header(_) => "header",
            Error::HeaderTooLong => "header-too-long",
            Error::Truncated => "truncated",
            Error::WrongKey => "wrong-key",
            Error::OtherKind => "other-kind",
            Error::WrongPassphrase => "wrong-passphrase",
            Error::TooMuchWork { .. } => "too-much-work",
            Error::HeaderMac => "header-mac",
            Error::Damaged { .. } => "damaged",
            Error::NoRecipients => "no-recipients",
            Error::Key(_) => "key",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Io(error) => write!(out, "the sealed file can't be read: {error}"),
            Error::NotAge => out.write_str("this is not an age file; look at where it comes from"),
            Error::Version => out.write_str(
                "the file is of a later version of the age format; open it with a newer program",
            ),
            Error::Header(expected) => {
                write!(out, "the file's header is damaged ({expected}); restore it from a copy")
            }
            Error::HeaderTooLong => {
                out.write_str("the file's header is longer than 64 KiB; it is damaged or hostile")
            }
            Error::Truncated => out
                .write_str("the file was cut off; restore it from a copy, nothing of it is given"),
            Error::WrongKey => out
                .write_str("none of the keys at hand opens the file; unlock or add the right one"),
            Error::OtherKind => out.write_str(
                "the file is sealed another way (a passphrase or a key); open it with the other",
            ),
            Error::WrongPassphrase => out.write_str("the passphrase is not the right one"),
            Error::TooMuchWork { log_n } => write!(
                out,
                "the passphrase asks for 2^{log_n} KiB of memory, more than is allowed; \
                 seal the key again with a smaller work factor"
            ),
            Error::HeaderMac => {
                out.write_str("the file's header was altered after sealing; restore it from a copy")
            }
            Error::Damaged { chunk } => write!(
                out,
                "the file is damaged or cut off at its {}. piece of 64 KiB; restore it from a copy",
                chunk + 1
            ),
            Error::NoRecipients => out.write_str("there is no key to seal for; make one first"),
            Error::Key(expected) => write!(out, "this is not a key of age: {expected}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Error::Io(error)
    }
}

/// The way through `ReadAt`; the verdict stays inside as the source.
impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Io(error) => error,
            Error::Truncated => io::Error::new(io::ErrorKind::UnexpectedEof, error),
            other => io::Error::new(io::ErrorKind::InvalidData, other),
        }
    }
}
