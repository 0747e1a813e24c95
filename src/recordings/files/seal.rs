//! From a plain recording to a sealed one, so that at every moment the plain
//! one or a whole sealed one is on the disk.
//!
//! The order is what keeps the promise: the sealed file is written beside its
//! place, flushed, moved to its name, its folder flushed; then the caller
//! commits the row with both hashes; and only then [`Sealed::remove_plain`]
//! removes the plain file, if it is still the one that was read. What a power
//! cut leaves is cleared by [`clear_leftovers`] and [`settle`] at the next
//! start.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Component, Path, PathBuf};

use nix::fcntl::OFlag;
use sha2::{Digest, Sha256};

use crate::age::{CHUNK, Recipient, Sealer};
use crate::base::error::io as failed;
use crate::base::{Error, Kind, Result};

/// The folder of the vault where sealed files grow, before they get their
/// name. Its own, so that clearing it at a start does not mean walking the
/// vault; on the same file system, so that a file moves in one step.
pub const PARTS: &str = "parts";

/// What a sealing is about to do. Whoever runs it is asked before each, and
/// may stop it by an error; it is also where tests stop it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Open the plain file.
    Open,
    /// Make the folders of the vault that are missing.
    Folders,
    /// Create the growing file.
    Create,
    /// Write another piece, after so many plain bytes. Often.
    Write(u64),
    /// Flush the growing file to the disk.
    Flush,
    /// Give it its name.
    Rename,
    /// Flush the folder it is in, so that the name lasts.
    FlushFolder,
    /// Remove the plain file: the row is committed.
    Remove,
}

/// Called before each step; an error stops the sealing there.
pub type Watch<'a> = &'a mut dyn FnMut(Step) -> io::Result<()>;

/// A recording to be sealed.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    /// The plain file, written whole.
    pub plain: &'a Path,
    /// The vault's folder.
    pub vault: &'a Path,
    /// Where it goes below the vault, `.age` included.
    pub name: &'a str,
    /// Who may open it, at least one.
    pub recipients: &'a [Recipient],
    /// Whether a sealed file of that name may be there already: one that was
    /// left by a power cut before its row was committed. **The caller has looked
    /// that no other row has this name.**
    pub replace: bool,
}

/// A sealed file in its place, on the disk, and the plain one still beside it.
#[derive(Debug)]
pub struct Sealed {
    /// Bytes of the plain file.
    pub plain_size: u64,
    pub plain_sha256: [u8; 32],
    /// Bytes of the sealed file.
    pub size: u64,
    pub sha256: [u8; 32],
    plain: PathBuf,
    seen: Seen,
}

/// Which file, and in which condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

/// Seals one recording in one pass and constant memory; `tap` gets every plain
/// byte on the way. Both files are there when it returns; the next things to
/// do are to commit the row and [`Sealed::remove_plain`]. After an error the
/// plain file is untouched and nothing of the sealed one is left.
///
/// Errors: [`Kind::NotFound`] without the plain file; [`Kind::Denied`] if it is
/// a link or no file; [`Kind::Conflict`] if it changed meanwhile or the name is
/// taken; [`Kind::Exhausted`] on a full disk; [`Kind::Invalid`] for a name that
/// leads out of the vault.
pub fn seal(order: &Order<'_>, tap: &mut dyn FnMut(&[u8]), watch: Watch<'_>) -> Result<Sealed> {
    let part = part_of(order.vault, order.name)?;
    let result = sealed(order, &part, tap, watch);
    if result.is_err() {
        // What can't be removed now is cleared at the next start.
        let _ = fs::remove_file(&part);
    }
    result
}

fn sealed(
    order: &Order<'_>,
    part: &Path,
    tap: &mut dyn FnMut(&[u8]),
    watch: Watch<'_>,
) -> Result<Sealed> {
    let of = |path: &Path, error| failed(format!("can't seal {}", path.display()), error);
    let plain = order.plain;
    watch(Step::Open).map_err(|error| of(plain, error))?;
    let mut source = open_plain(plain)?;
    let seen = Seen::of(&source).map_err(|error| of(plain, error))?;
    watch(Step::Folders).map_err(|error| of(plain, error))?;
    make_folders(order.vault, PARTS).map_err(|error| of(part, error))?;
    let name = order.vault.join(order.name);
    let folder = order.name.rsplit_once('/').map_or("", |(folder, _)| folder);
    make_folders(order.vault, folder).map_err(|error| of(&name, error))?;
    if !order.replace && name.symlink_metadata().is_ok() {
        let text = format!("{} is there already; look what it is", name.display());
        return Err(Error::new(Kind::Conflict, text));
    }

    watch(Step::Create).map_err(|error| of(part, error))?;
    let growing = create(part).map_err(|error| of(part, error))?;
    let copied = copy(&mut source, seen.size, growing, order.recipients, tap, watch);
    let copied = copied.map_err(|error| of(plain, error))?;
    // Who wrote on while it was read made something nobody recorded.
    let now = Seen::of(&source).map_err(|error| of(plain, error))?;
    if now != seen || copied.plain_size != seen.size {
        let text = format!("{} changed while it was sealed; it is tried again", plain.display());
        return Err(Error::new(Kind::Conflict, text));
    }
    // So that a person finds its time in the folder; nothing depends on it.
    if let Ok(time) = source.metadata().and_then(|data| data.modified()) {
        let _ = copied.file.set_modified(time);
    }
    watch(Step::Flush).and_then(|()| copied.file.sync_all()).map_err(|error| of(part, error))?;
    watch(Step::Rename).and_then(|()| fs::rename(part, &name)).map_err(|error| of(&name, error))?;
    let flushed = watch(Step::FlushFolder).and_then(|()| flush_folder(&order.vault.join(folder)));
    if let Err(error) = flushed {
        // No row will speak of it: it goes, unless the disk refuses that too.
        let _ = fs::remove_file(&name);
        return Err(of(&name, error));
    }
    Ok(Sealed {
        plain_size: copied.plain_size,
        plain_sha256: copied.plain_sha256,
        size: copied.size,
        sha256: copied.sha256,
        plain: plain.to_owned(),
        seen,
    })
}

impl Sealed {
    /// Removes the plain file. **To be called after the row with both hashes is
    /// committed, and not before.** A file that is gone already is no error.
    ///
    /// Errors: [`Kind::Conflict`] if it is no longer the file that was sealed:
    /// it stays, and is to be sealed again.
    pub fn remove_plain(&self, watch: Watch<'_>) -> Result<()> {
        let fail = |error| failed(format!("can't remove {}", self.plain.display()), error);
        watch(Step::Remove).map_err(fail)?;
        match self.plain.symlink_metadata() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(fail(error)),
            Ok(data) if Seen::from(&data) != self.seen => {
                let text = format!(
                    "{} changed after it was sealed; it stays and is sealed again",
                    self.plain.display()
                );
                return Err(Error::new(Kind::Conflict, text));
            }
            Ok(_) => {}
        }
        fs::remove_file(&self.plain).map_err(fail)
    }
}

/// After a power cut between the commit of a row and the removal of its plain
/// file: removes the plain file if it and the sealed one are what the row says,
/// byte for byte. Says whether it did; `false` when one of them is something
/// else, so that the recording is to be sealed again.
///
/// Errors: a file that is there and can't be read.
pub fn settle(
    plain: &Path,
    plain_sha256: &[u8; 32],
    sealed: &Path,
    sealed_sha256: &[u8; 32],
) -> Result<bool> {
    let fail = |path: &Path, error| failed(format!("can't read {}", path.display()), error);
    let hash = |path: &Path| -> Result<Option<[u8; 32]>> {
        match open_plain(path) {
            Ok(file) => hash_of(file).map(Some).map_err(|error| fail(path, error)),
            Err(error) if error.kind() == Kind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    };
    if hash(sealed)?.as_ref() != Some(sealed_sha256) || hash(plain)?.as_ref() != Some(plain_sha256)
    {
        return Ok(false);
    }
    fs::remove_file(plain)
        .map_err(|error| failed(format!("can't remove {}", plain.display()), error))?;
    Ok(true)
}

/// Removes what sealings that were cut off have left in the vault, and says how
/// many there were. To be called at the start, before any sealing.
pub fn clear_leftovers(vault: &Path) -> Result<usize> {
    let parts = vault.join(PARTS);
    let fail = |error| failed(format!("can't clear {}", parts.display()), error);
    let entries = match fs::read_dir(&parts) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        entries => entries.map_err(fail)?,
    };
    let mut count = 0;
    for entry in entries {
        let entry = entry.map_err(fail)?;
        if entry.file_name().as_encoded_bytes().ends_with(b".age.part") {
            fs::remove_file(entry.path()).map_err(fail)?;
            count += 1;
        }
    }
    Ok(count)
}

/// Opens a recording that Asterisk wrote: a file, not a link to one, and not a
/// pipe that would make us wait.
pub(super) fn open_plain(path: &Path) -> Result<File> {
    let fail = |error| failed(format!("can't open {}", path.display()), error);
    let flags = OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
    let file = match OpenOptions::new().read(true).custom_flags(flags.bits()).open(path) {
        Err(error) if error.raw_os_error() == Some(nix::errno::Errno::ELOOP as i32) => {
            let text = format!("{} is a link; only files are sealed", path.display());
            return Err(Error::caused(Kind::Denied, text, error));
        }
        result => result.map_err(fail)?,
    };
    if !file.metadata().map_err(fail)?.is_file() {
        let text = format!("{} is not a file; only files are sealed", path.display());
        return Err(Error::new(Kind::Denied, text));
    }
    Ok(file)
}

/// Where a sealed file grows: its whole name, in one folder.
pub(super) fn part_of(vault: &Path, name: &str) -> Result<PathBuf> {
    let stays = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
    if !stays || !name.ends_with(".age") || name.contains('\0') || name.starts_with(PARTS) {
        let text = format!(
            "a sealed file can't be called {name:?}: it must lie below the vault and end in .age"
        );
        return Err(Error::new(Kind::Invalid, text));
    }
    Ok(vault.join(PARTS).join(format!("{}.part", name.replace('/', "_"))))
}

/// Makes the folders on the way that are missing, open to nobody else, and sees
/// to it that their names last. A link on the way is refused.
pub(super) fn make_folders(vault: &Path, below: &str) -> io::Result<()> {
    if !vault.is_dir() {
        DirBuilder::new().recursive(true).mode(0o700).create(vault)?;
        vault.parent().map_or(Ok(()), flush_folder)?;
    }
    let mut path = vault.to_owned();
    for part in Path::new(below).components() {
        let parent = path.clone();
        path.push(part);
        match path.symlink_metadata() {
            Ok(data) if data.is_dir() => {}
            Ok(_) => {
                let text = format!("{} is not a folder", path.display());
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, text));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                DirBuilder::new().mode(0o700).create(&path)?;
                flush_folder(&parent)?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// A new file nobody else reads. What an earlier try left is removed first:
/// there is one sealer.
pub(super) fn create(part: &Path) -> io::Result<File> {
    let new = || OpenOptions::new().write(true).create_new(true).mode(0o600).open(part);
    match new() {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            fs::remove_file(part)?;
            new()
        }
        result => result,
    }
}

pub(super) fn flush_folder(path: &Path) -> io::Result<()> {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    File::open(path)?.sync_all()
}

struct Copied {
    file: File,
    plain_size: u64,
    plain_sha256: [u8; 32],
    size: u64,
    sha256: [u8; 32],
}

/// At most so many bytes and the piece after them: a file that grows as fast as
/// it is read would else never end.
fn copy(
    source: &mut File,
    size: u64,
    growing: File,
    recipients: &[Recipient],
    tap: &mut dyn FnMut(&[u8]),
    watch: Watch<'_>,
) -> io::Result<Copied> {
    let mut sealer = Sealer::new(Hashing::new(growing), recipients)?;
    let mut plain = Sha256::new();
    let mut plain_size = 0;
    let mut piece = vec![0; CHUNK];
    loop {
        watch(Step::Write(plain_size))?;
        let count = match source.read(&mut piece) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            count => count?,
        };
        if count == 0 || plain_size > size {
            break;
        }
        let bytes = &piece[..count];
        plain.update(bytes);
        tap(bytes);
        sealer.write_all(bytes)?;
        plain_size += count as u64;
    }
    let (file, size, sha256) = sealer.finish()?.finish();
    Ok(Copied { file, plain_size, plain_sha256: plain.finalize().into(), size, sha256 })
}

/// A file and the hash of what was written to it.
pub(super) struct Hashing {
    file: File,
    hash: Sha256,
    size: u64,
}

impl Hashing {
    pub(super) fn new(file: File) -> Self {
        Hashing { file, hash: Sha256::new(), size: 0 }
    }

    pub(super) fn finish(self) -> (File, u64, [u8; 32]) {
        (self.file, self.size, self.hash.finalize().into())
    }
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.hash.update(&bytes[..count]);
        self.size += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn hash_of(mut file: File) -> io::Result<[u8; 32]> {
    let mut hash = Sha256::new();
    io::copy(&mut file, &mut HashOnly(&mut hash))?;
    Ok(hash.finalize().into())
}

struct HashOnly<'a>(&'a mut Sha256);

impl Write for HashOnly<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seen {
    fn of(file: &File) -> io::Result<Self> {
        Ok(Seen::from(&file.metadata()?))
    }
}

impl From<&fs::Metadata> for Seen {
    fn from(data: &fs::Metadata) -> Self {
        Seen {
            device: data.dev(),
            inode: data.ino(),
            size: data.size(),
            modified: (data.mtime(), data.mtime_nsec()),
            changed: (data.ctime(), data.ctime_nsec()),
        }
    }
}

#[cfg(test)]
mod tests;
