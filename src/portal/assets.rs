//! The web app: files embedded by the build, compressed once and for all.
//!
//! Knows nothing of the API. Names with a hash in them (`/assets/…`) never
//! change; pages are asked for again each time, by their tag.

use std::io::Read;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use flate2::read::GzDecoder;

use crate::portal::asked::matches_tag;
use crate::portal::refusal::Refusal;
use crate::portal::reply;

/// One embedded file.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    /// Address below the root, with its leading slash.
    pub path: &'static str,
    /// Hash of the plain content.
    pub tag: &'static str,
    /// Bytes of the plain content.
    pub plain_len: usize,
    /// Whether `bytes` are gzip of it.
    pub gzipped: bool,
    pub bytes: &'static [u8],
}

/// The files of `web/dist`; empty when it was not built.
pub static ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// What is shown for every page when there is no web app in the binary.
const WITHOUT: &str = "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">\
<title>Switchroom</title>\n<h1>Switchroom runs, without its web app</h1>\n\
<p>This binary was built before the web app. Build both with <code>./dev build</code>, \
or by hand: <code>cd web &amp;&amp; npm ci &amp;&amp; npm run build</code>, then \
<code>cargo build --release</code>.\n<p>The API works: \
<a href=\"/api/v1/openapi.json\">/api/v1/openapi.json</a>\n</html>\n";

/// Answers everything that is no route of the API.
pub fn answer(method: &Method, path: &str, headers: &HeaderMap) -> Response {
    answer_from(ASSETS, method, path, headers)
}

fn answer_from(assets: &[Asset], method: &Method, path: &str, headers: &HeaderMap) -> Response {
    let lost = || {
        Refusal::not_found("there is nothing at this address")
            .coded("address.unknown", [])
            .response()
    };
    if path == "/api" || path.starts_with("/api/") || path.starts_with("/assets/") {
        // A missing script must not become a page.
        return match find(assets, path) {
            Some(asset) if *method == Method::GET || *method == Method::HEAD => {
                file(asset, headers)
            }
            _ => lost(),
        };
    }
    if *method != Method::GET && *method != Method::HEAD {
        let status = StatusCode::METHOD_NOT_ALLOWED;
        return Refusal::new(status, "invalid", "this address takes another method")
            .coded("method.other", [])
            .response();
    }
    if let Some(asset) = find(assets, path) {
        return file(asset, headers);
    }
    // The web app has its own addresses; it shows "not found" itself.
    let page =
        if path == "/wall" || path.starts_with("/wall/") { "/wall.html" } else { "/index.html" };
    match find(assets, page) {
        Some(asset) => file(asset, headers),
        None => {
            let mut response = reply::typed("text/html; charset=utf-8", Body::from(WITHOUT));
            cache(&mut response, "no-cache");
            response
        }
    }
}

fn find<'a>(assets: &'a [Asset], path: &str) -> Option<&'a Asset> {
    assets.iter().find(|asset| asset.path == path)
}

fn file(asset: &Asset, headers: &HeaderMap) -> Response {
    // Compressed and plain are two representations and need two tags.
    let zipped = asset.gzipped && takes_gzip(headers);
    let tag = if zipped { format!("{}g", asset.tag) } else { asset.tag.to_owned() };
    let known = matches_tag(headers, &tag);
    let mut response = if known {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response
    } else if asset.gzipped && !zipped {
        match plain(asset) {
            Some(bytes) => reply::typed(content_type(asset.path), Body::from(bytes)),
            None => {
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                return Refusal::new(status, "damaged", "an embedded file is damaged").response();
            }
        }
    } else {
        let body = Body::from(Bytes::from_static(asset.bytes));
        reply::typed(content_type(asset.path), body)
    };
    let headers = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{tag}\"")) {
        headers.insert(header::ETAG, tag);
    }
    if asset.gzipped {
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    if zipped && !known {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    let hashed = asset.path.starts_with("/assets/");
    let control = if hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    cache(&mut response, control);
    response
}

fn cache(response: &mut Response, control: &'static str) {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(control));
}

/// The few clients without gzip (scripts mostly) get the plain file.
fn plain(asset: &Asset) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(asset.plain_len);
    GzDecoder::new(asset.bytes).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Whether a client takes gzip (RFC 9110 section 12.5.3): named or by `*`,
/// and not with a weight of zero.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let texts =
        headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let mut any = None;
    for coding in texts.flat_map(|text| text.split(',')) {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, "q=1"));
        let weight = weight.trim().trim_start_matches("q=");
        // A weight of nothing but zeros and a dot is zero.
        let wanted = !weight.trim_matches(['0', '.']).is_empty();
        match name.trim() {
            "gzip" | "x-gzip" => return wanted,
            "*" => any = Some(wanted),
            _ => {}
        }
    }
    any.unwrap_or(false)
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, end)| end) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "mp3" => "audio/mpeg",
        "wav" => "audio/wav",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests;
