//! Answers and refusals.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Serialize;

use crate::audiovault::asked::Unclear;
use crate::base::{Error, Kind};

/// Why a request is not served: status, code for programs, text for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub status: StatusCode,
    pub code: &'static str,
    pub message: String,
}

impl Refusal {
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Refusal {
        Refusal { status, code, message: message.into() }
    }

    pub fn wrong(message: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::BAD_REQUEST, "request", message)
    }

    pub fn token() -> Refusal {
        Refusal::new(StatusCode::UNAUTHORIZED, "token", "the token is missing or wrong")
    }

    pub fn link() -> Refusal {
        Refusal::new(StatusCode::NOT_FOUND, "link", "there is no such link (any more)")
    }

    pub fn response(&self) -> Response {
        #[derive(Serialize)]
        struct Wire<'a> {
            error: &'a str,
            message: &'a str,
        }
        let mut response = json(&Wire { error: self.code, message: &self.message });
        *response.status_mut() = self.status;
        if self.status == StatusCode::UNAUTHORIZED {
            put(&mut response, header::WWW_AUTHENTICATE, "Bearer");
        }
        if matches!(self.status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
            put(&mut response, header::RETRY_AFTER, "60");
        }
        response
    }
}

impl From<Unclear> for Refusal {
    fn from(unclear: Unclear) -> Refusal {
        Refusal::wrong(unclear.0)
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Refusal {
        let (status, code) = match error.kind() {
            Kind::Invalid => (StatusCode::BAD_REQUEST, "request"),
            Kind::NotFound => (StatusCode::NOT_FOUND, "gone"),
            Kind::Denied => (StatusCode::FORBIDDEN, "denied"),
            Kind::Busy | Kind::Unavailable | Kind::Exhausted => {
                (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
            }
            Kind::Conflict => (StatusCode::CONFLICT, "conflict"),
            Kind::Damaged => (StatusCode::UNPROCESSABLE_ENTITY, "damaged"),
            Kind::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        };
        if matches!(error.kind(), Kind::Internal | Kind::Damaged) {
            tracing::error!(error = error.chain(), "a recording could not be served");
        }
        Refusal::new(status, code, error.message())
    }
}

pub fn json(value: &impl Serialize) -> Response {
    // Wire structs have no map with keys that are no text: this can't fail.
    let text = serde_json::to_vec(value).unwrap_or_default();
    typed("application/json", text)
}

pub fn typed(kind: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    put(&mut response, header::CONTENT_TYPE, kind);
    response
}

pub fn put(response: &mut Response, name: header::HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        response.headers_mut().insert(name, value);
    }
}

/// What every answer carries, besides what it says itself.
pub fn finished(mut response: Response) -> Response {
    for (name, text) in [
        (header::CACHE_CONTROL, "no-store, private"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ] {
        if !response.headers().contains_key(&name) {
            put(&mut response, name, text);
        }
    }
    response
}
