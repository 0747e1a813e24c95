//! The call-event service on its three transports: server-sent events,
//! WebSocket, long poll.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout};

use crate::base::UnixMicro;
use crate::live::Scope;
use crate::people::{Right, Token, Viewer};
use crate::portal::asked::{blocking, scope_of};
use crate::portal::news::{Cursor, Reader, Sight, Told, heartbeat};
use crate::portal::pieces;
use crate::portal::state::App;
use crate::portal::streams::StreamPlace;
use crate::portal::websocket::{self, Client, Read};

/// Between two beats (`portal.md` 22.5).
pub const BEAT: Duration = Duration::from_secs(15);
/// How long a long poll waits; below the limit of a request.
const POLL: Duration = Duration::from_secs(14);
/// After the first event of a long poll, for those of the same burst.
const BURST: Duration = Duration::from_millis(100);
/// What browsers are told to wait before they come back, in milliseconds.
const RETRY_MS: u32 = 2000;
/// Bytes of a client's frames read and not understood yet.
const READ_AHEAD: usize = websocket::LONGEST + 16;

impl From<&Viewer> for Sight {
    fn from(viewer: &Viewer) -> Self {
        Sight { scope: scope_of(viewer), hide_callers: !viewer.may(Right::CallersView) }
    }
}

/// One reader on its way.
pub struct NewsStream {
    app: Arc<App>,
    reader: Reader,
    sight: Sight,
    token: Token,
    seen: Option<Cursor>,
    wake: watch::Receiver<u64>,
    stop: watch::Receiver<bool>,
    generation: u64,
    beat: Instant,
    /// Figures of queues, where they were asked for.
    figures: Option<Figures>,
    _place: Option<StreamPlace>,
}

/// When figures are told next.
struct Figures {
    queues: Scope,
    boards: watch::Receiver<u64>,
    /// The board is another one than that told of.
    changed: bool,
    due: Instant,
    /// All of them: whoever reads knows none.
    anew: bool,
}

impl Figures {
    /// Until there are others and it is time to tell them; may be left and
    /// called again.
    async fn ready(&mut self) {
        if !self.changed {
            // An error means the daemon is gone; then the stream ends too.
            if self.boards.changed().await.is_err() {
                return std::future::pending().await;
            }
            self.changed = true;
        }
        sleep_until(self.due).await;
    }
}

/// As [`Figures::ready`]; for ever where none were asked for.
async fn figures(wanted: Option<&mut Figures>) {
    match wanted {
        Some(figures) => figures.ready().await,
        None => std::future::pending().await,
    }
}

/// Figures are told at most this often.
const FIGURES: Duration = Duration::from_secs(5);

enum Next {
    Told(Vec<Told>),
    Beat,
    End,
}

impl NewsStream {
    pub fn open(
        app: Arc<App>,
        reader: Reader,
        viewer: &Viewer,
        token: Token,
        seen: Option<Cursor>,
        place: Option<StreamPlace>,
    ) -> Self {
        let mut wake = reader.room().wait();
        wake.mark_changed();
        let figures = reader.summarised().map(|queues| Figures {
            queues: Scope::only(queues.iter().cloned()),
            boards: app.live.subscribe(),
            changed: true,
            due: Instant::now(),
            anew: place.is_some() || seen.is_none(),
        });
        NewsStream {
            figures,
            wake,
            stop: app.stop.clone(),
            generation: app.people.generation(),
            sight: Sight::from(viewer),
            app,
            reader,
            token,
            seen,
            beat: Instant::now() + BEAT,
            _place: place,
        }
    }

    fn at(&self) -> UnixMicro {
        self.app.now() * 1_000_000
    }

    /// What has come and was not told.
    fn news(&mut self) -> Vec<Told> {
        let (told, reached) = self.reader.since(self.seen, &self.sight, self.at());
        self.seen = Some(reached);
        told
    }

    fn is_behind(&self) -> bool {
        self.seen.is_none_or(|seen| seen.seq < self.reader.room().cursor().seq)
    }

    async fn next(&mut self) -> Next {
        loop {
            let mut figured = false;
            let beat = if self.is_behind() {
                false
            } else {
                tokio::select! {
                    biased;
                    _ = self.stop.wait_for(|stop| *stop) => return Next::End,
                    changed = self.wake.changed() => {
                        if changed.is_err() {
                            return Next::End;
                        }
                        false
                    }
                    () = sleep_until(self.beat) => true,
                    () = figures(self.figures.as_mut()) => {
                        figured = true;
                        false
                    }
                }
            };
            // A session that ended is noticed at once, one that ran out by
            // the next beat.
            if (beat || self.app.people.generation() != self.generation) && !self.look_again().await
            {
                return Next::End;
            }
            if beat {
                self.beat = Instant::now() + BEAT;
                return Next::Beat;
            }
            let told = if figured { self.told_figures() } else { self.news() };
            if !told.is_empty() {
                return Next::Told(told);
            }
        }
    }

    /// The figures that are others than those told last.
    fn told_figures(&mut self) -> Vec<Told> {
        let Some(figures) = &mut self.figures else { return Vec::new() };
        let scope = self.sight.scope.and(&figures.queues);
        let (now, anew) = (self.app.now(), std::mem::take(&mut figures.anew));
        (figures.changed, figures.due) = (false, Instant::now() + FIGURES);
        let board = self.app.live.snapshot(now, &scope);
        let reached = self.seen.unwrap_or_else(|| self.reader.room().cursor());
        self.reader.summaries(&board, anew, reached, now * 1_000_000)
    }

    /// Whether the session still stands; takes over what it may see now.
    async fn look_again(&mut self) -> bool {
        self.generation = self.app.people.generation();
        let (people, token, now) =
            (Arc::clone(&self.app.people), self.token.clone(), self.app.now());
        match blocking(move || people.viewer(&token, now)).await {
            Ok(Some(viewer)) if viewer.may(Right::LiveView) => {
                let sight = Sight::from(&viewer);
                if sight.scope != self.sight.scope {
                    self.seen = None;
                }
                self.sight = sight;
                true
            }
            Ok(_) => false,
            Err(error) => error.kind() == crate::base::Kind::Busy,
        }
    }

    fn beat(&self) -> Value {
        heartbeat(self.seen.unwrap_or_else(|| self.reader.room().cursor()), self.at())
    }

    /// As server-sent events.
    pub fn into_body(self) -> Body {
        let retry = format!("retry: {RETRY_MS}\n\n");
        let first = std::future::ready(Some((self, retry.into())));
        pieces::body(Box::pin(first), |mut stream| {
            Box::pin(async move {
                let piece = match stream.next().await {
                    Next::End => return None,
                    Next::Beat => line("heartbeat", None, &stream.beat()),
                    Next::Told(told) => {
                        told.iter().map(|one| line(one.kind, Some(one.cursor), &one.json)).collect()
                    }
                };
                Some((stream, Bytes::from(piece)))
            })
        })
    }

    /// What came, waiting for it for a while; and the place reached.
    pub async fn poll(mut self) -> (Vec<Told>, Option<Cursor>) {
        let Ok(Next::Told(mut told)) = timeout(POLL, self.next()).await else {
            return (Vec::new(), self.seen);
        };
        tokio::time::sleep(BURST).await;
        told.extend(self.news());
        (told, self.seen)
    }

    /// Over a connection that has become a WebSocket, to its end.
    pub async fn over_websocket(mut self, upgrade: OnUpgrade, write_time: Duration) {
        let Ok(Ok(connection)) = timeout(write_time, upgrade).await else { return };
        let (mut read, mut write) = tokio::io::split(TokioIo::new(connection));
        let mut bytes = Vec::new();
        let mut chunk = [0; 1024];
        let status = loop {
            let frame = tokio::select! {
                next = self.next() => match next {
                    Next::End => break websocket::GOING_AWAY,
                    Next::Beat => websocket::text(self.beat().to_string().as_bytes()),
                    Next::Told(told) => told
                        .iter()
                        .flat_map(|one| websocket::text(one.json.to_string().as_bytes()))
                        .collect(),
                },
                got = read.read(&mut chunk) => {
                    match got {
                        Ok(got @ 1..) => bytes.extend_from_slice(&chunk[..got]),
                        _ => return,
                    }
                    match answers(&mut bytes) {
                        Ok(answers) => answers,
                        Err(status) => break status,
                    }
                }
            };
            match timeout(write_time, write.write_all(&frame)).await {
                Ok(Ok(())) => {}
                _ => return,
            }
        };
        // Who does not take the good-bye is left without it.
        let _ = timeout(write_time, write.write_all(&websocket::close(status))).await;
        let _ = timeout(write_time, write.shutdown()).await;
    }
}

/// What is to be said to the frames read; the status to end with, if they end
/// the connection.
fn answers(bytes: &mut Vec<u8>) -> Result<Vec<u8>, u16> {
    let mut answer = Vec::new();
    loop {
        match websocket::read(bytes) {
            Read::Incomplete if bytes.len() > READ_AHEAD => return Err(websocket::TOO_BIG),
            Read::Incomplete => return Ok(answer),
            Read::Bad(status) => return Err(status),
            Read::Frame { frame, used } => {
                bytes.drain(..used);
                match frame {
                    Client::Ping(payload) => answer.extend(websocket::pong(&payload)),
                    Client::Close(_) => return Err(websocket::NORMAL),
                    Client::Ignored | Client::Pong => {}
                }
            }
        }
    }
}

/// One server-sent event. JSON has no line breaks, so one data line holds it.
fn line(kind: &str, cursor: Option<Cursor>, json: &Value) -> String {
    match cursor {
        Some(cursor) => format!("event: {kind}\nid: {cursor}\ndata: {json}\n\n"),
        None => format!("event: {kind}\ndata: {json}\n\n"),
    }
}
