//! The one error that crosses rooms at the edges.
//!
//! Parsers and state machines have their own small enums; what reaches a
//! terminal, a log or an HTTP answer is this.

use std::fmt;

/// What the one who receives the error can do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The input is wrong; the message says which field and what is expected.
    Invalid,
    /// There is no such thing.
    NotFound,
    /// The caller may not do this.
    Denied,
    /// The thing has changed meanwhile or exists already.
    Conflict,
    /// Try again later: too many requests, a locked database.
    Busy,
    /// A file, a disk, a peer can't be reached.
    Unavailable,
    /// A limit is reached: disk full, body too large.
    Exhausted,
    /// Stored data does not make sense.
    Damaged,
    /// A fault of ours.
    Internal,
}

/// What an error says, for programs that say it in another language: a name
/// that never changes, and what its sentence speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coded {
    pub code: &'static str,
    pub values: Vec<(&'static str, String)>,
}

/// Kind, message for people, and the cause below it.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    message: String,
    code: Option<Box<Coded>>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The result of everything that touches the outside.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A new error without a cause. `message` is one clause that says what
    /// went wrong, then what to do.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Error { kind, message: message.into(), code: None, source: None }
    }

    /// A new error that carries what the lower layer said.
    pub fn caused(
        kind: Kind,
        message: impl Into<String>,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> Self {
        Error { kind, message: message.into(), code: None, source: Some(Box::new(source)) }
    }

    /// The error with a code, and the values its sentence names.
    pub fn coded<const N: usize>(
        mut self,
        code: &'static str,
        values: [(&'static str, String); N],
    ) -> Self {
        self.code = Some(Box::new(Coded { code, values: values.into() }));
        self
    }

    /// The error as one about a field: the field's name goes before the
    /// message.
    pub fn of_field(mut self, field: &str) -> Self {
        self.message = format!("{field}: {}", self.message);
        self
    }

    /// The code and its values, if it has one.
    pub fn code(&self) -> Option<&Coded> {
        self.code.as_deref()
    }

    /// What the receiver can do about it.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The message alone, without its causes: safe to show outside.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The message with all causes, for logs and terminals.
    pub fn chain(&self) -> String {
        let mut text = self.message.clone();
        let mut cause = std::error::Error::source(self);
        while let Some(inner) = cause {
            text.push_str(": ");
            text.push_str(&inner.to_string());
            cause = inner.source();
        }
        text
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|cause| cause.as_ref() as _)
    }
}

/// Names the thing that an I/O call was about.
pub fn io(what: impl fmt::Display, error: std::io::Error) -> Error {
    use std::io::ErrorKind as E;
    let kind = match error.kind() {
        E::NotFound => Kind::NotFound,
        E::PermissionDenied => Kind::Denied,
        E::StorageFull | E::QuotaExceeded | E::FileTooLarge => Kind::Exhausted,
        E::AlreadyExists => Kind::Conflict,
        E::InvalidInput | E::InvalidData => Kind::Invalid,
        // Everything else is a disk, a pipe or a peer that does not answer.
        _ => Kind::Unavailable,
    };
    Error::caused(kind, what.to_string(), error)
}
