//! What is answered when the answer is no.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::{Map, Value, json};

use crate::base::{Coded, Error, Kind, Secs};
use crate::portal::reply;

/// What is wrong with a value: in words, and by a code of [`CODES`].
///
/// [`CODES`]: crate::portal::codes::CODES
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    pub message: String,
    pub coded: Option<Coded>,
}

/// A fault with its code, and the values its sentence names.
pub fn wrong<const N: usize>(
    code: &'static str,
    values: [(&'static str, String); N],
    message: impl Into<String>,
) -> Wrong {
    Wrong { message: message.into(), coded: Some(Coded { code, values: values.into() }) }
}

/// A status with a short message that is safe to show, and which field it is
/// about, if it is.
///
/// The message is English. For a page in another language there is the code:
/// it never changes, and [`CODES`] lists all of them with their values. One
/// without a code is told by its kind.
///
/// [`CODES`]: crate::portal::codes::CODES
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    pub status: StatusCode,
    /// The kind of the error, by its name in the API.
    pub kind: &'static str,
    pub message: String,
    pub coded: Option<Box<Coded>>,
    /// What is wrong with which field.
    pub fields: Vec<(String, Wrong)>,
    pub retry_after: Option<Secs>,
}

impl Refusal {
    pub fn new(status: StatusCode, kind: &'static str, message: impl Into<String>) -> Self {
        Refusal {
            status,
            kind,
            message: message.into(),
            coded: None,
            fields: Vec::new(),
            retry_after: None,
        }
    }

    /// The refusal with a code, and the values its sentence names.
    pub fn coded<const N: usize>(
        self,
        code: &'static str,
        values: [(&'static str, String); N],
    ) -> Self {
        let coded = Coded { code, values: values.into() };
        Refusal { coded: Some(Box::new(coded)), ..self }
    }

    /// The input is wrong in these fields.
    pub fn fields(fields: Vec<(String, Wrong)>) -> Self {
        let message = match fields.as_slice() {
            [(field, wrong)] => format!("{field}: {}", wrong.message),
            _ => format!("{} fields need another value", fields.len()),
        };
        Refusal { fields, ..Self::new(StatusCode::BAD_REQUEST, "invalid", message) }
    }

    /// Nobody is logged in.
    pub fn login() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "denied", "log in first").coded("login", [])
    }

    /// The address of a kiosk opens nothing, or nothing any more.
    pub fn kiosk() -> Self {
        let message = "this address opens no wallboard any more; ask for a new one";
        Self::new(StatusCode::UNAUTHORIZED, "denied", message).coded("kiosk.closed", [])
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
                .coded("wait", [("n", secs.to_string())])
        }
    }

    /// The answer: JSON with the error alone.
    pub fn response(&self) -> Response {
        let mut error = Map::new();
        error.insert("kind".to_owned(), json!(self.kind));
        error.insert("message".to_owned(), json!(self.message));
        tell(&mut error, self.coded.as_deref());
        if !self.fields.is_empty() {
            let fields = self.fields.iter().map(|(field, wrong)| {
                let mut told = Map::new();
                told.insert("message".to_owned(), json!(wrong.message));
                tell(&mut told, wrong.coded.as_ref());
                (field.clone(), Value::Object(told))
            });
            error.insert("fields".to_owned(), Value::Object(reply::object(fields)));
        }
        let mut response = reply::json_text(json!({ "error": error }).to_string());
        *response.status_mut() = self.status;
        if let Some(secs) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(secs.max(1)));
        }
        response
    }
}

/// Adds a code and its values to what is told.
fn tell(told: &mut Map<String, Value>, coded: Option<&Coded>) {
    let Some(coded) = coded else { return };
    told.insert("code".to_owned(), json!(coded.code));
    if !coded.values.is_empty() {
        let values = coded.values.iter().map(|(name, text)| ((*name).to_owned(), json!(text)));
        told.insert("values".to_owned(), Value::Object(reply::object(values)));
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
        let mut refusal = Refusal {
            coded: error.code().cloned().map(Box::new),
            ..Refusal::new(status, kind, message)
        };
        if error.kind() == Kind::Invalid
            && let Some((field, text)) = error.message().split_once(": ")
            && !field.contains(' ')
        {
            let coded = refusal.coded.take().map(|coded| *coded);
            refusal.fields.push((field.to_owned(), Wrong { message: text.to_owned(), coded }));
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
        let wrong = Wrong { message: "take 1 to 100 characters".to_owned(), coded: None };
        assert_eq!(refusal.fields, [("name".to_owned(), wrong)]);
        let refusal = Refusal::from(Error::new(Kind::Invalid, "this is wrong: very"));
        assert!(refusal.fields.is_empty());
    }

    #[test]
    fn the_code_of_an_error_goes_with_its_field() {
        let error =
            Error::new(Kind::Invalid, "too short").coded("password.short", [("n", "10".into())]);
        let refusal = Refusal::from(error.of_field("password"));
        assert_eq!(refusal.coded, None);
        let coded = refusal.fields[0].1.coded.as_ref().unwrap();
        assert_eq!((coded.code, &*coded.values[0].1), ("password.short", "10"));
    }

    #[test]
    fn a_fault_of_ours_does_not_tell_its_details() {
        let refusal = Refusal::from(Error::new(Kind::Internal, "no such table: account"));
        assert_eq!(refusal.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!refusal.message.contains("table"));
    }
}
