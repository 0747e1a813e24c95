//! Files to import: plain or gzip, read once from start to end. An edge:
//! files.
//!
//! What a file is, its first bytes say and not its name. Files are put in the
//! order of their first records, each keeps its own order.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;

use crate::base::UnixSec;
use crate::base::error::{self, Error, Kind, Result};
use crate::base::order::Ordered as _;
use crate::input::queue_log::line;
use crate::input::queue_log::lines::{Cutter, Line};

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Bytes of text handed on at once.
const CHUNK: usize = 256 * 1024;

/// How far into a file a first record is looked for; rubbish at the start of
/// a log is shorter.
const SEARCHED: u64 = 1024 * 1024;

/// A file that can be read, and where in time it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archive {
    pub path: PathBuf,
    /// Bytes on the disk, compressed if it is.
    pub size: u64,
    pub gzip: bool,
    /// Time of its first record; `None` when its beginning holds none.
    pub first_time: Option<UnixSec>,
}

/// Looks into the files and puts them in the order of their first records;
/// those without one come last, as given.
///
/// Errors: the first file that can't be opened, or whose compressed data are
/// damaged before the first record.
pub fn in_order(paths: &[PathBuf]) -> Result<Vec<Archive>> {
    let mut archives = paths.iter().map(|path| look(path)).collect::<Result<Vec<_>>>()?;
    archives.order_by_key(|archive| (archive.first_time.is_none(), archive.first_time));
    Ok(archives)
}

/// What a file is and when it begins.
pub fn look(path: &Path) -> Result<Archive> {
    let mut reader = Reader::open(path)?;
    let (size, gzip) = (reader.size, reader.source.is_gzip());
    let mut first_time = None;
    while first_time.is_none() && reader.offset < SEARCHED {
        let more = reader.next(&mut |line, _| {
            if let (None, Line::Complete(line)) = (first_time, line) {
                first_time = line::find_cuts(line).ok().map(|cuts| cuts.time);
            }
        });
        match more {
            Ok(true) => {}
            Ok(false) => break,
            // A record before the damage is enough to place the file; the
            // import will say where the damage is.
            Err(_) if first_time.is_some() => break,
            Err(fault) => return Err(fault),
        }
    }
    Ok(Archive { path: path.to_owned(), size, gzip, first_time })
}

/// Reads a file's lines, chunk by chunk.
#[derive(Debug)]
pub struct Reader {
    path: PathBuf,
    size: u64,
    source: Source,
    buffer: Vec<u8>,
    cutter: Cutter,
    /// Bytes of text read so far.
    offset: u64,
    ended: bool,
}

#[derive(Debug)]
enum Source {
    Plain(Counted),
    Gzip(Box<MultiGzDecoder<BufReader<Counted>>>),
}

/// A file that knows how much of it was read.
#[derive(Debug)]
struct Counted {
    file: File,
    count: u64,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.count += count as u64;
        Ok(count)
    }
}

impl Source {
    fn is_gzip(&self) -> bool {
        matches!(self, Source::Gzip(_))
    }

    /// Bytes on the disk that were used up.
    fn consumed(&self) -> u64 {
        match self {
            Source::Plain(file) => file.count,
            Source::Gzip(decoder) => {
                let reader = decoder.get_ref();
                reader.get_ref().count - reader.buffer().len() as u64
            }
        }
    }
}

impl Reader {
    /// Opens a file at its start.
    ///
    /// Errors: it can't be opened or read, or is no regular file.
    pub fn open(path: &Path) -> Result<Self> {
        let named = |fault| error::io(format_args!("can't read {}", path.display()), fault);
        let file = File::open(path).map_err(named)?;
        let metadata = file.metadata().map_err(named)?;
        if !metadata.is_file() {
            let message = format!("{} is not a regular file; give log files", path.display());
            return Err(Error::new(Kind::Invalid, message));
        }
        let mut reader = BufReader::new(Counted { file, count: 0 });
        let gzip = reader.fill_buf().map_err(named)?.starts_with(&GZIP_MAGIC);
        let source = if gzip {
            Source::Gzip(Box::new(MultiGzDecoder::new(reader)))
        } else {
            // Chunks are large: without a buffer between, no byte is copied
            // twice.
            let file = File::open(path).map_err(named)?;
            Source::Plain(Counted { file, count: 0 })
        };
        Ok(Reader {
            path: path.to_owned(),
            size: metadata.len(),
            source,
            buffer: Vec::new(),
            cutter: Cutter::default(),
            offset: 0,
            ended: false,
        })
    }

    /// Bytes on the disk, and how many of them are read: for a progress bar.
    pub fn progress(&self) -> (u64, u64) {
        (self.source.consumed(), self.size)
    }

    /// Hands on the lines of the next chunk with the offset (in text) behind
    /// each; `false` at the end. A last line without newline is
    /// [`Line::Torn`].
    ///
    /// Errors: the disk, or damaged compressed data, with the file and the
    /// byte. All whole lines before the damage have been handed on.
    pub fn next(&mut self, each: &mut dyn FnMut(Line<'_>, u64)) -> Result<bool> {
        if self.ended {
            return Ok(false);
        }
        self.buffer.resize(CHUNK, 0);
        let (mut filled, mut fault) = (0, None);
        // Decoders give little at once; full chunks let callers do more
        // between two commits.
        while filled < CHUNK && fault.is_none() {
            let rest = &mut self.buffer[filled..];
            let read = match &mut self.source {
                Source::Plain(file) => file.read(rest),
                Source::Gzip(decoder) => decoder.read(rest),
            };
            match read {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => fault = Some(error),
            }
        }
        self.offset += filled as u64;
        self.cutter.feed(&self.buffer[..filled], &mut *each);
        if let Some(fault) = fault {
            self.ended = true;
            return Err(self.damaged(fault));
        }
        if filled < CHUNK {
            self.ended = true;
            self.cutter.finish(each);
        }
        Ok(filled > 0)
    }

    fn damaged(&self, fault: io::Error) -> Error {
        let path = self.path.display();
        if self.source.is_gzip() {
            let byte = self.source.consumed();
            let message = format!(
                "{path} is damaged or cut off at byte {byte}; the {} bytes of text before that \
                 were read",
                self.offset
            );
            return Error::caused(Kind::Damaged, message, fault);
        }
        error::io(format_args!("can't read {path} at byte {}", self.offset), fault)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn read(path: &Path) -> (Vec<String>, Option<Error>) {
        let mut reader = Reader::open(path).unwrap();
        let mut lines = Vec::new();
        let mut each = |line: Line<'_>, _: u64| {
            lines.push(match line {
                Line::Complete(text) => String::from_utf8(text.to_vec()).unwrap(),
                other => format!("{other:?}"),
            });
        };
        loop {
            match reader.next(&mut each) {
                Ok(true) => {}
                Ok(false) => return (lines, None),
                Err(fault) => return (lines, Some(fault)),
            }
        }
    }

    fn numbered(count: u32) -> String {
        (0..count).map(|number| format!("{}|a|q|n|DID|{number}\n", 1000 + number)).collect()
    }

    #[test]
    fn plain_and_compressed_files_give_the_same_lines() {
        let folder = tempfile::tempdir().unwrap();
        let text = numbered(40_000);
        let (plain, packed, parts) = (
            folder.path().join("queue_log.1"),
            folder.path().join("queue_log.2"),
            folder.path().join("parts"),
        );
        std::fs::write(&plain, &text).unwrap();
        std::fs::write(&packed, gzip(text.as_bytes())).unwrap();
        // Appended gzip files are one gzip file.
        let (head, tail) = text.as_bytes().split_at(500_001);
        std::fs::write(&parts, [gzip(head), gzip(tail)].concat()).unwrap();
        let (lines, fault) = read(&plain);
        assert!(fault.is_none() && lines.len() == 40_000);
        assert_eq!(read(&packed).0, lines);
        assert_eq!(read(&parts).0, lines);
        let mut reader = Reader::open(&packed).unwrap();
        while reader.next(&mut |_, _| ()).unwrap() {}
        assert_eq!(reader.progress().0, reader.progress().1);
    }

    #[test]
    fn a_damaged_file_gives_what_lies_before_the_damage_and_says_where_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("queue_log.gz");
        let packed = gzip(numbered(40_000).as_bytes());
        for (bytes, name) in [
            (packed[..packed.len() / 2].to_vec(), "cut off"),
            ([&packed[..], b"rubbish behind it"].concat(), "rubbish"),
        ] {
            std::fs::write(&path, &bytes).unwrap();
            let (lines, fault) = read(&path);
            let fault = fault.unwrap_or_else(|| panic!("{name}: no fault"));
            assert_eq!(fault.kind(), Kind::Damaged, "{name}");
            assert!(fault.message().contains("queue_log.gz"), "{fault}");
            assert!(fault.message().contains("at byte "), "{fault}");
            assert!(lines.len() > 5_000, "{name}: {} lines", lines.len());
            assert_eq!(lines[4_000], "5000|a|q|n|DID|4000");
            assert!(look(&path).unwrap().first_time == Some(1000), "{name}");
        }
    }

    #[test]
    fn files_come_in_the_order_of_their_first_records() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            path
        };
        let paths = [
            write("empty", b""),
            write("third", b"300|a|q|n|DID|1\n"),
            write("first", &gzip(b"rubbish\n|||\n100|a|q|n|DID|1\n")),
            write("second", b"\xff\xfe\n200|a|q|n|DID|1"),
            write("fourth", b"299\n301|a|q|n|DID|1\n"),
        ];
        let order: Vec<_> = in_order(&paths)
            .unwrap()
            .iter()
            .map(|file| file.path.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        // A torn line alone is no record.
        assert_eq!(order, ["first", "third", "fourth", "empty", "second"]);
    }

    #[test]
    fn what_is_no_file_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let fault = look(folder.path()).unwrap_err();
        assert_eq!(fault.kind(), Kind::Invalid);
        let fault = look(&folder.path().join("none")).unwrap_err();
        assert_eq!(fault.kind(), Kind::NotFound);
        assert!(fault.message().contains("none"), "{fault}");
    }

    #[test]
    fn a_last_line_without_newline_is_torn() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("queue_log");
        std::fs::write(&path, "1|a|q|n|DID|1\n2|a|q").unwrap();
        let (lines, fault) = read(&path);
        assert!(fault.is_none());
        assert_eq!(lines, ["1|a|q|n|DID|1".to_owned(), format!("{:?}", Line::Torn(b"2|a|q"))]);
    }
}
