//! One daemon per data folder: an advisory lock that dies with its process.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};

use crate::base::error::io;
use crate::base::{Error, Kind, Result};

/// Held as long as the value lives.
#[derive(Debug)]
pub(crate) struct Lock {
    _held: Flock<File>,
}

impl Lock {
    /// Takes the lock of a data folder.
    ///
    /// Errors: [`Kind::Conflict`] with the number of the process that has it.
    pub(crate) fn take(folder: &Path) -> Result<Self> {
        let path = folder.join("switchroom.lock");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|error| io(format!("can't open {}", path.display()), error))?;
        let mut holder = String::new();
        // Only for the message; an unreadable number changes nothing.
        let _ = (&mut file).take(20).read_to_string(&mut holder);
        match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
            Ok(mut held) => {
                held.rewind()
                    .and_then(|()| held.set_len(0))
                    .and_then(|()| write!(held, "{}", std::process::id()))
                    .map_err(|error| io(format!("can't write {}", path.display()), error))?;
                Ok(Lock { _held: held })
            }
            Err((_, Errno::EWOULDBLOCK)) => Err(Error::new(
                Kind::Conflict,
                format!(
                    "another Switchroom (process {}) uses {}; stop it or choose another folder with --data",
                    holder.trim(),
                    folder.display()
                ),
            )),
            Err((_, errno)) => Err(io(format!("can't lock {}", path.display()), errno.into())),
        }
    }
}
