//! A service on a port of its own with a tree of recordings, and a client
//! that speaks raw HTTP.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use serde_json::Value;
use switchroom::audiovault::{Certificate, Options, Service, Settings, Tenant, roots, serve};
use switchroom::base::Secret;
use tokio::sync::watch;

pub const TOKEN: &str = "0123456789abcdefghij";
/// 2023-11-14 22:13:20 UTC.
pub const CALL: &str = "1700000000.12";

pub struct House {
    pub dir: tempfile::TempDir,
    pub address: SocketAddr,
    stop: watch::Sender<bool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (known, value) = line.split_once(": ")?;
            known.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

impl House {
    pub fn new() -> House {
        House::with(Options::default())
    }

    pub fn with(options: Options) -> House {
        let dir = tempfile::tempdir().unwrap();
        let path = format!("file:{}", dir.path().join("rec").display());
        std::fs::create_dir_all(dir.path().join("rec")).unwrap();
        let token = Some(Secret::new(TOKEN.to_owned()));
        House::of(dir, &[path], token, Vec::new(), options, None)
    }

    pub fn of(
        dir: tempfile::TempDir,
        paths: &[String],
        token: Option<Secret>,
        tenants: Vec<Tenant>,
        options: Options,
        certificate: Option<Certificate>,
    ) -> House {
        let roots = roots(paths, &TimeZone::UTC, None, Some(&Secret::new(TOKEN.to_owned())));
        let roots = roots.unwrap();
        let settings = Settings { roots, token, tenants, identities: Vec::new(), options };
        let (stop, stopped) = watch::channel(false);
        let service = Service::new(settings, None, TimeZone::UTC, stopped).unwrap();
        let (tell, told) = std::sync::mpsc::sync_channel(1);
        let thread = std::thread::spawn(move || run(service, certificate, &tell));
        House { dir, address: told.recv().unwrap(), stop, thread: Some(thread) }
    }

    /// Puts a file beneath the root, last touched long ago.
    pub fn put(&self, path: &str, bytes: &[u8]) {
        put(&self.dir.path().join("rec").join(path), bytes);
    }

    /// Puts a file that is being written, for as long as the test takes.
    pub fn put_growing(&self, path: &str, bytes: &[u8]) {
        self.put(path, bytes);
        let file =
            std::fs::File::options().write(true).open(self.dir.path().join("rec").join(path));
        let ahead = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_000);
        file.unwrap().set_modified(ahead).unwrap();
    }

    pub fn send(&self, raw: &[u8]) -> Reply {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        // A service that refuses early may close before all is sent.
        let _ = stream.write_all(raw);
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        parsed(&bytes)
    }

    pub fn get(&self, path: &str, headers: &str) -> Reply {
        self.send(
            format!(
                "GET {path} HTTP/1.1\r\nHost: vault.test\r\nConnection: close\r\n{headers}\r\n"
            )
            .as_bytes(),
        )
    }

    pub fn post(&self, path: &str, kind: &str, headers: &str, body: &str) -> Reply {
        let length = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: vault.test\r\nConnection: close\r\nContent-Type: {kind}\r\n\
             Content-Length: {length}\r\n{headers}\r\n"
        );
        self.send(format!("{head}{body}").as_bytes())
    }

    /// A search with the right token.
    pub fn search(&self, fields: &Value) -> Reply {
        let bearer = format!("Authorization: Bearer {TOKEN}\r\n");
        self.post("/search/", "application/json", &bearer, &fields.to_string())
    }

    /// The path of the first link a search gives.
    pub fn link(&self, call: &str) -> String {
        let answer = self.search(&serde_json::json!({ "callid": call })).json();
        let url = answer["files"][0]["url"].as_str().unwrap_or_else(|| panic!("{answer}"));
        url.strip_prefix("http://vault.test").unwrap().to_owned()
    }
}

pub fn put(path: &Path, bytes: &[u8]) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
    let file = std::fs::File::options().write(true).open(path).unwrap();
    let old = std::time::UNIX_EPOCH + Duration::from_secs(1_700_000_100);
    file.set_modified(old).unwrap();
}

fn run(
    service: Arc<Service>,
    certificate: Option<Certificate>,
    tell: &std::sync::mpsc::SyncSender<SocketAddr>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        tell.send(listener.local_addr().unwrap()).unwrap();
        serve(listener, service, certificate).await;
    });
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            if !std::thread::panicking() {
                ended.unwrap();
            }
        }
    }
}

pub fn parsed(bytes: &[u8]) -> Reply {
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
        return Reply { status: 0, head: String::new(), body: Vec::new() };
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Reply { status, head, body: bytes[end + 4..].to_vec() }
}

/// A WAV of 16-bit PCM, 8000 a second, one channel; a tone of the given seconds.
pub fn wav(seconds: u32, height: i16) -> Vec<u8> {
    let samples: Vec<u8> = (0..seconds * 8000)
        .flat_map(|at| (if at / 20 % 2 == 0 { height } else { -height }).to_le_bytes())
        .collect();
    let length = u32::try_from(samples.len()).unwrap();
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + length).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    bytes.extend(8000u32.to_le_bytes());
    bytes.extend(16000u32.to_le_bytes());
    bytes.extend(b"\x02\0\x10\0data");
    bytes.extend(length.to_le_bytes());
    bytes.extend(samples);
    bytes
}
