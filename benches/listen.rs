//! What listeners cost: memory of fifty at once on sealed files, in a process that does nothing
//! else, and the bytes read for a jump. The second kind of file finds the memory of the first.
//!
//! Memory does not depend on how it was compiled: `cargo bench --profile dev --bench listen` is as
//! good as a release.

mod bench;

use std::fs::File;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::body::Body;
use axum::http::Request;
use axum::response::Response;
use hyper_util::rt::TokioIo;
use switchroom::age::{Identity, Opened, Recipient, Sealer};
use switchroom::audio::{Peaks, playable, probe};
use switchroom::base::{Error, Kind, Result};
use switchroom::bytes::ReadAt;
use switchroom::media::{Deliveries, Media, Source};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// As the daemon has them.
const BLOCKING_THREADS: usize = 4;
const HEAD_BYTES: usize = 16 * 1024;

static READ: AtomicU64 = AtomicU64::new(0);

struct OnDisk(File);

impl ReadAt for OnDisk {
    fn len(&mut self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn read_at(&mut self, pos: u64, buf: &mut [u8]) -> io::Result<usize> {
        let count = FileExt::read_at(&self.0, buf, pos)?;
        READ.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

fn main() {
    let identity = Arc::new(Identity::generate().expect("the system has random bytes"));
    let folder = bench::fresh("listen");
    for (name, seconds) in [("hour.wav", 3600), ("hour.gsm", 3600)] {
        sealed(&folder.join(format!("{name}.age")), name, seconds, &identity.recipient());
    }
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().max_blocking_threads(BLOCKING_THREADS);
    let runtime = builder.build().expect("a runtime is to be had");
    for listeners in bench::numbers_or(&[50]) {
        for name in ["hour.wav", "hour.gsm"] {
            let path = folder.join(format!("{name}.age"));
            runtime.block_on(listen(
                path,
                name,
                usize::try_from(listeners).unwrap_or(50),
                &identity,
            ));
        }
    }
}

/// A recording of that name, sealed in one pass with its waveform drawn, as the sealer does it.
fn sealed(path: &Path, name: &str, seconds: u64, recipient: &Recipient) {
    let mut file = head_of(name, seconds);
    let info = probe(&mut file, name).expect("the invented recording is one");
    let mut peaks = Peaks::new(&info);
    let out = File::create(path).expect("the folder can be written");
    let mut sealer = Sealer::new(out, std::slice::from_ref(recipient)).expect("it can be sealed");
    let begin = Instant::now();
    let (mut at, mut piece) = (0, vec![0; 64 * 1024]);
    loop {
        let count = file.read_at(at, &mut piece).expect("memory can be read");
        if count == 0 {
            break;
        }
        peaks.push(&piece[..count]);
        sealer.write_all(&piece[..count]).expect("the disk has room");
        at += count as u64;
    }
    sealer.finish().expect("the disk has room");
    let wave = peaks.finish();
    println!(
        "{name}: {at} bytes sealed and drawn in {:.2} s; waveform {} bytes",
        begin.elapsed().as_secs_f64(),
        wave.pack().len()
    );
}

/// So many seconds of noise. GSM has a frame of 33 bytes each 20 ms.
fn head_of(name: &str, seconds: u64) -> Vec<u8> {
    let noise = |count: u64| (0..count).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8);
    if name.ends_with("gsm") {
        return noise(seconds * 50 * 33).collect();
    }
    let bytes = seconds * 16_000;
    let mut file =
        b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data"
            .to_vec();
    file.extend((bytes as u32).to_le_bytes());
    file.extend(noise(bytes));
    file
}

fn open(path: &Path, name: &str, identity: &Identity) -> Result<Media> {
    let fault = |error: &dyn std::fmt::Display| Error::new(Kind::Unavailable, error.to_string());
    let file = File::open(path).map_err(|error| fault(&error))?;
    let mut opened = Opened::open(OnDisk(file), std::slice::from_ref(identity))
        .map_err(|error| fault(&error))?;
    let info = probe(&mut opened, name).map_err(|error| fault(&error))?;
    Ok(Media {
        source: Source::Anywhere(playable(Box::new(opened), &info)),
        kind: info.played_type().into(),
        name: name.to_owned(),
        tag: Some("bench".to_owned()),
        download: false,
        ended: None,
    })
}

async fn listen(path: PathBuf, name: &'static str, listeners: usize, identity: &Arc<Identity>) {
    let (stop, stopped) = watch::channel(false);
    let deliveries = Arc::new(Deliveries::new(listeners, stopped));
    let address = serve(path, name, &deliveries, identity).await;
    // One before the others, so that what is needed once is not counted as theirs.
    drop(begun(address, 0).await);
    settled(&deliveries, 0).await;
    let before = resident();
    let mut streams = Vec::new();
    for number in 0..listeners {
        streams.push(begun(address, number as u64 * 1_000_000).await);
    }
    settled(&deliveries, listeners).await;
    let playing = resident();
    println!("{name}: {before} KiB without and {playing} KiB with {listeners} listeners");
    // Everybody jumps once: the old answer is dropped, another begins.
    let mut jumped = Vec::new();
    for (number, stream) in streams.into_iter().enumerate() {
        drop(stream);
        jumped.push(begun(address, 50_000_000 - number as u64 * 900_000).await);
    }
    settled(&deliveries, listeners).await;
    println!("{name}: {} KiB after each has jumped", resident());
    drop(jumped);
    settled(&deliveries, 0).await;
    READ.store(0, Ordering::Relaxed);
    let begin = Instant::now();
    drop(begun(address, 33_333_333).await);
    println!(
        "{name}: first bytes after a jump in {:.1} ms; {} KiB read in all",
        begin.elapsed().as_secs_f64() * 1e3,
        READ.load(Ordering::Relaxed) / 1024
    );
    drop(stop);
}

async fn serve(
    path: PathBuf,
    name: &'static str,
    deliveries: &Arc<Deliveries>,
    identity: &Arc<Identity>,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("the loopback can be had");
    let address = listener.local_addr().expect("a listener has an address");
    let (deliveries, identity) = (Arc::clone(deliveries), Arc::clone(identity));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (path, deliveries, identity) =
                (path.clone(), Arc::clone(&deliveries), Arc::clone(&identity));
            let service = hyper::service::service_fn(move |request: Request<_>| {
                let (path, deliveries, identity) =
                    (path.clone(), Arc::clone(&deliveries), Arc::clone(&identity));
                async move {
                    Ok::<_, std::convert::Infallible>(
                        answer(request, path, name, &deliveries, identity).await,
                    )
                }
            });
            tokio::spawn(
                hyper::server::conn::http1::Builder::new()
                    .max_buf_size(HEAD_BYTES)
                    .serve_connection(TokioIo::new(stream), service),
            );
        }
    });
    address
}

async fn answer(
    request: Request<hyper::body::Incoming>,
    path: PathBuf,
    name: &'static str,
    deliveries: &Deliveries,
    identity: Arc<Identity>,
) -> Response {
    let opening = move || open(&path, name, &identity);
    match deliveries.answer(request.method(), request.headers(), opening).await {
        Ok(response) => response,
        Err(error) => {
            Response::builder().status(503).body(Body::from(error.chain())).expect("text")
        }
    }
}

/// A listener who has taken the first second and then takes nothing for a while.
async fn begun(address: SocketAddr, from: u64) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.expect("the loopback can be had");
    let ask = format!("GET / HTTP/1.1\r\nhost: a\r\nrange: bytes={from}-\r\n\r\n");
    stream.write_all(ask.as_bytes()).await.expect("the server takes requests");
    let mut second = vec![0; 16_000];
    stream.read_exact(&mut second).await.expect("the server answers");
    assert!(second.starts_with(b"HTTP/1.1 206"), "{}", String::from_utf8_lossy(&second[..200]));
    stream
}

/// Waits until so many are being answered and nothing more is read for them.
async fn settled(deliveries: &Deliveries, listeners: usize) {
    let mut read = u64::MAX;
    loop {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        let now = READ.load(Ordering::Relaxed);
        if deliveries.running() == listeners && now == read {
            return;
        }
        read = now;
    }
}

/// In KiB, by the kernel's count.
fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("");
    line.split_whitespace().next().and_then(|figure| figure.parse().ok()).unwrap_or(0)
}
