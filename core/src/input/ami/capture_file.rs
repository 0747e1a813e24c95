//! Opens captures, plain or gzip. An edge.

use std::ffi::OsString;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use crate::base::error::io;
use crate::base::{Error, Kind, Result};
use crate::input::ami::capture::Capture;

/// The largest capture taken, unpacked. Ours are cut at 50 MiB.
const MOST_BYTES: u64 = 512 * 1024 * 1024;

/// Reads a capture whole, and the index beside it: `ami.raw.idx` or
/// `ami.raw.idx.gz` beside `ami.raw` or `ami.raw.gz`.
///
/// Errors: what opening or reading says, and [`Kind::Exhausted`] past 512 MiB.
pub fn open(path: &Path) -> Result<Capture> {
    let bytes = read(path)?;
    let stem = if path.extension().is_some_and(|ending| ending == "gz") {
        path.with_extension("")
    } else {
        path.to_owned()
    };
    let index = ["idx", "idx.gz"].iter().map(|ending| with(&stem, ending)).find(|it| it.exists());
    let index = index.map(|path| read(&path)).transpose()?;
    Capture::new(bytes, index.as_deref())
}

fn with(stem: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(stem);
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    let named = |error| io(format_args!("can't read {}", path.display()), error);
    let mut file = File::open(path).map_err(named)?;
    let mut head = [0; 2];
    let length = file.read(&mut head).map_err(named)?;
    let head = &head[..length];
    let mut bytes = Vec::new();
    let whole = head.chain(file);
    let limit = MOST_BYTES + 1;
    let read = if head == [0x1f, 0x8b] {
        MultiGzDecoder::new(whole).take(limit).read_to_end(&mut bytes)
    } else {
        whole.take(limit).read_to_end(&mut bytes)
    };
    match read {
        // Cut short, as by a full disk: what is there is worth reading.
        Err(error) if error.kind() == ErrorKind::UnexpectedEof && !bytes.is_empty() => {
            tracing::warn!("{} is cut short; its beginning is read", path.display());
        }
        read => {
            read.map_err(named)?;
        }
    }
    if bytes.len() as u64 > MOST_BYTES {
        let what = format!("{} is longer than 512 MiB; cut it", path.display());
        return Err(Error::new(Kind::Exhausted, what));
    }
    Ok(bytes)
}
