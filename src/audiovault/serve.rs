//! The service: taking connections, and which request does what.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use axum::response::Response;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use jiff::tz::TimeZone;
use serde::Serialize;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::audiovault::answer::{Answer, File, Giver};
use crate::audiovault::asked::{Asked, Fields};
use crate::audiovault::door::Door;
use crate::audiovault::open::{Archive, Opener};
use crate::audiovault::origin::{Origin, origin};
use crate::audiovault::reply::{Refusal, finished, json, put, typed};
use crate::audiovault::search::Places;
use crate::audiovault::settings::{Options, Proof, Settings};
use crate::audiovault::tls::Certificate;
use crate::audiovault::wave::{Pictures, drawn};
use crate::audiovault::{rpc, xmlrpc};
use crate::base::{Result, time};
use crate::layout::Call;
use crate::media::{Deliveries, Media, Patient, Source};
use crate::recordings::files::filter::Filter;
use crate::recordings::links::{Links, Moment, Opened, Refused, Usage};

/// Connections at a time; more wait in the listener's backlog.
const CONNECTIONS: usize = 128;
const HEAD_BYTES: usize = 16 * 1024;
const MOST_HEADERS: usize = 64;
const BODY_BYTES: usize = 64 * 1024;
/// For the head of a request and an idle connection, for a handshake, for a body.
const HEAD_TIME: Duration = Duration::from_secs(30);
const BODY_TIME: Duration = Duration::from_secs(10);
/// For the peer to take a piece of an answer.
const WRITE_TIME: Duration = Duration::from_secs(30);
const STOP_TIME: Duration = Duration::from_secs(5);
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);
/// A wrong token is told so after this long, whatever was wrong about it.
const WRONG_TOKEN: Duration = Duration::from_millis(300);
/// How long playing may go on past a link's end when no length is known.
const UNKNOWN_LENGTH: Duration = Duration::from_secs(3600);

/// What serves the requests. One for the process.
pub struct Service {
    settings: Settings,
    zone: TimeZone,
    places: Places,
    opener: Opener,
    links: Links,
    /// Held to look or to count, never while something waits.
    door: Mutex<Door>,
    pictures: Pictures,
    deliveries: Deliveries,
    began: Instant,
    stop: watch::Receiver<bool>,
}

impl Service {
    /// Errors: settings that make no sense.
    pub fn new(
        mut settings: Settings,
        archive: Option<Arc<dyn Archive>>,
        zone: TimeZone,
        stop: watch::Receiver<bool>,
    ) -> Result<Arc<Service>> {
        settings.check()?;
        let places = Places::new(std::mem::take(&mut settings.roots), settings.options.limits)?;
        let identities = std::mem::take(&mut settings.identities);
        let filter = settings.options.decrypt.take().map(Filter::new).transpose()?;
        let deliveries = Deliveries::new(settings.options.max_streams, stop.clone());
        Ok(Arc::new(Service {
            settings,
            zone,
            places,
            opener: Opener { identities, archive, filter },
            links: Links::new(),
            door: Mutex::default(),
            pictures: Pictures::default(),
            deliveries,
            began: Instant::now(),
            stop,
        }))
    }

    fn now(&self) -> Moment {
        Moment { wall: time::now(), steady: self.began.elapsed() }
    }

    fn options(&self) -> &Options {
        &self.settings.options
    }
}

/// Serves on a listener until stop becomes true; then finishes the requests
/// that run, for at most five seconds.
pub async fn serve(listener: TcpListener, service: Arc<Service>, certificate: Option<Certificate>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let mut stop = service.stop.clone();
    let mut connections = JoinSet::new();
    loop {
        let next = async {
            // The semaphore is never closed.
            let place = Arc::clone(&places).acquire_owned().await.ok();
            (listener.accept().await, place)
        };
        tokio::select! {
            biased;
            () = told(&mut stop) => break,
            Some(_) = connections.join_next() => {}
            (accepted, place) = next => match accepted {
                Ok((stream, peer)) => {
                    let (service, certificate) = (Arc::clone(&service), certificate.clone());
                    connections.spawn(async move {
                        welcome(stream, peer, service, certificate).await;
                        drop(place);
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(ACCEPT_AGAIN).await;
                }
            }
        }
    }
    drop(listener);
    let finished = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(STOP_TIME, finished).await.is_err() {
        tracing::warn!("some requests did not finish in time; leaving them");
    }
}

/// Waits until it is time to stop.
async fn told(stop: &mut watch::Receiver<bool>) {
    // Nobody left to tell is a stop too.
    let _ = stop.wait_for(|stop| *stop).await;
}

async fn welcome(
    stream: TcpStream,
    peer: SocketAddr,
    service: Arc<Service>,
    certificate: Option<Certificate>,
) {
    // Small answers leave at once; a failure to set it costs only time.
    let _ = stream.set_nodelay(true);
    let stream = Patient::new(stream, WRITE_TIME);
    match certificate {
        None => attend(stream, peer, service, false).await,
        Some(certificate) => {
            match tokio::time::timeout(HEAD_TIME, certificate.shaken(stream)).await {
                Ok(Ok(stream)) => attend(stream, peer, service, true).await,
                Ok(Err(error)) => tracing::debug!(%error, "a handshake failed"),
                Err(_) => tracing::debug!("a handshake took too long"),
            }
        }
    }
}

async fn attend(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    peer: SocketAddr,
    service: Arc<Service>,
    tls: bool,
) {
    let mut stop = service.stop.clone();
    let answer = service_fn(move |request: Request<Incoming>| {
        let service = Arc::clone(&service);
        async move { Ok::<_, std::convert::Infallible>(service.answer(request, peer, tls).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(HEAD_BYTES)
        .max_headers(MOST_HEADERS)
        .serve_connection(TokioIo::new(stream), answer);
    let mut connection = std::pin::pin!(connection);
    let ended = |result: Result<(), hyper::Error>| {
        if let Err(error) = result {
            tracing::trace!(%error, "a connection ended");
        }
    };
    tokio::select! {
        result = connection.as_mut() => return ended(result),
        () = told(&mut stop) => connection.as_mut().graceful_shutdown(),
    }
    ended(connection.await);
}

impl Service {
    async fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
        peer: SocketAddr,
        tls: bool,
    ) -> Response {
        let origin = origin(self.options(), peer, request.headers(), tls);
        let cors = self.allowed_origin(request.headers());
        let response = Arc::clone(&self).route(request, &origin).await;
        let mut response = match response {
            Ok(response) => response,
            Err(refusal) => refusal.response(),
        };
        if let Some(allowed) = cors {
            put(&mut response, header::ACCESS_CONTROL_ALLOW_ORIGIN, &allowed);
            put(&mut response, header::VARY, "Origin");
        }
        finished(response)
    }

    fn allowed_origin(&self, headers: &HeaderMap) -> Option<String> {
        let asked = headers.get(header::ORIGIN)?.to_str().ok()?;
        self.options().origins.iter().find(|origin| *origin == asked).cloned()
    }

    async fn route(
        self: Arc<Self>,
        request: Request<Incoming>,
        origin: &Origin,
    ) -> Result<Response, Refusal> {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path();
        let query = parts.uri.query().unwrap_or_default();
        let is_get = matches!(parts.method, Method::GET | Method::HEAD);
        match (is_get, parts.method == Method::POST) {
            (true, _) if path == "/" => Ok(typed("text/html; charset=utf-8", STATUS)),
            (true, _) if path == "/health" => self.health().await,
            (true, _) if path == "/search" || path == "/search/" => {
                if !self.options().allow_get {
                    return Err(Refusal::new(
                        StatusCode::METHOD_NOT_ALLOWED,
                        "method",
                        "searches come by POST: addresses are kept in logs",
                    ));
                }
                self.search(Fields::of_form(query)?, &parts.headers, origin).await
            }
            (_, true) if path == "/search" || path == "/search/" => {
                let fields = self.fields(&parts.headers, query, body).await?;
                self.search(fields, &parts.headers, origin).await
            }
            (_, true) if path == "/link/refresh" => {
                let fields = self.fields(&parts.headers, query, body).await?;
                self.refresh(fields, &parts.headers, origin).await
            }
            (_, true) if matches!(path, "/xmlrpc" | "/xmlrpc/" | "/RPC2") => {
                let fields = self.query_fields(query)?;
                let bytes = whole(body, xmlrpc::MOST_BYTES).await?;
                self.xmlrpc(&bytes, fields, &parts.headers, origin).await
            }
            (true, _) if path.starts_with("/m/") => {
                self.media(&parts.method, &parts.headers, path).await
            }
            (true, _) if path.starts_with("/p/") => self.wave(path).await,
            _ => Err(Refusal::new(
                StatusCode::NOT_FOUND,
                "address",
                "there is nothing at this address",
            )),
        }
    }

    /// Places by number, so that nobody learns paths here.
    async fn health(self: Arc<Self>) -> Result<Response, Refusal> {
        #[derive(Serialize)]
        struct Health {
            ok: bool,
            places: usize,
            down: usize,
            streams: usize,
        }
        let (places, down) = (self.places.len(), self.places.down(self.now()));
        let ok = self.opener.archive.is_some() || places == 0 || down < places;
        let mut response = json(&Health { ok, places, down, streams: self.deliveries.running() });
        if !ok {
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        }
        std::future::ready(Ok(response)).await
    }

    /// Fields of an address beside a body: no secret may be among them,
    /// because addresses are kept in logs.
    fn query_fields(&self, query: &str) -> Result<Fields, Refusal> {
        let fields = Fields::of_form(query)?;
        if fields.text("token").is_some() && !self.options().allow_get {
            return Err(Refusal::wrong("a token in an address is kept in logs; send it as Bearer"));
        }
        Ok(fields)
    }

    async fn fields(
        &self,
        headers: &HeaderMap,
        query: &str,
        body: Incoming,
    ) -> Result<Fields, Refusal> {
        let beside = self.query_fields(query)?;
        let bytes = whole(body, BODY_BYTES).await?;
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        let fields = match kind.to_ascii_lowercase().as_str() {
            "application/x-www-form-urlencoded" => {
                let text = std::str::from_utf8(&bytes);
                Fields::of_form(text.map_err(|_| Refusal::wrong("the form is no text"))?)?
            }
            "application/json" | "text/json" | "" => Fields::of_json(&bytes)?,
            _ => {
                return Err(Refusal::new(
                    StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    "type",
                    "a search is JSON or a form",
                ));
            }
        };
        Ok(fields.or(beside))
    }

    /// Lets in whoever proves a token, and keeps the others waiting.
    async fn let_in(
        &self,
        token: Option<&str>,
        tenant: Option<&str>,
        origin: &Origin,
    ) -> Result<(), Refusal> {
        let now = self.began.elapsed();
        let door = || self.door.lock().unwrap_or_else(PoisonError::into_inner);
        if door().is_shut(origin.address, now) {
            return Err(Refusal::new(
                StatusCode::TOO_MANY_REQUESTS,
                "blocked",
                "too many wrong tokens from this address; wait a minute",
            ));
        }
        match self.settings.proof(token.unwrap_or_default(), tenant) {
            Proof::Good => Ok(()),
            Proof::OtherTenant => {
                tracing::warn!(address = %origin.address, "a tenant asked for another's recordings");
                Err(Refusal::new(
                    StatusCode::FORBIDDEN,
                    "tenant",
                    "this token is not that tenant's",
                ))
            }
            Proof::Wrong => {
                tracing::warn!(address = %origin.address, "a search came with a wrong token");
                door().failed(origin.address, now);
                tokio::time::sleep(WRONG_TOKEN).await;
                Err(Refusal::token())
            }
        }
    }

    async fn search(
        self: Arc<Self>,
        fields: Fields,
        headers: &HeaderMap,
        origin: &Origin,
    ) -> Result<Response, Refusal> {
        let began = Instant::now();
        if self.options().dump_requests {
            tracing::info!(address = %origin.address, fields = fields.redacted(), "a search came");
        }
        let token = bearer(headers).or_else(|| fields.text("token"));
        self.let_in(token, fields.text("tenant"), origin).await?;
        let asked = Asked::of(&fields.without("token"), &self.zone)?;
        let callid = asked.call.ids.first().cloned().unwrap_or_default();
        tracing::info!(address = %origin.address, call = callid, "recordings were looked for");
        let usage = if asked.to_keep { Usage::Download } else { Usage::Play };
        let (files, truncated) = Arc::clone(&self)
            .found(asked.call, asked.user, usage, asked.max, asked.loose, origin)
            .await?;
        let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let found = !files.is_empty();
        Ok(json(&Answer { version: 1, found, truncated, took_ms, callid, files }))
    }

    /// The recordings of a call with their links, and whether there may be more.
    async fn found(
        self: Arc<Self>,
        call: Call,
        user: String,
        usage: Usage,
        max: Option<usize>,
        loose: bool,
        origin: &Origin,
    ) -> Result<(Vec<File>, bool), Refusal> {
        let base = origin.base.clone().ok_or_else(|| {
            Refusal::wrong("the request names no host; set the public URL of this service")
        })?;
        let max = max.unwrap_or(usize::MAX).min(self.options().max_results).max(1);
        blocking(move || {
            let now = self.now();
            let journal = self.opener.archive.as_ref().map(|archive| archive.recordings());
            let loose = loose || self.options().loose;
            let searched = self.places.find(journal, &call, &user, loose, now)?;
            if searched.all_down {
                return Err(Refusal::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "storage",
                    "no place of recordings can be reached",
                ));
            }
            let giver = Giver {
                links: &self.links,
                opener: &self.opener,
                walker: &self.places.walker,
                base: &base,
                ttl: self.options().link_ttl,
                tenant: call.tenant.as_deref().unwrap_or_default(),
                user: &user,
                call: call.ids.first().map(String::as_str).unwrap_or_default(),
                usage,
                now,
            };
            let files = giver.files(&searched.items, &searched.there, max)?;
            let more = searched.items.len() + searched.there.len() > max;
            Ok((files, searched.truncated || more))
        })
        .await
    }

    async fn xmlrpc(
        self: Arc<Self>,
        bytes: &[u8],
        fields: Fields,
        headers: &HeaderMap,
        origin: &Origin,
    ) -> Result<Response, Refusal> {
        let answered = |text: String| Ok(typed("text/xml; charset=utf-8", text));
        let (method, parameters) = match xmlrpc::read(bytes) {
            Ok(xmlrpc::Message::Call { method, parameters }) => (method, parameters),
            Ok(_) => return Err(Refusal::wrong("the message is no call")),
            Err(fault) => return Err(Refusal::wrong(fault.to_string())),
        };
        if self.options().dump_requests {
            let count = parameters.len();
            tracing::info!(address = %origin.address, method, count, "an XML-RPC call came");
        }
        let query = rpc::query(&method, &parameters, &self.zone);
        let password = match &query {
            Ok(rpc::Query::Find { password, .. }) => Some(password.as_str()),
            _ => None,
        };
        let token = bearer(headers).or_else(|| fields.text("token")).or(password);
        let is_peer = self.settings.tenants.is_empty()
            && self.options().xmlrpc_peers.contains(&origin.address);
        if !is_peer {
            self.let_in(token, fields.text("tenant"), origin).await?;
        }
        let query = match query {
            Ok(query) => query,
            Err(rpc::Unknown(code, text)) => return answered(xmlrpc::fault(code, &text)),
        };
        let call =
            Call { tenant: fields.text("tenant").map(str::to_owned), ..query.call().clone() };
        let user = query.user().to_owned();
        let found = Arc::clone(&self).found(call, user, Usage::Play, None, false, origin).await;
        match found {
            Ok((files, _)) => answered(xmlrpc::answer(&query.answer(&files))),
            Err(refusal) => answered(xmlrpc::fault(4, &refusal.message)),
        }
    }

    async fn refresh(
        self: Arc<Self>,
        fields: Fields,
        headers: &HeaderMap,
        origin: &Origin,
    ) -> Result<Response, Refusal> {
        #[derive(Serialize)]
        struct Renewed {
            url: String,
            expires: i64,
        }
        let token = bearer(headers).or_else(|| fields.text("token"));
        self.let_in(token, fields.text("tenant"), origin).await?;
        let given = fields.text("link").ok_or_else(|| Refusal::wrong("link is missing"))?;
        // The whole address is as good as the link in it.
        let (link, name) = match given.split_once("/m/") {
            Some((_, rest)) => rest.split_once('/').unwrap_or((rest, "recording")),
            None => (given, "recording"),
        };
        let base =
            origin.base.as_deref().ok_or_else(|| Refusal::wrong("the request names no host"))?;
        let opened = self.links.renew(link, &[], self.options().link_ttl, self.now(), |grant| {
            !self.settings.knows_tenant(&grant.tenant)
                || (!self.settings.tenants.is_empty()
                    && fields.text("tenant") != Some(grant.tenant.as_str()))
        });
        let link = opened.map_err(|_| Refusal::link())??;
        let url = format!("{base}/m/{}/{name}", link.text);
        Ok(json(&Renewed { url, expires: link.expires }))
    }

    fn opened(&self, link: &str) -> Result<Opened, Refusal> {
        let opened = self.links.open(link, &[], self.now()).map_err(|refused| match refused {
            Refused::Expired => Refusal::new(StatusCode::GONE, "expired", refused.to_string()),
            Refused::Malformed | Refused::Unknown | Refused::NotYours => Refusal::link(),
        })?;
        if !self.settings.knows_tenant(&opened.grant.tenant) {
            return Err(Refusal::link());
        }
        Ok(opened)
    }

    async fn media(
        self: Arc<Self>,
        method: &Method,
        headers: &HeaderMap,
        path: &str,
    ) -> Result<Response, Refusal> {
        let link = path.trim_start_matches("/m/").split('/').next().unwrap_or_default();
        let opened = self.opened(link)?;
        if opened.grant.usage == Usage::Wave {
            return Err(Refusal::link());
        }
        let (service, is_get) = (Arc::clone(&self), method == Method::GET);
        self.deliveries
            .answer(method, headers, move || {
                let now = service.now();
                let sound =
                    service.opener.open(&service.places.walker, &opened.grant.target, now.wall)?;
                let length = sound.seconds().map_or(UNKNOWN_LENGTH, Duration::from_secs_f64);
                if is_get {
                    service.links.begin(&opened, length, now);
                }
                let tag = Some(sound.tag.clone());
                let download = opened.grant.usage == Usage::Download;
                let (source, kind, name) = sound.playable();
                let call = opened.grant.call;
                Ok::<_, Refusal>(Media {
                    source: Source::Anywhere(source),
                    kind: kind.into(),
                    name,
                    tag,
                    download,
                    ended: Some(Box::new(move |sent| {
                        tracing::info!(
                            call,
                            bytes = sent.bytes,
                            fault = sent.fault,
                            "sound was sent"
                        );
                    })),
                })
            })
            .await
    }

    async fn wave(self: Arc<Self>, path: &str) -> Result<Response, Refusal> {
        let link = path.trim_start_matches("/p/").split('/').next().unwrap_or_default();
        let opened = self.opened(link)?;
        let picture = blocking(move || {
            let now = self.now().wall;
            let mut sound = self.opener.open(&self.places.walker, &opened.grant.target, now)?;
            if let Some(known) = self.pictures.known(&sound.tag) {
                return Ok(known);
            }
            let picture = Arc::new(drawn(&mut sound.source, &sound.info)?);
            // What grows has one tag for all its lengths.
            if sound.tag.contains('-') {
                self.pictures.keep(sound.tag, Arc::clone(&picture));
            }
            Ok::<_, Refusal>(picture)
        });
        Ok(json(&*picture.await?))
    }
}

const STATUS: &str = "<!doctype html><html lang=\"en\"><title>Recordings</title>\
    <h1>Recordings</h1><p>This service finds recordings of calls for other systems and answers \
    searches at <code>/search/</code>. It is running.</p>";

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The body, if it is short and comes in time.
async fn whole(body: Incoming, most: usize) -> Result<Vec<u8>, Refusal> {
    let collected = Limited::new(Body::new(body), most).collect();
    match tokio::time::timeout(BODY_TIME, collected).await {
        Ok(Ok(body)) => Ok(body.to_bytes().to_vec()),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => Err(Refusal::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "size",
            format!("the body is longer than {most} bytes"),
        )),
        Ok(Err(_)) => Err(Refusal::wrong("the body ended too early")),
        Err(_) => Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, "time", "the body took too long")),
    }
}

/// Disks and databases wait on a thread of their own.
async fn blocking<T: Send + 'static, E: From<crate::base::Error> + Send + 'static>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, E> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(_) => {
            let stopping =
                crate::base::Error::new(crate::base::Kind::Unavailable, "the service is stopping");
            Err(stopping.into())
        }
    }
}
