//! What lies in the spool.

use std::fs::{self, File};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};

use crate::audio;
use crate::base::UnixMicro;
use crate::bytes::ReadAt;

/// How deep folders are looked into.
const DEPTH: usize = 3;
/// Files looked at; a spool is emptied all the time.
const MOST: usize = 20_000;

/// A file to read anywhere in.
#[derive(Debug)]
pub struct OpenFile(File);

impl OpenFile {
    pub fn open(path: &Path) -> std::io::Result<Self> {
        File::open(path).map(OpenFile)
    }
}

impl ReadAt for OpenFile {
    fn len(&mut self) -> std::io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn read_at(&mut self, pos: u64, buf: &mut [u8]) -> std::io::Result<usize> {
        self.0.read_at(buf, pos)
    }
}

/// What a folder tree holds.
#[derive(Debug, Default)]
pub struct Lying {
    pub folders: Vec<PathBuf>,
    /// Each with the moment it was last written.
    pub files: Vec<(PathBuf, UnixMicro)>,
}

/// Files and folders below a folder; links are not followed, what can't be
/// read is passed over.
pub fn lying(root: &Path) -> Lying {
    let mut lying = Lying { folders: vec![root.to_owned()], ..Lying::default() };
    let mut at = 0;
    while let Some(folder) = lying.folders.get(at).cloned() {
        at += 1;
        let depth = folder.strip_prefix(root).map_or(0, |below| below.components().count());
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let Ok(metadata) = entry.metadata() else { continue };
            if metadata.is_dir() && depth < DEPTH && lying.folders.len() < 64 {
                lying.folders.push(entry.path());
            } else if metadata.is_file() && lying.files.len() < MOST {
                let micro = metadata.mtime_nsec() / 1000;
                lying.files.push((entry.path(), metadata.mtime() * 1_000_000 + micro));
            }
        }
    }
    lying
}

/// Bytes of a file; `None` when it is gone.
pub fn size(path: &Path) -> Option<u64> {
    fs::metadata(path).ok().map(|metadata| metadata.len())
}

/// What the sound of a file is, by its header; `None` when it is none.
pub fn sound(path: &Path) -> Option<audio::Info> {
    let mut file = OpenFile::open(path).ok()?;
    let name = path.file_name()?.to_str()?;
    audio::probe(&mut file, name).ok()
}

/// Whether a file is whole by its own header: Asterisk writes the length when
/// it closes it.
pub fn is_whole(path: &Path) -> bool {
    sound(path).is_some_and(|info| !info.header_lied)
}

/// How long a file sounds, in milliseconds.
pub fn duration_ms(path: &Path) -> Option<u32> {
    sound(path)?.duration_ms.map(|ms| u32::try_from(ms).unwrap_or(u32::MAX))
}
