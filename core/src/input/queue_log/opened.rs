//! An open log file, read forward from an offset. An edge: files.

use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use crate::input::queue_log::lines::{Cutter, Line};
use crate::input::queue_log::tailing::{self, Candidate, FINGERPRINT_BYTES, Position};

/// Bytes read at once: what a start with a backlog takes between two commits.
const CHUNK: usize = 128 * 1024;

/// A regular file with what was read of it.
#[derive(Debug)]
pub(super) struct Opened {
    file: File,
    device: u64,
    inode: u64,
    /// The first bytes, as far as the file had them when last looked at.
    head: Vec<u8>,
    /// Where to read next: behind all bytes the cutter has.
    offset: u64,
    cutter: Cutter,
}

/// What a look at the file gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Bytes were read, perhaps lines handed on.
    Read,
    /// Nothing new.
    AtEnd,
    /// The file is shorter than what was read, or begins otherwise.
    Truncated,
}

impl Opened {
    /// Opens a file to read it from its start.
    pub fn open(path: &Path) -> io::Result<Self> {
        // Without waiting: a pipe of that name must not hold the thread.
        let flags = nix::fcntl::OFlag::O_NONBLOCK.bits();
        let file = File::options().read(true).custom_flags(flags).open(path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        let head = read_head(&file)?;
        let (device, inode) = (metadata.dev(), metadata.ino());
        Ok(Opened { file, device, inode, head, offset: 0, cutter: Cutter::default() })
    }

    /// The file as the planner sees it.
    pub fn candidate(&self) -> io::Result<Candidate> {
        let metadata = self.file.metadata()?;
        Ok(Candidate {
            device: self.device,
            inode: self.inode,
            size: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            head: self.head.clone(),
        })
    }

    /// The same with the first bytes as they are now.
    pub fn candidate_now(&self) -> io::Result<Candidate> {
        Ok(Candidate { head: read_head(&self.file)?, ..self.candidate()? })
    }

    /// Goes to an offset, forgetting what was begun.
    pub fn go_to(&mut self, offset: u64) -> io::Result<()> {
        self.head = read_head(&self.file)?;
        self.offset = offset;
        self.cutter = Cutter::at(offset);
        Ok(())
    }

    /// Whether it is the file with these numbers.
    pub fn is(&self, device: u64, inode: u64) -> bool {
        (self.device, self.inode) == (device, inode)
    }

    /// Behind the last whole line.
    pub fn position(&self) -> Position {
        self.position_at(self.cutter.position())
    }

    fn position_at(&self, offset: u64) -> Position {
        tailing::position(self.device, self.inode, &self.head, offset)
    }

    /// Reads the next chunk and hands on its lines, each with the position
    /// behind it.
    pub fn read(
        &mut self,
        buffer: &mut Vec<u8>,
        each: &mut dyn FnMut(Line<'_>, Position),
    ) -> io::Result<Look> {
        let size = self.file.metadata()?.len();
        if size < self.offset {
            return Ok(Look::Truncated);
        }
        // A file that was cut and has grown to the old end and past it is
        // found by its first bytes.
        let head = read_head(&self.file)?;
        if !head.starts_with(&self.head) {
            return Ok(Look::Truncated);
        }
        self.head = head;
        if size == self.offset {
            return Ok(Look::AtEnd);
        }
        buffer.resize(CHUNK, 0);
        let count = match self.file.read_at(buffer, self.offset) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(Look::Read),
            Err(error) => return Err(error),
        };
        if count == 0 {
            return Ok(Look::AtEnd);
        }
        self.offset += count as u64;
        let base = self.position();
        self.cutter.feed(&buffer[..count], |line, offset| {
            each(line, Position { offset, ..base });
        });
        Ok(Look::Read)
    }

    /// Gives the file up: an end without newline is torn.
    pub fn finish(&mut self, each: &mut dyn FnMut(Line<'_>, Position)) {
        let base = self.position();
        self.cutter.finish(|line, offset| each(line, Position { offset, ..base }));
    }
}

/// The first bytes of a file.
fn read_head(file: &File) -> io::Result<Vec<u8>> {
    let mut head = vec![0; FINGERPRINT_BYTES];
    let mut length = 0;
    while length < head.len() {
        match file.read_at(&mut head[length..], length as u64) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    head.truncate(length);
    Ok(head)
}
