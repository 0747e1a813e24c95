//! What is answered when the answer is no.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::{Map, Value, json};

use crate::base::{Error, Kind, Secs};
use crate::portal::reply;

/// A status with a short message that is safe to show, and which field it is
/// about, if it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    pub status: StatusCode,
    /// The kind of the error, by its name in the API.
    pub kind: &'static str,
    pub message: String,
    pub fields: Vec<(String, String)>,
    pub retry_after: Option<Secs>,
    /// `login` when logging in would help.
    pub code: Option<&'static str>,
}

impl Refusal {
    pub fn new(status: StatusCode, kind: &'static str, message: impl Into<String>) -> Self {
        Refusal {
            status,
            kind,
            message: message.into(),
            fields: Vec::new(),
            retry_after: None,
            code: None,
        }
    }

    /// The input is wrong in these fields.
    pub fn fields(fields: Vec<(String, String)>) -> Self {
        let message = match fields.as_slice() {
            [(field, message)] => format!("{field}: {message}"),
            _ => format!("{} fields need another value", fields.len()),
        };
        Refusal { fields, ..Self::new(StatusCode::BAD_REQUEST, "invalid", message) }
    }

    /// Nobody is logged in.
    pub fn login() -> Self {
        Refusal {
            code: Some("login"),
            ..Self::new(StatusCode::UNAUTHORIZED, "denied", "log in first")
        }
    }

    /// The person may not.
    pub fn denied(message: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "denied", message)
    }

    pub fn not_found(message: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    /// Too many; try again after so many seconds.
    pub fn wait(secs: Secs) -> Self {
        let message = format!("too many attempts; try again in {secs} s");
        Refusal {
            retry_after: Some(secs),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "busy", message)
        }
    }

    /// The answer: JSON with the error alone.
    pub fn response(&self) -> Response {
        let mut error = Map::new();
        error.insert("kind".to_owned(), json!(self.kind));
        error.insert("message".to_owned(), json!(self.message));
        if let Some(code) = self.code {
            error.insert("code".to_owned(), json!(code));
        }
        if !self.fields.is_empty() {
            let fields = self.fields.iter().map(|(field, text)| (field.clone(), json!(text)));
            error.insert("fields".to_owned(), Value::Object(fields.collect()));
        }
        let mut response = reply::json_text(json!({ "error": error }).to_string());
        *response.status_mut() = self.status;
        if let Some(secs) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(secs.max(1)));
        }
        response
    }
}

/// Errors of the rooms. A message of kind `Invalid` that starts with a word
/// and a colon names the field.
impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let (status, kind) = match error.kind() {
            Kind::Invalid => (StatusCode::BAD_REQUEST, "invalid"),
            Kind::NotFound => (StatusCode::NOT_FOUND, "not_found"),
            Kind::Denied => (StatusCode::FORBIDDEN, "denied"),
            Kind::Conflict => (StatusCode::CONFLICT, "conflict"),
            // Busy is the box, not the client: a throttle says 429 itself.
            Kind::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
            Kind::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
            Kind::Exhausted => (StatusCode::INSUFFICIENT_STORAGE, "exhausted"),
            Kind::Damaged => (StatusCode::INTERNAL_SERVER_ERROR, "damaged"),
            Kind::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        };
        if status.is_server_error() {
            tracing::error!(kind, error = error.chain(), "a request failed");
        }
        let message = match error.kind() {
            Kind::Internal => "something went wrong on our side; the log says more",
            _ => error.message(),
        };
        let mut refusal = Refusal::new(status, kind, message);
        if error.kind() == Kind::Invalid
            && let Some((field, text)) = error.message().split_once(": ")
            && !field.contains(' ')
        {
            refusal.fields.push((field.to_owned(), text.to_owned()));
        }
        if error.kind() == Kind::Busy {
            refusal.retry_after = Some(1);
        }
        refusal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_a_room_names_its_field_if_it_has_one() {
        let refusal = Refusal::from(Error::new(Kind::Invalid, "name: take 1 to 100 characters"));
        assert_eq!(refusal.fields, [("name".to_owned(), "take 1 to 100 characters".to_owned())]);
        let refusal = Refusal::from(Error::new(Kind::Invalid, "this is wrong: very"));
        assert!(refusal.fields.is_empty());
    }

    #[test]
    fn a_fault_of_ours_does_not_tell_its_details() {
        let refusal = Refusal::from(Error::new(Kind::Internal, "no such table: account"));
        assert_eq!(refusal.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!refusal.message.contains("table"));
    }
}
