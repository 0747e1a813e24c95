//! The PID file: one tracker per file, by an advisory lock, so that the file
//! of a dead process locks nobody out.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use nix::fcntl::{Flock, FlockArg};

use crate::base::error::io;
use crate::base::{Error, Kind, Result};

/// Held until dropped.
#[derive(Debug)]
pub struct PidFile {
    path: PathBuf,
    _lock: Flock<File>,
}

impl PidFile {
    /// Takes the file over or makes it.
    ///
    /// Errors: [`Kind::Conflict`] while a living process holds it.
    pub fn take(path: &Path) -> Result<Self> {
        let fault = |error| io(format!("can't write the PID file {}", path.display()), error);
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(path)
            .map_err(fault)?;
        let mut lock = Flock::lock(file, FlockArg::LockExclusiveNonblock).map_err(|_| {
            Error::new(
                Kind::Conflict,
                format!(
                    "{} is held by a running tracker; there is one per Asterisk",
                    path.display()
                ),
            )
        })?;
        lock.set_len(0).map_err(fault)?;
        writeln!(lock, "{}", std::process::id()).map_err(fault)?;
        Ok(PidFile { path: path.to_owned(), _lock: lock })
    }
}

impl Drop for PidFile {
    fn drop(&mut self) {
        // Whoever waits for the lock makes the file again.
        let _ = std::fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_and_a_dead_ones_file_is_taken_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("track.pid");
        std::fs::write(&path, "99999999\n").unwrap();
        let first = PidFile::take(&path).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap().trim(), std::process::id().to_string());
        let refused = PidFile::take(&path).unwrap_err();
        assert_eq!(refused.kind(), Kind::Conflict);
        drop(first);
        assert!(!path.exists());
        PidFile::take(&path).unwrap();
    }
}
