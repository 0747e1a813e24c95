//! Where recordings lie, and taking them away.

use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use crate::base::error::io;
use crate::base::{Error, Kind, Result};
use crate::recordings::fact::{Place, Recording};

/// The folders of this box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folders {
    /// Where Asterisk writes.
    pub spool: PathBuf,
    /// Where sealed ones lie.
    pub vault: PathBuf,
}

impl Folders {
    /// Where the file of a recording lies; `None` when it is gone.
    ///
    /// Errors: [`Kind::Damaged`] for a stored path that leads out of its
    /// folder.
    pub fn path_of(&self, recording: &Recording) -> Result<Option<PathBuf>> {
        recording.path.as_deref().map(|path| self.path(recording.place, path)).transpose()
    }

    /// The whole path of one below a place.
    ///
    /// Errors: [`Kind::Damaged`] for one that leads out of its folder.
    pub fn path(&self, place: Place, path: &str) -> Result<PathBuf> {
        let folder = match place {
            Place::Spool => &self.spool,
            Place::Vault => &self.vault,
            Place::Elsewhere => return Ok(PathBuf::from(path)),
        };
        let stays = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        if path.is_empty() || !stays || path.contains('\0') {
            return Err(Error::new(
                Kind::Damaged,
                "a recording's path leads out of its folder; run check",
            ));
        }
        Ok(folder.join(path))
    }

    /// The path of a file of the spool, below it; `None` for one elsewhere.
    pub fn in_spool<'a>(&self, path: &'a Path) -> Option<&'a str> {
        path.strip_prefix(&self.spool).ok()?.to_str().filter(|path| !path.is_empty())
    }

    /// Removes a file; one that is gone already is no error. Says whether it
    /// was there.
    pub fn remove(&self, path: &Path) -> Result<bool> {
        match fs::remove_file(path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(io(format!("can't remove {}", path.display()), error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_below_its_folder() {
        let folders = Folders { spool: "/spool".into(), vault: "/vault".into() };
        let at = |path| folders.path(Place::Vault, path);
        assert_eq!(at("2026/11/20/1.wav.age").unwrap(), Path::new("/vault/2026/11/20/1.wav.age"));
        for bad in ["../etc/passwd", "/etc/passwd", "a/../../b", "", ".", "a\0b"] {
            assert_eq!(at(bad).unwrap_err().kind(), Kind::Damaged, "{bad:?}");
        }
        assert_eq!(folders.in_spool(Path::new("/spool/a/b.wav")), Some("a/b.wav"));
        assert_eq!(folders.in_spool(Path::new("/spool")), None);
        assert_eq!(folders.in_spool(Path::new("/vault/b.wav")), None);
    }
}
