//! One request on its way to a handler: who asks, from where, for what.

use std::sync::Arc;

use axum::http::{HeaderMap, Method, header};
use hyper::upgrade::OnUpgrade;

use crate::base::{Error, Kind, Result, UnixSec};
use crate::live::Scope;
use crate::people::{Actor, Board, Origin, Viewer};
use crate::portal::input::Input;
use crate::portal::refusal::Refusal;
use crate::portal::state::App;

/// What a handler gets. Rights, forged-request token and fields have been
/// checked before.
pub struct Asked {
    pub app: Arc<App>,
    pub now: UnixSec,
    /// Who is logged in; the gate saw to it that there is one unless the
    /// route is public.
    pub(super) viewer: Option<Viewer>,
    /// The board of a screen, on the routes of kiosks.
    pub(super) board: Option<Board>,
    /// Varying parts of the path, decoded.
    pub(super) parts: Vec<(String, String)>,
    pub query: Input,
    pub body: Input,
    pub from: Origin,
    /// Whether the browser reached us by https.
    pub secure: bool,
    pub method: Method,
    pub headers: HeaderMap,
    /// The connection, should it become something else.
    pub(super) upgrade: Upgrade,
}

/// The right to take a connection over, given once.
#[derive(Default)]
pub struct Upgrade(pub(super) std::sync::Mutex<Option<OnUpgrade>>);

impl Upgrade {
    pub fn take(&self) -> Option<OnUpgrade> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take()
    }
}

impl Asked {
    /// Who asks.
    pub fn viewer(&self) -> Result<&Viewer, Refusal> {
        self.viewer.as_ref().ok_or_else(Refusal::login)
    }

    /// The board the screen may show.
    pub fn board(&self) -> Result<&Board, Refusal> {
        self.board.as_ref().ok_or_else(Refusal::kiosk)
    }

    /// Who acts, for the audit.
    pub fn actor(&self) -> Actor {
        Actor {
            account: self.viewer.as_ref().map_or("", |viewer| &viewer.account.account).to_owned(),
            address: self.from.address.to_string(),
        }
    }

    /// A varying part of the path.
    pub fn part(&self, name: &str) -> &str {
        self.parts.iter().find(|(known, _)| known == name).map_or("", |(_, text)| text)
    }

    /// The number of the last event a stream's reader has seen.
    pub fn last_event(&self) -> Option<u64> {
        self.headers.get("last-event-id")?.to_str().ok()?.trim().parse().ok()
    }

    /// The queues the viewer may see.
    pub fn scope(&self) -> Result<Scope, Refusal> {
        Ok(scope_of(self.viewer()?))
    }
}

/// The queues a viewer may see.
pub fn scope_of(viewer: &Viewer) -> Scope {
    scope(viewer.account.queues.as_ref())
}

/// The scope of a list of queues; none is all of them.
pub fn scope(queues: Option<&Vec<String>>) -> Scope {
    match queues {
        None => Scope::all(),
        Some(queues) => Scope::only(queues.iter().cloned()),
    }
}

/// Whether `If-None-Match` names a tag (RFC 9110 section 13.1.2, weak
/// comparison).
pub fn matches_tag(headers: &HeaderMap, tag: &str) -> bool {
    let Some(text) = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok())
    else {
        return false;
    };
    text.split(',').map(str::trim).any(|known| {
        known == "*" || known.strip_prefix("W/").unwrap_or(known).trim_matches('"') == tag
    })
}

/// Runs what blocks on a blocking thread. It runs to its end even when the
/// browser leaves.
pub async fn blocking<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        // The runtime stops, or the work panicked (which a release aborts on).
        Err(_) => Err(Error::new(Kind::Unavailable, "the daemon is stopping").into()),
    }
}
