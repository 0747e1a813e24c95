//! What is happening now: a snapshot, and the stream.

use std::sync::Arc;

use axum::response::Response;

use crate::live::Scope;
use crate::people::Right;
use crate::portal::asked::Asked;
use crate::portal::gate;
use crate::portal::refusal::Refusal;
use crate::portal::reply;
use crate::portal::stream::{self, Eyes, LiveStream, Watcher};

/// What the viewer asks for; that it lies within what they may see is the
/// scope's business.
fn wanted(asked: &Asked) -> Scope {
    match asked.query.texts("queues") {
        [] => Scope::all(),
        queues => Scope::only(queues.iter().cloned()),
    }
}

pub async fn snapshot(asked: Asked) -> Result<Response, Refusal> {
    let scope = asked.scope()?.and(&wanted(&asked));
    let mut snapshot = asked.app.live.snapshot(asked.now, &scope);
    if !asked.viewer()?.may(Right::CallersView) {
        stream::hide_in_snapshot(&mut snapshot);
    }
    reply::json(&snapshot)
}

pub async fn events(asked: Asked) -> Result<Response, Refusal> {
    let viewer = asked.viewer()?;
    let place = asked.app.streams.enter(viewer.session.id_hash).ok_or_else(stream::too_many)?;
    let token = gate::cookie(&asked.headers).ok_or_else(Refusal::login)?;
    let app = Arc::clone(&asked.app);
    let (eyes, watcher) = (Eyes::from(viewer), Watcher::Person(token));
    let stream = LiveStream::open(app, watcher, &eyes, wanted(&asked), asked.last_event(), place);
    Ok(reply::typed("text/event-stream", stream.into_body()))
}
