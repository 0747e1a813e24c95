//! The spool folder, watched. An edge: inotify and a pipe.
//!
//! inotify is a help and not a need: without it the clerk looks into the
//! folder now and then.

use std::io::{PipeReader, PipeWriter, Read, Write};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify, WatchDescriptor};

use crate::recordings::Touch;

/// Ends a wait from another thread.
#[derive(Clone, Debug)]
pub struct Waker(Arc<PipeWriter>);

impl Waker {
    pub fn wake(&self) {
        // One byte is read per wait and the pipe holds thousands; when it is
        // full the wait ends in any case.
        let _ = (&*self.0).write(&[1]);
    }
}

/// What happened.
#[derive(Debug)]
pub enum Seen {
    File(PathBuf, Touch),
    /// A folder came or went: look for yourself.
    Folder,
    /// Some was missed: look for yourself.
    Missed,
}

#[derive(Debug)]
pub struct Watch {
    inotify: Option<Inotify>,
    folders: Vec<(WatchDescriptor, PathBuf)>,
    pipe: PipeReader,
}

impl Watch {
    pub fn new() -> std::io::Result<(Watch, Waker)> {
        let (pipe, writer) = std::io::pipe()?;
        nonblocking(&writer)?;
        nonblocking(&pipe)?;
        let inotify = Inotify::init(InitFlags::IN_CLOEXEC | InitFlags::IN_NONBLOCK).ok();
        Ok((Watch { inotify, folders: Vec::new(), pipe }, Waker(Arc::new(writer))))
    }

    /// Watches files of a folder, unless it does already; says whether it
    /// could.
    pub fn folder(&mut self, folder: &Path) -> bool {
        if self.folders.iter().any(|(_, known)| known == folder) {
            return true;
        }
        let Some(inotify) = &self.inotify else { return false };
        let flags = AddWatchFlags::IN_CREATE
            | AddWatchFlags::IN_MODIFY
            | AddWatchFlags::IN_CLOSE_WRITE
            | AddWatchFlags::IN_MOVED_TO
            | AddWatchFlags::IN_MOVED_FROM
            | AddWatchFlags::IN_DELETE
            | AddWatchFlags::IN_ONLYDIR;
        let Ok(added) = inotify.add_watch(folder, flags) else { return false };
        self.folders.retain(|(known, _)| *known != added);
        self.folders.push((added, folder.to_owned()));
        true
    }

    /// Waits until something happened, the waker was used or the time is up,
    /// and says what happened.
    pub fn wait(&mut self, at_most: Duration) -> Vec<Seen> {
        let milliseconds = i32::try_from(at_most.as_millis()).unwrap_or(i32::MAX);
        let timeout = PollTimeout::try_from(milliseconds).unwrap_or(PollTimeout::MAX);
        let mut waited = [
            PollFd::new(self.pipe.as_fd(), PollFlags::POLLIN),
            PollFd::new(
                self.inotify.as_ref().map_or(self.pipe.as_fd(), AsFd::as_fd),
                PollFlags::POLLIN,
            ),
        ];
        // An interrupted wait looks again, which is harmless.
        let _ = poll(&mut waited, timeout);
        // It does not wait; what was told is looked at by who called.
        let _ = self.pipe.read(&mut [0; 4096]);
        self.drain()
    }

    fn drain(&mut self) -> Vec<Seen> {
        let mut seen = Vec::new();
        let Some(inotify) = &self.inotify else { return seen };
        while let Ok(events) = inotify.read_events() {
            for event in events {
                if event.mask.contains(AddWatchFlags::IN_Q_OVERFLOW) {
                    seen.push(Seen::Missed);
                    continue;
                }
                if event.mask.contains(AddWatchFlags::IN_IGNORED) {
                    self.folders.retain(|(known, _)| *known != event.wd);
                    seen.push(Seen::Missed);
                    continue;
                }
                let folder = self.folders.iter().find(|(known, _)| *known == event.wd);
                let (Some((_, folder)), Some(name)) = (folder, event.name) else { continue };
                let path = folder.join(name);
                let gone = AddWatchFlags::IN_DELETE | AddWatchFlags::IN_MOVED_FROM;
                let closed = AddWatchFlags::IN_CLOSE_WRITE | AddWatchFlags::IN_MOVED_TO;
                seen.push(if event.mask.contains(AddWatchFlags::IN_ISDIR) {
                    Seen::Folder
                } else if event.mask.intersects(gone) {
                    Seen::File(path, Touch::Removed)
                } else if event.mask.intersects(closed) {
                    Seen::File(path, Touch::Closed)
                } else {
                    Seen::File(path, Touch::Grew)
                });
            }
        }
        seen
    }
}

fn nonblocking(pipe: impl AsFd) -> std::io::Result<()> {
    use nix::fcntl::{FcntlArg, OFlag, fcntl};
    fcntl(pipe, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
    Ok(())
}
