//! A body that is made piece by piece, each when the connection asks for it:
//! nothing is prepared for a peer that does not take.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use hyper::body::Frame;

/// The future of the next piece, with what is needed to go on; `None` ends
/// the body.
pub type Step<S> = Pin<Box<dyn Future<Output = Option<(S, Bytes)>> + Send>>;

struct Pieces<S> {
    step: Step<S>,
    next: fn(S) -> Step<S>,
}

/// A body that begins with `first` and goes on with `next`.
pub fn body<S: Send + 'static>(first: Step<S>, next: fn(S) -> Step<S>) -> Body {
    Body::new(Pieces { step: first, next })
}

impl<S: Send + 'static> hyper::body::Body for Pieces<S> {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.step.as_mut().poll(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(None) => {
                // Whoever asks once more is told the same.
                self.step = Box::pin(std::future::ready(None));
                Poll::Ready(None)
            }
            Poll::Ready(Some((state, piece))) => {
                self.step = (self.next)(state);
                Poll::Ready(Some(Ok(Frame::data(piece))))
            }
        }
    }
}
