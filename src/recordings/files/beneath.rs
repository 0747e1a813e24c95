//! Opening what lies beneath a folder, and nothing else.
//!
//! The kernel itself holds the line (`openat2` with `RESOLVE_BENEATH`, Linux
//! 5.6): a link may lead to another place inside the folder, never out of it,
//! whatever changes while it is followed. Where that call is missing or
//! forbidden, the path is walked folder by folder and no link is followed.

use std::fs::File;
use std::io::{Error, ErrorKind, Result};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{FileExt, FileTypeExt};
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, OFlag, OpenHow, ResolveFlag, openat, openat2};
use nix::sys::stat::Mode;

use crate::bytes::ReadAt;

/// Linux takes no longer path.
const LONGEST: usize = 4096;
/// A rename at the wrong moment makes `openat2` say "again" (openat2(2)).
const TRIES: usize = 8;

/// What is expected at the end of the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    File,
    Folder,
}

/// An open file that is read anywhere; what grows says more at the next call.
#[derive(Debug)]
pub struct Opened(pub File);

impl ReadAt for Opened {
    fn len(&mut self) -> Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn read_at(&mut self, pos: u64, buf: &mut [u8]) -> Result<usize> {
        self.0.read_at(buf, pos)
    }
}

/// Opens a folder by its absolute path, as the place to open things beneath.
pub fn root(path: &Path) -> Result<OwnedFd> {
    let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    Ok(openat(AT_FDCWD, path, flags, Mode::empty())?)
}

/// Opens a file or folder for reading. `path` is relative to the root, as the
/// folder has its bytes; empty is the root itself, as a folder.
///
/// Errors: `InvalidInput` for what is no such path (`..`, `.`, NUL, a leading
/// slash, very long); `PermissionDenied` for a link that leaves the root and
/// for what is neither file nor folder; what the kernel says.
pub fn open(root: impl AsFd, path: &[u8], wanted: Wanted) -> Result<File> {
    if !(is_beneath(path) || path.is_empty() && wanted == Wanted::Folder) {
        return Err(Error::new(ErrorKind::InvalidInput, "no path beneath a folder"));
    }
    let path: &[u8] = if path.is_empty() { b"." } else { path };
    // Without O_NONBLOCK a pipe among the files would be waited for.
    let mut flags = OFlag::O_RDONLY | OFlag::O_CLOEXEC | OFlag::O_NOCTTY | OFlag::O_NONBLOCK;
    if wanted == Wanted::Folder {
        flags |= OFlag::O_DIRECTORY;
    }
    let file = File::from(match held_by_kernel(&root, path, flags) {
        Err(Errno::ENOSYS | Errno::EPERM | Errno::EINVAL) => by_steps(&root, path, flags)?,
        Err(Errno::EXDEV | Errno::ELOOP) => {
            return Err(Error::new(ErrorKind::PermissionDenied, "a link leaves the folder"));
        }
        other => other?,
    });
    let kind = file.metadata()?.file_type();
    let fits = match wanted {
        Wanted::File => kind.is_file(),
        Wanted::Folder => kind.is_dir(),
    };
    if !fits || kind.is_fifo() {
        return Err(Error::new(ErrorKind::PermissionDenied, "neither a file nor a folder"));
    }
    Ok(file)
}

/// Whether bytes are a path that can only lead down.
pub fn is_beneath(path: &[u8]) -> bool {
    !path.is_empty()
        && path.len() < LONGEST
        && !path.contains(&0)
        && path.split(|byte| *byte == b'/').all(|part| !matches!(part, b"" | b"." | b".."))
}

fn held_by_kernel(root: impl AsFd, path: &[u8], flags: OFlag) -> nix::Result<OwnedFd> {
    let resolve = ResolveFlag::RESOLVE_BENEATH | ResolveFlag::RESOLVE_NO_MAGICLINKS;
    let how = OpenHow::new().flags(flags).resolve(resolve);
    let mut last = Errno::EAGAIN;
    for _ in 0..TRIES {
        match openat2(root.as_fd(), path, how) {
            Err(Errno::EAGAIN | Errno::EINTR) => last = Errno::EAGAIN,
            other => return other,
        }
    }
    Err(last)
}

fn by_steps(root: impl AsFd, path: &[u8], flags: OFlag) -> nix::Result<OwnedFd> {
    let (folders, last) = match path.iter().rposition(|byte| *byte == b'/') {
        Some(at) => (Some(&path[..at]), &path[at + 1..]),
        None => (None, path),
    };
    let mut here: Option<OwnedFd> = None;
    let down = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    for folder in folders.into_iter().flat_map(|path| path.split(|byte| *byte == b'/')) {
        let from = here.as_ref().map_or_else(|| root.as_fd(), AsFd::as_fd);
        here = Some(openat(from, folder, down, Mode::empty())?);
    }
    let from = here.as_ref().map_or_else(|| root.as_fd(), AsFd::as_fd);
    openat(from, last, flags | OFlag::O_NOFOLLOW, Mode::empty())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use proptest::prelude::*;

    use super::*;

    fn tree() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("root");
        std::fs::create_dir_all(root.join("2023/11")).unwrap();
        std::fs::write(root.join("2023/11/a.wav"), "inside").unwrap();
        std::fs::write(dir.path().join("secret"), "outside").unwrap();
        symlink("2023/11", root.join("today")).unwrap();
        symlink("../secret", root.join("up.wav")).unwrap();
        symlink(dir.path().join("secret"), root.join("absolute.wav")).unwrap();
        symlink("/", root.join("slash")).unwrap();
        symlink("loop.wav", root.join("loop.wav")).unwrap();
        nix::unistd::mkfifo(&root.join("pipe.wav"), Mode::S_IRUSR | Mode::S_IWUSR).unwrap();
        dir
    }

    #[test]
    fn what_lies_inside_is_opened_by_links_inside_too() {
        let dir = tree();
        let root = root(&dir.path().join("root")).unwrap();
        for path in ["2023/11/a.wav", "today/a.wav"] {
            let file = open(&root, path.as_bytes(), Wanted::File).unwrap();
            assert_eq!(std::io::read_to_string(file).unwrap(), "inside");
        }
        assert!(open(&root, b"", Wanted::Folder).is_ok());
        assert!(open(&root, b"2023/11", Wanted::Folder).is_ok());
    }

    #[test]
    fn nothing_leads_out() {
        let dir = tree();
        let root = root(&dir.path().join("root")).unwrap();
        let long = "a/".repeat(3000);
        for path in [
            "",
            "..",
            "../secret",
            "2023/../../secret",
            "2023/./11/a.wav",
            "/etc/passwd",
            "a\0",
            "2023//11/a.wav",
            "up.wav",
            "absolute.wav",
            "slash/etc/passwd",
            "loop.wav",
            "pipe.wav",
            "2023",
            &long,
        ] {
            let refused = open(&root, path.as_bytes(), Wanted::File).map(|_| ()).unwrap_err();
            let kind = refused.kind();
            assert!(
                matches!(kind, ErrorKind::InvalidInput | ErrorKind::PermissionDenied),
                "{path:?}: {refused}"
            );
        }
        assert_eq!(
            open(&root, b"2023/12/a.wav", Wanted::File).unwrap_err().kind(),
            ErrorKind::NotFound
        );
    }

    #[test]
    fn without_the_kernels_help_no_link_is_followed() {
        let dir = tree();
        let root = root(&dir.path().join("root")).unwrap();
        let open =
            |path: &str| by_steps(&root, path.as_bytes(), OFlag::O_RDONLY | OFlag::O_NONBLOCK);
        assert!(open("2023/11/a.wav").is_ok());
        for path in ["today/a.wav", "up.wav", "absolute.wav", "slash/etc/passwd"] {
            assert!(open(path).is_err(), "{path}");
        }
    }

    proptest! {
        #[test]
        fn a_path_with_a_step_up_is_never_beneath(
            before in "[a-z/.]{0,10}", behind in "(/[a-z/.]{0,10})?",
        ) {
            let path = if before.is_empty() { format!("..{behind}") } else { format!("{before}/..{behind}") };
            prop_assert!(!is_beneath(path.as_bytes()));
        }
    }
}
