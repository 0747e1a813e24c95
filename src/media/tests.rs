use std::io::Cursor;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use axum::Router;
use axum::body::to_bytes;
use axum::http::Request;
use axum::routing::any;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tower::ServiceExt as _;

use super::*;
use crate::age;

const CHUNK: u64 = 64 * 1024;

fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().max_blocking_threads(2).build().unwrap()
}

fn bytes(count: u64) -> Vec<u8> {
    (0..count).map(|at| (at * 31 % 251) as u8).collect()
}

fn media(source: impl ReadAt + Send + 'static) -> Media {
    Media {
        source: Source::Anywhere(Box::new(source)),
        kind: "audio/wav".into(),
        name: "call 1.wav".to_owned(),
        tag: Some("t1".to_owned()),
        download: false,
        ended: None,
    }
}

/// A source that counts the places it is read at; each is at most a chunk long.
struct Counting<S> {
    inner: S,
    reads: Arc<AtomicUsize>,
    bytes: Arc<AtomicU64>,
}

impl<S: ReadAt> ReadAt for Counting<S> {
    fn len(&mut self) -> io::Result<u64> {
        self.inner.len()
    }

    fn read_at(&mut self, pos: u64, buf: &mut [u8]) -> io::Result<usize> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        let count = self.inner.read_at(pos, buf)?;
        self.bytes.fetch_add(count as u64, Ordering::SeqCst);
        Ok(count)
    }
}

/// Deliveries, and what lets them stop.
fn deliveries(most: usize) -> (Arc<Deliveries>, watch::Sender<bool>) {
    let (stop, stopped) = watch::channel(false);
    (Arc::new(Deliveries::new(most, stopped)), stop)
}

/// A router that serves what `open` makes, its errors as the portal does it.
fn router(
    deliveries: &Arc<Deliveries>,
    open: impl Fn() -> Result<Media> + Clone + Send + Sync + 'static,
) -> Router {
    let deliveries = Arc::clone(deliveries);
    Router::new().route(
        "/m",
        any(move |request: Request<Body>| async move {
            let answer = deliveries.answer(request.method(), request.headers(), open);
            match answer.await {
                Ok(response) => response,
                Err(error) => {
                    let mut response = Response::new(Body::from(error.message().to_owned()));
                    *response.status_mut() = match error.kind() {
                        Kind::Busy => StatusCode::SERVICE_UNAVAILABLE,
                        _ => StatusCode::NOT_FOUND,
                    };
                    response
                }
            }
        }),
    )
}

fn request(method: &str, lines: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::builder().method(method).uri("/m");
    for (name, value) in lines {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).unwrap()
}

async fn asked(router: &Router, method: &str, lines: &[(&str, &str)]) -> (Response, Vec<u8>) {
    let response = router.clone().oneshot(request(method, lines)).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
    (Response::from_parts(parts, Body::empty()), body)
}

fn line<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[test]
fn whole_parts_and_refusals_say_what_they_are() {
    runtime().block_on(async {
        let (deliveries, _stop) = deliveries(1);
        let all = bytes(200_000);
        let source = all.clone();
        let router = router(&deliveries, move || Ok(media(source.clone())));

        let (whole, body) = asked(&router, "GET", &[]).await;
        assert_eq!((whole.status().as_u16(), body.len()), (200, 200_000));
        assert!(body == all);
        for (name, value) in [
            ("content-type", "audio/wav"),
            ("content-length", "200000"),
            ("accept-ranges", "bytes"),
            ("etag", "\"t1\""),
            ("cache-control", "no-store, private"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("content-disposition", "inline; filename=\"call 1.wav\""),
        ] {
            assert_eq!(line(&whole, name), value, "{name}");
        }
        assert_eq!(whole.headers().len(), 8);

        let (part, body) = asked(&router, "GET", &[("range", "bytes=65530-131080")]).await;
        assert_eq!((part.status().as_u16(), line(&part, "content-length")), (206, "65551"));
        assert_eq!(line(&part, "content-range"), "bytes 65530-131080/200000");
        assert!(body == all[65_530..=131_080]);

        let range = ("range", "bytes=0-9");
        for (lines, status, content_range, length) in [
            (vec![range, ("if-range", "\"t1\"")], 206, "bytes 0-9/200000", 10),
            (vec![range, ("if-range", "\"t0\"")], 200, "", 200_000),
            (vec![range, ("if-match", "\"t0\"")], 412, "", 0),
            (vec![("if-none-match", "\"t1\"")], 304, "", 0),
            (vec![("range", "bytes=200000-")], 416, "bytes */200000", 0),
        ] {
            let (response, body) = asked(&router, "GET", &lines).await;
            assert_eq!((response.status().as_u16(), body.len()), (status, length), "{lines:?}");
            assert_eq!(line(&response, "content-range"), content_range, "{lines:?}");
            assert_eq!(line(&response, "cache-control"), "no-store, private");
        }
        assert_eq!(deliveries.running(), 0);
    });
}

#[test]
fn what_cannot_be_opened_is_the_callers_to_tell() {
    runtime().block_on(async {
        let (deliveries, _stop) = deliveries(1);
        let router =
            router(&deliveries, || Err(Error::new(Kind::NotFound, "there is no such recording")));
        let (response, body) = asked(&router, "GET", &[]).await;
        assert_eq!(response.status(), 404);
        assert_eq!(body, b"there is no such recording");
        assert_eq!(deliveries.running(), 0);
    });
}

#[test]
fn a_growing_file_has_at_each_request_the_length_it_has_then() {
    runtime().block_on(async {
        let (deliveries, _stop) = deliveries(1);
        let now = Arc::new(AtomicUsize::new(100));
        let length = Arc::clone(&now);
        let router = router(&deliveries, move || {
            Ok(media(bytes(1000)[..length.load(Ordering::SeqCst)].to_vec()))
        });
        let (first, body) = asked(&router, "GET", &[("range", "bytes=0-")]).await;
        assert_eq!((line(&first, "content-range"), body.len()), ("bytes 0-99/100", 100));
        now.store(1000, Ordering::SeqCst);
        let (later, body) =
            asked(&router, "GET", &[("range", "bytes=100-"), ("if-range", "\"t1\"")]).await;
        assert_eq!((line(&later, "content-range"), body.len()), ("bytes 100-999/1000", 900));
    });
}

/// Opens a sealed file of `length` plain bytes, and counts what is read of it.
struct Sealed {
    file: Vec<u8>,
    identity: Arc<age::Identity>,
    reads: Arc<AtomicUsize>,
    bytes: Arc<AtomicU64>,
}

impl Sealed {
    fn new(plain: &[u8]) -> Self {
        let identity = age::Identity::generate().unwrap();
        let recipients = [identity.recipient()];
        let mut sealer = age::Sealer::new(Vec::new(), &recipients).unwrap();
        io::Write::write_all(&mut sealer, plain).unwrap();
        let file = sealer.finish().unwrap();
        Self { file, identity: Arc::new(identity), reads: Arc::default(), bytes: Arc::default() }
    }

    fn opener(&self) -> impl Fn() -> Result<Media> + Clone + Send + Sync + 'static {
        let (file, identity) = (self.file.clone(), Arc::clone(&self.identity));
        let (reads, bytes) = (Arc::clone(&self.reads), Arc::clone(&self.bytes));
        move || {
            let (reads, bytes) = (Arc::clone(&reads), Arc::clone(&bytes));
            let source = Counting { inner: file.clone(), reads, bytes };
            let opened = age::Opened::open(source, std::slice::from_ref(&*identity))
                .map_err(|error| Error::caused(Kind::Damaged, "it cannot be opened", error))?;
            Ok(media(opened))
        }
    }
}

#[test]
fn a_jump_in_a_sealed_hour_opens_only_the_chunks_it_needs() {
    runtime().block_on(async {
        // An hour of G.711 as it lies in a WAV of 8 bits: 440 chunks.
        let length = 8000 * 3600 + 44;
        let plain = bytes(length);
        let sealed = Sealed::new(&plain);
        let (deliveries, _stop) = deliveries(1);
        let router = router(&deliveries, sealed.opener());
        // To open is to read the header, and the last chunk for the truth of the length.
        asked(&router, "HEAD", &[]).await;
        let to_open = sealed.bytes.swap(0, Ordering::SeqCst);
        assert!(to_open < 3 * CHUNK, "{to_open} bytes read to open");

        let last = length - 1;
        let edge = CHUNK * 300;
        for (from, to, chunks) in [
            (0, 0, 1),
            (65_535, 65_535, 1),
            (65_535, 65_536, 2),
            (65_536, 65_536, 1),
            (65_536, 65_537, 1),
            (65_537, 65_537, 1),
            (edge - 1, edge, 2),
            (edge, edge + CHUNK - 1, 1),
            (edge, edge + CHUNK, 2),
            (edge + 5, edge + 2 * CHUNK + 5, 3),
            // The last chunk is open already.
            (last, last, 0),
        ] {
            let range = format!("bytes={from}-{to}");
            let (response, body) = asked(&router, "GET", &[("range", &range)]).await;
            assert_eq!(response.status(), 206, "{range}");
            assert!(body == plain[from as usize..=to as usize], "{range}");
            let read = sealed.bytes.swap(0, Ordering::SeqCst) - to_open;
            assert_eq!(read, chunks * (CHUNK + 16), "{range}");
        }
        let (_, body) = asked(&router, "GET", &[]).await;
        assert!(body == plain);
        let read = sealed.bytes.load(Ordering::SeqCst);
        let most = sealed.file.len() as u64 + to_open;
        assert!(read <= most, "each chunk is opened once: {read} of {most}");
    });
}

#[test]
fn a_damaged_chunk_breaks_off_before_its_first_byte_and_is_told() {
    runtime().block_on(async {
        let plain = bytes(4 * CHUNK);
        let mut sealed = Sealed::new(&plain);
        let third = sealed.file.len() - 2 * (CHUNK as usize + 16) + 100;
        sealed.file[third] ^= 1;
        let (tell, mut told) = unbounded();
        let open = sealed.opener();
        let (deliveries, _stop) = deliveries(1);
        let router = router(&deliveries, move || {
            let tell = tell.clone();
            let ended: Box<dyn FnOnce(Sent) + Send> =
                Box::new(move |sent| tell.send(sent).unwrap());
            Ok(Media { ended: Some(ended), ..open()? })
        });
        let address = serve(router).await;
        let mut stream = ask(address, "GET /m HTTP/1.1\r\nhost: a\r\n\r\n").await;
        let mut answer = Vec::new();
        // The connection ends before the length that was promised.
        let _ = stream.read_to_end(&mut answer).await;
        let head = String::from_utf8_lossy(&answer[..400]).to_ascii_lowercase();
        assert!(head.contains("content-length: 262144"), "{head}");
        let at = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
        assert!(answer[at..].len() as u64 <= 2 * CHUNK);
        assert!(plain.starts_with(&answer[at..]));
        let sent = told.recv().await.unwrap();
        assert_eq!((sent.bytes, sent.length), (2 * CHUNK, Some(4 * CHUNK)));
        assert!(sent.fault.unwrap().contains("damaged"), "says why");
    });
}

fn unbounded() -> (tokio::sync::mpsc::UnboundedSender<Sent>, UnboundedReceiver<Sent>) {
    #[expect(clippy::disallowed_methods, reason = "a test that sends a handful")]
    unbounded_channel()
}

/// Serves the router on the loopback until the runtime ends.
async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let router = router.clone();
            let service = hyper::service::service_fn(move |request: Request<_>| {
                router.clone().oneshot(request.map(Body::new))
            });
            tokio::spawn(
                hyper::server::conn::http1::Builder::new()
                    .max_buf_size(16 * 1024)
                    .serve_connection(TokioIo::new(stream), service),
            );
        }
    });
    address
}

async fn ask(address: SocketAddr, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    stream
}

#[test]
fn head_says_the_length_and_sends_no_byte() {
    runtime().block_on(async {
        let (deliveries, _stop) = deliveries(1);
        let reads = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&reads);
        let router = router(&deliveries, move || {
            let reads = Arc::clone(&counted);
            Ok(media(Counting { inner: bytes(70_000), reads, bytes: Arc::default() }))
        });
        let address = serve(router).await;
        let text = "HEAD /m HTTP/1.1\r\nhost: a\r\nrange: bytes=0-1\r\nconnection: close\r\n\r\n";
        let mut answer = String::new();
        ask(address, text).await.read_to_string(&mut answer).await.unwrap();
        let answer = answer.to_ascii_lowercase();
        assert!(answer.starts_with("http/1.1 200 ok\r\n"), "{answer}");
        assert!(answer.contains("content-length: 70000\r\n") && answer.ends_with("\r\n\r\n"));
        assert_eq!(reads.load(Ordering::SeqCst), 0, "nothing was read for it");
    });
}

#[test]
fn nothing_is_read_for_a_listener_who_takes_nothing() {
    runtime().block_on(async {
        let (deliveries, stop) = deliveries(1);
        let reads = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&reads);
        let router = router(&deliveries, move || {
            let reads = Arc::clone(&counted);
            Ok(media(Counting { inner: vec![7; 64 << 20], reads, bytes: Arc::default() }))
        });
        // By hand: a piece is read when it is asked for, and no other.
        let response = router.clone().oneshot(request("GET", &[])).await.unwrap();
        let mut body = response.into_body();
        assert_eq!(reads.load(Ordering::SeqCst), 0);
        for piece in 1..=3 {
            let frame = std::future::poll_fn(|context| {
                hyper::body::Body::poll_frame(std::pin::Pin::new(&mut body), context)
            });
            let frame = frame.await.unwrap().unwrap().into_data().unwrap();
            assert_eq!((frame.len() as u64, reads.load(Ordering::SeqCst)), (CHUNK, piece));
        }
        assert_eq!(deliveries.running(), 1);
        drop(body);
        assert_eq!(deliveries.running(), 0);

        // By a socket: what the kernel takes is read, and the rest when the daemon stops is not.
        let address = serve(router).await;
        let mut stream = ask(address, "GET /m HTTP/1.1\r\nhost: a\r\n\r\n").await;
        let mut begin = vec![0; 1000];
        stream.read_exact(&mut begin).await.unwrap();
        stop.send(true).unwrap();
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest).await;
        assert!(rest.len() < 60 << 20, "{} bytes came after the stop", rest.len());
        while deliveries.running() > 0 {
            tokio::task::yield_now().await;
        }
        let read = reads.load(Ordering::SeqCst);
        assert!(read < 900, "{read} pieces of 1024 were read");
    });
}

#[test]
fn past_the_most_streams_one_waits_a_little_and_is_refused() {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let (deliveries, _stop) = deliveries(2);
        let router = router(&deliveries, || Ok(media(bytes(10))));
        let one = router.clone().oneshot(request("GET", &[])).await.unwrap();
        let two = router.clone().oneshot(request("GET", &[])).await.unwrap();
        let before = tokio::time::Instant::now();
        let (refused, text) = asked(&router, "GET", &[]).await;
        assert_eq!((refused.status().as_u16(), before.elapsed()), (503, PATIENCE));
        assert!(String::from_utf8(text).unwrap().contains("2 recordings are being listened to"));

        // One that ends meanwhile gives its place to the one that waits.
        let waiting = tokio::spawn({
            let router = router.clone();
            async move { asked(&router, "GET", &[]).await.0.status() }
        });
        tokio::time::sleep(Duration::from_secs(1)).await;
        drop(one);
        assert_eq!(waiting.await.unwrap(), 200);
        drop(two);
    });
}

#[test]
fn what_comes_as_it_comes_is_sent_in_chunks_and_read_on_demand() {
    runtime().block_on(async {
        let (deliveries, _stop) = deliveries(2);
        let (tell, mut told) = unbounded();
        let router = router(&deliveries, move || {
            let tell = tell.clone();
            let slow = io::Read::chain(Cursor::new(bytes(100_000)), Cursor::new(b"end"));
            Ok(Media {
                source: Source::Onward(Box::new(slow)),
                ended: Some(Box::new(move |sent| tell.send(sent).unwrap())),
                ..media(Vec::new())
            })
        });
        let (response, body) = asked(&router, "GET", &[("range", "bytes=5-")]).await;
        assert_eq!((response.status().as_u16(), body.len()), (200, 100_003));
        assert_eq!(line(&response, "accept-ranges"), "none");
        assert_eq!(line(&response, "content-length"), "");
        assert!(body.starts_with(&bytes(100_000)) && body.ends_with(b"end"));
        let sent = told.recv().await.unwrap();
        assert_eq!(sent, Sent { from: 0, bytes: 100_003, length: None, fault: None });
    });
}

#[test]
fn a_program_that_fails_half_way_resets_the_connection() {
    struct Failing(u8);
    impl io::Read for Failing {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            self.0 += 1;
            buf.fill(7);
            if self.0 < 3 { Ok(buf.len()) } else { Err(io::Error::other("damaged")) }
        }
    }
    runtime().block_on(async {
        let (deliveries, _stop) = deliveries(1);
        let router = router(&deliveries, || {
            Ok(Media { source: Source::Onward(Box::new(Failing(0))), ..media(Vec::new()) })
        });
        let address = serve(router).await;
        let mut stream = ask(address, "GET /m HTTP/1.1\r\nhost: a\r\n\r\n").await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        assert!(answer.len() > 1000 && !answer.ends_with(b"0\r\n\r\n"), "no proper end");
        while deliveries.running() > 0 {
            tokio::task::yield_now().await;
        }
    });
}

#[test]
fn a_file_that_becomes_shorter_breaks_off() {
    struct Shrinking;
    impl ReadAt for Shrinking {
        fn len(&mut self) -> io::Result<u64> {
            Ok(100)
        }
        fn read_at(&mut self, pos: u64, buf: &mut [u8]) -> io::Result<usize> {
            Ok(buf.len().min(50usize.saturating_sub(pos as usize)))
        }
    }
    runtime().block_on(async {
        let (deliveries, _stop) = deliveries(1);
        let router = router(&deliveries, || Ok(media(Shrinking)));
        let response = router.clone().oneshot(request("GET", &[])).await.unwrap();
        assert!(to_bytes(response.into_body(), 1000).await.is_err());
    });
}
