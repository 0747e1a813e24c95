//! The live stream: a snapshot, then differences, and a beat every few
//! seconds, as server-sent events.
//!
//! Nothing is queued for a browser. The stream holds the number of the board
//! it last told about; when the browser takes the next piece it learns
//! everything since then at once, or a new snapshot when that is too long
//! ago.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use serde::Serialize;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use crate::base::UnixSec;
use crate::live::{Difference, Link, Resume, Scope, Snapshot, Source};
use crate::people::{Board, Right, Token, Viewer};
use crate::portal::asked::{blocking, scope, scope_of};
use crate::portal::pieces;
use crate::portal::refusal::Refusal;
use crate::portal::schema::describe;
use crate::portal::state::App;
use crate::portal::streams::StreamPlace;

/// Between two looks whether the session still stands, in beats. Changes made
/// by this process are noticed at once.
const BEATS_PER_LOOK: u32 = 10;
/// What browsers are told to wait before they come back, in milliseconds.
const RETRY_MS: u32 = 2000;

/// What a beat says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Beat {
    pub now: UnixSec,
    pub source: Source,
    pub ami: Link,
}

describe! {
    Beat as "LiveBeat" { now: i64, source: Source, ami: Link, }
}

/// Whom a stream is for; the token is there to look again whether they may.
pub enum Watcher {
    /// Somebody logged in.
    Person(Token),
    /// A screen with the address of a kiosk.
    Kiosk(Token),
}

/// What a watcher may see now.
pub struct Eyes {
    scope: Scope,
    /// Whether numbers and names of callers are left out.
    hide_callers: bool,
}

impl From<&Viewer> for Eyes {
    fn from(viewer: &Viewer) -> Self {
        Eyes { scope: scope_of(viewer), hide_callers: !viewer.may(Right::CallersView) }
    }
}

/// A wall is read by everybody who passes.
impl From<&Board> for Eyes {
    fn from(board: &Board) -> Self {
        Eyes { scope: scope(board.queues.as_ref()), hide_callers: true }
    }
}

/// One open stream.
pub struct LiveStream {
    app: Arc<App>,
    watcher: Watcher,
    /// What the viewer asked for, within what they may see.
    wanted: Scope,
    scope: Scope,
    hide_callers: bool,
    /// Number of the board the browser knows; `None` before the first.
    seen: Option<u64>,
    boards: watch::Receiver<u64>,
    stop: watch::Receiver<bool>,
    generation: u64,
    next_beat: Instant,
    beats: u32,
    _place: StreamPlace,
}

impl LiveStream {
    /// Opens a stream; `after` is what the browser has seen.
    pub fn open(
        app: Arc<App>,
        watcher: Watcher,
        eyes: &Eyes,
        wanted: Scope,
        after: Option<u64>,
        place: StreamPlace,
    ) -> Self {
        let mut boards = app.live.subscribe();
        boards.mark_changed();
        let stop = app.stop.clone();
        let generation = app.people.generation();
        let next_beat = app.streams.next_beat();
        LiveStream {
            app,
            watcher,
            scope: eyes.scope.and(&wanted),
            wanted,
            hide_callers: eyes.hide_callers,
            seen: after,
            boards,
            stop,
            generation,
            next_beat,
            beats: 0,
            _place: place,
        }
    }

    /// The stream as the body of an answer.
    pub fn into_body(self) -> Body {
        let retry = format!("retry: {RETRY_MS}\n\n");
        let first = std::future::ready(Some((self, retry.into())));
        pieces::body(Box::pin(first), |stream| Box::pin(stream.next()))
    }

    fn see_with(&mut self, eyes: &Eyes) {
        let scope = eyes.scope.and(&self.wanted);
        if scope != self.scope || eyes.hide_callers != self.hide_callers {
            // What the browser has was cut for other eyes.
            self.seen = None;
            self.scope = scope;
            self.hide_callers = eyes.hide_callers;
        }
    }

    /// Waits for the next piece; `None` ends the stream.
    async fn next(mut self) -> Option<(Self, Bytes)> {
        loop {
            let beat = tokio::select! {
                biased;
                // An error means the daemon is gone already.
                _ = self.stop.wait_for(|stop| *stop) => return None,
                changed = self.boards.changed() => {
                    changed.ok()?;
                    false
                }
                () = sleep_until(self.next_beat) => true,
            };
            if beat {
                self.next_beat = self.app.streams.next_beat();
                self.beats = self.beats.wrapping_add(1);
            }
            let look = beat && self.beats.is_multiple_of(BEATS_PER_LOOK);
            if (look || self.app.people.generation() != self.generation) && !self.look_again().await
            {
                return None;
            }
            // A beat tells what changed too, should the scope be another now.
            if let Some(piece) = self.news() {
                return Some((self, piece));
            }
            if beat {
                let beat = Beat {
                    now: self.app.now(),
                    source: self.app.live.source(),
                    ami: self.app.live.link(),
                };
                let piece = event("beat", None, &beat)?;
                return Some((self, piece));
            }
        }
    }

    /// Whether the watcher may still look; takes over what became different.
    async fn look_again(&mut self) -> bool {
        self.generation = self.app.people.generation();
        let (people, now) = (Arc::clone(&self.app.people), self.app.now());
        let found = match &self.watcher {
            Watcher::Person(token) => {
                let token = token.clone();
                let found = blocking(move || people.viewer(&token, now)).await;
                let may =
                    |viewer: &Viewer| viewer.may(Right::LiveView) || viewer.may(Right::WallsView);
                found.map(|viewer| viewer.filter(may).as_ref().map(Eyes::from))
            }
            Watcher::Kiosk(token) => {
                let token = token.clone();
                let found = blocking(move || people.board(&token, now)).await;
                found.map(|board| board.as_ref().map(Eyes::from))
            }
        };
        match found {
            Ok(Some(eyes)) => {
                self.see_with(&eyes);
                true
            }
            Ok(None) => false,
            // A database that is busy for a moment is no reason to go dark.
            Err(error) => error.kind() == crate::base::Kind::Busy,
        }
    }

    /// What the browser does not know yet, if anything.
    fn news(&mut self) -> Option<Bytes> {
        let now = self.app.now();
        let Some(seen) = self.seen else {
            let snapshot = self.app.live.snapshot(now, &self.scope);
            return self.snapshot(snapshot);
        };
        match self.app.live.after(seen, now, &self.scope) {
            Resume::Anew(snapshot) => self.snapshot(*snapshot),
            Resume::Change(mut change) => {
                self.seen = Some(change.seq);
                if change.is_empty() {
                    return None;
                }
                if self.hide_callers {
                    hide_in_change(&mut change);
                }
                event("change", Some(change.seq), &change)
            }
        }
    }

    fn snapshot(&mut self, mut snapshot: Snapshot) -> Option<Bytes> {
        self.seen = Some(snapshot.seq);
        if self.hide_callers {
            hide_in_snapshot(&mut snapshot);
        }
        event("snapshot", Some(snapshot.seq), &snapshot)
    }
}

/// Empties what only some may see: numbers and names of callers.
pub fn hide_in_snapshot(snapshot: &mut Snapshot) {
    hide(&mut snapshot.calls, &mut snapshot.agents);
}

fn hide_in_change(change: &mut Difference) {
    hide(&mut change.calls, &mut change.agents);
}

fn hide(calls: &mut [crate::live::view::Call], agents: &mut [crate::live::view::Agent]) {
    for call in calls {
        call.number.clear();
        call.name.clear();
    }
    for agent in agents {
        agent.caller = None;
        agent.caller_name = None;
    }
}

/// One event (HTML standard, section 9.2.5). JSON has no line breaks, so one
/// data line holds it.
fn event(name: &str, id: Option<u64>, data: &impl Serialize) -> Option<Bytes> {
    let mut text = format!("event: {name}\n").into_bytes();
    if let Some(id) = id {
        text.extend_from_slice(format!("id: {id}\n").as_bytes());
    }
    text.extend_from_slice(b"data: ");
    serde_json::to_writer(&mut text, data).ok()?;
    text.extend_from_slice(b"\n\n");
    Some(text.into())
}

/// The refusal of one stream too many.
pub fn too_many() -> Refusal {
    Refusal {
        retry_after: Some(5),
        ..Refusal::new(
            axum::http::StatusCode::TOO_MANY_REQUESTS,
            "exhausted",
            "too many live pages are open; close one",
        )
        .coded("streams.most", [])
    }
}
