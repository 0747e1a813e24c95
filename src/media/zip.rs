//! A selection as one ZIP archive, made while it is sent: nothing is compressed
//! (sound hardly would be), nothing is prepared, one file is open at a time.
//!
//! After PKWARE's APPNOTE 6.3: lengths and sums follow each file (general purpose
//! bit 3), names are UTF-8, and the 64-bit fields are there where a length, a
//! place or a count needs them, so that old programs read small archives.
//!
//! What is remembered per file is a line of the directory and one of
//! `manifest.sha256`, some 300 bytes; so there is a most of files.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::{self, Read};

use flate2::Crc;
use jiff::civil::DateTime;
use sha2::{Digest, Sha256};

use crate::bytes::ReadAt;

/// Files of one archive, besides the two it writes itself.
pub const MOST_FILES: usize = 20_000;
/// From here on a field of 32 bits says "see the 64-bit one".
const WIDE: u64 = 0xffff_ffff;
const MANIFEST: &str = "manifest.sha256";
const FAULTS: &str = "faults.txt";

/// A file of the archive.
pub struct Entry {
    /// With `/` between folders. What is not safe is replaced, and a second file of
    /// the same name gets a number.
    pub name: String,
    pub modified: DateTime,
    /// Bytes it will have, where known. Without it the 64-bit fields are there.
    pub size: Option<u64>,
    /// The bytes; or why they cannot be had, which is told in `faults.txt`.
    pub content: Result<Box<dyn Read + Send>, String>,
}

/// A source from its beginning to the length it has at first.
pub struct Onward<S> {
    source: S,
    at: u64,
    to: u64,
}

impl<S: ReadAt> Onward<S> {
    pub fn new(mut source: S) -> io::Result<Self> {
        let to = source.len()?;
        Ok(Self { source, at: 0, to })
    }

    /// Bytes there will be.
    pub fn length(&self) -> u64 {
        self.to
    }
}

impl<S: ReadAt> Read for Onward<S> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.to - self.at).unwrap_or(usize::MAX);
        let wanted = buf.len().min(left);
        let count = self.source.read_at(self.at, &mut buf[..wanted])?;
        if count == 0 && wanted > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.at += count as u64;
        Ok(count)
    }
}

/// The archive as bytes to read. `entries` is asked for the next file when the one
/// before has been read; `manifest.sha256` with the sums of all whole files comes
/// last, and before it `faults.txt` if some could not be had or broke off.
pub struct Zip<I> {
    entries: I,
    stage: Stage,
    /// Bytes made and not yet taken.
    ready: Vec<u8>,
    taken: usize,
    /// Bytes given out and ready: where the next lies.
    place: u64,
    names: HashSet<String>,
    directory: Vec<u8>,
    count: u64,
    manifest: String,
    faults: String,
    now: DateTime,
}

enum Stage {
    Between,
    Inside(Box<Open>),
    Faults,
    Manifest,
    Directory,
    Done,
}

struct Open {
    content: Box<dyn Read + Send>,
    header: Header,
    crc: Crc,
    sha256: Sha256,
    size: u64,
    /// Its sum is told in the manifest.
    told: bool,
}

struct Header {
    name: String,
    time: u16,
    date: u16,
    place: u64,
    wide: bool,
}

impl<I: Iterator<Item = Entry>> Zip<I> {
    /// `now` is the time of the files it writes itself.
    pub fn new(entries: I, now: DateTime) -> Self {
        Self {
            entries,
            stage: Stage::Between,
            ready: Vec::new(),
            taken: 0,
            place: 0,
            names: [MANIFEST, FAULTS].map(str::to_owned).into(),
            directory: Vec::new(),
            count: 0,
            manifest: String::new(),
            faults: String::new(),
            now,
        }
    }

    /// Does what comes next; true when there is nothing more.
    fn advance(&mut self) -> bool {
        match std::mem::replace(&mut self.stage, Stage::Done) {
            Stage::Done => return true,
            Stage::Inside(open) => self.stage = Stage::Inside(open),
            Stage::Between => self.stage = self.next_entry(),
            Stage::Faults if self.faults.is_empty() => self.stage = Stage::Manifest,
            Stage::Faults => {
                let text = std::mem::take(&mut self.faults);
                self.stage = self.own(FAULTS, text);
            }
            Stage::Manifest => {
                let text = std::mem::take(&mut self.manifest);
                self.stage = self.own(MANIFEST, text);
            }
            Stage::Directory => self.end(),
        }
        false
    }

    fn next_entry(&mut self) -> Stage {
        let Some(entry) = self.entries.next() else { return Stage::Faults };
        let name = self.name_of(&entry.name);
        if self.count as usize >= MOST_FILES {
            let _ = writeln!(self.faults, "{name} and what follows: more than {MOST_FILES} files");
            return Stage::Faults;
        }
        match entry.content {
            Ok(content) => {
                let wide = entry.size.is_none_or(|size| size >= WIDE);
                self.begin(name, entry.modified, wide, content, true)
            }
            Err(why) => {
                let _ = writeln!(self.faults, "{name}: {}", why.replace(['\n', '\r'], " "));
                Stage::Between
            }
        }
    }

    /// One of the two files the archive writes itself.
    fn own(&mut self, name: &str, text: String) -> Stage {
        let content = Box::new(io::Cursor::new(text.into_bytes()));
        self.begin(name.to_owned(), self.now, false, content, false)
    }

    fn name_of(&mut self, wanted: &str) -> String {
        let parts = wanted.split(['/', '\\']).map(safe).filter(|part| !part.is_empty());
        let mut name = parts.collect::<Vec<_>>().join("/");
        if name.is_empty() {
            "recording".clone_into(&mut name);
        }
        let mut unique = name.clone();
        for number in 2.. {
            if self.names.insert(unique.to_lowercase()) {
                break;
            }
            unique = match name.rsplit_once('.') {
                Some((stem, ending)) if !ending.contains('/') => {
                    format!("{stem} ({number}).{ending}")
                }
                _ => format!("{name} ({number})"),
            };
        }
        unique
    }

    fn begin(
        &mut self,
        name: String,
        modified: DateTime,
        wide: bool,
        content: Box<dyn Read + Send>,
        told: bool,
    ) -> Stage {
        let (time, date) = dos(modified);
        let header = Header { name, time, date, place: self.place, wide };
        let mut out = Vec::new();
        four(&mut out, 0x0403_4b50);
        header.shared(&mut out);
        four(&mut out, 0);
        for _ in 0..2 {
            four(&mut out, if wide { WIDE as u32 } else { 0 });
        }
        two(&mut out, header.name.len() as u16);
        two(&mut out, if wide { 20 } else { 0 });
        out.extend_from_slice(header.name.as_bytes());
        if wide {
            two(&mut out, 1);
            two(&mut out, 16);
            out.extend_from_slice(&[0; 16]);
        }
        self.give(&out);
        let (crc, sha256) = (Crc::new(), Sha256::new());
        Stage::Inside(Box::new(Open { content, header, crc, sha256, size: 0, told }))
    }

    fn give(&mut self, bytes: &[u8]) {
        self.ready.extend_from_slice(bytes);
        self.place += bytes.len() as u64;
    }

    /// The sums behind a file, and its line of the directory.
    fn close(&mut self, open: Open, whole: bool) {
        let Open { header, crc, sha256, size, told, .. } = open;
        if told && whole {
            let sum = sha256.finalize();
            for byte in sum {
                let _ = write!(self.manifest, "{byte:02x}");
            }
            let _ = writeln!(self.manifest, "  {}", header.name);
        }
        let mut out = Vec::new();
        four(&mut out, 0x0807_4b50);
        four(&mut out, crc.sum());
        for _ in 0..2 {
            if header.wide { eight(&mut out, size) } else { four(&mut out, size as u32) }
        }
        self.give(&out);

        let mut wide = Vec::new();
        if size >= WIDE {
            eight(&mut wide, size);
            eight(&mut wide, size);
        }
        if header.place >= WIDE {
            eight(&mut wide, header.place);
        }
        let out = &mut self.directory;
        four(out, 0x0201_4b50);
        // Made on a UNIX, by version 4.5.
        two(out, 3 << 8 | 45);
        header.shared(out);
        four(out, crc.sum());
        four(out, size.min(WIDE) as u32);
        four(out, size.min(WIDE) as u32);
        two(out, header.name.len() as u16);
        two(out, if wide.is_empty() { 0 } else { wide.len() as u16 + 4 });
        // No comment, first disk, no attributes inside; outside a plain file, 0640.
        out.extend_from_slice(&[0; 6]);
        four(out, 0o100_640 << 16);
        four(out, header.place.min(WIDE) as u32);
        out.extend_from_slice(header.name.as_bytes());
        if !wide.is_empty() {
            two(out, 1);
            two(out, wide.len() as u16);
            out.extend_from_slice(&wide);
        }
        self.count += 1;
    }

    fn end(&mut self) {
        let directory = std::mem::take(&mut self.directory);
        let (begin, length) = (self.place, directory.len() as u64);
        self.give(&directory);
        let mut out = Vec::new();
        if begin >= WIDE || length >= WIDE || self.count >= 0xffff {
            let end = self.place;
            four(&mut out, 0x0606_4b50);
            eight(&mut out, 44);
            two(&mut out, 3 << 8 | 45);
            two(&mut out, 45);
            eight(&mut out, 0);
            for number in [self.count, self.count, length, begin] {
                eight(&mut out, number);
            }
            four(&mut out, 0x0706_4b50);
            four(&mut out, 0);
            eight(&mut out, end);
            four(&mut out, 1);
        }
        four(&mut out, 0x0605_4b50);
        four(&mut out, 0);
        for _ in 0..2 {
            two(&mut out, self.count.min(0xffff) as u16);
        }
        four(&mut out, length.min(WIDE) as u32);
        four(&mut out, begin.min(WIDE) as u32);
        two(&mut out, 0);
        self.give(&out);
    }

    /// Reads on in the open file; its end and its faults are noted.
    fn read_inside(&mut self, mut open: Box<Open>, buf: &mut [u8]) -> io::Result<usize> {
        let fault = match open.content.read(buf) {
            Ok(0) => None,
            Ok(count) => {
                open.size += count as u64;
                if !open.header.wide && open.size >= WIDE {
                    // Its length was told as less: the fields no longer hold it.
                    return Err(io::Error::other("a file became longer than 4 GB"));
                }
                self.place += count as u64;
                open.crc.update(&buf[..count]);
                open.sha256.update(&buf[..count]);
                self.stage = Stage::Inside(open);
                return Ok(count);
            }
            Err(fault) if fault.kind() == io::ErrorKind::Interrupted => {
                self.stage = Stage::Inside(open);
                return Err(fault);
            }
            Err(fault) => Some(fault),
        };
        if let Some(fault) = &fault {
            let (name, size) = (&open.header.name, open.size);
            let _ = writeln!(self.faults, "{name}: broken off after {size} bytes: {fault}");
        }
        self.stage = match (open.told, open.header.name == FAULTS) {
            (true, _) => Stage::Between,
            (false, true) => Stage::Manifest,
            (false, false) => Stage::Directory,
        };
        self.close(*open, fault.is_none());
        Ok(0)
    }
}

impl<I: Iterator<Item = Entry>> Read for Zip<I> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        loop {
            if self.taken < self.ready.len() {
                let rest = &self.ready[self.taken..];
                let count = rest.len().min(buf.len());
                buf[..count].copy_from_slice(&rest[..count]);
                self.taken += count;
                return Ok(count);
            }
            self.ready.clear();
            self.taken = 0;
            if let Stage::Inside(_) = self.stage
                && let Stage::Inside(open) = std::mem::replace(&mut self.stage, Stage::Done)
            {
                match self.read_inside(open, buf)? {
                    0 => continue,
                    count => return Ok(count),
                }
            }
            if self.advance() {
                return Ok(0);
            }
        }
    }
}

impl Header {
    /// From the version needed to the date: the same in both places.
    fn shared(&self, out: &mut Vec<u8>) {
        two(out, if self.wide { 45 } else { 20 });
        // Lengths follow; names are UTF-8; stored.
        two(out, 1 << 3 | 1 << 11);
        two(out, 0);
        two(out, self.time);
        two(out, self.date);
    }
}

/// One part of a name, at most 200 bytes, that can do no harm where it is unpacked.
fn safe(part: &str) -> String {
    let mut safe = String::new();
    for letter in part.chars() {
        if safe.len() > 196 {
            break;
        }
        let harmful = letter.is_control() || "\"*:<>?|".contains(letter);
        safe.push(if harmful { '_' } else { letter });
    }
    if safe.bytes().all(|byte| byte == b'.') { String::new() } else { safe }
}

/// Two seconds exact, from 1980 to 2107.
fn dos(at: DateTime) -> (u16, u16) {
    if at.year() < 1980 {
        return (0, 1 << 5 | 1);
    }
    let field = |value: i8, shift: u32| (value.unsigned_abs() as u16) << shift;
    let time = field(at.hour(), 11) | field(at.minute(), 5) | field(at.second() / 2, 0);
    let year = (at.year() - 1980).clamp(0, 127) as u16;
    (time, year << 9 | field(at.month(), 5) | field(at.day(), 0))
}

fn two(out: &mut Vec<u8>, number: u16) {
    out.extend_from_slice(&number.to_le_bytes());
}

fn four(out: &mut Vec<u8>, number: u32) {
    out.extend_from_slice(&number.to_le_bytes());
}

fn eight(out: &mut Vec<u8>, number: u64) {
    out.extend_from_slice(&number.to_le_bytes());
}

#[cfg(test)]
mod tests;
