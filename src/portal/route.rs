//! The shape of the route table: what a route is, who may use it, what it
//! takes and what it gives.

use std::future::Future;
use std::pin::Pin;

use axum::response::Response;

use crate::people::Right;
use crate::portal::asked::Asked;
use crate::portal::refusal::Refusal;
use crate::portal::schema::Shape;

/// What a handler becomes.
pub type Answer = Pin<Box<dyn Future<Output = Result<Response, Refusal>> + Send>>;
/// What a route runs.
pub type Handler = fn(Asked) -> Answer;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Method {
    Get,
    Post,
    Patch,
    Delete,
}

impl Method {
    /// The name in lower case, as the OpenAPI document wants it.
    pub fn name(self) -> &'static str {
        match self {
            Method::Get => "get",
            Method::Post => "post",
            Method::Patch => "patch",
            Method::Delete => "delete",
        }
    }
}

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// Who is logged in with at least one of these rights.
    Any(&'static [Right]),
    /// A screen that opened the address of a kiosk; nobody else, also not who
    /// is logged in.
    Kiosk,
}

/// What caches may do with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cache {
    /// Keep nothing: figures and persons.
    Never,
    /// Keep it and ask whether it changed.
    Ask,
}

impl Cache {
    pub fn control(self) -> &'static str {
        match self {
            Cache::Never => "no-store",
            Cache::Ask => "no-cache",
        }
    }
}

/// One field of a query or a body.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Field {
    pub name: &'static str,
    pub kind: FieldKind,
    pub needed: bool,
    pub doc: &'static str,
}

/// What a field may hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FieldKind {
    /// Text up to so many characters.
    Text(usize),
    /// Text or null.
    TextOrNull(usize),
    /// A password or a code.
    Secret,
    Flag,
    /// A whole number within bounds.
    Number(i64, i64),
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Texts: a repeated parameter, or a list in JSON.
    Texts,
    /// Texts, or null.
    TextsOrNull,
    /// Texts in one parameter with commas between them.
    Commas,
}

/// A field that may be left out.
pub const fn may(name: &'static str, kind: FieldKind, doc: &'static str) -> Field {
    Field { name, kind, needed: false, doc }
}

/// A field that must be there.
pub const fn must(name: &'static str, kind: FieldKind, doc: &'static str) -> Field {
    Field { name, kind, needed: true, doc }
}

/// What a good answer looks like.
#[derive(Clone, Copy)]
pub enum Gives {
    Json(Shape),
    /// JSON, or CSV with `format=csv`.
    Table(Shape),
    /// A stream of server-sent events; the shapes of their data by name.
    Events(&'static [(&'static str, Shape)]),
    Text,
    /// Bytes of a media type, whole or a range of them.
    Bytes(&'static str),
    Nothing,
}

/// One line of the table.
#[derive(Clone, Copy)]
pub struct Route {
    pub method: Method,
    /// With `{name}` for a part that varies.
    pub path: &'static str,
    pub access: Access,
    pub cache: Cache,
    /// Fields of the query.
    pub query: &'static [Field],
    /// Fields of the JSON body; none means no body is read.
    pub body: &'static [Field],
    /// Bytes of the body at most.
    pub body_limit: usize,
    pub gives: Gives,
    /// For the OpenAPI document.
    pub doc: &'static str,
    pub run: Handler,
}

impl Route {
    /// Whether the route changes something, so that a forged request would.
    pub fn changes(&self) -> bool {
        self.method != Method::Get
    }

    /// Whether the answer goes on for as long as the browser listens.
    pub fn streams(&self) -> bool {
        matches!(self.gives, Gives::Events(_))
    }

    /// The varying parts of the path.
    pub fn parts(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }
}
