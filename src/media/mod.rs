//! Floor 5: sound on its way to a browser: any [`ReadAt`] by HTTP, as a whole, by
//! one range, or as it comes.
//!
//! It is handed a function that opens what was asked for and runs it on a
//! blocking thread; it knows no rights, no rows and no files. `portal` and
//! `audiovault` decide who may hear what, and call [`Deliveries::answer`].
//!
//! - One range of bytes (RFC 9110, section 14); of several the whole is sent. An
//!   `If-Range` that does not hold sends the whole too, an `If-Match` refuses with
//!   412, a range past the end with 416.
//! - A piece of 64 KiB is read when the connection has taken the one before: one
//!   short job on the blocking pool each, aligned to the chunks of sealed files so
//!   that each is opened once. Nothing else is kept of a recording.
//! - What grows has at each request the length it has then. Its tag must then be
//!   one of the file and not of its length.
//! - A selection goes as one archive, made while it is sent ([`zip`]).
//! - What fails half-way breaks the connection off, so that no player takes the
//!   half for the whole. So does the end of the daemon.

mod body;
mod disposition;
mod patient;
mod range;
pub mod zip;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use tokio::sync::{Semaphore, watch};

use crate::base::{Error, Kind, Result};
use crate::bytes::ReadAt;
use body::Reader;
use range::Wanted;

pub use patient::Patient;

/// How long a request waits for a place before it is refused: a listener who
/// jumps asks anew before the old request is seen to be gone.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is delivered.
pub struct Media {
    pub source: Source,
    /// Its type, as `audio/wav`.
    pub kind: Cow<'static, str>,
    /// Of the file when it is saved; anything that is not safe in a name is replaced.
    pub name: String,
    /// Another one for other bytes; without quotes. None: no ranges by `If-Range`.
    pub tag: Option<String>,
    /// Saved instead of played.
    pub download: bool,
    /// Told once what was taken, on a blocking thread, when the answer ends or is
    /// broken off. Not for `HEAD` and refusals.
    pub ended: Option<Box<dyn FnOnce(Sent) + Send>>,
}

pub enum Source {
    Anywhere(Box<dyn ReadAt + Send>),
    /// Of unknown length: sent in chunks and without ranges. Read on a thread of
    /// its own, since it may be slow; dropped there.
    Onward(Box<dyn io::Read + Send>),
}

/// What the connection took of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    pub from: u64,
    pub bytes: u64,
    /// Of the whole, where it is known.
    pub length: Option<u64>,
    /// Why it was broken off by us; a listener who leaves is no fault.
    pub fault: Option<String>,
}

/// All deliveries of the box together: there is a limit.
pub struct Deliveries {
    places: Arc<Semaphore>,
    most: usize,
    stop: watch::Receiver<bool>,
}

impl Deliveries {
    /// At most `most` answers at once, all broken off when `stop` becomes true.
    pub fn new(most: usize, stop: watch::Receiver<bool>) -> Self {
        Self { places: Arc::new(Semaphore::new(most)), most, stop }
    }

    /// Answers that are being sent.
    pub fn running(&self) -> usize {
        self.most.saturating_sub(self.places.available_permits())
    }

    /// Opens and answers a `GET` or `HEAD`.
    ///
    /// Errors: those of `open`; and of kind `Busy`, to be answered by 503 with
    /// Retry-After, when all places stay taken for two seconds.
    pub async fn answer<E: From<Error> + Send + 'static>(
        &self,
        method: &Method,
        headers: &HeaderMap,
        open: impl FnOnce() -> Result<Media, E> + Send + 'static,
    ) -> Result<Response, E> {
        let waiting = Arc::clone(&self.places).acquire_owned();
        let Ok(Ok(place)) = tokio::time::timeout(PATIENCE, waiting).await else {
            let message =
                format!("{} recordings are being listened to already; try again soon", self.most);
            return Err(Error::new(Kind::Busy, message).into());
        };
        let opening = tokio::task::spawn_blocking(move || {
            let mut media = open()?;
            let length = match &mut media.source {
                Source::Anywhere(source) => Some(source.len().map_err(|fault| {
                    Error::caused(Kind::Unavailable, "the recording cannot be read", fault)
                })?),
                Source::Onward(_) => None,
            };
            Ok::<_, E>((media, length))
        });
        let (media, length) = match opening.await {
            Ok(opened) => opened?,
            // The runtime stops, or opening panicked (which a release aborts on).
            Err(_) => return Err(Error::new(Kind::Unavailable, "the daemon is stopping").into()),
        };

        let wanted = range::wanted(method, headers, media.tag.as_deref(), length);
        let mut response = Response::new(Body::empty());
        *response.status_mut() = match wanted {
            Wanted::Whole => StatusCode::OK,
            Wanted::Part { .. } => StatusCode::PARTIAL_CONTENT,
            Wanted::Unchanged => StatusCode::NOT_MODIFIED,
            Wanted::Changed => StatusCode::PRECONDITION_FAILED,
            Wanted::Nowhere => StatusCode::RANGE_NOT_SATISFIABLE,
        };
        describe(response.headers_mut(), &media, length);
        let (from, to) = match wanted {
            Wanted::Whole => (0, length.unwrap_or(u64::MAX)),
            Wanted::Part { from, to } => (from, to),
            Wanted::Nowhere => {
                let all = format!("bytes */{}", length.unwrap_or(0));
                put(response.headers_mut(), header::CONTENT_RANGE, all);
                return Ok(response);
            }
            Wanted::Unchanged | Wanted::Changed => return Ok(response),
        };
        let headers = response.headers_mut();
        put(headers, header::CONTENT_TYPE, media.kind.as_ref());
        put(headers, header::CONTENT_DISPOSITION, disposition::value(media.download, &media.name));
        if let Some(length) = length {
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(to - from));
            if matches!(wanted, Wanted::Part { .. }) {
                let range = format!("bytes {from}-{}/{length}", to - 1);
                put(headers, header::CONTENT_RANGE, range);
            }
        }
        if method == Method::HEAD {
            return Ok(response);
        }
        let reader = match media.source {
            Source::Anywhere(source) => Reader::anywhere(source, from, to),
            Source::Onward(source) => Reader::onward(source).map_err(|fault| {
                Error::caused(Kind::Unavailable, "no thread is to be had for reading", fault)
            })?,
        };
        let sent = Sent { from, bytes: 0, length, fault: None };
        let stop = self.stop.clone();
        *response.body_mut() = body::body(reader, place, stop, sent, media.ended);
        Ok(response)
    }
}

/// What every answer says.
fn describe(headers: &mut HeaderMap, media: &Media, length: Option<u64>) {
    let ranges = if length.is_some() { "bytes" } else { "none" };
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static(ranges));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store, private"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if let Some(tag) = &media.tag {
        put(headers, header::ETAG, format!("\"{tag}\""));
    }
}

/// Sets a header, unless the text is none that a header can have.
fn put(headers: &mut HeaderMap, name: header::HeaderName, text: impl AsRef<str>) {
    if let Ok(value) = HeaderValue::from_str(text.as_ref()) {
        headers.insert(name, value);
    }
}
