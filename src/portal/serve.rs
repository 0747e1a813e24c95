//! Taking connections: how many, how patient, and how to stop.
//!
//! The edge: it accepts, hands over to hyper, and gives up on peers that do
//! not move. It receives its listener and its stop signal.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tower::ServiceExt;

use crate::media::Patient;
use crate::portal::gate::{self, Peer};
use crate::portal::state::{App, Limits};

/// After an accept that failed (no more file descriptors): long enough not
/// to spin, short enough not to be noticed.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);
/// Header lines of one request.
const MOST_HEADERS: usize = 64;

/// Serves the portal on a listener until `app.stop` becomes true; then
/// finishes the requests that run, for at most `limits.stop_time`. Returns
/// when all connections are closed.
pub async fn serve(listener: TcpListener, app: Arc<App>) {
    let router = gate::router(Arc::clone(&app));
    let limits = app.settings.limits.clone();
    let places = Arc::new(Semaphore::new(limits.connections));
    let mut stop = app.stop.clone();
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => break,
            Some(_) = connections.join_next() => {}
            (stream, peer, place) = next(&listener, &places) => {
                let stop = app.stop.clone();
                connections.spawn(attend(stream, peer, place, router.clone(), limits.clone(), stop));
            }
        }
    }
    drop(listener);
    let finished = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(limits.stop_time, finished).await.is_err() {
        tracing::warn!("some requests did not finish in time; leaving them");
    }
}

/// The next connection and a place for it. Without a free place none is
/// accepted: the others wait in the kernel's backlog.
async fn next(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, Option<OwnedSemaphorePermit>) {
    // The semaphore is never closed, so there is always a permit in the end.
    let place = Arc::clone(places).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return (stream, peer, place),
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(ACCEPT_AGAIN).await;
            }
        }
    }
}

/// Serves one connection to its end.
async fn attend(
    stream: TcpStream,
    peer: SocketAddr,
    _place: Option<OwnedSemaphorePermit>,
    router: Router,
    limits: Limits,
    mut stop: watch::Receiver<bool>,
) {
    // Small answers leave at once; a failure to set it costs only time.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer));
        router.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_time)
        .max_buf_size(limits.head_bytes)
        .max_headers(MOST_HEADERS)
        .serve_connection(TokioIo::new(Patient::new(stream, limits.write_time)), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        result = connection.as_mut() => return ended(result),
        _ = stop.wait_for(|stop| *stop) => connection.as_mut().graceful_shutdown(),
    }
    ended(connection.await);
}

/// Peers leave in many ways; none is worth more than a trace.
fn ended(result: Result<(), hyper::Error>) {
    if let Err(error) = result {
        tracing::trace!(%error, "a connection ended");
    }
}
