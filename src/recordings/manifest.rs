//! The daily manifest: which sealed files there must be, with size and hash,
//! each day's chained to the one before and signed by this machine's own key.
//!
//! A day lists what changed on it: files sealed, given to other keys, removed
//! by a rule. So a rotation or a deletion makes no old manifest wrong, and all
//! days together say what must be there now. Taking away, altering or slipping
//! in a day breaks the chain. **The newest days could be cut off together with
//! their files unnoticed by the chain alone**: that is why the database keeps the
//! newest hash, and a copy elsewhere (syslog, another disk) is worth making.
//!
//! Pure: `files::manifests` reads, writes and walks.

use std::collections::BTreeMap;
use std::fmt::Write;

use jiff::civil::{Date, date};
use sha2::{Digest, Sha256};

use crate::signature::{Signer, verify};

/// Of each list in a [`Report`] so many are named; all are counted.
pub const MOST_NAMED: usize = 1000;

const TITLE: &str = "switchroom recordings manifest 1";
const BEFORE_THE_FIRST: [u8; 32] = [0; 32];

/// What happened to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was sealed.
    Sealed,
    /// It was given to other keys: another header, the same sound.
    Rewrapped,
    /// It was removed by retention, by a person or by an erasure.
    Removed,
}

impl Change {
    const ALL: [(Change, &'static str); 3] = [
        (Change::Sealed, "sealed"),
        (Change::Rewrapped, "rewrapped"),
        (Change::Removed, "removed"),
    ];

    fn word(self) -> &'static str {
        Change::ALL.iter().find(|(change, _)| *change == self).map_or("", |(_, word)| word)
    }
}

/// One file on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub change: Change,
    /// Below the vault.
    pub path: String,
    /// Of the sealed file, as it then was.
    pub size: u64,
    pub sha256: [u8; 32],
}

/// The manifest of one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// UTC day since 1970.
    pub day: i64,
    /// Hash of the day before; zeros before the first ([`Day::first`]).
    pub previous: [u8; 32],
    /// In the order they happened.
    pub lines: Vec<Line>,
}

/// A day with its signature, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The whole text, for a file.
    pub text: String,
    /// Of the text before the line with the signature: `previous` of the next
    /// day.
    pub hash: [u8; 32],
    pub signature: [u8; 64],
}

impl Day {
    /// A day that nothing precedes.
    pub fn first(day: i64, lines: Vec<Line>) -> Self {
        Day { day, previous: BEFORE_THE_FIRST, lines }
    }

    /// The file it is stored in, `2026-11-20.txt`; names sort as days do.
    pub fn file_name(&self) -> String {
        format!("{}.txt", calendar(self.day))
    }

    /// The day signed.
    pub fn signed(&self, signer: &Signer) -> Signed {
        let mut text =
            format!("{TITLE}\nday {}\nprevious {}\n", calendar(self.day), hex(&self.previous));
        for line in &self.lines {
            let (word, path) = (line.change.word(), escaped(&line.path));
            let _ = writeln!(text, "{word} {} {} {path}", line.size, hex(&line.sha256));
        }
        let hash = Sha256::digest(text.as_bytes()).into();
        let signature = signer.sign(text.as_bytes());
        let _ = writeln!(text, "signature {} {}", hex(&signature), hex(&signer.public()));
        Signed { text, hash, signature }
    }
}

/// What is wrong with the manifests themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The manifest's file, empty for the chain as a whole.
    pub name: String,
    pub why: &'static str,
}

/// Paths of one kind: how many, and the first of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paths {
    pub count: u64,
    pub named: Vec<String>,
}

impl Paths {
    fn add(&mut self, path: &str) {
        self.count += 1;
        if self.named.len() < MOST_NAMED {
            self.named.push(path.to_owned());
        }
    }
}

/// What a verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Manifests read.
    pub days: u64,
    /// Files that are as they must be.
    pub good: u64,
    /// Of these, so many changed since the newest manifest and are as their row
    /// says.
    pub unlisted: u64,
    /// They must be there and are not.
    pub missing: Paths,
    /// They are there with another size or hash.
    pub changed: Paths,
    /// They are there, and neither a manifest nor a row knows them.
    pub extra: Paths,
    /// Faults of the manifests.
    pub broken: Vec<Broken>,
}

impl Report {
    /// Whether everything is as it must be.
    pub fn is_good(&self) -> bool {
        let bad = self.missing.count + self.changed.count + self.extra.count;
        bad == 0 && self.broken.is_empty()
    }
}

/// Days added one after the other, oldest first, and what they say must be
/// there: about 150 bytes for each file.
#[derive(Debug)]
pub struct Chain {
    public: [u8; 32],
    previous: [u8; 32],
    last: Option<i64>,
    expected: BTreeMap<String, (u64, [u8; 32])>,
    report: Report,
}

impl Chain {
    /// A chain signed by the machine with this public key.
    pub fn new(public: [u8; 32]) -> Self {
        Chain {
            public,
            previous: BEFORE_THE_FIRST,
            last: None,
            expected: BTreeMap::new(),
            report: Report::default(),
        }
    }

    /// The next day. What is wrong with it stands in the report; its lines
    /// count nevertheless as far as they can be read.
    pub fn add(&mut self, name: &str, text: &str) {
        self.report.days += 1;
        let Some((signed, signature)) = cut(text) else {
            return self.broken(name, "it is cut off: the line with the signature is missing");
        };
        let hash: [u8; 32] = Sha256::digest(signed.as_bytes()).into();
        match signature {
            Some((by, signature)) if by == self.public => {
                if !verify(&by, signed.as_bytes(), &signature) {
                    self.broken(name, "it was altered: the signature does not fit");
                }
            }
            Some(_) => self.broken(name, "it was signed by another machine"),
            None => self.broken(name, "its signature can't be read"),
        }
        let (day, clean) = parsed(signed);
        if !clean {
            self.broken(name, "a line of it can't be read");
        }
        let Some(day) = day else { return self.previous = hash };
        if day.file_name() != name {
            self.broken(name, "it is of another day than its name says");
        }
        if self.last.is_some_and(|last| day.day <= last) || day.previous != self.previous {
            self.broken(name, "it does not follow the one before: one was taken away or replaced");
        }
        (self.last, self.previous) = (Some(day.day), hash);
        for line in day.lines {
            match line.change {
                Change::Sealed | Change::Rewrapped => {
                    self.expected.insert(line.path, (line.size, line.sha256));
                }
                Change::Removed => {
                    self.expected.remove(&line.path);
                }
            }
        }
    }

    /// What the days so far say must be there: size and hash by path.
    pub fn expected(&self) -> &BTreeMap<String, (u64, [u8; 32])> {
        &self.expected
    }

    /// Hash of the newest day, which the next one begins with.
    pub fn newest(&self) -> [u8; 32] {
        self.previous
    }

    /// The end of the chain. `newest` is the hash the database has.
    pub fn end(&mut self, newest: Option<[u8; 32]>) {
        if newest.is_some_and(|newest| newest != self.previous) {
            self.broken("", "the newest day is not the one the database knows");
        }
    }

    /// A file that is there. `known` is what its row says, for one that was
    /// sealed or rewrapped since the newest day; `hash` reads it, `None` to look
    /// at sizes only.
    ///
    /// Errors: those of `hash`; the file is then not counted.
    pub fn found<E>(
        &mut self,
        path: &str,
        size: u64,
        known: impl FnOnce() -> Option<(u64, [u8; 32])>,
        mut hash: Option<impl FnMut() -> Result<[u8; 32], E>>,
    ) -> Result<(), E> {
        // Read only where the size is right, and once.
        let mut read = None;
        let mut fits = |(right_size, right_hash): (u64, [u8; 32])| -> Result<bool, E> {
            if size != right_size {
                return Ok(false);
            }
            if let (None, Some(hash)) = (read, &mut hash) {
                read = Some(hash()?);
            }
            Ok(read.is_none_or(|hash| hash == right_hash))
        };
        let listed = self.expected.remove(path);
        if let Some(right) = listed
            && fits(right)?
        {
            self.report.good += 1;
            return Ok(());
        }
        match known() {
            Some(right) if fits(right)? => {
                self.report.good += 1;
                self.report.unlisted += 1;
            }
            None if listed.is_none() => self.report.extra.add(path),
            _ => self.report.changed.add(path),
        }
        Ok(())
    }

    /// What is left was not found. `gone` tells of a file removed since the
    /// newest manifest by a rule.
    pub fn report(mut self, mut gone: impl FnMut(&str) -> bool) -> Report {
        for path in self.expected.keys().filter(|path| !gone(path)) {
            self.report.missing.add(path);
        }
        self.report
    }

    fn broken(&mut self, name: &str, why: &'static str) {
        self.report.broken.push(Broken { name: name.to_owned(), why });
    }
}

type Signature = Option<([u8; 32], Vec<u8>)>;

/// The text that is signed, and who signed it how.
fn cut(text: &str) -> Option<(&str, Signature)> {
    let at = text.rfind("\nsignature ")? + 1;
    let line = text[at..].strip_suffix('\n')?;
    let (signature, public) = line.strip_prefix("signature ")?.split_once(' ')?;
    let read = unhex(public).and_then(|public| public.try_into().ok()).zip(unhex(signature));
    Some((&text[..at], read))
}

/// The day, and whether all of it could be read.
fn parsed(text: &str) -> (Option<Day>, bool) {
    let mut lines = text.lines();
    let head = (|| {
        if lines.next()? != TITLE {
            return None;
        }
        let day: Date = lines.next()?.strip_prefix("day ")?.parse().ok()?;
        let previous = unhex(lines.next()?.strip_prefix("previous ")?)?.try_into().ok()?;
        Some(Day { day: number(day), previous, lines: Vec::new() })
    })();
    let Some(mut day) = head else { return (None, false) };
    let mut clean = true;
    for line in lines {
        match line_of(line) {
            Some(line) => day.lines.push(line),
            None => clean = false,
        }
    }
    (Some(day), clean)
}

fn line_of(line: &str) -> Option<Line> {
    let mut fields = line.splitn(4, ' ');
    let word = fields.next()?;
    let (change, _) = Change::ALL.into_iter().find(|(_, name)| *name == word)?;
    let size = fields.next()?.parse().ok()?;
    let sha256 = unhex(fields.next()?)?.try_into().ok()?;
    Some(Line { change, size, sha256, path: unescaped(fields.next()?)? })
}

fn calendar(day: i64) -> Date {
    let days = jiff::Span::new().try_days(day);
    days.and_then(|days| date(1970, 1, 1).checked_add(days)).unwrap_or(Date::ZERO)
}

fn number(day: Date) -> i64 {
    date(1970, 1, 1).until(day).map_or(0, |span| i64::from(span.get_days()))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

pub(super) fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

/// A path on one line: control characters and the percent sign as `%0A`.
fn escaped(path: &str) -> String {
    path.chars().fold(String::with_capacity(path.len()), |mut text, char| {
        if char.is_ascii_control() || char == '%' {
            let _ = write!(text, "%{:02X}", u32::from(char));
        } else {
            text.push(char);
        }
        text
    })
}

fn unescaped(text: &str) -> Option<String> {
    let mut path = String::with_capacity(text.len());
    let mut pieces = text.split('%');
    path.push_str(pieces.next()?);
    for piece in pieces {
        let code = u8::from_str_radix(piece.get(..2)?, 16).ok().filter(u8::is_ascii)?;
        path.push(char::from(code));
        path.push_str(&piece[2..]);
    }
    Some(path)
}

#[cfg(test)]
mod tests;
