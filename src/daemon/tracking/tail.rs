//! What others append to the log we write to.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Read at most at a time; more comes with the next look.
const MOST: u64 = 256 * 1024;

/// Reads from the end at the first look on. Lines are for hints only (who
/// logs what), so a look that fails is no fault: the next may not.
#[derive(Debug)]
pub struct Tail {
    path: PathBuf,
    open: Option<(File, u64)>,
    partial: Vec<u8>,
}

impl Tail {
    pub fn new(path: &Path) -> Self {
        let mut tail = Tail { path: path.to_owned(), open: None, partial: Vec::new() };
        tail.open = tail.opened(true);
        tail
    }

    fn opened(&self, at_end: bool) -> Option<(File, u64)> {
        let mut file = File::open(&self.path).ok()?;
        if at_end {
            file.seek(SeekFrom::End(0)).ok()?;
        }
        let inode = file.metadata().ok()?.ino();
        Some((file, inode))
    }

    /// The whole lines that came since the last look.
    pub fn look(&mut self) -> Vec<Vec<u8>> {
        let mut bytes = std::mem::take(&mut self.partial);
        if let Some((file, inode)) = &mut self.open {
            let _ = file.take(MOST).read_to_end(&mut bytes);
            let named = std::fs::metadata(&self.path).ok().map(|data| data.ino());
            if named != Some(*inode) {
                self.open = None;
            }
        }
        if self.open.is_none() {
            self.open = self.opened(false);
            if let Some((file, _)) = &mut self.open {
                let _ = file.take(MOST).read_to_end(&mut bytes);
            }
        }
        let whole = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
        self.partial = bytes.split_off(whole);
        if self.partial.len() as u64 > MOST {
            self.partial.clear();
        }
        bytes.split(|&byte| byte == b'\n').filter(|l| !l.is_empty()).map(<[u8]>::to_vec).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn whole_lines_after_the_first_look_through_a_rotation() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("queue_log");
        std::fs::write(&path, "old\n").unwrap();
        let mut tail = Tail::new(&path);
        let mut file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"one\ntw").unwrap();
        assert_eq!(tail.look(), [b"one".to_vec()]);
        file.write_all(b"o\n").unwrap();
        std::fs::rename(&path, folder.path().join("queue_log.0")).unwrap();
        std::fs::write(&path, "three\n").unwrap();
        assert_eq!(tail.look(), [b"two".to_vec(), b"three".to_vec()]);
        assert!(tail.look().is_empty());
    }
}
