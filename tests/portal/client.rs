//! A small client over real sockets that trusts nothing: it knows the
//! headers the portal may send and fails on any other.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Long enough for a slow machine; only a fault lets it pass.
const PATIENCE: Duration = Duration::from_secs(30);

const ALLOWED: &[&str] = &[
    "accept-ranges",
    "allow",
    "cache-control",
    "connection",
    "content-disposition",
    "content-encoding",
    "content-length",
    "content-range",
    "content-security-policy",
    "content-type",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "date",
    "etag",
    "referrer-policy",
    "retry-after",
    "set-cookie",
    "transfer-encoding",
    "vary",
    "x-content-type-options",
];

/// One answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str())
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {:?}", String::from_utf8_lossy(&self.body)))
    }

    /// The names of the fields an error is about.
    pub fn fields(&self) -> Vec<String> {
        let json = self.json();
        let fields = json["error"]["fields"].as_object().cloned().unwrap_or_default();
        fields.into_iter().map(|(name, _)| name).collect()
    }
}

/// A browser: an address, a cookie, a token.
#[derive(Clone, Debug)]
pub struct Client {
    pub address: SocketAddr,
    pub cookie: Option<String>,
    pub csrf: Option<String>,
}

impl Client {
    pub fn new(address: SocketAddr) -> Self {
        Client { address, cookie: None, csrf: None }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send("POST", path, &[], Some(body)).await
    }

    /// Sends one request on a connection of its own.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Answer {
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: box\r\nconnection: close\r\n");
        let mut line = |name: &str, text: &str| head.push_str(&format!("{name}: {text}\r\n"));
        if let Some(cookie) = &self.cookie {
            line("cookie", cookie);
        }
        if let Some(csrf) = self.csrf.as_ref().filter(|_| method != "GET") {
            line("x-csrf-token", csrf);
        }
        if !body.is_empty() {
            line("content-type", "application/json");
            line("content-length", &body.len().to_string());
        }
        for (name, text) in headers {
            line(name, text);
        }
        self.raw(format!("{head}\r\n{body}").as_bytes()).await
    }

    /// Sends bytes as they are and reads one answer to the end.
    pub async fn raw(&self, bytes: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        // The portal may answer and close before it has read everything.
        let _ = stream.write_all(bytes).await;
        let mut reader = BufReader::new(stream);
        timeout(PATIENCE, read_answer(&mut reader)).await.expect("an answer in time")
    }

    /// Logs in and keeps cookie and token.
    pub async fn log_in(&mut self, account: &str, password: &str) -> Answer {
        let body = serde_json::json!({ "account": account, "password": password });
        let answer = self.post("/api/v1/session", body).await;
        self.keep(&answer);
        answer
    }

    /// Keeps what an answer handed out.
    pub fn keep(&mut self, answer: &Answer) {
        if let Some(cookie) = answer.header("set-cookie") {
            self.cookie = Some(cookie.split(';').next().unwrap().to_owned());
            self.csrf = answer.json()["csrf"].as_str().map(str::to_owned);
        }
    }

    /// Opens a stream of events.
    pub async fn events(&self, path: &str, last: Option<&str>) -> Events {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let cookie = self.cookie.as_deref().unwrap_or("none=1");
        let last = last.map(|last| format!("last-event-id: {last}\r\n")).unwrap_or_default();
        let head = format!("GET {path} HTTP/1.1\r\nhost: box\r\ncookie: {cookie}\r\n{last}\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut reader = BufReader::new(stream);
        let (status, headers) = timeout(PATIENCE, read_head(&mut reader)).await.unwrap();
        Events { status, headers, reader, text: String::new() }
    }
}

/// An open stream.
pub struct Events {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    reader: BufReader<TcpStream>,
    text: String,
}

/// One event; `data` is null when it has none.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub name: String,
    pub id: Option<String>,
    pub data: Value,
}

impl Events {
    /// The next event; `None` at the end of the stream. What browsers do not
    /// call an event (a retry time alone) is skipped.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(end) = self.text.find("\n\n") {
                let block: String = self.text.drain(..end + 2).collect();
                if let Some(event) = event(&block) {
                    return Some(event);
                }
                continue;
            }
            let chunk =
                timeout(PATIENCE, read_chunk(&mut self.reader)).await.expect("a piece in time");
            if chunk.is_empty() {
                return None;
            }
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// The next event that is no beat.
    pub async fn next_news(&mut self) -> Option<Event> {
        loop {
            let event = self.next().await?;
            if event.name != "beat" {
                return Some(event);
            }
        }
    }
}

fn event(block: &str) -> Option<Event> {
    let mut event = Event { name: String::new(), id: None, data: Value::Null };
    for line in block.lines() {
        match line.split_once(": ") {
            Some(("event", text)) => event.name = text.to_owned(),
            Some(("id", text)) => event.id = Some(text.to_owned()),
            Some(("data", text)) => event.data = serde_json::from_str(text).unwrap(),
            _ => {}
        }
    }
    (!event.name.is_empty()).then_some(event)
}

async fn read_line(reader: &mut BufReader<TcpStream>) -> String {
    let mut line = Vec::new();
    while let Ok(byte) = reader.read_u8().await {
        if byte == b'\n' {
            break;
        }
        line.push(byte);
    }
    String::from_utf8(line).unwrap().trim_end_matches('\r').to_owned()
}

async fn read_head(reader: &mut BufReader<TcpStream>) -> (u16, Vec<(String, String)>) {
    let first = read_line(reader).await;
    let status = first.split(' ').nth(1).unwrap_or("0").parse().unwrap();
    let mut headers = Vec::new();
    loop {
        let line = read_line(reader).await;
        let Some((name, text)) = line.split_once(':') else { break };
        let name = name.to_ascii_lowercase();
        assert!(ALLOWED.contains(&name.as_str()), "an unexpected header: {line}");
        headers.push((name, text.trim().to_owned()));
    }
    (status, headers)
}

async fn read_chunk(reader: &mut BufReader<TcpStream>) -> Vec<u8> {
    let line = read_line(reader).await;
    let Ok(len) = usize::from_str_radix(&line, 16) else { return Vec::new() };
    let mut bytes = vec![0; len + 2];
    if reader.read_exact(&mut bytes).await.is_err() {
        return Vec::new();
    }
    bytes.truncate(len);
    bytes
}

async fn read_answer(reader: &mut BufReader<TcpStream>) -> Answer {
    let (status, headers) = read_head(reader).await;
    let chunked =
        headers.iter().any(|(name, text)| name == "transfer-encoding" && text == "chunked");
    let mut body = Vec::new();
    if chunked {
        loop {
            let chunk = read_chunk(reader).await;
            if chunk.is_empty() {
                break;
            }
            body.extend(chunk);
        }
    } else {
        let _ = reader.read_to_end(&mut body).await;
    }
    Answer { status, headers, body }
}
