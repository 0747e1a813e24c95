//! What is answered when the answer is yes.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::base::{Error, Kind, Secs};
use crate::people::Token;
use crate::portal::refusal::Refusal;

/// The cookie that holds the session's token.
pub const COOKIE: &str = "switchroom_session";

/// The cookie that holds a kiosk's token, and the only addresses it is sent
/// to.
pub const KIOSK_COOKIE: &str = "switchroom_kiosk";
pub const KIOSK_PATH: &str = "/api/v1/kiosk";

/// The address holds the token; the cookie only carries it through a day.
const KIOSK_SECS: Secs = 24 * 3600;

/// A JSON object of its members. Not `collect`, which is compiled anew for
/// each iterator and sorts first.
pub fn object(members: impl Iterator<Item = (String, Value)>) -> Map<String, Value> {
    let mut object = Map::new();
    object.extend(members);
    object
}

/// A wire struct as JSON.
pub fn json(value: &impl Serialize) -> Result<Response, Refusal> {
    let text = serde_json::to_string(value)
        .map_err(|error| Error::caused(Kind::Internal, "an answer can't be written", error))?;
    Ok(json_text(text))
}

/// JSON that is text already.
pub fn json_text(text: String) -> Response {
    typed("application/json", text.into())
}

/// A table as a file to keep. `name` is made of our own words only.
pub fn csv(name: &str, body: impl Into<Body>) -> Response {
    let mut response = typed("text/csv; charset=utf-8", body.into());
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// Base 64 with its padding (RFC 4648 section 4).
pub fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let at = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for place in 0..4_usize {
            if place > chunk.len() {
                text.push('=');
            } else {
                let digit = (bits >> (18 - 6 * place)) & 63;
                text.push(char::from(DIGITS[digit as usize]));
            }
        }
    }
    text
}

/// Plain text with a status.
pub fn text(status: StatusCode, text: String) -> Response {
    let mut response = typed("text/plain; charset=utf-8", text.into());
    *response.status_mut() = status;
    response
}

/// Done, and nothing to say.
pub fn empty() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// A body of a type.
pub fn typed(kind: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// Hands out a session's token. The cookie lives as long as the session may;
/// `secure` keeps it off plain http.
pub fn with_cookie(response: Response, token: &Token, secs: Secs, secure: bool) -> Response {
    let token = token.text();
    set_cookie(response, (COOKIE, "/"), &token, secs, secure)
}

/// Hands a kiosk's token back as a cookie that only the kiosk's own addresses
/// get; the screen
/// opens its address anew when it has run out.
pub fn with_kiosk_cookie(response: Response, token: &Token, secure: bool) -> Response {
    set_cookie(response, (KIOSK_COOKIE, KIOSK_PATH), &token.text(), KIOSK_SECS, secure)
}

/// Takes the session's token back.
pub fn without_cookie(response: Response, secure: bool) -> Response {
    set_cookie(response, (COOKIE, "/"), "", 0, secure)
}

fn set_cookie(
    mut response: Response,
    (name, path): (&str, &str),
    value: &str,
    secs: Secs,
    secure: bool,
) -> Response {
    let secure = if secure { "; Secure" } else { "" };
    let text =
        format!("{name}={value}; Path={path}; Max-Age={secs}; HttpOnly; SameSite=Lax{secure}");
    if let Ok(mut value) = HeaderValue::from_str(&text) {
        value.set_sensitive(true);
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    response
}
