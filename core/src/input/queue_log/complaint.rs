//! What is wrong with a line that is no record.

use std::fmt;

use crate::input::queue_log::LONGEST_LINE;

/// Why a line was refused, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// Byte position in the line, from 0, of the field that is wrong.
    pub at: usize,
    pub reason: Reason,
}

/// The faults a line can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Nothing before the newline.
    EmptyLine,
    /// The first field is not 1 to 12 digits with an optional fraction.
    BadTime,
    /// Fewer than time, call, queue, agent and verb.
    TooFewFields { found: u8 },
    /// Five fields, but nothing in the fifth.
    EmptyVerb,
    /// Longer than [`LONGEST_LINE`].
    TooLong,
}

impl fmt::Display for Reason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::EmptyLine => out.write_str("the line is empty"),
            Reason::BadTime => out.write_str("the time is not a number of seconds"),
            Reason::TooFewFields { found } => {
                write!(out, "the line has {found} of the 5 fields every record has")
            }
            Reason::EmptyVerb => out.write_str("the verb is empty"),
            Reason::TooLong => write!(out, "the line is longer than {LONGEST_LINE} bytes"),
        }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} (byte {})", self.reason, self.at)
    }
}

impl std::error::Error for Complaint {}
