//! Sealing and opening beside what ring's ChaCha20-Poly1305 gives on one core
//! in the same run, on pieces of 64 KiB; and the memory of a stream.
//!
//! The baseline works in place on 64 MiB and moves no byte anywhere; sealing and
//! opening read them from elsewhere and hand them on. What sealing one piece
//! over and over gives, which never leaves the processor's cache, stands beside
//! ring on one piece. Rounds are interleaved, time is this thread's on the
//! processor, and each line says the fastest round, so that a busy machine
//! counts little.

use std::fs::{File, read_to_string};
use std::hint::black_box;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use switchroom_vault::age::{CHUNK, Identity, Opened, Sealer};
use switchroom_vault::bytes::ReadAt;

/// An hour and ten minutes of 16-bit sound at 8 kHz.
const LEN: usize = 64 << 20;
const ROUNDS: usize = 25;
const TAG: usize = 16;
const STREAMS: usize = 200;

fn main() {
    let identity = Identity::generate().expect("the system has random numbers");
    let plain: Vec<u8> =
        (0..LEN as u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let sealed = sealed_to(plain.chunks(CHUNK), &identity, Vec::with_capacity(LEN + LEN / 1000));
    let file = tempfile::tempfile().expect("the folder for temporary files can be written");
    (&file).write_all(&sealed).expect("it has room for 64 MiB");

    // Each with the line it is measured against.
    let lines: [(&str, usize); 9] = [
        ("ring, sealing in place", 0),
        ("sealing, from memory to nowhere", 0),
        ("sealing, from memory to a file", 0),
        ("ring, opening in place", 3),
        ("opening, from memory", 3),
        ("opening, from a file", 3),
        ("ring, sealing one piece in the cache", 6),
        ("sealing, one piece in the cache", 6),
        ("copying 64 MiB piece by piece", 7),
    ];
    let mut best = [f64::INFINITY; 9];
    let mut in_place = vec![3; LEN + TAG];
    let mut piece = vec![3; CHUNK + TAG];
    for _ in 0..ROUNDS {
        let to_file = tempfile::tempfile().expect("the folder for temporary files can be written");
        let seconds = [
            timed(|| raw(&mut in_place, true)),
            timed(|| discard(sealed_to(plain.chunks(CHUNK), &identity, io::sink()))),
            timed(|| drop(sealed_to(plain.chunks(CHUNK), &identity, to_file))),
            timed(|| raw(&mut in_place, false)),
            timed(|| opened(Memory(&sealed), &identity)),
            timed(|| opened(OnDisk(&file), &identity)),
            timed(|| (0..LEN / CHUNK).for_each(|_| raw(&mut piece, true))),
            timed(|| {
                let pieces = std::iter::repeat_n(&plain[..CHUNK], LEN / CHUNK);
                discard(sealed_to(pieces, &identity, io::sink()));
            }),
            timed(|| {
                for bytes in plain.chunks(CHUNK) {
                    piece[..CHUNK].copy_from_slice(bytes);
                    black_box(&piece);
                }
            }),
        ];
        for (best, seconds) in best.iter_mut().zip(seconds) {
            *best = best.min(seconds);
        }
    }
    println!("{:<38} {:>8} {:>8} {:>8}", "64 MiB", "ms", "MB/s", "of ring");
    for ((name, against), seconds) in lines.iter().zip(best) {
        println!(
            "{name:<38} {:>8.1} {:>8.0} {:>7.0}%",
            seconds * 1e3,
            LEN as f64 / seconds / 1e6,
            best[*against] / seconds * 100.0
        );
    }
    seeks(&sealed, &identity);
    memory(&file, &identity);
}

/// A byte anywhere costs one piece of 64 KiB, however long the file.
fn seeks(sealed: &[u8], identity: &Identity) {
    let count = 1000;
    let mut stream =
        Opened::open(Memory(sealed), std::slice::from_ref(identity)).expect("it was just sealed");
    let seconds = timed(|| {
        let mut byte = [0];
        for step in 0..count {
            // Steps by a number that shares no factor with the length.
            let pos = (step * 48_271_009) % LEN as u64;
            stream.read_at(pos, &mut byte).expect("it was just sealed");
            black_box(byte);
        }
    });
    println!("a byte anywhere: {:.0} us", seconds / count as f64 * 1e6);
    let seconds = timed(|| {
        for _ in 0..100 {
            black_box(
                Opened::open(Memory(sealed), std::slice::from_ref(identity))
                    .expect("it was just sealed"),
            );
        }
    });
    println!("opening: {:.0} us until the first byte may be read", seconds / 100.0 * 1e6);
}

/// What the process holds more with so many streams half read and half written.
fn memory(file: &File, identity: &Identity) {
    let before = resident();
    let mut open = Vec::new();
    for index in 0..STREAMS {
        let mut stream =
            Opened::open(OnDisk(file), std::slice::from_ref(identity)).expect("it was just sealed");
        let mut piece = [0; 100];
        stream.read_at((index * CHUNK * 5) as u64, &mut piece).expect("it was just sealed");
        open.push(stream);
    }
    let reading = resident();
    let mut sealing = Vec::new();
    for _ in 0..STREAMS {
        let mut stream =
            Sealer::new(io::sink(), &[identity.recipient()]).expect("nowhere takes all");
        stream.write_all(&[1; 3 * CHUNK / 2]).expect("nowhere takes all");
        sealing.push(stream);
    }
    let writing = resident();
    let each = |more: u64| more as f64 / STREAMS as f64;
    println!(
        "memory of a stream being opened: {:.0} KiB, sealed: {:.0} KiB",
        each(reading - before),
        each(writing - reading)
    );
    black_box((open, sealing));
}

/// Seals or opens pieces of 64 KiB where they lie.
fn raw(bytes: &mut [u8], seal: bool) {
    let key = LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, &[7; 32]).expect("32 bytes"));
    let nonce = || Nonce::assume_unique_for_key([1; 12]);
    let end = bytes.len() - TAG;
    for piece in bytes[..end].chunks_exact_mut(CHUNK) {
        if seal {
            let tag = key.seal_in_place_separate_tag(nonce(), Aad::empty(), piece);
            black_box(tag.expect("it fits").as_ref());
        } else {
            // The tag is wrong and the work the same, and then what was opened is wiped.
            let tag = [0; TAG].into();
            let _ =
                black_box(key.open_in_place_separate_tag(nonce(), Aad::empty(), tag, piece, 0..));
        }
    }
}

fn sealed_to<'a, W: Write>(
    pieces: impl Iterator<Item = &'a [u8]>,
    identity: &Identity,
    out: W,
) -> W {
    let mut sealer = Sealer::new(out, &[identity.recipient()]).expect("it can be written");
    for piece in pieces {
        sealer.write_all(piece).expect("it can be written");
    }
    sealer.finish().expect("it can be written")
}

fn opened(source: impl ReadAt, identity: &Identity) {
    let mut stream =
        Opened::open(source, std::slice::from_ref(identity)).expect("it was just sealed");
    let mut piece = vec![0; CHUNK];
    let mut pos = 0;
    loop {
        match stream.read_at(pos, &mut piece).expect("it was just sealed") {
            0 => break,
            count => pos += count as u64,
        }
        black_box(&piece);
    }
    assert_eq!(pos, LEN as u64);
}

struct Memory<'a>(&'a [u8]);

impl ReadAt for Memory<'_> {
    fn len(&mut self) -> io::Result<u64> {
        Ok(self.0.len() as u64)
    }

    fn read_at(&mut self, pos: u64, buf: &mut [u8]) -> io::Result<usize> {
        let rest = &self.0[(pos as usize).min(self.0.len())..];
        let count = rest.len().min(buf.len());
        buf[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }
}

struct OnDisk<'a>(&'a File);

impl ReadAt for OnDisk<'_> {
    fn len(&mut self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn read_at(&mut self, pos: u64, buf: &mut [u8]) -> io::Result<usize> {
        FileExt::read_at(self.0, buf, pos)
    }
}

fn discard(_: io::Sink) {}

fn timed(work: impl FnOnce()) -> f64 {
    let before = on_processor();
    work();
    on_processor() - before
}

/// Seconds this thread has run, as the scheduler counts them.
fn on_processor() -> f64 {
    let text = read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = text.split(' ').next().and_then(|field| field.parse::<f64>().ok());
    nanoseconds.unwrap_or(f64::NAN) / 1e9
}

/// KiB of memory of this process.
fn resident() -> u64 {
    let text = read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|field| field.parse().ok()).unwrap_or(0)
}
