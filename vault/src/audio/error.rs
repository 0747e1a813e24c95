//! Why a file is not played, one verdict per cause.

use std::{fmt, io};

#[derive(Debug)]
pub enum Error {
    /// No byte in it.
    Empty,
    /// Shorter than a WAV header: just begun, or cut.
    HeaderCut {
        bytes: u64,
    },
    /// A WAV without the chunk that says what its sound is.
    NoFormat,
    /// A WAV without sound.
    NoData,
    /// Numbers in the header that no sound has.
    Nonsense {
        field: &'static str,
        value: u64,
    },
    /// A WAV of a codec not read here (`mmreg.h` of the format tags).
    Codec {
        tag: u16,
    },
    /// Neither the bytes nor the name say what it is.
    Unknown,
    /// Two legs that do not make a pair.
    Unpaired(&'static str),
    Io(io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the file is empty: nothing was recorded"),
            Self::HeaderCut { bytes } => write!(
                f,
                "only {bytes} bytes of a header: the recording has just begun, or was cut"
            ),
            Self::NoFormat => f.write_str("a WAV that does not say what its sound is; download it"),
            Self::NoData => f.write_str("a WAV without sound"),
            Self::Nonsense { field, value } => {
                write!(f, "the header says {field} {value}, which no sound has; download it")
            }
            Self::Codec { tag } => {
                write!(f, "a WAV of codec 0x{tag:04x}, which is not played here; download it")
            }
            Self::Unknown => {
                f.write_str("not a kind of sound that is known here; download it or name it right")
            }
            Self::Unpaired(why) => write!(f, "the two legs are played one by one: {why}"),
            Self::Io(fault) => write!(f, "cannot be read: {fault}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(fault) => Some(fault),
            Self::Empty
            | Self::HeaderCut { .. }
            | Self::NoFormat
            | Self::NoData
            | Self::Nonsense { .. }
            | Self::Codec { .. }
            | Self::Unknown
            | Self::Unpaired(_) => None,
        }
    }
}

impl From<io::Error> for Error {
    fn from(fault: io::Error) -> Self {
        Self::Io(fault)
    }
}
