//! The body of an answer: pieces that are read one by one, each when the
//! connection has taken the one before.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes};
use hyper::body::{Frame, SizeHint};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};
use tokio::task::JoinHandle;

use super::Sent;
use crate::bytes::ReadAt;

/// Bytes of a piece: a chunk of a sealed file.
const PIECE: u64 = 64 * 1024;

type Anywhere = Box<dyn ReadAt + Send>;

/// Where pieces come from.
pub(super) enum Reader {
    /// At rest: the source and what is still to be read of it.
    Anywhere {
        source: Anywhere,
        at: u64,
        to: u64,
    },
    /// One piece is being read on the blocking pool.
    Reading {
        job: JoinHandle<(Anywhere, io::Result<Bytes>)>,
        at: u64,
        to: u64,
    },
    /// A thread of its own reads one piece for every word it gets.
    Onward {
        ask: SyncSender<()>,
        asked: bool,
        pieces: mpsc::Receiver<io::Result<Bytes>>,
    },
    Done,
}

impl Reader {
    pub(super) fn anywhere(source: Anywhere, from: u64, to: u64) -> Self {
        Self::Anywhere { source, at: from, to }
    }

    pub(super) fn onward(mut source: Box<dyn io::Read + Send>) -> io::Result<Self> {
        let (ask, asked) = sync_channel(1);
        let (give, pieces) = mpsc::channel(1);
        std::thread::Builder::new().name("media".to_owned()).spawn(move || {
            // Ends when the body is dropped, and with the source.
            while asked.recv().is_ok() {
                let piece = read_on(&mut *source);
                let last = !matches!(&piece, Ok(bytes) if !bytes.is_empty());
                if matches!(&piece, Ok(bytes) if bytes.is_empty())
                    || give.blocking_send(piece).is_err()
                    || last
                {
                    break;
                }
            }
        })?;
        Ok(Self::Onward { ask, asked: false, pieces })
    }

    /// The next piece; none at the end.
    fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        loop {
            match std::mem::replace(self, Self::Done) {
                Self::Done => return Poll::Ready(None),
                Self::Anywhere { at, to, .. } if at >= to => return Poll::Ready(None),
                Self::Anywhere { mut source, at, to } => {
                    let job = tokio::task::spawn_blocking(move || {
                        let piece = read_at(&mut source, at, to);
                        (source, piece)
                    });
                    *self = Self::Reading { job, at, to };
                }
                Self::Reading { mut job, at, to } => {
                    let Poll::Ready(done) = Pin::new(&mut job).poll(context) else {
                        *self = Self::Reading { job, at, to };
                        return Poll::Pending;
                    };
                    let (source, piece) = match done {
                        Ok((source, piece)) => (source, piece),
                        Err(fault) => return Poll::Ready(Some(Err(io::Error::other(fault)))),
                    };
                    if let Ok(bytes) = &piece {
                        *self = Self::Anywhere { source, at: at + bytes.len() as u64, to };
                    }
                    return Poll::Ready(Some(piece));
                }
                Self::Onward { ask, asked, mut pieces } => {
                    if !asked {
                        // There is room: every piece is taken before the next is asked
                        // for. If the thread is gone there is a piece or an end to take.
                        let _ = ask.try_send(());
                    }
                    let polled = pieces.poll_recv(context);
                    let asked = polled.is_pending();
                    *self = Self::Onward { ask, asked, pieces };
                    return polled;
                }
            }
        }
    }
}

/// A piece up to the next boundary.
fn read_at(source: &mut Anywhere, at: u64, to: u64) -> io::Result<Bytes> {
    let wanted = (PIECE - at % PIECE).min(to - at);
    let mut bytes = vec![0; usize::try_from(wanted).unwrap_or(0)];
    let mut got = 0;
    while got < bytes.len() {
        match source.read_at(at + got as u64, &mut bytes[got..]) {
            // Its length has been promised.
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => got += count,
            Err(fault) if fault.kind() == io::ErrorKind::Interrupted => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(bytes.into())
}

/// What is there, at least a byte; none at the end.
fn read_on(source: &mut dyn io::Read) -> io::Result<Bytes> {
    let mut bytes = vec![0; usize::try_from(PIECE).unwrap_or(0)];
    loop {
        match source.read(&mut bytes) {
            Ok(count) => {
                bytes.truncate(count);
                return Ok(bytes.into());
            }
            Err(fault) if fault.kind() == io::ErrorKind::Interrupted => {}
            Err(fault) => return Err(fault),
        }
    }
}

type Ended = Option<Box<dyn FnOnce(Sent) + Send>>;

struct Pieces {
    reader: Reader,
    sent: Sent,
    left: Option<u64>,
    ended: Ended,
    stop: Pin<Box<dyn Future<Output = ()> + Send>>,
    _place: OwnedSemaphorePermit,
}

pub(super) fn body(
    reader: Reader,
    place: OwnedSemaphorePermit,
    mut stop: watch::Receiver<bool>,
    sent: Sent,
    ended: Ended,
) -> Body {
    let left = match &reader {
        Reader::Anywhere { at, to, .. } => Some(to.saturating_sub(*at)),
        _ => None,
    };
    let stop = Box::pin(async move {
        // When nobody can say it any more, it has been said.
        let _ = stop.wait_for(|stop| *stop).await;
    });
    Body::new(Pieces { reader, sent, left, ended, stop, _place: place })
}

impl hyper::body::Body for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let stopped = self.stop.as_mut().poll(context).is_ready();
        let piece = if stopped {
            // Not polled again: a future that is ready must not be.
            self.stop = Box::pin(std::future::pending());
            Some(Err(io::Error::other("the daemon is stopping")))
        } else {
            ready!(self.reader.poll_piece(context))
        };
        Poll::Ready(match piece {
            None => None,
            Some(Ok(bytes)) => {
                let count = bytes.len() as u64;
                self.sent.bytes += count;
                self.left = self.left.map(|left| left.saturating_sub(count));
                Some(Ok(Frame::data(bytes)))
            }
            Some(Err(fault)) => {
                self.reader = Reader::Done;
                tracing::warn!(%fault, sent = self.sent.bytes, "a recording was broken off");
                self.sent.fault = Some(fault.to_string());
                Some(Err(fault))
            }
        })
    }

    fn size_hint(&self) -> SizeHint {
        self.left.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

impl Drop for Pieces {
    fn drop(&mut self) {
        let Some(ended) = self.ended.take() else { return };
        let sent = self.sent.clone();
        match Handle::try_current() {
            Ok(handle) => drop(handle.spawn_blocking(move || ended(sent))),
            // The runtime is gone and nothing is held up any more.
            Err(_) => ended(sent),
        }
    }
}
