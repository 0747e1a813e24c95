//! The call-event service: subscribe, read, end.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;

use crate::people::Token;
use crate::portal::asked::Asked;
use crate::portal::gate;
use crate::portal::news::{Cursor, Wanted};
use crate::portal::news_stream::NewsStream;
use crate::portal::refusal::Refusal;
use crate::portal::reply;
use crate::portal::route::FieldKind as K;
use crate::portal::route::{Field, may};
use crate::portal::stream;
use crate::portal::websocket;
use crate::portal::wire::office::{Polled, Subscribed};

pub const SUBSCRIBE: &[Field] = &[
    may("agents", K::Texts, "Extensions to be told about."),
    may("queues", K::Texts, "Queues to be told about."),
    may("summaryEvents", K::Flag, "Tell the figures of these queues too, as they change."),
];
pub const READ: &[Field] = &[
    may("cursor", K::Text(50), "What was seen already; a snapshot comes first when left out."),
    may("poll", K::Flag, "Answer with what came, at once or within some seconds."),
];

pub async fn subscribe(asked: Asked) -> Result<Response, Refusal> {
    let viewer = asked.viewer()?;
    let wanted = Wanted {
        agents: asked.body.texts("agents").to_vec(),
        queues: asked.body.texts("queues").to_vec(),
        summaries: asked.body.flag("summaryEvents").unwrap_or(false),
    };
    let id = Token::new().map_err(Refusal::from)?.text();
    let room = &asked.app.news;
    if !room.subscribe(id.clone(), &viewer.account.account, wanted, asked.now) {
        return Err(stream::too_many());
    }
    // While nobody subscribed nothing was kept up to date.
    let mut facets = None;
    asked.app.switchboard.look(&mut |office| {
        facets = Some(crate::live::news::Facets::of(office));
    });
    if let Some(facets) = facets {
        room.publish(facets, Vec::new(), asked.now * 1_000_000);
    }
    reply::json(&Subscribed { token: room.cursor().to_string(), id })
}

pub async fn unsubscribe(asked: Asked) -> Result<Response, Refusal> {
    let account = &asked.viewer()?.account.account;
    if asked.app.news.unsubscribe(asked.part("id"), account) {
        Ok(reply::empty())
    } else {
        Err(gone())
    }
}

fn gone() -> Refusal {
    Refusal::not_found("there is no such subscription (any more)").coded("subscription.none", [])
}

/// Server-sent events, a WebSocket when asked to upgrade, or one answer with
/// `poll=true`.
pub async fn events(asked: Asked) -> Result<Response, Refusal> {
    let viewer = asked.viewer()?;
    let token = gate::cookie(&asked.headers).ok_or_else(Refusal::login)?;
    let given = asked.headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let cursor = given.or(asked.query.text("cursor")).and_then(Cursor::parse);
    let account = &viewer.account.account;
    let reader = asked.app.news.read(asked.part("id"), account, asked.now).ok_or_else(gone)?;
    let app = Arc::clone(&asked.app);
    if asked.query.flag("poll") == Some(true) {
        let stream = NewsStream::open(app, reader, viewer, token, cursor, None);
        let (told, reached) = stream.poll().await;
        let gap = told.iter().any(|one| one.kind == "gap");
        let events = told.into_iter().map(|one| one.json).collect();
        let cursor = reached.map(|cursor| cursor.to_string()).unwrap_or_default();
        return reply::json(&Polled { cursor, gap, events });
    }
    let place = asked.app.streams.enter(viewer.session.id_hash).ok_or_else(stream::too_many)?;
    let stream = NewsStream::open(app, reader, viewer, token, cursor, Some(place));
    match asked.upgrade.take() {
        Some(upgrade) if wants_websocket(&asked.headers) => {
            let key = asked.headers.get("sec-websocket-key").and_then(|key| key.to_str().ok());
            let version = asked.headers.get("sec-websocket-version");
            let good = version.is_some_and(|version| version == "13");
            let accept = key.filter(|_| good).and_then(websocket::accept).ok_or_else(bad_key)?;
            if !same_origin(&asked.headers) {
                return Err(Refusal::denied("a page of another site may not listen here"));
            }
            let write_time = asked.app.settings.limits.write_time;
            tokio::spawn(stream.over_websocket(upgrade, write_time));
            Ok(switched(&accept))
        }
        _ => Ok(reply::typed("text/event-stream", stream.into_body())),
    }
}

fn bad_key() -> Refusal {
    let message = "this is no WebSocket handshake of version 13";
    Refusal::new(StatusCode::BAD_REQUEST, "invalid", message)
}

fn wants_websocket(headers: &HeaderMap) -> bool {
    let upgrade = headers.get(header::UPGRADE).and_then(|value| value.to_str().ok());
    upgrade.is_some_and(|value| value.eq_ignore_ascii_case("websocket"))
}

/// Browsers send cookies along with a WebSocket to any site, and say where
/// the page is from. Programs say nothing.
fn same_origin(headers: &HeaderMap) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    match (text(header::ORIGIN), text(header::HOST)) {
        (None, _) => true,
        (Some(origin), Some(host)) => {
            origin.split_once("://").is_some_and(|(_, from)| from.eq_ignore_ascii_case(host))
        }
        (Some(_), None) => false,
    }
}

fn switched(accept: &str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    if let Ok(accept) = HeaderValue::from_str(accept) {
        headers.insert("sec-websocket-accept", accept);
    }
    response
}
