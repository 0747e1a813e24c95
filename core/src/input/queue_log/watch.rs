//! Waiting for something to happen to a file. An edge: inotify and a pipe.
//!
//! inotify is a help and not a need: where it is missing or out of watches,
//! the slow poll of the follower finds everything, only later.

use std::io::{PipeReader, PipeWriter, Read, Write};
use std::os::fd::AsFd;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify, WatchDescriptor};

/// Files watched at once: the followed one and those it replaced lately.
const WATCHED_FILES: usize = 4;

/// Ends a wait of the follower from another thread.
#[derive(Clone, Debug)]
pub struct Waker {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    pipe: PipeWriter,
    /// Set while a byte lies in the pipe, so that it never fills up.
    woken: AtomicBool,
}

impl Waker {
    /// Ends the running wait, or the next one if none runs.
    pub fn wake(&self) {
        if !self.shared.woken.swap(true, Ordering::AcqRel) {
            // The pipe is empty and its reader outlives us or no one waits.
            let _ = (&self.shared.pipe).write(&[1]);
        }
    }
}

#[derive(Debug)]
pub(super) struct Watch {
    inotify: Option<Inotify>,
    folder: Option<WatchDescriptor>,
    files: Vec<WatchDescriptor>,
    pipe: PipeReader,
    shared: Arc<Shared>,
}

/// Why a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Woken {
    Waker,
    /// A file or the time: look again.
    Look,
}

impl Watch {
    pub fn new() -> std::io::Result<Self> {
        let (pipe, writer) = std::io::pipe()?;
        let shared = Arc::new(Shared { pipe: writer, woken: AtomicBool::new(false) });
        let inotify = Inotify::init(InitFlags::IN_CLOEXEC | InitFlags::IN_NONBLOCK).ok();
        Ok(Watch { inotify, folder: None, files: Vec::new(), pipe, shared })
    }

    pub fn waker(&self) -> Waker {
        Waker { shared: Arc::clone(&self.shared) }
    }

    /// Watches names come and go in the folder, unless it does already.
    pub fn folder(&mut self, folder: &Path) {
        let Some(inotify) = &self.inotify else { return };
        if self.folder.is_none() {
            let names = AddWatchFlags::IN_CREATE
                | AddWatchFlags::IN_MOVED_TO
                | AddWatchFlags::IN_MOVED_FROM
                | AddWatchFlags::IN_DELETE
                | AddWatchFlags::IN_ATTRIB
                | AddWatchFlags::IN_DELETE_SELF
                | AddWatchFlags::IN_MOVE_SELF
                | AddWatchFlags::IN_ONLYDIR;
            self.folder = inotify.add_watch(folder, names).ok();
        }
    }

    /// Watches the file of that name grow; it stays watched when renamed.
    pub fn file(&mut self, path: &Path) {
        let Some(inotify) = &self.inotify else { return };
        let changes = AddWatchFlags::IN_MODIFY | AddWatchFlags::IN_ATTRIB;
        let Ok(added) = inotify.add_watch(path, changes) else { return };
        self.files.retain(|&known| known != added);
        self.files.push(added);
        if self.files.len() > WATCHED_FILES {
            // It may be gone with its file already.
            let _ = inotify.rm_watch(self.files.remove(0));
        }
    }

    /// Waits until something changed, the waker was used, or the time is up.
    pub fn wait(&mut self, at_most: Duration) -> Woken {
        // Rounded up: a wait of less than a millisecond must not spin.
        let milliseconds = at_most.as_micros().div_ceil(1000).min(i32::MAX as u128) as i32;
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
        let woken = waited[0].any().unwrap_or(false);
        self.drain();
        if woken {
            let _ = self.pipe.read(&mut [0; 16]);
            self.shared.woken.store(false, Ordering::Release);
            return Woken::Waker;
        }
        Woken::Look
    }

    /// Takes the events; they only say "look", but a folder that is gone or
    /// moved must be watched anew.
    fn drain(&mut self) {
        let Some(inotify) = &self.inotify else { return };
        let lost = AddWatchFlags::IN_IGNORED | AddWatchFlags::IN_MOVE_SELF;
        while let Ok(events) = inotify.read_events() {
            for event in events {
                if Some(event.wd) == self.folder && event.mask.intersects(lost) {
                    self.folder = None;
                }
            }
        }
    }
}
