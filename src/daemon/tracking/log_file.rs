//! Records as lines of queue_log. An edge: the file.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::base::Result;
use crate::base::error::io;
use crate::tracker::Record;

/// Longer lines are not written in one piece by every system, and no field of
/// ours comes near.
const LONGEST: usize = 4096;

/// The queue_log, open for appending.
#[derive(Debug)]
pub struct LogFile {
    path: PathBuf,
    file: File,
}

impl LogFile {
    pub fn open(path: &Path) -> Result<Self> {
        Ok(LogFile { path: path.to_owned(), file: appending(path)? })
    }

    /// Appends one line by one write, to the file that now has the name.
    pub fn append(&mut self, record: &Record) -> Result<()> {
        self.follow()?;
        let mut line = record.line();
        if line.len() >= LONGEST {
            let mut end = LONGEST - 1;
            while !line.is_char_boundary(end) {
                end -= 1;
            }
            line.truncate(end);
        }
        line.push('\n');
        let fault = |error| io(format!("can't append to {}", self.path.display()), error);
        // O_APPEND and one write: lines of two writers never mix.
        let written = self.file.write(line.as_bytes()).map_err(fault)?;
        if written < line.len() {
            self.file.write_all(&line.as_bytes()[written..]).map_err(fault)?;
        }
        Ok(())
    }

    /// The log may have been rotated away.
    fn follow(&mut self) -> Result<()> {
        let identity = |data: &std::fs::Metadata| (data.dev(), data.ino());
        let ours = self.file.metadata().ok().as_ref().map(identity);
        let named = std::fs::metadata(&self.path).ok().as_ref().map(identity);
        if ours != named || ours.is_none() {
            self.file = appending(&self.path)?;
        }
        Ok(())
    }
}

fn appending(path: &Path) -> Result<File> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .map_err(|error| io(format!("can't open {} for appending", path.display()), error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tracker::Word;

    fn record(number: &str) -> Record {
        Record {
            at: 5_000_000,
            known: 5_000_000,
            call_id: ":1.1".into(),
            queue: "q-a".into(),
            agent: String::new(),
            word: Word::CallOutbound,
            data: vec![String::new(), number.into()],
            key: 1,
            recovered: false,
            internal: false,
        }
    }

    #[test]
    fn lines_go_to_the_file_that_has_the_name_now() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("queue_log");
        let mut log = LogFile::open(&path).unwrap();
        log.append(&record("1")).unwrap();
        std::fs::rename(&path, folder.path().join("queue_log.0")).unwrap();
        log.append(&record("2")).unwrap();
        std::fs::remove_file(&path).unwrap();
        log.append(&record("3")).unwrap();
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(read("queue_log.0"), "5|:1.1|q-a||CALLOUTBOUND||1\n");
        assert_eq!(read("queue_log"), "5|:1.1|q-a||CALLOUTBOUND||3\n");
    }
}
