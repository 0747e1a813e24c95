//! The gate every request passes: limits, who is it, may they, is it
//! forged, are its fields good; then the handler; then the headers every
//! answer carries.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequestParts, Query, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use axum::response::Response;
use axum::routing::{MethodFilter, on};
use http_body_util::{BodyExt, Limited};
use subtle::ConstantTimeEq;

use crate::people::{Origin, Secret, Token, Viewer};
use crate::portal::asked::{Asked, Upgrade, blocking};
use crate::portal::assets;
use crate::portal::input::Input;
use crate::portal::refusal::Refusal;
use crate::portal::reply::{COOKIE, KIOSK_COOKIE};
use crate::portal::route::{Access, Method, Route};
use crate::portal::routes::ROUTES;
use crate::portal::state::App;

/// The address at the other end of the connection, put beside each request
/// by the server.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Only our own files, no inline script, no frames round us.
const POLICY: &str = "default-src 'self'; img-src 'self' data:; media-src 'self'; object-src 'none'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The router made of the route table; everything else is the web app.
pub fn router(app: Arc<App>) -> Router {
    let mut router = Router::new();
    for route in ROUTES {
        let filter = match route.method {
            Method::Get => MethodFilter::GET,
            Method::Post => MethodFilter::POST,
            Method::Patch => MethodFilter::PATCH,
            Method::Delete => MethodFilter::DELETE,
        };
        let app = Arc::clone(&app);
        let handler = move |request: Request<Body>| answer(Arc::clone(&app), route, request);
        router = router.route(route.path, on(filter, handler));
    }
    router
        .fallback(|request: Request<Body>| async move {
            let (parts, _) = request.into_parts();
            finished(assets::answer(&parts.method, parts.uri.path(), &parts.headers), None)
        })
        .method_not_allowed_fallback(|| async {
            let status = StatusCode::METHOD_NOT_ALLOWED;
            let refusal = Refusal::new(status, "invalid", "this address takes another method")
                .coded("method.other", []);
            finished(refusal.response(), None)
        })
}

async fn answer(app: Arc<App>, route: &'static Route, request: Request<Body>) -> Response {
    let limit = app.settings.limits.request_time;
    let response = match tokio::time::timeout(limit, pass(app, route, request)).await {
        Ok(Ok(response)) => response,
        Ok(Err(refusal)) => refusal.response(),
        Err(_) => {
            tracing::warn!(path = route.path, "a request took too long");
            let status = StatusCode::SERVICE_UNAVAILABLE;
            Refusal::new(status, "busy", "this took too long; try again")
                .coded("time.over", [])
                .response()
        }
    };
    finished(response, Some(route))
}

/// Adds what every answer carries.
fn finished(mut response: Response, route: Option<&Route>) -> Response {
    let failed = !response.status().is_success() && response.status() != StatusCode::NOT_MODIFIED;
    let headers = response.headers_mut();
    let mut set = |name, text| headers.insert(name, HeaderValue::from_static(text));
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "same-origin");
    set(header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    if failed {
        set(header::CACHE_CONTROL, "no-store");
    } else if let Some(route) = route {
        set(header::CACHE_CONTROL, route.cache.control());
    }
    response
}

async fn pass(
    app: Arc<App>,
    route: &'static Route,
    request: Request<Body>,
) -> Result<Response, Refusal> {
    let (mut parts, body) = request.into_parts();
    let now = app.now();
    let (from, secure) = origin(&app, &parts);
    let mut board = None;
    let viewer = match route.access {
        Access::Public => None,
        Access::Kiosk => {
            let token = token(&parts.headers, KIOSK_COOKIE).ok_or_else(Refusal::kiosk)?;
            let people = Arc::clone(&app.people);
            let found = blocking(move || people.board(&token, now).map_err(Refusal::from)).await?;
            board = Some(found.ok_or_else(Refusal::kiosk)?);
            None
        }
        Access::Any(rights) => {
            let viewer = viewer(&app, &parts.headers, now).await?.ok_or_else(Refusal::login)?;
            if !rights.iter().any(|right| viewer.may(*right)) {
                return Err(Refusal::denied("your account may not do this").coded("right.none", []));
            }
            Some(viewer)
        }
    };
    if route.changes() {
        not_forged(&parts.headers, viewer.as_ref())?;
    }
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
        .map_err(|_| unreadable("the query can't be read"))?;
    let query = Input::of_query(route.query, &pairs.0)?;
    let path_parts = RawPathParams::from_request_parts(&mut parts, &())
        .await
        .map_err(|_| unreadable("the path is no UTF-8"))?;
    let path_parts =
        path_parts.iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    let body = if route.body.is_empty() {
        Input::default()
    } else {
        Input::of_json(route.body, &read_body(route, &parts.headers, body).await?)?
    };
    let upgrade = Upgrade(std::sync::Mutex::new(parts.extensions.remove()));
    let asked = Asked {
        app,
        now,
        viewer,
        board,
        parts: path_parts,
        query,
        body,
        from,
        secure,
        method: parts.method,
        headers: parts.headers,
        upgrade,
    };
    (route.run)(asked).await
}

/// Who the cookie belongs to.
async fn viewer(app: &Arc<App>, headers: &HeaderMap, now: i64) -> Result<Option<Viewer>, Refusal> {
    let Some(token) = cookie(headers) else { return Ok(None) };
    if let Some(viewer) = app.people.viewer_known(&token, now) {
        return Ok(Some(viewer));
    }
    let people = Arc::clone(&app.people);
    blocking(move || people.viewer(&token, now).map_err(Refusal::from)).await
}

/// The token of a session a browser sent, if it has the form of one.
pub fn cookie(headers: &HeaderMap) -> Option<Token> {
    token(headers, COOKIE)
}

/// The token in a cookie, if it has the form of one.
pub fn token(headers: &HeaderMap, cookie: &str) -> Option<Token> {
    let texts = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = texts.flat_map(|text| text.split(';')).filter_map(|pair| pair.split_once('='));
    let (_, token) = pairs.find(|(name, _)| name.trim() == cookie)?;
    Token::parse(token.trim())
}

/// The token in the address of a kiosk.
pub fn kiosk_token(text: &Secret) -> Option<Token> {
    Token::parse(text.reveal())
}

/// A change needs the session's token in a header that no form and no foreign
/// page can set. Before a log-in there is no token; there the browser's own
/// word counts, and the body's type, which a foreign page can't send either.
fn not_forged(headers: &HeaderMap, viewer: Option<&Viewer>) -> Result<(), Refusal> {
    let forged = || {
        Refusal::denied("the request carries no token of your session; reload the page")
            .coded("token.none", [])
    };
    if let Some(site) = headers.get("sec-fetch-site")
        && !matches!(site.as_bytes(), b"same-origin" | b"none")
    {
        return Err(forged());
    }
    let Some(viewer) = viewer else { return Ok(()) };
    let sent = headers.get("x-csrf-token").map_or(&b""[..], HeaderValue::as_bytes);
    let good: bool = sent.ct_eq(viewer.session.csrf.text().as_bytes()).into();
    if good { Ok(()) } else { Err(forged()) }
}

fn unreadable(message: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "invalid", message).coded("request.unreadable", [])
}

async fn read_body(route: &Route, headers: &HeaderMap, body: Body) -> Result<Vec<u8>, Refusal> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).map(str::trim);
    if kind != Some("application/json") {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(Refusal::new(status, "invalid", "send application/json").coded("body.form", []));
    }
    let too_large = || {
        let message = format!("send at most {} bytes", route.body_limit);
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "exhausted", message).coded("body.large", [])
    };
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    if announced.and_then(|text| text.parse::<usize>().ok()) > Some(route.body_limit) {
        return Err(too_large());
    }
    match Limited::new(body, route.body_limit).collect().await {
        Ok(collected) => Ok(collected.to_bytes().into()),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => Err(too_large()),
        Err(_) => Err(unreadable("the body did not arrive whole")),
    }
}

/// Where a request comes from, and whether it came by https. A proxy we trust
/// is believed; what anybody else writes into those headers is not.
fn origin(app: &App, parts: &Parts) -> (Origin, bool) {
    let peer = parts.extensions.get::<Peer>();
    let peer = peer.map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.0.ip().to_canonical());
    let header = |name: &str| {
        parts.headers.get_all(name).iter().next_back().and_then(|value| value.to_str().ok())
    };
    let agent = header("user-agent").unwrap_or_default().to_owned();
    if !app.settings.proxies.contains(&peer) {
        return (Origin { address: peer, agent }, app.settings.https);
    }
    // The last entry is the one the proxy itself wrote.
    let client = header("x-forwarded-for")
        .and_then(|text| text.rsplit(',').next()?.trim().parse::<IpAddr>().ok());
    let secure = app.settings.https || header("x-forwarded-proto") == Some("https");
    (Origin { address: client.map_or(peer, |client| client.to_canonical()), agent }, secure)
}
