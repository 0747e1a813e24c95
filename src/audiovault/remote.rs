//! Another service of recordings, asked as QueueMetrics would: by JSON or by
//! XML-RPC, so that one list of places may name folders and other machines.
//!
//! A blocking client of one request: it connects, asks, reads at most a
//! megabyte, and gives up after five seconds.

use std::fmt;
use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::audiovault::tls;
use crate::audiovault::xmlrpc::{self, Message, Value};
use crate::base::Secret;
use crate::layout::Call;

const CONNECT: Duration = Duration::from_secs(2);
const WHOLE: Duration = Duration::from_secs(5);
const MOST_BYTES: u64 = 1024 * 1024;
/// Files taken from one answer.
const MOST_FILES: usize = 100;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Language {
    Json,
    XmlRpc,
}

/// Where it is and how it is spoken to.
#[derive(Clone)]
pub struct Remote {
    language: Language,
    tls: bool,
    host: String,
    port: u16,
    path: String,
    secret: Option<Secret>,
}

impl fmt::Debug for Remote {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{self}")
    }
}

/// Without its secret.
impl fmt::Display for Remote {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let language = if self.language == Language::Json { "json" } else { "xmlrpc" };
        let scheme = if self.tls { "https" } else { "http" };
        let path = self.path.split('?').next().unwrap_or_default();
        write!(out, "{language}:{scheme}://{}:{}{path}", self.host, self.port)
    }
}

/// A file that another service found. Its link is that service's.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct There {
    pub url: String,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub size: Option<u64>,
    #[serde(default)]
    pub duration: Option<f64>,
    #[serde(default)]
    pub codec: Option<String>,
    #[serde(default)]
    pub expires: Option<i64>,
}

impl Remote {
    /// Reads `json:https://host/search/` or `xmlrpc:http://secret@host:81/xmlrpc`.
    pub fn parse(text: &str, usual: Option<&Secret>) -> Result<Remote, &'static str> {
        let (language, url) = match text.split_once(':') {
            Some(("json", url)) => (Language::Json, url),
            Some(("xmlrpc", url)) => (Language::XmlRpc, url),
            _ => return Err("another service begins with json: or xmlrpc:"),
        };
        let (tls, rest) = match url.split_once("://") {
            Some(("https", rest)) => (true, rest),
            Some(("http", rest)) => (false, rest),
            _ => return Err("its address begins with http:// or https://"),
        };
        if text.chars().any(|sign| sign.is_control() || sign == ' ') {
            return Err("its address holds a blank or a control character");
        }
        let (place, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
        let (secret, place) = match place.rsplit_once('@') {
            Some((secret, place)) => {
                let secret = secret.rsplit(':').next().unwrap_or_default();
                (Some(Secret::new(secret.to_owned())), place)
            }
            None => (usual.cloned(), place),
        };
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => {
                (host, port.parse().map_err(|_| "its port is no number")?)
            }
            _ => (place, if tls { 443 } else { 80 }),
        };
        if host.is_empty() {
            return Err("its address has no host");
        }
        let (host, path) = (host.to_owned(), path.to_owned());
        Ok(Remote { language, tls, host, port, path, secret })
    }

    /// The files of a call there. Blocks, five seconds at most.
    ///
    /// Errors: what went wrong, for the log.
    pub fn find(&self, call: &Call, user: &str) -> Result<Vec<There>, String> {
        let id = call.ids.first().map(String::as_str).unwrap_or_default();
        match self.language {
            Language::Json => {
                let body = serde_json::json!({
                    "callid": id, "start": call.started, "end": call.ended, "queue": call.queue,
                    "agent": call.agent, "caller": call.caller, "tenant": call.tenant,
                    "user_name": user,
                });
                let answer = self.ask("application/json", &body.to_string())?;
                files_of_json(&answer)
            }
            Language::XmlRpc => {
                let parameters = ["1", id, user, user].map(Value::text);
                let body = xmlrpc::call("QMAudio.findStoredFile", &parameters);
                let answer = self.ask("text/xml", &body)?;
                files_of_xmlrpc(&answer)
            }
        }
    }

    fn ask(&self, kind: &str, body: &str) -> Result<Vec<u8>, String> {
        let name = self.host.trim_start_matches('[').trim_end_matches(']');
        let until = Instant::now() + WHOLE;
        let addresses = (name, self.port).to_socket_addrs().map_err(|error| error.to_string())?;
        let mut last = "its name has no address".to_owned();
        for address in addresses {
            let stream = match TcpStream::connect_timeout(&address, CONNECT) {
                Ok(stream) => stream,
                Err(error) => {
                    last = error.to_string();
                    continue;
                }
            };
            let left =
                until.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
            stream.set_read_timeout(Some(left)).map_err(|error| error.to_string())?;
            stream.set_write_timeout(Some(left)).map_err(|error| error.to_string())?;
            let request = self.request(kind, body);
            return if self.tls {
                exchange(tls::dialled(stream, name)?, &request, until)
            } else {
                exchange(stream, &request, until)
            };
        }
        Err(last)
    }

    fn request(&self, kind: &str, body: &str) -> String {
        let Remote { host, port, path, .. } = self;
        let bearer = match &self.secret {
            Some(secret) => format!("Authorization: Bearer {}\r\n", secret.reveal()),
            None => String::new(),
        };
        let length = body.len();
        format!(
            "POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\
             Content-Type: {kind}\r\nContent-Length: {length}\r\n{bearer}\r\n{body}"
        )
    }
}

fn exchange(
    mut stream: impl Read + Write,
    request: &str,
    until: Instant,
) -> Result<Vec<u8>, String> {
    stream.write_all(request.as_bytes()).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    let mut piece = [0; 8192];
    loop {
        if Instant::now() >= until {
            return Err("it took longer than five seconds".to_owned());
        }
        match stream.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => bytes.extend_from_slice(&piece[..count]),
            // Peers close TLS without a word; the length tells whether all is here.
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => break,
            Err(error) => return Err(error.to_string()),
        }
        if bytes.len() as u64 > MOST_BYTES {
            return Err("its answer is longer than a megabyte".to_owned());
        }
        if is_whole(&bytes) {
            break;
        }
    }
    body(&bytes)
}

fn is_whole(bytes: &[u8]) -> bool {
    matches!(parts(bytes), Some((_, Some(length), rest)) if rest.len() as u64 >= length)
}

/// Head, length of the body if it is told, and what follows the head.
fn parts(bytes: &[u8]) -> Option<(&str, Option<u64>, &[u8])> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let length = field(head, "content-length").and_then(|length| length.parse().ok());
    Some((head, length, &bytes[end + 4..]))
}

fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().skip(1).find_map(|line| {
        let (known, value) = line.split_once(':')?;
        known.trim().eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// The body of an answer of status 200.
fn body(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let (head, length, rest) = parts(bytes).ok_or("its answer is no HTTP")?;
    let status = head.split(' ').nth(1).unwrap_or_default();
    if !head.starts_with("HTTP/1.") || status != "200" {
        return Err(format!("it answered {status:.3}"));
    }
    let chunked = field(head, "transfer-encoding").is_some_and(|how| how.contains("chunked"));
    match length {
        _ if chunked => unchunked(rest).ok_or_else(|| "its answer is cut short".to_owned()),
        Some(length) => {
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            rest.get(..length)
                .map(<[u8]>::to_vec)
                .ok_or_else(|| "its answer is cut short".to_owned())
        }
        None => Ok(rest.to_vec()),
    }
}

fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|window| window == b"\r\n")?;
        let line = std::str::from_utf8(&rest[..end]).ok()?;
        let digits = line.split(';').next()?.trim();
        if digits.is_empty()
            || digits.len() > 8
            || !digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        {
            return None;
        }
        let count = usize::from_str_radix(digits, 16).ok()?;
        rest = &rest[end + 2..];
        if count == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(..count)?);
        rest = rest.get(count..)?.strip_prefix(b"\r\n")?;
    }
}

fn files_of_json(bytes: &[u8]) -> Result<Vec<There>, String> {
    #[derive(Deserialize)]
    struct Answer {
        #[serde(default)]
        files: Vec<There>,
    }
    let answer: Answer = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    Ok(answer.files.into_iter().filter(|file| is_link(&file.url)).take(MOST_FILES).collect())
}

/// `[found, URL, length, encoding, duration]`, the texts with several values
/// each behind `MULTI:`.
fn files_of_xmlrpc(bytes: &[u8]) -> Result<Vec<There>, String> {
    let values = match xmlrpc::read(bytes) {
        Ok(Message::Answer(Value::Array(values))) => values,
        Ok(Message::Fault { text, .. }) => return Err(format!("it says {text:.100}")),
        Ok(_) => return Err("its answer is no array".to_owned()),
        Err(fault) => return Err(fault.to_string()),
    };
    if !values.first().is_some_and(Value::is_true) {
        return Ok(Vec::new());
    }
    let text = |place: usize| values.get(place).and_then(Value::as_text).unwrap_or_default();
    let urls = text(1);
    let Some(many) = urls.strip_prefix("MULTI:") else {
        let one = There {
            duration: seconds(&text(4)),
            size: text(2).trim().parse().ok(),
            codec: known(&text(3)),
            url: urls.trim().to_owned(),
            ..There::default()
        };
        return Ok(Some(one).into_iter().filter(|file| is_link(&file.url)).collect());
    };
    let (sizes, codecs, durations) = (text(2), text(3), text(4));
    let column = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let (sizes, codecs, durations) = (column(&sizes), column(&codecs), column(&durations));
    let file = |(place, url): (usize, &str)| There {
        url: url.to_owned(),
        size: sizes.get(place).and_then(|size| size.parse().ok()),
        codec: codecs.get(place).and_then(|codec| known(codec)),
        duration: durations.get(place).and_then(|duration| seconds(duration)),
        ..There::default()
    };
    let files = many.split_whitespace().enumerate().map(file);
    Ok(files.filter(|file| is_link(&file.url)).take(MOST_FILES).collect())
}

fn seconds(text: &str) -> Option<f64> {
    text.trim().parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0)
}

fn known(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty() && text != "-").then(|| text.to_owned())
}

fn is_link(url: &str) -> bool {
    let fits = |sign: char| sign.is_ascii_graphic() && !matches!(sign, '"' | '<' | '>' | '\\');
    (url.starts_with("https://") || url.starts_with("http://")) && url.chars().all(fits)
}

/// Any bytes as an answer.
pub fn fuzz(bytes: &[u8]) {
    let _ = is_whole(bytes);
    let _ = body(bytes);
    for files in [files_of_json(bytes), files_of_xmlrpc(bytes)].into_iter().flatten() {
        assert!(files.len() <= MOST_FILES && files.iter().all(|file| is_link(&file.url)));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_address_is_read_and_its_secret_never_shown() {
        let read = |text: &str| Remote::parse(text, None).map(|remote| remote.to_string());
        assert_eq!(read("json:https://h/search/").unwrap(), "json:https://h:443/search/");
        assert_eq!(read("xmlrpc:http://s3cret@[::1]:81").unwrap(), "xmlrpc:http://[::1]:81/");
        let remote = Remote::parse("json:https://:s3cret@h/search/?tenant=x", None).unwrap();
        assert!(!format!("{remote:?}").contains("s3cret"));
        assert!(remote.request("a", "b").contains("Bearer s3cret\r\n"));
        for wrong in [
            "json:",
            "json:ftp://h/",
            "http://h/",
            "json:http:///x",
            "json:http://h:x/",
            "json:http://h/ x",
            "json:http://h/\r\nX: y",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn answers_of_both_lengths_are_read() {
        let whole = |text: &str| body(text.as_bytes()).map(|body| String::from_utf8(body).unwrap());
        let told = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcd";
        assert_eq!(whole(told).unwrap(), "abc");
        let chunked =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x\r\nab\r\n1\r\nc\r\n0\r\n\r\n";
        assert_eq!(whole(chunked).unwrap(), "abc");
        assert_eq!(whole("HTTP/1.0 200 OK\r\n\r\nabc").unwrap(), "abc");
        for wrong in [
            "",
            "abc",
            "HTTP/1.1 404 No\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\nab",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nab",
        ] {
            assert!(whole(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn several_files_of_one_call_come_in_columns() {
        let answer = xmlrpc::answer(&Value::Array(vec![
            Value::Bool(true),
            Value::text("MULTI:http://a/1 http://a/2 javascript:x"),
            Value::text("100 -"),
            Value::text("wav -"),
            Value::text("1.5 -"),
        ]));
        let files = files_of_xmlrpc(answer.as_bytes()).unwrap();
        assert_eq!(files.len(), 2);
        let first = (files[0].url.as_str(), files[0].size, files[0].duration);
        assert_eq!(first, ("http://a/1", Some(100), Some(1.5)));
        assert_eq!((files[1].size, files[1].codec.clone()), (None, None));
        let none = xmlrpc::answer(&Value::Array(vec![Value::Bool(false), Value::text("")]));
        assert_eq!(files_of_xmlrpc(none.as_bytes()), Ok(Vec::new()));
        assert!(files_of_xmlrpc(xmlrpc::fault(1, "no").as_bytes()).is_err());
    }

    #[test]
    fn links_that_are_none_are_left_out() {
        let text = r#"{"files":[{"url":"https://a/m/x"},{"url":"javascript:alert(1)"},
            {"url":"https://a/\"><script>"}]}"#;
        assert_eq!(files_of_json(text.as_bytes()).unwrap().len(), 1);
        assert!(files_of_json(b"no JSON").is_err());
    }

    proptest! {
        #[test]
        fn any_answer_is_harmless(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            fuzz(&bytes);
        }
    }
}
